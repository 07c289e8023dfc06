package usergroupstest_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/usergroups-go/usergroups/usergroupstest"
)

func TestListUsers(t *testing.T) {
	t.Parallel()
	srv := newServer(t, usergroupstest.WithOrg(usergroupstest.Org{
		Users: []usergroupstest.User{
			{
				ID: "11", Name: "Patricia Boyle", Email: "patricia@example.com", Alias: "pat", ZUID: "4711", Admin: true, RoleID: "31",
				// 18:46:00.9 UTC is 00:16 on the next day in the organisation.
				CreatedTime:  time.Date(2022, 11, 20, 18, 46, 0, 900_000_000, time.UTC),
				ModifiedTime: time.Date(2022, 11, 21, 13, 21, 46, 0, time.UTC), ModifiedBy: "12",
			},
			{
				ID: "12", Name: "Cher", Email: "cher@example.com", Status: "disabled", Unconfirmed: true, ZUID: "4712", Profile: "Audit",
				CreatedTime: time.Date(2022, 11, 23, 9, 59, 12, 0, time.UTC),
			},
		},
		Roles: []usergroupstest.Role{{ID: "31", Name: "CEO"}},
	}))
	get(t, srv, usersPath).want(t, 200, `{"users":[`+
		`{"id":"11","full_name":"Patricia Boyle","first_name":"Patricia","last_name":"Boyle","email":"patricia@example.com",`+
		`"zuid":"4711","status":"active","confirm":true,"role":{"name":"CEO","id":"31"},`+
		`"profile":{"name":"Administrator","id":"5550000000005001"},"alias":"pat","time_zone":"Asia/Kolkata","locale":"en_IN",`+
		`"created_time":"2022-11-21T00:16:00+05:30","created_by":{"name":"Patricia Boyle","id":"11"},`+
		`"Modified_Time":"2022-11-21T18:51:46+05:30","Modified_By":{"name":"Cher","id":"12"},`+
		`"Isonline":true,"$current_shift":null,"type__s":"Regular User","offset":19800000,`+
		`"theme":{"normal_tab":{"font_color":"#FFFFFF","background":"#1B3A57"},"selected_tab":{"font_color":"#FFFFFF","background":"#1B3A57"},`+
		`"new_background":null,"background":"#F5F5F5","screen":"fixed","type":"default"}},`+
		`{"id":"12","full_name":"Cher","first_name":"Cher","last_name":null,"email":"cher@example.com",`+
		`"zuid":null,"status":"disabled","confirm":false,"role":null,`+
		`"profile":{"name":"Audit","id":"5550000000005002"},"alias":null,"time_zone":"Asia/Kolkata","locale":"en_IN",`+
		`"created_time":"2022-11-23T15:29:12+05:30","created_by":{"name":"Patricia Boyle","id":"11"},`+
		`"Modified_Time":"2022-11-23T15:29:12+05:30","Modified_By":{"name":"Patricia Boyle","id":"11"},`+
		`"Isonline":false,"$current_shift":null,"type__s":"Regular User","offset":19800000}],`+
		`"info":{"per_page":200,"count":2,"page":1,"more_records":false}}`)
}

// typed has users of every type, called by what they are.
func typed() usergroupstest.Org {
	return usergroupstest.Org{Users: []usergroupstest.User{
		{ID: "11", Name: "gone", Status: "deleted", Admin: true},
		{ID: "12", Name: "active"},
		{ID: "13", Name: "invited", Unconfirmed: true},
		{ID: "14", Name: "inactive", Status: "inactive"},
		{ID: "15", Name: "disabled", Status: "disabled", Unconfirmed: true},
		{ID: "16", Name: "admin", Admin: true, Profile: "Owner"},
		{ID: "17", Name: "profile", Profile: "Administrator"},
		{ID: "18", Name: "idle", Status: "inactive", Admin: true},
		{ID: "19", Name: "new", Unconfirmed: true, Admin: true},
	}}
}

func TestUserTypes(t *testing.T) {
	t.Parallel()
	srv := newServer(t, usergroupstest.WithOrg(typed()))
	for query, want := range map[string]string{
		"":                            "active,invited,inactive,disabled,admin,profile,idle,new",
		"?type=AllUsers":              "active,invited,inactive,disabled,admin,profile,idle,new",
		"?type=ActiveUsers":           "active,invited,admin,profile,new",
		"?type=DeactiveUsers":         "inactive,disabled,idle",
		"?type=ConfirmedUsers":        "active,inactive,admin,profile,idle",
		"?type=NotConfirmedUsers":     "invited,disabled,new",
		"?type=DeletedUsers":          "gone",
		"?type=ActiveConfirmedUsers":  "active,admin,profile",
		"?type=AdminUsers":            "admin,profile,idle,new",
		"?type=ActiveConfirmedAdmins": "admin,profile",
		"?type=CurrentUser":           "active",
	} {
		if got := get(t, srv, usersPath+query).names(t); got != want {
			t.Errorf("%s: got %q, want %q", query, got, want)
		}
	}
	for _, name := range []string{"", "Nobody", "allusers", "AllUsers,DeletedUsers"} {
		get(t, srv, usersPath+"?type="+name).wantError(t, 400, "INVALID_DATA", `{"param_name":"type"}`)
	}
}

func TestListUsersIsEmpty(t *testing.T) {
	t.Parallel()
	srv := newServer(t, usergroupstest.WithOrg(usergroupstest.Org{}))
	get(t, srv, usersPath).want(t, 204, "")
	srv.AddUser(usergroupstest.User{Name: "left", Status: "inactive"})
	for _, name := range []string{"CurrentUser", "AdminUsers", "DeletedUsers"} {
		get(t, srv, usersPath+"?type="+name).want(t, 204, "")
	}
}

func TestUsersByID(t *testing.T) {
	t.Parallel()
	srv := newServer(t, usergroupstest.WithOrg(typed()))
	srv.AddUser(usergroupstest.User{ID: "a b", Name: "odd"})
	list := func(n int) string { return strings.Repeat("16,", n-1) + "13" }
	for query, want := range map[string]string{
		"/crm/v8/users?ids=16":                         "admin",
		"/crm/v8/users?ids=16,12":                      "active,admin", // in the order of the list
		"/crm/v8/users?ids=16%2C12,16":                 "active,admin",
		"/crm/v8/users?ids=16,99":                      "admin",
		"/crm/v8/users?ids=99":                         "",
		"/crm/v8/users?ids=11":                         "", // deleted
		"/crm/v8/users?ids=11&type=AllUsers":           "",
		"/crm/v8/users?ids=11&type=CurrentUser":        "",
		"/crm/v6/users?ids=12":                         "active",
		"/crm/v9/users?ids=a+b,12":                     "active,odd",
		"/crm/v8/users?ids=11,12,14&type=DeletedUsers": "gone",
		"/crm/v8/users?ids=" + list(100):               "invited,admin",
	} {
		if got := get(t, srv, query).names(t); got != want {
			t.Errorf("%s: got %q, want %q", query, got, want)
		}
	}
	for _, path := range []string{
		"/crm/v8/users?ids=", "/crm/v8/users?ids=12,", "/crm/v8/users?ids=12,x", "/crm/v8/users?ids=12,+16",
		"/crm/v9/users?ids=", "/crm/v8/users?ids=" + list(101),
	} {
		get(t, srv, path).wantError(t, 400, "INVALID_DATA", `{"param_name":"ids"}`)
	}
}

func TestPagesOfUsers(t *testing.T) {
	t.Parallel()
	var org usergroupstest.Org
	for i := range 201 {
		org.Users = append(org.Users, usergroupstest.User{Name: fmt.Sprintf("u%03d", i)})
	}
	srv := newServer(t, usergroupstest.WithOrg(org))
	for _, tc := range []struct {
		query       string
		count       int
		first, info string
	}{
		{"", 200, "u000", `"info":{"per_page":200,"count":200,"page":1,"more_records":true}`},
		{"?page=2", 1, "u200", `"info":{"per_page":200,"count":1,"page":2,"more_records":false}`},
		{"?page=3&per_page=67", 67, "u134", `"info":{"per_page":67,"count":67,"page":3,"more_records":false}`},
	} {
		res := get(t, srv, usersPath+tc.query)
		if names := strings.Split(res.names(t), ","); len(names) != tc.count || names[0] != tc.first {
			t.Errorf("%q: %d users from %s on", tc.query, len(names), names[0])
		}
		if !strings.Contains(res.body, tc.info) {
			t.Errorf("%q: no %s", tc.query, tc.info)
		}
	}
	get(t, srv, usersPath+"?page=3").want(t, 204, "")
	get(t, srv, usersPath+"?page=0").wantError(t, 400, "INVALID_DATA", `{"param_name":"page"}`)
	get(t, srv, usersPath+"?per_page=201").wantError(t, 400, "INVALID_DATA", `{"param_name":"per_page"}`)
}

func TestUsersNeedAScope(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	for scope, status := range map[string]int{
		"ZohoCRM.users.READ": 200, "ZohoCRM.users.ALL": 200, "ZohoCRM.settings.user_groups.ALL": 401,
	} {
		for _, path := range []string{usersPath, usersPath + "/" + amara, userCountPath} {
			if res := send(t, "GET", srv.URL+path, srv.IssueToken(scope), ""); res.status != status {
				t.Errorf("%s with %s: %d %s", path, scope, res.status, res.body)
			}
		}
	}
}

func TestGetUser(t *testing.T) {
	t.Parallel()
	srv := newServer(t, usergroupstest.WithOrg(dated()))
	srv.AddUser(usergroupstest.User{
		ID: "14", Name: "Di Gone", Email: "di@example.com", Status: "deleted", Unconfirmed: true,
		CreatedTime: time.Date(2024, 3, 4, 12, 0, 0, 0, time.UTC),
	})
	const gone = `{"users":[{"id":"14","full_name":"Di Gone","first_name":"Di","last_name":"Gone","email":"di@example.com",` +
		`"zuid":null,"status":"deleted","confirm":false,"role":null,"profile":{"name":"Standard","id":"5550000000005001"},` +
		`"alias":null,"time_zone":"Asia/Kolkata","locale":"en_IN",` +
		`"created_time":"2024-03-04T17:30:00+05:30","created_by":{"name":"one","id":"11"},` +
		`"Modified_Time":"2024-03-04T17:30:00+05:30","Modified_By":{"name":"one","id":"11"},` +
		`"Isonline":false,"$current_shift":null,"type__s":"Regular User","offset":19800000}]}`
	get(t, srv, usersPath+"/14").want(t, 200, gone)
	getSince(t, srv, usersPath+"/14", "2024-03-04T11:59:59Z").want(t, 200, gone)
	getSince(t, srv, usersPath+"/14", "2024-03-04T12:00:00Z").want(t, 304, "")
	if got := get(t, srv, "/crm/v6/users/11?type=Nobody&page=0").names(t); got != "one" { // parameters of the list
		t.Errorf("got %q", got)
	}
	for id, online := range map[string]string{"11": `"Isonline":true`, "12": `"Isonline":false`} {
		if body := get(t, srv, usersPath+"/"+id).body; !strings.Contains(body, online) {
			t.Errorf("no %s in %s", online, body)
		}
	}
	get(t, srv, "/crm/v9/users/actions").want(t, 204, "") // nobody's id
}

func TestCountUsersOfType(t *testing.T) {
	t.Parallel()
	srv := newServer(t, usergroupstest.WithOrg(typed()))
	for query, want := range map[string]int{
		"": 8, "?type=AllUsers": 8, "?type=ActiveUsers": 5, "?type=DeactiveUsers": 3, "?type=DeletedUsers": 1, "?type=CurrentUser": 1,
	} {
		get(t, srv, userCountPath+query).want(t, 200, fmt.Sprintf(`{"count":%d}`, want))
	}
	get(t, srv, userCountPath+"?type=Nobody").wantError(t, 400, "INVALID_DATA", `{"param_name":"type"}`)

	empty := newServer(t, usergroupstest.WithOrg(usergroupstest.Org{}))
	get(t, empty, userCountPath).want(t, 200, `{"count":0}`)
}

// getSince asks with an If-Modified-Since.
func getSince(t *testing.T, srv *usergroupstest.Server, path, since string) answer {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, srv.URL+path, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Zoho-oauthtoken "+srv.IssueToken())
	req.Header.Set("If-Modified-Since", since)
	return roundTrip(req)
}

// dated has users who came on the 1st, the 2nd and the 3rd at noon in UTC. The
// first was changed half a second past noon on the 5th.
func dated() usergroupstest.Org {
	day := func(n int) time.Time { return time.Date(2024, 3, n, 12, 0, 0, 0, time.UTC) }
	return usergroupstest.Org{Users: []usergroupstest.User{
		{ID: "11", Name: "one", CreatedTime: day(1), ModifiedTime: day(5).Add(time.Second / 2)},
		{ID: "12", Name: "two", CreatedTime: day(2), CreatedBy: "13"},
		{ID: "13", Name: "three", CreatedTime: day(3), Status: "inactive"},
	}}
}

func TestUsersModifiedSince(t *testing.T) {
	t.Parallel()
	const all, unchanged = "one,two,three", "304"
	for _, tc := range []struct {
		since, query string
		want, only   string // only: without AllWhenOneModified
	}{
		{"2024-02-29T12:00:00+05:30", "", all, all},
		{"2024-03-02T17:29:59+05:30", "", all, all},
		{"2024-03-02T17:30:00+05:30", "", all, "one,three"},
		{"2024-03-05T11:59:59Z", "", all, "one"},
		{"2024-03-05T12:00:00Z", "", unchanged, unchanged}, // as told by Modified_Time
		{"Tue, 05 Mar 2024 11:59:59 GMT", "", all, "one"},
		{"Tue, 05 Mar 2024 12:00:00 GMT", "", unchanged, unchanged},

		{"2024-03-04T00:00:00Z", "?type=DeactiveUsers", unchanged, unchanged},
		{"2024-03-04T00:00:00Z", "?ids=12", unchanged, unchanged},
		{"2024-03-04T00:00:00Z", "?ids=12,11", "one,two", "one"},
		{"2024-03-04T00:00:00Z", "?type=DeletedUsers", "", ""}, // nobody is, hence 204
		{"2024-03-04T00:00:00Z", "?per_page=1&page=2", "two", ""},

		{"yesterday", "", all, all},
		{"", "", all, all},
	} {
		for _, only := range []bool{false, true} {
			srv := newServer(t, usergroupstest.WithOrg(dated()), usergroupstest.WithGuesses(usergroupstest.Guesses{AllWhenOneModified: !only}))
			want := tc.want
			if only {
				want = tc.only
			}
			res := getSince(t, srv, usersPath+tc.query, tc.since)
			if want == unchanged {
				res.want(t, 304, "")
			} else if got := res.names(t); got != want {
				t.Errorf("%q %q, only the modified %t: got %q, want %q", tc.since, tc.query, only, got, want)
			}
		}
	}
}

// A user who is replaced was modified, and is still the same person.
func TestReplacedUser(t *testing.T) {
	t.Parallel()
	srv := newServer(t, usergroupstest.WithOrg(dated()))
	srv.Advance(time.Hour)
	before := srv.Now()
	since := before.Format(time.RFC3339)
	getSince(t, srv, usersPath, since).want(t, 304, "")
	srv.Advance(time.Second)
	srv.AddUser(usergroupstest.User{ID: "12", Name: "two", Status: "inactive"})

	var list struct {
		Users []struct {
			ID, ZUID, Status string
			CreatedTime      time.Time           `json:"created_time"`
			ModifiedTime     time.Time           `json:"Modified_Time"`
			CreatedBy        struct{ ID string } `json:"created_by"`
			ModifiedBy       struct{ ID string } `json:"Modified_By"`
		}
	}
	getSince(t, srv, usersPath, since).decode(t, &list)
	two := list.Users[0]
	if two.Status != "inactive" || two.ModifiedTime.Before(before) || two.ModifiedBy.ID != "11" {
		t.Errorf("modified: %+v", two)
	}
	if !two.CreatedTime.Equal(dated().Users[1].CreatedTime) || two.CreatedBy.ID != "13" || two.ZUID != "800500002" {
		t.Errorf("another person: %+v", two)
	}
}

// What a seed leaves empty makes a plausible person.
func TestMadeUpUser(t *testing.T) {
	t.Parallel()
	type user = usergroupstest.User
	for _, tc := range []struct {
		seed user
		want string
	}{
		{user{ID: "11"}, `"id":"11","full_name":"","first_name":null,"last_name":null,"email":"user-11@example.com","zuid":"800500001","status":"active","confirm":true`},
		{user{ID: "11", Name: "Ann van Dyk"}, `"full_name":"Ann van Dyk","first_name":"Ann","last_name":"van Dyk"`},
		{user{ID: "11", FirstName: "Ann", LastName: "Lee"}, `"full_name":"Ann Lee","first_name":"Ann","last_name":"Lee"`},
		{user{ID: "11", LastName: "Lee"}, `"full_name":"Lee","first_name":null,"last_name":"Lee"`},
		{user{ID: "11", Name: "Ann Lee", FirstName: "Ann"}, `"full_name":"Ann Lee","first_name":"Ann","last_name":null`},
		{user{ID: "11", Name: "Dr. Lee", LastName: "Lee"}, `"full_name":"Dr. Lee","first_name":null,"last_name":"Lee"`},
		{user{ID: "11"}, `"profile":{"name":"Standard","id":"5550000000005001"}`},
		{user{ID: "11", Admin: true}, `"profile":{"name":"Administrator","id":"5550000000005001"}`},
		{user{ID: "11", RoleID: "99"}, `"role":{"name":"","id":"99"}`},
		{user{ID: "11"}, `"created_by":{"name":"","id":"11"}`},
		{user{ID: "11", Status: "inactive"}, `"created_by":null`},
		{user{ID: "11", CreatedBy: "77"}, `"created_by":{"name":"","id":"77"}`},
		{user{ID: "11", CreatedBy: "77"}, `"Modified_By":{"name":"","id":"77"}`},
	} {
		srv := newServer(t, usergroupstest.WithOrg(usergroupstest.Org{Users: []user{tc.seed}}))
		if res := get(t, srv, usersPath); !strings.Contains(res.body, tc.want) {
			t.Errorf("%+v: no %s in %d %s", tc.seed, tc.want, res.status, res.body)
		}
	}
}

// The server shares no memory with a seed.
func TestUsersAreCopied(t *testing.T) {
	t.Parallel()
	ids := []string{dach}
	srv := newServer(t)
	id := srv.AddUser(usergroupstest.User{Name: "Ann Lee", TerritoryIDs: ids})
	ids[0] = "99"
	if got := get(t, srv, usersPath+"/"+id+"/actions/associated_groups").names(t); got != "DACH Partners,EMEA Field" {
		t.Errorf("got %q", got)
	}
}

func TestGuessesOfUsers(t *testing.T) {
	t.Parallel()
	type guesses = usergroupstest.Guesses
	const (
		beyond   = usersPath + "?page=2"
		ofNobody = usersPath + "/" + nobody
		badUser  = `400 {"code":"INVALID_DATA","details":{"resource_path_index":1},"message":"the related id given seems to be invalid","status":"error"}`
	)
	testGuesses(t, []guessTest{
		{guesses: guesses{}, ask: getting(usersPath + "?per_page=200"), lacks: `"status":"deleted"`},
		{guesses: guesses{AllUsersWithDeleted: true}, ask: getting(usersPath), has: `"status":"deleted"`},
		{guesses: guesses{AllUsersWithDeleted: true}, ask: getting(usersPath + "?type=AllUsers"), has: `"status":"deleted"`},
		{guesses: guesses{AllUsersWithDeleted: true}, ask: getting(usersPath + "?type=ConfirmedUsers"), lacks: `"status":"deleted"`},
		{guesses: guesses{AllUsersWithDeleted: true}, ask: getting(userCountPath), want: `200 {"count":12}`},
		{guesses: guesses{}, ask: getting(userCountPath), want: `200 {"count":11}`},
		{guesses: guesses{CountAsText: true}, ask: getting(userCountPath), want: `200 {"count":"11"}`},
		{guesses: guesses{}, ask: getting(ofNobody), want: "204 "},
		{guesses: guesses{UnknownID: 204}, ask: getting(ofNobody), want: "204 "},
		{guesses: guesses{UnknownID: 400}, ask: getting(ofNobody), want: badUser},
		{guesses: guesses{UnknownID: 400, UserPathIndex: 2}, ask: getting(ofNobody), has: `{"resource_path_index":2}`},
		{guesses: guesses{UnknownID: 404}, ask: getting(ofNobody), has: `"code":"INVALID_URL_PATTERN"`},
		{guesses: guesses{PageBeyondEnd: usergroupstest.BeyondEndEmptyList}, ask: getting(beyond), want: "200 ", has: `{"users":[],"info":`},
		{guesses: guesses{PageBeyondEnd: usergroupstest.BeyondEndInvalid}, ask: getting(beyond), has: `{"param_name":"page"}`},
		{guesses: guesses{Info: usergroupstest.InfoCountIsOne}, ask: getting(usersPath), has: `"count":1,`},
		{guesses: guesses{PageLimit: true}, ask: getting(usersPath + "?page=11"), has: "DISCRETE_PAGINATION_LIMIT_EXCEEDED"},
		{guesses: guesses{Times: usergroupstest.TimeUTC}, ask: getting(usersPath), has: `Z","Modified_By"`},
	})
}
