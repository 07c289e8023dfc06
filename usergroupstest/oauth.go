package usergroupstest

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/usergroups-go/usergroups/internal/fakeserver"
)

// oauthError is how the accounts server reports an error, and with status 200
// at that. Others are the status of "Access Denied", see WithTokenLimitStatus,
// the 400 of a refused revocation and the 405 of a wrong method.
type oauthError struct {
	Description string `json:"error_description,omitempty"`
	Error       string `json:"error"`
}

// grant is the accounts server's answer to a refresh and to a code. A refresh
// brings no refresh_token: the client keeps the one it has.
type grant struct {
	AccessToken  string `json:"access_token"`
	RefreshToken string `json:"refresh_token,omitempty"`
	Scope        string `json:"scope"` // guess: the contract's sample has none
	APIDomain    string `json:"api_domain"`
	TokenType    string `json:"token_type"`
	expiry
}

// expiry is how a grant says for how long it is good.
type expiry struct {
	ExpiresIn    any `json:"expires_in,omitempty"`
	ExpiresInSec int `json:"expires_in_sec,omitempty"`
}

// ExpiresIn is a form in which the token endpoint says how long an access
// token lives; see [WithExpiresIn].
type ExpiresIn int

// The forms, for a token that lives for an hour. Today's is the first; the
// vendor's others are known from earlier years and from other products.
const (
	ExpiresInSeconds      ExpiresIn = iota // "expires_in":3600
	ExpiresInText                          // "expires_in":"3600"
	ExpiresInDecimal                       // "expires_in":3600.0
	ExpiresInMilliseconds                  // "expires_in_sec":3600 beside "expires_in":3600000
	ExpiresInAbsent                        // neither
)

// WithExpiresIn chooses the form of expires_in, in place of
// [ExpiresInSeconds]. How long tokens live is not changed by it.
// WithExpiresIn panics on any other than the forms above.
func WithExpiresIn(form ExpiresIn) Option {
	if form < ExpiresInSeconds || form > ExpiresInAbsent {
		panic(fmt.Sprintf("usergroupstest: WithExpiresIn(%d): no such form", form))
	}
	return func(c *config) { c.expiresIn = form }
}

func (form ExpiresIn) expiry(lifetime time.Duration) expiry {
	seconds := max(1, int(lifetime/time.Second))
	switch form {
	case ExpiresInText:
		return expiry{ExpiresIn: strconv.Itoa(seconds)}
	case ExpiresInDecimal:
		return expiry{ExpiresIn: json.Number(strconv.Itoa(seconds) + ".0")}
	case ExpiresInMilliseconds:
		return expiry{ExpiresIn: seconds * 1000, ExpiresInSec: seconds}
	case ExpiresInAbsent:
		return expiry{}
	case ExpiresInSeconds:
	}
	return expiry{ExpiresIn: seconds}
}

// productionDomain is the API host of the data centre that the fake plays.
const productionDomain = "https://www.zohoapis.com"

// WithAPIDomain sets the api_domain that stands beside every access token: the
// API's base, as a client is told it. It is sent as it is given, right or
// wrong; "" sends the address that the token request itself was sent to, for
// clients that follow api_domain, as the vendor's SDKs do.
//
// Without the option it is https://www.zohoapis.com, and not the fake's own
// address: as with a sandbox, a client has to stay where it was told to go.
func WithAPIDomain(baseURL string) Option {
	return func(c *config) { c.apiDomain = baseURL }
}

// WithLenientTokenEndpoint has the token endpoint read its parameters in the
// query as well, and client_id and client_secret as Basic authentication, as
// the vendor's does. What stands in the body counts first, then the query.
//
// Without the option it reads the body only, so that a client that lets a
// secret slip into a URL, and with it into logs, is found out.
func WithLenientTokenEndpoint() Option {
	return func(c *config) { c.lenientTokens = true }
}

// tokenForm returns the parameters of a token request.
func (s *Server) tokenForm(c call) url.Values {
	form := oauthForm(c)
	if !s.cfg.lenientTokens {
		return form
	}
	all := maps.Clone(c.query)
	maps.Copy(all, form)
	// Guess: Basic authentication is taken as it is, not percent-decoded.
	basic := http.Request{Header: c.header}
	if id, secret, ok := basic.BasicAuth(); ok && !all.Has("client_id") {
		all.Set("client_id", id)
		all.Set("client_secret", secret)
	}
	return all
}

// issueToken serves POST /oauth/v2/token.
func (s *Server) issueToken(c call) answer {
	form := s.tokenForm(c)
	grantType := form.Get("grant_type")
	switch {
	case grantType != "refresh_token" && grantType != "authorization_code":
		return refuseGrant("unsupported_grant_type") // guess: RFC 6749 calls it so
	case form.Get("client_id") != s.tokens.clientID:
		return refuseGrant("invalid_client")
	case form.Get("client_secret") != s.tokens.clientSecret:
		return refuseGrant("invalid_client_secret")
	case grantType == "authorization_code":
		return s.exchange(c, form)
	}
	return s.refresh(c, form)
}

func refuseGrant(code string) answer {
	return answer{status: http.StatusOK, body: oauthError{Error: code}}
}

const tooOften = "You have made too many requests continuously. Please try again after some time."

// refresh answers a refresh token with an access token.
func (s *Server) refresh(c call, form url.Values) answer {
	parent := s.tokens.findRefresh(form.Get("refresh_token"))
	if parent == nil {
		return refuseGrant("invalid_code")
	}
	var throttled bool
	parent.brought, throttled = usedUp(parent.brought, s.cfg.tokenLimit, s.cfg.tokenWindow, s.now())
	if throttled {
		return answer{status: s.cfg.tokenLimitStatus, body: oauthError{Description: tooOften, Error: "Access Denied"}}
	}
	return answer{status: http.StatusOK, body: s.grant(c, parent, parent.scopes)}
}

// exchange answers a code with an access token and perhaps a refresh token.
// Guess: a code with the wrong redirect_uri is refused, but not used up by it.
func (s *Server) exchange(c call, form url.Values) answer {
	t := &s.tokens
	i := t.findCode(form.Get("code"), s.now())
	if i < 0 {
		return refuseGrant("invalid_code")
	}
	code := t.codes[i]
	if code.redirectURI != "" && code.redirectURI != form.Get("redirect_uri") {
		return refuseGrant("invalid_redirect_uri")
	}
	t.codes = slices.Delete(t.codes, i, i+1)

	// Guess: consent that was given offline counts for as long as a refresh
	// token of it lives. Without one of its own, an access token is of no
	// refresh token at all.
	repeated := slices.ContainsFunc(t.refresh, func(r *refreshToken) bool { return r.consent })
	if !code.offline || repeated && !code.prompted {
		return answer{status: http.StatusOK, body: s.grant(c, nil, code.scopes)}
	}
	parent := t.addRefresh(code.scopes, code.redirectURI != "")
	body := s.grant(c, parent, code.scopes)
	body.RefreshToken = parent.value
	return answer{status: http.StatusOK, body: body}
}

// grant makes an access token and the answer that brings it.
func (s *Server) grant(c call, parent *refreshToken, scopes []string) grant {
	token := s.tokens.addAccess(parent, scopes, s.now(), s.cfg.tokenLifetime)
	s.tokens.issued++
	return grant{
		AccessToken: token.value,
		Scope:       strings.Join(scopes, " "),
		APIDomain:   cmp.Or(s.cfg.apiDomain, s.http.CalledURL(c.host)),
		TokenType:   "Bearer",
		expiry:      s.cfg.expiresIn.expiry(s.cfg.tokenLifetime),
	}
}

// revokeToken serves POST /oauth/v2/token/revoke. The vendor documents the
// refresh token in the query; the form is accepted as well.
func (s *Server) revokeToken(c call) answer {
	token := c.query.Get("token")
	if token == "" {
		token = oauthForm(c).Get("token")
	}
	if !s.tokens.revoke(token) {
		// Guess: the status is documented, the body is not.
		return answer{status: http.StatusBadRequest, body: oauthError{Error: "invalid_token"}}
	}
	return answer{status: http.StatusOK, body: struct {
		Status string `json:"status"`
	}{"success"}}
}

// oauthForm returns the fields of a form body, urlencoded or multipart, which
// some of the vendor's SDKs send; a body of any other type, such as JSON, has
// none.
func oauthForm(c call) url.Values {
	contentType, params, err := mime.ParseMediaType(c.header.Get("Content-Type"))
	if err != nil {
		return url.Values{}
	}
	switch contentType {
	case "application/x-www-form-urlencoded":
		if form, err := url.ParseQuery(string(c.body)); err == nil {
			return form
		}
	case "multipart/form-data":
		parts := multipart.NewReader(bytes.NewReader(c.body), params["boundary"])
		if form, err := parts.ReadForm(fakeserver.MaxBody); err == nil { // all of a body fits, nothing goes to disk
			return form.Value
		}
	}
	return url.Values{}
}
