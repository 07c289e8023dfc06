package tulip_test

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

	"github.com/usergroups-go/usergroups/tulip"
	"github.com/usergroups-go/usergroups/tulip/tuliptest"
)

func ExampleWithHTTPClient() {
	fake := tuliptest.NewServer(exampleInstance())
	defer fake.Close()

	transport := &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		MaxIdleConnsPerHost: 10,
	}
	defer transport.CloseIdleConnections()
	client, err := tulip.NewClient(fake.URL,
		tulip.WithAPIToken(fake.APIKey, fake.APISecret),
		tulip.WithHTTPClient(&http.Client{Transport: transport, Timeout: 10 * time.Second}), // for each attempt
	)
	if err != nil {
		log.Fatal(err)
	}

	group, err := client.UserGroups.Get(context.Background(), "machineTeam000002")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(group.Name)
	// Output: Machine maintenance team
}

func ExampleWithInsecureHTTP() {
	token := tulip.WithAPIToken("apikey.2_example", "invented")

	_, err := tulip.NewClient("http://proxy.example", token)
	fmt.Println(err)
	_, err = tulip.NewClient("http://proxy.example", token, tulip.WithInsecureHTTP())
	fmt.Println(err)
	// Output:
	// tulip: NewClient: the URL of the instance: http://proxy.example would send credentials in clear: use https, or allow it by WithInsecureHTTP
	// <nil>
}

func ExampleWithAttemptTimeout() {
	fake := tuliptest.NewServer()
	defer fake.Close()
	fake.Inject(tuliptest.Fault{Kind: tuliptest.FaultSilence, Times: 1})

	client, err := tulip.NewClient(fake.URL,
		tulip.WithAPIToken(fake.APIKey, fake.APISecret),
		tulip.WithAttemptTimeout(300*time.Millisecond),
		tulip.WithRetryWait(time.Millisecond, time.Millisecond),
	)
	if err != nil {
		log.Fatal(err)
	}
	defer client.CloseIdleConnections()

	// The whole call, with its retries, is bounded by the context.
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	var response tulip.Response
	_, err = client.UserGroups.List(ctx, tulip.ListUserGroupsOptions{}, tulip.WithResponse(&response))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("answered at the first attempt:", response.Attempts == 1)
	// Output: answered at the first attempt: false
}

func ExampleWithMaxRetries() {
	fake := tuliptest.NewServer()
	defer fake.Close()
	fake.Inject(tuliptest.Fault{Status: http.StatusServiceUnavailable}) // always

	client, err := tulip.NewClient(fake.URL,
		tulip.WithAPIToken(fake.APIKey, fake.APISecret),
		tulip.WithMaxRetries(1),
		tulip.WithRetryWait(time.Millisecond, time.Millisecond),
	)
	if err != nil {
		log.Fatal(err)
	}
	defer client.CloseIdleConnections()

	_, err = client.UserGroups.List(context.Background(), tulip.ListUserGroupsOptions{})
	var e *tulip.Error
	if errors.Is(err, tulip.ErrUnavailable) && errors.As(err, &e) {
		fmt.Println("attempts:", e.Attempts)
	}
	// Output: attempts: 2
}

func ExampleWithRetryWait() {
	fake := tuliptest.NewServer(exampleInstance())
	defer fake.Close()
	fake.Inject(tuliptest.Fault{Status: http.StatusBadGateway, Times: 3})

	client, err := tulip.NewClient(fake.URL,
		tulip.WithAPIToken(fake.APIKey, fake.APISecret),
		tulip.WithRetryWait(time.Millisecond, 10*time.Millisecond), // a test has no time
	)
	if err != nil {
		log.Fatal(err)
	}
	defer client.CloseIdleConnections()

	page, err := client.UserGroups.List(context.Background(), tulip.ListUserGroupsOptions{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(page.Items), "groups after", fake.Count(""), "requests")
	// Output: 3 groups after 4 requests
}

// A program that somebody waits for does not sleep for minutes.
func ExampleWithMaxServerWait() {
	fake := tuliptest.NewServer()
	defer fake.Close()
	fake.Inject(tuliptest.Fault{
		Status: http.StatusTooManyRequests, Header: http.Header{"Retry-After": {"60"}},
	})

	client, err := tulip.NewClient(fake.URL,
		tulip.WithAPIToken(fake.APIKey, fake.APISecret),
		tulip.WithMaxServerWait(5*time.Second),
	)
	if err != nil {
		log.Fatal(err)
	}
	defer client.CloseIdleConnections()

	_, err = client.UserGroups.List(context.Background(), tulip.ListUserGroupsOptions{})
	var e *tulip.Error
	if errors.Is(err, tulip.ErrRateLimited) && errors.As(err, &e) {
		fmt.Println("come back in", e.RetryAfter)
	}
	// Output: come back in 1m0s
}

// Without the option, this 500 would be asked for again.
func ExampleWithHonorRetryable() {
	fake := tuliptest.NewServer()
	defer fake.Close()
	fake.Inject(tuliptest.Fault{
		Status: http.StatusInternalServerError,
		Body:   tuliptest.ErrorBody(tulip.CodeInternal, "Something went wrong.", false, nil), // "retryable": false
	})

	client, err := tulip.NewClient(fake.URL,
		tulip.WithAPIToken(fake.APIKey, fake.APISecret),
		tulip.WithHonorRetryable(),
	)
	if err != nil {
		log.Fatal(err)
	}
	defer client.CloseIdleConnections()

	_, err = client.UserGroups.List(context.Background(), tulip.ListUserGroupsOptions{})
	fmt.Println(errors.Is(err, tulip.ErrUnavailable), "after", fake.Count(""), "request")
	// Output: true after 1 request
}

func ExampleWithMaxConcurrent() {
	fake := tuliptest.NewServer(exampleInstance(), tuliptest.WithLatency(5*time.Millisecond))
	defer fake.Close()

	client, err := tulip.NewClient(fake.URL,
		tulip.WithAPIToken(fake.APIKey, fake.APISecret),
		tulip.WithMaxConcurrent(2),
	)
	if err != nil {
		log.Fatal(err)
	}
	defer client.CloseIdleConnections()

	var calls sync.WaitGroup
	for range 10 {
		calls.Go(func() {
			if _, err := client.Users.Get(context.Background(), "finnOBrien0000006"); err != nil {
				log.Fatal(err)
			}
		})
	}
	calls.Wait()
	fmt.Println("never more than two at a time:", fake.MaxInFlight() <= 2)
	// Output: never more than two at a time: true
}

func ExampleWithUserAgent() {
	fake := tuliptest.NewServer()
	defer fake.Close()

	client, err := tulip.NewClient(fake.URL,
		tulip.WithAPIToken(fake.APIKey, fake.APISecret),
		tulip.WithUserAgent("access-review/1.4"),
	)
	if err != nil {
		log.Fatal(err)
	}
	defer client.CloseIdleConnections()

	if _, err := client.UserGroups.List(context.Background(), tulip.ListUserGroupsOptions{}); err != nil {
		log.Fatal(err)
	}
	program, _, _ := strings.Cut(fake.Requests()[0].Header.Get("User-Agent"), " ")
	fmt.Println(program)
	// Output: access-review/1.4
}

func ExampleWithLogger() {
	fake := tuliptest.NewServer()
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

	client, err := tulip.NewClient(fake.URL,
		tulip.WithAPIToken(fake.APIKey, fake.APISecret),
		tulip.WithLogger(logger),
	)
	if err != nil {
		log.Fatal(err)
	}
	defer client.CloseIdleConnections()

	if _, err := client.UserGroups.List(context.Background(), tulip.ListUserGroupsOptions{}); err != nil {
		log.Fatal(err)
	}
	// Output: level=DEBUG msg="tulip: attempt" op=UserGroups.List method=GET attempt=1 status=200
}

func ExampleWithObserver() {
	fake := tuliptest.NewServer()
	defer fake.Close()
	fake.Inject(tuliptest.Fault{Status: http.StatusServiceUnavailable, Times: 1})

	var mu sync.Mutex // events of several calls come at once
	attempts := make(map[int]int)
	client, err := tulip.NewClient(fake.URL,
		tulip.WithAPIToken(fake.APIKey, fake.APISecret),
		tulip.WithRetryWait(time.Millisecond, time.Millisecond),
		tulip.WithObserver(func(e tulip.Event) {
			if e.Kind == tulip.EventAttempt {
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

	if _, err := client.UserGroups.List(context.Background(), tulip.ListUserGroupsOptions{}); err != nil {
		log.Fatal(err)
	}
	fmt.Println("attempts by status:", attempts)
	// Output: attempts by status: map[200:1 503:1]
}

// For a logger of the program's own level or form, an event has the fields that
// are set.
func ExampleEvent_LogValue() {
	event := tulip.Event{
		Kind: tulip.EventWait, Op: tulip.OpUserGroupsList, Attempt: 1, Wait: 2 * time.Second,
	}
	fmt.Println(event.Kind, event.LogValue())
	// Output: wait [op=UserGroups.List attempt=1 wait=2s]
}
