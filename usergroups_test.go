package usergroups_test

import (
	"context"
	"errors"
	"io"
	"net/http"
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
