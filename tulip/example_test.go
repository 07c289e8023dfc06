package tulip_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/http"
	"net/url"
	"os"
	"time"

	"github.com/usergroups-go/usergroups/tulip"
	"github.com/usergroups-go/usergroups/tulip/tuliptest"
)

// exampleInstance is the instance of the examples, which print what is in it.
func exampleInstance() tuliptest.Option {
	const (
		amara, bruno, diego = "amaraOkafor000001", "brunoKeller000002", "diegoAlvarez00004"
		elif, finn, grace   = "elifDemir00000005", "finnOBrien0000006", "graceMwangi000007"
		lead                = "lineLead000000001"
	)
	inDefault := func(role string) []tuliptest.WorkspaceRole {
		return []tuliptest.WorkspaceRole{{WorkspaceID: "DEFAULT", RoleID: role}}
	}
	closing := tuliptest.Action{
		At: time.Date(2024, time.May, 31, 16, 0, 0, 0, time.UTC), By: tuliptest.Actor{Type: "user", ID: amara},
	}
	return tuliptest.WithInstance(tuliptest.Instance{
		Users: []tuliptest.User{
			{ID: amara, Name: "Amara Okafor", Email: "amara.okafor@example.com", EmailVerified: true, GlobalRoleID: "owner"},
			{ID: bruno, Name: "Bruno Keller", Email: "bruno.keller@example.com", EmailVerified: true, WorkspaceRoles: inDefault("workspace-owner")},
			{ID: diego, Name: "Diego Alvarez", BadgeID: "DA004", WorkspaceRoles: inDefault("operator")},
			{ID: elif, Name: "Elif Demir", Email: "elif.demir@example.com", BadgeID: "ED005", WorkspaceRoles: inDefault("operator")},
			{
				ID: finn, Name: "Finn O'Brien", Email: "finn.obrien@example.com", EmailVerified: true,
				WorkspaceRoles: append(inDefault(lead), tuliptest.WorkspaceRole{WorkspaceID: "LAB", RoleID: "owner"}),
			},
			{ID: "emreDemir00000008", Name: "Emre Demir", Email: "demir@example.com", EmailVerified: true},
			{ID: grace, Name: "Grace Mwangi", BadgeID: "GM007", WorkspaceRoles: inDefault("operator"), Archived: closing},
		},
		Groups: []tuliptest.UserGroup{
			{ID: "machineTeam000002", Name: "Machine maintenance team", Members: []string{bruno, grace}},
			{ID: "oBriensLine000003", Name: "O'Brien's line", Members: []string{finn, diego, elif}},
			{ID: "qualityRAndD00004", Name: "Quality & R&D", Members: []string{amara, finn}},
			{ID: "lineFour000000007", Name: "Line 4", Members: []string{diego, grace}, Archived: closing},
		},
		Roles: []tuliptest.Role{
			{ID: "owner", Name: "Account owner"},
			{ID: "workspace-owner", Name: "Workspace owner"},
			{ID: "operator", Name: "Operator"},
			{ID: lead, Name: "Line lead", Custom: true},
		},
	})
}

// exampleClient is a client of a fake instance, so that the examples run.
func exampleClient() (client *tulip.Client, closeFake func()) {
	fake := tuliptest.NewServer(exampleInstance())
	client, err := tulip.NewClient(fake.URL, tulip.WithAPIToken(fake.APIKey, fake.APISecret))
	if err != nil {
		log.Fatal(err)
	}
	return client, func() { client.CloseIdleConnections(); fake.Close() }
}

// Who is in which group.
func Example() {
	client, done := exampleClient() // in a program: tulip.NewClientFromEnv()
	defer done()

	ctx := context.Background()
	for group, err := range client.UserGroups.All(ctx, tulip.ListUserGroupsOptions{}) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(group.Name)
		for user, err := range client.UserGroups.MembersOf(ctx, group.ID) {
			if err != nil {
				log.Fatal(err)
			}
			fmt.Println(" ", user.Name.Full)
		}
	}
	// Output:
	// Machine maintenance team
	//   Bruno Keller
	//   Grace Mwangi
	// O'Brien's line
	//   Finn O'Brien
	//   Diego Alvarez
	//   Elif Demir
	// Quality & R&D
	//   Amara Okafor
	//   Finn O'Brien
}

// A program is tested against the fake, which can be made to fail.
func Example_testing() {
	fake := tuliptest.NewServer(tuliptest.WithInstance(tuliptest.Instance{
		Groups: []tuliptest.UserGroup{{Name: "Night shift"}},
	}))
	defer fake.Close()
	client, err := tulip.NewClient(fake.URL,
		tulip.WithAPIToken(fake.APIKey, fake.APISecret),
		tulip.WithMaxRetries(0),
	)
	if err != nil {
		log.Fatal(err)
	}
	defer client.CloseIdleConnections()

	fake.Inject(tuliptest.Fault{Route: "GET /user-groups", Times: 1, Status: http.StatusServiceUnavailable})
	_, err = client.UserGroups.List(context.Background(), tulip.ListUserGroupsOptions{})
	fmt.Println(errors.Is(err, tulip.ErrUnavailable))

	page, err := client.UserGroups.List(context.Background(), tulip.ListUserGroupsOptions{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(page.Items[0].Name, "after", fake.Count("GET /user-groups"), "requests")
	// Output:
	// true
	// Night shift after 2 requests
}

func ExampleNewClient() {
	client, err := tulip.NewClient("https://acme.tulip.co",
		tulip.WithAPIToken(os.Getenv("MY_API_KEY"), os.Getenv("MY_API_SECRET")),
		tulip.WithUserAgent("access-review/1.4"),
	)
	fmt.Println(client == nil, err)
	// Output: true tulip: NewClient: WithAPIToken: the key or the secret is empty
}

func ExampleNewClientFromEnv() {
	// What a shell or a container sets.
	env := map[string]string{
		"TULIP_URL":        "https://acme.tulip.co",
		"TULIP_API_KEY":    "",
		"TULIP_API_SECRET": "",
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

	_, err := tulip.NewClientFromEnv(tulip.WithMaxConcurrent(2))
	fmt.Println(err)
	// Output: tulip: NewClient: not set in the environment: TULIP_API_KEY, TULIP_API_SECRET
}

// Do reaches what has no method, also in the other parts of Tulip's API. Here it reads
// an answer into a type of the program's own.
func ExampleClient_Do() {
	client, done := exampleClient()
	defer done()

	var page struct {
		Count float64
		Items []struct{ Name string }
	}
	err := client.Do(context.Background(), tulip.Request{
		Method: http.MethodGet,
		Path:   []string{"users", "v1", "user-groups"}, // below /api
		Query:  url.Values{"limit": {"1"}},
	}, &page)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(page.Items[0].Name, "is one of", page.Count)
	// Output: Machine maintenance team is one of 3
}

func ExampleClient_CloseIdleConnections() {
	fake := tuliptest.NewServer(exampleInstance())
	defer fake.Close()
	client, err := tulip.NewClient(fake.URL, tulip.WithAPIToken(fake.APIKey, fake.APISecret))
	if err != nil {
		log.Fatal(err)
	}
	// At the end of a program nobody needs it. A test that looks for leaked
	// goroutines does.
	defer client.CloseIdleConnections()

	group, err := client.UserGroups.Get(context.Background(), "machineTeam000002")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(group.Name)
	// Output: Machine maintenance team
}

func ExampleCollect() {
	client, done := exampleClient()
	defer done()

	groups, err := tulip.Collect(client.UserGroups.All(context.Background(), tulip.ListUserGroupsOptions{}))
	if err != nil {
		log.Fatalf("after %d groups: %v", len(groups), err)
	}
	fmt.Println(len(groups), "groups")
	// Output: 3 groups
}

// The one scope that the API token has to have.
func ExampleScopes() {
	fmt.Println(tulip.Scopes(tulip.OpUserGroupsMembersOf, tulip.OpRolesList))
	// Output: [users:read]
}
