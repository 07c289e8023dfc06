package tulip

import (
	"context"
	"encoding/json"
	"iter"

	"github.com/usergroups-go/usergroups/internal/loose"
)

// UserGroupsService makes the calls on user groups.
type UserGroupsService struct{ core *core }

// UserGroup is a set of users. All of its fields but the id may be missing from an
// answer.
type UserGroup struct {
	ID                 string `json:"id"`
	Name               string `json:"name"`
	Description        string `json:"description"`
	Avatar             string `json:"avatar"`             // a storage key, not a URL
	AssignedUsersCount *int   `json:"assignedUsersCount"` // nil: not said
	Created            *Stamp `json:"created"`
	LastModified       *Stamp `json:"lastModified"`
	Archived           *Stamp `json:"archived"` // nil: it is not archived
}

func (g UserGroup) identity() string { return g.ID }

// UnmarshalJSON takes a count of any form that a number has.
func (g *UserGroup) UnmarshalJSON(b []byte) error {
	type plain UserGroup // without this method
	wire := struct {
		*plain
		Count *loose.Count `json:"assignedUsersCount"` // in the place of the field of that name
	}{plain: (*plain)(g)}
	err := json.Unmarshal(b, &wire)
	g.AssignedUsersCount = (*int)(wire.Count)
	return err
}

// ListUserGroupsOptions chooses the groups of a list. The zero value is all that are not
// archived.
type ListUserGroupsOptions struct {
	// Limit is how many items a page has at most, from 0: new(0) asks for Info.Count
	// alone. nil is the server's default, which is not documented; nor is the maximum.
	Limit  *int
	Offset int      // how many items to skip
	Filter IDFilter // by id
	Search string   // the server decides what matches
	// Archived asks for the archived groups only; for all there are, make two lists. What is
	// archived or restored meanwhile can be in both, or in neither.
	Archived bool
}

func (o *ListUserGroupsOptions) query() listQuery {
	return listQuery{Limit: o.Limit, Offset: o.Offset, filter: o.Filter.on("id"), Search: o.Search, Archived: o.Archived}
}

// List returns one page of the instance's groups, an empty one when there are none. What
// the server left out of it is in Page.Errors. [UserGroupsService.All] gets all pages.
//
// It fails with ErrInvalidArgument for a Limit or an Offset below 0 and for [IDs] without
// ids; ErrBadRequest with [CodeLimitParamBounds] for a Limit above the server's maximum.
//
// Scope: users:read.
//
// https://support.tulip.co/apidocs/apiusersv1user-groups
func (s *UserGroupsService) List(ctx context.Context, o ListUserGroupsOptions, opts ...CallOption) (*Page[UserGroup], error) {
	return list[UserGroup](ctx, (*service)(s), o.query().request(OpUserGroupsList), opts)
}

// All iterates over the groups of all pages from o.Offset on, each once, in pages of
// o.Limit groups (100). Without any group it ends at once. The pages are requests of their
// own: a group that is created or archived between two of them can make another one be
// missed. Documents of LTS versions name 100 as the most groups that an instance can have.
//
// When the server left groups out, or there were fewer than it counts, the last thing is
// ErrIncomplete: [PartialError] says what is missing.
//
// See [UserGroupsService.List] for other errors and the scope, and the package comment for
// the rules of all iterators. ErrInvalidArgument also comes for a Limit of 0, for an Offset
// beside a filter that takes several requests, and for [WithResponse].
//
// https://support.tulip.co/apidocs/apiusersv1user-groups
func (s *UserGroupsService) All(ctx context.Context, o ListUserGroupsOptions, opts ...CallOption) iter.Seq2[UserGroup, error] {
	return all[UserGroup](ctx, (*service)(s), OpUserGroupsList, nil, o.query(), opts)
}

// Get returns one group, presumably also one that is archived: that is not documented.
//
// It fails with ErrNotFound when there is no such group, ErrInvalidArgument for an
// empty id, "." and "..".
//
// Scope: users:read.
//
// https://support.tulip.co/apidocs/apiusersv1user-groupsusergroupid
func (s *UserGroupsService) Get(ctx context.Context, groupID string, opts ...CallOption) (*UserGroup, error) {
	return get[UserGroup](ctx, (*service)(s), OpUserGroupsGet, groupID, opts)
}
