package usergroupstest_test

import (
	"strings"
	"testing"

	"github.com/usergroups-go/usergroups/usergroupstest"
)

func groupedCountsOf(group string) string {
	return groupsPath + "/" + group + "/associated_users/actions/grouped_counts"
}

func TestGroupedCounts(t *testing.T) {
	t.Parallel()
	org := mixed()
	org.Users = append(org.Users, usergroupstest.User{ID: "15", RoleID: "31"}, usergroupstest.User{ID: "16"})
	srv := newServer(t, usergroupstest.WithOrg(org))
	of := func(group string) string { return groupedCountsOf(group) + "?group_by=status" }

	// Ann by name and 15 through the role; 16 is no member.
	get(t, srv, of("21")).want(t, 200, `{"grouped_counts":[{"status":"active","count":2},{"status":"inactive","count":1},`+
		`{"status":"deleted","count":1},{"status":"disabled","count":1}],`+
		`"info":{"per_page":200,"count":4,"page":1,"more_records":false}}`)
	get(t, srv, of("21")+"&per_page=3&page=2").want(t, 200, `{"grouped_counts":[{"status":"disabled","count":1}],`+
		`"info":{"per_page":3,"count":1,"page":2,"more_records":false}}`)
	get(t, srv, of("22")).want(t, 204, "")
	get(t, srv, of("21")+"&page=2").want(t, 204, "")
	get(t, srv, of("21")+"&page=0").wantError(t, 400, "INVALID_DATA", `{"param_name":"page"}`)

	get(t, srv, groupedCountsOf("21")).wantError(t, 400, "REQUIRED_PARAM_MISSING", `{"param_name":"group_by"}`)
	for _, value := range []string{"", "role", "Status", "status,role"} {
		get(t, srv, groupedCountsOf("21")+"?group_by="+value).wantError(t, 400, "INVALID_DATA", `{"param_name":"group_by"}`)
	}

	srv.AddUser(usergroupstest.User{ID: "15", RoleID: "31", Status: "inactive"})
	if body := get(t, srv, of("21")).body; !strings.Contains(body, `{"status":"active","count":1},{"status":"inactive","count":2}`) {
		t.Error(body)
	}

	for scope, status := range map[string]int{
		"ZohoCRM.settings.user_groups.READ": 200, "ZohoCRM.settings.user_groups.ALL": 200, "ZohoCRM.users.ALL": 401,
	} {
		if res := send(t, "GET", srv.URL+of("21"), srv.IssueToken(scope), ""); res.status != status {
			t.Errorf("%s: %d %s", scope, res.status, res.body)
		}
	}
}

// The counts came with v7: to v6 the path is unknown, with any method.
func TestGroupedCountsBeforeV7(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	for version, status := range map[string]int{"v6": 404, "v7": 200, "v8": 200, "v9": 200} {
		path := strings.Replace(groupedCountsOf(sales), "v8", version, 1) + "?group_by=status"
		if res := get(t, srv, path); res.status != status {
			t.Errorf("%s: %d %s", version, res.status, res.body)
		}
	}
	del(t, srv, strings.Replace(groupedCountsOf(sales), "v8", "v6", 1)).wantError(t, 404, "INVALID_URL_PATTERN", `{}`)
}

func TestGuessesOfGroupedCounts(t *testing.T) {
	t.Parallel()
	type guesses = usergroupstest.Guesses
	const noGroup = `400 {"code":"INVALID_DATA","details":{"resource_path_index":2},"message":"the related id given seems to be invalid","status":"error"}`
	var (
		ofSales  = getting(groupedCountsOf(sales) + "?group_by=status")
		ofNobody = getting(groupedCountsOf(nobody) + "?group_by=status")
		beyond   = "?group_by=status&page=2"
	)
	testGuesses(t, []guessTest{
		{guesses: guesses{Info: usergroupstest.InfoCountIsOne}, ask: ofSales, has: `"info":{"per_page":200,"count":1,"page":1,"more_records":false}`},
		{guesses: guesses{PageBeyondEnd: usergroupstest.BeyondEndEmptyList}, ask: getting(groupedCountsOf(sales) + beyond), has: `{"grouped_counts":[],"info":`},
		{guesses: guesses{PageBeyondEnd: usergroupstest.BeyondEndEmptyList}, ask: func(t *testing.T, srv *usergroupstest.Server) answer {
			return get(t, srv, groupedCountsOf(srv.AddGroup(usergroupstest.Group{Name: "empty"}))+beyond)
		}, has: `{"grouped_counts":[],"info":`},
		{guesses: guesses{}, ask: ofNobody, want: noGroup},
		{guesses: guesses{UnknownID: 204}, ask: ofNobody, want: noGroup},
		{guesses: guesses{UnknownID: 404}, ask: ofNobody, has: `"code":"INVALID_URL_PATTERN"`},
	})
}
