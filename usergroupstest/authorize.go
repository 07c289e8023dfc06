package usergroupstest

import (
	"net/http"
	"slices"
	"strings"
)

// scopeNeed is a list of scopes of which a token must have one.
type scopeNeed []string

var (
	groupsRead   = scopeNeed{"ZohoCRM.settings.user_groups.READ", "ZohoCRM.settings.user_groups.ALL"}
	groupsCreate = scopeNeed{"ZohoCRM.settings.user_groups.CREATE", "ZohoCRM.settings.user_groups.ALL"}
	groupsUpdate = scopeNeed{"ZohoCRM.settings.user_groups.UPDATE", "ZohoCRM.settings.user_groups.ALL"}
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

type requestDetails struct {
	Method string `json:"method"`
	URL    string `json:"url"`
}

func (s *Server) scopeMismatch(c call) answer {
	const code, message = "OAUTH_SCOPE_MISMATCH", "invalid oauth scope to access this URL"
	switch s.cfg.guesses.ScopeMismatch {
	case ScopeMismatchRequest:
		return failure(http.StatusUnauthorized, code, requestDetails{c.method, c.path}, message)
	case ScopeMismatchUnauthorized:
		return failure(http.StatusUnauthorized, code, nil, "Unauthorized")
	default:
		return failure(http.StatusUnauthorized, code, noDetails{}, message)
	}
}
