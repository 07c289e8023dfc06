package tulip_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/http"

	"github.com/usergroups-go/usergroups/tulip"
	"github.com/usergroups-go/usergroups/tulip/tuliptest"
)

func ExampleError() {
	client, done := exampleClient()
	defer done()

	_, err := client.UserGroups.List(context.Background(), tulip.ListUserGroupsOptions{Limit: new(1_000_000)})
	var e *tulip.Error
	switch {
	case errors.Is(err, tulip.ErrBadRequest) && errors.As(err, &e):
		fmt.Println(e.Op, e.StatusCode, e.Code == tulip.CodeLimitParamBounds)
	case err != nil:
		log.Fatal(err)
	}
	// Output: UserGroups.List 400 true
}

// What to ask an administrator for.
func ExampleError_scopes() {
	fake := tuliptest.NewServer(tuliptest.WithScopes("stations:read"))
	defer fake.Close()
	client, err := tulip.NewClient(fake.URL, tulip.WithAPIToken(fake.APIKey, fake.APISecret))
	if err != nil {
		log.Fatal(err)
	}
	defer client.CloseIdleConnections()

	_, err = client.Users.List(context.Background(), tulip.ListUsersOptions{})
	var e *tulip.Error
	if errors.As(err, &e) && len(e.Scopes) > 0 { // of 401 and 403: the vendor does not say which one it is
		fmt.Println("does the API token have", e.Scopes)
	}
	// Output: does the API token have [users:read]
}

// An error gives log/slog its fields one by one.
func ExampleError_LogValue() {
	client, done := exampleClient()
	defer done()

	_, err := client.UserGroups.List(context.Background(), tulip.ListUserGroupsOptions{Limit: new(1_000_000)})
	var e *tulip.Error
	if errors.As(err, &e) {
		for _, attr := range e.LogValue().Group() {
			if attr.Key != "url" && attr.Key != "message" { // the one differs from run to run, the other may change
				fmt.Println(attr)
			}
		}
	}
	// Output:
	// op=UserGroups.List
	// method=GET
	// status=400
	// code=generic.limitParamBounds
	// attempts=1
}

// A part is not the whole: what is done about those who are missing has to wait.
func ExamplePartialError() {
	fake := tuliptest.NewServer(exampleInstance())
	defer fake.Close()
	fake.Omit("graceMwangi000007", tuliptest.ItemError{}) // from now on, lists have an error in her place
	client, err := tulip.NewClient(fake.URL, tulip.WithAPIToken(fake.APIKey, fake.APISecret))
	if err != nil {
		log.Fatal(err)
	}
	defer client.CloseIdleConnections()

	members, err := tulip.Collect(client.UserGroups.AllUsers(context.Background(), "machineTeam000002", tulip.ListMembershipsOptions{}))
	var partial *tulip.PartialError
	switch {
	case errors.As(err, &partial):
		fmt.Println("seen:", members)
		for _, item := range partial.Omitted {
			fmt.Println("not seen:", item.ID, item.Code)
		}
		fmt.Println("nor so many others:", partial.Missing)
	case err != nil:
		log.Fatal(err)
	}
	// Output:
	// seen: [{brunoKeller000002}]
	// not seen: graceMwangi000007 generic.internal
	// nor so many others: 0
}

// The iterators make errors of what a page leaves out. One page has it beside its items.
func ExampleDetails_ID() {
	fake := tuliptest.NewServer(exampleInstance())
	defer fake.Close()
	fake.Omit("graceMwangi000007", tuliptest.ItemError{})
	client, err := tulip.NewClient(fake.URL, tulip.WithAPIToken(fake.APIKey, fake.APISecret))
	if err != nil {
		log.Fatal(err)
	}
	defer client.CloseIdleConnections()

	page, err := client.UserGroups.ListUsers(context.Background(), "machineTeam000002", tulip.ListMembershipsOptions{})
	if err != nil {
		log.Fatal(err)
	}
	for _, item := range page.Errors {
		fmt.Println(item.Code, item.Details.ID(), item.Details.ID() == item.ID)
	}
	// Output: generic.internal graceMwangi000007 true
}

// A proxy on the way may have added the header a second time.
func ExampleDetails_HeaderName() {
	fake := tuliptest.NewServer()
	defer fake.Close()
	fake.Inject(tuliptest.Fault{
		Status: http.StatusBadRequest,
		Body: tuliptest.ErrorBody(tulip.CodeMultiValueHeader, "The header was sent more than once.", false,
			map[string]any{"headerName": "Authorization"}),
	})
	client, err := tulip.NewClient(fake.URL, tulip.WithAPIToken(fake.APIKey, fake.APISecret))
	if err != nil {
		log.Fatal(err)
	}
	defer client.CloseIdleConnections()

	_, err = client.Users.List(context.Background(), tulip.ListUsersOptions{})
	var e *tulip.Error
	if errors.As(err, &e) && e.Code == tulip.CodeMultiValueHeader {
		fmt.Println(e.Details.HeaderName(), "came more than once")
	}
	// Output: Authorization came more than once
}

func ExampleDetails_Text() {
	fake := tuliptest.NewServer()
	defer fake.Close()
	fake.Inject(tuliptest.Fault{
		Status: http.StatusTooManyRequests,
		Body: tuliptest.ErrorBody("", "Too many requests.", false,
			map[string]any{"details": "Wait a moment before the next request."}),
	})
	client, err := tulip.NewClient(fake.URL, tulip.WithAPIToken(fake.APIKey, fake.APISecret), tulip.WithMaxRetries(0))
	if err != nil {
		log.Fatal(err)
	}
	defer client.CloseIdleConnections()

	_, err = client.Users.List(context.Background(), tulip.ListUsersOptions{})
	var e *tulip.Error
	if errors.Is(err, tulip.ErrRateLimited) && errors.As(err, &e) {
		fmt.Println(e.Details.Text())
	}
	// Output: Wait a moment before the next request.
}
