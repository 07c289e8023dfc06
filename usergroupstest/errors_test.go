package usergroupstest_test

import (
	"testing"

	"github.com/usergroups-go/usergroups/usergroupstest"
)

func TestGuessesOfErrors(t *testing.T) {
	t.Parallel()
	type guesses = usergroupstest.Guesses
	const (
		wrongURL = "/crm/v8/settings/groups"
		ofAmara  = "/crm/v8/users/" + amara + "/actions/associated_groups"
		ofNobody = "/crm/v8/users/" + nobody + "/actions/associated_groups"

		tokenCode = `"code":"INVALID_TOKEN"`
		scopeCode = `"code":"OAUTH_SCOPE_MISMATCH"`
	)
	withToken := func(method, path string, scopes ...string) asking {
		return func(t *testing.T, srv *usergroupstest.Server) answer {
			return send(t, method, srv.URL+path, srv.IssueToken(scopes...), "")
		}
	}
	refused := func(t *testing.T, srv *usergroupstest.Server) answer {
		return send(t, "GET", srv.URL+groupsPath, "unknown", "")
	}
	var (
		groupsScope = withToken("GET", ofAmara, "ZohoCRM.settings.user_groups.READ")
		usersScope  = withToken("GET", ofAmara+"?page=2", "ZohoCRM.users.READ")
		unknownUser = getting(ofNobody)
		patch       = withToken("PATCH", groupsPath)
	)
	testGuesses(t, []guessTest{
		{guesses: guesses{}, ask: refused, want: `401 {"code":"INVALID_TOKEN","details":{},"message":"invalid oauth token","status":"error"}`},
		{guesses: guesses{EmptyDetails: usergroupstest.DetailsNull}, ask: refused, want: `401 {"code":"INVALID_TOKEN","details":null,"message":"invalid oauth token","status":"error"}`},
		{guesses: guesses{EmptyDetails: usergroupstest.DetailsAbsent}, ask: refused, want: `401 {"code":"INVALID_TOKEN","message":"invalid oauth token","status":"error"}`},
		{guesses: guesses{EmptyDetails: usergroupstest.DetailsAbsent}, ask: getting(wrongURL), lacks: "details"},
		{guesses: guesses{EmptyDetails: usergroupstest.DetailsAbsent}, ask: unknownUser, has: `"details":{"resource_path_index":1}`},

		{guesses: guesses{}, ask: usersScope, want: `401 {"code":"OAUTH_SCOPE_MISMATCH","details":{},"message":"invalid oauth scope to access this URL","status":"error"}`},
		{
			guesses: guesses{ScopeMismatch: usergroupstest.ScopeMismatchRequest}, ask: usersScope,
			want: `401 {"code":"OAUTH_SCOPE_MISMATCH","details":{"method":"GET","url":"` + ofAmara + `"},"message":"invalid oauth scope to access this URL","status":"error"}`,
		},
		{guesses: guesses{ScopeMismatch: usergroupstest.ScopeMismatchUnauthorized}, ask: usersScope, want: `401 {"code":"OAUTH_SCOPE_MISMATCH","message":"Unauthorized","status":"error"}`},
		{guesses: guesses{EmptyDetails: usergroupstest.DetailsNull}, ask: usersScope, has: `"details":null`},

		{guesses: guesses{}, ask: groupsScope, has: scopeCode},
		{guesses: guesses{GroupsScopeOnly: true}, ask: groupsScope, want: "200 Leadership,All Hands"},
		{guesses: guesses{GroupsScopeOnly: true}, ask: usersScope, has: scopeCode},

		{guesses: guesses{AuthenticationFailure: true}, ask: refused, want: `401 {"code":"AUTHENTICATION_FAILURE","details":{},"message":"Authentication failed","status":"error"}`},
		{guesses: guesses{AuthenticationFailure: true}, ask: usersScope, has: scopeCode, lacks: tokenCode},

		{guesses: guesses{}, ask: unknownUser, has: `"details":{"resource_path_index":1}`},
		{guesses: guesses{UserPathIndex: 1}, ask: unknownUser, has: `"details":{"resource_path_index":1}`},
		{guesses: guesses{UserPathIndex: 2}, ask: unknownUser, has: `"details":{"resource_path_index":2}`},

		{guesses: guesses{}, ask: getting(wrongURL), has: `"code":"INVALID_URL_PATTERN"`},
		{guesses: guesses{URLRuleNotConfigured: true}, ask: getting(wrongURL), want: `404 {"code":"URL_RULE_NOT_CONFIGURED","details":{},"message":"Please check if the URL trying to access is a correct one","status":"error"}`},
		{guesses: guesses{URLRuleNotConfigured: true}, ask: getting(groupsPath + "/x"), has: "URL_RULE_NOT_CONFIGURED"},

		{guesses: guesses{}, ask: patch, want: `400 {"code":"INVALID_REQUEST_METHOD","details":{},"message":"The http request method type is not a valid one","status":"error"}`},
		{guesses: guesses{MethodNotAllowed: true}, ask: patch, want: `405 {"code":"METHOD_NOT_ALLOWED","details":{},"message":"The http request method type is not a valid one","status":"error"}`},
	})
}
