package usergroups

import "maps"

// Row is a row of the operation table, for the tests that hold the methods, the
// fake and the documents against it.
type Row struct {
	Op         Op
	Method     string
	Path       string
	Scopes     []string
	Since      int
	Repeatable bool
	Documented bool
	Link       string
}

// Operations returns the operation table.
func Operations() []Row {
	rows := make([]Row, len(operations))
	for i, o := range operations {
		rows[i] = Row{o.op, o.method, o.path, o.scopes, o.since, o.repeatable, o.documented, o.link}
	}
	return rows
}

// Compositions returns what the methods that are no row are made of.
func Compositions() map[Op][]Op { return maps.Clone(compositions) }
