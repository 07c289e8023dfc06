package usergroupstest_test

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/usergroups-go/usergroups/usergroupstest"
)

// A client that promises a body and leaves half-way has made no request.
func TestHalfARequest(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	var dialer net.Dialer
	conn, err := dialer.DialContext(t.Context(), "tcp", strings.TrimPrefix(srv.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = io.WriteString(conn, "POST "+groupsPath+" HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
	if err != nil {
		t.Fatal(err)
	}
	if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	_ = conn.SetReadDeadline(time.Now().Add(5 * time.Second))
	if answered, err := io.ReadAll(conn); len(answered) > 0 || isTimeout(err) {
		t.Errorf("got %q, error %v", answered, err)
	}
	_ = conn.Close()
	if n := len(srv.Requests()); n != 0 {
		t.Errorf("%d requests", n)
	}
}

func TestLatency(t *testing.T) {
	t.Parallel()
	const latency = 100 * time.Millisecond
	srv := newServer(t, usergroupstest.WithLatency(latency))
	start := time.Now()
	if res := get(t, srv, groupsPath); res.status != 200 || time.Since(start) < latency {
		t.Errorf("%d after %v", res.status, time.Since(start))
	}

	// A client that does not wait for the answer has created the group.
	slow := newServer(t, usergroupstest.WithLatency(time.Hour))
	refresh(t, slow) // not delayed
	res := abandon(t, slow, "POST", newGroup, func() bool { return len(slow.Groups()) == 7 })
	if !errors.Is(res.err, context.Canceled) {
		t.Errorf("%+v", res)
	}
	// The server notices; an answer was never sent.
	for _, request := range slow.Requests() {
		if request.Route == createRoute && request.Status != 0 {
			t.Errorf("%+v", request)
		}
	}
	waitFor(t, func() bool { slow.ResetLog(); return slow.MaxInFlight() == 0 })
}

// A request that is too large meets limits and faults as any other does.
func TestTooLargeRequests(t *testing.T) {
	t.Parallel()
	srv := newServer(t, usergroupstest.WithConcurrencyLimit(1))
	tooMuch := strings.Repeat(" ", 1<<20+1)
	post(t, srv, groupsPath, tooMuch).wantError(t, 413, "INVALID_DATA", "{}")
	remove := srv.Inject(usergroupstest.Fault{Status: 503})
	post(t, srv, groupsPath, tooMuch).want(t, 503, "")
	remove()
	leave := occupy(t, srv, 1)
	post(t, srv, groupsPath, tooMuch).wantError(t, 429, "TOO_MANY_REQUESTS", "{}")
	leave()
}
