package usergroups

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Zoho issues at most 10 access tokens per refresh token in 10 minutes, and
// answers further requests with "Access Denied" for longer the more there are.
// So everything here exists to ask rarely: one request for all who wait, none
// while a refusal is fresh, none when another process has asked already.
const (
	restAfterRefusal  = 10 * time.Second // invalid_code, invalid_client, …
	restAfterThrottle = 60 * time.Second // "Access Denied"
	restAfterForced   = 60 * time.Second // a refresh that a 401 caused
	longestFlight     = 2 * time.Minute  // three tries of 15 s, and the wait for the store's lock
)

// refreshSource is the source of WithRefreshToken.
type refreshSource struct {
	endpoint *tokenEndpoint
	cred     *RefreshToken
	store    TokenStore
	key      string
	observe  func(Event)

	mu      sync.Mutex
	token   Token     // the last one that was seen
	refused string    // the access token that the API refused and that is to be replaced
	forced  time.Time // when a refused token was last replaced
	early   time.Time // a token that is still alive is not replaced before it
	failure error     // of the last flight
	rest    time.Time // until then, failure is the answer
	flight  *flight
}

// flight is one refresh, shared by all who wait for it.
type flight struct {
	done  chan struct{}
	token Token
	err   error
}

func newRefreshSource(endpoint *tokenEndpoint, cred *RefreshToken, store TokenStore, observe func(Event)) *refreshSource {
	// Hashed, because a store's keys show in files and logs.
	sum := sha256.Sum256([]byte(strings.Join([]string{endpoint.accounts.Host, cred.ClientID, cred.RefreshToken}, "\x00")))
	return &refreshSource{
		endpoint: endpoint, cred: cred, store: store, key: hex.EncodeToString(sum[:]), observe: observe,
	}
}

// Token returns a token that is good for a while, or waits for the refresh.
func (s *refreshSource) Token(ctx context.Context) (Token, error) {
	s.mu.Lock()
	now := time.Now()
	usable := s.token.AccessToken != s.refused && s.token.alive(now)
	if usable && (s.token.fresh(now) || now.Before(s.early)) {
		defer s.mu.Unlock()
		return s.token, nil
	}
	if now.Before(s.rest) {
		defer s.mu.Unlock()
		return Token{}, s.failure
	}
	f := s.flight
	if f == nil {
		f = &flight{done: make(chan struct{})}
		s.flight = f
		// Detached: whoever happened to be first may leave without taking the
		// refresh from the others.
		go s.fly(context.WithoutCancel(ctx), f, s.refused)
	}
	s.mu.Unlock()

	select {
	case <-f.done:
		return f.token, f.err
	case <-ctx.Done():
		return Token{}, waitError(ctx)
	}
}

// Invalidate notes that the API refused t. Only if it is still the current token
// will the next call replace it, and at most once in 60 s: a token that is
// refused right after it was issued will not be cured by another.
func (s *refreshSource) Invalidate(t Token) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if t.AccessToken == s.token.AccessToken && (s.forced.IsZero() || time.Since(s.forced) >= restAfterForced) {
		s.refused = t.AccessToken
	}
}

// fly gets a token from the store or the server, and tells all who wait.
func (s *refreshSource) fly(ctx context.Context, f *flight, refused string) {
	ctx, cancel := context.WithTimeout(ctx, longestFlight)
	defer cancel()
	u := update{source: s, refused: refused}
	if stored, err := s.store.Load(ctx, s.key); err == nil && u.good(stored) {
		u.token = stored
	} else if _, err := s.store.Update(ctx, s.key, u.run); err != nil {
		u.storeFailed(err)
	}

	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	s.failure, s.rest = u.err, u.rest
	if u.better(s.token) {
		s.token = u.token
	}
	if u.issued && refused != "" {
		s.forced = now
	}
	f.token, f.err = s.token, u.err
	if s.token.AccessToken != refused && s.token.alive(now) {
		// A refresh that comes early may fail without harm, but not at every call.
		f.err, s.early = nil, now.Add(restAfterRefusal)
	}
	if f.err != nil {
		f.token = Token{}
	}
	if s.token.AccessToken != s.refused {
		s.refused = ""
	}
	s.flight = nil
	close(f.done)
}

// update is what happens under the store's lock.
type update struct {
	source  *refreshSource
	refused string

	ran    bool      // the store gave us its lock
	issued bool      // token is new
	token  Token     // the best one that was seen
	err    error     // why there is no better one
	rest   time.Time // until when err stays the answer
}

// good reports whether a stored token can be used as it is.
func (u *update) good(t Token) bool { return t.AccessToken != u.refused && t.fresh(time.Now()) }

// better reports whether the token that was found should take the place of the
// one in use, which may be newer: not every token could be saved.
func (u *update) better(current Token) bool {
	return u.issued || u.token.AccessToken != "" && u.token.AccessToken != u.refused &&
		(current.AccessToken == u.refused || u.token.Expiry.After(current.Expiry))
}

func (u *update) run(ctx context.Context, stored Token) (Token, error) {
	u.ran, u.token = true, stored
	if u.good(stored) { // another process was faster
		return stored, nil
	}
	if wait := time.Until(stored.RetryNotBefore); wait > 0 {
		u.err, u.rest = u.source.endpoint.refusalError(stored.refusal, wait), stored.RetryNotBefore
		return stored, nil
	}
	cred := *u.source.cred
	if stored.RefreshToken != "" {
		cred.RefreshToken = stored.RefreshToken
	}
	token, err := u.source.request(ctx, cred)
	if err != nil {
		// What is stored stays: a bad answer says nothing against a good token.
		u.err = err
		stored.refusal, stored.RetryNotBefore = remember(err)
		u.rest = stored.RetryNotBefore
		return stored, nil
	}
	if token.RefreshToken == "" {
		token.RefreshToken = stored.RefreshToken
	}
	u.token, u.issued = token, true
	return token, nil
}

// storeFailed tells a token that could not be saved, which is used all the
// same, from a store that never let the refresh begin.
func (u *update) storeFailed(err error) {
	err = u.source.endpoint.secrets.Clean(err)
	if !u.ran {
		u.err = fmt.Errorf("usergroups: token store: %w", err)
		return
	}
	u.source.observe(Event{Kind: EventTokenNotSaved, Op: opRefresh, Err: err})
}

// request asks the server, and tells the observer.
func (s *refreshSource) request(ctx context.Context, cred RefreshToken) (Token, error) {
	start := time.Now()
	token, err := s.endpoint.refresh(ctx, cred)
	event := Event{
		Kind: EventRefresh, Op: opRefresh, Method: http.MethodPost, URL: s.endpoint.tokenURL(),
		StatusCode: http.StatusOK, Duration: time.Since(start), Err: err,
	}
	var e *Error
	if errors.As(err, &e) {
		event.StatusCode = e.StatusCode
	}
	s.observe(event)
	return token, err
}

// remember returns what others have to know of a failed refresh. A server that
// could not be reached may answer the next request.
func remember(err error) (refusal, time.Time) {
	var e *Error
	if !errors.As(err, &e) {
		return refusal{}, time.Time{}
	}
	why := refusal{Status: e.StatusCode, Code: e.Code, Message: e.Message}
	switch {
	case errors.Is(err, ErrRateLimited):
		return why, time.Now().Add(max(restAfterThrottle, e.RetryAfter))
	case errors.Is(err, ErrUnauthorized):
		return why, time.Now().Add(restAfterRefusal)
	}
	return refusal{}, time.Time{}
}

// waitError is the error of a caller that left before the token came.
func waitError(ctx context.Context) error {
	err, cause := ctx.Err(), context.Cause(ctx)
	if errors.Is(cause, err) {
		return cause
	}
	return fmt.Errorf("%w: %w", err, cause)
}
