package usergroups_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/usergroups-go/usergroups"
	"github.com/usergroups-go/usergroups/usergroupstest"
)

// TestUsersQueries holds what is asked for, character by character.
func TestUsersQueries(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	listUsers := func(o usergroups.ListUsersOptions) func(*usergroups.Client) error {
		return func(c *usergroups.Client) error { _, err := c.Users.List(ctx, o); return err }
	}
	count := func(userType usergroups.UserType) func(*usergroups.Client) error {
		return func(c *usergroups.Client) error { _, err := c.Users.Count(ctx, userType); return err }
	}
	hundred := slices.Repeat([]string{"7"}, 100)
	tests := []struct {
		name    string
		call    func(*usergroups.Client) error
		path    string
		query   string
		refused bool
	}{
		{"nothing", listUsers(usergroups.ListUsersOptions{}), "/users", "", false},
		{"everything", listUsers(usergroups.ListUsersOptions{Page: 2, PerPage: 200, Type: usergroups.UserTypeAll, IDs: []string{"2", "1"}}), "/users", "ids=2%2C1&page=2&per_page=200&type=AllUsers", false},
		{"a type of its own", listUsers(usergroups.ListUsersOptions{Type: "Child&RoleUsers"}), "/users", "type=Child%26RoleUsers", false},
		{"one id", listUsers(usergroups.ListUsersOptions{IDs: []string{"0dd8-ü"}}), "/users", "ids=0dd8-%C3%BC", false},
		{"no ids", listUsers(usergroups.ListUsersOptions{IDs: []string{}}), "/users", "", false},
		{"100 ids", listUsers(usergroups.ListUsersOptions{IDs: hundred}), "/users", "ids=" + strings.Join(hundred, "%2C"), false},
		{"101 ids", listUsers(usergroups.ListUsersOptions{IDs: append(slices.Clone(hundred), "8")}), "", "", true},
		{"an empty id", listUsers(usergroups.ListUsersOptions{IDs: []string{"1", ""}}), "", "", true},
		{"an id with a comma", listUsers(usergroups.ListUsersOptions{IDs: []string{"1,2"}}), "", "", true},
		{"page -1", listUsers(usergroups.ListUsersOptions{Page: -1}), "", "", true},
		{"per_page 201", listUsers(usergroups.ListUsersOptions{PerPage: 201}), "", "", true},
		{"all users", func(c *usergroups.Client) error {
			_, err := usergroups.Collect(c.Users.All(ctx, usergroups.ListUsersOptions{PerPage: 3, IDs: []string{"1", "2"}}))
			return err
		}, "/users", "ids=1%2C2&page=1&per_page=3", false},
		{"current", func(c *usergroups.Client) error { _, err := c.Users.Current(ctx); return notFound(err) }, "/users", "type=CurrentUser", false},
		{"one", func(c *usergroups.Client) error { _, err := c.Users.Get(ctx, userID); return notFound(err) }, "/users/" + userID, "", false},
		{"count", func(c *usergroups.Client) error { return notFound(count(usergroups.UserTypeDeleted)(c)) }, "/users/actions/count", "type=DeletedUsers", false},
		{"count of no type", func(c *usergroups.Client) error { return notFound(count("")(c)) }, "/users/actions/count", "", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			sent := 0
			err := tt.call(newTokenClient(t, roundTripFunc(func(r *http.Request) (*http.Response, error) {
				sent++
				if r.URL.Path != "/gateway/crm/v8"+tt.path || r.URL.RawQuery != tt.query {
					t.Errorf("request %s?%s, want %s?%s", r.URL.Path, r.URL.RawQuery, tt.path, tt.query)
				}
				if got := r.Header.Values("If-Modified-Since"); got != nil {
					t.Errorf("If-Modified-Since %q, which nobody asked for", got)
				}
				return inMemory(204, nil, "")(r)
			})))
			if tt.refused != errors.Is(err, usergroups.ErrInvalidArgument) || !tt.refused && err != nil || sent == 0 != tt.refused {
				t.Errorf("error %v after %d requests, refused wanted: %t", err, sent, tt.refused)
			}
		})
	}
}

// notFound is what a 204 gives a call for one thing: here it is as good as none.
func notFound(err error) error {
	if errors.Is(err, usergroups.ErrNotFound) {
		return nil
	}
	return err
}

// TestModifiedSince: whole seconds, with the offset that the time has; every page has
// it.
func TestModifiedSince(t *testing.T) {
	t.Parallel()
	tests := []struct {
		since time.Time
		want  string
	}{
		{date(2024, 1, 2, 3, 4, 5, ist), "2024-01-02T03:04:05+05:30"},
		{date(2024, 1, 2, 3, 4, 5, time.FixedZone("", -8*3600)), "2024-01-02T03:04:05-08:00"},
		{time.Date(2024, 1, 2, 3, 4, 5, 999_999_999, time.UTC), "2024-01-02T03:04:05Z"},
	}
	for _, tt := range tests {
		var pages []string
		client := newTokenClient(t, roundTripFunc(func(r *http.Request) (*http.Response, error) {
			if got := r.Header.Values("If-Modified-Since"); !slices.Equal(got, []string{tt.want}) || r.Header.Get("X-Trace") != "abc" {
				t.Errorf("If-Modified-Since %q, want %q; X-Trace %q", got, tt.want, r.Header.Get("X-Trace"))
			}
			number := r.URL.Query().Get("page")
			pages = append(pages, number)
			return inMemory(200, nil, fmt.Sprintf(`{"users":[{"id":%q}],"info":{"more_records":%t}}`, number, len(pages) < 2))(r)
		}))
		users, err := usergroups.Collect(client.Users.All(t.Context(), usergroups.ListUsersOptions{ModifiedSince: tt.since}, usergroups.WithHeader("X-Trace", "abc")))
		if err != nil || len(users) != 2 || !slices.Equal(pages, []string{"1", "2"}) {
			t.Errorf("%d users of the pages %q, %v", len(users), pages, err)
		}
	}
}

// TestNotModified: an error, also of an iterator, on any page.
func TestNotModified(t *testing.T) {
	t.Parallel()
	since := usergroups.ListUsersOptions{ModifiedSince: date(2024, 1, 2, 3, 4, 5, ist)}
	for notModified := range 2 {
		requests := 0
		client := newTokenClient(t, roundTripFunc(func(r *http.Request) (*http.Response, error) {
			number, _ := strconv.Atoi(r.URL.Query().Get("page"))
			if requests++; number > notModified {
				return inMemory(304, nil, "")(r)
			}
			return inMemory(200, nil, `{"users":[{"id":"1"}],"info":{"more_records":true}}`)(r)
		}))
		users, err := usergroups.Collect(client.Users.All(t.Context(), since))
		var e *usergroups.Error
		if len(users) != notModified || requests != notModified+1 || !errors.As(err, &e) || e.StatusCode != 304 || e.Op != usergroups.OpUsersList {
			t.Errorf("%d users, error %v after %d requests", len(users), err, requests)
		}
		checkSentinels(t, err, []string{"ErrNotModified"})
	}
	page, err := newTokenClient(t, inMemory(304, nil, "")).Users.List(t.Context(), since)
	if page != nil {
		t.Errorf("page %+v", page)
	}
	checkSentinels(t, err, []string{"ErrNotModified"})
}

// TestModifiedSinceTwice: the header has one value, in the options or in a call
// option.
func TestModifiedSinceTwice(t *testing.T) {
	t.Parallel()
	own := usergroups.WithHeader("if-modified-since", "2024-01-02T03:04:05Z")
	_, err := newTokenClient(t, newMock(t)).Users.List(t.Context(), usergroups.ListUsersOptions{ModifiedSince: time.Now()}, own)
	if !errors.Is(err, usergroups.ErrInvalidArgument) || !strings.Contains(err.Error(), "If-Modified-Since") {
		t.Errorf("both: %v, want ErrInvalidArgument", err)
	}
	client := newTokenClient(t, roundTripFunc(func(r *http.Request) (*http.Response, error) {
		if got := r.Header.Get("If-Modified-Since"); got != "2024-01-02T03:04:05Z" {
			t.Errorf("If-Modified-Since %q", got)
		}
		return inMemory(304, nil, "")(r)
	}))
	if _, err := client.Users.Get(t.Context(), userID, own); !errors.Is(err, usergroups.ErrNotModified) {
		t.Errorf("%v, want ErrNotModified", err)
	}
}

// TestUsersOnTheFake: each kind of user is told apart, and counted.
func TestUsersOnTheFake(t *testing.T) {
	t.Parallel()
	for _, guesses := range []usergroupstest.Guesses{{}, {CountAsText: true}} {
		fake, client := newFake(t, usergroupstest.WithGuesses(guesses))
		for userType, want := range map[usergroups.UserType]int{
			usergroups.UserTypeAll: 11, usergroups.UserTypeActive: 10, usergroups.UserTypeDeactive: 1,
			usergroups.UserTypeDeleted: 1, usergroups.UserTypeNotConfirmed: 1, usergroups.UserTypeConfirmed: 10,
			usergroups.UserTypeAdmin: 2, usergroups.UserTypeActiveConfirmedAdmins: 2, usergroups.UserTypeActiveConfirmed: 9,
			usergroups.UserTypeCurrent: 1,
		} {
			users, err := usergroups.Collect(client.Users.All(t.Context(), usergroups.ListUsersOptions{Type: userType, PerPage: 4}))
			if err != nil || len(users) != want {
				t.Errorf("%s: %d users, %v, want %d", userType, len(users), err, want)
			}
			if n, err := client.Users.Count(t.Context(), userType); err != nil || n != want {
				t.Errorf("%s: the count is %d, %v, want %d", userType, n, err, want)
			}
		}
		if _, err := client.Users.Count(t.Context(), "Nobodies"); !errors.Is(err, usergroups.ErrBadRequest) {
			t.Errorf("a type that the API does not know: %v", err)
		}
		const amara, jonas = "5550000000001001", "5550000000001006"
		me, err := client.Users.Current(t.Context())
		if err != nil || me.ID != amara || !me.IsOnline {
			t.Errorf("current user %+v, %v", me, err)
		}
		user, err := client.Users.Get(t.Context(), jonas)
		if err != nil || user.FullName != "Jonas Keller" || user.Status != usergroups.UserInactive || user.Role.Name != "Sales Rep" {
			t.Errorf("user %+v, %v", user, err)
		}
		page, err := client.Users.List(t.Context(), usergroups.ListUsersOptions{IDs: []string{jonas, amara}})
		if err != nil || len(page.Items) != 2 {
			t.Errorf("chosen by id: %+v, %v", page, err)
		}
		_, err = client.Users.List(t.Context(), usergroups.ListUsersOptions{ModifiedSince: fake.Now().Add(time.Second)})
		if !errors.Is(err, usergroups.ErrNotModified) {
			t.Errorf("nothing new: %v, want ErrNotModified", err)
		}
	}
}
