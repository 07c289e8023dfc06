package usergroupstest

import (
	"encoding/json"
	"fmt"
	"slices"
)

// maxSources is how many sources one body may have for a group.
const maxSources = 200

// sentSource is one of the sources in the body of a write.
type sentSource struct {
	Source
	remove bool   // it says _delete, and the server listens
	idPath string // where its id stands, as errors name it
}

// sourceReader reads the sources of an item.
type sourceReader struct {
	server *Server
	item   groupItem
	group  *Group // what a PUT finds; nil for a POST
}

// read returns the sources. Guess: none at all are as bad as no key.
func (r sourceReader) read() ([]sentSource, *outcome) {
	raw, path := r.item.keys["sources"], r.item.path+".sources"
	if isAbsent(raw) {
		return nil, missingField("sources", path)
	}
	entries, ok := jsonArray(raw)
	if !ok {
		return nil, invalidField(fieldDetails{APIName: "sources", JSONPath: path, ExpectedDataType: "jsonarray"})
	}
	if len(entries) == 0 && (r.group == nil || !r.server.cfg.guesses.EmptySources) {
		return nil, missingField("sources", path)
	}
	if len(entries) > maxSources {
		return nil, invalidField(fieldDetails{APIName: "sources", JSONPath: path, MaximumLength: maxSources})
	}
	sources := make([]sentSource, len(entries))
	for i, entry := range entries {
		var problem *outcome
		if sources[i], problem = r.readEntry(i, entry); problem != nil {
			return nil, problem
		}
	}
	return sources, nil
}

// readEntry reads the source with index i.
func (r sourceReader) readEntry(i int, raw json.RawMessage) (sentSource, *outcome) {
	path, idPath := r.paths(i)
	keys, ok := jsonObject(raw)
	if !ok {
		return sentSource{}, invalidField(fieldDetails{APIName: "sources", JSONPath: path, ExpectedDataType: "jsonobject"})
	}
	remove, problem := r.parseDelete(keys, path)
	if problem != nil {
		return sentSource{}, problem
	}

	kind, _ := jsonValue[string](keys["type"])
	inner, _ := jsonObject(keys["source"])
	id, _ := jsonValue[string](inner["id"])
	src := Source{Type: kind, ID: id}
	before, there := r.find(src)
	switch {
	case isAbsent(keys["type"]):
		return sentSource{}, missingField("type", path+".type")
	case !r.takesType(kind, there):
		return sentSource{}, invalidField(fieldDetails{APIName: "type", JSONPath: path + ".type"})
	case isAbsent(keys["source"]):
		return sentSource{}, missingField("source", path+".source")
	case isAbsent(inner["id"]):
		return sentSource{}, missingField("id", idPath)
	case id == "", !there && !remove && !r.server.org.hasSource(src):
		return sentSource{}, invalidField(fieldDetails{APIName: "id", JSONPath: idPath})
	}

	if src.Subordinates, problem = parseFlag(keys, "subordinates", path); problem != nil {
		return sentSource{}, problem
	}
	if src.SubTerritories, problem = parseFlag(keys, "sub_territories", path); problem != nil {
		return sentSource{}, problem
	}
	for key := range before.Extra {
		if value, sent := keys[key]; sent {
			src.setExtra(key, value)
		}
	}
	return sentSource{r.server.cfg.guesses.foldFlags(src), remove, idPath}, nil
}

// paths returns where the entry with index i stands, and its id. The vendor's
// sample of a refused PUT has neither the s of sources nor the key source:
// $.user_groups[0].source[0].id.
func (r sourceReader) paths(i int) (entry, id string) {
	if r.group != nil {
		entry = fmt.Sprintf("%s.source[%d]", r.item.path, i)
		return entry, entry + ".id"
	}
	entry = fmt.Sprintf("%s.sources[%d]", r.item.path, i)
	return entry, entry + ".source.id"
}

// find returns what a PUT finds of the source in the group.
func (r sourceReader) find(src Source) (Source, bool) {
	if r.group == nil {
		return Source{}, false
	}
	i := slices.IndexFunc(r.group.Sources, src.isSame)
	if i < 0 {
		return Source{}, false
	}
	return r.group.Sources[i], true
}

// takesType reports whether the API knows a type. Guess: what it lists it takes
// back, also if it would not take it otherwise.
func (r sourceReader) takesType(kind string, there bool) bool {
	switch kind {
	case sourceUsers, sourceRoles, sourceTerritories:
		return true
	case sourceGroups:
		return !r.server.cfg.guesses.RefuseGroupSources
	default:
		return there
	}
}

// parseDelete reports whether the entry is to go. A POST does not know the key.
func (r sourceReader) parseDelete(keys map[string]json.RawMessage, path string) (bool, *outcome) {
	if r.group == nil {
		return false, nil
	}
	switch r.server.cfg.guesses.Put {
	case PutReplacesIgnoringDelete:
		return false, nil
	case PutReplacesRefusingDelete:
		if _, sent := keys["_delete"]; sent {
			return false, invalidField(fieldDetails{APIName: "_delete", JSONPath: path + "._delete"})
		}
	}
	flag, problem := parseFlag(keys, "_delete", path)
	return isSet(flag), problem
}

// parseFlag keeps a flag that was not set apart from one that is false.
func parseFlag(keys map[string]json.RawMessage, key, path string) (*bool, *outcome) {
	if isAbsent(keys[key]) {
		return nil, nil
	}
	flag, ok := jsonValue[bool](keys[key])
	if !ok {
		return nil, invalidField(fieldDetails{APIName: key, JSONPath: path + "." + key, ExpectedDataType: "boolean"})
	}
	return &flag, nil
}
