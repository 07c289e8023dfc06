package tulip_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"slices"

	"github.com/usergroups-go/usergroups/tulip"
	"github.com/usergroups-go/usergroups/tulip/tuliptest"
)

// An access review compares the groups with what ought to be. It judges no group of
// which it saw a part: who is missing may just not have been shown.
func Example_accessReview() {
	fake := tuliptest.NewServer(exampleInstance())
	defer fake.Close()
	fake.Omit("graceMwangi000007", tuliptest.ItemError{}) // Tulip cannot read her record today
	client, err := tulip.NewClient(fake.URL, tulip.WithAPIToken(fake.APIKey, fake.APISecret))
	if err != nil {
		log.Fatal(err)
	}
	defer client.CloseIdleConnections()

	for _, ought := range []struct{ group, user string }{
		{"oBriensLine000003", "brunoKeller000002"},
		{"machineTeam000002", "graceMwangi000007"},
	} {
		members, err := tulip.Collect(client.UserGroups.AllUsers(context.Background(), ought.group, tulip.ListMembershipsOptions{}))
		switch {
		case errors.Is(err, tulip.ErrIncomplete):
			fmt.Println(ought.group, "is not judged today")
		case err != nil:
			log.Fatal(err)
		case !slices.Contains(members, tulip.UserRef{ID: ought.user}):
			fmt.Println(ought.group, "lacks", ought.user)
		}
	}
	// Output:
	// oBriensLine000003 lacks brunoKeller000002
	// machineTeam000002 is not judged today
}
