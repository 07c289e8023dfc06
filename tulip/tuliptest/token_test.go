package tuliptest_test

import (
	"encoding/base64"
	"net/http"
	"strings"
	"testing"

	"github.com/usergroups-go/usergroups/tulip/tuliptest"
)

func basic(userinfo string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(userinfo))
}

func TestAuthorization(t *testing.T) {
	t.Parallel()
	srv := newServer(t, tuliptest.WithCredentials("key", "se:cret"))
	for authorization, status := range map[string]int{
		basic("key:se:cret"): 200,
		"basic " + strings.TrimPrefix(basic("key:se:cret"), "Basic "): 200, // the scheme has no letter case
		"":                          401,
		"Basic":                     401,
		"Basic key:se:cret":         401,
		"Bearer key":                401,
		basic("key:secret"):         401,
		basic("key"):                401,
		basic("KEY:se:cret"):        401,
		basic("key:se:cret:"):       401,
		basic(":"):                  401,
		"Basic " + srv.AuthHeader(): 401, // encoded twice, as it were
	} {
		req := request(t, srv, http.MethodGet, groups, "")
		req.Header.Set("Authorization", authorization)
		if authorization == "" {
			req.Header.Del("Authorization")
		}
		res := roundTrip(req)
		if res.status != status {
			t.Errorf("%q: %d %s", authorization, res.status, res.body)
		}
		if status == 401 {
			res.wantError(t, 401, "generic.unauthorized")
		}
	}
	// The token is looked at before the parameters and the id, but after the path.
	for path, status := range map[string]int{groups + "?limit=x": 401, groups + "/" + nobody: 401, api + "/x": 404} {
		req := request(t, srv, http.MethodGet, path, "")
		req.Header.Del("Authorization")
		if res := roundTrip(req); res.status != status {
			t.Errorf("%s: %d %s", path, res.status, res.body)
		}
	}
}

func TestCredentials(t *testing.T) {
	t.Parallel()
	a, b := newServer(t), newServer(t)
	if a.APIKey == b.APIKey || a.APISecret == b.APISecret || a.AuthHeader() == b.AuthHeader() {
		t.Error("two servers share credentials")
	}
	if !strings.HasPrefix(a.APIKey, "apikey.2_fake") || !strings.HasPrefix(a.APISecret, "fake-") {
		t.Errorf("%q and %q could be taken for real ones", a.APIKey, a.APISecret)
	}
	// Changing the exported copy does not change what the server accepts.
	header := a.AuthHeader()
	a.APISecret = "x"
	req := request(t, a, http.MethodGet, groups, "")
	req.Header.Set("Authorization", header)
	if res := roundTrip(req); res.status != 200 {
		t.Errorf("%+v", res)
	}
	if res := get(t, a, groups); res.status != 401 {
		t.Errorf("%+v", res)
	}

	partly := newServer(t, tuliptest.WithCredentials("key", ""))
	if partly.APIKey != "key" || !strings.HasPrefix(partly.APISecret, "fake-") || get(t, partly, groups).status != 200 {
		t.Errorf("%q %q", partly.APIKey, partly.APISecret)
	}
	if !panics(func() { tuliptest.WithCredentials("a:b", "c") }) {
		t.Error("a colon in the key: no panic")
	}
}

func TestScopes(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		scopes []string
		ok     bool
	}{
		{[]string{"users:read"}, true},
		{[]string{"tables:read", "users:read"}, true},
		{[]string{"users:write", "user-groups:read", "Users:Read"}, false},
		{nil, false},
	} {
		scoped := tuliptest.WithScopes(tc.scopes...)
		srv := newServer(t, scoped)
		other := newServer(t, scoped, tuliptest.WithGuesses(tuliptest.Guesses{ScopeUnauthorized: true}))
		for _, path := range []string{users, users + "/" + amara, groupsOf, groups, groups + "/" + machines, usersOf, roles, roles + "/owner"} {
			if tc.ok {
				if res := get(t, srv, path); res.status != 200 {
					t.Errorf("%q, %s: %d", tc.scopes, path, res.status)
				}
				continue
			}
			get(t, srv, path).wantError(t, 403, "generic.forbidden")
			get(t, other, path).wantError(t, 401, "generic.unauthorized")
		}
	}
}

// What a caller does to its scopes afterwards is nothing to the server.
func TestWithScopesCopies(t *testing.T) {
	t.Parallel()
	scopes := []string{"users:read"}
	option := tuliptest.WithScopes(scopes...)
	scopes[0] = "x"
	get(t, newServer(t, option), groups).page(t)
}

func TestDisableToken(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	srv.DisableToken(true)
	get(t, srv, groups).wantError(t, 401, "generic.unauthorized")
	srv.DisableToken(false)
	get(t, srv, groups).page(t)
}
