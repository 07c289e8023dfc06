package tuliptest_test

import (
	"context"
	"fmt"
	"io"
	"log"
	"net/http"
	"strings"
	"time"

	"github.com/usergroups-go/usergroups/tulip/tuliptest"
)

// A program in any language, or with any client, can be tried on the fake.
func Example() {
	tulip := tuliptest.NewServer()
	defer tulip.Close()

	// Here stands the program under test. It gets tulip.URL in place of
	// https://acme.tulip.co, and the API token.
	req, err := http.NewRequestWithContext(context.Background(), http.MethodGet, tulip.URL+"/api/users/v1/user-groups?limit=1&offset=4", http.NoBody)
	if err != nil {
		log.Fatal(err)
	}
	req.SetBasicAuth(tulip.APIKey, tulip.APISecret)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		log.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		log.Fatal(err)
	}

	fmt.Println(strings.ReplaceAll(string(body), tulip.URL, "https://acme.tulip.co"))
	fmt.Println(tulip.Count("GET /user-groups"), "request")
	// Output:
	// {"items":[{"id":"nightShift0000005","name":"Night shift","assignedUsersCount":4}],"count":6,"nextPage":"https://acme.tulip.co/api/users/v1/user-groups?limit=1&offset=5","prevPage":"https://acme.tulip.co/api/users/v1/user-groups?limit=1&offset=3"}
	// 1 request
}

// read returns the status and the body of the answer to GET path below
// /api/users/v1.
func read(fake *tuliptest.Server, path string) string {
	req, err := http.NewRequestWithContext(context.Background(), http.MethodGet, fake.URL+"/api/users/v1"+path, http.NoBody)
	if err != nil {
		log.Fatal(err)
	}
	req.Header.Set("Authorization", fake.AuthHeader())
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		return "no answer"
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return "half an answer"
	}
	return fmt.Sprintf("%d %s", res.StatusCode, strings.ReplaceAll(string(body), fake.URL, ""))
}

func ExampleNewServer() {
	fake := tuliptest.NewServer()
	defer fake.Close() // in a test: t.Cleanup(fake.Close)

	fmt.Println(read(fake, "/roles/operator"))
	// Output: 200 {"id":"operator","name":"Operator","description":"Runs apps","isCustom":false}
}

// A program of its own, for others to use, says why it cannot listen.
func ExampleStart() {
	fake, err := tuliptest.Start(tuliptest.WithAddr("127.0.0.1:0"))
	if err != nil {
		log.Fatal(err)
	}
	defer fake.Close()

	_, err = tuliptest.Start(tuliptest.WithAddr(fake.Addr))
	fmt.Println("twice on one address:", err == nil)
	// Output: twice on one address: false
}

func ExampleServer_Close() {
	fake := tuliptest.NewServer()
	fake.Close()

	fmt.Println(read(fake, "/users"))
	// Output: no answer
}

func ExampleServer_Shutdown() {
	fake := tuliptest.NewServer()
	ctx, cancel := context.WithTimeout(context.Background(), 8*time.Second)
	defer cancel()

	fmt.Println(fake.Shutdown(ctx)) // whoever has asked is answered
	// Output: <nil>
}

func ExampleServer_AuthHeader() {
	fake := tuliptest.NewServer(tuliptest.WithCredentials("apikey.2_invented", "secret"))
	defer fake.Close()

	fmt.Println(fake.AuthHeader())
	// Output: Basic YXBpa2V5LjJfaW52ZW50ZWQ6c2VjcmV0
}

// Programs that are configured before the server runs know where it will be.
func ExampleWithAddr() {
	fake := tuliptest.NewServer(tuliptest.WithAddr("localhost:0"), tuliptest.WithCredentials("key", "secret"))
	defer fake.Close()

	fmt.Println(strings.HasPrefix(fake.URL, "http://127.0.0.1:"), fake.APIKey)
	// Output: true key
}

func ExampleWithCredentials() {
	fake := tuliptest.NewServer(tuliptest.WithCredentials("key", "")) // invents the secret
	defer fake.Close()

	fmt.Println(fake.APIKey, fake.APISecret != "")
	// Output: key true
}

func ExampleRoutes() {
	for _, route := range tuliptest.Routes() {
		fmt.Println(route)
	}
	// Output:
	// GET /users
	// GET /users/{id}
	// GET /users/{id}/user-groups
	// GET /user-groups
	// GET /user-groups/{id}
	// GET /user-groups/{id}/users
	// GET /roles
	// GET /roles/{id}
}

func ExampleServer_Requests() {
	fake := tuliptest.NewServer()
	defer fake.Close()

	read(fake, "/user-groups?search=line&limit=1")
	read(fake, "/user-groups/nobody")
	for _, request := range fake.Requests() {
		fmt.Printf("%d %s %s %q\n", request.Status, request.Method, request.Path, request.RawQuery)
	}
	// Output:
	// 200 GET /api/users/v1/user-groups "search=line&limit=1"
	// 404 GET /api/users/v1/user-groups/nobody ""
}

func ExampleServer_Count() {
	fake := tuliptest.NewServer()
	defer fake.Close()

	read(fake, "/users")
	read(fake, "/users/amaraOkafor000001")
	fmt.Println(fake.Count("GET /users"), "list,", fake.Count(""), "requests")
	// Output: 1 list, 2 requests
}

func ExampleServer_MaxInFlight() {
	fake := tuliptest.NewServer()
	defer fake.Close()

	for range 3 { // one after the other
		read(fake, "/users")
	}
	fmt.Println(fake.MaxInFlight())
	// Output: 1
}

func ExampleServer_ResetLog() {
	fake := tuliptest.NewServer()
	defer fake.Close()

	read(fake, "/users") // what a test needs first, but is not about
	fake.ResetLog()
	read(fake, "/roles")
	fmt.Println(len(fake.Requests()), "request")
	// Output: 1 request
}

func ExampleWithLogLimit() {
	fake := tuliptest.NewServer(tuliptest.WithLogLimit(2))
	defer fake.Close()

	for range 5 {
		read(fake, "/users")
	}
	fmt.Println(len(fake.Requests()), "requests")
	// Output: 2 requests
}
