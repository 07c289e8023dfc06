package usergroupstest

import "net/http"

type associationJSON struct {
	Resource ref                `json:"resource"`
	Details  *associationDetail `json:"details"` // null without a module
	Type     string             `json:"type"`
}

// detailAssociationJSON is the same with Guesses.DetailKey.
type detailAssociationJSON struct {
	Resource ref                `json:"resource"`
	Details  *associationDetail `json:"detail"`
	Type     string             `json:"type"`
}

type associationDetail struct {
	Module moduleJSON `json:"module"`
}

type moduleJSON struct {
	APIName string `json:"api_name"`
	ID      string `json:"id"`
}

// associationList has no info: no document pages the list.
type associationList struct {
	Associations []any `json:"associations"` // in one form or the other
}

// listAssociations serves GET /settings/user_groups/{id}/actions/associations.
func (s *Server) listAssociations(c call) answer {
	g, ok := s.org.groups.Get(c.id)
	if !ok {
		return s.cfg.guesses.unknownOwner(groupPathIndex)
	}
	if len(g.Associations) == 0 {
		return answer{status: http.StatusNoContent}
	}
	var list associationList
	for _, a := range g.Associations {
		list.Associations = append(list.Associations, s.cfg.guesses.associationJSON(a))
	}
	return answer{status: http.StatusOK, body: list}
}

func (g Guesses) associationJSON(a Association) any {
	out := associationJSON{Resource: ref{Name: a.ResourceName, ID: a.ResourceID}, Type: a.Type}
	if a.ModuleID != "" || a.ModuleName != "" {
		out.Details = &associationDetail{moduleJSON{APIName: a.ModuleName, ID: a.ModuleID}}
	}
	if g.DetailKey {
		return detailAssociationJSON(out)
	}
	return out
}
