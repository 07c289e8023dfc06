package usergroupstest_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/usergroups-go/usergroups/usergroupstest"
)

// sourceIDs returns the ids of a list of sources, joined with commas; "" stands
// for a 204 without a body.
func (a answer) sourceIDs(t *testing.T) string {
	t.Helper()
	if a.status == 204 && a.body == "" && a.err == nil {
		return ""
	}
	var list struct {
		Sources []struct{ Source struct{ ID string } }
	}
	a.decode(t, &list)
	if a.status != 200 || len(list.Sources) == 0 {
		t.Fatalf("%d %s", a.status, a.body)
	}
	var ids []string
	for _, src := range list.Sources {
		ids = append(ids, src.Source.ID)
	}
	return strings.Join(ids, ",")
}

func TestListSources(t *testing.T) {
	t.Parallel()
	org := mixed()
	org.Groups[0].Sources = append(org.Groups[0].Sources,
		usergroupstest.Source{Type: "teams", ID: "51", Subordinates: new(true)}, usergroupstest.Source{Type: "users", ID: "99"})
	srv := newServer(t, usergroupstest.WithOrg(org))
	const path = groupsPath + "/21/sources"
	get(t, srv, path).want(t, 200, `{"sources":[`+
		`{"source":{"name":"Ann","id":"11"},"type":"users"},{"source":{"name":"Bob","id":"12"},"type":"users"},`+
		`{"source":{"name":"Cy","id":"13"},"type":"users"},{"source":{"name":"Di","id":"14"},"type":"users"},`+
		`{"source":{"name":"CEO","id":"31"},"type":"roles","subordinates":false},`+
		`{"source":{"name":"Manager","id":"32"},"type":"roles","subordinates":true},`+
		`{"source":{"name":"North","id":"41"},"type":"territories"},`+
		`{"source":{"name":"South","id":"42"},"type":"territories","subordinates":false},`+
		`{"source":{"name":"West","id":"43"},"type":"territories","sub_territories":true},`+
		`{"source":{"name":"empty","id":"22"},"type":"groups"},`+
		`{"source":{"name":"","id":"51"},"type":"teams","subordinates":true},`+
		`{"source":{"name":"","id":"99"},"type":"users"}],`+
		`"info":{"per_page":200,"count":12,"page":1,"more_records":false}}`)
	get(t, srv, path+"?type=territories&per_page=2&page=2").want(t, 200,
		`{"sources":[{"source":{"name":"West","id":"43"},"type":"territories","sub_territories":true}],`+
			`"info":{"per_page":2,"count":1,"page":2,"more_records":false}}`)
	for query, want := range map[string]string{
		"?type=users":                     "11,12,13,14,99",
		"?type=roles":                     "31,32",
		"?type=groups":                    "22",
		"?type=territories":               "41,42,43",
		"?type=users&user_type=active":    "11",
		"?type=users&user_type=inactive":  "12,14",
		"?type=users&user_type=deleted":   "13,99",
		"?type=roles&user_type=deleted":   "31,32",
		"?user_type=active":               "11,31,32,41,42,43,22,51",
		"?user_type=deleted":              "13,31,32,41,42,43,22,51,99",
		"?per_page=5&page=3":              "51,99",
		"?per_page=5&page=4":              "",
		"?type=users&per_page=2&page=3":   "99",
		"?type=groups&per_page=1&page=2":  "",
		"?user_type=active&per_page=3":    "11,31,32",
		"?include=sources&filters=whatso": "11,12,13,14,31,32,41,42,43,22,51,99", // neither is a parameter of it
	} {
		if got := get(t, srv, path+query).sourceIDs(t); got != want {
			t.Errorf("%s: got %s, want %s", query, got, want)
		}
	}
	if body := get(t, srv, path+"?per_page=5").body; !strings.Contains(body, `"info":{"per_page":5,"count":5,"page":1,"more_records":true}`) {
		t.Error(body)
	}
	get(t, srv, groupsPath+"/22/sources").want(t, 204, "")

	for _, value := range []string{"teams", "Users", "users,roles", ""} {
		get(t, srv, path+"?type="+value).want(t, 400, `{"code":"PATTERN_NOT_MATCHED",`+
			`"details":{"regex":"users|roles|groups|territories","param_name":"type"},"message":"invalid data","status":"error"}`)
	}
	for _, query := range []string{"?user_type=disabled", "?user_type=", "?type=roles&user_type=x"} {
		get(t, srv, path+query).wantError(t, 400, "PATTERN_NOT_MATCHED", `{"regex":"active|inactive|deleted","param_name":"user_type"}`)
	}
	for query, param := range map[string]string{"?page=0": "page", "?per_page=201": "per_page"} {
		get(t, srv, path+query).wantError(t, 400, "INVALID_DATA", `{"param_name":"`+param+`"}`)
	}
}

func TestUnlistedUsers(t *testing.T) {
	t.Parallel()
	srv := newServer(t, usergroupstest.WithOrg(mixed()), usergroupstest.WithGuesses(usergroupstest.Guesses{UnlistedUsers: true}))
	const path = groupsPath + "/21/sources"
	for query, want := range map[string]string{
		"":                               "11,31,32,41,42,43,22",
		"?type=users":                    "11",
		"?type=users&user_type=inactive": "12,14",
		"?type=users&user_type=deleted":  "13",
		"?type=roles":                    "31,32",
	} {
		if got := get(t, srv, path+query).sourceIDs(t); got != want {
			t.Errorf("%s: got %s, want %s", query, got, want)
		}
	}
	if body := get(t, srv, groupsPath+"/21?include=sources,sources_count").body; !strings.Contains(body, `"users":4`) || !strings.Contains(body, "Cy") {
		t.Error(body)
	}
}

func TestStaleSources(t *testing.T) {
	t.Parallel()
	srv := newServer(t, usergroupstest.WithOrg(small()), usergroupstest.WithGuesses(usergroupstest.Guesses{StaleSources: 2}))
	const path = groupsPath + "/21"
	listed := func(want ...string) {
		t.Helper()
		for i, want := range want {
			if got := get(t, srv, path+"/sources").sourceIDs(t); got != want {
				t.Errorf("list %d: got %s, want %s", i, got, want)
			}
		}
	}
	change := func(status int, sources ...string) {
		t.Helper()
		if res := put(t, srv, path, update(sources...)); res.status != status {
			t.Errorf("%d %s", res.status, res.body)
		}
	}
	listed("11,31,41")
	change(200, entry("users", "12", ""))
	if body := get(t, srv, path+"?include=sources").body; !strings.Contains(body, `"id":"12"`) {
		t.Errorf("the group itself is stale: %s", body)
	}
	get(t, srv, path+"/sources?page=0")                   // no list
	listed("11,31,41")                                    // one of two
	change(400, entry("users", "11", `,"_delete":"yes"`)) // not accepted
	listed("11,31,41", "11,31,41,12", "11,31,41,12")

	// What was made of it last but one shows no more.
	change(200, entry("users", "11", `,"_delete":true`))
	listed("11,31,41,12")
	put(t, srv, groupsPath, fmt.Sprintf(`{"user_groups":[{"id":"21","name":"some","sources":[%s]}]}`, entry("users", "12", `,"_delete":true`)))
	listed("31,41,12", "31,41,12", "31,41")

	// Another group, and one with an old id, have nothing to do with it.
	change(200, entry("users", "11", ""))
	get(t, srv, groupsPath+"/22/sources").want(t, 204, "")
	srv.AddGroup(usergroupstest.Group{ID: "21", Name: "some", Sources: []usergroupstest.Source{{Type: "users", ID: "12"}}})
	listed("12", "12")
	change(200, entry("users", "11", ""))
	del(t, srv, path)
	srv.AddGroup(usergroupstest.Group{ID: "21", Name: "some", Sources: []usergroupstest.Source{{Type: "roles", ID: "32"}}})
	listed("32")
}
