package usergroupstest

import (
	"encoding/json"
	"net/http"
	"time"
)

// updateGroup serves PUT /settings/user_groups/{id}.
func (s *Server) updateGroup(c call) answer {
	if !s.org.groups.Has(c.id) {
		return s.cfg.guesses.noSuchGroup()
	}
	items, bad := groupItems(c.body, 1)
	if bad != nil {
		return *bad
	}
	return s.update(items, c.id)
}

// updateGroups serves PUT /settings/user_groups. Every item succeeds or fails
// for itself, and sees what those before it have done.
func (s *Server) updateGroups(c call) answer {
	maxItems := s.cfg.guesses.ItemsPerUpdate
	if maxItems == 0 {
		maxItems = 100
	}
	items, bad := groupItems(c.body, maxItems)
	if bad != nil {
		return *bad
	}
	return s.update(items, "")
}

// update updates the group that each item names, or the one that the path does.
func (s *Server) update(items []json.RawMessage, pathID string) answer {
	var out outcomes
	updated := 0
	for i, item := range items {
		g, problem := s.parseUpdate(i, item, pathID)
		if problem != nil {
			out.UserGroups = append(out.UserGroups, *problem)
			continue
		}
		s.org.keepStale(g.ID, s.cfg.guesses.StaleSources)
		s.org.updateGroup(g)
		updated++
		out.UserGroups = append(out.UserGroups, outcome{
			Code: "SUCCESS", Details: idDetails{g.ID}, Message: "User Group Updated successfully", Status: "success",
		})
	}
	return answer{status: s.cfg.guesses.writeStatus(http.StatusOK, updated, len(items)), body: out}
}

// parseUpdate reads and checks one item, and returns the group as it is to be.
// Name and sources are mandatory; a description that is not sent stays, and
// null ends it.
func (s *Server) parseUpdate(i int, raw json.RawMessage, pathID string) (Group, *outcome) {
	item, problem := parseItem(i, raw)
	if problem != nil {
		return Group{}, problem
	}
	g, problem := s.findTarget(item, pathID)
	if problem != nil {
		return Group{}, problem
	}
	if g.Name, problem = s.parseName(item, g.ID); problem != nil {
		return Group{}, problem
	}
	description, problem := item.parseText("description", maxDescription)
	if problem != nil {
		return Group{}, problem
	}
	if _, sent := item.keys["description"]; sent {
		g.Description = description
	}
	sent, problem := sourceReader{server: s, item: item, group: &g}.read()
	if problem != nil {
		return Group{}, problem
	}
	g.Sources, problem = s.cfg.guesses.putSources(g.Sources, sent)
	return g, problem
}

// findTarget returns the group that an item is about. Guess: beside an id in
// the path it needs none, but may not name another.
func (s *Server) findTarget(item groupItem, pathID string) (Group, *outcome) {
	path := item.path + ".id"
	id, _ := jsonValue[string](item.keys["id"])
	switch absent := isAbsent(item.keys["id"]); {
	case absent && pathID == "":
		return Group{}, missingField("id", path)
	case absent:
		id = pathID
	}
	g, ok := s.org.groups.Get(id)
	if !ok || pathID != "" && id != pathID {
		return Group{}, invalidField(fieldDetails{APIName: "id", JSONPath: path})
	}
	return g, nil
}

// updateGroup replaces a group. Guess: it counts as modified also if it is as
// it was before.
func (d *directory) updateGroup(g Group) {
	g = g.clone()
	g.ModifiedTime, g.ModifiedBy = d.timestamp(), d.actor()
	d.groups.Put(g.ID, g)
}

// timestamp is the present in the form of the organisation's records.
func (d *directory) timestamp() time.Time {
	return d.now().In(orgZone).Truncate(time.Second)
}
