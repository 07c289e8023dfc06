package usergroupstest

import (
	"crypto/rand"
	"fmt"
	"net/http"
	"slices"
	"time"
)

// The vendor's limits of one client and user. Passing either of them ends the
// oldest of its kind, though its time is not over; nobody is told.
const (
	maxRefreshTokens = 20 // alive at once
	maxAccessTokens  = 15 // of one refresh token, alive at once
)

// WithTokenLifetime sets how long access tokens live, in place of an hour.
// The token endpoint says so in whole seconds, rounded down but never below
// 1; the server itself refuses the token after exactly d.
// WithTokenLifetime panics unless d is more than 0.
func WithTokenLifetime(d time.Duration) Option {
	if d <= 0 {
		panic(fmt.Sprintf("usergroupstest: WithTokenLifetime(%v): want more than 0", d))
	}
	return func(c *config) { c.tokenLifetime = d }
}

// WithTokenLimit allows each refresh token to bring at most n access tokens
// within any window by the server's clock, in place of Zoho's own 10 in 10
// minutes. Further refreshes are answered "Access Denied"; see
// [WithTokenLimitStatus]. Access tokens that came with the refresh token
// itself, in exchange for a code, count too. Guess: refreshing while it is
// said does not lengthen it.
//
// WithTokenLimit(0, 0) switches the limit off, and with it that of the consent
// page, which is 10 codes in 10 minutes. The limits of what is alive at once
// stay: 20 refresh tokens, and 15 access tokens of each; one more ends the
// oldest.
// WithTokenLimit panics when n or window is negative, or window is 0 and n is
// not.
func WithTokenLimit(n int, window time.Duration) Option {
	if n < 0 || window < 0 || n > 0 && window == 0 {
		panic(fmt.Sprintf("usergroupstest: WithTokenLimit(%d, %v): want 0 or more tokens in a window of more than 0", n, window))
	}
	return func(c *config) { c.tokenLimit, c.tokenWindow = n, window }
}

// WithTokenLimitStatus sets the status of the answer "Access Denied", which the
// token endpoint gives when [WithTokenLimit] is reached: 200 or 400. Without the
// option it is 400: that is what the recent recordings show, where older ones
// say 200, as of every other error there.
// WithTokenLimitStatus panics on any other status.
func WithTokenLimitStatus(status int) Option {
	if status != http.StatusOK && status != http.StatusBadRequest {
		panic(fmt.Sprintf("usergroupstest: WithTokenLimitStatus(%d): want 200 or 400", status))
	}
	return func(c *config) { c.tokenLimitStatus = status }
}

// WithScopes sets the scopes that [Server.RefreshToken] was consented for, in
// place of ZohoCRM.settings.user_groups.ALL and ZohoCRM.users.ALL.
func WithScopes(scopes ...string) Option {
	scopes = slices.Clone(scopes)
	return func(c *config) { c.scopes = scopes }
}

// tokens is what the accounts server knows, guarded by Server.mu.
type tokens struct {
	clientID, clientSecret string
	seeded                 string // Server.RefreshToken

	rejectAll bool
	refresh   []*refreshToken // the living ones, oldest first
	access    []accessToken   // the living ones, oldest first
	codes     []code          // those that were not used
	consents  []time.Time     // when the consent page gave codes, for the limit
	issued    int             // for TokensIssued
}

// refreshToken lives until it is revoked, or until there are too many.
type refreshToken struct {
	value   string
	scopes  []string
	consent bool        // it came from the consent page
	brought []time.Time // when it brought access tokens, for the limit
}

type accessToken struct {
	value  string
	scopes []string
	dies   time.Time
	parent *refreshToken // the one that brought it, and that it dies with; or nil
}

func newTokens(clientID, clientSecret, seeded string, scopes []string) tokens {
	return tokens{
		clientID: clientID, clientSecret: clientSecret, seeded: seeded,
		refresh: []*refreshToken{{value: seeded, scopes: scopes}},
	}
}

// addRefresh makes a new refresh token.
func (t *tokens) addRefresh(scopes []string, consent bool) *refreshToken {
	if len(t.refresh) >= maxRefreshTokens {
		t.revoke(t.refresh[0].value)
	}
	token := &refreshToken{value: "fake-refresh-" + rand.Text(), scopes: scopes, consent: consent}
	t.refresh = append(t.refresh, token)
	return token
}

// findRefresh returns the living refresh token of that value, or nil.
func (t *tokens) findRefresh(value string) *refreshToken {
	for _, r := range t.refresh {
		if r.value == value {
			return r
		}
	}
	return nil
}

// revoke ends a refresh token and the access tokens that it brought. It
// returns false when there is no such token.
func (t *tokens) revoke(value string) bool {
	token := t.findRefresh(value)
	if token == nil {
		return false
	}
	t.refresh = slices.DeleteFunc(t.refresh, func(r *refreshToken) bool { return r == token })
	t.access = slices.DeleteFunc(t.access, func(a accessToken) bool { return a.parent == token })
	return true
}

// addAccess makes a new access token. Without a parent it is nobody's, and
// under no limit.
func (t *tokens) addAccess(parent *refreshToken, scopes []string, now time.Time, lifetime time.Duration) accessToken {
	t.access = slices.DeleteFunc(t.access, func(a accessToken) bool { return !now.Before(a.dies) })
	if parent != nil {
		t.makeRoom(parent)
		parent.brought = append(parent.brought, now)
	}
	token := accessToken{
		value:  "fake-access-" + rand.Text(),
		scopes: slices.Clone(scopes),
		dies:   now.Add(lifetime),
		parent: parent,
	}
	t.access = append(t.access, token)
	return token
}

// makeRoom ends the oldest access token of a refresh token that has too many.
func (t *tokens) makeRoom(parent *refreshToken) {
	oldest, alive := -1, 0
	for i, a := range t.access {
		if a.parent != parent {
			continue
		}
		if oldest < 0 {
			oldest = i
		}
		alive++
	}
	if alive >= maxAccessTokens {
		t.access = slices.Delete(t.access, oldest, oldest+1)
	}
}

// findAccess returns the living access token of that value.
func (t *tokens) findAccess(value string, now time.Time) (accessToken, bool) {
	for _, a := range t.access {
		if a.value == value && now.Before(a.dies) {
			return a, true
		}
	}
	return accessToken{}, false
}

// usedUp reports whether a limit of events in any window is reached, and
// returns the events without those that count no more. A limit of 0 is none.
func usedUp(events []time.Time, limit int, window time.Duration, now time.Time) ([]time.Time, bool) {
	opened := now.Add(-window)
	events = slices.DeleteFunc(events, func(at time.Time) bool { return !at.After(opened) })
	return events, limit > 0 && len(events) >= limit
}
