package usergroupstest

import (
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// oauthError is how the accounts server reports an error, and with status 200
// at that: only throttling and a refused revocation have a status of 400.
type oauthError struct {
	Description string `json:"error_description,omitempty"`
	Error       string `json:"error"`
}

// grant is the accounts server's answer to a refresh. There is no
// refresh_token in it: the client keeps the one it has.
type grant struct {
	AccessToken string `json:"access_token"`
	Scope       string `json:"scope"`
	APIDomain   string `json:"api_domain"`
	TokenType   string `json:"token_type"`
	ExpiresIn   int    `json:"expires_in"`
}

// apiDomain is the production host of the data centre that the fake plays.
// It is not the fake's own address: as with a sandbox, a client has to stay
// where it was told to go.
const apiDomain = "https://www.zohoapis.com"

// issueToken serves POST /oauth/v2/token. Real Zoho reads the query and Basic
// authentication as well; the fake does not, so that a client that lets a
// secret slip into the URL is found out.
func (s *Server) issueToken(c call) answer {
	form := oauthForm(c)
	t := &s.tokens
	switch {
	case form.Get("grant_type") != "refresh_token":
		return refuseGrant("unsupported_grant_type")
	case form.Get("client_id") != t.clientID:
		return refuseGrant("invalid_client")
	case form.Get("client_secret") != t.clientSecret:
		return refuseGrant("invalid_client_secret")
	case t.revoked || form.Get("refresh_token") != t.refreshToken:
		return refuseGrant("invalid_code")
	case t.throttled(s.cfg.tokenLimit, s.cfg.tokenWindow):
		return answer{status: http.StatusBadRequest, body: oauthError{
			Description: "You have made too many requests continuously. Please try again after some time.",
			Error:       "Access Denied",
		}}
	}

	token := t.add(s.cfg.scopes, s.cfg.tokenLifetime, true)
	t.issued++
	if s.cfg.tokenLimit > 0 {
		t.refreshed = append(t.refreshed, time.Now())
	}
	return answer{status: http.StatusOK, body: grant{
		AccessToken: token.value,
		Scope:       strings.Join(token.scopes, " "),
		APIDomain:   apiDomain,
		TokenType:   "Bearer",
		ExpiresIn:   max(1, int(s.cfg.tokenLifetime/time.Second)),
	}}
}

func refuseGrant(code string) answer {
	return answer{status: http.StatusOK, body: oauthError{Error: code}}
}

// revokeToken serves POST /oauth/v2/token/revoke. The vendor documents the
// refresh token in the query; the form is accepted as well.
func (s *Server) revokeToken(c call) answer {
	token := c.query.Get("token")
	if token == "" {
		token = oauthForm(c).Get("token")
	}
	if s.tokens.revoked || token != s.tokens.refreshToken {
		// Guess: the status is documented, the body is not.
		return answer{status: http.StatusBadRequest, body: oauthError{Error: "invalid_token"}}
	}
	s.tokens.revoke()
	return answer{status: http.StatusOK, body: struct {
		Status string `json:"status"`
	}{"success"}}
}

// oauthForm returns the fields of a form body; a body of any other type, such
// as JSON, has none.
func oauthForm(c call) url.Values {
	contentType, _, err := mime.ParseMediaType(c.header.Get("Content-Type"))
	if err != nil || contentType != "application/x-www-form-urlencoded" {
		return url.Values{}
	}
	form, err := url.ParseQuery(string(c.body))
	if err != nil {
		return url.Values{}
	}
	return form
}
