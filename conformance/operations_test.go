package conformance_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"testing"

	"github.com/usergroups-go/usergroups"
)

// TestEveryOperationIsCalled holds that no operation of the client's table is left
// out here.
func TestEveryOperationIsCalled(t *testing.T) {
	t.Parallel()
	table := operations(t)
	if len(table) < 15 { // the client has had so many
		t.Fatalf("the table has %d operations: %q", len(table), table)
	}
	for _, op := range table {
		if !slices.ContainsFunc(calls, func(c call) bool { return c.op == op }) {
			t.Errorf("%s has no call here", op)
		}
	}
	for _, c := range calls {
		if !slices.Contains(table, c.op) {
			t.Errorf("%s: %s is not in the table", c.name, c.op)
		}
	}
}

// TestCalls holds, also without the vendor's files, that each call is answered well
// and sends requests of its own operation.
func TestCalls(t *testing.T) {
	t.Parallel()
	for _, c := range calls {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			record(t, &c)
		})
	}
}

// operations reads the table that the client keeps of its operations, which it does
// not export.
func operations(t *testing.T) []usergroups.Op {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "../operations.go", nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	names := make(map[string]usergroups.Op) // of the constants
	var rows []string                       // the constants of the table
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ValueSpec:
			if len(n.Values) != 1 {
				break
			}
			if value, ok := n.Values[0].(*ast.BasicLit); ok {
				text, err := strconv.Unquote(value.Value)
				if err != nil {
					t.Fatal(err)
				}
				names[n.Names[0].Name] = usergroups.Op(text)
			}
		case *ast.KeyValueExpr:
			key, _ := n.Key.(*ast.Ident)
			value, _ := n.Value.(*ast.Ident)
			if key != nil && value != nil && key.Name == "op" {
				rows = append(rows, value.Name)
			}
		}
		return true
	})
	ops := make([]usergroups.Op, len(rows))
	for i, row := range rows {
		if ops[i] = names[row]; ops[i] == "" {
			t.Fatalf("%s is no constant", row)
		}
	}
	return ops
}
