package usergroupstest_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/usergroups-go/usergroups/usergroupstest"
)

func TestCountUsers(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	// The numbers of the table above SampleOrg.
	get(t, srv, countPath).want(t, 200, `{"associated_users_count":[`+
		`{"user_group":{"name":"Leadership","id":"5550000000004001"},"count":3},`+
		`{"user_group":{"name":"Sales","id":"5550000000004002"},"count":7},`+
		`{"user_group":{"name":"R&D","id":"5550000000004003"},"count":4},`+
		`{"user_group":{"name":"DACH Partners","id":"5550000000004004"},"count":3},`+
		`{"user_group":{"name":"EMEA Field","id":"5550000000004005"},"count":7},`+
		`{"user_group":{"name":"All Hands","id":"5550000000004006"},"count":12}],`+
		`"info":{"per_page":200,"count":6,"page":1,"more_records":false}}`)
}

func TestExpansion(t *testing.T) {
	t.Parallel()
	org := usergroupstest.Org{
		Users: []usergroupstest.User{
			{ID: "11", RoleID: "31"},
			{ID: "12", RoleID: "32"},
			{ID: "13", RoleID: "33", TerritoryIDs: []string{"41"}},
			{ID: "14", TerritoryIDs: []string{"42"}},
			{ID: "15", RoleID: "33", Status: "deleted"},
			{ID: "16", TerritoryIDs: []string{"43", "99"}},
		},
		// A chain of roles that bites its own tail, and one of territories that does so too.
		Roles: []usergroupstest.Role{
			{ID: "31", ReportsTo: "33"}, {ID: "32", ReportsTo: "31"}, {ID: "33", ReportsTo: "32"},
		},
		Territories: []usergroupstest.Territory{
			{ID: "41", Parent: "43"}, {ID: "42", Parent: "41"}, {ID: "43", Parent: "42"},
		},
	}
	for _, tc := range []struct {
		what    string
		sources []usergroupstest.Source
		want    int
	}{
		{"nothing", nil, 0},
		{"unknown ids", []usergroupstest.Source{
			{Type: "users", ID: "99"}, {Type: "roles", ID: "99"}, {Type: "groups", ID: "99"}, {Type: "territories", ID: "99"}, {Type: "x", ID: "11"},
		}, 0},
		{"a user twice", []usergroupstest.Source{{Type: "users", ID: "11"}, {Type: "users", ID: "11"}}, 1},
		{"a user and their role", []usergroupstest.Source{{Type: "users", ID: "11"}, {Type: "roles", ID: "31"}}, 1},
		{"a role", []usergroupstest.Source{{Type: "roles", ID: "33"}}, 2},
		{"a role, flag off", []usergroupstest.Source{{Type: "roles", ID: "31", Subordinates: new(false)}}, 1},
		{"a role and all below, in a circle", []usergroupstest.Source{{Type: "roles", ID: "31", Subordinates: new(true)}}, 4},
		{"a role, then with all below", []usergroupstest.Source{{Type: "roles", ID: "32"}, {Type: "roles", ID: "31", Subordinates: new(true)}}, 4},
		{"a territory", []usergroupstest.Source{{Type: "territories", ID: "41"}}, 1},
		{"a territory, subordinates", []usergroupstest.Source{{Type: "territories", ID: "41", Subordinates: new(true)}}, 3},
		{"a territory, sub_territories", []usergroupstest.Source{{Type: "territories", ID: "41", SubTerritories: new(true)}}, 3},
		{"a territory in the middle of the circle", []usergroupstest.Source{{Type: "territories", ID: "43", SubTerritories: new(true)}}, 3},
		{"a territory, flags off", []usergroupstest.Source{{Type: "territories", ID: "41", Subordinates: new(false), SubTerritories: new(false)}}, 1},
		{"sub_territories of a role mean nothing", []usergroupstest.Source{{Type: "roles", ID: "31", SubTerritories: new(true)}}, 1},
		{"a group in a circle", []usergroupstest.Source{{Type: "groups", ID: "21"}, {Type: "groups", ID: "22"}, {Type: "users", ID: "11"}}, 2},
	} {
		org.Groups = []usergroupstest.Group{
			{ID: "21", Name: "tested", Sources: tc.sources},
			{ID: "22", Name: "other", Sources: []usergroupstest.Source{{Type: "groups", ID: "21"}, {Type: "users", ID: "14"}}},
		}
		srv := newServer(t, usergroupstest.WithOrg(org))
		want := fmt.Sprintf(`{"user_group":{"name":"tested","id":"21"},"count":%d}`, tc.want)
		if body := get(t, srv, countPath).body; !strings.Contains(body, want) {
			t.Errorf("%s: no %s in %s", tc.what, want, body)
		}
	}
}

func TestGroupsOfUser(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	loner := srv.AddUser(usergroupstest.User{Name: "New Comer"})
	for user, want := range map[string]string{
		amara: "Leadership,All Hands",
		lukas: "Leadership,Sales,EMEA Field,All Hands",
		hanna: "Sales,DACH Partners,EMEA Field,All Hands",
		diego: "R&D,All Hands", // deleted, but still a member
		loner: "",
	} {
		if got := get(t, srv, "/crm/v8/users/"+user+"/actions/associated_groups").names(t); got != want {
			t.Errorf("user %s: got %q, want %q", user, got, want)
		}
	}
	get(t, srv, "/crm/v7/users/"+amara+"/actions/associated_groups?page=2&per_page=1").want(t, 200, `{"user_groups":[`+
		`{"created_time":"2024-04-08T10:00:12+05:30","modified_time":null,"name":"All Hands","modified_by":null,`+
		`"description":"The monthly meeting","id":"5550000000004006","created_by":{"name":"Amara Okafor","id":"5550000000001001"}}],`+
		`"info":{"per_page":1,"count":1,"page":2,"more_records":false}}`)
}
