package usergroupstest_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/usergroups-go/usergroups/usergroupstest"
)

const (
	invalidToken  = `{"code":"INVALID_TOKEN","details":{},"message":"invalid oauth token","status":"error"}`
	scopeMismatch = `{"code":"OAUTH_SCOPE_MISMATCH","details":{},"message":"invalid oauth scope to access this URL","status":"error"}`
)

// refreshForm is what a good refresh sends.
func refreshForm(srv *usergroupstest.Server) url.Values {
	return url.Values{
		"grant_type":    {"refresh_token"},
		"client_id":     {srv.ClientID},
		"client_secret": {srv.ClientSecret},
		"refresh_token": {srv.RefreshToken},
	}
}

func postForm(t *testing.T, rawURL string, form url.Values) answer {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), "POST", rawURL, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded;charset=UTF-8")
	return roundTrip(req)
}

// refresh gets an access token from the token endpoint.
func refresh(t *testing.T, srv *usergroupstest.Server) string {
	t.Helper()
	var grant struct {
		AccessToken string `json:"access_token"`
	}
	res := postForm(t, srv.URL+"/oauth/v2/token", refreshForm(srv))
	res.decode(t, &grant)
	if grant.AccessToken == "" {
		t.Fatalf("no token: %d %s", res.status, res.body)
	}
	return grant.AccessToken
}

// list is an API call with a token that the test has chosen.
func list(t *testing.T, srv *usergroupstest.Server, token string) answer {
	t.Helper()
	return send(t, "GET", srv.URL+groupsPath+"?per_page=1", token, "")
}

func TestRefresh(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	res := postForm(t, srv.URL+"/oauth/v2/token", refreshForm(srv))
	var grant map[string]any
	res.decode(t, &grant)
	token, _ := grant["access_token"].(string)
	res.want(t, 200, `{"access_token":"`+token+`","scope":"ZohoCRM.settings.user_groups.ALL ZohoCRM.users.ALL",`+
		`"api_domain":"https://www.zohoapis.com","token_type":"Bearer","expires_in":3600}`)
	if res := list(t, srv, token); res.status != 200 {
		t.Errorf("%d %s", res.status, res.body)
	}
	if other := refresh(t, srv); other == token {
		t.Error("the same token twice")
	}
}

func TestRefusedRefreshes(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	for _, tc := range []struct{ key, value, want string }{
		{"grant_type", "", "unsupported_grant_type"},
		{"grant_type", "client_credentials", "unsupported_grant_type"},
		{"grant_type", "authorization_code", "invalid_code"},
		{"client_id", "", "invalid_client"},
		{"client_id", "x", "invalid_client"},
		{"client_secret", "", "invalid_client_secret"},
		{"client_secret", "x", "invalid_client_secret"},
		{"refresh_token", "", "invalid_code"},
		{"refresh_token", "x", "invalid_code"},
	} {
		form := refreshForm(srv)
		form.Set(tc.key, tc.value)
		postForm(t, srv.URL+"/oauth/v2/token", form).want(t, 200, `{"error":"`+tc.want+`"}`)
	}

	// Secrets in the query, in Basic authentication or in JSON do not count.
	form := refreshForm(srv)
	form.Del("client_secret")
	query := "?client_secret=" + url.QueryEscape(srv.ClientSecret)
	postForm(t, srv.URL+"/oauth/v2/token"+query, form).want(t, 200, `{"error":"invalid_client_secret"}`)
	send(t, "POST", srv.URL+"/oauth/v2/token?"+refreshForm(srv).Encode(), "", "").want(t, 200, `{"error":"unsupported_grant_type"}`)
	send(t, "POST", srv.URL+"/oauth/v2/token", "", refreshForm(srv).Encode()).want(t, 200, `{"error":"unsupported_grant_type"}`)
	send(t, "GET", srv.URL+"/oauth/v2/token", "", "").want(t, 405, `{"error":"invalid_request"}`)
	if srv.TokensIssued() != 0 {
		t.Errorf("%d tokens issued", srv.TokensIssued())
	}
}

func TestAuthorizationHeader(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	other := newServer(t)
	token := srv.IssueToken()
	for header, status := range map[string]int{
		"Zoho-oauthtoken " + token:              200,
		"Bearer " + token:                       401,
		"zoho-oauthtoken " + token:              401,
		"Zoho-oauthtoken  " + token:             401,
		token:                                   401,
		"Zoho-oauthtoken x":                     401,
		"Zoho-oauthtoken ":                      401,
		"":                                      401,
		"Zoho-oauthtoken " + other.IssueToken(): 401,
		"Zoho-oauthtoken " + srv.RefreshToken:   401,
	} {
		req, err := http.NewRequestWithContext(t.Context(), "GET", srv.URL+groupsPath, nil)
		if err != nil {
			t.Fatal(err)
		}
		if header != "" {
			req.Header.Set("Authorization", header)
		}
		res := roundTrip(req)
		if res.status != status || (status == 401 && res.body != invalidToken) {
			t.Errorf("%q: %d %s", header, res.status, res.body)
		}
	}
}

func TestScopes(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	const groups = "ZohoCRM.settings.user_groups."
	userPath := "/crm/v8/users/" + amara + "/actions/associated_groups"
	for _, tc := range []struct {
		method, path string
		scopes       []string
		ok           bool
	}{
		{"GET", groupsPath, []string{groups + "READ"}, true},
		{"GET", groupsPath, []string{groups + "ALL"}, true},
		{"GET", groupsPath, []string{"zohocrm.Settings.User_Groups.read"}, true},
		{"GET", groupsPath, []string{groups + "CREATE", groups + "DELETE", "ZohoCRM.users.ALL"}, false},
		{"GET", groupsPath + "/" + sales, []string{groups + "READ"}, true},
		{"GET", groupsPath + "/" + sales, []string{groups + "CREATE"}, false},
		{"GET", groupsPath + "/" + sales + "/sources", []string{groups + "READ"}, true},
		{"GET", groupsPath + "/" + sales + "/sources", []string{groups + "UPDATE"}, false},
		{"GET", groupsPath + "/" + sales + "/actions/sources_count", []string{groups + "READ"}, true},
		{"GET", groupsPath + "/" + sales + "/actions/sources_count", []string{groups + "UPDATE"}, false},
		{"GET", jobsPath, []string{groups + "READ"}, true},
		{"GET", jobsPath, []string{groups + "DELETE"}, false},
		{"GET", countPath, []string{groups + "READ"}, true},
		{"GET", countPath, []string{"ZohoCRM.users.READ"}, false},
		{"POST", groupsPath, []string{groups + "CREATE"}, true},
		{"POST", groupsPath, []string{groups + "ALL"}, true},
		{"POST", groupsPath, []string{groups + "READ"}, false},
		{"PUT", groupsPath, []string{groups + "UPDATE"}, true},
		{"PUT", groupsPath, []string{groups + "ALL"}, true},
		{"PUT", groupsPath, []string{groups + "CREATE", groups + "READ"}, false},
		{"PUT", groupsPath + "/" + sales, []string{groups + "UPDATE"}, true},
		{"PUT", groupsPath + "/" + sales, []string{groups + "CREATE", groups + "READ"}, false},
		{"DELETE", groupsPath + "/" + nobody, []string{groups + "DELETE"}, true},
		{"DELETE", groupsPath + "/" + nobody, []string{groups + "ALL"}, true},
		{"DELETE", groupsPath + "/" + nobody, []string{groups + "CREATE"}, false},
		{"GET", userPath, []string{groups + "READ", "ZohoCRM.users.READ"}, true},
		{"GET", userPath, []string{groups + "ALL", "ZohoCRM.Users.ALL"}, true},
		{"GET", userPath, []string{groups + "READ"}, false},
		{"GET", userPath, []string{"ZohoCRM.users.READ"}, false},
	} {
		res := send(t, tc.method, srv.URL+tc.path, srv.IssueToken(tc.scopes...), "")
		if refused := res.status == 401 && res.body == scopeMismatch; refused == tc.ok {
			t.Errorf("%s %s with %q: %d %s", tc.method, tc.path, tc.scopes, res.status, res.body)
		}
	}

	limited := newServer(t, usergroupstest.WithScopes(groups+"READ"))
	for _, token := range []string{limited.IssueToken(), refresh(t, limited)} {
		if res := list(t, limited, token); res.status != 200 {
			t.Errorf("%d %s", res.status, res.body)
		}
		send(t, "POST", limited.URL+groupsPath, token, "{}").want(t, 401, scopeMismatch)
	}
}

func TestTokenLifetime(t *testing.T) {
	t.Parallel()
	srv := newServer(t, usergroupstest.WithTokenLifetime(300*time.Millisecond))
	res := postForm(t, srv.URL+"/oauth/v2/token", refreshForm(srv))
	if !strings.HasSuffix(res.body, `"expires_in":1}`) {
		t.Error(res.body)
	}

	srv = newServer(t, usergroupstest.WithTokenLifetime(90*time.Minute+900*time.Millisecond))
	res = postForm(t, srv.URL+"/oauth/v2/token", refreshForm(srv))
	if !strings.HasSuffix(res.body, `"expires_in":5400}`) {
		t.Error(res.body)
	}
	static, token := srv.IssueToken(), refresh(t, srv)
	srv.Advance(89 * time.Minute)
	for _, token := range []string{static, token} {
		if res := list(t, srv, token); res.status != 200 {
			t.Errorf("before its time: %d %s", res.status, res.body)
		}
	}
	srv.Advance(time.Minute + 900*time.Millisecond)
	list(t, srv, static).want(t, 401, invalidToken)
	list(t, srv, token).want(t, 401, invalidToken)
}

const denied = `{"error_description":"You have made too many requests continuously. Please try again after some time.","error":"Access Denied"}`

func TestTokenLimit(t *testing.T) {
	t.Parallel()
	srv := newServer(t, usergroupstest.WithTokenLimit(2, time.Minute), usergroupstest.WithTokenLimitStatus(200))
	refresh(t, srv)
	srv.Advance(40 * time.Second)
	refresh(t, srv)
	postForm(t, srv.URL+"/oauth/v2/token", refreshForm(srv)).want(t, 200, denied)
	// A refresh with bad credentials is told so, not that it comes too often.
	form := refreshForm(srv)
	form.Set("client_id", "x")
	postForm(t, srv.URL+"/oauth/v2/token", form).want(t, 200, `{"error":"invalid_client"}`)

	// The window slides: only the first token has left it.
	srv.Advance(20 * time.Second)
	refresh(t, srv)
	postForm(t, srv.URL+"/oauth/v2/token", refreshForm(srv)).want(t, 200, denied)
	if srv.IssueToken() == "" {
		t.Error("IssueToken is limited")
	}
}

func TestEleventhToken(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	for range 10 {
		refresh(t, srv)
	}
	// The refused ones do not count.
	for range 3 {
		postForm(t, srv.URL+"/oauth/v2/token", refreshForm(srv)).want(t, 400, denied)
	}
	// Each refresh token has a limit of its own.
	tokens := exchange(t, srv, srv.IssueCode(), "")
	for range 9 { // the code has brought the first
		if got := ask(t, srv, refreshWith(srv, tokens.RefreshToken)); got.AccessToken == "" {
			t.Fatalf("%+v", got)
		}
	}
	postForm(t, srv.URL+"/oauth/v2/token", refreshWith(srv, tokens.RefreshToken)).want(t, 400, denied)

	srv.Advance(10 * time.Minute)
	refresh(t, srv)
	ask(t, srv, refreshWith(srv, tokens.RefreshToken))
}

func TestSixteenthToken(t *testing.T) {
	t.Parallel()
	srv := newServer(t, usergroupstest.WithTokenLimit(0, 0))
	static, other := srv.IssueToken(), exchange(t, srv, srv.IssueCode(), "").AccessToken
	var tokens []string
	for range 15 {
		tokens = append(tokens, refresh(t, srv))
	}
	for i, token := range tokens {
		if res := list(t, srv, token); res.status != 200 {
			t.Errorf("token %d of 15: %d", i, res.status)
		}
	}
	tokens = append(tokens, refresh(t, srv))
	list(t, srv, tokens[0]).want(t, 401, invalidToken)
	for i, token := range append(tokens[1:], static, other) {
		if res := list(t, srv, token); res.status != 200 {
			t.Errorf("token %d after the 16th: %d", i, res.status)
		}
	}
}

func TestTwentyFirstRefreshToken(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	seeded := refresh(t, srv)
	var all []tokenAnswer
	for range 19 {
		all = append(all, exchange(t, srv, srv.IssueCode(), ""))
	}
	if res := list(t, srv, seeded); res.status != 200 {
		t.Errorf("with 20 refresh tokens: %d", res.status)
	}
	all = append(all, exchange(t, srv, srv.IssueCode(), ""))
	list(t, srv, seeded).want(t, 401, invalidToken)
	postForm(t, srv.URL+"/oauth/v2/token", refreshForm(srv)).want(t, 200, `{"error":"invalid_code"}`)
	for i, tokens := range all {
		if res := list(t, srv, tokens.AccessToken); res.status != 200 {
			t.Errorf("token %d after the 21st: %d", i, res.status)
		}
	}
	// Ended, it does not come back, and its revocation has nothing to do.
	srv.RevokeRefreshToken()
	exchange(t, srv, srv.IssueCode(), "")
	list(t, srv, all[0].AccessToken).want(t, 401, invalidToken)
}

func TestExpireTokens(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	static, refreshed := srv.IssueToken(), refresh(t, srv)
	srv.ExpireTokens()
	list(t, srv, static).want(t, 401, invalidToken)
	list(t, srv, refreshed).want(t, 401, invalidToken)
	if res := list(t, srv, refresh(t, srv)); res.status != 200 {
		t.Errorf("after a refresh: %d", res.status)
	}
}

func TestRejectTokens(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	token := srv.IssueToken()
	srv.RejectTokens(true)
	list(t, srv, token).want(t, 401, invalidToken)
	list(t, srv, refresh(t, srv)).want(t, 401, invalidToken)
	srv.RejectTokens(false)
	if res := list(t, srv, token); res.status != 200 {
		t.Errorf("%d", res.status)
	}
}

func TestRevoke(t *testing.T) {
	t.Parallel()
	for what, revoke := range map[string]func(*usergroupstest.Server){
		"method": (*usergroupstest.Server).RevokeRefreshToken,
		"query": func(srv *usergroupstest.Server) {
			postForm(t, srv.URL+"/oauth/v2/token/revoke?token="+srv.RefreshToken, nil).want(t, 200, `{"status":"success"}`)
		},
		"form": func(srv *usergroupstest.Server) {
			postForm(t, srv.URL+"/oauth/v2/token/revoke", url.Values{"token": {srv.RefreshToken}}).want(t, 200, `{"status":"success"}`)
		},
	} {
		srv := newServer(t)
		static, refreshed := srv.IssueToken(), refresh(t, srv)
		postForm(t, srv.URL+"/oauth/v2/token/revoke?token=x", nil).want(t, 400, `{"error":"invalid_token"}`)
		revoke(srv)
		list(t, srv, refreshed).want(t, 401, invalidToken)
		if res := list(t, srv, static); res.status != 200 {
			t.Errorf("%s: static token: %d", what, res.status)
		}
		postForm(t, srv.URL+"/oauth/v2/token", refreshForm(srv)).want(t, 200, `{"error":"invalid_code"}`)
		postForm(t, srv.URL+"/oauth/v2/token/revoke?token="+srv.RefreshToken, nil).want(t, 400, `{"error":"invalid_token"}`)
	}
}
