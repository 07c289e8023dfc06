package usergroups

import (
	"context"
	"iter"
)

// UsersService makes the calls on users.
type UsersService struct{ core *core }

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
// It fails with ErrNotFound for an unknown user (ErrBadRequest, should the server
// not say that it is the path which is wrong), and with ErrInvalidArgument for a
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
