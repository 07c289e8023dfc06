package usergroups_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/usergroups-go/usergroups"
	"github.com/usergroups-go/usergroups/usergroupstest"
)

// TestCompositions: what is made of several operations sends only those, needs no more
// than their scopes, and says which is missing.
func TestCompositions(t *testing.T) {
	t.Parallel()
	for _, c := range compositions {
		t.Run(string(c.op), func(t *testing.T) {
			t.Parallel()
			fake, _ := newFake(t)
			fake.AddGroup(usergroupstest.Group{Name: "group 1"})
			fake.AddUser(usergroupstest.User{ID: "999", Name: "Patricia Boyle", Email: "patricia@example.com"})
			fake.AddUser(usergroupstest.User{ID: userID, Name: "Deborah Gill"})
			if c.op != usergroups.OpUserGroupsWaitDeleted { // which waits until there is none
				fake.AddGroup(usergroupstest.Group{ID: "999", Name: "group 2", Sources: []usergroupstest.Source{{Type: "users", ID: "999"}}})
			}
			with := func(scopes []string) *usergroups.Client {
				return mustClient(t, usergroups.WithBaseURL(fake.URL), usergroups.WithAccessToken(fake.IssueToken(scopes...)))
			}
			scopes := usergroups.Scopes(c.op)
			if len(scopes) == 0 {
				t.Error("it needs no scopes")
			}
			if err := c.call(t.Context(), with(scopes), "999"); err != nil {
				t.Errorf("with %q: %v", scopes, err)
			}
			var routes []string
			for _, row := range usergroups.Operations() {
				if slices.Contains(usergroups.Compositions()[c.op], row.Op) {
					routes = append(routes, row.Method+" "+row.Path)
				}
			}
			if len(fake.Requests()) == 0 {
				t.Error("nothing was sent")
			}
			for _, request := range fake.Requests() {
				if !slices.Contains(routes, request.Route) {
					t.Errorf("sent %s, which is none of %q", request.Route, routes)
				}
			}
			err := c.call(t.Context(), with([]string{"ZohoCRM.other.READ"}), "999")
			var e *usergroups.Error
			if !errors.Is(err, usergroups.ErrScope) || !errors.As(err, &e) || len(e.Scopes) == 0 {
				t.Errorf("without %q: %v, want ErrScope", scopes, err)
			}
		})
	}
}

// TestCompositionsNilArguments: what is not there is refused like in every method, and
// the end of the caller's context is told.
func TestCompositionsNilArguments(t *testing.T) {
	t.Parallel()
	for _, c := range compositions {
		t.Run(string(c.op), func(t *testing.T) {
			t.Parallel()
			client := newTokenClient(t, newMock(t))
			var none context.Context
			for name, err := range map[string]error{
				"zero client":   c.call(t.Context(), &usergroups.Client{}, groupID),
				"zero services": c.call(t.Context(), &usergroups.Client{UserGroups: &usergroups.UserGroupsService{}, Users: &usergroups.UsersService{}}, groupID),
				"nil context":   c.call(none, client, groupID),
				"nil option":    c.call(t.Context(), client, groupID, nil),
			} {
				var e *usergroups.Error
				if !errors.Is(err, usergroups.ErrInvalidArgument) || !errors.As(err, &e) || e.Attempts != 0 {
					t.Errorf("%s: %v, want ErrInvalidArgument", name, err)
				}
			}
			ctx, cancel := context.WithCancelCause(t.Context())
			cause := errors.New("the review was called off")
			cancel(cause)
			if err := c.call(ctx, client, groupID); !errors.Is(err, context.Canceled) || !errors.Is(err, cause) {
				t.Errorf("cancelled: %v", err)
			}
		})
	}
}
