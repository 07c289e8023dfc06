package usergroups

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/oauth2"

	"github.com/usergroups-go/usergroups/internal/transport"
)

// RefreshToken is what the refresh-token flow needs: the client that is
// registered in Zoho's API console, and the refresh token that a user granted to
// it. However it is printed, its secrets are not.
type RefreshToken struct {
	ClientID     string
	ClientSecret string
	RefreshToken string
}

// Format prints the client id only, whatever the verb.
func (r RefreshToken) Format(f fmt.State, _ rune) {
	_, _ = io.WriteString(f, "RefreshToken("+r.ClientID+")")
}

// MarshalText is what Format prints.
func (r RefreshToken) MarshalText() ([]byte, error) { return []byte(fmt.Sprint(r)), nil }

// LogValue is what Format prints.
func (r RefreshToken) LogValue() slog.Value { return slog.StringValue(fmt.Sprint(r)) }

// Token is an access token with what came beside it. However it is printed
// (fmt, log/slog, JSON), it shows only when it expires. A [TokenStore] keeps it
// with MarshalBinary.
type Token struct {
	AccessToken  string
	RefreshToken string    // only if the server sent one: then it replaces the one that was used
	APIDomain    string    // the API host that the server says the token is for, "https://www.zohoapis.com"
	Expiry       time.Time // zero: not known
	// RetryNotBefore is set when a refresh was refused or throttled: nobody who
	// shares the token should ask again before it.
	RetryNotBefore time.Time

	issued  time.Time
	forced  time.Time // when a token was last replaced because the API refused it
	refusal refusal   // why RetryNotBefore is set
}

// refusal is what the accounts server answered instead of a token.
type refusal struct {
	Status  int    `json:"status,omitempty"`
	Code    string `json:"code,omitempty"`
	Message string `json:"message,omitempty"`
}

// Format prints when the token expires, whatever the verb.
func (t Token) Format(f fmt.State, _ rune) {
	text := "Token()"
	switch {
	case t.AccessToken != "" && t.Expiry.IsZero():
		text = "Token(no expiry known)"
	case t.AccessToken != "":
		text = "Token(expires " + t.Expiry.UTC().Format(time.RFC3339) + ")"
	}
	_, _ = io.WriteString(f, text)
}

// MarshalText is what Format prints.
func (t Token) MarshalText() ([]byte, error) { return []byte(fmt.Sprint(t)), nil }

// LogValue is what Format prints.
func (t Token) LogValue() slog.Value { return slog.StringValue(fmt.Sprint(t)) }

// Equal reports whether two tokens are the same in every part.
func (t Token) Equal(u Token) bool {
	return t.AccessToken == u.AccessToken && t.RefreshToken == u.RefreshToken && t.APIDomain == u.APIDomain &&
		t.Expiry.Equal(u.Expiry) && t.RetryNotBefore.Equal(u.RetryNotBefore) &&
		t.issued.Equal(u.issued) && t.forced.Equal(u.forced) && t.refusal == u.refusal
}

// storedToken is a Token as a store keeps it.
type storedToken struct {
	AccessToken    string    `json:"access_token,omitempty"`
	RefreshToken   string    `json:"refresh_token,omitempty"`
	APIDomain      string    `json:"api_domain,omitempty"`
	Expiry         time.Time `json:"expiry,omitzero"`
	Issued         time.Time `json:"issued,omitzero"`
	Forced         time.Time `json:"forced,omitzero"`
	RetryNotBefore time.Time `json:"retry_not_before,omitzero"`
	Refusal        refusal   `json:"refusal,omitzero"`
}

// MarshalBinary returns the token with its secrets, for a [TokenStore].
func (t Token) MarshalBinary() ([]byte, error) {
	return json.Marshal(storedToken{
		AccessToken: t.AccessToken, RefreshToken: t.RefreshToken, APIDomain: t.APIDomain,
		Expiry: t.Expiry, Issued: t.issued, Forced: t.forced, RetryNotBefore: t.RetryNotBefore, Refusal: t.refusal,
	})
}

// UnmarshalBinary reads what MarshalBinary wrote.
func (t *Token) UnmarshalBinary(b []byte) error {
	var s storedToken
	if err := json.Unmarshal(b, &s); err != nil {
		// The text of a JSON error may quote the input: a secret.
		return errors.New("usergroups: not a stored token")
	}
	*t = Token{
		AccessToken: s.AccessToken, RefreshToken: s.RefreshToken, APIDomain: s.APIDomain,
		Expiry: s.Expiry, RetryNotBefore: s.RetryNotBefore, issued: s.Issued, forced: s.Forced, refusal: s.Refusal,
	}
	return nil
}

// earlyRefresh is how long before its end a token is replaced, so that it does
// not expire on the way. A short-lived one is used for nine tenths of its life.
const earlyRefresh = 60 * time.Second

func (t Token) fresh(now time.Time) bool {
	early := earlyRefresh
	if !t.issued.IsZero() {
		early = min(early, t.Expiry.Sub(t.issued)/10)
	}
	return t.alive(now.Add(early))
}

func (t Token) alive(now time.Time) bool { return t.AccessToken != "" && now.Before(t.Expiry) }

// TokenSource gives access tokens. It is asked before every attempt and must be
// safe for concurrent use. After the API has refused a token as INVALID_TOKEN it
// is asked again, and when it then gives another one, the call is repeated once.
// If it has a method Invalidate(Token), that is called with the refused token
// first.
type TokenSource interface {
	Token(ctx context.Context) (Token, error)
}

// invalidator is a TokenSource that wants to hear of refused tokens.
type invalidator interface{ Invalidate(t Token) }

// staticSource is the source of WithAccessToken.
type staticSource struct{ token Token }

func (s *staticSource) Token(context.Context) (Token, error) { return s.token, nil }

// FromOAuth2 adapts a source of golang.org/x/oauth2. Such a source cannot be
// cancelled: a call whose context ends leaves it behind, to finish on its own. Of
// its errors, the answer that may repeat the secrets of the request is left out.
func FromOAuth2(source oauth2.TokenSource) TokenSource { return &oauth2Source{source} }

type oauth2Source struct{ source oauth2.TokenSource }

func (s *oauth2Source) Token(ctx context.Context) (Token, error) {
	if s.source == nil {
		return Token{}, invalid("FromOAuth2: the source is nil")
	}
	type result struct {
		token *oauth2.Token
		err   error
	}
	done := make(chan result, 1)
	go func() {
		// This goroutine is ours: nobody else can stop a panic from ending the
		// program, or notice an exit.
		r := result{err: errors.New("usergroups: the oauth2.TokenSource panicked or exited")}
		defer func() {
			_ = recover()
			done <- r
		}()
		r.token, r.err = s.source.Token()
	}()
	select {
	case <-ctx.Done():
		return Token{}, transport.ContextError(ctx)
	case r := <-done:
		var refused *oauth2.RetrieveError
		var network *url.Error
		switch {
		case errors.As(r.err, &refused):
			return Token{}, &Error{
				Op: OpOAuthRefresh, Code: refused.ErrorCode, Message: refused.ErrorDescription,
				StatusCode: statusCode(refused.Response), Attempts: 1, kinds: oauthKinds(statusCode(refused.Response), refused.ErrorCode),
			}
		case errors.As(r.err, &network):
			return Token{}, newError(OpOAuthRefresh, "", &transport.Failure{
				Kinds: []error{ErrUnavailable}, Err: transport.NotTheCallers(network.Err),
			})
		case r.err != nil:
			return Token{}, transport.NotTheCallers(r.err)
		case r.token == nil:
			return Token{}, errors.New("usergroups: the oauth2.TokenSource gave no token")
		}
		domain, _ := r.token.Extra("api_domain").(string)
		return Token{AccessToken: r.token.AccessToken, APIDomain: domain, Expiry: r.token.Expiry}, nil
	}
}

func statusCode(resp *http.Response) int {
	if resp == nil {
		return 0
	}
	return resp.StatusCode
}

// authorize puts a token on a request.
func (c *core) authorize(ctx context.Context, h http.Header) (Token, error) {
	token, err := c.tokens.Token(ctx)
	if err != nil {
		return Token{}, c.clean(err)
	}
	if !sendable(token.AccessToken) {
		return Token{}, invalid("the token source gave a token that cannot be sent")
	}
	c.secrets.Sweep(token.AccessToken)
	if err := c.checkAPIDomain(token.APIDomain); err != nil {
		return Token{}, err
	}
	// The token endpoint calls it Bearer; the API documents this word.
	h.Set("Authorization", "Zoho-oauthtoken "+token.AccessToken)
	return token, nil
}

// sendable reports whether net/http will send the token, and as one word.
func sendable(accessToken string) bool {
	return accessToken != "" && transport.ValidHeaderValue(accessToken) && !strings.ContainsAny(accessToken, " \t")
}

// invalidate tells the source that the API refused a token.
func (c *core) invalidate(refused Token) {
	if source, ok := c.tokens.(invalidator); ok {
		source.Invalidate(refused)
	}
}

// checkAPIDomain refuses a token that was issued for another data centre. The
// domain is checked and never followed: the server of a mistaken or hostile
// answer would be handed the token.
func (c *core) checkAPIDomain(domain string) error {
	if c.apiDomain == "" || domain == "" {
		return nil
	}
	u, err := url.Parse(domain)
	host := domain
	if err == nil && u.Host != "" {
		host = u.Host
	}
	if strings.EqualFold(host, c.apiDomain) {
		return nil
	}
	if dc, env := ownerOf(host); dc != "" {
		return invalid("the token is for data centre %s, environment %s: configure them with WithDataCenter and WithEnvironment, or ZOHO_DATA_CENTER and ZOHO_ENVIRONMENT", dc, env)
	}
	return &transport.Failure{
		Kinds: []error{ErrUnexpectedResponse},
		Err:   fmt.Errorf("the token is for %q, which is none of Zoho's API hosts", c.secrets.Mask(host)),
	}
}
