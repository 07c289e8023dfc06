package usergroups_test

import (
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/usergroups-go/usergroups"
)

// TestRetryTable is the table of the package comment, row by row: how often a
// read and a write are sent, and whether the outcome of the write is unknown.
func TestRetryTable(t *testing.T) {
	t.Parallel()
	const (
		no, retry = 1, 4
		unknown   = true
	)
	// dial makes an outcome out of the connection that is not made.
	dial := func(f func(ctx context.Context) error) func(t *testing.T, count func()) http.RoundTripper {
		return func(t *testing.T, count func()) http.RoundTripper {
			t.Helper()
			transport := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
				count()
				return nil, f(ctx)
			}}
			t.Cleanup(transport.CloseIdleConnections)
			return transport
		}
	}
	// serve makes one out of what a server does.
	serve := func(handle http.HandlerFunc) func(t *testing.T, count func()) http.RoundTripper {
		return func(t *testing.T, count func()) http.RoundTripper {
			t.Helper()
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				_, _ = io.Copy(io.Discard, r.Body)
				count()
				handle(w, r)
			}))
			t.Cleanup(server.Close)
			transport := &http.Transport{DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
				return new(net.Dialer).DialContext(ctx, network, server.Listener.Addr().String())
			}}
			t.Cleanup(transport.CloseIdleConnections)
			return transport
		}
	}
	status := func(code int, body string) func(t *testing.T, count func()) http.RoundTripper {
		return serve(answer(code, "application/json", body))
	}
	refused := &net.OpError{Op: "dial", Net: "tcp", Err: errors.New("connection refused")}

	tests := []struct {
		outcome       string
		transport     func(t *testing.T, count func()) http.RoundTripper
		reads, writes int
		inDoubt       bool
		is            error
	}{
		{"connect refused", dial(func(context.Context) error { return refused }), retry, retry, false, usergroups.ErrUnavailable},
		{"connect timed out", dial(func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }), retry, retry, false, usergroups.ErrUnavailable},
		{"no such host", dial(func(context.Context) error {
			return &net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Err: "no such host", IsNotFound: true}}
		}), no, no, false, usergroups.ErrUnavailable},
		{"certificate refused", tlsTransport, no, no, false, usergroups.ErrUnavailable},
		{"connection lost", serve(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }), retry, no, unknown, usergroups.ErrUnavailable},
		{"attempt timed out", serve(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }), retry, no, unknown, usergroups.ErrUnavailable},
		{"fewer bytes than announced", serve(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			_, _ = w.Write([]byte("{"))
		}), retry, no, unknown, usergroups.ErrUnavailable},
		{"429", status(429, "{}"), retry, retry, false, usergroups.ErrRateLimited},
		{"500", status(500, "{}"), retry, no, unknown, usergroups.ErrUnavailable},
		{"502", status(502, "{}"), retry, no, unknown, usergroups.ErrUnavailable},
		{"503", status(503, "{}"), retry, no, unknown, usergroups.ErrUnavailable},
		{"504", status(504, "{}"), retry, no, unknown, usergroups.ErrUnavailable},
		{"not the JSON expected, 2xx", status(200, "<html>"), no, no, unknown, usergroups.ErrUnexpectedResponse},
		{"not the JSON expected, 4xx", status(400, "<html>"), no, no, false, usergroups.ErrBadRequest},
		{"403", status(403, "{}"), no, no, false, usergroups.ErrForbidden},
		{"409", status(409, "{}"), no, no, false, usergroups.ErrBadRequest},
		{"501", status(501, "{}"), no, no, unknown, usergroups.ErrUnavailable},
		{"401 INVALID_TOKEN", status(401, `{"code":"INVALID_TOKEN","status":"error"}`), no + 1, no + 1, false, usergroups.ErrUnauthorized},
		{"refused token", serve(func(http.ResponseWriter, *http.Request) {}), 0, 0, false, errSealed},
		{"context done", serve(func(http.ResponseWriter, *http.Request) {}), 0, 0, false, context.Canceled},
	}
	for _, tt := range tests {
		for _, m := range methods {
			if m.kind == walk {
				continue // its requests are those of the list
			}
			t.Run(tt.outcome+" "+m.name, func(t *testing.T) {
				t.Parallel()
				requests := make(chan struct{}, 100)
				transport := tt.transport(t, func() { requests <- struct{}{} })
				own := &source{tokens: []string{"first", "second"}}
				scheme, timeout := "http", 20*time.Second
				if strings.HasSuffix(tt.outcome, "timed out") {
					timeout = 500 * time.Millisecond
				}
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				switch tt.outcome {
				case "certificate refused":
					scheme = "https"
				case "refused token":
					own.err = errSealed
				case "context done":
					cancel()
				}
				client := mustClient(t,
					usergroups.WithBaseURL(scheme+"://zoho.test/gateway"), usergroups.WithInsecureHTTP(),
					usergroups.WithHTTPClient(&http.Client{Transport: transport}), usergroups.WithTokenSource(own),
					usergroups.WithAttemptTimeout(timeout), usergroups.WithRetryWait(time.Millisecond, time.Millisecond))
				err := m.call(ctx, client, groupID)
				want, inDoubt := tt.reads, false
				if m.kind == write {
					want, inDoubt = tt.writes, tt.inDoubt
				}
				if tt.outcome == "certificate refused" {
					want = 0 // no request came through; attempts are counted below
				}
				if got := len(requests); got != want {
					t.Errorf("sent %d times, want %d", got, want)
				}
				if !errors.Is(err, tt.is) || errors.Is(err, usergroups.ErrOutcomeUnknown) != inDoubt {
					t.Errorf("error %v, want %v, in doubt: %t", err, tt.is, inDoubt)
				}
				var e *usergroups.Error
				if errors.As(err, &e) && tt.outcome == "certificate refused" && e.Attempts != 1 {
					t.Errorf("%d attempts, want 1", e.Attempts)
				}
			})
		}
	}
}

var errSealed = errors.New("the vault is sealed")

// tlsTransport talks to a server whose certificate it does not know.
func tlsTransport(t *testing.T, count func()) http.RoundTripper {
	t.Helper()
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { count() }))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	transport := &http.Transport{DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, server.Listener.Addr().String())
	}}
	t.Cleanup(transport.CloseIdleConnections)
	return transport
}

// TestRetryTableIsWhole: every method is in the table above by its kind.
func TestRetryTableIsWhole(t *testing.T) {
	t.Parallel()
	for _, row := range usergroups.Operations() {
		i := slices.IndexFunc(methods, func(m method) bool { return m.op == row.Op && m.kind != walk })
		if isWrite := i >= 0 && methods[i].kind == write; i < 0 || row.Repeatable == isWrite {
			t.Errorf("%s: repeatable %t does not go with its kind", row.Op, row.Repeatable)
		}
	}
}
