package usergroups

import (
	"net/http"
	"slices"
	"strings"
)

// Op names an operation of the API, as in [Error.Op] and [Event.Op].
type Op string

// The operations.
const (
	OpUserGroupsList                      Op = "UserGroups.List"
	OpUserGroupsGet                       Op = "UserGroups.Get"
	OpUserGroupsCreate                    Op = "UserGroups.Create"
	OpUserGroupsDelete                    Op = "UserGroups.Delete"
	OpUserGroupsListAssociatedUsersCounts Op = "UserGroups.ListAssociatedUsersCounts"
	OpUsersListAssociatedGroups           Op = "Users.ListAssociatedGroups"
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
	answerResults                       // a result per item of the request; 204 is no answer
)

const (
	scopeGroupsRead   = "ZohoCRM.settings.user_groups.READ"
	scopeGroupsCreate = "ZohoCRM.settings.user_groups.CREATE"
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
		op: OpUserGroupsDelete, method: http.MethodDelete, path: "/settings/user_groups/{id}", answer: answerResults,
		scopes: []string{scopeGroupsDelete}, since: 6,
		documented: true, link: docs + "delete-user-group.html",
	},
	{
		op: OpUserGroupsListAssociatedUsersCounts, method: http.MethodGet,
		path: "/settings/user_groups/actions/associated_users_count", answer: answerPage,
		scopes: []string{scopeGroupsRead}, since: 6,
		repeatable: true, documented: true, link: docs + "associated-user-count-user-group.html",
	},
	{
		op: OpUsersListAssociatedGroups, method: http.MethodGet,
		path: "/users/{user}/actions/associated_groups", answer: answerPage,
		scopes: []string{scopeGroupsRead, scopeUsersRead}, since: 6, params: map[string]int{"include": 7},
		repeatable: true, documented: true, link: docs + "associated-groups-of-a-user.html",
	},
}

// lookup returns op's row. Every Op that this package passes has one: a test
// calls all of them.
func lookup(op Op) *operation {
	i := slices.IndexFunc(operations, func(o operation) bool { return o.op == op })
	return &operations[i]
}

// segments fills the arguments into the path, one each.
func (o *operation) segments(args []string) []string {
	segments := strings.Split(strings.TrimPrefix(o.path, "/"), "/")
	for i, s := range segments {
		if strings.HasPrefix(s, "{") {
			segments[i], args = args[0], args[1:]
		}
	}
	return segments
}

// Scopes returns the least OAuth scopes that a program needs for the operations
// it uses, each once and in alphabetical order: never .ALL. An Op that is none
// of the constants adds nothing. Pass the result to [OAuthConfig.Scopes].
func Scopes(ops ...Op) []string {
	var scopes []string
	for _, o := range operations {
		if slices.Contains(ops, o.op) {
			scopes = append(scopes, o.scopes...)
		}
	}
	slices.Sort(scopes)
	return slices.Compact(scopes)
}
