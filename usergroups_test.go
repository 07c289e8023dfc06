package usergroups_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jarcoal/httpmock"

	"github.com/usergroups-go/usergroups"
)

var ist = time.FixedZone("", 5*3600+1800)

func date(y int, m time.Month, d, h, mi, s int, zone *time.Location) time.Time {
	return time.Date(y, m, d, h, mi, s, 0, zone)
}

// sampleGroups are the two groups of the documents' sample.
func sampleGroups() []usergroups.UserGroup {
	patricia := &usergroups.UserRef{ID: "3652397000000186017", Name: "Patricia Boyle"}
	return []usergroups.UserGroup{
		{
			ID: "3652397000009949005", Name: "group 1", Description: "groups API",
			CreatedTime: date(2022, 11, 21, 12, 33, 12, ist), ModifiedTime: new(date(2022, 11, 21, 13, 21, 46, ist)),
			CreatedBy: patricia, ModifiedBy: patricia,
			SourcesCount: &usergroups.SourcesCount{
				Users: usergroups.UserSourcesCount{Total: 2}, Roles: 2, Territories: 1,
			},
		},
		{
			ID: "3652397000009952001", Name: "group test",
			CreatedTime: date(2022, 11, 23, 9, 59, 12, ist), CreatedBy: patricia,
			SourcesCount: &usergroups.SourcesCount{Users: usergroups.UserSourcesCount{Total: 2}},
		},
	}
}

func TestListDecodes(t *testing.T) {
	t.Parallel()
	info := usergroups.PageInfo{Page: 1, PerPage: 200, Count: 2}
	sourceRef := func(kind, id, name string) usergroups.Source {
		return usergroups.Source{Type: usergroups.SourceType(kind), SourceRef: usergroups.SourceRef{ID: id, Name: name}}
	}
	tests := []struct {
		file string
		want func() *usergroups.Page[usergroups.UserGroup]
	}{
		{"user_groups_list_sample.json", func() *usergroups.Page[usergroups.UserGroup] {
			return &usergroups.Page[usergroups.UserGroup]{Items: sampleGroups(), Info: info}
		}},
		{"user_groups_list_groups_key.json", func() *usergroups.Page[usergroups.UserGroup] {
			groups := sampleGroups()
			groups[0].SourcesCount.Groups = 1
			groups[1].SourcesCount = &usergroups.SourcesCount{Roles: 2}
			return &usergroups.Page[usergroups.UserGroup]{Items: groups, Info: info}
		}},
		{"user_groups_list_users_object.json", func() *usergroups.Page[usergroups.UserGroup] {
			groups := sampleGroups()
			groups[0].SourcesCount.Users = usergroups.UserSourcesCount{Total: 3, Active: 2, Inactive: 1, Detailed: true}
			groups[1].SourcesCount.Users = usergroups.UserSourcesCount{Total: 2, Active: 2, Detailed: true}
			return &usergroups.Page[usergroups.UserGroup]{Items: groups, Info: info}
		}},
		{"user_groups_list_sources.json", func() *usergroups.Page[usergroups.UserGroup] {
			groups := sampleGroups()
			groups[0].SourcesCount, groups[1].SourcesCount = nil, nil
			ceo := sourceRef("roles", "3652397000000026005", "CEO")
			ceo.Subordinates = new(false)
			newYork := sourceRef("territories", "3652397000007622003", "New York")
			newYork.SubTerritories = new(true)
			patricia := sourceRef("users", "3652397000000186017", "Patricia Boyle")
			groups[0].Sources = []usergroups.Source{
				patricia, ceo,
				sourceRef("roles", "3652397000000026008", "Manager").WithSubordinates(),
				newYork, sourceRef("groups", "3652397000009952001", "group test"),
			}
			groups[1].Sources = []usergroups.Source{patricia}
			return &usergroups.Page[usergroups.UserGroup]{Items: groups, Info: info}
		}},
		{"user_groups_list_extra_keys.json", func() *usergroups.Page[usergroups.UserGroup] {
			return &usergroups.Page[usergroups.UserGroup]{
				Items: []usergroups.UserGroup{
					{
						ID: "3652397000009949005", Name: "group 1", CreatedTime: date(2022, 11, 21, 12, 33, 12, ist),
						CreatedBy: &usergroups.UserRef{ID: "3652397000000186017", Name: "Patricia Boyle"},
						SourcesCount: &usergroups.SourcesCount{
							Users: usergroups.UserSourcesCount{Total: 2, Active: 2, Detailed: true}, Roles: 2, Territories: 1,
						},
						Sources: []usergroups.Source{
							sourceRef("roles", "3652397000000026008", "Manager"),
							sourceRef("teams", "3652397000000026099", "Night shift"),
						},
					},
					{
						ID: "3652397000009952001", Name: "group test", CreatedTime: date(2022, 11, 23, 9, 59, 12, time.UTC),
						ModifiedTime: new(date(2022, 11, 24, 10, 0, 0, time.FixedZone("", -8*3600))),
						CreatedBy:    &usergroups.UserRef{}, ModifiedBy: &usergroups.UserRef{},
					},
				},
				Info: usergroups.PageInfo{Page: 1},
			}
		}},
	}
	for _, tt := range tests {
		t.Run(tt.file, func(t *testing.T) {
			t.Parallel()
			mock := newMock(t)
			mock.RegisterResponder(http.MethodGet, apiBase+"/settings/user_groups", jsonResponder(200, fixture(t, "zoho/"+tt.file)))
			got, err := newTokenClient(t, mock).UserGroups.List(t.Context(), usergroups.ListUserGroupsOptions{})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want(), got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			if got.Items[0].CreatedTime.Format(time.RFC3339) != "2022-11-21T12:33:12+05:30" {
				t.Errorf("the offset is lost: %s", got.Items[0].CreatedTime)
			}
		})
	}
}

func TestUserSourcesCountForms(t *testing.T) {
	t.Parallel()
	tests := []struct {
		json string
		want usergroups.UserSourcesCount
		fail bool
	}{
		{json: "0"},
		{json: "7", want: usergroups.UserSourcesCount{Total: 7}},
		{json: "123456789", want: usergroups.UserSourcesCount{Total: 123456789}},
		{json: "null"},
		{json: "{}", want: usergroups.UserSourcesCount{Detailed: true}},
		{json: `{"active":1,"inactive":2,"deleted":4}`, want: usergroups.UserSourcesCount{Total: 7, Active: 1, Inactive: 2, Deleted: 4, Detailed: true}},
		{json: `{"active":null}`, want: usergroups.UserSourcesCount{Detailed: true}},
		{json: `"7"`, want: usergroups.UserSourcesCount{Total: 7}},
		{json: "7.0", want: usergroups.UserSourcesCount{Total: 7}},
		{json: "1e2", want: usergroups.UserSourcesCount{Total: 100}},
		{json: "12345678901", want: usergroups.UserSourcesCount{Total: 12345678901}},
		{json: "1e300", fail: true},
		{json: `"many"`, fail: true},
		{json: `"NaN"`, fail: true},
		{json: `-1`, fail: true},
		{json: `1.5`, fail: true},
		{json: `true`, fail: true},
		{json: `[]`, fail: true},
		{json: `{"active":"x"}`, fail: true},
		{json: `{"active":-1}`, fail: true},
		{json: `{"active":9223372036854775807,"deleted":1}`, fail: true}, // the sum overflows
	}
	for _, tt := range tests {
		t.Run(tt.json, func(t *testing.T) {
			t.Parallel()
			mock := newMock(t)
			mock.RegisterResponder(http.MethodGet, apiBase+"/settings/user_groups",
				jsonResponder(200, `{"user_groups":[{"id":"1","sources_count":{"users":`+tt.json+`}}]}`))
			page, err := newTokenClient(t, mock).UserGroups.List(t.Context(), usergroups.ListUserGroupsOptions{})
			if tt.fail {
				if !errors.Is(err, usergroups.ErrUnexpectedResponse) {
					t.Errorf("error %v, want ErrUnexpectedResponse", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			got := page.Items[0].SourcesCount.Users
			if got != tt.want {
				t.Errorf("got %+v, want %+v", got, tt.want)
			}
			var again usergroups.UserSourcesCount
			if text, err := json.Marshal(got); err != nil || json.Unmarshal(text, &again) != nil || again != got {
				t.Errorf("%+v is written as %s and read again as %+v", got, text, again)
			}
		})
	}
}

func TestGet(t *testing.T) {
	t.Parallel()
	mock := newMock(t)
	mock.RegisterResponder(http.MethodGet, apiBase+"/settings/user_groups/"+groupID, jsonResponder(200, fixture(t, "zoho/user_groups_get_sample.json")))
	got, err := newTokenClient(t, mock).UserGroups.Get(t.Context(), groupID)
	if err != nil {
		t.Fatal(err)
	}
	want := sampleGroups()[0]
	want.SourcesCount = got.SourcesCount // in one variant of the sample and not in the other
	if diff := cmp.Diff(&want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// TestCreateBodies holds the bytes that are sent against golden files.
func TestCreateBodies(t *testing.T) {
	t.Parallel()
	manager := usergroups.RoleSource("3652397000000026008").WithSubordinates()
	manager.Name = "Manager" // as a listing gives it: names are not sent
	newYork := usergroups.TerritorySource("3652397000007622003")
	newYork.SubTerritories = new(true)
	tests := []struct {
		golden string
		group  usergroups.CreateUserGroup
	}{
		{"create_minimal.json", usergroups.CreateUserGroup{
			Name: `R&D <team> "x"`, Sources: []usergroups.Source{usergroups.UserSource("3652397000000186017")},
		}},
		{"create_full.json", usergroups.CreateUserGroup{
			Name: "test group", Description: "my group",
			Sources: []usergroups.Source{
				usergroups.UserSource("3652397000000186017"), manager, newYork, usergroups.GroupSource("3652397000009952001"),
			},
		}},
	}
	for _, tt := range tests {
		t.Run(tt.golden, func(t *testing.T) {
			t.Parallel()
			mock := newMock(t)
			mock.RegisterResponder(http.MethodPost, apiBase+"/settings/user_groups", func(r *http.Request) (*http.Response, error) {
				body, err := io.ReadAll(r.Body)
				if err != nil {
					return nil, err
				}
				if want := fixture(t, "bodies/"+tt.golden); string(body) != want {
					t.Errorf("body\n%s\nwant\n%s", body, want)
				}
				if got := r.Header.Get("Content-Type"); got != "application/json" {
					t.Errorf("Content-Type %q", got)
				}
				return jsonResponder(201, fixture(t, "zoho/user_groups_create_success.json"))(r)
			})
			got, err := newTokenClient(t, mock).UserGroups.Create(t.Context(), tt.group)
			if err != nil {
				t.Fatal(err)
			}
			if got.ID != "5725767000002350003" || got.Code != "SUCCESS" || got.Status != "success" || got.Message == "" || got.Details.ID() != got.ID {
				t.Errorf("result %+v", got)
			}
		})
	}
}

func TestCreateRefuses(t *testing.T) {
	t.Parallel()
	source := []usergroups.Source{usergroups.UserSource("1")}
	tests := map[string]usergroups.CreateUserGroup{
		"no name":               {Sources: source},
		"no sources":            {Name: "x"},
		"a source without id":   {Name: "x", Sources: []usergroups.Source{usergroups.UserSource("")}},
		"a source without type": {Name: "x", Sources: []usergroups.Source{{SourceRef: usergroups.SourceRef{ID: "1"}}}},
		"a name not in UTF-8":   {Name: "x\xff", Sources: source},
		"a description not so":  {Name: "x", Description: "\xff", Sources: source},
		"a user's subordinates": {Name: "x", Sources: []usergroups.Source{usergroups.UserSource("1").WithSubordinates()}},
		"an id not so":          {Name: "x", Sources: []usergroups.Source{usergroups.UserSource("\xff")}},
		"a type not so":         {Name: "x", Sources: []usergroups.Source{{Type: "\xff", SourceRef: usergroups.SourceRef{ID: "1"}}}},
	}
	for name, group := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := newTokenClient(t, newMock(t)).UserGroups.Create(t.Context(), group)
			if !errors.Is(err, usergroups.ErrInvalidArgument) {
				t.Errorf("error %v, want ErrInvalidArgument", err)
			}
		})
	}
}

func TestDelete(t *testing.T) {
	t.Parallel()
	tests := []struct {
		file string
		want usergroups.Deletion
	}{
		{"user_groups_delete_success.json", usergroups.Deletion{ID: groupID}},
		{"user_groups_delete_scheduled.json", usergroups.Deletion{ID: groupID, JobID: "3652397000009950001"}},
	}
	for _, tt := range tests {
		t.Run(tt.file, func(t *testing.T) {
			t.Parallel()
			mock := newMock(t)
			mock.RegisterResponder(http.MethodDelete, apiBase+"/settings/user_groups/"+groupID, jsonResponder(200, fixture(t, "zoho/"+tt.file)))
			got, err := newTokenClient(t, mock).UserGroups.Delete(t.Context(), groupID)
			if err != nil {
				t.Fatal(err)
			}
			if *got != tt.want || got.Scheduled() != (tt.want.JobID != "") {
				t.Errorf("got %+v, want %+v", *got, tt.want)
			}
		})
	}
}

func TestCountsAndAssociatedGroups(t *testing.T) {
	t.Parallel()
	mock := newMock(t)
	client := newTokenClient(t, mock)
	counts := apiBase + "/settings/user_groups/actions/associated_users_count"
	mock.RegisterResponder(http.MethodGet, counts, jsonResponder(200, fixture(t, "zoho/associated_users_count_sample.json")))
	page, err := client.UserGroups.ListAssociatedUsersCounts(t.Context(), usergroups.ListAssociatedUsersCountsOptions{})
	if err != nil {
		t.Fatal(err)
	}
	tier1 := usergroups.AssociatedUsersCount{UserGroup: usergroups.GroupRef{ID: "3652397000012454002", Name: "Tier1"}, Count: 4}
	if diff := cmp.Diff([]usergroups.AssociatedUsersCount{tier1}, page.Items); diff != "" {
		t.Errorf("counts -want +got:\n%s", diff)
	}

	mock.RegisterResponder(http.MethodGet, counts, jsonResponder(200, fixture(t, "zoho/associated_users_count_two_rows_count_one.json")))
	all, err := usergroups.Collect(client.UserGroups.AllAssociatedUsersCounts(t.Context(), usergroups.ListAssociatedUsersCountsOptions{}))
	if err != nil || len(all) != 2 {
		t.Errorf("%d counts, error %v, want 2: info.count must not steer", len(all), err)
	}

	mock.RegisterResponder(http.MethodGet, apiBase+"/users/"+userID+"/actions/associated_groups", jsonResponder(200, fixture(t, "zoho/associated_groups_sample.json")))
	groups, err := client.Users.ListAssociatedGroups(t.Context(), userID, usergroups.ListAssociatedGroupsOptions{})
	if err != nil {
		t.Fatal(err)
	}
	patricia := &usergroups.UserRef{ID: "3652397000000186017", Name: "Patricia Boyle"}
	want := []usergroups.UserGroup{{
		ID: "3652397000012454002", Name: "Tier1", CreatedBy: patricia, ModifiedBy: patricia,
		CreatedTime: date(2023, 6, 6, 7, 58, 32, ist), ModifiedTime: new(date(2023, 6, 6, 8, 3, 40, ist)),
	}}
	if diff := cmp.Diff(want, groups.Items); diff != "" {
		t.Errorf("associated groups -want +got:\n%s", diff)
	}
}

// TestQueries holds the queries that are sent, character by character, by
// operation and version.
func TestQueries(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	name := usergroups.Equal("name", "Tier 1+2")
	listGroups := func(o usergroups.ListUserGroupsOptions) func(*usergroups.Client) error {
		return func(c *usergroups.Client) error { _, err := c.UserGroups.List(ctx, o); return err }
	}
	listCounts := func(o usergroups.ListAssociatedUsersCountsOptions) func(*usergroups.Client) error {
		return func(c *usergroups.Client) error { _, err := c.UserGroups.ListAssociatedUsersCounts(ctx, o); return err }
	}
	listAssociated := func(o usergroups.ListAssociatedGroupsOptions) func(*usergroups.Client) error {
		return func(c *usergroups.Client) error { _, err := c.Users.ListAssociatedGroups(ctx, userID, o); return err }
	}
	const filter = "filters=%7B%22field%22%3A%7B%22api_name%22%3A%22name%22%7D%2C%22comparator%22%3A%22equal%22%2C%22value%22%3A%22Tier%201%2B2%22%7D"
	tests := []struct {
		name    string
		version string
		call    func(*usergroups.Client) error
		query   string
		refused bool
	}{
		{"nothing", "v8", listGroups(usergroups.ListUserGroupsOptions{}), "", false},
		{"everything", "v8", listGroups(usergroups.ListUserGroupsOptions{
			Page: 2, PerPage: 200, Name: "R&D #1", Filters: name,
			Include: []usergroups.Include{usergroups.IncludeSourcesCount, usergroups.IncludeSources},
		}), filter + "&include=sources_count%2Csources&name=R%26D%20%231&page=2&per_page=200", false},
		{"filters on v7", "v7", listGroups(usergroups.ListUserGroupsOptions{Filters: name}), filter, false},
		{"filters on v6", "v6", listGroups(usergroups.ListUserGroupsOptions{Filters: name}), "", true},
		{"filters on v12", "v12", listGroups(usergroups.ListUserGroupsOptions{Filters: name}), filter, false},
		{"include on v6", "v6", listGroups(usergroups.ListUserGroupsOptions{Include: []usergroups.Include{"sources_count"}}), "include=sources_count", false},
		{"count filters on v7", "v7", listCounts(usergroups.ListAssociatedUsersCountsOptions{Filters: name}), filter, false},
		{"count filters on v6", "v6", listCounts(usergroups.ListAssociatedUsersCountsOptions{Filters: name}), strings.Replace(filter, "name%22%7D", "user_group.name%22%7D", 1), false},
		{"count page", "v8", listCounts(usergroups.ListAssociatedUsersCountsOptions{Page: 3, PerPage: 1}), "page=3&per_page=1", false},
		{"associated include on v7", "v7", listAssociated(usergroups.ListAssociatedGroupsOptions{Include: []usergroups.Include{"sources"}}), "include=sources", false},
		{"associated include on v6", "v6", listAssociated(usergroups.ListAssociatedGroupsOptions{Include: []usergroups.Include{"sources"}}), "", true},
		{"associated page", "v6", listAssociated(usergroups.ListAssociatedGroupsOptions{Page: 2, PerPage: 50}), "page=2&per_page=50", false},
		{"page -1", "v8", listGroups(usergroups.ListUserGroupsOptions{Page: -1}), "", true},
		{"per_page 201", "v8", listGroups(usergroups.ListUserGroupsOptions{PerPage: 201}), "", true},
		{"per_page -1", "v8", listCounts(usergroups.ListAssociatedUsersCountsOptions{PerPage: -1}), "", true},
		{"page of associated -1", "v8", listAssociated(usergroups.ListAssociatedGroupsOptions{Page: -1}), "", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			mock := newMock(t)
			sent := 0
			mock.RegisterResponder(http.MethodGet, `=~^`+base+`/crm/`+tt.version+`/`, func(r *http.Request) (*http.Response, error) {
				sent++
				if r.URL.RawQuery != tt.query {
					t.Errorf("query\n%s\nwant\n%s", r.URL.RawQuery, tt.query)
				}
				return httpmock.NewStringResponse(204, ""), nil
			})
			err := tt.call(newTokenClient(t, mock, usergroups.WithAPIVersion(tt.version)))
			if tt.refused != errors.Is(err, usergroups.ErrInvalidArgument) || !tt.refused && err != nil || sent == 0 != tt.refused {
				t.Errorf("error %v after %d requests, refused wanted: %t", err, sent, tt.refused)
			}
		})
	}
}

func TestDo(t *testing.T) {
	t.Parallel()
	var got struct {
		method, uri, body string
	}
	status, answered := 200, `{"org":[{"id":"9"}]}`
	serverURL, count := countingServer(t, func(w http.ResponseWriter, r *http.Request) {
		got.method, got.uri = r.Method, r.URL.RequestURI()
		w.WriteHeader(status)
		_, _ = w.Write([]byte(answered))
	})
	client := newServerClient(t, serverURL, usergroups.WithAPIVersion("v7"))
	var out struct{ Org []struct{ ID string } }
	err := client.Do(t.Context(), usergroups.Request{
		Method: "GET", Path: []string{"org", "a/b"}, Query: url.Values{"q": {"a b&c"}},
	}, &out)
	if err != nil || len(out.Org) != 1 || out.Org[0].ID != "9" || got.method != "GET" || got.uri != "/gateway/crm/v7/org/a%2Fb?q=a%20b%26c" {
		t.Errorf("error %v, out %+v, request %+v", err, out, got)
	}

	tests := []struct {
		name     string
		req      usergroups.Request
		status   int
		answered string
		requests int64
		is       []error
	}{
		{"no method", usergroups.Request{Path: []string{"org"}}, 200, "{}", 0, []error{usergroups.ErrInvalidArgument}},
		{"odd method", usergroups.Request{Method: "get", Path: []string{"org"}}, 200, "{}", 0, []error{usergroups.ErrInvalidArgument}},
		{"no path", usergroups.Request{Method: "GET"}, 200, "{}", 0, []error{usergroups.ErrInvalidArgument}},
		{"dots", usergroups.Request{Method: "GET", Path: []string{"..", "org"}}, 200, "{}", 0, []error{usergroups.ErrInvalidArgument}},
		{"body that is no JSON", usergroups.Request{Method: "POST", Path: []string{"org"}, Body: func() {}}, 200, "{}", 0, []error{usergroups.ErrInvalidArgument}},
		{"204", usergroups.Request{Method: "GET", Path: []string{"org"}}, 204, "", 1, nil},
		{"a record that looks like an error", usergroups.Request{Method: "GET", Path: []string{"org"}}, 200, `{"data":[{"Code":"A1","Status":"Error"}]}`, 1, nil},
		{"GET 503", usergroups.Request{Method: "GET", Path: []string{"org"}}, 503, "", 4, []error{usergroups.ErrUnavailable}},
		{"PUT 503", usergroups.Request{Method: "PUT", Path: []string{"org"}}, 503, "", 1, []error{usergroups.ErrUnavailable, usergroups.ErrOutcomeUnknown}},
		{"repeatable PUT 503", usergroups.Request{Method: "PUT", Path: []string{"org"}, Repeatable: true}, 503, "", 4, []error{usergroups.ErrUnavailable}},
		{"HTML", usergroups.Request{Method: "GET", Path: []string{"org"}}, 200, "<html>", 1, []error{usergroups.ErrUnexpectedResponse}},
		{"empty", usergroups.Request{Method: "PATCH", Path: []string{"org"}}, 200, "", 1, []error{usergroups.ErrUnexpectedResponse, usergroups.ErrOutcomeUnknown}},
		{"error in a success", usergroups.Request{Method: "GET", Path: []string{"org"}}, 200, `{"code":"NO_PERMISSION","status":"error"}`, 1, []error{usergroups.ErrForbidden}},
		{"404", usergroups.Request{Method: "DELETE", Path: []string{"org"}}, 404, `{"code":"INVALID_URL_PATTERN","status":"error"}`, 1, []error{usergroups.ErrNotFound}},
	}
	for _, tt := range tests {
		before := count.Load()
		status, answered = tt.status, tt.answered
		err := client.Do(t.Context(), tt.req, &out)
		if requests := count.Load() - before; requests != tt.requests {
			t.Errorf("%s: %d requests, want %d", tt.name, requests, tt.requests)
		}
		if (err == nil) != (len(tt.is) == 0) {
			t.Errorf("%s: error %v", tt.name, err)
		}
		for _, sentinel := range tt.is {
			if !errors.Is(err, sentinel) {
				t.Errorf("%s: error %v is not %q", tt.name, err, sentinel)
			}
		}
		var e *usergroups.Error
		if err != nil && (!errors.As(err, &e) || e.Op != "Client.Do") {
			t.Errorf("%s: error %#v", tt.name, err)
		}
	}
	for _, bad := range []any{struct{}{}, (*struct{})(nil), 7} {
		before := count.Load()
		err := client.Do(t.Context(), usergroups.Request{Method: "POST", Path: []string{"org"}}, bad)
		if !errors.Is(err, usergroups.ErrInvalidArgument) || count.Load() != before {
			t.Errorf("into %T: %v after %d requests", bad, err, count.Load()-before)
		}
	}
	// Without out, a login page is no success either.
	for answer, is := range map[string]error{
		"<html>": usergroups.ErrUnexpectedResponse, "garbage": usergroups.ErrUnexpectedResponse, "{}": nil,
		`{"data":[{"code":"SUCCESS","status":"success"},{"code":"DUPLICATE_DATA","status":"error"}]}`: usergroups.ErrDuplicate,
	} {
		status, answered = 200, answer
		if err := client.Do(t.Context(), usergroups.Request{Method: "DELETE", Path: []string{"org"}}, nil); !errors.Is(err, is) {
			t.Errorf("%s: error %v, want %v", answer, err, is)
		}
	}
	// What was decoded is there beside the error of one item.
	var mixed struct{ Data []struct{ Code string } }
	status, answered = 207, `{"data":[{"code":"SUCCESS","status":"success"},{"code":"DUPLICATE_DATA","status":"error"}]}`
	if err := client.Do(t.Context(), usergroups.Request{Method: "PUT", Path: []string{"org"}}, &mixed); !errors.Is(err, usergroups.ErrDuplicate) || len(mixed.Data) != 2 {
		t.Errorf("error %v, decoded %+v", err, mixed)
	}
	var list []string
	status, answered = 200, fixture(t, "zoho/error_api_not_supported.json")
	if err := client.Do(t.Context(), usergroups.Request{Method: "GET", Path: []string{"org"}}, &list); !errors.Is(err, usergroups.ErrBadRequest) {
		t.Errorf("an error in place of a list: %v", err)
	}
	mock := newMock(t)
	mock.RegisterResponder(http.MethodGet, apiBase+"/org", httpmock.NewStringResponder(200, fixture(t, "zoho/error_problem.json")).
		HeaderSet(http.Header{"Content-Type": {"application/problem+json; charset=utf-8"}}))
	if err := newTokenClient(t, mock).Do(t.Context(), usergroups.Request{Method: "GET", Path: []string{"org"}}, &mixed); !errors.Is(err, usergroups.ErrUnexpectedResponse) {
		t.Errorf("a problem report: %v", err)
	}
}

func TestCallOptions(t *testing.T) {
	t.Parallel()
	for _, header := range []string{"Authorization", "authorization", "Host", "Content-Length", "Transfer-Encoding", "accept-encoding", "Idempotency-Key", "X-Idempotency-Key", "", "a b", "a\nb"} {
		_, err := newTokenClient(t, newMock(t)).UserGroups.Get(t.Context(), groupID, usergroups.WithHeader(header, "x"))
		if !errors.Is(err, usergroups.ErrInvalidArgument) {
			t.Errorf("WithHeader(%q): %v, want ErrInvalidArgument", header, err)
		}
	}
	if _, err := newTokenClient(t, newMock(t)).UserGroups.Get(t.Context(), groupID, usergroups.WithHeader("X-Y", "a\r\nb")); !errors.Is(err, usergroups.ErrInvalidArgument) {
		t.Errorf("WithHeader with a line break: %v", err)
	}
	for _, m := range methods {
		err := m.call(t.Context(), newTokenClient(t, newMock(t)), groupID, usergroups.WithResponse(nil))
		if !errors.Is(err, usergroups.ErrInvalidArgument) {
			t.Errorf("%s WithResponse(nil): %v", m.name, err)
		}
		if m.kind != walk {
			continue
		}
		var response usergroups.Response
		err = m.call(t.Context(), newTokenClient(t, newMock(t)), groupID, usergroups.WithResponse(&response))
		if !errors.Is(err, usergroups.ErrInvalidArgument) {
			t.Errorf("%s WithResponse: %v, want ErrInvalidArgument", m.name, err)
		}
	}

	header := http.Header{"X-Api-Credits-Remaining": {"1234"}}
	body := fixture(t, "zoho/user_groups_get_sample.json")
	mock := newMock(t)
	mock.RegisterResponder(http.MethodGet, apiBase+"/settings/user_groups/"+groupID, func(r *http.Request) (*http.Response, error) {
		if r.Header.Get("X-Trace") != "abc" {
			t.Errorf("X-Trace %q", r.Header.Get("X-Trace"))
		}
		return httpmock.NewStringResponder(200, body).HeaderSet(header)(r)
	})
	var response usergroups.Response
	if _, err := newTokenClient(t, mock).UserGroups.Get(t.Context(), groupID, usergroups.WithHeader("x-trace", "abc"), usergroups.WithResponse(&response)); err != nil {
		t.Fatal(err)
	}
	credits, ok := response.CreditsRemaining()
	if !ok || credits != 1234 || response.StatusCode != 200 || response.Attempts != 1 || !bytes.Equal(response.Body, []byte(body)) {
		t.Errorf("response %+v", response)
	}
	if _, ok := new(usergroups.Response).CreditsRemaining(); ok {
		t.Error("credits without a header")
	}

	url, count := countingServer(t, answer(503, "text/plain", "busy"))
	_, err := newServerClient(t, url).UserGroups.Get(t.Context(), groupID, usergroups.NoRetry(), usergroups.WithResponse(&response))
	if !errors.Is(err, usergroups.ErrUnavailable) || count.Load() != 1 || response.StatusCode != 503 || string(response.Body) != "busy" {
		t.Errorf("NoRetry: %v after %d requests, response %+v", err, count.Load(), response)
	}
	_, err = newServerClient(t, url).UserGroups.Get(t.Context(), groupID, usergroups.WithResponse(&response))
	if err == nil || response.Attempts != 4 {
		t.Errorf("attempts in the response: %d, want 4", response.Attempts)
	}
	if _, err = newServerClient(t, url).UserGroups.Get(t.Context(), "", usergroups.WithResponse(&response)); err == nil || response.StatusCode != 0 {
		t.Errorf("a call that was not sent left %+v of the one before", response)
	}
}
