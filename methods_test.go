package usergroups_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/usergroups-go/usergroups"
)

// TestEveryMethod puts every method into every situation that has nothing to do
// with what it is for. Those that are rows of retryTable are there.
func TestEveryMethod(t *testing.T) {
	t.Parallel()
	// item is an answer with one item of the payload. One of a method is no list.
	item := func(text string) func(m *method) http.HandlerFunc {
		return func(m *method) http.HandlerFunc {
			format := `{%q:[%s]}`
			if m.key == "count" {
				format = `{%q:%s}`
			}
			return answer(200, "application/json", fmt.Sprintf(format, m.key, text))
		}
	}
	same := func(serve http.HandlerFunc) func(*method) http.HandlerFunc {
		return func(*method) http.HandlerFunc { return serve }
	}
	cases := []struct {
		name  string
		serve func(m *method) http.HandlerFunc
		// by kind of method: what the error is, all of it
		list, one, write []error
		// but not of these
		except map[string][]error
	}{
		{name: "a good answer", serve: func(m *method) http.HandlerFunc {
			return answer(m.status, "application/json", fixture(t, "zoho/"+m.good))
		}},
		{
			name: "204", serve: same(answer(204, "", "")),
			one:   []error{usergroups.ErrNotFound},
			write: []error{usergroups.ErrUnexpectedResponse, usergroups.ErrOutcomeUnknown},
		},
		{
			name: "an empty body", serve: same(answer(200, "application/json", "")),
			list:  []error{usergroups.ErrUnexpectedResponse},
			one:   []error{usergroups.ErrUnexpectedResponse},
			write: []error{usergroups.ErrUnexpectedResponse, usergroups.ErrOutcomeUnknown},
		},
		{
			name: "the payload of others", serve: same(answer(200, "application/json", `{"others":[{"id":"1"}]}`)),
			list:  []error{usergroups.ErrUnexpectedResponse},
			one:   []error{usergroups.ErrUnexpectedResponse},
			write: []error{usergroups.ErrUnexpectedResponse, usergroups.ErrOutcomeUnknown},
		},
		{
			name: "an item without an id", serve: item(`{}`),
			list:   []error{usergroups.ErrUnexpectedResponse},
			one:    []error{usergroups.ErrUnexpectedResponse},
			write:  []error{usergroups.ErrUnexpectedResponse, usergroups.ErrOutcomeUnknown},
			except: map[string][]error{"UserGroups.SourcesCount": nil}, // what is left out of it is zero
		},
		{
			name:  "an error under status 200",
			serve: same(answer(200, "application/json", `{"code":"API_NOT_SUPPORTED","details":{"supported_version":9},"message":"not here","status":"error"}`)),
			list:  []error{usergroups.ErrBadRequest}, one: []error{usergroups.ErrBadRequest}, write: []error{usergroups.ErrBadRequest},
		},
		{
			name:  "an item's error under status 200",
			serve: item(`{"code":"NO_PERMISSION","details":{},"message":"no","status":"error"}`),
			list:  []error{usergroups.ErrForbidden}, one: []error{usergroups.ErrForbidden}, write: []error{usergroups.ErrForbidden},
			except: map[string][]error{"Users.Count": {usergroups.ErrUnexpectedResponse}}, // it has no items
		},
	}
	for _, tt := range cases {
		for _, m := range methods {
			t.Run(tt.name+"/"+m.name, func(t *testing.T) {
				t.Parallel()
				serve := tt.serve(&m)
				wantPath := strings.TrimPrefix(m.url(t, groupID), "https://zoho.test")
				url, count := countingServer(t, func(w http.ResponseWriter, r *http.Request) {
					if r.Method != m.row(t).Method || r.URL.Path != wantPath {
						t.Errorf("request %s %s, want %s %s", r.Method, r.URL.Path, m.row(t).Method, wantPath)
					}
					serve(w, r)
				})
				err := m.call(t.Context(), newServerClient(t, url), groupID)
				if got := count.Load(); got != 1 {
					t.Errorf("%d requests, want 1", got)
				}
				is, excepted := tt.except[m.name]
				if !excepted {
					is = map[kind][]error{list: tt.list, walk: tt.list, one: tt.one, write: tt.write}[m.kind]
				}
				var not []error
				for _, sentinel := range sentinels {
					if !slices.Contains(is, sentinel) {
						not = append(not, sentinel)
					}
				}
				checkError(t, err, m, 1, is, not)
			})
		}
	}
}

// checkError holds an error against what every error of a call has to be.
func checkError(t *testing.T, err error, m method, attempts int, is, not []error) {
	t.Helper()
	if len(is) == 0 {
		if err != nil {
			t.Errorf("error %v, want none", err)
		}
		return
	}
	for _, sentinel := range is {
		if !errors.Is(err, sentinel) {
			t.Errorf("error %v is not %q", err, sentinel)
		}
	}
	for _, sentinel := range not {
		if errors.Is(err, sentinel) {
			t.Errorf("error %v is %q", err, sentinel)
		}
	}
	var e *usergroups.Error
	if !errors.As(err, &e) {
		t.Fatalf("error %T is not an *Error", err)
	}
	if e.Op != m.op || e.Method != m.row(t).Method || e.Attempts != attempts {
		t.Errorf("error has Op %q, Method %q, Attempts %d, want %q, %q, %d", e.Op, e.Method, e.Attempts, m.op, m.row(t).Method, attempts)
	}
	if attempts > 0 != strings.Contains(e.URL, "/gateway/crm/v8/") {
		t.Errorf("error has URL %q", e.URL)
	}
	if text := e.Error(); strings.ContainsAny(text, "\r\n") || !strings.Contains(text, string(m.op)) {
		t.Errorf("error text is not one line that names the operation: %q", text)
	}
}

func TestEveryMethodCancelled(t *testing.T) {
	t.Parallel()
	for _, m := range methods {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			client := newTokenClient(t, newMock(t))
			ctx, cancel := context.WithCancelCause(t.Context())
			cause := errors.New("the review was called off")
			cancel(cause)
			err := m.call(ctx, client, groupID)
			checkError(t, err, m, 0, []error{context.Canceled, cause}, []error{usergroups.ErrOutcomeUnknown, usergroups.ErrUnavailable})
		})
	}
}

func TestEveryMethodNilArguments(t *testing.T) {
	t.Parallel()
	clients := map[string]*usergroups.Client{
		"zero client": {},
		"zero services": {
			UserGroups: &usergroups.UserGroupsService{}, Users: &usergroups.UsersService{},
		},
	}
	for name, client := range clients {
		for _, m := range methods {
			t.Run(name+" "+m.name, func(t *testing.T) {
				t.Parallel()
				checkError(t, m.call(t.Context(), client, groupID), m, 0, []error{usergroups.ErrInvalidArgument}, nil)
			})
		}
	}
	for _, m := range methods {
		t.Run("nil "+m.name, func(t *testing.T) {
			t.Parallel()
			client := newTokenClient(t, newMock(t))
			var none context.Context
			checkError(t, m.call(none, client, groupID), m, 0, []error{usergroups.ErrInvalidArgument}, nil)
			checkError(t, m.call(t.Context(), client, groupID, nil), m, 0, []error{usergroups.ErrInvalidArgument}, nil)
		})
	}
	var nobody *usergroups.Client
	if err := nobody.Do(t.Context(), usergroups.Request{Method: "GET", Path: []string{"org"}}, nil); !errors.Is(err, usergroups.ErrInvalidArgument) {
		t.Errorf("Do of a nil client: %v", err)
	}
	nobody.CloseIdleConnections()
}

// TestEveryMethodRefusesIDs: these are another path, however they are escaped.
func TestEveryMethodRefusesIDs(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"", "..", "."} {
		for _, m := range methods {
			if !m.hasID {
				continue
			}
			t.Run(fmt.Sprintf("%q/%s", id, m.name), func(t *testing.T) {
				t.Parallel()
				err := m.call(t.Context(), newTokenClient(t, newMock(t)), id)
				checkError(t, err, m, 0, []error{usergroups.ErrInvalidArgument}, []error{usergroups.ErrOutcomeUnknown})
			})
		}
	}
}

// TestEveryMethodIDs sends ids that would change the path if they were not
// escaped.
func TestEveryMethodIDs(t *testing.T) {
	t.Parallel()
	ids := []string{"a/b", "a?b=c", "a#b", "50%", "a b", "a+b", "%2e%2e", "../x", "ü", "0dd8b5c8-7b1f-4f0e-9d6a-1f2e3d4c5b6a"}
	for _, m := range methods {
		if !m.hasID {
			continue
		}
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			for _, id := range ids {
				var got string
				url, _ := countingServer(t, func(w http.ResponseWriter, r *http.Request) {
					got = r.URL.EscapedPath()
					answer(m.status, "application/json", fixture(t, "zoho/"+m.good))(w, r)
				})
				if err := m.call(t.Context(), newServerClient(t, url), id); err != nil {
					t.Errorf("%q: %v", id, err)
				}
				parts := strings.Split(got, "/")
				wantParts := strings.Split("/gateway/crm/v8"+m.row(t).Path, "/")
				if len(parts) != len(wantParts) {
					t.Fatalf("%q: path %q has %d segments, want %d", id, got, len(parts), len(wantParts))
				}
				for i, part := range wantParts {
					if strings.HasPrefix(part, "{") {
						part = escaped(id)
					}
					if parts[i] != part {
						t.Errorf("%q: segment %d is %q, want %q", id, i, parts[i], part)
					}
				}
			}
		})
	}
}

// escaped is RFC 3986 for a path segment, written without net/url.
func escaped(s string) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', strings.IndexByte("-._~+=", c) >= 0:
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

// TestOptionsUnchanged holds that no call writes into its arguments.
func TestOptionsUnchanged(t *testing.T) {
	t.Parallel()
	mock := newMock(t)
	mock.RegisterResponder(http.MethodGet, `=~^`+apiBase, jsonResponder(200,
		`{"user_groups":[{"id":"1"}],"associated_users_count":[{"user_group":{"id":"1"}}],"sources":[{"type":"users","source":{"id":"1"}}],"users":[{"id":"1"}],"info":{"more_records":false}}`))
	mock.RegisterResponder(http.MethodPost, `=~^`+apiBase, jsonResponder(201, fixture(t, "zoho/user_groups_create_success.json")))
	mock.RegisterResponder(http.MethodPut, `=~^`+apiBase, jsonResponder(200, fixture(t, "zoho/user_groups_update_success.json")))
	client := newTokenClient(t, mock)
	ctx := t.Context()

	groups := usergroups.ListUserGroupsOptions{
		PerPage: 7, Include: []usergroups.Include{"b", "a"}, Name: "x",
		Filters: usergroups.And(usergroups.Equal("name", "x"), usergroups.StartsWith("name", "y")),
	}
	counts := usergroups.ListAssociatedUsersCountsOptions{PerPage: 7, Filters: usergroups.Or(usergroups.Equal("name", "x"), usergroups.Equal("name", "y"))}
	associated := usergroups.ListAssociatedGroupsOptions{PerPage: 7, Include: []usergroups.Include{"b", "a"}}
	sources := usergroups.ListSourcesOptions{PerPage: 7, Type: usergroups.SourceUsers, UserType: usergroups.UserActive}
	users := usergroups.ListUsersOptions{PerPage: 7, Type: usergroups.UserTypeAll, IDs: []string{"b", "a"}, ModifiedSince: date(2024, 1, 2, 3, 4, 5, ist)}
	one := usergroups.Source{
		Type: "users", SourceRef: usergroups.SourceRef{ID: "1", Name: "A name"},
		Extra: map[string]json.RawMessage{"weight": json.RawMessage("1")},
	}
	create := usergroups.CreateUserGroup{Name: "x", Sources: []usergroups.Source{one}}
	change := usergroups.UpdateUserGroup{Name: "x", Description: usergroups.Some("y"), Sources: []usergroups.SourceChange{{Source: one, Delete: true}}}
	changes := []usergroups.UserGroupUpdate{{ID: "1", UpdateUserGroup: change}}
	now := func() string {
		return fmt.Sprintf("%+v", []any{groups, counts, associated, sources, users, create, change, changes})
	}

	before := now()
	for range 2 {
		var errs []error
		add := func(_ any, err error) { errs = append(errs, err) }
		add(client.UserGroups.List(ctx, groups))
		add(usergroups.Collect(client.UserGroups.All(ctx, groups)))
		add(client.UserGroups.ListAssociatedUsersCounts(ctx, counts))
		add(usergroups.Collect(client.UserGroups.AllAssociatedUsersCounts(ctx, counts)))
		add(client.Users.ListAssociatedGroups(ctx, userID, associated))
		add(usergroups.Collect(client.Users.AllAssociatedGroups(ctx, userID, associated)))
		add(client.UserGroups.ListSources(ctx, groupID, sources))
		add(usergroups.Collect(client.UserGroups.AllSources(ctx, groupID, sources)))
		add(client.Users.List(ctx, users))
		add(usergroups.Collect(client.Users.All(ctx, users)))
		add(client.UserGroups.Create(ctx, create))
		add(client.UserGroups.Update(ctx, groupID, change))
		add(client.UserGroups.UpdateMany(ctx, changes))
		if err := errors.Join(errs...); err != nil {
			t.Fatal(err)
		}
	}
	if after := now(); after != before {
		t.Errorf("the options changed:\nbefore %s\nafter  %s", before, after)
	}
}
