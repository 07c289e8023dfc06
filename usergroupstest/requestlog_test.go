package usergroupstest_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/usergroups-go/usergroups/usergroupstest"
)

func TestRequests(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	before := time.Now()
	token := srv.IssueToken()
	send(t, "POST", srv.URL+groupsPath, token, "{}")
	send(t, "GET", srv.URL+"/crm/v8/users/1%2F2/actions/associated_groups?page=1&name=R%26D", token, "")
	send(t, "PATCH", srv.URL+groupsPath, "", "")
	send(t, "GET", srv.URL+"/favicon.ico", "", "")
	postForm(t, srv.URL+"/oauth/v2/token", refreshForm(srv))

	log := srv.Requests()
	for i, want := range []usergroupstest.Request{
		{Route: createRoute, Method: "POST", Path: groupsPath, Body: []byte("{}"), Status: 400},
		{Route: "GET /users/{user}/actions/associated_groups", Method: "GET", Path: "/crm/v8/users/1%2F2/actions/associated_groups", RawQuery: "page=1&name=R%26D", Status: 404},
		{Route: "", Method: "PATCH", Path: groupsPath, Status: 400},
		{Route: "", Method: "GET", Path: "/favicon.ico", Status: 404},
		{Route: "POST /oauth/v2/token", Method: "POST", Path: "/oauth/v2/token", Body: []byte(refreshForm(srv).Encode()), Status: 200},
	} {
		if len(log) <= i {
			t.Fatalf("only %d requests", len(log))
		}
		got := log[i]
		if got.Route != want.Route || got.Method != want.Method || got.Path != want.Path || got.RawQuery != want.RawQuery ||
			string(got.Body) != string(want.Body) || got.Status != want.Status {
			t.Errorf("request %d: %+v", i, got)
		}
		if got.Time.Before(before) || got.Time.After(time.Now()) {
			t.Errorf("request %d: at %v", i, got.Time)
		}
	}
	if got := log[0].Header.Get("Authorization"); got != "Zoho-oauthtoken "+token {
		t.Errorf("Authorization: %s", got)
	}

	// What a caller does to the copy is nothing to the log.
	log[0].Body[0] = 'x'
	log[0].Header.Set("Authorization", "x")
	if again := srv.Requests()[0]; string(again.Body) != "{}" || again.Header.Get("Authorization") == "x" {
		t.Errorf("%+v", again)
	}
}

func TestLogLimit(t *testing.T) {
	t.Parallel()
	srv := newServer(t, usergroupstest.WithLogLimit(3))
	refresh(t, srv)
	for i := range 4 {
		get(t, srv, fmt.Sprintf("%s?page=%d", groupsPath, i+1))
	}
	log := srv.Requests()
	if len(log) != 3 || log[0].RawQuery != "page=2" || log[2].RawQuery != "page=4" || log[2].Status != 204 {
		t.Errorf("%+v", log)
	}
	if srv.Count("") != 3 || srv.Refreshes() != 0 || srv.TokensIssued() != 1 {
		t.Errorf("%d calls, %d refreshes, %d tokens", srv.Count(""), srv.Refreshes(), srv.TokensIssued())
	}

	// A request that has left the log is still counted as being served.
	srv.ResetLog()
	leave := occupy(t, srv, 1)
	for range 3 {
		get(t, srv, groupsPath)
	}
	if n := srv.MaxInFlight(); n != 2 || srv.Count(listRoute) != 3 {
		t.Errorf("%d in flight, %d requests", n, srv.Count(listRoute))
	}
	leave()
}

func TestLogKeepsNoBodyWithoutARoute(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	for _, path := range []string{"/x", "/crm/v8/x", "/crm/v5/settings/user_groups"} {
		post(t, srv, path, newGroup)
	}
	send(t, "PATCH", srv.URL+groupsPath, "", newGroup)
	for _, request := range srv.Requests() {
		if request.Body != nil {
			t.Errorf("%s %s: %s", request.Method, request.Path, request.Body)
		}
	}
}

func TestCounts(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	get(t, srv, groupsPath)
	get(t, srv, groupsPath)
	get(t, srv, groupsPath+"/"+sales)
	get(t, srv, "/crm/v8/x")
	get(t, srv, "/x")
	refresh(t, srv)
	form := refreshForm(srv)
	form.Set("client_id", "x")
	postForm(t, srv.URL+"/oauth/v2/token", form) // a refresh, though refused
	form.Set("grant_type", "x")
	postForm(t, srv.URL+"/oauth/v2/token", form) // not a refresh
	remove := srv.Inject(usergroupstest.Fault{Route: "POST /oauth/v2/token"})
	postForm(t, srv.URL+"/oauth/v2/token", refreshForm(srv)) // a refresh, though it failed
	remove()

	want := func(all, list, token, refreshes, issued int) {
		t.Helper()
		if got := [...]int{srv.Count(""), srv.Count(listRoute), srv.Count("POST /oauth/v2/token"), srv.Refreshes(), srv.TokensIssued()}; got != [...]int{all, list, token, refreshes, issued} {
			t.Errorf("got %v", got)
		}
	}
	want(4, 2, 4, 3, 1)
	srv.ResetLog()
	want(0, 0, 0, 0, 0)
	if n := len(srv.Requests()); n != 0 || srv.MaxInFlight() != 0 {
		t.Errorf("%d requests, %d in flight", n, srv.MaxInFlight())
	}
	get(t, srv, groupsPath)
	want(1, 1, 0, 0, 0)
}

// Whatever else is sent the same form.
func TestRefreshesGoToTheTokenEndpoint(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	postForm(t, srv.URL+"/oauth/v2/token/revoke", refreshForm(srv))
	if n := srv.Refreshes(); n != 0 {
		t.Errorf("%d refreshes", n)
	}
}

func TestCountPanics(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	for _, route := range []string{"/settings/user_groups", "GET /settings/usergroups", "get /settings/user_groups"} {
		if !panics(func() { srv.Count(route) }) {
			t.Errorf("%q: no panic", route)
		}
	}
}

// Whatever comes at once, and however the clock is moved meanwhile.
func TestLogIsInOrderOfTime(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			get(t, srv, groupsPath)
			srv.Advance(time.Second)
		})
	}
	wg.Wait()
	if !slices.IsSortedFunc(srv.Requests(), func(a, b usergroupstest.Request) int { return a.Time.Compare(b.Time) }) {
		t.Errorf("%+v", srv.Requests())
	}
}

func TestMaxInFlight(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	for range 3 {
		get(t, srv, groupsPath)
	}
	if n := srv.MaxInFlight(); n != 1 {
		t.Errorf("one after the other: %d", n)
	}

	// Four requests are kept silent until all four were seen.
	srv.Inject(usergroupstest.Fault{Kind: usergroupstest.FaultSilence})
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() { get(t, srv, groupsPath) })
	}
	waitFor(t, func() bool { return srv.MaxInFlight() == 4 })
	refresh(t, srv) // is not the API
	if n := srv.MaxInFlight(); n != 4 {
		t.Errorf("with a refresh beside: %d", n)
	}
	srv.ResetLog()
	if n := srv.MaxInFlight(); n != 4 {
		t.Errorf("after ResetLog, with four at work: %d", n)
	}
	srv.Close()
	wg.Wait()
}

// The log is complete, and nothing in flight, as soon as a client has an
// answer: also a long one, which arrives before its handler returns.
func TestLogIsAheadOfTheAnswer(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	for range 200 {
		srv.AddGroup(usergroupstest.Group{Description: strings.Repeat("long ", 40)})
	}
	ask := func() {
		for range 50 {
			get(t, srv, groupsPath)
			log := srv.Requests()
			if last := log[len(log)-1]; last.Status != 200 || srv.MaxInFlight() != 1 {
				t.Fatalf("status %d, %d in flight", last.Status, srv.MaxInFlight())
			}
		}
	}
	ask()
	srv.Inject(usergroupstest.Fault{Kind: usergroupstest.FaultSlowBody, Chunk: 40 << 10, Pause: time.Nanosecond})
	ask()
}

// waitFor polls, for what happens soon but cannot be waited for.
func waitFor(t *testing.T, done func() bool) {
	t.Helper()
	for range 500 {
		if done() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatal("it did not happen within five seconds")
}
