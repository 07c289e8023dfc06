package conformance_test

import (
	"context"
	"slices"
	"time"

	"github.com/usergroups-go/usergroups"
)

// call is a call of the client, and what it is answered.
type call struct {
	name    string // the method, and what is special about its arguments
	op      usergroups.Op
	answers []string
	run     func(ctx context.Context, c *usergroups.Client) error
}

const (
	groupID = "3652397000009949005"
	userID  = "3652397000000186017"
	jobID   = "3652397000009950001"
)

// The least that the client takes for a good answer.
var (
	groups       = []string{`{"user_groups":[{"id":"1","name":"Support"}],"info":{"more_records":false}}`}
	moreGroups   = []string{`{"user_groups":[{"id":"2","name":"Sales"}],"info":{"page":1,"more_records":true}}`}
	result       = []string{`{"user_groups":[{"code":"SUCCESS","details":{"id":"1"},"message":"","status":"success"}]}`}
	jobs         = []string{`{"deletion_jobs":[{"Status":"done"}]}`}
	sources      = []string{`{"sources":[],"info":{"more_records":false}}`}
	sourcesCount = []string{`{"sources_count":[{}]}`}
	associations = []string{`{"associations":[]}`}
	usersCounts  = []string{`{"associated_users_count":[],"info":{"more_records":false}}`}
	grouped      = []string{`{"grouped_counts":[]}`}
	users        = []string{`{"users":[{"id":"1","email":"ann@example.com"}],"info":{"more_records":false}}`}
	usersCount   = []string{`{"count":1}`}
)

// everySource is one source of each type, with all that can be said of it.
var everySource = []usergroups.Source{
	usergroups.UserSource(userID),
	usergroups.RoleSource("1").WithSubordinates(),
	usergroups.GroupSource("2"),
	usergroups.TerritorySource("3").WithSubordinates(),
	{Type: usergroups.SourceTerritories, SourceRef: usergroups.SourceRef{ID: "4", Name: "left out"}, SubTerritories: new(false)},
}

// someFilters has groups within groups, and a value that has to be escaped.
var someFilters = usergroups.And(
	usergroups.StartsWith("name", `R&D "one" + 50 %`),
	usergroups.Or(usergroups.Contains("name", "a"), usergroups.Equal("name", "Zürich")),
)

// calls is at least one call of every operation: with as little as the method lets one
// say, and with all that it has.
var calls = []call{
	{
		"UserGroups.List", usergroups.OpUserGroupsList, groups,
		func(ctx context.Context, c *usergroups.Client) error {
			_, err := c.UserGroups.List(ctx, usergroups.ListUserGroupsOptions{})
			return err
		},
	},
	{
		"UserGroups.List with all options", usergroups.OpUserGroupsList, groups,
		func(ctx context.Context, c *usergroups.Client) error {
			_, err := c.UserGroups.List(ctx, usergroups.ListUserGroupsOptions{
				Page: 1, PerPage: 200, Name: "group 1", Filters: someFilters,
				Include: []usergroups.Include{usergroups.IncludeSourcesCount, usergroups.IncludeSources},
			})
			return err
		},
	},
	{
		"UserGroups.List with one filter", usergroups.OpUserGroupsList, groups,
		func(ctx context.Context, c *usergroups.Client) error {
			_, err := c.UserGroups.List(ctx, usergroups.ListUserGroupsOptions{Filters: usergroups.Equal("name", "Support")})
			return err
		},
	},
	{
		"UserGroups.All over two pages", usergroups.OpUserGroupsList, slices.Concat(moreGroups, groups),
		func(ctx context.Context, c *usergroups.Client) error {
			_, err := usergroups.Collect(c.UserGroups.All(ctx, usergroups.ListUserGroupsOptions{}))
			return err
		},
	},
	{
		"UserGroups.GetByName", usergroups.OpUserGroupsList, groups,
		func(ctx context.Context, c *usergroups.Client) error {
			_, err := c.UserGroups.GetByName(ctx, "Support")
			return err
		},
	},
	{
		"UserGroups.Get", usergroups.OpUserGroupsGet, groups,
		func(ctx context.Context, c *usergroups.Client) error {
			_, err := c.UserGroups.Get(ctx, groupID)
			return err
		},
	},
	{
		"UserGroups.Create", usergroups.OpUserGroupsCreate, result,
		func(ctx context.Context, c *usergroups.Client) error {
			_, err := c.UserGroups.Create(ctx, usergroups.CreateUserGroup{
				Name: "Support", Sources: []usergroups.Source{usergroups.UserSource(userID)},
			})
			return err
		},
	},
	{
		"UserGroups.Create with every source", usergroups.OpUserGroupsCreate, result,
		func(ctx context.Context, c *usergroups.Client) error {
			_, err := c.UserGroups.Create(ctx, usergroups.CreateUserGroup{
				Name: "Support", Description: "day and night", Sources: everySource,
			})
			return err
		},
	},
	{
		"UserGroups.Update", usergroups.OpUserGroupsUpdate, result,
		func(ctx context.Context, c *usergroups.Client) error {
			_, err := c.UserGroups.Update(ctx, groupID, usergroups.UpdateUserGroup{
				Name: "Support", Sources: changes(usergroups.UserSource(userID)),
			})
			return err
		},
	},
	{
		"UserGroups.Update with every source", usergroups.OpUserGroupsUpdate, result,
		func(ctx context.Context, c *usergroups.Client) error {
			_, err := c.UserGroups.Update(ctx, groupID, usergroups.UpdateUserGroup{
				Name: "Support", Description: usergroups.Some("day and night"), Sources: changes(everySource...),
			})
			return err
		},
	},
	{
		"UserGroups.Update without a description", usergroups.OpUserGroupsUpdate, result,
		func(ctx context.Context, c *usergroups.Client) error {
			_, err := c.UserGroups.Update(ctx, groupID, usergroups.UpdateUserGroup{
				Name: "Support", Description: usergroups.Null[string](), Sources: changes(usergroups.UserSource(userID)),
			})
			return err
		},
	},
	{
		"UserGroups.UpdateMany", usergroups.OpUserGroupsUpdateMany, result,
		func(ctx context.Context, c *usergroups.Client) error {
			_, err := c.UserGroups.UpdateMany(ctx, []usergroups.UserGroupUpdate{{
				ID: groupID, UpdateUserGroup: usergroups.UpdateUserGroup{
					Name: "Support", Description: usergroups.Null[string](), Sources: changes(everySource...),
				},
			}})
			return err
		},
	},
	{
		"UserGroups.Delete", usergroups.OpUserGroupsDelete, result,
		func(ctx context.Context, c *usergroups.Client) error {
			_, err := c.UserGroups.Delete(ctx, groupID)
			return err
		},
	},
	{
		"UserGroups.DeletionJob", usergroups.OpUserGroupsDeletionJob, jobs,
		func(ctx context.Context, c *usergroups.Client) error {
			_, err := c.UserGroups.DeletionJob(ctx, jobID)
			return err
		},
	},
	{
		"UserGroups.ListSources", usergroups.OpUserGroupsListSources, sources,
		func(ctx context.Context, c *usergroups.Client) error {
			_, err := c.UserGroups.ListSources(ctx, groupID, usergroups.ListSourcesOptions{})
			return err
		},
	},
	{
		"UserGroups.ListSources with all options", usergroups.OpUserGroupsListSources, sources,
		func(ctx context.Context, c *usergroups.Client) error {
			_, err := c.UserGroups.ListSources(ctx, groupID, usergroups.ListSourcesOptions{
				Page: 1, PerPage: 200, Type: usergroups.SourceUsers, UserType: usergroups.UserInactive,
			})
			return err
		},
	},
	{
		"UserGroups.SourcesCount", usergroups.OpUserGroupsSourcesCount, sourcesCount,
		func(ctx context.Context, c *usergroups.Client) error {
			_, err := c.UserGroups.SourcesCount(ctx, groupID)
			return err
		},
	},
	{
		"UserGroups.Associations", usergroups.OpUserGroupsAssociations, associations,
		func(ctx context.Context, c *usergroups.Client) error {
			_, err := c.UserGroups.Associations(ctx, groupID)
			return err
		},
	},
	{
		"UserGroups.ListAssociatedUsersCounts", usergroups.OpUserGroupsListAssociatedUsersCounts, usersCounts,
		func(ctx context.Context, c *usergroups.Client) error {
			_, err := c.UserGroups.ListAssociatedUsersCounts(ctx, usergroups.ListAssociatedUsersCountsOptions{})
			return err
		},
	},
	{
		"UserGroups.ListAssociatedUsersCounts with all options", usergroups.OpUserGroupsListAssociatedUsersCounts, usersCounts,
		func(ctx context.Context, c *usergroups.Client) error {
			_, err := c.UserGroups.ListAssociatedUsersCounts(ctx, usergroups.ListAssociatedUsersCountsOptions{
				Page: 1, PerPage: 200, Filters: someFilters,
			})
			return err
		},
	},
	{
		"UserGroups.GroupedCounts", usergroups.OpUserGroupsGroupedCounts, grouped,
		func(ctx context.Context, c *usergroups.Client) error {
			_, err := c.UserGroups.GroupedCounts(ctx, groupID)
			return err
		},
	},
	{
		"Users.List", usergroups.OpUsersList, users,
		func(ctx context.Context, c *usergroups.Client) error {
			_, err := c.Users.List(ctx, usergroups.ListUsersOptions{})
			return err
		},
	},
	{
		"Users.List with all options", usergroups.OpUsersList, users,
		func(ctx context.Context, c *usergroups.Client) error {
			_, err := c.Users.List(ctx, usergroups.ListUsersOptions{
				Page: 1, PerPage: 200, Type: usergroups.UserTypeActiveConfirmedAdmins, IDs: []string{userID, "2"},
				ModifiedSince: time.Date(2025, time.June, 27, 16, 36, 32, 0, time.FixedZone("", 5*3600+1800)),
			})
			return err
		},
	},
	{
		"Users.FindByEmail", usergroups.OpUsersList, users,
		func(ctx context.Context, c *usergroups.Client) error {
			_, err := c.Users.FindByEmail(ctx, "ann@example.com")
			return err
		},
	},
	{
		"Users.Get", usergroups.OpUsersGet, users,
		func(ctx context.Context, c *usergroups.Client) error {
			_, err := c.Users.Get(ctx, userID)
			return err
		},
	},
	{
		"Users.Current", usergroups.OpUsersCurrent, users,
		func(ctx context.Context, c *usergroups.Client) error {
			_, err := c.Users.Current(ctx)
			return err
		},
	},
	{
		"Users.Count", usergroups.OpUsersCount, usersCount,
		func(ctx context.Context, c *usergroups.Client) error {
			_, err := c.Users.Count(ctx, "")
			return err
		},
	},
	{
		"Users.Count of every type", usergroups.OpUsersCount, usersCount,
		func(ctx context.Context, c *usergroups.Client) error {
			for _, userType := range []usergroups.UserType{
				usergroups.UserTypeAll, usergroups.UserTypeActive, usergroups.UserTypeDeactive, usergroups.UserTypeConfirmed,
				usergroups.UserTypeNotConfirmed, usergroups.UserTypeDeleted, usergroups.UserTypeActiveConfirmed,
				usergroups.UserTypeAdmin, usergroups.UserTypeActiveConfirmedAdmins, usergroups.UserTypeCurrent,
			} {
				if _, err := c.Users.Count(ctx, userType); err != nil {
					return err
				}
			}
			return nil
		},
	},
	{
		"Users.ListAssociatedGroups", usergroups.OpUsersListAssociatedGroups, groups,
		func(ctx context.Context, c *usergroups.Client) error {
			_, err := c.Users.ListAssociatedGroups(ctx, userID, usergroups.ListAssociatedGroupsOptions{})
			return err
		},
	},
	{
		"Users.ListAssociatedGroups with all options", usergroups.OpUsersListAssociatedGroups, groups,
		func(ctx context.Context, c *usergroups.Client) error {
			_, err := c.Users.ListAssociatedGroups(ctx, userID, usergroups.ListAssociatedGroupsOptions{
				Page: 1, PerPage: 200, Include: []usergroups.Include{usergroups.IncludeSourcesCount, usergroups.IncludeSources},
			})
			return err
		},
	},
}

// changes keeps the sources and, beside them, deletes one of a user.
func changes(keep ...usergroups.Source) []usergroups.SourceChange {
	all := []usergroups.SourceChange{{Source: usergroups.UserSource("5"), Delete: true}}
	for _, s := range keep {
		all = append(all, usergroups.SourceChange{Source: s})
	}
	return all
}
