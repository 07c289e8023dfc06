package usergroups_test

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/usergroups-go/usergroups"
	"github.com/usergroups-go/usergroups/usergroupstest"
)

// TestMethodsAreTheTable holds that every row has a method, every method a row,
// and that the table of this test knows all of them.
func TestMethodsAreTheTable(t *testing.T) {
	t.Parallel()
	var exported []string
	for service, v := range map[string]any{"UserGroups": &usergroups.UserGroupsService{}, "Users": &usergroups.UsersService{}} {
		for i := range reflect.TypeOf(v).NumMethod() {
			exported = append(exported, service+"."+reflect.TypeOf(v).Method(i).Name)
		}
	}
	var tested []string
	for _, m := range methods {
		tested = append(tested, m.name)
	}
	parts := usergroups.Compositions()
	for _, c := range compositions {
		tested = append(tested, string(c.op))
		if len(parts[c.op]) == 0 {
			t.Errorf("%s: of which operations it is made is not said", c.op)
		}
		delete(parts, c.op)
	}
	for op := range parts {
		t.Errorf("%s is a composition that no test knows", op)
	}
	slices.Sort(exported)
	slices.Sort(tested)
	if !slices.Equal(exported, tested) {
		t.Errorf("methods %q, tested %q", exported, tested)
	}

	rows := make(map[usergroups.Op]bool)
	for _, row := range usergroups.Operations() {
		if rows[row.Op] {
			t.Errorf("%s has two rows", row.Op)
		}
		rows[row.Op] = false
		if !slices.Contains(exported, string(row.Op)) {
			t.Errorf("%s is no method", row.Op)
		}
		if row.Since < 6 || len(row.Scopes) == 0 || !strings.HasPrefix(row.Link, "https://www.zoho.com/crm/developer/docs/api/") {
			t.Errorf("%s: incomplete row %+v", row.Op, row)
		}
	}
	for _, m := range methods {
		if _, ok := rows[m.op]; !ok {
			t.Errorf("%s has no row", m.name)
		}
	}
	for op, made := range usergroups.Compositions() {
		if _, ok := rows[op]; ok {
			t.Errorf("%s is a row and made of rows", op)
		}
		for _, of := range made {
			if _, ok := rows[of]; !ok {
				t.Errorf("%s is made of %s, which has no row", op, of)
			}
		}
	}
}

// TestRoutes holds the operation table against the fake: each row is served,
// under the row's own spelling, to a token with no more than the row's scopes;
// without one of them it is refused.
func TestRoutes(t *testing.T) {
	t.Parallel()
	var spelled []string
	for _, row := range usergroups.Operations() {
		spelled = append(spelled, row.Method+" "+row.Path)
	}
	for _, route := range usergroupstest.Routes() {
		if !slices.Contains(spelled, route) {
			t.Errorf("the fake serves %s, which is no row", route)
		}
	}
	for _, m := range methods {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			row := m.row(t)
			fake, client := newFake(t, usergroupstest.WithGuesses(usergroupstest.Guesses{ScheduledDeletion: m.name == "UserGroups.DeletionJob"}))
			group := fake.Groups()[0]
			id := group.ID
			switch {
			case strings.HasPrefix(row.Path, "/users/"):
				id = group.CreatedBy
			case m.name == "UserGroups.DeletionJob":
				deletion, err := client.UserGroups.Delete(t.Context(), id)
				if err != nil {
					t.Fatal(err)
				}
				id = deletion.JobID
			case m.kind == write: // of that user
				fake.AddUser(usergroupstest.User{ID: userID, Name: "Patricia Boyle"})
			}
			with := func(scopes []string) *usergroups.Client {
				return mustClient(t, usergroups.WithBaseURL(fake.URL), usergroups.WithAccessToken(fake.IssueToken(scopes...)))
			}
			for _, scope := range row.Scopes {
				others := slices.DeleteFunc(slices.Clone(row.Scopes), func(s string) bool { return s == scope })
				err := m.call(t.Context(), with(append(others, "ZohoCRM.other.READ")), id)
				var e *usergroups.Error
				if !errors.Is(err, usergroups.ErrScope) || !errors.As(err, &e) || !slices.Equal(e.Scopes, row.Scopes) {
					t.Errorf("without %s: %v, want ErrScope", scope, err)
				}
			}
			fake.ResetLog()
			if err := m.call(t.Context(), with(usergroups.Scopes(m.op)), id); err != nil {
				t.Errorf("with %q: %v", usergroups.Scopes(m.op), err)
			}
			if n := fake.Count(row.Method + " " + row.Path); n != 1 {
				t.Errorf("%d requests on %s %s, want 1", n, row.Method, row.Path)
			}
			if !m.hasID {
				return
			}
			if err := m.call(t.Context(), with(row.Scopes), "999"); !errors.Is(err, usergroups.ErrNotFound) {
				t.Errorf("an unknown id: %v, want ErrNotFound", err)
			}
		})
	}
}

func TestScopes(t *testing.T) {
	t.Parallel()
	tests := []struct {
		ops  []usergroups.Op
		want string
	}{
		{nil, ""},
		{[]usergroups.Op{"unknown"}, ""},
		{[]usergroups.Op{usergroups.OpUserGroupsGet, usergroups.OpUserGroupsList}, "ZohoCRM.settings.user_groups.READ"},
		{[]usergroups.Op{usergroups.OpUserGroupsDelete, usergroups.OpUserGroupsCreate}, "ZohoCRM.settings.user_groups.CREATE ZohoCRM.settings.user_groups.DELETE"},
		{[]usergroups.Op{usergroups.OpUserGroupsListAssociatedUsersCounts}, "ZohoCRM.settings.user_groups.READ"},
		{[]usergroups.Op{usergroups.OpUsersListAssociatedGroups}, "ZohoCRM.settings.user_groups.READ ZohoCRM.users.READ"},
		{[]usergroups.Op{usergroups.OpUserGroupsUpdateMany}, "ZohoCRM.settings.user_groups.UPDATE"},
		{[]usergroups.Op{usergroups.OpUsersCount}, "ZohoCRM.users.READ"},
		// What is made of several operations needs what they need.
		{[]usergroups.Op{usergroups.OpUserGroupsGetByName}, "ZohoCRM.settings.user_groups.READ"},
		{[]usergroups.Op{usergroups.OpUserGroupsWaitDeleted}, "ZohoCRM.settings.user_groups.READ"},
		{[]usergroups.Op{usergroups.OpUserGroupsSetSources}, "ZohoCRM.settings.user_groups.READ ZohoCRM.settings.user_groups.UPDATE"},
		{[]usergroups.Op{usergroups.OpUsersFindByEmail, usergroups.OpUserGroupsDelete}, "ZohoCRM.settings.user_groups.DELETE ZohoCRM.users.READ"},
	}
	for _, tt := range tests {
		if got := strings.Join(usergroups.Scopes(tt.ops...), " "); got != tt.want {
			t.Errorf("Scopes(%q) = %q, want %q", tt.ops, got, tt.want)
		}
	}
}
