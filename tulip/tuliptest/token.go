package tuliptest

import (
	"net/http"
	"slices"

	"github.com/usergroups-go/usergroups/internal/fakeserver"
)

// usersRead is the scope of all operations, also of those on groups and roles.
const usersRead = "users:read"

// apiToken is the one token that the server accepts, guarded by Server.mu.
type apiToken struct {
	key, secret string
	scopes      []string
	disabled    bool
}

// WithScopes sets the scopes of the API token, in place of users:read, which is
// the one that every operation needs. WithScopes() gives it none.
func WithScopes(scopes ...string) Option {
	scopes = slices.Clone(scopes)
	return func(c *config) { c.scopes = scopes }
}

// DisableToken makes the API answer the token with 401 for as long as it is
// disabled, as an administrator of the instance can.
func (s *Server) DisableToken(disabled bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.token.disabled = disabled
}

// authorize checks a call's API token; nil lets the call through.
func (s *Server) authorize(c call) *fakeserver.Reply {
	basic := http.Request{Header: c.header}
	key, secret, ok := basic.BasicAuth()
	if !ok || key != s.token.key || secret != s.token.secret || s.token.disabled {
		return new(s.unnamed(http.StatusUnauthorized, codeUnauthorized, "The API token is missing, wrong or disabled."))
	}
	if slices.Contains(s.token.scopes, usersRead) {
		return nil
	}
	const message = "The API token does not have the scope " + usersRead + "."
	if s.cfg.guesses.ScopeUnauthorized {
		return new(s.unnamed(http.StatusUnauthorized, codeUnauthorized, message))
	}
	return new(s.unnamed(http.StatusForbidden, codeForbidden, message))
}
