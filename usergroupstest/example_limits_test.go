package usergroupstest_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/http"
	"time"

	"github.com/usergroups-go/usergroups"
	"github.com/usergroups-go/usergroups/usergroupstest"
)

// A server with the limit of the Free edition, and a client that keeps to it.
func ExampleWithConcurrencyLimit() {
	fake := usergroupstest.NewServer(usergroupstest.WithConcurrencyLimit(5))
	defer fake.Close()
	client := connect(fake)
	defer client.CloseIdleConnections()

	failed := make(chan error)
	for range 50 {
		go func() {
			_, err := client.UserGroups.List(context.Background(), usergroups.ListUserGroupsOptions{})
			failed <- err
		}()
	}
	for range 50 {
		if err := <-failed; err != nil {
			log.Fatal(err)
		}
	}
	fmt.Println("refused:", refused(fake), "at most 5 at once:", fake.MaxInFlight() <= 5)
	// Output: refused: 0 at most 5 at once: true
}

// refused counts the calls that were answered 429.
func refused(fake *usergroupstest.Server) (n int) {
	for _, request := range fake.Requests() {
		if request.Status == http.StatusTooManyRequests {
			n++
		}
	}
	return n
}

// From half of the day's credits on, answers tell how many are left.
func ExampleWithDailyCredits() {
	fake := usergroupstest.NewServer(usergroupstest.WithDailyCredits(3))
	defer fake.Close()
	client := connect(fake)
	defer client.CloseIdleConnections()

	for range 4 {
		var response usergroups.Response
		_, err := client.UserGroups.List(context.Background(), usergroups.ListUserGroupsOptions{}, usergroups.WithResponse(&response))
		left, told := response.CreditsRemaining()
		fmt.Println(left, told, errors.Is(err, usergroups.ErrRateLimited))
	}
	fake.Advance(24 * time.Hour)
	_, err := client.UserGroups.List(context.Background(), usergroups.ListUserGroupsOptions{})
	fmt.Println(errors.Is(err, usergroups.ErrRateLimited))
	// Output:
	// 0 false false
	// 1 true false
	// 0 true false
	// 0 true true
	// false
}

// The vendor does not document how long a refused call has to wait. A client
// should find it wherever it stands.
func ExampleWithTooManyRequests() {
	for _, form := range []usergroupstest.TooManyRequests{
		{},
		{RetryAfter: usergroupstest.RetryAfterSeconds, Wait: 30 * time.Second},
		{Details: true},
	} {
		fake := usergroupstest.NewServer(usergroupstest.WithConcurrencyLimit(1), usergroupstest.WithTooManyRequests(form))
		// One call is kept waiting, and so takes the only place.
		fake.Inject(usergroupstest.Fault{Kind: usergroupstest.FaultSilence})
		client := connect(fake)
		ctx, cancel := context.WithCancel(context.Background())
		go func() { _, _ = client.UserGroups.List(ctx, usergroups.ListUserGroupsOptions{}) }()
		for fake.MaxInFlight() == 0 {
			time.Sleep(time.Millisecond)
		}

		_, err := client.UserGroups.List(ctx, usergroups.ListUserGroupsOptions{})
		var failed *usergroups.Error
		if !errors.As(err, &failed) {
			log.Fatal(err)
		}
		fmt.Println(failed.Code, failed.RetryAfter)
		cancel()
		client.CloseIdleConnections()
		fake.Close()
	}
	// Output:
	// TOO_MANY_REQUESTS 0s
	// TOO_MANY_REQUESTS 30s
	// TOO_MANY_REQUESTS 1m0s
}

// A program should work whichever way the vendor turns out to do it.
func ExampleWithGuesses() {
	for _, guesses := range []usergroupstest.Guesses{
		{},
		{PageBeyondEnd: usergroupstest.BeyondEndEmptyList},
		{PageBeyondEnd: usergroupstest.BeyondEndInvalid},
	} {
		fake := usergroupstest.NewServer(usergroupstest.WithGuesses(guesses))
		client := connect(fake)
		page, err := client.UserGroups.List(context.Background(), usergroups.ListUserGroupsOptions{Page: 7})
		fmt.Println(page != nil, errors.Is(err, usergroups.ErrBadRequest))
		client.CloseIdleConnections()
		fake.Close()
	}
	// Output:
	// true false
	// true false
	// false true
}

// The user of the tokens loses the profile permission to manage groups.
func ExampleServer_DenyPermission() {
	fake := usergroupstest.NewServer()
	defer fake.Close()
	client := connect(fake)
	defer client.CloseIdleConnections()
	fake.DenyPermission(usergroupstest.ManageGroups)

	_, err := client.UserGroups.List(context.Background(), usergroups.ListUserGroupsOptions{})
	var failed *usergroups.Error
	if !errors.As(err, &failed) || !errors.Is(err, usergroups.ErrForbidden) {
		log.Fatal(err)
	}
	fmt.Println(failed.Code, failed.Details.Permissions())
	// Output: NO_PERMISSION [Crm_Implied_Manage_Groups]
}

func ExampleServer_DeactivateUser() {
	fake := usergroupstest.NewServer()
	defer fake.Close()
	client := connect(fake)
	defer client.CloseIdleConnections()
	fake.DeactivateUser(true)

	_, err := client.UserGroups.ListAssociatedUsersCounts(context.Background(), usergroups.ListAssociatedUsersCountsOptions{})
	var failed *usergroups.Error
	if !errors.As(err, &failed) {
		log.Fatal(err)
	}
	fmt.Println(failed.StatusCode, failed.Code)
	// Output: 403 INACTIVE_USER
}

// Who follows this redirect creates a group somewhere else, and is found out.
func ExampleFault() {
	fake := usergroupstest.NewServer()
	defer fake.Close()
	client := connect(fake)
	defer client.CloseIdleConnections()
	fake.Inject(usergroupstest.Fault{
		Route:  "POST /settings/user_groups",
		Kind:   usergroupstest.FaultRedirect,
		Status: http.StatusTemporaryRedirect,
	})

	_, err := client.UserGroups.Create(context.Background(), usergroups.CreateUserGroup{
		Name: "Auditors", Sources: []usergroups.Source{usergroups.UserSource("5550000000001001")},
	})
	fmt.Println(errors.Is(err, usergroups.ErrUnexpectedResponse), fake.Count(usergroupstest.RedirectTarget))
	// Output: true 0
}

// A server that runs for long keeps the newest requests only.
func ExampleWithLogLimit() {
	fake := usergroupstest.NewServer(usergroupstest.WithLogLimit(2))
	defer fake.Close()
	client := connect(fake)
	defer client.CloseIdleConnections()

	for page := range 3 {
		if _, err := client.UserGroups.List(context.Background(), usergroups.ListUserGroupsOptions{Page: page + 1, PerPage: 2}); err != nil {
			log.Fatal(err)
		}
	}
	for _, request := range fake.Requests() {
		fmt.Println(request.Method, request.RawQuery)
	}
	// Output:
	// GET page=2&per_page=2
	// GET page=3&per_page=2
}
