package tulip_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/usergroups-go/usergroups/tulip"
)

// TestMethodsAreTheTable holds that the tables of this test know every method.
func TestMethodsAreTheTable(t *testing.T) {
	t.Parallel()
	var exported, tested []string
	services := reflect.TypeFor[tulip.Client]()
	for i := range services.NumField() {
		service := services.Field(i)
		for j := range service.Type.NumMethod() {
			if service.IsExported() {
				exported = append(exported, service.Name+"."+service.Type.Method(j).Name)
			}
		}
	}
	for _, m := range methods {
		tested = append(tested, m.name)
	}
	for _, c := range compositions {
		tested = append(tested, string(c.op))
	}
	slices.Sort(exported)
	slices.Sort(tested)
	if !slices.Equal(exported, tested) {
		t.Errorf("methods %q, tested %q", exported, tested)
	}
}

// TestEveryMethod puts every method into every situation that has nothing to do
// with what it is for. Those that are rows of retryTable are there.
func TestEveryMethod(t *testing.T) {
	t.Parallel()
	json := func(body string) func(*method) http.HandlerFunc {
		return func(*method) http.HandlerFunc { return answer(200, "application/json", body) }
	}
	// item is an answer with one item, which is the whole answer when it is asked for.
	item := func(text string) func(*method) http.HandlerFunc {
		return func(m *method) http.HandlerFunc {
			if m.kind == one {
				return answer(200, "application/json", text)
			}
			return answer(200, "application/json", `{"items":[`+text+`],"count":1}`)
		}
	}
	unexpected := []error{tulip.ErrUnexpectedResponse}
	cases := []struct {
		name      string
		serve     func(m *method) http.HandlerFunc
		list, one []error // by kind of method: what the error is, all of it
	}{
		{name: "a good answer", serve: func(m *method) http.HandlerFunc {
			return answer(200, "application/json; charset=utf-8", sample(t, m.good))
		}},
		{name: "a good answer without a type", serve: func(m *method) http.HandlerFunc { return answer(200, "", sample(t, m.good)) }},
		{
			name: "204", serve: func(*method) http.HandlerFunc { return answer(204, "", "") },
			one: []error{tulip.ErrNotFound},
		},
		{name: "an empty body", serve: json(""), list: unexpected, one: unexpected},
		{name: "a space", serve: json(" \n"), list: unexpected, one: unexpected},
		{name: "{}", serve: json(`{}`), list: unexpected, one: unexpected},
		{name: "[]", serve: json(`[]`), list: unexpected, one: unexpected},
		{name: "null", serve: json(`null`), list: unexpected, one: unexpected},
		{name: "a text", serve: json(`"ok"`), list: unexpected, one: unexpected},
		{name: "truncated", serve: json(`{"id":"1","items":[{"id":"1"`), list: unexpected, one: unexpected},
		{name: "something behind it", serve: json(`{"id":"1","items":[]}}`), list: unexpected, one: unexpected},
		{name: "no next page alone", serve: json(`{"nextPage":null}`), list: unexpected, one: unexpected},
		{name: "errors alone", serve: json(`{"errors":[]}`), list: unexpected, one: unexpected},
		{name: "a previous page alone", serve: json(`{"prevPage":null,"message":"denied"}`), list: unexpected, one: unexpected},
		{
			name: "a problem report with a payload", list: unexpected, one: unexpected,
			serve: func(*method) http.HandlerFunc {
				return answer(200, "application/problem+json; charset=utf-8", `{"id":"1","title":"Internal","status":500,"count":0,"items":[]}`)
			},
		},
		{name: "the payload of others", serve: json(`{"others":[{"id":"1"}]}`), list: unexpected, one: unexpected},
		{name: "an item without an id", serve: item(`{"name":"x"}`), list: unexpected, one: unexpected},
		{name: "an item with an empty id", serve: item(`{"id":"","userId":"","userGroupId":""}`), list: unexpected, one: unexpected},
		{name: "an item that is null", serve: item(`null`), list: unexpected, one: unexpected},
		{name: "an item that is a text", serve: item(`"1"`), list: unexpected, one: unexpected},
		{name: "an error under status 200", serve: json(`{"errorCode":"generic.internal","message":"m","retryable":false}`), list: unexpected, one: unexpected},
		{name: "an error beside a payload", serve: json(`{"errorCode":"generic.internal","message":"m","id":"1","items":[]}`), list: unexpected, one: unexpected},
	}
	for _, tt := range cases {
		for _, m := range methods {
			t.Run(tt.name+"/"+m.name, func(t *testing.T) {
				t.Parallel()
				serve := tt.serve(&m)
				wantPath := strings.TrimPrefix(m.url(anID), "https://acme.test")
				url, count := countingServer(t, func(w http.ResponseWriter, r *http.Request) {
					if r.Method != http.MethodGet || r.URL.Path != wantPath {
						t.Errorf("request %s %s, want GET %s", r.Method, r.URL.Path, wantPath)
					}
					serve(w, r)
				})
				err := m.call(t.Context(), newServerClient(t, url), anID)
				if got := count.Load(); got != 1 {
					t.Errorf("%d requests, want 1", got)
				}
				is := tt.list
				if m.kind == one {
					is = tt.one
				}
				checkError(t, err, m.op, 1, is...)
			})
		}
	}
}

// checkError holds an error against what every error of a call has to be: of these
// kinds, and of no other.
func checkError(t *testing.T, err error, op tulip.Op, attempts int, is ...error) {
	t.Helper()
	if len(is) == 0 {
		if err != nil {
			t.Errorf("error %v, want none", err)
		}
		return
	}
	for _, kind := range is {
		if !errors.Is(err, kind) {
			t.Errorf("error %v is not %q", err, kind)
		}
	}
	for _, sentinel := range sentinels {
		if errors.Is(err, sentinel) && !slices.Contains(is, sentinel) {
			t.Errorf("error %v is %q", err, sentinel)
		}
	}
	e, ok := err.(*tulip.Error) //nolint:errorlint // always a pointer, and never wrapped
	if !ok {
		t.Fatalf("error %T is not an *Error", err)
	}
	if e.Op != op || e.Method != http.MethodGet || e.Attempts != attempts {
		t.Errorf("error has Op %q, Method %q, Attempts %d, want %q, GET, %d", e.Op, e.Method, e.Attempts, op, attempts)
	}
	if attempts > 0 != strings.Contains(e.URL, "/gateway/api/users/v1/") {
		t.Errorf("error has URL %q", e.URL)
	}
	if text := e.Error(); strings.ContainsAny(text, "\r\n") || !strings.Contains(text, string(op)) || len(text) > 4000 {
		t.Errorf("error text is not one line that names the operation: %q", text)
	}
}

// TestErrorUnderSuccess: the code of such an answer is told.
func TestErrorUnderSuccess(t *testing.T) {
	t.Parallel()
	for _, m := range methods {
		err := m.call(t.Context(), newClient(t, inMemory(200, nil, sample(t, "error_internal.json"))), anID)
		var e *tulip.Error
		if !errors.As(err, &e) || e.Code != tulip.CodeInternal || e.StatusCode != 200 {
			t.Errorf("%s: %#v", m.name, err)
		}
	}
}

func TestEveryMethodCancelled(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancelCause(t.Context())
	cause := errors.New("the review was called off")
	cancel(cause)
	for _, m := range methods {
		err := m.call(ctx, newClient(t, newMock(t)), anID)
		checkError(t, err, m.op, 0, context.Canceled, cause)
	}
	for _, c := range compositions {
		if err := c.call(ctx, newClient(t, newMock(t)), anID); !errors.Is(err, context.Canceled) || !errors.Is(err, cause) {
			t.Errorf("%s: %v", c.op, err)
		}
	}
}

// TestEveryMethodRefuses: what is wrong with a call is said before anything is sent.
func TestEveryMethodRefuses(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	var none context.Context
	var response tulip.Response
	good := newClient(t, newMock(t))
	refuses := func(name string, op tulip.Op, err error) {
		t.Helper()
		first := op // of a composition, its first operation
		if i := slices.IndexFunc(compositions, func(c composition) bool { return c.op == op }); i >= 0 {
			first = compositions[i].made[0]
		}
		if !errors.Is(err, tulip.ErrInvalidArgument) {
			t.Errorf("%s: %s: %v, want ErrInvalidArgument", op, name, err)
			return
		}
		var e *tulip.Error
		if !errors.As(err, &e) || e.Op != op && e.Op != first || e.Attempts != 0 || e.URL != "" {
			t.Errorf("%s: %s: %#v", op, name, err)
		}
	}
	type row struct {
		op       tulip.Op
		call     call
		hasID    bool
		walk     bool
		filtered bool // takes WithMembersByFilter
	}
	var rows []row
	for _, m := range methods {
		rows = append(rows, row{m.op, m.call, m.hasID(), m.kind == walk, false})
	}
	for _, c := range compositions {
		rows = append(rows, row{c.op, c.call, true, true, c.op == tulip.OpUserGroupsMembersOf})
	}
	for _, r := range rows {
		refuses("a client of nobody", r.op, r.call(ctx, &tulip.Client{}, anID))
		refuses("services of nobody", r.op, r.call(ctx, &tulip.Client{
			UserGroups: &tulip.UserGroupsService{}, Users: &tulip.UsersService{}, Roles: &tulip.RolesService{},
		}, anID))
		refuses("no context", r.op, r.call(none, good, anID))
		refuses("a nil option", r.op, r.call(ctx, good, anID, nil))
		refuses("WithResponse(nil)", r.op, r.call(ctx, good, anID, tulip.WithResponse(nil)))
		if r.walk {
			refuses("WithResponse", r.op, r.call(ctx, good, anID, tulip.WithResponse(&response)))
		}
		if !r.filtered {
			refuses("WithMembersByFilter", r.op, r.call(ctx, good, anID, tulip.WithMembersByFilter()))
		}
		if r.hasID {
			for _, id := range []string{"", ".", ".."} {
				refuses(fmt.Sprintf("the id %q", id), r.op, r.call(ctx, good, id))
			}
		}
		for _, header := range []string{"Authorization", "authorization", "Host", "Content-Length", "Transfer-Encoding", "accept-encoding", "", "a b", "a\nb"} {
			refuses(fmt.Sprintf("the header %q", header), r.op, r.call(ctx, good, anID, tulip.WithHeader(header, "x")))
		}
		refuses("a header with a line break", r.op, r.call(ctx, good, anID, tulip.WithHeader("X-Y", "a\r\nb")))
	}
	for _, l := range listings {
		for name, q := range map[string]query{
			"limit -1": {id: anID, limit: new(-1)}, "offset -1": {id: anID, offset: -1}, "a search for no UTF-8": {id: anID, search: "\xff"},
		} {
			if q.search != "" && !l.searched {
				continue
			}
			_, err := l.page(ctx, good, q)
			refuses(name, l.op, err)
			_, allErr := tulip.Collect(l.walk(ctx, good, q))
			refuses(name, l.op, allErr)
			if _, got, ok := strings.Cut(name, " -1"); ok && got == "" { // say what was given
				for _, err := range []error{err, allErr} {
					if !strings.Contains(err.Error(), "got -1 and 0") && !strings.Contains(err.Error(), "got none and -1") {
						t.Errorf("%s: %s: %v", l.name, name, err)
					}
				}
			}
		}
		_, err := tulip.Collect(l.walk(ctx, good, query{id: anID, limit: new(0)}))
		refuses("no items of All", l.op, err)
	}
	var nobody *tulip.Client
	refuses("nobody", tulip.OpClientDo, nobody.Do(ctx, tulip.Request{Method: "GET", Path: []string{"stations"}}, nil))
	nobody.CloseIdleConnections()
}

// TestEveryMethodIDs sends ids that would change the path if they were not
// escaped.
func TestEveryMethodIDs(t *testing.T) {
	t.Parallel()
	ids := []string{
		"a/b", "a?b=c", "a#b", "50%", "a b", "a+b", "%2e%2e", "../x", "...", "ü", "viewer-with-player", "apikey.2_x", "a;b", `a\b`, "a'b", "0dd8b5c8-7b1f-4f0e-9d6a-1f2e3d4c5b6a",
	}
	for _, m := range methods {
		if !m.hasID() {
			continue
		}
		for _, id := range ids {
			var got string
			err := m.call(t.Context(), newClient(t, roundTripFunc(func(r *http.Request) (*http.Response, error) {
				got = r.URL.EscapedPath()
				return inMemory(200, nil, sample(t, m.good))(r)
			})), id)
			if want := "/gateway/api/users/v1" + strings.ReplaceAll(m.path, "{id}", escaped(id)); err != nil || got != want {
				t.Errorf("%s of %q: path %s, want %s; %v", m.name, id, got, want, err)
			}
		}
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

// TestEveryMethodHeaders: the vendor refuses a header that comes twice.
func TestEveryMethodHeaders(t *testing.T) {
	t.Parallel()
	check := func(m method, want http.Header, opts ...tulip.CallOption) {
		t.Helper()
		url, _ := countingServer(t, func(w http.ResponseWriter, r *http.Request) {
			for name, values := range want {
				if got := r.Header.Values(name); !slices.Equal(got, values) {
					t.Errorf("%s: %s %q, want %q", m.name, name, got, values)
				}
			}
			if agent := r.Header.Values("User-Agent"); len(agent) != 1 || want.Get("User-Agent") == "" && !strings.HasPrefix(agent[0], "review/1 usergroups-go/"+tulip.Version) {
				t.Errorf("%s: User-Agent %q", m.name, agent)
			}
			if user, password, ok := r.BasicAuth(); !ok || user != key || password != secret {
				t.Errorf("%s: %s", m.name, r.Header.Get("Authorization"))
			}
			answer(200, "application/json", sample(t, m.good))(w, r)
		})
		if err := m.call(t.Context(), newServerClient(t, url, tulip.WithUserAgent("review/1")), anID, opts...); err != nil {
			t.Errorf("%s: %v", m.name, err)
		}
	}
	const basic = "Basic YXBpa2V5LjJfaW52ZW50ZWQ6bm90LWEtc2VjcmV0"
	for _, m := range methods {
		check(m, http.Header{"Authorization": {basic}, "Accept": {"application/json"}, "Content-Type": nil})
		check(m, http.Header{"Authorization": {basic}, "Accept": {"text/plain"}, "X-Trace": {"b"}},
			tulip.WithHeader("accept", "text/plain"), tulip.WithHeader("X-Trace", "a"), tulip.WithHeader("x-trace", "b"))
	}
}

// TestQueries: what every list sends, and that a space is never a plus sign.
func TestQueries(t *testing.T) {
	t.Parallel()
	for _, l := range listings {
		t.Run(l.name, func(t *testing.T) {
			t.Parallel()
			filter := "filter=" + strings.NewReplacer(" ", "%20", "'", "%27").Replace(l.filtered)
			search := func(s string) string {
				if !l.searched {
					return ""
				}
				return "&" + s
			}
			tests := []struct {
				q    query
				want string // in the order of the alphabet
			}{
				{query{}, ""},
				{query{limit: new(0)}, "limit=0"},
				{query{limit: new(1), offset: 3}, "limit=1&offset=3"},
				{query{limit: new(1000000)}, "limit=1000000"},
				{query{filter: true}, filter},
				{query{offset: 1, search: "R&D = 50% + ü", archived: true, filter: true}, search("archived=true") + "&" + filter + "&offset=1" + search("search=R%26D%20%3D%2050%25%20%2B%20%C3%BC")},
			}
			for _, tt := range tests {
				var got string
				client := newClient(t, roundTripFunc(func(r *http.Request) (*http.Response, error) {
					got = r.URL.RawQuery
					return inMemory(200, nil, `{"items":[]}`)(r) // which any filter lets pass
				}))
				tt.q.id = anID
				want := strings.TrimPrefix(tt.want, "&")
				if _, err := l.page(t.Context(), client, tt.q); err != nil || sorted(got) != sorted(want) {
					t.Errorf("List sends %s, want %s: %v", got, want, err)
				}
				if tt.q.limit == nil { // of All: as many as it asks for of its own accord
					want = "limit=100&" + want
				} else if *tt.q.limit == 0 {
					continue
				}
				if _, err := tulip.Collect(l.walk(t.Context(), client, tt.q)); err != nil || sorted(got) != sorted(want) {
					t.Errorf("All sends %s, want %s: %v", got, want, err)
				}
			}
		})
	}
}

// sorted is a query with its parameters in order, and apostrophes in one form.
func sorted(query string) string {
	params := strings.FieldsFunc(strings.ReplaceAll(query, "'", "%27"), func(r rune) bool { return r == '&' })
	slices.Sort(params)
	return strings.Join(params, "&")
}

// TestOptionsUnchanged holds that no call writes into its arguments.
func TestOptionsUnchanged(t *testing.T) {
	t.Parallel()
	client := newClient(t, inMemory(200, nil, `{"items":[{"id":"a","userId":"a","userGroupId":"a"}],"count":1}`))
	ids := []string{"b", "a"}
	filter, users := tulip.IDs(ids...), tulip.Or(tulip.UserIDs(ids...), tulip.GlobalRoles(ids...))
	slices.Reverse(ids) // a filter is what it was made of
	options := []any{
		tulip.ListUserGroupsOptions{Limit: new(7), Filter: filter, Search: "x"},
		tulip.ListMembershipsOptions{Limit: new(7), Filter: filter},
		tulip.ListUsersOptions{Limit: new(7), Filter: users, Search: "x"},
		tulip.ListRolesOptions{Limit: new(7), Filter: tulip.IsCustom(true)},
	}
	now := func() string {
		var text strings.Builder
		for _, o := range options {
			fmt.Fprintf(&text, "%+v %d\n", o, *reflect.ValueOf(o).FieldByName("Limit").Interface().(*int))
		}
		return text.String()
	}
	before := now()
	for range 2 {
		for _, o := range options {
			ctx := t.Context()
			var errs []error
			add := func(_ any, err error) { errs = append(errs, err) }
			switch o := o.(type) {
			case tulip.ListUserGroupsOptions:
				add(client.UserGroups.List(ctx, o))
				add(tulip.Collect(client.UserGroups.All(ctx, o)))
			case tulip.ListMembershipsOptions:
				add(client.UserGroups.ListUsers(ctx, anID, o))
				add(tulip.Collect(client.Users.AllUserGroups(ctx, anID, o)))
			case tulip.ListUsersOptions:
				add(client.Users.List(ctx, o))
				add(tulip.Collect(client.Users.All(ctx, o)))
			case tulip.ListRolesOptions:
				add(client.Roles.List(ctx, o))
				add(tulip.Collect(client.Roles.All(ctx, o)))
			}
			if err := errors.Join(errs...); err != nil {
				t.Fatal(err)
			}
		}
	}
	if after := now(); after != before {
		t.Errorf("the options changed:\nbefore %s\nafter  %s", before, after)
	}
}
