package tuliptest

import (
	"slices"
	"strings"
)

// grammar is what the filter of a list may say of its records:
//
//	filter     = condition *( "or" condition )       where joined
//	condition  = field "eq" literal
//	           | collection "/any(" x ":" x "/" field "eq" text ")"
//	literal    = text | "true" | "false"
//	text       = "'" … "'"                           with ' doubled inside
//
// It is the part of OData that the vendor documents. Guesses: keywords are in
// lower case, texts are compared letter for letter, and of what is in a
// collection one thing may be said at a time.
type grammar[T any] struct {
	texts       map[string]func(T) string              // "" is nothing, and equals nothing
	flags       map[string]func(T) (value, known bool) // what is not known equals nothing
	collections map[string]map[string]func(T) []string // by collection and field
	joined      bool                                   // or may join conditions
}

// parse returns what the filter keeps, or false when it is none.
func (g grammar[T]) parse(filter string) (keep func(T) bool, ok bool) {
	in := &scanner{rest: filter}
	var conditions []func(T) bool
	for {
		in.space()
		condition, ok := g.condition(in)
		if !ok {
			return nil, false
		}
		conditions = append(conditions, condition)
		spaced := in.space()
		if in.rest == "" {
			break
		}
		if !g.joined || !spaced || !in.take("or") || !in.space() {
			return nil, false
		}
	}
	return func(record T) bool {
		return slices.ContainsFunc(conditions, func(holds func(T) bool) bool { return holds(record) })
	}, true
}

func (g grammar[T]) condition(in *scanner) (func(T) bool, bool) {
	path := in.path()
	if name, isAny := strings.CutSuffix(path, "/any"); isAny {
		return g.anyOf(name, in)
	}
	if !in.equals() {
		return nil, false
	}
	if get, ok := g.texts[path]; ok {
		want, ok := in.text()
		return func(record T) bool { got := get(record); return got != "" && got == want }, ok
	}
	if get, ok := g.flags[path]; ok {
		want := in.take("true")
		ok := want || in.take("false")
		return func(record T) bool { got, known := get(record); return known && got == want }, ok
	}
	return nil, false
}

// anyOf reads the rest of a lambda.
func (g grammar[T]) anyOf(collection string, in *scanner) (func(T) bool, bool) {
	if !in.take("(") {
		return nil, false
	}
	in.space()
	variable := in.path()
	in.space()
	if !in.take(":") {
		return nil, false
	}
	in.space()
	owner, field, _ := strings.Cut(in.path(), "/")
	get, ok := g.collections[collection][field]
	if !ok || owner == "" || owner != variable || !in.equals() {
		return nil, false
	}
	want, ok := in.text()
	in.space()
	return func(record T) bool { return slices.Contains(get(record), want) }, ok && in.take(")")
}

// scanner takes a filter apart from its beginning.
type scanner struct{ rest string }

// take takes a text, if it is what comes.
func (in *scanner) take(text string) bool {
	rest, ok := strings.CutPrefix(in.rest, text)
	in.rest = rest
	return ok
}

// space takes spaces and reports whether there were any.
func (in *scanner) space() bool {
	rest := strings.TrimLeft(in.rest, " ")
	spaced := len(rest) < len(in.rest)
	in.rest = rest
	return spaced
}

// path takes names with slashes between them; there may be none.
func (in *scanner) path() string {
	end := strings.IndexFunc(in.rest, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '_' && r != '/'
	})
	if end < 0 {
		end = len(in.rest)
	}
	path := in.rest[:end]
	in.rest = in.rest[end:]
	return path
}

// equals takes the operator with the spaces around it.
func (in *scanner) equals() bool { return in.space() && in.take("eq") && in.space() }

// text takes a quoted text and returns what it says.
func (in *scanner) text() (string, bool) {
	if !in.take("'") {
		return "", false
	}
	var text strings.Builder
	for {
		part, rest, closed := strings.Cut(in.rest, "'")
		if !closed {
			return "", false
		}
		text.WriteString(part)
		in.rest = rest
		if !in.take("'") {
			return text.String(), true
		}
		text.WriteByte('\'')
	}
}
