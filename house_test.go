package usergroups_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestRooms: what there is, and where.
func TestRooms(t *testing.T) {
	t.Parallel()
	rooms := []struct {
		path  string
		holds string // what is declared there, among others
	}{
		{path: "doc.go"},
		{path: "client.go", holds: "Client NewClient NewClientFromEnv do Do"},
		{path: "options.go", holds: "Option"},
		{path: "operations.go", holds: "operations"},
		{path: "auth.go", holds: "TokenSource FromOAuth2 authorize"},
		{path: "token.go", holds: "Token RefreshToken MarshalBinary"},
		{path: "tokenstore.go", holds: "TokenStore"},
		{path: "tokenfile.go", holds: "NewFileTokenStore"},
		{path: "datacenters.go", holds: "dataCenters environments"},
		{path: "usergroups.go", holds: "UserGroup List All Get GetByName Create Delete"},
		{path: "update.go", holds: "UpdateUserGroup SourceChange Update UpdateMany"},
		{path: "actions.go", holds: "ActionResult ActionsError"},
		{path: "deletion.go", holds: "DeletionJob WaitDeleted"},
		{path: "sources.go", holds: "Source ListSources AllSources"},
		{path: "sourcescount.go", holds: "SourcesCount"},
		{path: "associations.go", holds: "Association Associations"},
		{path: "counts.go", holds: "ListAssociatedUsersCounts AllAssociatedUsersCounts GroupedCounts"},
		{path: "users.go", holds: "UsersService User List All Get Current Count FindByEmail ListAssociatedGroups"},
		{path: "lookup.go", holds: "AmbiguousError"},
		{path: "optional.go", holds: "Optional Some Null"},
		{path: "filters.go", holds: "Criteria And Or"},
		{path: "pagination.go", holds: "Page PageInfo Collect"},
		{path: "errors.go", holds: "Error CodeInvalidData ErrNotFound"},
		{path: "usergroupstest"},
		{path: "tulip/doc.go"},
		{path: "tulip/client.go", holds: "Client NewClient NewClientFromEnv Do call"},
		{path: "tulip/options.go", holds: "Option WithAPIToken WithAuthHeader WithHonorRetryable"},
		{path: "tulip/operations.go", holds: "operations"},
		{path: "tulip/auth.go", holds: "apiToken"},
		{path: "tulip/usergroups.go", holds: "UserGroupsService UserGroup List All Get"},
		{path: "tulip/users.go", holds: "UsersService User List All Get"},
		{path: "tulip/roles.go", holds: "RolesService Role List All Get"},
		{path: "tulip/memberships.go", holds: "ListUsers AllUsers ListUserGroups AllUserGroups"},
		{path: "tulip/joins.go", holds: "GroupsOf MembersOf"},
		{path: "tulip/filters.go", holds: "IDFilter UserFilter RoleFilter"},
		{path: "tulip/pagination.go", holds: "Page PageInfo PartialError Collect"},
		{path: "tulip/nextpage.go", holds: "follow"},
		{path: "tulip/errors.go", holds: "Error CodeInvalidParams ErrNotFound"},
		{path: "tulip/tuliptest"},
		{path: "internal/fakeserver/server.go", holds: "Config Server Listen"},
		{path: "internal/transport/transport.go", holds: "Transport Do"},
		{path: "internal/transport/retry.go", holds: "checkRetry"},
		{path: "internal/transport/auth.go", holds: "authorize"},
		{path: "internal/transport/limit.go", holds: "limiter"},
		{path: "internal/transport/redact.go", holds: "Secrets"},
		{path: "internal/settings/settings.go", holds: "Settings"},
		{path: "internal/report/report.go", holds: "Report"},
		{path: "internal/loose"},
		{path: "internal/nettest"},
		{path: "internal/paging/paging.go", holds: "Page Items"},
		{path: "internal/paging/ordered.go", holds: "Ordered"},
		{path: "examples/quickstart"},
		{path: "testdata/zoho"},
		{path: "testdata/tulip"},
		{path: "testdata/bodies"},
		{path: "testdata/api"},
		{path: "README.md"},
		{path: "CHANGELOG.md"},
		{path: "CONTRIBUTING.md"},
		{path: "LICENSE"},
		{path: ".golangci.yml"},
		{path: ".ci/run"},
		{path: ".ci/bench"},
	}
	for _, room := range rooms {
		t.Run(room.path, func(t *testing.T) {
			t.Parallel()
			path := filepath.FromSlash(room.path)
			if _, err := os.Stat(path); err != nil {
				t.Fatal(err)
			}
			if room.holds == "" {
				return
			}
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			names := declared(file)
			for _, name := range strings.Fields(room.holds) {
				if !slices.Contains(names, name) {
					t.Errorf("declares no %s", name)
				}
			}
		})
	}
}

// declared returns the names of a file's functions, methods, types and values.
func declared(file *ast.File) []string {
	var names []string
	for _, d := range file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			names = append(names, d.Name.Name)
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				switch spec := spec.(type) {
				case *ast.TypeSpec:
					names = append(names, spec.Name.Name)
				case *ast.ValueSpec:
					for _, name := range spec.Names {
						names = append(names, name.Name)
					}
				}
			}
		}
	}
	return names
}

// TestTour: the package comments lead, in this order, through all that a user has
// to know, and perhaps more.
func TestTour(t *testing.T) {
	t.Parallel()
	want := []string{"Getting started", "Authentication", "Errors", "Iterating", "Retries", "Concurrency", "Secrets", "Testing"}
	for _, path := range []string{"doc.go", "tulip/doc.go"} {
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments|parser.PackageClauseOnly)
		if err != nil {
			t.Fatal(err)
		}
		var stops []string
		for _, m := range regexp.MustCompile(`(?m)^# (.+)$`).FindAllStringSubmatch(file.Doc.Text(), -1) {
			stops = append(stops, m[1])
		}
		stops = slices.DeleteFunc(stops, func(stop string) bool { return !slices.Contains(want, stop) })
		if !slices.Equal(stops, want) {
			t.Errorf("of the headings %q, %s has %q", want, path, stops)
		}
	}
}

// TestRequirements: what the module requires for itself and its tests, beside the
// standard library. Anything more is a decision, and lives in a module of its own.
func TestRequirements(t *testing.T) {
	t.Parallel()
	allowed := []string{
		"github.com/hashicorp/go-retryablehttp", "golang.org/x/oauth2", "github.com/google/go-querystring", "golang.org/x/sync",
		"github.com/gofrs/flock", "golang.org/x/sys", // one of the two, for file locks
		"github.com/jarcoal/httpmock", "github.com/google/go-cmp", "go.uber.org/goleak", // for tests
	}
	text, err := os.ReadFile("go.mod")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), "module github.com/usergroups-go/usergroups\n") || !strings.Contains(string(text), "\ngo 1.26.0\n") {
		t.Errorf("another module or language version:\n%s", text)
	}
	direct := regexp.MustCompile(`(?m)^(?:\t|require )([a-z0-9./-]+) v\S+$`).FindAllStringSubmatch(string(text), -1)
	if len(direct) < 3 {
		t.Fatalf("direct requirements %q", direct)
	}
	locks := 0
	for _, m := range direct {
		if !slices.Contains(allowed, m[1]) {
			t.Errorf("go.mod requires %s", m[1])
		}
		if m[1] == "github.com/gofrs/flock" || m[1] == "golang.org/x/sys" {
			locks++
		}
	}
	if locks > 1 || strings.Contains(string(text), "\nreplace ") || strings.Contains(string(text), "\ntool ") {
		t.Errorf("two modules for locks, a replacement or a tool:\n%s", text)
	}
}

// TestFiles: each file has one subject that its name says, and is read in one go.
func TestFiles(t *testing.T) {
	t.Parallel()
	for _, path := range goFiles(t) {
		name := strings.TrimSuffix(strings.TrimSuffix(path[strings.LastIndex(path, "/")+1:], ".go"), "_test")
		for _, empty := range []string{"util", "utils", "common", "type", "types", "model", "models", "misc"} {
			if name == empty || strings.Contains("/"+path, "/"+empty+"/") {
				t.Errorf("%s says nothing", path)
			}
		}
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		text, err := os.ReadFile(filepath.FromSlash(path))
		if err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(string(text), "\n"); n > 400 {
			t.Errorf("%s has %d lines", path, n)
		}
	}
}

// TestImports holds who may import whom.
func TestImports(t *testing.T) {
	t.Parallel()
	// By directory, the first that matches: what files that are no tests may
	// import of this module, and of others. The "/internal/" of others than fakes
	// is without what the fakes stand on.
	type rule struct {
		dir     string
		inside  []string
		outside []string
	}
	const fakes = "/internal/fakeserver"
	clients := []string{"/internal/transport", "/internal/paging", "/internal/settings", "/internal/report", "/internal/loose"}
	rules := []rule{
		{"internal/fakeserver/", nil, nil},
		{"internal/", clients, []string{"github.com/hashicorp/go-retryablehttp"}},
		{"usergroupstest/", []string{"/usergroupstest", fakes}, nil},
		{"tulip/tuliptest/", []string{"/tulip/tuliptest", fakes}, nil},
		{"tulip/", clients, []string{"github.com/google/go-querystring/query"}},
		{"examples/", []string{"", "/usergroupstest", "/tulip"}, nil},
		{"", clients, []string{"golang.org/x/oauth2", "github.com/google/go-querystring/query", "github.com/gofrs/flock"}},
	}
	for _, path := range goFiles(t) {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		rule := rules[slices.IndexFunc(rules, func(r rule) bool { return strings.HasPrefix(path, r.dir) })]
		for _, spec := range file.Imports {
			imported, _ := strconv.Unquote(spec.Path.Value)
			first, _, _ := strings.Cut(imported, "/")
			inside, ours := strings.CutPrefix(imported, module)
			allowed := !strings.Contains(first, ".") // the standard library
			switch {
			case ours:
				allowed = slices.ContainsFunc(rule.inside, func(prefix string) bool {
					return inside == prefix || prefix != "" && strings.HasPrefix(inside, strings.TrimSuffix(prefix, "/")+"/")
				}) && (!strings.HasPrefix(inside, fakes) || slices.Contains(rule.inside, fakes))
			case !allowed:
				allowed = slices.Contains(rule.outside, imported)
			}
			if !allowed {
				t.Errorf("%s imports %s", path, imported)
			}
		}
	}
}

// TestInternalKnowsNoVendor: not in its code, its comments or its tests.
func TestInternalKnowsNoVendor(t *testing.T) {
	t.Parallel()
	for _, path := range goFiles(t) {
		text, err := os.ReadFile(filepath.FromSlash(path))
		if err != nil {
			t.Fatal(err)
		}
		if found := vendorName.Find(text); strings.HasPrefix(path, "internal/") && found != nil {
			t.Errorf("%s speaks of %s", path, found)
		}
	}
}

var vendorName = regexp.MustCompile(`(?i)zoho|tulip`)
