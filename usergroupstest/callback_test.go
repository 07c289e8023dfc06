package usergroupstest_test

import (
	"html"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/usergroups-go/usergroups/usergroupstest"
)

func TestCallbackPage(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	query := consentQuery(srv)
	query.Set("redirect_uri", srv.URL+usergroupstest.CallbackPath)
	res := send(t, "GET", decide(t, consentURL(srv, query), "accept").header.Get("Location"), "", "")
	code := regexp.MustCompile(`<code>(.+)</code>`).FindStringSubmatch(res.body)
	if res.status != 200 || code == nil || !strings.Contains(res.body, srv.URL+"/oauth/v2/token ") ||
		!strings.Contains(res.body, "redirect_uri "+srv.URL+usergroupstest.CallbackPath+"\n") {
		t.Fatalf("%d %s", res.status, res.body)
	}
	exchange(t, srv, html.UnescapeString(code[1]), srv.URL+usergroupstest.CallbackPath)
	if n := srv.Count(usergroupstest.CallbackPath); n != 1 {
		t.Errorf("%d requests", n)
	}

	for path, status := range map[string]int{"": 400, "?error=access_denied": 400, "?code=%zz": 404, "?code=%3Cscript%3E": 200} {
		res := send(t, "GET", srv.URL+usergroupstest.CallbackPath+path, "", "")
		if res.status != status || strings.Contains(res.body, "<script>") {
			t.Errorf("%s: %d %s", path, res.status, res.body)
		}
	}
}

// The address of a redirect is encoded, and otherwise left as it was given.
func TestRedirectIsEncoded(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	for uri, want := range map[string]string{
		"https://app.test/a b":         "https://app.test/a%20b?",
		"https://app.test/café":        "https://app.test/caf%C3%A9?",
		"https://app.test/a%2Fb%20c":   "https://app.test/a%2Fb%20c?",
		"https://app.test/?q=a b&é=\"": "https://app.test/?q=a%20b&%C3%A9=%22&",
		"https://app.test/?b=%20&a=+":  "https://app.test/?b=%20&a=+&",
		"https://app.test/?":           "https://app.test/?",
	} {
		query := consentQuery(srv)
		query.Set("redirect_uri", uri)
		location := decide(t, consentURL(srv, query), "accept").header.Get("Location")
		rest, ok := strings.CutPrefix(location, want)
		if !ok || !strings.HasPrefix(rest, "accounts-server=") {
			t.Errorf("%s: got %s, want %s…", uri, location, want)
		}
		code := regexp.MustCompile(`code=([^&]+)`).FindStringSubmatch(rest)
		exchange(t, srv, code[1], uri) // the exchange repeats what was given
	}
}

func TestWrongMethodsOfTheAccountsServer(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	for _, tc := range []struct{ method, path, allow string }{
		{"HEAD", "/oauth/v2/auth", "GET, POST"},
		{"PUT", "/oauth/v2/auth", "GET, POST"},
		{"GET", "/oauth/v2/token", "POST"},
		{"DELETE", "/oauth/v2/token/revoke", "POST"},
	} {
		res := send(t, tc.method, srv.URL+tc.path, "", "")
		if res.status != http.StatusMethodNotAllowed || res.header.Get("Allow") != tc.allow {
			t.Errorf("%s %s: %d, Allow %q", tc.method, tc.path, res.status, res.header.Get("Allow"))
		}
	}
}
