package usergroups_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/http"

	"github.com/usergroups-go/usergroups"
	"github.com/usergroups-go/usergroups/usergroupstest"
)

func ExampleError() {
	client, done := exampleClient()
	defer done()

	_, err := client.UserGroups.Create(context.Background(), usergroups.CreateUserGroup{
		Name:    "Sales",
		Sources: []usergroups.Source{usergroups.UserSource("5550000000001005")},
	})
	var e *usergroups.Error
	switch {
	case errors.Is(err, usergroups.ErrDuplicate) && errors.As(err, &e):
		fmt.Println(e.StatusCode, e.Code, e.Details.APIName())
	case err != nil:
		log.Fatal(err)
	}
	// Output: 400 DUPLICATE_DATA name
}

// An error gives log/slog its fields one by one.
func ExampleError_LogValue() {
	client, done := exampleClient()
	defer done()

	_, err := client.UserGroups.Get(context.Background(), "5550000000009999")
	var e *usergroups.Error
	if errors.As(err, &e) {
		for _, attr := range e.LogValue().Group() {
			if attr.Key != "url" { // differs from run to run
				fmt.Println(attr)
			}
		}
	}
	// Output:
	// op=UserGroups.Get
	// method=GET
	// status=204
	// attempts=1
	// cause=there is no such object
}

func ExampleDetails_ID() {
	client, done := exampleClient()
	defer done()

	result, err := client.UserGroups.Create(context.Background(), usergroups.CreateUserGroup{
		Name:    "Night Shift",
		Sources: []usergroups.Source{usergroups.UserSource("5550000000001005")},
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(result.ID == result.Details.ID())
	// Output: true
}

// What has no method yet is decoded into a type of the program's own.
func ExampleDetails_JobID() {
	fake := usergroupstest.NewServer(usergroupstest.WithGuesses(usergroupstest.Guesses{ScheduledDeletion: true}))
	defer fake.Close()
	client, err := usergroups.NewClient(
		usergroups.WithBaseURL(fake.URL),
		usergroups.WithAccessToken(fake.IssueToken()),
	)
	if err != nil {
		log.Fatal(err)
	}
	defer client.CloseIdleConnections()

	var out struct {
		UserGroups []struct {
			Code    string
			Details usergroups.Details
		} `json:"user_groups"`
	}
	err = client.Do(context.Background(), usergroups.Request{
		Method: "DELETE", Path: []string{"settings", "user_groups", "5550000000004004"},
	}, &out)
	if err != nil {
		log.Fatal(err)
	}
	for _, result := range out.UserGroups {
		fmt.Println(result.Code, result.Details.JobID() != "")
	}
	// Output: SCHEDULED true
}

func ExampleDetails_APIName() {
	client, done := exampleClient()
	defer done()

	_, err := client.UserGroups.Create(context.Background(), usergroups.CreateUserGroup{
		Name:    "Sales",
		Sources: []usergroups.Source{usergroups.UserSource("5550000000001005")},
	})
	var e *usergroups.Error
	if errors.As(err, &e) {
		fmt.Println("the field", e.Details.APIName(), "is wrong")
	}
	// Output: the field name is wrong
}

func ExampleDetails_JSONPath() {
	client, done := exampleClient()
	defer done()

	_, err := client.UserGroups.Create(context.Background(), usergroups.CreateUserGroup{
		Name: "Night Shift",
		Sources: []usergroups.Source{
			usergroups.UserSource("5550000000001005"),
			usergroups.UserSource("5550000000009999"), // nobody
		},
	})
	var e *usergroups.Error
	if errors.As(err, &e) {
		fmt.Println(e.Code, "at", e.Details.JSONPath())
	}
	// Output: INVALID_DATA at $.user_groups[0].sources[1].source.id
}

func ExampleDetails_ParamName() {
	client, done := exampleClient()
	defer done()

	_, err := client.UserGroups.List(context.Background(), usergroups.ListUserGroupsOptions{
		Filters: usergroups.Equal("colour", "blue"), // there is no such field
	})
	var e *usergroups.Error
	if errors.As(err, &e) {
		fmt.Println(e.Code, "in the parameter", e.Details.ParamName())
	}
	// Output: INVALID_DATA in the parameter filters
}

func ExampleDetails_PathIndex() {
	client, done := exampleClient()
	defer done()

	_, err := client.UserGroups.Delete(context.Background(), "5550000000009999")
	var e *usergroups.Error
	if errors.Is(err, usergroups.ErrNotFound) && errors.As(err, &e) {
		index, ok := e.Details.PathIndex() // in settings/user_groups/{id}
		fmt.Println(index, ok)
	}
	// Output: 2 true
}

func ExampleDetails_Permissions() {
	fake := usergroupstest.NewServer()
	defer fake.Close()
	fake.Inject(usergroupstest.Fault{
		Route: "GET /settings/user_groups", Status: http.StatusForbidden,
		Body: `{"code":"NO_PERMISSION","details":{"permissions":"Crm_Implied_Manage_Groups"},"message":"permission denied","status":"error"}`,
	})
	client, err := usergroups.NewClient(
		usergroups.WithBaseURL(fake.URL),
		usergroups.WithAccessToken(fake.IssueToken()),
	)
	if err != nil {
		log.Fatal(err)
	}
	defer client.CloseIdleConnections()

	_, err = client.UserGroups.List(context.Background(), usergroups.ListUserGroupsOptions{})
	var e *usergroups.Error
	if errors.Is(err, usergroups.ErrForbidden) && errors.As(err, &e) {
		fmt.Println("ask an administrator for", e.Details.Permissions())
	}
	// Output: ask an administrator for [Crm_Implied_Manage_Groups]
}
