package tuliptest_test

import (
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/usergroups-go/usergroups/tulip/tuliptest"
)

func TestForms(t *testing.T) {
	t.Parallel()
	const members = groups + "/" + machines + "/users"
	last := members + "?limit=1&offset=2"
	for name, tc := range map[string]struct {
		guesses    tuliptest.Guesses
		path, body string
	}{
		"path": {
			tuliptest.Guesses{Link: tuliptest.LinkPath},
			members + "?limit=1&offset=1",
			`{"items":[{"userId":"graceMwangi000007"}],"count":3,"nextPage":"` + members + `?limit=1&offset=2","prevPage":"` + members + `?limit=1&offset=0"}`,
		},
		"query": {
			tuliptest.Guesses{Link: tuliptest.LinkQuery},
			members + "?limit=1&offset=1",
			`{"items":[{"userId":"graceMwangi000007"}],"count":3,"nextPage":"?limit=1&offset=2","prevPage":"?limit=1&offset=0"}`,
		},
		"null": {
			tuliptest.Guesses{NoLink: tuliptest.NoLinkNull, Link: tuliptest.LinkQuery},
			last,
			`{"items":[{"userId":"hiroTanaka0000008"}],"count":3,"nextPage":null,"prevPage":"?limit=1&offset=1"}`,
		},
		"empty": {
			tuliptest.Guesses{NoLink: tuliptest.NoLinkEmpty, Link: tuliptest.LinkQuery},
			last,
			`{"items":[{"userId":"hiroTanaka0000008"}],"count":3,"nextPage":"","prevPage":"?limit=1&offset=1"}`,
		},
		"count only, null":  {tuliptest.Guesses{NoLink: tuliptest.NoLinkNull}, members + "?limit=0", `{"items":[],"count":3,"nextPage":null,"prevPage":null}`},
		"decimal":           {tuliptest.Guesses{Number: tuliptest.NumberDecimal}, members + "?limit=0", `{"items":[],"count":3.0}`},
		"exponent":          {tuliptest.Guesses{Number: tuliptest.NumberExponent}, members + "?limit=0", `{"items":[],"count":3e0}`},
		"exponent of 12":    {tuliptest.Guesses{Number: tuliptest.NumberExponent}, users + "?limit=0", `{"items":[],"count":12e0}`},
		"exponent of 0":     {tuliptest.Guesses{Number: tuliptest.NumberExponent}, users + "?search=nobody", `{"items":[],"count":0e0}`},
		"decimal of groups": {tuliptest.Guesses{Number: tuliptest.NumberDecimal}, groups + "/nightShift0000005", `{"id":"nightShift0000005","name":"Night shift","assignedUsersCount":4.0}`},
		"no count of users": {tuliptest.Guesses{NoUsersCount: true}, groups + "/nightShift0000005", `{"id":"nightShift0000005","name":"Night shift"}`},
		"empty null":        {tuliptest.Guesses{Empty: tuliptest.EmptyNull}, members + "?limit=0", `{"items":null,"count":3}`},
		"empty absent":      {tuliptest.Guesses{Empty: tuliptest.EmptyAbsent}, members + "?limit=0", `{"count":3}`},
		"absent, with one":  {tuliptest.Guesses{Empty: tuliptest.EmptyAbsent}, members + "?offset=2&limit=1", ""},
		"no count":          {tuliptest.Guesses{NoCount: true}, users + "?limit=0", `{"items":[]}`},
		"at zero": {
			tuliptest.Guesses{ZeroLimitLinks: true, Link: tuliptest.LinkQuery},
			members + "?limit=0&offset=2",
			`{"items":[],"count":3,"nextPage":"?limit=0&offset=2"}`,
		},
		"at zero, at the end": {tuliptest.Guesses{ZeroLimitLinks: true}, members + "?limit=0&offset=3", `{"items":[],"count":3}`},
		"nothing at all":      {tuliptest.Guesses{NoCount: true, Empty: tuliptest.EmptyAbsent}, users + "?limit=0", `{}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := guessing(t, tc.guesses)
			if tc.body == "" {
				tc.body = `{"items":[{"userId":"hiroTanaka0000008"}],"count":3,"prevPage":"` + srv.URL + members + `?limit=1&offset=1"}`
			}
			get(t, srv, tc.path).want(t, 200, tc.body)
		})
	}

	srv := guessing(t, tuliptest.Guesses{Number: tuliptest.NumberExponent})
	for range 8 {
		srv.AddUser(tuliptest.User{})
	}
	get(t, srv, users+"?limit=0").want(t, 200, `{"items":[],"count":2e1}`)
}

func TestLimits(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		guesses         tuliptest.Guesses
		byDefault, most string
	}{
		{tuliptest.Guesses{}, "?limit=10&offset=10", "100"},
		{tuliptest.Guesses{DefaultLimit: 5}, "?limit=5&offset=5", "100"},
		{tuliptest.Guesses{MaxLimit: 3}, "?limit=3&offset=3", "3"},
		{tuliptest.Guesses{DefaultLimit: 2, MaxLimit: 200}, "?limit=2&offset=2", "200"},
	} {
		srv := guessing(t, tc.guesses)
		if got := strings.TrimPrefix(linkText(get(t, srv, users).page(t).NextPage), srv.URL+users); got != tc.byDefault {
			t.Errorf("%+v: nextPage %s", tc.guesses, got)
		}
		get(t, srv, users+"?limit="+tc.most).page(t)
		get(t, srv, users+"?limit="+tc.most+"0").wantError(t, 400, "generic.limitParamBounds")
	}
}

func TestHideArchivedMembers(t *testing.T) {
	t.Parallel()
	srv := guessing(t, tuliptest.Guesses{HideArchivedMembers: true})
	srv.AddMember(machines, nobody) // is not there, hence not archived
	if got := get(t, srv, usersOf).ids(t); got != "brunoKeller,hiroTanaka,nobody" {
		t.Error(got)
	}
	if got := get(t, srv, users+"/"+grace+"/user-groups").ids(t); got != "machineTeam" {
		t.Error(got)
	}
	if res := get(t, srv, groups+"/"+machines); !strings.Contains(res.body, `"assignedUsersCount":3,`) {
		t.Error(res.body)
	}
	if n := *get(t, srv, usersOf+"?limit=1").page(t).Count; n != 3 {
		t.Errorf("count %v", n)
	}
}

func TestGuessesPanic(t *testing.T) {
	t.Parallel()
	for _, g := range []tuliptest.Guesses{
		{DefaultLimit: -1},
		{DefaultLimit: 101},
		{DefaultLimit: 3, MaxLimit: 2},
		{MaxLimit: -1},
		{Link: 3},
		{Link: -1},
		{NoLink: 3},
		{Number: 3},
		{Empty: 3},
	} {
		if !panics(func() { tuliptest.WithGuesses(g) }) {
			t.Errorf("%+v: no panic", g)
		}
	}
}

func TestGuessesAreInTheTable(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, field := range reflect.VisibleFields(reflect.TypeFor[tuliptest.Guesses]()) {
		if !regexp.MustCompile(`(?m)^//\t.* ` + field.Name + `(:|$)`).Match(text) {
			t.Errorf("doc.go does not name %s", field.Name)
		}
	}
}

func TestLastGuessesWin(t *testing.T) {
	t.Parallel()
	srv := newServer(t, tuliptest.WithGuesses(tuliptest.Guesses{NoCount: true}), tuliptest.WithGuesses(tuliptest.Guesses{Empty: tuliptest.EmptyNull}))
	get(t, srv, groups+"?limit=0").want(t, 200, `{"items":null,"count":6}`)
}
