package tulip

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/usergroups-go/usergroups/internal/transport"
)

// UserRoles is which roles a user has, and where.
type UserRoles struct {
	Global       string // the role in all workspaces; "" for none
	InWorkspaces []WorkspaceRole
}

// WorkspaceRole is a workspace that a user is a member of, and the role in it.
type WorkspaceRole struct {
	WorkspaceID string `json:"workspaceId"`
	UserRoleID  string `json:"userRoleId"`
}

// Has reports whether the user has one of the roles, in all workspaces or in one. What a
// role permits is not in the API.
func (r UserRoles) Has(roleIDs ...string) bool {
	asked := func(id string) bool { return id != "" && slices.Contains(roleIDs, id) }
	return asked(r.Global) || slices.ContainsFunc(r.InWorkspaces, func(w WorkspaceRole) bool { return asked(w.UserRoleID) })
}

// Roles returns the user's roles. The vendor's page of them was not readable: their form
// is inferred from the fields that filters have. For another form, and for a user of whom
// the answer said nothing at all, it fails with ErrUnexpectedResponse, and RawGlobalRole
// and RawWorkspaceRoles have what came: who asks about roles is not to be told that there
// are none.
func (u *User) Roles() (*UserRoles, error) {
	if u.RawGlobalRole == nil && u.RawWorkspaceRoles == nil {
		return nil, unknownRoles(errors.New("there is nothing about them"))
	}
	var roles UserRoles
	for _, field := range []struct {
		raw  json.RawMessage
		into any
	}{{u.RawGlobalRole, &roles.Global}, {u.RawWorkspaceRoles, &roles.InWorkspaces}} {
		if len(field.raw) == 0 {
			continue
		}
		if err := json.Unmarshal(field.raw, field.into); err != nil {
			return nil, unknownRoles(err)
		}
	}
	for i, w := range roles.InWorkspaces {
		if w.WorkspaceID == "" || w.UserRoleID == "" {
			return nil, unknownRoles(fmt.Errorf("assignment %d has no workspaceId or no userRoleId", i))
		}
	}
	return &roles, nil
}

func unknownRoles(err error) error {
	return newError(opUserRoles, "", &transport.Failure{
		Kinds: []error{ErrUnexpectedResponse}, Err: fmt.Errorf("the roles of the user cannot be read: %w", err),
	})
}
