package tulip_test

import (
	"context"
	"errors"
	"fmt"
	"log"

	"github.com/usergroups-go/usergroups/tulip"
)

func ExampleUserGroupsService_ListUsers() {
	client, done := exampleClient()
	defer done()

	page, err := client.UserGroups.ListUsers(context.Background(), "oBriensLine000003", tulip.ListMembershipsOptions{})
	if err != nil {
		log.Fatal(err)
	}
	for _, user := range page.Items { // none when nobody is in it
		fmt.Println(user.ID)
	}
	// Output:
	// finnOBrien0000006
	// diegoAlvarez00004
	// elifDemir00000005
}

// Is this user in that group?
func ExampleUserGroupsService_ListUsers_member() {
	client, done := exampleClient()
	defer done()

	for _, id := range []string{"elifDemir00000005", "brunoKeller000002"} {
		page, err := client.UserGroups.ListUsers(context.Background(), "oBriensLine000003", tulip.ListMembershipsOptions{
			Filter: tulip.IDs(id),
		})
		switch {
		case err != nil:
			log.Fatal(err)
		case len(page.Items) > 0:
			fmt.Println(id, "is in it")
		case len(page.Errors) > 0:
			fmt.Println(id, "may be in it: the server could not say")
		default:
			fmt.Println(id, "is not in it")
		}
	}
	// Output:
	// elifDemir00000005 is in it
	// brunoKeller000002 is not in it
}

// Who is in two groups: ids are enough.
func ExampleUserGroupsService_AllUsers() {
	client, done := exampleClient()
	defer done()

	groups := make(map[string]int) // of each user
	for _, id := range []string{"oBriensLine000003", "qualityRAndD00004"} {
		for user, err := range client.UserGroups.AllUsers(context.Background(), id, tulip.ListMembershipsOptions{}) {
			if err != nil {
				log.Fatal(err)
			}
			if groups[user.ID]++; groups[user.ID] == 2 {
				fmt.Println(user.ID)
			}
		}
	}
	// Output: finnOBrien0000006
}

// Who was deactivated and is still a member.
func ExampleUserGroupsService_MembersOf() {
	client, done := exampleClient()
	defer done()

	for user, err := range client.UserGroups.MembersOf(context.Background(), "machineTeam000002") {
		if err != nil {
			log.Fatal(err)
		}
		if user.Archived != nil {
			fmt.Println(user.Name.Full, "is still in the group")
		}
	}
	// Output: Grace Mwangi is still in the group
}

func ExampleUsersService_ListUserGroups() {
	client, done := exampleClient()
	defer done()

	page, err := client.Users.ListUserGroups(context.Background(), "amaraOkafor000001", tulip.ListMembershipsOptions{})
	if err != nil {
		log.Fatal(err)
	}
	for _, group := range page.Items {
		fmt.Println(group.ID)
	}
	// Output: qualityRAndD00004
}

func ExampleUsersService_AllUserGroups() {
	client, done := exampleClient()
	defer done()

	// ErrNotFound is a user who does not exist; one in no group is no error.
	groups, err := tulip.Collect(client.Users.AllUserGroups(context.Background(), "noSuchUser0000000", tulip.ListMembershipsOptions{}))
	fmt.Println(len(groups), errors.Is(err, tulip.ErrNotFound))
	// Output: 0 true
}

// The ids of a user's groups, and then the groups: two requests, however many they are.
func ExampleUsersService_GroupsOf() {
	client, done := exampleClient()
	defer done()

	for group, err := range client.Users.GroupsOf(context.Background(), "finnOBrien0000006") {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(group.Name)
	}
	// Output:
	// O'Brien's line
	// Quality & R&D
}
