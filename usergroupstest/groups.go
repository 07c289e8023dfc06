package usergroupstest

import (
	"net/http"
	"net/url"
	"strings"
	"time"
)

// orgZone is the time zone of the organisation: all times on the wire carry
// its offset.
var orgZone = time.FixedZone("IST", int((5*time.Hour + 30*time.Minute).Seconds()))

// groupJSON is a group as the API sends it. The keys without omit are always
// there, as null if need be.
type groupJSON struct {
	CreatedTime  string        `json:"created_time"`
	SourcesCount *sourcesCount `json:"sources_count,omitempty"`
	ModifiedTime *string       `json:"modified_time"`
	Name         string        `json:"name"`
	ModifiedBy   *ref          `json:"modified_by"`
	Description  *string       `json:"description"`
	ID           string        `json:"id"`
	CreatedBy    *ref          `json:"created_by"`
	Sources      []sourceJSON  `json:"sources,omitzero"` // asked for but empty: []
}

type ref struct {
	Name string `json:"name"`
	ID   string `json:"id"`
}

type groupList struct {
	UserGroups []groupJSON `json:"user_groups"`
	Info       *pageInfo   `json:"info,omitempty"` // lists only
}

// listGroups serves GET /settings/user_groups.
func (s *Server) listGroups(c call) answer {
	page, bad := parsePage(c.query)
	if bad != nil {
		return *bad
	}
	inc, bad := parseInclude(c.query)
	if bad != nil {
		return *bad
	}
	if c.version < 7 && c.query.Has("filters") {
		return *invalidParam("filters", "filters are not supported before v7")
	}
	keep, bad := parseFilters(c.query, plainFields)
	if bad != nil {
		return *bad
	}

	// Guess: name is an exact match. The contract only says "filter by name".
	name := c.query.Get("name")
	var groups []Group
	for g := range s.org.groups.all() {
		if keep(g) && (name == "" || g.Name == name) {
			groups = append(groups, g)
		}
	}
	return s.groupPage(groups, page, inc)
}

// getGroup serves GET /settings/user_groups/{id}.
func (s *Server) getGroup(c call) answer {
	inc, bad := parseInclude(c.query)
	if bad != nil {
		return *bad
	}
	g, ok := s.org.groups.get(c.id)
	if !ok {
		status := s.cfg.unknownID
		if status == 0 {
			status = http.StatusNoContent
		}
		return unknownID(status, groupPathIndex)
	}
	return answer{status: http.StatusOK, body: groupList{UserGroups: []groupJSON{s.groupJSON(g, inc)}}}
}

// The zero-based places of the ids in /settings/user_groups/{id} and in
// /users/{user}/actions/associated_groups.
const (
	groupPathIndex = 2
	userPathIndex  = 1
)

// listGroupsOfUser serves GET /users/{user}/actions/associated_groups.
// Guess: a user is associated with every group that reaches them, also
// through a role, a territory or another group.
func (s *Server) listGroupsOfUser(c call) answer {
	page, bad := parsePage(c.query)
	if bad != nil {
		return *bad
	}
	var inc include
	if c.version >= 7 { // v6 does not know the parameter, and ignores it
		if inc, bad = parseInclude(c.query); bad != nil {
			return *bad
		}
	}
	if !s.org.users.has(c.id) {
		status := s.cfg.unknownID
		if status != http.StatusNotFound {
			status = http.StatusBadRequest // a 204 would say: in no group
		}
		return unknownID(status, userPathIndex)
	}

	var groups []Group
	for g := range s.org.groups.all() {
		if s.org.members(g)[c.id] {
			groups = append(groups, g)
		}
	}
	return s.groupPage(groups, page, inc)
}

func (s *Server) groupPage(groups []Group, p pageRequest, inc include) answer {
	groups, info := cut(p, groups)
	if len(groups) == 0 {
		return noContent()
	}
	list := groupList{Info: &info}
	for _, g := range groups {
		list.UserGroups = append(list.UserGroups, s.groupJSON(g, inc))
	}
	return answer{status: http.StatusOK, body: list}
}

// include is what the include parameter asks for.
type include struct{ sources, sourcesCount bool }

func parseInclude(query url.Values) (include, *answer) {
	var inc include
	if !query.Has("include") {
		return inc, nil
	}
	for name := range strings.SplitSeq(query.Get("include"), ",") {
		switch name {
		case "sources":
			inc.sources = true
		case "sources_count":
			inc.sourcesCount = true
		default:
			return inc, invalidParam("include", "the include given seems to be invalid")
		}
	}
	return inc, nil
}

func (s *Server) groupJSON(g Group, inc include) groupJSON {
	out := groupJSON{
		CreatedTime: wireTime(g.CreatedTime),
		Name:        g.Name,
		ModifiedBy:  s.userRef(g.ModifiedBy),
		ID:          g.ID,
		CreatedBy:   s.userRef(g.CreatedBy),
	}
	if !g.ModifiedTime.IsZero() {
		out.ModifiedTime = new(wireTime(g.ModifiedTime))
	}
	if g.Description != "" {
		out.Description = new(g.Description)
	}
	if inc.sources {
		out.Sources = s.sourcesJSON(g)
	}
	if inc.sourcesCount {
		out.SourcesCount = new(s.countSources(g))
	}
	return out
}

func wireTime(t time.Time) string { return t.In(orgZone).Format(time.RFC3339) }

// userRef is null without an id. A user whom nobody has seeded has no name.
func (s *Server) userRef(id string) *ref {
	if id == "" {
		return nil
	}
	u, _ := s.org.users.get(id)
	return &ref{Name: u.Name, ID: id}
}
