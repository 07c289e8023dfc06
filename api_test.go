package usergroups_test

import (
	"cmp"
	"flag"
	"go/ast"
	"go/doc"
	"go/format"
	"go/parser"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
)

// update makes the tests rewrite their golden files in place of comparing:
//
//	go test -run TestAPI . -update
var update = flag.Bool("update", false, "rewrite the golden files in testdata")

// TestAPI holds the exported declarations against testdata/api, so that nobody
// changes them unseen.
func TestAPI(t *testing.T) {
	t.Parallel()
	for name, dir := range documented {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			golden := filepath.Join("testdata", "api", name+".txt")
			got := apiText(t, dir)
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := gocmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
				t.Errorf("the API of %s is not that of %s (-golden +code). If it is meant to be:\n\tgo test -run TestAPI . -update\n%s", name, golden, diff)
			}
		})
	}
}

// emptyLines stand where comments were.
var emptyLines = regexp.MustCompile(`\n\n+`)

// apiText is the exported declarations of the package in dir, without bodies
// and comments, in an order that does not depend on where they stand.
func apiText(t *testing.T, dir string) string {
	t.Helper()
	_, pkg, fset := parsePackage(t, dir, parser.SkipObjectResolution)
	var text strings.Builder
	add := func(decl ast.Decl) {
		var b strings.Builder
		if err := format.Node(&b, fset, decl); err != nil {
			t.Fatal(err)
		}
		text.WriteString(emptyLines.ReplaceAllString(b.String(), "\n") + "\n\n")
	}
	addValues := func(values []*doc.Value) {
		slices.SortFunc(values, func(a, b *doc.Value) int { return cmp.Compare(a.Names[0], b.Names[0]) })
		for _, v := range values {
			add(v.Decl)
		}
	}
	addFuncs := func(funcs []*doc.Func) { // sorted by go/doc, as types are
		for _, f := range funcs {
			f.Decl.Body = nil
			add(f.Decl)
		}
	}
	addValues(pkg.Consts)
	addValues(pkg.Vars)
	addFuncs(pkg.Funcs)
	for _, typ := range pkg.Types {
		add(typ.Decl)
		addValues(typ.Consts)
		addValues(typ.Vars)
		addFuncs(typ.Funcs)
		addFuncs(typ.Methods)
	}
	// Fields align anew.
	formatted, err := format.Source([]byte("package " + pkg.Name + "\n\n" + strings.TrimSpace(text.String()) + "\n"))
	if err != nil {
		t.Fatal(err)
	}
	return string(formatted)
}
