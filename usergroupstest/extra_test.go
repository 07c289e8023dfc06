package usergroupstest_test

import (
	"encoding/json"
	"testing"

	"github.com/usergroups-go/usergroups/usergroupstest"
)

func TestExtraKeys(t *testing.T) {
	t.Parallel()
	extra := map[string]json.RawMessage{
		"since": json.RawMessage(`"R&D <1>"`), "a key": json.RawMessage(`{"n": [1, null]}`), "note": json.RawMessage(`null`),
	}
	org := small()
	org.Groups[0].Sources = []usergroupstest.Source{
		{Type: "roles", ID: "31", Subordinates: new(true), Extra: extra}, {Type: "users", ID: "11"},
	}
	const (
		path    = groupsPath + "/21"
		head    = `{"source":{"name":"CEO","id":"31"},"type":"roles","subordinates":true`
		tail    = `},{"source":{"name":"Ann","id":"11"},"type":"users"}],"info":{"per_page":200,"count":2,"page":1,"more_records":false}}`
		seeded  = head + `,"a key":{"n":[1,null]},"note":null,"since":"R&D <1>"`
		changed = head + `,"a key":7,"note":null,"since":"R&D <1>"`
	)
	role := entry("roles", "31", `,"a key":7,"other":8,"A key":9`)
	for reading, want := range map[usergroupstest.PutSources]string{
		usergroupstest.PutMerges:   changed,
		usergroupstest.PutReplaces: `{"source":{"name":"CEO","id":"31"},"type":"roles","subordinates":false,"a key":7`,
	} {
		srv := newServer(t, usergroupstest.WithOrg(org),
			usergroupstest.WithGuesses(usergroupstest.Guesses{Put: reading, StaleSources: 1}))
		get(t, srv, path+"/sources").want(t, 200, `{"sources":[`+seeded+tail)
		// A key that a source has is no key that another has.
		put(t, srv, path, update(role, entry("users", "11", `,"since":1`)))
		get(t, srv, path+"/sources").want(t, 200, `{"sources":[`+seeded+tail) // those before the PUT
		get(t, srv, path+"/sources").want(t, 200, `{"sources":[`+want+tail)
	}
	// What is sent back as it came stays.
	srv := newServer(t, usergroupstest.WithOrg(org), usergroupstest.WithGuesses(usergroupstest.Guesses{Put: usergroupstest.PutReplaces}))
	put(t, srv, path, update(seeded+"}", entry("users", "11", "")))
	get(t, srv, path+"/sources").want(t, 200, `{"sources":[`+seeded+tail)

	post(t, srv, groupsPath, `{"user_groups":[{"name":"new","sources":[`+role+`]}]}`)
	groups := srv.Groups()
	if src := groups[len(groups)-1].Sources; len(src) != 1 || src[0].Extra != nil {
		t.Errorf("a new group has %+v", src)
	}
}

func TestExtraKeysAreCopies(t *testing.T) {
	t.Parallel()
	extra := map[string]json.RawMessage{"a": json.RawMessage(`1`)}
	srv := newServer(t)
	srv.AddGroup(usergroupstest.Group{ID: "21", Name: "x", Sources: []usergroupstest.Source{{Type: "users", ID: amara, Extra: extra}}})
	extra["a"][0] = '2'
	extra["b"] = json.RawMessage(`3`)
	g, _ := srv.Group("21")
	if got := g.Sources[0].Extra; len(got) != 1 || string(got["a"]) != "1" {
		t.Errorf("the caller changes it to %s", got)
	}
	g.Sources[0].Extra["a"][0] = '4'
	if g, _ = srv.Group("21"); string(g.Sources[0].Extra["a"]) != "1" {
		t.Errorf("the reader changes it to %s", g.Sources[0].Extra)
	}
}

func TestExtraKeysPanic(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	for key, value := range map[string]string{"a": "", "b": "{", "c": "1 2", "type": "1", "subordinates": "true", "_delete": "true"} {
		g := usergroupstest.Group{Name: "x", Sources: []usergroupstest.Source{
			{Type: "users", ID: amara}, {Type: "users", ID: lukas, Extra: map[string]json.RawMessage{key: json.RawMessage(value)}},
		}}
		if !panics(func() { srv.AddGroup(g) }) {
			t.Errorf("AddGroup takes %q: %q", key, value)
		}
		if !panics(func() { usergroupstest.WithOrg(usergroupstest.Org{Groups: []usergroupstest.Group{g}}) }) {
			t.Errorf("WithOrg takes %q: %q", key, value)
		}
	}
}
