package usergroups_test

import (
	"context"
	"fmt"
	"log"

	"github.com/usergroups-go/usergroups"
	"github.com/usergroups-go/usergroups/usergroupstest"
)

// vault stands for wherever a program gets its access tokens from.
type vault struct{ fetch func() string }

// Token is called before each attempt: a real one keeps the token until it ends.
func (v vault) Token(context.Context) (usergroups.Token, error) {
	return usergroups.Token{AccessToken: v.fetch()}, nil
}

func ExampleWithTokenSource() {
	fake := usergroupstest.NewServer()
	defer fake.Close()

	client, err := usergroups.NewClient(
		usergroups.WithBaseURL(fake.URL),
		usergroups.WithTokenSource(vault{fetch: func() string { return fake.IssueToken() }}),
	)
	if err != nil {
		log.Fatal(err)
	}
	defer client.CloseIdleConnections()

	page, err := client.UserGroups.List(context.Background(), usergroups.ListUserGroupsOptions{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(page.Items), "groups")
	// Output: 6 groups
}
