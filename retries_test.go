package usergroups_test

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"io"
	"log"
	"math"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jarcoal/httpmock"

	"github.com/usergroups-go/usergroups"
)

// retryTable tells, row by row, how often a call is sent. The package comment
// tells it in the same words, README in those of the last column; a test
// compares them.
var retryTable = []struct {
	outcome       string
	reads, writes string
	readme        string // the outcome's row in README
	cases         []retryCase
}{
	{"nothing was sent: connect refused or timed out", "retry", "retry", "could not connect (refused, timed out); 429", []retryCase{
		{name: "connect refused", meet: dialing(func(context.Context) error {
			return &net.OpError{Op: "dial", Net: "tcp", Err: errors.New("connection refused")}
		}), is: usergroups.ErrUnavailable},
		{name: "connect timed out", meet: dialing(func(ctx context.Context) error {
			<-ctx.Done()
			return ctx.Err()
		}), is: usergroups.ErrUnavailable, slow: true},
	}},
	{"no such host, certificate refused", "no", "no", "everything else", []retryCase{
		{name: "no such host", meet: dialing(func(context.Context) error {
			return &net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Err: "no such host", IsNotFound: true}}
		}), is: usergroups.ErrUnavailable},
		{name: "certificate refused", meet: overTLS, is: usergroups.ErrUnavailable},
	}},
	{"connection lost, attempt timed out, fewer bytes than announced", "retry", "no: ErrOutcomeUnknown", "connection lost, timed out, body cut, 500 502 503 504", []retryCase{
		{name: "connection lost", meet: serving(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }), is: usergroups.ErrUnavailable},
		{name: "attempt timed out", meet: silence, is: usergroups.ErrUnavailable, slow: true},
		{name: "fewer bytes than announced", meet: serving(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			_, _ = w.Write([]byte("{"))
		}), is: usergroups.ErrUnavailable},
	}},
	{"429", "retry", "retry (refused before work)", "could not connect (refused, timed out); 429", []retryCase{
		{name: "JSON", meet: status(429, "{}"), is: usergroups.ErrRateLimited},
		{name: "HTML", meet: status(429, "<html>"), is: usergroups.ErrRateLimited},
	}},
	{"500, 502, 503, 504", "retry", "no: ErrOutcomeUnknown", "connection lost, timed out, body cut, 500 502 503 504", []retryCase{
		{name: "500", meet: status(500, "{}"), is: usergroups.ErrUnavailable},
		{name: "502", meet: status(502, "{}"), is: usergroups.ErrUnavailable},
		{name: "503", meet: status(503, "{}"), is: usergroups.ErrUnavailable},
		{name: "504", meet: status(504, "{}"), is: usergroups.ErrUnavailable},
	}},
	{"whole body that is not the JSON expected", "no", "no: ErrOutcomeUnknown on 2xx", "everything else", []retryCase{
		{name: "HTML, 2xx", meet: status(200, "<html>"), is: usergroups.ErrUnexpectedResponse, inDoubt: true},
		{name: "half of the JSON, 2xx", meet: status(200, `{"user_groups":[`), is: usergroups.ErrUnexpectedResponse, inDoubt: true},
		{name: "another JSON, 2xx", meet: status(200, "{}"), is: usergroups.ErrUnexpectedResponse, inDoubt: true},
		{name: "HTML, 4xx", meet: status(400, "<html>"), is: usergroups.ErrBadRequest},
	}},
	{"other answers, refused token, context done", "no", "no", "everything else", []retryCase{
		{name: "400", meet: status(400, "{}"), is: usergroups.ErrBadRequest},
		{name: "401", meet: status(401, "{}"), is: usergroups.ErrUnauthorized},
		{name: "403", meet: status(403, "{}"), is: usergroups.ErrForbidden},
		{name: "404", meet: status(404, "{}"), is: usergroups.ErrNotFound},
		{name: "408", meet: status(408, "{}"), is: usergroups.ErrBadRequest},
		{name: "409", meet: status(409, "{}"), is: usergroups.ErrBadRequest},
		// Not sent again either, but nobody knows what they mean for a write.
		{name: "302", meet: status(302, ""), is: usergroups.ErrUnexpectedResponse, inDoubt: true},
		{name: "501", meet: status(501, "{}"), is: usergroups.ErrUnavailable, inDoubt: true},
		{name: "refused token", meet: status(200, "{}"), is: errSealed, unsent: true},
		{name: "context done before", meet: status(200, "{}"), is: context.Canceled, unsent: true},
		{name: "context done in flight", meet: serving(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }), is: context.Canceled, inDoubt: true},
	}},
	{"401 INVALID_TOKEN", "one refresh, one repeat", "same", "401 INVALID_TOKEN", []retryCase{
		{name: "for ever", meet: status(401, `{"code":"INVALID_TOKEN","status":"error"}`), is: usergroups.ErrUnauthorized},
	}},
	{`Tulip's "retryable": true`, "retry", "–", "", nil},
}

// retryCase is one way to come to a row of the table.
type retryCase struct {
	name    string
	meet    func(t *testing.T, count func()) http.RoundTripper
	is      error
	inDoubt bool // of a write, when the cell leaves that open
	unsent  bool // no request was begun
	slow    bool // it takes the default timeout, in time that is made up
}

// dialing meets a connection that is not made.
func dialing(fail func(ctx context.Context) error) func(t *testing.T, count func()) http.RoundTripper {
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

// serving meets a server.
func serving(handle http.HandlerFunc) func(t *testing.T, count func()) http.RoundTripper {
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

func status(code int, body string) func(t *testing.T, count func()) http.RoundTripper {
	return serving(answer(code, "application/json", body))
}

// silence meets a server that reads requests and never answers. It has no socket,
// so that time can be made up.
func silence(t *testing.T, count func()) http.RoundTripper {
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

// overTLS meets a server whose certificate nobody knows.
func overTLS(t *testing.T, count func()) http.RoundTripper {
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

// TestRetryTable drives every method through every case of the table.
func TestRetryTable(t *testing.T) {
	t.Parallel()
	sent := map[string]int{ // by the first words of a cell
		"retry": 4, "no": 1, "one refresh": 2,
	}
	for _, row := range retryTable {
		t.Run(row.outcome, func(t *testing.T) {
			t.Parallel()
			if strings.HasPrefix(row.outcome, "Tulip") {
				t.Skip("no row of this vendor: package tulip is not there yet")
			}
			for _, tt := range row.cases {
				for _, m := range methods {
					if m.kind == walk {
						continue // its requests are those of the list
					}
					t.Run(tt.name+"/"+m.name, func(t *testing.T) {
						t.Parallel()
						cell := row.reads
						if m.kind == write && row.writes != "same" {
							cell = row.writes
						}
						want := sent[cellStart.FindString(cell)]
						if tt.unsent {
							want = 0
						}
						inDoubt := m.kind == write && (tt.inDoubt || strings.HasSuffix(cell, "ErrOutcomeUnknown"))
						check := func(t *testing.T) {
							requests, refreshes, err := tt.drive(t, m)
							if requests != want {
								t.Errorf("sent %d times, want %d", requests, want)
							}
							if want := map[bool]int{true: 1}[strings.HasPrefix(cell, "one refresh")]; refreshes != want {
								t.Errorf("%d refreshes, want %d", refreshes, want)
							}
							if !errors.Is(err, tt.is) || errors.Is(err, usergroups.ErrOutcomeUnknown) != inDoubt {
								t.Errorf("error %v, want %v, in doubt: %t", err, tt.is, inDoubt)
							}
						}
						if tt.slow {
							synctest.Test(t, check)
						} else {
							check(t)
						}
					})
				}
			}
		})
	}
}

var cellStart = regexp.MustCompile(`^(retry|no|one refresh)`)

// drive calls a method in the case, and counts.
func (tt *retryCase) drive(t *testing.T, m method) (requests, refreshes int, err error) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var count atomic.Int64
	meet := tt.meet(t, func() {
		count.Add(1)
		if tt.name == "context done in flight" {
			cancel()
		}
	})
	own := &askedSource{source: source{tokens: []string{"first", "second"}}}
	origin := "http://zoho.test"
	switch tt.name {
	case "certificate refused":
		origin = "https://example.com" // that is whom httptest's certificate is for: only its signer is unknown
	case "refused token":
		own.err = errSealed
	case "context done before":
		cancel()
	}
	client := mustClient(t,
		usergroups.WithBaseURL(origin+"/gateway"), usergroups.WithInsecureHTTP(),
		usergroups.WithHTTPClient(&http.Client{Transport: meet}), usergroups.WithTokenSource(own),
		usergroups.WithRetryWait(time.Millisecond, time.Millisecond))
	err = m.call(ctx, client, groupID)
	if asked := own.asked.Load(); own.err != nil && asked != 1 {
		t.Errorf("a source that refuses was asked %d times, want 1", asked)
	}
	return int(count.Load()), len(own.invalidated), err
}

// askedSource counts how often it is asked.
type askedSource struct {
	source
	asked atomic.Int64
}

func (s *askedSource) Token(ctx context.Context) (usergroups.Token, error) {
	s.asked.Add(1)
	return s.source.Token(ctx)
}

var errSealed = errors.New("the vault is sealed")

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

// TestRetryWaits: what the package comment promises of waits, one row each.
func TestRetryWaits(t *testing.T) {
	t.Parallel()
	const forever = time.Duration(math.MaxInt64)
	// asks answers for ever, with a wait in the header, in the body, or both.
	asks := func(code int, retryAfter, details string) func() roundTripFunc {
		return func() roundTripFunc {
			answer := jsonResponder(code, `{"code":"X","status":"error","details":{`+details+`}}`)
			if retryAfter != "" {
				answer = answer.HeaderAdd(http.Header{"Retry-After": {retryAfter}})
			}
			return roundTripFunc(answer)
		}
	}
	in90s := func(layout string) func() roundTripFunc {
		return func() roundTripFunc { return asks(429, time.Now().UTC().Add(90*time.Second).Format(layout), "")() }
	}
	once := []usergroups.Option{usergroups.WithMaxRetries(1)}
	tests := []struct {
		promise           string
		answer            func() roundTripFunc
		opts              []usergroups.Option
		deadline          time.Duration
		requests          int
		shortest, longest time.Duration // of the whole call
		retryAfter        time.Duration // of the Error
	}{
		{promise: "3 retries", answer: asks(503, "", ""), requests: 4, shortest: 1750 * time.Millisecond, longest: 3500 * time.Millisecond},
		{promise: "0.5 s, half of it random", answer: asks(503, "", ""), opts: once, requests: 2, shortest: 250 * time.Millisecond, longest: 500 * time.Millisecond},
		{
			promise: "doubled each time", answer: asks(503, "", ""), opts: []usergroups.Option{usergroups.WithMaxRetries(6)},
			requests: 7, shortest: 31500 / 2 * time.Millisecond, longest: 31500 * time.Millisecond,
		},
		{
			promise: "at most 30 s", answer: asks(503, "", ""), opts: []usergroups.Option{usergroups.WithMaxRetries(20)},
			requests: 21, shortest: (31500/2 + 14*15000) * time.Millisecond, longest: (31500 + 14*30000) * time.Millisecond,
		},
		{promise: "Retry-After as seconds", answer: asks(429, "7", ""), opts: once, requests: 2, shortest: 7 * time.Second, longest: 7 * time.Second, retryAfter: 7 * time.Second},
		{promise: "Retry-After of a 503", answer: asks(503, "7", ""), opts: once, requests: 2, shortest: 7 * time.Second, longest: 7 * time.Second, retryAfter: 7 * time.Second},
		{promise: "Retry-After as an HTTP date", answer: in90s(http.TimeFormat), opts: once, requests: 2, shortest: 90 * time.Second, longest: 90 * time.Second},
		{promise: "Retry-After as a date of RFC 850", answer: in90s("Monday, 02-Jan-06 15:04:05 GMT"), opts: once, requests: 2, shortest: 90 * time.Second, longest: 90 * time.Second},
		{promise: "Retry-After as a date of asctime", answer: in90s(time.ANSIC), opts: once, requests: 2, shortest: 90 * time.Second, longest: 90 * time.Second},
		{
			promise: "Zoho's details.retry_after", answer: asks(429, "", `"retry_after":60`), opts: once,
			requests: 2, shortest: time.Minute, longest: time.Minute, retryAfter: time.Minute,
		},
		{
			promise: "the larger counts: details", answer: asks(429, "7", `"retry_after":8`), opts: once,
			requests: 2, shortest: 8 * time.Second, longest: 8 * time.Second, retryAfter: 8 * time.Second,
		},
		{
			promise: "the larger counts: header", answer: asks(429, "9", `"retry_after":8`), opts: once,
			requests: 2, shortest: 9 * time.Second, longest: 9 * time.Second, retryAfter: 9 * time.Second,
		},
		{promise: "obeyed up to 120 s", answer: asks(429, "120", ""), requests: 4, shortest: 360 * time.Second, longest: 360 * time.Second, retryAfter: 120 * time.Second},
		{promise: "and the caller's deadline", answer: asks(429, "31", ""), deadline: 30 * time.Second, requests: 1, retryAfter: 31 * time.Second},
		{promise: "a longer one is not shortened: the answer at once, with RetryAfter", answer: asks(429, "121", ""), requests: 1, retryAfter: 121 * time.Second},
		{promise: "overflow is guarded: header", answer: asks(429, "99999999999999999999", ""), requests: 1, retryAfter: forever},
		{promise: "overflow is guarded: details", answer: asks(429, "", `"retry_after":1e300`), requests: 1, retryAfter: forever},
		{
			promise: "WithMaxServerWait", answer: asks(429, "11", ""), opts: []usergroups.Option{usergroups.WithMaxServerWait(10 * time.Second)},
			requests: 1, retryAfter: 11 * time.Second,
		},
	}
	for _, tt := range tests {
		t.Run(tt.promise, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				answer, requests := tt.answer(), 0
				client := newTokenClient(t, roundTripFunc(func(r *http.Request) (*http.Response, error) {
					requests++
					return answer(r)
				}), tt.opts...)
				ctx, cancel := context.WithTimeout(t.Context(), cmp.Or(tt.deadline, time.Hour))
				defer cancel()
				start := time.Now()
				err := get(ctx, client)
				took := time.Since(start)
				if requests != tt.requests || took < tt.shortest || took > tt.longest {
					t.Errorf("%d requests in %s, want %d in %s to %s", requests, took, tt.requests, tt.shortest, tt.longest)
				}
				var e *usergroups.Error
				if !errors.As(err, &e) || errors.Is(err, context.DeadlineExceeded) || tt.retryAfter != 0 && e.RetryAfter != tt.retryAfter {
					t.Errorf("error %v, want one with RetryAfter %s", err, tt.retryAfter)
				}
			})
		})
	}
}

// TestOne429PausesAll: not only the call that got it waits.
func TestOne429PausesAll(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		var sent []time.Duration
		client := newTokenClient(t, roundTripFunc(func(r *http.Request) (*http.Response, error) {
			if sent = append(sent, time.Since(start)); len(sent) == 1 {
				return httpmock.NewStringResponder(429, "").HeaderAdd(http.Header{"Retry-After": {"10"}})(r)
			}
			return httpmock.NewStringResponse(204, ""), nil
		}), usergroups.WithMaxConcurrent(1))
		var wg sync.WaitGroup
		wg.Go(func() {
			if err := get(t.Context(), client); err != nil {
				t.Error(err)
			}
		})
		time.Sleep(time.Second)
		for _, err := range together(t.Context(), client, 20) {
			if err != nil {
				t.Error(err)
			}
		}
		wg.Wait()
		if len(sent) != 22 || sent[1] != 10*time.Second {
			t.Errorf("requests sent at %s, want one, and 21 from 10 s on", sent)
		}
	})
}
