package usergroupstest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"unicode/utf8"
)

// The limits of the texts of a group, in characters.
const (
	maxName        = 250
	maxDescription = 250
)

// groupItem is one of the groups in the body of a write. Keys that nobody
// asks for are ignored, as the vendor's own sample sends some that mean nothing
// (source.name).
type groupItem struct {
	path string // of the item, as errors name it
	keys map[string]json.RawMessage
}

// groupItems takes the envelope off. What is wrong with it is answered bare,
// as there is no item yet to blame; which code is a guess.
func groupItems(body []byte, maxItems int) ([]json.RawMessage, *answer) {
	const path = "$.user_groups"
	envelope, ok := jsonObject(body)
	if !ok {
		return nil, new(failure(http.StatusBadRequest, "INVALID_DATA", noDetails{}, "body is not a valid json object"))
	}
	if isAbsent(envelope["user_groups"]) {
		return nil, new(failure(http.StatusBadRequest, "MANDATORY_NOT_FOUND",
			fieldDetails{APIName: "user_groups", JSONPath: path}, "required field not found"))
	}
	items, ok := jsonArray(envelope["user_groups"])
	if !ok || len(items) == 0 {
		return nil, new(failure(http.StatusBadRequest, "INVALID_DATA",
			fieldDetails{APIName: "user_groups", JSONPath: path, ExpectedDataType: "jsonarray"}, "invalid data"))
	}
	if len(items) > maxItems {
		return nil, new(failure(http.StatusBadRequest, "INVALID_DATA",
			fieldDetails{APIName: "user_groups", JSONPath: path, MaximumLength: maxItems}, "too many user groups"))
	}
	return items, nil
}

// parseItem reads the item with index i.
func parseItem(i int, raw json.RawMessage) (groupItem, *outcome) {
	item := groupItem{path: fmt.Sprintf("$.user_groups[%d]", i)}
	var ok bool
	if item.keys, ok = jsonObject(raw); !ok {
		return item, invalidField(fieldDetails{APIName: "user_groups", JSONPath: item.path, ExpectedDataType: "jsonobject"})
	}
	return item, nil
}

// parseName reads the name, which is mandatory, and unique but for the group
// with the id self.
func (s *Server) parseName(item groupItem, self string) (string, *outcome) {
	name, problem := item.parseText("name", maxName)
	switch {
	case problem != nil:
		return "", problem
	case name == "":
		return "", missingField("name", item.path+".name")
	case s.nameTaken(name, self):
		return "", itemError("DUPLICATE_DATA", fieldDetails{APIName: "name", JSONPath: item.path + ".name"},
			"A user group with the same name already exists.")
	}
	return name, nil
}

// parseText reads an optional string.
func (item groupItem) parseText(key string, maxLength int) (string, *outcome) {
	if isAbsent(item.keys[key]) {
		return "", nil
	}
	path := item.path + "." + key
	text, ok := jsonValue[string](item.keys[key])
	if !ok {
		return "", invalidField(fieldDetails{APIName: key, JSONPath: path, ExpectedDataType: "string"})
	}
	if utf8.RuneCountInString(text) > maxLength {
		return "", invalidField(fieldDetails{APIName: key, JSONPath: path, MaximumLength: maxLength})
	}
	return text, nil
}

// nameTaken reports whether a group other than the one with the id self has
// the name. It compares without letter case: the contract says only that names
// are unique; that "sales" and "Sales" collide is a guess.
func (s *Server) nameTaken(name, self string) bool {
	for g := range s.org.groups.All() {
		if g.ID == self {
			continue
		}
		if g.Name == name || !s.cfg.guesses.CaseSensitiveNames && strings.EqualFold(g.Name, name) {
			return true
		}
	}
	return false
}

// writeStatus is the status of the answer to a write of which so many items
// succeeded: done is that of the whole.
func (g Guesses) writeStatus(done, succeeded, items int) int {
	switch {
	case succeeded == items:
		return done
	case succeeded == 0:
		return http.StatusBadRequest
	case g.MixedStatus != 0:
		return g.MixedStatus
	default:
		return http.StatusMultiStatus
	}
}
