package tuliptest

import (
	"net/http"

	"github.com/usergroups-go/usergroups/internal/fakeserver"
)

// roleJSON is a role as the API sends it. What is empty is left out; a built-in
// role has neither created nor lastModified.
type roleJSON struct {
	ID           string      `json:"id"`
	Name         string      `json:"name,omitempty"`
	Description  string      `json:"description,omitempty"`
	IsCustom     bool        `json:"isCustom"`
	Created      *actionJSON `json:"created,omitempty"`
	LastModified *actionJSON `json:"lastModified,omitempty"`
	Archived     *actionJSON `json:"archived,omitempty"`
}

// listRoles serves GET /roles. It is documented to have no code of its own for
// its parameters. Guess: search looks at the name.
func (s *Server) listRoles(c call) fakeserver.Reply {
	return list[Role]{
		records: s.instance.roles.All(),
		id:      func(r Role) string { return r.ID },
		item:    func(r Role) any { return r.json() },
		filter: grammar[Role]{flags: map[string]func(Role) (value, known bool){
			"isCustom": func(r Role) (value, known bool) { return r.Custom, true },
		}},
		search:   func(r Role) []string { return []string{r.Name} },
		archived: func(r Role) bool { return r.Archived.known() },
	}.page(s, c)
}

// getRole serves GET /roles/{id}.
func (s *Server) getRole(c call) fakeserver.Reply {
	if refusal := s.cfg.guesses.checkParams(c.query); refusal != nil {
		return *refusal
	}
	r, ok := s.instance.roles.Get(c.id)
	if !ok {
		return s.noSuch("role")
	}
	return fakeserver.JSON(http.StatusOK, nil, r.json())
}

func (r Role) json() roleJSON {
	return roleJSON{
		ID:           r.ID,
		Name:         r.Name,
		Description:  r.Description,
		IsCustom:     r.Custom,
		Created:      r.Created.json(),
		LastModified: r.LastModified.json(),
		Archived:     r.Archived.json(),
	}
}
