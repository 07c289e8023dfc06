package tulip_test

import (
	"go/ast"
	"go/doc"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"

	"github.com/usergroups-go/usergroups/tulip"
)

// TestDocOfMethods: the comment of each method names its errors and the scope, and ends
// with the vendor's page; that of an iterator refers to its list for the former two, and
// tells of what is left out.
func TestDocOfMethods(t *testing.T) {
	t.Parallel()
	comments := commentsOfMethods(t)
	check := func(name string, wants ...string) {
		for _, want := range wants {
			if !strings.Contains(comments[name], want) {
				t.Errorf("the comment of %s does not say %q", name, want)
			}
		}
	}
	links := make(map[tulip.Op]string)
	for _, row := range tulip.Operations() {
		links[row.Op] = row.Link
	}
	for _, m := range methods {
		if !strings.HasSuffix(comments[m.name], " "+links[m.op]) {
			t.Errorf("the comment of %s does not end with %s", m.name, links[m.op])
		}
		switch m.kind {
		case walk:
			service, method, _ := strings.Cut(string(m.op), ".")
			check(m.name, "["+service+"Service."+method+"] for other errors and the scope", "ErrIncomplete", "[PartialError]")
		case list:
			check(m.name, "It fails with Err", "ErrInvalidArgument", "Scope: users:read.", "Page.Errors", "empty")
		case one:
			check(m.name, "It fails with ErrNotFound", "ErrInvalidArgument", "Scope: users:read.")
		}
	}
	for op := range tulip.Compositions() {
		check(string(op), "It fails with ErrNotFound", "ErrInvalidArgument", "Scope: users:read.", "ErrIncomplete", "[PartialError]",
			" https://support.tulip.co/apidocs/apiusersv1")
	}
}

func commentsOfMethods(t *testing.T) map[string]string {
	t.Helper()
	paths, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	fset := token.NewFileSet()
	var files []*ast.File
	for _, path := range paths {
		file, err := parser.ParseFile(fset, path, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	pkg, err := doc.NewFromFiles(fset, files, "tulip")
	if err != nil {
		t.Fatal(err)
	}
	comments := make(map[string]string)
	for _, typ := range pkg.Types {
		for _, f := range typ.Methods {
			comments[strings.TrimSuffix(typ.Name, "Service")+"."+f.Name] = strings.Join(strings.Fields(f.Doc), " ")
		}
	}
	return comments
}
