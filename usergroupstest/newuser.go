package usergroupstest

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The profiles of users whose seed names none.
const (
	administrator = "Administrator"
	standard      = "Standard"
)

const (
	firstProfileID = 5550000000005001 // no id of SampleOrg
	firstZUID      = 800500001
)

func (d *directory) addUser(u User) string {
	u.ID = d.idOr(u.ID)
	u = d.complete(u)
	if _, known := d.profiles[u.Profile]; !known {
		if d.profiles == nil {
			d.profiles = make(map[string]string)
		}
		d.profiles[u.Profile] = strconv.FormatInt(firstProfileID+int64(len(d.profiles)), 10)
	}
	d.users.Put(u.ID, u)
	return u.ID
}

// complete makes up what a seed leaves empty. Somebody who is replaced stays
// the same person: ZUID and creation are as they were, and the moment is a
// modification.
func (d *directory) complete(u User) User {
	old, replaced := d.users.Get(u.ID)
	u.Name = cmp.Or(u.Name, strings.TrimSpace(u.FirstName+" "+u.LastName))
	if u.FirstName == "" && u.LastName == "" {
		u.FirstName, u.LastName, _ = strings.Cut(u.Name, " ")
	}
	u.Email = cmp.Or(u.Email, "user-"+u.ID+"@example.com")
	u.ZUID = cmp.Or(u.ZUID, old.ZUID, strconv.Itoa(firstZUID+d.users.Len()))
	u.Status = cmp.Or(u.Status, "active")
	if u.Profile == "" {
		u.Profile = standard
		if u.Admin {
			u.Profile = administrator
		}
	}
	u.TerritoryIDs = slices.Clone(u.TerritoryIDs)

	now, actor := d.now().In(orgZone), d.actor()
	if actor == "" && u.isActive() {
		actor = u.ID // the first one has nobody else
	}
	u.CreatedTime = firstTime(u.CreatedTime, old.CreatedTime, now)
	u.CreatedBy = cmp.Or(u.CreatedBy, old.CreatedBy, actor)
	if replaced {
		u.ModifiedTime = firstTime(u.ModifiedTime, now)
		u.ModifiedBy = cmp.Or(u.ModifiedBy, actor)
	} else {
		u.ModifiedTime = firstTime(u.ModifiedTime, u.CreatedTime)
		u.ModifiedBy = cmp.Or(u.ModifiedBy, u.CreatedBy)
	}
	return u
}

// firstTime returns the first time that is set, in whole seconds as on the
// wire: a client that sends a time back as If-Modified-Since would otherwise
// always be behind it.
func firstTime(times ...time.Time) time.Time {
	for _, t := range times {
		if !t.IsZero() {
			return t.Truncate(time.Second)
		}
	}
	return time.Time{}
}
