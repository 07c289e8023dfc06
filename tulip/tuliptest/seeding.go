package tuliptest

import (
	"fmt"
	"slices"
	"time"
)

// WithInstance seeds the server with instance in place of [SampleInstance].
// The server keeps a copy.
func WithInstance(instance Instance) Option {
	return func(c *config) { c.instance = instance }
}

// AddUser adds a user and returns its id, which is invented when u.ID is
// empty. A user with an id that is there already is replaced where it stands in
// the lists, and stays in its groups. Nothing is checked, so that a test can have
// any state that it needs: roles may be unknown and badges may repeat.
func (s *Server) AddUser(u User) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.instance.addUser(u)
}

// AddUserGroup adds a group, or replaces the one with the same id where it stands
// in the lists, and returns its id, which is invented when g.ID is empty. Nothing
// is checked: names may repeat and members may be unknown.
func (s *Server) AddUserGroup(g UserGroup) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.instance.addGroup(g)
}

// AddRole adds a role, or replaces the one with the same id where it stands in the
// lists, and returns its id, which is invented when r.ID is empty.
func (s *Server) AddRole(r Role) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.instance.addRole(r)
}

// User returns a copy of the user with that id, and whether there is one.
func (s *Server) User(id string) (User, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u, ok := s.instance.users.Get(id)
	return u.clone(), ok
}

// UserGroup returns a copy of the group with that id, and whether there is one.
func (s *Server) UserGroup(id string) (UserGroup, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	g, ok := s.instance.groups.Get(id)
	return g.clone(), ok
}

// AddMember makes a user the last member of a group; one who is a member already
// stays where they are. The user may be unknown: then the group names somebody
// whom nobody finds. AddMember panics when there is no such group.
func (s *Server) AddMember(groupID, userID string) {
	s.changeGroup("AddMember", groupID, func(g *UserGroup) {
		if !slices.Contains(g.Members, userID) {
			g.Members = append(g.Members, userID)
		}
	})
}

// RemoveMember takes a user out of a group, if they are in it. It panics when
// there is no such group.
func (s *Server) RemoveMember(groupID, userID string) {
	s.changeGroup("RemoveMember", groupID, func(g *UserGroup) {
		g.Members = slices.DeleteFunc(g.Members, func(id string) bool { return id == userID })
	})
}

// ArchiveUserGroup archives a group, as of now: only a list of archived groups has
// it from now on. Its members stay. It panics when there is no such group.
func (s *Server) ArchiveUserGroup(id string) {
	s.changeGroup("ArchiveUserGroup", id, func(g *UserGroup) { g.Archived = Action{At: time.Now()} })
}

// RestoreUserGroup undoes ArchiveUserGroup. It panics when there is no such group.
func (s *Server) RestoreUserGroup(id string) {
	s.changeGroup("RestoreUserGroup", id, func(g *UserGroup) { g.Archived = Action{} })
}

// ArchiveUser deactivates a user, as of now: only a list of deactivated users has
// them from now on. They stay in their groups; see Guesses.HideArchivedMembers.
// It panics when there is no such user.
func (s *Server) ArchiveUser(id string) {
	s.changeUser("ArchiveUser", id, func(u *User) { u.Archived = Action{At: time.Now()} })
}

// RestoreUser undoes ArchiveUser. It panics when there is no such user.
func (s *Server) RestoreUser(id string) {
	s.changeUser("RestoreUser", id, func(u *User) { u.Archived = Action{} })
}

// RemoveUser makes an id unknown that was a user's, and takes it out of all
// groups. Tulip itself only deactivates users. Nothing happens when there is none.
func (s *Server) RemoveUser(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.instance.users.Remove(id)
	for g := range s.instance.groups.All() {
		if slices.Contains(g.Members, id) {
			g.Members = slices.DeleteFunc(g.Members, func(member string) bool { return member == id })
			s.instance.groups.Put(g.ID, g)
		}
	}
}

// RemoveUserGroup makes an id unknown that was a group's. Tulip itself only
// archives groups. Nothing happens when there is none.
func (s *Server) RemoveUserGroup(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.instance.groups.Remove(id)
}

func (s *Server) changeGroup(caller, id string, change func(*UserGroup)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	g, ok := s.instance.groups.Get(id)
	if !ok {
		panic(fmt.Sprintf("tuliptest: %s: no user group %q", caller, id))
	}
	change(&g)
	s.instance.groups.Put(id, g)
}

func (s *Server) changeUser(caller, id string, change func(*User)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u, ok := s.instance.users.Get(id)
	if !ok {
		panic(fmt.Sprintf("tuliptest: %s: no user %q", caller, id))
	}
	change(&u)
	s.instance.users.Put(id, u)
}
