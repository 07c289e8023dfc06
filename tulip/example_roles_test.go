package tulip_test

import (
	"context"
	"errors"
	"fmt"
	"log"

	"github.com/usergroups-go/usergroups/tulip"
)

func ExampleRolesService_List() {
	client, done := exampleClient()
	defer done()

	page, err := client.Roles.List(context.Background(), tulip.ListRolesOptions{Search: "owner"})
	if err != nil {
		log.Fatal(err)
	}
	for _, role := range page.Items {
		fmt.Println(role.ID, "is", role.Name)
	}
	// Output:
	// owner is Account owner
	// workspace-owner is Workspace owner
}

// Users have the ids of their roles. This makes names of them.
func ExampleRolesService_All() {
	client, done := exampleClient()
	defer done()

	ctx := context.Background()
	names := make(map[string]string)
	for role, err := range client.Roles.All(ctx, tulip.ListRolesOptions{}) {
		if err != nil {
			log.Fatal(err)
		}
		names[role.ID] = role.Name
	}
	user, err := client.Users.Get(ctx, "finnOBrien0000006")
	if err != nil {
		log.Fatal(err)
	}
	roles, err := user.Roles()
	if err != nil {
		log.Fatal(err)
	}
	for _, in := range roles.InWorkspaces {
		fmt.Println(in.WorkspaceID, names[in.UserRoleID])
	}
	// Output:
	// DEFAULT Line lead
	// LAB Account owner
}

func ExampleRolesService_Get() {
	client, done := exampleClient()
	defer done()

	for _, id := range []string{tulip.RoleOperator, "lineLead000000001", "retired"} {
		role, err := client.Roles.Get(context.Background(), id)
		switch {
		case errors.Is(err, tulip.ErrNotFound):
			fmt.Println("there is no role", id)
		case err != nil:
			log.Fatal(err)
		default:
			fmt.Println(role.Name, role.IsCustom)
		}
	}
	// Output:
	// Operator false
	// Line lead true
	// there is no role retired
}

func ExampleUser_Roles() {
	client, done := exampleClient()
	defer done()

	user, err := client.Users.Get(context.Background(), "finnOBrien0000006")
	if err != nil {
		log.Fatal(err)
	}
	roles, err := user.Roles()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("everywhere %q\n", roles.Global)
	for _, in := range roles.InWorkspaces {
		fmt.Println(in.UserRoleID, "in", in.WorkspaceID)
	}
	// Output:
	// everywhere ""
	// lineLead000000001 in DEFAULT
	// owner in LAB
}

// Whether somebody may administrate something.
func ExampleUserRoles_Has() {
	client, done := exampleClient()
	defer done()

	user, err := client.Users.Get(context.Background(), "finnOBrien0000006")
	if err != nil {
		log.Fatal(err)
	}
	roles, err := user.Roles()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(roles.Has(tulip.RoleAdmin, tulip.RoleWorkspaceOwner, tulip.RoleOwner))
	// Output: true
}
