package usergroups

import (
	"context"
	"iter"
	"net/url"
)

// GroupRef names a group.
type GroupRef struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// AssociatedUsersCount is how many users a group has.
type AssociatedUsersCount struct {
	UserGroup GroupRef `json:"user_group"`
	Count     int      `json:"count"`
}

// ListAssociatedUsersCountsOptions chooses the groups whose users are counted.
type ListAssociatedUsersCountsOptions struct {
	Page    int `url:"page,omitempty"`     // from 1, the default
	PerPage int `url:"per_page,omitempty"` // 1 to 200, the default
	// Filters may use the fields "name" and "description", the comparators equal
	// and starts_with. On v6 the field "name" is sent as "user_group.name", the
	// name it has there.
	Filters Criteria `url:"filters,omitempty"`
}

// ListAssociatedUsersCounts returns one page of groups with the number of their
// users, however they belong to it. Inactive and deactivated users are counted
// too. The page is empty when there are none; up to 200 groups come in one.
//
// It fails with ErrInvalidArgument for a Page or PerPage out of range,
// ErrBadRequest for filters that the server does not understand.
//
// Scope: ZohoCRM.settings.user_groups.READ.
//
// https://www.zoho.com/crm/developer/docs/api/v8/associated-user-count-user-group.html
func (s *UserGroupsService) ListAssociatedUsersCounts(ctx context.Context, o ListAssociatedUsersCountsOptions, opts ...CallOption) (*Page[AssociatedUsersCount], error) {
	if (*service)(s).version() == 6 {
		o.Filters = o.Filters.renamed("name", "user_group.name")
	}
	r := newRequest(OpUserGroupsListAssociatedUsersCounts, nil, o, nil)
	out, err := do[countsAnswer](ctx, (*service)(s), r, opts)
	if err != nil {
		return nil, err
	}
	return &Page[AssociatedUsersCount]{out.Counts, out.Info}, nil
}

// AllAssociatedUsersCounts iterates over the counts of all pages from o.Page on,
// each page of o.PerPage groups (200). Without any it ends at once.
//
// See [UserGroupsService.ListAssociatedUsersCounts] for errors and scope, and
// [UserGroupsService.All] for groups that change meanwhile.
//
// https://www.zoho.com/crm/developer/docs/api/v8/associated-user-count-user-group.html
func (s *UserGroupsService) AllAssociatedUsersCounts(ctx context.Context, o ListAssociatedUsersCountsOptions, opts ...CallOption) iter.Seq2[AssociatedUsersCount, error] {
	return walk(OpUserGroupsListAssociatedUsersCounts, o.Page, opts, func(page int) (*Page[AssociatedUsersCount], error) {
		at := o
		at.Page = page
		return s.ListAssociatedUsersCounts(ctx, at, opts...)
	})
}

// GroupedCount is how many users of a group have a status.
type GroupedCount struct {
	Status UserStatus `json:"status"`
	Count  int        `json:"count"`
}

// GroupedCounts returns how many users of a group are active, inactive and deleted;
// the page is empty for a group without users. A status that nobody has may be
// missing. Up to 200 statuses would fit into the page; no other can be asked for.
//
// Unverified: only the vendor's SDKs have this operation, its documents do not. What
// is sent is group_by=status, the one grouping that they show.
//
// It fails with ErrNotFound when there is no such group, ErrInvalidArgument for an
// empty id, "." and "..", and before v7.
//
// Scope: ZohoCRM.settings.user_groups.READ.
//
// https://www.zoho.com/crm/developer/docs/api/v8/
func (s *UserGroupsService) GroupedCounts(ctx context.Context, groupID string, opts ...CallOption) (*Page[GroupedCount], error) {
	r := newRequest(OpUserGroupsGroupedCounts, []string{groupID}, url.Values{"group_by": {"status"}}, nil)
	out, err := do[groupedCountsAnswer](ctx, (*service)(s), r, opts)
	if err != nil {
		return nil, err
	}
	page := &Page[GroupedCount]{Info: out.Info}
	for _, item := range out.Counts {
		page.Items = append(page.Items, item.GroupedCount)
	}
	return page, nil
}
