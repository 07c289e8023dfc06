package usergroups_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/jarcoal/httpmock"

	"github.com/usergroups-go/usergroups"
)

// TestDataCenters: where tokens come from and where the API is. Sandbox and
// developer hosts differ from the production host by their first label.
func TestDataCenters(t *testing.T) {
	t.Parallel()
	table := []struct {
		dc                   usergroups.DataCenter
		accounts, production string
		unverified           bool
	}{
		{usergroups.DataCenterUS, "accounts.zoho.com", "www.zohoapis.com", false},
		{usergroups.DataCenterEU, "accounts.zoho.eu", "www.zohoapis.eu", false},
		{usergroups.DataCenterIN, "accounts.zoho.in", "www.zohoapis.in", false},
		{usergroups.DataCenterAU, "accounts.zoho.com.au", "www.zohoapis.com.au", false},
		{usergroups.DataCenterJP, "accounts.zoho.jp", "www.zohoapis.jp", false},
		{usergroups.DataCenterCN, "accounts.zoho.com.cn", "www.zohoapis.com.cn", false},
		{usergroups.DataCenterCA, "accounts.zohocloud.ca", "www.zohoapis.ca", false},
		{usergroups.DataCenterSA, "accounts.zoho.sa", "www.zohoapis.sa", false},
		{usergroups.DataCenterUK, "accounts.zoho.uk", "www.zohoapis.uk", false},
		{"AE", "accounts.zoho.ae", "www.zohoapis.ae", true}, // one table of somebody else's: left out
	}
	labels := map[usergroups.Environment]string{
		usergroups.Production: "www", usergroups.Sandbox: "sandbox", usergroups.Developer: "developer",
	}
	const list = "/crm/v8/settings/user_groups"
	for _, tt := range table {
		_, domain, _ := strings.Cut(tt.production, ".")
		for env, label := range labels {
			host := label + "." + domain
			t.Run(string(tt.dc)+" "+string(env), func(t *testing.T) {
				t.Parallel()
				token := func(domain string) httpmock.Responder {
					return jsonResponder(200, `{"access_token":"at-1","api_domain":"https://`+domain+`","expires_in":3600}`)
				}
				mock := newMock(t)
				mock.RegisterResponder(http.MethodPost, "https://"+tt.accounts+"/oauth/v2/token", token(tt.production))
				mock.RegisterResponder(http.MethodGet, "https://"+host+list, httpmock.NewStringResponder(204, ""))
				transport := usergroups.WithHTTPClient(&http.Client{Transport: mock})
				if tt.unverified {
					if _, err := usergroups.NewClient(transport, refreshToken, usergroups.WithDataCenter(tt.dc), usergroups.WithEnvironment(env)); !errors.Is(err, usergroups.ErrInvalidArgument) {
						t.Errorf("error %v, want ErrInvalidArgument", err)
					}
					return
				}
				for _, name := range []usergroups.DataCenter{tt.dc, usergroups.DataCenter(strings.ToLower(string(tt.dc)))} {
					client := mustClient(t, transport, refreshToken, usergroups.WithDataCenter(name), usergroups.WithEnvironment(env))
					if err := get(t.Context(), client); err != nil {
						t.Error(err)
					}
				}
				for request, n := range mock.GetCallCountInfo() {
					if n != 2 {
						t.Errorf("%s was called %d times, want 2", request, n)
					}
				}
				config := usergroups.OAuthConfig{ClientID: "id-1", RedirectURL: "https://app.test/", Scopes: []string{"x"}, DataCenter: tt.dc}
				if consent, err := config.ConsentURL("state-1"); err != nil || !strings.HasPrefix(consent, "https://"+tt.accounts+"/oauth/v2/auth?") {
					t.Errorf("consent at %s, %v", consent, err)
				}
				// A client of another one is told whose token it got.
				other := table[0]
				if other.dc == tt.dc {
					other = table[1]
				}
				mock = newMock(t)
				mock.RegisterResponder(http.MethodPost, "https://"+other.accounts+"/oauth/v2/token", token(host))
				err := get(t.Context(), mustClient(t, usergroups.WithHTTPClient(&http.Client{Transport: mock}), refreshToken, usergroups.WithDataCenter(other.dc)))
				if want := fmt.Sprintf("data centre %s, environment %s", tt.dc, env); !errors.Is(err, usergroups.ErrInvalidArgument) || !strings.Contains(err.Error(), want) {
					t.Errorf("a token for %s: %v, want %q", host, err, want)
				}
			})
		}
	}
}
