package usergroups_test

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jarcoal/httpmock"

	"github.com/usergroups-go/usergroups"
	"github.com/usergroups-go/usergroups/usergroupstest"
)

// newFake returns a fake organisation and a client of it.
func newFake(t *testing.T, opts ...usergroupstest.Option) (*usergroupstest.Server, *usergroups.Client) {
	t.Helper()
	fake := usergroupstest.NewServer(opts...)
	t.Cleanup(fake.Close)
	return fake, newFakeClient(t, fake)
}

func newFakeClient(t *testing.T, fake *usergroupstest.Server, opts ...usergroups.Option) *usergroups.Client {
	t.Helper()
	all := []usergroups.Option{
		usergroups.WithBaseURL(fake.URL), usergroups.WithAccountsURL(fake.URL),
		usergroups.WithRefreshToken(usergroups.RefreshToken{
			ClientID: fake.ClientID, ClientSecret: fake.ClientSecret, RefreshToken: fake.RefreshToken,
		}),
	}
	return mustClient(t, append(all, opts...)...)
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
			fake, _ := newFake(t)
			group := fake.Groups()[0]
			id := group.ID
			if strings.HasPrefix(row.Path, "/users/") {
				id = group.CreatedBy
			}
			missing := usergroups.ErrNotFound // for create: the user of the table does not exist in the fake
			if m.name == "UserGroups.Create" {
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
			if !m.hasID || m.kind == list || m.kind == walk {
				return
			}
			if err := m.call(t.Context(), with(row.Scopes), "999"); !errors.Is(err, missing) {
				t.Errorf("an unknown id: %v, want ErrNotFound", err)
			}
		})
	}
}

// TestBusyQueue: waiting for a slot is no part of an attempt.
func TestBusyQueue(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var under, most atomic.Int64
		client := newTokenClient(t, roundTripFunc(func(*http.Request) (*http.Response, error) {
			most.Store(max(most.Load(), under.Add(1)))
			defer under.Add(-1)
			time.Sleep(20 * time.Second)
			return httpmock.NewStringResponse(204, ""), nil
		}), usergroups.WithMaxConcurrent(2), usergroups.WithMaxRetries(0))
		for _, err := range together(t.Context(), client, 40) { // 400 s of work for each of the two slots
			if err != nil {
				t.Error(err)
			}
		}
		if n := most.Load(); n != 2 {
			t.Errorf("%d requests at once, want 2", n)
		}
	})
}
