package tuliptest

import (
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/usergroups-go/usergroups/internal/fakeserver"
)

// Instance is an instance of Tulip to seed a [Server] with.
// An empty id is filled in; the order is the order of the lists. What else is
// empty is not sent.
type Instance struct {
	Users  []User
	Groups []UserGroup
	Roles  []Role
}

// User is a person of the instance.
type User struct {
	ID, Name  string // Name is name.full
	AvatarURL string
	Language  string // such as "en" or "pt-BR"

	Email         string // an operator may have none
	EmailVerified bool
	Phone         string
	PhoneVerified bool
	BadgeID       string

	GlobalRoleID   string          // of a role in all workspaces
	WorkspaceRoles []WorkspaceRole // in single ones

	Invited, Created, LastModified Action
	Archived                       Action // when the user was deactivated; zero: active
}

// WorkspaceRole is the role that a user has in a workspace.
type WorkspaceRole struct {
	WorkspaceID string // "DEFAULT" in most instances
	RoleID      string
}

// UserGroup is a user group.
type UserGroup struct {
	ID, Name    string
	Description string
	Avatar      string   // the key of a stored picture, not its URL
	Members     []string // the ids of users

	Created, LastModified Action
	Archived              Action // when the group was; zero: it is in use
}

// Role is what users may be. Built-in ones have telling ids, such as "operator",
// and were neither created nor modified.
type Role struct {
	ID, Name    string
	Description string
	Custom      bool

	Created, LastModified Action
	Archived              Action // when the role was; zero: it is in use
}

// Action says when something was done, and by whom. The zero Action was not done;
// of one that was, either may be unknown.
type Action struct {
	At time.Time // sent in UTC and whole seconds
	By Actor
}

// Actor is who has done something.
type Actor struct {
	Type string // "user", "client", "api-token", "automation", "instance-init" or any other
	ID   string
}

func (a Action) known() bool { return !a.At.IsZero() || a.By != Actor{} }

type actionJSON struct {
	At string     `json:"at,omitempty"`
	By *actorJSON `json:"by,omitempty"`
}

type actorJSON struct {
	Type string `json:"type,omitempty"`
	ID   string `json:"id,omitempty"`
}

func (a Action) json() *actionJSON {
	if !a.known() {
		return nil
	}
	out := &actionJSON{}
	if !a.At.IsZero() {
		out.At = a.At.UTC().Format(time.RFC3339)
	}
	if a.By != (Actor{}) {
		out.By = new(actorJSON(a.By))
	}
	return out
}

// directory is the instance as the server keeps it, guarded by Server.mu.
// Nothing outside shares memory with the records in it.
type directory struct {
	users   fakeserver.Registry[User]
	groups  fakeserver.Registry[UserGroup]
	roles   fakeserver.Registry[Role]
	omitted map[string]ItemError // by the ids of what lists leave out
	lastID  int
}

func (d *directory) seed(instance Instance) {
	d.omitted = make(map[string]ItemError)
	for _, u := range instance.Users {
		d.addUser(u)
	}
	for _, g := range instance.Groups {
		d.addGroup(g)
	}
	for _, r := range instance.Roles {
		d.addRole(r)
	}
}

// newID invents an id that no record of any kind has, as long as real ones. A seed
// may have taken any, therefore it looks.
func (d *directory) newID() string {
	for {
		d.lastID++
		id := fmt.Sprintf("invented%09d", d.lastID)
		if !d.users.Has(id) && !d.groups.Has(id) && !d.roles.Has(id) {
			return id
		}
	}
}

func (d *directory) addUser(u User) string {
	if u.ID == "" {
		u.ID = d.newID()
	}
	d.users.Put(u.ID, u.clone())
	return u.ID
}

func (d *directory) addGroup(g UserGroup) string {
	if g.ID == "" {
		g.ID = d.newID()
	}
	d.groups.Put(g.ID, g.clone())
	return g.ID
}

func (d *directory) addRole(r Role) string {
	if r.ID == "" {
		r.ID = d.newID()
	}
	d.roles.Put(r.ID, r)
	return r.ID
}

// membersOf returns the ids of the users of a group, in the order in which they
// became its members. Somebody who is not there is no archived user.
func (d *directory) membersOf(g UserGroup, withoutArchived bool) iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, id := range g.Members {
			u, _ := d.users.Get(id)
			if withoutArchived && u.Archived.known() {
				continue
			}
			if !yield(id) {
				return
			}
		}
	}
}

// groupsOf returns the ids of the groups of a user, in the order of the groups.
func (d *directory) groupsOf(userID string, withoutArchived bool) iter.Seq[string] {
	return func(yield func(string) bool) {
		for g := range d.groups.All() {
			if !slices.Contains(g.Members, userID) || withoutArchived && g.Archived.known() {
				continue
			}
			if !yield(g.ID) {
				return
			}
		}
	}
}

// clone copies a user, so that neither a caller nor the server can change what the
// other holds.
func (u User) clone() User {
	u.WorkspaceRoles = slices.Clone(u.WorkspaceRoles)
	return u
}

func (g UserGroup) clone() UserGroup {
	g.Members = slices.Clone(g.Members)
	return g
}
