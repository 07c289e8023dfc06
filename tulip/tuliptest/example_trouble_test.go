package tuliptest_test

import (
	"fmt"
	"net/http"
	"time"

	"github.com/usergroups-go/usergroups/tulip/tuliptest"
)

// The next request is throttled, the one after it is not.
func ExampleServer_Inject() {
	fake := tuliptest.NewServer()
	defer fake.Close()

	fake.Inject(tuliptest.Fault{
		Status: http.StatusTooManyRequests,
		Header: http.Header{"Retry-After": {"1"}},
		Body:   tuliptest.ErrorBody("generic.tooManyRequests", "Slow down.", false, map[string]any{"details": "Try again later."}),
		Times:  1,
	})
	fmt.Println(read(fake, "/users?limit=0"))
	fmt.Println(read(fake, "/users?limit=0"))
	// Output:
	// 429 {"errorCode":"generic.tooManyRequests","message":"Slow down.","retryable":false,"details":{"details":"Try again later."}}
	// 200 {"items":[],"count":12}
}

// A page that leads to somebody else's host: who follows it blindly tells them the
// API token.
func ExampleServer_Inject_nextPage() {
	fake := tuliptest.NewServer()
	defer fake.Close()

	fake.Inject(tuliptest.Fault{Kind: tuliptest.FaultNextPage, NextPage: "//evil.example/api/users/v1/roles"})
	fmt.Println(read(fake, "/user-groups?limit=0"))
	// Output: 200 {"items":[],"count":6,"nextPage":"//evil.example/api/users/v1/roles"}
}

func ExampleErrorBody() {
	fmt.Println(tuliptest.ErrorBody("generic.internal", "Something went wrong.", true, nil))
	// Output: {"errorCode":"generic.internal","message":"Something went wrong.","retryable":true}
}

// A page that is not whole, although its status is 200.
func ExampleServer_Omit() {
	fake := tuliptest.NewServer()
	defer fake.Close()

	restore := fake.Omit("graceMwangi000007", tuliptest.ItemError{})
	fmt.Println(read(fake, "/user-groups/machineTeam000002/users"))
	restore()
	fmt.Println(read(fake, "/user-groups/machineTeam000002/users"))
	// Output:
	// 200 {"items":[{"userId":"brunoKeller000002"},{"userId":"hiroTanaka0000008"}],"count":3,"errors":[{"errorCode":"generic.internal","message":"Something went wrong.","retryable":false,"details":{"id":"graceMwangi000007"}}]}
	// 200 {"items":[{"userId":"brunoKeller000002"},{"userId":"graceMwangi000007"},{"userId":"hiroTanaka0000008"}],"count":3}
}

func ExampleServer_DisableToken() {
	fake := tuliptest.NewServer()
	defer fake.Close()

	fake.DisableToken(true)
	fmt.Println(read(fake, "/roles/operator"))
	// Output: 401 {"errorCode":"generic.unauthorized","message":"The API token is missing, wrong or disabled.","retryable":false}
}

func ExampleWithScopes() {
	fake := tuliptest.NewServer(tuliptest.WithScopes("tables:read", "users:write"))
	defer fake.Close()

	fmt.Println(read(fake, "/roles/operator"))
	// Output: 403 {"errorCode":"generic.forbidden","message":"The API token does not have the scope users:read.","retryable":false}
}

// What the contract leaves open, the other way round.
func ExampleWithGuesses() {
	fake := tuliptest.NewServer(tuliptest.WithGuesses(tuliptest.Guesses{
		DefaultLimit: 1,
		Link:         tuliptest.LinkQuery,
		NoLink:       tuliptest.NoLinkNull,
		Number:       tuliptest.NumberExponent,
	}))
	defer fake.Close()

	fmt.Println(read(fake, "/user-groups/allHands000000001/users?filter=userId%20eq%20'hiroTanaka0000008'"))
	fmt.Println(read(fake, "/user-groups/nightShift0000005/users"))
	// Output:
	// 200 {"items":[{"userId":"hiroTanaka0000008"}],"count":1e0,"nextPage":null,"prevPage":null}
	// 200 {"items":[{"userId":"jonasWeber0000010"}],"count":4e0,"nextPage":"?limit=1&offset=1","prevPage":null}
}

func ExampleWithLatency() {
	fake := tuliptest.NewServer(tuliptest.WithLatency(20 * time.Millisecond))
	defer fake.Close()

	start := time.Now()
	read(fake, "/users")
	fmt.Println(time.Since(start) >= 20*time.Millisecond)
	// Output: true
}
