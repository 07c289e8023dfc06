package usergroupstest

import "net/http"

type usersCountJSON struct {
	UserGroup ref `json:"user_group"`
	Count     int `json:"count"`
}

type usersCountList struct {
	Counts []usersCountJSON `json:"associated_users_count"`
	Info   *pageInfo        `json:"info"`
}

// countUsers serves GET /settings/user_groups/actions/associated_users_count.
// Guess: a user who is reached in two ways counts once, and a group that
// reaches nobody is there with a count of 0.
func (s *Server) countUsers(c call) answer {
	guesses := s.cfg.guesses
	page, bad := guesses.parsePage(c.query)
	if bad != nil {
		return *bad
	}
	// The vendor's v6 page calls the field user_group.name where all others
	// call it name.
	grammar := guesses.countFilters()
	if c.version < 7 && !guesses.PlainFieldsInV6 {
		grammar.fields = prefixedFields
	}
	keep, bad := grammar.parseParam(c.query)
	if bad != nil {
		return *bad
	}

	groups, info, instead := cut(guesses, page, s.selectGroups(keep))
	if instead != nil {
		return *instead
	}
	list := usersCountList{Counts: []usersCountJSON{}, Info: info}
	for _, g := range groups {
		list.Counts = append(list.Counts, usersCountJSON{
			UserGroup: ref{Name: g.Name, ID: g.ID},
			Count:     len(s.org.members(g)),
		})
	}
	return answer{status: http.StatusOK, body: list}
}
