package usergroupstest

import (
	"slices"
	"strconv"
	"time"
)

// Org is an organisation to seed a [Server] with.
// An empty id is filled in; the order is the order of the lists.
type Org struct {
	Users       []User
	Roles       []Role
	Territories []Territory
	Groups      []Group
}

// User is a person of the organisation.
type User struct {
	ID, Name, Email string
	Status          string // "active", "inactive" or "deleted"; "" is active
	RoleID          string
	TerritoryIDs    []string
}

// Role is a place in the hierarchy of the organisation.
type Role struct {
	ID, Name  string
	ReportsTo string // the id of the superior role; "" at the top
}

// Territory is a part of the market, such as a region.
type Territory struct {
	ID, Name string
	Parent   string // the id of the territory around it; "" at the top
}

// Group is a user group. The people in it are not listed one by one: they
// follow from its sources.
type Group struct {
	ID, Name    string
	Description string // "" is null on the wire
	Sources     []Source

	CreatedTime  time.Time // zero: the moment it is added, by [Server.Now]
	ModifiedTime time.Time // zero: never, null on the wire
	CreatedBy    string    // the id of a user; "": the first active one
	ModifiedBy   string    // the id of a user; "": null on the wire
}

// Source is one thing that a group is made of.
type Source struct {
	Type string // "users", "roles", "groups" or "territories"
	ID   string

	// Subordinates adds the roles below a role, or the territories inside a
	// territory. SubTerritories is the other name of the latter: the vendor's
	// guide has the one, its specification the other. Nil is not set.
	Subordinates, SubTerritories *bool
}

// The kinds of things that a group is made of, as the wire calls them.
const (
	sourceUsers       = "users"
	sourceRoles       = "roles"
	sourceGroups      = "groups"
	sourceTerritories = "territories"
)

// directory is the organisation as the server keeps it, guarded by Server.mu.
// The records in it are never changed in place, only replaced.
type directory struct {
	users       registry[User]
	roles       registry[Role]
	territories registry[Territory]
	groups      registry[Group]
	deletions   map[string]string // id of a group to be deleted → job id
	lastID      int64
	now         func() time.Time // the server's clock
}

func (d *directory) seed(org Org) {
	for _, u := range org.Users {
		d.addUser(u)
	}
	for _, r := range org.Roles {
		d.addRole(r)
	}
	for _, t := range org.Territories {
		d.addTerritory(t)
	}
	for _, g := range org.Groups {
		d.addGroup(g)
	}
}

// firstInventedID stands before the ids that the server invents, well above
// those of SampleOrg and as long as real ones.
const firstInventedID = 5550000000100000

// newID invents an id that no record of any kind has. A seed may have taken
// numbers anywhere, therefore it looks.
func (d *directory) newID() string {
	for {
		d.lastID++
		id := strconv.FormatInt(firstInventedID+d.lastID, 10)
		if !d.users.has(id) && !d.roles.has(id) && !d.territories.has(id) && !d.groups.has(id) {
			return id
		}
	}
}

func (d *directory) idOr(id string) string {
	if id == "" {
		return d.newID()
	}
	return id
}

func (d *directory) addUser(u User) string {
	u.ID = d.idOr(u.ID)
	u.TerritoryIDs = slices.Clone(u.TerritoryIDs)
	if u.Status == "" {
		u.Status = "active"
	}
	d.users.put(u.ID, u)
	return u.ID
}

func (d *directory) addRole(r Role) string {
	r.ID = d.idOr(r.ID)
	d.roles.put(r.ID, r)
	return r.ID
}

func (d *directory) addTerritory(t Territory) string {
	t.ID = d.idOr(t.ID)
	d.territories.put(t.ID, t)
	return t.ID
}

func (d *directory) addGroup(g Group) string {
	g = g.clone()
	g.ID = d.idOr(g.ID)
	if g.CreatedTime.IsZero() {
		g.CreatedTime = d.now().In(orgZone).Truncate(time.Second)
	}
	if g.CreatedBy == "" {
		g.CreatedBy = d.actor()
	}
	d.groups.put(g.ID, g)
	return g.ID
}

// hasSource reports whether there is such a thing in the organisation.
func (d *directory) hasSource(src Source) bool {
	switch src.Type {
	case sourceUsers:
		return d.users.has(src.ID)
	case sourceRoles:
		return d.roles.has(src.ID)
	case sourceTerritories:
		return d.territories.has(src.ID)
	case sourceGroups:
		return d.groups.has(src.ID)
	}
	return false
}

// removeGroup also takes the group out of the groups that it is a source of.
// That is a guess: the contract's code ALREADY_USED hints that the live
// server may refuse such a deletion instead; see Guesses.RefuseUsedDeletion.
func (d *directory) removeGroup(id string) {
	d.groups.remove(id)
	delete(d.deletions, id)
	for g := range d.groups.all() {
		if slices.ContainsFunc(g.Sources, isGroup(id)) {
			g = g.clone()
			g.Sources = slices.DeleteFunc(g.Sources, isGroup(id))
			d.groups.put(g.ID, g)
		}
	}
}

// isSource reports whether another group has the group as a source.
func (d *directory) isSource(id string) bool {
	for g := range d.groups.all() {
		if g.ID != id && slices.ContainsFunc(g.Sources, isGroup(id)) {
			return true
		}
	}
	return false
}

func isGroup(id string) func(Source) bool {
	return func(src Source) bool { return src.Type == sourceGroups && src.ID == id }
}

// actor is the user in whose name API calls are made: tokens belong to a
// user, and nobody has to say which.
func (d *directory) actor() string {
	for u := range d.users.all() {
		if u.Status == "active" {
			return u.ID
		}
	}
	return ""
}

// clone copies a group down to its flags, so that neither a caller nor the
// server can change what the other holds.
func (g Group) clone() Group {
	g.Sources = slices.Clone(g.Sources)
	for i := range g.Sources {
		src := &g.Sources[i]
		src.Subordinates = cloneFlag(src.Subordinates)
		src.SubTerritories = cloneFlag(src.SubTerritories)
	}
	return g
}

func cloneFlag(flag *bool) *bool {
	if flag == nil {
		return nil
	}
	return new(*flag)
}
