package usergroupstest

import "net/http"

// sourcesCount is how many sources of each kind a group has. A kind that it
// does not have has no key.
type sourcesCount struct {
	Territories int `json:"territories,omitempty"`
	Roles       int `json:"roles,omitempty"`
	Groups      int `json:"groups,omitempty"`
	Users       any `json:"users,omitempty"` // an int or a *usersByStatus
}

// allSourcesCount is the same with all keys.
type allSourcesCount struct {
	Territories int           `json:"territories"`
	Roles       int           `json:"roles"`
	Groups      int           `json:"groups"`
	Users       usersByStatus `json:"users"`
}

type usersByStatus struct {
	Inactive int `json:"inactive"`
	Deleted  int `json:"deleted"`
	Active   int `json:"active"`
}

type sourcesCountList struct {
	Counts []any `json:"sources_count"` // of one
}

// getSourcesCount serves GET /settings/user_groups/{id}/actions/sources_count.
// Unlike the count beside a group, its users are always an object.
func (s *Server) getSourcesCount(c call) answer {
	g, ok := s.org.groups.Get(c.id)
	if !ok {
		return s.cfg.guesses.noSuchGroup()
	}
	if len(g.Sources) == 0 {
		return answer{status: http.StatusNoContent}
	}
	count := s.org.countSources(g)
	var body any = count
	if s.cfg.guesses.SourcesCountOmitsZeros {
		body = count.withoutZeros(true)
	}
	return answer{status: http.StatusOK, body: sourcesCountList{[]any{body}}}
}

// withoutZeros leaves out what there is none of. The users are a number unless
// they are to be detailed.
func (all allSourcesCount) withoutZeros(detailed bool) sourcesCount {
	count := sourcesCount{Territories: all.Territories, Roles: all.Roles, Groups: all.Groups}
	switch users := all.Users.Inactive + all.Users.Deleted + all.Users.Active; {
	case users == 0:
	case detailed:
		count.Users = &all.Users
	default:
		count.Users = users
	}
	return count
}

// countSources counts also the users who are not active. A source of a kind that
// has no key counts nowhere.
func (d *directory) countSources(g Group) allSourcesCount {
	var count allSourcesCount
	for _, src := range g.Sources {
		switch src.Type {
		case sourceTerritories:
			count.Territories++
		case sourceRoles:
			count.Roles++
		case sourceGroups:
			count.Groups++
		case sourceUsers:
			switch d.userType(src.ID) {
			case userActive:
				count.Users.Active++
			case userDeleted:
				count.Users.Deleted++
			default:
				count.Users.Inactive++
			}
		}
	}
	return count
}
