package usergroups

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"golang.org/x/oauth2"

	"github.com/usergroups-go/usergroups/internal/loose"
	"github.com/usergroups-go/usergroups/internal/report"
	"github.com/usergroups-go/usergroups/internal/settings"
	"github.com/usergroups-go/usergroups/internal/transport"
)

const (
	tokenTimeout = 15 * time.Second // for one request to the accounts server
	tokenTries   = 3
	defaultLife  = time.Hour // of a token that does not say
)

// tokenEndpoint talks to the accounts server. golang.org/x/oauth2 makes the
// requests; what is odd about the answers is made plain before it sees them.
type tokenEndpoint struct {
	accounts  *url.URL
	roundTrip http.RoundTripper
	userAgent string
	secrets   *transport.Secrets
}

func (e *tokenEndpoint) tokenURL() string  { return e.accounts.String() + "/oauth/v2/token" }
func (e *tokenEndpoint) revokeURL() string { return e.accounts.String() + "/oauth/v2/token/revoke" }

func (e *tokenEndpoint) config(cred RefreshToken) *oauth2.Config {
	return &oauth2.Config{
		ClientID: cred.ClientID, ClientSecret: cred.ClientSecret,
		Endpoint: oauth2.Endpoint{
			AuthURL:  e.accounts.String() + "/oauth/v2/auth",
			TokenURL: e.tokenURL(),
			// Detecting the style doubles every request that fails.
			AuthStyle: oauth2.AuthStyleInParams,
		},
	}
}

// refresh asks for an access token, again when the server does not answer or
// answers 5xx.
func (e *tokenEndpoint) refresh(ctx context.Context, cred RefreshToken) (Token, error) {
	e.secrets.Keep(cred.ClientSecret, cred.RefreshToken)
	return e.ask(ctx, OpOAuthRefresh, tokenTries, func(ctx context.Context) (*oauth2.Token, error) {
		return e.config(cred).TokenSource(ctx, &oauth2.Token{RefreshToken: cred.RefreshToken}).Token()
	})
}

// ask sends a token request, and again for up to the given number of tries.
func (e *tokenEndpoint) ask(ctx context.Context, op Op, tries int, send func(context.Context) (*oauth2.Token, error)) (Token, error) {
	for try := 1; ; try++ {
		token, err := e.askOnce(ctx, op, send)
		if err == nil {
			return token, nil
		}
		failed := e.error(ctx, op, err)
		failed.Attempts = try
		if try == tries || ctx.Err() != nil || !errors.Is(failed, ErrUnavailable) || transport.Hopeless(failed) {
			return Token{}, failed
		}
		// 0.5 s and 1 s, half of it random.
		wait := 500 * time.Millisecond << (try - 1)
		if transport.Sleep(ctx, wait/2+rand.N(wait/2)) != nil {
			return Token{}, failed
		}
	}
}

func (e *tokenEndpoint) askOnce(ctx context.Context, op Op, send func(context.Context) (*oauth2.Token, error)) (Token, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, tokenTimeout, errTokenTimeout)
	defer cancel()
	answers := &tokenAnswers{endpoint: e, op: op}
	client := &http.Client{Transport: answers} // which lets no redirect through
	t, err := send(context.WithValue(ctx, oauth2.HTTPClient, client))
	switch {
	case err != nil && errors.Is(context.Cause(ctx), errTokenTimeout):
		return Token{}, errTokenTimeout
	case err != nil:
		return Token{}, err
	}
	domain, _ := t.Extra("api_domain").(string)
	refresh, _ := t.Extra("refresh_token").(string)
	e.secrets.Sweep(t.AccessToken, refresh)
	return Token{
		AccessToken: t.AccessToken, RefreshToken: refresh, APIDomain: domain,
		Expiry: t.Expiry.Round(0), issued: answers.received.Round(0), // wall clock: it is for others too
	}, nil
}

var errTokenTimeout = fmt.Errorf("no answer within %s", tokenTimeout)

// error makes an Error of whatever came instead of a token.
func (e *tokenEndpoint) error(ctx context.Context, op Op, err error) *Error {
	var answered *Error // made by tokenAnswers
	if errors.As(err, &answered) {
		return answered
	}
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	failed := &Error{Op: op, Method: http.MethodPost, URL: e.tokenURL(), cause: e.secrets.Clean(transport.NotTheCallers(err))}
	if ctx.Err() != nil {
		failed.cause = transport.ContextError(ctx)
		return failed
	}
	failed.kinds = []error{ErrUnavailable}
	return failed
}

// refusalError is the Error for a refusal that is remembered in the store. A
// store that keeps only what is public of a Token has lost what it was.
func (e *tokenEndpoint) refusalError(r refusal, wait time.Duration) *Error {
	failed := &Error{
		Op: OpOAuthRefresh, Method: http.MethodPost, URL: e.tokenURL(), StatusCode: r.Status, Code: r.Code, Message: r.Message,
		kinds: oauthKinds(r.Status, r.Code),
		cause: fmt.Errorf("remembered, not asked again for %s", wait.Round(time.Second)),
	}
	if r == (refusal{}) {
		failed.kinds = []error{ErrRateLimited}
	}
	if errors.Is(failed, ErrRateLimited) {
		failed.RetryAfter = wait
	}
	return failed
}

// outageError is the Error of who waited for another client, which had no answer.
func (e *tokenEndpoint) outageError() *Error {
	return &Error{
		Op: OpOAuthRefresh, Method: http.MethodPost, URL: e.tokenURL(), kinds: []error{ErrUnavailable},
		cause: errors.New("another client had no answer while this one waited for it"),
	}
}

// hints says what the accounts server means by its most frequent errors.
var hints = map[string]string{
	"invalid_code":          "the refresh token or code is used, revoked or too old, or of another data centre",
	"invalid_client":        "there is no such client id, or it is of another data centre",
	"invalid_client_secret": "the client secret is wrong",
}

// oauthKinds is the error table of the accounts server, which reports most
// errors with status 200.
func oauthKinds(status int, code string) []error {
	switch {
	case strings.EqualFold(code, "Access Denied"), status == http.StatusTooManyRequests:
		return []error{ErrRateLimited}
	case status/100 == 5:
		return []error{ErrUnavailable}
	case code != "":
		return []error{ErrUnauthorized}
	case status/100 == 4:
		return []error{ErrBadRequest}
	}
	return []error{ErrUnexpectedResponse}
}

// tokenAnswers is a RoundTripper that lets only good answers through, in the
// form that golang.org/x/oauth2 understands. Errors leave it as [*Error], never
// as the library's own, which repeats the request with its secrets.
type tokenAnswers struct {
	endpoint *tokenEndpoint
	op       Op
	received time.Time
}

// tokenAnswer is all that a token answer may hold.
type tokenAnswer struct {
	AccessToken  string     `json:"access_token"`
	RefreshToken string     `json:"refresh_token,omitempty"`
	APIDomain    string     `json:"api_domain,omitempty"`
	ExpiresIn    loose.Text `json:"expires_in"`
	ExpiresInSec loose.Text `json:"expires_in_sec,omitempty"`
	Error        loose.Text `json:"error,omitempty"`
	Description  loose.Text `json:"error_description,omitempty"`
}

// life returns the seconds that the token lives. When there is also an
// expires_in_sec, expires_in is in milliseconds; when there is neither, it is an
// hour.
func (a tokenAnswer) life() int64 {
	text := a.ExpiresIn
	if a.ExpiresInSec != "" {
		text = a.ExpiresInSec
	}
	seconds, err := strconv.ParseFloat(string(text), 64)
	if err != nil || !(seconds >= 1) { // not a number, too: NaN
		return int64(defaultLife / time.Second)
	}
	return int64(min(seconds, math.MaxInt32))
}

func (t *tokenAnswers) RoundTrip(req *http.Request) (*http.Response, error) {
	sent := req.Clone(req.Context())
	sent.Header.Set("User-Agent", t.endpoint.userAgent)
	sent.Header.Set("Accept", "application/json")
	resp, err := t.endpoint.roundTrip.RoundTrip(sent)
	if err != nil {
		return nil, err
	}
	if resp == nil || resp.Body == nil {
		return nil, errors.New("no answer")
	}
	defer resp.Body.Close()
	body, notJSONErr := io.ReadAll(io.LimitReader(resp.Body, settings.MaxErrorBody))
	t.received = time.Now()
	var answer tokenAnswer
	if notJSONErr == nil {
		notJSONErr = json.Unmarshal(bytes.TrimPrefix(body, []byte("\uFEFF")), &answer)
	}
	if resp.StatusCode/100 != 2 || notJSONErr != nil || !sendable(answer.AccessToken) {
		return nil, t.error(resp, body, answer, notJSONErr)
	}
	plain, err := json.Marshal(map[string]any{
		"access_token": answer.AccessToken, "refresh_token": answer.RefreshToken,
		"api_domain": answer.APIDomain, "token_type": "Bearer", "expires_in": answer.life(),
	})
	if err != nil {
		return nil, err
	}
	resp.Header = http.Header{"Content-Type": {"application/json"}}
	resp.Body, resp.ContentLength = io.NopCloser(bytes.NewReader(plain)), int64(len(plain))
	return resp, nil
}

func (t *tokenAnswers) error(resp *http.Response, body []byte, answer tokenAnswer, notJSONErr error) *Error {
	code := string(answer.Error)
	// Not good enough, but a secret: the rest of the answer may repeat it.
	t.endpoint.secrets.Sweep(answer.AccessToken, answer.RefreshToken)
	mask := t.endpoint.secrets.Mask
	e := &Error{
		Op: t.op, Method: http.MethodPost, URL: t.endpoint.tokenURL(), StatusCode: resp.StatusCode,
		Code: mask(code), Message: mask(string(answer.Description)), Attempts: 1,
		kinds: oauthKinds(resp.StatusCode, code),
	}
	// An answer that nearly was a token holds secrets that nobody knows yet.
	if !bytes.Contains(bytes.ToLower(body), []byte("_token")) {
		e.Body = t.endpoint.secrets.MaskBody(body, settings.MaxErrorBody, notJSONErr != nil)
	}
	switch {
	case hints[code] != "":
		e.cause = errors.New(hints[code])
	case notJSONErr != nil:
		e.cause = t.endpoint.secrets.Clean(report.NotJSON(body, transport.NotTheCallers(notJSONErr)))
	case code != "":
	case answer.AccessToken != "":
		e.cause = errors.New("the access token cannot be sent in a header")
	default:
		e.cause = errors.New("the answer says neither success nor error")
	}
	if errors.Is(e, ErrRateLimited) {
		e.RetryAfter = max(restAfterThrottle, transport.RetryAfter(resp.Header))
	}
	return e
}

// revoke is sent once: whoever is unsure can send it again.
func (e *tokenEndpoint) revoke(caller context.Context, refreshToken string) error {
	ctx, cancel := context.WithTimeoutCause(caller, tokenTimeout, errTokenTimeout)
	defer cancel()
	target := e.revokeURL() + "?" + url.Values{"token": {refreshToken}}.Encode()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, target, nil)
	if err != nil {
		return newError(OpOAuthRevoke, http.MethodPost, e.secrets.Clean(err))
	}
	req.Header.Set("User-Agent", e.userAgent)
	// Not by an http.Client: it looks at redirects, which are an answer here.
	resp, err := e.roundTrip.RoundTrip(req)
	if err == nil && (resp == nil || resp.Body == nil) {
		err = errors.New("no answer")
	}
	if err != nil {
		if errors.Is(context.Cause(ctx), errTokenTimeout) {
			err = errTokenTimeout
		}
		failed := e.error(caller, OpOAuthRevoke, err)
		failed.URL, failed.Attempts = e.revokeURL(), 1
		return failed
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(io.LimitReader(resp.Body, settings.MaxErrorBody)) // a cut body is not a success
	var answer struct {
		Status loose.Text `json:"status"`
		tokenAnswer
	}
	err = json.Unmarshal(body, &answer)
	if resp.StatusCode/100 == 2 && answer.Status == "success" {
		return nil
	}
	failed := (&tokenAnswers{endpoint: e, op: OpOAuthRevoke}).error(resp, body, answer.tokenAnswer, err)
	failed.URL = e.revokeURL()
	return failed
}
