package tulip_test

import (
	"go/parser"
	"go/token"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestRetryTableOfDoc: the package comment has the rows of retryTable, all of
// them, in their order and their words.
func TestRetryTableOfDoc(t *testing.T) {
	t.Parallel()
	file, err := parser.ParseFile(token.NewFileSet(), "doc.go", nil, parser.ParseComments|parser.PackageClauseOnly)
	if err != nil {
		t.Fatal(err)
	}
	var want, told []string
	for _, r := range retryTable {
		want = append(want, r.outcome+" | "+r.reads+" | "+r.writes)
	}
	for line := range strings.Lines(file.Doc.Text()) {
		cells := regexp.MustCompile(` {2,}`).Split(strings.TrimSpace(line), -1)
		switch {
		case slices.Equal(cells, []string{"outcome", "reads", "writes"}):
			told = []string{}
		case told != nil && strings.HasPrefix(line, "\t"):
			told = append(told, strings.Join(cells, " | "))
		case len(told) > 0:
			if !slices.Equal(told, want) {
				t.Errorf("the package comment says\n%s\nthe test\n%s", strings.Join(told, "\n"), strings.Join(want, "\n"))
			}
			return
		}
	}
	t.Error("the package comment has no retry table")
}
