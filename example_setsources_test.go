package usergroups_test

import (
	"context"
	"errors"
	"fmt"
	"log"

	"github.com/usergroups-go/usergroups"
	"github.com/usergroups-go/usergroups/usergroupstest"
)

// Amara and Lukas leave the group Leadership, Ingrid joins it.
func ExampleUserGroupsService_SetSources() {
	client, done := exampleClient()
	defer done()

	change, err := client.UserGroups.SetSources(context.Background(), "5550000000004001", []usergroups.Source{
		usergroups.UserSource("5550000000001003"),
		usergroups.UserSource("5550000000001009"),
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(change.Diff)
	for _, source := range change.After {
		fmt.Println(source.Type, source.Name)
	}
	// Output:
	// +users 5550000000001003, -users 5550000000001001 (Amara Okafor), -users 5550000000001002 (Lukas Brandt)
	// users Priya Raman
	// users Ingrid Solberg
}

// Somebody looks at the change before it is made.
func ExampleWithDryRun() {
	client, done := exampleClient()
	defer done()

	plan, err := client.UserGroups.RemoveSources(context.Background(), "5550000000004001", []usergroups.Source{
		usergroups.UserSource("5550000000001002"),
	}, usergroups.WithDryRun())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("to do:", plan.Diff)
	fmt.Println("done:", plan.Updates)
	// Output:
	// to do: -users 5550000000001002 (Lukas Brandt)
	// done: 0
}

// Those who join.
func ExampleUserGroupsService_AddSources() {
	client, done := exampleClient()
	defer done()

	change, err := client.UserGroups.AddSources(context.Background(), "5550000000004001", []usergroups.Source{
		usergroups.UserSource("5550000000001001"), // is there already
		usergroups.RoleSource("5550000000002002").WithSubordinates(),
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(change.Diff, len(change.Before), len(change.After))
	// Output:
	// +roles 5550000000002002 3 4
}

// Those who leave. Lukas is still among the members of Sales: through his role.
func ExampleUserGroupsService_RemoveSources() {
	client, done := exampleClient()
	defer done()

	change, err := client.UserGroups.RemoveSources(context.Background(), "5550000000004001", []usergroups.Source{
		usergroups.UserSource("5550000000001002"),
		usergroups.UserSource("5550000000001012"), // was never there
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(change.Diff)
	// Output:
	// -users 5550000000001002 (Lukas Brandt)
}

func ExampleUserGroupsService_ClearSources() {
	client, done := exampleClient()
	defer done()

	change, err := client.UserGroups.ClearSources(context.Background(), "5550000000004004")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(change.Diff, len(change.After))
	// Output:
	// -territories 5550000000003002 (DACH) 0
}

// A group is compared with what the directory of the company says.
func ExampleDiffSources() {
	have := []usergroups.Source{usergroups.UserSource("1"), usergroups.RoleSource("7").WithSubordinates()}
	want := []usergroups.Source{usergroups.UserSource("2"), usergroups.RoleSource("7")}

	diff := usergroups.DiffSources(have, want)
	for _, source := range diff.Add {
		fmt.Println("comes:", source.Type, source.ID)
	}
	for _, source := range diff.Remove {
		fmt.Println("goes:", source.Type, source.ID)
	}
	for _, source := range diff.Change {
		fmt.Println("with what is below it:", source.Have.IncludesSubordinates(), "to", source.Want.IncludesSubordinates())
	}
	// Output:
	// comes: users 2
	// goes: users 1
	// with what is below it: true to false
}

func ExampleSourcesDiff_String() {
	diff := usergroups.DiffSources([]usergroups.Source{usergroups.UserSource("1")}, []usergroups.Source{usergroups.GroupSource("2")})
	fmt.Println(diff)
	// Output: +groups 2, -users 1
}

func ExampleSourcesDiff_Empty() {
	role := usergroups.RoleSource("7")
	fmt.Println(usergroups.DiffSources([]usergroups.Source{role}, []usergroups.Source{role}).Empty())
	fmt.Println(usergroups.DiffSources([]usergroups.Source{role}, []usergroups.Source{role.WithSubordinates()}).Empty())
	// Output:
	// true
	// false
}

// A server that takes all that is wanted and keeps what is not: the error says what is
// left to do, and what the server had against it.
func ExampleSourcesError() {
	fake := usergroupstest.NewServer(usergroupstest.WithGuesses(usergroupstest.Guesses{Put: usergroupstest.PutReplacesRefusingDelete}))
	defer fake.Close()
	client, err := usergroups.NewClient(usergroups.WithBaseURL(fake.URL), usergroups.WithAccessToken(fake.IssueToken()))
	if err != nil {
		log.Fatal(err)
	}
	defer client.CloseIdleConnections()

	_, err = client.UserGroups.ClearSources(context.Background(), "5550000000004004")
	var incomplete *usergroups.SourcesError
	if errors.As(err, &incomplete) {
		fmt.Println("left:", incomplete.Left)
		fmt.Println("refused:", errors.Is(err, usergroups.ErrBadRequest))
	}
	// Output:
	// left: -territories 5550000000003002 (DACH)
	// refused: true
}

// A group of which a deleted user is a source, on a server that does not list those.
func ExampleWithUnlistedSources() {
	fake := usergroupstest.NewServer(usergroupstest.WithGuesses(usergroupstest.Guesses{UnlistedUsers: true}))
	defer fake.Close()
	fake.AddUser(usergroupstest.User{ID: "5550000000001002", Name: "Lukas Brandt", Status: "deleted"})
	client, err := usergroups.NewClient(usergroups.WithBaseURL(fake.URL), usergroups.WithAccessToken(fake.IssueToken()))
	if err != nil {
		log.Fatal(err)
	}
	defer client.CloseIdleConnections()

	add := []usergroups.Source{usergroups.UserSource("5550000000001003")}
	_, err = client.UserGroups.AddSources(context.Background(), "5550000000004001", add)
	fmt.Println(errors.Is(err, usergroups.ErrIncomplete))
	change, err := client.UserGroups.AddSources(context.Background(), "5550000000004001", add, usergroups.WithUnlistedSources())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(change.Diff)
	// Output:
	// true
	// +users 5550000000001003
}

// An access review: which groups these people are in.
func ExampleUsersService_AssociatedGroupsForUsers() {
	client, done := exampleClient()
	defer done()

	people := []string{"5550000000001002", "5550000000009999", "5550000000001005"}
	seen := 0
	for user := range client.Users.AssociatedGroupsForUsers(context.Background(), people, usergroups.ListAssociatedGroupsOptions{}) {
		seen++
		if user.Err != nil { // of this user, or, with the last one, of all that did not come
			fmt.Println(user.UserID, "is not known:", errors.Is(user.Err, usergroups.ErrNotFound))
			continue
		}
		fmt.Print(user.UserID, ":")
		for _, group := range user.Groups {
			fmt.Print(" ", group.Name)
		}
		fmt.Println()
	}
	fmt.Println(seen, "of", len(people))
	// Output:
	// 5550000000001002: Leadership Sales EMEA Field All Hands
	// 5550000000009999 is not known: true
	// 5550000000001005: Sales DACH Partners EMEA Field All Hands
	// 3 of 3
}
