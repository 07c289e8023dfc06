package usergroupstest

// sourceJSON is one source of a group as the API sends it.
type sourceJSON struct {
	Source         ref    `json:"source"`
	Type           string `json:"type"`
	Subordinates   *bool  `json:"subordinates,omitempty"`
	SubTerritories *bool  `json:"sub_territories,omitempty"`

	extra extraKeys // sent after these
}

// sourcesJSON never returns nil: nil would leave the key out.
func (s *Server) sourcesJSON(sources []Source) []sourceJSON {
	out := []sourceJSON{}
	for _, src := range sources {
		src = s.cfg.guesses.foldFlags(src)
		item := sourceJSON{Source: ref{Name: s.sourceName(src), ID: src.ID}, Type: src.Type, extra: cloneExtra(src.Extra)}
		switch src.Type {
		case sourceUsers, sourceGroups: // without flags
		case sourceRoles: // the flag is always there
			item.Subordinates = new(isSet(src.Subordinates))
		default: // the flags that were set
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
		u, _ := s.org.users.Get(src.ID)
		return u.Name
	case sourceRoles:
		r, _ := s.org.roles.Get(src.ID)
		return r.Name
	case sourceTerritories:
		t, _ := s.org.territories.Get(src.ID)
		return t.Name
	case sourceGroups:
		g, _ := s.org.groups.Get(src.ID)
		return g.Name
	}
	return ""
}
