package usergroups_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"testing"

	"github.com/usergroups-go/usergroups"
)

func TestConsentURL(t *testing.T) {
	t.Parallel()
	config := usergroups.OAuthConfig{
		ClientID: "id-1", RedirectURL: "https://app.test/callback", DataCenter: usergroups.DataCenterCA,
		Scopes: usergroups.Scopes(usergroups.OpUsersListAssociatedGroups, usergroups.OpUserGroupsCreate),
	}
	got, err := config.ConsentURL("state-1")
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(got)
	if err != nil {
		t.Fatal(err)
	}
	want := url.Values{
		"response_type": {"code"}, "client_id": {"id-1"}, "redirect_uri": {"https://app.test/callback"}, "state": {"state-1"},
		"access_type": {"offline"}, "prompt": {"consent"},
		"scope": {"ZohoCRM.settings.user_groups.CREATE,ZohoCRM.settings.user_groups.READ,ZohoCRM.users.READ"},
	}
	if u.Query().Encode() != want.Encode() || u.Scheme+"://"+u.Host+u.Path != "https://accounts.zohocloud.ca/oauth/v2/auth" {
		t.Errorf("URL %s", got)
	}
	refused := map[string]func(*usergroups.OAuthConfig) string{
		"no state":     func(*usergroups.OAuthConfig) string { return "" },
		"no client":    func(c *usergroups.OAuthConfig) string { c.ClientID = ""; return "s" },
		"no redirect":  func(c *usergroups.OAuthConfig) string { c.RedirectURL = ""; return "s" },
		"no scopes":    func(c *usergroups.OAuthConfig) string { c.Scopes = nil; return "s" },
		"data centre":  func(c *usergroups.OAuthConfig) string { c.DataCenter = "XX"; return "s" },
		"clear text":   func(c *usergroups.OAuthConfig) string { c.AccountsURL = "http://accounts.test"; return "s" },
		"no such host": func(c *usergroups.OAuthConfig) string { c.AccountsURL = "accounts"; return "s" },
	}
	for name, change := range refused {
		c := config
		state := change(&c)
		if _, err := c.ConsentURL(state); !errors.Is(err, usergroups.ErrInvalidArgument) {
			t.Errorf("%s: %v, want ErrInvalidArgument", name, err)
		}
	}
}

func TestExchange(t *testing.T) {
	t.Parallel()
	mock := newMock(t)
	config := usergroups.OAuthConfig{
		ClientID: "id-1", ClientSecret: "secret-1", RedirectURL: "https://app.test/callback",
		AccountsURL: accounts, HTTPClient: &http.Client{Transport: mock},
	}
	answer := fixture(t, "zoho/token_code_exchange.json")
	mock.RegisterResponder(http.MethodPost, tokenURL, func(r *http.Request) (*http.Response, error) {
		body, _ := io.ReadAll(r.Body)
		form, _ := url.ParseQuery(string(body))
		want := url.Values{
			"grant_type": {"authorization_code"}, "client_id": {"id-1"}, "client_secret": {"secret-1"},
			"code": {"code-1"}, "redirect_uri": {"https://app.test/callback"},
		}
		if form.Encode() != want.Encode() || r.URL.RawQuery != "" {
			t.Errorf("form %v, query %q, want %v", form, r.URL.RawQuery, want)
		}
		return jsonResponder(200, answer)(r)
	})
	token, err := config.Exchange(t.Context(), "code-1")
	if err != nil {
		t.Fatal(err)
	}
	if token.AccessToken == "" || token.RefreshToken == "" || token.APIDomain != "https://www.zohoapis.com" || token.Expiry.IsZero() {
		data, _ := token.MarshalBinary()
		t.Errorf("token %s", data)
	}

	answer = fixture(t, "zoho/token_invalid_code.json")
	_, err = config.Exchange(t.Context(), "code-1")
	var e *usergroups.Error
	if !errors.Is(err, usergroups.ErrUnauthorized) || !errors.As(err, &e) || e.Code != "invalid_code" || e.Op != "OAuth.Exchange" {
		t.Errorf("a used code: %v", err)
	}

	var none context.Context
	for name, call := range map[string]func() error{
		"no code":    func() error { _, err := config.Exchange(t.Context(), ""); return err },
		"no context": func() error { _, err := config.Exchange(none, "code-1"); return err },
		"no secret": func() error {
			c := config
			c.ClientSecret = ""
			_, err := c.Exchange(t.Context(), "code-1")
			return err
		},
		"no token":           func() error { return config.Revoke(t.Context(), "") },
		"revoke, no context": func() error { return config.Revoke(none, "rt-1") },
	} {
		if err := call(); !errors.Is(err, usergroups.ErrInvalidArgument) || !errors.As(err, &e) {
			t.Errorf("%s: %v, want ErrInvalidArgument", name, err)
		}
	}
}

func TestRevoke(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		status int
		body   string
		is     error
	}{
		{"done", 200, fixture(t, "zoho/token_revoke_success.json"), nil},
		{"unknown token", 400, `{"error":"invalid_token"}`, usergroups.ErrUnauthorized},
		{"unknown token, no reason", 400, `{"status":"failure"}`, usergroups.ErrBadRequest},
		{"no success", 200, `{}`, usergroups.ErrUnexpectedResponse},
		{"HTML", 200, `<html>`, usergroups.ErrUnexpectedResponse},
		{"a redirect that cannot be parsed", 302, `moved`, usergroups.ErrUnexpectedResponse},
		{"down", 503, ``, usergroups.ErrUnavailable},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			mock := newMock(t)
			mock.RegisterResponderWithQuery(http.MethodPost, tokenURL+"/revoke", "token=rt%2F1", jsonResponder(tt.status, tt.body).HeaderAdd(http.Header{"Location": {"://"}}))
			config := usergroups.OAuthConfig{AccountsURL: accounts, HTTPClient: &http.Client{Transport: mock}}
			err := config.Revoke(t.Context(), "rt/1")
			if !errors.Is(err, tt.is) {
				t.Errorf("error %v, want %v", err, tt.is)
			}
			var e *usergroups.Error
			if err != nil && (!errors.As(err, &e) || e.Op != "OAuth.Revoke" || e.URL != tokenURL+"/revoke") {
				t.Errorf("error %#v", err)
			}
		})
	}
}

// TestExchangeIsSentOnce: a code that was used is worth nothing the second time.
func TestExchangeIsSentOnce(t *testing.T) {
	t.Parallel()
	requests := 0
	config := usergroups.OAuthConfig{
		ClientID: "id-1", ClientSecret: "secret-1", AccountsURL: accounts,
		HTTPClient: &http.Client{Transport: roundTripFunc(func(*http.Request) (*http.Response, error) {
			requests++
			return nil, errors.New("connection reset by peer")
		})},
	}
	if _, err := config.Exchange(t.Context(), "code-1"); !errors.Is(err, usergroups.ErrUnavailable) || requests != 1 {
		t.Errorf("%v after %d requests", err, requests)
	}
}
