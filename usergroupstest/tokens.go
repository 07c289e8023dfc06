package usergroupstest

import (
	"crypto/rand"
	"net/http"
	"slices"
	"strings"
	"time"
)

// The vendor's limits of one client and user. Passing either of them ends the
// oldest of its kind, though its time is not over; nobody is told.
const (
	maxRefreshTokens = 20 // alive at once
	maxAccessTokens  = 15 // of one refresh token, alive at once
)

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
	token, alive := s.tokens.findAccess(value, s.now())
	if !scheme || !alive || s.tokens.rejectAll {
		return new(failure(http.StatusUnauthorized, "INVALID_TOKEN", noDetails{}, "invalid oauth token"))
	}
	for _, need := range c.scopes {
		if !need.metBy(token.scopes) {
			return new(s.scopeMismatch(c))
		}
	}
	return nil
}

// IssueToken returns a new access token without any OAuth, for programs with
// a static token. Without scopes it has those of [WithScopes]. It lives as long
// as any access token, but came from no refresh token: limits and revocations
// pass it by.
func (s *Server) IssueToken(scopes ...string) string {
	if len(scopes) == 0 {
		scopes = s.cfg.scopes
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.tokens.addAccess(nil, scopes, s.now(), s.cfg.tokenLifetime).value
}

// ExpireTokens ends every access token alive: the API answers them with 401
// INVALID_TOKEN from now on. Refresh tokens still work; the client of this
// module replaces a refused token at most once a minute. [Server.Advance] lets
// tokens expire of old age.
func (s *Server) ExpireTokens() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tokens.access = nil
}

// RevokeRefreshToken ends [Server.RefreshToken] and the access tokens that came
// from it. A refresh with it is answered {"error":"invalid_code"} from now on.
// Other refresh tokens stay; POST /oauth/v2/token/revoke ends any.
func (s *Server) RevokeRefreshToken() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tokens.revoke(s.tokens.seeded)
}

// RejectTokens makes the API answer every access token, also a fresh one,
// with 401 INVALID_TOKEN for as long as it is on.
func (s *Server) RejectTokens(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tokens.rejectAll = on
}

// TokensIssued returns how many access tokens the token endpoint has issued,
// for refresh tokens and for codes. Those of [Server.IssueToken] are not counted.
func (s *Server) TokensIssued() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.tokens.issued
}
