package usergroupstest

// WithOrg seeds the server with org in place of [SampleOrg].
// The server keeps a copy.
// WithOrg panics when the Extra of a [Source] is not what a key may be; see
// [Server.AddGroup].
func WithOrg(org Org) Option {
	for _, g := range org.Groups {
		g.checkExtra("WithOrg")
	}
	return func(c *config) { c.org = org }
}

// AddUser adds a user and returns its id, which is invented when u.ID is
// empty. A user with an id that is there already is replaced, which counts as a
// modification: that is how somebody becomes inactive or changes roles in the
// middle of a test.
func (s *Server) AddUser(u User) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.org.addUser(u)
}

// AddRole adds a role, or replaces the one with the same id, and returns its
// id, which is invented when r.ID is empty.
func (s *Server) AddRole(r Role) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.org.addRole(r)
}

// AddTerritory adds a territory, or replaces the one with the same id, and
// returns its id, which is invented when t.ID is empty.
func (s *Server) AddTerritory(t Territory) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.org.addTerritory(t)
}

// AddGroup adds a group, or replaces the one with the same id, and returns
// its id, which is invented when g.ID is empty. Nothing is checked: names may
// repeat, sources may be unknown and groups may contain each other, so that a
// test can have any state that it needs.
// AddGroup panics when the Extra of a [Source] has a value that is no JSON, or
// a key that sources have anyway.
func (s *Server) AddGroup(g Group) string {
	g.checkExtra("AddGroup")
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.org.addGroup(g)
}

// Groups returns a copy of all groups, in the order of their creation.
// Groups whose deletion is only scheduled are among them.
func (s *Server) Groups() []Group {
	s.mu.Lock()
	defer s.mu.Unlock()
	var groups []Group
	for g := range s.org.groups.All() {
		groups = append(groups, g.clone())
	}
	return groups
}

// Group returns a copy of the group with that id, and whether there is one.
func (s *Server) Group(id string) (Group, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	g, ok := s.org.groups.Get(id)
	return g.clone(), ok
}
