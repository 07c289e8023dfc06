package usergroups_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"time"

	"github.com/usergroups-go/usergroups"
	"github.com/usergroups-go/usergroups/usergroupstest"
)

// Who has been deleted and is still a source of groups is found among these.
func ExampleUsersService_List() {
	client, done := exampleClient()
	defer done()

	page, err := client.Users.List(context.Background(), usergroups.ListUsersOptions{Type: usergroups.UserTypeDeleted})
	if err != nil {
		log.Fatal(err)
	}
	for _, user := range page.Items { // none when nobody is
		fmt.Println(user.FullName, user.Status)
	}
	// Output: Diego Alvarez deleted
}

func ExampleListUsersOptions() {
	client, done := exampleClient()
	defer done()

	_, err := client.Users.List(context.Background(), usergroups.ListUsersOptions{
		ModifiedSince: time.Date(2024, time.December, 24, 0, 0, 0, 0, time.UTC),
	})
	if errors.Is(err, usergroups.ErrNotModified) {
		fmt.Println("nothing new")
	}
	// Output: nothing new
}

func ExampleUsersService_All() {
	client, done := exampleClient()
	defer done()

	for user, err := range client.Users.All(context.Background(), usergroups.ListUsersOptions{Type: usergroups.UserTypeAll}) {
		if err != nil {
			log.Fatal(err)
		}
		if user.Status != usergroups.UserActive || !user.Confirmed {
			fmt.Println(user.FullName, user.Status, user.Confirmed)
		}
	}
	// Output:
	// Jonas Keller inactive true
	// Chloe Martin active false
}

func ExampleUsersService_Get() {
	client, done := exampleClient()
	defer done()

	for _, id := range []string{"5550000000001003", "5550000000009999"} {
		user, err := client.Users.Get(context.Background(), id)
		switch {
		case errors.Is(err, usergroups.ErrNotFound):
			fmt.Println("there is no user", id)
		case err != nil:
			log.Fatal(err)
		default:
			fmt.Println(user.FullName, "is", user.Role.Name)
		}
	}
	// Output:
	// Ingrid Solberg is Sales Manager
	// there is no user 5550000000009999
}

// In whose name the client acts: worth a look before it changes anything.
func ExampleUsersService_Current() {
	client, done := exampleClient()
	defer done()

	me, err := client.Users.Current(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(me.FullName, "-", me.Profile.Name)
	// Output: Amara Okafor - Administrator
}

func ExampleUsersService_Count() {
	client, done := exampleClient()
	defer done()

	n, err := client.Users.Count(context.Background(), usergroups.UserTypeActive)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(n, "active users")
	// Output: 10 active users
}

func ExampleUsersService_FindByEmail() {
	client, done := exampleClient()
	defer done()

	for _, address := range []string{"wei.zhang@example.com", "nobody@example.com"} {
		user, err := client.Users.FindByEmail(context.Background(), address)
		switch {
		case errors.Is(err, usergroups.ErrNotFound):
			fmt.Println("nobody has", address)
		case err != nil:
			log.Fatal(err)
		default:
			fmt.Println(address, "is", user.FullName)
		}
	}
	// Output:
	// wei.zhang@example.com is Wei Zhang
	// nobody has nobody@example.com
}

func ExampleUserGroupsService_GetByName() {
	client, done := exampleClient()
	defer done()

	for _, name := range []string{"R&D", "r&d"} {
		group, err := client.UserGroups.GetByName(context.Background(), name)
		switch {
		case errors.Is(err, usergroups.ErrNotFound):
			fmt.Printf("no group is called %q\n", name)
		case err != nil:
			log.Fatal(err)
		default:
			fmt.Println(group.Name, "is", group.ID)
		}
	}
	// Output:
	// R&D is 5550000000004003
	// no group is called "r&d"
}

func ExampleAmbiguousError() {
	fake := usergroupstest.NewServer()
	defer fake.Close()
	client, err := usergroups.NewClient(
		usergroups.WithBaseURL(fake.URL),
		usergroups.WithAccessToken(fake.IssueToken()),
	)
	if err != nil {
		log.Fatal(err)
	}
	defer client.CloseIdleConnections()
	fake.AddUser(usergroupstest.User{ID: "5550000000001013", Name: "Wei Zhang", Email: "wei.zhang@example.com"})

	_, err = client.Users.FindByEmail(context.Background(), "wei.zhang@example.com")
	var several *usergroups.AmbiguousError
	if errors.Is(err, usergroups.ErrAmbiguous) && errors.As(err, &several) {
		fmt.Println(several.IDs)
	}
	fmt.Println(err)
	// Output:
	// [5550000000001008 5550000000001013]
	// usergroups: Users.FindByEmail: the address "wei.zhang@example.com": several have it: 5550000000001008, 5550000000001013
}
