package tulip_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"strings"

	"github.com/usergroups-go/usergroups/tulip"
)

func ExampleUsersService_List() {
	client, done := exampleClient()
	defer done()

	page, err := client.Users.List(context.Background(), tulip.ListUsersOptions{Limit: new(3)})
	if err != nil {
		log.Fatal(err)
	}
	for _, user := range page.Items {
		address := "no e-mail address"
		if user.Email != nil { // an operator may have none
			address = user.Email.Address
		}
		fmt.Println(user.Name.Full, "-", address)
	}
	// Output:
	// Amara Okafor - amara.okafor@example.com
	// Bruno Keller - bruno.keller@example.com
	// Diego Alvarez - no e-mail address
}

func ExampleUsersService_All() {
	client, done := exampleClient()
	defer done()

	for user, err := range client.Users.All(context.Background(), tulip.ListUsersOptions{}) {
		if err != nil {
			log.Fatal(err)
		}
		if user.BadgeID != "" {
			fmt.Println(user.BadgeID, user.Name.Full)
		}
	}
	// Output:
	// DA004 Diego Alvarez
	// ED005 Elif Demir
}

// Everybody is two lists: who is active, and who was deactivated.
func ExampleUsersService_All_everybody() {
	client, done := exampleClient()
	defer done()

	everybody := make(map[string]tulip.User) // somebody may go from one list to the other meanwhile
	for _, archived := range []bool{false, true} {
		for user, err := range client.Users.All(context.Background(), tulip.ListUsersOptions{Archived: archived}) {
			if err != nil {
				log.Fatal(err)
			}
			everybody[user.ID] = user
		}
	}
	fmt.Println(len(everybody), "people, one of them is", everybody["graceMwangi000007"].Name.Full)
	// Output: 7 people, one of them is Grace Mwangi
}

func ExampleUsersService_Get() {
	client, done := exampleClient()
	defer done()

	for _, id := range []string{"finnOBrien0000006", "noSuchUser0000000"} {
		user, err := client.Users.Get(context.Background(), id)
		switch {
		case errors.Is(err, tulip.ErrNotFound):
			fmt.Println("there is no user", id)
		case err != nil:
			log.Fatal(err)
		default:
			fmt.Println(user.Name.Full)
		}
	}
	// Output:
	// Finn O'Brien
	// there is no user noSuchUser0000000
}

// Find a user by e-mail address. Search matches parts of names, addresses and badge ids,
// here elif.demir@example.com as well, so that the program compares what it finds.
func ExampleListUsersOptions_search() {
	client, done := exampleClient()
	defer done()

	const address = "Demir@example.com"
	for user, err := range client.Users.All(context.Background(), tulip.ListUsersOptions{Search: address}) {
		if err != nil {
			log.Fatal(err) // also when not all could be seen
		}
		if user.Email != nil && strings.EqualFold(user.Email.Address, address) {
			fmt.Println(user.Email.Address, "is", user.Name.Full)
		}
	}
	// Output: demir@example.com is Emre Demir
}
