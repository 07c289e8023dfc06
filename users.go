package usergroups

import (
	"context"
	"encoding/json"
	"iter"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/usergroups-go/usergroups/internal/loose"
)

// UsersService makes the calls on users.
type UsersService struct{ core *core }

// User is a person with an account in the organisation. The names of the keys are
// those of the wire, capitals and all; letter case does not matter when they are read.
type User struct {
	ID           string          `json:"id"`
	FullName     string          `json:"full_name"`
	FirstName    string          `json:"first_name"` // "" also when there is none
	LastName     string          `json:"last_name"`
	Email        string          `json:"email"`
	Alias        string          `json:"alias"`
	ZUID         string          `json:"zuid"` // the account's id; "" until the user has confirmed
	Status       UserStatus      `json:"status"`
	Confirmed    bool            `json:"confirm"`
	Role         *RoleRef        `json:"role"`
	Profile      *ProfileRef     `json:"profile"`
	TimeZone     string          `json:"time_zone"`
	Offset       int64           `json:"offset"` // from UTC, in milliseconds
	Locale       string          `json:"locale"`
	Type         string          `json:"type__s"` // what kind of user; its values are not documented
	CreatedTime  time.Time       `json:"created_time"`
	CreatedBy    *UserRef        `json:"created_by"`
	ModifiedTime *time.Time      `json:"Modified_Time"`
	ModifiedBy   *UserRef        `json:"Modified_By"`
	IsOnline     bool            `json:"Isonline"`
	CurrentShift json.RawMessage `json:"$current_shift,omitempty"` // as it came: not documented
	Theme        json.RawMessage `json:"theme,omitempty"`          // as it came: the documents disagree on its type
}

// RoleRef names a role.
type RoleRef struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// ProfileRef names a profile, which says what a user may do.
type ProfileRef struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// UserStatus is whether a user can work. The API may have others: samples show
// "closed" and "disabled dormant" too.
type UserStatus string

// What a user can be.
const (
	UserActive   UserStatus = "active"
	UserInactive UserStatus = "inactive"
	UserDeleted  UserStatus = "deleted"
	UserDisabled UserStatus = "disabled"
)

// UserType chooses users. The API takes others too: the vendor's specifications
// show ActiveLiteUser, ChildRoleUsers and more.
type UserType string

// The users that can be chosen.
const (
	UserTypeAll                   UserType = "AllUsers" // active and inactive, not deleted
	UserTypeActive                UserType = "ActiveUsers"
	UserTypeDeactive              UserType = "DeactiveUsers"
	UserTypeConfirmed             UserType = "ConfirmedUsers"
	UserTypeNotConfirmed          UserType = "NotConfirmedUsers"
	UserTypeDeleted               UserType = "DeletedUsers"
	UserTypeActiveConfirmed       UserType = "ActiveConfirmedUsers"
	UserTypeAdmin                 UserType = "AdminUsers"
	UserTypeActiveConfirmedAdmins UserType = "ActiveConfirmedAdmins"
	UserTypeCurrent               UserType = "CurrentUser" // whose token it is, see Current
)

// ListUsersOptions chooses the users of a list. What the zero value means is not
// documented; [UserTypeAll] says it.
type ListUsersOptions struct {
	Page    int      `url:"page,omitempty"`     // from 1, the default
	PerPage int      `url:"per_page,omitempty"` // 1 to 200, the default
	Type    UserType `url:"type,omitempty"`
	// IDs chooses users by their ids, up to 100. Documented for v7 and v8.
	IDs []string `url:"ids,comma,omitempty"`
	// ModifiedSince asks for the users who were modified since then; when nobody was,
	// the list fails with ErrNotModified. It is sent as If-Modified-Since, in whole
	// seconds. Whether the others are left out is not certain: look at ModifiedTime.
	ModifiedSince time.Time `url:"-"`
}

// maxUserIDs is the API's limit for the ids of one request.
const maxUserIDs = 100

func (o *ListUsersOptions) check() error {
	if len(o.IDs) > maxUserIDs {
		return invalid("%d IDs, of %d that one request may have", len(o.IDs), maxUserIDs)
	}
	if slices.ContainsFunc(o.IDs, func(id string) bool { return id == "" || strings.Contains(id, ",") || !utf8.ValidString(id) }) {
		return invalid("an id is empty, has a comma or is not valid UTF-8")
	}
	return nil
}

func (o *ListUsersOptions) header() http.Header {
	if o.ModifiedSince.IsZero() {
		return nil
	}
	return http.Header{"If-Modified-Since": {o.ModifiedSince.Format(time.RFC3339)}}
}

// List returns one page of users, an empty one when there are none. Up to 200 users
// come in a page.
//
// It fails with ErrNotModified when nothing has changed since ModifiedSince,
// ErrInvalidArgument for a Page or PerPage out of range and for more than 100 IDs.
//
// Scope: ZohoCRM.users.READ.
//
// https://www.zoho.com/crm/developer/docs/api/v8/get-users.html
func (s *UsersService) List(ctx context.Context, o ListUsersOptions, opts ...CallOption) (*Page[User], error) {
	r := newRequest(OpUsersList, nil, o, nil)
	r.header, r.err = o.header(), o.check()
	out, err := do[usersAnswer](ctx, (*service)(s), r, opts)
	if err != nil {
		return nil, err
	}
	return &Page[User]{out.Users, out.Info}, nil
}

// All iterates over the users of all pages from o.Page on, each page of o.PerPage
// users (200). Without any it ends at once.
//
// See [UsersService.List] for errors and scope, and [UserGroupsService.All] for
// records that change meanwhile.
//
// https://www.zoho.com/crm/developer/docs/api/v8/get-users.html
func (s *UsersService) All(ctx context.Context, o ListUsersOptions, opts ...CallOption) iter.Seq2[User, error] {
	return walk(OpUsersList, o.Page, opts, func(page int) (*Page[User], error) {
		at := o
		at.Page = page
		return s.List(ctx, at, opts...)
	})
}

// Get returns one user.
//
// It fails with ErrNotFound when there is no such user, ErrInvalidArgument for an
// empty id, "." and "..".
//
// Scope: ZohoCRM.users.READ.
//
// https://www.zoho.com/crm/developer/docs/api/v8/get-users.html
func (s *UsersService) Get(ctx context.Context, userID string, opts ...CallOption) (*User, error) {
	return s.one(ctx, newRequest(OpUsersGet, []string{userID}, nil, nil), opts)
}

// Current returns the user whose token the client uses.
//
// It fails with ErrNotFound if the API names none.
//
// Scope: ZohoCRM.users.READ.
//
// https://www.zoho.com/crm/developer/docs/api/v8/get-users.html
func (s *UsersService) Current(ctx context.Context, opts ...CallOption) (*User, error) {
	return s.one(ctx, newRequest(OpUsersCurrent, nil, ListUsersOptions{Type: UserTypeCurrent}, nil), opts)
}

func (s *UsersService) one(ctx context.Context, r request, opts []CallOption) (*User, error) {
	out, err := do[usersAnswer](ctx, (*service)(s), r, opts)
	if err != nil {
		return nil, err
	}
	return &out.Users[0], nil
}

// Count returns how many users of a type there are. What the type "" counts is not
// documented.
//
// It fails with ErrBadRequest for a type that the API does not know, and with
// ErrNotFound for a 204, which the documents do not have.
//
// Scope: ZohoCRM.users.READ.
//
// https://www.zoho.com/crm/developer/docs/api/v8/get-users.html
func (s *UsersService) Count(ctx context.Context, userType UserType, opts ...CallOption) (int, error) {
	query := url.Values{}
	if userType != "" {
		query.Set("type", string(userType))
	}
	out, err := do[usersCountAnswer](ctx, (*service)(s), newRequest(OpUsersCount, nil, query, nil), opts)
	if err != nil {
		return 0, err
	}
	return int(*out.Count), nil
}

// usersCount is a count that says in its error of what.
type usersCount loose.Count

func (c *usersCount) UnmarshalJSON(b []byte) error {
	if (*loose.Count)(c).UnmarshalJSON(b) != nil {
		return errNoCount
	}
	return nil
}

// FindByEmail returns the user with exactly that address: letter case counts, and
// the addresses are compared here. The API has no search for it: this reads the
// active and inactive users, all pages of 200, one credit each. For many addresses,
// make one pass over [UsersService.All] with UserTypeAll.
//
// It fails with ErrNotFound when no active or inactive user has the address; the
// error says so when one has it in other letter case. Several are ErrAmbiguous:
// [AmbiguousError] has their ids. An empty address and [WithResponse] are
// ErrInvalidArgument.
//
// Scope: ZohoCRM.users.READ.
//
// https://www.zoho.com/crm/developer/docs/api/v8/get-users.html
func (s *UsersService) FindByEmail(ctx context.Context, email string, opts ...CallOption) (*User, error) {
	users := s.All(ctx, ListUsersOptions{Type: UserTypeAll}, opts...)
	return lookUp((*service)(s), OpUsersFindByEmail, users, "address", email, func(u *User) string {
		if strings.EqualFold(string(u.Status), string(UserDeleted)) { // a sample of AllUsers shows one
			return ""
		}
		return u.Email
	})
}

// ListAssociatedGroupsOptions chooses among the groups of a user.
type ListAssociatedGroupsOptions struct {
	Page    int `url:"page,omitempty"`     // from 1, the default
	PerPage int `url:"per_page,omitempty"` // 1 to 200, the default
	// Include needs API version v7; see [ListUserGroupsOptions].
	Include []Include `url:"include,comma,omitempty"`
}

// ListAssociatedGroups returns one page of the groups that a user belongs to, an
// empty one when there are none. Up to 200 groups come in a page.
//
// It fails with ErrNotFound for an unknown user (ErrBadRequest, if the server does not
// say that it is the path which is wrong), and with ErrInvalidArgument for a
// Page or PerPage out of range, an empty id, "." and "..", and Include before v7.
//
// Scopes: ZohoCRM.settings.user_groups.READ and ZohoCRM.users.READ.
//
// https://www.zoho.com/crm/developer/docs/api/v8/associated-groups-of-a-user.html
func (s *UsersService) ListAssociatedGroups(ctx context.Context, userID string, o ListAssociatedGroupsOptions, opts ...CallOption) (*Page[UserGroup], error) {
	r := newRequest(OpUsersListAssociatedGroups, []string{userID}, o, nil)
	out, err := do[userGroupsAnswer](ctx, (*service)(s), r, opts)
	if err != nil {
		return nil, err
	}
	return &Page[UserGroup]{out.UserGroups, out.Info}, nil
}

// AllAssociatedGroups iterates over the groups of a user, of all pages from o.Page
// on, each page of o.PerPage groups (200). For a user without groups it ends at
// once.
//
// See [UsersService.ListAssociatedGroups] for errors and scopes, and
// [UserGroupsService.All] for groups that change meanwhile.
//
// https://www.zoho.com/crm/developer/docs/api/v8/associated-groups-of-a-user.html
func (s *UsersService) AllAssociatedGroups(ctx context.Context, userID string, o ListAssociatedGroupsOptions, opts ...CallOption) iter.Seq2[UserGroup, error] {
	return walk(OpUsersListAssociatedGroups, o.Page, opts, func(page int) (*Page[UserGroup], error) {
		at := o
		at.Page = page
		return s.ListAssociatedGroups(ctx, userID, at, opts...)
	})
}
