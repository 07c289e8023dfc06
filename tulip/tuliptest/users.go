package tuliptest

import (
	"net/http"

	"github.com/usergroups-go/usergroups/internal/fakeserver"
)

// userJSON is a user as the API sends it. What is empty is left out, as in the
// vendor's sample.
type userJSON struct {
	ID           string              `json:"id"`
	Name         *nameJSON           `json:"name,omitempty"`
	AvatarURL    string              `json:"avatarUrl,omitempty"`
	Language     string              `json:"language,omitempty"`
	Email        *emailJSON          `json:"email,omitempty"`
	Phone        *phoneJSON          `json:"phone,omitempty"`
	BadgeID      string              `json:"badgeId,omitempty"`
	Invited      *actionJSON         `json:"invited,omitempty"`
	Created      *actionJSON         `json:"created,omitempty"`
	LastModified *actionJSON         `json:"lastModified,omitempty"`
	Archived     *actionJSON         `json:"archived,omitempty"`
	GlobalRoleID string              `json:"globalRoleId,omitempty"`
	Workspaces   []workspaceRoleJSON `json:"workspaceRoleAssignments,omitempty"`
}

type nameJSON struct {
	Full string `json:"full"`
}

type emailJSON struct {
	Address  string `json:"address"`
	Verified bool   `json:"verified"`
}

type phoneJSON struct {
	Number   string `json:"number"`
	Verified bool   `json:"verified"`
}

// workspaceRoleJSON has the names that the filter has. Guess: the answer has them
// too.
type workspaceRoleJSON struct {
	WorkspaceID string `json:"workspaceId"`
	UserRoleID  string `json:"userRoleId"`
}

type userRef struct {
	UserID string `json:"userId"`
}

// listUsers serves GET /users. Guess: it has the codes of the list of groups, the
// other one with all these parameters, except that the filter's names users.
func (s *Server) listUsers(c call) fakeserver.Reply {
	guesses := s.cfg.guesses
	codes := groupsListCodes
	if guesses.UsersParamsUnnamed {
		codes = paramCodes{}
	}
	codes.filter = codeUsersFilter
	filter := userFilter
	filter.joined = !guesses.UsersWithoutOr
	return list[User]{
		records:  s.instance.users.All(),
		id:       func(u User) string { return u.ID },
		item:     func(u User) any { return u.json() },
		filter:   filter,
		codes:    codes,
		search:   func(u User) []string { return []string{u.Name, u.Email, u.BadgeID} },
		archived: func(u User) bool { return u.Archived.known() },
	}.page(s, c)
}

var userFilter = grammar[User]{
	texts: map[string]func(User) string{
		"id":           func(u User) string { return u.ID },
		"badgeId":      func(u User) string { return u.BadgeID },
		"name/full":    func(u User) string { return u.Name },
		"globalRoleId": func(u User) string { return u.GlobalRoleID },
	},
	flags: map[string]func(User) (value, known bool){
		"email/verified": func(u User) (value, known bool) { return u.EmailVerified, u.Email != "" },
	},
	collections: map[string]map[string]func(User) []string{
		"workspaceRoleAssignments": {
			"userRoleId":  func(u User) []string { return u.workspaceValues(func(w WorkspaceRole) string { return w.RoleID }) },
			"workspaceId": func(u User) []string { return u.workspaceValues(func(w WorkspaceRole) string { return w.WorkspaceID }) },
		},
	},
}

func (u User) workspaceValues(value func(WorkspaceRole) string) []string {
	var values []string
	for _, w := range u.WorkspaceRoles {
		values = append(values, value(w))
	}
	return values
}

// getUser serves GET /users/{id}.
func (s *Server) getUser(c call) fakeserver.Reply {
	if refusal := s.cfg.guesses.checkParams(c.query); refusal != nil {
		return *refusal
	}
	u, ok := s.instance.users.Get(c.id)
	if !ok {
		return s.noSuch("user")
	}
	return fakeserver.JSON(http.StatusOK, nil, u.json())
}

// noSuch answers to the id of nothing.
func (s *Server) noSuch(what string) fakeserver.Reply {
	return s.unnamed(http.StatusNotFound, codeNotFound, "There is no "+what+" with this id.")
}

// listGroupsOfUser serves GET /users/{id}/user-groups, ids only.
func (s *Server) listGroupsOfUser(c call) fakeserver.Reply {
	if !s.instance.users.Has(c.id) {
		return s.noSuch("user")
	}
	return list[string]{
		records: s.instance.groupsOf(c.id, s.cfg.guesses.HideArchivedMembers),
		id:      verbatim,
		item:    func(id string) any { return userGroupRef{id} },
		filter:  idFilter("userGroupId"),
		codes:   paramCodes{filter: codeUserGroupsFilter},
	}.page(s, c)
}

func verbatim(s string) string { return s }

// idFilter is the grammar of lists of ids, which may be asked for by that name.
func idFilter(field string) grammar[string] {
	return grammar[string]{texts: map[string]func(string) string{field: verbatim}, joined: true}
}

func (u User) json() userJSON {
	out := userJSON{
		ID:           u.ID,
		AvatarURL:    u.AvatarURL,
		Language:     u.Language,
		BadgeID:      u.BadgeID,
		Invited:      u.Invited.json(),
		Created:      u.Created.json(),
		LastModified: u.LastModified.json(),
		Archived:     u.Archived.json(),
		GlobalRoleID: u.GlobalRoleID,
	}
	if u.Name != "" {
		out.Name = &nameJSON{u.Name}
	}
	if u.Email != "" {
		out.Email = &emailJSON{u.Email, u.EmailVerified}
	}
	if u.Phone != "" {
		out.Phone = &phoneJSON{u.Phone, u.PhoneVerified}
	}
	for _, w := range u.WorkspaceRoles {
		out.Workspaces = append(out.Workspaces, workspaceRoleJSON{w.WorkspaceID, w.RoleID})
	}
	return out
}
