package usergroups_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/usergroups-go/usergroups"
	"github.com/usergroups-go/usergroups/usergroupstest"
)

// lookups are the methods that look for one item by its text: how the pages that
// they read are spelled, and what they ask for.
var lookups = []struct {
	name  string
	op    usergroups.Op
	path  string
	query string // with the text, without the page
	body  func(number int, more bool, items ...[2]string) string
	find  func(t *testing.T, c *usergroups.Client, text string, opts ...usergroups.CallOption) (id string, err error)
}{
	{
		name: "GetByName", op: usergroups.OpUserGroupsGetByName, path: "/settings/user_groups", query: "name=%s", body: pageOf("user_groups", "name"),
		find: func(t *testing.T, c *usergroups.Client, text string, opts ...usergroups.CallOption) (string, error) {
			t.Helper()
			group, err := c.UserGroups.GetByName(t.Context(), text, opts...)
			if err != nil {
				return "", err
			}
			return group.ID, nil
		},
	},
	{
		name: "FindByEmail", op: usergroups.OpUsersFindByEmail, path: "/users", query: "type=AllUsers", body: pageOf("users", "email"),
		find: func(t *testing.T, c *usergroups.Client, text string, opts ...usergroups.CallOption) (string, error) {
			t.Helper()
			user, err := c.Users.FindByEmail(t.Context(), text, opts...)
			if err != nil {
				return "", err
			}
			return user.ID, nil
		},
	},
}

// pageOf writes pages of items, each an id and a text.
func pageOf(key, field string) func(number int, more bool, items ...[2]string) string {
	return func(number int, more bool, items ...[2]string) string {
		list := make([]map[string]string, len(items))
		for i, item := range items {
			list[i] = map[string]string{"id": item[0], field: item[1]}
		}
		body, _ := json.Marshal(map[string]any{key: list, "info": map[string]any{"page": number, "more_records": more}})
		return string(body)
	}
}

func TestLookUp(t *testing.T) {
	t.Parallel()
	type item = [2]string
	tests := []struct {
		name  string
		pages [][]item
		want  string // the id
		is    error
		says  string
		ids   []string // of the several
	}{
		{name: "one of many", pages: [][]item{{{"1", "Tier"}, {"2", "Tier 1"}, {"3", "Tier 12"}}}, want: "2"},
		{name: "on the second page", pages: [][]item{{{"1", "Tier"}}, {{"2", "Tier 1"}}, {{"3", "Tier 2"}}}, want: "2"},
		{name: "none", pages: [][]item{{{"1", "Tier"}, {"3", "Tier 12"}}}, is: usergroups.ErrNotFound, says: `none has the `},
		{name: "nothing at all", pages: [][]item{nil}, is: usergroups.ErrNotFound, says: `"Tier 1"`},
		{name: "other letter case", pages: [][]item{{{"1", "TIER 1"}}}, is: usergroups.ErrNotFound, says: `one has it as "TIER 1"`},
		{name: "with a space", pages: [][]item{{{"1", "Tier 1 "}, {"2", " Tier 1"}, {"3", "Tier  1"}}}, is: usergroups.ErrNotFound},
		{name: "also in other letter case", pages: [][]item{{{"1", "TIER 1"}, {"2", "Tier 1"}, {"3", "tier 1"}}}, want: "2"},
		{name: "several", pages: [][]item{{{"1", "Tier 1"}, {"2", "Tier 1"}}}, is: usergroups.ErrAmbiguous, says: "several have it: 1, 2", ids: []string{"1", "2"}},
		{name: "several, on two pages", pages: [][]item{{{"1", "Tier 1"}, {"2", "Tier 2"}}, {{"3", "Tier 1"}}}, is: usergroups.ErrAmbiguous, says: `"Tier 1"`, ids: []string{"1", "3"}},
		{name: "one that moved to the next page", pages: [][]item{{{"1", "Tier"}, {"2", "Tier 1"}}, {{"2", "Tier 1"}, {"3", "Tier 2"}}}, want: "2"},
		{name: "several, one of which moved", pages: [][]item{{{"1", "Tier 1"}, {"2", "Tier 1"}}, {{"2", "Tier 1"}, {"3", "Tier 1"}}}, is: usergroups.ErrAmbiguous, ids: []string{"1", "2", "3"}},
		{name: "the second page fails", pages: [][]item{{{"1", "Tier 1"}}, {{"", ""}}}, is: usergroups.ErrUnexpectedResponse},
	}
	for _, l := range lookups {
		for _, tt := range tests {
			t.Run(l.name+": "+tt.name, func(t *testing.T) {
				t.Parallel()
				asked := 0
				client := newTokenClient(t, roundTripFunc(func(r *http.Request) (*http.Response, error) {
					query := r.URL.Query()
					number, _ := strconv.Atoi(query.Get("page"))
					query.Del("page")
					want := l.query
					if strings.Contains(want, "%s") {
						want = fmt.Sprintf(want, "Tier+1")
					}
					if asked++; r.URL.Path != "/gateway/crm/v8"+l.path || query.Encode() != want || number != asked {
						t.Errorf("request %d is %s", asked, r.URL)
					}
					return inMemory(200, nil, l.body(number, number < len(tt.pages), tt.pages[number-1]...))(r)
				}))
				got, err := l.find(t, client, "Tier 1")
				if got != tt.want || !errors.Is(err, tt.is) || asked != len(tt.pages) {
					t.Errorf("found %q, error %v after %d pages, want %q, %v after all", got, err, asked, tt.want, tt.is)
				}
				if tt.is == nil {
					return
				}
				var e *usergroups.Error
				if ours := tt.is != usergroups.ErrUnexpectedResponse; !errors.As(err, &e) || ours != (e.Op == l.op) { //nolint:errorlint // the table's own value
					t.Errorf("error %#v", err)
				}
				if !strings.Contains(err.Error(), tt.says) {
					t.Errorf("error %q does not say %q", err, tt.says)
				}
				var several *usergroups.AmbiguousError
				if errors.As(err, &several) != (tt.ids != nil) || tt.ids != nil && !slices.Equal(several.IDs, tt.ids) {
					t.Errorf("several: %+v, want %q", several, tt.ids)
				}
			})
		}
	}
}

func TestLookUpRefuses(t *testing.T) {
	t.Parallel()
	var response usergroups.Response
	for _, l := range lookups {
		client := newTokenClient(t, newMock(t))
		_, err := l.find(t, client, "")
		var e *usergroups.Error
		if !errors.Is(err, usergroups.ErrInvalidArgument) || !errors.As(err, &e) || e.Op != l.op {
			t.Errorf("%s without a text: %v, want ErrInvalidArgument", l.name, err)
		}
		if _, err := l.find(t, client, "x", usergroups.WithResponse(&response)); !errors.Is(err, usergroups.ErrInvalidArgument) {
			t.Errorf("%s with WithResponse: %v, want ErrInvalidArgument", l.name, err)
		}
	}
}

// TestGetByNameOnTheFake: whatever the server makes of a name, the client compares.
func TestGetByNameOnTheFake(t *testing.T) {
	t.Parallel()
	for _, match := range []usergroupstest.NameMatch{usergroupstest.NameEquals, usergroupstest.NameStartsWith, usergroupstest.NameContains} {
		for _, ignoreCase := range []bool{false, true} {
			fake, client := newFake(t, usergroupstest.WithGuesses(usergroupstest.Guesses{NameMatch: match, IgnoreCase: ignoreCase, CaseSensitiveNames: true}))
			fake.AddGroup(usergroupstest.Group{Name: "R&D Europe"})
			fake.AddGroup(usergroupstest.Group{Name: "r&d"})
			group, err := client.UserGroups.GetByName(t.Context(), "R&D")
			if err != nil || group.ID != "5550000000004003" {
				t.Errorf("%+v, %v", group, err)
			}
			if _, err := client.UserGroups.GetByName(t.Context(), "R&"); !errors.Is(err, usergroups.ErrNotFound) {
				t.Errorf("a part of a name: %v, want ErrNotFound", err)
			}
		}
	}
}

// TestFindByEmailOnTheFake: among the active and the inactive, on any page.
func TestFindByEmailOnTheFake(t *testing.T) {
	t.Parallel()
	fake, client := newFake(t, usergroupstest.WithGuesses(usergroupstest.Guesses{AllUsersWithDeleted: true}))
	for n := range 200 {
		fake.AddUser(usergroupstest.User{Name: "One", Email: fmt.Sprintf("one.%d@example.com", n)})
	}
	last := fake.AddUser(usergroupstest.User{Name: "Last", Email: "last@example.com", Status: "inactive"})
	fake.AddUser(usergroupstest.User{Name: "Gone", Email: "gone@example.com", Status: "deleted"})
	fake.AddUser(usergroupstest.User{Name: "Last's Predecessor", Email: "last@example.com", Status: "Deleted"})
	user, err := client.Users.FindByEmail(t.Context(), "last@example.com")
	if err != nil || user.ID != last || user.Status != usergroups.UserInactive {
		t.Errorf("%+v, %v", user, err)
	}
	if _, err := client.Users.FindByEmail(t.Context(), "gone@example.com"); !errors.Is(err, usergroups.ErrNotFound) {
		t.Errorf("a deleted user: %v, want ErrNotFound", err)
	}
	if n := fake.Count("GET /users"); n != 4 {
		t.Errorf("%d requests, want 2 for each", n)
	}
}
