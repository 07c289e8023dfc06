package tulip_test

import (
	"context"
	"iter"
	"strings"

	"github.com/usergroups-go/usergroups/tulip"
)

// call calls a method, with an id where it takes one.
type call = func(ctx context.Context, c *tulip.Client, id string, opts ...tulip.CallOption) error

// method is one public method that makes a call of one operation.
type method struct {
	name string
	op   tulip.Op
	kind kind
	path string // below /api/users/v1
	good string // an answer that it accepts, in testdata/tulip
	call call
}

type kind int

const (
	list kind = iota
	walk
	one
)

// hasID reports whether an id is in the method's path.
func (m *method) hasID() bool { return strings.Contains(m.path, "{id}") }

// url is where the method sends its request, for the id.
func (m *method) url(id string) string { return apiBase + strings.ReplaceAll(m.path, "{id}", id) }

// methods is every public method that makes a call of an operation. A test
// holds it against the methods that reflection finds.
var methods = func() []method {
	all := []method{
		{
			name: "UserGroups.Get", op: tulip.OpUserGroupsGet, kind: one, path: "/user-groups/{id}", good: "user_groups_get_example.json",
			call: func(ctx context.Context, c *tulip.Client, id string, opts ...tulip.CallOption) error {
				_, err := c.UserGroups.Get(ctx, id, opts...)
				return err
			},
		},
		{
			name: "Users.Get", op: tulip.OpUsersGet, kind: one, path: "/users/{id}", good: "users_get_example.json",
			call: func(ctx context.Context, c *tulip.Client, id string, opts ...tulip.CallOption) error {
				_, err := c.Users.Get(ctx, id, opts...)
				return err
			},
		},
		{
			name: "Roles.Get", op: tulip.OpRolesGet, kind: one, path: "/roles/{id}", good: "roles_get_builtin.json",
			call: func(ctx context.Context, c *tulip.Client, id string, opts ...tulip.CallOption) error {
				_, err := c.Roles.Get(ctx, id, opts...)
				return err
			},
		},
	}
	for _, l := range listings {
		all = append(all,
			method{
				name: l.name, op: l.op, kind: list, path: l.path, good: l.good,
				call: func(ctx context.Context, c *tulip.Client, id string, opts ...tulip.CallOption) error {
					_, err := l.page(ctx, c, query{id: id}, opts...)
					return err
				},
			},
			method{
				name: l.all, op: l.op, kind: walk, path: l.path, good: l.good,
				call: func(ctx context.Context, c *tulip.Client, id string, opts ...tulip.CallOption) error {
					_, err := tulip.Collect(l.walk(ctx, c, query{id: id}, opts...))
					return err
				},
			})
	}
	return all
}()

// listing is a list and the iterator over it, for the tests that are the same for
// all of them: an item is its id.
type listing struct {
	name, all string // the methods
	op        tulip.Op
	path      string
	good      string
	key       string // of an item's id on the wire
	searched  bool   // whether it takes search and archived
	filtered  string // what query.filter sends
	page      func(ctx context.Context, c *tulip.Client, q query, opts ...tulip.CallOption) (*tulip.Page[string], error)
	walk      func(ctx context.Context, c *tulip.Client, q query, opts ...tulip.CallOption) iter.Seq2[string, error]
}

// query is the options of a list. What a list does not take is not sent.
type query struct {
	id       string // in the path
	limit    *int
	offset   int
	filter   bool // for the things called i1, i2 and i3, or what is custom
	search   string
	archived bool
}

func (q query) ids() tulip.IDFilter {
	if !q.filter {
		return tulip.IDFilter{}
	}
	return tulip.IDs("i1", "i2", "i3")
}

func (q query) memberships() tulip.ListMembershipsOptions {
	return tulip.ListMembershipsOptions{Limit: q.limit, Offset: q.offset, Filter: q.ids()}
}

func (q query) groups() tulip.ListUserGroupsOptions {
	return tulip.ListUserGroupsOptions{Limit: q.limit, Offset: q.offset, Filter: q.ids(), Search: q.search, Archived: q.archived}
}

func (q query) users() tulip.ListUsersOptions {
	o := tulip.ListUsersOptions{Limit: q.limit, Offset: q.offset, Search: q.search, Archived: q.archived}
	if q.filter {
		o.Filter = tulip.UserIDs("i1", "i2", "i3")
	}
	return o
}

func (q query) roles() tulip.ListRolesOptions {
	o := tulip.ListRolesOptions{Limit: q.limit, Offset: q.offset, Search: q.search, Archived: q.archived}
	if q.filter {
		o.Filter = tulip.IsCustom(true)
	}
	return o
}

// listings is every list.
var listings = []listing{
	{
		name: "UserGroups.List", all: "UserGroups.All", op: tulip.OpUserGroupsList,
		path: "/user-groups", good: "user_groups_list_archived.json", key: "id", searched: true, filtered: "id eq 'i1' or id eq 'i2' or id eq 'i3'",
		page: func(ctx context.Context, c *tulip.Client, q query, opts ...tulip.CallOption) (*tulip.Page[string], error) {
			return pageOfIDs(groupID)(c.UserGroups.List(ctx, q.groups(), opts...))
		},
		walk: func(ctx context.Context, c *tulip.Client, q query, opts ...tulip.CallOption) iter.Seq2[string, error] {
			return idsOf(c.UserGroups.All(ctx, q.groups(), opts...), groupID)
		},
	},
	{
		name: "UserGroups.ListUsers", all: "UserGroups.AllUsers", op: tulip.OpUserGroupsListUsers,
		path: "/user-groups/{id}/users", good: "user_groups_list_users.json", key: "userId", filtered: "userId eq 'i1' or userId eq 'i2' or userId eq 'i3'",
		page: func(ctx context.Context, c *tulip.Client, q query, opts ...tulip.CallOption) (*tulip.Page[string], error) {
			return pageOfIDs(userRefID)(c.UserGroups.ListUsers(ctx, q.id, q.memberships(), opts...))
		},
		walk: func(ctx context.Context, c *tulip.Client, q query, opts ...tulip.CallOption) iter.Seq2[string, error] {
			return idsOf(c.UserGroups.AllUsers(ctx, q.id, q.memberships(), opts...), userRefID)
		},
	},
	{
		name: "Users.List", all: "Users.All", op: tulip.OpUsersList,
		path: "/users", good: "users_list.json", key: "id", searched: true, filtered: "id eq 'i1' or id eq 'i2' or id eq 'i3'",
		page: func(ctx context.Context, c *tulip.Client, q query, opts ...tulip.CallOption) (*tulip.Page[string], error) {
			return pageOfIDs(userID)(c.Users.List(ctx, q.users(), opts...))
		},
		walk: func(ctx context.Context, c *tulip.Client, q query, opts ...tulip.CallOption) iter.Seq2[string, error] {
			return idsOf(c.Users.All(ctx, q.users(), opts...), userID)
		},
	},
	{
		name: "Users.ListUserGroups", all: "Users.AllUserGroups", op: tulip.OpUsersListUserGroups,
		path: "/users/{id}/user-groups", good: "users_list_user_groups.json", key: "userGroupId", filtered: "userGroupId eq 'i1' or userGroupId eq 'i2' or userGroupId eq 'i3'",
		page: func(ctx context.Context, c *tulip.Client, q query, opts ...tulip.CallOption) (*tulip.Page[string], error) {
			return pageOfIDs(groupRefID)(c.Users.ListUserGroups(ctx, q.id, q.memberships(), opts...))
		},
		walk: func(ctx context.Context, c *tulip.Client, q query, opts ...tulip.CallOption) iter.Seq2[string, error] {
			return idsOf(c.Users.AllUserGroups(ctx, q.id, q.memberships(), opts...), groupRefID)
		},
	},
	{
		name: "Roles.List", all: "Roles.All", op: tulip.OpRolesList,
		path: "/roles", good: "roles_list.json", key: "id", searched: true, filtered: "isCustom eq true",
		page: func(ctx context.Context, c *tulip.Client, q query, opts ...tulip.CallOption) (*tulip.Page[string], error) {
			return pageOfIDs(roleID)(c.Roles.List(ctx, q.roles(), opts...))
		},
		walk: func(ctx context.Context, c *tulip.Client, q query, opts ...tulip.CallOption) iter.Seq2[string, error] {
			return idsOf(c.Roles.All(ctx, q.roles(), opts...), roleID)
		},
	},
}

func groupID(g tulip.UserGroup) string       { return g.ID }
func userID(u tulip.User) string             { return u.ID }
func roleID(r tulip.Role) string             { return r.ID }
func userRefID(u tulip.UserRef) string       { return u.ID }
func groupRefID(g tulip.UserGroupRef) string { return g.ID }

// pageOfIDs makes a page of ids of any page.
func pageOfIDs[T any](id func(T) string) func(*tulip.Page[T], error) (*tulip.Page[string], error) {
	return func(p *tulip.Page[T], err error) (*tulip.Page[string], error) {
		if p == nil {
			return nil, err
		}
		ids := &tulip.Page[string]{Info: p.Info, Errors: p.Errors}
		if p.Items != nil {
			ids.Items = []string{}
		}
		for _, item := range p.Items {
			ids.Items = append(ids.Items, id(item))
		}
		return ids, err
	}
}

// idsOf makes an iterator over ids of any iterator.
func idsOf[T any](seq iter.Seq2[T, error], id func(T) string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		for item, err := range seq {
			if !yield(id(item), err) {
				return
			}
		}
	}
}

// composition is one public method that makes calls of several operations.
type composition struct {
	op   tulip.Op
	made []tulip.Op // of these
	call call
}

// compositions is every public method that is made of others. Its tests of its own
// are what matters; those of all methods see to the rest.
var compositions = []composition{
	{tulip.OpUserGroupsMembersOf, []tulip.Op{tulip.OpUserGroupsListUsers, tulip.OpUsersGet, tulip.OpUsersList}, func(ctx context.Context, c *tulip.Client, id string, opts ...tulip.CallOption) error {
		_, err := tulip.Collect(c.UserGroups.MembersOf(ctx, id, opts...))
		return err
	}},
	{tulip.OpUsersGroupsOf, []tulip.Op{tulip.OpUsersListUserGroups, tulip.OpUserGroupsList, tulip.OpUserGroupsGet}, func(ctx context.Context, c *tulip.Client, id string, opts ...tulip.CallOption) error {
		_, err := tulip.Collect(c.Users.GroupsOf(ctx, id, opts...))
		return err
	}},
}
