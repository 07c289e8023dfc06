package usergroupstest_test

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/usergroups-go/usergroups/usergroupstest"
)

// tokenAnswer is what the token endpoint answers, be it a token or an error.
type tokenAnswer struct {
	AccessToken  string `json:"access_token"`
	RefreshToken string `json:"refresh_token"`
	Scope        string `json:"scope"`
	APIDomain    string `json:"api_domain"`
	Error        string `json:"error"`
}

func ask(t *testing.T, srv *usergroupstest.Server, form url.Values) tokenAnswer {
	t.Helper()
	var got tokenAnswer
	postForm(t, srv.URL+"/oauth/v2/token", form).decode(t, &got)
	return got
}

// codeForm is what an exchange sends; a self client has no redirectURI.
func codeForm(srv *usergroupstest.Server, code, redirectURI string) url.Values {
	form := url.Values{
		"grant_type":    {"authorization_code"},
		"client_id":     {srv.ClientID},
		"client_secret": {srv.ClientSecret},
		"code":          {code},
	}
	if redirectURI != "" {
		form.Set("redirect_uri", redirectURI)
	}
	return form
}

// exchange turns a good code into tokens.
func exchange(t *testing.T, srv *usergroupstest.Server, code, redirectURI string) tokenAnswer {
	t.Helper()
	got := ask(t, srv, codeForm(srv, code, redirectURI))
	if got.AccessToken == "" || got.Error != "" {
		t.Fatalf("no token: %+v", got)
	}
	return got
}

// refreshWith is refreshForm with another refresh token.
func refreshWith(srv *usergroupstest.Server, refreshToken string) url.Values {
	form := refreshForm(srv)
	form.Set("refresh_token", refreshToken)
	return form
}

func TestCodeExchange(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	const read = "ZohoCRM.settings.user_groups.READ"
	res := postForm(t, srv.URL+"/oauth/v2/token", codeForm(srv, srv.IssueCode(read, "ZohoCRM.org.READ"), ""))
	var got tokenAnswer
	res.decode(t, &got)
	res.want(t, 200, `{"access_token":"`+got.AccessToken+`","refresh_token":"`+got.RefreshToken+`","scope":"`+read+` ZohoCRM.org.READ",`+
		`"api_domain":"https://www.zohoapis.com","token_type":"Bearer","expires_in":3600}`)
	if got.RefreshToken == "" || got.RefreshToken == srv.RefreshToken {
		t.Errorf("refresh token %q", got.RefreshToken)
	}

	// The scopes of the code are those of its tokens, and of no others.
	again := ask(t, srv, refreshWith(srv, got.RefreshToken))
	if again.Scope != read+" ZohoCRM.org.READ" || again.RefreshToken != "" {
		t.Errorf("%+v", again)
	}
	for _, token := range []string{got.AccessToken, again.AccessToken} {
		if res := list(t, srv, token); res.status != 200 {
			t.Errorf("%d %s", res.status, res.body)
		}
		send(t, "POST", srv.URL+groupsPath, token, newGroup).want(t, 401, scopeMismatch)
	}
	if res := send(t, "POST", srv.URL+groupsPath, refresh(t, srv), newGroup); res.status != 201 {
		t.Errorf("%d %s", res.status, res.body)
	}
	if n := srv.TokensIssued(); n != 3 {
		t.Errorf("%d tokens issued", n)
	}
	if n := srv.Refreshes(); n != 2 {
		t.Errorf("%d refreshes", n)
	}

	// Without scopes, a code has those of the server.
	other := newServer(t, usergroupstest.WithScopes("a", "b"))
	if got := exchange(t, other, other.IssueCode(), ""); got.Scope != "a b" {
		t.Errorf("%+v", got)
	}
}

func TestRefusedCodes(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	used := srv.IssueCode()
	exchange(t, srv, used, "")
	old := srv.IssueCode()
	srv.Advance(3 * time.Minute)
	for what, code := range map[string]string{"used": used, "old": old, "none": "", "unknown": "fake-code-x"} {
		if got := ask(t, srv, codeForm(srv, code, "")); got.Error != "invalid_code" || got.AccessToken != "" {
			t.Errorf("%s: %+v", what, got)
		}
	}

	// A refusal for another reason leaves the code as good as it was, and a
	// self client's takes any redirect_uri.
	code := srv.IssueCode()
	srv.Advance(3*time.Minute - time.Second)
	for key, want := range map[string]string{"client_id": "invalid_client", "client_secret": "invalid_client_secret"} {
		form := codeForm(srv, code, "")
		form.Set(key, "x")
		if got := ask(t, srv, form); got.Error != want {
			t.Errorf("%+v, want %s", got, want)
		}
	}
	exchange(t, srv, code, "https://app.test/callback")
}

func TestRevokeOneOfTwo(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	one, two := exchange(t, srv, srv.IssueCode(), ""), exchange(t, srv, srv.IssueCode(), "")
	seeded := refresh(t, srv)
	postForm(t, srv.URL+"/oauth/v2/token/revoke?token="+one.RefreshToken, nil).want(t, 200, `{"status":"success"}`)

	list(t, srv, one.AccessToken).want(t, 401, invalidToken)
	if got := ask(t, srv, refreshWith(srv, one.RefreshToken)); got.Error != "invalid_code" {
		t.Errorf("%+v", got)
	}
	for _, token := range []string{two.AccessToken, seeded, refresh(t, srv), ask(t, srv, refreshWith(srv, two.RefreshToken)).AccessToken} {
		if res := list(t, srv, token); res.status != 200 {
			t.Errorf("%d %s", res.status, res.body)
		}
	}
	srv.RevokeRefreshToken()
	if res := list(t, srv, two.AccessToken); res.status != 200 {
		t.Errorf("after the end of the other: %d", res.status)
	}
}

func TestExpiresIn(t *testing.T) {
	t.Parallel()
	for form, want := range map[usergroupstest.ExpiresIn]string{
		usergroupstest.ExpiresInSeconds:      `"token_type":"Bearer","expires_in":5400}`,
		usergroupstest.ExpiresInText:         `"token_type":"Bearer","expires_in":"5400"}`,
		usergroupstest.ExpiresInDecimal:      `"token_type":"Bearer","expires_in":5400.0}`,
		usergroupstest.ExpiresInMilliseconds: `"token_type":"Bearer","expires_in":5400000,"expires_in_sec":5400}`,
		usergroupstest.ExpiresInAbsent:       `"token_type":"Bearer"}`,
	} {
		srv := newServer(t, usergroupstest.WithExpiresIn(form), usergroupstest.WithTokenLifetime(90*time.Minute))
		for _, form := range []url.Values{refreshForm(srv), codeForm(srv, srv.IssueCode(), "")} {
			if res := postForm(t, srv.URL+"/oauth/v2/token", form); !strings.HasSuffix(res.body, want) {
				t.Errorf("got %s, want …%s", res.body, want)
			}
		}
	}
}

func TestAPIDomain(t *testing.T) {
	t.Parallel()
	own := newServer(t, usergroupstest.WithAPIDomain(""))
	if got := ask(t, own, refreshForm(own)); got.APIDomain != own.URL {
		t.Errorf("%+v", got)
	}
	// In a container network the server has a name that it does not know of.
	req, err := http.NewRequestWithContext(t.Context(), "POST", own.URL+"/oauth/v2/token", strings.NewReader(refreshForm(own).Encode()))
	if err != nil {
		t.Fatal(err)
	}
	req.Host = "zoho:8080"
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	var got tokenAnswer
	if roundTrip(req).decode(t, &got); got.APIDomain != "http://zoho:8080" {
		t.Errorf("%+v", got)
	}

	other := newServer(t, usergroupstest.WithAPIDomain("https://www.zohoapis.eu"))
	if got := ask(t, other, refreshForm(other)); got.APIDomain != "https://www.zohoapis.eu" {
		t.Errorf("%+v", got)
	}
}

func TestMultipartForm(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for name, values := range refreshForm(srv) {
		if err := form.WriteField(name, values[0]); err != nil {
			t.Fatal(err)
		}
	}
	if err := form.Close(); err != nil {
		t.Fatal(err)
	}
	for content, status := range map[string]string{body.String(): `{"access_token":`, "--x": `{"error":"unsupported_grant_type"}`} {
		req, err := http.NewRequestWithContext(t.Context(), "POST", srv.URL+"/oauth/v2/token", strings.NewReader(content))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", form.FormDataContentType())
		if res := roundTrip(req); !strings.HasPrefix(res.body, status) {
			t.Errorf("%d %s", res.status, res.body)
		}
	}
}

// Secrets in a URL or a header are found out, unless the server is lenient.
func TestLenientTokenEndpoint(t *testing.T) {
	t.Parallel()
	strict, lenient := newServer(t), newServer(t, usergroupstest.WithLenientTokenEndpoint())
	for what, send := range map[string]func(*usergroupstest.Server) answer{
		"query": func(srv *usergroupstest.Server) answer {
			return tokenRequest(t, srv, refreshForm(srv), nil, false)
		},
		"Basic": func(srv *usergroupstest.Server) answer {
			form := refreshForm(srv)
			form.Del("client_id")
			form.Del("client_secret")
			return tokenRequest(t, srv, nil, form, true)
		},
		"query and Basic": func(srv *usergroupstest.Server) answer {
			form := refreshForm(srv)
			form.Del("client_id")
			form.Del("client_secret")
			return tokenRequest(t, srv, form, nil, true)
		},
	} {
		if res := send(strict); !strings.Contains(res.body, `{"error":"`) {
			t.Errorf("%s, strict: %d %s", what, res.status, res.body)
		}
		if res := send(lenient); !strings.Contains(res.body, `"access_token":"`) {
			t.Errorf("%s, lenient: %d %s", what, res.status, res.body)
		}
	}
	if n := lenient.Refreshes(); n != 3 {
		t.Errorf("%d refreshes", n)
	}
	refresh(t, lenient)

	// What stands in the body counts.
	wrong := refreshForm(lenient)
	wrong.Set("client_id", "x")
	tokenRequest(t, lenient, refreshForm(lenient), wrong, true).want(t, 200, `{"error":"invalid_client"}`)
	if res := tokenRequest(t, lenient, wrong, refreshForm(lenient), true); !strings.Contains(res.body, `"access_token":"`) {
		t.Error(res.body)
	}
}

func tokenRequest(t *testing.T, srv *usergroupstest.Server, query, form url.Values, basic bool) answer {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), "POST", srv.URL+"/oauth/v2/token?"+query.Encode(), strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if basic {
		req.SetBasicAuth(srv.ClientID, srv.ClientSecret)
	}
	return roundTrip(req)
}
