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

func ExampleUserGroupsService_All() {
	client, done := exampleClient()
	defer done()

	for group, err := range client.UserGroups.All(context.Background(), usergroups.ListUserGroupsOptions{
		Include: []usergroups.Include{usergroups.IncludeSources},
	}) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(group.Name)
		for _, source := range group.Sources {
			fmt.Println(" ", source.Type, source.Name)
		}
	}
	// Output:
	// Leadership
	//   users Amara Okafor
	//   users Lukas Brandt
	//   users Priya Raman
	// Sales
	//   roles VP Sales
	// R&D
	//   roles Head of Engineering
	// DACH Partners
	//   territories DACH
	// EMEA Field
	//   territories EMEA
	//   roles Sales Manager
	// All Hands
	//   groups Sales
	//   groups R&D
	//   users Amara Okafor
}

func ExampleUserGroupsService_Create() {
	client, done := exampleClient()
	defer done()

	result, err := client.UserGroups.Create(context.Background(), usergroups.CreateUserGroup{
		Name:        "Night Shift",
		Description: "On call from 22:00",
		Sources: []usergroups.Source{
			usergroups.UserSource("5550000000001005"),
			usergroups.RoleSource("5550000000002003").WithSubordinates(),
		},
	})
	if errors.Is(err, usergroups.ErrOutcomeUnknown) {
		log.Fatal("look for the group before creating it again: ", err)
	}
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(result.Status, result.ID != "")
	// Output: success true
}

func ExampleUserGroupsService_Delete() {
	client, done := exampleClient()
	defer done()

	deletion, err := client.UserGroups.Delete(context.Background(), "5550000000004004")
	if err != nil {
		log.Fatal(err)
	}
	if deletion.Scheduled() {
		fmt.Println("will be deleted by job", deletion.JobID)
	} else {
		fmt.Println("deleted")
	}
	// Output: deleted
}

func ExampleUsersService_AllAssociatedGroups() {
	client, done := exampleClient()
	defer done()

	const amara = "5550000000001001"
	groups, err := usergroups.Collect(client.Users.AllAssociatedGroups(context.Background(), amara, usergroups.ListAssociatedGroupsOptions{}))
	if err != nil {
		log.Fatal(err)
	}
	for _, group := range groups {
		fmt.Println(group.Name)
	}
	// Output:
	// Leadership
	// All Hands
}

func ExampleEqual() {
	client, done := exampleClient()
	defer done()

	page, err := client.UserGroups.ListAssociatedUsersCounts(context.Background(), usergroups.ListAssociatedUsersCountsOptions{
		Filters: usergroups.Or(
			usergroups.Equal("name", "R&D"),
			usergroups.StartsWith("name", "Lead"),
		),
	})
	if err != nil {
		log.Fatal(err)
	}
	for _, count := range page.Items {
		fmt.Println(count.UserGroup.Name, count.Count)
	}
	// Output:
	// Leadership 3
	// R&D 4
}

func ExampleError() {
	client, done := exampleClient()
	defer done()

	_, err := client.UserGroups.Create(context.Background(), usergroups.CreateUserGroup{
		Name:    "Sales",
		Sources: []usergroups.Source{usergroups.UserSource("5550000000001005")},
	})
	var e *usergroups.Error
	switch {
	case errors.Is(err, usergroups.ErrDuplicate) && errors.As(err, &e):
		fmt.Println(e.StatusCode, e.Code, e.Details.APIName())
	case err != nil:
		log.Fatal(err)
	}
	// Output: 400 DUPLICATE_DATA name
}

func ExampleScopes() {
	fmt.Println(usergroups.Scopes(usergroups.OpUserGroupsList, usergroups.OpUsersListAssociatedGroups))
	// Output: [ZohoCRM.settings.user_groups.READ ZohoCRM.users.READ]
}

func ExampleOAuthConfig_ConsentURL() {
	config := usergroups.OAuthConfig{
		ClientID:    "1000.EXAMPLE",
		RedirectURL: "https://example.com/callback",
		Scopes:      usergroups.Scopes(usergroups.OpUserGroupsList),
		DataCenter:  usergroups.DataCenterEU,
	}
	url, err := config.ConsentURL("a-random-state")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(url)
	// Output: https://accounts.zoho.eu/oauth/v2/auth?access_type=offline&client_id=1000.EXAMPLE&prompt=consent&redirect_uri=https%3A%2F%2Fexample.com%2Fcallback&response_type=code&scope=ZohoCRM.settings.user_groups.READ&state=a-random-state
}

func ExampleWithResponse() {
	client, done := exampleClient()
	defer done()

	var response usergroups.Response
	_, err := client.UserGroups.Get(context.Background(), "5550000000004001", usergroups.WithResponse(&response))
	if err != nil {
		log.Fatal(err)
	}
	_, limited := response.CreditsRemaining()
	fmt.Println(response.StatusCode, response.Attempts, limited)
	// Output: 200 1 false
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
	fmt.Println(out.UserGroups[0].Name)
	// Output: R&D
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
