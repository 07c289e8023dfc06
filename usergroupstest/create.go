package usergroupstest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"
)

// The limits of one group to be created; texts are counted in characters.
const (
	maxName        = 250
	maxDescription = 250
	maxSources     = 200
)

// createGroups serves POST /settings/user_groups. Every item succeeds or
// fails for itself.
func (s *Server) createGroups(c call) answer {
	maxItems := s.cfg.guesses.ItemsPerCreate
	switch {
	case maxItems > 0:
	case c.version >= 9:
		maxItems = 10
	default:
		maxItems = 1
	}
	items, bad := createItems(c.body, maxItems)
	if bad != nil {
		return *bad
	}

	var out outcomes
	created := 0
	for i, item := range items {
		g, problem := s.parseNewGroup(i, item)
		if problem != nil {
			out.UserGroups = append(out.UserGroups, *problem)
			continue
		}
		id := s.org.addGroup(g)
		created++
		out.UserGroups = append(out.UserGroups, outcome{
			Code: "SUCCESS", Details: idDetails{id}, Message: "User Group Created successfully", Status: "success",
		})
	}

	status := s.cfg.guesses.MixedStatus
	if status == 0 {
		status = http.StatusMultiStatus
	}
	switch created {
	case len(items):
		status = http.StatusCreated
	case 0:
		status = http.StatusBadRequest
	}
	return answer{status: status, body: out}
}

// createItems takes the envelope off. What is wrong with it is answered bare,
// as there is no item yet to blame; which code is a guess.
func createItems(body []byte, maxItems int) ([]json.RawMessage, *answer) {
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

// parseNewGroup reads and checks one item. Keys that it does not know are
// ignored, as the vendor's own sample sends some that mean nothing
// (source.name).
func (s *Server) parseNewGroup(i int, raw json.RawMessage) (Group, *outcome) {
	path := fmt.Sprintf("$.user_groups[%d]", i)
	item, ok := jsonObject(raw)
	if !ok {
		return Group{}, invalidField(fieldDetails{APIName: "user_groups", JSONPath: path, ExpectedDataType: "jsonobject"})
	}

	name, problem := parseText(item, "name", path, maxName)
	if problem != nil {
		return Group{}, problem
	}
	if name == "" {
		return Group{}, missingField("name", path+".name")
	}
	if s.nameTaken(name) {
		return Group{}, itemError("DUPLICATE_DATA", fieldDetails{APIName: "name", JSONPath: path + ".name"},
			"A user group with the same name already exists.")
	}
	description, problem := parseText(item, "description", path, maxDescription)
	if problem != nil {
		return Group{}, problem
	}
	sources, problem := s.parseSources(item["sources"], path+".sources")
	if problem != nil {
		return Group{}, problem
	}
	if limit := s.cfg.guesses.MaxGroups; limit > 0 && len(s.org.groups.order) >= limit {
		return Group{}, itemError("LIMIT_REACHED", limitDetails{limit}, "the organisation cannot have more user groups")
	}
	return Group{Name: name, Description: description, Sources: sources}, nil
}

// parseText reads an optional string.
func parseText(item map[string]json.RawMessage, key, path string, maxLength int) (string, *outcome) {
	if isAbsent(item[key]) {
		return "", nil
	}
	text, ok := jsonValue[string](item[key])
	if !ok {
		return "", invalidField(fieldDetails{APIName: key, JSONPath: path + "." + key, ExpectedDataType: "string"})
	}
	if utf8.RuneCountInString(text) > maxLength {
		return "", invalidField(fieldDetails{APIName: key, JSONPath: path + "." + key, MaximumLength: maxLength})
	}
	return text, nil
}

// parseSources reads the sources. Guess: none at all are as bad as no key.
func (s *Server) parseSources(raw json.RawMessage, path string) ([]Source, *outcome) {
	if isAbsent(raw) {
		return nil, missingField("sources", path)
	}
	items, ok := jsonArray(raw)
	if !ok {
		return nil, invalidField(fieldDetails{APIName: "sources", JSONPath: path, ExpectedDataType: "jsonarray"})
	}
	if len(items) == 0 {
		return nil, missingField("sources", path)
	}
	if len(items) > maxSources {
		return nil, invalidField(fieldDetails{APIName: "sources", JSONPath: path, MaximumLength: maxSources})
	}
	sources := make([]Source, len(items))
	for i, item := range items {
		var problem *outcome
		sources[i], problem = s.parseSource(item, fmt.Sprintf("%s[%d]", path, i))
		if problem != nil {
			return nil, problem
		}
	}
	return sources, nil
}

func (s *Server) parseSource(raw json.RawMessage, path string) (Source, *outcome) {
	item, ok := jsonObject(raw)
	if !ok {
		return Source{}, invalidField(fieldDetails{APIName: "sources", JSONPath: path, ExpectedDataType: "jsonobject"})
	}
	if isAbsent(item["type"]) {
		return Source{}, missingField("type", path+".type")
	}
	kind, _ := jsonValue[string](item["type"])
	known := []string{sourceUsers, sourceRoles, sourceTerritories}
	if !s.cfg.guesses.RefuseGroupSources {
		known = append(known, sourceGroups)
	}
	if !slices.Contains(known, kind) {
		return Source{}, invalidField(fieldDetails{APIName: "type", JSONPath: path + ".type"})
	}

	if isAbsent(item["source"]) {
		return Source{}, missingField("source", path+".source")
	}
	inner, _ := jsonObject(item["source"])
	if isAbsent(inner["id"]) {
		return Source{}, missingField("id", path+".source.id")
	}
	id, _ := jsonValue[string](inner["id"])
	src := Source{Type: kind, ID: id}
	if !s.org.hasSource(src) {
		return Source{}, invalidField(fieldDetails{APIName: "id", JSONPath: path + ".source.id"})
	}

	var problem *outcome
	if src.Subordinates, problem = parseFlag(item, "subordinates", path); problem != nil {
		return Source{}, problem
	}
	if src.SubTerritories, problem = parseFlag(item, "sub_territories", path); problem != nil {
		return Source{}, problem
	}
	return src, nil
}

// parseFlag keeps a flag that was not set apart from one that is false.
func parseFlag(item map[string]json.RawMessage, key, path string) (*bool, *outcome) {
	if isAbsent(item[key]) {
		return nil, nil
	}
	flag, ok := jsonValue[bool](item[key])
	if !ok {
		return nil, invalidField(fieldDetails{APIName: key, JSONPath: path + "." + key, ExpectedDataType: "boolean"})
	}
	return &flag, nil
}

// nameTaken compares without letter case. The contract says only that names
// are unique; that "sales" and "Sales" collide is a guess.
func (s *Server) nameTaken(name string) bool {
	for g := range s.org.groups.all() {
		if g.Name == name || !s.cfg.guesses.CaseSensitiveNames && strings.EqualFold(g.Name, name) {
			return true
		}
	}
	return false
}
