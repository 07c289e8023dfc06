package usergroups_test

import (
	"go/ast"
	"go/doc"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
)

const module = "github.com/usergroups-go/usergroups"

// documented is the packages whose documentation is for users, by name.
var documented = map[string]string{
	"usergroups": ".", "usergroupstest": "usergroupstest",
	"tulip": "tulip", "tuliptest": "tulip/tuliptest",
}

// goFiles returns all files with code of the module, by their paths with slashes.
func goFiles(t *testing.T) []string {
	t.Helper()
	var files []string
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && path != "." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "tools" || d.Name() == "testdata"):
			return filepath.SkipDir
		case filepath.Ext(path) == ".go":
			files = append(files, filepath.ToSlash(path))
		}
		return nil
	})
	if err != nil || len(files) < 40 {
		t.Fatalf("%d files found, %v", len(files), err)
	}
	return files
}

// parsePackage parses the package in dir with its tests, which hold the
// examples. Each call parses anew, so that the caller may change what it gets.
func parsePackage(t *testing.T, dir string, mode parser.Mode) ([]*ast.File, *doc.Package, *token.FileSet) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no Go files in %s: %v", dir, err)
	}
	fset := token.NewFileSet()
	var files []*ast.File
	for _, path := range paths {
		file, err := parser.ParseFile(fset, path, nil, mode)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	importPath := module + strings.TrimSuffix("/"+filepath.ToSlash(dir), "/.")
	pkg, err := doc.NewFromFiles(fset, files, importPath, doc.PreserveAST)
	if err != nil {
		t.Fatal(err)
	}
	return files, pkg, fset
}
