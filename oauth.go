package usergroups

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"

	"golang.org/x/oauth2"

	"github.com/usergroups-go/usergroups/internal/settings"
	"github.com/usergroups-go/usergroups/internal/transport"
)

// OAuthConfig is a client registered in Zoho's API console, for programs that
// let a user log in: send the user to ConsentURL, give the code that comes back
// to Exchange, and use the refresh token with [WithRefreshToken]. However it is
// printed, its secret is not.
type OAuthConfig struct {
	ClientID     string
	ClientSecret string
	RedirectURL  string   // as registered; empty for a self client
	Scopes       []string // see [Scopes]

	DataCenter   DataCenter   // of the user; US when empty
	AccountsURL  string       // instead of the data centre's, for a proxy or a fake
	HTTPClient   *http.Client // only its Transport is used
	InsecureHTTP bool         // allows http to other hosts than this machine
}

// Format prints the client id only, whatever the verb.
func (c OAuthConfig) Format(f fmt.State, _ rune) {
	_, _ = io.WriteString(f, "OAuthConfig("+c.ClientID+")")
}

// MarshalText is what Format prints.
func (c OAuthConfig) MarshalText() ([]byte, error) { return []byte(fmt.Sprint(c)), nil }

// LogValue is what Format prints.
func (c OAuthConfig) LogValue() slog.Value { return slog.StringValue(fmt.Sprint(c)) }

// ConsentURL returns the page where a user grants the scopes. It asks for a
// refresh token (access_type=offline, prompt=consent: without the prompt, a
// repeated consent brings none). state comes back to RedirectURL unchanged; it
// has to be unpredictable and compared there, so that nobody can log a user in
// as somebody else.
//
// The page answers with code, location and accounts-server. The location is the
// user's data centre in lower case ("us", "eu", …), which may be another one than
// that of the page: set DataCenter to it before Exchange, and give it to
// [WithDataCenter].
//
// It fails with ErrInvalidArgument without a ClientID, RedirectURL, Scopes or
// state, and for an unknown data centre. It sends nothing.
//
// https://www.zoho.com/crm/developer/docs/api/v8/auth-request.html
func (c OAuthConfig) ConsentURL(state string) (string, error) {
	endpoint, err := c.endpoint()
	switch {
	case err != nil:
		return "", newError(opConsentURL, "", err)
	case c.ClientID == "", c.RedirectURL == "", len(c.Scopes) == 0, state == "":
		return "", newError(opConsentURL, "", invalid("ClientID, RedirectURL, Scopes and state are all needed"))
	}
	config := endpoint.config(RefreshToken{ClientID: c.ClientID})
	config.RedirectURL = c.RedirectURL
	config.Scopes = []string{strings.Join(c.Scopes, ",")} // x/oauth2 would join them by spaces
	return config.AuthCodeURL(state, oauth2.AccessTypeOffline, oauth2.SetAuthURLParam("prompt", "consent")), nil
}

// Exchange turns the code of a consent, or of a self client, into a token with a
// RefreshToken. A code works once, and for 2 minutes (self client: 3, unless chosen
// otherwise in the console). The request may take 15 s and is sent once.
//
// It fails with ErrInvalidArgument without a ClientID, ClientSecret or code,
// ErrUnauthorized for a code that is used or too old, ErrRateLimited when the
// accounts server issues no more tokens for now, and ErrUnavailable when it does
// not answer.
//
// https://www.zoho.com/crm/developer/docs/api/v8/access-refresh.html
func (c OAuthConfig) Exchange(ctx context.Context, code string) (Token, error) {
	endpoint, err := c.endpoint()
	switch {
	case err != nil:
		return Token{}, newError(OpOAuthExchange, http.MethodPost, err)
	case ctx == nil:
		return Token{}, newError(OpOAuthExchange, http.MethodPost, invalid("the context is nil"))
	case c.ClientID == "", c.ClientSecret == "", code == "":
		return Token{}, newError(OpOAuthExchange, http.MethodPost, invalid("ClientID, ClientSecret and code are all needed"))
	}
	endpoint.secrets.Keep(c.ClientSecret, code)
	config := endpoint.config(RefreshToken{ClientID: c.ClientID, ClientSecret: c.ClientSecret})
	config.RedirectURL = c.RedirectURL
	// Once: a code that was used is worth nothing, whether or not the answer came.
	return endpoint.ask(ctx, OpOAuthExchange, 1, func(ctx context.Context) (*oauth2.Token, error) {
		return config.Exchange(ctx, code)
	})
}

// Revoke ends a refresh token and every access token that came from it. The
// request may take 15 s and is sent once; it can be repeated.
//
// It fails with ErrInvalidArgument for an empty token, and with ErrBadRequest or
// ErrUnauthorized when there is no such token.
//
// The token goes in the query, since that is the only form that Zoho documents:
// proxies on the way may log it, when it is worth nothing any more.
//
// https://www.zoho.com/accounts/protocol/oauth/revoke-refresh-token.html
func (c OAuthConfig) Revoke(ctx context.Context, refreshToken string) error {
	endpoint, err := c.endpoint()
	switch {
	case err != nil:
		return newError(OpOAuthRevoke, http.MethodPost, err)
	case ctx == nil:
		return newError(OpOAuthRevoke, http.MethodPost, invalid("the context is nil"))
	case refreshToken == "":
		return newError(OpOAuthRevoke, http.MethodPost, invalid("the refresh token is empty"))
	}
	endpoint.secrets.Keep(c.ClientSecret, refreshToken)
	return endpoint.revoke(ctx, refreshToken)
}

func (c OAuthConfig) endpoint() (*tokenEndpoint, error) {
	table, _, err := hostsOf(cmp.Or(c.DataCenter, DataCenterUS), Production)
	if err != nil {
		return nil, err
	}
	accounts, err := settings.ParseBaseURL("AccountsURL", cmp.Or(c.AccountsURL, table), c.InsecureHTTP, "OAuthConfig.InsecureHTTP")
	if err != nil {
		return nil, err
	}
	roundTrip := http.DefaultTransport
	if c.HTTPClient != nil && c.HTTPClient.Transport != nil {
		roundTrip = c.HTTPClient.Transport
	}
	return &tokenEndpoint{
		accounts: accounts, roundTrip: roundTrip, userAgent: settings.FullUserAgent("", Version), secrets: transport.NewSecrets(16),
	}, nil
}
