package tulip_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/usergroups-go/usergroups/tulip"
	"github.com/usergroups-go/usergroups/tulip/tuliptest"
)

// The tests of this file hold the client against the fake, which was written from the
// contract and knows no client.

func newFake(t *testing.T, opts ...tuliptest.Option) *tuliptest.Server {
	t.Helper()
	fake := tuliptest.NewServer(opts...)
	t.Cleanup(fake.Close)
	return fake
}

func newFakeClient(t *testing.T, fake *tuliptest.Server, opts ...tulip.Option) *tulip.Client {
	t.Helper()
	return mustClient(t, fake.URL, append([]tulip.Option{
		tulip.WithAuthHeader(fake.AuthHeader()), tulip.WithRetryWait(time.Millisecond, 2*time.Millisecond),
	}, opts...)...)
}

// Some of the sample instance.
const (
	maintenance = "machineTeam000002"
	closedLine  = "lineFour000000007"
	diego       = "diegoAlvarez00004"
	finn        = "finnOBrien0000006"
	grace       = "graceMwangi000007" // deactivated
	operator    = "operator"
)

// idInPath is an id of the fake's that the method takes.
func idInPath(m method) string {
	switch {
	case strings.HasPrefix(m.path, "/user-groups"):
		return maintenance
	case strings.HasPrefix(m.path, "/users"):
		return diego
	}
	return operator
}

// TestRoutes: each operation is served, under the table's own spelling, to a token
// with its scope; without it, or with a token that was switched off, it is refused.
func TestRoutes(t *testing.T) {
	t.Parallel()
	var spelled []string
	for _, m := range methods {
		spelled = append(spelled, "GET "+m.path)
	}
	for _, route := range tuliptest.Routes() {
		if !slices.Contains(spelled, route) {
			t.Errorf("the fake serves %s, which is no row", route)
		}
	}
	for _, m := range methods {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			fake := newFake(t, tuliptest.WithScopes(tulip.Scopes(m.op)...))
			client := newFakeClient(t, fake, tulip.WithMaxRetries(0))
			if err := m.call(t.Context(), client, idInPath(m)); err != nil {
				t.Errorf("with %q: %v", tulip.Scopes(m.op), err)
			}
			if fake.Count("GET "+m.path) == 0 || fake.Count("") != fake.Count("GET "+m.path) {
				t.Errorf("%d of %d requests on %s", fake.Count("GET "+m.path), fake.Count(""), m.path)
			}
			if m.hasID() {
				checkSentinels(t, m.call(t.Context(), client, "unknown"), []string{"ErrNotFound"})
			}
			fake.DisableToken(true)
			checkSentinels(t, m.call(t.Context(), client, idInPath(m)), []string{"ErrUnauthorized"})
			for unauthorized, want := range map[bool]string{false: "ErrForbidden", true: "ErrUnauthorized"} {
				poor := newFake(t, tuliptest.WithScopes("stations:read"), tuliptest.WithGuesses(tuliptest.Guesses{ScopeUnauthorized: unauthorized}))
				err := m.call(t.Context(), newFakeClient(t, poor), idInPath(m))
				checkSentinels(t, err, []string{want})
				var e *tulip.Error
				if !errors.As(err, &e) || !slices.Equal(e.Scopes, []string{"users:read"}) || poor.Count("") != 1 {
					t.Errorf("without the scope: %v after %d requests", err, poor.Count(""))
				}
			}
		})
	}
}

// guesses are what the contract leaves open, one at a time and at once.
func guesses() map[string]tuliptest.Guesses {
	single := map[string]tuliptest.Guesses{
		"none": {}, "default limit": {DefaultLimit: 2}, "a lower limit": {MaxLimit: 5}, "a higher limit": {MaxLimit: 1000},
		"path": {Link: tuliptest.LinkPath}, "query": {Link: tuliptest.LinkQuery},
		"nextPage null": {NoLink: tuliptest.NoLinkNull}, "nextPage empty": {NoLink: tuliptest.NoLinkEmpty},
		"10.0": {Number: tuliptest.NumberDecimal}, "1e1": {Number: tuliptest.NumberExponent},
		"items null": {Empty: tuliptest.EmptyNull}, "items absent": {Empty: tuliptest.EmptyAbsent},
		"no count": {NoCount: true}, "count without omitted": {CountWithoutOmitted: true},
		"unknown parameters": {RefuseUnknownParams: true}, "users' parameters": {UsersParamsUnnamed: true, MaxLimit: 5},
		"no assignedUsersCount": {NoUsersCount: true}, "no codes": {NoUnnamedCodes: true},
	}
	all := tuliptest.Guesses{
		DefaultLimit: 3, MaxLimit: 7, Link: tuliptest.LinkQuery, NoLink: tuliptest.NoLinkEmpty, Number: tuliptest.NumberExponent, Empty: tuliptest.EmptyAbsent,
		CountWithoutOmitted: true, RefuseUnknownParams: true, UsersParamsUnnamed: true, NoUsersCount: true, NoUnnamedCodes: true,
	}
	single["all"] = all
	return single
}

// TestWhicheverIsTrue: what the contract leaves open changes nothing of an access
// review: everybody in every group, and every group of everybody.
func TestWhicheverIsTrue(t *testing.T) {
	t.Parallel()
	sample := tuliptest.SampleInstance()
	members, groups := make(map[string][]string), make(map[string][]string)
	for _, g := range sample.Groups {
		members[g.ID] = g.Members
		for _, user := range g.Members {
			groups[user] = append(groups[user], g.ID)
		}
	}
	ctx := t.Context()
	for name, g := range guesses() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := newFake(t, tuliptest.WithGuesses(g))
			client := newFakeClient(t, fake)
			same := func(what string, got, want []string, err error) {
				t.Helper()
				if err != nil || !slices.Equal(slices.Sorted(slices.Values(got)), slices.Sorted(slices.Values(want))) {
					t.Errorf("%s: %q, want %q: %v", what, got, want, err)
				}
			}
			all := make(map[bool][]string) // groups and users, by archived
			for _, archived := range []bool{false, true} {
				var wantGroups, wantUsers, wantRoles []string
				for _, one := range sample.Groups {
					if (one.Archived != tuliptest.Action{}) == archived {
						wantGroups = append(wantGroups, one.ID)
					}
				}
				for _, one := range sample.Users {
					if (one.Archived != tuliptest.Action{}) == archived {
						wantUsers = append(wantUsers, one.ID)
					}
				}
				for _, one := range sample.Roles {
					if (one.Archived != tuliptest.Action{}) == archived {
						wantRoles = append(wantRoles, one.ID)
					}
				}
				got, err := tulip.Collect(idsOf(client.UserGroups.All(ctx, tulip.ListUserGroupsOptions{Archived: archived}), groupID))
				same("groups", got, wantGroups, err)
				all[archived] = append(all[archived], got...)
				got, err = tulip.Collect(idsOf(client.Users.All(ctx, tulip.ListUsersOptions{Archived: archived, Limit: new(3)}), userID))
				same("users", got, wantUsers, err)
				got, err = tulip.Collect(idsOf(client.Roles.All(ctx, tulip.ListRolesOptions{Archived: archived, Limit: new(1)}), roleID))
				same("roles", got, wantRoles, err)
			}
			for id, want := range members {
				for how, opts := range map[string][]tulip.CallOption{"one by one": nil, "by filter": {tulip.WithMembersByFilter()}} {
					users, err := tulip.Collect(client.UserGroups.MembersOf(ctx, id, opts...))
					got := make([]string, len(users))
					for i, u := range users {
						got[i] = u.ID
						if seeded, _ := fake.User(u.ID); u.Name.Full != seeded.Name || u.BadgeID != seeded.BadgeID {
							t.Errorf("%s: %+v", how, u)
						}
					}
					if err != nil || !slices.Equal(got, want) {
						t.Errorf("members of %s %s: %q, want %q: %v", id, how, got, want, err)
					}
				}
			}
			for _, user := range sample.Users {
				got, err := tulip.Collect(idsOf(client.Users.GroupsOf(ctx, user.ID), groupID))
				same("groups of "+user.ID, got, groups[user.ID], err)
			}
			if fake.MaxInFlight() > 5 {
				t.Errorf("%d requests at a time", fake.MaxInFlight())
			}
		})
	}
}

// TestOmitted: a record that the server cannot load makes a list incomplete, and is
// there when it is asked for.
func TestOmitted(t *testing.T) {
	t.Parallel()
	for name, g := range guesses() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := newFake(t, tuliptest.WithGuesses(g))
			client := newFakeClient(t, fake)
			restore := fake.Omit(diego, tuliptest.ItemError{})
			users, err := tulip.Collect(client.Users.All(t.Context(), tulip.ListUsersOptions{Limit: new(5)}))
			checkSentinels(t, err, []string{"ErrIncomplete"})
			var partial *tulip.PartialError
			if !errors.As(err, &partial) || len(users) != 11 || omittedIDs(partial) != diego || partial.Missing != 0 {
				t.Errorf("%d users, %v", len(users), err)
			}
			_, err = tulip.Collect(client.UserGroups.MembersOf(t.Context(), closedLine))
			if !errors.As(err, &partial) || omittedIDs(partial) != diego {
				t.Errorf("members: %v", err)
			}
			if u, err := client.Users.Get(t.Context(), diego); err != nil || u.Name.Full != "Diego Alvarez" {
				t.Errorf("%+v, %v", u, err)
			}
			restore()
			// A group that only the list leaves out is found by itself.
			fake.Omit(maintenance, tuliptest.ItemError{Code: "x.y", Retryable: true})
			fake.AddMember(maintenance, "nobody")
			groups, err := tulip.Collect(client.UserGroups.All(t.Context(), tulip.ListUserGroupsOptions{}))
			if !errors.As(err, &partial) || len(groups) != 5 || omittedIDs(partial) != maintenance || partial.Omitted[0].Code != "x.y" {
				t.Errorf("%d groups, %v", len(groups), err)
			}
			// Somebody of whom the group has no more than the id.
			members, err := tulip.Collect(client.UserGroups.MembersOf(t.Context(), maintenance))
			if !errors.As(err, &partial) || len(members) != 3 || omittedIDs(partial) != "nobody" {
				t.Errorf("%d members, %v", len(members), err)
			}
		})
	}
}

// TestFiltersOfFake: what the builders say is understood by a parser of its own.
func TestFiltersOfFake(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	client := newFakeClient(t, fake)
	injected := "x' or id eq '" + diego
	for name, tt := range map[string]struct {
		filter tulip.UserFilter
		want   string // first names
	}{
		"ids":          {tulip.UserIDs(finn, diego), "Diego Finn"},
		"badges":       {tulip.BadgeIDs("JW010", "KN011"), "Jonas Kavya"},
		"names":        {tulip.FullNames("Finn O'Brien", "finn o'brien"), "Finn"},
		"not verified": {tulip.Or(tulip.UserIDs(finn), tulip.EmailVerified(false)), "Elif Finn Hiro"},
		"everywhere":   {tulip.GlobalRoles("owner"), "Amara"},
		"somewhere":    {tulip.WorkspaceRoles("viewer"), "Finn Hiro"},
		"anywhere":     {tulip.Or(tulip.GlobalRoles("owner"), tulip.WorkspaceRoles("viewer")), "Amara Finn Hiro"},
		"workspace":    {tulip.Workspaces("LAB"), "Finn"},
		"raw":          {tulip.RawUserFilter("badgeId eq 'JW010'"), "Jonas"},
		"injection":    {tulip.BadgeIDs(injected), ""},
		"deactivated":  {tulip.UserIDs(grace), ""},
	} {
		users, err := tulip.Collect(client.Users.All(t.Context(), tulip.ListUsersOptions{Filter: tt.filter}))
		var names []string
		for _, u := range users {
			first, _, _ := strings.Cut(u.Name.Full, " ")
			names = append(names, first)
		}
		slices.Sort(names)
		if err != nil || strings.Join(names, " ") != tt.want {
			t.Errorf("%s: %q, want %s: %v", name, names, tt.want, err)
		}
	}
	refs, err := tulip.Collect(client.UserGroups.AllUsers(t.Context(), maintenance, tulip.ListMembershipsOptions{Filter: tulip.IDs(grace, finn, injected)}))
	if err != nil || len(refs) != 1 || refs[0].ID != grace {
		t.Errorf("whether they are in a group: %v, %v", refs, err)
	}
	groups, err := tulip.Collect(client.UserGroups.All(t.Context(), tulip.ListUserGroupsOptions{Search: "O'Brien's"}))
	if err != nil || len(groups) != 1 || groups[0].Name != "O'Brien's line" {
		t.Errorf("a search: %v, %v", groups, err)
	}
	groups, err = tulip.Collect(client.UserGroups.All(t.Context(), tulip.ListUserGroupsOptions{Search: "Quality & R&D"}))
	if err != nil || len(groups) != 1 {
		t.Errorf("a search: %v, %v", groups, err)
	}
	roles, err := tulip.Collect(client.Roles.All(t.Context(), tulip.ListRolesOptions{Filter: tulip.IsCustom(true)}))
	if err != nil || len(roles) != 1 || !roles[0].IsCustom {
		t.Errorf("roles: %v, %v", roles, err)
	}
	_, err = client.Users.List(t.Context(), tulip.ListUsersOptions{Filter: tulip.RawUserFilter("startswith(badgeId,'J')")})
	var e *tulip.Error
	if !errors.Is(err, tulip.ErrBadRequest) || !errors.As(err, &e) || e.Code != tulip.CodeInvalidUsersFilter {
		t.Errorf("a filter that the API does not have: %v", err)
	}
	// Who stays within it, by a server that knows no or: MembersOf without filters does.
	strict := newFakeClient(t, newFake(t, tuliptest.WithGuesses(tuliptest.Guesses{UsersWithoutOr: true})))
	if users, err := tulip.Collect(strict.UserGroups.MembersOf(t.Context(), maintenance)); err != nil || len(users) != 3 {
		t.Errorf("members one by one: %d, %v", len(users), err)
	}
	if _, err := tulip.Collect(strict.UserGroups.MembersOf(t.Context(), maintenance, tulip.WithMembersByFilter())); !errors.Is(err, tulip.ErrBadRequest) {
		t.Errorf("members by filter: %v", err)
	}
}

// TestFaults: what a connection and a gateway can do to a list of three pages.
func TestFaults(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		fault tuliptest.Fault
		opts  []tulip.Option
		fails string // "" when the list comes whole
	}{
		{name: "reset", fault: tuliptest.Fault{Kind: tuliptest.FaultReset, Times: 2}},
		{name: "cut body", fault: tuliptest.Fault{Kind: tuliptest.FaultCutBody, Times: 2}},
		{name: "slow body", fault: tuliptest.Fault{Kind: tuliptest.FaultSlowBody, Chunk: 50, Pause: time.Millisecond}},
		{name: "garbage", fault: tuliptest.Fault{Kind: tuliptest.FaultGarbage, Times: 2}},
		{name: "closed", fault: tuliptest.Fault{Kind: tuliptest.FaultClose}},
		{name: "stale", fault: tuliptest.Fault{Kind: tuliptest.FaultStaleConnection}},
		{name: "HTTP/1.0", fault: tuliptest.Fault{Kind: tuliptest.FaultHTTP10}},
		{name: "103", fault: tuliptest.Fault{Kind: tuliptest.FaultInformational}},
		{name: "503", fault: tuliptest.Fault{Status: 503, Times: 2}},
		{name: "429", fault: tuliptest.Fault{Status: 429, Times: 1, Body: tuliptest.ErrorBody("", "slow down", false, map[string]any{"details": "10 per second"})}},
		{name: "silence", fault: tuliptest.Fault{Kind: tuliptest.FaultSilence, Times: 1}, opts: []tulip.Option{tulip.WithAttemptTimeout(300 * time.Millisecond)}},
		{name: "HTML", fault: tuliptest.Fault{Kind: tuliptest.FaultHTML, Skip: 1}, fails: "ErrUnexpectedResponse"},
		{name: "allowlist", fault: tuliptest.Fault{Kind: tuliptest.FaultHTML, Status: 403}, fails: "ErrForbidden"},
		{name: "huge", fault: tuliptest.Fault{Kind: tuliptest.FaultHugeBody, Size: 33 << 20}, fails: "ErrUnexpectedResponse"},
		{name: "redirect", fault: tuliptest.Fault{Kind: tuliptest.FaultRedirect, Skip: 2}, fails: "ErrUnexpectedResponse"},
		{name: "retryable", fault: tuliptest.Fault{Status: 400, Times: 2, Body: tuliptest.ErrorBody("x.y", "m", true, nil)}},
		{name: "believed", fault: tuliptest.Fault{Status: 500, Times: 1, Body: tuliptest.ErrorBody("", "m", false, nil)}, opts: []tulip.Option{tulip.WithHonorRetryable()}, fails: "ErrUnavailable"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			fake := newFake(t)
			fake.Inject(tt.fault)
			users, err := tulip.Collect(newFakeClient(t, fake, tt.opts...).Users.All(t.Context(), tulip.ListUsersOptions{Limit: new(5)}))
			checkSentinels(t, err, strings.Fields(tt.fails))
			if tt.fails == "" && len(users) != 12 {
				t.Errorf("%d users", len(users))
			}
			if fake.Count(tuliptest.RedirectTarget) != 0 {
				t.Error("the redirect was followed")
			}
		})
	}
}

// TestHostileNextPage: over a real connection, the credential does not leave.
func TestHostileNextPage(t *testing.T) {
	t.Parallel()
	elsewhere, requests := countingServer(t, answer(200, "application/json", `{"items":[]}`))
	for _, next := range []string{
		elsewhere + "/api/users/v1/users?offset=5", strings.TrimPrefix(elsewhere, "http:") + "/api/users/v1/users?offset=5", "/api/users/v1/roles?offset=5",
		"/api/users/v1/users/../roles?offset=5", "?limit=5", "https://127.0.0.1/api/users/v1/users?offset=5",
	} {
		fake := newFake(t)
		fake.Inject(tuliptest.Fault{Kind: tuliptest.FaultNextPage, NextPage: next})
		users, err := tulip.Collect(newFakeClient(t, fake).Users.All(t.Context(), tulip.ListUsersOptions{Limit: new(5)}))
		if !errors.Is(err, tulip.ErrUnexpectedResponse) || len(users) != 5 || fake.Count("") != 1 || requests.Load() != 0 {
			t.Errorf("%s: %d users, %v; %d requests here, %d elsewhere", next, len(users), err, fake.Count(""), requests.Load())
		}
	}
}

// TestRecordsThatMove: pages are requests of their own. What comes twice is told once,
// and what the shift hides is noticed by the count.
func TestRecordsThatMove(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	client := newFakeClient(t, fake)
	for n := range 20 {
		fake.AddUser(tuliptest.User{ID: fmt.Sprintf("new%02d", n), Name: "New"})
	}
	seen := make(map[string]int)
	var failed error
	for u, err := range client.Users.All(t.Context(), tulip.ListUsersOptions{Limit: new(10)}) {
		if failed = err; err != nil {
			break
		}
		if seen[u.ID]++; len(seen) == 10 {
			fake.ArchiveUser("amaraOkafor000001") // everybody moves up by one
		}
	}
	if !errors.Is(failed, tulip.ErrIncomplete) {
		t.Errorf("%d users and %v, want one that is missing", len(seen), failed)
	}
	for id, n := range seen {
		if n != 1 {
			t.Errorf("%s came %d times", id, n)
		}
	}
}

// TestEveryHeaderOnce: the fake refuses a second Authorization, Accept or User-Agent,
// as the vendor does, whatever the caller sets.
func TestEveryHeaderOnce(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	client := newFakeClient(t, fake, tulip.WithUserAgent("review/1"))
	for _, m := range methods {
		if err := m.call(t.Context(), client, idInPath(m), tulip.WithHeader("accept", "application/json"), tulip.WithHeader("User-Agent", "x")); err != nil {
			t.Errorf("%s: %v", m.name, err)
		}
	}
	// Middleware of the caller's that adds one is answered so.
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	doubling := mustClient(t, fake.URL, tulip.WithAuthHeader(fake.AuthHeader()), tulip.WithHTTPClient(&http.Client{Transport: roundTripFunc(func(r *http.Request) (*http.Response, error) {
		r = r.Clone(context.WithoutCancel(r.Context()))
		r.Header.Add("Accept", "text/html")
		return transport.RoundTrip(r)
	})}))
	var e *tulip.Error
	if err := get(t.Context(), doubling); !errors.Is(err, tulip.ErrBadRequest) || !errors.As(err, &e) || e.Code != tulip.CodeMultiValueHeader || !strings.EqualFold(e.Details.HeaderName(), "accept") {
		t.Errorf("%v", err)
	}
}
