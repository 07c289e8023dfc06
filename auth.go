package usergroups

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"golang.org/x/oauth2"

	"github.com/usergroups-go/usergroups/internal/transport"
)

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
