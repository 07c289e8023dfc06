package usergroups_test

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/jarcoal/httpmock"
	"golang.org/x/oauth2"

	"github.com/usergroups-go/usergroups"
)

func TestTokenSource(t *testing.T) {
	t.Parallel()
	v := newVendor(t)
	v.good = "second"
	own := &source{tokens: []string{"first", "second"}}
	client := newClient(t, v, usergroups.WithTokenSource(own))
	if err := get(t.Context(), client); err != nil || !slices.Equal(own.invalidated, []string{"first"}) || v.requests != 2 {
		t.Errorf("error %v, invalidated %q, %d requests", err, own.invalidated, v.requests)
	}
	v.good = "third" // nothing better to be had: the request is not repeated
	if err := get(t.Context(), client); !errors.Is(err, usergroups.ErrUnauthorized) || v.requests != 3 {
		t.Errorf("error %v after %d requests", err, v.requests)
	}
	own.err = errors.New("the vault is sealed")
	if err := get(t.Context(), client); !errors.Is(err, own.err) || v.requests != 3 {
		t.Errorf("error %v, want the source's own", err)
	}
	var e *usergroups.Error
	if err := get(t.Context(), client); !errors.As(err, &e) || e.URL != "" || e.Attempts != 0 {
		t.Errorf("error %v tells of a request that was not made", err)
	}
}

// TestFromOAuth2 takes tokens from golang.org/x/oauth2.
func TestFromOAuth2(t *testing.T) {
	t.Parallel()
	mock := newMock(t)
	mock.RegisterResponder(http.MethodGet, apiBase+"/settings/user_groups", func(r *http.Request) (*http.Response, error) {
		if got := r.Header.Get("Authorization"); got != "Zoho-oauthtoken at-1" {
			t.Errorf("Authorization %q", got)
		}
		return httpmock.NewStringResponse(204, ""), nil
	})
	source := usergroups.FromOAuth2(oauth2.StaticTokenSource(&oauth2.Token{AccessToken: "at-1", TokenType: "Bearer"}))
	client := newClient(t, mock, usergroups.WithTokenSource(source))
	if _, err := client.UserGroups.List(t.Context(), usergroups.ListUserGroupsOptions{}); err != nil {
		t.Error(err)
	}
	for name, source := range map[string]oauth2.TokenSource{"nil": nil, "empty": oauth2.StaticTokenSource(&oauth2.Token{}), "nothing": oauth2.StaticTokenSource(nil)} {
		client := newClient(t, newMock(t), usergroups.WithTokenSource(usergroups.FromOAuth2(source)))
		if _, err := client.UserGroups.List(t.Context(), usergroups.ListUserGroupsOptions{}); err == nil {
			t.Errorf("%s source: no error", name)
		}
	}
}

type oauth2Func func() (*oauth2.Token, error)

func (f oauth2Func) Token() (*oauth2.Token, error) { return f() }

// TestOAuth2NetworkErrors: what a source of x/oauth2 meets on the network has a
// kind, and is not the end of the caller's context.
func TestOAuth2NetworkErrors(t *testing.T) {
	t.Parallel()
	for name, cause := range map[string]error{
		"url":   &url.Error{Op: "Post", URL: "https://accounts.test/?secret=x", Err: context.DeadlineExceeded},
		"other": context.DeadlineExceeded,
	} {
		source := oauth2Func(func() (*oauth2.Token, error) { return nil, cause })
		err := get(t.Context(), newClient(t, newMock(t), usergroups.WithTokenSource(usergroups.FromOAuth2(source))))
		var e *usergroups.Error
		if !errors.As(err, &e) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, usergroups.ErrUnavailable) != (name == "url") || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestOAuth2Exits: a source that ends its goroutine, or panics, ends nothing else.
func TestOAuth2Exits(t *testing.T) {
	t.Parallel()
	for name, source := range map[string]oauth2Func{
		"exit":  func() (*oauth2.Token, error) { runtime.Goexit(); return nil, nil }, //nolint:nilnil // never returns
		"panic": func() (*oauth2.Token, error) { panic("MARK") },
	} {
		client := newClient(t, newMock(t), usergroups.WithTokenSource(usergroups.FromOAuth2(source)))
		if err := get(t.Context(), client); err == nil || !strings.Contains(err.Error(), "exited") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestNoOtherToken: who keeps getting the refused token learns that this is why.
func TestNoOtherToken(t *testing.T) {
	t.Parallel()
	fake, _ := newFake(t)
	token := fake.IssueToken()
	fake.ExpireTokens()
	client := mustClient(t, usergroups.WithBaseURL(fake.URL), usergroups.WithAccessToken(token))
	err := get(t.Context(), client)
	if !errors.Is(err, usergroups.ErrUnauthorized) || !strings.Contains(err.Error(), "there is no other token") || fake.Count("") != 1 {
		t.Errorf("%d requests, error %v", fake.Count(""), err)
	}
}
