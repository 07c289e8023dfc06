package usergroups_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/usergroups-go/usergroups"
	"github.com/usergroups-go/usergroups/usergroupstest"
)

const putRoute = "PUT /settings/user_groups/{id}"

// TestChangesRefused: what is wrong with the arguments is known before anything is sent
// or, where the group has to be seen, before anything is written.
func TestChangesRefused(t *testing.T) {
	t.Parallel()
	var response usergroups.Response
	type change = func(ctx context.Context, g *usergroups.UserGroupsService) (*usergroups.SourcesChange, error)
	set := func(want []usergroups.Source, opts ...usergroups.CallOption) change {
		return func(ctx context.Context, g *usergroups.UserGroupsService) (*usergroups.SourcesChange, error) {
			return g.SetSources(ctx, changedGroup, want, opts...)
		}
	}
	extra := func(key, value string) []usergroups.Source {
		return []usergroups.Source{{Type: "users", SourceRef: usergroups.SourceRef{ID: "1"}, Extra: map[string]json.RawMessage{key: json.RawMessage(value)}}}
	}
	tests := []struct {
		name   string
		change change
		says   string
		sent   string
	}{
		{"set nothing", set(nil), "ClearSources", ""},
		{"set one twice", set(sources("u1 r1 u1")), "source 2: users " + sourceID('u', 1) + " comes twice", ""},
		{"set one twice with other flags", set(sources("r1+ r1-")), "comes twice", ""},
		{"contradicting flags", set([]usergroups.Source{flagged("+", "-")}), "contradict", ""},
		{"no id", set([]usergroups.Source{usergroups.UserSource("")}), "no type or no id", ""},
		{"users have no subordinates", set(sources("u1+")), "subordinates", ""},
		{"Extra that would remove", set(extra("_delete", "true")), "_delete", ""},
		{"Extra that would remove, in capitals", set(extra("_DELETE", "true")), "_DELETE", ""},
		{"Extra that is a field", set(extra("type", `"roles"`)), "type", ""},
		{"Extra that is no JSON", set(extra("region", "{")), "region", ""},
		{"WithResponse", set(sources("u1"), usergroups.WithResponse(&response)), "WithResponse", ""},
		{"a nil option", set(sources("u1"), nil), "nil", ""},
		{"add one twice", func(ctx context.Context, g *usergroups.UserGroupsService) (*usergroups.SourcesChange, error) {
			return g.AddSources(ctx, changedGroup, sources("u2 u2"))
		}, "comes twice", ""},
		{"remove one twice", func(ctx context.Context, g *usergroups.UserGroupsService) (*usergroups.SourcesChange, error) {
			return g.RemoveSources(ctx, changedGroup, sources("u2 u2"))
		}, "comes twice", ""},
		{"no id of a group", func(ctx context.Context, g *usergroups.UserGroupsService) (*usergroups.SourcesChange, error) {
			return g.ClearSources(ctx, "")
		}, "", ""},
		{"remove all", func(ctx context.Context, g *usergroups.UserGroupsService) (*usergroups.SourcesChange, error) {
			return g.RemoveSources(ctx, changedGroup, sources("u1 u2 u3"))
		}, "ClearSources", "GLC"},
		{"a client of nobody", func(ctx context.Context, _ *usergroups.UserGroupsService) (*usergroups.SourcesChange, error) {
			return new(usergroups.UserGroupsService).SetSources(ctx, changedGroup, sources("u1"))
		}, "NewClient", ""},
		{"no context", func(_ context.Context, g *usergroups.UserGroupsService) (*usergroups.SourcesChange, error) {
			return g.SetSources(nil, changedGroup, sources("u1")) //nolint:staticcheck // what happens then
		}, "context", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			fake, client := newSourcesFake(t, usergroupstest.Guesses{}, "u1 u2")
			_, err := tt.change(t.Context(), client.UserGroups)
			checkSentinels(t, err, []string{"ErrInvalidArgument"})
			if !strings.Contains(fmt.Sprint(err), tt.says) || requests(fake) != tt.sent {
				t.Errorf("requests %q, error %v", requests(fake), err)
			}
		})
	}
	for _, opt := range []usergroups.CallOption{usergroups.WithDryRun(), usergroups.WithUnlistedSources()} {
		for _, m := range methods {
			checkSentinels(t, m.call(t.Context(), newTokenClient(t, newMock(t)), groupID, opt), []string{"ErrInvalidArgument"})
		}
	}
}

// TestChangesOfNothing: adding and removing nothing, or what is so already, writes
// nothing and is no error.
func TestChangesOfNothing(t *testing.T) {
	t.Parallel()
	fake, client := newSourcesFake(t, usergroupstest.Guesses{}, "u1 r1+ t1+")
	ctx, groups := t.Context(), client.UserGroups
	for name, change := range map[string]func() (*usergroups.SourcesChange, error){
		"add nothing": func() (*usergroups.SourcesChange, error) { return groups.AddSources(ctx, changedGroup, nil) },
		"add what is there": func() (*usergroups.SourcesChange, error) {
			return groups.AddSources(ctx, changedGroup, sources("u1 r1 t1+"))
		},
		"remove nothing": func() (*usergroups.SourcesChange, error) { return groups.RemoveSources(ctx, changedGroup, nil) },
		"remove what is not": func() (*usergroups.SourcesChange, error) {
			return groups.RemoveSources(ctx, changedGroup, sources("u2"))
		},
		"set what is so": func() (*usergroups.SourcesChange, error) {
			return groups.SetSources(ctx, changedGroup, sources("t1+ r1+ u1"))
		},
	} {
		fake.ResetLog()
		done, err := change()
		if err != nil || !done.Diff.Empty() || done.Updates != 0 || requests(fake) != "GLC" || spell(done.After) != "r1+ t1+ u1" {
			t.Errorf("%s: requests %s, %+v, %v", name, requests(fake), done, err)
		}
	}
}

// TestChangeKeepsTheRest: name and description go back as they came, and so does what
// nobody knows of a source.
func TestChangeKeepsTheRest(t *testing.T) {
	t.Parallel()
	tests := []struct {
		description string // in the server's answer
		sent        string
	}{
		{`,"description":"at night"`, `,"description":"at night"`},
		{`,"description":""`, `,"description":""`},
		{`,"description":null`, `,"description":null`},
		{``, ``},
	}
	for _, tt := range tests {
		t.Run(tt.description, func(t *testing.T) {
			t.Parallel()
			var body string
			listed := `{"sources":[{"source":{"name":"A","id":"1"},"type":"users","since":{"year":2020}},{"source":{"name":"Q","id":"2"},"type":"queues","subordinates":true,"depth":3}],"info":{"more_records":false}}`
			mock := newMock(t)
			group := apiBase + "/settings/user_groups/" + groupID
			mock.RegisterResponder("GET", group, jsonResponder(200, `{"user_groups":[{"name":"R&D <x>","id":"`+groupID+`","modified_time":null`+tt.description+`}]}`))
			mock.RegisterResponder("GET", group+"/actions/sources_count", jsonResponder(200, `{"sources_count":[{"users":{"active":1}}]}`))
			mock.RegisterResponder("GET", group+"/sources", func(r *http.Request) (*http.Response, error) { return jsonResponder(200, listed)(r) })
			mock.RegisterResponder("PUT", group, func(r *http.Request) (*http.Response, error) {
				var b bytes.Buffer
				_, _ = b.ReadFrom(r.Body)
				body = b.String()
				listed = strings.Replace(listed, `{"sources":[`, `{"sources":[{"source":{"id":"3"},"type":"roles","subordinates":false},`, 1)
				return jsonResponder(200, `{"user_groups":[{"code":"SUCCESS","details":{"id":"1"},"message":"","status":"success"}]}`)(r)
			})
			_, err := newTokenClient(t, mock).UserGroups.AddSources(t.Context(), groupID, []usergroups.Source{usergroups.RoleSource("3")})
			if err != nil {
				t.Fatal(err)
			}
			want := `{"user_groups":[{"name":"R&D <x>"` + tt.sent + `,"sources":[` +
				`{"type":"users","source":{"id":"1"},"since":{"year":2020}},` +
				`{"type":"queues","source":{"id":"2"},"subordinates":true,"depth":3},` +
				`{"type":"roles","source":{"id":"3"},"subordinates":false}]}]}`
			if body != want {
				t.Error(cmp.Diff(want, body))
			}
		})
	}
}

// TestChangeAfterTrouble: after an update that failed, the error says what the group is
// made of, unless it turns out to be what was wanted.
func TestChangeAfterTrouble(t *testing.T) {
	t.Parallel()
	lost := usergroupstest.Fault{Route: putRoute, Times: 1, Kind: usergroupstest.FaultReset}
	lostLater := usergroupstest.Fault{Route: putRoute, Times: 1, Skip: 1, Kind: usergroupstest.FaultReset}
	applied := func(f usergroupstest.Fault) usergroupstest.Fault { f.Applied = true; return f }
	status := func(status int, body string) usergroupstest.Fault {
		return usergroupstest.Fault{Route: putRoute, Times: 1, Status: status, Body: body}
	}
	tests := []struct {
		name      string
		faults    []usergroupstest.Fault
		sentinels string // "" for success
		missing   string // of the SourcesError, "" for none
		requests  string
	}{
		{"lost, and done", []usergroupstest.Fault{applied(lost)}, "ErrIncomplete ErrOutcomeUnknown ErrUnavailable", "add [] remove [u1] change []", "GLCGpL"},
		{"lost, and not done", []usergroupstest.Fault{lost}, "ErrIncomplete ErrOutcomeUnknown ErrUnavailable", "add [u3] remove [u1] change []", "GLCGpL"},
		{"the second lost, and done", []usergroupstest.Fault{applied(lostLater)}, "", "", "GLCGPLpL"},
		{"the second lost, and not done", []usergroupstest.Fault{lostLater}, "ErrIncomplete ErrOutcomeUnknown ErrUnavailable", "add [] remove [u1] change []", "GLCGPLpL"},
		{"500", []usergroupstest.Fault{status(500, "")}, "ErrIncomplete ErrOutcomeUnknown ErrUnavailable", "add [u3] remove [u1] change []", "GLCGpL"},
		{"forbidden", []usergroupstest.Fault{status(403, `{"code":"NO_PERMISSION","status":"error"}`)}, "ErrForbidden", "", "GLCGp"},
		{"gone", []usergroupstest.Fault{status(404, `{"code":"INVALID_URL_PATTERN","status":"error"}`)}, "ErrNotFound", "", "GLCGp"},
		{
			"the second forbidden",
			[]usergroupstest.Fault{{Route: putRoute, Times: 1, Skip: 1, Status: 403, Body: `{"code":"NO_PERMISSION","status":"error"}`}},
			"ErrForbidden ErrIncomplete", "add [] remove [u1] change []", "GLCGPLp",
		},
		{
			"the second refused",
			[]usergroupstest.Fault{{Route: putRoute, Times: 1, Skip: 1, Status: 400, Body: `{"user_groups":[` + refusedAt("INVALID_DATA", "$.user_groups[0].source[2]._delete") + `]}`}},
			"ErrBadRequest ErrIncomplete", "add [] remove [u1] change []", "GLCGPLp",
		},
		{
			"refused",
			[]usergroupstest.Fault{status(400, `{"user_groups":[{"code":"INVALID_DATA","details":{"json_path":"$.user_groups[0].source[0].id"},"status":"error"}]}`)},
			"ErrBadRequest ErrIncomplete", "add [u3] remove [u1] change []", "GLCGp",
		},
		{
			"the name refused",
			[]usergroupstest.Fault{status(400, `{"user_groups":[{"code":"DUPLICATE_DATA","details":{"json_path":"$.user_groups[0].name"},"status":"error"}]}`)},
			"ErrDuplicate ErrIncomplete", "add [u3] remove [u1] change []", "GLCGp",
		},
		{ // not under every rule: what is there is taken again, so it was something else
			"a duplicate that is none",
			[]usergroupstest.Fault{status(400, `{"user_groups":[{"code":"DUPLICATE_DATA","details":{"json_path":"$.user_groups[0].sources[0].id"},"status":"error"}]}`)},
			"ErrDuplicate ErrIncomplete", "add [u3] remove [u1] change []", "GLCGpPL",
		},
		{
			"a duplicate, and then something else",
			[]usergroupstest.Fault{
				status(400, `{"user_groups":[{"code":"DUPLICATE_DATA","details":{"json_path":"$.user_groups[0].sources[0].id"},"status":"error"}]}`),
				status(400, `{"user_groups":[{"code":"INVALID_DATA","details":{"json_path":"$.user_groups[0].sources[0].id"},"status":"error"}]}`),
			},
			"ErrBadRequest ErrIncomplete", "add [u3] remove [u1] change []", "GLCGpp",
		},
		{
			"a duplicate, and then forbidden",
			[]usergroupstest.Fault{
				status(400, `{"user_groups":[{"code":"DUPLICATE_DATA","details":{"json_path":"$.user_groups[0].sources[0].id"},"status":"error"}]}`),
				status(403, `{"code":"NO_PERMISSION","status":"error"}`),
			},
			"ErrForbidden", "", "GLCGpp",
		},
		{
			"cannot be read back",
			[]usergroupstest.Fault{{Route: "GET /settings/user_groups/{id}/sources", Skip: 1, Status: 403, Body: `{"code":"NO_PERMISSION","status":"error"}`}},
			"ErrForbidden ErrOutcomeUnknown", "", "GLCGPL",
		},
		{
			"lost, and cannot be read back",
			[]usergroupstest.Fault{lost, {Route: "GET /settings/user_groups/{id}/sources", Skip: 1, Status: 403, Body: `{"code":"NO_PERMISSION","status":"error"}`}},
			"ErrForbidden ErrOutcomeUnknown ErrUnavailable", "", "GLCGpL",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			fake, client := newSourcesFake(t, usergroupstest.Guesses{}, "u1 u2")
			for _, f := range tt.faults {
				fake.Inject(f)
			}
			done, err := client.UserGroups.SetSources(t.Context(), changedGroup, sources("u2 u3"))
			checkSentinels(t, err, strings.Fields(tt.sentinels))
			if requests(fake) != tt.requests {
				t.Errorf("requests %s, want %s", requests(fake), tt.requests)
			}
			var incomplete *usergroups.SourcesError
			errors.As(err, &incomplete)
			switch {
			case err == nil:
				if spell(done.After) != "u2 u3" || spell(onServer(t, fake)) != "u2 u3" || done.Updates != 2 {
					t.Errorf("After %s, is %s, by %d updates", spell(done.After), spell(onServer(t, fake)), done.Updates)
				}
			case (incomplete != nil) != (tt.missing != ""):
				t.Errorf("error %v", err)
			case incomplete != nil:
				if got := spellDiff(incomplete.Left); got != tt.missing || spell(incomplete.Now) != spell(onServer(t, fake)) {
					t.Errorf("missing %s, now %s: %v", got, spell(incomplete.Now), err)
				}
				var e *usergroups.Error
				if !errors.As(err, &e) || e.Op != usergroups.OpUserGroupsSetSources || !strings.Contains(err.Error(), incomplete.Left.String()) {
					t.Errorf("error %v", err)
				}
			}
		})
	}
}

// TestCountOfSources: whatever kind of source the list does not show, or shows too many
// of, stops a change. No count is a count of none.
func TestCountOfSources(t *testing.T) {
	t.Parallel()
	const listed = `{"sources":[{"source":{"id":"1"},"type":"users"},{"source":{"id":"2"},"type":"roles"},{"source":{"id":"3"},"type":"groups"},{"source":{"id":"4"},"type":"territories"}],"info":{"more_records":false}}`
	for _, tt := range []struct{ listed, count, differs string }{
		{listed, `[{"users":{"active":1},"roles":1,"groups":1,"territories":1}]`, ""},
		{listed, `[{"users":{"deleted":1},"roles":1,"groups":1,"territories":1}]`, ""},
		{listed, `[{"users":{"active":1,"inactive":1},"roles":1,"groups":1,"territories":1}]`, "1 users are listed, 2 counted"},
		{listed, `[{"users":{"active":1},"roles":2,"groups":1,"territories":1}]`, "1 roles are listed, 2 counted"},
		{listed, `[{"users":{"active":1},"roles":1,"territories":1}]`, "1 groups are listed, 0 counted"},
		{listed, `[{"users":{"active":1},"roles":1,"groups":1,"territories":3}]`, "1 territories are listed, 3 counted"},
		{listed, `[]`, "1 users are listed, 0 counted, 1 roles are listed, 0 counted"},
		{`{"sources":[]}`, `[]`, ""},
	} {
		client := newTokenClient(t, roundTripFunc(func(r *http.Request) (*http.Response, error) {
			switch {
			case strings.HasSuffix(r.URL.Path, "/sources"):
				return inMemory(200, nil, tt.listed)(r)
			case strings.HasSuffix(r.URL.Path, "/sources_count"):
				return inMemory(200, nil, `{"sources_count":`+tt.count+`}`)(r)
			}
			return inMemory(200, nil, `{"user_groups":[{"name":"N","id":"`+groupID+`"}]}`)(r)
		}))
		_, err := client.UserGroups.SetSources(t.Context(), groupID, sources("u1"), usergroups.WithDryRun())
		if tt.differs == "" {
			if err != nil {
				t.Errorf("%s: %v", tt.count, err)
			}
			continue
		}
		if checkSentinels(t, err, []string{"ErrIncomplete"}); !strings.Contains(fmt.Sprint(err), tt.differs) {
			t.Errorf("%s: %v", tt.count, err)
		}
	}
}

// TestSourceWithoutID: a kind of source that nobody knows may have no id. Then it cannot
// be sent back, and the group not be changed.
func TestSourceWithoutID(t *testing.T) {
	t.Parallel()
	client := newTokenClient(t, roundTripFunc(func(r *http.Request) (*http.Response, error) {
		switch {
		case strings.HasSuffix(r.URL.Path, "/sources"):
			return inMemory(200, nil, `{"sources":[{"source":{"id":"9"},"type":"users"},{"source":null,"type":"all_users"}],"info":{"more_records":false}}`)(r)
		case strings.HasSuffix(r.URL.Path, "/sources_count"):
			return inMemory(200, nil, `{"sources_count":[{"users":{"active":1}}]}`)(r)
		case r.Method != http.MethodGet:
			t.Errorf("%s %s", r.Method, r.URL)
		}
		return inMemory(200, nil, `{"user_groups":[{"name":"N","id":"`+groupID+`"}]}`)(r)
	}))
	ctx := t.Context()
	all, err := usergroups.Collect(client.UserGroups.AllSources(ctx, groupID, usergroups.ListSourcesOptions{}))
	if err != nil || len(all) != 2 {
		t.Errorf("%v, %v", all, err)
	}
	_, addErr := client.UserGroups.AddSources(ctx, groupID, sources("u1"))
	_, clearErr := client.UserGroups.ClearSources(ctx, groupID)
	for _, err := range []error{addErr, clearErr} {
		if checkSentinels(t, err, []string{"ErrInvalidArgument"}); !strings.Contains(fmt.Sprint(err), "cannot be sent back") {
			t.Error(err)
		}
	}
	if done, err := client.UserGroups.AddSources(ctx, groupID, nil); err != nil || len(done.After) != 2 { // nothing to send
		t.Error(err)
	}
}

// TestRefusedSource: the error shows what the server said of the update, and which
// source it is about.
func TestRefusedSource(t *testing.T) {
	t.Parallel()
	fake, client := newSourcesFake(t, usergroupstest.Guesses{}, "u1 u2")
	unknown := usergroups.RoleSource("5550000000009999")
	_, err := client.UserGroups.SetSources(t.Context(), changedGroup, append(sources("u2 u3"), unknown))
	var e *usergroups.Error
	var left *usergroups.SourcesError
	if !errors.As(err, &e) || !errors.As(err, &left) || left.Refused == nil || left.Refused.ID != unknown.ID || left.Updates != 0 {
		t.Fatalf("%+v, %v", left, err)
	}
	if e.Op != usergroups.OpUserGroupsSetSources || e.StatusCode != 400 || e.Code != usergroups.CodeInvalidData || e.Method != "PUT" ||
		!strings.HasSuffix(e.URL, changedGroup) || e.Attempts != 1 || e.Details.JSONPath() != "$.user_groups[0].source[2].id" || len(e.Body) == 0 {
		t.Errorf("%#v", *e)
	}
	if text := err.Error(); !strings.Contains(text, "refused was roles 5550000000009999; still to do: ") || strings.Count(text, "INVALID_DATA") != 1 {
		t.Error(text)
	}
	// Paths that name no source that was sent.
	for _, path := range []string{"", "$.user_groups[0].name", "$.user_groups[0].sources[2].id", "$.user_groups[0].sources[9].id", "$.user_groups[0].sources[99999999999999999999].id", "$.user_groups[0].resources[0]"} {
		fake.Inject(usergroupstest.Fault{Route: putRoute, Times: 1, Status: 400, Body: `{"user_groups":[` + refusedAt("INVALID_DATA", path) + `]}`})
		_, err := client.UserGroups.SetSources(t.Context(), changedGroup, sources("u2 u3"))
		if !errors.As(err, &left) || left.Refused != nil {
			t.Errorf("%q: %+v, %v", path, left, err)
		}
	}
	// Of an update that was accepted, and what was left of it.
	fake.Inject(usergroupstest.Fault{Route: putRoute, Times: 1, Skip: 1, Status: 400, Body: `{"user_groups":[` + refusedAt("INVALID_DATA", "$.user_groups[0].sources[1]._delete") + `]}`})
	_, err = client.UserGroups.SetSources(t.Context(), changedGroup, sources("u2"))
	if !errors.As(err, &left) || left.Updates != 1 || left.Refused == nil || left.Refused.ID != sourceID('u', 1) {
		t.Errorf("%+v, %v", left, err)
	}
}

// TestDuplicateOfNothing: what is there cannot be asked about where there is nothing, or
// more than an update can have.
func TestDuplicateOfNothing(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]string{0: "GLCGp", 200: "GLCGppp", 201: "GLLCGp"} {
		fake, client := newManyFake(t, n, 201, usergroupstest.WithGuesses(usergroupstest.Guesses{Put: usergroupstest.PutMergesNew}))
		fake.Inject(usergroupstest.Fault{
			Route: putRoute, Times: 1, Status: 400,
			Body: `{"user_groups":[{"code":"DUPLICATE_DATA","details":{"json_path":"$.user_groups[0].sources"},"status":"error"}]}`,
		})
		fake.Inject(usergroupstest.Fault{Route: putRoute, Times: 1, Skip: 1, Status: 403})
		_, err := client.UserGroups.SetSources(t.Context(), changedGroup, sources("u1"))
		if !errors.Is(err, usergroups.ErrIncomplete) && n != 200 || requests(fake) != want {
			t.Errorf("%d sources: requests %s, error %v", n, requests(fake), err)
		}
	}
}

// TestChangeConflict: a change that is seen before the first update stops it.
func TestChangeConflict(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(g *usergroupstest.Group, fake *usergroupstest.Server){
		"modified":    func(g *usergroupstest.Group, fake *usergroupstest.Server) { g.ModifiedTime = fake.Now() },
		"renamed":     func(g *usergroupstest.Group, _ *usergroupstest.Server) { g.Name = "Day Shift" },
		"redescribed": func(g *usergroupstest.Group, _ *usergroupstest.Server) { g.Description = "by day" },
		"undescribed": func(g *usergroupstest.Group, _ *usergroupstest.Server) { g.Description = "" },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake, _ := newSourcesFake(t, usergroupstest.Guesses{}, "u1")
			client := newWatchedClient(t, fake, func(r *http.Request) {
				if strings.HasSuffix(r.URL.Path, "/sources_count") {
					g, _ := fake.Group(changedGroup)
					change(&g, fake)
					fake.AddGroup(g)
				}
			})
			_, err := client.UserGroups.SetSources(t.Context(), changedGroup, sources("u2"))
			checkSentinels(t, err, []string{"ErrConflict"})
			if requests(fake) != "GLCG" {
				t.Errorf("requests %s", requests(fake))
			}
		})
	}
}

// TestChangeWithUnlistedSources: what the list leaves out is not overwritten unless the
// caller says so.
func TestChangeWithUnlistedSources(t *testing.T) {
	t.Parallel()
	for _, rule := range putRules {
		fake, client := newSourcesFake(t, usergroupstest.Guesses{Put: rule.put, UnlistedUsers: true}, "u1 u2")
		fake.AddUser(usergroupstest.User{ID: sourceID('u', 2), Name: "User 2", Status: "deleted"})
		add := func(opts ...usergroups.CallOption) (*usergroups.SourcesChange, error) {
			return client.UserGroups.AddSources(t.Context(), changedGroup, sources("r1"), opts...)
		}
		_, err := add()
		checkSentinels(t, err, []string{"ErrIncomplete"})
		if requests(fake) != "GLCG" || !strings.Contains(fmt.Sprint(err), "1 users are listed, 2 counted: ") {
			t.Errorf("%s: requests %s, error %v", rule.name, requests(fake), err)
		}
		fake.ResetLog()
		if _, err := add(usergroups.WithUnlistedSources()); err != nil {
			t.Errorf("%s: %v", rule.name, err)
		}
		if got := requests(fake); strings.Contains(got, "C") || !strings.HasPrefix(got, "GLG") {
			t.Errorf("%s: requests %s", rule.name, got)
		}
		if is := spell(onServer(t, fake)); !strings.HasPrefix(is, "r1 u1") {
			t.Errorf("%s: the group is %s", rule.name, is)
		}
	}
}

// TestChangeWithStaleList: a list that lags behind must not cost what is wanted, must
// not make a success of what is none, and must not make the client believe that the
// server merges.
func TestChangeWithStaleList(t *testing.T) {
	t.Parallel()
	for _, rule := range putRules {
		for lag := 1; lag <= 3; lag++ {
			for _, want := range []string{"u1 u2", "u1 u2 r1", "u1"} {
				fake, client := newSourcesFake(t, usergroupstest.Guesses{Put: rule.put, StaleSources: lag}, "u1 u2 u3")
				_, err := client.UserGroups.SetSources(t.Context(), changedGroup, sources(want))
				left := usergroups.DiffSources(onServer(t, fake), sources(want))
				if err == nil && !left.Empty() || len(usergroups.DiffSources(onServer(t, fake), sources("u1")).Add) > 0 {
					t.Errorf("%s, %d behind: %s left: %v", rule.name, lag, spellDiff(left), err)
				}
				if rule.put < usergroupstest.PutReplaces {
					continue
				}
				_, tooMany := client.UserGroups.SetSources(t.Context(), changedGroup, manySources(0, 201), usergroups.WithUnlistedSources())
				checkSentinels(t, tooMany, []string{"ErrInvalidArgument"})
			}
		}
	}
}

// TestClearSources under every rule, with and without a server that takes an empty
// list.
func TestClearSources(t *testing.T) {
	t.Parallel()
	for i, rule := range putRules {
		for j, empty := range []bool{false, true} {
			fake, client := newSourcesFake(t, usergroupstest.Guesses{Put: rule.put, EmptySources: empty}, "u1 r1+ t1")
			done, err := client.UserGroups.ClearSources(t.Context(), changedGroup)
			want := [][2]string{{"GLCGPL", "GLCGPL"}, {"GLCGPL", "GLCGPL"}, {"GLCGPL", "GLCGPL"}, {"GLCGPLp", "GLCGPLPL"}, {"GLCGpp", "GLCGpPL"}}[i][j]
			if got := requests(fake); got != want {
				t.Errorf("%s, empty list %t: requests %s, want %s", rule.name, empty, got, want)
			}
			if strings.HasSuffix(want, "p") {
				checkSentinels(t, err, []string{"ErrIncomplete", "ErrBadRequest"})
				if spell(onServer(t, fake)) != "r1+ t1 u1" {
					t.Errorf("%s: the group is %s", rule.name, spell(onServer(t, fake)))
				}
				continue
			}
			if err != nil || len(done.After) != 0 || len(onServer(t, fake)) != 0 || len(done.Before) != 3 {
				t.Errorf("%s, empty list %t: %+v, %v", rule.name, empty, done, err)
			}
		}
	}
}

// TestChangeOptions: what is said of the call is said of each of its requests.
func TestChangeOptions(t *testing.T) {
	t.Parallel()
	fake, client := newSourcesFake(t, usergroupstest.Guesses{}, "u1")
	_, err := client.UserGroups.SetSources(t.Context(), changedGroup, sources("u2"), usergroups.WithHeader("X-Change", "42"))
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range fake.Requests() {
		if r.Header.Get("X-Change") != "42" {
			t.Errorf("%s has no X-Change", r.Route)
		}
	}
	fake.Inject(usergroupstest.Fault{Route: "GET /settings/user_groups/{id}", Times: 1, Status: 503})
	fake.ResetLog()
	_, err = client.UserGroups.SetSources(t.Context(), changedGroup, sources("u1"), usergroups.NoRetry())
	if checkSentinels(t, err, []string{"ErrUnavailable"}); requests(fake) != "G" {
		t.Errorf("requests %s", requests(fake))
	}
	if !slices.Equal(usergroups.Scopes(usergroups.OpUserGroupsSetSources),
		[]string{"ZohoCRM.settings.user_groups.READ", "ZohoCRM.settings.user_groups.UPDATE"}) {
		t.Errorf("scopes %q", usergroups.Scopes(usergroups.OpUserGroupsSetSources))
	}
}
