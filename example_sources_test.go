package usergroups_test

import (
	"context"
	"errors"
	"fmt"
	"log"

	"github.com/usergroups-go/usergroups"
)

func ExampleUserGroupsService_ListSources() {
	client, done := exampleClient()
	defer done()

	page, err := client.UserGroups.ListSources(context.Background(), "5550000000004006", usergroups.ListSourcesOptions{
		Type: usergroups.SourceGroups,
	})
	if err != nil {
		log.Fatal(err)
	}
	for _, source := range page.Items {
		fmt.Println(source.ID, source.Name)
	}
	fmt.Println("more:", page.Info.MoreRecords)
	// Output:
	// 5550000000004002 Sales
	// 5550000000004003 R&D
	// more: false
}

func ExampleUserGroupsService_AllSources() {
	client, done := exampleClient()
	defer done()

	for source, err := range client.UserGroups.AllSources(context.Background(), "5550000000004005", usergroups.ListSourcesOptions{}) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(source.Type, source.Name, source.IncludesSubordinates())
	}
	// Output:
	// territories EMEA true
	// roles Sales Manager false
}

func ExampleUserGroupsService_SourcesCount() {
	client, done := exampleClient()
	defer done()

	count, err := client.UserGroups.SourcesCount(context.Background(), "5550000000004006")
	if errors.Is(err, usergroups.ErrNotFound) {
		log.Fatal("there is no such group, or it has no sources")
	}
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(count.Groups, "groups,", count.Users.Active, "active users")
	// Output: 2 groups, 1 active users
}

// What would change with the group.
func ExampleUserGroupsService_Associations() {
	client, done := exampleClient()
	defer done()

	for _, id := range []string{"5550000000004001", "5550000000004002", "5550000000004003"} {
		associations, err := client.UserGroups.Associations(context.Background(), id)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(id, "is used", len(associations), "times")
		for _, a := range associations {
			module := "no module"
			if a.Details != nil && a.Details.Module != nil {
				module = a.Details.Module.APIName
			}
			fmt.Println(" ", a.Type, a.Resource.Name, "-", module)
		}
	}
	// Output:
	// 5550000000004001 is used 0 times
	// 5550000000004002 is used 2 times
	//   data_sharing Lead sharing - Leads
	//   assignment_rules Inbound leads - Leads
	// 5550000000004003 is used 1 times
	//   workflow_rules Release notes - no module
}

func ExampleUserGroupsService_GroupedCounts() {
	client, done := exampleClient()
	defer done()

	page, err := client.UserGroups.GroupedCounts(context.Background(), "5550000000004002")
	if err != nil {
		log.Fatal(err)
	}
	for _, count := range page.Items { // none for a group without users
		fmt.Println(count.Status, count.Count)
	}
	// Output:
	// active 6
	// inactive 1
}
