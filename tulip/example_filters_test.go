package tulip_test

import (
	"context"
	"errors"
	"fmt"
	"log"

	"github.com/usergroups-go/usergroups/tulip"
)

func ExampleIDs() {
	client, done := exampleClient()
	defer done()

	page, err := client.UserGroups.List(context.Background(), tulip.ListUserGroupsOptions{
		Filter: tulip.IDs("machineTeam000002", "qualityRAndD00004", "noSuchGroup000000"),
	})
	if err != nil {
		log.Fatal(err)
	}
	for _, group := range page.Items {
		fmt.Println(group.Name)
	}
	// Output:
	// Machine maintenance team
	// Quality & R&D
}

// A list of ids that came out empty is refused: without a filter the answer would be
// everything.
func ExampleIDs_none() {
	client, done := exampleClient()
	defer done()

	var chosen []string
	_, err := client.UserGroups.List(context.Background(), tulip.ListUserGroupsOptions{Filter: tulip.IDs(chosen...)})
	fmt.Println(errors.Is(err, tulip.ErrInvalidArgument))
	// Output: true
}

// The roles that were made in the account.
func ExampleIsCustom() {
	client, done := exampleClient()
	defer done()

	for role, err := range client.Roles.All(context.Background(), tulip.ListRolesOptions{Filter: tulip.IsCustom(true)}) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(role.Name)
	}
	// Output: Line lead
}

func ExampleUserIDs() {
	client, done := exampleClient()
	defer done()

	page, err := client.Users.List(context.Background(), tulip.ListUsersOptions{
		Filter: tulip.UserIDs("brunoKeller000002", "elifDemir00000005"),
	})
	if err != nil {
		log.Fatal(err)
	}
	for _, user := range page.Items {
		fmt.Println(user.Name.Full)
	}
	// Output:
	// Bruno Keller
	// Elif Demir
}

// Who holds this badge?
func ExampleBadgeIDs() {
	client, done := exampleClient()
	defer done()

	page, err := client.Users.List(context.Background(), tulip.ListUsersOptions{Filter: tulip.BadgeIDs("DA004")})
	if err != nil {
		log.Fatal(err)
	}
	for _, user := range page.Items {
		fmt.Println(user.Name.Full)
	}
	// Output: Diego Alvarez
}

func ExampleFullNames() {
	client, done := exampleClient()
	defer done()

	page, err := client.Users.List(context.Background(), tulip.ListUsersOptions{
		Filter: tulip.FullNames("Finn O'Brien"), // any text: quotes are doubled
	})
	if err != nil {
		log.Fatal(err)
	}
	for _, user := range page.Items {
		fmt.Println(user.ID)
	}
	// Output: finnOBrien0000006
}

// Whom a mail to the address may not reach. Who has no address is not among them.
func ExampleEmailVerified() {
	client, done := exampleClient()
	defer done()

	page, err := client.Users.List(context.Background(), tulip.ListUsersOptions{Filter: tulip.EmailVerified(false)})
	if err != nil {
		log.Fatal(err)
	}
	for _, user := range page.Items {
		fmt.Println(user.Name.Full)
	}
	// Output: Elif Demir
}

// Who has a role in all workspaces. Or has an example for anywhere.
func ExampleGlobalRoles() {
	client, done := exampleClient()
	defer done()

	for user, err := range client.Users.All(context.Background(), tulip.ListUsersOptions{
		Filter: tulip.GlobalRoles(tulip.RoleOwner, tulip.RoleAdmin),
	}) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(user.Name.Full)
	}
	// Output: Amara Okafor
}

func ExampleWorkspaceRoles() {
	client, done := exampleClient()
	defer done()

	for user, err := range client.Users.All(context.Background(), tulip.ListUsersOptions{
		Filter: tulip.WorkspaceRoles(tulip.RoleOperator),
	}) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(user.Name.Full)
	}
	// Output:
	// Diego Alvarez
	// Elif Demir
}

func ExampleWorkspaces() {
	client, done := exampleClient()
	defer done()

	for user, err := range client.Users.All(context.Background(), tulip.ListUsersOptions{
		Filter: tulip.Workspaces("LAB"), // the id, which stands in the browser's address after /w/
	}) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(user.Name.Full)
	}
	// Output: Finn O'Brien
}

// Who has the role anywhere: in all workspaces, or in some.
func ExampleOr() {
	client, done := exampleClient()
	defer done()

	for user, err := range client.Users.All(context.Background(), tulip.ListUsersOptions{
		Filter: tulip.Or(
			tulip.GlobalRoles(tulip.RoleOwner),
			tulip.WorkspaceRoles(tulip.RoleOwner),
		),
	}) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(user.Name.Full)
	}
	// Output:
	// Amara Okafor
	// Finn O'Brien
}

// What the builder cannot say is written as Tulip wants it.
func ExampleRawUserFilter() {
	client, done := exampleClient()
	defer done()

	page, err := client.Users.List(context.Background(), tulip.ListUsersOptions{
		Filter: tulip.RawUserFilter("name/full eq 'Finn O''Brien'"), // quotes doubled by hand
	})
	if err != nil {
		log.Fatal(err)
	}
	for _, user := range page.Items {
		fmt.Println(user.ID)
	}
	// Output: finnOBrien0000006
}
