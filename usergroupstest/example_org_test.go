package usergroupstest_test

import (
	"context"
	"errors"
	"fmt"
	"log"

	"github.com/usergroups-go/usergroups"
	"github.com/usergroups-go/usergroups/usergroupstest"
)

func ExampleSampleOrg() {
	org := usergroupstest.SampleOrg() // a copy, to be changed at will
	org.Groups = org.Groups[:2]

	fake := usergroupstest.NewServer(usergroupstest.WithOrg(org))
	defer fake.Close()
	fmt.Println(len(fake.Groups()), "groups of", len(org.Users), "people")
	// Output: 2 groups of 12 people
}

func ExampleWithOrg() {
	fake := usergroupstest.NewServer(usergroupstest.WithOrg(usergroupstest.Org{
		Users: []usergroupstest.User{{ID: "1", Name: "Ann Lee"}},
		Groups: []usergroupstest.Group{
			{Name: "Board", Sources: []usergroupstest.Source{{Type: "users", ID: "1"}}},
		},
	}))
	defer fake.Close()

	client := connect(fake)
	defer client.CloseIdleConnections()
	for group, err := range client.Users.AllAssociatedGroups(context.Background(), "1", usergroups.ListAssociatedGroupsOptions{}) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(group.Name)
	}
	// Output: Board
}

// Somebody changes roles, and with it groups.
func ExampleServer_AddUser() {
	fake := usergroupstest.NewServer()
	defer fake.Close()
	const engineer, salesRep = "5550000000002006", "5550000000002004"

	id := fake.AddUser(usergroupstest.User{Name: "Ann Lee", RoleID: engineer})
	client := connect(fake)
	defer client.CloseIdleConnections()
	show := func() {
		page, err := client.Users.ListAssociatedGroups(context.Background(), id, usergroups.ListAssociatedGroupsOptions{})
		if err != nil {
			log.Fatal(err)
		}
		for _, group := range page.Items {
			fmt.Println(" ", group.Name)
		}
	}

	fmt.Println("an engineer:")
	show()
	fake.AddUser(usergroupstest.User{ID: id, Name: "Ann Lee", RoleID: salesRep}) // replaces her
	fmt.Println("now she sells:")
	show()
	// Output:
	// an engineer:
	//   R&D
	//   All Hands
	// now she sells:
	//   Sales
	//   All Hands
}

func ExampleServer_AddRole() {
	fake := usergroupstest.NewServer()
	defer fake.Close()
	const vpSales, sales = "5550000000002002", "5550000000004002"

	// Sales is made of the VP's role and the ones below it.
	role := fake.AddRole(usergroupstest.Role{Name: "Presales", ReportsTo: vpSales})
	fake.AddUser(usergroupstest.User{Name: "Ann Lee", RoleID: role})

	client := connect(fake)
	defer client.CloseIdleConnections()
	page, err := client.UserGroups.ListAssociatedUsersCounts(context.Background(), usergroups.ListAssociatedUsersCountsOptions{
		Filters: usergroups.Equal("name", "Sales"),
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("members:", page.Items[0].Count)
	// Output: members: 8
}

func ExampleServer_AddTerritory() {
	fake := usergroupstest.NewServer()
	defer fake.Close()

	iberia := fake.AddTerritory(usergroupstest.Territory{Name: "Iberia"})
	fake.AddUser(usergroupstest.User{Name: "Ann Lee", TerritoryIDs: []string{iberia}})

	client := connect(fake)
	defer client.CloseIdleConnections()
	_, err := client.UserGroups.Create(context.Background(), usergroups.CreateUserGroup{
		Name: "Iberia Field", Sources: []usergroups.Source{usergroups.TerritorySource(iberia)},
	})
	fmt.Println(err)
	// Output: <nil>
}

func ExampleServer_AddGroup() {
	fake := usergroupstest.NewServer()
	defer fake.Close()

	id := fake.AddGroup(usergroupstest.Group{Name: "Nobody in it"})

	client := connect(fake)
	defer client.CloseIdleConnections()
	group, err := client.UserGroups.Get(context.Background(), id)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(group.Name)
	// Output: Nobody in it
}

func ExampleServer_Group() {
	fake := usergroupstest.NewServer()
	defer fake.Close()
	client := connect(fake)
	defer client.CloseIdleConnections()

	created, err := client.UserGroups.Create(context.Background(), usergroups.CreateUserGroup{
		Name: "Night Shift", Sources: []usergroups.Source{usergroups.RoleSource("5550000000002004").WithSubordinates()},
	})
	if err != nil {
		log.Fatal(err)
	}
	// What the server has now, without asking it through the program under test.
	group, ok := fake.Group(created.ID)
	fmt.Println(ok, group.Name, group.Sources[0].Type, *group.Sources[0].Subordinates)
	// Output: true Night Shift roles true
}

func ExampleServer_Groups() {
	fake := usergroupstest.NewServer()
	defer fake.Close()
	client := connect(fake)
	defer client.CloseIdleConnections()

	if _, err := client.UserGroups.Delete(context.Background(), "5550000000004001"); err != nil {
		log.Fatal(err)
	}
	for _, group := range fake.Groups() {
		fmt.Println(group.Name)
	}
	// Output:
	// Sales
	// R&D
	// DACH Partners
	// EMEA Field
	// All Hands
}

func ExampleGuesses_scheduledDeletion() {
	fake := usergroupstest.NewServer(usergroupstest.WithGuesses(usergroupstest.Guesses{ScheduledDeletion: true}))
	defer fake.Close()
	client := connect(fake)
	defer client.CloseIdleConnections()

	deletion, err := client.UserGroups.Delete(context.Background(), "5550000000004001")
	if err != nil {
		log.Fatal(err)
	}
	_, there := fake.Group("5550000000004001")
	fmt.Println("scheduled:", deletion.Scheduled(), "still there:", there)
	// Output: scheduled: true still there: true
}

func ExampleServer_CompleteDeletions() {
	fake := usergroupstest.NewServer(usergroupstest.WithGuesses(usergroupstest.Guesses{ScheduledDeletion: true}))
	defer fake.Close()
	client := connect(fake)
	defer client.CloseIdleConnections()

	if _, err := client.UserGroups.Delete(context.Background(), "5550000000004001"); err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(fake.Groups()), "groups")
	fake.CompleteDeletions()
	fmt.Println(len(fake.Groups()), "groups")
	// Output:
	// 6 groups
	// 5 groups
}

// A client that waits for the end of a deletion asks twice in vain.
func ExampleServer_CompleteDeletionsAfter() {
	fake := usergroupstest.NewServer(usergroupstest.WithGuesses(usergroupstest.Guesses{ScheduledDeletion: true}))
	defer fake.Close()
	fake.CompleteDeletionsAfter(2)
	client := connect(fake)
	defer client.CloseIdleConnections()

	const leadership = "5550000000004001"
	if _, err := client.UserGroups.Delete(context.Background(), leadership); err != nil {
		log.Fatal(err)
	}
	for {
		group, err := client.UserGroups.Get(context.Background(), leadership)
		if errors.Is(err, usergroups.ErrNotFound) {
			fmt.Println("gone")
			return
		}
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(group.Name, "is still there")
	}
	// Output:
	// Leadership is still there
	// Leadership is still there
	// gone
}

func ExampleGuesses_detailedSourcesCount() {
	fake := usergroupstest.NewServer(usergroupstest.WithGuesses(usergroupstest.Guesses{DetailedSourcesCount: true}))
	defer fake.Close()
	client := connect(fake)
	defer client.CloseIdleConnections()

	page, err := client.UserGroups.List(context.Background(), usergroups.ListUserGroupsOptions{
		Name:    "Leadership",
		Include: []usergroups.Include{usergroups.IncludeSourcesCount},
	})
	if err != nil {
		log.Fatal(err)
	}
	users := page.Items[0].SourcesCount.Users
	fmt.Println(users.Active, "active,", users.Inactive, "inactive,", users.Deleted, "deleted")
	// Output: 3 active, 0 inactive, 0 deleted
}

// A client should understand all three answers.
func ExampleGuesses_unknownID() {
	for _, status := range []int{204, 400, 404} {
		fake := usergroupstest.NewServer(usergroupstest.WithGuesses(usergroupstest.Guesses{UnknownID: status}))
		client := connect(fake)
		_, err := client.UserGroups.Get(context.Background(), "5550000000009999")
		fmt.Println(status, errors.Is(err, usergroups.ErrNotFound))
		client.CloseIdleConnections()
		fake.Close()
	}
	// Output:
	// 204 true
	// 400 true
	// 404 true
}
