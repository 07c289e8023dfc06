package usergroups_test

import (
	"context"
	"strings"
	"testing"

	"github.com/usergroups-go/usergroups"
)

// call calls a method, with an id where it takes one.
type call = func(ctx context.Context, c *usergroups.Client, id string, opts ...usergroups.CallOption) error

// method is one public method that makes a call of one operation.
type method struct {
	name   string
	op     usergroups.Op
	kind   kind
	hasID  bool   // in its path
	key    string // of the payload in its answer
	good   string // an answer that it accepts, in testdata/zoho
	status int
	call   call
}

type kind int

const (
	list kind = iota
	walk
	one
	write
)

// methods is every public method that makes a call of an operation. A test
// holds it against the operation table and the methods that reflection finds.
var methods = []method{
	{
		name: "UserGroups.List", op: usergroups.OpUserGroupsList, kind: list,
		key: "user_groups", good: "user_groups_list_sample.json", status: 200,
		call: func(ctx context.Context, c *usergroups.Client, _ string, opts ...usergroups.CallOption) error {
			_, err := c.UserGroups.List(ctx, usergroups.ListUserGroupsOptions{}, opts...)
			return err
		},
	},
	{
		name: "UserGroups.All", op: usergroups.OpUserGroupsList, kind: walk,
		key: "user_groups", good: "user_groups_list_sample.json", status: 200,
		call: func(ctx context.Context, c *usergroups.Client, _ string, opts ...usergroups.CallOption) error {
			_, err := usergroups.Collect(c.UserGroups.All(ctx, usergroups.ListUserGroupsOptions{}, opts...))
			return err
		},
	},
	{
		name: "UserGroups.Get", op: usergroups.OpUserGroupsGet, kind: one, hasID: true,
		key: "user_groups", good: "user_groups_get_sample.json", status: 200,
		call: func(ctx context.Context, c *usergroups.Client, id string, opts ...usergroups.CallOption) error {
			_, err := c.UserGroups.Get(ctx, id, opts...)
			return err
		},
	},
	{
		name: "UserGroups.Create", op: usergroups.OpUserGroupsCreate, kind: write,
		key: "user_groups", good: "user_groups_create_success.json", status: 201,
		call: func(ctx context.Context, c *usergroups.Client, _ string, opts ...usergroups.CallOption) error {
			_, err := c.UserGroups.Create(ctx, usergroups.CreateUserGroup{
				Name: "test group", Sources: []usergroups.Source{usergroups.UserSource(userID)},
			}, opts...)
			return err
		},
	},
	{
		name: "UserGroups.Update", op: usergroups.OpUserGroupsUpdate, kind: write, hasID: true,
		key: "user_groups", good: "user_groups_update_success.json", status: 200,
		call: func(ctx context.Context, c *usergroups.Client, id string, opts ...usergroups.CallOption) error {
			_, err := c.UserGroups.Update(ctx, id, anUpdate, opts...)
			return err
		},
	},
	{
		name: "UserGroups.UpdateMany", op: usergroups.OpUserGroupsUpdateMany, kind: write,
		key: "user_groups", good: "user_groups_update_success.json", status: 200,
		call: func(ctx context.Context, c *usergroups.Client, id string, opts ...usergroups.CallOption) error {
			_, err := c.UserGroups.UpdateMany(ctx, []usergroups.UserGroupUpdate{{ID: id, UpdateUserGroup: anUpdate}}, opts...)
			return err
		},
	},
	{
		name: "UserGroups.Delete", op: usergroups.OpUserGroupsDelete, kind: write, hasID: true,
		key: "user_groups", good: "user_groups_delete_success.json", status: 200,
		call: func(ctx context.Context, c *usergroups.Client, id string, opts ...usergroups.CallOption) error {
			_, err := c.UserGroups.Delete(ctx, id, opts...)
			return err
		},
	},
	{
		name: "UserGroups.DeletionJob", op: usergroups.OpUserGroupsDeletionJob, kind: one,
		key: "deletion_jobs", good: "deletion_jobs_sample.json", status: 200,
		call: func(ctx context.Context, c *usergroups.Client, id string, opts ...usergroups.CallOption) error {
			_, err := c.UserGroups.DeletionJob(ctx, id, opts...)
			return err
		},
	},
	{
		name: "UserGroups.ListSources", op: usergroups.OpUserGroupsListSources, kind: list, hasID: true,
		key: "sources", good: "sources_sample.json", status: 200,
		call: func(ctx context.Context, c *usergroups.Client, id string, opts ...usergroups.CallOption) error {
			_, err := c.UserGroups.ListSources(ctx, id, usergroups.ListSourcesOptions{}, opts...)
			return err
		},
	},
	{
		name: "UserGroups.AllSources", op: usergroups.OpUserGroupsListSources, kind: walk, hasID: true,
		key: "sources", good: "sources_sample.json", status: 200,
		call: func(ctx context.Context, c *usergroups.Client, id string, opts ...usergroups.CallOption) error {
			_, err := usergroups.Collect(c.UserGroups.AllSources(ctx, id, usergroups.ListSourcesOptions{}, opts...))
			return err
		},
	},
	{
		name: "UserGroups.SourcesCount", op: usergroups.OpUserGroupsSourcesCount, kind: one, hasID: true,
		key: "sources_count", good: "sources_count_sample.json", status: 200,
		call: func(ctx context.Context, c *usergroups.Client, id string, opts ...usergroups.CallOption) error {
			_, err := c.UserGroups.SourcesCount(ctx, id, opts...)
			return err
		},
	},
	{
		name: "UserGroups.Associations", op: usergroups.OpUserGroupsAssociations, kind: list, hasID: true,
		key: "associations", good: "associations_sample.json", status: 200,
		call: func(ctx context.Context, c *usergroups.Client, id string, opts ...usergroups.CallOption) error {
			_, err := c.UserGroups.Associations(ctx, id, opts...)
			return err
		},
	},
	{
		name: "UserGroups.ListAssociatedUsersCounts", op: usergroups.OpUserGroupsListAssociatedUsersCounts, kind: list,
		key: "associated_users_count", good: "associated_users_count_sample.json", status: 200,
		call: func(ctx context.Context, c *usergroups.Client, _ string, opts ...usergroups.CallOption) error {
			_, err := c.UserGroups.ListAssociatedUsersCounts(ctx, usergroups.ListAssociatedUsersCountsOptions{}, opts...)
			return err
		},
	},
	{
		name: "UserGroups.AllAssociatedUsersCounts", op: usergroups.OpUserGroupsListAssociatedUsersCounts, kind: walk,
		key: "associated_users_count", good: "associated_users_count_sample.json", status: 200,
		call: func(ctx context.Context, c *usergroups.Client, _ string, opts ...usergroups.CallOption) error {
			_, err := usergroups.Collect(c.UserGroups.AllAssociatedUsersCounts(ctx, usergroups.ListAssociatedUsersCountsOptions{}, opts...))
			return err
		},
	},
	{
		name: "UserGroups.GroupedCounts", op: usergroups.OpUserGroupsGroupedCounts, kind: list, hasID: true,
		key: "grouped_counts", good: "grouped_counts_sample.json", status: 200,
		call: func(ctx context.Context, c *usergroups.Client, id string, opts ...usergroups.CallOption) error {
			_, err := c.UserGroups.GroupedCounts(ctx, id, opts...)
			return err
		},
	},
	{
		name: "Users.List", op: usergroups.OpUsersList, kind: list,
		key: "users", good: "users_list_sample.json", status: 200,
		call: func(ctx context.Context, c *usergroups.Client, _ string, opts ...usergroups.CallOption) error {
			_, err := c.Users.List(ctx, usergroups.ListUsersOptions{}, opts...)
			return err
		},
	},
	{
		name: "Users.All", op: usergroups.OpUsersList, kind: walk,
		key: "users", good: "users_list_sample.json", status: 200,
		call: func(ctx context.Context, c *usergroups.Client, _ string, opts ...usergroups.CallOption) error {
			_, err := usergroups.Collect(c.Users.All(ctx, usergroups.ListUsersOptions{}, opts...))
			return err
		},
	},
	{
		name: "Users.Get", op: usergroups.OpUsersGet, kind: one, hasID: true,
		key: "users", good: "users_get_sample.json", status: 200,
		call: func(ctx context.Context, c *usergroups.Client, id string, opts ...usergroups.CallOption) error {
			_, err := c.Users.Get(ctx, id, opts...)
			return err
		},
	},
	{
		name: "Users.Current", op: usergroups.OpUsersCurrent, kind: one,
		key: "users", good: "users_get_sample.json", status: 200,
		call: func(ctx context.Context, c *usergroups.Client, _ string, opts ...usergroups.CallOption) error {
			_, err := c.Users.Current(ctx, opts...)
			return err
		},
	},
	{
		name: "Users.Count", op: usergroups.OpUsersCount, kind: one,
		key: "count", good: "users_count_sample.json", status: 200,
		call: func(ctx context.Context, c *usergroups.Client, _ string, opts ...usergroups.CallOption) error {
			_, err := c.Users.Count(ctx, usergroups.UserTypeActive, opts...)
			return err
		},
	},
	{
		name: "Users.ListAssociatedGroups", op: usergroups.OpUsersListAssociatedGroups, kind: list, hasID: true,
		key: "user_groups", good: "associated_groups_sample.json", status: 200,
		call: func(ctx context.Context, c *usergroups.Client, id string, opts ...usergroups.CallOption) error {
			_, err := c.Users.ListAssociatedGroups(ctx, id, usergroups.ListAssociatedGroupsOptions{}, opts...)
			return err
		},
	},
	{
		name: "Users.AllAssociatedGroups", op: usergroups.OpUsersListAssociatedGroups, kind: walk, hasID: true,
		key: "user_groups", good: "associated_groups_sample.json", status: 200,
		call: func(ctx context.Context, c *usergroups.Client, id string, opts ...usergroups.CallOption) error {
			_, err := usergroups.Collect(c.Users.AllAssociatedGroups(ctx, id, usergroups.ListAssociatedGroupsOptions{}, opts...))
			return err
		},
	},
}

// jobID is the job of a deletion.
const jobID = "3652397000009950001"

// anUpdate is an update, for the tests that do not look at what it is about.
var anUpdate = usergroups.UpdateUserGroup{
	Name: "test group", Sources: []usergroups.SourceChange{{Source: usergroups.UserSource(userID)}},
}

// composition is one public method that makes calls of several operations, or
// several calls of one.
type composition struct {
	op   usergroups.Op
	call call
}

// compositions is every public method that is made of others. Its tests of its own
// are what matters; those of all methods see to the rest.
var compositions = []composition{
	{usergroups.OpUserGroupsGetByName, func(ctx context.Context, c *usergroups.Client, _ string, opts ...usergroups.CallOption) error {
		_, err := c.UserGroups.GetByName(ctx, "group 1", opts...)
		return err
	}},
	{usergroups.OpUserGroupsWaitDeleted, func(ctx context.Context, c *usergroups.Client, id string, opts ...usergroups.CallOption) error {
		return c.UserGroups.WaitDeleted(ctx, id, &usergroups.Deletion{ID: id, JobID: jobID}, opts...)
	}},
	{usergroups.OpUsersFindByEmail, func(ctx context.Context, c *usergroups.Client, _ string, opts ...usergroups.CallOption) error {
		_, err := c.Users.FindByEmail(ctx, "patricia@example.com", opts...)
		return err
	}},
	{usergroups.OpUserGroupsSetSources, func(ctx context.Context, c *usergroups.Client, id string, opts ...usergroups.CallOption) error {
		_, err := c.UserGroups.SetSources(ctx, id, []usergroups.Source{usergroups.UserSource(userID)}, opts...)
		return err
	}},
	{usergroups.OpUserGroupsAddSources, func(ctx context.Context, c *usergroups.Client, id string, opts ...usergroups.CallOption) error {
		_, err := c.UserGroups.AddSources(ctx, id, []usergroups.Source{usergroups.UserSource(userID)}, opts...)
		return err
	}},
	{usergroups.OpUserGroupsRemoveSources, func(ctx context.Context, c *usergroups.Client, id string, opts ...usergroups.CallOption) error {
		_, err := c.UserGroups.RemoveSources(ctx, id, []usergroups.Source{usergroups.UserSource(userID)}, opts...)
		return err
	}},
	{usergroups.OpUserGroupsClearSources, func(ctx context.Context, c *usergroups.Client, id string, opts ...usergroups.CallOption) error {
		_, err := c.UserGroups.ClearSources(ctx, id, opts...)
		return err
	}},
	{usergroups.OpUsersAssociatedGroupsForUsers, func(ctx context.Context, c *usergroups.Client, id string, opts ...usergroups.CallOption) error {
		for result := range c.Users.AssociatedGroupsForUsers(ctx, []string{id}, usergroups.ListAssociatedGroupsOptions{}, opts...) {
			if result.Err != nil {
				return result.Err
			}
		}
		return nil
	}},
}

// row returns the method's row of the operation table.
func (m *method) row(t *testing.T) usergroups.Row {
	t.Helper()
	for _, row := range usergroups.Operations() {
		if row.Op == m.op {
			return row
		}
	}
	t.Fatalf("%s has no row in the operation table", m.op)
	return usergroups.Row{}
}

// url is where the method sends its request, for the id.
func (m *method) url(t *testing.T, id string) string {
	t.Helper()
	path := m.row(t).Path
	for _, argument := range []string{"{id}", "{user}"} {
		path = strings.ReplaceAll(path, argument, id)
	}
	return apiBase + path
}
