package usergroupstest

import (
	"encoding/json"
	"net/http"
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
	items, bad := groupItems(c.body, maxItems)
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
	return answer{status: s.cfg.guesses.writeStatus(http.StatusCreated, created, len(items)), body: out}
}

// parseNewGroup reads and checks one item.
func (s *Server) parseNewGroup(i int, raw json.RawMessage) (Group, *outcome) {
	item, problem := parseItem(i, raw)
	if problem != nil {
		return Group{}, problem
	}
	name, problem := s.parseName(item, "")
	if problem != nil {
		return Group{}, problem
	}
	description, problem := item.parseText("description", maxDescription)
	if problem != nil {
		return Group{}, problem
	}
	sent, problem := sourceReader{server: s, item: item}.read()
	if problem != nil {
		return Group{}, problem
	}
	if limit := s.cfg.guesses.MaxGroups; limit > 0 && s.org.groups.Len() >= limit {
		return Group{}, itemError("LIMIT_REACHED", limitDetails{limit}, "the organisation cannot have more user groups")
	}
	return Group{Name: name, Description: description, Sources: replaceSources(sent)}, nil
}
