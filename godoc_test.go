package usergroups_test

import (
	"go/ast"
	"go/doc"
	"go/doc/comment"
	"go/parser"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/usergroups-go/usergroups"
)

// withoutExample is the exported functions and methods that have no example of
// their own, with the reason.
var withoutExample = map[string]string{
	"usergroups.ActionsError.Error":             "what fmt prints, in ExampleActionsError",
	"usergroups.ActionsError.Unwrap":            "errors.Is and errors.As call it, in ExampleActionsError",
	"usergroups.AmbiguousError.Error":           "what fmt prints, in ExampleAmbiguousError",
	"usergroups.Association.UnmarshalJSON":      "encoding/json calls it, in ExampleUserGroupsService_Associations",
	"usergroups.Details.UnmarshalJSON":          "encoding/json calls it, in ExampleDetails_JobID",
	"usergroups.Error.Error":                    "what fmt prints, in ExampleNewClient",
	"usergroups.Error.GoString":                 "what %#v prints: the same as Error",
	"usergroups.Error.Unwrap":                   "errors.Is and errors.As call it, in ExampleError",
	"usergroups.OAuthConfig.Format":             "what fmt prints, in ExampleOAuthConfig",
	"usergroups.OAuthConfig.LogValue":           "what log/slog prints, in ExampleOAuthConfig",
	"usergroups.OAuthConfig.MarshalText":        "encoding/json calls it, in ExampleOAuthConfig",
	"usergroups.Optional[T].MarshalJSON":        "encoding/json calls it, in ExampleOptional",
	"usergroups.Optional[T].UnmarshalJSON":      "the counterpart of MarshalJSON: encoding/json calls it",
	"usergroups.RefreshToken.Format":            "what fmt prints, in ExampleRefreshToken",
	"usergroups.RefreshToken.LogValue":          "what log/slog prints, in ExampleRefreshToken",
	"usergroups.RefreshToken.MarshalText":       "encoding/json calls it, in ExampleRefreshToken",
	"usergroups.Source.MarshalJSON":             "encoding/json calls it, of each source in ExampleUserGroupsService_Create",
	"usergroups.SourceChange.MarshalJSON":       "encoding/json calls it, in ExampleSourceChange",
	"usergroups.Token.Format":                   "what fmt prints, in ExampleToken",
	"usergroups.Token.LogValue":                 "what log/slog prints, in ExampleToken",
	"usergroups.Token.MarshalText":              "encoding/json calls it, in ExampleToken",
	"usergroups.Token.UnmarshalBinary":          "beside its counterpart, in ExampleToken_MarshalBinary",
	"usergroups.SourcesError.Error":             "what fmt prints, as of Error",
	"usergroups.SourcesError.Unwrap":            "errors.Is calls it, in ExampleSourcesError",
	"usergroups.UserSourcesCount.MarshalJSON":   "encoding/json calls it, in ExampleUserSourcesCount",
	"usergroups.UserSourcesCount.UnmarshalJSON": "encoding/json calls it, in ExampleUserSourcesCount",

	"tulip.Details.UnmarshalJSON":   "encoding/json calls it, in ExampleDetails_ID",
	"tulip.Error.Error":             "what fmt prints, in ExampleNewClient",
	"tulip.Error.GoString":          "what %#v prints: the same as Error",
	"tulip.Error.Unwrap":            "errors.Is and errors.As call it, in ExampleError",
	"tulip.PartialError.Error":      "what fmt prints, as of Error",
	"tulip.PartialError.Unwrap":     "errors.Is calls it, in Example_accessReview",
	"tulip.UserGroup.UnmarshalJSON": "encoding/json calls it, in ExampleUserGroupsService_Get",
}

// TestExamples: every exported function and method has a godoc example, and
// every example has an output, without which it would only be compiled.
func TestExamples(t *testing.T) {
	t.Parallel()
	unused := maps.Clone(withoutExample)
	for name, dir := range documented {
		_, pkg, _ := parsePackage(t, dir, parser.ParseComments)
		examples := make(map[string]bool)
		collect := func(of []*doc.Example) {
			for _, e := range of {
				examples["Example"+e.Name] = true
				if e.Output == "" && !e.EmptyOutput {
					t.Errorf("%s.Example%s has no output: nobody runs it", name, e.Name)
				}
			}
		}
		var funcs []*doc.Func
		collect(pkg.Examples)
		funcs = append(funcs, pkg.Funcs...)
		for _, typ := range pkg.Types {
			collect(typ.Examples)
			funcs = append(funcs, typ.Funcs...)
			funcs = append(funcs, typ.Methods...)
		}
		for _, f := range funcs {
			collect(f.Examples)
		}
		for _, f := range funcs {
			full := name + "." + f.Name
			if f.Recv != "" {
				full = name + "." + strings.TrimPrefix(f.Recv, "*") + "." + f.Name
			}
			reason, excepted := unused[full]
			delete(unused, full)
			shown := regexp.MustCompile(`Example\w+`).FindString(reason)
			switch {
			case excepted && len(f.Examples) > 0:
				t.Errorf("%s has an example: take it out of withoutExample", full)
			case shown != "" && !examples[shown]:
				t.Errorf("withoutExample says that %s is shown in %s, which does not exist", full, shown)
			case !excepted && len(f.Examples) == 0:
				t.Errorf("%s has no example: write %s", full, exampleName(f))
			}
		}
	}
	for _, full := range slices.Sorted(maps.Keys(unused)) {
		t.Errorf("withoutExample names %s, which does not exist", full)
	}
}

func exampleName(f *doc.Func) string {
	if f.Recv == "" {
		return "Example" + f.Name
	}
	recv, _, _ := strings.Cut(strings.TrimPrefix(f.Recv, "*"), "[") // without type parameters
	return "Example" + recv + "_" + f.Name
}

// bracketed is what looks like a link to a Go name in a comment's text: where
// go/doc made no link of it, the name does not exist.
var bracketed = regexp.MustCompile(`\[\*?[A-Za-z_]\w*(\.[A-Za-z_]\w*)*\]`)

// TestDocLinks: every [Name] in a comment is a link.
func TestDocLinks(t *testing.T) {
	t.Parallel()
	for name, dir := range documented {
		files, pkg, fset := parsePackage(t, dir, parser.ParseComments)
		links := 0
		for _, file := range files {
			if strings.HasSuffix(fset.Position(file.Package).Filename, "_test.go") {
				continue
			}
			for _, group := range file.Comments {
				var text strings.Builder
				eachText(pkg.Parser().Parse(group.Text()), &text, &links)
				for _, s := range bracketed.FindAllString(text.String(), -1) {
					t.Errorf("%s: %s is no exported name", fset.Position(group.Pos()), s)
				}
			}
		}
		if links == 0 {
			t.Errorf("package %s has no links", name)
		}
	}
}

// TestDocOfMethods: the comment of each method names its errors and its scopes, and
// ends with the vendor's page; that of an iterator refers to its list for the former
// two.
func TestDocOfMethods(t *testing.T) {
	t.Parallel()
	_, pkg, _ := parsePackage(t, ".", parser.ParseComments)
	comments := make(map[string]string)
	for _, typ := range pkg.Types {
		for _, f := range typ.Methods {
			comments[strings.TrimSuffix(typ.Name, "Service")+"."+f.Name] = strings.Join(strings.Fields(f.Doc), " ")
		}
	}
	for _, m := range methods {
		comment, row := comments[m.name], m.row(t)
		if !strings.HasSuffix(comment, row.Link) {
			t.Errorf("the comment of %s does not end with %s", m.name, row.Link)
		}
		if row.Documented == strings.Contains(comment, "nverified") {
			t.Errorf("the comment of %s says of what the vendor does not document that it is unverified, and of that only", m.name)
		}
		if m.kind == walk {
			service, method, _ := strings.Cut(string(row.Op), ".")
			if !strings.Contains(comment, "["+service+"Service."+method+"] for errors and scope") {
				t.Errorf("the comment of %s does not refer to %s", m.name, row.Op)
			}
			continue
		}
		for _, scope := range row.Scopes {
			if !strings.Contains(comment, scope) {
				t.Errorf("the comment of %s does not name the scope %s", m.name, scope)
			}
		}
		if !failsWith.MatchString(comment) {
			t.Errorf("the comment of %s names no error", m.name)
		}
		if m.kind == write && !strings.Contains(comment, "ErrOutcomeUnknown") {
			t.Errorf("the comment of %s does not say what a lost answer is", m.name)
		}
		if m.kind == list && (!strings.Contains(comment, "empty") || !strings.Contains(comment, "200")) {
			t.Errorf("the comment of %s does not tell of an empty result and of 200 in a page", m.name)
		}
	}
	for _, c := range compositions {
		comment := comments[string(c.op)]
		for _, scope := range usergroups.Scopes(c.op) {
			if !strings.Contains(comment, scope) {
				t.Errorf("the comment of %s does not name the scope %s", c.op, scope)
			}
		}
		if _, link, _ := strings.Cut(comment, "https://www.zoho.com/crm/developer/docs/api/"); link == "" || strings.Contains(link, " ") {
			t.Errorf("the comment of %s does not end with the vendor's page", c.op)
		}
		if !strings.Contains(comment, "It fails with") || !strings.Contains(comment, "ErrInvalidArgument") {
			t.Errorf("the comment of %s names no error", c.op)
		}
	}
}

var failsWith = regexp.MustCompile(`It fails with Err\w+`)

// ours is what names one of the packages.
var ours = regexp.MustCompile(`\b(usergroups|usergroupstest|tulip|tuliptest)\.`)

// TestDocCode type-checks the Go in comments: every piece of code that names one
// of the packages.
func TestDocCode(t *testing.T) {
	t.Parallel()
	c := newChecker(t)
	checked := 0
	for _, dir := range documented {
		files, pkg, fset := parsePackage(t, dir, parser.ParseComments)
		for _, file := range files {
			for _, group := range file.Comments {
				for _, b := range pkg.Parser().Parse(group.Text()).Content {
					code, ok := b.(*comment.Code)
					if !ok || !ours.MatchString(code.Text) {
						continue
					}
					checked++
					first, _, _ := strings.Cut(code.Text, "\n")
					line := slices.IndexFunc(group.List, func(c *ast.Comment) bool { return strings.Contains(c.Text, first) })
					at := fset.Position(group.Pos())
					c.check(t, snippet{file: at.Filename, line: at.Line + line, text: code.Text})
				}
			}
		}
	}
	if checked == 0 {
		t.Error("there is no Go in any comment")
	}
}

// eachText writes the plain text of a comment, counting the links, which it
// leaves out as it does code.
func eachText(d *comment.Doc, plain *strings.Builder, links *int) {
	var texts func(line []comment.Text)
	texts = func(line []comment.Text) {
		for _, text := range line {
			switch text := text.(type) {
			case comment.Plain:
				plain.WriteString(string(text))
			case comment.Italic:
				plain.WriteString(string(text))
			case *comment.Link:
				texts(text.Text)
			case *comment.DocLink:
				*links++
			}
		}
		plain.WriteByte('\n')
	}
	var blocks func(content []comment.Block)
	blocks = func(content []comment.Block) {
		for _, block := range content {
			switch block := block.(type) {
			case *comment.Paragraph:
				texts(block.Text)
			case *comment.Heading:
				texts(block.Text)
			case *comment.List:
				for _, item := range block.Items {
					blocks(item.Content)
				}
			}
		}
	}
	blocks(d.Content)
}
