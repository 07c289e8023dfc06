package usergroups_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"

	"github.com/usergroups-go/usergroups"
	"github.com/usergroups-go/usergroups/usergroupstest"
)

func ExampleUserGroupsService_List() {
	client, done := exampleClient()
	defer done()

	page, err := client.UserGroups.List(context.Background(), usergroups.ListUserGroupsOptions{
		PerPage: 4,
		Include: []usergroups.Include{usergroups.IncludeSourcesCount},
	})
	if err != nil {
		log.Fatal(err)
	}
	for _, group := range page.Items {
		fmt.Println(group.Name, group.SourcesCount.Users.Total)
	}
	fmt.Println("more:", page.Info.MoreRecords)
	// Output:
	// Leadership 3
	// Sales 0
	// R&D 0
	// DACH Partners 0
	// more: true
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

func ExampleUserGroupsService_Get() {
	client, done := exampleClient()
	defer done()

	for _, id := range []string{"5550000000004002", "5550000000009999"} {
		group, err := client.UserGroups.Get(context.Background(), id)
		switch {
		case errors.Is(err, usergroups.ErrNotFound):
			fmt.Println("there is no group", id)
		case err != nil:
			log.Fatal(err)
		default:
			fmt.Println(group.Name, "is of", group.CreatedTime.Format("2 January 2006"), "by", group.CreatedBy.Name)
		}
	}
	// Output:
	// Sales is of 15 January 2024 by Amara Okafor
	// there is no group 5550000000009999
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

func ExampleDeletion_Scheduled() {
	fake := usergroupstest.NewServer(usergroupstest.WithGuesses(usergroupstest.Guesses{ScheduledDeletion: true}))
	defer fake.Close()
	client, err := usergroups.NewClient(
		usergroups.WithBaseURL(fake.URL),
		usergroups.WithAccessToken(fake.IssueToken()),
	)
	if err != nil {
		log.Fatal(err)
	}
	defer client.CloseIdleConnections()

	ctx := context.Background()
	deletion, err := client.UserGroups.Delete(ctx, "5550000000004004")
	if err != nil {
		log.Fatal(err)
	}
	if deletion.Scheduled() {
		group, err := client.UserGroups.Get(ctx, deletion.ID)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(group.Name, "is still there")
	}
	// Output: DACH Partners is still there
}

func ExampleUserGroupsService_ListAssociatedUsersCounts() {
	client, done := exampleClient()
	defer done()

	page, err := client.UserGroups.ListAssociatedUsersCounts(context.Background(), usergroups.ListAssociatedUsersCountsOptions{
		Filters: usergroups.Equal("name", "R&D"),
	})
	if err != nil {
		log.Fatal(err)
	}
	for _, count := range page.Items { // none when there is no such group
		fmt.Println(count.UserGroup.Name, count.Count)
	}
	// Output: R&D 4
}

func ExampleUserGroupsService_AllAssociatedUsersCounts() {
	client, done := exampleClient()
	defer done()

	for count, err := range client.UserGroups.AllAssociatedUsersCounts(context.Background(), usergroups.ListAssociatedUsersCountsOptions{}) {
		if err != nil {
			log.Fatal(err)
		}
		if count.Count > 5 {
			fmt.Println(count.UserGroup.Name, count.Count)
		}
	}
	// Output:
	// Sales 7
	// EMEA Field 7
	// All Hands 12
}

func ExampleUsersService_ListAssociatedGroups() {
	client, done := exampleClient()
	defer done()

	const amara = "5550000000001001"
	page, err := client.Users.ListAssociatedGroups(context.Background(), amara, usergroups.ListAssociatedGroupsOptions{PerPage: 1})
	if err != nil {
		log.Fatal(err)
	}
	for _, group := range page.Items { // none for a user without groups
		fmt.Println(group.Name)
	}
	fmt.Println("more:", page.Info.MoreRecords)
	// Output:
	// Leadership
	// more: true
}

func ExampleUsersService_AllAssociatedGroups() {
	client, done := exampleClient()
	defer done()

	const amara = "5550000000001001"
	for group, err := range client.Users.AllAssociatedGroups(context.Background(), amara, usergroups.ListAssociatedGroupsOptions{}) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(group.Name)
	}
	// Output:
	// Leadership
	// All Hands
}

func ExampleUserSource() {
	group := usergroups.CreateUserGroup{
		Name: "Interpreters",
		Sources: []usergroups.Source{
			usergroups.UserSource("5550000000001008"),
			usergroups.UserSource("5550000000001011"),
		},
	}
	for _, source := range group.Sources {
		fmt.Println(source.Type, source.ID)
	}
	// Output:
	// users 5550000000001008
	// users 5550000000001011
}

func ExampleRoleSource() {
	source := usergroups.RoleSource("5550000000002004")
	fmt.Println(source.Type, source.ID, source.IncludesSubordinates())
	// Output: roles 5550000000002004 false
}

func ExampleGroupSource() {
	source := usergroups.GroupSource("5550000000004002")
	fmt.Println(source.Type, source.ID)
	// Output: groups 5550000000004002
}

func ExampleTerritorySource() {
	source := usergroups.TerritorySource("5550000000003001").WithSubordinates()
	fmt.Println(source.Type, source.ID, source.IncludesSubordinates())
	// Output: territories 5550000000003001 true
}

func ExampleSource_WithSubordinates() {
	manager := usergroups.RoleSource("5550000000002003")
	team := manager.WithSubordinates() // manager itself stays as it is

	fmt.Println(manager.IncludesSubordinates(), team.IncludesSubordinates())
	// Output: false true
}

func ExampleSource_IncludesSubordinates() {
	client, done := exampleClient()
	defer done()

	page, err := client.UserGroups.List(context.Background(), usergroups.ListUserGroupsOptions{
		Name:    "EMEA Field",
		Include: []usergroups.Include{usergroups.IncludeSources},
	})
	if err != nil {
		log.Fatal(err)
	}
	for _, group := range page.Items {
		for _, source := range group.Sources {
			below := ""
			if source.IncludesSubordinates() {
				below = "and all below"
			}
			fmt.Println(source.Type, source.Name, below)
		}
	}
	// Output:
	// territories EMEA and all below
	// roles Sales Manager
}

// The API sends either the number of users or how many are active, inactive and
// deleted.
func ExampleUserSourcesCount() {
	var counts []usergroups.SourcesCount
	err := json.Unmarshal([]byte(`[
		{"users": 3},
		{"users": {"active": 2, "inactive": 1, "deleted": 0}}
	]`), &counts)
	if err != nil {
		log.Fatal(err)
	}
	for _, count := range counts {
		if count.Users.Detailed {
			fmt.Println(count.Users.Total, "users,", count.Users.Active, "of them active")
		} else {
			fmt.Println(count.Users.Total, "users")
		}
	}
	// Output:
	// 3 users
	// 3 users, 2 of them active
}
