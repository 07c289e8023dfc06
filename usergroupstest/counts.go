package usergroupstest

import "net/http"

type usersCountJSON struct {
	UserGroup ref `json:"user_group"`
	Count     int `json:"count"`
}

type usersCountList struct {
	Counts []usersCountJSON `json:"associated_users_count"`
	Info   pageInfo         `json:"info"`
}

// countUsers serves GET /settings/user_groups/actions/associated_users_count.
// Guess: a user who is reached in two ways counts once, and a group that
// reaches nobody is there with a count of 0.
func (s *Server) countUsers(c call) answer {
	page, bad := parsePage(c.query)
	if bad != nil {
		return *bad
	}
	// The vendor's v6 page calls the field user_group.name where all others
	// call it name.
	fields := plainFields
	if c.version < 7 {
		fields = prefixedFields
	}
	keep, bad := parseFilters(c.query, fields)
	if bad != nil {
		return *bad
	}

	var groups []Group
	for g := range s.org.groups.all() {
		if keep(g) {
			groups = append(groups, g)
		}
	}
	groups, info := cut(page, groups)
	if len(groups) == 0 {
		return noContent()
	}
	list := usersCountList{Info: info}
	for _, g := range groups {
		list.Counts = append(list.Counts, usersCountJSON{
			UserGroup: ref{Name: g.Name, ID: g.ID},
			Count:     len(s.org.members(g)),
		})
	}
	return answer{status: http.StatusOK, body: list}
}
