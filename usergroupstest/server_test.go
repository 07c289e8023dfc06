package usergroupstest_test

import (
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/usergroups-go/usergroups/usergroupstest"
)

func TestCloseEndsWaitingRequests(t *testing.T) {
	t.Parallel()
	for what, srv := range map[string]*usergroupstest.Server{
		"silence": newServer(t),
		"latency": newServer(t, usergroupstest.WithLatency(time.Hour)),
	} {
		if what == "silence" {
			srv.Inject(usergroupstest.Fault{Kind: usergroupstest.FaultSilence})
		}
		const clients = 20
		results := make(chan answer, clients)
		for range clients {
			go func() { results <- get(t, srv, groupsPath) }()
		}
		waitFor(t, func() bool { return srv.Count("") == clients })
		log := srv.Requests()

		srv.Close()
		srv.ResetLog()
		if n := srv.MaxInFlight(); n != 0 {
			t.Errorf("%s: %d handlers at work after Close", what, n)
		}
		// Once more, and two at once: none may hang or panic.
		var wg sync.WaitGroup
		for range 2 {
			wg.Go(srv.Close)
		}
		wg.Wait()
		for range clients {
			if res := <-results; res.err == nil {
				t.Errorf("%s: got an answer: %+v", what, res)
			}
		}
		if res := get(t, srv, groupsPath); res.err == nil {
			t.Errorf("%s: the server still answers", what)
		}
		if log[0].Status != 0 {
			t.Errorf("%s: %+v", what, log[0])
		}
	}
}

// With a second request in the pipe behind a silent one, net/http does not
// see the connection end; Close has to end the wait on its own.
func TestCloseWithPipelinedRequests(t *testing.T) {
	t.Parallel()
	for what, srv := range map[string]*usergroupstest.Server{
		"silence": newServer(t),
		"latency": newServer(t, usergroupstest.WithLatency(time.Hour)),
	} {
		if what == "silence" {
			srv.Inject(usergroupstest.Fault{Kind: usergroupstest.FaultSilence})
		}
		var dialer net.Dialer
		conn, err := dialer.DialContext(t.Context(), "tcp", strings.TrimPrefix(srv.URL, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		const request = "GET " + groupsPath + " HTTP/1.1\r\nHost: x\r\n\r\n"
		if _, err := conn.Write([]byte(request)); err != nil {
			t.Fatal(err)
		}
		waitFor(t, func() bool { return srv.Count("") == 1 })
		if _, err := conn.Write([]byte(request)); err != nil {
			t.Fatal(err)
		}
		time.Sleep(50 * time.Millisecond) // for net/http to look into the pipe
		closed := make(chan struct{})
		go func() { srv.Close(); close(closed) }()
		select {
		case <-closed:
		case <-time.After(5 * time.Second):
			t.Errorf("%s: Close hangs", what)
		}
		_ = conn.Close()
	}
}

func TestCloseClosesIdleConnections(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	var dialer net.Dialer
	conn, err := dialer.DialContext(t.Context(), "tcp", strings.TrimPrefix(srv.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	get(t, srv, groupsPath) // by now the connection was accepted as well
	srv.Close()
	_ = conn.SetReadDeadline(time.Now().Add(5 * time.Second))
	if _, err := conn.Read(make([]byte, 1)); err == nil || isTimeout(err) {
		t.Errorf("the connection is open: %v", err)
	}
}

func isTimeout(err error) bool {
	var netErr net.Error
	return errors.As(err, &netErr) && netErr.Timeout()
}

func TestCredentials(t *testing.T) {
	t.Parallel()
	a, b := newServer(t), newServer(t)
	if a.ClientID == b.ClientID || a.ClientSecret == b.ClientSecret || a.RefreshToken == b.RefreshToken {
		t.Error("two servers share credentials")
	}
	for _, s := range []string{a.ClientID, a.ClientSecret, a.RefreshToken, a.IssueToken()} {
		if !strings.HasPrefix(s, "fake-") {
			t.Errorf("%q could be taken for a real one", s)
		}
	}
	// Changing the exported copy does not change what the server accepts.
	form := refreshForm(a)
	a.RefreshToken = "x"
	if res := postForm(t, a.URL+"/oauth/v2/token", form); !strings.Contains(res.body, "access_token") {
		t.Error(res.body)
	}
}

func TestSeeding(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	role := srv.AddRole(usergroupstest.Role{Name: "Intern"})
	territory := srv.AddTerritory(usergroupstest.Territory{Name: "Moon"})
	user := srv.AddUser(usergroupstest.User{Name: "Zoe", RoleID: role, TerritoryIDs: []string{territory}})
	sources := []usergroupstest.Source{{Type: "roles", ID: role, Subordinates: new(false)}, {Type: "territories", ID: territory}}
	group := srv.AddGroup(usergroupstest.Group{Name: "Interns", Sources: sources})

	seen := map[string]bool{role: true, territory: true, user: true, group: true}
	if len(seen) != 4 || seen[""] {
		t.Errorf("ids %v", seen)
	}
	if got := get(t, srv, "/crm/v8/users/"+user+"/actions/associated_groups").names(t); got != "Interns" {
		t.Errorf("groups of the new user: %q", got)
	}

	// Neither what went in nor what comes out is shared with the server.
	sources[0].ID = "x"
	*sources[0].Subordinates = true
	g, ok := srv.Group(group)
	if !ok || g.Sources[0].ID != role || *g.Sources[0].Subordinates {
		t.Errorf("%+v", g)
	}
	*g.Sources[0].Subordinates = true
	g.Sources[1].ID = "x"
	all := srv.Groups()
	if g := all[len(all)-1]; *g.Sources[0].Subordinates || g.Sources[1].ID != territory {
		t.Errorf("%+v", g)
	}
	if _, ok := srv.Group("nobody"); ok {
		t.Error("a group that is not there")
	}

	// The same id again replaces, without moving.
	srv.AddGroup(usergroupstest.Group{ID: sales, Name: "Selling"})
	srv.AddUser(usergroupstest.User{ID: user, Name: "Zoe"})
	if got := get(t, srv, groupsPath).names(t); got != "Leadership,Selling,R&D,DACH Partners,EMEA Field,All Hands,Interns" {
		t.Error(got)
	}
	get(t, srv, "/crm/v8/users/"+user+"/actions/associated_groups").want(t, 204, "")

	// An invented id avoids those that a seed has.
	next := srv.AddUser(usergroupstest.User{})
	taken := newServer(t, usergroupstest.WithOrg(usergroupstest.Org{Roles: []usergroupstest.Role{{ID: next}}}))
	for range 10 {
		if taken.AddUser(usergroupstest.User{}) == next {
			t.Error("an id was given twice")
		}
	}
}

func TestConcurrentUse(t *testing.T) {
	t.Parallel()
	srv := newServer(t, usergroupstest.WithGuesses(usergroupstest.Guesses{ScheduledDeletion: true}), usergroupstest.WithTokenLimit(0, 0))
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			token := refresh(t, srv)
			body := strings.Replace(newGroup, `"new"`, fmt.Sprintf(`"new %d"`, i), 1)
			if res := send(t, "POST", srv.URL+groupsPath, srv.IssueToken(), body); res.status != 201 {
				t.Errorf("%d %s", res.status, res.body)
			}
			list(t, srv, token)
			get(t, srv, groupsPath+"?include=sources,sources_count")
			get(t, srv, countPath)
			get(t, srv, "/crm/v8/users/"+amara+"/actions/associated_groups")
			del(t, srv, groupsPath+"/"+rAndD)
			remove := srv.Inject(usergroupstest.Fault{Route: "POST /oauth/v2/token/revoke"})
			srv.AddUser(usergroupstest.User{ID: chloe, Name: "Chloe"})
			srv.AddGroup(usergroupstest.Group{ID: field, Name: "EMEA Field"})
			srv.Groups()
			srv.Requests()
			srv.CompleteDeletions()
			remove()
		})
	}
	wg.Wait()
	if n := len(srv.Groups()); n != 25 {
		t.Errorf("%d groups", n)
	}
	if srv.Refreshes() != 20 || srv.TokensIssued() != 20 || srv.Count("") != 120 {
		t.Errorf("%d refreshes, %d tokens, %d requests", srv.Refreshes(), srv.TokensIssued(), srv.Count(""))
	}
}
