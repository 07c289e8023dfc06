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

	"github.com/usergroups-go/usergroups/internal/transport"
)

// Zoho issues at most 10 access tokens per refresh token in 10 minutes, and
// answers further requests with "Access Denied" for longer the more there are.
// So everything here exists to ask rarely: one request for all who wait, none
// while a refusal is fresh, none when another process has asked already.
const (
	restAfterRefusal  = 10 * time.Second // invalid_code, invalid_client, an answer that is no token
	restAfterThrottle = 60 * time.Second // "Access Denied"
	restAfterForced   = 60 * time.Second // a refresh that a 401 caused
	longestRest       = 10 * time.Minute // whatever a server asks for, or a clock that is wrong
	longestFlight     = 2 * time.Minute  // three tries of 15 s, and as long for those of another client
)

// refreshSource is the source of WithRefreshToken. Of its token, "rejected" is
// said when the API refused it, and "refused" of the accounts server.
//
//	state            when                             Token gives              ends with
//	good             token alive, not rejected        the token                its end, Invalidate
//	  going stale    … and not fresh                  the token; a flight goes
//	none, flying     flight is set                    what the flight brings   land
//	none, resting    before rest                      failure                  rest
//	none             otherwise                        a flight goes            land
type refreshSource struct {
	endpoint *tokenEndpoint
	cred     *RefreshToken
	store    TokenStore
	key      string
	observe  func(context.Context, Event)

	mu       sync.Mutex
	token    Token     // the last one that was seen
	rejected string    // the access token that the API refused and that is to be replaced
	failure  error     // of the last flight
	rest     time.Time // nobody is asked before it
	flight   *flight
}

// flight is one refresh, shared by all who wait for it.
type flight struct {
	done  chan struct{}
	token Token
	err   error
}

func newRefreshSource(endpoint *tokenEndpoint, cred *RefreshToken, store TokenStore, observe func(context.Context, Event)) *refreshSource {
	// Hashed, because a store's keys show in files and logs.
	sum := sha256.Sum256([]byte(strings.Join([]string{endpoint.accounts.Host, cred.ClientID, cred.RefreshToken}, "\x00")))
	return &refreshSource{
		endpoint: endpoint, cred: cred, store: store, key: hex.EncodeToString(sum[:]), observe: observe,
	}
}

// Token returns the token in use, and has it replaced in time. Only who has no
// usable one waits for the refresh, or is told why there is none.
func (s *refreshSource) Token(ctx context.Context) (Token, error) {
	s.mu.Lock()
	now := time.Now()
	usable := s.token.AccessToken != s.rejected && s.token.alive(now)
	resting := now.Before(s.rest)
	if stale := !usable || !s.token.fresh(now); stale && !resting && s.flight == nil {
		s.flight = &flight{done: make(chan struct{})}
		// Detached: whoever happened to be first may leave without taking the
		// refresh from the others, and has no say in it.
		go s.fly(s.flight, s.rejected) //nolint:contextcheck,gosec // see above
	}
	f, token, failure := s.flight, s.token, s.failure
	left := s.rest.Sub(now)
	s.mu.Unlock()

	switch {
	case usable:
		return token, nil
	case resting:
		return Token{}, stillResting(failure, left)
	}
	select {
	case <-f.done:
		return f.token, f.err
	case <-ctx.Done():
		return Token{}, transport.ContextError(ctx)
	}
}

// stillResting is the error of the last refresh, with the wait that is left.
func stillResting(err error, left time.Duration) error {
	var e *Error
	if !errors.As(err, &e) || !errors.Is(e, ErrRateLimited) {
		return err
	}
	now := *e
	now.RetryAfter = left
	return &now
}

// Invalidate notes that the API refused t. Only if it is still the current token
// will the next call replace it, and not when it has itself just replaced a
// refused one, here or in another process: that will not be cured by another.
func (s *refreshSource) Invalidate(t Token) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if t.AccessToken == s.token.AccessToken && !s.token.justForced(time.Now()) {
		s.rejected = t.AccessToken
	}
}

// justForced reports whether a token took the place of a rejected one less than
// a minute ago.
func (t Token) justForced(now time.Time) bool {
	age := now.Sub(t.forced)
	return age >= 0 && age < restAfterForced
}

// fly gets a token from the store or the server, and tells all who wait.
func (s *refreshSource) fly(f *flight, rejected string) {
	ctx, cancel := context.WithTimeout(context.Background(), longestFlight)
	defer cancel()
	u := update{source: s, rejected: rejected, began: time.Now()}
	landed := false
	defer func() {
		// This goroutine is ours: nobody else can stop a panic of the store, the
		// RoundTripper or the observer from ending the program.
		// A runtime.Goexit (t.Fatal in somebody's fake) is seen by its missing end.
		if p := recover(); p != nil || !landed {
			u.err = s.endpoint.secrets.Clean(fmt.Errorf("usergroups: panic or exit in the token store, RoundTripper or observer: %v", p))
			if !landed {
				s.land(f, &u)
			}
			f.token, f.err = Token{}, u.err
		}
		close(f.done)
	}()
	u.get(ctx)
	s.land(f, &u)
	landed = true
	// Here, where neither a lock is held nor a flight under way.
	for _, event := range u.events {
		s.observe(ctx, event)
	}
}

// land puts the result of a flight to use.
func (s *refreshSource) land(f *flight, u *update) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	s.flight, s.failure, s.rest = nil, u.err, u.rest
	if u.better(s.token) {
		s.token = u.token
	}
	// The server may issue the same token again. Then it has to do.
	hasToDo := u.issued && u.token.AccessToken == s.rejected
	if s.token.AccessToken != s.rejected || hasToDo {
		s.rejected = ""
	}
	f.token, f.err = s.token, u.err
	if s.token.AccessToken != s.rejected && s.token.alive(now) {
		f.err = nil // the refresh came early and may fail without harm
		if u.err != nil && s.rest.Before(now.Add(restAfterRefusal)) {
			s.rest = now.Add(restAfterRefusal) // but not at every call
		}
	}
	if f.err != nil {
		f.token = Token{}
	}
}

// update is one look for a better token.
type update struct {
	source   *refreshSource
	rejected string
	began    time.Time

	ran    bool      // the store gave us its lock
	issued bool      // token is new
	token  Token     // the best one that was seen
	err    error     // why there is no better one
	rest   time.Time // until when err stays the answer
	events []Event
}

func (u *update) get(ctx context.Context) {
	s := u.source
	if stored, err := s.store.Load(ctx, s.key); err == nil && u.good(stored) {
		u.token = stored
	} else if _, err := s.store.Update(ctx, s.key, u.run); err != nil {
		u.storeFailed(ctx, err)
	}
}

// good reports whether a stored token can be used as it is.
func (u *update) good(t Token) bool { return t.AccessToken != u.rejected && t.fresh(time.Now()) }

// better reports whether the token that was found should take the place of the
// one in use, which may be newer: not every token could be saved.
func (u *update) better(current Token) bool {
	return u.issued || u.token.AccessToken != "" && u.token.AccessToken != u.rejected &&
		(current.AccessToken == u.rejected || u.token.Expiry.After(current.Expiry))
}

// run is the work that is done under the store's lock.
func (u *update) run(ctx context.Context, stored Token) (Token, error) {
	u.ran, u.token = true, stored
	if u.good(stored) { // another process was faster
		return stored, nil
	}
	if wait := time.Until(stored.RetryNotBefore); wait > 0 && wait <= longestRest {
		u.err, u.rest = u.source.endpoint.refusalError(stored.refusal, wait), stored.RetryNotBefore
		return stored, nil
	}
	if stored.outage.After(u.began) && !stored.outage.After(time.Now()) {
		// Were each to try for itself, the last in the queue would wait for minutes.
		u.err = u.source.endpoint.outageError()
		return stored, nil
	}
	cred := *u.source.cred
	if stored.RefreshToken != "" {
		cred.RefreshToken = stored.RefreshToken
	}
	token, err := u.request(ctx, cred)
	if err != nil {
		return u.failed(ctx, stored, err), nil
	}
	if token.RefreshToken == "" {
		token.RefreshToken = stored.RefreshToken
	}
	token.forced = stored.forced
	if u.rejected != "" {
		token.forced = token.issued
	}
	u.token, u.issued = token, true
	return token, nil
}

// failed notes why there is no token, and returns what is to be stored: what was,
// since a bad answer says nothing against a good token, and until when to rest.
func (u *update) failed(ctx context.Context, stored Token, err error) Token {
	if ctx.Err() != nil {
		u.err = tooLong(err)
		return stored
	}
	u.err = err
	stored.refusal, stored.RetryNotBefore = remember(err)
	if errors.Is(err, ErrUnavailable) {
		stored.outage = time.Now().Round(0)
	}
	u.rest = stored.RetryNotBefore
	return stored
}

// request asks the server, and notes it for the observer.
func (u *update) request(ctx context.Context, cred RefreshToken) (Token, error) {
	start := time.Now()
	token, err := u.source.endpoint.refresh(ctx, cred)
	event := Event{
		Kind: EventRefresh, Op: OpOAuthRefresh, Method: http.MethodPost, URL: u.source.endpoint.tokenURL(),
		StatusCode: http.StatusOK, Duration: time.Since(start), Err: err,
	}
	var e *Error
	if errors.As(err, &e) {
		event.StatusCode = e.StatusCode
	}
	u.events = append(u.events, event)
	return token, err
}

// storeFailed tells a token that could not be saved, which is used all the
// same, from a store that never let the refresh begin.
func (u *update) storeFailed(ctx context.Context, err error) {
	err = u.source.endpoint.secrets.Clean(transport.NotTheCallers(err))
	switch {
	case u.ran:
		u.events = append(u.events, Event{Kind: EventTokenNotSaved, Op: OpOAuthRefresh, Err: err})
	case ctx.Err() != nil:
		u.err = tooLong(err)
	default:
		u.err = fmt.Errorf("usergroups: token store: %w", err)
	}
}

// tooLong is the Error of a flight that took longer than one may.
func tooLong(err error) error {
	return newError(OpOAuthRefresh, "", &transport.Failure{
		Kinds: []error{ErrUnavailable}, Err: fmt.Errorf("no token within %s: %w", longestFlight, transport.NotTheCallers(err)),
	})
}

// remember returns what others have to know of a failed refresh. A server that
// could not be reached may answer the next request.
func remember(err error) (refusal, time.Time) {
	var e *Error
	if !errors.As(err, &e) || errors.Is(err, ErrUnavailable) {
		return refusal{}, time.Time{}
	}
	rest := restAfterRefusal
	if errors.Is(err, ErrRateLimited) {
		rest = min(max(restAfterThrottle, e.RetryAfter), longestRest)
	}
	return refusal{Status: e.StatusCode, Code: e.Code, Message: e.Message}, time.Now().Add(rest)
}
