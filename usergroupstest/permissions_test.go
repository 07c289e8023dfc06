package usergroupstest_test

import (
	"testing"

	"github.com/usergroups-go/usergroups/usergroupstest"
)

func TestDenyPermission(t *testing.T) {
	t.Parallel()
	const (
		manage = `{"code":"NO_PERMISSION","details":{"permissions":"Crm_Implied_Manage_Groups"},"message":"You do not have permission to access user groups","status":"error"}`
		access = `{"code":"NO_PERMISSION","details":{"permissions":["Crm_Implied_Api_Access"]},"message":"permission denied","status":"error"}`
	)
	srv := newServer(t)
	srv.DenyPermission(usergroupstest.ManageGroups)
	get(t, srv, groupsPath).want(t, 403, manage)
	get(t, srv, countPath).want(t, 403, manage)
	get(t, srv, userCountPath).want(t, 403, manage)
	get(t, srv, "/crm/v8/users/"+amara+"/actions/associated_groups").want(t, 403, manage)
	post(t, srv, groupsPath, newGroup).want(t, 403, manage)
	del(t, srv, groupsPath+"/"+sales).want(t, 403, manage)
	if n := len(srv.Groups()); n != 6 {
		t.Errorf("%d groups: a call was worked on", n)
	}

	// What is wrong with URL or token is told first.
	get(t, srv, "/crm/v8/x").wantError(t, 404, "INVALID_URL_PATTERN", "{}")
	send(t, "GET", srv.URL+groupsPath, "", "").wantError(t, 401, "INVALID_TOKEN", "{}")
	send(t, "GET", srv.URL+groupsPath, srv.IssueToken("x"), "").wantError(t, 401, "OAUTH_SCOPE_MISMATCH", "{}")

	srv.DenyPermission("")
	if res := get(t, srv, groupsPath); res.status != 200 {
		t.Errorf("with the permission: %d %s", res.status, res.body)
	}

	list := newServer(t, usergroupstest.WithGuesses(usergroupstest.Guesses{PermissionList: true}))
	list.DenyPermission(usergroupstest.APIAccess)
	get(t, list, groupsPath).want(t, 403, access)
}

func TestDeactivateUser(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	srv.DenyPermission(usergroupstest.ManageGroups)
	srv.DeactivateUser(true)
	const inactive = `{"code":"INACTIVE_USER","details":{},"message":"An inactive user cannot access this API.","status":"error"}`
	get(t, srv, countPath).want(t, 403, inactive)
	post(t, srv, groupsPath, newGroup).want(t, 403, inactive)
	srv.DeactivateUser(false)
	get(t, srv, groupsPath).wantError(t, 403, "NO_PERMISSION", `{"permissions":"Crm_Implied_Manage_Groups"}`)
}
