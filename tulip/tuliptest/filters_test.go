package tuliptest_test

import (
	"testing"

	"github.com/usergroups-go/usergroups/tulip/tuliptest"
)

const (
	usersOf  = groups + "/" + machines + "/users"
	groupsOf = users + "/" + diego + "/user-groups"
)

func TestFilters(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	for _, tc := range []struct{ path, filter, ids string }{
		{usersOf, "userId eq '" + grace + "'", "graceMwangi"},
		{usersOf, "userId eq '" + hiro + "' or userId eq '" + bruno + "' or userId eq '" + amara + "'", "brunoKeller,hiroTanaka"},
		{usersOf, "userId eq 'x'' or userId eq ''" + grace + "'", ""}, // no injection: it is one text
		{groupsOf, "userGroupId eq '" + lineFour + "'", "lineFour"},
		{groups, "id eq '" + machines + "' or id eq '" + obriens + "'", "machineTeam,oBriensLine"},
		{groups, "id eq '" + lineFour + "'", ""}, // is archived
		{groups, "id eq ''", ""},
		{roles, "isCustom eq true", "lineLead"},
		{roles, "isCustom eq false", "owner,workspace-owner,viewer,operator"},

		{users, "id eq '" + finn + "'", "finnOBrien"},
		{users, "name/full eq 'Finn O''Brien'", "finnOBrien"},
		{users, "name/full eq 'finn o''brien'", ""},
		{users, "badgeId eq 'KN011' or badgeId eq 'JW010'", "jonasWeber,kavyaNair"},
		{users, "badgeId eq ''", ""}, // those without a badge have none to compare
		{users, "email/verified eq false", "elifDemir,hiroTanaka"},
		{users, "email/verified eq true", "amaraOkafor,brunoKeller,chloeMartin,finnOBrien,ingridSolberg"},
		{users, "globalRoleId eq 'owner'", "amaraOkafor"},
		{users, "workspaceRoleAssignments/any(x:x/userRoleId eq 'viewer')", "finnOBrien,hiroTanaka"},
		{users, "workspaceRoleAssignments/any(a:a/workspaceId eq 'LAB')", "finnOBrien"},
		{users, "workspaceRoleAssignments/any( r : r/userRoleId eq '" + lineLead + "' ) or globalRoleId eq 'owner'", "amaraOkafor,chloeMartin,finnOBrien"},
		{users, "  id  eq  '" + finn + "'  ", "finnOBrien"},
	} {
		if got := get(t, srv, filtered(tc.path, tc.filter)).ids(t); got != tc.ids {
			t.Errorf("%s\ngot  %s\nwant %s", tc.filter, got, tc.ids)
		}
	}
	if got := get(t, srv, users+"?filter=email%2Fverified+eq+true&search=solberg").ids(t); got != "ingridSolberg" {
		t.Errorf("with search: %s", got)
	}
}

func TestWrongFilters(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	for path, tests := range map[string]struct {
		code    string
		filters []string
	}{
		usersOf: {"users.invalidFilter", []string{
			"", " ", "userId", "userId eq", "userId eq ", "userId eq x", "userId eq 'x", "userId eq x'", "userId eq 'a'b'", `userId eq "x"`, `userId eq 'O\'Brien'`,
			"userId eq 'x' or", "userId eq 'x' or ", "or userId eq 'x'", "userId eq 'x'or userId eq 'y'", "userId eq 'x' oruserId eq 'y'",
			"userId eq 'x' and userId eq 'y'", "userId ne 'x'", "userId EQ 'x'", "userId eq 'x' OR userId eq 'y'", "not userId eq 'x'",
			"userId in ('x','y')", "(userId eq 'x')", "contains(userId,'x')", "userId eq null", "userId eq true", "userId eq 1", "userIdeq 'x'", "userId eq'x'",
			"'x' eq userId", "userid eq 'x'", "id eq 'x'", "userGroupId eq 'x'", "userId\teq 'x'", "workspaceRoleAssignments/any(x:x/userRoleId eq 'viewer')",
		}},
		groupsOf: {"userGroups.invalidFilter", []string{"userId eq 'x'", "id eq 'x'"}},
		groups:   {"userGroups.invalidFilter", []string{"name eq 'x'", "userGroupId eq 'x'", "archived eq true"}},
		roles: {"generic.invalidParams", []string{
			"isCustom eq 'true'", "isCustom eq True", "isCustom eq truex", "isCustom eq true or isCustom eq false", "id eq 'owner'", "name eq 'Owner'",
		}},
		users: {"users.invalidFilter", []string{
			"email/address eq 'x'", "email eq 'x'", "email/verified eq 'true'", "name eq 'x'",
			"workspaceRoleAssignments eq 'x'", "workspaceRoleAssignments/any()", "workspaceRoleAssignments/any", "workspaceRoleAssignments/any(",
			"workspaceRoleAssignments/any(x)", "workspaceRoleAssignments/any(x:x)", "workspaceRoleAssignments/any(x:x/userRoleId)",
			"workspaceRoleAssignments/any(x:y/userRoleId eq 'viewer')", "workspaceRoleAssignments/any(:/userRoleId eq 'viewer')",
			"workspaceRoleAssignments/any(x:x/name eq 'viewer')", "workspaceRoleAssignments/any(x:x/userRoleId eq 'viewer'",
			"workspaceRoleAssignments/any(x:x/userRoleId eq true)", "workspaceRoleAssignments/any(x/userRoleId eq 'viewer')",
			"workspaceRoleAssignments/all(x:x/userRoleId eq 'viewer')", "workspaceRoleAssignments/Any(x:x/userRoleId eq 'viewer')",
			"workspaceRoleAssignments/any(x:x/userRoleId eq 'viewer' and x/workspaceId eq 'LAB')",
			"workspaceRoleAssignments/any(x:x/userRoleId eq 'viewer' or x/workspaceId eq 'LAB')", "roles/any(x:x/userRoleId eq 'viewer')",
		}},
	} {
		for _, filter := range tests.filters {
			if res := get(t, srv, filtered(path, filter)); res.status != 400 {
				t.Errorf("%s %q: %d %s", path, filter, res.status, res.body)
			} else {
				res.wantError(t, 400, tests.code)
			}
		}
	}
}

func TestUsersWithoutOr(t *testing.T) {
	t.Parallel()
	srv := guessing(t, tuliptest.Guesses{UsersWithoutOr: true})
	get(t, srv, filtered(users, "id eq 'a' or id eq 'b'")).wantError(t, 400, "users.invalidFilter")
	if got := get(t, srv, filtered(users, "id eq '"+finn+"'")).ids(t); got != "finnOBrien" {
		t.Error(got)
	}
	if got := get(t, srv, filtered(usersOf, "userId eq 'a' or userId eq '"+grace+"'")).ids(t); got != "graceMwangi" {
		t.Error(got)
	}
}
