package tuliptest_test

import (
	"bufio"
	"errors"
	"io"
	"net"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/usergroups-go/usergroups/tulip/tuliptest"
)

func dial(t *testing.T, srv *tuliptest.Server) (net.Conn, *bufio.Reader) {
	t.Helper()
	var dialer net.Dialer
	conn, err := dialer.DialContext(t.Context(), "tcp", srv.Addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(10 * time.Second))
	return conn, bufio.NewReader(conn)
}

func sendHead(t *testing.T, conn net.Conn, head string) {
	t.Helper()
	if _, err := io.WriteString(conn, head); err != nil {
		t.Fatal(err)
	}
}

// The life of the server is tested with the other fake, which stands on the same.
func TestServer(t *testing.T) {
	t.Parallel()
	srv, err := tuliptest.Start(tuliptest.WithAddr("127.0.0.1:0"))
	if err != nil {
		t.Fatal(err)
	}
	if srv.URL != "http://"+srv.Addr {
		t.Errorf("URL %s, Addr %s", srv.URL, srv.Addr)
	}
	get(t, srv, groups).page(t)

	other, err := tuliptest.Start(tuliptest.WithAddr(srv.Addr))
	if other != nil || err == nil || !strings.HasPrefix(err.Error(), "cannot listen: listen tcp "+srv.Addr) {
		t.Errorf("%v, %v", other, err)
	}
	func() {
		defer func() {
			if text, _ := recover().(string); !strings.HasPrefix(text, "tuliptest: cannot listen: listen tcp "+srv.Addr) {
				t.Errorf("panic %q", text)
			}
		}()
		tuliptest.NewServer(tuliptest.WithAddr(srv.Addr))
	}()

	if err := srv.Shutdown(t.Context()); err != nil {
		t.Error(err)
	}
	srv.Close() // once more does no harm
	if res := get(t, srv, groups); res.err == nil {
		t.Errorf("%+v", res)
	}
}

func TestLatency(t *testing.T) {
	t.Parallel()
	srv := newServer(t, tuliptest.WithLatency(50*time.Millisecond))
	before := time.Now()
	get(t, srv, groups).page(t)
	if took := time.Since(before); took < 50*time.Millisecond {
		t.Errorf("it took %v", took)
	}
	for what, f := range map[string]func(){
		"WithLatency":  func() { tuliptest.WithLatency(-1) },
		"WithLogLimit": func() { tuliptest.WithLogLimit(-1) },
	} {
		if !panics(f) {
			t.Errorf("%s: no panic", what)
		}
	}
}

func TestRequests(t *testing.T) {
	t.Parallel()
	srv := newServer(t, tuliptest.WithLogLimit(3))
	get(t, srv, users)
	before := time.Now()
	get(t, srv, groups+"?search=R%26D")
	roundTrip(request(t, srv, "PATCH", groups, "{}"))
	roundTrip(request(t, srv, "GET", users+"/a%2Fb", "{}"))
	log := srv.Requests()
	for i, want := range []tuliptest.Request{
		{Route: listRoute, Method: "GET", Path: groups, RawQuery: "search=R%26D", Status: 200},
		{Route: "", Method: "PATCH", Path: groups, Status: 405},
		{Route: "GET /users/{id}", Method: "GET", Path: users + "/a%2Fb", Body: []byte("{}"), Status: 404},
	} {
		if len(log) != 3 {
			t.Fatalf("%d requests", len(log))
		}
		got := log[i]
		if got.Route != want.Route || got.Method != want.Method || got.Path != want.Path || got.RawQuery != want.RawQuery ||
			string(got.Body) != string(want.Body) || got.Status != want.Status || got.Header.Get("Authorization") != srv.AuthHeader() ||
			got.Time.Before(before) || got.Time.After(time.Now()) {
			t.Errorf("request %d: %+v", i, got)
		}
	}
	if srv.Count("") != 3 || srv.Count(listRoute) != 1 || srv.MaxInFlight() != 1 {
		t.Errorf("%d requests, %d lists, %d in flight", srv.Count(""), srv.Count(listRoute), srv.MaxInFlight())
	}
	srv.ResetLog()
	if srv.Count("") != 0 || len(srv.Requests()) != 0 || srv.MaxInFlight() != 0 {
		t.Error("ResetLog leaves something")
	}
	if !panics(func() { srv.Count("GET /user_groups") }) {
		t.Error("no panic")
	}
}

func TestConcurrentUse(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			for _, path := range []string{users, groups, roles, usersOf, groupsOf, users + "/" + amara, groups + "/" + machines, roles + "/owner"} {
				if res := get(t, srv, path); res.status != 200 {
					t.Errorf("%s: %d %s", path, res.status, res.body)
				}
			}
			id := srv.AddUser(tuliptest.User{Name: strconv.Itoa(i)})
			srv.AddMember(machines, id)
			srv.ArchiveUser(id)
			restore := srv.Omit(id, tuliptest.ItemError{})
			remove := srv.Inject(tuliptest.Fault{Route: "GET /roles/{id}", Skip: 1000})
			srv.Requests()
			restore()
			remove()
			srv.RestoreUser(id)
			srv.RemoveMember(machines, id)
			srv.RemoveUser(id)
		})
	}
	wg.Wait()
	if srv.Count("") != 160 {
		t.Errorf("%d requests", srv.Count(""))
	}
}

// Silence ends with the server.
func TestCloseEndsFaults(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	srv.Inject(tuliptest.Fault{Kind: tuliptest.FaultSilence})
	result := make(chan answer, 1)
	go func() { result <- get(t, srv, groups) }()
	for srv.Count("") == 0 {
		time.Sleep(time.Millisecond)
	}
	srv.Close()
	if res := <-result; res.err == nil || errors.Is(res.err, io.ErrUnexpectedEOF) {
		t.Errorf("%+v", res)
	}
}
