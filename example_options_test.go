package usergroups_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/usergroups-go/usergroups"
	"github.com/usergroups-go/usergroups/usergroupstest"
)

func ExampleWithDataCenter() {
	// From a program's configuration; letter case does not matter.
	for _, name := range []string{"eu", "Mars"} {
		_, err := usergroups.NewClient(
			usergroups.WithAccessToken("1000.access"),
			usergroups.WithDataCenter(usergroups.DataCenter(name)),
		)
		fmt.Println(name, err)
	}
	// Output:
	// eu <nil>
	// Mars usergroups: NewClient: unknown data centre "Mars": want one of US EU IN AU JP CN CA SA UK
}

func ExampleWithEnvironment() {
	for _, env := range []usergroups.Environment{usergroups.Sandbox, "staging"} {
		_, err := usergroups.NewClient(
			usergroups.WithAccessToken("1000.access"),
			usergroups.WithEnvironment(env),
		)
		fmt.Println(env, err)
	}
	// Output:
	// sandbox <nil>
	// staging usergroups: NewClient: unknown environment "staging": want production, sandbox or developer
}

func ExampleWithBaseURL() {
	fake := usergroupstest.NewServer()
	defer fake.Close()

	client, err := usergroups.NewClient(
		usergroups.WithBaseURL(fake.URL),
		usergroups.WithAccessToken(fake.IssueToken()),
	)
	if err != nil {
		log.Fatal(err)
	}
	defer client.CloseIdleConnections()

	if _, err := client.UserGroups.List(context.Background(), usergroups.ListUserGroupsOptions{}); err != nil {
		log.Fatal(err)
	}
	fmt.Println(fake.Requests()[0].Path)
	// Output: /crm/v8/settings/user_groups
}

func ExampleWithAccountsURL() {
	fake := usergroupstest.NewServer()
	defer fake.Close()

	client, err := usergroups.NewClient(
		usergroups.WithBaseURL(fake.URL),
		usergroups.WithAccountsURL(fake.URL),
		usergroups.WithRefreshToken(usergroups.RefreshToken{
			ClientID: fake.ClientID, ClientSecret: fake.ClientSecret, RefreshToken: fake.RefreshToken,
		}),
	)
	if err != nil {
		log.Fatal(err)
	}
	defer client.CloseIdleConnections()

	if _, err := client.UserGroups.List(context.Background(), usergroups.ListUserGroupsOptions{}); err != nil {
		log.Fatal(err)
	}
	for _, request := range fake.Requests() {
		fmt.Println(request.Method, request.Path)
	}
	// Output:
	// POST /oauth/v2/token
	// GET /crm/v8/settings/user_groups
}

func ExampleWithAPIVersion() {
	fake := usergroupstest.NewServer()
	defer fake.Close()

	client, err := usergroups.NewClient(
		usergroups.WithBaseURL(fake.URL),
		usergroups.WithAccessToken(fake.IssueToken()),
		usergroups.WithAPIVersion("v6"),
	)
	if err != nil {
		log.Fatal(err)
	}
	defer client.CloseIdleConnections()

	_, err = client.UserGroups.List(context.Background(), usergroups.ListUserGroupsOptions{
		Filters: usergroups.StartsWith("name", "S"),
	})
	fmt.Println(err)
	// Output: usergroups: UserGroups.List: filters of UserGroups.List came with API version v7
}

func ExampleWithHTTPClient() {
	fake := usergroupstest.NewServer()
	defer fake.Close()

	transport := &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		MaxIdleConnsPerHost: 10,
	}
	defer transport.CloseIdleConnections()
	client, err := usergroups.NewClient(
		usergroups.WithBaseURL(fake.URL),
		usergroups.WithAccessToken(fake.IssueToken()),
		usergroups.WithHTTPClient(&http.Client{Transport: transport, Timeout: 10 * time.Second}), // for each attempt
	)
	if err != nil {
		log.Fatal(err)
	}

	group, err := client.UserGroups.Get(context.Background(), "5550000000004002")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(group.Name)
	// Output: Sales
}

func ExampleWithInsecureHTTP() {
	base := usergroups.WithBaseURL("http://proxy.example")
	token := usergroups.WithAccessToken("1000.access")

	_, err := usergroups.NewClient(base, token)
	fmt.Println(err)
	_, err = usergroups.NewClient(base, token, usergroups.WithInsecureHTTP())
	fmt.Println(err)
	// Output:
	// usergroups: NewClient: WithBaseURL: http://proxy.example would send credentials in clear: use https, or allow it by WithInsecureHTTP
	// <nil>
}

func ExampleWithAttemptTimeout() {
	fake := usergroupstest.NewServer()
	defer fake.Close()
	fake.Inject(usergroupstest.Fault{Kind: usergroupstest.FaultSilence, Times: 1})

	client, err := usergroups.NewClient(
		usergroups.WithBaseURL(fake.URL),
		usergroups.WithAccessToken(fake.IssueToken()),
		usergroups.WithAttemptTimeout(300*time.Millisecond),
		usergroups.WithRetryWait(time.Millisecond, time.Millisecond),
	)
	if err != nil {
		log.Fatal(err)
	}
	defer client.CloseIdleConnections()

	// The whole call, with its retries, is bounded by the context.
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	var response usergroups.Response
	_, err = client.UserGroups.List(ctx, usergroups.ListUserGroupsOptions{}, usergroups.WithResponse(&response))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("answered at the first attempt:", response.Attempts == 1)
	// Output: answered at the first attempt: false
}

func ExampleWithMaxRetries() {
	fake := usergroupstest.NewServer()
	defer fake.Close()
	fake.Inject(usergroupstest.Fault{Status: http.StatusServiceUnavailable}) // always

	client, err := usergroups.NewClient(
		usergroups.WithBaseURL(fake.URL),
		usergroups.WithAccessToken(fake.IssueToken()),
		usergroups.WithMaxRetries(1),
		usergroups.WithRetryWait(time.Millisecond, time.Millisecond),
	)
	if err != nil {
		log.Fatal(err)
	}
	defer client.CloseIdleConnections()

	_, err = client.UserGroups.List(context.Background(), usergroups.ListUserGroupsOptions{})
	var e *usergroups.Error
	if errors.Is(err, usergroups.ErrUnavailable) && errors.As(err, &e) {
		fmt.Println("attempts:", e.Attempts)
	}
	// Output: attempts: 2
}

func ExampleWithRetryWait() {
	fake := usergroupstest.NewServer()
	defer fake.Close()
	fake.Inject(usergroupstest.Fault{Status: http.StatusBadGateway, Times: 3})

	client, err := usergroups.NewClient(
		usergroups.WithBaseURL(fake.URL),
		usergroups.WithAccessToken(fake.IssueToken()),
		usergroups.WithRetryWait(time.Millisecond, 10*time.Millisecond), // a test has no time
	)
	if err != nil {
		log.Fatal(err)
	}
	defer client.CloseIdleConnections()

	page, err := client.UserGroups.List(context.Background(), usergroups.ListUserGroupsOptions{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(page.Items), "groups after", fake.Count(""), "requests")
	// Output: 6 groups after 4 requests
}

// A program that somebody waits for does not sleep for minutes.
func ExampleWithMaxServerWait() {
	fake := usergroupstest.NewServer()
	defer fake.Close()
	fake.Inject(usergroupstest.Fault{
		Status: http.StatusTooManyRequests, Header: http.Header{"Retry-After": {"60"}},
	})

	client, err := usergroups.NewClient(
		usergroups.WithBaseURL(fake.URL),
		usergroups.WithAccessToken(fake.IssueToken()),
		usergroups.WithMaxServerWait(5*time.Second),
	)
	if err != nil {
		log.Fatal(err)
	}
	defer client.CloseIdleConnections()

	_, err = client.UserGroups.List(context.Background(), usergroups.ListUserGroupsOptions{})
	var e *usergroups.Error
	if errors.Is(err, usergroups.ErrRateLimited) && errors.As(err, &e) {
		fmt.Println("come back in", e.RetryAfter)
	}
	// Output: come back in 1m0s
}

func ExampleWithMaxConcurrent() {
	fake := usergroupstest.NewServer(usergroupstest.WithLatency(5 * time.Millisecond))
	defer fake.Close()

	client, err := usergroups.NewClient(
		usergroups.WithBaseURL(fake.URL),
		usergroups.WithAccessToken(fake.IssueToken()),
		usergroups.WithMaxConcurrent(2),
	)
	if err != nil {
		log.Fatal(err)
	}
	defer client.CloseIdleConnections()

	var calls sync.WaitGroup
	for range 10 {
		calls.Go(func() {
			if _, err := client.UserGroups.Get(context.Background(), "5550000000004002"); err != nil {
				log.Fatal(err)
			}
		})
	}
	calls.Wait()
	fmt.Println("never more than two at a time:", fake.MaxInFlight() <= 2)
	// Output: never more than two at a time: true
}

func ExampleWithUserAgent() {
	fake := usergroupstest.NewServer()
	defer fake.Close()

	client, err := usergroups.NewClient(
		usergroups.WithBaseURL(fake.URL),
		usergroups.WithAccessToken(fake.IssueToken()),
		usergroups.WithUserAgent("access-review/1.4"),
	)
	if err != nil {
		log.Fatal(err)
	}
	defer client.CloseIdleConnections()

	if _, err := client.UserGroups.List(context.Background(), usergroups.ListUserGroupsOptions{}); err != nil {
		log.Fatal(err)
	}
	program, _, _ := strings.Cut(fake.Requests()[0].Header.Get("User-Agent"), " ")
	fmt.Println(program)
	// Output: access-review/1.4
}

func ExampleWithLogger() {
	fake := usergroupstest.NewServer()
	defer fake.Close()
	logger := slog.New(slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{
		Level: slog.LevelDebug,
		ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			switch a.Key {
			case slog.TimeKey, "url", "duration": // they differ from run to run
				return slog.Attr{}
			}
			return a
		},
	}))

	client, err := usergroups.NewClient(
		usergroups.WithBaseURL(fake.URL),
		usergroups.WithAccessToken(fake.IssueToken()),
		usergroups.WithLogger(logger),
	)
	if err != nil {
		log.Fatal(err)
	}
	defer client.CloseIdleConnections()

	if _, err := client.UserGroups.List(context.Background(), usergroups.ListUserGroupsOptions{}); err != nil {
		log.Fatal(err)
	}
	// Output: level=DEBUG msg="usergroups: attempt" op=UserGroups.List method=GET attempt=1 status=200
}

func ExampleWithObserver() {
	fake := usergroupstest.NewServer()
	defer fake.Close()
	fake.Inject(usergroupstest.Fault{Status: http.StatusServiceUnavailable, Times: 1})

	var mu sync.Mutex // events of several calls come at once
	attempts := make(map[int]int)
	client, err := usergroups.NewClient(
		usergroups.WithBaseURL(fake.URL),
		usergroups.WithAccessToken(fake.IssueToken()),
		usergroups.WithRetryWait(time.Millisecond, time.Millisecond),
		usergroups.WithObserver(func(e usergroups.Event) {
			if e.Kind == usergroups.EventAttempt {
				mu.Lock()
				defer mu.Unlock()
				attempts[e.StatusCode]++
			}
		}),
	)
	if err != nil {
		log.Fatal(err)
	}
	defer client.CloseIdleConnections()

	if _, err := client.UserGroups.List(context.Background(), usergroups.ListUserGroupsOptions{}); err != nil {
		log.Fatal(err)
	}
	fmt.Println("attempts by status:", attempts)
	// Output: attempts by status: map[200:1 503:1]
}

// For a logger of the program's own level or form, an event has the fields that
// are set.
func ExampleEvent_LogValue() {
	event := usergroups.Event{
		Kind: usergroups.EventWait, Op: usergroups.OpUserGroupsList, Attempt: 1, Wait: 2 * time.Second,
	}
	fmt.Println(event.Kind, event.LogValue())
	// Output: wait [op=UserGroups.List attempt=1 wait=2s]
}

func ExampleWithResponse() {
	client, done := exampleClient()
	defer done()

	var response usergroups.Response
	_, err := client.UserGroups.Get(context.Background(), "5550000000004001", usergroups.WithResponse(&response))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(response.StatusCode, response.Attempts, response.Header.Get("Content-Type"), len(response.Body) > 0)
	// Output: 200 1 application/json;charset=UTF-8 true
}

func ExampleResponse_CreditsRemaining() {
	fake := usergroupstest.NewServer()
	defer fake.Close()
	fake.Inject(usergroupstest.Fault{ // an organisation that has used more than half of its credits
		Status: http.StatusNoContent, Header: http.Header{"X-Api-Credits-Remaining": {"1200"}},
	})
	client, err := usergroups.NewClient(
		usergroups.WithBaseURL(fake.URL),
		usergroups.WithAccessToken(fake.IssueToken()),
	)
	if err != nil {
		log.Fatal(err)
	}
	defer client.CloseIdleConnections()

	var response usergroups.Response
	_, err = client.UserGroups.List(context.Background(), usergroups.ListUserGroupsOptions{}, usergroups.WithResponse(&response))
	if err != nil {
		log.Fatal(err)
	}
	if credits, ok := response.CreditsRemaining(); ok {
		fmt.Println(credits, "credits left")
	}
	// Output: 1200 credits left
}

func ExampleWithHeader() {
	fake := usergroupstest.NewServer()
	defer fake.Close()
	client, err := usergroups.NewClient(
		usergroups.WithBaseURL(fake.URL),
		usergroups.WithAccessToken(fake.IssueToken()),
	)
	if err != nil {
		log.Fatal(err)
	}
	defer client.CloseIdleConnections()

	_, err = client.UserGroups.List(context.Background(), usergroups.ListUserGroupsOptions{},
		usergroups.WithHeader("X-Correlation-Id", "review-2024-05"))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(fake.Requests()[0].Header.Get("X-Correlation-Id"))
	// Output: review-2024-05
}

func ExampleNoRetry() {
	fake := usergroupstest.NewServer()
	defer fake.Close()
	fake.Inject(usergroupstest.Fault{Status: http.StatusServiceUnavailable, Times: 1})
	client, err := usergroups.NewClient(
		usergroups.WithBaseURL(fake.URL),
		usergroups.WithAccessToken(fake.IssueToken()),
	)
	if err != nil {
		log.Fatal(err)
	}
	defer client.CloseIdleConnections()

	_, err = client.UserGroups.List(context.Background(), usergroups.ListUserGroupsOptions{}, usergroups.NoRetry())
	fmt.Println(errors.Is(err, usergroups.ErrUnavailable), fake.Count(""))
	// Output: true 1
}
