package usergroupstest_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"sync"
	"time"

	"github.com/usergroups-go/usergroups"
	"github.com/usergroups-go/usergroups/usergroupstest"
)

func ExampleServer_Inject() {
	fake := usergroupstest.NewServer()
	defer fake.Close()
	client := connect(fake)
	defer client.CloseIdleConnections()

	// The next create is done, but its answer is lost.
	fake.Inject(usergroupstest.Fault{
		Route:   "POST /settings/user_groups",
		Kind:    usergroupstest.FaultReset,
		Times:   1,
		Applied: true,
	})

	_, err := client.UserGroups.Create(context.Background(), usergroups.CreateUserGroup{
		Name: "Night Shift", Sources: []usergroups.Source{usergroups.UserSource("5550000000001005")},
	})
	fmt.Println("known:", !errors.Is(err, usergroups.ErrOutcomeUnknown), "groups:", len(fake.Groups()))
	// Output: known: false groups: 7
}

func ExampleRoutes() {
	for _, route := range usergroupstest.Routes() {
		fmt.Println(route)
	}
	// Output:
	// GET /settings/user_groups
	// GET /settings/user_groups/{id}
	// POST /settings/user_groups
	// PUT /settings/user_groups/{id}
	// PUT /settings/user_groups
	// DELETE /settings/user_groups/{id}
	// GET /settings/user_groups/{id}/sources
	// GET /settings/user_groups/{id}/actions/sources_count
	// GET /settings/user_groups/actions/deletion_jobs
	// GET /settings/user_groups/actions/associated_users_count
	// GET /settings/user_groups/{id}/actions/associations
	// GET /settings/user_groups/{id}/associated_users/actions/grouped_counts
	// GET /users
	// GET /users/{user}
	// GET /users/actions/count
	// GET /users/{user}/actions/associated_groups
}

func ExampleWithLatency() {
	fake := usergroupstest.NewServer(usergroupstest.WithLatency(time.Minute))
	defer fake.Close()
	client := connect(fake)
	defer client.CloseIdleConnections()

	ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	_, err := client.UserGroups.List(ctx, usergroups.ListUserGroupsOptions{})
	fmt.Println(errors.Is(err, context.DeadlineExceeded))
	// Output: true
}

func ExampleServer_IssueToken() {
	fake := usergroupstest.NewServer()
	defer fake.Close()

	client, err := usergroups.NewClient(
		usergroups.WithBaseURL(fake.URL),
		usergroups.WithAccessToken(fake.IssueToken("ZohoCRM.settings.user_groups.READ")),
	)
	if err != nil {
		log.Fatal(err)
	}
	defer client.CloseIdleConnections()

	_, err = client.UserGroups.Delete(context.Background(), "5550000000004001")
	fmt.Println(errors.Is(err, usergroups.ErrScope))
	// Output: true
}

func ExampleWithScopes() {
	fake := usergroupstest.NewServer(usergroupstest.WithScopes("ZohoCRM.settings.user_groups.READ"))
	defer fake.Close()
	client := connect(fake)
	defer client.CloseIdleConnections()

	ctx := context.Background()
	_, err := client.UserGroups.List(ctx, usergroups.ListUserGroupsOptions{})
	fmt.Println("list:", err)
	_, err = client.Users.ListAssociatedGroups(ctx, "5550000000001001", usergroups.ListAssociatedGroupsOptions{})
	fmt.Println("groups of a user:", errors.Is(err, usergroups.ErrScope))
	// Output:
	// list: <nil>
	// groups of a user: true
}

func ExampleServer_ExpireTokens() {
	fake := usergroupstest.NewServer()
	defer fake.Close()
	client := connect(fake)
	defer client.CloseIdleConnections()

	ctx := context.Background()
	for range 2 {
		if _, err := client.UserGroups.List(ctx, usergroups.ListUserGroupsOptions{}); err != nil {
			log.Fatal(err)
		}
		fake.ExpireTokens()
	}
	fmt.Println("refreshes:", fake.Refreshes())
	// Output: refreshes: 2
}

func ExampleServer_RevokeRefreshToken() {
	fake := usergroupstest.NewServer()
	defer fake.Close()
	client := connect(fake)
	defer client.CloseIdleConnections()

	fake.RevokeRefreshToken() // what an administrator does to a program's access
	_, err := client.UserGroups.List(context.Background(), usergroups.ListUserGroupsOptions{})
	fmt.Println(errors.Is(err, usergroups.ErrUnauthorized))
	// Output: true
}

func ExampleServer_RejectTokens() {
	fake := usergroupstest.NewServer()
	defer fake.Close()
	client := connect(fake)
	defer client.CloseIdleConnections()

	fake.RejectTokens(true)
	_, err := client.UserGroups.List(context.Background(), usergroups.ListUserGroupsOptions{})
	fmt.Println(errors.Is(err, usergroups.ErrUnauthorized), "refreshes:", fake.Refreshes()) // no endless loop
	// Output: true refreshes: 2
}

// Tokens that are over before they should be: the endpoint never says less than a
// second.
func ExampleWithTokenLifetime() {
	fake := usergroupstest.NewServer(usergroupstest.WithTokenLifetime(time.Nanosecond))
	defer fake.Close()
	client := connect(fake)
	defer client.CloseIdleConnections()

	_, err := client.UserGroups.List(context.Background(), usergroups.ListUserGroupsOptions{})
	fmt.Println(errors.Is(err, usergroups.ErrUnauthorized))
	// Output: true
}

// Zoho issues 10 tokens in 10 minutes and answers "Access Denied" to more.
func ExampleWithTokenLimit() {
	fake := usergroupstest.NewServer(usergroupstest.WithTokenLimit(1, 10*time.Minute))
	defer fake.Close()
	ctx := context.Background()

	for range 2 { // two programs, each with a token of its own
		client := connect(fake)
		_, err := client.UserGroups.List(ctx, usergroups.ListUserGroupsOptions{})
		fmt.Println(errors.Is(err, usergroups.ErrRateLimited))
		client.CloseIdleConnections()
	}
	// Output:
	// false
	// true
}

func ExampleServer_Requests() {
	fake := usergroupstest.NewServer()
	defer fake.Close()
	client := connect(fake)
	defer client.CloseIdleConnections()

	_, err := client.UserGroups.List(context.Background(), usergroups.ListUserGroupsOptions{PerPage: 2, Name: "R&D"})
	if err != nil {
		log.Fatal(err)
	}
	for _, request := range fake.Requests() {
		fmt.Printf("%d %s %s %q\n", request.Status, request.Method, request.Path, request.RawQuery)
	}
	// Output:
	// 200 POST /oauth/v2/token ""
	// 200 GET /crm/v8/settings/user_groups "name=R%26D&per_page=2"
}

func ExampleServer_Count() {
	fake := usergroupstest.NewServer()
	defer fake.Close()
	client := connect(fake)
	defer client.CloseIdleConnections()

	for _, err := range client.UserGroups.All(context.Background(), usergroups.ListUserGroupsOptions{PerPage: 2}) {
		if err != nil {
			log.Fatal(err)
		}
	}
	fmt.Println(fake.Count("GET /settings/user_groups"), "pages")
	// Output: 3 pages
}

func ExampleServer_Refreshes() {
	fake := usergroupstest.NewServer()
	defer fake.Close()
	client := connect(fake)
	defer client.CloseIdleConnections()

	var calls sync.WaitGroup
	for range 20 {
		calls.Go(func() {
			if _, err := client.UserGroups.Get(context.Background(), "5550000000004001"); err != nil {
				log.Fatal(err)
			}
		})
	}
	calls.Wait()
	fmt.Println("refreshes:", fake.Refreshes())
	// Output: refreshes: 1
}

func ExampleServer_TokensIssued() {
	fake := usergroupstest.NewServer()
	defer fake.Close()
	client := connect(fake)
	defer client.CloseIdleConnections()
	fake.RevokeRefreshToken()

	_, err := client.UserGroups.List(context.Background(), usergroups.ListUserGroupsOptions{})
	fmt.Println(err != nil, "asked:", fake.Refreshes(), "issued:", fake.TokensIssued())
	// Output: true asked: 1 issued: 0
}

func ExampleServer_MaxInFlight() {
	fake := usergroupstest.NewServer(usergroupstest.WithLatency(5 * time.Millisecond))
	defer fake.Close()
	client := connect(fake)
	defer client.CloseIdleConnections()

	var calls sync.WaitGroup
	for range 20 {
		calls.Go(func() {
			if _, err := client.UserGroups.Get(context.Background(), "5550000000004001"); err != nil {
				log.Fatal(err)
			}
		})
	}
	calls.Wait()
	fmt.Println("within the limit of the Free edition:", fake.MaxInFlight() <= 5)
	// Output: within the limit of the Free edition: true
}

func ExampleServer_ResetLog() {
	fake := usergroupstest.NewServer()
	defer fake.Close()
	client := connect(fake)
	defer client.CloseIdleConnections()

	ctx := context.Background()
	if _, err := client.UserGroups.Get(ctx, "5550000000004001"); err != nil { // connects, gets a token
		log.Fatal(err)
	}
	fake.ResetLog()
	if _, err := client.UserGroups.Get(ctx, "5550000000004001"); err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(fake.Requests()), "request")
	// Output: 1 request
}
