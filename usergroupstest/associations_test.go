package usergroupstest_test

import (
	"strings"
	"testing"

	"github.com/usergroups-go/usergroups/usergroupstest"
)

// used has a group that two things use, and one that nothing does.
func used() usergroupstest.Org {
	return usergroupstest.Org{Groups: []usergroupstest.Group{
		{ID: "21", Name: "used", Associations: []usergroupstest.Association{
			{Type: "data_sharing", ResourceID: "51", ResourceName: "lead sharing", ModuleID: "61", ModuleName: "Leads"},
			{Type: "workflow_rules", ResourceID: "52", ResourceName: "R&D news"},
		}},
		{ID: "22", Name: "unused"},
	}}
}

func associationsOf(group string) string { return groupsPath + "/" + group + "/actions/associations" }

func TestListAssociations(t *testing.T) {
	t.Parallel()
	srv := newServer(t, usergroupstest.WithOrg(used()))
	const list = `{"associations":[` +
		`{"resource":{"name":"lead sharing","id":"51"},"details":{"module":{"api_name":"Leads","id":"61"}},"type":"data_sharing"},` +
		`{"resource":{"name":"R&D news","id":"52"},"details":null,"type":"workflow_rules"}]}`
	get(t, srv, associationsOf("21")).want(t, 200, list)
	get(t, srv, associationsOf("21")+"?page=2&per_page=x").want(t, 200, list) // no parameters
	get(t, srv, associationsOf("22")).want(t, 204, "")

	for scope, status := range map[string]int{
		"ZohoCRM.settings.user_groups.READ": 200, "ZohoCRM.settings.user_groups.ALL": 200, "ZohoCRM.users.ALL": 401,
	} {
		if res := send(t, "GET", srv.URL+associationsOf("21"), srv.IssueToken(scope), ""); res.status != status {
			t.Errorf("%s: %d %s", scope, res.status, res.body)
		}
	}
	srv.DenyPermission(usergroupstest.ManageGroups)
	get(t, srv, associationsOf("21")).wantError(t, 403, "NO_PERMISSION", `{"permissions":"Crm_Implied_Manage_Groups"}`)
}

func TestGuessesOfAssociations(t *testing.T) {
	t.Parallel()
	type guesses = usergroupstest.Guesses
	const noGroup = `400 {"code":"INVALID_DATA","details":{"resource_path_index":2},"message":"the related id given seems to be invalid","status":"error"}`
	ofUsed := func(t *testing.T, srv *usergroupstest.Server) answer {
		srv.AddGroup(used().Groups[0])
		return get(t, srv, associationsOf("21"))
	}
	testGuesses(t, []guessTest{
		{guesses: guesses{}, ask: ofUsed, has: `"details":{"module"`, lacks: `"detail":`},
		{guesses: guesses{DetailKey: true}, ask: ofUsed, has: `"detail":{"module":{"api_name":"Leads","id":"61"}}`, lacks: `"details":`},
		{guesses: guesses{DetailKey: true}, ask: ofUsed, has: `"detail":null`},
		{guesses: guesses{}, ask: getting(associationsOf(nobody)), want: noGroup},
		{guesses: guesses{UnknownID: 204}, ask: getting(associationsOf(nobody)), want: noGroup},
		{guesses: guesses{UnknownID: 400}, ask: getting(associationsOf(nobody)), want: noGroup},
		{guesses: guesses{UnknownID: 404}, ask: getting(associationsOf(nobody)), has: `"code":"INVALID_URL_PATTERN"`},
	})
}

// The server shares no memory with a seed, nor with what it gives back.
func TestAssociationsAreCopied(t *testing.T) {
	t.Parallel()
	org := used()
	srv := newServer(t, usergroupstest.WithOrg(org))
	org.Groups[0].Associations[0].Type = "x"
	group, _ := srv.Group("21")
	group.Associations[0].Type = "y"
	if body := get(t, srv, associationsOf("21")).body; !strings.Contains(body, `"type":"data_sharing"`) {
		t.Error(body)
	}
}
