package usergroups

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"
	"unicode/utf8"
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
	outage  time.Time // when the accounts server last gave no answer
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
		t.issued.Equal(u.issued) && t.forced.Equal(u.forced) && t.refusal == u.refusal && t.outage.Equal(u.outage)
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
	Outage         time.Time `json:"outage,omitzero"`
}

// MarshalBinary returns the token with its secrets, for a [TokenStore]. It fails
// for texts that are not valid UTF-8, which no server sends.
func (t Token) MarshalBinary() ([]byte, error) {
	if !utf8.ValidString(t.AccessToken + t.RefreshToken + t.APIDomain) {
		return nil, errors.New("usergroups: a token that is not valid UTF-8")
	}
	return json.Marshal(storedToken{
		AccessToken: t.AccessToken, RefreshToken: t.RefreshToken, APIDomain: t.APIDomain,
		Expiry: t.Expiry, Issued: t.issued, Forced: t.forced, RetryNotBefore: t.RetryNotBefore, Refusal: t.refusal,
		Outage: t.outage,
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
		outage: s.Outage,
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
