package usergroupstest

import "net/http"

// The permissions of a profile that the vendor's errors name; for
// [Server.DenyPermission].
const (
	ManageGroups = "Crm_Implied_Manage_Groups" // to see and to change groups
	APIAccess    = "Crm_Implied_Api_Access"    // to call the API at all
)

// DenyPermission makes every call of the API fail with 403 NO_PERMISSION that
// names the permission, such as [ManageGroups], for as long as it is denied:
// DenyPermission("") ends it. Guess: the vendor documents the error for
// reading groups as well as for writing, and so it is for all calls.
//
// The token is good, hence a refused token or a missing scope is told first.
func (s *Server) DenyPermission(permission string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.acting.denied = permission
}

// DeactivateUser makes every call of the API fail with 403 INACTIVE_USER for
// as long as it is on, as if the user in whose name the calls are made had
// been deactivated. Guess: the vendor documents the error for the counts
// only. No [User] changes; of this error and NO_PERMISSION it comes first.
func (s *Server) DeactivateUser(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.acting.inactive = on
}

// actingUser is what the user in whose name all calls are made may not do,
// guarded by Server.mu.
type actingUser struct {
	inactive bool
	denied   string // a permission; "" is none
}

type permissionDetails struct {
	Permissions any `json:"permissions"` // a string or a []string
}

// permit checks what the acting user may do; nil lets the call through.
func (s *Server) permit() *answer {
	switch {
	case s.acting.inactive:
		return new(failure(http.StatusForbidden, "INACTIVE_USER", noDetails{}, "An inactive user cannot access this API."))
	case s.acting.denied != "":
		details := permissionDetails{s.acting.denied}
		if s.cfg.guesses.PermissionList {
			details.Permissions = []string{s.acting.denied}
		}
		message := "permission denied"
		if s.acting.denied == ManageGroups {
			message = "You do not have permission to access user groups"
		}
		return new(failure(http.StatusForbidden, "NO_PERMISSION", details, message))
	}
	return nil
}
