package tuliptest_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/usergroups-go/usergroups/tulip/tuliptest"
)

func TestRoutes(t *testing.T) {
	t.Parallel()
	paths := map[string]string{
		"GET /users":                  users,
		"GET /users/{id}":             users + "/" + amara,
		"GET /users/{id}/user-groups": users + "/" + amara + "/user-groups",
		"GET /user-groups":            groups,
		"GET /user-groups/{id}":       groups + "/" + machines,
		"GET /user-groups/{id}/users": usersOf,
		"GET /roles":                  roles,
		"GET /roles/{id}":             roles + "/owner",
	}
	if len(tuliptest.Routes()) != len(paths) {
		t.Errorf("got %q", tuliptest.Routes())
	}
	srv := newServer(t)
	for _, route := range tuliptest.Routes() {
		path := paths[route]
		if res := get(t, srv, path); res.status != 200 || srv.Count(route) != 1 {
			t.Errorf("%s: %d %s, %d requests", route, res.status, res.body, srv.Count(route))
		}
		for _, method := range []string{"POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"} {
			res := roundTrip(request(t, srv, method, path, ""))
			if res.status != http.StatusMethodNotAllowed || res.header.Get("Allow") != "GET" {
				t.Errorf("%s %s: %d, %v", method, path, res.status, res.header)
			}
			if method != "HEAD" {
				res.wantError(t, 405, "generic.methodNotAllowed")
			}
		}
		if srv.Count(route) != 1 {
			t.Errorf("%s: other methods count", route)
		}
	}
	if srv.Count("") != 7*len(paths) {
		t.Errorf("%d requests", srv.Count(""))
	}
}

func TestWrongPaths(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	inAPI := []string{
		"/api/", "/api/users", "/api/users/v1", api + "/", api + "/x", users + "/", users + "/" + amara + "/", users + "//user-groups",
		users + "/" + amara + "/groups", groups + "/" + machines + "/users/" + bruno, roles + "/owner/users", api + "/w/DEFAULT/users",
		"/api/v3/users", "/api/users/v2/users", "/api/users/v1%2Fusers", "/api/Users/v1/users",
	}
	outside := []string{"/", "/api", "/w/DEFAULT" + users, "/" + users}
	for _, path := range slices.Concat(inAPI, outside) {
		get(t, srv, path).wantError(t, 404, "generic.notFound")
	}
	if n := srv.Count(""); n != len(inAPI) {
		t.Errorf("%d requests to the API, want %d", n, len(inAPI))
	}

	// An id may be anything, and escapes that need not be are the same path.
	srv.AddUser(tuliptest.User{ID: "a/b c?", Name: "odd"})
	get(t, srv, users+"/a%2Fb%20c%3F").want(t, 200, `{"id":"a/b c?","name":{"full":"odd"}}`)
	if res := get(t, srv, strings.ReplaceAll(roles, "roles", "%72oles")); res.status != 200 {
		t.Errorf("%d %s", res.status, res.body)
	}
}
