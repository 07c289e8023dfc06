package usergroupstest_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/usergroups-go/usergroups/usergroupstest"
)

func TestAddr(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ addr, host, at string }{
		{"127.0.0.1:0", "127.0.0.1", "127.0.0.1"},
		{"localhost:0", "127.0.0.1", "127.0.0.1"},
		{"0.0.0.0:0", "127.0.0.1", ""},
		{"[::]:0", "127.0.0.1", ""},
		{"[::1]:0", "::1", "::1"},
	} {
		srv, err := usergroupstest.Start(usergroupstest.WithAddr(tc.addr))
		if err != nil {
			if strings.Contains(tc.addr, "::") { // a machine without IPv6
				t.Logf("%s: %v", tc.addr, err)
				continue
			}
			t.Fatal(err)
		}
		t.Cleanup(srv.Close)
		u, err := url.Parse(srv.URL)
		if err != nil {
			t.Fatal(err)
		}
		host, port, err := net.SplitHostPort(srv.Addr)
		if err != nil || port != u.Port() || u.Hostname() != tc.host || tc.at != "" && host != tc.at || tc.at == "" && !net.ParseIP(host).IsUnspecified() {
			t.Errorf("%s: at %s, URL %s, error %v", tc.addr, srv.Addr, srv.URL, err)
		}
		if res := get(t, srv, groupsPath); res.status != 200 {
			t.Errorf("%s: %+v", srv.URL, res)
		}
	}
}

func TestCannotListen(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	other, err := usergroupstest.Start(usergroupstest.WithAddr(srv.Addr))
	if other != nil || err == nil || !strings.HasPrefix(err.Error(), "cannot listen: listen tcp "+srv.Addr) {
		t.Errorf("%v, %v", other, err)
	}
	defer func() {
		if text, _ := recover().(string); !strings.HasPrefix(text, "usergroupstest: cannot listen: listen tcp "+srv.Addr) {
			t.Errorf("panic %q", text)
		}
	}()
	usergroupstest.NewServer(usergroupstest.WithAddr(srv.Addr))
}

func TestFixedCredentials(t *testing.T) {
	t.Parallel()
	srv := newServer(t, usergroupstest.WithCredentials("id-1", "secret-1", "refresh-1"))
	if srv.ClientID != "id-1" || srv.ClientSecret != "secret-1" || srv.RefreshToken != "refresh-1" {
		t.Errorf("%q %q %q", srv.ClientID, srv.ClientSecret, srv.RefreshToken)
	}
	refresh(t, srv)

	partly := newServer(t, usergroupstest.WithCredentials("id-1", "", ""))
	if partly.ClientID != "id-1" || !strings.HasPrefix(partly.ClientSecret, "fake-") || !strings.HasPrefix(partly.RefreshToken, "fake-") {
		t.Errorf("%q %q %q", partly.ClientID, partly.ClientSecret, partly.RefreshToken)
	}
	refresh(t, partly)
}

// HTTP/1.0 requests need not say whom they are for.
func TestRequestWithoutHost(t *testing.T) {
	t.Parallel()
	srv := newServer(t, usergroupstest.WithAPIDomain(""))
	body := refreshForm(srv).Encode()
	conn, reader := dial(t, srv)
	_, err := fmt.Fprintf(conn, "POST /oauth/v2/token HTTP/1.0\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(reader)
	if err != nil || !strings.Contains(string(got), `"api_domain":"`+srv.URL+`"`) {
		t.Errorf("%s, error %v", got, err)
	}
}

func TestShutdown(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	conn, reader := startRequest(t, srv)
	done := make(chan error, 1)
	go func() { done <- srv.Shutdown(t.Context()) }()
	waitFor(t, func() bool { return !listening(t, srv) })
	select {
	case err := <-done:
		t.Fatalf("a request is under way, but Shutdown returned %v", err)
	default:
	}

	// Nobody can come, but whoever is there is served.
	if _, err := io.WriteString(conn, newGroup); err != nil {
		t.Fatal(err)
	}
	res, err := http.ReadResponse(reader, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if _, err := io.ReadAll(res.Body); err != nil || res.StatusCode != 201 {
		t.Errorf("%d, error %v", res.StatusCode, err)
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
	srv.Close() // once more does no harm
	if err := srv.Shutdown(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestShutdownInVain(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	_, reader := startRequest(t, srv)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- srv.Shutdown(ctx) }()
	waitFor(t, func() bool { return !listening(t, srv) })
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if answered, err := io.ReadAll(reader); len(answered) > 0 || isTimeout(err) {
		t.Errorf("got %q, error %v", answered, err)
	}
}

// Whoever has connected and asked nothing yet does not delay the end.
func TestShutdownWithUnusedConnections(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	conn, reader := dial(t, srv)
	get(t, srv, groupsPath) // by now the connection was accepted as well
	start := time.Now()
	if err := srv.Shutdown(t.Context()); err != nil {
		t.Error(err)
	}
	if took := time.Since(start); took > 4*time.Second { // net/http's own patience is 5
		t.Errorf("it took %v", took)
	}
	_ = conn.SetReadDeadline(time.Now().Add(5 * time.Second))
	if _, err := reader.ReadByte(); err == nil || isTimeout(err) {
		t.Errorf("the connection is open: %v", err)
	}
}

// net/http does not know the connections that faults have taken over, but a
// request on them is under way as well, and a stale one is idle.
func TestShutdownWithFaults(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	// More than the buffers on the way take.
	group := srv.AddGroup(usergroupstest.Group{Name: "long", Description: strings.Repeat("long ", 4<<20)})
	whole := len(get(t, srv, groupsPath+"/"+group).body)
	srv.Inject(usergroupstest.Fault{Kind: usergroupstest.FaultClose})
	conn, reader := dial(t, srv)
	fmt.Fprintf(conn, "GET %s/%s HTTP/1.1\r\nHost: x\r\nAuthorization: Zoho-oauthtoken %s\r\n\r\n", groupsPath, group, srv.IssueToken())
	res, err := http.ReadResponse(reader, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	done := make(chan error, 1)
	go func() { done <- srv.Shutdown(t.Context()) }()
	waitFor(t, func() bool { return !listening(t, srv) })
	select {
	case err := <-done:
		t.Fatalf("an answer is under way, but Shutdown returned %v", err)
	case <-time.After(50 * time.Millisecond):
	}
	if n, err := io.Copy(io.Discard, res.Body); int(n) != whole || err != nil {
		t.Errorf("%d bytes of %d, %v", n, whole, err)
	}
	if err := <-done; err != nil {
		t.Error(err)
	}

	srv = newServer(t)
	srv.Inject(usergroupstest.Fault{Kind: usergroupstest.FaultStaleConnection})
	client, _ := keeping(t)
	stale := open(t, client, "GET", srv.URL+groupsPath, srv.IssueToken(), "")
	defer stale.Body.Close()
	if err := srv.Shutdown(t.Context()); err != nil {
		t.Error(err)
	}

	// A client that does not read is waited for no longer than ctx says.
	srv = newServer(t)
	group = srv.AddGroup(usergroupstest.Group{Name: "long", Description: strings.Repeat("long ", 4<<20)})
	srv.Inject(usergroupstest.Fault{Kind: usergroupstest.FaultClose})
	conn, reader = dial(t, srv)
	fmt.Fprintf(conn, "GET %s/%s HTTP/1.1\r\nHost: x\r\nAuthorization: Zoho-oauthtoken %s\r\n\r\n", groupsPath, group, srv.IssueToken())
	if _, err := reader.ReadByte(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if err := srv.Shutdown(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v", err)
	}
}

func dial(t *testing.T, srv *usergroupstest.Server) (net.Conn, *bufio.Reader) {
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

// startRequest sends the head of a create and returns when the server has
// begun to read the body: only then does net/http send the 100.
func startRequest(t *testing.T, srv *usergroupstest.Server) (net.Conn, *bufio.Reader) {
	t.Helper()
	conn, reader := dial(t, srv)
	req, err := http.NewRequestWithContext(t.Context(), "POST", srv.URL+groupsPath, strings.NewReader(newGroup))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Zoho-oauthtoken "+srv.IssueToken())
	req.Header.Set("Expect", "100-continue")
	var head strings.Builder
	if err := req.Write(&head); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(conn, strings.TrimSuffix(head.String(), newGroup)); err != nil {
		t.Fatal(err)
	}
	if line, err := reader.ReadString('\n'); !strings.HasPrefix(line, "HTTP/1.1 100 ") {
		t.Fatalf("got %q, error %v", line, err)
	}
	if _, err := reader.ReadString('\n'); err != nil { // the empty line
		t.Fatal(err)
	}
	return conn, reader
}

func listening(t *testing.T, srv *usergroupstest.Server) bool {
	t.Helper()
	var dialer net.Dialer
	conn, err := dialer.DialContext(t.Context(), "tcp", srv.Addr)
	if err != nil {
		return false
	}
	_ = conn.Close()
	return true
}
