package usergroupstest

import (
	"crypto/rand"
	"slices"
	"time"
)

// How long codes live. The console of a self client lets one choose up to 10
// minutes; 3 is its default.
const (
	codeLifetime       = 2 * time.Minute
	selfClientLifetime = 3 * time.Minute
)

// The vendor's limit of codes for one client.
const (
	codeLimit  = 10
	codeWindow = 10 * time.Minute
)

// code is an authorization code, which the vendor also calls a grant token.
type code struct {
	value       string
	scopes      []string
	dies        time.Time
	redirectURI string // of the consent, which the exchange has to repeat; "" of a self client
	offline     bool   // it may bring a refresh token
	prompted    bool   // and does so though there is one already
}

// addCode makes a new code.
func (t *tokens) addCode(c code, now time.Time, lifetime time.Duration) string {
	t.codes = slices.DeleteFunc(t.codes, func(old code) bool { return !now.Before(old.dies) })
	c.value, c.dies = "fake-code-"+rand.Text(), now.Add(lifetime)
	t.codes = append(t.codes, c)
	return c.value
}

// findCode returns where the living code of that value is, or -1.
func (t *tokens) findCode(value string, now time.Time) int {
	return slices.IndexFunc(t.codes, func(c code) bool { return c.value == value && now.Before(c.dies) })
}

// IssueCode returns a new code, as the console gives it to a self client, for
// grant_type=authorization_code: no consent, no redirect_uri. It works once,
// within 3 minutes by the server's clock, and brings a refresh token of its own;
// the 21st alive ends the oldest, which at first is [Server.RefreshToken].
// Without scopes it has those of [WithScopes].
//
// It is not counted by the limit of codes, which is the consent page's.
func (s *Server) IssueCode(scopes ...string) string {
	if len(scopes) == 0 {
		scopes = s.cfg.scopes
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.tokens.addCode(code{scopes: slices.Clone(scopes), offline: true, prompted: true}, s.now(), selfClientLifetime)
}
