package usergroups_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jarcoal/httpmock"

	"github.com/usergroups-go/usergroups"
)

// vendor is just enough of the API and the accounts server for the tests of
// tokens, without a network, so that time can be made up.
type vendor struct {
	t *testing.T

	mu        sync.Mutex
	issued    int
	refreshes []time.Time
	good      string // the access token that the API accepts; "" for none
	requests  int
	// token answers a token request; the default issues "token-1", "token-2", …
	token func(n int) (status int, body string, delay time.Duration)
	// form is the last token request.
	form url.Values
}

func newVendor(t *testing.T) *vendor { return &vendor{t: t} }

// RoundTrip answers like the two servers.
func (v *vendor) RoundTrip(r *http.Request) (*http.Response, error) {
	switch {
	case r.URL.Scheme+"://"+r.URL.Host+r.URL.Path == tokenURL && r.Method == http.MethodPost:
		return v.tokenAnswer(r)
	case strings.HasPrefix(r.URL.String(), apiBase):
		v.mu.Lock()
		defer v.mu.Unlock()
		v.requests++
		if v.good == "" || r.Header.Get("Authorization") != "Zoho-oauthtoken "+v.good {
			return jsonResponder(401, fixture(v.t, "zoho/error_invalid_token.json"))(r)
		}
		return httpmock.NewStringResponse(204, ""), nil
	}
	v.t.Errorf("unexpected request %s %s", r.Method, r.URL)
	return nil, errors.New("unexpected request")
}

func (v *vendor) tokenAnswer(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	if r.URL.RawQuery != "" {
		v.t.Errorf("secrets in the query: %s", r.URL.RawQuery)
	}
	v.mu.Lock()
	v.refreshes = append(v.refreshes, time.Now())
	n := len(v.refreshes)
	v.form, _ = url.ParseQuery(string(body))
	answer := v.token
	v.mu.Unlock()
	if answer == nil {
		answer = v.issue
	}
	status, text, delay := answer(n)
	select {
	case <-time.After(delay):
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
	if status == 0 {
		return nil, errors.New("connection reset")
	}
	return jsonResponder(status, text)(r)
}

// issue makes a new token, the only good one from then on.
func (v *vendor) issue(int) (int, string, time.Duration) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.issued++
	v.good = fmt.Sprintf("token-%d", v.issued)
	return 200, fmt.Sprintf(`{"access_token":%q,"api_domain":"https://www.zohoapis.com","token_type":"Bearer","expires_in":3600}`, v.good), 0
}

func (v *vendor) client(opts ...usergroups.Option) *usergroups.Client {
	return newClient(v.t, v, append([]usergroups.Option{refreshToken, usergroups.WithMaxConcurrent(100)}, opts...)...)
}

func (v *vendor) count() (refreshes, requests int) {
	v.mu.Lock()
	defer v.mu.Unlock()
	return len(v.refreshes), v.requests
}

func get(ctx context.Context, c *usergroups.Client) error {
	_, err := c.UserGroups.List(ctx, usergroups.ListUserGroupsOptions{})
	return err
}

// together makes n calls at once and returns their errors.
func together(ctx context.Context, c *usergroups.Client, n int) []error {
	errs := make([]error, n)
	var wg sync.WaitGroup
	for i := range errs {
		wg.Go(func() { errs[i] = get(ctx, c) })
	}
	wg.Wait()
	return errs
}

func TestRefreshOnceForAll(t *testing.T) {
	t.Parallel()
	tests := map[string]func(v *vendor, c *usergroups.Client){
		"no token yet":        func(*vendor, *usergroups.Client) {},
		"an expired token":    func(_ *vendor, _ *usergroups.Client) { time.Sleep(2 * time.Hour) },
		"50 times 401":        func(v *vendor, _ *usergroups.Client) { v.mu.Lock(); v.good = "gone"; v.mu.Unlock() },
		"a token still good":  nil,
		"soon before its end": func(_ *vendor, _ *usergroups.Client) { time.Sleep(59*time.Minute + time.Second) },
	}
	for name, prepare := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				v := newVendor(t)
				slow := v.issue
				v.token = func(n int) (int, string, time.Duration) {
					status, body, _ := slow(n)
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
					prepare(v, client)
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

func TestRefreshRequest(t *testing.T) {
	t.Parallel()
	v := newVendor(t)
	if err := get(t.Context(), v.client()); err != nil {
		t.Fatal(err)
	}
	want := url.Values{"grant_type": {"refresh_token"}, "client_id": {"id-1"}, "client_secret": {"secret-1"}, "refresh_token": {"rt-1"}}
	if v.form.Encode() != want.Encode() {
		t.Errorf("form %v, want %v", v.form, want)
	}
}

// TestPermanent401: a token that is refused right after it was issued is not
// replaced again and again.
func TestPermanent401(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		v := newVendor(t)
		v.token = func(n int) (int, string, time.Duration) {
			return 200, fmt.Sprintf(`{"access_token":"refused-%d"}`, n), 0
		}
		client := v.client()
		for range 90 { // three minutes
			err := get(t.Context(), client)
			if !errors.Is(err, usergroups.ErrUnauthorized) {
				t.Fatalf("error %v, want ErrUnauthorized", err)
			}
			time.Sleep(2 * time.Second)
		}
		for i, at := range v.refreshes {
			in := 0
			for _, later := range v.refreshes[i:] {
				if later.Sub(at) < time.Minute {
					in++
				}
			}
			if in > 2 {
				t.Errorf("%d refreshes in the minute after the one at %s", in, at.Format(time.TimeOnly))
			}
		}
		if n := len(v.refreshes); n < 3 || n > 4 {
			t.Errorf("%d refreshes in three minutes, want one at first and one a minute", n)
		}
	})
}

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

// TestTokenAnswers takes each odd form of a token answer.
func TestTokenAnswers(t *testing.T) {
	t.Parallel()
	token := func(more string) string { return `{"access_token":"token-1"` + more + `}` }
	tests := []struct {
		name   string
		status int
		body   string
		lives  time.Duration // how long until the next refresh
		is     error
		tries  int
	}{
		{name: "success", status: 200, body: fixture(t, "zoho/token_success.json"), lives: 59 * time.Minute},
		{name: "milliseconds", status: 200, body: fixture(t, "zoho/token_milliseconds.json"), lives: 59 * time.Minute},
		{name: "no expiry", status: 200, body: fixture(t, "zoho/token_no_expiry.json"), lives: 59 * time.Minute},
		{name: "expiry as text", status: 200, body: fixture(t, "zoho/token_expires_text.json"), lives: 59 * time.Minute},
		{name: "expiry with a fraction", status: 200, body: token(`,"expires_in":1800.5`), lives: 29 * time.Minute},
		{name: "a short life", status: 200, body: token(`,"expires_in":100`), lives: 90 * time.Second},
		{name: "no life", status: 200, body: token(`,"expires_in":0`), lives: 59 * time.Minute},
		{name: "a negative life", status: 200, body: token(`,"expires_in":-1`), lives: 59 * time.Minute},
		{name: "a life that is no number", status: 200, body: token(`,"expires_in":"soon"`), lives: 59 * time.Minute},
		{name: "null", status: 200, body: token(`,"expires_in":null,"refresh_token":null,"error":null`), lives: 59 * time.Minute},
		{name: "an endless life", status: 200, body: token(`,"expires_in":1e300`), lives: 24 * 365 * time.Hour},
		{name: "empty", status: 200, body: fixture(t, "zoho/token_empty.json"), is: usergroups.ErrUnexpectedResponse, tries: 1},
		{name: "an empty token", status: 200, body: `{"access_token":""}`, is: usergroups.ErrUnexpectedResponse, tries: 1},
		{name: "HTML", status: 200, body: "<html>", is: usergroups.ErrUnexpectedResponse, tries: 1},
		{name: "cut JSON", status: 200, body: `{"access_token":"x`, is: usergroups.ErrUnexpectedResponse, tries: 1},
		{name: "a redirect", status: 302, body: "", is: usergroups.ErrUnexpectedResponse, tries: 1},
		{name: "404 HTML", status: 404, body: "<html>", is: usergroups.ErrBadRequest, tries: 1},
		{name: "429", status: 429, body: "", is: usergroups.ErrRateLimited, tries: 1},
		{name: "503", status: 503, body: "busy", is: usergroups.ErrUnavailable, tries: 3},
		{name: "500 with an error", status: 500, body: `{"error":"server_error"}`, is: usergroups.ErrUnavailable, tries: 3},
		{name: "no answer", status: 0, is: usergroups.ErrUnavailable, tries: 3},
		{name: "a token with a line break", status: 200, body: `{"access_token":"a\nb"}`, is: usergroups.ErrUnexpectedResponse, tries: 1},
		{name: "a token of two words", status: 200, body: `{"access_token":"a b"}`, is: usergroups.ErrUnexpectedResponse, tries: 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				v := newVendor(t)
				v.token = func(int) (int, string, time.Duration) { return tt.status, tt.body, 0 }
				client := v.client(usergroups.WithMaxRetries(0))
				if tt.is != nil {
					err := get(t.Context(), client)
					if refreshes, requests := v.count(); !errors.Is(err, tt.is) || refreshes != tt.tries || requests != 0 {
						t.Errorf("error %v after %d token and %d API requests, want %v after %d and 0", err, refreshes, requests, tt.is, tt.tries)
					}
					return
				}
				v.good = "token-1"
				if name := tt.name; name == "success" || name == "milliseconds" || name == "no expiry" || name == "expiry as text" {
					_, rest, _ := strings.Cut(tt.body, `"access_token"`)
					v.good = strings.Split(rest, `"`)[1]
				}
				if err := get(t.Context(), client); err != nil {
					t.Fatal(err)
				}
				time.Sleep(tt.lives - time.Second)
				if err := get(t.Context(), client); err != nil {
					t.Fatal(err)
				}
				synctest.Wait()
				if refreshes, _ := v.count(); refreshes != 1 {
					t.Fatalf("refreshed before %s", tt.lives)
				}
				if tt.lives > 24*time.Hour {
					return
				}
				time.Sleep(2 * time.Second)
				_ = get(t.Context(), client)
				synctest.Wait() // a token that is still good is replaced meanwhile
				if refreshes, _ := v.count(); refreshes != 2 {
					t.Errorf("%d refreshes after %s, want 2", refreshes, tt.lives)
				}
			})
		})
	}
}

func TestWaitersLeave(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		v := newVendor(t)
		issue := v.issue
		v.token = func(n int) (int, string, time.Duration) {
			status, body, _ := issue(n)
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

// TestEarlyRefreshMayFail: a good token is used to its end.
func TestEarlyRefreshMayFail(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		v := newVendor(t)
		client := v.client()
		if err := get(t.Context(), client); err != nil {
			t.Fatal(err)
		}
		v.token = func(int) (int, string, time.Duration) { return 503, "", 0 }
		time.Sleep(59*time.Minute + time.Second)
		for range 3 {
			if err := get(t.Context(), client); err != nil {
				t.Fatalf("the old token is still good: %v", err)
			}
			time.Sleep(3 * time.Second)
		}
		if refreshes, _ := v.count(); refreshes != 4 { // the first, and one round of three tries
			t.Errorf("%d token requests, want 4", refreshes)
		}
		time.Sleep(time.Minute)
		if err := get(t.Context(), client); !errors.Is(err, usergroups.ErrUnavailable) {
			t.Errorf("after the end: %v, want ErrUnavailable", err)
		}
		v.token = nil
		if err := get(t.Context(), client); err != nil {
			t.Errorf("when the server is back: %v", err)
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

// TestSharedStore: clients of one store refresh once between them, and take over
// what another has learnt.
func TestSharedStore(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		v := newVendor(t)
		store := usergroups.NewMemoryTokenStore()
		a, b := v.client(usergroups.WithTokenStore(store)), v.client(usergroups.WithTokenStore(store))
		if err := errors.Join(append(together(t.Context(), a, 10), together(t.Context(), b, 10)...)...); err != nil {
			t.Fatal(err)
		}
		if refreshes, _ := v.count(); refreshes != 1 {
			t.Fatalf("%d refreshes, want 1", refreshes)
		}
		v.good = "revoked"
		if err := errors.Join(get(t.Context(), a), get(t.Context(), b)); err != nil {
			t.Fatal(err)
		}
		if refreshes, _ := v.count(); refreshes != 2 {
			t.Errorf("%d refreshes, want 2: b takes the token that a got", refreshes)
		}
	})
}

// brokenStore fails where it is told to.
type brokenStore struct {
	usergroups.TokenStore
	load, lock, save bool
}

var errDisk = errors.New("the disk is full")

func (s *brokenStore) Load(ctx context.Context, key string) (usergroups.Token, error) {
	if s.load {
		return usergroups.Token{}, errDisk
	}
	return s.TokenStore.Load(ctx, key)
}

func (s *brokenStore) Update(ctx context.Context, key string, fn func(context.Context, usergroups.Token) (usergroups.Token, error)) (usergroups.Token, error) {
	if s.lock {
		return usergroups.Token{}, errDisk
	}
	if !s.save {
		return s.TokenStore.Update(ctx, key, fn)
	}
	if _, err := fn(ctx, usergroups.Token{}); err != nil {
		return usergroups.Token{}, err
	}
	return usergroups.Token{}, errDisk
}

func TestBrokenStore(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var events []usergroups.Event
		observe := usergroups.WithObserver(func(e usergroups.Event) { events = append(events, e) })
		v := newVendor(t)
		client := v.client(observe, usergroups.WithTokenStore(&brokenStore{TokenStore: usergroups.NewMemoryTokenStore(), save: true, load: true}))
		for range 3 {
			if err := get(t.Context(), client); err != nil {
				t.Fatalf("a token that could not be saved is used all the same: %v", err)
			}
		}
		saved := slices.ContainsFunc(events, func(e usergroups.Event) bool {
			return e.Kind == usergroups.EventTokenNotSaved && errors.Is(e.Err, errDisk)
		})
		if refreshes, _ := v.count(); refreshes != 1 || !saved {
			t.Errorf("%d refreshes, events %+v", refreshes, events)
		}
		client = v.client(usergroups.WithTokenStore(&brokenStore{lock: true, load: true}))
		if err := get(t.Context(), client); !errors.Is(err, errDisk) {
			t.Errorf("error %v, want the store's", err)
		}
	})
}

// source is a TokenSource of a user of the package.
type source struct {
	mu          sync.Mutex
	tokens      []string
	invalidated []string
	err         error
}

func (s *source) Token(context.Context) (usergroups.Token, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return usergroups.Token{AccessToken: s.tokens[0]}, s.err
}

func (s *source) Invalidate(t usergroups.Token) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.invalidated = append(s.invalidated, t.AccessToken)
	if len(s.tokens) > 1 {
		s.tokens = s.tokens[1:]
	}
}

func TestTokenSource(t *testing.T) {
	t.Parallel()
	v := newVendor(t)
	v.good = "second"
	own := &source{tokens: []string{"first", "second"}}
	client := newClient(t, v, usergroups.WithTokenSource(own))
	if err := get(t.Context(), client); err != nil || !slices.Equal(own.invalidated, []string{"first"}) || v.requests != 2 {
		t.Errorf("error %v, invalidated %q, %d requests", err, own.invalidated, v.requests)
	}
	v.good = "third" // nothing better to be had: the request is not repeated
	if err := get(t.Context(), client); !errors.Is(err, usergroups.ErrUnauthorized) || v.requests != 3 {
		t.Errorf("error %v after %d requests", err, v.requests)
	}
	own.err = errors.New("the vault is sealed")
	if err := get(t.Context(), client); !errors.Is(err, own.err) || v.requests != 3 {
		t.Errorf("error %v, want the source's own", err)
	}
	var e *usergroups.Error
	if err := get(t.Context(), client); !errors.As(err, &e) || e.URL != "" || e.Attempts != 0 {
		t.Errorf("error %v tells of a request that was not made", err)
	}
}
