package usergroups_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/usergroups-go/usergroups"
	"github.com/usergroups-go/usergroups/usergroupstest"
)

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

func TestListSourcesQueries(t *testing.T) {
	t.Parallel()
	tests := []struct {
		options usergroups.ListSourcesOptions
		query   string
		refused bool
	}{
		{usergroups.ListSourcesOptions{}, "", false},
		{usergroups.ListSourcesOptions{Page: 2, PerPage: 200, Type: usergroups.SourceUsers, UserType: usergroups.UserInactive}, "page=2&per_page=200&type=users&user_type=inactive", false},
		{usergroups.ListSourcesOptions{Type: "qu&ues"}, "type=qu%26ues", false},
		{usergroups.ListSourcesOptions{Page: -1}, "", true},
		{usergroups.ListSourcesOptions{PerPage: 201}, "", true},
	}
	for _, tt := range tests {
		t.Run(tt.query, func(t *testing.T) {
			t.Parallel()
			var asked []string
			client := newTokenClient(t, roundTripFunc(func(r *http.Request) (*http.Response, error) {
				asked = append(asked, r.URL.RawQuery)
				return inMemory(204, nil, "")(r)
			}))
			_, err := client.UserGroups.ListSources(t.Context(), groupID, tt.options)
			_, allErr := usergroups.Collect(client.UserGroups.AllSources(t.Context(), groupID, tt.options))
			for _, err := range []error{err, allErr} {
				if tt.refused != errors.Is(err, usergroups.ErrInvalidArgument) || !tt.refused && err != nil {
					t.Errorf("error %v, refused wanted: %t", err, tt.refused)
				}
			}
			if !tt.refused && (len(asked) != 2 || asked[0] != tt.query || !strings.Contains(asked[1], "page=")) {
				t.Errorf("queries %q, want %q", asked, tt.query)
			}
		})
	}
}

// TestSourceKeys: what a listing has beside the known keys is carried, whatever it is
// called; what has a meaning of its own is not, however it is spelled.
func TestSourceKeys(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, keys string
		want       map[string]string
	}{
		{"none", ``, nil},
		{"unknown", `,"weight":1.50,"labels":["a", null],"added_by":{"id":"1"},"x":null`, map[string]string{"weight": "1.50", "labels": `["a", null]`, "added_by": `{"id":"1"}`, "x": "null"}},
		{"removal", `,"_delete":true`, nil},
		{"removal, not said so", `,"_delete":false,"_DELETE":true,"_Delete":null`, nil},
		{"flags", `,"subordinates":null,"sub_territories":true,"Subordinates":null,"SUB_TERRITORIES":true`, nil},
		{"beside a removal", `,"_delete":true,"weight":0`, map[string]string{"weight": "0"}},
		{"with an escape", `,"_d\u0065lete":true,"w\u0065ight":1`, map[string]string{"weight": "1"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			body := fmt.Sprintf(`{"sources":[{"type":"queues","source":{"id":"7","name":"First line"}%s}]}`, tt.keys)
			page, err := newTokenClient(t, inMemory(200, nil, body)).UserGroups.ListSources(t.Context(), groupID, usergroups.ListSourcesOptions{})
			if err != nil {
				t.Fatal(err)
			}
			source := page.Items[0]
			got := make(map[string]string)
			for key, value := range source.Extra {
				got[key] = string(value)
			}
			if source.Type != "queues" || source.ID != "7" || (source.Extra == nil) != (tt.want == nil) || !maps.Equal(got, tt.want) {
				t.Errorf("source %+v with %q, want %q", source, got, tt.want)
			}
		})
	}
}

// TestSourceParts: without a type or an id, nobody knows what it is.
func TestSourceParts(t *testing.T) {
	t.Parallel()
	for _, source := range []string{`{"type":"users"}`, `{"type":"users","source":{"name":"x"}}`, `{"source":{"id":"1"}}`, `{"type":7,"source":{"id":"1"}}`, `null`} {
		body := `{"sources":[{"type":"users","source":{"id":"2"}},` + source + `]}`
		_, err := newTokenClient(t, inMemory(200, nil, body)).UserGroups.ListSources(t.Context(), groupID, usergroups.ListSourcesOptions{})
		if !errors.Is(err, usergroups.ErrUnexpectedResponse) {
			t.Errorf("%s: %v, want ErrUnexpectedResponse", source, err)
		}
	}
}

// TestListedSourcesCanBeSent: a listing, sent back as it is, changes nothing and loses
// nothing, least of all by a key that removes.
func TestListedSourcesCanBeSent(t *testing.T) {
	t.Parallel()
	sent := ""
	client := newTokenClient(t, roundTripFunc(func(r *http.Request) (*http.Response, error) {
		if r.Method == http.MethodGet {
			return inMemory(200, nil, fixture(t, "zoho/sources_all_types.json"))(r)
		}
		body, err := io.ReadAll(r.Body)
		sent = string(body)
		if err != nil {
			return nil, err
		}
		return inMemory(200, nil, batchOf(itemDone))(r)
	}))
	listed, err := usergroups.Collect(client.UserGroups.AllSources(t.Context(), groupID, usergroups.ListSourcesOptions{}))
	if err != nil {
		t.Fatal(err)
	}
	group := usergroups.UpdateUserGroup{Name: "x"}
	for _, source := range listed {
		group.Sources = append(group.Sources, usergroups.SourceChange{Source: source})
	}
	if _, err := client.UserGroups.Update(t.Context(), groupID, group); err != nil {
		t.Fatal(err)
	}
	const want = `{"user_groups":[{"name":"x","sources":[` +
		`{"type":"users","source":{"id":"3652397000000186017"}},` +
		`{"type":"roles","source":{"id":"3652397000000026008"}},` +
		`{"type":"territories","source":{"id":"3652397000007622003"},"sub_territories":true},` +
		`{"type":"groups","source":{"id":"3652397000009952001"}},` +
		`{"type":"queues","source":{"id":"3652397000000026099"},"labels":["a",null],"weight":1.50}]}]}`
	if sent != want {
		t.Errorf("sent\n%s\nwant\n%s", sent, want)
	}
}

// TestSourceJSON: a source is written as it is sent, with its name, and read again
// but for its Extra, which belongs to a listing.
func TestSourceJSON(t *testing.T) {
	t.Parallel()
	source := usergroups.RoleSource("1").WithSubordinates()
	source.Name = "Manager"
	source.Extra = map[string]json.RawMessage{"b": json.RawMessage(`2`), "a": json.RawMessage(`"x"`)}
	tests := []struct {
		value any
		want  string
	}{
		{source, `{"type":"roles","source":{"id":"1","name":"Manager"},"subordinates":true,"a":"x","b":2}`},
		{&source, `{"type":"roles","source":{"id":"1","name":"Manager"},"subordinates":true,"a":"x","b":2}`},
		{usergroups.SourceChange{Source: source}, `{"type":"roles","source":{"id":"1","name":"Manager"},"subordinates":true,"a":"x","b":2}`},
		{usergroups.SourceChange{Source: source, Delete: true}, `{"type":"roles","source":{"id":"1","name":"Manager"},"subordinates":true,"_delete":true,"a":"x","b":2}`},
		{usergroups.Source{}, `{"type":"","source":{"id":""}}`},
	}
	for _, tt := range tests {
		if text, err := json.Marshal(tt.value); err != nil || string(text) != tt.want {
			t.Errorf("written as\n%s, %v, want\n%s", text, err, tt.want)
		}
	}
	source.Extra["bad"] = json.RawMessage("{")
	for _, value := range []any{source, usergroups.SourceChange{Source: source}} {
		if text, err := json.Marshal(value); err == nil {
			t.Errorf("an Extra that is no JSON is written as %s", text)
		}
	}
	var again usergroups.Source
	if err := json.Unmarshal([]byte(tests[0].want), &again); err != nil {
		t.Fatal(err)
	}
	source.Extra = nil
	if diff := cmp.Diff(source, again); diff != "" {
		t.Errorf("read again -want +got:\n%s", diff)
	}
}

// TestSourcesOnTheFake: sources of every type, also of one that the package does not
// know, by type and by the state of their users.
func TestSourcesOnTheFake(t *testing.T) {
	t.Parallel()
	fake, client := newFake(t)
	id := fake.AddGroup(usergroupstest.Group{Name: "Everything", Sources: []usergroupstest.Source{
		{Type: "users", ID: "5550000000001001"},
		{Type: "users", ID: "5550000000001006"},
		{Type: "users", ID: "5550000000001012"},
		{Type: "roles", ID: "5550000000002003", Subordinates: new(true)},
		{Type: "territories", ID: "5550000000003001"},
		{Type: "groups", ID: "5550000000004002"},
		{Type: "queues", ID: "7"},
	}})
	list := func(o usergroups.ListSourcesOptions) string {
		sources, err := usergroups.Collect(client.UserGroups.AllSources(t.Context(), id, o))
		if err != nil {
			t.Error(err)
		}
		var names []string
		for _, s := range sources {
			names = append(names, string(s.Type)+"/"+s.ID[max(0, len(s.ID)-4):])
		}
		slices.Sort(names)
		return strings.Join(names, " ")
	}
	for _, perPage := range []int{0, 1, 3} {
		for o, want := range map[usergroups.ListSourcesOptions]string{
			{}:                             "groups/4002 queues/7 roles/2003 territories/3001 users/1001 users/1006 users/1012",
			{Type: usergroups.SourceUsers}: "users/1001 users/1006 users/1012",
			{Type: usergroups.SourceRoles}: "roles/2003",
			{Type: usergroups.SourceUsers, UserType: usergroups.UserInactive}: "users/1006",
			{Type: usergroups.SourceUsers, UserType: usergroups.UserDeleted}:  "users/1012",
		} {
			o.PerPage = perPage
			if got := list(o); got != want {
				t.Errorf("%+v: %s, want %s", o, got, want)
			}
		}
	}
	count, err := client.UserGroups.SourcesCount(t.Context(), id)
	want := usergroups.SourcesCount{
		Users: usergroups.UserSourcesCount{Total: 3, Active: 1, Inactive: 1, Deleted: 1, Detailed: true}, Roles: 1, Groups: 1, Territories: 1,
	}
	if err != nil || *count != want {
		t.Errorf("count %+v, %v, want %+v", count, err, want)
	}
	if _, err := client.UserGroups.ListSources(t.Context(), id, usergroups.ListSourcesOptions{Type: "queues"}); !errors.Is(err, usergroups.ErrBadRequest) {
		t.Errorf("a type that the API does not take: %v, want ErrBadRequest", err)
	}
}

// TestAllSourcesTellsTypesApart: an id may be that of a user and of a role.
func TestAllSourcesTellsTypesApart(t *testing.T) {
	t.Parallel()
	asked := 0
	client := newTokenClient(t, roundTripFunc(func(r *http.Request) (*http.Response, error) {
		asked++
		kind := map[int]string{1: "users", 2: "roles"}[asked]
		return inMemory(200, nil, fmt.Sprintf(`{"sources":[{"type":%q,"source":{"id":"1"}}],"info":{"more_records":%t}}`, kind, asked < 2))(r)
	}))
	sources, err := usergroups.Collect(client.UserGroups.AllSources(context.Background(), groupID, usergroups.ListSourcesOptions{}))
	if err != nil || len(sources) != 2 {
		t.Errorf("%+v, %v, want two sources", sources, err)
	}
}
