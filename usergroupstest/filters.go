package usergroupstest

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"
)

// condition is what a filter has become: it keeps a group or not.
type condition func(Group) bool

// fieldSet is the fields that a filter may name.
type fieldSet map[string]func(Group) string

// Guess: a description of null compares like an empty one.
var (
	plainFields = fieldSet{
		"name":        func(g Group) string { return g.Name },
		"description": func(g Group) string { return g.Description },
	}
	prefixedFields = fieldSet{
		"user_group.name":        plainFields["name"],
		"user_group.description": plainFields["description"],
	}
)

// comparators take the group's value first.
var comparators = map[string]func(got, want string) bool{
	"equal":       func(got, want string) bool { return got == want },
	"starts_with": strings.HasPrefix,
	"contains":    strings.Contains,
}

const (
	maxFilterDepth = 50  // only guards the fake; the vendor documents no limit
	maxFilter      = 250 // characters, with Guesses.EnforceLengths
)

// grammar is what a filter may say.
type grammar struct {
	fields      fieldSet
	comparators []string
	operators   []string
	depth       int                 // how deep groups may be nested, with the comparisons
	keyword     func(string) string // how comparators and operators are written
	text        func(string) string // how values are compared
	maxLength   int                 // of all in characters; 0 is no limit
}

func (g Guesses) filters() grammar {
	return grammar{
		fields:      plainFields,
		comparators: []string{"equal", "starts_with", "contains"},
		operators:   []string{"and", "or"},
		depth:       maxFilterDepth,
		keyword:     strings.ToLower,
		text:        g.text(),
		maxLength:   g.maxFilter(),
	}
}

// listFilters is the grammar on the list of groups.
func (g Guesses) listFilters() grammar {
	gr := g.filters()
	switch g.Filters {
	case FiltersUnion:
	case FiltersWithoutOr:
		gr.operators = []string{"and"}
	case FiltersAsDocumented:
		gr.fields = fieldSet{"name": plainFields["name"]}
		gr.comparators = []string{"starts_with", "contains"}
		gr.operators = []string{"and"}
		gr.depth, gr.keyword = 2, verbatim
	}
	return gr
}

// countFilters is the grammar on the counts.
func (g Guesses) countFilters() grammar {
	gr := g.filters()
	if g.Filters == FiltersAsDocumented {
		gr.comparators = []string{"equal", "starts_with"}
		gr.depth, gr.keyword = 2, verbatim
	}
	return gr
}

// text is what is done to texts before they are compared.
func (g Guesses) text() func(string) string {
	if g.IgnoreCase {
		return strings.ToLower
	}
	return verbatim
}

func verbatim(s string) string { return s }

func (g Guesses) maxFilter() int {
	if g.EnforceLengths {
		return maxFilter
	}
	return 0
}

// parseParam reads the filters parameter. Without it every group is kept.
func (gr grammar) parseParam(query url.Values) (condition, *answer) {
	if !query.Has("filters") {
		return everyGroup, nil
	}
	text := query.Get("filters")
	if gr.maxLength > 0 && utf8.RuneCountInString(text) > gr.maxLength {
		return nil, invalidParam("filters", "the filters are longer than 250 characters") // guess
	}
	keep, ok := gr.parse([]byte(text), gr.depth)
	if !ok {
		return nil, invalidParam("filters", "The given filters is not a valid json")
	}
	return keep, nil
}

func everyGroup(Group) bool { return true }

// parseName reads the name parameter. Without it every group is kept.
func (g Guesses) parseName(query url.Values) (condition, *answer) {
	name := query.Get("name")
	if name == "" {
		return everyGroup, nil
	}
	if limit := g.maxFilter(); limit > 0 && utf8.RuneCountInString(name) > limit {
		return nil, invalidParam("name", "the name is longer than 250 characters") // guess
	}
	compare := comparators[map[NameMatch]string{
		NameEquals: "equal", NameStartsWith: "starts_with", NameContains: "contains",
	}[g.NameMatch]]
	text := g.text()
	name = text(name)
	return func(group Group) bool { return compare(text(group.Name), name) }, nil
}

// parse reads one level of a filter: a single comparison, or a group of
// filters with an operator. A key of the other form or of none is an error.
func (gr grammar) parse(raw []byte, depth int) (condition, bool) {
	object, ok := jsonObject(raw)
	if !ok || depth == 0 {
		return nil, false
	}
	switch {
	case hasExactly(object, "field", "comparator", "value"):
		return gr.parseComparison(object)
	case hasExactly(object, "group_operator", "group"):
		return gr.parseGroup(object, depth)
	}
	return nil, false
}

func (gr grammar) parseComparison(object map[string]json.RawMessage) (condition, bool) {
	field, ok := jsonObject(object["field"])
	if !ok {
		return nil, false
	}
	delete(field, "id") // the vendor's schema allows it beside api_name
	if !hasExactly(field, "api_name") {
		return nil, false
	}
	apiName, ok1 := jsonValue[string](field["api_name"])
	comparator, ok2 := jsonValue[string](object["comparator"])
	want, ok3 := jsonValue[string](object["value"])
	if !ok1 || !ok2 || !ok3 {
		return nil, false
	}
	comparator = gr.keyword(comparator)
	get, knownField := gr.fields[apiName]
	if !knownField || !slices.Contains(gr.comparators, comparator) {
		return nil, false
	}
	compare := comparators[comparator]
	want = gr.text(want)
	return func(g Group) bool { return compare(gr.text(get(g)), want) }, true
}

func (gr grammar) parseGroup(object map[string]json.RawMessage, depth int) (condition, bool) {
	operator, ok := jsonValue[string](object["group_operator"])
	if !ok {
		return nil, false
	}
	operator = gr.keyword(operator)
	if !slices.Contains(gr.operators, operator) {
		return nil, false
	}
	members, ok := jsonArray(object["group"])
	if !ok || len(members) == 0 {
		return nil, false
	}
	var conditions []condition
	for _, member := range members {
		cond, ok := gr.parse(member, depth-1)
		if !ok {
			return nil, false
		}
		conditions = append(conditions, cond)
	}

	// "or" is settled by the first condition that holds, "and" by the first
	// that does not.
	settledBy := operator == "or"
	return func(g Group) bool {
		for _, holds := range conditions {
			if holds(g) == settledBy {
				return settledBy
			}
		}
		return !settledBy
	}, true
}

func hasExactly(object map[string]json.RawMessage, keys ...string) bool {
	if len(object) != len(keys) {
		return false
	}
	for _, key := range keys {
		if _, ok := object[key]; !ok {
			return false
		}
	}
	return true
}
