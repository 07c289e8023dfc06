package usergroups

import (
	"cmp"
	"context"
	"errors"
	"iter"

	"github.com/usergroups-go/usergroups/internal/paging"
)

// UserAssociatedGroups is the groups of one user, or why they are not known.
type UserAssociatedGroups struct {
	UserID string
	Groups []UserGroup // nil with an Err: never a part of them
	Err    error
}

// AssociatedGroupsForUsers iterates over the groups of many users, in the order of
// their ids. As many users are asked for at a time as [WithMaxConcurrent] allows, also
// while one of them takes long; at most four times that many results are kept. Leaving
// the loop stops what is under way. o.Page has no meaning here.
//
// An error of one user is in the Err of that user, and the others follow. A refused
// credential (ErrUnauthorized, ErrScope, CodeInactiveUser) and the end of the context
// end the iteration: the last result has that error. Fewer results than ids mean that it
// ended early.
//
// It costs one API credit per user, and one more for each further 200 groups of one. To
// know the direct members of all groups, it is cheaper to ask each group for its sources
// ([UserGroupsService.AllSources]): one credit per group. That does not show who is in
// a group through a role, a territory or another group.
//
// The error of a user is the one that [UsersService.AllAssociatedGroups] gives. It fails
// with ErrInvalidArgument, without a user and at once, for a Page, for what
// [UsersService.ListAssociatedGroups] refuses of the other options, and for
// [WithResponse].
//
// Scopes: ZohoCRM.settings.user_groups.READ and ZohoCRM.users.READ.
//
// https://www.zoho.com/crm/developer/docs/api/v8/associated-groups-of-a-user.html
func (s *UsersService) AssociatedGroupsForUsers(
	ctx context.Context, userIDs []string, o ListAssociatedGroupsOptions, opts ...CallOption,
) iter.Seq[UserAssociatedGroups] {
	return func(yield func(UserAssociatedGroups) bool) {
		if err := s.checkForUsers(ctx, o, opts); err != nil {
			yield(UserAssociatedGroups{Err: newError(OpUsersAssociatedGroupsForUsers, "", err)})
			return
		}
		ask := func(ctx context.Context, i int) UserAssociatedGroups {
			groups, err := Collect(s.AllAssociatedGroups(ctx, userIDs[i], o, opts...))
			if err != nil {
				groups = nil
			}
			return UserAssociatedGroups{userIDs[i], groups, err}
		}
		// More users than may be asked for at a time: a slow one keeps nobody waiting.
		for result := range paging.Ordered(ctx, len(userIDs), 4*min(s.core.parallel, len(userIDs)), ask) {
			last := result.Err != nil && (ctx.Err() != nil || isRefusedCredential(result.Err))
			if !yield(result) || last {
				return
			}
		}
	}
}

// isRefusedCredential: the next user would meet the same.
func isRefusedCredential(err error) bool {
	var e *Error
	return errors.Is(err, ErrUnauthorized) || errors.Is(err, ErrScope) || errors.As(err, &e) && e.Code == CodeInactiveUser
}

func (s *UsersService) checkForUsers(ctx context.Context, o ListAssociatedGroupsOptions, opts []CallOption) error {
	switch {
	case s == nil || s.core == nil:
		return errNoClient
	case ctx == nil:
		return errNoContext
	case o.Page != 0:
		return invalid("a Page has no meaning for the groups of many users")
	}
	r := newRequest(OpUsersListAssociatedGroups, []string{""}, o, nil)
	_, err := r.values(s.core.version)
	return cmp.Or(err, checkWalkOptions(opts))
}
