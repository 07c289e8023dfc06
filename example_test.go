package usergroups_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"

	"github.com/usergroups-go/usergroups"
	"github.com/usergroups-go/usergroups/usergroupstest"
)

// exampleClient is a client of a fake organisation, so that the examples run.
func exampleClient() (client *usergroups.Client, closeFake func()) {
	fake := usergroupstest.NewServer()
	client, err := usergroups.NewClient(
		usergroups.WithBaseURL(fake.URL),
		usergroups.WithAccessToken(fake.IssueToken()),
	)
	if err != nil {
		log.Fatal(err)
	}
	return client, func() { client.CloseIdleConnections(); fake.Close() }
}

// How many people each group has.
func Example() {
	client, done := exampleClient() // in a program: usergroups.NewClientFromEnv()
	defer done()

	ctx := context.Background()
	for count, err := range client.UserGroups.AllAssociatedUsersCounts(ctx, usergroups.ListAssociatedUsersCountsOptions{}) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%-13s %2d\n", count.UserGroup.Name, count.Count)
	}
	// Output:
	// Leadership     3
	// Sales          7
	// R&D            4
	// DACH Partners  3
	// EMEA Field     7
	// All Hands     12
}

// A program is tested against the fake, which can be made to fail.
func Example_testing() {
	fake := usergroupstest.NewServer()
	defer fake.Close()
	client, err := usergroups.NewClient(
		usergroups.WithBaseURL(fake.URL),
		usergroups.WithAccountsURL(fake.URL),
		usergroups.WithRefreshToken(usergroups.RefreshToken{
			ClientID: fake.ClientID, ClientSecret: fake.ClientSecret, RefreshToken: fake.RefreshToken,
		}),
		usergroups.WithMaxRetries(0),
	)
	if err != nil {
		log.Fatal(err)
	}
	defer client.CloseIdleConnections()

	fake.Inject(usergroupstest.Fault{Route: "GET /settings/user_groups", Times: 1, Status: 503})
	_, err = client.UserGroups.List(context.Background(), usergroups.ListUserGroupsOptions{})
	fmt.Println(errors.Is(err, usergroups.ErrUnavailable))

	page, err := client.UserGroups.List(context.Background(), usergroups.ListUserGroupsOptions{})
	fmt.Println(len(page.Items), err, fake.Refreshes())
	// Output:
	// true
	// 6 <nil> 1
}

func ExampleNewClient() {
	client, err := usergroups.NewClient(
		usergroups.WithRefreshToken(usergroups.RefreshToken{
			ClientID:     os.Getenv("MY_CLIENT_ID"),
			ClientSecret: os.Getenv("MY_CLIENT_SECRET"),
			RefreshToken: os.Getenv("MY_REFRESH_TOKEN"),
		}),
		usergroups.WithDataCenter(usergroups.DataCenterEU),
		usergroups.WithMaxConcurrent(10), // Standard edition
	)
	fmt.Println(client == nil, err)
	// Output: true usergroups: NewClient: WithRefreshToken: ClientID, ClientSecret and RefreshToken are all needed
}

func ExampleNewClientFromEnv() {
	// What a shell or a container sets.
	env := map[string]string{
		"ZOHO_CLIENT_ID":     "1000.EXAMPLE",
		"ZOHO_CLIENT_SECRET": "",
		"ZOHO_REFRESH_TOKEN": "",
	}
	for name, value := range env {
		if err := os.Setenv(name, value); err != nil {
			log.Fatal(err)
		}
	}
	defer func() {
		for name := range env {
			_ = os.Unsetenv(name)
		}
	}()

	_, err := usergroups.NewClientFromEnv(usergroups.WithMaxConcurrent(10))
	fmt.Println(err)
	// Output: usergroups: NewClient: not set in the environment: ZOHO_CLIENT_SECRET, ZOHO_REFRESH_TOKEN
}

func ExampleClient_Do() {
	client, done := exampleClient()
	defer done()

	var out struct {
		UserGroups []struct{ Name string } `json:"user_groups"`
	}
	err := client.Do(context.Background(), usergroups.Request{
		Method: "GET",
		Path:   []string{"settings", "user_groups", "5550000000004003"},
	}, &out)
	if err != nil {
		log.Fatal(err)
	}
	for _, group := range out.UserGroups { // none after a 204
		fmt.Println(group.Name)
	}
	// Output: R&D
}

func ExampleClient_CloseIdleConnections() {
	fake := usergroupstest.NewServer()
	defer fake.Close()
	client, err := usergroups.NewClient(
		usergroups.WithBaseURL(fake.URL),
		usergroups.WithAccessToken(fake.IssueToken()),
	)
	if err != nil {
		log.Fatal(err)
	}
	// At the end of a program nobody needs it. A test that looks for leaked
	// goroutines does.
	defer client.CloseIdleConnections()

	group, err := client.UserGroups.Get(context.Background(), "5550000000004002")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(group.Name)
	// Output: Sales
}

func ExampleCollect() {
	client, done := exampleClient()
	defer done()

	groups, err := usergroups.Collect(client.UserGroups.All(context.Background(), usergroups.ListUserGroupsOptions{}))
	if err != nil {
		log.Fatalf("after %d groups: %v", len(groups), err)
	}
	fmt.Println(len(groups), "groups")
	// Output: 6 groups
}

func ExampleScopes() {
	fmt.Println(usergroups.Scopes(usergroups.OpUserGroupsList, usergroups.OpUsersListAssociatedGroups))
	// Output: [ZohoCRM.settings.user_groups.READ ZohoCRM.users.READ]
}
