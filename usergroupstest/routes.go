package usergroupstest

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/usergroups-go/usergroups/internal/fakeserver"
)

// route is one operation of the API.
type route struct {
	method string
	path   string // below /crm/{version}
	scopes []scopeNeed
	serve  func(*Server, call) answer // runs with Server.mu held
}

// routes is all that the fake serves of the API.
var routes = []route{
	{"GET", "/settings/user_groups", []scopeNeed{groupsRead}, (*Server).listGroups},
	{"GET", "/settings/user_groups/{id}", []scopeNeed{groupsRead}, (*Server).getGroup},
	{"POST", "/settings/user_groups", []scopeNeed{groupsCreate}, (*Server).createGroups},
	{"PUT", "/settings/user_groups/{id}", []scopeNeed{groupsUpdate}, (*Server).updateGroup},
	{"PUT", "/settings/user_groups", []scopeNeed{groupsUpdate}, (*Server).updateGroups},
	{"DELETE", "/settings/user_groups/{id}", []scopeNeed{groupsDelete}, (*Server).deleteGroup},
	{"GET", "/settings/user_groups/{id}/sources", []scopeNeed{groupsRead}, (*Server).listSources},
	{"GET", "/settings/user_groups/{id}/actions/sources_count", []scopeNeed{groupsRead}, (*Server).getSourcesCount},
	{"GET", "/settings/user_groups/actions/deletion_jobs", []scopeNeed{groupsRead}, (*Server).getDeletionJob},
	{"GET", "/settings/user_groups/actions/associated_users_count", []scopeNeed{groupsRead}, (*Server).countUsers},
	{"GET", "/settings/user_groups/{id}/actions/associations", []scopeNeed{groupsRead}, (*Server).listAssociations},
	{"GET", "/settings/user_groups/{id}/associated_users/actions/grouped_counts", []scopeNeed{groupsRead}, (*Server).countByStatus},
	{"GET", "/users", []scopeNeed{usersRead}, (*Server).listUsers},
	{"GET", "/users/{user}", []scopeNeed{usersRead}, (*Server).getUser},
	{"GET", "/users/actions/count", []scopeNeed{usersRead}, (*Server).countUsersOfType},
	{"GET", "/users/{user}/actions/associated_groups", []scopeNeed{groupsRead, usersRead}, (*Server).listGroupsOfUser},
}

// firstVersions has the routes that came after v6.
var firstVersions = map[string]int{
	"GET /settings/user_groups/{id}/associated_users/actions/grouped_counts": 7,
}

func (rt route) name() string { return rt.method + " " + rt.path }

// The routes of the accounts server. They are not in routes, because they
// have no version, need no token and answer in a form of their own.
const (
	authPath   = "/oauth/v2/auth"
	tokenPath  = "/oauth/v2/token"
	revokePath = "/oauth/v2/token/revoke"

	consentRoute = "GET " + authPath
	decideRoute  = "POST " + authPath
	tokenRoute   = "POST " + tokenPath
	revokeRoute  = "POST " + revokePath
)

// Routes returns the operations that the fake serves, as method and path
// below /crm/{version}:
//
//	GET /settings/user_groups
//	GET /settings/user_groups/{id}
//	POST /settings/user_groups
//	PUT /settings/user_groups/{id}
//	PUT /settings/user_groups
//	DELETE /settings/user_groups/{id}
//	GET /settings/user_groups/{id}/sources
//	GET /settings/user_groups/{id}/actions/sources_count
//	GET /settings/user_groups/actions/deletion_jobs
//	GET /settings/user_groups/actions/associated_users_count
//	GET /settings/user_groups/{id}/actions/associations
//	GET /settings/user_groups/{id}/associated_users/actions/grouped_counts
//	GET /users
//	GET /users/{user}
//	GET /users/actions/count
//	GET /users/{user}/actions/associated_groups
//
// These are the spellings for [Fault], [Request] and [Server.Count]. Beside
// them there are those of the accounts server, "GET /oauth/v2/auth" and
// "POST /oauth/v2/auth", "POST /oauth/v2/token" and
// "POST /oauth/v2/token/revoke", and the pages [RedirectTarget] and
// [CallbackPath], whose names are their paths.
func Routes() []string {
	names := make([]string, len(routes))
	for i, rt := range routes {
		names[i] = rt.name()
	}
	return names
}

// loggedRoutes is what a request can have as its route, beside RedirectTarget.
func loggedRoutes() []string {
	return append(Routes(), consentRoute, decideRoute, tokenRoute, revokeRoute, CallbackPath)
}

// call is a request after its URL was understood.
type call struct {
	route   string // its name; "" when no route fits
	api     bool   // below /crm, whether a route fits or not
	serve   func(*Server, call) answer
	scopes  []scopeNeed
	version int
	id      string // the path's {id} or {user}, unescaped
	refusal *answer

	host   string // that the request was sent to
	method string
	path   string // escaped
	header http.Header
	query  url.Values
	body   []byte
}

// resolve finds out what a request asks for.
func (s *Server) resolve(r *http.Request, body []byte) fakeserver.Call {
	c := parseCall(r, body)
	return fakeserver.Call{Route: c.route, API: c.api, Work: func() fakeserver.Reply { return s.work(c).render() }}
}

// parseCall understands a request's URL. What is wrong with it or with the method
// ends up in the call's refusal.
func parseCall(r *http.Request, body []byte) call {
	path := r.URL.EscapedPath()
	c := call{host: r.Host, method: r.Method, path: path, header: r.Header, body: body}
	query, queryErr := url.ParseQuery(r.URL.RawQuery)
	c.query = query

	if rest, ok := strings.CutPrefix(path, "/crm/"); ok {
		c.api = true
		c.resolveAPI(r.Method, strings.Split(rest, "/"))
		if queryErr != nil && c.refusal == nil {
			// Guess: the contract has no answer to broken percent-encoding.
			// A parameter that silently counts as absent would be worse.
			c.refusal = new(failure(http.StatusBadRequest, "INVALID_DATA", noDetails{}, "invalid query string"))
		}
		return c
	}

	switch {
	case path == authPath && queryErr != nil:
		c.refusal = consentError("Invalid link", "The query cannot be read.") // guess
	case r.Method == http.MethodGet && path == authPath:
		c.route, c.serve = consentRoute, (*Server).showConsent
	case r.Method == http.MethodPost && path == authPath:
		c.route, c.serve = decideRoute, (*Server).decideConsent
	case r.Method == http.MethodPost && path == tokenPath:
		c.route, c.serve = tokenRoute, (*Server).issueToken
	case r.Method == http.MethodPost && path == revokePath:
		c.route, c.serve = revokeRoute, (*Server).revokeToken
	case path == authPath:
		c.refusal = wrongMethod("GET, POST")
	case path == tokenPath || path == revokePath:
		c.refusal = wrongMethod("POST")
	case path == CallbackPath && queryErr == nil:
		c.route, c.serve = CallbackPath, (*Server).showCode
	default:
		c.refusal = new(invalidURL())
	}
	return c
}

// wrongMethod is the accounts server's. Guess: the contract does not have it.
func wrongMethod(allow string) *answer {
	return &answer{
		status: http.StatusMethodNotAllowed,
		body:   oauthError{Error: "invalid_request"},
		header: http.Header{"Allow": {allow}},
	}
}

// resolveAPI takes the segments after /crm/: the version, then a route's path.
func (c *call) resolveAPI(method string, segments []string) {
	version, known := parseVersion(segments[0])
	if !known {
		c.refusal = new(invalidURL())
		return
	}
	c.version = version

	pathKnown := false
	for _, rt := range routes {
		id, ok := fakeserver.MatchPath(rt.path, segments[1:])
		if !ok || version < firstVersions[rt.name()] {
			continue
		}
		pathKnown = true
		if rt.method != method {
			continue
		}
		c.route, c.serve, c.scopes, c.id = rt.name(), rt.serve, rt.scopes, id
		// Up to v8 ids are numbers; from v9 on they may be UUIDs.
		if id != "" && version <= 8 && !isDecimal(id) {
			c.refusal = new(invalidURL())
		}
		return
	}
	if pathKnown {
		c.refusal = new(failure(http.StatusBadRequest, "INVALID_REQUEST_METHOD", noDetails{}, "The http request method type is not a valid one"))
		return
	}
	c.refusal = new(invalidURL())
}

// parseVersion understands v6 and everything later. Of the earlier versions
// nothing is known that would be worth imitating.
func parseVersion(segment string) (version int, ok bool) {
	digits, ok := strings.CutPrefix(segment, "v")
	if !ok || !isDecimal(digits) || digits[0] == '0' {
		return 0, false
	}
	version, err := strconv.Atoi(digits)
	return version, err == nil && version >= 6
}

func isDecimal(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}
