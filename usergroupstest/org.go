package usergroupstest

import (
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"github.com/usergroups-go/usergroups/internal/fakeserver"
)

// Org is an organisation to seed a [Server] with.
// An empty id is filled in; the order is the order of the lists.
type Org struct {
	Users       []User
	Roles       []Role
	Territories []Territory
	Groups      []Group
}

// User is a person of the organisation. What is empty is made up where the API
// always says something.
type User struct {
	ID, Name, Email string // Name is the full name; "": FirstName and LastName

	// FirstName and LastName: when both are "", they are what stands in Name
	// before and after its first space. One that is "" is null on the wire.
	FirstName, LastName string
	Alias               string // "" is null on the wire
	ZUID                string // null on the wire while Unconfirmed

	Status       string // "active", "inactive", "deleted" or any other; "" is active
	Unconfirmed  bool   // has not accepted the invitation
	Admin        bool   // has an administrator's rights, as with the Profile "Administrator"
	Profile      string // its name; "": "Administrator" if Admin, otherwise "Standard"
	RoleID       string // "" is null on the wire
	TerritoryIDs []string

	// Times are kept in whole seconds. Somebody who is replaced keeps the
	// CreatedTime, and has a ModifiedTime of the moment, unless it is set.
	CreatedTime  time.Time // zero: the moment it is added, by [Server.Now]
	ModifiedTime time.Time // zero: CreatedTime
	CreatedBy    string    // the id of a user; "": the first active one
	ModifiedBy   string    // the id of a user; "": CreatedBy, or the first active one if replaced
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

	Associations []Association // what uses the group

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

	// Extra is further keys of the source, as a later version of the API may
	// have them: they are sent wherever the source is. A PUT may send them
	// back, or with other values. Where it does not, they stay if it merges, and
	// are gone if it replaces; see [PutSources]. Keys that are not there yet
	// are ignored, as they are in a POST.
	Extra map[string]json.RawMessage
}

// Association is one thing of the organisation that uses a group, such as a rule
// that shares records with it.
type Association struct {
	Type                     string // "data_sharing", "workflow_rules", "assignment_rules" or any other
	ResourceID, ResourceName string // of the thing

	// ModuleID and ModuleName are of the module whose records it is about;
	// the name is the API's, such as "Leads". Both "" is null on the wire.
	ModuleID, ModuleName string
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
	users        fakeserver.Registry[User]
	roles        fakeserver.Registry[Role]
	territories  fakeserver.Registry[Territory]
	groups       fakeserver.Registry[Group]
	jobs         map[string]*deletionJob // by their ids, also those that are done
	deletions    map[string]*deletionJob // by the group, those that are not
	stale        map[string]staleSources // by the group
	deletedAfter *int                    // see Server.CompleteDeletionsAfter; nil is never
	profiles     map[string]string       // name → id
	lastID       int64
	now          func() time.Time // the server's clock
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
		if !d.users.Has(id) && !d.roles.Has(id) && !d.territories.Has(id) && !d.groups.Has(id) {
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

func (d *directory) addRole(r Role) string {
	r.ID = d.idOr(r.ID)
	d.roles.Put(r.ID, r)
	return r.ID
}

func (d *directory) addTerritory(t Territory) string {
	t.ID = d.idOr(t.ID)
	d.territories.Put(t.ID, t)
	return t.ID
}

func (d *directory) addGroup(g Group) string {
	g = g.clone()
	g.ID = d.idOr(g.ID)
	if g.CreatedTime.IsZero() {
		g.CreatedTime = d.timestamp()
	}
	if g.CreatedBy == "" {
		g.CreatedBy = d.actor()
	}
	d.groups.Put(g.ID, g)
	delete(d.stale, g.ID)
	return g.ID
}

// hasSource reports whether there is such a thing in the organisation.
func (d *directory) hasSource(src Source) bool {
	switch src.Type {
	case sourceUsers:
		return d.users.Has(src.ID)
	case sourceRoles:
		return d.roles.Has(src.ID)
	case sourceTerritories:
		return d.territories.Has(src.ID)
	case sourceGroups:
		return d.groups.Has(src.ID)
	}
	return false
}

// removeGroup also takes the group out of the groups that it is a source of.
// That is a guess: the contract's code ALREADY_USED hints that the live
// server may refuse such a deletion instead; see Guesses.RefuseUsedDeletion.
func (d *directory) removeGroup(id string) {
	d.groups.Remove(id)
	if job, scheduled := d.deletions[id]; scheduled {
		job.done = true
		delete(d.deletions, id)
	}
	for g := range d.groups.All() {
		if slices.ContainsFunc(g.Sources, isGroup(id)) {
			g = g.clone()
			g.Sources = slices.DeleteFunc(g.Sources, isGroup(id))
			d.groups.Put(g.ID, g)
		}
	}
}

// isSource reports whether another group has the group as a source.
func (d *directory) isSource(id string) bool {
	for g := range d.groups.All() {
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
	for u := range d.users.All() {
		if u.Status == "active" {
			return u.ID
		}
	}
	return ""
}

// clone copies a group down to the flags of its sources, so that neither a caller nor the
// server can change what the other holds.
func (g Group) clone() Group {
	g.Associations = slices.Clone(g.Associations)
	g.Sources = slices.Clone(g.Sources)
	for i, src := range g.Sources {
		g.Sources[i] = src.clone()
	}
	return g
}

func (src Source) clone() Source {
	src.Subordinates = cloneFlag(src.Subordinates)
	src.SubTerritories = cloneFlag(src.SubTerritories)
	src.Extra = cloneExtra(src.Extra)
	return src
}

func cloneFlag(flag *bool) *bool {
	if flag == nil {
		return nil
	}
	return new(*flag)
}
