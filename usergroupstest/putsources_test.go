package usergroupstest_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/usergroups-go/usergroups/usergroupstest"
)

// made tells what a group is made of, with the flags that are set.
func made(t *testing.T, srv *usergroupstest.Server, id string) string {
	t.Helper()
	g, ok := srv.Group(id)
	if !ok {
		t.Fatalf("there is no group %s", id)
	}
	var parts []string
	for _, src := range g.Sources {
		part := src.Type + " " + src.ID
		if src.Subordinates != nil {
			part += fmt.Sprintf(" s=%t", *src.Subordinates)
		}
		if src.SubTerritories != nil {
			part += fmt.Sprintf(" t=%t", *src.SubTerritories)
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, ", ")
}

// small is an organisation with the group 21 to be changed.
func small() usergroupstest.Org {
	return usergroupstest.Org{
		Users:       []usergroupstest.User{{ID: "11", Name: "Ann"}, {ID: "12", Name: "Bob"}},
		Roles:       []usergroupstest.Role{{ID: "31", Name: "CEO"}, {ID: "32", Name: "Manager"}},
		Territories: []usergroupstest.Territory{{ID: "41", Name: "North"}, {ID: "42", Name: "South"}},
		Groups: []usergroupstest.Group{
			{ID: "21", Name: "some", Description: "of all", Sources: []usergroupstest.Source{
				{Type: "users", ID: "11"},
				{Type: "roles", ID: "31", Subordinates: new(true)},
				{Type: "territories", ID: "41", SubTerritories: new(true)},
			}},
			{ID: "22", Name: "others"},
		},
	}
}

// entry is a source in a body; more is keys after the two that all have.
func entry(kind, id, more string) string {
	return fmt.Sprintf(`{"type":%q,"source":{"id":%q}%s}`, kind, id, more)
}

// update is the body of a PUT that keeps the name of the group 21.
func update(sources ...string) string {
	return `{"user_groups":[{"name":"some","sources":[` + strings.Join(sources, ",") + `]}]}`
}

func TestPutSources(t *testing.T) {
	t.Parallel()
	const (
		before  = "users 11, roles 31 s=true, territories 41 t=true"
		path    = "/crm/v8/settings/user_groups/21"
		gone    = `,"_delete":true`
		refused = "refused"
	)
	duplicate := func(i int) string {
		return fmt.Sprintf(`DUPLICATE_DATA {"api_name":"id","json_path":"$.user_groups[0].source[%d].id"}`, i)
	}
	unknownKey := func(i int) string {
		return fmt.Sprintf(`INVALID_DATA {"api_name":"_delete","json_path":"$.user_groups[0].source[%d]._delete"}`, i)
	}
	badID := func(i int) string {
		return fmt.Sprintf(`INVALID_DATA {"api_name":"id","json_path":"$.user_groups[0].source[%d].id"}`, i)
	}
	for _, tc := range []struct {
		what string
		sent []string
		// By each of the five readings: what the group is made of, or the
		// code and details of the refusal.
		want [5]string
	}{
		{
			"a new one",
			[]string{entry("users", "12", "")},
			[5]string{before + ", users 12", before + ", users 12", "users 12", "users 12", "users 12"},
		},
		{
			"the same ones",
			[]string{entry("users", "11", ""), entry("roles", "31", ""), entry("territories", "41", "")},
			[5]string{
				before, duplicate(0),
				"users 11, roles 31, territories 41", "users 11, roles 31, territories 41", "users 11, roles 31, territories 41",
			},
		},
		{
			"other flags",
			[]string{entry("roles", "31", `,"subordinates":false`), entry("territories", "41", `,"subordinates":true,"sub_territories":null`)},
			[5]string{
				"users 11, roles 31 s=false, territories 41 s=true t=true", duplicate(0),
				"roles 31 s=false, territories 41 s=true", "roles 31 s=false, territories 41 s=true", "roles 31 s=false, territories 41 s=true",
			},
		},
		{
			"one goes",
			[]string{entry("roles", "31", gone)},
			[5]string{"users 11, territories 41 t=true", "users 11, territories 41 t=true", "", "roles 31", unknownKey(0)},
		},
		{
			"one comes, one goes",
			[]string{entry("roles", "32", `,"_delete":null`), entry("users", "11", gone)},
			[5]string{
				"roles 31 s=true, territories 41 t=true, roles 32", "roles 31 s=true, territories 41 t=true, roles 32",
				"roles 32", "roles 32, users 11", unknownKey(0),
			},
		},
		{
			"one is not to go",
			[]string{entry("users", "12", ""), entry("roles", "31", `,"_delete":false`)},
			[5]string{before + ", users 12", duplicate(1), "users 12, roles 31", "users 12, roles 31", unknownKey(1)},
		},
		{
			"all go",
			[]string{entry("users", "11", gone), entry("roles", "31", gone), entry("territories", "41", gone)},
			[5]string{"", "", "", "users 11, roles 31, territories 41", unknownKey(0)},
		},
		{
			"what is not there goes",
			[]string{entry("users", "12", gone)},
			[5]string{before, before, "", "users 12", unknownKey(0)},
		},
		{
			"what is nowhere goes",
			[]string{entry("users", "99", gone)},
			[5]string{before, before, "", badID(0), unknownKey(0)},
		},
		{
			"the same id of another type",
			[]string{entry("roles", "11", gone), entry("users", "12", "")},
			[5]string{before + ", users 12", before + ", users 12", "users 12", badID(0), unknownKey(0)},
		},
		{
			"the same twice",
			[]string{entry("users", "12", ""), entry("users", "12", "")},
			[5]string{before + ", users 12", duplicate(1), "users 12, users 12", "users 12, users 12", "users 12, users 12"},
		},
		{
			"out and in again",
			[]string{entry("roles", "31", gone), entry("roles", "31", "")},
			[5]string{
				"users 11, territories 41 t=true, roles 31", "users 11, territories 41 t=true, roles 31",
				"roles 31", "roles 31, roles 31", unknownKey(0),
			},
		},
		{
			"_delete is a text",
			[]string{entry("users", "12", `,"_delete":"true"`)},
			[5]string{refused, refused, refused, "users 12", unknownKey(0)},
		},
	} {
		for reading, want := range tc.want {
			srv := newServer(t, usergroupstest.WithOrg(small()),
				usergroupstest.WithGuesses(usergroupstest.Guesses{Put: usergroupstest.PutSources(reading)}))
			res := put(t, srv, path, update(tc.sent...))
			if want == refused {
				want = `INVALID_DATA {"api_name":"_delete","json_path":"$.user_groups[0].source[0]._delete","expected_data_type":"boolean"}`
			}
			if code, details, bad := strings.Cut(want, " {"); bad {
				res.wantItemError(t, code, "{"+details)
				want = before
			} else if res.status != 200 {
				t.Errorf("%s, reading %d: %d %s", tc.what, reading, res.status, res.body)
			}
			if got := made(t, srv, "21"); got != want {
				t.Errorf("%s, reading %d:\ngot  %s\nwant %s", tc.what, reading, got, want)
			}
		}
	}
}

func TestPutEmptySources(t *testing.T) {
	t.Parallel()
	for reading, want := range []string{"users 11", "users 11", "", "", ""} {
		guesses := usergroupstest.Guesses{Put: usergroupstest.PutSources(reading)}
		org := small()
		org.Groups[0].Sources = org.Groups[0].Sources[:1]
		srv := newServer(t, usergroupstest.WithOrg(org), usergroupstest.WithGuesses(guesses))
		put(t, srv, groupsPath+"/21", update()).wantItemError(t, "MANDATORY_NOT_FOUND",
			`{"api_name":"sources","json_path":"$.user_groups[0].sources"}`)

		guesses.EmptySources = true
		srv = newServer(t, usergroupstest.WithOrg(org), usergroupstest.WithGuesses(guesses))
		if res := put(t, srv, groupsPath+"/21", update()); res.status != 200 {
			t.Errorf("reading %d: %d %s", reading, res.status, res.body)
		}
		if got := made(t, srv, "21"); got != want {
			t.Errorf("reading %d: got %q, want %q", reading, got, want)
		}
		// A POST does not make a group of nothing.
		post(t, srv, groupsPath, `{"user_groups":[{"name":"new","sources":[]}]}`).wantItemError(t, "MANDATORY_NOT_FOUND",
			`{"api_name":"sources","json_path":"$.user_groups[0].sources"}`)
	}
}

// Merging, what was not sent stays: with one flag, that of the other name too.
func TestOneTerritoryFlag(t *testing.T) {
	t.Parallel()
	srv := newServer(t, usergroupstest.WithOrg(usergroupstest.Org{
		Roles:       small().Roles,
		Territories: small().Territories,
		Groups: []usergroupstest.Group{{ID: "21", Name: "some", Sources: []usergroupstest.Source{
			{Type: "roles", ID: "31", Subordinates: new(true)},
			{Type: "territories", ID: "41", Subordinates: new(true)},
		}}},
	}), usergroupstest.WithGuesses(usergroupstest.Guesses{OneTerritoryFlag: true}))
	const path = groupsPath + "/21"
	listed := func(want string) {
		t.Helper()
		body := get(t, srv, path+"?include=sources").body
		if !strings.Contains(body, want) || !strings.Contains(body, `"type":"roles","subordinates":true}`) {
			t.Errorf("%s has no %s", body, want)
		}
	}
	listed(`{"source":{"name":"North","id":"41"},"type":"territories","sub_territories":true}`)
	for _, tc := range []struct{ sent, made string }{
		{``, "t=true"},
		{`,"sub_territories":false`, "t=false"},
		{`,"subordinates":true`, "t=true"},
		{`,"subordinates":true,"sub_territories":false`, "t=false"},
	} {
		if res := put(t, srv, path, update(entry("territories", "41", tc.sent))); res.status != 200 {
			t.Fatalf("%d %s", res.status, res.body)
		}
		if got := made(t, srv, "21"); got != "roles 31 s=true, territories 41 "+tc.made {
			t.Errorf("after %s: %s", tc.sent, got)
		}
	}
	listed(`{"source":{"name":"North","id":"41"},"type":"territories","sub_territories":false}`)

	// A new group's flags are one as well.
	post(t, srv, groupsPath, `{"user_groups":[{"name":"new","sources":[`+entry("territories", "42", `,"subordinates":false`)+`]}]}`)
	if groups := srv.Groups(); made(t, srv, groups[len(groups)-1].ID) != "territories 42 t=false" {
		t.Errorf("%+v", groups)
	}
}

// What the API lists it takes back, but groups where it knows no groups.
func TestPutTakesBackWhatIsThere(t *testing.T) {
	t.Parallel()
	org := small()
	org.Groups[0].Sources = []usergroupstest.Source{
		{Type: "teams", ID: "51", Subordinates: new(true)}, {Type: "users", ID: "99"}, {Type: "groups", ID: "22"},
	}
	for reading, want := range []string{"teams 51 s=true, users 99, groups 22", "teams 51 s=true, users 99, groups 22, users 12", "teams 51, users 99"} {
		srv := newServer(t, usergroupstest.WithOrg(org),
			usergroupstest.WithGuesses(usergroupstest.Guesses{Put: usergroupstest.PutSources(reading)}))
		sent := []string{entry("teams", "51", ""), entry("users", "99", "")}
		if reading == int(usergroupstest.PutMergesNew) {
			sent = []string{entry("users", "12", "")}
		}
		if res := put(t, srv, groupsPath+"/21", update(sent...)); res.status != 200 {
			t.Errorf("reading %d: %d %s", reading, res.status, res.body)
		}
		if got := made(t, srv, "21"); got != want {
			t.Errorf("reading %d: %s", reading, got)
		}
		for kind, apiName := range map[string]string{"teams": "type", "users": "id", "Teams": "type"} {
			put(t, srv, groupsPath+"/21", update(entry(kind, "98", ""))).wantItemError(t, "INVALID_DATA",
				`{"api_name":"`+apiName+`","json_path":"$.user_groups[0].source[0].`+apiName+`"}`)
		}
		// It is no source of this one.
		put(t, srv, groupsPath+"/22", `{"user_groups":[{"name":"others","sources":[`+entry("teams", "51", "")+`]}]}`).
			wantItemError(t, "INVALID_DATA", `{"api_name":"type","json_path":"$.user_groups[0].source[0].type"}`)
	}

	srv := newServer(t, usergroupstest.WithOrg(org), usergroupstest.WithGuesses(usergroupstest.Guesses{RefuseGroupSources: true}))
	put(t, srv, groupsPath+"/21", update(entry("groups", "22", ""))).wantItemError(t, "INVALID_DATA",
		`{"api_name":"type","json_path":"$.user_groups[0].source[0].type"}`)
}
