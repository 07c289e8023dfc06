package usergroups_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/usergroups-go/usergroups"
	"github.com/usergroups-go/usergroups/tulip"
)

// markdown is a document, taken apart.
type markdown struct {
	name   string
	text   string
	blocks []block  // between ``` and ```
	spans  []inText // between ` and `
	links  []inText // the targets of [text](target)
}

type block struct {
	language string
	snippet
}

type inText struct {
	line int
	text string
}

var (
	fence    = regexp.MustCompile("^( *)```(\\w*)$")
	codeSpan = regexp.MustCompile("`([^`]+)`")
	link     = regexp.MustCompile(`\]\(([^)]+)\)`)
)

func readMarkdown(t *testing.T, name string) *markdown {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	doc := &markdown{name: name, text: strings.ReplaceAll(string(text), "\r\n", "\n")}
	var open *block
	indent := ""
	for i, line := range strings.Split(doc.text, "\n") {
		m := fence.FindStringSubmatch(line)
		switch {
		case open != nil && m != nil:
			doc.blocks = append(doc.blocks, *open)
			open = nil
		case open != nil:
			open.text += strings.TrimPrefix(line, indent) + "\n"
		case m != nil:
			indent = m[1]
			open = &block{m[2], snippet{file: name, line: i + 2}}
		default:
			for _, span := range codeSpan.FindAllStringSubmatch(line, -1) {
				doc.spans = append(doc.spans, inText{i + 1, span[1]})
			}
			for _, target := range link.FindAllStringSubmatch(codeSpan.ReplaceAllString(line, ""), -1) {
				doc.links = append(doc.links, inText{i + 1, target[1]})
			}
		}
	}
	if open != nil {
		t.Fatalf("%s:%d: the block has no end", name, open.line)
	}
	return doc
}

// TestREADME: the program in README is the one that runs, and what README lists
// is all that there is.
func TestREADME(t *testing.T) {
	t.Parallel()
	readme := readMarkdown(t, "README.md").text
	for _, name := range []string{"examples/quickstart/main.go", "examples/quickstart-tulip/main.go"} {
		program, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		_, region, ok1 := strings.Cut(string(program), "// README: begin\n")
		region, _, ok2 := strings.Cut(region, "// README: end\n")
		if !ok1 || !ok2 {
			t.Fatalf("%s has no marked region", name)
		}
		if block := "```go\n" + strings.TrimSpace(region) + "\n```\n"; !strings.Contains(readme, block) {
			t.Errorf("README does not hold the marked region of %s:\n%s", name, block)
		}
	}
	var ops []usergroups.Op
	for _, row := range usergroups.Operations() {
		ops = append(ops, row.Op)
		if !strings.Contains(readme, "`"+string(row.Op)+"`") {
			t.Errorf("README does not name %s", row.Op)
		}
	}
	table, err := os.ReadFile("tulip/operations.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile(` Op = "(\w+\.\w+)"`).FindAllStringSubmatch(string(table), -1) {
		if !strings.Contains(readme, "`"+m[1]+"`") {
			t.Errorf("README does not name %s of Tulip", m[1])
		}
	}
	for _, scope := range usergroups.Scopes(ops...) {
		if !strings.Contains(readme, scope) {
			t.Errorf("README does not name the scope %s", scope)
		}
	}
	_, pkg, _ := parsePackage(t, ".", parser.SkipObjectResolution)
	for _, v := range pkg.Vars { // the kinds of error
		for _, name := range v.Names {
			if !strings.Contains(readme, "`"+name+"`") {
				t.Errorf("README does not name %s", name)
			}
		}
	}
	variable := regexp.MustCompile(`\b(ZOHO|TULIP)_[A-Z_]+[A-Z]\b`)
	sorted := func(text string) []string {
		return slices.Compact(slices.Sorted(slices.Values(variable.FindAllString(text, -1))))
	}
	var source strings.Builder
	for _, name := range []string{"client.go", "tulip/client.go"} {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		source.Write(text)
	}
	if got, want := sorted(readme), sorted(source.String()); !slices.Equal(got, want) {
		t.Errorf("README names the variables %q, the clients %q", got, want)
	}
	if tulip.Version != usergroups.Version { // there is one of the module
		t.Errorf("package tulip has version %s, this one %s", tulip.Version, usergroups.Version)
	}
	for _, m := range regexp.MustCompile(regexp.QuoteMeta(module)+`@v(\S+)`).FindAllStringSubmatch(readme, -1) {
		if m[1] != usergroups.Version {
			t.Errorf("README has version %s, the package %s", m[1], usergroups.Version)
		}
	}
}

// TestREADMECompiles type-checks every block of Go.
func TestREADMECompiles(t *testing.T) {
	t.Parallel()
	c := newChecker(t)
	checked := 0
	for _, b := range readMarkdown(t, "README.md").blocks {
		switch b.language {
		case "go":
			checked++
			c.check(t, b.snippet)
		case "sh":
		default:
			t.Errorf("%s: a block in %q: nobody looks at it", b, b.language)
		}
	}
	if checked == 0 {
		t.Error("README has no blocks of Go")
	}
}

// TestREADMENames: what looks like an exported Go name in the text exists.
func TestREADMENames(t *testing.T) {
	t.Parallel()
	c := newChecker(t)
	variables, packages := c.variables(t), c.packages(t)
	tests := testNames(t, "./...")
	checked := 0
	for _, name := range []string{"README.md", "CONTRIBUTING.md"} {
		for _, span := range readMarkdown(t, name).spans {
			if strings.HasPrefix(span.text, "go test ") {
				continue // a command, see TestREADMECommands
			}
			for _, text := range goName.FindAllString(span.text, -1) {
				names := strings.Split(text, ".")
				if !looksExported(names[len(names)-1]) {
					continue
				}
				checked++
				if !hasName(variables, packages, names) && !slices.Contains(tests, text) {
					t.Errorf("%s:%d: there is no %s", name, span.line, text)
				}
			}
		}
	}
	if checked < 50 {
		t.Errorf("only %d names found", checked)
	}
}

var goName = regexp.MustCompile(`[A-Za-z_]\w*(\.[A-Za-z_]\w*)*`)

// looksExported tells Go names from INVALID_TOKEN and READ.
func looksExported(name string) bool {
	return ast.IsExported(name) && !strings.Contains(name, "_") && strings.ToUpper(name) != name
}

// hasName looks for a name that may be qualified: by a variable, a package, a
// type, a field, or not at all.
func hasName(variables *types.Scope, packages []*types.Package, names []string) bool {
	if v := variables.Lookup(names[0]); v != nil {
		return has(v, names[1:])
	}
	for _, pkg := range packages {
		if pkg.Name() == names[0] && len(names) > 1 {
			return has(pkg.Scope().Lookup(names[1]), names[2:])
		}
		if !strings.HasPrefix(pkg.Path(), module) {
			continue
		}
		if has(pkg.Scope().Lookup(names[0]), names[1:]) {
			return true
		}
		for _, name := range pkg.Scope().Names() {
			object := pkg.Scope().Lookup(name)
			if _, ok := object.(*types.TypeName); ok && object.Exported() && has(object, names) {
				return true
			}
		}
	}
	return false
}

// has reports whether the object's type has the first name as a field or
// method, that one's type the second, and so on.
func has(object types.Object, names []string) bool {
	for _, name := range names {
		if object != nil {
			object, _, _ = types.LookupFieldOrMethod(object.Type(), true, object.Pkg(), name)
		}
	}
	return object != nil
}

// TestREADMECommands: what the go commands of README name exists.
func TestREADMECommands(t *testing.T) {
	t.Parallel()
	checked := 0
	for _, name := range []string{"README.md", "CONTRIBUTING.md"} {
		readme := readMarkdown(t, name)
		commands := readme.spans
		for _, b := range readme.blocks {
			if b.language != "sh" {
				continue
			}
			for i, line := range strings.Split(b.text, "\n") {
				commands = append(commands, inText{b.line + i, line})
			}
		}
		for _, command := range commands {
			line, _, _ := strings.Cut(command.text, " #")
			words := strings.Fields(line)
			if len(words) < 2 || words[0] != "go" {
				continue
			}
			var dirs []string
			for _, word := range words[2:] {
				if strings.HasPrefix(word, ".") {
					dirs = append(dirs, word)
				}
			}
			switch words[1] {
			case "run":
				for _, dir := range dirs {
					checked++
					if main, err := os.ReadFile(filepath.Join(dir, "main.go")); err != nil || !strings.Contains(string(main), "\npackage main\n") {
						t.Errorf("%s:%d: there is no program in %s", name, command.line, dir)
					}
				}
			case "test":
				for i, word := range words {
					if word != "-run" && word != "-bench" && word != "-fuzz" {
						continue
					}
					top, _, _ := strings.Cut(strings.Trim(words[i+1], `'"`), "/") // without subtests
					pattern, err := regexp.Compile(top)
					switch {
					case err != nil:
						t.Errorf("%s:%d: %v", name, command.line, err)
					case pattern.String() != "^$": // none, on purpose
						checked++
						matches := func(test string) bool {
							return strings.HasPrefix(test, "Bench") == (word == "-bench") &&
								strings.HasPrefix(test, "Fuzz") == (word == "-fuzz") && pattern.MatchString(test)
						}
						if !slices.ContainsFunc(testNames(t, dirs...), matches) {
							t.Errorf("%s:%d: %s %s matches nothing in %q", name, command.line, word, pattern, dirs)
						}
					}
				}
			}
		}
	}
	if checked < 4 {
		t.Errorf("only %d commands found", checked)
	}
}

// testNames returns the functions that go test can run in some directories, of
// which ./... is all.
func testNames(t *testing.T, dirs ...string) []string {
	t.Helper()
	var names []string
	for _, dir := range dirs {
		root, all := strings.CutSuffix(dir, "...")
		err := filepath.WalkDir(filepath.Clean(root), func(path string, d fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case d.IsDir() && path != filepath.Clean(root) && (!all || strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata"):
				return filepath.SkipDir
			case !strings.HasSuffix(path, "_test.go"):
				return nil
			}
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			for _, decl := range file.Decls {
				if f, ok := decl.(*ast.FuncDecl); ok && f.Recv == nil && testName.MatchString(f.Name.Name) {
					names = append(names, f.Name.Name)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return names
}

var testName = regexp.MustCompile(`^(Test|Benchmark|Fuzz|Example)`)

// TestLinks: the files that the documents link to exist.
func TestLinks(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"README.md", "CONTRIBUTING.md", "CHANGELOG.md"} {
		for _, l := range readMarkdown(t, name).links {
			if strings.Contains(l.text, "://") {
				continue
			}
			target, _, _ := strings.Cut(l.text, "#")
			if _, err := os.Stat(filepath.FromSlash(target)); err != nil {
				t.Errorf("%s:%d: %v", name, l.line, err)
			}
		}
	}
}
