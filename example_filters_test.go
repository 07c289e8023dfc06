package usergroups_test

import (
	"context"
	"fmt"
	"log"
	"net/url"

	"github.com/usergroups-go/usergroups"
)

func ExampleEqual() {
	client, done := exampleClient()
	defer done()

	page, err := client.UserGroups.ListAssociatedUsersCounts(context.Background(), usergroups.ListAssociatedUsersCountsOptions{
		Filters: usergroups.Equal("description", "Research and development"),
	})
	if err != nil {
		log.Fatal(err)
	}
	for _, count := range page.Items {
		fmt.Println(count.UserGroup.Name, count.Count)
	}
	// Output: R&D 4
}

func ExampleStartsWith() {
	client, done := exampleClient()
	defer done()

	page, err := client.UserGroups.List(context.Background(), usergroups.ListUserGroupsOptions{
		Filters: usergroups.StartsWith("name", "R&D"), // any text: it is encoded
	})
	if err != nil {
		log.Fatal(err)
	}
	for _, group := range page.Items {
		fmt.Println(group.Name)
	}
	// Output: R&D
}

func ExampleContains() {
	client, done := exampleClient()
	defer done()

	page, err := client.UserGroups.List(context.Background(), usergroups.ListUserGroupsOptions{
		Filters: usergroups.Contains("name", "Part"),
	})
	if err != nil {
		log.Fatal(err)
	}
	for _, group := range page.Items {
		fmt.Println(group.Name)
	}
	// Output: DACH Partners
}

func ExampleAnd() {
	client, done := exampleClient()
	defer done()

	var region usergroups.Criteria // the zero Criteria: the user of the program chose none
	page, err := client.UserGroups.List(context.Background(), usergroups.ListUserGroupsOptions{
		Filters: usergroups.And(
			usergroups.StartsWith("name", "DACH"),
			usergroups.Contains("name", "Partners"),
			region, // left out
		),
	})
	if err != nil {
		log.Fatal(err)
	}
	for _, group := range page.Items {
		fmt.Println(group.Name)
	}
	// Output: DACH Partners
}

func ExampleOr() {
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

// What a list is filtered by can come from a program's own configuration.
func ExampleCompare() {
	client, done := exampleClient()
	defer done()

	rule := struct{ Field, Comparator, Value string }{"name", "starts_with", "EMEA"}
	page, err := client.UserGroups.List(context.Background(), usergroups.ListUserGroupsOptions{
		Filters: usergroups.Compare(rule.Field, rule.Comparator, rule.Value),
	})
	if err != nil {
		log.Fatal(err)
	}
	for _, group := range page.Items {
		fmt.Println(group.Name)
	}
	// Output: EMEA Field
}

func ExampleRawCriteria() {
	client, done := exampleClient()
	defer done()

	page, err := client.UserGroups.List(context.Background(), usergroups.ListUserGroupsOptions{
		Filters: usergroups.RawCriteria(`{"field": {"api_name": "name"}, "comparator": "contains", "value": "Hands"}`),
	})
	if err != nil {
		log.Fatal(err)
	}
	for _, group := range page.Items {
		fmt.Println(group.Name)
	}
	// Output: All Hands
}

func ExampleCriteria_IsZero() {
	var filters usergroups.Criteria
	prefix := "" // from the command line, say
	if prefix != "" {
		filters = usergroups.StartsWith("name", prefix)
	}
	fmt.Println("all groups:", filters.IsZero())
	// Output: all groups: true
}

func ExampleCriteria_EncodeValues() {
	client, done := exampleClient()
	defer done()

	query := url.Values{"per_page": {"1"}}
	if err := usergroups.StartsWith("name", "S").EncodeValues("filters", &query); err != nil {
		log.Fatal(err)
	}
	var out struct {
		UserGroups []struct{ Name string } `json:"user_groups"`
	}
	err := client.Do(context.Background(), usergroups.Request{
		Method: "GET", Path: []string{"settings", "user_groups"}, Query: query,
	}, &out)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(query.Get("filters"))
	fmt.Println(out.UserGroups[0].Name)
	// Output:
	// {"field":{"api_name":"name"},"comparator":"starts_with","value":"S"}
	// Sales
}
