package usergroupstest

import (
	"crypto/rand"
	"net/http"
	"slices"
	"strings"
	"time"
)

// tokens is what the accounts server knows, guarded by Server.mu.
type tokens struct {
	clientID, clientSecret, refreshToken string

	revoked   bool // the refresh token is
	rejectAll bool
	access    []accessToken // the living ones, oldest first
	refreshed []time.Time   // when tokens were refreshed, for the limit
	issued    int           // for TokensIssued
}

type accessToken struct {
	value     string
	scopes    []string
	dies      time.Time
	refreshed bool // it came from the refresh token, and dies with it
}

// maxAccessTokens is how many access tokens of one refresh token live at
// once. One more ends the oldest, though its time is not over.
const maxAccessTokens = 15

// add makes a new access token.
func (t *tokens) add(scopes []string, lifetime time.Duration, refreshed bool) accessToken {
	now := time.Now()
	t.access = slices.DeleteFunc(t.access, func(a accessToken) bool { return !now.Before(a.dies) })
	if refreshed {
		t.makeRoom()
	}
	token := accessToken{
		value:     "fake-access-" + rand.Text(),
		scopes:    slices.Clone(scopes),
		dies:      now.Add(lifetime),
		refreshed: refreshed,
	}
	t.access = append(t.access, token)
	return token
}

// makeRoom ends the oldest token of the refresh token if it has too many.
func (t *tokens) makeRoom() {
	oldest, alive := -1, 0
	for i, a := range t.access {
		if !a.refreshed {
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

// find returns the living access token of that value.
func (t *tokens) find(value string) (accessToken, bool) {
	for _, a := range t.access {
		if a.value == value && time.Now().Before(a.dies) {
			return a, true
		}
	}
	return accessToken{}, false
}

// throttled reports whether the limit of tokens per window is used up.
func (t *tokens) throttled(limit int, window time.Duration) bool {
	if limit <= 0 {
		return false
	}
	opened := time.Now().Add(-window)
	t.refreshed = slices.DeleteFunc(t.refreshed, func(at time.Time) bool { return !at.After(opened) })
	return len(t.refreshed) >= limit
}

func (t *tokens) revoke() {
	t.revoked = true
	t.access = slices.DeleteFunc(t.access, func(a accessToken) bool { return a.refreshed })
}

// scopeNeed is a list of scopes of which a token must have one.
type scopeNeed []string

var (
	groupsRead   = scopeNeed{"ZohoCRM.settings.user_groups.READ", "ZohoCRM.settings.user_groups.ALL"}
	groupsCreate = scopeNeed{"ZohoCRM.settings.user_groups.CREATE", "ZohoCRM.settings.user_groups.ALL"}
	groupsDelete = scopeNeed{"ZohoCRM.settings.user_groups.DELETE", "ZohoCRM.settings.user_groups.ALL"}
	usersRead    = scopeNeed{"ZohoCRM.users.READ", "ZohoCRM.users.ALL"}
)

// metBy compares without letter case: the vendor's own pages write both
// ZohoCRM.users and ZohoCRM.Users.
func (need scopeNeed) metBy(scopes []string) bool {
	return slices.ContainsFunc(need, func(wanted string) bool {
		return slices.ContainsFunc(scopes, func(got string) bool { return strings.EqualFold(wanted, got) })
	})
}

// authorize checks a call's access token; nil lets the call through.
func (s *Server) authorize(c call) *answer {
	value, scheme := strings.CutPrefix(c.header.Get("Authorization"), "Zoho-oauthtoken ")
	token, alive := s.tokens.find(value)
	if !scheme || !alive || s.tokens.rejectAll {
		return new(failure(http.StatusUnauthorized, "INVALID_TOKEN", noDetails{}, "invalid oauth token"))
	}
	for _, need := range c.scopes {
		if !need.metBy(token.scopes) {
			return new(failure(http.StatusUnauthorized, "OAUTH_SCOPE_MISMATCH", noDetails{}, "invalid oauth scope to access this URL"))
		}
	}
	return nil
}

// IssueToken returns a new access token without any OAuth, for programs with
// a static token. Without scopes it has those of the refresh token; see
// [WithScopes]. It lives as long as any access token, but is not one of the
// refresh token's.
func (s *Server) IssueToken(scopes ...string) string {
	if len(scopes) == 0 {
		scopes = s.cfg.scopes
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.tokens.add(scopes, s.cfg.tokenLifetime, false).value
}

// ExpireTokens ends every access token alive: the API answers them with 401
// INVALID_TOKEN from now on. The refresh token still works.
func (s *Server) ExpireTokens() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tokens.access = nil
}

// RevokeRefreshToken ends the refresh token and the access tokens that came
// from it. A refresh is answered {"error":"invalid_code"} from now on.
func (s *Server) RevokeRefreshToken() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tokens.revoke()
}

// RejectTokens makes the API answer every access token, also a fresh one,
// with 401 INVALID_TOKEN for as long as it is on.
func (s *Server) RejectTokens(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tokens.rejectAll = on
}

// TokensIssued returns how many access tokens the token endpoint has issued.
// Those of [Server.IssueToken] are not counted.
func (s *Server) TokensIssued() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.tokens.issued
}
