package tulip

import "slices"

// Op names an operation of the API, as in [Error.Op] and [Event.Op].
type Op string

// The operations.
const (
	OpUserGroupsList      Op = "UserGroups.List"
	OpUserGroupsGet       Op = "UserGroups.Get"
	OpUserGroupsListUsers Op = "UserGroups.ListUsers"
	OpUsersList           Op = "Users.List"
	OpUsersGet            Op = "Users.Get"
	OpUsersListUserGroups Op = "Users.ListUserGroups"
	OpRolesList           Op = "Roles.List"
	OpRolesGet            Op = "Roles.Get"
)

// What is made of several operations. Their requests have the names of those;
// these are in the errors that no single request explains.
const (
	OpUserGroupsMembersOf Op = "UserGroups.MembersOf"
	OpUsersGroupsOf       Op = "Users.GroupsOf"
)

// What errors and events call the work that is no operation of the table.
const (
	OpClientDo Op = "Client.Do"

	opNewClient Op = "NewClient"
	opUserRoles Op = "User.Roles"
)

// operation is everything that there is to know about the wire of one operation.
// All of them are GET requests, hence repeatable, and need the same scope.
type operation struct {
	op   Op
	path string // below /api/users/v1; {…} is an argument
	list bool   // answers a page of items, else one object
	link string // the vendor's page
}

// scopeUsersRead covers groups and roles too: the API has no scopes for them.
const scopeUsersRead = "users:read"

const docs = "https://support.tulip.co/apidocs/"

// operations is the map of the wire. There are no others: the API cannot write
// groups, users or roles.
var operations = []operation{
	{op: OpUserGroupsList, path: "/user-groups", list: true, link: docs + "apiusersv1user-groups"},
	{op: OpUserGroupsGet, path: "/user-groups/{userGroupId}", link: docs + "apiusersv1user-groupsusergroupid"},
	{op: OpUserGroupsListUsers, path: "/user-groups/{userGroupId}/users", list: true, link: docs + "apiusersv1user-groupsusergroupidusers"},
	{op: OpUsersList, path: "/users", list: true, link: docs + "apiusersv1users"},
	{op: OpUsersGet, path: "/users/{userId}", link: docs + "apiusersv1usersuserid"},
	{op: OpUsersListUserGroups, path: "/users/{userId}/user-groups", list: true, link: docs + "apiusersv1usersuseriduser-groups"},
	{op: OpRolesList, path: "/roles", list: true, link: docs + "apiusersv1roles"},
	{op: OpRolesGet, path: "/roles/{userRoleId}", link: docs + "apiusersv1rolesuserroleid"},
}

// compositions says which operations a method is made of that is more than one.
var compositions = map[Op][]Op{
	OpUserGroupsMembersOf: {OpUserGroupsListUsers, OpUsersGet, OpUsersList},
	OpUsersGroupsOf:       {OpUsersListUserGroups, OpUserGroupsList, OpUserGroupsGet},
}

// lookup returns op's row. Every Op that this package passes has one: a test
// calls all of them.
func lookup(op Op) *operation {
	return &operations[slices.IndexFunc(operations, func(o operation) bool { return o.op == op })]
}

// Scopes returns the scopes that an API token needs for the operations that a
// program uses. It is users:read for all of them. An Op that is none of the
// constants of operations adds nothing.
func Scopes(ops ...Op) []string {
	for _, op := range ops {
		known := func(o operation) bool { return o.op == op }
		if compositions[op] != nil || slices.ContainsFunc(operations, known) {
			return []string{scopeUsersRead}
		}
	}
	return nil
}
