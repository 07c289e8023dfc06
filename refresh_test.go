package usergroups_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptrace"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/usergroups-go/usergroups"
)

func TestRefreshOnceForAll(t *testing.T) {
	t.Parallel()
	tests := map[string]func(v *vendor){
		"no token yet":        func(*vendor) {},
		"an expired token":    func(*vendor) { time.Sleep(2 * time.Hour) },
		"50 times 401":        func(v *vendor) { v.mu.Lock(); v.good = "gone"; v.mu.Unlock() },
		"a token still good":  nil,
		"soon before its end": func(*vendor) { time.Sleep(59*time.Minute + time.Second) },
	}
	for name, prepare := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				v := newVendor(t)
				v.token = func(n int) (int, string, time.Duration) {
					status, body, _ := v.issue(n)
					return status, body, time.Second
				}
				client := v.client()
				want := 1
				if name != "no token yet" {
					if err := get(t.Context(), client); err != nil {
						t.Fatal(err)
					}
					want = 2
				}
				if prepare == nil {
					want--
				} else {
					prepare(v)
				}
				for _, err := range together(t.Context(), client, 50) {
					if err != nil {
						t.Error(err)
					}
				}
				time.Sleep(2 * time.Second) // for the one that nobody waits for
				if refreshes, _ := v.count(); refreshes != want {
					t.Errorf("%d refreshes, want %d", refreshes, want)
				}
			})
		})
	}
}

func TestWaitersLeave(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		v := newVendor(t)
		v.token = func(n int) (int, string, time.Duration) {
			status, body, _ := v.issue(n)
			return status, body, 10 * time.Second
		}
		client := v.client()
		start := time.Now()
		var wg sync.WaitGroup
		leave := func(after time.Duration) {
			ctx, cancel := context.WithTimeout(t.Context(), after)
			defer cancel()
			err := get(ctx, client)
			if !errors.Is(err, context.DeadlineExceeded) || errors.Is(err, usergroups.ErrUnavailable) || time.Since(start) != after {
				t.Errorf("left after %s with %v, want %s", time.Since(start), err, after)
			}
		}
		wg.Go(func() { leave(time.Second) }) // the one whose call began the refresh, perhaps
		wg.Go(func() { leave(2 * time.Second) })
		wg.Go(func() {
			time.Sleep(500 * time.Millisecond)
			if err := get(t.Context(), client); err != nil {
				t.Errorf("the one that stayed: %v", err)
			}
			if waited := time.Since(start); waited != 10*time.Second {
				t.Errorf("the one that stayed waited %s", waited)
			}
		})
		wg.Wait()
		if refreshes, _ := v.count(); refreshes != 1 {
			t.Errorf("%d refreshes, want 1", refreshes)
		}
	})
}

// TestOutageIsMetOnce: all who wait share the failure too, with its three tries.
func TestOutageIsMetOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		v := newVendor(t)
		v.set(always(503, "", time.Second))
		for _, err := range together(t.Context(), v.client(), 50) {
			if !errors.Is(err, usergroups.ErrUnavailable) {
				t.Errorf("%v, want ErrUnavailable", err)
			}
		}
		if refreshes, requests := v.count(); refreshes != 3 || requests != 0 {
			t.Errorf("%d token and %d API requests, want 3 and 0", refreshes, requests)
		}
	})
}

// TestOutageIsShared: of the clients that wait for each other's lock, the first
// finds out that nobody answers, and all know. Those that come later try again.
func TestOutageIsShared(t *testing.T) {
	t.Parallel()
	stores := map[string]usergroups.TokenStore{
		"memory": usergroups.NewMemoryTokenStore(),
		"file":   usergroups.NewFileTokenStore(filepath.Join(t.TempDir(), "tokens.json")),
	}
	for name, store := range stores {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				v := newVendor(t)
				v.set(always(200, "{}", time.Hour))
				const clients, tries = 8, 3
				start := time.Now()
				all := func() (errs []error) {
					errs = make([]error, clients)
					var wg sync.WaitGroup
					for i := range errs {
						client := v.client(usergroups.WithTokenStore(store))
						wg.Go(func() { errs[i] = get(t.Context(), client) })
					}
					wg.Wait()
					return errs
				}
				for _, err := range all() {
					if !errors.Is(err, usergroups.ErrUnavailable) || errors.Is(err, usergroups.ErrRateLimited) {
						t.Errorf("error %v, want ErrUnavailable", err)
					}
				}
				// Three requests of 15 s, and the waits between them.
				if refreshes, _ := v.count(); refreshes != tries || time.Since(start) > 48*time.Second {
					t.Errorf("%d requests in %s, want %d in less than 48 s", refreshes, time.Since(start), tries)
				}
				v.set(nil)
				if err := errors.Join(all()...); err != nil {
					t.Errorf("when it answers again: %v", err)
				}
				if refreshes, _ := v.count(); refreshes != tries+1 {
					t.Errorf("%d requests, want one more", refreshes)
				}
			})
		})
	}
}

// TestOutageToCome: what another machine's clock puts into the future keeps nobody
// from asking.
func TestOutageToCome(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		v := newVendor(t)
		store := &keyStore{TokenStore: usergroups.NewMemoryTokenStore()}
		if err := get(t.Context(), v.client(usergroups.WithTokenStore(store))); err != nil {
			t.Fatal(err)
		}
		_, err := store.Update(t.Context(), store.key, func(context.Context, usergroups.Token) (token usergroups.Token, err error) {
			err = token.UnmarshalBinary([]byte(`{"outage":"` + time.Now().Add(time.Hour).Format(time.RFC3339) + `"}`))
			return token, err
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := get(t.Context(), v.client(usergroups.WithTokenStore(store))); err != nil {
			t.Error(err)
		}
		if refreshes, _ := v.count(); refreshes != 2 {
			t.Errorf("%d refreshes, want 2", refreshes)
		}
	})
}

// TestGoodTokenIsNotWithheld: whatever the accounts server answers instead of a
// token, the one there is stays in the store, and everybody uses it until it ends,
// at once.
func TestGoodTokenIsNotWithheld(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		answer func(int) (int, string, time.Duration)
		asked  int           // how often in the first ten seconds
		is     error         // what calls get when the token has ended
		rests  time.Duration // how long after that nobody is asked
	}{
		{"refused", always(200, `{"error":"invalid_code"}`, 0), 1, usergroups.ErrUnauthorized, 10 * time.Second},
		{"throttled", always(400, `{"error":"Access Denied"}`, 0), 1, usergroups.ErrRateLimited, time.Minute},
		{"no access_token", always(200, "{}", 0), 1, usergroups.ErrUnexpectedResponse, 10 * time.Second},
		{"an empty one", always(200, `{"access_token":""}`, 0), 1, usergroups.ErrUnexpectedResponse, 10 * time.Second},
		{"HTML", always(200, "<html>", 0), 1, usergroups.ErrUnexpectedResponse, 10 * time.Second},
		{"down", always(503, "", 0), 3, usergroups.ErrUnavailable, 0},
		{"no answer", always(0, "", 0), 3, usergroups.ErrUnavailable, 0},
		{"silent", always(200, "{}", time.Hour), 1, usergroups.ErrUnavailable, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				v := newVendor(t)
				store := &keyStore{TokenStore: usergroups.NewMemoryTokenStore()}
				shared := usergroups.WithTokenStore(store)
				client := v.client(shared)
				if err := get(t.Context(), client); err != nil {
					t.Fatal(err)
				}
				v.set(tt.answer)
				time.Sleep(59*time.Minute + time.Second)
				newcomer := make(chan error, 1)
				for second := 1; second < 60; second += 2 { // to its end
					start := time.Now()
					if err := get(t.Context(), client); err != nil || time.Since(start) != 0 {
						t.Fatalf("%v after %s", err, time.Since(start))
					}
					if second == 9 {
						if refreshes, _ := v.count(); refreshes != 1+tt.asked {
							t.Errorf("%d token requests, want the first and %d", refreshes, tt.asked)
						}
						go func() { newcomer <- get(t.Context(), v.client(shared)) }()
					}
					time.Sleep(2 * time.Second)
				}
				if err := <-newcomer; err != nil {
					t.Errorf("one that began meanwhile, and has only the store: %v", err)
				}
				if refreshes, _ := v.count(); refreshes > 1+6*tt.asked+tt.asked { // every 10 s, and the newcomer
					t.Errorf("%d token requests", refreshes)
				}
				if stored, err := store.Load(t.Context(), store.key); err != nil || stored.AccessToken != "token-1" {
					t.Errorf("another token is stored, or none: %v, %v", stored, err)
				}
				if err := get(t.Context(), client); !errors.Is(err, tt.is) {
					t.Errorf("after the end: %v, want %v", err, tt.is)
				}
				v.set(nil)
				time.Sleep(tt.rests)
				if err := get(t.Context(), client); err != nil {
					t.Errorf("when the server is back: %v", err)
				}
				time.Sleep(time.Hour) // what is silent gives up
			})
		})
	}
}

// TestRotation: a refresh token that comes with an answer takes the place of the
// one before.
func TestRotation(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		v := newVendor(t)
		v.good = "token-1"
		v.set(func(n int) (int, string, time.Duration) {
			if n == 1 {
				return 200, `{"access_token":"token-1","refresh_token":"rt-2"}`, 0
			}
			return 200, `{"access_token":"token-1"}`, 0
		})
		client := v.client()
		for n, want := range []string{"rt-1", "rt-2", "rt-2"} {
			if err := get(t.Context(), client); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
			if got := v.form.Get("refresh_token"); got != want {
				t.Errorf("refresh %d used %s, want %s", n+1, got, want)
			}
			time.Sleep(59*time.Minute + time.Second)
		}
	})
}

// TestRefreshIsNobodys: the refresh that all share has nothing of the call that
// happened to begin it.
func TestRefreshIsNobodys(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		v := newVendor(t)
		type key struct{}
		var value any
		client := newClient(t, roundTripFunc(func(r *http.Request) (*http.Response, error) {
			if r.URL.Host == "accounts.test" {
				value = r.Context().Value(key{})
				if trace := httptrace.ContextClientTrace(r.Context()); trace != nil {
					trace.GotConn(httptrace.GotConnInfo{})
				}
			}
			return v.RoundTrip(r)
		}), refreshToken)
		traced := false
		ctx := httptrace.WithClientTrace(context.WithValue(t.Context(), key{}, "a tenant"), &httptrace.ClientTrace{
			GotConn: func(httptrace.GotConnInfo) { traced = true },
		})
		if err := get(ctx, client); err != nil || traced || value != nil {
			t.Errorf("error %v, traced %t, value %v", err, traced, value)
		}
	})
}

// TestTimeoutsAreNotTheCallers: the end of a context is in an error only when it
// was the caller's.
func TestTimeoutsAreNotTheCallers(t *testing.T) {
	t.Parallel()
	check := func(t *testing.T, err error, is error) {
		t.Helper()
		if !errors.Is(err, is) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
			t.Errorf("%v, want %v and no end of a context", err, is)
		}
	}
	synctest.Test(t, func(t *testing.T) {
		v := newVendor(t)
		v.set(always(200, "{}", time.Hour))
		start := time.Now()
		check(t, get(t.Context(), v.client()), usergroups.ErrUnavailable)
		// Three times 15 s, and waits of half to all of 0.5 s and 1 s.
		if took := time.Since(start); took < 45750*time.Millisecond || took > 46500*time.Millisecond {
			t.Errorf("a silent accounts server took %s", took)
		}
		check(t, get(t.Context(), newVendor(t).client(usergroups.WithTokenStore(stuckStore{}))), usergroups.ErrUnavailable)
		dialTimeout := fmt.Errorf("dial tcp: %w", context.DeadlineExceeded)
		client := newTokenClient(t, roundTripFunc(func(*http.Request) (*http.Response, error) { return nil, dialTimeout }))
		check(t, get(t.Context(), client), usergroups.ErrUnavailable)
		time.Sleep(2 * time.Hour)
	})
}

// stuckStore never gives its lock.
type stuckStore struct{}

func (stuckStore) Load(context.Context, string) (usergroups.Token, error) {
	return usergroups.Token{}, nil
}

func (stuckStore) Update(ctx context.Context, _ string, _ func(context.Context, usergroups.Token) (usergroups.Token, error)) (usergroups.Token, error) {
	<-ctx.Done()
	return usergroups.Token{}, ctx.Err()
}

// TestFlightTooLong: a refresh that waits for the locks of others ends by itself,
// and that is neither the caller's deadline nor a refusal.
func TestFlightTooLong(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		v := newVendor(t)
		v.set(always(200, "{}", time.Hour)) // silent: each client tries for about 45 s
		store := usergroups.NewMemoryTokenStore()
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				err := get(t.Context(), v.client(usergroups.WithTokenStore(store)))
				if !errors.Is(err, usergroups.ErrUnavailable) || errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("%v, want ErrUnavailable", err)
				}
			})
		}
		wg.Wait()
		v.set(nil)
		if err := get(t.Context(), v.client(usergroups.WithTokenStore(store))); err != nil {
			t.Errorf("when the server is back: %v", err)
		}
		time.Sleep(time.Hour)
	})
}

// TestObserverOfRefresh: an observer may make calls when it hears of a refresh,
// and when it panics, the program lives.
func TestObserverOfRefresh(t *testing.T) {
	t.Parallel()
	v := newVendor(t)
	var client *usergroups.Client
	var inside error
	client = v.client(usergroups.WithObserver(func(e usergroups.Event) {
		if e.Kind == usergroups.EventRefresh {
			inside = get(t.Context(), client)
		}
	}))
	if err := errors.Join(get(t.Context(), client), inside); err != nil {
		t.Error(err)
	}
	client = v.client(usergroups.WithObserver(func(e usergroups.Event) {
		if e.Kind == usergroups.EventRefresh {
			panic("MARK")
		}
	}))
	if err := get(t.Context(), client); err == nil || !strings.Contains(err.Error(), "panic") {
		t.Errorf("%v, want the panic", err)
	}
	if err := get(t.Context(), client); err != nil {
		t.Errorf("the token is there all the same: %v", err)
	}
	panicking := newClient(t, roundTripFunc(func(*http.Request) (*http.Response, error) { panic("MARK") }), refreshToken)
	for range 2 {
		if err := get(t.Context(), panicking); err == nil || !strings.Contains(err.Error(), "panic") {
			t.Errorf("%v, want the panic", err)
		}
	}
}

// TestExits: a goroutine that is ended in the midst of our work, as t.Fatal does
// it, leaves a client that goes on.
func TestExits(t *testing.T) {
	t.Parallel()
	v := newVendor(t)
	var exited atomic.Bool
	client := newClient(t, roundTripFunc(func(r *http.Request) (*http.Response, error) {
		if r.URL.Host == "accounts.test" && !exited.Swap(true) {
			runtime.Goexit()
		}
		return v.RoundTrip(r)
	}), refreshToken)
	if err := get(t.Context(), client); err == nil || !strings.Contains(err.Error(), "exit") {
		t.Errorf("%v, want that it exited", err)
	}
	if err := get(t.Context(), client); err != nil {
		t.Errorf("the next call: %v", err)
	}
}
