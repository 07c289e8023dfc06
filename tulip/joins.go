package tulip

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"slices"
	"sync/atomic"

	"github.com/usergroups-go/usergroups/internal/paging"
	"github.com/usergroups-go/usergroups/internal/transport"
)

// GroupsOf iterates over the groups that a user is in, in the order in which the server
// lists their ids; what that list does not show, this does not either. It reads all ids,
// and then up to 50 groups by a request that filters for theirs. A group that is not in the
// answer is asked for among the archived ones, and then by itself.
//
// A group that even then is not found is named by the [PartialError] behind ErrIncomplete,
// which comes last, as do those that the server left out of the ids. Other errors end the
// iteration.
//
// It fails with ErrNotFound when there is no such user, ErrInvalidArgument for an empty id,
// "." and "..", and for [WithResponse].
//
// Scope: users:read.
//
// https://support.tulip.co/apidocs/apiusersv1usersuseriduser-groups
func (s *UsersService) GroupsOf(ctx context.Context, userID string, opts ...CallOption) iter.Seq2[UserGroup, error] {
	co, err := newWalkConfig(opts)
	if err != nil {
		return failed[UserGroup](OpUsersGroupsOf, err)
	}
	groups, inner := (*UserGroupsService)(s), co.inner()
	return (&join[UserGroupRef, UserGroup]{
		op:       OpUsersGroupsOf,
		insists:  (*service)(s).insistence(co),
		parallel: (*service)(s).parallel(),
		refs:     s.AllUserGroups(ctx, userID, ListMembershipsOptions{}, inner...),
		filtered: func(ids []string, archived bool) iter.Seq2[UserGroup, error] {
			q := listQuery{filter: anyOf("IDs", "id", ids, ""), Archived: archived} // of any group: see find
			return all[UserGroup](ctx, (*service)(s), OpUserGroupsList, nil, q, inner)
		},
		get: func(ctx context.Context, id string) (*UserGroup, error) { return groups.Get(ctx, id, inner...) },
	}).all(ctx)
}

// MembersOf iterates over the users in a group, in the order in which the server lists
// their ids; what that list does not show, this does not either. It reads all ids, and then
// each user by a request of its own, as many at a time as [WithMaxConcurrent] allows;
// leaving the loop stops what is under way. When the server answers 429, a user is asked for
// again as long as others come. [WithMembersByFilter] makes it 50 users a request; who is
// not in the answer is then asked for among those who are deactivated, and at last alone.
// To know the members of all groups, it is cheaper to read all users once,
// and to look up there the ids that [UserGroupsService.AllUsers] lists.
//
// A user who is not found is named by the [PartialError] behind ErrIncomplete, which comes
// last, as do those that the server left out of the ids. Other errors end the iteration.
//
// It fails with ErrNotFound when there is no such group, ErrInvalidArgument for an empty id,
// "." and "..", and for [WithResponse].
//
// Scope: users:read.
//
// https://support.tulip.co/apidocs/apiusersv1user-groupsusergroupidusers
func (s *UserGroupsService) MembersOf(ctx context.Context, groupID string, opts ...CallOption) iter.Seq2[User, error] {
	co, err := newMembersCallConfig(opts)
	if err != nil {
		return failed[User](OpUserGroupsMembersOf, err)
	}
	users, inner := (*UsersService)(s), co.inner()
	j := &join[UserRef, User]{
		op:       OpUserGroupsMembersOf,
		insists:  (*service)(s).insistence(co),
		parallel: (*service)(s).parallel(),
		refs:     s.AllUsers(ctx, groupID, ListMembershipsOptions{}, inner...),
		get:      func(ctx context.Context, id string) (*User, error) { return users.Get(ctx, id, inner...) },
	}
	if co.byFilter {
		j.filtered = func(ids []string, archived bool) iter.Seq2[User, error] {
			q := listQuery{filter: anyOf("UserIDs", "id", ids, ""), Archived: archived} // of any user: see find
			return all[User](ctx, (*service)(s), OpUsersList, nil, q, inner)
		}
	}
	return j.all(ctx)
}

// insistence says which 429 of a join are asked again.
func (s *service) insistence(co *callConfig) func(*Error) bool {
	if s == nil || s.core == nil || co.noRetry {
		return func(*Error) bool { return false }
	}
	return s.core.insists
}

// failed is an iterator that has only an error.
func failed[T any](op Op, err error) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		yield(none, newError(op, "", err))
	}
}

// join makes whole objects of references.
type join[R, T identified] struct {
	op       Op
	parallel int // requests at a time
	refs     iter.Seq2[R, error]
	filtered func(ids []string, archived bool) iter.Seq2[T, error] // nil: all one by one
	get      func(ctx context.Context, id string) (*T, error)
	insists  func(*Error) bool
	answered atomic.Int64 // objects that came by get
}

// result is one object, or why there is none.
type result[T any] struct {
	object *T
	err    error
}

func (j *join[R, T]) all(ctx context.Context) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		refs, err := Collect(j.refs)
		var partial PartialError
		if !takePartial(err, &partial) {
			yield(none, err)
			return
		}
		atOnce := len(refs)
		if j.filtered != nil {
			atOnce = maxTerms
		}
		for refs := range slices.Chunk(refs, max(atOnce, 1)) {
			found, err := j.find(refs)
			if err != nil {
				yield(none, err)
				return
			}
			ask := func(ctx context.Context, i int) result[T] {
				id := refs[i].identity()
				if object := found[id]; object != nil {
					return result[T]{object: object}
				}
				object, err := j.alone(ctx, id)
				return result[T]{object, err}
			}
			i := 0
			for r := range paging.Ordered(ctx, len(refs), 4*min(j.parallel, len(refs)), ask) {
				switch {
				case r.err == nil:
					if !yield(*r.object, nil) {
						return
					}
				case errors.Is(r.err, ErrNotFound):
					partial.Omitted = append(partial.Omitted, omission(refs[i].identity(), r.err))
				default:
					yield(none, r.err)
					return
				}
				i++
			}
		}
		if len(partial.Omitted) > 0 || partial.Missing > 0 {
			yield(none, newError(j.op, "", &partial))
		}
	}
}

// alone asks for one. So many requests at once may be more than the server takes, and
// then it can be the same ones that are refused time and again while others get through: as
// long as some do, this one is not given up.
func (j *join[R, T]) alone(ctx context.Context, id string) (*T, error) {
	for {
		before := j.answered.Load()
		object, err := j.get(ctx, id)
		var e *Error
		switch {
		case errors.As(err, &e) && e.StatusCode == http.StatusTooManyRequests && j.insists(e) && j.answered.Load() > before:
			continue
		case err != nil:
			return nil, err
		case (*object).identity() != id: // whatever it is, it is not the one in question
			return nil, newError(j.op, "", &transport.Failure{
				Kinds: []error{ErrUnexpectedResponse}, Err: fmt.Errorf("the answer for %q has another id", id),
			})
		}
		j.answered.Add(1)
		return object, nil
	}
}

// find asks for many at once, first among the active and then among the archived. What
// was not asked for is not taken: a server may not know the filter. What is not found here
// is asked for one by one, so it does not matter why.
func (j *join[R, T]) find(refs []R) (map[string]*T, error) {
	found := make(map[string]*T, len(refs))
	if j.filtered == nil {
		return found, nil
	}
	for _, archived := range []bool{false, true} {
		var ids []string
		for _, ref := range refs {
			if found[ref.identity()] == nil {
				ids = append(ids, ref.identity())
			}
		}
		if len(ids) == 0 {
			break
		}
		for object, err := range j.filtered(ids, archived) {
			if errors.Is(err, ErrIncomplete) || errors.Is(err, ErrNotFound) {
				break
			}
			if err != nil {
				return nil, err
			}
			if slices.Contains(ids, object.identity()) {
				found[object.identity()] = &object
			}
			if len(found) == len(refs) { // a server that does not know the filter has many more
				return found, nil
			}
		}
	}
	return found, nil
}

// takePartial takes over what a list lacks. It reports whether that was all there was to
// err.
func takePartial(err error, into *PartialError) bool {
	var partial *PartialError
	if errors.As(err, &partial) {
		*into = *partial
		return true
	}
	return err == nil
}

// omission is an object that is named and cannot be found.
func omission(id string, err error) ItemError {
	item := ItemError{ID: id}
	var e *Error
	if errors.As(err, &e) {
		item.Code, item.Message, item.Retryable, item.Details = e.Code, e.Message, e.Retryable, e.Details
	}
	return item
}
