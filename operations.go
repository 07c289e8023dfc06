package usergroups

import (
	"net/http"
	"slices"
)

// Op names an operation of the API, as in [Error.Op] and [Event.Op].
type Op string

// The operations.
const (
	OpUserGroupsList                      Op = "UserGroups.List"
	OpUserGroupsGet                       Op = "UserGroups.Get"
	OpUserGroupsCreate                    Op = "UserGroups.Create"
	OpUserGroupsUpdate                    Op = "UserGroups.Update"
	OpUserGroupsUpdateMany                Op = "UserGroups.UpdateMany"
	OpUserGroupsDelete                    Op = "UserGroups.Delete"
	OpUserGroupsDeletionJob               Op = "UserGroups.DeletionJob"
	OpUserGroupsListSources               Op = "UserGroups.ListSources"
	OpUserGroupsSourcesCount              Op = "UserGroups.SourcesCount"
	OpUserGroupsAssociations              Op = "UserGroups.Associations"
	OpUserGroupsListAssociatedUsersCounts Op = "UserGroups.ListAssociatedUsersCounts"
	OpUserGroupsGroupedCounts             Op = "UserGroups.GroupedCounts"
	OpUsersList                           Op = "Users.List"
	OpUsersGet                            Op = "Users.Get"
	OpUsersCurrent                        Op = "Users.Current"
	OpUsersCount                          Op = "Users.Count"
	OpUsersListAssociatedGroups           Op = "Users.ListAssociatedGroups"
)

// What is made of several operations. Their requests have the names of those;
// these are in the errors that no single request explains.
const (
	OpUserGroupsGetByName           Op = "UserGroups.GetByName"
	OpUserGroupsWaitDeleted         Op = "UserGroups.WaitDeleted"
	OpUserGroupsSetSources          Op = "UserGroups.SetSources"
	OpUserGroupsAddSources          Op = "UserGroups.AddSources"
	OpUserGroupsRemoveSources       Op = "UserGroups.RemoveSources"
	OpUserGroupsClearSources        Op = "UserGroups.ClearSources"
	OpUsersFindByEmail              Op = "Users.FindByEmail"
	OpUsersAssociatedGroupsForUsers Op = "Users.AssociatedGroupsForUsers"
)

// What errors and events call the work that is no operation of the table.
const (
	OpClientDo      Op = "Client.Do"
	OpOAuthRefresh  Op = "OAuth.Refresh"
	OpOAuthExchange Op = "OAuth.Exchange"
	OpOAuthRevoke   Op = "OAuth.Revoke"

	opNewClient  Op = "NewClient"
	opConsentURL Op = "OAuth.ConsentURL"
)

// operation is everything that there is to know about the wire of one
// operation. Retries, scopes, names in errors and logs, version checks and the
// tests of every method are taken from here.
type operation struct {
	op     Op
	method string
	path   string // below /crm/{version}; {…} is an argument
	answer answerKind

	scopes []string // the least that is needed: all of them
	since  int      // the first API version
	params map[string]int
	// repeatable: doing it twice leaves the server as doing it once, so it may be
	// sent again when nobody knows whether the first one arrived.
	repeatable bool
	// documented: the vendor has a page about it. What is only in its SDKs or
	// OpenAPI files is not.
	documented bool
	link       string
}

// answerKind is what a successful answer holds.
type answerKind int

const (
	answerPage    answerKind = iota + 1 // a list; 204 is an empty one
	answerOne                           // a list of one; 204 is "not found"
	answerResults                       // a list of one result; 204 is no answer
	answerBatch                         // a result per item of the request, also under 400; 204 is no answer
)

const (
	scopeGroupsRead   = "ZohoCRM.settings.user_groups.READ"
	scopeGroupsCreate = "ZohoCRM.settings.user_groups.CREATE"
	scopeGroupsUpdate = "ZohoCRM.settings.user_groups.UPDATE"
	scopeGroupsDelete = "ZohoCRM.settings.user_groups.DELETE"
	scopeUsersRead    = "ZohoCRM.users.READ"

	docs = "https://www.zoho.com/crm/developer/docs/api/v8/"
)

// operations is the map of the wire. Adding an operation begins with a row; see
// CONTRIBUTING.md.
var operations = []operation{
	{
		op: OpUserGroupsList, method: http.MethodGet, path: "/settings/user_groups", answer: answerPage,
		scopes: []string{scopeGroupsRead}, since: 6, params: map[string]int{"filters": 7},
		repeatable: true, documented: true, link: docs + "get-user-groups.html",
	},
	{
		op: OpUserGroupsGet, method: http.MethodGet, path: "/settings/user_groups/{id}", answer: answerOne,
		scopes: []string{scopeGroupsRead}, since: 6,
		repeatable: true, documented: true, link: docs + "get-user-groups.html",
	},
	{
		op: OpUserGroupsCreate, method: http.MethodPost, path: "/settings/user_groups", answer: answerResults,
		scopes: []string{scopeGroupsCreate}, since: 6,
		documented: true, link: docs + "create-user-group.html",
	},
	{
		op: OpUserGroupsUpdate, method: http.MethodPut, path: "/settings/user_groups/{id}", answer: answerResults,
		scopes: []string{scopeGroupsUpdate}, since: 6,
		documented: true, link: docs + "update-user-group.html",
	},
	{
		op: OpUserGroupsUpdateMany, method: http.MethodPut, path: "/settings/user_groups", answer: answerBatch,
		scopes: []string{scopeGroupsUpdate}, since: 6, link: docs,
	},
	{
		op: OpUserGroupsDelete, method: http.MethodDelete, path: "/settings/user_groups/{id}", answer: answerResults,
		scopes: []string{scopeGroupsDelete}, since: 6,
		documented: true, link: docs + "delete-user-group.html",
	},
	{
		op: OpUserGroupsDeletionJob, method: http.MethodGet,
		path: "/settings/user_groups/actions/deletion_jobs", answer: answerOne,
		scopes: []string{scopeGroupsRead}, since: 6, repeatable: true, link: docs,
	},
	{
		op: OpUserGroupsListSources, method: http.MethodGet, path: "/settings/user_groups/{id}/sources", answer: answerPage,
		scopes: []string{scopeGroupsRead}, since: 6,
		repeatable: true, documented: true, link: docs + "get-sources-by-type.html",
	},
	{
		op: OpUserGroupsSourcesCount, method: http.MethodGet,
		path: "/settings/user_groups/{id}/actions/sources_count", answer: answerOne,
		scopes: []string{scopeGroupsRead}, since: 6,
		repeatable: true, documented: true, link: docs + "get-sources-count.html",
	},
	{
		op: OpUserGroupsAssociations, method: http.MethodGet,
		path: "/settings/user_groups/{id}/actions/associations", answer: answerPage,
		scopes: []string{scopeGroupsRead}, since: 6,
		repeatable: true, documented: true, link: docs + "user-groups-associations.html",
	},
	{
		op: OpUserGroupsListAssociatedUsersCounts, method: http.MethodGet,
		path: "/settings/user_groups/actions/associated_users_count", answer: answerPage,
		scopes: []string{scopeGroupsRead}, since: 6,
		repeatable: true, documented: true, link: docs + "associated-user-count-user-group.html",
	},
	{
		op: OpUserGroupsGroupedCounts, method: http.MethodGet,
		path: "/settings/user_groups/{id}/associated_users/actions/grouped_counts", answer: answerPage,
		scopes: []string{scopeGroupsRead}, since: 7, repeatable: true, link: docs,
	},
	{
		op: OpUsersList, method: http.MethodGet, path: "/users", answer: answerPage,
		scopes: []string{scopeUsersRead}, since: 6,
		repeatable: true, documented: true, link: docs + "get-users.html",
	},
	{
		op: OpUsersGet, method: http.MethodGet, path: "/users/{user}", answer: answerOne,
		scopes: []string{scopeUsersRead}, since: 6,
		repeatable: true, documented: true, link: docs + "get-users.html",
	},
	{
		op: OpUsersCurrent, method: http.MethodGet, path: "/users", answer: answerOne,
		scopes: []string{scopeUsersRead}, since: 6,
		repeatable: true, documented: true, link: docs + "get-users.html",
	},
	{
		op: OpUsersCount, method: http.MethodGet, path: "/users/actions/count", answer: answerOne,
		scopes: []string{scopeUsersRead}, since: 6,
		repeatable: true, documented: true, link: docs + "get-users.html",
	},
	{
		op: OpUsersListAssociatedGroups, method: http.MethodGet,
		path: "/users/{user}/actions/associated_groups", answer: answerPage,
		scopes: []string{scopeGroupsRead, scopeUsersRead}, since: 6, params: map[string]int{"include": 7},
		repeatable: true, documented: true, link: docs + "associated-groups-of-a-user.html",
	},
}

// compositions says which operations a method is made of that is more than one.
var compositions = map[Op][]Op{
	OpUserGroupsGetByName:           {OpUserGroupsList},
	OpUserGroupsWaitDeleted:         {OpUserGroupsGet, OpUserGroupsDeletionJob},
	OpUserGroupsSetSources:          changeOfSources,
	OpUserGroupsAddSources:          changeOfSources,
	OpUserGroupsRemoveSources:       changeOfSources,
	OpUserGroupsClearSources:        changeOfSources,
	OpUsersFindByEmail:              {OpUsersList},
	OpUsersAssociatedGroupsForUsers: {OpUsersListAssociatedGroups},
}

var changeOfSources = []Op{OpUserGroupsGet, OpUserGroupsListSources, OpUserGroupsSourcesCount, OpUserGroupsUpdate}

// lookup returns op's row. Every Op that this package passes has one: a test
// calls all of them.
func lookup(op Op) *operation {
	i := slices.IndexFunc(operations, func(o operation) bool { return o.op == op })
	return &operations[i]
}

// Scopes returns the least OAuth scopes that a program needs for the operations
// it uses, each once and in alphabetical order: never .ALL. An Op that is none
// of the constants adds nothing. Pass the result to [OAuthConfig.Scopes].
func Scopes(ops ...Op) []string {
	var scopes []string
	for _, o := range operations {
		used := func(op Op) bool { return op == o.op || slices.Contains(compositions[op], o.op) }
		if slices.ContainsFunc(ops, used) {
			scopes = append(scopes, o.scopes...)
		}
	}
	slices.Sort(scopes)
	return slices.Compact(scopes)
}
