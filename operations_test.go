package usergroups_test

import (
	"errors"
	"go/parser"
	"go/token"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jarcoal/httpmock"

	"github.com/usergroups-go/usergroups"
	"github.com/usergroups-go/usergroups/usergroupstest"
)

// newFake returns a fake organisation and a client of it.
func newFake(t *testing.T, opts ...usergroupstest.Option) (*usergroupstest.Server, *usergroups.Client) {
	t.Helper()
	fake := usergroupstest.NewServer(opts...)
	t.Cleanup(fake.Close)
	return fake, newFakeClient(t, fake)
}

func newFakeClient(t *testing.T, fake *usergroupstest.Server, opts ...usergroups.Option) *usergroups.Client {
	t.Helper()
	all := []usergroups.Option{
		usergroups.WithBaseURL(fake.URL), usergroups.WithAccountsURL(fake.URL),
		usergroups.WithRefreshToken(usergroups.RefreshToken{
			ClientID: fake.ClientID, ClientSecret: fake.ClientSecret, RefreshToken: fake.RefreshToken,
		}),
	}
	return mustClient(t, append(all, opts...)...)
}

// TestRoutes holds the operation table against the fake: each row is served,
// under the row's own spelling, to a token with no more than the row's scopes;
// without one of them it is refused.
func TestRoutes(t *testing.T) {
	t.Parallel()
	var spelled []string
	for _, row := range usergroups.Operations() {
		spelled = append(spelled, row.Method+" "+row.Path)
	}
	for _, route := range usergroupstest.Routes() {
		if !slices.Contains(spelled, route) {
			t.Errorf("the fake serves %s, which is no row", route)
		}
	}
	for _, m := range methods {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			row := m.row(t)
			fake, _ := newFake(t)
			group := fake.Groups()[0]
			id := group.ID
			if strings.HasPrefix(row.Path, "/users/") {
				id = group.CreatedBy
			}
			missing := usergroups.ErrNotFound // for create: the user of the table does not exist in the fake
			if m.name == "UserGroups.Create" {
				fake.AddUser(usergroupstest.User{ID: userID, Name: "Patricia Boyle"})
			}
			with := func(scopes []string) *usergroups.Client {
				return mustClient(t, usergroups.WithBaseURL(fake.URL), usergroups.WithAccessToken(fake.IssueToken(scopes...)))
			}
			for _, scope := range row.Scopes {
				others := slices.DeleteFunc(slices.Clone(row.Scopes), func(s string) bool { return s == scope })
				err := m.call(t.Context(), with(append(others, "ZohoCRM.other.READ")), id)
				var e *usergroups.Error
				if !errors.Is(err, usergroups.ErrScope) || !errors.As(err, &e) || !slices.Equal(e.Scopes, row.Scopes) {
					t.Errorf("without %s: %v, want ErrScope", scope, err)
				}
			}
			fake.ResetLog()
			if err := m.call(t.Context(), with(usergroups.Scopes(m.op)), id); err != nil {
				t.Errorf("with %q: %v", usergroups.Scopes(m.op), err)
			}
			if n := fake.Count(row.Method + " " + row.Path); n != 1 {
				t.Errorf("%d requests on %s %s, want 1", n, row.Method, row.Path)
			}
			if !m.hasID || m.kind == list || m.kind == walk {
				return
			}
			if err := m.call(t.Context(), with(row.Scopes), "999"); !errors.Is(err, missing) {
				t.Errorf("an unknown id: %v, want ErrNotFound", err)
			}
		})
	}
}

// TestImports holds who may import whom.
func TestImports(t *testing.T) {
	t.Parallel()
	const module = "github.com/usergroups-go/usergroups"
	// By directory, the first that matches: what files that are no tests may
	// import of this module, and of others.
	rules := []struct {
		dir     string
		inside  []string
		outside []string
	}{
		{"internal/", []string{"/internal/"}, []string{"github.com/hashicorp/go-retryablehttp"}},
		{"usergroupstest", []string{"/usergroupstest"}, nil},
		{"tulip/tuliptest", []string{"/tulip/tuliptest"}, nil},
		{"tulip", []string{"/internal/"}, []string{"github.com/google/go-querystring/query"}},
		{"examples/", []string{"", "/tulip", "/usergroupstest", "/tulip/tuliptest"}, nil},
		{"", []string{"/internal/"}, []string{"golang.org/x/oauth2", "github.com/google/go-querystring/query", "github.com/gofrs/flock"}},
	}
	checked := 0
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && path != "." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "tools" || d.Name() == "testdata"):
			return filepath.SkipDir
		case filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go"):
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		dir := filepath.ToSlash(filepath.Dir(path)) + "/"
		if dir == "./" {
			dir = ""
		}
		rule := rules[slices.IndexFunc(rules, func(r struct {
			dir     string
			inside  []string
			outside []string
		},
		) bool {
			return strings.HasPrefix(dir, r.dir)
		})]
		checked++
		for _, spec := range file.Imports {
			imported, _ := strconv.Unquote(spec.Path.Value)
			first, _, _ := strings.Cut(imported, "/")
			inside, ours := strings.CutPrefix(imported, module)
			allowed := !strings.Contains(first, ".") // the standard library
			switch {
			case ours:
				allowed = slices.ContainsFunc(rule.inside, func(prefix string) bool {
					return inside == prefix || prefix != "" && strings.HasPrefix(inside, strings.TrimSuffix(prefix, "/")+"/")
				})
			case !allowed:
				allowed = slices.Contains(rule.outside, imported)
			}
			if !allowed {
				t.Errorf("%s imports %s", path, imported)
			}
		}
		return nil
	})
	if err != nil || checked < 20 {
		t.Errorf("%d files looked at, %v", checked, err)
	}
}

// TestREADME: the program in README is the one that runs.
func TestREADME(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	program, err := os.ReadFile("examples/quickstart/main.go")
	if err != nil {
		t.Fatal(err)
	}
	_, region, ok1 := strings.Cut(string(program), "// README: begin\n")
	region, _, ok2 := strings.Cut(region, "// README: end\n")
	if !ok1 || !ok2 {
		t.Fatal("the quickstart has no marked region")
	}
	if block := "```go\n" + strings.TrimSpace(region) + "\n```\n"; !strings.Contains(string(readme), block) {
		t.Errorf("README does not hold the marked region of the quickstart:\n%s", block)
	}
	for _, row := range usergroups.Operations() {
		if !strings.Contains(string(readme), string(row.Op)) {
			t.Errorf("README does not name %s", row.Op)
		}
	}
}

// TestWriteIsDoneOnce: a write whose answer is lost is not sent again, not even
// by net/http, which on its own repeats requests on connections that had been in
// use.
func TestWriteIsDoneOnce(t *testing.T) {
	t.Parallel()
	tests := map[string]usergroupstest.Fault{
		"reset":    {Kind: usergroupstest.FaultReset},
		"cut body": {Kind: usergroupstest.FaultCutBody},
		"silence":  {Kind: usergroupstest.FaultSilence},
		"HTML":     {Kind: usergroupstest.FaultHTML},
		"503":      {Status: 503},
	}
	for name, fault := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake, _ := newFake(t)
			timeout := 20 * time.Second
			if fault.Kind == usergroupstest.FaultSilence {
				timeout = time.Second
			}
			client := newFakeClient(t, fake, usergroups.WithAttemptTimeout(timeout))
			user := fake.Groups()[0].CreatedBy
			fault.Applied = true
			create := func() error {
				_, err := client.UserGroups.Create(t.Context(), usergroups.CreateUserGroup{
					Name: "Night Shift", Sources: []usergroups.Source{usergroups.UserSource(user)},
				})
				return err
			}
			remove := func() error {
				group := fake.Groups()[len(fake.Groups())-1]
				_, err := client.UserGroups.Delete(t.Context(), group.ID)
				return err
			}
			for route, write := range map[string]func() error{
				"POST /settings/user_groups":        create,
				"DELETE /settings/user_groups/{id}": remove,
			} {
				if err := get(t.Context(), client); err != nil { // now there is a connection
					t.Fatal(err)
				}
				before := len(fake.Groups())
				fault.Route = route
				end := fake.Inject(fault)
				err := write()
				end()
				if !errors.Is(err, usergroups.ErrOutcomeUnknown) {
					t.Errorf("%s: %v, want ErrOutcomeUnknown", route, err)
				}
				if n := fake.Count(route); n != 1 || len(fake.Groups()) == before {
					t.Errorf("%s: seen %d times, groups before %d, after %d", route, n, before, len(fake.Groups()))
				}
			}
		})
	}
}

// TestBusyQueue: waiting for a slot is no part of an attempt.
func TestBusyQueue(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var under, most atomic.Int64
		client := newTokenClient(t, roundTripFunc(func(*http.Request) (*http.Response, error) {
			most.Store(max(most.Load(), under.Add(1)))
			defer under.Add(-1)
			time.Sleep(20 * time.Second)
			return httpmock.NewStringResponse(204, ""), nil
		}), usergroups.WithMaxConcurrent(2), usergroups.WithMaxRetries(0))
		for _, err := range together(t.Context(), client, 40) { // 400 s of work for each of the two slots
			if err != nil {
				t.Error(err)
			}
		}
		if n := most.Load(); n != 2 {
			t.Errorf("%d requests at once, want 2", n)
		}
	})
}

// TestExpiredTokens: 50 calls meet a token that the server has ended, with and
// without Zoho's limit of 10 tokens in 10 minutes.
func TestExpiredTokens(t *testing.T) {
	t.Parallel()
	for name, opts := range map[string][]usergroupstest.Option{
		"no limit": nil, "ten tokens in ten minutes": {usergroupstest.WithTokenLimit(10, 10*time.Minute)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake, client := newFake(t, opts...)
			if err := get(t.Context(), client); err != nil {
				t.Fatal(err)
			}
			fake.ExpireTokens()
			fake.ResetLog()
			for _, err := range together(t.Context(), client, 50) {
				if err != nil {
					t.Error(err)
				}
			}
			t.Logf("50 calls, %d refreshes seen by the server", fake.Refreshes())
			if n := fake.Refreshes(); n != 1 {
				t.Errorf("%d refreshes, want 1", n)
			}
		})
	}
}
