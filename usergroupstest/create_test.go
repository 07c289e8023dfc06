package usergroupstest_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/usergroups-go/usergroups/usergroupstest"
)

func TestCreateGroup(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	res := post(t, srv, groupsPath, `{"user_groups":[{"name":"test group","description":"my group","sources":[
		{"source":{"name":"ignored","id":"`+amara+`"},"type":"users"},
		{"source":{"id":"`+rep+`"},"type":"roles","subordinates":true},
		{"source":{"id":"`+dach+`"},"type":"territories","subordinates":false,"sub_territories":null},
		{"source":{"id":"`+sales+`"},"type":"groups"}]}]}`)
	groups := srv.Groups()
	if len(groups) != 7 {
		t.Fatalf("%d groups after %d %s", len(groups), res.status, res.body)
	}
	created := groups[6]
	res.want(t, 201, `{"user_groups":[{"code":"SUCCESS","details":{"id":"`+created.ID+`"},"message":"User Group Created successfully","status":"success"}]}`)

	if created.ID == "" || strings.Trim(created.ID, "0123456789") != "" {
		t.Errorf("id %q", created.ID)
	}
	if created.Name != "test group" || created.Description != "my group" || created.CreatedBy != amara ||
		created.CreatedTime.IsZero() || !created.ModifiedTime.IsZero() {
		t.Errorf("%+v", created)
	}
	want := []usergroupstest.Source{
		{Type: "users", ID: amara},
		{Type: "roles", ID: rep, Subordinates: new(true)},
		{Type: "territories", ID: dach, Subordinates: new(false)},
		{Type: "groups", ID: sales},
	}
	if !reflect.DeepEqual(created.Sources, want) {
		t.Errorf("sources %+v", created.Sources)
	}
	if got := get(t, srv, groupsPath+"/"+created.ID).names(t); got != "test group" {
		t.Errorf("the new group reads %q", got)
	}
}

// oneUser is a valid value of sources.
const oneUser = `[{"type":"users","source":{"id":"` + amara + `"}}]`

func TestCreateGroupIsRefused(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	source := func(s string) string {
		return `{"name":"new","sources":[{"type":"users","source":{"id":"` + amara + `"}},` + s + `]}`
	}
	long := strings.Repeat("é", 251)
	many := "[" + strings.Repeat(`{"type":"users","source":{"id":"`+amara+`"}},`, 200) + `{"type":"users","source":{"id":"` + amara + `"}}]`

	for _, tc := range []struct{ item, code, apiName, path, more string }{
		{`{"sources":` + oneUser + `}`, "MANDATORY_NOT_FOUND", "name", ".name", ""},
		{`{"name":null,"sources":` + oneUser + `}`, "MANDATORY_NOT_FOUND", "name", ".name", ""},
		{`{"name":"","sources":` + oneUser + `}`, "MANDATORY_NOT_FOUND", "name", ".name", ""},
		{`{"Name":"new","sources":` + oneUser + `}`, "MANDATORY_NOT_FOUND", "name", ".name", ""},
		{`{"name":7,"sources":` + oneUser + `}`, "INVALID_DATA", "name", ".name", `,"expected_data_type":"string"`},
		{`{"name":"` + long + `","sources":` + oneUser + `}`, "INVALID_DATA", "name", ".name", `,"maximum_length":250`},
		{`{"name":"sALES","sources":` + oneUser + `}`, "DUPLICATE_DATA", "name", ".name", ""},
		{`{"name":"new","description":"` + long + `","sources":` + oneUser + `}`, "INVALID_DATA", "description", ".description", `,"maximum_length":250`},
		{`{"name":"new","description":{},"sources":` + oneUser + `}`, "INVALID_DATA", "description", ".description", `,"expected_data_type":"string"`},
		{`{"name":"new"}`, "MANDATORY_NOT_FOUND", "sources", ".sources", ""},
		{`{"name":"new","sources":null}`, "MANDATORY_NOT_FOUND", "sources", ".sources", ""},
		{`{"name":"new","sources":[]}`, "MANDATORY_NOT_FOUND", "sources", ".sources", ""},
		{`{"name":"new","sources":{}}`, "INVALID_DATA", "sources", ".sources", `,"expected_data_type":"jsonarray"`},
		{`{"name":"new","sources":` + many + `}`, "INVALID_DATA", "sources", ".sources", `,"maximum_length":200`},
		{source(`7`), "INVALID_DATA", "sources", ".sources[1]", `,"expected_data_type":"jsonobject"`},
		{source(`{"source":{"id":"1"}}`), "MANDATORY_NOT_FOUND", "type", ".sources[1].type", ""},
		{source(`{"type":"teams","source":{"id":"1"}}`), "INVALID_DATA", "type", ".sources[1].type", ""},
		{source(`{"type":"users"}`), "MANDATORY_NOT_FOUND", "source", ".sources[1].source", ""},
		{source(`{"type":"users","source":{}}`), "MANDATORY_NOT_FOUND", "id", ".sources[1].source.id", ""},
		{source(`{"type":"users","source":"1"}`), "MANDATORY_NOT_FOUND", "id", ".sources[1].source.id", ""},
		{source(`{"type":"users","source":{"id":"` + nobody + `"}}`), "INVALID_DATA", "id", ".sources[1].source.id", ""},
		{source(`{"type":"roles","source":{"id":"` + amara + `"}}`), "INVALID_DATA", "id", ".sources[1].source.id", ""},
		{source(`{"type":"territories","source":{"id":"` + amara + `"}}`), "INVALID_DATA", "id", ".sources[1].source.id", ""},
		{source(`{"type":"groups","source":{"id":"` + amara + `"}}`), "INVALID_DATA", "id", ".sources[1].source.id", ""},
		{source(`{"type":"users","source":{"id":` + amara + `}}`), "INVALID_DATA", "id", ".sources[1].source.id", ""},
		{source(`{"type":"roles","source":{"id":"` + rep + `"},"subordinates":"true"}`), "INVALID_DATA", "subordinates", ".sources[1].subordinates", `,"expected_data_type":"boolean"`},
		{source(`{"type":"territories","source":{"id":"` + dach + `"},"sub_territories":1}`), "INVALID_DATA", "sub_territories", ".sources[1].sub_territories", `,"expected_data_type":"boolean"`},
	} {
		post(t, srv, groupsPath, `{"user_groups":[`+tc.item+`]}`).wantItemError(t, tc.code,
			fmt.Sprintf(`{"api_name":%q,"json_path":"$.user_groups[0]%s"%s}`, tc.apiName, tc.path, tc.more))
	}
	if n := len(srv.Groups()); n != 6 {
		t.Errorf("%d groups", n)
	}

	// The longest that is allowed.
	limit := strings.Repeat("é", 250)
	res := post(t, srv, groupsPath, `{"user_groups":[{"name":"`+limit+`","description":"`+limit+`","sources":`+
		strings.Replace(many, `{"type":"users","source":{"id":"`+amara+`"}},`, "", 1)+`}]}`)
	if res.status != 201 {
		t.Errorf("%d %s", res.status, res.body)
	}
}

func TestCreateEnvelopes(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	const item = `{"name":"new","sources":` + oneUser + `}`
	for body, want := range map[string]struct{ code, details string }{
		``:                             {"INVALID_DATA", `{}`},
		`{`:                            {"INVALID_DATA", `{}`},
		`null`:                         {"INVALID_DATA", `{}`},
		`[` + item + `]`:               {"INVALID_DATA", `{}`},
		`{"user_groups":[]}x`:          {"INVALID_DATA", `{}`},
		`{}`:                           {"MANDATORY_NOT_FOUND", `{"api_name":"user_groups","json_path":"$.user_groups"}`},
		`{"user_groups": null }`:       {"MANDATORY_NOT_FOUND", `{"api_name":"user_groups","json_path":"$.user_groups"}`},
		`{"user_groups":[]}`:           {"INVALID_DATA", `{"api_name":"user_groups","json_path":"$.user_groups","expected_data_type":"jsonarray"}`},
		`{"user_groups":` + item + `}`: {"INVALID_DATA", `{"api_name":"user_groups","json_path":"$.user_groups","expected_data_type":"jsonarray"}`},
		`{"user_groups":[` + item + `,` + item + `]}`: {"INVALID_DATA", `{"api_name":"user_groups","json_path":"$.user_groups","maximum_length":1}`},
	} {
		post(t, srv, groupsPath, body).wantError(t, 400, want.code, want.details)
	}
	res := post(t, srv, groupsPath, `{"user_groups":[7]}`)
	res.want(t, 400, `{"user_groups":[{"code":"INVALID_DATA","details":{"api_name":"user_groups","json_path":"$.user_groups[0]","expected_data_type":"jsonobject"},"message":"invalid data","status":"error"}]}`)

	tooMuch := `{"user_groups":"` + strings.Repeat("x", 1<<20) + `"}`
	if res := post(t, srv, groupsPath, tooMuch); res.status != 413 {
		t.Errorf("too much: status %d, error %v", res.status, res.err)
	}
}

func TestCreateSeveral(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	item := func(name string) string { return `{"name":"` + name + `","sources":` + oneUser + `}` }
	const path = "/crm/v9/settings/user_groups"

	// The third collides with the first of the same request.
	res := post(t, srv, path, `{"user_groups":[`+item("one")+`,`+item("two")+`,`+item("ONE")+`]}`)
	var got struct {
		UserGroups []struct {
			Status  string
			Details map[string]any
		} `json:"user_groups"`
	}
	res.decode(t, &got)
	if res.status != 207 || len(got.UserGroups) != 3 {
		t.Fatalf("%d %s", res.status, res.body)
	}
	for i, want := range []string{"success", "success", "error"} {
		if got.UserGroups[i].Status != want {
			t.Errorf("item %d: %+v", i, got.UserGroups[i])
		}
	}
	if p := got.UserGroups[2].Details["json_path"]; p != "$.user_groups[2].name" {
		t.Errorf("json_path %v", p)
	}

	if res := post(t, srv, path, `{"user_groups":[`+item("three")+`,`+item("four")+`]}`); res.status != 201 {
		t.Errorf("all good: %d %s", res.status, res.body)
	}
	if res := post(t, srv, path, `{"user_groups":[`+item("three")+`,`+item("four")+`]}`); res.status != 400 {
		t.Errorf("all bad: %d %s", res.status, res.body)
	}
	eleven := strings.TrimSuffix(strings.Repeat(item("x")+",", 11), ",")
	post(t, srv, path, `{"user_groups":[`+eleven+`]}`).wantError(t, 400, "INVALID_DATA",
		`{"api_name":"user_groups","json_path":"$.user_groups","maximum_length":10}`)
}
