package tulip_test

import (
	"context"
	"errors"
	"fmt"
	"log"

	"github.com/usergroups-go/usergroups/tulip"
)

func ExampleUserGroupsService_List() {
	client, done := exampleClient()
	defer done()

	page, err := client.UserGroups.List(context.Background(), tulip.ListUserGroupsOptions{Limit: new(2)})
	if err != nil {
		log.Fatal(err)
	}
	for _, group := range page.Items {
		fmt.Println(group.Name)
	}
	fmt.Println("more:", page.Info.NextPage != "")
	// Output:
	// Machine maintenance team
	// O'Brien's line
	// more: true
}

// The archived groups are a list of their own.
func ExampleUserGroupsService_All() {
	client, done := exampleClient()
	defer done()

	for group, err := range client.UserGroups.All(context.Background(), tulip.ListUserGroupsOptions{Archived: true}) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Print(group.Name)
		if a := group.Archived; a != nil && a.At != nil && a.By != nil { // any of it may be unknown
			fmt.Print(", archived on ", a.At.Format("2 January 2006"), " by the ", a.By.Type, " ", a.By.ID)
		}
		fmt.Println()
	}
	// Output: Line 4, archived on 31 May 2024 by the user amaraOkafor000001
}

func ExampleUserGroupsService_Get() {
	client, done := exampleClient()
	defer done()

	for _, id := range []string{"qualityRAndD00004", "noSuchGroup000000"} {
		group, err := client.UserGroups.Get(context.Background(), id)
		switch {
		case errors.Is(err, tulip.ErrNotFound):
			fmt.Println("there is no group", id)
		case err != nil:
			log.Fatal(err)
		case group.AssignedUsersCount == nil:
			fmt.Println("the server does not say how many are in", group.Name)
		default:
			fmt.Println(group.Name, "has", *group.AssignedUsersCount, "members")
		}
	}
	// Output:
	// Quality & R&D has 2 members
	// there is no group noSuchGroup000000
}

// How many there are is known without reading them.
func ExamplePageInfo() {
	client, done := exampleClient()
	defer done()

	page, err := client.UserGroups.List(context.Background(), tulip.ListUserGroupsOptions{Limit: new(0)})
	if err != nil {
		log.Fatal(err)
	}
	if count := page.Info.Count; count != nil { // the server may not say
		fmt.Println(*count, "groups")
	}
	// Output: 3 groups
}
