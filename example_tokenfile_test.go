package usergroups_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/usergroups-go/usergroups"
	"github.com/usergroups-go/usergroups/usergroupstest"
)

// A program that runs every minute and is done in a second would have a new
// access token for each run; Zoho issues ten in ten minutes. With a file for its
// token, it asks for one an hour, however many of it run at a time.
func ExampleNewFileTokenStore() {
	fake := usergroupstest.NewServer()
	defer fake.Close()
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = os.RemoveAll(dir) }()

	for range 3 { // three runs of the program
		client, err := usergroups.NewClient(
			usergroups.WithBaseURL(fake.URL),
			usergroups.WithAccountsURL(fake.URL),
			usergroups.WithRefreshToken(usergroups.RefreshToken{
				ClientID: fake.ClientID, ClientSecret: fake.ClientSecret, RefreshToken: fake.RefreshToken,
			}),
			usergroups.WithTokenStore(usergroups.NewFileTokenStore(filepath.Join(dir, "tokens.json"))),
		)
		if err != nil {
			log.Fatal(err)
		}
		groups, err := usergroups.Collect(client.UserGroups.All(context.Background(), usergroups.ListUserGroupsOptions{}))
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(len(groups), "groups")
		client.CloseIdleConnections()
	}
	fmt.Println(fake.Refreshes(), "refresh")
	// Output:
	// 6 groups
	// 6 groups
	// 6 groups
	// 1 refresh
}
