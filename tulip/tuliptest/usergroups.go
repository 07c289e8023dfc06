package tuliptest

import (
	"encoding/json"
	"net/http"

	"github.com/usergroups-go/usergroups/internal/fakeserver"
)

// userGroupJSON is a group as the API sends it. What is empty is left out.
type userGroupJSON struct {
	ID                 string      `json:"id"`
	Name               string      `json:"name,omitempty"`
	Description        string      `json:"description,omitempty"`
	Avatar             string      `json:"avatar,omitempty"`
	AssignedUsersCount json.Number `json:"assignedUsersCount,omitempty"`
	Created            *actionJSON `json:"created,omitempty"`
	LastModified       *actionJSON `json:"lastModified,omitempty"`
	Archived           *actionJSON `json:"archived,omitempty"`
}

type userGroupRef struct {
	UserGroupID string `json:"userGroupId"`
}

// listUserGroups serves GET /user-groups. Guess: search looks at the name.
func (s *Server) listUserGroups(c call) fakeserver.Reply {
	return list[UserGroup]{
		records: s.instance.groups.All(),
		id:      func(g UserGroup) string { return g.ID },
		item:    func(g UserGroup) any { return s.userGroupJSON(g) },
		filter: grammar[UserGroup]{
			texts:  map[string]func(UserGroup) string{"id": func(g UserGroup) string { return g.ID }},
			joined: true,
		},
		codes:    groupsListCodes,
		search:   func(g UserGroup) []string { return []string{g.Name} },
		archived: func(g UserGroup) bool { return g.Archived.known() },
	}.page(s, c)
}

// getUserGroup serves GET /user-groups/{id}, archived or not.
func (s *Server) getUserGroup(c call) fakeserver.Reply {
	if refusal := s.cfg.guesses.checkParams(c.query); refusal != nil {
		return *refusal
	}
	g, ok := s.instance.groups.Get(c.id)
	if !ok {
		return s.noSuch("user group")
	}
	return fakeserver.JSON(http.StatusOK, nil, s.userGroupJSON(g))
}

// listUsersOfGroup serves GET /user-groups/{id}/users, ids only.
func (s *Server) listUsersOfGroup(c call) fakeserver.Reply {
	g, ok := s.instance.groups.Get(c.id)
	if !ok {
		return s.noSuch("user group")
	}
	return list[string]{
		records: s.instance.membersOf(g, s.cfg.guesses.HideArchivedMembers),
		id:      verbatim,
		item:    func(id string) any { return userRef{id} },
		filter:  idFilter("userId"),
		codes:   paramCodes{filter: codeUsersFilter},
	}.page(s, c)
}

func (s *Server) userGroupJSON(g UserGroup) userGroupJSON {
	out := userGroupJSON{
		ID:           g.ID,
		Name:         g.Name,
		Description:  g.Description,
		Avatar:       g.Avatar,
		Created:      g.Created.json(),
		LastModified: g.LastModified.json(),
		Archived:     g.Archived.json(),
	}
	if guesses := s.cfg.guesses; !guesses.NoUsersCount {
		n := 0
		for range s.instance.membersOf(g, guesses.HideArchivedMembers) {
			n++
		}
		out.AssignedUsersCount = guesses.number(n)
	}
	return out
}
