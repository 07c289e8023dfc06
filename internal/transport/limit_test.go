package transport_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/usergroups-go/usergroups/internal/transport"
)

// gauge counts what is under way at a time.
type gauge struct{ now, most atomic.Int64 }

func (g *gauge) enter() (leave func()) {
	n := g.now.Add(1)
	for {
		most := g.most.Load()
		if n <= most || g.most.CompareAndSwap(most, n) {
			return func() { g.now.Add(-1) }
		}
	}
}

// A queue of slow calls: each waits its turn, and waiting is not counted as
// slowness of the server.
func TestLimit(t *testing.T) {
	t.Parallel()
	for _, limit := range []int{1, 2, 5, 40} {
		t.Run("", func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var under gauge
				srv := &server{answer: func(_ int, req *http.Request) (*http.Response, error) {
					defer under.enter()()
					if err := slowly(req.Context(), 20*time.Second); err != nil {
						return nil, err
					}
					return reply(200, `{}`), nil
				}}
				tr := acme(srv, func(cfg *transport.Config) { cfg.MaxConcurrent = limit })
				start := time.Now()
				var wg sync.WaitGroup
				for i := range 20 {
					wg.Go(func() { do(t.Context(), tr, calls[[]string{"read", "write"}[i%2]]()).answered(t, 200, 1) })
				}
				wg.Wait()
				if got, want := int(under.most.Load()), min(limit, 20); got != want {
					t.Errorf("%d at a time, want %d", got, want)
				}
				rounds := (20 + limit - 1) / limit
				if got, want := time.Since(start), time.Duration(rounds)*20*time.Second; got != want {
					t.Errorf("20 calls took %s, want %s", got, want)
				}
				if srv.count() != 20 {
					t.Errorf("%d requests, want 20", srv.count())
				}
			})
		})
	}
}

// The slot is held until the body has been read.
func TestLimitCoversTheBody(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var under gauge
		srv := &server{answer: func(_ int, req *http.Request) (*http.Response, error) {
			leave := under.enter()
			resp := reply(200, "")
			resp.ContentLength = -1
			resp.Body = &pieces{parts: []string{"a", "b"}, err: io.EOF, before: func() error {
				err := slowly(req.Context(), time.Second)
				if under.now.Load() > 0 && err == nil && req.Context().Err() == nil {
					return nil
				}
				return err
			}}
			resp.Body = closing{resp.Body, leave}
			return resp, nil
		}}
		tr := acme(srv, func(cfg *transport.Config) { cfg.MaxConcurrent = 2 })
		var wg sync.WaitGroup
		for range 6 {
			wg.Go(func() {
				r := do(t.Context(), tr, read())
				r.answered(t, 200, 1)
				if r.text != "ab" {
					t.Errorf("body %q", r.text)
				}
			})
		}
		wg.Wait()
		if got := under.most.Load(); got != 2 {
			t.Errorf("%d answers were open at a time, want 2", got)
		}
	})
}

type closing struct {
	io.ReadCloser
	then func()
}

func (c closing) Close() error {
	defer c.then()
	return c.ReadCloser.Close()
}

// However an attempt ends, its slot is free again.
func TestSlotIsFreed(t *testing.T) {
	t.Parallel()
	answer := func(f func(*http.Request) (*http.Response, error)) func(*transport.Config, *transport.Call, *server) {
		return func(_ *transport.Config, _ *transport.Call, srv *server) {
			srv.answer = func(_ int, req *http.Request) (*http.Response, error) { return f(req) }
		}
	}
	authorize := func(f func() error) func(*transport.Config, *transport.Call, *server) {
		return func(_ *transport.Config, call *transport.Call, _ *server) {
			call.Authorize = func(context.Context, http.Header) error { return f() }
		}
	}
	for name, breakDown := range map[string]func(*transport.Config, *transport.Call, *server){
		"connection lost": answer(func(*http.Request) (*http.Response, error) { return nil, io.EOF }),
		"body cut": answer(func(*http.Request) (*http.Response, error) {
			resp := reply(200, "")
			resp.Body = &pieces{err: io.ErrUnexpectedEOF}
			return resp, nil
		}),
		"timed out": answer(func(req *http.Request) (*http.Response, error) {
			<-req.Context().Done()
			return nil, req.Context().Err()
		}),
		"outage":    answer(func(*http.Request) (*http.Response, error) { return reply(503, ""), nil }),
		"throttled": answer(func(*http.Request) (*http.Response, error) { return reply(429, ""), nil }),
		"throttled for too long": answer(func(*http.Request) (*http.Response, error) {
			return reply(429, "", "Retry-After", "500"), nil
		}),
		"throttled beyond the deadline": answer(func(*http.Request) (*http.Response, error) {
			return reply(429, "", "Retry-After", "100"), nil
		}),
		"panic of the RoundTripper": answer(func(*http.Request) (*http.Response, error) { panic("round trip") }),
		"credential refused":        authorize(func() error { return errors.New("no") }),
		"panic of Authorize":        authorize(func() error { panic("authorize") }),
		"panic of Observe": func(cfg *transport.Config, _ *transport.Call, _ *server) {
			once := new(sync.Once)
			cfg.Observe = func(context.Context, transport.Event) { once.Do(func() { panic("observe") }) }
		},
		"panic of Hint": func(cfg *transport.Config, _ *transport.Call, _ *server) {
			once := new(sync.Once)
			cfg.Hint = func(int, []byte) transport.Hint {
				once.Do(func() { panic("hint") })
				return transport.Hint{}
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				srv := answers(503)
				call := read()
				cfg := config(srv)
				cfg.MaxConcurrent, cfg.MaxRetries = 1, 1
				breakDown(&cfg, &call, srv)
				tr := transport.New(cfg)
				ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second)
				defer cancel()
				func() {
					defer func() { _ = recover() }()
					do(ctx, tr, call)
				}()
				srv.answer = func(int, *http.Request) (*http.Response, error) { return reply(200, ""), nil }
				time.Sleep(500 * time.Second) // any pause is over
				do(t.Context(), tr, read()).answered(t, 200, 1)
			})
		})
	}
}

// A pause that is longer than anybody wants to wait is told to all callers at
// once, without a request; but for no longer than ten minutes.
func TestLongPauses(t *testing.T) {
	t.Parallel()
	for after, ends := range map[string]time.Duration{"300": 300 * time.Second, "99999999": 10 * time.Minute} {
		t.Run(after, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				requests := 0
				srv := answers(200)
				srv.answer = func(int, *http.Request) (*http.Response, error) {
					requests++
					return reply(429, "", "Retry-After", after), nil
				}
				tr := acme(srv)
				do(t.Context(), tr, read()).answered(t, 429, 1)
				time.Sleep(10 * time.Second)
				for range 20 {
					var f *transport.Failure
					got := do(t.Context(), tr, read())
					if !errors.As(got.err, &f) || !errors.Is(f, transport.ErrRateLimited) || f.Attempts != 0 || f.RetryAfter != ends-10*time.Second {
						t.Fatalf("%+v", f)
					}
				}
				// From here on, the rest is short enough to be waited for.
				time.Sleep(ends - 10*time.Second - 100*time.Second)
				srv.answer = func(int, *http.Request) (*http.Response, error) {
					requests++
					return reply(200, ""), nil
				}
				start := time.Now()
				do(t.Context(), tr, read()).answered(t, 200, 1)
				if waited := time.Since(start); waited != 100*time.Second || requests != 2 {
					t.Errorf("waited %s, %d requests", waited, requests)
				}
			})
		})
	}
}

// Whoever waits for a retry leaves the slot to others meanwhile.
func TestSlotIsFreeDuringAWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		srv := answers(503, 200)
		srv.answer = func(n int, _ *http.Request) (*http.Response, error) {
			if n == 1 {
				return reply(503, "", "Retry-After", "60"), nil
			}
			return reply(200, ""), nil
		}
		tr := acme(srv, func(cfg *transport.Config) { cfg.MaxConcurrent = 1 })
		var wg sync.WaitGroup
		wg.Go(func() { do(t.Context(), tr, read()).answered(t, 200, 2) })
		synctest.Wait()
		start := time.Now()
		do(t.Context(), tr, read()).answered(t, 200, 1)
		if d := time.Since(start); d != 0 {
			t.Errorf("the other call took %s; an outage is no reason to hold it back", d)
		}
		wg.Wait()
	})
}

// Waiting for a token, which may need a refresh, is not the server's slowness.
func TestAuthorizeIsOutsideTheClock(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		srv := &server{answer: func(_ int, req *http.Request) (*http.Response, error) {
			if err := slowly(req.Context(), 29*time.Second); err != nil {
				return nil, err
			}
			return reply(200, `{}`), nil
		}}
		var told events
		call := write()
		call.Authorize = func(ctx context.Context, h http.Header) error {
			if deadline, ok := ctx.Deadline(); ok {
				t.Errorf("Authorize has to be done by %s", deadline)
			}
			return slowly(ctx, 10*time.Minute)
		}
		start := time.Now()
		do(t.Context(), acme(srv, told.observe), call).answered(t, 200, 1)
		if got, want := time.Since(start), 10*time.Minute+29*time.Second; got != want {
			t.Errorf("took %s, want %s", got, want)
		}
		if list := told.all(); len(list) != 1 || list[0].Duration != 29*time.Second {
			t.Errorf("events %+v, want an attempt of 29s", list)
		}
	})
}

// Authorize sees the values of the caller's context.
func TestAuthorizeHasTheCallersContext(t *testing.T) {
	t.Parallel()
	type key struct{}
	call := read()
	call.Authorize = func(ctx context.Context, h http.Header) error {
		if ctx.Value(key{}) != "value" {
			t.Error("not the caller's context")
		}
		return nil
	}
	do(context.WithValue(t.Context(), key{}, "value"), acme(answers(200)), call).answered(t, 200, 1)
}

// throttle answers the nth request with 429 and a wait, all others with 200.
func throttle(nth int, wait string) *server {
	return &server{answer: func(n int, _ *http.Request) (*http.Response, error) {
		if n == nth {
			resp := reply(429, "")
			if wait != "" {
				resp.Header.Set("Retry-After", wait)
			}
			return resp, nil
		}
		return reply(200, ""), nil
	}}
}

// A 429 is about the client, not about the call that happened to get it.
func TestPauseHoldsAllCallers(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		wait       string
		noRetry    bool
		deadline   time.Duration
		ends       time.Duration
		first      int // status of the call that got the 429
		tolerance  time.Duration
		maxRetries int
	}{
		"the server's wait":                {wait: "10", ends: 10 * time.Second, first: 200, maxRetries: 3},
		"our own wait":                     {ends: 250 * time.Millisecond, tolerance: 250 * time.Millisecond, first: 200, maxRetries: 3},
		"of a call with NoRetry":           {wait: "10", noRetry: true, ends: 10 * time.Second, first: 429, maxRetries: 3},
		"of a call without retries":        {wait: "10", ends: 10 * time.Second, first: 429},
		"of a call whose deadline is near": {wait: "10", deadline: time.Second, ends: 10 * time.Second, first: 429, maxRetries: 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				srv := throttle(1, tt.wait)
				tr := acme(srv, func(cfg *transport.Config) { cfg.MaxConcurrent, cfg.MaxRetries = 2, tt.maxRetries })
				start := time.Now()
				var wg sync.WaitGroup
				wg.Go(func() {
					ctx := t.Context()
					if tt.deadline > 0 {
						var cancel context.CancelFunc
						ctx, cancel = context.WithTimeout(ctx, tt.deadline)
						defer cancel()
					}
					call := read()
					call.NoRetry = tt.noRetry
					if r := do(ctx, tr, call); r.err != nil || r.StatusCode != tt.first {
						t.Errorf("the first call: status %d, error %v", r.StatusCode, r.err)
					}
				})
				synctest.Wait()
				for i := range 7 {
					wg.Go(func() { do(t.Context(), tr, calls[[]string{"read", "write"}[i%2]]()).answered(t, 200, 1) })
				}
				wg.Wait()
				requests := srv.seen()
				for _, r := range requests[min(1, len(requests)):] {
					if d := r.at.Sub(start); d < tt.ends || d > tt.ends+tt.tolerance {
						t.Errorf("a request left after %s, want %s", d, tt.ends)
					}
				}
				if want := map[int]int{200: 9, 429: 8}[tt.first]; len(requests) != want {
					t.Errorf("%d requests, want %d", len(requests), want)
				}
				do(t.Context(), tr, read()).answered(t, 200, 1) // the pause is over
				if d := time.Since(start); d > tt.ends+tt.tolerance {
					t.Errorf("a call after the pause took until %s", d)
				}
			})
		})
	}
}

// A call whose end comes before the pause's is told at once.
func TestPauseBeyondTheDeadline(t *testing.T) {
	t.Parallel()
	for _, kind := range sorted(calls) {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				srv := throttle(1, "10")
				var told events
				tr := acme(srv, told.observe)
				call := read()
				call.NoRetry = true
				do(t.Context(), tr, call).answered(t, 429, 1)
				time.Sleep(time.Second)

				ctx, cancel := context.WithTimeout(t.Context(), 8*time.Second)
				defer cancel()
				start := time.Now()
				f := do(ctx, tr, calls[kind]()).failure(t, 0, transport.ErrRateLimited)
				if f.RetryAfter != 9*time.Second {
					t.Errorf("RetryAfter %s, want 9s", f.RetryAfter)
				}
				if f.URL != acmeURL+"/gadgets" || f.StatusCode != 0 {
					t.Errorf("URL %s, status %d", f.URL, f.StatusCode)
				}
				if d := time.Since(start); d != 0 || srv.count() != 1 {
					t.Errorf("returned after %s and %d requests", d, srv.count())
				}
				for _, e := range told.all() {
					if e.Kind == transport.EventWait {
						t.Errorf("a wait is reported that was not begun: %+v", e)
					}
				}

				// One that can wait does, and is told about it.
				ctx, cancel = context.WithTimeout(t.Context(), 10*time.Second)
				defer cancel()
				do(ctx, tr, calls[kind]()).answered(t, 200, 1)
				if d := time.Since(start); d != 9*time.Second {
					t.Errorf("waited %s, want 9s", d)
				}
			})
		})
	}
}

// A pause that begins while a call waits for its token holds that call, too.
func TestPauseBegunDuringAuthorize(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		srv := throttle(1, "60")
		tr := acme(srv)
		var wg sync.WaitGroup
		wg.Go(func() {
			call := read()
			call.Authorize = func(ctx context.Context, _ http.Header) error { return slowly(ctx, 20*time.Second) }
			do(t.Context(), tr, call).answered(t, 200, 1)
		})
		synctest.Wait()
		call := read()
		call.NoRetry = true
		do(t.Context(), tr, call).answered(t, 429, 1)
		wg.Wait()
		if d := gap(t, srv, 0); d < time.Minute {
			t.Errorf("a request left after %s, in the middle of the pause of 60s", d)
		}
	})
}

// A pause that begins while a call is in the queue holds it before it asks for
// its token, which might not outlive the pause.
func TestPauseBegunInTheQueue(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		srv := throttle(1, "60")
		answer := srv.answer
		srv.answer = func(n int, req *http.Request) (*http.Response, error) {
			time.Sleep(time.Second)
			return answer(n, req)
		}
		tr := acme(srv, func(cfg *transport.Config) { cfg.MaxConcurrent = 1 })
		start := time.Now()
		var wg sync.WaitGroup
		wg.Go(func() {
			call := read()
			call.NoRetry = true
			do(t.Context(), tr, call).answered(t, 429, 1)
		})
		synctest.Wait()
		wg.Go(func() {
			call := write()
			call.Authorize = func(context.Context, http.Header) error {
				if d := time.Since(start); d != 61*time.Second {
					t.Errorf("the token was asked for after %s, want 61s", d)
				}
				return nil
			}
			do(t.Context(), tr, call).answered(t, 200, 1)
		})
		synctest.Wait()
		time.Sleep(2 * time.Second)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		do(ctx, tr, read()).failed(t, 0, transport.ErrRateLimited)
		wg.Wait()
	})
}

// Of two pauses the one that ends later counts.
func TestPausesAreNotShortened(t *testing.T) {
	t.Parallel()
	for name, waits := range map[string][]string{"longer first": {"30", "3"}, "shorter first": {"3", "30"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				srv := &server{answer: func(n int, req *http.Request) (*http.Response, error) {
					if n > 2 {
						return reply(200, ""), nil
					}
					err := slowly(req.Context(), time.Duration(n)*time.Second) // both are under way together
					return reply(429, "", "Retry-After", waits[n-1]), err
				}}
				tr := acme(srv)
				start := time.Now()
				var wg sync.WaitGroup
				for range 2 {
					wg.Go(func() { do(t.Context(), tr, read()).answered(t, 200, 2) })
				}
				time.Sleep(2500 * time.Millisecond)
				wg.Go(func() { do(t.Context(), tr, read()).answered(t, 200, 1) })
				wg.Wait()
				want := map[string]time.Duration{"longer first": 31 * time.Second, "shorter first": 32 * time.Second}[name]
				for _, r := range srv.seen()[2:] {
					if got := r.at.Sub(start); got != want {
						t.Errorf("a request left after %s, want %s", got, want)
					}
				}
			})
		})
	}
}

// Neither outages nor refused waits hold others back.
func TestNoPause(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		status int
		wait   string
	}{
		"an outage":             {503, "60"},
		"an error":              {500, ""},
		"another's Retry-After": {404, "60"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				srv := &server{answer: func(n int, _ *http.Request) (*http.Response, error) {
					if n == 1 {
						return reply(tt.status, "", "Retry-After", tt.wait), nil
					}
					return reply(200, ""), nil
				}}
				tr := acme(srv)
				call := read()
				call.NoRetry = true
				do(t.Context(), tr, call).answered(t, tt.status, 1)
				start := time.Now()
				do(t.Context(), tr, read()).answered(t, 200, 1)
				if d := time.Since(start); d != 0 {
					t.Errorf("the other call was held for %s", d)
				}
			})
		})
	}
}
