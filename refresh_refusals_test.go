package usergroups_test

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/usergroups-go/usergroups"
)

// TestRefusedRefresh: what the accounts server refuses is not asked again at
// once, by nobody who shares the store.
func TestRefusedRefresh(t *testing.T) {
	t.Parallel()
	denied := fixture(t, "zoho/token_access_denied.json")
	tests := []struct {
		name   string
		status int
		body   string
		is     error
		rests  time.Duration
	}{
		{"invalid_code", 200, fixture(t, "zoho/token_invalid_code.json"), usergroups.ErrUnauthorized, 10 * time.Second},
		{"invalid_client", 200, `{"error":"invalid_client"}`, usergroups.ErrUnauthorized, 10 * time.Second},
		{"invalid_client with 400", 400, `{"error":"invalid_client"}`, usergroups.ErrUnauthorized, 10 * time.Second},
		{"Access Denied with 200", 200, denied, usergroups.ErrRateLimited, time.Minute},
		{"Access Denied with 400", 400, denied, usergroups.ErrRateLimited, time.Minute},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				v := newVendor(t)
				v.token = func(int) (int, string, time.Duration) { return tt.status, tt.body, time.Second }
				store := usergroups.NewMemoryTokenStore()
				client := v.client(usergroups.WithTokenStore(store))
				other := v.client(usergroups.WithTokenStore(store)) // as another process would be
				for _, err := range append(together(t.Context(), client, 50), get(t.Context(), other), get(t.Context(), client)) {
					var e *usergroups.Error
					if !errors.Is(err, tt.is) || !errors.As(err, &e) || e.Op != "UserGroups.List" || e.Code == "" || e.Attempts != 0 {
						t.Fatalf("error %v (%#v)", err, e)
					}
					if tt.is == usergroups.ErrRateLimited && (e.RetryAfter <= 0 || errors.Is(err, usergroups.ErrUnauthorized)) { //nolint:errorlint // a sentinel of the table
						t.Errorf("throttled: RetryAfter %s, error %v", e.RetryAfter, err)
					}
				}
				if refreshes, requests := v.count(); refreshes != 1 || requests != 0 {
					t.Errorf("%d refreshes and %d requests, want 1 and 0", refreshes, requests)
				}
				time.Sleep(tt.rests - 2*time.Second)
				_, _ = get(t.Context(), client), get(t.Context(), other)
				if refreshes, _ := v.count(); refreshes != 1 {
					t.Errorf("asked again before %s", tt.rests)
				}
				time.Sleep(3 * time.Second)
				v.mu.Lock()
				v.token = nil
				v.mu.Unlock()
				if err := errors.Join(get(t.Context(), other), get(t.Context(), client)); err != nil {
					t.Errorf("after the rest: %v", err)
				}
				if refreshes, _ := v.count(); refreshes != 2 {
					t.Errorf("%d refreshes, want 2", refreshes)
				}
			})
		})
	}
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

// TestRefusedForEver: tokens that the API refuses however often they are replaced
// are replaced once, and from then on once a minute.
func TestRefusedForEver(t *testing.T) {
	t.Parallel()
	const chance = -1 // a token that goes stale may be refused before or after it is replaced
	tests := []struct {
		name      string
		answer    string // # is the number of the token request
		clients   int
		plain     bool   // the store keeps only what is public of a token
		refreshes [3]int // in each of three minutes: with tokens that live for 10 s, also each 9 s
		repeats   int    // calls that were repeated, with another token
	}{
		{name: "another token each time", answer: `{"access_token":"refused-#"}`, clients: 1, refreshes: [3]int{2, 1, 1}, repeats: 3},
		{name: "the same token again", answer: `{"access_token":"same"}`, clients: 1, refreshes: [3]int{2, 1, 1}},
		{name: "clients that share a store", answer: `{"access_token":"refused-#"}`, clients: 10, refreshes: [3]int{2, 1, 1}, repeats: 1 + 10 + 10},
		{name: "a store that forgets", answer: `{"access_token":"refused-#"}`, clients: 1, plain: true, refreshes: [3]int{2, 1, 1}, repeats: 3},
		{name: "tokens that live for 10 s", answer: `{"access_token":"refused-#","expires_in":10}`, clients: 1, refreshes: [3]int{8, 7, 7}, repeats: chance},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				v := newVendor(t)
				v.set(func(n int) (int, string, time.Duration) {
					return 200, strings.ReplaceAll(tt.answer, "#", strconv.Itoa(n)), 0
				})
				store := usergroups.NewMemoryTokenStore()
				if tt.plain {
					store = &plainStore{store}
				}
				var clients []*usergroups.Client
				for range tt.clients {
					clients = append(clients, v.client(usergroups.WithTokenStore(store)))
				}
				calls := 0
				for minute, want := range tt.refreshes {
					before, _ := v.count()
					for range 60 {
						if err := get(t.Context(), clients[calls%len(clients)]); !errors.Is(err, usergroups.ErrUnauthorized) {
							t.Fatalf("error %v, want ErrUnauthorized", err)
						}
						calls++
						time.Sleep(time.Second)
					}
					if refreshes, _ := v.count(); refreshes-before != want {
						t.Errorf("%d refreshes in minute %d, want %d", refreshes-before, minute+1, want)
					}
				}
				if _, requests := v.count(); tt.repeats != chance && requests != calls+tt.repeats {
					t.Errorf("%d requests for %d calls, want %d repeats", requests, calls, tt.repeats)
				}
			})
		})
	}
}

// plainStore keeps only what is public of a token.
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

func TestRefusedTokenIsReplaced(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		v := newVendor(t)
		client := v.client()
		calls := []struct {
			name                string
			call                func() error
			fails               bool
			refreshes, requests int
		}{
			{"first", func() error { return get(t.Context(), client) }, false, 1, 1},
			{"revoked, a read", func() error { v.good = "x"; return get(t.Context(), client) }, false, 1, 2},
			{"revoked, with NoRetry", func() error {
				time.Sleep(2 * time.Minute)
				v.good = "x"
				_, err := client.UserGroups.Get(t.Context(), groupID, usergroups.NoRetry())
				return err
			}, true, 0, 1},
			{"the call after it", func() error { return get(t.Context(), client) }, false, 1, 1},
		}
		for _, c := range calls {
			refreshes, requests := v.count()
			err := c.call()
			nowRefreshes, nowRequests := v.count()
			if (err != nil) != c.fails || nowRefreshes-refreshes != c.refreshes || nowRequests-requests != c.requests {
				t.Errorf("%s: error %v, %d refreshes, %d requests, want %d and %d", c.name, err,
					nowRefreshes-refreshes, nowRequests-requests, c.refreshes, c.requests)
			}
		}
		// The API refuses the token, and the accounts server issues no other: that
		// is what the caller has to know.
		time.Sleep(2 * time.Minute)
		v.good = "x"
		v.token = func(int) (int, string, time.Duration) {
			return 400, fixture(t, "zoho/token_access_denied.json"), 0
		}
		err := get(t.Context(), client)
		var e *usergroups.Error
		if !errors.Is(err, usergroups.ErrRateLimited) || errors.Is(err, usergroups.ErrUnauthorized) || !errors.As(err, &e) || e.RetryAfter != time.Minute || e.StatusCode != 401 {
			t.Errorf("error %v, want ErrRateLimited", err)
		}
	})
}

// TestAnswersThatDoNotRefresh: only INVALID_TOKEN may be cured by a new token.
func TestAnswersThatDoNotRefresh(t *testing.T) {
	t.Parallel()
	for _, file := range []string{"error_scope_mismatch.json", "error_authentication_failure.json", "error_no_permission_string.json", "error_html.html"} {
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			mock := newMock(t)
			mock.RegisterResponder(http.MethodPost, tokenURL, jsonResponder(200, fixture(t, "zoho/token_success.json")))
			mock.RegisterResponder(http.MethodGet, apiBase+"/settings/user_groups", jsonResponder(401, fixture(t, "zoho/"+file)))
			err := get(t.Context(), newClient(t, mock, refreshToken))
			if err == nil || mock.GetCallCountInfo()["POST "+tokenURL] != 1 || mock.GetTotalCallCount() != 2 {
				t.Errorf("%v, calls %v", err, mock.GetCallCountInfo())
			}
		})
	}
}
