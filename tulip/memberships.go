package tulip

import (
	"context"
	"iter"
)

// UserRef names a user who is in a group.
type UserRef struct {
	ID string `json:"userId"`
}

func (u UserRef) identity() string { return u.ID }

// UserGroupRef names a group that a user is in.
type UserGroupRef struct {
	ID string `json:"userGroupId"`
}

func (g UserGroupRef) identity() string { return g.ID }

// ListMembershipsOptions chooses among the users of a group or the groups of a user.
// The zero value is all of them.
//
// Whether a user is in a group, AllUsers says with a Filter of that id: no item and no
// error is a no. Of a single page, look at Page.Errors, too. Whether groups list users who
// are deactivated is not documented: to be sure of those, ask also for the groups of each,
// by AllUserGroups. It is the same with archived groups and the lists of users.
type ListMembershipsOptions struct {
	// Limit is how many items a page has at most, from 0: new(0) asks for Info.Count
	// alone. nil is the server's default, which is not documented; nor is the maximum.
	Limit  *int
	Offset int      // how many items to skip
	Filter IDFilter // by the id of the user or group
}

func (o *ListMembershipsOptions) query(field string) listQuery {
	return listQuery{Limit: o.Limit, Offset: o.Offset, filter: o.Filter.on(field)}
}

// ListUsers returns one page of the ids of the users in a group, an empty one when there
// are none. What the server left out of it is in Page.Errors.
//
// It fails with ErrNotFound when there is no such group, ErrInvalidArgument for an empty
// id, "." and "..", a Limit or an Offset below 0 and [IDs] without ids; ErrBadRequest for
// what the server has against a Limit.
//
// Scope: users:read.
//
// https://support.tulip.co/apidocs/apiusersv1user-groupsusergroupidusers
func (s *UserGroupsService) ListUsers(ctx context.Context, groupID string, o ListMembershipsOptions, opts ...CallOption) (*Page[UserRef], error) {
	return list[UserRef](ctx, (*service)(s), o.query("userId").request(OpUserGroupsListUsers, groupID), opts)
}

// AllUsers iterates over the ids of the users in a group, of all pages from o.Offset on,
// each once, in pages of o.Limit (100). [UserGroupsService.MembersOf] has the users
// themselves.
//
// When the server left users out, or there were fewer than it counts, the last thing is
// ErrIncomplete: [PartialError] says what is missing.
//
// See [UserGroupsService.ListUsers] for other errors and the scope, and
// [UserGroupsService.All] for records that change meanwhile and for options without a
// meaning.
//
// https://support.tulip.co/apidocs/apiusersv1user-groupsusergroupidusers
func (s *UserGroupsService) AllUsers(ctx context.Context, groupID string, o ListMembershipsOptions, opts ...CallOption) iter.Seq2[UserRef, error] {
	return all[UserRef](ctx, (*service)(s), OpUserGroupsListUsers, []string{groupID}, o.query("userId"), opts)
}

// ListUserGroups returns one page of the ids of the groups that a user is in, an empty
// one when there are none. What the server left out of it is in Page.Errors.
//
// It fails with ErrNotFound when there is no such user, ErrInvalidArgument for an empty
// id, "." and "..", a Limit or an Offset below 0 and [IDs] without ids; ErrBadRequest for
// what the server has against a Limit.
//
// Scope: users:read.
//
// https://support.tulip.co/apidocs/apiusersv1usersuseriduser-groups
func (s *UsersService) ListUserGroups(ctx context.Context, userID string, o ListMembershipsOptions, opts ...CallOption) (*Page[UserGroupRef], error) {
	return list[UserGroupRef](ctx, (*service)(s), o.query("userGroupId").request(OpUsersListUserGroups, userID), opts)
}

// AllUserGroups iterates over the ids of the groups that a user is in, of all pages from
// o.Offset on, each once, in pages of o.Limit (100). [UsersService.GroupsOf] has the
// groups themselves.
//
// When the server left groups out, or there were fewer than it counts, the last thing is
// ErrIncomplete: [PartialError] says what is missing.
//
// See [UsersService.ListUserGroups] for other errors and the scope, and
// [UserGroupsService.All] for records that change meanwhile and for options without a
// meaning.
//
// https://support.tulip.co/apidocs/apiusersv1usersuseriduser-groups
func (s *UsersService) AllUserGroups(ctx context.Context, userID string, o ListMembershipsOptions, opts ...CallOption) iter.Seq2[UserGroupRef, error] {
	return all[UserGroupRef](ctx, (*service)(s), OpUsersListUserGroups, []string{userID}, o.query("userGroupId"), opts)
}
