package usergroupstest_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/usergroups-go/usergroups/usergroupstest"
)

// rawGet asks for a path and returns all that comes until the server closes
// the connection. The request does not ask it to.
func rawGet(t *testing.T, srv *usergroupstest.Server, path string) string {
	t.Helper()
	conn, _ := dial(t, srv)
	request := "GET " + path + " HTTP/1.1\r\nHost: x\r\nAuthorization: Zoho-oauthtoken " + srv.IssueToken() + "\r\n\r\n"
	if _, err := io.WriteString(conn, request); err != nil {
		t.Fatal(err)
	}
	_ = conn.SetReadDeadline(time.Now().Add(5 * time.Second))
	text, err := io.ReadAll(conn)
	if err != nil {
		t.Fatalf("after %q: %v", text, err)
	}
	return string(text)
}

func TestFaultShortLength(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	whole := get(t, srv, groupsPath).body
	half := len(whole) / 2
	srv.Inject(usergroupstest.Fault{Kind: usergroupstest.FaultShortLength})

	get(t, srv, groupsPath).want(t, 200, whole[:half])
	sent := rawGet(t, srv, groupsPath)
	if !strings.HasSuffix(sent, "\r\n\r\n"+whole) || !strings.Contains(sent, "\r\nContent-Length: "+strconv.Itoa(half)+"\r\n") {
		t.Errorf("sent %q", sent)
	}
	get(t, srv, groupsPath+"/"+nobody).want(t, 204, "")
}

func TestFaultHTTP10(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	whole := get(t, srv, groupsPath).body
	srv.Inject(usergroupstest.Fault{Kind: usergroupstest.FaultHTTP10, Header: http.Header{"x-odd": {"1"}}})

	res := open(t, freshClient, "GET", srv.URL+groupsPath, srv.IssueToken(), "")
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if res.Proto != "HTTP/1.0" || res.StatusCode != 200 || string(body) != whole || err != nil {
		t.Errorf("%s %d %s, %v", res.Proto, res.StatusCode, body, err)
	}
	if _, err := http.ParseTime(res.Header.Get("Date")); err != nil || res.Header.Get("X-Odd") != "1" {
		t.Errorf("header %v, %v", res.Header, err)
	}
	if sent := rawGet(t, srv, groupsPath); !strings.HasPrefix(sent, "HTTP/1.0 200 OK\r\n") || strings.Contains(sent, "Content-Length") {
		t.Errorf("sent %q", sent)
	}
	get(t, srv, groupsPath+"/"+nobody).want(t, 204, "")
}

func TestFaultGarbage(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	remove := srv.Inject(usergroupstest.Fault{Kind: usergroupstest.FaultGarbage})
	if res := get(t, srv, groupsPath); res.err == nil || !strings.Contains(res.err.Error(), "malformed HTTP") {
		t.Errorf("%+v", res)
	}
	remove()
	srv.Inject(usergroupstest.Fault{Kind: usergroupstest.FaultGarbage, Body: "SSH-2.0-x\r\n"})
	if sent := rawGet(t, srv, groupsPath); sent != "SSH-2.0-x\r\n" {
		t.Errorf("sent %q", sent)
	}
}

// keeping returns a client that keeps connections, and a function that tells
// whether its last request went over one that it had used before.
func keeping(t *testing.T) (client *http.Client, reused func() bool) {
	t.Helper()
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	var last bool
	trace := &httptrace.ClientTrace{GotConn: func(info httptrace.GotConnInfo) { last = info.Reused }}
	return &http.Client{Transport: tracing{transport, trace}}, func() bool { return last }
}

type tracing struct {
	http.RoundTripper
	trace *httptrace.ClientTrace
}

func (t tracing) RoundTrip(req *http.Request) (*http.Response, error) {
	return t.RoundTripper.RoundTrip(req.WithContext(httptrace.WithClientTrace(req.Context(), t.trace)))
}

func TestFaultClose(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	whole := get(t, srv, groupsPath).body
	remove := srv.Inject(usergroupstest.Fault{Kind: usergroupstest.FaultClose})
	sent := rawGet(t, srv, groupsPath) // returns, hence the connection was closed
	if !strings.HasPrefix(sent, "HTTP/1.1 200 OK\r\n") || !strings.HasSuffix(sent, "\r\n\r\n"+whole) ||
		!strings.Contains(sent, "\r\nContent-Length: "+strconv.Itoa(len(whole))+"\r\n") || strings.Contains(sent, "\r\nConnection:") {
		t.Errorf("sent %q", sent)
	}
	get(t, srv, groupsPath).want(t, 200, whole)
	get(t, srv, groupsPath+"/"+nobody).want(t, 204, "")
	remove()

	srv.Inject(usergroupstest.Fault{Kind: usergroupstest.FaultClose, Header: http.Header{"Connection": {"close"}}})
	client, reused := keeping(t)
	for range 3 {
		res := open(t, client, "GET", srv.URL+groupsPath, srv.IssueToken(), "")
		body, err := io.ReadAll(res.Body)
		_ = res.Body.Close()
		if string(body) != whole || err != nil || !res.Close || reused() {
			t.Errorf("%s, %v; announced %v, reused %v", body, err, res.Close, reused())
		}
	}
}

func TestFaultStaleConnection(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	srv.Inject(usergroupstest.Fault{Kind: usergroupstest.FaultStaleConnection, Times: 2})
	client, reused := keeping(t)
	read := func(method, body string) (int, error) {
		req, err := http.NewRequestWithContext(t.Context(), method, srv.URL+groupsPath, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Zoho-oauthtoken "+srv.IssueToken())
		res, err := client.Do(req)
		if err != nil {
			return 0, err
		}
		defer res.Body.Close()
		_, err = io.Copy(io.Discard, res.Body)
		return res.StatusCode, err
	}

	if status, err := read("GET", ""); status != 200 || err != nil {
		t.Errorf("first: %d, %v", status, err)
	}
	// A POST on the stale connection fails, and was never seen.
	if status, err := read("POST", newGroup); err == nil || !reused() {
		t.Errorf("POST: %d, %v; reused %v", status, err, reused())
	}
	if n := srv.Count(""); n != 1 || len(srv.Groups()) != 6 {
		t.Errorf("%d requests, %d groups", n, len(srv.Groups()))
	}
	// A GET is repeated by net/http on a new connection.
	for range 2 {
		if status, err := read("GET", ""); status != 200 || err != nil || reused() {
			t.Errorf("GET: %d, %v; reused %v", status, err, reused())
		}
	}
	if n := srv.Count(""); n != 3 {
		t.Errorf("%d requests", n)
	}
}

// Close ends everything that a fault keeps waiting, also on connections that
// net/http does not know any more.
func TestCloseEndsFaults(t *testing.T) {
	t.Parallel()
	for _, f := range []usergroupstest.Fault{
		{Kind: usergroupstest.FaultSlowBody, Pause: time.Hour},
		{Kind: usergroupstest.FaultHugeBody, Size: 1 << 50},
		{Kind: usergroupstest.FaultStaleConnection},
	} {
		srv := newServer(t)
		srv.Inject(f)
		conn, _ := dial(t, srv)
		request := "GET " + groupsPath + " HTTP/1.1\r\nHost: x\r\nAuthorization: Zoho-oauthtoken " + srv.IssueToken() + "\r\n\r\n"
		if _, err := io.WriteString(conn, request); err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(conn, make([]byte, 10)); err != nil {
			t.Fatal(err)
		}
		closed := make(chan struct{})
		go func() { srv.Close(); close(closed) }()
		select {
		case <-closed:
		case <-time.After(10 * time.Second):
			t.Fatalf("kind %d: Close hangs", f.Kind)
		}
		_ = conn.SetReadDeadline(time.Now().Add(5 * time.Second))
		if _, err := io.Copy(io.Discard, conn); isTimeout(err) || errors.Is(err, io.ErrClosedPipe) {
			t.Errorf("kind %d: the connection is open: %v", f.Kind, err)
		}
	}
}
