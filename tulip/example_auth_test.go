package tulip_test

import (
	"context"
	"errors"
	"fmt"
	"log"

	"github.com/usergroups-go/usergroups/tulip"
	"github.com/usergroups-go/usergroups/tulip/tuliptest"
)

func ExampleWithAPIToken() {
	fake := tuliptest.NewServer() // in its place, https://acme.tulip.co
	defer fake.Close()

	client, err := tulip.NewClient(fake.URL, tulip.WithAPIToken(fake.APIKey, fake.APISecret))
	if err != nil {
		log.Fatal(err)
	}
	defer client.CloseIdleConnections()

	_, err = client.Users.List(context.Background(), tulip.ListUsersOptions{})
	fmt.Println(err)
	fake.DisableToken(true) // by somebody, in the settings of the account
	_, err = client.Users.List(context.Background(), tulip.ListUsersOptions{})
	fmt.Println(errors.Is(err, tulip.ErrUnauthorized))
	// Output:
	// <nil>
	// true
}

// The value goes in as it is shown beside a new API token.
func ExampleWithAuthHeader() {
	fake := tuliptest.NewServer()
	defer fake.Close()

	client, err := tulip.NewClient(fake.URL, tulip.WithAuthHeader(fake.AuthHeader()))
	if err != nil {
		log.Fatal(err)
	}
	defer client.CloseIdleConnections()

	_, err = client.Users.List(context.Background(), tulip.ListUsersOptions{})
	fmt.Println(err)

	_, err = tulip.NewClient(fake.URL, tulip.WithAuthHeader("Bearer abc"))
	fmt.Println(err)
	// Output:
	// <nil>
	// tulip: NewClient: WithAuthHeader: the value does not begin with "Basic "
}
