package usergroupstest_test

import (
	"strings"
	"testing"

	"github.com/usergroups-go/usergroups/usergroupstest"
)

func TestDetailedSourcesCount(t *testing.T) {
	t.Parallel()
	srv := newServer(t, usergroupstest.WithOrg(mixed()), usergroupstest.WithGuesses(usergroupstest.Guesses{DetailedSourcesCount: true}))
	body := get(t, srv, groupsPath+"?include=sources_count").body
	want := `"sources_count":{"territories":3,"roles":2,"groups":1,"users":{"inactive":2,"deleted":1,"active":1}}`
	if !strings.Contains(body, want) || !strings.Contains(body, `"sources_count":{}`) {
		t.Error(body)
	}
}

func TestSourcesCount(t *testing.T) {
	t.Parallel()
	org := mixed()
	for id, src := range map[string]usergroupstest.Source{
		"23": {Type: "roles", ID: "31"},
		"24": {Type: "teams", ID: "51"},
		"25": {Type: "users", ID: "12"},
	} {
		org.Groups = append(org.Groups, usergroupstest.Group{ID: id, Name: id, Sources: []usergroupstest.Source{src}})
	}
	const all = `{"territories":3,"roles":2,"groups":1,"users":{"inactive":2,"deleted":1,"active":1}}`
	for _, omitting := range []bool{false, true} {
		srv := newServer(t, usergroupstest.WithOrg(org),
			usergroupstest.WithGuesses(usergroupstest.Guesses{SourcesCountOmitsZeros: omitting, UnlistedUsers: true}))
		for id, want := range map[string][2]string{
			"21": {all, all},
			"23": {`{"territories":0,"roles":1,"groups":0,"users":{"inactive":0,"deleted":0,"active":0}}`, `{"roles":1}`},
			"24": {`{"territories":0,"roles":0,"groups":0,"users":{"inactive":0,"deleted":0,"active":0}}`, `{}`},
			"25": {
				`{"territories":0,"roles":0,"groups":0,"users":{"inactive":1,"deleted":0,"active":0}}`,
				`{"users":{"inactive":1,"deleted":0,"active":0}}`,
			},
		} {
			body := want[0]
			if omitting {
				body = want[1]
			}
			get(t, srv, groupsPath+"/"+id+"/actions/sources_count").want(t, 200, `{"sources_count":[`+body+`]}`)
		}
		get(t, srv, groupsPath+"/22/actions/sources_count").want(t, 204, "")
	}
}
