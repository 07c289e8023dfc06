package usergroupstest

import "slices"

// members returns the ids of the users whom a group reaches through its
// sources. Inactive and deleted users are among them: the vendor says that its
// count includes them.
func (d *directory) members(g Group) map[string]bool {
	e := expansion{
		org:         d,
		users:       map[string]bool{},
		roles:       map[string]bool{},
		territories: map[string]bool{},
		groups:      map[string]bool{},
	}
	e.addGroup(g)
	for u := range d.users.All() {
		inTerritory := func(id string) bool { return e.territories[id] }
		if e.roles[u.RoleID] || slices.ContainsFunc(u.TerritoryIDs, inTerritory) {
			e.users[u.ID] = true
		}
	}
	return e.users
}

// expansion collects what a group reaches. The sets keep a user who is
// reached twice from counting twice, and the walks from going round in
// circles.
type expansion struct {
	org                               *directory
	users, roles, territories, groups map[string]bool
}

func (e *expansion) addGroup(g Group) {
	if e.groups[g.ID] {
		return
	}
	e.groups[g.ID] = true
	for _, src := range g.Sources {
		switch src.Type {
		case sourceUsers:
			if e.org.users.Has(src.ID) {
				e.users[src.ID] = true
			}
		case sourceRoles:
			if e.org.roles.Has(src.ID) {
				e.roles[src.ID] = true
			}
			if isSet(src.Subordinates) {
				e.addRolesBelow(src.ID, map[string]bool{})
			}
		case sourceTerritories:
			if e.org.territories.Has(src.ID) {
				e.territories[src.ID] = true
			}
			if isSet(src.Subordinates) || isSet(src.SubTerritories) {
				e.addTerritoriesInside(src.ID, map[string]bool{})
			}
		case sourceGroups:
			if inner, ok := e.org.groups.Get(src.ID); ok {
				e.addGroup(inner)
			}
		}
	}
}

// addRolesBelow has a set of its own for the roles it came through: e.roles
// may hold a role that another source named without its subordinates.
func (e *expansion) addRolesBelow(id string, seen map[string]bool) {
	if seen[id] {
		return
	}
	seen[id] = true
	for r := range e.org.roles.All() {
		if r.ReportsTo == id {
			e.roles[r.ID] = true
			e.addRolesBelow(r.ID, seen)
		}
	}
}

func (e *expansion) addTerritoriesInside(id string, seen map[string]bool) {
	if seen[id] {
		return
	}
	seen[id] = true
	for t := range e.org.territories.All() {
		if t.Parent == id {
			e.territories[t.ID] = true
			e.addTerritoriesInside(t.ID, seen)
		}
	}
}

func isSet(flag *bool) bool { return flag != nil && *flag }
