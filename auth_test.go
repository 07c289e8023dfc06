package usergroups_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/jarcoal/httpmock"

	"github.com/usergroups-go/usergroups"
)

// TestAPIDomain: the host that a token is for is checked, and never followed.
func TestAPIDomain(t *testing.T) {
	t.Parallel()
	api, accountsHost := "https://www.zohoapis.eu/crm/v8/settings/user_groups", "https://accounts.zoho.eu/oauth/v2/token"
	tests := []struct {
		domain string
		env    usergroups.Environment
		is     error
		names  string
	}{
		{"https://www.zohoapis.eu", usergroups.Production, nil, ""},
		{"https://WWW.zohoapis.EU/", usergroups.Production, nil, ""},
		{"www.zohoapis.eu", usergroups.Production, nil, ""},
		{"", usergroups.Production, nil, ""},
		{"https://www.zohoapis.com.au", usergroups.Production, usergroups.ErrInvalidArgument, "AU"},
		{"https://www.zohoapis.com", usergroups.Production, usergroups.ErrInvalidArgument, "US"},
		{"https://www.zohoapis.eu.evil.example", usergroups.Production, usergroups.ErrUnexpectedResponse, "evil.example"},
		{"https://www.zohoapis.eu@evil.example", usergroups.Production, usergroups.ErrUnexpectedResponse, "evil.example"},
		{"https://www.zohoapis.eu:8443", usergroups.Production, usergroups.ErrUnexpectedResponse, "8443"},
		{"https://www.zohoapis.com", usergroups.Sandbox, nil, ""},
	}
	for _, tt := range tests {
		t.Run(tt.domain+" "+string(tt.env), func(t *testing.T) {
			t.Parallel()
			mock := newMock(t)
			mock.RegisterResponder(http.MethodPost, accountsHost, jsonResponder(200, `{"access_token":"at-1","api_domain":"`+tt.domain+`"}`))
			if tt.is == nil {
				mock.RegisterResponder(http.MethodGet, strings.Replace(api, "www", map[bool]string{true: "sandbox", false: "www"}[tt.env == usergroups.Sandbox], 1), httpmock.NewStringResponder(204, ""))
			}
			client := mustClient(t, usergroups.WithHTTPClient(&http.Client{Transport: mock}), refreshToken,
				usergroups.WithDataCenter(usergroups.DataCenterEU), usergroups.WithEnvironment(tt.env))
			for range 2 {
				_, err := client.UserGroups.List(t.Context(), usergroups.ListUserGroupsOptions{})
				if !errors.Is(err, tt.is) || err != nil && !strings.Contains(err.Error(), tt.names) {
					t.Errorf("error %v, want %v that names %q", err, tt.is, tt.names)
				}
			}
			if n := mock.GetCallCountInfo()["POST "+accountsHost]; n != 1 {
				t.Errorf("%d token requests, want 1: a token for elsewhere is not asked for again and again", n)
			}
		})
	}
	// With a base URL of one's own, the host is one's own affair.
	mock := newMock(t)
	mock.RegisterResponder(http.MethodPost, tokenURL, jsonResponder(200, `{"access_token":"at-1","api_domain":"https://www.zohoapis.jp"}`))
	mock.RegisterResponder(http.MethodGet, apiBase+"/settings/user_groups", httpmock.NewStringResponder(204, ""))
	if _, err := newClient(t, mock, refreshToken).UserGroups.List(t.Context(), usergroups.ListUserGroupsOptions{}); err != nil {
		t.Error(err)
	}
}
