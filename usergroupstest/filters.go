package usergroupstest

import (
	"encoding/json"
	"net/url"
	"strings"
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

// comparators take the group's value first. Values are compared in exact
// letter case, which is a guess.
var comparators = map[string]func(got, want string) bool{
	"equal":       func(got, want string) bool { return got == want },
	"starts_with": strings.HasPrefix,
	"contains":    strings.Contains,
}

// maxFilterDepth only guards the fake; the vendor documents no limit.
const maxFilterDepth = 50

// parseFilters reads the filters parameter. Without it every group is kept.
// Newer specifications allow it 250 characters; whether the vendor enforces
// that is not known, and the fake does not.
func parseFilters(query url.Values, fields fieldSet) (condition, *answer) {
	if !query.Has("filters") {
		return func(Group) bool { return true }, nil
	}
	keep, ok := fields.parse([]byte(query.Get("filters")), maxFilterDepth)
	if !ok {
		return nil, invalidParam("filters", "The given filters is not a valid json")
	}
	return keep, nil
}

// parse reads one level of a filter: a single comparison, or a group of
// filters with an operator. A key of the other form or of none is an error.
func (fields fieldSet) parse(raw []byte, depth int) (condition, bool) {
	object, ok := jsonObject(raw)
	if !ok || depth == 0 {
		return nil, false
	}
	switch {
	case hasExactly(object, "field", "comparator", "value"):
		return fields.parseComparison(object)
	case hasExactly(object, "group_operator", "group"):
		return fields.parseGroup(object, depth)
	}
	return nil, false
}

func (fields fieldSet) parseComparison(object map[string]json.RawMessage) (condition, bool) {
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
	get, knownField := fields[apiName]
	compare, knownComparator := comparators[strings.ToLower(comparator)]
	if !knownField || !knownComparator {
		return nil, false
	}
	return func(g Group) bool { return compare(get(g), want) }, true
}

func (fields fieldSet) parseGroup(object map[string]json.RawMessage, depth int) (condition, bool) {
	operator, ok := jsonValue[string](object["group_operator"])
	if !ok {
		return nil, false
	}
	operator = strings.ToLower(operator)
	if operator != "and" && operator != "or" {
		return nil, false
	}
	members, ok := jsonArray(object["group"])
	if !ok || len(members) == 0 {
		return nil, false
	}
	var conditions []condition
	for _, member := range members {
		cond, ok := fields.parse(member, depth-1)
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
