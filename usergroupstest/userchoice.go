package usergroupstest

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// maxIDs is how many users one ids parameter may name.
const maxIDs = 100

// userTypes is who is of which type, for all but CurrentUser. Guess: a deleted
// user is of the type DeletedUsers only, and every other status than active,
// such as disabled, is deactivated.
var userTypes = map[string]func(User) bool{
	"AllUsers":              func(u User) bool { return !u.isDeleted() },
	"ActiveUsers":           User.isActive,
	"DeactiveUsers":         func(u User) bool { return !u.isActive() && !u.isDeleted() },
	"ConfirmedUsers":        func(u User) bool { return !u.isDeleted() && !u.Unconfirmed },
	"NotConfirmedUsers":     func(u User) bool { return !u.isDeleted() && u.Unconfirmed },
	"DeletedUsers":          User.isDeleted,
	"ActiveConfirmedUsers":  func(u User) bool { return u.isActive() && !u.Unconfirmed },
	"AdminUsers":            func(u User) bool { return !u.isDeleted() && u.isAdmin() },
	"ActiveConfirmedAdmins": func(u User) bool { return u.isActive() && !u.Unconfirmed && u.isAdmin() },
}

func (u User) isActive() bool  { return u.Status == "active" }
func (u User) isDeleted() bool { return u.Status == "deleted" }
func (u User) isAdmin() bool   { return u.Admin || u.Profile == administrator }

// parseUserType reads the type parameter. Guess: without it, it is AllUsers.
// The specifications know more types than these, which come from the guide.
func (s *Server) parseUserType(query url.Values) (func(User) bool, *answer) {
	name := "AllUsers"
	if query.Has("type") {
		name = query.Get("type")
	}
	switch ofType, known := userTypes[name]; {
	case name == "AllUsers" && s.cfg.guesses.AllUsersWithDeleted:
		return everyUser, nil
	case name == "CurrentUser":
		current := s.org.actor()
		return func(u User) bool { return u.ID == current }, nil
	case known:
		return ofType, nil
	}
	return nil, invalidParam("type", "the type given seems to be invalid")
}

func everyUser(User) bool { return true }

// parseIDs reads the ids parameter, up to 100 ids with commas. Guess: an id that
// nobody has, or nobody of the type asked for, is passed over.
func (c call) parseIDs() (func(User) bool, *answer) {
	if !c.query.Has("ids") {
		return everyUser, nil
	}
	ids := strings.Split(c.query.Get("ids"), ",")
	if len(ids) > maxIDs {
		return nil, invalidParam("ids", "more than 100 ids are given")
	}
	malformed := func(id string) bool { return id == "" || c.version <= 8 && !isDecimal(id) }
	if slices.ContainsFunc(ids, malformed) {
		return nil, invalidParam("ids", "the ids given seem to be invalid")
	}
	return func(u User) bool { return slices.Contains(ids, u.ID) }, nil
}

// modifiedSince reads the header If-Modified-Since, which the vendor's guide
// shows in ISO 8601 with an offset, and HTTP in a form of its own. Without it
// the time is zero, which everybody was modified since. Guess: what is in
// neither form is passed over, as HTTP has it.
func (c call) modifiedSince() time.Time {
	value := c.header.Get("If-Modified-Since")
	if since, err := time.Parse(time.RFC3339, value); err == nil {
		return since
	}
	since, _ := http.ParseTime(value) // zero on an error
	return since
}

// selectUsers returns the users that keep holds for, in the order of lists.
func (d *directory) selectUsers(keep func(User) bool) []User {
	var users []User
	for u := range d.users.All() {
		if keep(u) {
			users = append(users, u)
		}
	}
	return users
}
