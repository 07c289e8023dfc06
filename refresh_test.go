package usergroups_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jarcoal/httpmock"
	"golang.org/x/oauth2"

	"github.com/usergroups-go/usergroups"
)

// roundTripFunc is a RoundTripper.
type roundTripFunc func(*http.Request) (*http.Response, error)

func (f roundTripFunc) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// set changes how the vendor answers token requests.
func (v *vendor) set(answer func(n int) (status int, body string, delay time.Duration)) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.token = answer
}

func always(status int, body string, delay time.Duration) func(int) (int, string, time.Duration) {
	return func(int) (int, string, time.Duration) { return status, body, delay }
}

// TestGoodTokenIsNotWithheld: whatever the accounts server does, a token is used
// until it ends, at once.
func TestGoodTokenIsNotWithheld(t *testing.T) {
	t.Parallel()
	tests := map[string]func(int) (int, string, time.Duration){
		"throttled": always(400, `{"error":"Access Denied"}`, 0),
		"refused":   always(200, `{"error":"invalid_code"}`, 0),
		"down":      always(503, "", 0),
		"silent":    always(200, "{}", time.Hour),
		"HTML":      always(200, "<html>", 0),
	}
	for name, answer := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				v := newVendor(t)
				client := v.client()
				if err := get(t.Context(), client); err != nil {
					t.Fatal(err)
				}
				v.set(answer)
				time.Sleep(59*time.Minute + time.Second)
				for range 29 { // to a second before its end
					start := time.Now()
					if err := get(t.Context(), client); err != nil || time.Since(start) != 0 {
						t.Fatalf("%v after %s", err, time.Since(start))
					}
					time.Sleep(2 * time.Second)
				}
				if refreshes, _ := v.count(); refreshes > 1+6*3 { // every 10 s, three tries
					t.Errorf("%d token requests", refreshes)
				}
				time.Sleep(time.Hour) // what is silent gives up
			})
		})
	}
}

// TestNoTokenIsRemembered: an answer that is no token may have used one of the
// ten all the same, so it is not asked for again at once.
func TestNoTokenIsRemembered(t *testing.T) {
	t.Parallel()
	cut := func(r *http.Request) (*http.Response, error) {
		resp := httpmock.NewStringResponse(200, "")
		resp.Body = io.NopCloser(io.MultiReader(strings.NewReader(`{"access_token":"1000.x`), &failingReader{}))
		resp.Request = r
		return resp, nil
	}
	for name, answer := range map[string]roundTripFunc{
		"empty": jsonAnswer(200, "{}"), "HTML": jsonAnswer(200, "<html>"), "404": jsonAnswer(404, "nothing here"),
		"cut JSON": jsonAnswer(200, `{"access_token":"x`), "cut body": cut,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				requests := 0
				client := newClient(t, roundTripFunc(func(r *http.Request) (*http.Response, error) {
					requests++
					return answer(r)
				}), refreshToken)
				for range 20 {
					if err := get(t.Context(), client); err == nil || errors.Is(err, usergroups.ErrUnavailable) || strings.Contains(err.Error(), "1000.x") {
						t.Fatal(err)
					}
				}
				if requests != 1 {
					t.Errorf("%d token requests for 20 calls, want 1", requests)
				}
				time.Sleep(11 * time.Second)
				if _ = get(t.Context(), client); requests != 2 {
					t.Errorf("%d token requests after the rest, want 2", requests)
				}
			})
		})
	}
}

type failingReader struct{}

func (*failingReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func jsonAnswer(status int, body string) roundTripFunc {
	return func(r *http.Request) (*http.Response, error) { return jsonResponder(status, body)(r) }
}

// TestRestsEnd: neither a server nor a clock can lock a client out for good.
func TestRestsEnd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		v := newVendor(t)
		first := true
		store := &keyStore{TokenStore: usergroups.NewMemoryTokenStore()}
		client := newClient(t, roundTripFunc(func(r *http.Request) (*http.Response, error) {
			if r.URL.Host == "accounts.test" && first {
				first = false
				return jsonResponder(429, `{"error":"Access Denied"}`).HeaderSet(http.Header{"Retry-After": {"99999999999999"}})(r)
			}
			return v.RoundTrip(r)
		}), refreshToken, usergroups.WithTokenStore(store))
		if err := get(t.Context(), client); !errors.Is(err, usergroups.ErrRateLimited) {
			t.Fatal(err)
		}
		time.Sleep(9 * time.Minute)
		var e *usergroups.Error
		if err := get(t.Context(), client); !errors.As(err, &e) || e.RetryAfter != time.Minute {
			t.Errorf("RetryAfter %s, want what is left: 1m", e.RetryAfter)
		}
		time.Sleep(2 * time.Minute)
		if err := get(t.Context(), client); err != nil {
			t.Errorf("after eleven minutes: %v", err)
		}
		// A machine whose clock is a day ahead has been throttled.
		_, err := store.Update(t.Context(), store.key, func(_ context.Context, token usergroups.Token) (usergroups.Token, error) {
			token.AccessToken, token.RetryNotBefore = "", time.Now().Add(24*time.Hour)
			return token, nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := get(t.Context(), v.client(usergroups.WithTokenStore(store))); err != nil {
			t.Errorf("a clock that is ahead: %v", err)
		}
		// A store that keeps only what is public has lost what the refusal was.
		_, _ = store.Update(t.Context(), store.key, func(context.Context, usergroups.Token) (usergroups.Token, error) {
			return usergroups.Token{RetryNotBefore: time.Now().Add(time.Minute)}, nil
		})
		if err := get(t.Context(), v.client(usergroups.WithTokenStore(store))); !errors.Is(err, usergroups.ErrRateLimited) {
			t.Errorf("a store of public fields: %v, want ErrRateLimited", err)
		}
	})
}

// keyStore tells the key that a client uses.
type keyStore struct {
	usergroups.TokenStore
	key string
}

func (s *keyStore) Load(ctx context.Context, key string) (usergroups.Token, error) {
	s.key = key
	return s.TokenStore.Load(ctx, key)
}

// TestForcedRefreshIsShared: ten clients that are refused everything do not try
// to cure it one after another.
func TestForcedRefreshIsShared(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		v := newVendor(t)
		v.set(func(n int) (int, string, time.Duration) {
			return 200, fmt.Sprintf(`{"access_token":"refused-%d"}`, n), 0
		})
		store := usergroups.NewMemoryTokenStore()
		var clients []*usergroups.Client
		for range 10 {
			clients = append(clients, v.client(usergroups.WithTokenStore(store)))
		}
		for range 5 { // 50 s
			for _, client := range clients {
				if err := get(t.Context(), client); !errors.Is(err, usergroups.ErrUnauthorized) {
					t.Fatal(err)
				}
				time.Sleep(time.Second)
			}
		}
		if refreshes, _ := v.count(); refreshes != 2 {
			t.Errorf("%d refreshes, want the first and one more", refreshes)
		}
		time.Sleep(time.Minute)
		for _, client := range clients {
			_ = get(t.Context(), client)
		}
		if refreshes, _ := v.count(); refreshes != 3 {
			t.Errorf("%d refreshes a minute later, want 3", refreshes)
		}
	})
}

// TestTheSameTokenAgain: a server may answer a refresh with the token that it
// issued before.
func TestTheSameTokenAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		v := newVendor(t)
		v.set(always(200, `{"access_token":"same"}`, 0))
		client := v.client()
		for range 20 {
			if err := get(t.Context(), client); !errors.Is(err, usergroups.ErrUnauthorized) {
				t.Fatal(err)
			}
			time.Sleep(time.Second)
		}
		if refreshes, requests := v.count(); refreshes != 2 || requests != 20 {
			t.Errorf("%d refreshes, %d requests, want 2 and 20", refreshes, requests)
		}
	})
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

// TestPlainStore: with a store that keeps only what is public of a token, at
// least each client by itself does not refresh again and again.
func TestPlainStore(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		v := newVendor(t)
		v.set(func(n int) (int, string, time.Duration) {
			return 200, fmt.Sprintf(`{"access_token":"refused-%d"}`, n), 0
		})
		client := v.client(usergroups.WithTokenStore(&plainStore{usergroups.NewMemoryTokenStore()}))
		for range 20 {
			_ = get(t.Context(), client)
			time.Sleep(time.Second)
		}
		if refreshes, _ := v.count(); refreshes != 2 {
			t.Errorf("%d refreshes, want 2", refreshes)
		}
	})
}

type plainStore struct{ usergroups.TokenStore }

func (s *plainStore) Update(ctx context.Context, key string, fn func(context.Context, usergroups.Token) (usergroups.Token, error)) (usergroups.Token, error) {
	return s.TokenStore.Update(ctx, key, func(ctx context.Context, t usergroups.Token) (usergroups.Token, error) {
		t, err := fn(ctx, t)
		return usergroups.Token{
			AccessToken: t.AccessToken, RefreshToken: t.RefreshToken, APIDomain: t.APIDomain, Expiry: t.Expiry, RetryNotBefore: t.RetryNotBefore,
		}, err
	})
}

// TestLateRefusal: the refusal of a token that is out of use says nothing of the
// one in use, nor of the next.
func TestLateRefusal(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		v := newVendor(t)
		var seen atomic.Bool
		client := newClient(t, roundTripFunc(func(r *http.Request) (*http.Response, error) {
			if r.URL.Host == "zoho.test" && !seen.Swap(true) {
				time.Sleep(100 * time.Second) // and the token is revoked meanwhile
			}
			return v.RoundTrip(r)
		}), refreshToken, usergroups.WithAttemptTimeout(time.Hour))
		late := make(chan error, 1)
		go func() { late <- get(t.Context(), client) }()
		time.Sleep(time.Second)
		v.mu.Lock()
		v.good = "revoked"
		v.mu.Unlock()
		if err := errors.Join(get(t.Context(), client), <-late); err != nil {
			t.Fatal(err)
		}
		if refreshes, _ := v.count(); refreshes != 2 {
			t.Fatalf("%d refreshes, want 2", refreshes)
		}
		time.Sleep(59*time.Minute + time.Second) // an ordinary refresh
		if err := get(t.Context(), client); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		v.mu.Lock()
		v.good = "revoked again"
		v.mu.Unlock()
		if err := get(t.Context(), client); err != nil {
			t.Errorf("the token of an ordinary refresh is replaced when it is refused: %v", err)
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

// TestTokenAnswerInAnError: an answer that nearly was a token does not show it.
func TestTokenAnswerInAnError(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		`{"access_token":["MARK-a"],"refresh_token":"MARK-r"}`,
		`{"access_token":"MARK-a","refresh_token":"MARK-r"`,
		`x{"access_token":"MARK-a"}`,
		`x{"ACCESS_TOKEN":"MARK-a"}`,
		`{"ACCESS_TOKEN":"MARK-a b","error":"x","error_description":"MARK-a b"}`,
	} {
		v := newVendor(t)
		v.set(always(200, body, 0))
		checkChain(t, "refresh", get(t.Context(), v.client()))
		config := usergroups.OAuthConfig{ClientID: "id-1", ClientSecret: "secret-1", AccountsURL: accounts, HTTPClient: &http.Client{Transport: v}}
		_, err := config.Exchange(t.Context(), "code-1")
		checkChain(t, "exchange", err)
		var e *usergroups.Error
		if !errors.As(err, &e) || len(e.Body) != 0 {
			t.Errorf("error %v with body %q", err, e.Body)
		}
	}
	// What is odd but clear is taken.
	v := newVendor(t)
	v.good = "token-1"
	v.set(always(200, "\uFEFF"+`{"access_token":"token-1","token_type":1}`, 0))
	if err := get(t.Context(), v.client()); err != nil {
		t.Error(err)
	}
}

// TestExchangeIsSentOnce: a code that was used is worth nothing the second time.
func TestExchangeIsSentOnce(t *testing.T) {
	t.Parallel()
	requests := 0
	config := usergroups.OAuthConfig{
		ClientID: "id-1", ClientSecret: "secret-1", AccountsURL: accounts,
		HTTPClient: &http.Client{Transport: roundTripFunc(func(*http.Request) (*http.Response, error) {
			requests++
			return nil, errors.New("connection reset by peer")
		})},
	}
	if _, err := config.Exchange(t.Context(), "code-1"); !errors.Is(err, usergroups.ErrUnavailable) || requests != 1 {
		t.Errorf("%v after %d requests", err, requests)
	}
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

// TestRetriesAreCountedOnce: a refresh in the midst of retries gives no new ones.
func TestRetriesAreCountedOnce(t *testing.T) {
	t.Parallel()
	for _, refusedAt := range []int{1, 2, 4} {
		synctest.Test(t, func(t *testing.T) {
			v := newVendor(t)
			requests := 0
			client := newClient(t, roundTripFunc(func(r *http.Request) (*http.Response, error) {
				if r.URL.Host == "accounts.test" {
					return v.RoundTrip(r)
				}
				if requests++; requests == refusedAt {
					return jsonResponder(401, fixture(t, "zoho/error_invalid_token.json"))(r)
				}
				return httpmock.NewStringResponse(503, ""), nil
			}), refreshToken)
			err := get(t.Context(), client)
			var e *usergroups.Error
			if !errors.As(err, &e) || e.StatusCode != 503 || e.Attempts != 5 || requests != 5 { // four and the repeat
				t.Errorf("401 at %d: %d requests, %v", refusedAt, requests, err)
			}
		})
	}
}

// TestManyTokens: each of many tokens in use at a time is masked.
func TestManyTokens(t *testing.T) {
	t.Parallel()
	const calls = 30
	var under sync.WaitGroup
	under.Add(calls)
	client := newClient(t, roundTripFunc(func(r *http.Request) (*http.Response, error) {
		under.Done()
		under.Wait()
		message, _ := json.Marshal(r.Header.Get("Authorization"))
		return httpmock.NewStringResponse(403, fmt.Sprintf(`{"code":"NO_PERMISSION","status":"error","message":%s}`, message)), nil
	}), usergroups.WithTokenSource(&tenants{}), usergroups.WithMaxConcurrent(calls))
	for _, err := range together(t.Context(), client, calls) {
		if err == nil || strings.Contains(err.Error(), "tenant-token") {
			t.Errorf("%v", err)
		}
	}
}

// tenants is a source with another token for each call.
type tenants struct{ n atomic.Int64 }

func (s *tenants) Token(context.Context) (usergroups.Token, error) {
	return usergroups.Token{AccessToken: fmt.Sprintf("tenant-token-%04d", s.n.Add(1))}, nil
}

// TestSecretsAtTheEdge: a body that is cut in the midst of a secret keeps none of
// it, and a header that repeats one is masked.
func TestSecretsAtTheEdge(t *testing.T) {
	t.Parallel()
	const token = "static-token"
	for _, status := range []int{200, 502} {
		for keep := 1; keep < len(token); keep++ {
			body := strings.Repeat("x", 64<<10-keep) + token + " and more"
			mock := newMock(t)
			mock.RegisterResponder(http.MethodGet, apiBase+"/settings/user_groups", httpmock.NewStringResponder(status, body).
				HeaderSet(http.Header{"X-Debug": {"Zoho-oauthtoken " + token}}))
			var response usergroups.Response
			_, err := newTokenClient(t, mock, usergroups.WithMaxRetries(0)).UserGroups.List(t.Context(), usergroups.ListUserGroupsOptions{}, usergroups.WithResponse(&response))
			var e *usergroups.Error
			if !errors.As(err, &e) || strings.HasSuffix(string(e.Body), token[:1]) || len(e.Body) < 64<<10-len(token) {
				t.Fatalf("%d, %d: the body of %d bytes ends in %q", status, keep, len(e.Body), e.Body[max(0, len(e.Body)-20):])
			}
			if text := fmt.Sprint(response.Header); strings.Contains(text, token) {
				t.Errorf("the response shows the token: %s", text)
			}
		}
	}
}

// TestAnswerTooLong holds the limit of an answer.
func TestAnswerTooLong(t *testing.T) {
	t.Parallel()
	for _, announced := range []bool{true, false} {
		url, count := countingServer(t, func(w http.ResponseWriter, _ *http.Request) {
			const size = 32<<20 + 1
			if announced {
				w.Header().Set("Content-Length", "33554433")
			}
			piece := []byte(strings.Repeat(" ", 1<<20))
			for sent := 0; sent < size; sent += len(piece) {
				if _, err := w.Write(piece[:min(len(piece), size-sent)]); err != nil {
					return
				}
			}
		})
		err := get(t.Context(), newServerClient(t, url))
		if !errors.Is(err, usergroups.ErrUnexpectedResponse) || !strings.Contains(err.Error(), "longer than the limit") || count.Load() != 1 {
			t.Errorf("announced %t: %v after %d requests", announced, err, count.Load())
		}
	}
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
	for name, source := range map[string]oauth2Func{
		"exit":  func() (*oauth2.Token, error) { runtime.Goexit(); return nil, nil }, //nolint:nilnil // never returns
		"panic": func() (*oauth2.Token, error) { panic("MARK") },
	} {
		client := newClient(t, newMock(t), usergroups.WithTokenSource(usergroups.FromOAuth2(source)))
		if err := get(t.Context(), client); err == nil || !strings.Contains(err.Error(), "exited") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

type oauth2Func func() (*oauth2.Token, error)

func (f oauth2Func) Token() (*oauth2.Token, error) { return f() }

// TestOAuth2NetworkErrors: what a source of x/oauth2 meets on the network has a
// kind, and is not the end of the caller's context.
func TestOAuth2NetworkErrors(t *testing.T) {
	t.Parallel()
	for name, cause := range map[string]error{
		"url":   &url.Error{Op: "Post", URL: "https://accounts.test/?secret=x", Err: context.DeadlineExceeded},
		"other": context.DeadlineExceeded,
	} {
		source := oauth2Func(func() (*oauth2.Token, error) { return nil, cause })
		err := get(t.Context(), newClient(t, newMock(t), usergroups.WithTokenSource(usergroups.FromOAuth2(source))))
		var e *usergroups.Error
		if !errors.As(err, &e) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, usergroups.ErrUnavailable) != (name == "url") || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestShortTokens: a permanent 401 with tokens that live for seconds does not
// refresh more often than their life asks for, and once a minute.
func TestShortTokens(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		v := newVendor(t)
		v.set(func(n int) (int, string, time.Duration) {
			return 200, fmt.Sprintf(`{"access_token":"refused-%d","expires_in":10}`, n), 0
		})
		client := v.client()
		for range 60 {
			_ = get(t.Context(), client)
			time.Sleep(time.Second)
		}
		if refreshes, _ := v.count(); refreshes > 60/9+2 {
			t.Errorf("%d refreshes in a minute, of tokens that live for 10 s", refreshes)
		}
	})
}

// TestLastAnswer: what WithResponse and the events tell of a call goes on over the
// refresh in its midst.
func TestLastAnswer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		v := newVendor(t)
		requests := 0
		var attempts []int
		client := newClient(t, roundTripFunc(func(r *http.Request) (*http.Response, error) {
			if r.URL.Host == "accounts.test" {
				return v.RoundTrip(r)
			}
			if requests++; requests == 1 {
				return jsonResponder(401, fixture(t, "zoho/error_invalid_token.json"))(r)
			}
			return nil, errors.New("connection reset")
		}), refreshToken, usergroups.WithMaxRetries(1), usergroups.WithObserver(func(e usergroups.Event) {
			if e.Kind == usergroups.EventAttempt {
				attempts = append(attempts, e.Attempt)
			}
		}))
		var response usergroups.Response
		_, err := client.UserGroups.Get(t.Context(), groupID, usergroups.WithResponse(&response))
		var e *usergroups.Error
		if !errors.As(err, &e) || e.Attempts != 3 || response.StatusCode != 0 || !slices.Equal(attempts, []int{1, 2, 3}) {
			t.Errorf("%v; %d attempts, response %+v, events %v", err, e.Attempts, response, attempts)
		}
	})
}
