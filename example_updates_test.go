package usergroups_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"

	"github.com/usergroups-go/usergroups"
)

// A group gets another name, and keeps all that it is made of.
func ExampleUserGroupsService_Update() {
	client, done := exampleClient()
	defer done()

	ctx := context.Background()
	const id = "5550000000004005"
	update := usergroups.UpdateUserGroup{Name: "EMEA On The Road"}
	for source, err := range client.UserGroups.AllSources(ctx, id, usergroups.ListSourcesOptions{}) {
		if err != nil {
			log.Fatal(err)
		}
		update.Sources = append(update.Sources, usergroups.SourceChange{Source: source})
	}
	count, err := client.UserGroups.SourcesCount(ctx, id)
	if err != nil {
		log.Fatal(err)
	}
	if count.Users.Total+count.Roles+count.Groups+count.Territories != len(update.Sources) {
		log.Fatal("the list does not show all sources: this update could lose the others")
	}
	result, err := client.UserGroups.Update(ctx, id, update)
	if errors.Is(err, usergroups.ErrOutcomeUnknown) {
		log.Fatal("look at the group before updating it again: ", err)
	}
	if err != nil {
		log.Fatal(err)
	}
	group, err := client.UserGroups.Get(ctx, result.ID)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(group.Name, "-", group.Description)
	// Output: EMEA On The Road - On the road in EMEA
}

func ExampleUserGroupsService_UpdateMany() {
	client, done := exampleClient()
	defer done()

	amara := []usergroups.SourceChange{{Source: usergroups.UserSource("5550000000001001")}}
	results, err := client.UserGroups.UpdateMany(context.Background(), []usergroups.UserGroupUpdate{
		{ID: "5550000000004001", UpdateUserGroup: usergroups.UpdateUserGroup{Name: "Board", Sources: amara}},
		{ID: "5550000000004004", UpdateUserGroup: usergroups.UpdateUserGroup{Name: "Partners", Sources: amara}},
	})
	if err != nil {
		log.Fatal(err) // or look at each item: see ActionsError
	}
	for _, result := range results {
		fmt.Println(result.ID, result.Status)
	}
	// Output:
	// 5550000000004001 success
	// 5550000000004004 success
}

// Of two updates, one takes a name that another group has.
func ExampleActionsError() {
	client, done := exampleClient()
	defer done()

	amara := []usergroups.SourceChange{{Source: usergroups.UserSource("5550000000001001")}}
	results, err := client.UserGroups.UpdateMany(context.Background(), []usergroups.UserGroupUpdate{
		{ID: "5550000000004001", UpdateUserGroup: usergroups.UpdateUserGroup{Name: "Board", Sources: amara}},
		{ID: "5550000000004004", UpdateUserGroup: usergroups.UpdateUserGroup{Name: "Sales", Sources: amara}},
	})
	var failed *usergroups.ActionsError
	if err != nil && !errors.As(err, &failed) {
		log.Fatal(err) // nothing is known of any of them
	}
	for i, result := range results {
		if failed == nil || failed.Errors[i] == nil {
			fmt.Println(i, "updated", result.ID)
		} else {
			fmt.Println(i, failed.Errors[i].Code, failed.Errors[i].Details.APIName())
		}
	}
	fmt.Println(errors.Is(err, usergroups.ErrDuplicate)) // any of them
	// Output:
	// 0 updated 5550000000004001
	// 1 DUPLICATE_DATA name
	// true
}

// A source is to go; those that stay are named too.
func ExampleSourceChange() {
	update := usergroups.UpdateUserGroup{
		Name: "Leadership",
		Sources: []usergroups.SourceChange{
			{Source: usergroups.UserSource("5550000000001001")},
			{Source: usergroups.RoleSource("5550000000002002").WithSubordinates()},
			{Source: usergroups.UserSource("5550000000001009"), Delete: true},
		},
	}
	for _, change := range update.Sources {
		text, err := json.Marshal(change)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(string(text))
	}
	// Output:
	// {"type":"users","source":{"id":"5550000000001001"}}
	// {"type":"roles","source":{"id":"5550000000002002"},"subordinates":true}
	// {"type":"users","source":{"id":"5550000000001009"},"_delete":true}
}

func ExampleOptional() {
	type change struct {
		Description usergroups.Optional[string] `json:"description,omitzero"`
	}
	for _, c := range []change{
		{},
		{usergroups.Some("On call from 22:00")},
		{usergroups.Some("")},
		{usergroups.Null[string]()},
	} {
		text, err := json.Marshal(c)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(string(text))
	}
	// Output:
	// {}
	// {"description":"On call from 22:00"}
	// {"description":""}
	// {"description":null}
}

func ExampleSome() {
	update := usergroups.UpdateUserGroup{Description: usergroups.Some("On call from 22:00")}
	fmt.Println(update.Description.Get())
	// Output: On call from 22:00 true
}

func ExampleNull() {
	update := usergroups.UpdateUserGroup{Description: usergroups.Null[string]()}
	fmt.Println(update.Description.IsNull())
	// Output: true
}

func ExampleOptional_Get() {
	for _, o := range []usergroups.Optional[int]{usergroups.Some(7), usergroups.Null[int](), {}} {
		if value, ok := o.Get(); ok {
			fmt.Println("set to", value)
		} else {
			fmt.Println("no value")
		}
	}
	// Output:
	// set to 7
	// no value
	// no value
}

func ExampleOptional_IsNull() {
	for _, o := range []usergroups.Optional[int]{usergroups.Some(0), usergroups.Null[int](), {}} {
		fmt.Println(o.IsNull())
	}
	// Output:
	// false
	// true
	// false
}

func ExampleOptional_IsZero() {
	for _, o := range []usergroups.Optional[int]{usergroups.Some(0), usergroups.Null[int](), {}} {
		fmt.Println(o.IsZero())
	}
	// Output:
	// false
	// false
	// true
}
