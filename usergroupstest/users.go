package usergroupstest

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// userJSON is a user as the API sends it. The keys without omit are always
// there, as null if need be. Modified_Time and Modified_By have capitals here
// and nowhere else.
type userJSON struct {
	ID           string     `json:"id"`
	FullName     string     `json:"full_name"`
	FirstName    *string    `json:"first_name"`
	LastName     *string    `json:"last_name"`
	Email        string     `json:"email"`
	ZUID         *string    `json:"zuid"`
	Status       string     `json:"status"`
	Confirm      bool       `json:"confirm"`
	Role         *ref       `json:"role"`
	Profile      ref        `json:"profile"`
	Alias        *string    `json:"alias"`
	TimeZone     string     `json:"time_zone"`
	Locale       string     `json:"locale"`
	CreatedTime  string     `json:"created_time"`
	CreatedBy    *ref       `json:"created_by"`
	ModifiedTime string     `json:"Modified_Time"`
	ModifiedBy   *ref       `json:"Modified_By"`
	IsOnline     bool       `json:"Isonline"`
	CurrentShift *ref       `json:"$current_shift"`
	Type         string     `json:"type__s"`
	Offset       int64      `json:"offset"`          // milliseconds
	Theme        *themeJSON `json:"theme,omitempty"` // a number, says the vendor's guide, an object, its sample
}

type themeJSON struct {
	NormalTab     tabThemeJSON `json:"normal_tab"`
	SelectedTab   tabThemeJSON `json:"selected_tab"`
	NewBackground *string      `json:"new_background"`
	Background    string       `json:"background"`
	Screen        string       `json:"screen"`
	Type          string       `json:"type"`
}

type tabThemeJSON struct {
	FontColor  string `json:"font_color"`
	Background string `json:"background"`
}

type userList struct {
	Users []userJSON `json:"users"`
	Info  *pageInfo  `json:"info,omitempty"` // lists only
}

// listUsers serves GET /users. Guess: the order is that of creation, also of
// the users whom the ids parameter names.
func (s *Server) listUsers(c call) answer {
	guesses := s.cfg.guesses
	page, bad := guesses.parsePage(c.query)
	if bad != nil {
		return *bad
	}
	ofType, bad := s.parseUserType(c.query)
	if bad != nil {
		return *bad
	}
	named, bad := c.parseIDs()
	if bad != nil {
		return *bad
	}
	users := s.org.selectUsers(func(u User) bool { return ofType(u) && named(u) })

	since := c.modifiedSince()
	isOld := func(u User) bool { return !u.ModifiedTime.After(since) }
	modified := slices.DeleteFunc(slices.Clone(users), isOld)
	switch {
	case len(users) > 0 && len(modified) == 0: // guess: where there is nobody, nothing is unmodified
		return answer{status: http.StatusNotModified}
	case !guesses.AllWhenOneModified:
		users = modified
	}

	users, info, instead := cut(guesses, page, users)
	if instead != nil {
		return *instead
	}
	list := userList{Users: []userJSON{}, Info: info}
	for _, u := range users {
		list.Users = append(list.Users, s.userJSON(u))
	}
	return answer{status: http.StatusOK, body: list}
}

// getUser serves GET /users/{user}. Guess: the type, or having left, does not
// matter here, and If-Modified-Since is obeyed as on the list.
func (s *Server) getUser(c call) answer {
	guesses := s.cfg.guesses
	u, ok := s.org.users.Get(c.id)
	if !ok {
		return unknownID(cmp.Or(guesses.UnknownID, http.StatusNoContent), guesses.userPathIndex())
	}
	if !u.ModifiedTime.After(c.modifiedSince()) {
		return answer{status: http.StatusNotModified}
	}
	return answer{status: http.StatusOK, body: userList{Users: []userJSON{s.userJSON(u)}}}
}

type userCount struct {
	Count any `json:"count"` // an int or a string
}

// countUsersOfType serves GET /users/actions/count. Guess: nobody is a count
// of 0.
func (s *Server) countUsersOfType(c call) answer {
	ofType, bad := s.parseUserType(c.query)
	if bad != nil {
		return *bad
	}
	n := len(s.org.selectUsers(ofType))
	if s.cfg.guesses.CountAsText {
		return answer{status: http.StatusOK, body: userCount{strconv.Itoa(n)}}
	}
	return answer{status: http.StatusOK, body: userCount{n}}
}

// userJSON is in the organisation's time zone and locale for everybody.
// Guesses: the one who is online is the one whose token it is, nobody works in
// shifts, and a user without a role has null. As in the vendor's sample, those
// who have not confirmed have no theme.
func (s *Server) userJSON(u User) userJSON {
	_, seconds := u.CreatedTime.In(orgZone).Zone()
	out := userJSON{
		ID:           u.ID,
		FullName:     u.Name,
		FirstName:    textOrNull(u.FirstName),
		LastName:     textOrNull(u.LastName),
		Email:        u.Email,
		Status:       u.Status,
		Confirm:      !u.Unconfirmed,
		Profile:      ref{Name: u.Profile, ID: s.org.profiles[u.Profile]},
		Alias:        textOrNull(u.Alias),
		TimeZone:     "Asia/Kolkata",
		Locale:       "en_IN",
		CreatedTime:  s.cfg.guesses.wireTime(u.CreatedTime),
		CreatedBy:    s.userRef(u.CreatedBy),
		ModifiedTime: s.cfg.guesses.wireTime(u.ModifiedTime),
		ModifiedBy:   s.userRef(u.ModifiedBy),
		IsOnline:     u.ID == s.org.actor(),
		Type:         "Regular User",
		Offset:       (time.Duration(seconds) * time.Second).Milliseconds(),
	}
	if u.RoleID != "" {
		role, _ := s.org.roles.Get(u.RoleID)
		out.Role = &ref{Name: role.Name, ID: u.RoleID}
	}
	if !u.Unconfirmed {
		out.ZUID = textOrNull(u.ZUID)
		tab := tabThemeJSON{FontColor: "#FFFFFF", Background: "#1B3A57"}
		out.Theme = &themeJSON{NormalTab: tab, SelectedTab: tab, Background: "#F5F5F5", Screen: "fixed", Type: "default"}
	}
	return out
}

func textOrNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
