package usergroups_test

import (
	"go/parser"
	"go/token"
	"os"
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
		cells := columns.Split(strings.TrimSpace(line), -1)
		switch {
		case slices.Equal(cells, []string{"outcome", "reads", "writes"}):
			told = []string{}
		case told != nil && strings.HasPrefix(line, "\t"):
			told = append(told, strings.Join(cells, " | "))
		case len(told) > 0:
			compareRows(t, "the package comment", told, want)
			return
		}
	}
	t.Error("the package comment has no retry table")
}

// columns are apart by two spaces or more.
var columns = regexp.MustCompile(` {2,}`)

// TestRetryTableOfREADME: README puts several rows of retryTable into one, in
// shorter words for the same.
func TestRetryTableOfREADME(t *testing.T) {
	t.Parallel()
	short := map[string]string{
		"retry": "again", "retry (refused before work)": "again",
		"no": "no", "no: ErrOutcomeUnknown on 2xx": "no",
		"no: ErrOutcomeUnknown":   "**no**, `ErrOutcomeUnknown`",
		"one refresh, one repeat": "once, with a new token", "same": "the same",
	}
	var want []string
	for _, r := range retryTable {
		want = append(want, r.readme+" | "+short[r.reads]+" | "+short[r.writes])
	}
	slices.Sort(want)
	got := markdownTable(t, "| | reads | writes |")
	slices.Sort(got) // its order is its own
	compareRows(t, "README", got, slices.Compact(want))
}

// TestErrorTableOfREADME: README has a row for each sentinel, or those that come
// together, of errorTable, and one for the end of the caller's context.
func TestErrorTableOfREADME(t *testing.T) {
	t.Parallel()
	var want []string
	for _, r := range errorTable {
		names := sentinelName.FindAllString(r.sentinel, -1)
		if names == nil || r.sentinel == "ErrForbidden" { // that one is told with ErrScope
			continue
		}
		want = append(want, "`"+strings.Join(names, "`, also `")+"` | "+r.readme)
	}
	want = append(want, "`context.Canceled`, … | your context ended")
	compareRows(t, "README", markdownTable(t, "| errors.Is(err, …) | when |"), want)
}

// markdownTable returns the rows of the README table with that head.
func markdownTable(t *testing.T, head string) []string {
	t.Helper()
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := strings.Cut(string(readme), head+"\n")
	if !ok {
		t.Fatalf("README has no table that begins with %s", head)
	}
	var rows []string
	for line := range strings.Lines(rest) {
		line = strings.TrimSpace(line)
		if !strings.HasPrefix(line, "|") {
			break
		}
		if !strings.HasPrefix(line, "|-") {
			rows = append(rows, strings.TrimSpace(strings.Trim(line, "|")))
		}
	}
	return rows
}

func compareRows(t *testing.T, where string, told, tested []string) {
	t.Helper()
	for _, row := range told {
		if !slices.Contains(tested, row) {
			t.Errorf("%s says what no test says: %s", where, row)
		}
	}
	for _, row := range tested {
		if !slices.Contains(told, row) {
			t.Errorf("%s does not say: %s", where, row)
		}
	}
	if !t.Failed() && !slices.Equal(told, tested) {
		t.Errorf("%s has another order:\n%s\nthe test\n%s", where, strings.Join(told, "\n"), strings.Join(tested, "\n"))
	}
}
