// Package nettest is what the calls of a client can meet, for the tests of both clients:
// servers, connections that are not made, answers out of memory.
package nettest

import (
	"bufio"
	"context"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
)

// Dialing meets a connection that is not made.
func Dialing(fail func(ctx context.Context) error) func(t *testing.T, count func()) http.RoundTripper {
	return func(t *testing.T, count func()) http.RoundTripper {
		t.Helper()
		transport := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			count()
			return nil, fail(ctx)
		}}
		t.Cleanup(transport.CloseIdleConnections)
		return transport
	}
}

// Refuse tries to connect to where nobody listens any more.
func Refuse(ctx context.Context) error {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	_ = listener.Close()
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", listener.Addr().String())
	if err == nil {
		_ = conn.Close()
	}
	return err
}

// Serving meets a server.
func Serving(handle http.HandlerFunc) func(t *testing.T, count func()) http.RoundTripper {
	return func(t *testing.T, count func()) http.RoundTripper {
		t.Helper()
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			count()
			handle(w, r)
		}))
		t.Cleanup(server.Close)
		return to(t, server)
	}
}

// Silence meets a server that reads requests and never answers. It has no socket,
// so that time can be made up.
func Silence(t *testing.T, count func()) http.RoundTripper {
	t.Helper()
	transport := &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
		here, there := net.Pipe()
		go func() {
			defer func() { _ = there.Close() }()
			req, err := http.ReadRequest(bufio.NewReader(there))
			if err != nil {
				return
			}
			_, _ = io.Copy(io.Discard, req.Body)
			count()
			_, _ = io.Copy(io.Discard, there) // until the client leaves
		}()
		return here, nil
	}}
	t.Cleanup(transport.CloseIdleConnections)
	return transport
}

// OverTLS meets a server whose certificate nobody knows.
func OverTLS(t *testing.T, count func()) http.RoundTripper {
	t.Helper()
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			count()
		}
	}
	server.StartTLS()
	t.Cleanup(server.Close)
	return to(t, server)
}

// to is a transport that connects to the server, whatever the URL says.
func to(t *testing.T, server *httptest.Server) *http.Transport {
	t.Helper()
	transport := &http.Transport{DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, server.Listener.Addr().String())
	}}
	t.Cleanup(transport.CloseIdleConnections)
	return transport
}

// CountingServer counts the requests that reach handle.
func CountingServer(t *testing.T, handle http.HandlerFunc) (url string, count *atomic.Int64) {
	t.Helper()
	count = new(atomic.Int64)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		count.Add(1)
		_, _ = io.Copy(io.Discard, r.Body)
		handle(w, r)
	}))
	t.Cleanup(server.Close)
	return server.URL, count
}

// Answer is a server's answer; with "" it has no content type.
func Answer(status int, contentType, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		if contentType != "" {
			w.Header().Set("Content-Type", contentType)
		}
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}
}

// RoundTripFunc is a RoundTripper.
type RoundTripFunc func(*http.Request) (*http.Response, error)

// RoundTrip calls f.
func (f RoundTripFunc) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// InMemory answers every request with a status, a header and a body.
func InMemory(status int, header http.Header, body string) RoundTripFunc {
	return func(r *http.Request) (*http.Response, error) {
		return &http.Response{
			StatusCode: status, Header: header.Clone(), Request: r,
			Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body)),
		}, nil
	}
}
