package usergroupstest_test

import (
	"fmt"
	"net/http"
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/usergroups-go/usergroups/usergroupstest"
)

// guessTest asks a server with some guesses one thing. What is empty is not
// compared.
type guessTest struct {
	guesses    usergroupstest.Guesses
	ask        asking
	want       string // see summary
	has, lacks string // parts of the body
}

type asking func(t *testing.T, srv *usergroupstest.Server) answer

func getting(path string) asking {
	return func(t *testing.T, srv *usergroupstest.Server) answer { return get(t, srv, path) }
}

func testGuesses(t *testing.T, tests []guessTest) {
	t.Helper()
	for i, test := range tests {
		srv := newServer(t, usergroupstest.WithGuesses(test.guesses))
		res := test.ask(t, srv)
		if got := summary(t, res); test.want != "" && got != test.want {
			t.Errorf("%d, %+v:\ngot  %s\nwant %s", i, test.guesses, got, test.want)
		}
		if !strings.Contains(res.body, test.has) {
			t.Errorf("%d, %+v: %d %s does not have %s", i, test.guesses, res.status, res.body, test.has)
		}
		if test.lacks != "" && strings.Contains(res.body, test.lacks) {
			t.Errorf("%d, %+v: %d %s has %s", i, test.guesses, res.status, res.body, test.lacks)
		}
	}
}

// summary is the status with the names of the groups in a list, or with the
// body of any other answer.
func summary(t *testing.T, res answer) string {
	t.Helper()
	if res.status == http.StatusOK && strings.Contains(res.body, `"info":`) {
		return "200 " + res.names(t)
	}
	return fmt.Sprintf("%d %s", res.status, res.body)
}

func TestGuessesOfLists(t *testing.T) {
	t.Parallel()
	type guesses = usergroupstest.Guesses
	const (
		ofLukas = "/crm/v8/users/" + lukas + "/actions/associated_groups"
		badPage = `400 {"code":"INVALID_DATA","details":{"param_name":"page"},"message":"the page is beyond the last one","status":"error"}`
		tooFar  = `400 {"code":"DISCRETE_PAGINATION_LIMIT_EXCEEDED","details":{"limit":2000},"message":"the page is beyond the records that can be fetched without a page token","status":"error"}`
	)
	firstPage, lastPage := getting(groupsPath+"?per_page=4"), getting(groupsPath+"?per_page=4&page=2")
	testGuesses(t, []guessTest{
		{guesses: guesses{}, ask: getting(groupsPath + "?page=3&per_page=3"), want: "204 "},
		{guesses: guesses{}, ask: getting(countPath + "?page=3&per_page=3"), want: "204 "},
		{
			guesses: guesses{PageBeyondEnd: usergroupstest.BeyondEndEmptyList}, ask: getting(groupsPath + "?page=3&per_page=3"),
			want: "200 ", has: `{"user_groups":[],"info":{"per_page":3,"count":0,"page":3,"more_records":false}}`,
		},
		{
			guesses: guesses{PageBeyondEnd: usergroupstest.BeyondEndEmptyList}, ask: getting(countPath + "?page=3&per_page=3"),
			want: "200 ", has: `{"associated_users_count":[],"info":`,
		},
		{guesses: guesses{PageBeyondEnd: usergroupstest.BeyondEndEmptyList}, ask: getting(ofLukas + "?page=3"), want: "200 "},
		{guesses: guesses{PageBeyondEnd: usergroupstest.BeyondEndEmptyList}, ask: getting(groupsPath + "?name=x"), want: "204 "},
		{guesses: guesses{PageBeyondEnd: usergroupstest.BeyondEndEmptyList}, ask: getting(groupsPath + "?page=2&per_page=5"), want: "200 All Hands"},
		{guesses: guesses{PageBeyondEnd: usergroupstest.BeyondEndInvalid}, ask: getting(groupsPath + "?page=3&per_page=3"), want: badPage},
		{guesses: guesses{PageBeyondEnd: usergroupstest.BeyondEndInvalid}, ask: getting(countPath + "?page=9"), want: badPage},
		{guesses: guesses{PageBeyondEnd: usergroupstest.BeyondEndInvalid}, ask: getting(groupsPath + "?name=x"), want: "204 "},

		{guesses: guesses{}, ask: firstPage, has: `"info":{"per_page":4,"count":4,"page":1,"more_records":true}`},
		{guesses: guesses{Info: usergroupstest.InfoCountIsOne}, ask: firstPage, has: `"info":{"per_page":4,"count":1,"page":1,"more_records":true}`},
		{guesses: guesses{Info: usergroupstest.InfoNulls}, ask: firstPage, has: `"info":{"per_page":null,"count":null,"page":null,"more_records":true}`},
		{guesses: guesses{Info: usergroupstest.InfoNulls}, ask: lastPage, has: `"info":{"per_page":null,"count":null,"page":null,"more_records":null}`},

		{guesses: guesses{}, ask: getting(groupsPath + "?page=11&per_page=200"), want: "204 "},
		{guesses: guesses{PageLimit: true}, ask: getting(groupsPath + "?page=10&per_page=200"), want: "204 "},
		{guesses: guesses{PageLimit: true}, ask: getting(groupsPath + "?page=11"), want: tooFar},
		{guesses: guesses{PageLimit: true}, ask: getting(countPath + "?page=2001&per_page=1"), want: tooFar},

		{guesses: guesses{}, ask: getting(groupsPath + "?per_page=2"), want: "200 Leadership,Sales"},
		{guesses: guesses{NewestFirst: true}, ask: getting(groupsPath + "?per_page=2"), want: "200 All Hands,EMEA Field"},
		{guesses: guesses{NewestFirst: true}, ask: getting(countPath + "?per_page=2&page=3"), want: "200 Sales,Leadership"},
		{guesses: guesses{NewestFirst: true}, ask: getting(ofLukas + "?per_page=1"), want: "200 All Hands"},

		{guesses: guesses{}, ask: getting(ofLukas), want: "200 Leadership,Sales,EMEA Field,All Hands"},
		{guesses: guesses{DirectGroups: true}, ask: getting(ofLukas), want: "200 Leadership"},
	})
}

func TestGuessesOfNamesAndFilters(t *testing.T) {
	t.Parallel()
	type guesses = usergroupstest.Guesses
	const v6Count = "/crm/v6/settings/user_groups/actions/associated_users_count"
	bad := func(param, message string) string {
		return fmt.Sprintf(`400 {"code":"INVALID_DATA","details":{"param_name":%q},"message":%q,"status":"error"}`, param, message)
	}
	badFilter := bad("filters", "The given filters is not a valid json")
	list := func(filter string) asking {
		return getting(groupsPath + "?filters=" + escape(filter))
	}
	count := func(filter string) asking {
		return getting(countPath + "?filters=" + escape(filter))
	}
	sized := func(n int) string { // a filter of n characters, of more bytes
		return compare("name", "equal", strings.Repeat("é", n-len(compare("name", "equal", ""))))
	}
	var (
		sStart = compare("name", "starts_with", "S")
		dHas   = compare("description", "contains", "sell")
		dStart = compare("description", "starts_with", "Every")
		equal  = compare("name", "equal", "Sales")
		or     = combine("or", sStart, compare("name", "starts_with", "L"))
		and    = combine("and", sStart, compare("name", "starts_with", "Sa"))
		upper  = compare("name", "STARTS_WITH", "S")
		nested = combine("and", and)

		noOr       = guesses{Filters: usergroupstest.FiltersWithoutOr}
		documented = guesses{Filters: usergroupstest.FiltersAsDocumented}
		anyCase    = guesses{IgnoreCase: true}
	)
	testGuesses(t, []guessTest{
		{guesses: guesses{}, ask: getting(groupsPath + "?name=EMEA"), want: "204 "},
		{guesses: guesses{NameMatch: usergroupstest.NameStartsWith}, ask: getting(groupsPath + "?name=EMEA"), want: "200 EMEA Field"},
		{guesses: guesses{NameMatch: usergroupstest.NameStartsWith}, ask: getting(groupsPath + "?name=Field"), want: "204 "},
		{guesses: guesses{NameMatch: usergroupstest.NameContains}, ask: getting(groupsPath + "?name=Field"), want: "200 EMEA Field"},
		{guesses: guesses{NameMatch: usergroupstest.NameContains}, ask: getting(groupsPath + "?name=field"), want: "204 "},

		{guesses: guesses{}, ask: getting(groupsPath + "?name=sALES"), want: "204 "},
		{guesses: anyCase, ask: getting(groupsPath + "?name=sALES"), want: "200 Sales"},
		{guesses: guesses{IgnoreCase: true, NameMatch: usergroupstest.NameContains}, ask: getting(groupsPath + "?name=FIELD"), want: "200 EMEA Field"},
		{guesses: anyCase, ask: list(compare("name", "starts_with", "sAL")), want: "200 Sales"},
		{guesses: anyCase, ask: count(compare("description", "contains", "EVERY")), want: "200 Sales"},

		{guesses: guesses{}, ask: list(or), want: "200 Leadership,Sales"},
		{guesses: noOr, ask: list(or), want: badFilter},
		{guesses: noOr, ask: list(combine("and", or)), want: badFilter},
		{guesses: noOr, ask: list(combine("AND", sStart, equal)), want: "200 Sales"},
		{guesses: noOr, ask: list(dHas), want: "200 Sales"},
		{guesses: noOr, ask: count(or), want: "200 Leadership,Sales"},

		{guesses: documented, ask: list(or), want: badFilter},
		{guesses: documented, ask: list(and), want: "200 Sales"},
		{guesses: documented, ask: list(compare("name", "contains", "ale")), want: "200 Sales"},
		{guesses: documented, ask: list(equal), want: badFilter},
		{guesses: documented, ask: list(dStart), want: badFilter},
		{guesses: documented, ask: list(upper), want: badFilter},
		{guesses: documented, ask: list(combine("AND", sStart)), want: badFilter},
		{guesses: documented, ask: list(nested), want: badFilter},
		{guesses: documented, ask: count(or), want: "200 Leadership,Sales"},
		{guesses: documented, ask: count(and), want: "200 Sales"},
		{guesses: documented, ask: count(equal), want: "200 Sales"},
		{guesses: documented, ask: count(dStart), want: "200 Sales"},
		{guesses: documented, ask: count(dHas), want: badFilter},
		{guesses: documented, ask: count(upper), want: badFilter},
		{guesses: documented, ask: count(nested), want: badFilter},

		{guesses: guesses{}, ask: getting(v6Count + "?filters=" + escape(compare("user_group.name", "equal", "Sales"))), want: "200 Sales"},
		{guesses: guesses{PlainFieldsInV6: true}, ask: getting(v6Count + "?filters=" + escape(equal)), want: "200 Sales"},
		{guesses: guesses{PlainFieldsInV6: true}, ask: getting(v6Count + "?filters=" + escape(compare("user_group.name", "equal", "Sales"))), want: badFilter},

		{guesses: guesses{}, ask: list(sized(251)), want: "204 "},
		{guesses: guesses{}, ask: getting(groupsPath + "?name=" + strings.Repeat("x", 251)), want: "204 "},
		{guesses: guesses{EnforceLengths: true}, ask: list(sized(250)), want: "204 "},
		{guesses: guesses{EnforceLengths: true}, ask: list(sized(251)), want: bad("filters", "the filters are longer than 250 characters")},
		{guesses: guesses{EnforceLengths: true}, ask: count(sized(251)), want: bad("filters", "the filters are longer than 250 characters")},
		{guesses: guesses{EnforceLengths: true}, ask: getting(groupsPath + "?name=" + strings.Repeat("%C3%A9", 250)), want: "204 "},
		{guesses: guesses{EnforceLengths: true}, ask: getting(groupsPath + "?name=" + strings.Repeat("x", 251)), want: bad("name", "the name is longer than 250 characters")},
	})
}

func TestGuessesOfGroups(t *testing.T) {
	t.Parallel()
	type guesses = usergroupstest.Guesses
	const (
		one        = groupsPath + "/" + sales
		badInclude = `400 {"code":"INVALID_DATA","details":{"param_name":"include"},"message":"the include given seems to be invalid","status":"error"}`
		sources    = `"sources":[{"source":{"name":"VP Sales","id":"5550000000002002"},"type":"roles","subordinates":true}]`
		count      = `"sources_count":{"roles":1}`
	)
	testGuesses(t, []guessTest{
		{guesses: guesses{}, ask: getting(one + "?include=sources,sources_count"), has: sources},
		{guesses: guesses{}, ask: getting(one + "?include=sources,sources_count"), has: count},
		{guesses: guesses{}, ask: getting(one + "?include=x"), want: badInclude},
		{guesses: guesses{Include: usergroupstest.IncludeOne}, ask: getting(one + "?include=sources,sources_count"), want: badInclude},
		{guesses: guesses{Include: usergroupstest.IncludeOne}, ask: getting(one + "?include=sources"), has: sources},
		{guesses: guesses{Include: usergroupstest.IncludeOne}, ask: getting(one + "?include=sources_count"), has: count},
		{guesses: guesses{Include: usergroupstest.IncludeCountOnly}, ask: getting(one + "?include=sources_count"), has: count},
		{guesses: guesses{Include: usergroupstest.IncludeCountOnly}, ask: getting(one + "?include=sources"), want: badInclude},
		{guesses: guesses{Include: usergroupstest.IncludeCountOnly}, ask: getting(groupsPath + "?include=sources_count,sources_count"), want: badInclude},
		{guesses: guesses{GetIgnoresInclude: true}, ask: getting(one + "?include=sources_count"), has: `"name":"Sales"`, lacks: "sources"},
		{guesses: guesses{GetIgnoresInclude: true}, ask: getting(one + "?include=x"), has: `"name":"Sales"`},
		{guesses: guesses{GetIgnoresInclude: true}, ask: getting(groupsPath + "?include=x"), want: badInclude},

		{guesses: guesses{}, ask: getting(one), has: `"name":"Sales"`, lacks: "sources"},
		{guesses: guesses{SourcesAlways: true}, ask: getting(one), has: sources, lacks: "sources_count"},
		{guesses: guesses{SourcesAlways: true}, ask: getting(groupsPath), has: sources, lacks: "sources_count"},

		{guesses: guesses{}, ask: getting(one), has: `"created_time":"2024-01-15T09:41:12+05:30"`},
		{guesses: guesses{Times: usergroupstest.TimeOneDigitHour}, ask: getting(one), has: `"created_time":"2024-01-15T9:41:12+05:30"`},
		{guesses: guesses{Times: usergroupstest.TimeOneDigitHour}, ask: getting(groupsPath), has: `"created_time":"2024-04-08T10:00:12+05:30"`},
		{guesses: guesses{Times: usergroupstest.TimeUTC}, ask: getting(one), has: `"created_time":"2024-01-15T04:11:12Z"`},
		{guesses: guesses{Times: usergroupstest.TimeUTC}, ask: getting(one), has: `"modified_time":"2024-05-02T10:35:12Z"`},
	})
}

func TestGuessesOfWrites(t *testing.T) {
	t.Parallel()
	type guesses = usergroupstest.Guesses
	group := func(name string) string { return fmt.Sprintf(`{"name":%q,"sources":%s}`, name, oneUser) }
	const v9Groups = "/crm/v9/settings/user_groups"
	creating := func(path string, groups ...string) asking {
		return func(t *testing.T, srv *usergroupstest.Server) answer {
			return post(t, srv, path, `{"user_groups":[`+strings.Join(groups, ",")+`]}`)
		}
	}
	deleting := func(id string) asking {
		return func(t *testing.T, srv *usergroupstest.Server) answer { return del(t, srv, groupsPath+"/"+id) }
	}
	const (
		success   = `"code":"SUCCESS"`
		duplicate = `"code":"DUPLICATE_DATA"`
		deleted   = `200 {"user_groups":[{"code":"SUCCESS","details":{"id":"` + sales + `"},"message":"Group deleted","status":"success"}]}`
		ofGroup   = `{"name":"a","sources":[{"type":"groups","source":{"id":"` + sales + `"}}]}`
		noType    = `400 {"user_groups":[{"code":"INVALID_DATA","details":{"api_name":"type","json_path":"$.user_groups[0].sources[0].type"},"message":"invalid data","status":"error"}]}`
		used      = `400 {"user_groups":[{"code":"ALREADY_USED","details":{"id":"` + sales + `"},"message":"the user group is used elsewhere","status":"error"}]}`
		full      = `400 {"user_groups":[{"code":"LIMIT_REACHED","details":{"limit":6},"message":"the organisation cannot have more user groups","status":"error"}]}`
		tooMany   = `400 {"code":"INVALID_DATA","details":{"api_name":"user_groups","json_path":"$.user_groups","maximum_length":%d},"message":"too many user groups","status":"error"}`
	)
	testGuesses(t, []guessTest{
		{guesses: guesses{}, ask: creating(groupsPath, group("sales")), has: duplicate},
		{guesses: guesses{CaseSensitiveNames: true}, ask: creating(groupsPath, group("sales")), has: success},
		{guesses: guesses{CaseSensitiveNames: true}, ask: creating(groupsPath, group("Sales")), has: duplicate},

		{guesses: guesses{}, ask: creating(groupsPath, ofGroup), has: success},
		{guesses: guesses{RefuseGroupSources: true}, ask: creating(groupsPath, ofGroup), want: noType},
		{guesses: guesses{RefuseGroupSources: true}, ask: creating(groupsPath, group("a")), has: success},

		{guesses: guesses{}, ask: creating(groupsPath, group("a"), group("b")), want: fmt.Sprintf(tooMany, 1)},
		{guesses: guesses{ItemsPerCreate: 2}, ask: creating(groupsPath, group("a"), group("b")), has: success},
		{guesses: guesses{ItemsPerCreate: 2}, ask: creating(v9Groups, group("a"), group("b"), group("c")), want: fmt.Sprintf(tooMany, 2)},

		{guesses: guesses{MaxGroups: 7}, ask: creating(groupsPath, group("a")), has: success},
		{guesses: guesses{MaxGroups: 6}, ask: creating(groupsPath, group("a")), want: full},
		{guesses: guesses{MaxGroups: 7}, ask: creating(v9Groups, group("a"), group("b")), has: `"code":"LIMIT_REACHED"`},

		{guesses: guesses{}, ask: deleting(sales), want: deleted},
		{guesses: guesses{RefuseUsedDeletion: true}, ask: deleting(sales), want: used},
		{guesses: guesses{RefuseUsedDeletion: true}, ask: deleting(leader), has: success},
		{guesses: guesses{RefuseUsedDeletion: true}, ask: func(t *testing.T, srv *usergroupstest.Server) answer {
			id := srv.AddGroup(usergroupstest.Group{Name: "itself", Sources: []usergroupstest.Source{{Type: "groups", ID: "77"}}, ID: "77"})
			return deleting(id)(t, srv)
		}, has: success},
	})

	for guess, status := range map[int]int{0: 207, 200: 200, 201: 201, 207: 207, 400: 400} {
		srv := newServer(t, usergroupstest.WithGuesses(guesses{MixedStatus: guess}))
		for _, test := range []struct {
			groups []string
			status int
		}{
			{[]string{group("a"), group("Sales")}, status},
			{[]string{group("b"), group("c")}, 201},
			{[]string{group("Sales"), group("Sales")}, 400},
		} {
			if res := creating(v9Groups, test.groups...)(t, srv); res.status != test.status {
				t.Errorf("MixedStatus %d: got %d %s, want %d", guess, res.status, res.body, test.status)
			}
		}
	}

	testGuesses(t, []guessTest{
		{guesses: guesses{ScheduledDeletion: true}, ask: deleting(sales), has: `"status":"scheduled"`},
		{guesses: guesses{ScheduledDeletion: true, ScheduledIsSuccess: true}, ask: deleting(sales), has: `"status":"success"`, lacks: `"code":"SUCCESS"`},
		{guesses: guesses{ScheduledDeletion: true, RefuseUsedDeletion: true}, ask: deleting(sales), want: used},
	})
}

func TestWithGuessesPanics(t *testing.T) {
	t.Parallel()
	for _, guesses := range []usergroupstest.Guesses{
		{UnknownID: 500},
		{PageBeyondEnd: -1},
		{PageBeyondEnd: 3},
		{Info: 3},
		{NameMatch: 3},
		{Filters: 3},
		{Include: 3},
		{Times: 3},
		{ItemsPerCreate: -1},
		{ItemsPerUpdate: -1},
		{Put: 5},
		{StaleSources: -1},
		{MaxGroups: -1},
		{MixedStatus: 204},
		{EmptyDetails: 3},
		{ScopeMismatch: 3},
		{UserPathIndex: 3},
	} {
		if !panics(func() { usergroupstest.WithGuesses(guesses) }) {
			t.Errorf("%+v: no panic", guesses)
		}
	}
}

// The package comment has a table of all guesses.
func TestGuessesAreInTheTable(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	for field := range reflect.TypeFor[usergroupstest.Guesses]().Fields() {
		if !regexp.MustCompile(`(?m)^//\t.* ` + field.Name + `\b`).Match(text) {
			t.Errorf("doc.go does not name %s", field.Name)
		}
	}
}

// The option replaces all guesses, it does not add to them.
func TestLastGuessesWin(t *testing.T) {
	t.Parallel()
	srv := newServer(t,
		usergroupstest.WithGuesses(usergroupstest.Guesses{NewestFirst: true}),
		usergroupstest.WithGuesses(usergroupstest.Guesses{SourcesAlways: true}))
	if got := get(t, srv, groupsPath+"?per_page=1").names(t); got != "Leadership" {
		t.Errorf("first is %s", got)
	}
}
