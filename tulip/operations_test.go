package tulip_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/usergroups-go/usergroups/tulip"
)

// TestOperationsAreTheTable holds that every row has a method, every method a row, and
// that this test's own table of paths says the same.
func TestOperationsAreTheTable(t *testing.T) {
	t.Parallel()
	rows := make(map[tulip.Op]tulip.Row)
	for _, row := range tulip.Operations() {
		if _, ok := rows[row.Op]; ok {
			t.Errorf("%s has two rows", row.Op)
		}
		rows[row.Op] = row
		if !strings.HasPrefix(row.Link, "https://support.tulip.co/apidocs/apiusersv1") {
			t.Errorf("%s: its page is %s", row.Op, row.Link)
		}
		if !slices.ContainsFunc(methods, func(m method) bool { return m.name == string(row.Op) }) {
			t.Errorf("%s is no method", row.Op)
		}
	}
	if len(rows) != 8 {
		t.Errorf("%d rows, the API has 8 operations", len(rows))
	}
	for _, m := range methods {
		row, ok := rows[m.op]
		_, argument, _ := strings.Cut(row.Path, "{")
		argument, _, _ = strings.Cut(argument, "}")
		if path := strings.Replace(row.Path, "{"+argument+"}", "{id}", 1); !ok || path != m.path || row.List != (m.kind != one) {
			t.Errorf("%s: row %+v, want %s", m.name, row, m.path)
		}
	}
	parts := tulip.Compositions()
	for _, c := range compositions {
		made, want := slices.Sorted(slices.Values(parts[c.op])), slices.Sorted(slices.Values(c.made))
		if !slices.Equal(made, want) {
			t.Errorf("%s is made of %q, want %q", c.op, made, want)
		}
		delete(parts, c.op)
	}
	if len(parts) > 0 {
		t.Errorf("compositions that no test knows: %v", parts)
	}
}
