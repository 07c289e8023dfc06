package tulip_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/usergroups-go/usergroups/tulip"
)

// term is one comparison of a filter.
type term struct{ field, value string }

// termStart is what comes before the value of a comparison, on its own or within an
// any(…).
var termStart = regexp.MustCompile(`^(?:([A-Za-z]+)/any\(([a-z]+):([a-z]+)/([A-Za-z]+)|([A-Za-z]+(?:/[A-Za-z]+)?)) eq `)

// readFilter reads the part of OData that the filters are written in, letter by
// letter and independent of how they are built: comparisons by eq, joined by or.
func readFilter(text string) ([]term, error) {
	var terms []term
	rest := text
	for {
		m := termStart.FindStringSubmatch(rest)
		if len(m) == 0 || m[2] != m[3] {
			return nil, fmt.Errorf("no comparison: %q", rest)
		}
		rest = rest[len(m[0]):]
		one := term{field: m[5]}
		if m[1] != "" {
			one.field = m[1] + "/" + m[4]
		}
		switch {
		case strings.HasPrefix(rest, "true"), strings.HasPrefix(rest, "false"):
			one.value = regexp.MustCompile(`^[a-z]+`).FindString(rest)
			rest = rest[len(one.value):]
		case strings.HasPrefix(rest, "'"):
			var value strings.Builder
			i := 1
			for ; i < len(rest); i++ {
				if rest[i] == '\'' {
					if i+1 == len(rest) || rest[i+1] != '\'' {
						break
					}
					i++
				}
				value.WriteByte(rest[i])
			}
			if i == len(rest) {
				return nil, fmt.Errorf("an open literal: %q", rest)
			}
			one.value, rest = value.String(), rest[i+1:]
		default:
			return nil, fmt.Errorf("no literal: %q", rest)
		}
		terms = append(terms, one)
		if m[1] != "" {
			var closed bool
			if rest, closed = strings.CutPrefix(rest, ")"); !closed {
				return nil, fmt.Errorf("any is not closed: %q", rest)
			}
		}
		if rest == "" {
			return terms, nil
		}
		var more bool
		if rest, more = strings.CutPrefix(rest, " or "); !more {
			return nil, fmt.Errorf("neither the end nor or: %q", rest)
		}
	}
}

// filterOf is the filter of a request, and how long it is as it is sent. A plus sign
// stands for itself there.
func filterOf(t *testing.T, r *http.Request) (text string, escaped int) {
	t.Helper()
	for param := range strings.SplitSeq(r.URL.RawQuery, "&") {
		if raw, ok := strings.CutPrefix(param, "filter="); ok {
			if strings.ContainsAny(raw, "+ \"<>\\") {
				t.Errorf("not escaped: %s", raw)
			}
			text, err := url.PathUnescape(raw)
			if err != nil {
				t.Error(err)
			}
			return text, len(raw)
		}
		if strings.HasPrefix(param, "%24filter") || strings.HasPrefix(param, "$filter") {
			t.Errorf("the parameter is filter: %s", param)
		}
	}
	return "", 0
}

// sentFilter is the filter that a list sends.
func sentFilter(t *testing.T, call func(c *tulip.Client) error) (string, error) {
	t.Helper()
	var sent string
	err := call(newClient(t, roundTripFunc(func(r *http.Request) (*http.Response, error) {
		sent, _ = filterOf(t, r)
		return inMemory(200, nil, `{"items":[]}`)(r)
	})))
	return sent, err
}

// filtering are the calls that take a filter of ids.
func filtering(t *testing.T) map[string]func(c *tulip.Client, f tulip.IDFilter) error {
	t.Helper()
	ctx := t.Context()
	return map[string]func(c *tulip.Client, f tulip.IDFilter) error{
		"id": func(c *tulip.Client, f tulip.IDFilter) error {
			_, err := c.UserGroups.List(ctx, tulip.ListUserGroupsOptions{Filter: f})
			return err
		},
		"userId": func(c *tulip.Client, f tulip.IDFilter) error {
			_, err := c.UserGroups.ListUsers(ctx, anID, tulip.ListMembershipsOptions{Filter: f})
			return err
		},
		"userGroupId": func(c *tulip.Client, f tulip.IDFilter) error {
			_, err := c.Users.ListUserGroups(ctx, anID, tulip.ListMembershipsOptions{Filter: f})
			return err
		},
	}
}

// TestIDs: the field is the endpoint's, and a value is what it is.
func TestIDs(t *testing.T) {
	t.Parallel()
	tests := []struct {
		ids  []string
		want string // with the field as F
	}{
		{[]string{"a"}, "F eq 'a'"},
		{[]string{"b", "a", "c"}, "F eq 'b' or F eq 'a' or F eq 'c'"},
		{[]string{"O'Brien"}, "F eq 'O''Brien'"},
		{[]string{"'", "''"}, "F eq '''' or F eq ''''''"},
		{[]string{"x' or userId eq 'y"}, "F eq 'x'' or userId eq ''y'"},
		{[]string{`a\'b`}, `F eq 'a\''b'`},
		{[]string{"R&D = 50% + ü # ; / \\"}, "F eq 'R&D = 50% + ü # ; / \\'"},
		{[]string{"a\nb\x00c"}, "F eq 'a\nb\x00c'"},
		{[]string{"null", "true", "viewer-with-player"}, "F eq 'null' or F eq 'true' or F eq 'viewer-with-player'"},
		{[]string{" "}, "F eq ' '"},
	}
	for field, call := range filtering(t) {
		for _, tt := range tests {
			got, err := sentFilter(t, func(c *tulip.Client) error { return call(c, tulip.IDs(tt.ids...)) })
			if want := strings.ReplaceAll(tt.want, "F", field); err != nil || got != want {
				t.Errorf("%q: %s, want %s; %v", tt.ids, got, want, err)
			}
		}
		if got, err := sentFilter(t, func(c *tulip.Client) error { return call(c, tulip.IDFilter{}) }); err != nil || got != "" {
			t.Errorf("no filter: %s, %v", got, err)
		}
	}
}

// TestUserFilters: the fields that the users list is documented to filter by.
func TestUserFilters(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		filter tulip.UserFilter
		want   string
	}{
		{"none", tulip.UserFilter{}, ""},
		{"ids", tulip.UserIDs("a", "O'B"), "id eq 'a' or id eq 'O''B'"},
		{"badges", tulip.BadgeIDs("JS001"), "badgeId eq 'JS001'"},
		{"names", tulip.FullNames("Ana Ruiz", "Conor O'Brien"), "name/full eq 'Ana Ruiz' or name/full eq 'Conor O''Brien'"},
		{"verified", tulip.EmailVerified(true), "email/verified eq true"},
		{"not verified", tulip.EmailVerified(false), "email/verified eq false"},
		{"global roles", tulip.GlobalRoles("admin", "owner"), "globalRoleId eq 'admin' or globalRoleId eq 'owner'"},
		{"a workspace's role", tulip.WorkspaceRoles("viewer"), "workspaceRoleAssignments/any(a:a/userRoleId eq 'viewer')"},
		{"a workspace", tulip.Workspaces("DEFAULT"), "workspaceRoleAssignments/any(a:a/workspaceId eq 'DEFAULT')"},
		{"any", tulip.Or(tulip.GlobalRoles("admin"), tulip.WorkspaceRoles("admin")), "globalRoleId eq 'admin' or workspaceRoleAssignments/any(a:a/userRoleId eq 'admin')"},
		{"any of any", tulip.Or(tulip.Or(tulip.UserIDs("a"), tulip.UserIDs("b")), tulip.EmailVerified(true)), "id eq 'a' or id eq 'b' or email/verified eq true"},
		{"any of one", tulip.Or(tulip.UserIDs("a")), "id eq 'a'"},
		{"injection", tulip.BadgeIDs("x' or id eq 'y"), "badgeId eq 'x'' or id eq ''y'"},
		{"injection into a role", tulip.WorkspaceRoles("x') or true or ('"), "workspaceRoleAssignments/any(a:a/userRoleId eq 'x'') or true or (''')"},
		{"raw", tulip.RawUserFilter("startswith(name/full,'A') and not (badgeId eq null)"), "startswith(name/full,'A') and not (badgeId eq null)"},
	}
	for _, tt := range tests {
		got, err := sentFilter(t, func(c *tulip.Client) error {
			_, err := c.Users.List(t.Context(), tulip.ListUsersOptions{Filter: tt.filter})
			return err
		})
		if err != nil || got != tt.want {
			t.Errorf("%s: %s, want %s; %v", tt.name, got, tt.want, err)
		}
	}
	// What stands for several terms reads as what it is made of.
	for name, tt := range map[string]struct {
		filter tulip.UserFilter
		want   []term
	}{
		"roles": {tulip.WorkspaceRoles("a", "b'"), []term{{"workspaceRoleAssignments/userRoleId", "a"}, {"workspaceRoleAssignments/userRoleId", "b'"}}},
		"all": {
			tulip.Or(tulip.Workspaces("w", "v"), tulip.FullNames("x"), tulip.EmailVerified(false)),
			[]term{{"workspaceRoleAssignments/workspaceId", "w"}, {"workspaceRoleAssignments/workspaceId", "v"}, {"name/full", "x"}, {"email/verified", "false"}},
		},
	} {
		sent, err := sentFilter(t, func(c *tulip.Client) error {
			_, err := c.Users.List(t.Context(), tulip.ListUsersOptions{Filter: tt.filter})
			return err
		})
		if got, readErr := readFilter(sent); err != nil || readErr != nil || !slices.Equal(got, tt.want) {
			t.Errorf("%s: %s: %q, %v, %v", name, sent, got, err, readErr)
		}
	}
	for want, filter := range map[string]tulip.RoleFilter{"": {}, "isCustom eq true": tulip.IsCustom(true), "isCustom eq false": tulip.IsCustom(false)} {
		got, err := sentFilter(t, func(c *tulip.Client) error {
			_, err := c.Roles.List(t.Context(), tulip.ListRolesOptions{Filter: filter})
			return err
		})
		if err != nil || got != want {
			t.Errorf("roles: %s, want %s; %v", got, want, err)
		}
	}
}

// TestFiltersOfNothing: no ids are no filter for everything.
func TestFiltersOfNothing(t *testing.T) {
	t.Parallel()
	for name, filter := range map[string]tulip.IDFilter{
		"none": tulip.IDs(), "an empty id": tulip.IDs("a", ""), "no UTF-8": tulip.IDs("a\xff"), "half a rune": tulip.IDs("\xc3"),
	} {
		for field, call := range filtering(t) {
			if err := call(newClient(t, newMock(t)), filter); !errors.Is(err, tulip.ErrInvalidArgument) {
				t.Errorf("%s of %s: %v, want ErrInvalidArgument", name, field, err)
			}
		}
		c, ctx := newClient(t, newMock(t)), t.Context()
		_, groups := tulip.Collect(c.UserGroups.All(ctx, tulip.ListUserGroupsOptions{Filter: filter}))
		_, users := tulip.Collect(c.UserGroups.AllUsers(ctx, anID, tulip.ListMembershipsOptions{Filter: filter}))
		_, ofUser := tulip.Collect(c.Users.AllUserGroups(ctx, anID, tulip.ListMembershipsOptions{Filter: filter}))
		for _, err := range []error{groups, users, ofUser} {
			if !errors.Is(err, tulip.ErrInvalidArgument) {
				t.Errorf("%s of All: %v, want ErrInvalidArgument", name, err)
			}
		}
	}
	for name, filter := range map[string]tulip.UserFilter{
		"no ids": tulip.UserIDs(), "no badges": tulip.BadgeIDs(), "no names": tulip.FullNames(), "no roles": tulip.GlobalRoles(),
		"no workspace roles": tulip.WorkspaceRoles(), "no workspaces": tulip.Workspaces(), "any of nothing": tulip.Or(),
		"an empty id": tulip.UserIDs("a", ""), "an empty role": tulip.WorkspaceRoles(""), "no UTF-8": tulip.FullNames("\xff"),
		"any of none": tulip.Or(tulip.UserIDs("a"), tulip.UserFilter{}), "any of no ids": tulip.Or(tulip.UserIDs("a"), tulip.UserIDs()),
		"any of no badges first": tulip.Or(tulip.BadgeIDs(), tulip.UserIDs("a")),
		"raw and empty":          tulip.RawUserFilter(""), "raw and no UTF-8": tulip.RawUserFilter("\xff"), "any of raw and empty": tulip.Or(tulip.UserIDs("a"), tulip.RawUserFilter("")),
	} {
		_, err := newClient(t, newMock(t)).Users.List(t.Context(), tulip.ListUsersOptions{Filter: filter})
		_, allErr := tulip.Collect(newClient(t, newMock(t)).Users.All(t.Context(), tulip.ListUsersOptions{Filter: filter}))
		if !errors.Is(err, tulip.ErrInvalidArgument) || !errors.Is(allErr, tulip.ErrInvalidArgument) {
			t.Errorf("%s: %v, %v, want ErrInvalidArgument", name, err, allErr)
		}
	}
}

// TestRawFilterAmongOthers: a filter that was written by hand may be anything, so it
// stays apart when it is joined.
func TestRawFilterAmongOthers(t *testing.T) {
	t.Parallel()
	for _, raw := range []string{"badgeId eq 'x' and email/verified eq true", "id eq 'a'"} {
		got, err := sentFilter(t, func(c *tulip.Client) error {
			_, err := c.Users.List(t.Context(), tulip.ListUsersOptions{Filter: tulip.Or(tulip.UserIDs("a"), tulip.RawUserFilter(raw))})
			return err
		})
		if err != nil || got != "id eq 'a' or "+raw && got != "id eq 'a' or ("+raw+")" {
			t.Errorf("%s: %s, %v", raw, got, err)
		}
	}
}

// chunks serves lists by their filter: of what it names, the known ids, in an order of
// its own, three to a page.
type chunks struct {
	t       *testing.T
	key     string
	terms   []int  // of each first page
	longest int    // filter, in bytes as it is sent
	unknown string // ids that end so are not there
}

func (s *chunks) RoundTrip(r *http.Request) (*http.Response, error) {
	text, length := filterOf(s.t, r)
	terms, err := readFilter(text)
	if err != nil {
		s.t.Error(err)
	}
	offset := 0
	_, _ = fmt.Sscan(r.URL.Query().Get("offset"), &offset)
	if offset == 0 {
		s.terms = append(s.terms, len(terms))
	}
	s.longest = max(s.longest, length)
	var ids []string
	for _, one := range terms {
		if s.unknown == "" || !strings.HasSuffix(one.value, s.unknown) {
			ids = append(ids, one.value)
		}
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	count, next := len(ids), ""
	if ids = ids[min(offset, len(ids)):]; len(ids) > 3 {
		query := r.URL.Query()
		query.Set("offset", strconv.Itoa(offset+3))
		ids, next = ids[:3], `,"nextPage":`+quoted("?"+strings.ReplaceAll(query.Encode(), "+", "%20"))
	}
	list := make([]string, len(ids))
	for i, id := range ids {
		list[i] = fmt.Sprintf(`{%q:%s}`, s.key, quoted(id))
	}
	return inMemory(200, nil, fmt.Sprintf(`{"items":[%s],"count":%d%s}`, strings.Join(list, ","), count, next))(r)
}

// TestLongFilters: All cuts a long list of ids into several requests, of 50 terms and
// 4000 bytes of escaped filter at most, and yields each item once.
func TestLongFilters(t *testing.T) {
	t.Parallel()
	long := func(n, length int, filler string) []string {
		ids := make([]string, n)
		for i := range ids {
			ids[i] = fmt.Sprintf("%s%04d", strings.Repeat(filler, length), i)
		}
		return ids
	}
	tests := map[string]struct {
		ids      []string
		requests int // chunks; 0 for any number
	}{
		"one":                {long(1, 1, "g"), 1},
		"50":                 {long(50, 1, "g"), 1},
		"51":                 {long(51, 1, "g"), 2},
		"120":                {long(120, 1, "g"), 3},
		"300":                {long(300, 1, "g"), 6},
		"long ones":          {long(60, 100, "g"), 0},
		"long when escaped":  {long(60, 30, "ü"), 0},
		"longer on the wire": {long(60, 30, "&"), 0},
		"spaces":             {long(60, 30, " "), 0},
		"quotes":             {long(60, 20, "'"), 0},
		"one each":           {long(5, 3800, "g"), 5},
		"one that is longer": {long(1, 5000, "g"), 1}, // it cannot be cut, and is not left out either
		"longer ones":        {long(3, 5000, "g"), 3},
		"twice the same":     {slices.Concat(long(40, 1, "g"), long(40, 1, "g")), 1},
		"the same, far away": {slices.Concat(long(70, 1, "g"), long(5, 1, "g")), 2},
	}
	ctx := t.Context()
	for _, l := range listings {
		if l.name == "Roles.List" {
			continue
		}
		walk := map[string]func(c *tulip.Client, ids []string) ([]string, error){
			"UserGroups.List": func(c *tulip.Client, ids []string) ([]string, error) {
				return tulip.Collect(idsOf(c.UserGroups.All(ctx, tulip.ListUserGroupsOptions{Filter: tulip.IDs(ids...)}), groupID))
			},
			"UserGroups.ListUsers": func(c *tulip.Client, ids []string) ([]string, error) {
				return tulip.Collect(idsOf(c.UserGroups.AllUsers(ctx, anID, tulip.ListMembershipsOptions{Filter: tulip.IDs(ids...)}), userRefID))
			},
			"Users.List": func(c *tulip.Client, ids []string) ([]string, error) {
				return tulip.Collect(idsOf(c.Users.All(ctx, tulip.ListUsersOptions{Filter: tulip.UserIDs(ids...)}), userID))
			},
			"Users.ListUserGroups": func(c *tulip.Client, ids []string) ([]string, error) {
				return tulip.Collect(idsOf(c.Users.AllUserGroups(ctx, anID, tulip.ListMembershipsOptions{Filter: tulip.IDs(ids...)}), groupRefID))
			},
		}[l.name]
		for name, tt := range tests {
			t.Run(l.all+"/"+name, func(t *testing.T) {
				t.Parallel()
				s := &chunks{t: t, key: l.key}
				got, err := walk(newClient(t, s), tt.ids)
				want := slices.Clone(tt.ids)
				slices.Sort(want)
				slices.Sort(got)
				if err != nil || !slices.Equal(got, slices.Compact(want)) {
					t.Errorf("%d items, want %d: %v", len(got), len(slices.Compact(want)), err)
				}
				if slices.Max(s.terms) > 50 || s.longest > 4000 && len(tt.ids[0]) < 4000 || tt.requests != 0 && len(s.terms) != tt.requests {
					t.Errorf("filters of %v terms, the longest has %d bytes", s.terms, s.longest)
				}
			})
		}
	}
}

// TestLongFiltersMissing: ids that are not there are no error of a list, and what a
// part of the requests leaves out is told in the end, once.
func TestLongFiltersMissing(t *testing.T) {
	t.Parallel()
	var ids []string
	for n := range 120 {
		ids = append(ids, fmt.Sprintf("g%04d", n))
	}
	s := &chunks{t: t, key: "id", unknown: "7"}
	got, err := tulip.Collect(newClient(t, s).UserGroups.All(t.Context(), tulip.ListUserGroupsOptions{Filter: tulip.IDs(ids...)}))
	if err != nil || len(got) != 108 || len(s.terms) != 3 {
		t.Errorf("%d items of %v, %v", len(got), s.terms, err)
	}
	requests := 0
	ids = append(ids, "b", "c", "d") // what comes, of all that is asked for
	got, err = tulip.Collect(newClient(t, roundTripFunc(func(r *http.Request) (*http.Response, error) {
		requests++
		return inMemory(200, nil, strings.ReplaceAll(items(string(rune('a'+requests)), fmt.Sprintf(`,"count":%d`, requests)+without(string(rune('q'+requests)))), `"@`, `"id":"`))(r)
	})).UserGroups.All(t.Context(), tulip.ListUserGroupsOptions{Filter: tulip.IDs(ids...)}))
	checkSentinels(t, err, []string{"ErrIncomplete"})
	if len(got) != 3 || requests != 3 {
		t.Errorf("%d items of %d requests", len(got), requests)
	}
	checkPartial(t, err, tulip.OpUserGroupsList, "rst", 1) // the third says 3, and has two
}

// TestLongFiltersOverlap: who matches both parts of a filter comes once, also when the
// second part has far more than a hundred pages of those of the first.
func TestLongFiltersOverlap(t *testing.T) {
	t.Parallel()
	workspaces := make([]string, 60)
	for n := range workspaces {
		workspaces[n] = fmt.Sprintf("w%02d", n)
	}
	const members = 110
	requests := 0
	got, err := tulip.Collect(newClient(t, roundTripFunc(func(r *http.Request) (*http.Response, error) {
		requests++
		query, n := r.URL.Query(), 0
		_, _ = fmt.Sscan(query.Get("offset"), &n)
		next := ""
		if n+1 < members {
			query.Set("offset", strconv.Itoa(n+1))
			next = `,"nextPage":` + quoted("?"+query.Encode())
		}
		return inMemory(200, nil, fmt.Sprintf(`{"items":[{"id":"u%d"}],"count":%d%s}`, n, members, next))(r)
	})).Users.All(t.Context(), tulip.ListUsersOptions{Filter: tulip.Workspaces(workspaces...), Limit: new(1)}))
	if err != nil || len(got) != members || requests != 2*members {
		t.Errorf("%d users of %d requests, %v", len(got), requests, err)
	}
}

// TestStrangers: of a list by ids it is known who may be on it. A server that does not
// filter, or a proxy that drops the query, would say of anybody that he is in the group.
func TestStrangers(t *testing.T) {
	t.Parallel()
	for _, l := range listings {
		if l.name == "Roles.List" {
			continue // the filter says nothing of ids
		}
		for _, at := range []int{0, 1} {
			bodies := []string{`{"items":[{"@i1"}]{next}}`, `{"items":[{"@i2"},{"@i4"}]}`}[1-at:]
			client, asked := pages(t, l, bodies...)
			got, err := tulip.Collect(l.walk(t.Context(), client, query{id: anID, filter: true}))
			checkSentinels(t, err, []string{"ErrUnexpectedResponse"})
			if err == nil || len(got) != at || len(*asked) != at+1 || !strings.Contains(err.Error(), "item 1 of the page is none that the filter lets pass") {
				t.Errorf("%s: %q of %q, %v", l.all, got, *asked, err)
			}
		}
		client, _ := pages(t, l, `{"items":[{"@i4"}],"count":1}`)
		page, err := l.page(t.Context(), client, query{id: anID, filter: true})
		checkSentinels(t, err, []string{"ErrUnexpectedResponse"})
		if page != nil {
			t.Errorf("%s: a page beside %v", l.name, err)
		}
		client, _ = pages(t, l, `{"items":[{"@i3"},{"@i1"}],"count":2}`)
		if page, err := l.page(t.Context(), client, query{id: anID, filter: true}); err != nil || len(page.Items) != 2 {
			t.Errorf("%s: %+v, %v", l.name, page, err)
		}
	}
	// A filter that says more than ids lets others pass.
	for name, filter := range map[string]tulip.UserFilter{
		"Or": tulip.Or(tulip.UserIDs("i1"), tulip.EmailVerified(true)), "badges": tulip.BadgeIDs("i1"), "none": {}, "raw": tulip.RawUserFilter("id eq 'i1'"),
	} {
		client, _ := pages(t, listings[2], `{"items":[{"@i4"}]}`)
		if got, err := tulip.Collect(client.Users.All(t.Context(), tulip.ListUsersOptions{Filter: filter})); err != nil || len(got) != 1 {
			t.Errorf("%s: %d users, %v", name, len(got), err)
		}
	}
}

// TestManyIDs: it takes a moment to make a filter of very many, not the square of it.
func TestManyIDs(t *testing.T) {
	t.Parallel()
	ids := make([]string, 50_000)
	for n := range ids {
		ids[n] = "g56RCoZCtz" + strconv.Itoa(n)
	}
	begin := time.Now()
	users := tulip.UserIDs(ids...)
	for _, err := range newClient(t, inMemory(500, nil, "")).Users.All(t.Context(), tulip.ListUsersOptions{Filter: users}, tulip.NoRetry()) {
		if !errors.Is(err, tulip.ErrUnavailable) {
			t.Error(err)
		}
	}
	if took := time.Since(begin); took > 10*time.Second { // or minutes
		t.Errorf("%d ids took %s", len(ids), took)
	}
}

// TestLongFiltersOffset: items to be skipped of several requests are of no one list.
func TestLongFiltersOffset(t *testing.T) {
	t.Parallel()
	var ids []string
	for n := range 51 {
		ids = append(ids, fmt.Sprintf("g%04d", n))
	}
	for n, fails := range map[int]bool{50: false, 51: true} {
		s := &chunks{t: t, key: "id"}
		o := tulip.ListUserGroupsOptions{Filter: tulip.IDs(ids[:n]...), Offset: 3}
		got, err := tulip.Collect(newClient(t, s).UserGroups.All(t.Context(), o))
		if fails != errors.Is(err, tulip.ErrInvalidArgument) || fails != (len(s.terms) == 0 && s.longest == 0) || !fails && len(got) != 47 {
			t.Errorf("%d ids: %d items, %v", n, len(got), err)
		}
	}
}

// TestLongFiltersOfList: one page is one request, however long.
func TestLongFiltersOfList(t *testing.T) {
	t.Parallel()
	var ids []string
	for n := range 50 {
		ids = append(ids, fmt.Sprintf("g%04d", n))
	}
	s := &chunks{t: t, key: "id"}
	if _, err := newClient(t, s).UserGroups.List(t.Context(), tulip.ListUserGroupsOptions{Filter: tulip.IDs(ids...)}); err != nil || !slices.Equal(s.terms, []int{50}) {
		t.Errorf("%v, %v", s.terms, err)
	}
}
