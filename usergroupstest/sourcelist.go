package usergroupstest

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// The values of user_type.
const (
	userActive   = "active"
	userInactive = "inactive"
	userDeleted  = "deleted"
)

type sourceList struct {
	Sources []sourceJSON `json:"sources"`
	Info    *pageInfo    `json:"info"`
}

// listSources serves GET /settings/user_groups/{id}/sources.
func (s *Server) listSources(c call) answer {
	guesses := s.cfg.guesses
	page, bad := guesses.parsePage(c.query)
	if bad != nil {
		return *bad
	}
	kind, bad := parseOneOf(c.query, "type", sourceUsers, sourceRoles, sourceGroups, sourceTerritories)
	if bad != nil {
		return *bad
	}
	userType, bad := parseOneOf(c.query, "user_type", userActive, userInactive, userDeleted)
	if bad != nil {
		return *bad
	}
	g, ok := s.org.groups.Get(c.id)
	if !ok {
		return guesses.noSuchGroup()
	}
	if userType == "" && guesses.UnlistedUsers {
		userType = userActive
	}

	var sources []Source
	for _, src := range s.org.sourcesToList(g) {
		// Guess: user_type does nothing to sources that are no users.
		if (kind == "" || kind == src.Type) &&
			(userType == "" || src.Type != sourceUsers || userType == s.org.userType(src.ID)) {
			sources = append(sources, src)
		}
	}
	sources, info, instead := cut(guesses, page, sources)
	if instead != nil {
		return *instead
	}
	return answer{status: http.StatusOK, body: sourceList{s.sourcesJSON(sources), info}}
}

type patternDetails struct {
	Regex     string `json:"regex"`
	ParamName string `json:"param_name"`
}

// parseOneOf reads an optional parameter that has to be one of some values.
func parseOneOf(query url.Values, name string, values ...string) (string, *answer) {
	value := query.Get(name)
	if query.Has(name) && !slices.Contains(values, value) {
		return "", new(failure(http.StatusBadRequest, "PATTERN_NOT_MATCHED",
			patternDetails{strings.Join(values, "|"), name}, "invalid data"))
	}
	return value, nil
}

// userType is what user_type calls a user.
func (d *directory) userType(id string) string {
	u, _ := d.users.Get(id)
	switch u.Status {
	case "active":
		return userActive
	case "deleted", "": // "": nobody has seeded them
		return userDeleted
	default: // samples also have "disabled" and "closed"
		return userInactive
	}
}

// staleSources is what a group was made of before a PUT, for as many lists as
// are left; see Guesses.StaleSources.
type staleSources struct {
	sources []Source
	left    int
}

// keepStale is told that a group is about to change.
func (d *directory) keepStale(groupID string, lists int) {
	if lists == 0 {
		return
	}
	if d.stale == nil {
		d.stale = make(map[string]staleSources)
	}
	g, _ := d.groups.Get(groupID)
	d.stale[groupID] = staleSources{g.Sources, lists}
}

// sourcesToList returns what the next list of a group's sources shows.
func (d *directory) sourcesToList(g Group) []Source {
	old, stale := d.stale[g.ID]
	if !stale {
		return g.Sources
	}
	old.left--
	d.stale[g.ID] = old
	if old.left == 0 {
		delete(d.stale, g.ID)
	}
	return old.sources
}
