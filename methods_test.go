package usergroups_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/usergroups-go/usergroups"
)

// TestEveryMethod puts every method into every situation that has nothing to do
// with what it is for.
func TestEveryMethod(t *testing.T) {
	t.Parallel()
	const never = -1 // the situation does not arise for this kind of method
	type want struct {
		requests int
		is       []error // all of them
		not      []error // none of them
	}
	unknown := usergroups.ErrOutcomeUnknown
	cases := []struct {
		name  string
		serve http.HandlerFunc
		id    string // instead of a good one
		// by kind of method
		list, one, write want
	}{
		{
			name: "a good answer",
			list: want{requests: 1}, one: want{requests: 1}, write: want{requests: 1},
		},
		{
			name:  "500",
			serve: answer(500, "application/json", `{"code":"INTERNAL_ERROR","details":{},"message":"oops","status":"error"}`),
			list:  want{requests: 4, is: []error{usergroups.ErrUnavailable}, not: []error{unknown}},
			one:   want{requests: 4, is: []error{usergroups.ErrUnavailable}, not: []error{unknown}},
			write: want{requests: 1, is: []error{usergroups.ErrUnavailable, unknown}},
		},
		{
			name:  "502 with a page of HTML",
			serve: answer(502, "text/html", "<html><body>Bad Gateway</body></html>"),
			list:  want{requests: 4, is: []error{usergroups.ErrUnavailable}, not: []error{unknown}},
			one:   want{requests: 4, is: []error{usergroups.ErrUnavailable}, not: []error{unknown}},
			write: want{requests: 1, is: []error{usergroups.ErrUnavailable, unknown}},
		},
		{
			name:  "204",
			serve: answer(204, "", ""),
			list:  want{requests: 1},
			one:   want{requests: 1, is: []error{usergroups.ErrNotFound}, not: []error{usergroups.ErrUnexpectedResponse}},
			write: want{requests: 1, is: []error{usergroups.ErrUnexpectedResponse, unknown}},
		},
		{
			name:  "an object with nothing in it",
			serve: answer(200, "application/json", "{}"),
			list:  want{requests: 1, is: []error{usergroups.ErrUnexpectedResponse}, not: []error{unknown}},
			one:   want{requests: 1, is: []error{usergroups.ErrUnexpectedResponse}, not: []error{unknown, usergroups.ErrNotFound}},
			write: want{requests: 1, is: []error{usergroups.ErrUnexpectedResponse, unknown}},
		},
		{
			name:  "HTML with status 200",
			serve: answer(200, "text/html", "<!DOCTYPE html><title>Log in</title>"),
			list:  want{requests: 1, is: []error{usergroups.ErrUnexpectedResponse}, not: []error{unknown}},
			one:   want{requests: 1, is: []error{usergroups.ErrUnexpectedResponse}, not: []error{unknown}},
			write: want{requests: 1, is: []error{usergroups.ErrUnexpectedResponse, unknown}},
		},
		{
			name:  "a whole body with bad JSON",
			serve: answer(200, "application/json", `{"user_groups":[{"id":"1"},`),
			list:  want{requests: 1, is: []error{usergroups.ErrUnexpectedResponse}, not: []error{unknown}},
			one:   want{requests: 1, is: []error{usergroups.ErrUnexpectedResponse}, not: []error{unknown}},
			write: want{requests: 1, is: []error{usergroups.ErrUnexpectedResponse, unknown}},
		},
		{
			name:  "an empty body",
			serve: answer(200, "application/json", ""),
			list:  want{requests: 1, is: []error{usergroups.ErrUnexpectedResponse}},
			one:   want{requests: 1, is: []error{usergroups.ErrUnexpectedResponse}},
			write: want{requests: 1, is: []error{usergroups.ErrUnexpectedResponse, unknown}},
		},
		{
			name:  "items without an id",
			serve: answer(200, "application/json", `{"user_groups":[{}],"associated_users_count":[{}]}`),
			list:  want{requests: 1, is: []error{usergroups.ErrUnexpectedResponse}},
			one:   want{requests: 1, is: []error{usergroups.ErrUnexpectedResponse}},
			write: want{requests: 1, is: []error{usergroups.ErrUnexpectedResponse, unknown}},
		},
		{
			name:  "an error under status 200",
			serve: answer(200, "application/json", `{"code":"API_NOT_SUPPORTED","details":{"supported_version":9},"message":"not here","status":"error"}`),
			list:  want{requests: 1, is: []error{usergroups.ErrBadRequest}, not: []error{unknown}},
			one:   want{requests: 1, is: []error{usergroups.ErrBadRequest}, not: []error{unknown}},
			write: want{requests: 1, is: []error{usergroups.ErrBadRequest}, not: []error{unknown}},
		},
		{
			name:  "an item's error under status 200",
			serve: answer(200, "application/json", `{"user_groups":[{"code":"NO_PERMISSION","details":{},"message":"no","status":"error"}],"associated_users_count":[{"code":"NO_PERMISSION","details":{},"message":"no","status":"error"}]}`),
			list:  want{requests: 1, is: []error{usergroups.ErrForbidden}},
			one:   want{requests: 1, is: []error{usergroups.ErrForbidden}},
			write: want{requests: 1, is: []error{usergroups.ErrForbidden}, not: []error{unknown}},
		},
		{
			name: "a cut body",
			serve: func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Length", "1000")
				_, _ = w.Write([]byte(`{"user_groups":[`))
				panic(http.ErrAbortHandler)
			},
			list:  want{requests: 4, is: []error{usergroups.ErrUnavailable}, not: []error{unknown}},
			one:   want{requests: 4, is: []error{usergroups.ErrUnavailable}, not: []error{unknown}},
			write: want{requests: 1, is: []error{usergroups.ErrUnavailable, unknown}},
		},
		{
			name:  "a redirect",
			serve: func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/elsewhere", http.StatusFound) },
			list:  want{requests: 1, is: []error{usergroups.ErrUnexpectedResponse}},
			one:   want{requests: 1, is: []error{usergroups.ErrUnexpectedResponse}},
			write: want{requests: 1, is: []error{usergroups.ErrUnexpectedResponse, unknown}},
		},
		{
			name: "an empty id", id: "",
			list: want{is: []error{usergroups.ErrInvalidArgument}}, one: want{is: []error{usergroups.ErrInvalidArgument}},
			write: want{is: []error{usergroups.ErrInvalidArgument}, not: []error{unknown}},
		},
		{
			name: "two dots for an id", id: "..",
			list: want{is: []error{usergroups.ErrInvalidArgument}}, one: want{is: []error{usergroups.ErrInvalidArgument}},
			write: want{is: []error{usergroups.ErrInvalidArgument}, not: []error{unknown}},
		},
	}
	for _, tt := range cases {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			for _, m := range methods {
				id, aboutID := groupID, strings.Contains(tt.name, "id") && tt.serve == nil && tt.name != "a good answer"
				if aboutID {
					id = tt.id
				}
				if aboutID && !m.hasID {
					continue
				}
				serve := tt.serve
				if serve == nil {
					serve = answer(m.status, "application/json", fixture(t, "zoho/"+m.good))
				}
				wanted := map[kind]want{list: tt.list, walk: tt.list, one: tt.one, write: tt.write}[m.kind]
				if wanted.requests == never {
					continue
				}
				t.Run(m.name, func(t *testing.T) {
					t.Parallel()
					wantPath := strings.TrimPrefix(m.url(t, groupID), "https://zoho.test")
					url, count := countingServer(t, func(w http.ResponseWriter, r *http.Request) {
						if r.Method != m.row(t).Method || r.URL.Path != wantPath {
							t.Errorf("request %s %s, want %s %s", r.Method, r.URL.Path, m.row(t).Method, wantPath)
						}
						serve(w, r)
					})
					client := newServerClient(t, url)
					err := m.call(t.Context(), client, id)
					if got := int(count.Load()); got != wanted.requests {
						t.Errorf("%d requests, want %d", got, wanted.requests)
					}
					checkError(t, err, m, wanted.requests, wanted.is, wanted.not)
				})
			}
		})
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

func answer(status int, contentType, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		if contentType != "" {
			w.Header().Set("Content-Type", contentType)
		}
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
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

func TestEveryMethodRefusedConnection(t *testing.T) {
	t.Parallel()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	_ = listener.Close() // now nobody listens there
	for _, m := range methods {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			client := newServerClient(t, "http://"+address)
			err := m.call(t.Context(), client, groupID)
			// Nothing was sent, so even writes are repeated, and their outcome is known.
			checkError(t, err, m, 4, []error{usergroups.ErrUnavailable}, []error{usergroups.ErrOutcomeUnknown})
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
		`{"user_groups":[{"id":"1"}],"associated_users_count":[{"user_group":{"id":"1"}}],"info":{"more_records":false}}`))
	mock.RegisterResponder(http.MethodPost, `=~^`+apiBase, jsonResponder(201, fixture(t, "zoho/user_groups_create_success.json")))
	client := newTokenClient(t, mock)
	ctx := t.Context()

	groups := usergroups.ListUserGroupsOptions{
		PerPage: 7, Include: []usergroups.Include{"b", "a"}, Name: "x",
		Filters: usergroups.And(usergroups.Equal("name", "x"), usergroups.StartsWith("name", "y")),
	}
	counts := usergroups.ListAssociatedUsersCountsOptions{PerPage: 7, Filters: usergroups.Or(usergroups.Equal("name", "x"), usergroups.Equal("name", "y"))}
	associated := usergroups.ListAssociatedGroupsOptions{PerPage: 7, Include: []usergroups.Include{"b", "a"}}
	create := usergroups.CreateUserGroup{Name: "x", Sources: []usergroups.Source{{Type: "users", SourceRef: usergroups.SourceRef{ID: "1", Name: "A name"}}}}

	before := fmt.Sprintf("%+v", []any{groups, counts, associated, create})
	for range 2 {
		_, err1 := client.UserGroups.List(ctx, groups)
		_, err2 := usergroups.Collect(client.UserGroups.All(ctx, groups))
		_, err3 := client.UserGroups.ListAssociatedUsersCounts(ctx, counts)
		_, err4 := usergroups.Collect(client.UserGroups.AllAssociatedUsersCounts(ctx, counts))
		_, err5 := client.Users.ListAssociatedGroups(ctx, userID, associated)
		_, err6 := usergroups.Collect(client.Users.AllAssociatedGroups(ctx, userID, associated))
		_, err7 := client.UserGroups.Create(ctx, create)
		if err := errors.Join(err1, err2, err3, err4, err5, err6, err7); err != nil {
			t.Fatal(err)
		}
	}
	if after := fmt.Sprintf("%+v", []any{groups, counts, associated, create}); after != before {
		t.Errorf("the options changed:\nbefore %s\nafter  %s", before, after)
	}
}

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
}
