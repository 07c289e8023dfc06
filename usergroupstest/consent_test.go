package usergroupstest_test

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/usergroups-go/usergroups"
	"github.com/usergroups-go/usergroups/usergroupstest"
)

const callback = "https://app.test/callback"

// consentQuery is what a good consent URL asks for.
func consentQuery(srv *usergroupstest.Server) url.Values {
	return url.Values{
		"response_type": {"code"},
		"client_id":     {srv.ClientID},
		"scope":         {"ZohoCRM.settings.user_groups.READ,ZohoCRM.users.READ"},
		"redirect_uri":  {callback},
		"state":         {"state-1"},
		"access_type":   {"offline"},
	}
}

func consentURL(srv *usergroupstest.Server, query url.Values) string {
	return srv.URL + "/oauth/v2/auth?" + query.Encode()
}

// decide sends the page's form, and returns what comes back without following
// it.
func decide(t *testing.T, pageURL, decision string) answer {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), "POST", pageURL, strings.NewReader("decision="+decision))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, err := freshClient.Transport.RoundTrip(req) // no redirects
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	return answer{status: res.StatusCode, header: res.Header}
}

// accept gives the consent and returns the query of the redirect_uri.
func accept(t *testing.T, srv *usergroupstest.Server, query url.Values) url.Values {
	t.Helper()
	return redirected(t, decide(t, consentURL(srv, query), "accept"), query.Get("redirect_uri"))
}

func redirected(t *testing.T, res answer, redirectURI string) url.Values {
	t.Helper()
	separator := "?"
	if strings.Contains(redirectURI, "?") {
		separator = "&"
	}
	location := res.header.Get("Location")
	rest, ok := strings.CutPrefix(location, redirectURI+separator)
	if res.status != 302 || !ok {
		t.Fatalf("%d to %q, want %s%s…", res.status, location, redirectURI, separator)
	}
	got, err := url.ParseQuery(rest)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestConsentPage(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	for _, scope := range []string{"ZohoCRM.settings.user_groups.READ,ZohoCRM.users.READ", "ZohoCRM.settings.user_groups.READ  ZohoCRM.users.READ"} {
		query := consentQuery(srv)
		query.Set("scope", scope)
		res := send(t, "GET", consentURL(srv, query), "", "")
		if res.status != 200 || res.header.Get("Content-Type") != "text/html;charset=UTF-8" || !strings.Contains(res.header.Get("Content-Security-Policy"), "default-src 'none'") {
			t.Errorf("%d %v", res.status, res.header)
		}
		for _, want := range []string{
			srv.ClientID, "<li>ZohoCRM.settings.user_groups.READ</li>", "<li>ZohoCRM.users.READ</li>", callback, "when you are away",
			`<form method="post">`, `<button name="decision" value="accept">`, `<button name="decision" value="reject">`,
		} {
			if !strings.Contains(res.body, want) {
				t.Errorf("no %s in %s", want, res.body)
			}
		}
		if strings.Contains(res.body, "<li></li>") {
			t.Errorf("an empty scope: %s", res.body)
		}
	}

	// Looking at it gives no code.
	if got := ask(t, srv, codeForm(srv, "", callback)); got.Error != "invalid_code" {
		t.Errorf("%+v", got)
	}
	if srv.Count("GET /oauth/v2/auth") != 2 {
		t.Errorf("%+v", srv.Requests())
	}
	send(t, "PUT", consentURL(srv, consentQuery(srv)), "", "").want(t, 405, `{"error":"invalid_request"}`)
}

func TestConsentIsEscaped(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	const evil = `"><script>alert(1)</script><b x='`
	query := consentQuery(srv)
	query.Set("scope", evil)
	query.Set("state", evil)
	query.Set("redirect_uri", callback+"?q="+evil)
	res := send(t, "GET", consentURL(srv, query), "", "")
	if res.status != 200 || strings.Contains(res.body, "<script") || strings.Contains(res.body, "<b x") || !strings.Contains(res.body, "&lt;script&gt;") {
		t.Errorf("%d %s", res.status, res.body)
	}
	query.Set("client_id", evil)
	if res := send(t, "GET", consentURL(srv, query), "", ""); res.status != 400 || strings.Contains(res.body, "script") {
		t.Errorf("%d %s", res.status, res.body)
	}
	// Nor does a state end the header that it comes back in.
	query = consentQuery(srv)
	query.Set("state", "a\r\nSet-Cookie: b&c=d#e")
	res = decide(t, consentURL(srv, query), "accept")
	if got := redirected(t, res, callback); got.Get("state") != query.Get("state") || res.header.Get("Set-Cookie") != "" {
		t.Errorf("%v", res.header)
	}
}

// What is wrong with a link is told on a page: a redirect would make the
// server a way to anywhere.
func TestRefusedConsents(t *testing.T) {
	t.Parallel()
	open := newServer(t)
	registered := newServer(t, usergroupstest.WithRedirectURIs(callback, "http://localhost:8080/"))
	for _, tc := range []struct {
		srv        *usergroupstest.Server
		key, value string
		ok         bool
	}{
		{open, "client_id", "", false},
		{open, "client_id", registered.ClientID, false},
		{open, "response_type", "", false},
		{open, "response_type", "token", false},
		{open, "scope", "", false},
		{open, "scope", " , ", false},
		{open, "redirect_uri", "", false},
		{open, "redirect_uri", "javascript:alert(1)", false},
		{open, "redirect_uri", "javascript://app.test/%0Aalert(1)", false},
		{open, "redirect_uri", "data:text/html,x", false},
		{open, "redirect_uri", "/callback", false},
		{open, "redirect_uri", "//app.test/callback", false},
		{open, "redirect_uri", "http://", false},
		{open, "redirect_uri", "http://:80/", false},
		{open, "redirect_uri", "https:app.test", false},
		{open, "redirect_uri", "http://app.test/\r\nx: y", false},
		{open, "redirect_uri", callback + "#x", false},
		{open, "redirect_uri", "http://127.0.0.1:1234/x?y=z", true},
		{open, "redirect_uri", "HTTPS://app.test", true},
		{registered, "redirect_uri", callback, true},
		{registered, "redirect_uri", "http://localhost:8080/", true},
		{registered, "redirect_uri", callback + "/", false},
		{registered, "redirect_uri", callback + "?x", false},
		{registered, "redirect_uri", "https://evil.test/callback", false},
	} {
		query := consentQuery(tc.srv)
		query.Set(tc.key, tc.value)
		res := send(t, "GET", consentURL(tc.srv, query), "", "")
		if (res.status == 200) != tc.ok || (res.status == 400) == tc.ok || !strings.Contains(res.body, "<h1>") {
			t.Errorf("GET with %s=%q: %d %s", tc.key, tc.value, res.status, res.body)
		}
		for _, decision := range []string{"accept", "reject"} {
			res := decide(t, consentURL(tc.srv, query), decision)
			if (res.status == 302) != tc.ok || (res.status == 400) == tc.ok || (res.header.Get("Location") != "") != tc.ok {
				t.Errorf("%s with %s=%q: %d %v", decision, tc.key, tc.value, res.status, res.header)
			}
		}
	}

	for _, decision := range []string{"", "yes"} {
		if res := decide(t, consentURL(open, consentQuery(open)), decision); res.status != 400 {
			t.Errorf("decision %q: %d", decision, res.status)
		}
	}
	if res := decide(t, consentURL(open, consentQuery(open))+"&x=%zz", "accept"); res.status != 400 {
		t.Errorf("broken query: %d", res.status)
	}
}

func TestConsentDecisions(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	query := consentQuery(srv)
	rejected := redirected(t, decide(t, consentURL(srv, query), "reject"), callback)
	if want := (url.Values{"error": {"access_denied"}, "state": {"state-1"}}); rejected.Encode() != want.Encode() {
		t.Errorf("got %v, want %v", rejected, want)
	}

	back := accept(t, srv, query)
	if want := (url.Values{"code": back["code"], "location": {"us"}, "accounts-server": {srv.URL}, "state": {"state-1"}}); back.Encode() != want.Encode() || back.Get("code") == "" {
		t.Errorf("got %v, want %v", back, want)
	}
	got := exchange(t, srv, back.Get("code"), callback)
	if got.Scope != "ZohoCRM.settings.user_groups.READ ZohoCRM.users.READ" || got.RefreshToken == "" {
		t.Errorf("%+v", got)
	}
	if res := list(t, srv, ask(t, srv, refreshWith(srv, got.RefreshToken)).AccessToken); res.status != 200 {
		t.Errorf("%d %s", res.status, res.body)
	}

	// A redirect_uri keeps its own query; a state that was not given is not.
	query.Set("redirect_uri", callback+"?tenant=1")
	query.Del("state")
	back = redirected(t, decide(t, consentURL(srv, query), "accept"), callback+"?tenant=1")
	if back.Get("code") == "" || back.Has("state") {
		t.Errorf("%v", back)
	}
}

func TestConsentCodes(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	query := consentQuery(srv)
	refused := func(what, code, redirectURI, want string) {
		t.Helper()
		if got := ask(t, srv, codeForm(srv, code, redirectURI)); got.Error != want || got.AccessToken != "" {
			t.Errorf("%s: %+v", what, got)
		}
	}

	code := accept(t, srv, query).Get("code")
	refused("another redirect_uri", code, callback+"/", "invalid_redirect_uri")
	refused("no redirect_uri", code, "", "invalid_redirect_uri")
	exchange(t, srv, code, callback)
	refused("used twice", code, callback, "invalid_code")

	code = accept(t, srv, query).Get("code")
	srv.Advance(2 * time.Minute)
	refused("too old", code, callback, "invalid_code")
	code = accept(t, srv, query).Get("code")
	srv.Advance(2*time.Minute - time.Second)
	exchange(t, srv, code, callback)
}

// Only offline access brings a refresh token, and a repeated consent does not
// unless it was prompted for.
func TestConsentRefreshTokens(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	var last string
	for i, tc := range []struct {
		accessType, prompt string
		revoke             bool // the last refresh token, before
		want               bool
	}{
		{accessType: "online"},
		{accessType: "", prompt: "consent"},
		{accessType: "offline", want: true},
		{accessType: "offline"},
		{accessType: "offline", prompt: "consent", want: true},
		{accessType: "offline"},
		{accessType: "offline", revoke: true}, // there is still the first one
	} {
		if tc.revoke {
			postForm(t, srv.URL+"/oauth/v2/token/revoke?token="+last, nil).want(t, 200, `{"status":"success"}`)
		}
		query := consentQuery(srv)
		query.Set("access_type", tc.accessType)
		query.Set("prompt", tc.prompt)
		got := exchange(t, srv, accept(t, srv, query).Get("code"), callback)
		if (got.RefreshToken != "") != tc.want {
			t.Errorf("%d: %+v", i, got)
		}
		if res := list(t, srv, got.AccessToken); res.status != 200 {
			t.Errorf("%d: %d %s", i, res.status, res.body)
		}
		if tc.want {
			last = got.RefreshToken
		}
	}

	if got := exchange(t, srv, srv.IssueCode(), ""); got.RefreshToken == "" {
		t.Errorf("a self client's code after consents: %+v", got)
	}

	// Once all of them are revoked, a consent is the first again. The seeded
	// refresh token and those of a self client are not of a consent.
	srv = newServer(t)
	exchange(t, srv, srv.IssueCode(), "")
	for range 2 {
		got := exchange(t, srv, accept(t, srv, consentQuery(srv)).Get("code"), callback)
		if got.RefreshToken == "" {
			t.Fatalf("%+v", got)
		}
		postForm(t, srv.URL+"/oauth/v2/token/revoke?token="+got.RefreshToken, nil).want(t, 200, `{"status":"success"}`)
		list(t, srv, got.AccessToken).want(t, 401, invalidToken)
	}
}

func TestEleventhConsent(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	pageURL := consentURL(srv, consentQuery(srv))
	for range 10 {
		accept(t, srv, consentQuery(srv))
		redirected(t, decide(t, pageURL, "reject"), callback) // not counted
	}
	if res := decide(t, pageURL, "accept"); res.status != 400 || res.header.Get("Location") != "" {
		t.Errorf("%d %v", res.status, res.header)
	}
	exchange(t, srv, srv.IssueCode(), "")
	srv.Advance(10 * time.Minute)
	accept(t, srv, consentQuery(srv))

	unlimited := newServer(t, usergroupstest.WithTokenLimit(0, 0))
	for range 11 {
		accept(t, unlimited, consentQuery(unlimited))
	}
}

// The whole way of a login, with this module's own client.
func TestConsentWithClient(t *testing.T) {
	t.Parallel()
	srv := newServer(t, usergroupstest.WithRedirectURIs(callback))
	login := usergroups.OAuthConfig{
		ClientID: srv.ClientID, ClientSecret: srv.ClientSecret, RedirectURL: callback, AccountsURL: srv.URL,
		Scopes: usergroups.Scopes(usergroups.OpUserGroupsList),
	}
	pageURL, err := login.ConsentURL("state-1")
	if err != nil {
		t.Fatal(err)
	}
	if page := send(t, "GET", pageURL, "", ""); page.status != 200 || !strings.Contains(page.body, "<li>ZohoCRM.settings.user_groups.READ</li>") {
		t.Fatalf("%d %s", page.status, page.body)
	}
	back := redirected(t, decide(t, pageURL, "accept"), callback)
	if back.Get("state") != "state-1" {
		t.Errorf("%v", back)
	}
	token, err := login.Exchange(t.Context(), back.Get("code"))
	if err != nil {
		t.Fatal(err)
	}
	client, err := usergroups.NewClient(
		usergroups.WithBaseURL(srv.URL),
		usergroups.WithAccountsURL(srv.URL),
		usergroups.WithRefreshToken(usergroups.RefreshToken{
			ClientID: srv.ClientID, ClientSecret: srv.ClientSecret, RefreshToken: token.RefreshToken,
		}),
	)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.CloseIdleConnections)
	groups, err := usergroups.Collect(client.UserGroups.All(t.Context(), usergroups.ListUserGroupsOptions{}))
	if err != nil || len(groups) != 6 {
		t.Fatalf("%d groups, error %v", len(groups), err)
	}
	if _, err := client.UserGroups.Delete(t.Context(), sales); !errors.Is(err, usergroups.ErrScope) {
		t.Errorf("a delete with the scope to read: %v", err)
	}

	if err := login.Revoke(t.Context(), token.RefreshToken); err != nil {
		t.Fatal(err)
	}
	if _, err := client.UserGroups.Get(t.Context(), sales); !errors.Is(err, usergroups.ErrUnauthorized) {
		t.Errorf("after the revocation: %v", err)
	}
}
