package tulip

import (
	"context"
	"encoding/json"
	"iter"
)

// UsersService makes the calls on users.
type UsersService struct{ core *core }

// User is a person who uses the instance. All of its fields but the id may be missing
// from an answer: operators often have a name and a badge id alone.
type User struct {
	ID        string   `json:"id"`
	Name      UserName `json:"name"`
	AvatarURL string   `json:"avatarUrl"` // a URL
	Language  string   `json:"language"`  // such as "en", "pt-BR", "zh-Hans"
	Email     *Email   `json:"email"`
	Phone     *Phone   `json:"phone"`
	BadgeID   string   `json:"badgeId"`

	Invited      *Stamp `json:"invited"`
	Created      *Stamp `json:"created"`
	LastModified *Stamp `json:"lastModified"`
	// Archived is set on who was deactivated. The vendor's page of it was not readable:
	// the name of the key is that of groups and roles.
	Archived *Stamp `json:"archived"`

	// RawGlobalRole and RawWorkspaceRoles are as they came: see [User.Roles].
	RawGlobalRole     json.RawMessage `json:"globalRoleId,omitempty"`
	RawWorkspaceRoles json.RawMessage `json:"workspaceRoleAssignments,omitempty"`
}

func (u User) identity() string { return u.ID }

// UserName is how a user is called.
type UserName struct {
	Full string `json:"full"`
}

// Email is a user's e-mail address.
type Email struct {
	Address  string `json:"address"`
	Verified bool   `json:"verified"`
}

// Phone is a user's telephone number.
type Phone struct {
	Number   string `json:"number"`
	Verified bool   `json:"verified"`
}

// ListUsersOptions chooses the users of a list. The zero value is all who are active.
type ListUsersOptions struct {
	// Limit is how many items a page has at most, from 0: new(0) asks for Info.Count
	// alone. nil is the server's default, which is not documented; nor is the maximum.
	Limit  *int
	Offset int        // how many items to skip
	Filter UserFilter // by the fields that the functions of UserFilter name
	Search string     // in names, e-mail addresses and badge ids; the server decides what matches, so nothing found is no proof
	// Archived asks for the deactivated users only; for everybody, make two lists. Who is
	// archived or restored meanwhile can be in both, or in neither.
	Archived bool
}

func (o *ListUsersOptions) query() listQuery {
	return listQuery{Limit: o.Limit, Offset: o.Offset, filter: o.Filter.filter, Search: o.Search, Archived: o.Archived}
}

// List returns one page of users, an empty one when there are none. What the server left
// out of it is in Page.Errors. [UsersService.All] gets all pages.
//
// It fails with ErrInvalidArgument for a Limit or an Offset below 0 and for a filter without
// a value; ErrBadRequest for what the server has against either.
//
// Scope: users:read.
//
// https://support.tulip.co/apidocs/apiusersv1users
func (s *UsersService) List(ctx context.Context, o ListUsersOptions, opts ...CallOption) (*Page[User], error) {
	return list[User](ctx, (*service)(s), o.query().request(OpUsersList), opts)
}

// All iterates over the users of all pages from o.Offset on, each once, in pages of
// o.Limit users (100). Without any it ends at once.
//
// When the server left users out, or there were fewer than it counts, the last thing is
// ErrIncomplete: [PartialError] says what is missing.
//
// See [UsersService.List] for other errors and the scope, and [UserGroupsService.All] for
// records that change meanwhile and for options without a meaning.
//
// https://support.tulip.co/apidocs/apiusersv1users
func (s *UsersService) All(ctx context.Context, o ListUsersOptions, opts ...CallOption) iter.Seq2[User, error] {
	return all[User](ctx, (*service)(s), OpUsersList, nil, o.query(), opts)
}

// Get returns one user, presumably also one who is deactivated: that is not documented.
//
// It fails with ErrNotFound when there is no such user, ErrInvalidArgument for an
// empty id, "." and "..".
//
// Scope: users:read.
//
// https://support.tulip.co/apidocs/apiusersv1usersuserid
func (s *UsersService) Get(ctx context.Context, userID string, opts ...CallOption) (*User, error) {
	return get[User](ctx, (*service)(s), OpUsersGet, userID, opts)
}
