package usergroups_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/usergroups-go/usergroups"
	"github.com/usergroups-go/usergroups/usergroupstest"
)

// TestUpdateBodies holds the bytes that are sent against golden files.
func TestUpdateBodies(t *testing.T) {
	t.Parallel()
	manager := usergroups.RoleSource("3652397000000026008").WithSubordinates()
	manager.Name = "Manager" // as a listing gives it: names are not sent
	ceo := usergroups.RoleSource("3652397000000026005")
	ceo.Subordinates = new(false)
	newYork := usergroups.TerritorySource("3652397000007622003")
	newYork.Subordinates, newYork.SubTerritories = new(false), new(true)
	queue := usergroups.Source{
		Type: "queues", SourceRef: usergroups.SourceRef{ID: "3652397000000026099"},
		Extra: map[string]json.RawMessage{"weight": json.RawMessage(`1.50`), "labels": json.RawMessage(`["a", null]`)},
	}
	user := []usergroups.SourceChange{{Source: usergroups.UserSource("3652397000000186017")}}
	full := usergroups.UpdateUserGroup{
		Name: "test group", Description: usergroups.Some("my group"),
		Sources: []usergroups.SourceChange{
			{Source: usergroups.UserSource("3652397000000186017")},
			{Source: usergroups.UserSource("3652397000000281001"), Delete: true},
			{Source: manager},
			{Source: ceo},
			{Source: newYork},
			{Source: usergroups.GroupSource("3652397000009952001"), Delete: true},
			{Source: queue},
			{Source: queue, Delete: true},
		},
	}
	update := func(g usergroups.UpdateUserGroup) func(context.Context, *usergroups.Client) error {
		return func(ctx context.Context, c *usergroups.Client) error {
			_, err := c.UserGroups.Update(ctx, groupID, g)
			return err
		}
	}
	tests := []struct {
		golden string
		call   func(context.Context, *usergroups.Client) error
	}{
		{"update_minimal.json", update(usergroups.UpdateUserGroup{Name: `R&D <team> "x"`, Sources: user})},
		{"update_description_null.json", update(usergroups.UpdateUserGroup{Name: "test group", Description: usergroups.Null[string](), Sources: user})},
		{"update_description_empty.json", update(usergroups.UpdateUserGroup{Name: "test group", Description: usergroups.Some(""), Sources: user})},
		{"update_full.json", update(full)},
		{"update_many.json", func(ctx context.Context, c *usergroups.Client) error {
			_, err := c.UserGroups.UpdateMany(ctx, []usergroups.UserGroupUpdate{
				{ID: groupID, UpdateUserGroup: full},
				{ID: "3652397000009952001", UpdateUserGroup: usergroups.UpdateUserGroup{Name: "group test", Description: usergroups.Null[string](), Sources: user}},
				{ID: "3652397000009952002", UpdateUserGroup: usergroups.UpdateUserGroup{Name: "group 3", Sources: user}},
			})
			return err
		}},
	}
	for _, tt := range tests {
		t.Run(tt.golden, func(t *testing.T) {
			t.Parallel()
			sent := ""
			client := newTokenClient(t, roundTripFunc(func(r *http.Request) (*http.Response, error) {
				body, err := io.ReadAll(r.Body)
				if err != nil {
					return nil, err
				}
				sent = string(body)
				if got := r.Header.Get("Content-Type"); r.Method != http.MethodPut || got != "application/json" {
					t.Errorf("%s with the Content-Type %q", r.Method, got)
				}
				return inMemory(200, nil, batchOf(slices.Repeat([]string{itemDone}, strings.Count(sent, `"name"`))...))(r)
			}))
			if err := tt.call(t.Context(), client); err != nil {
				t.Fatal(err)
			}
			if want := fixture(t, "bodies/"+tt.golden); sent != want {
				t.Errorf("body\n%s\nwant\n%s", sent, want)
			}
		})
	}
}

func TestUpdateRefuses(t *testing.T) {
	t.Parallel()
	change := func(s usergroups.Source) []usergroups.SourceChange { return []usergroups.SourceChange{{Source: s}} }
	user := change(usergroups.UserSource("1"))
	extra := func(key, value string) []usergroups.SourceChange {
		s := usergroups.UserSource("1")
		s.Extra = map[string]json.RawMessage{key: json.RawMessage(value)}
		return change(s)
	}
	tests := map[string]usergroups.UpdateUserGroup{
		"no name":                      {Sources: user},
		"no sources":                   {Name: "x"},
		"empty sources":                {Name: "x", Sources: []usergroups.SourceChange{}},
		"a source without id":          {Name: "x", Sources: change(usergroups.UserSource(""))},
		"a source without type":        {Name: "x", Sources: change(usergroups.Source{SourceRef: usergroups.SourceRef{ID: "1"}})},
		"the second source":            {Name: "x", Sources: append(slices.Clone(user), usergroups.SourceChange{})},
		"a source to delete, no id":    {Name: "x", Sources: []usergroups.SourceChange{{Source: usergroups.UserSource(""), Delete: true}}},
		"a name not in UTF-8":          {Name: "x\xff", Sources: user},
		"a description not so":         {Name: "x", Description: usergroups.Some("\xff"), Sources: user},
		"a user's subordinates":        {Name: "x", Sources: change(usergroups.UserSource("1").WithSubordinates())},
		"a group's subordinates":       {Name: "x", Sources: change(usergroups.GroupSource("1").WithSubordinates())},
		"an id not so":                 {Name: "x", Sources: change(usergroups.UserSource("\xff"))},
		"an extra that has a field":    {Name: "x", Sources: extra("type", `"roles"`)},
		"an extra in other case":       {Name: "x", Sources: extra("Source", `{"id":"2"}`)},
		"an extra that deletes":        {Name: "x", Sources: extra("_delete", "true")},
		"an extra that deletes, loud":  {Name: "x", Sources: extra("_DELETE", "true")},
		"an extra flag":                {Name: "x", Sources: extra("sub_territories", "true")},
		"an extra that is no JSON":     {Name: "x", Sources: extra("weight", "1,")},
		"an extra that is not there":   {Name: "x", Sources: extra("weight", "")},
		"an extra that ends the other": {Name: "x", Sources: extra("weight", `1},{"type":"users"`)},
	}
	for name, group := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client := newTokenClient(t, newMock(t))
			_, err := client.UserGroups.Update(t.Context(), groupID, group)
			var e *usergroups.Error
			if !errors.Is(err, usergroups.ErrInvalidArgument) || !errors.As(err, &e) || e.Op != usergroups.OpUserGroupsUpdate || e.Method != http.MethodPut {
				t.Errorf("Update: %v, want ErrInvalidArgument", err)
			}
			fine := usergroups.UserGroupUpdate{ID: "1", UpdateUserGroup: anUpdate}
			results, err := client.UserGroups.UpdateMany(t.Context(), []usergroups.UserGroupUpdate{fine, {ID: "2", UpdateUserGroup: group}})
			if results != nil || !errors.Is(err, usergroups.ErrInvalidArgument) || !strings.Contains(err.Error(), "update 1: ") {
				t.Errorf("UpdateMany: %v, want ErrInvalidArgument of update 1", err)
			}
		})
	}
	for name, updates := range map[string][]usergroups.UserGroupUpdate{
		"none":      nil,
		"empty":     {},
		"no id":     {{UpdateUserGroup: anUpdate}},
		"one twice": {{ID: "1", UpdateUserGroup: anUpdate}, {ID: "2", UpdateUserGroup: anUpdate}, {ID: "1", UpdateUserGroup: anUpdate}},
	} {
		t.Run("many: "+name, func(t *testing.T) {
			t.Parallel()
			results, err := newTokenClient(t, newMock(t)).UserGroups.UpdateMany(t.Context(), updates)
			if results != nil || !errors.Is(err, usergroups.ErrInvalidArgument) {
				t.Errorf("results %v, error %v, want ErrInvalidArgument", results, err)
			}
		})
	}
}

// TestUpdate is on the fake: what was sent is there afterwards.
func TestUpdate(t *testing.T) {
	t.Parallel()
	fake, client := newFake(t)
	const leadership, amara, lukas, priya, hanna = "5550000000004001", "5550000000001001", "5550000000001002", "5550000000001009", "5550000000001005"
	keep := func(ids ...string) (changes []usergroups.SourceChange) {
		for _, id := range ids {
			changes = append(changes, usergroups.SourceChange{Source: usergroups.UserSource(id)})
		}
		return changes
	}
	tests := []struct {
		name        string
		description usergroups.Optional[string]
		sources     []usergroups.SourceChange
		wantText    string
		wantSources []string
	}{
		{"Leadership", usergroups.Optional[string]{}, keep(amara, lukas, priya), "Decides what the others do", []string{amara, lukas, priya}},
		{"Board", usergroups.Some("R&D too"), append(keep(amara, priya, hanna), usergroups.SourceChange{Source: usergroups.UserSource(lukas), Delete: true}), "R&D too", []string{amara, priya, hanna}},
		{"Board", usergroups.Null[string](), keep(amara, priya, hanna), "", []string{amara, priya, hanna}},
	}
	for _, tt := range tests {
		result, err := client.UserGroups.Update(t.Context(), leadership, usergroups.UpdateUserGroup{Name: tt.name, Description: tt.description, Sources: tt.sources})
		if err != nil {
			t.Fatal(err)
		}
		group, _ := fake.Group(leadership)
		var ids []string
		for _, source := range group.Sources {
			ids = append(ids, source.ID)
		}
		slices.Sort(ids)
		slices.Sort(tt.wantSources)
		if result.ID != leadership || group.Name != tt.name || group.Description != tt.wantText || !slices.Equal(ids, tt.wantSources) {
			t.Errorf("result %+v, the group is %+v, want %+v", result, group, tt)
		}
	}
}

// TestUpdateManyOnTheFake: under any status that the vendor may give to a mixed
// outcome, the accepted updates are done and the refused ones told apart.
func TestUpdateManyOnTheFake(t *testing.T) {
	t.Parallel()
	for _, status := range []int{200, 207, 400} {
		fake, client := newFake(t, usergroupstest.WithGuesses(usergroupstest.Guesses{MixedStatus: status}))
		const leadership, sales, amara = "5550000000004001", "5550000000004002", "5550000000001001"
		of := func(name, user string) usergroups.UpdateUserGroup {
			return usergroups.UpdateUserGroup{Name: name, Sources: []usergroups.SourceChange{{Source: usergroups.UserSource(user)}}}
		}
		results, err := client.UserGroups.UpdateMany(t.Context(), []usergroups.UserGroupUpdate{
			{ID: leadership, UpdateUserGroup: of("Board", amara)},
			{ID: sales, UpdateUserGroup: of("R&D", amara)},
			{ID: "5550000000004003", UpdateUserGroup: of("Research", "999")},
			{ID: "5550000000009999", UpdateUserGroup: of("Nobody", amara)},
		})
		var failed *usergroups.ActionsError
		if !errors.As(err, &failed) || len(results) != 4 || len(failed.Errors) != 4 {
			t.Fatalf("%d results, error %v", len(results), err)
		}
		if failed.Errors[0] != nil || results[0].ID != leadership {
			t.Errorf("item 0: %+v, %v", results[0], failed.Errors[0])
		}
		checkSentinels(t, failed.Errors[1], []string{"ErrDuplicate"})
		checkSentinels(t, failed.Errors[2], []string{"ErrBadRequest"})
		checkSentinels(t, failed.Errors[3], []string{"ErrBadRequest"})
		board, _ := fake.Group(leadership)
		unchanged, _ := fake.Group(sales)
		if board.Name != "Board" || unchanged.Name != "Sales" {
			t.Errorf("%d: the groups are %q and %q", status, board.Name, unchanged.Name)
		}
	}
}

// TestLostUpdates: an update whose answer is lost is not sent again.
func TestLostUpdates(t *testing.T) {
	t.Parallel()
	for route, call := range map[string]func(*usergroups.Client) error{
		"PUT /settings/user_groups/{id}": func(c *usergroups.Client) error {
			_, err := c.UserGroups.Update(t.Context(), "5550000000004001", lostUpdate())
			return err
		},
		"PUT /settings/user_groups": func(c *usergroups.Client) error {
			_, err := c.UserGroups.UpdateMany(t.Context(), []usergroups.UserGroupUpdate{{ID: "5550000000004001", UpdateUserGroup: lostUpdate()}})
			return err
		},
	} {
		for name, fault := range map[string]usergroupstest.Fault{
			"reset": {Kind: usergroupstest.FaultReset}, "cut body": {Kind: usergroupstest.FaultCutBody},
			"HTML": {Kind: usergroupstest.FaultHTML}, "503": {Status: 503},
		} {
			t.Run(name+" "+route, func(t *testing.T) {
				t.Parallel()
				fake, client := newFake(t)
				if err := get(t.Context(), client); err != nil { // now there is a connection
					t.Fatal(err)
				}
				fault.Route, fault.Applied = route, true
				fake.Inject(fault)
				if err := call(client); !errors.Is(err, usergroups.ErrOutcomeUnknown) {
					t.Errorf("%v, want ErrOutcomeUnknown", err)
				}
				group, _ := fake.Group("5550000000004001")
				if n := fake.Count(route); n != 1 || group.Name != "Board" {
					t.Errorf("seen %d times, the group is %q", n, group.Name)
				}
			})
		}
	}
}

func lostUpdate() usergroups.UpdateUserGroup {
	return usergroups.UpdateUserGroup{
		Name: "Board", Sources: []usergroups.SourceChange{{Source: usergroups.UserSource("5550000000001001")}},
	}
}
