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

func ExampleWithResponse() {
	client, done := exampleClient()
	defer done()

	var response tulip.Response
	_, err := client.UserGroups.Get(context.Background(), "machineTeam000002", tulip.WithResponse(&response))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(response.StatusCode, response.Attempts, len(response.Header) > 0, len(response.Body) > 0)
	// Output: 200 1 true true
}

func ExampleWithHeader() {
	fake := tuliptest.NewServer()
	defer fake.Close()
	client, err := tulip.NewClient(fake.URL, tulip.WithAPIToken(fake.APIKey, fake.APISecret))
	if err != nil {
		log.Fatal(err)
	}
	defer client.CloseIdleConnections()

	_, err = client.UserGroups.List(context.Background(), tulip.ListUserGroupsOptions{},
		tulip.WithHeader("X-Correlation-Id", "review-2024-05"))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(fake.Requests()[0].Header.Get("X-Correlation-Id"))
	// Output: review-2024-05
}

func ExampleNoRetry() {
	fake := tuliptest.NewServer()
	defer fake.Close()
	fake.Inject(tuliptest.Fault{Status: http.StatusServiceUnavailable, Times: 1})
	client, err := tulip.NewClient(fake.URL, tulip.WithAPIToken(fake.APIKey, fake.APISecret))
	if err != nil {
		log.Fatal(err)
	}
	defer client.CloseIdleConnections()

	_, err = client.UserGroups.List(context.Background(), tulip.ListUserGroupsOptions{}, tulip.NoRetry())
	fmt.Println(errors.Is(err, tulip.ErrUnavailable), fake.Count(""))
	// Output: true 1
}

func ExampleWithMembersByFilter() {
	fake := tuliptest.NewServer(exampleInstance())
	defer fake.Close()
	client, err := tulip.NewClient(fake.URL, tulip.WithAPIToken(fake.APIKey, fake.APISecret))
	if err != nil {
		log.Fatal(err)
	}
	defer client.CloseIdleConnections()

	users, err := tulip.Collect(client.UserGroups.MembersOf(context.Background(), "oBriensLine000003", tulip.WithMembersByFilter()))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(users), "users")
	fmt.Println("asked for together:", fake.Count("GET /users"), "request, one by one:", fake.Count("GET /users/{id}"))
	// Output:
	// 3 users
	// asked for together: 1 request, one by one: 0
}
