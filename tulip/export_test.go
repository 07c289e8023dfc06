package tulip

import "maps"

// Row is a row of the operation table, for the tests that hold the methods and the
// documents against it.
type Row struct {
	Op   Op
	Path string
	List bool
	Link string
}

// Operations returns the operation table.
func Operations() []Row {
	rows := make([]Row, len(operations))
	for i, o := range operations {
		rows[i] = Row{o.op, o.path, o.list, o.link}
	}
	return rows
}

// Compositions returns what the methods that are no row are made of.
func Compositions() map[Op][]Op { return maps.Clone(compositions) }
