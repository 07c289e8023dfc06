package usergroupstest_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/usergroups-go/usergroups/usergroupstest"
)

func TestListGroups(t *testing.T) {
	t.Parallel()
	srv := newServer(t, usergroupstest.WithOrg(usergroupstest.Org{
		Users: []usergroupstest.User{{ID: "11", Name: "Patricia Boyle"}},
		Groups: []usergroupstest.Group{
			{
				ID: "21", Name: "R&D", Description: "groups API",
				// 18:46:00.9 UTC is 00:16 on the next day in the organisation.
				CreatedTime: time.Date(2022, 11, 20, 18, 46, 0, 900_000_000, time.UTC), CreatedBy: "11",
				ModifiedTime: time.Date(2022, 11, 21, 13, 21, 46, 0, time.UTC), ModifiedBy: "11",
			},
			{ID: "22", Name: "plain", CreatedTime: time.Date(2022, 11, 23, 9, 59, 12, 0, time.UTC)},
		},
	}))
	get(t, srv, groupsPath).want(t, 200, `{"user_groups":[`+
		`{"created_time":"2022-11-21T00:16:00+05:30","modified_time":"2022-11-21T18:51:46+05:30","name":"R&D",`+
		`"modified_by":{"name":"Patricia Boyle","id":"11"},"description":"groups API","id":"21",`+
		`"created_by":{"name":"Patricia Boyle","id":"11"}},`+
		`{"created_time":"2022-11-23T15:29:12+05:30","modified_time":null,"name":"plain",`+
		`"modified_by":null,"description":null,"id":"22",`+
		`"created_by":{"name":"Patricia Boyle","id":"11"}}],`+
		`"info":{"per_page":200,"count":2,"page":1,"more_records":false}}`)
}

func TestListGroupsIsEmpty(t *testing.T) {
	t.Parallel()
	srv := newServer(t, usergroupstest.WithOrg(usergroupstest.Org{}))
	get(t, srv, groupsPath).want(t, 204, "")
	get(t, srv, countPath).want(t, 204, "")
}

func TestListGroupsByName(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	for query, want := range map[string]string{
		"name=Sales":       "Sales",
		"name=R%26D":       "R&D",
		"name=All%20Hands": "All Hands",
		"name=All+Hands":   "All Hands",
		"name=Sale":        "",
		"name=sales":       "",
		"name=Sales&filters=" + escape(`{"field":{"api_name":"name"},"comparator":"equal","value":"R&D"}`): "",
	} {
		if got := get(t, srv, groupsPath+"?"+query).names(t); got != want {
			t.Errorf("%s: got %q, want %q", query, got, want)
		}
	}
}

func TestPaging(t *testing.T) {
	t.Parallel()
	var org usergroupstest.Org
	for i := range 401 {
		org.Groups = append(org.Groups, usergroupstest.Group{Name: fmt.Sprintf("g%03d", i)})
	}
	org.Users = []usergroupstest.User{{ID: amara}}
	org.Groups[0].Sources = []usergroupstest.Source{{Type: "users", ID: amara}}
	srv := newServer(t, usergroupstest.WithOrg(org))

	for _, path := range []string{groupsPath, countPath} {
		for _, tc := range []struct {
			query                string
			perPage, count, page int
			more                 bool
			first                string
		}{
			{"", 200, 200, 1, true, "g000"},
			{"?page=2", 200, 200, 2, true, "g200"},
			{"?page=3", 200, 1, 3, false, "g400"},
			{"?per_page=1", 1, 1, 1, true, "g000"},
			{"?per_page=1&page=401", 1, 1, 401, false, "g400"},
			{"?per_page=200&page=2", 200, 200, 2, true, "g200"},
			{"?per_page=100&page=5", 100, 1, 5, false, "g400"},
		} {
			res := get(t, srv, path+tc.query)
			info := fmt.Sprintf(`"info":{"per_page":%d,"count":%d,"page":%d,"more_records":%t}`, tc.perPage, tc.count, tc.page, tc.more)
			if names := strings.Split(res.names(t), ","); len(names) != tc.count || names[0] != tc.first {
				t.Errorf("%s%s: %d groups from %s on", path, tc.query, len(names), names[0])
			}
			if !strings.Contains(res.body, info) {
				t.Errorf("%s%s: no %s", path, tc.query, info)
			}
		}
		for _, query := range []string{"?page=4", "?page=402&per_page=1", "?page=2147483647"} {
			get(t, srv, path+query).want(t, 204, "")
		}
	}
	get(t, srv, "/crm/v8/users/"+amara+"/actions/associated_groups?page=2").want(t, 204, "")

	for _, path := range []string{groupsPath, countPath, "/crm/v8/users/" + amara + "/actions/associated_groups"} {
		for _, value := range []string{"0", "-1", "x", "", "1.5", "%2B1", "99999999999999999999"} {
			get(t, srv, path+"?page="+value).wantError(t, 400, "INVALID_DATA", `{"param_name":"page"}`)
			get(t, srv, path+"?per_page="+value).wantError(t, 400, "INVALID_DATA", `{"param_name":"per_page"}`)
		}
		get(t, srv, path+"?per_page=201").wantError(t, 400, "INVALID_DATA", `{"param_name":"per_page"}`)
	}
}

// mixed is an organisation with one group of every kind of source.
func mixed() usergroupstest.Org {
	return usergroupstest.Org{
		Users: []usergroupstest.User{
			{ID: "11", Name: "Ann"},
			{ID: "12", Name: "Bob", Status: "inactive"},
			{ID: "13", Name: "Cy", Status: "deleted"},
			{ID: "14", Name: "Di", Status: "disabled"},
		},
		Roles:       []usergroupstest.Role{{ID: "31", Name: "CEO"}, {ID: "32", Name: "Manager"}},
		Territories: []usergroupstest.Territory{{ID: "41", Name: "North"}, {ID: "42", Name: "South"}, {ID: "43", Name: "West"}},
		Groups: []usergroupstest.Group{
			{ID: "21", Name: "mixed", Sources: []usergroupstest.Source{
				{Type: "users", ID: "11"},
				{Type: "users", ID: "12"},
				{Type: "users", ID: "13"},
				{Type: "users", ID: "14"},
				{Type: "roles", ID: "31"},
				{Type: "roles", ID: "32", Subordinates: new(true)},
				{Type: "territories", ID: "41"},
				{Type: "territories", ID: "42", Subordinates: new(false)},
				{Type: "territories", ID: "43", SubTerritories: new(true)},
				{Type: "groups", ID: "22"},
			}},
			{ID: "22", Name: "empty"},
		},
	}
}

func TestInclude(t *testing.T) {
	t.Parallel()
	srv := newServer(t, usergroupstest.WithOrg(mixed()))
	const (
		count   = `"sources_count":{"territories":3,"roles":2,"groups":1,"users":4}`
		sources = `"sources":[` +
			`{"source":{"name":"Ann","id":"11"},"type":"users"},{"source":{"name":"Bob","id":"12"},"type":"users"},` +
			`{"source":{"name":"Cy","id":"13"},"type":"users"},{"source":{"name":"Di","id":"14"},"type":"users"},` +
			`{"source":{"name":"CEO","id":"31"},"type":"roles","subordinates":false},` +
			`{"source":{"name":"Manager","id":"32"},"type":"roles","subordinates":true},` +
			`{"source":{"name":"North","id":"41"},"type":"territories"},` +
			`{"source":{"name":"South","id":"42"},"type":"territories","subordinates":false},` +
			`{"source":{"name":"West","id":"43"},"type":"territories","sub_territories":true},` +
			`{"source":{"name":"empty","id":"22"},"type":"groups"}]`
	)
	for _, path := range []string{groupsPath, groupsPath + "/21", "/crm/v8/users/11/actions/associated_groups"} {
		for _, tc := range []struct {
			query          string
			count, sources bool
		}{
			{"", false, false},
			{"?include=sources_count", true, false},
			{"?include=sources", false, true},
			{"?include=sources%2Csources_count", true, true},
			{"?include=sources_count,sources", true, true},
		} {
			body := get(t, srv, path+tc.query).body
			if strings.Contains(body, count) != tc.count || strings.Contains(body, sources) != tc.sources {
				t.Errorf("%s%s: %s", path, tc.query, body)
			}
		}
		for _, value := range []string{"members", "", "sources,", "Sources"} {
			get(t, srv, path+"?include="+value).wantError(t, 400, "INVALID_DATA", `{"param_name":"include"}`)
		}
	}

	// A group of nothing has an empty object and an empty list.
	body := get(t, srv, groupsPath+"/22?include=sources,sources_count").body
	if !strings.Contains(body, `"sources_count":{}`) || !strings.Contains(body, `"sources":[]`) {
		t.Error(body)
	}
	// On v6 the groups of a user know no include, not even a wrong one.
	body = get(t, srv, "/crm/v6/users/11/actions/associated_groups?include=sources,x").body
	if !strings.Contains(body, `"name":"mixed"`) || strings.Contains(body, `"sources`) {
		t.Error(body)
	}
}

func TestGetGroup(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	get(t, srv, groupsPath+"/"+rAndD).want(t, 200, `{"user_groups":[`+
		`{"created_time":"2024-01-16T11:02:12+05:30","modified_time":null,"name":"R&D","modified_by":null,`+
		`"description":"Research and development","id":"5550000000004003",`+
		`"created_by":{"name":"Amara Okafor","id":"5550000000001001"}}]}`)
}

func TestUnknownIDs(t *testing.T) {
	t.Parallel()
	const badPath = `{"code":"INVALID_URL_PATTERN","details":{},"message":"Please check if the URL trying to access is a correct one","status":"error"}`
	invalid := func(index int) string {
		return fmt.Sprintf(`{"code":"INVALID_DATA","details":{"resource_path_index":%d},"message":"the related id given seems to be invalid","status":"error"}`, index)
	}
	for _, tc := range []struct {
		guess            int
		get, other, user int
	}{
		{0, 204, 400, 400},
		{204, 204, 400, 400},
		{400, 400, 400, 400},
		{404, 404, 404, 404},
	} {
		srv := newServer(t, usergroupstest.WithGuesses(usergroupstest.Guesses{UnknownID: tc.guess}))
		body := func(status, index int) string {
			return map[int]string{204: "", 400: invalid(index), 404: badPath}[status]
		}
		get(t, srv, groupsPath+"/"+nobody).want(t, tc.get, body(tc.get, 2))
		del(t, srv, groupsPath+"/"+nobody).want(t, tc.other, body(tc.other, 2))
		get(t, srv, groupsPath+"/"+nobody+"/sources").want(t, tc.other, body(tc.other, 2))
		get(t, srv, groupsPath+"/"+nobody+"/actions/sources_count").want(t, tc.other, body(tc.other, 2))
		put(t, srv, groupsPath+"/"+nobody, newGroup).want(t, tc.other, body(tc.other, 2))
		get(t, srv, "/crm/v8/users/"+nobody+"/actions/associated_groups").want(t, tc.user, body(tc.user, 1))
	}
}

func TestOrganisationWithoutPeople(t *testing.T) {
	t.Parallel()
	srv := newServer(t, usergroupstest.WithOrg(usergroupstest.Org{
		Groups: []usergroupstest.Group{{ID: "21", Name: "empty", ModifiedBy: "99"}},
	}))
	body := get(t, srv, groupsPath).body
	if !strings.Contains(body, `"created_by":null`) || !strings.Contains(body, `"modified_by":{"name":"","id":"99"}`) {
		t.Error(body)
	}
}
