package transport_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/usergroups-go/usergroups/internal/transport"
)

// The rows of the retry table that end with an answer. Those that end without
// one are in network_test.go.
func TestRetriesByStatus(t *testing.T) {
	t.Parallel()
	const once, always = 1, 4
	for _, tt := range []struct {
		status        int
		reads, writes int // requests seen
	}{
		{200, once, once},
		{201, once, once},
		{204, once, once},
		{301, once, once},
		{304, once, once},
		{400, once, once},
		{401, once, once},
		{403, once, once},
		{404, once, once},
		{408, once, once},
		{409, once, once},
		{425, once, once},
		{429, always, always},
		{500, always, once},
		{501, once, once},
		{502, always, once},
		{503, always, once},
		{504, always, once},
		{505, once, once},
		{599, once, once},
	} {
		for kind, want := range map[string]int{"read": tt.reads, "write": tt.writes} {
			t.Run(fmt.Sprintf("%d for a %s", tt.status, kind), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					srv := answers(tt.status)
					r := do(t.Context(), acme(srv), calls[kind]())
					r.answered(t, tt.status, want)
					if got := srv.count(); got != want {
						t.Errorf("%d requests, want %d", got, want)
					}
					if r.text != `{}` {
						t.Errorf("body %q", r.text)
					}
				})
			})
		}
	}
}

// What went wrong is forgotten once there is an answer.
func TestAnswerAfterFailures(t *testing.T) {
	t.Parallel()
	for name, first := range map[string]func() (*http.Response, error){
		"refused": func() (*http.Response, error) { return nil, &net.OpError{Op: "dial", Err: errors.New("refused")} },
		"lost":    func() (*http.Response, error) { return nil, io.EOF },
		"503":     func() (*http.Response, error) { return reply(503, "out", "Retry-After", "7"), nil },
		"cut": func() (*http.Response, error) {
			resp := reply(200, "")
			resp.Body, resp.ContentLength = &pieces{parts: []string{`{"a":`}, err: io.ErrUnexpectedEOF}, 100
			return resp, nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				srv := &server{answer: func(n int, _ *http.Request) (*http.Response, error) {
					if n < 3 {
						return first()
					}
					return reply(200, `{"ok":true}`), nil
				}}
				r := do(t.Context(), acme(srv), read())
				r.answered(t, 200, 3)
				if r.text != `{"ok":true}` || r.RetryAfter != 0 {
					t.Errorf("got %q and RetryAfter %s", r.text, r.RetryAfter)
				}
			})
		})
	}
}

// A RoundTripper that does not report its connections is judged by its error.
func TestErrorsOfTheNetwork(t *testing.T) {
	t.Parallel()
	unavailable := []error{transport.ErrUnavailable}
	for _, tt := range []struct {
		op     string
		writes int
		kinds  []error
	}{
		{"dial", 4, unavailable},
		{"read", 1, append(unavailable, transport.ErrOutcomeUnknown)},
		{"write", 1, append(unavailable, transport.ErrOutcomeUnknown)},
	} {
		t.Run(tt.op, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				srv := &server{answer: func(int, *http.Request) (*http.Response, error) {
					return nil, fmt.Errorf("proxy: %w", &net.OpError{Op: tt.op, Net: "tcp", Err: io.ErrClosedPipe})
				}}
				do(t.Context(), acme(srv), read()).failed(t, 4, unavailable...)
				do(t.Context(), acme(srv), write()).failed(t, tt.writes, tt.kinds...)
				if got := srv.count(); got != 4+tt.writes {
					t.Errorf("%d requests, want %d", got, 4+tt.writes)
				}
			})
		})
	}
}

func TestMaxRetriesAndNoRetry(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		retries int
		noRetry bool
		want    int
	}{{0, false, 1}, {1, false, 2}, {3, false, 4}, {10, false, 11}, {3, true, 1}, {80, false, 81}} {
		t.Run(fmt.Sprintf("%d retries, NoRetry %t", tt.retries, tt.noRetry), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				for _, status := range []int{429, 503} {
					srv := answers(status)
					call := read()
					call.NoRetry = tt.noRetry
					r := do(t.Context(), acme(srv, func(cfg *transport.Config) { cfg.MaxRetries = tt.retries }), call)
					r.answered(t, status, tt.want)
					if got := srv.count(); got != tt.want {
						t.Errorf("%d requests, want %d", got, tt.want)
					}
				}
				lost := &server{answer: func(int, *http.Request) (*http.Response, error) { return nil, io.EOF }}
				call := read()
				call.NoRetry = tt.noRetry
				do(t.Context(), acme(lost, func(cfg *transport.Config) { cfg.MaxRetries = tt.retries }), call).
					failed(t, tt.want, transport.ErrUnavailable)
			})
		})
	}
}

// gaps are the times between requests.
func gaps(srv *server) []time.Duration {
	var list []time.Duration
	requests := srv.seen()
	for i := 1; i < len(requests); i++ {
		list = append(list, requests[i].at.Sub(requests[i-1].at))
	}
	return list
}

// gap is the nth of them.
func gap(t *testing.T, srv *server, n int) time.Duration {
	t.Helper()
	list := gaps(srv)
	if len(list) <= n {
		t.Fatalf("%d requests, want %d", len(list)+1, n+2)
	}
	return list[n]
}

func TestWaitsDouble(t *testing.T) {
	t.Parallel()
	for name, statuses := range map[string]int{"an outage": 503, "throttling": 429, "a lost connection": 0} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				const retries = 80 // far beyond where doubling overflows
				srv := &server{answer: func(int, *http.Request) (*http.Response, error) {
					if statuses == 0 {
						return nil, io.EOF
					}
					return reply(statuses, ""), nil
				}}
				do(t.Context(), acme(srv, func(cfg *transport.Config) { cfg.MaxRetries = retries }), read())
				list := gaps(srv)
				if len(list) != retries {
					t.Fatalf("%d waits, want %d", len(list), retries)
				}
				for i, got := range list {
					want := 30 * time.Second
					if i < 6 {
						want = 500 * time.Millisecond << i
					}
					if got < want/2 || got > want {
						t.Errorf("wait %d is %s, want between half of %s and the whole", i+1, got, want)
					}
				}
			})
		})
	}
}

// Clients that failed together do not come back together.
func TestWaitsAreSpread(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		shortest, longest := time.Hour, time.Duration(0)
		for range 300 {
			srv := answers(503)
			do(t.Context(), acme(srv, func(cfg *transport.Config) { cfg.MaxRetries = 1 }), read())
			d := gap(t, srv, 0)
			shortest, longest = min(shortest, d), max(longest, d)
		}
		if shortest > 300*time.Millisecond || longest < 450*time.Millisecond {
			t.Errorf("300 waits lie between %s and %s, want them spread from 250ms to 500ms", shortest, longest)
		}
	})
}

func TestRetryAfter(t *testing.T) {
	t.Parallel()
	const forever = time.Duration(1<<63 - 1)
	synctest.Test(t, func(t *testing.T) {
		now := time.Now().UTC() // does not move in here
		in := func(d time.Duration, layout string) string { return now.Add(d).Format(layout) }
		for name, tt := range map[string]struct {
			value, date string
			want        time.Duration
		}{
			"absent":                 {"", "", 0},
			"seconds":                {"7", "", 7 * time.Second},
			"zero":                   {"0", "", 0},
			"spaces":                 {" 5 ", "", 5 * time.Second},
			"leading zeros":          {"0005", "", 5 * time.Second},
			"27777 hours":            {"99999999", "", 99999999 * time.Second},
			"the most that fits":     {"9223372036", "", 9223372036 * time.Second},
			"one more":               {"9223372037", "", forever},
			"overflow":               {"9999999999", "", forever},
			"beyond 64 bits":         {"99999999999999999999", "", forever},
			"wraps to a small one":   {"18446744074", "", forever},
			"negative":               {"-5", "", 0},
			"plus":                   {"+5", "", 0},
			"fraction":               {"1.5", "", 0},
			"garbage":                {"soon", "", 0},
			"units":                  {"5s", "", 0},
			"RFC1123":                {in(90*time.Second, http.TimeFormat), "", 90 * time.Second},
			"RFC850":                 {in(90*time.Second, "Monday, 02-Jan-06 15:04:05 GMT"), "", 90 * time.Second},
			"asctime":                {in(90*time.Second, time.ANSIC), "", 90 * time.Second},
			"date with spaces":       {" " + in(90*time.Second, http.TimeFormat) + " ", "", 90 * time.Second},
			"past":                   {in(-time.Hour, http.TimeFormat), "", 0},
			"year 9999":              {"Fri, 31 Dec 9999 23:59:59 GMT", "", forever},
			"the server's clock":     {in(90*time.Second, http.TimeFormat), in(time.Minute, http.TimeFormat), 30 * time.Second},
			"a clock an hour slow":   {in(-time.Hour+9*time.Second, http.TimeFormat), in(-time.Hour, http.TimeFormat), 9 * time.Second},
			"past on its clock":      {in(90*time.Second, http.TimeFormat), in(time.Hour, http.TimeFormat), 0},
			"a clock that is broken": {in(90*time.Second, http.TimeFormat), "yesterday", 90 * time.Second},
			"seconds, and a clock":   {"7", in(time.Hour, http.TimeFormat), 7 * time.Second},
		} {
			h := http.Header{}
			if tt.value != "" {
				h.Set("Retry-After", tt.value)
			}
			if tt.date != "" {
				h.Set("Date", tt.date)
			}
			if got := transport.RetryAfter(h); got != tt.want {
				t.Errorf("%s: Retry-After %q, Date %q: %s, want %s", name, tt.value, tt.date, got, tt.want)
			}
		}
		if got := transport.RetryAfter(nil); got != 0 {
			t.Errorf("no header: %s", got)
		}
	})
}

// How a wait that the server asks for is obeyed.
func TestServerWait(t *testing.T) {
	t.Parallel()
	const own = 500 * time.Millisecond
	for _, tt := range []struct {
		name     string
		header   string
		hint     time.Duration
		deadline time.Duration
		requests int
		min, max time.Duration // the wait
		after    time.Duration // RetryAfter of an answer that ends the call
	}{
		{name: "obeyed", header: "7", requests: 2, min: 7 * time.Second, max: 7 * time.Second},
		{name: "longer than RetryWaitMax", header: "100", requests: 2, min: 100 * time.Second, max: 100 * time.Second},
		{name: "the longest", header: "120", requests: 2, min: 120 * time.Second, max: 120 * time.Second},
		{name: "shorter than our own", header: "0", requests: 2, min: own / 2, max: own},
		{name: "not readable", header: "1.5", requests: 2, min: own / 2, max: own},
		{name: "negative", header: "-1", requests: 2, min: own / 2, max: own},
		{name: "too long", header: "121", requests: 1, after: 121 * time.Second},
		{name: "27777 hours", header: "99999999", requests: 1, after: 99999999 * time.Second},
		{name: "overflow", header: "9999999999", requests: 1, after: 1<<63 - 1},
		{name: "beyond 64 bits", header: "99999999999999999999", requests: 1, after: 1<<63 - 1},

		{name: "hint", hint: 8 * time.Second, requests: 2, min: 8 * time.Second, max: 8 * time.Second},
		{name: "hint is larger", header: "7", hint: 8 * time.Second, requests: 2, min: 8 * time.Second, max: 8 * time.Second},
		{name: "header is larger", header: "9", hint: 8 * time.Second, requests: 2, min: 9 * time.Second, max: 9 * time.Second},
		{name: "hint is negative", hint: -time.Second, requests: 2, min: own / 2, max: own},
		{name: "hint is too long", header: "7", hint: 121 * time.Second, requests: 1, after: 121 * time.Second},

		{name: "within the deadline", header: "7", deadline: 8 * time.Second, requests: 2, min: 7 * time.Second, max: 7 * time.Second},
		{name: "beyond the deadline", header: "7", deadline: 6 * time.Second, requests: 1, after: 7 * time.Second},
		{name: "our own beyond the deadline", deadline: 200 * time.Millisecond, requests: 1},
	} {
		for _, status := range []int{429, 500, 502, 503, 504} {
			t.Run(fmt.Sprintf("%s, %d", tt.name, status), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					ctx := t.Context()
					if tt.deadline != 0 {
						var cancel context.CancelFunc
						ctx, cancel = context.WithTimeout(ctx, tt.deadline)
						defer cancel()
					}
					srv := &server{answer: func(n int, _ *http.Request) (*http.Response, error) {
						if n > 1 {
							return reply(200, "done"), nil
						}
						resp := reply(status, "wait, please")
						if tt.header != "" {
							resp.Header.Set("Retry-After", tt.header)
						}
						return resp, nil
					}}
					tr := acme(srv, func(cfg *transport.Config) {
						cfg.Hint = func(got int, body []byte) transport.Hint {
							if got != status || string(body) != "wait, please" {
								t.Errorf("Hint is asked about %d %q", got, body)
							}
							return transport.Hint{Wait: tt.hint}
						}
					})
					start := time.Now()
					r := do(ctx, tr, read())
					if tt.requests == 1 {
						r.answered(t, status, 1)
						if r.RetryAfter != tt.after {
							t.Errorf("RetryAfter %s, want %s", r.RetryAfter, tt.after)
						}
						if r.text != "wait, please" {
							t.Errorf("body %q", r.text)
						}
						if d := time.Since(start); d != 0 {
							t.Errorf("returned after %s, want at once", d)
						}
						return
					}
					r.answered(t, 200, 2)
					if got := gap(t, srv, 0); got < tt.min || got > tt.max {
						t.Errorf("waited %s, want %s to %s", got, tt.min, tt.max)
					}
				})
			})
		}
	}
}

// The answer that ends a call says what the server asked for, even if that was
// obeyed before.
func TestRetryAfterOfTheLastAnswer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		srv := &server{answer: func(n int, _ *http.Request) (*http.Response, error) {
			return reply(429, "", "Retry-After", strconv.Itoa(n)), nil
		}}
		r := do(t.Context(), acme(srv), read())
		r.answered(t, 429, 4)
		if r.RetryAfter != 4*time.Second {
			t.Errorf("RetryAfter %s, want 4s", r.RetryAfter)
		}
	})
}

// An own wait that would outlast the deadline is not begun either, and what was
// seen is told instead of the deadline.
func TestFailureBeforeTheDeadline(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
		defer cancel()
		lost := &server{answer: func(int, *http.Request) (*http.Response, error) { return nil, io.EOF }}
		start := time.Now()
		r := do(ctx, acme(lost), read())
		r.failed(t, 1, transport.ErrUnavailable)
		if !errors.Is(r.err, io.EOF) || errors.Is(r.err, context.DeadlineExceeded) {
			t.Errorf("error %v, want EOF", r.err)
		}
		if d := time.Since(start); d != 0 {
			t.Errorf("returned after %s", d)
		}
	})
}

// A refused credential ends the call, whatever the error looks like.
func TestAuthorizeError(t *testing.T) {
	t.Parallel()
	plain := errors.New("the credential was refused")
	for name, cause := range map[string]error{
		"plain":         plain,
		"dial":          &net.OpError{Op: "dial", Err: plain},
		"timeout":       context.DeadlineExceeded,
		"another call":  &transport.Failure{Kinds: []error{transport.ErrRateLimited}, Attempts: 9, Err: plain, URL: "https://login.acme.test"},
		"invalid input": transport.Invalid("no credential"),
	} {
		for _, kind := range sorted(calls) {
			t.Run(name+" "+kind, func(t *testing.T) {
				t.Parallel()
				srv := answers(200)
				asked := 0
				call := calls[kind]()
				call.Authorize = func(context.Context, http.Header) error {
					asked++
					return cause
				}
				var told events
				r := do(t.Context(), acme(srv, hasty, told.observe), call)
				var f *transport.Failure
				if !errors.As(r.err, &f) {
					t.Fatalf("error %v, want a Failure", r.err)
				}
				if f.Err != cause || len(f.Kinds) != 0 { //nolint:errorlint // the very same
					t.Errorf("kinds %v and error %v, want none and the vendor's own", f.Kinds, f.Err)
				}
				if f.Attempts != 0 || f.URL != acmeURL+"/gadgets" || f.RetryAfter != 0 {
					t.Errorf("attempts %d, URL %s, RetryAfter %s", f.Attempts, f.URL, f.RetryAfter)
				}
				if asked != 1 || srv.count() != 0 || len(told.all()) != 0 {
					t.Errorf("%d credentials asked for, %d requests, events %v", asked, srv.count(), told.all())
				}
			})
		}
	}
}

func TestAuthorizeErrorOfALaterAttempt(t *testing.T) {
	t.Parallel()
	for _, kind := range sorted(calls) {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			srv := answers(429)
			refused := errors.New("the credential was refused")
			asked := 0
			call := calls[kind]()
			call.Authorize = func(context.Context, http.Header) error {
				if asked++; asked == 2 {
					return refused
				}
				return nil
			}
			r := do(t.Context(), acme(srv, hasty), call)
			r.failed(t, 1)
			if !errors.Is(r.err, refused) || asked != 2 || srv.count() != 1 {
				t.Errorf("error %v, %d credentials asked for, %d requests", r.err, asked, srv.count())
			}
		})
	}
}

var errShutdown = errors.New("the program shuts down")

// When the caller's context ends decides whether a write is in doubt.
func TestContextDone(t *testing.T) {
	t.Parallel()
	type stage struct {
		name     string
		requests int
		inDoubt  bool // for a write
		statuses []int
		run      func(t *testing.T, srv *server, tr *transport.Transport, call transport.Call, cancel func()) transport.Call
	}
	later := func(cancel func()) {
		go func() {
			time.Sleep(time.Millisecond)
			cancel()
		}()
	}
	// hang keeps the nth request until its context ends.
	hang := func(srv *server, nth int) {
		inner := srv.answer
		srv.answer = func(n int, req *http.Request) (*http.Response, error) {
			if n == nth {
				<-req.Context().Done()
				return nil, req.Context().Err()
			}
			return inner(n, req)
		}
	}
	for _, tt := range []stage{
		{name: "before", run: func(_ *testing.T, _ *server, _ *transport.Transport, call transport.Call, cancel func()) transport.Call {
			cancel()
			return call
		}},
		{name: "in flight", requests: 1, inDoubt: true, run: func(_ *testing.T, srv *server, _ *transport.Transport, call transport.Call, cancel func()) transport.Call {
			hang(srv, 1)
			later(cancel)
			return call
		}},
		{name: "in flight, second attempt", requests: 2, inDoubt: true, statuses: []int{429}, run: func(_ *testing.T, srv *server, _ *transport.Transport, call transport.Call, cancel func()) transport.Call {
			hang(srv, 2)
			go func() {
				time.Sleep(10 * time.Second)
				cancel()
			}()
			return call
		}},
		{name: "in the body", requests: 1, inDoubt: true, run: func(_ *testing.T, srv *server, _ *transport.Transport, call transport.Call, cancel func()) transport.Call {
			srv.answer = func(_ int, req *http.Request) (*http.Response, error) {
				resp := reply(201, "")
				resp.Body, resp.ContentLength = &pieces{parts: []string{"{", "}"}, err: io.EOF, before: func() error {
					return slowly(req.Context(), time.Second)
				}}, -1
				return resp, nil
			}
			later(cancel)
			return call
		}},
		{name: "in a wait", requests: 1, statuses: []int{429}, run: func(_ *testing.T, _ *server, _ *transport.Transport, call transport.Call, cancel func()) transport.Call {
			later(cancel)
			return call
		}},
		{name: "waiting for a token", run: func(_ *testing.T, _ *server, _ *transport.Transport, call transport.Call, cancel func()) transport.Call {
			call.Authorize = func(ctx context.Context, _ http.Header) error {
				<-ctx.Done()
				return ctx.Err()
			}
			later(cancel)
			return call
		}},
		{name: "waiting for a token, second attempt", requests: 1, statuses: []int{429}, run: func(_ *testing.T, srv *server, _ *transport.Transport, call transport.Call, cancel func()) transport.Call {
			call.Authorize = func(ctx context.Context, _ http.Header) error {
				if srv.count() == 0 {
					return nil
				}
				later(cancel)
				<-ctx.Done()
				return ctx.Err()
			}
			return call
		}},
		{name: "waiting for a slot", requests: 1, run: func(t *testing.T, srv *server, tr *transport.Transport, call transport.Call, cancel func()) transport.Call {
			hang(srv, 1)
			ctx, free := context.WithCancel(t.Context())
			t.Cleanup(free)
			go do(ctx, tr, call)
			synctest.Wait()
			later(cancel)
			return call
		}},
		{name: "in a pause", requests: 1, statuses: []int{429, 200}, run: func(t *testing.T, _ *server, tr *transport.Transport, call transport.Call, cancel func()) transport.Call {
			other := read()
			other.NoRetry = true
			do(t.Context(), tr, other).answered(t, 429, 1)
			later(cancel)
			return call
		}},
	} {
		for _, kind := range sorted(calls) {
			t.Run(tt.name+", "+kind, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					statuses := tt.statuses
					if statuses == nil {
						statuses = []int{200}
					}
					srv := answers(statuses...)
					tr := acme(srv, func(cfg *transport.Config) { cfg.MaxConcurrent = 1 })
					ctx, cancel := context.WithCancelCause(t.Context())
					var left time.Time
					call := tt.run(t, srv, tr, calls[kind](), func() {
						left = time.Now()
						cancel(errShutdown)
					})
					var want []error
					if tt.inDoubt && kind == "write" {
						want = []error{transport.ErrOutcomeUnknown}
					}
					r := do(ctx, tr, call)
					if d := time.Since(left); d != 0 {
						t.Errorf("returned %s after the caller left", d)
					}
					attempts := tt.requests
					if tt.name == "waiting for a slot" || tt.name == "in a pause" { // the request is another call's
						attempts = 0
					}
					r.failed(t, attempts, want...)
					if !errors.Is(r.err, context.Canceled) {
						t.Errorf("errors.Is(err, context.Canceled) is false for %v", r.err)
					}
					if !strings.HasPrefix(tt.name, "waiting for a token") { // then it is the vendor's error
						if !errors.Is(r.err, errShutdown) || !strings.Contains(r.err.Error(), errShutdown.Error()) {
							t.Errorf("the cause is not in %q", r.err)
						}
					}
					if got := srv.count(); got != tt.requests {
						t.Errorf("%d requests, want %d", got, tt.requests)
					}
				})
			})
		}
	}
}

// A token source may not heed the context, and give a token to somebody who has
// left.
func TestContextDoneUnnoticedByAuthorize(t *testing.T) {
	t.Parallel()
	for _, kind := range sorted(calls) {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			srv := &server{answer: func(_ int, req *http.Request) (*http.Response, error) {
				return nil, req.Context().Err()
			}}
			ctx, cancel := context.WithCancelCause(t.Context())
			call := calls[kind]()
			call.Authorize = func(context.Context, http.Header) error {
				cancel(errShutdown)
				return nil
			}
			r := do(ctx, acme(srv), call)
			r.failed(t, 0)
			if !errors.Is(r.err, context.Canceled) || !errors.Is(r.err, errShutdown) || srv.count() != 0 {
				t.Errorf("error %v after %d requests", r.err, srv.count())
			}
		})
	}
}

// The attempt before is over and settled: one that waits for its slot has sent
// nothing.
func TestContextDoneBeforeALaterAttempt(t *testing.T) {
	t.Parallel()
	for _, kind := range sorted(calls) {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				srv := &server{answer: func(n int, req *http.Request) (*http.Response, error) {
					if n == 1 {
						return nil, &net.OpError{Op: "dial", Err: errors.New("refused")}
					}
					return reply(200, ""), slowly(req.Context(), 20*time.Second)
				}}
				tr := acme(srv, func(cfg *transport.Config) { cfg.MaxConcurrent = 1 })
				var wg sync.WaitGroup
				wg.Go(func() {
					time.Sleep(100 * time.Millisecond) // within the wait of the other
					do(t.Context(), tr, read()).answered(t, 200, 1)
				})
				ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
				defer cancel()
				r := do(ctx, tr, calls[kind]())
				r.failed(t, 1)
				if !errors.Is(r.err, context.DeadlineExceeded) {
					t.Errorf("error %v", r.err)
				}
				wg.Wait()
			})
		})
	}
}

// A cause that is a context error itself is not told twice, and the deadline of
// a caller is one.
func TestContextErrorText(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(fmt.Errorf("shutting down: %w", context.Canceled))
	r := do(ctx, acme(answers(200)), read())
	if f := r.failure(t, 0); f.Error() != "shutting down: context canceled" {
		t.Errorf("error %q", f)
	}

	late, stop := context.WithTimeoutCause(t.Context(), -time.Second, errShutdown)
	defer stop()
	r = do(late, acme(answers(200)), read())
	r.failed(t, 0)
	if !errors.Is(r.err, context.DeadlineExceeded) || !errors.Is(r.err, errShutdown) {
		t.Errorf("error %v", r.err)
	}
}

// The attempt's clock is not the caller's deadline: whoever asks for
// context.DeadlineExceeded asks about the latter.
func TestAttemptTimeout(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		kind  string
		want  int
		kinds []error
	}{
		{"read", 4, []error{transport.ErrUnavailable}},
		{"write", 1, []error{transport.ErrUnavailable, transport.ErrOutcomeUnknown}},
	} {
		for _, where := range []string{"headers", "body"} {
			t.Run(tt.kind+", "+where, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					srv := &server{answer: func(_ int, req *http.Request) (*http.Response, error) {
						hang := func() error {
							<-req.Context().Done()
							return req.Context().Err()
						}
						if where == "headers" {
							return nil, hang()
						}
						resp := reply(200, "")
						resp.Body = &pieces{before: hang}
						return resp, nil
					}}
					start := time.Now()
					r := do(t.Context(), acme(srv), calls[tt.kind]())
					f := r.failure(t, tt.want, tt.kinds...)
					if errors.Is(r.err, context.DeadlineExceeded) || !strings.Contains(f.Error(), "timed out") {
						t.Errorf("error %v", f)
					}
					if srv.count() != tt.want || f.StatusCode != 0 {
						t.Errorf("%d requests, want %d; status %d", srv.count(), tt.want, f.StatusCode)
					}
					atLeast := time.Duration(tt.want) * 30 * time.Second
					if d := time.Since(start); d < atLeast || d > atLeast+4*time.Second {
						t.Errorf("took %s, want %s and the waits", d, atLeast)
					}
				})
			})
		}
	}
}

// The caller's deadline in flight is the caller's, and not repeated.
func TestCallersDeadlineInFlight(t *testing.T) {
	t.Parallel()
	for kind, kinds := range map[string][]error{"read": nil, "write": {transport.ErrOutcomeUnknown}} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				srv := &server{answer: func(_ int, req *http.Request) (*http.Response, error) {
					<-req.Context().Done()
					return nil, req.Context().Err()
				}}
				ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
				defer cancel()
				r := do(ctx, acme(srv), calls[kind]())
				r.failed(t, 1, kinds...)
				if !errors.Is(r.err, context.DeadlineExceeded) || srv.count() != 1 {
					t.Errorf("error %v after %d requests", r.err, srv.count())
				}
			})
		})
	}
}

// An answer that arrived is handed on, though the caller has left meanwhile; it
// is not repeated.
func TestAnswerAfterTheCallerLeft(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		srv := &server{answer: func(int, *http.Request) (*http.Response, error) {
			cancel()
			return reply(503, "out"), nil
		}}
		do(ctx, acme(srv), read()).answered(t, 503, 1)
	})
}

// Use's error is the call's, unchanged.
func TestErrorOfUse(t *testing.T) {
	t.Parallel()
	var used atomic.Int64
	want := errors.New("not what was expected")
	srv := answers(200)
	got := acme(srv).Do(t.Context(), read(), func(*transport.Response) error {
		used.Add(1)
		return want
	})
	if got != want || used.Load() != 1 || srv.count() != 1 { //nolint:errorlint // the very same
		t.Errorf("error %v after %d uses and %d requests", got, used.Load(), srv.count())
	}
}

// Cookies belong to one request each, and do not pile up; those of an answer are
// kept.
func TestCookiesOfEachAttempt(t *testing.T) {
	t.Parallel()
	srv := &server{answer: func(n int, _ *http.Request) (*http.Response, error) {
		resp := reply([]int{503, 503, 200}[n-1], "")
		resp.Header.Add("Set-Cookie", fmt.Sprintf("answer=%d; Path=/", n))
		return resp, nil
	}}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	here := &url.URL{Scheme: "https", Host: "api.acme.test", Path: "/"}
	jar.SetCookies(here, []*http.Cookie{{Name: "session", Value: "1"}})
	call := read()
	call.Header = http.Header{"Cookie": {"own=1"}}
	do(t.Context(), acme(srv, hasty, func(cfg *transport.Config) { cfg.Jar = jar }), call).answered(t, 200, 3)
	for i, r := range srv.seen() {
		want := []string{"own=1; session=1", "own=1; session=1; answer=1", "own=1; session=1; answer=2"}[i]
		if got := r.header.Get("Cookie"); got != want {
			t.Errorf("attempt %d sent Cookie: %s, want %s", i+1, got, want)
		}
	}
	if got := jar.Cookies(here); len(got) != 2 || got[1].Value != "3" {
		t.Errorf("the jar holds %v", got)
	}
	if call.Header.Get("Cookie") != "own=1" {
		t.Errorf("the caller's header became %v", call.Header)
	}
}
