package usergroupstest_test

import (
	"slices"
	"testing"

	"github.com/usergroups-go/usergroups/usergroupstest"
)

func TestRoutes(t *testing.T) {
	t.Parallel()
	want := []string{
		"GET /settings/user_groups",
		"GET /settings/user_groups/{id}",
		"POST /settings/user_groups",
		"PUT /settings/user_groups/{id}",
		"PUT /settings/user_groups",
		"DELETE /settings/user_groups/{id}",
		"GET /settings/user_groups/{id}/sources",
		"GET /settings/user_groups/{id}/actions/sources_count",
		"GET /settings/user_groups/actions/deletion_jobs",
		"GET /settings/user_groups/actions/associated_users_count",
		"GET /settings/user_groups/{id}/actions/associations",
		"GET /settings/user_groups/{id}/associated_users/actions/grouped_counts",
		"GET /users",
		"GET /users/{user}",
		"GET /users/actions/count",
		"GET /users/{user}/actions/associated_groups",
	}
	if got := usergroupstest.Routes(); !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

func TestVersions(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	for version, status := range map[string]int{
		"v6": 200, "v7": 200, "v8": 200, "v9": 200, "v12": 200,
		"v5": 404, "v2.1": 404, "v06": 404, "v": 404, "8": 404, "V8": 404, "v99999999999999999999": 404,
	} {
		if res := get(t, srv, "/crm/"+version+"/settings/user_groups"); res.status != status {
			t.Errorf("%s: %d %s", version, res.status, res.body)
		}
	}
}

func TestWrongURLs(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	const body = `{"code":"INVALID_URL_PATTERN","details":{},"message":"Please check if the URL trying to access is a correct one","status":"error"}`
	for _, path := range []string{
		"/", "/crm", "/crm/", "/crm/v8", "/crm/v8/", "/crm/v8/users/", "/crm//v8/settings/user_groups",
		groupsPath + "/", groupsPath + "/1/", groupsPath + "/1/sources/", groupsPath + "//sources", groupsPath + "/x/sources", countPath + "/",
		"/crm/v8/users//actions/associated_groups",
		"/crm/v8/settings%2Fuser_groups",
		// Ids are numbers up to v8.
		groupsPath + "/abc", groupsPath + "/12a", groupsPath + "/-1", groupsPath + "/actions",
		groupsPath + "/1%2F2", groupsPath + "/..%2F..%2Fusers", groupsPath + "/%20", groupsPath + "/%D9%A1",
		"/crm/v6/users/me/actions/associated_groups",
		associationsOf("x"), groupedCountsOf("x"), usersPath + "/me", usersPath + "/actions", usersPath + "/actions/counts",
	} {
		get(t, srv, path).want(t, 404, body)
	}

	// From v9 on an id may be anything, and a slash in it is just unknown.
	get(t, srv, "/crm/v9/settings/user_groups/1%2F2").want(t, 204, "")
	id := srv.AddGroup(usergroupstest.Group{ID: "a/b c", Name: "odd"})
	if got := get(t, srv, "/crm/v9/settings/user_groups/a%2Fb%20c").names(t); got != "odd" {
		t.Errorf("id %q: got %q", id, got)
	}
	// Escapes that need not be are the same path.
	if got := get(t, srv, "/crm/v8/settings/user%5Fgroups/%35550000000004002").names(t); got != "Sales" {
		t.Errorf("got %q", got)
	}
}

func TestWrongMethods(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	for _, tc := range []struct{ method, path string }{
		{"DELETE", groupsPath},
		{"PATCH", groupsPath},
		{"PATCH", groupsPath + "/" + sales},
		{"POST", groupsPath + "/" + sales},
		{"POST", countPath},
		{"POST", associationsOf(sales)},
		{"PUT", groupedCountsOf(sales)},
		{"POST", usersPath},
		{"PUT", usersPath + "/" + amara},
		{"POST", usersPath + "/actions/count"},
		{"DELETE", "/crm/v8/users/" + amara + "/actions/associated_groups"},
	} {
		send(t, tc.method, srv.URL+tc.path, srv.IssueToken(), "{}").wantError(t, 400, "INVALID_REQUEST_METHOD", `{}`)
	}
}

func TestBrokenQuery(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	for _, query := range []string{"?filters=%zz", "?name=a;b"} {
		get(t, srv, groupsPath+query).wantError(t, 400, "INVALID_DATA", `{}`)
	}
}
