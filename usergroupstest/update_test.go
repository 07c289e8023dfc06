package usergroupstest_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/usergroups-go/usergroups/usergroupstest"
)

func updated(id string) string {
	return `{"code":"SUCCESS","details":{"id":"` + id + `"},"message":"User Group Updated successfully","status":"success"}`
}

func TestUpdateGroup(t *testing.T) {
	t.Parallel()
	srv := newServer(t, usergroupstest.WithOrg(small()))
	const path = groupsPath + "/21"
	created, _ := srv.Group("21")
	srv.Advance(time.Hour)
	for _, tc := range []struct{ item, name, description string }{
		{`{"name":"new name","sources":[` + entry("users", "11", "") + `]}`, "new name", "of all"},
		{`{"name":"NEW name","sources":[` + entry("users", "11", "") + `],"description":"other"}`, "NEW name", "other"},
		{`{"id":"21","name":"NEW name","sources":[` + entry("users", "11", "") + `],"description":""}`, "NEW name", ""},
		{`{"id":null,"name":"some","sources":[` + entry("users", "11", "") + `],"description":"back"}`, "some", "back"},
		{`{"name":"some","sources":[` + entry("users", "11", "") + `],"description":null}`, "some", ""},
		{`{"name":"some","sources":[` + entry("users", "11", "") + `]}`, "some", ""},
	} {
		srv.Advance(time.Minute)
		before := srv.Now().Truncate(time.Second)
		put(t, srv, path, `{"user_groups":[`+tc.item+`]}`).want(t, 200, `{"user_groups":[`+updated("21")+`]}`)
		g, _ := srv.Group("21")
		if g.Name != tc.name || g.Description != tc.description {
			t.Errorf("%s makes it %q, %q", tc.item, g.Name, g.Description)
		}
		if g.ModifiedTime.Before(before) || g.ModifiedTime.After(srv.Now()) || g.ModifiedBy != "11" ||
			!g.CreatedTime.Equal(created.CreatedTime) || g.CreatedBy != created.CreatedBy {
			t.Errorf("%s makes it %+v at %v", tc.item, g, before)
		}
	}
	if got := made(t, srv, "21"); got != "users 11, roles 31 s=true, territories 41 t=true" {
		t.Errorf("it is made of %s", got)
	}
	if got := get(t, srv, groupsPath).names(t); got != "some,others" {
		t.Errorf("listed: %s", got)
	}
}

func TestUpdateGroupIsRefused(t *testing.T) {
	t.Parallel()
	srv := newServer(t, usergroupstest.WithOrg(small()))
	const path = groupsPath + "/21"
	ann := entry("users", "11", "")
	many := strings.Repeat(ann+",", 200) + ann
	source := func(s string) string { return `{"name":"x","sources":[` + entry("users", "12", "") + `,` + s + `]}` }
	for _, tc := range []struct{ item, code, apiName, path, more string }{
		{`7`, "INVALID_DATA", "user_groups", "", `,"expected_data_type":"jsonobject"`},
		{`{"sources":[` + ann + `]}`, "MANDATORY_NOT_FOUND", "name", ".name", ""},
		{`{"name":"OTHERS","sources":[` + ann + `]}`, "DUPLICATE_DATA", "name", ".name", ""},
		{`{"name":"x"}`, "MANDATORY_NOT_FOUND", "sources", ".sources", ""},
		{`{"name":"x","source":[` + ann + `]}`, "MANDATORY_NOT_FOUND", "sources", ".sources", ""},
		{`{"name":"x","sources":[]}`, "MANDATORY_NOT_FOUND", "sources", ".sources", ""},
		{`{"name":"x","sources":[` + many + `]}`, "INVALID_DATA", "sources", ".sources", `,"maximum_length":200`},
		{`{"name":"x","sources":[` + ann + `],"description":7}`, "INVALID_DATA", "description", ".description", `,"expected_data_type":"string"`},
		{`{"name":"x","sources":[` + ann + `],"id":"22"}`, "INVALID_DATA", "id", ".id", ""},
		{`{"name":"x","sources":[` + ann + `],"id":21}`, "INVALID_DATA", "id", ".id", ""},
		{source(`7`), "INVALID_DATA", "sources", ".source[1]", `,"expected_data_type":"jsonobject"`},
		{source(`{"source":{"id":"11"}}`), "MANDATORY_NOT_FOUND", "type", ".source[1].type", ""},
		{source(entry("teams", "11", "")), "INVALID_DATA", "type", ".source[1].type", ""},
		{source(entry("teams", "11", `,"_delete":true`)), "INVALID_DATA", "type", ".source[1].type", ""},
		{source(`{"type":"users"}`), "MANDATORY_NOT_FOUND", "source", ".source[1].source", ""},
		{source(`{"type":"users","source":{}}`), "MANDATORY_NOT_FOUND", "id", ".source[1].id", ""},
		{source(entry("users", "99", "")), "INVALID_DATA", "id", ".source[1].id", ""},
		{source(`{"type":"users","source":{"id":11},"_delete":true}`), "INVALID_DATA", "id", ".source[1].id", ""},
		{source(entry("users", "11", `,"_delete":1`)), "INVALID_DATA", "_delete", ".source[1]._delete", `,"expected_data_type":"boolean"`},
		{source(entry("roles", "31", `,"subordinates":"true"`)), "INVALID_DATA", "subordinates", ".source[1].subordinates", `,"expected_data_type":"boolean"`},
		{source(entry("territories", "41", `,"sub_territories":1`)), "INVALID_DATA", "sub_territories", ".source[1].sub_territories", `,"expected_data_type":"boolean"`},
	} {
		put(t, srv, path, `{"user_groups":[`+tc.item+`]}`).wantItemError(t, tc.code,
			fmt.Sprintf(`{"api_name":%q,"json_path":"$.user_groups[0]%s"%s}`, tc.apiName, tc.path, tc.more))
	}
	put(t, srv, path, `[]`).wantError(t, 400, "INVALID_DATA", `{}`)
	put(t, srv, path, `{"user_groups":[{},{}]}`).wantError(t, 400, "INVALID_DATA",
		`{"api_name":"user_groups","json_path":"$.user_groups","maximum_length":1}`)
	put(t, srv, groupsPath+"/99", `{"user_groups":[]}`).wantError(t, 400, "INVALID_DATA", `{"resource_path_index":2}`)

	g, _ := srv.Group("21")
	if g.Name != "some" || g.Description != "of all" || !g.ModifiedTime.IsZero() || g.ModifiedBy != "" ||
		made(t, srv, "21") != "users 11, roles 31 s=true, territories 41 t=true" {
		t.Errorf("it has become %+v", g)
	}
}

func TestUpdateGroups(t *testing.T) {
	t.Parallel()
	item := func(id, name string) string {
		return `{"id":"` + id + `","name":"` + name + `","sources":[` + entry("users", "11", "") + `]}`
	}
	srv := newServer(t, usergroupstest.WithOrg(small()))
	refused := func(code, apiName string, i int, message string) string {
		return fmt.Sprintf(`{"code":%q,"details":{"api_name":%q,"json_path":"$.user_groups[%d].%s"},"message":%q,"status":"error"}`,
			code, apiName, i, apiName, message)
	}
	// The second one takes the name that the first one gives up.
	put(t, srv, groupsPath, `{"user_groups":[`+item("21", "first")+`,`+item("22", "some")+`]}`).
		want(t, 200, `{"user_groups":[`+updated("21")+`,`+updated("22")+`]}`)
	put(t, srv, groupsPath, `{"user_groups":[`+item("99", "x")+`,`+item("22", "First")+`,{"name":"x"},`+item("21", "one")+`]}`).
		want(t, 207, `{"user_groups":[`+refused("INVALID_DATA", "id", 0, "invalid data")+`,`+
			refused("DUPLICATE_DATA", "name", 1, "A user group with the same name already exists.")+`,`+
			refused("MANDATORY_NOT_FOUND", "id", 2, "required field not found")+`,`+updated("21")+`]}`)
	put(t, srv, groupsPath, `{"user_groups":[{}]}`).wantItemError(t, "MANDATORY_NOT_FOUND", `{"api_name":"id","json_path":"$.user_groups[0].id"}`)
	put(t, srv, groupsPath, `{"user_groups":[`+item("22", "x")+`,{"id":"22","name":"x","sources":[{}]}]}`).
		want(t, 207, `{"user_groups":[`+updated("22")+`,{"code":"MANDATORY_NOT_FOUND","details":{"api_name":"type","json_path":"$.user_groups[1].source[0].type"},"message":"required field not found","status":"error"}]}`)
	if got := get(t, srv, groupsPath).names(t); got != "one,x" {
		t.Errorf("they are %s", got)
	}
}

func TestItemsPerUpdate(t *testing.T) {
	t.Parallel()
	for guess, limit := range map[int]int{0: 100, 2: 2} {
		srv := newServer(t, usergroupstest.WithGuesses(usergroupstest.Guesses{ItemsPerUpdate: guess}))
		items := strings.Repeat(`,{"id":"`+sales+`","name":"Sales","sources":`+oneUser+`}`, limit+1)
		put(t, srv, groupsPath, `{"user_groups":[`+items[1:]+`]}`).wantError(t, 400, "INVALID_DATA",
			fmt.Sprintf(`{"api_name":"user_groups","json_path":"$.user_groups","maximum_length":%d}`, limit))
		if res := put(t, srv, groupsPath, `{"user_groups":[`+items[1:strings.LastIndex(items, `,{"id"`)]+`]}`); res.status != 200 {
			t.Errorf("%d items: %d %s", limit, res.status, res.body)
		}
	}
}

func TestMixedUpdate(t *testing.T) {
	t.Parallel()
	good := `{"id":"` + sales + `","name":"Sales","sources":` + oneUser + `}`
	for guess, status := range map[int]int{0: 207, 200: 200, 201: 201, 400: 400} {
		srv := newServer(t, usergroupstest.WithGuesses(usergroupstest.Guesses{MixedStatus: guess}))
		for items, want := range map[string]int{good + ",{}": status, good: 200, "{},{}": 400} {
			if res := put(t, srv, groupsPath, `{"user_groups":[`+items+`]}`); res.status != want {
				t.Errorf("MixedStatus %d: got %d %s, want %d", guess, res.status, res.body, want)
			}
		}
	}
}

// An answer that is still being written has nothing in common with the group.
func TestUpdateAtOnce(t *testing.T) {
	t.Parallel()
	srv := newServer(t, usergroupstest.WithOrg(small()))
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			flag := fmt.Sprintf(`,"subordinates":%t`, i%2 == 0)
			if res := put(t, srv, groupsPath+"/21", update(entry("roles", "31", flag))); res.status != 200 {
				t.Errorf("%d %s", res.status, res.body)
			}
			get(t, srv, groupsPath+"?include=sources")
			srv.Group("21")
		})
	}
	wg.Wait()
}
