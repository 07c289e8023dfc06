package usergroupstest

// sourceJSON is one source of a group as the API sends it.
type sourceJSON struct {
	Source         ref    `json:"source"`
	Type           string `json:"type"`
	Subordinates   *bool  `json:"subordinates,omitempty"`
	SubTerritories *bool  `json:"sub_territories,omitempty"`
}

// sourcesCount is how many sources of each kind a group has. A kind that it
// does not have has no key.
type sourcesCount struct {
	Territories int `json:"territories,omitempty"`
	Roles       int `json:"roles,omitempty"`
	Groups      int `json:"groups,omitempty"`
	Users       any `json:"users,omitempty"` // an int or a *usersByStatus
}

type usersByStatus struct {
	Inactive int `json:"inactive"`
	Deleted  int `json:"deleted"`
	Active   int `json:"active"`
}

// sourcesJSON never returns nil: nil would leave the key out.
func (s *Server) sourcesJSON(g Group) []sourceJSON {
	out := []sourceJSON{}
	for _, src := range g.Sources {
		item := sourceJSON{Source: ref{Name: s.sourceName(src), ID: src.ID}, Type: src.Type}
		switch src.Type {
		case sourceRoles: // the flag is always there
			item.Subordinates = new(isSet(src.Subordinates))
		case sourceTerritories: // the flags that were set
			item.Subordinates = cloneFlag(src.Subordinates)
			item.SubTerritories = cloneFlag(src.SubTerritories)
		}
		out = append(out, item)
	}
	return out
}

func (s *Server) sourceName(src Source) string {
	switch src.Type {
	case sourceUsers:
		u, _ := s.org.users.get(src.ID)
		return u.Name
	case sourceRoles:
		r, _ := s.org.roles.get(src.ID)
		return r.Name
	case sourceTerritories:
		t, _ := s.org.territories.get(src.ID)
		return t.Name
	case sourceGroups:
		g, _ := s.org.groups.get(src.ID)
		return g.Name
	}
	return ""
}

func (s *Server) countSources(g Group) sourcesCount {
	var count sourcesCount
	var users int
	var detailed usersByStatus
	for _, src := range g.Sources {
		switch src.Type {
		case sourceTerritories:
			count.Territories++
		case sourceRoles:
			count.Roles++
		case sourceGroups:
			count.Groups++
		case sourceUsers:
			users++
			u, _ := s.org.users.get(src.ID)
			switch u.Status {
			case "active":
				detailed.Active++
			case "deleted", "": // "": nobody has seeded them
				detailed.Deleted++
			default: // samples also have "disabled" and "closed"
				detailed.Inactive++
			}
		}
	}
	switch {
	case users == 0:
	case s.cfg.guesses.DetailedSourcesCount:
		count.Users = &detailed
	default:
		count.Users = users
	}
	return count
}
