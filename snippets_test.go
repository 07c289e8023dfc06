package usergroups_test

import (
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path"
	"slices"
	"strings"
	"sync"
	"testing"
)

// preamble declares what the pieces of Go in README and in the package comments
// take for granted.
const preamble = `package snippet

import (
	"context"

	"github.com/usergroups-go/usergroups"
	"github.com/usergroups-go/usergroups/tulip"
	"github.com/usergroups-go/usergroups/usergroupstest"
)

var (
	ctx         context.Context
	client      *usergroups.Client
	tulipClient *tulip.Client
	fake        *usergroupstest.Server
	r           usergroups.Response
)
`

// snippetImports is what a piece of Go may use without importing it.
var snippetImports = []string{
	"context", "errors", "fmt", "io", "iter", "net/http", "os", "text/tabwriter", "time",
	module, module + "/usergroupstest", module + "/tulip", module + "/tulip/tuliptest",
}

// snippet is a piece of Go in a document.
type snippet struct {
	file string
	line int // of its first line
	text string
}

func (s snippet) String() string { return fmt.Sprintf("%s:%d", s.file, s.line) }

// parse makes a Go file of the piece, which is one already, or declarations, or
// statements; import lines may stand before the latter two. Its lines keep the
// numbers that they have in the document.
func (s snippet) parse(fset *token.FileSet) (file *ast.File, whole bool, err error) {
	at := fmt.Sprintf("\n//line %s:%d\n", s.file, s.line)
	if strings.HasPrefix(s.text, "package ") {
		file, err = parser.ParseFile(fset, s.file, at+s.text, parser.SkipObjectResolution)
		return file, true, err
	}
	lines := strings.Split(s.text, "\n")
	var imports []string
	for i, line := range lines {
		if strings.HasPrefix(line, "import ") {
			imports = append(imports, line)
			lines[i] = ""
		}
	}
	text := strings.Join(lines, "\n")
	for _, form := range []string{"%s", "func _() error {%s\nreturn nil\n}"} {
		// Twice: what has to be imported shows in the names that are used.
		source := func() string {
			return "package snippet\n" + strings.Join(imports, "\n") + "\n" + fmt.Sprintf(form, at+text)
		}
		if file, err = parser.ParseFile(fset, s.file, source(), 0); err != nil {
			continue
		}
		for _, name := range file.Unresolved {
			for _, imported := range snippetImports {
				line := fmt.Sprintf("import %q", imported)
				if path.Base(imported) == name.Name && !slices.Contains(imports, line) {
					imports = append(imports, line)
				}
			}
		}
		file, err = parser.ParseFile(fset, s.file, source(), parser.SkipObjectResolution)
		return file, false, err
	}
	return nil, false, err
}

// checker type-checks pieces of Go against the packages as they are compiled.
type checker struct {
	fset     *token.FileSet
	importer types.Importer
	preamble *ast.File
}

func newChecker(t *testing.T) *checker {
	t.Helper()
	exports, err := exportData()
	if err != nil {
		t.Fatal(err)
	}
	fset := token.NewFileSet()
	declared, err := parser.ParseFile(fset, "preamble", preamble, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	return &checker{fset: fset, preamble: declared, importer: importer.ForCompiler(fset, "gc", func(path string) (io.ReadCloser, error) {
		if exports[path] == "" {
			return nil, fmt.Errorf("%s is not in snippetImports", path)
		}
		return os.Open(exports[path])
	})}
}

// check type-checks a piece: in a package with the preamble, unless it is a
// whole file.
func (c *checker) check(t *testing.T, s snippet) {
	t.Helper()
	file, whole, err := s.parse(c.fset)
	if err != nil {
		t.Error(err)
		return
	}
	files := []*ast.File{file}
	if !whole {
		files = append(files, c.preamble)
	}
	config := types.Config{Importer: c.importer, Error: func(err error) {
		var e types.Error
		if errors.As(err, &e) && e.Soft && !whole {
			return // a piece may leave the use of its variables to the reader
		}
		t.Error(err)
	}}
	_, _ = config.Check("snippet", c.fset, files, nil) // errors were reported
}

// variables returns the scope with the variables of the preamble.
func (c *checker) variables(t *testing.T) *types.Scope {
	t.Helper()
	pkg, err := (&types.Config{Importer: c.importer}).Check("preamble", c.fset, []*ast.File{c.preamble}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return pkg.Scope()
}

// packages returns what snippetImports names.
func (c *checker) packages(t *testing.T) []*types.Package {
	t.Helper()
	var all []*types.Package
	for _, path := range snippetImports {
		pkg, err := c.importer.Import(path)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, pkg)
	}
	return all
}

// exportData returns where the compiled packages are that pieces of Go may use.
// The go command has just compiled them for this test.
var exportData = sync.OnceValues(func() (map[string]string, error) {
	args := append([]string{"list", "-export", "-deps", "-f", "{{.ImportPath}}\t{{.Export}}"}, snippetImports...)
	out, err := exec.Command("go", args...).Output()
	if err != nil {
		var failed *exec.ExitError
		if errors.As(err, &failed) {
			err = fmt.Errorf("go list: %w: %s", err, failed.Stderr)
		}
		return nil, err
	}
	exports := make(map[string]string)
	for line := range strings.Lines(string(out)) {
		imported, file, _ := strings.Cut(strings.TrimSpace(line), "\t")
		exports[imported] = file
	}
	return exports, nil
})
