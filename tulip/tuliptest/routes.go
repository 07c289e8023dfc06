package tuliptest

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/usergroups-go/usergroups/internal/fakeserver"
)

// base is what stands before the paths of all operations.
const base = "/api/users/v1"

// route is one operation of the API. All are reads.
type route struct {
	path  string                               // below base
	serve func(*Server, call) fakeserver.Reply // runs with Server.mu held
}

// routes is all that the fake serves.
var routes = []route{
	{"/users", (*Server).listUsers},
	{"/users/{id}", (*Server).getUser},
	{"/users/{id}/user-groups", (*Server).listGroupsOfUser},
	{"/user-groups", (*Server).listUserGroups},
	{"/user-groups/{id}", (*Server).getUserGroup},
	{"/user-groups/{id}/users", (*Server).listUsersOfGroup},
	{"/roles", (*Server).listRoles},
	{"/roles/{id}", (*Server).getRole},
}

func (rt route) name() string { return http.MethodGet + " " + rt.path }

// Routes returns the operations that the fake serves, as method and path
// below /api/users/v1:
//
//	GET /users
//	GET /users/{id}
//	GET /users/{id}/user-groups
//	GET /user-groups
//	GET /user-groups/{id}
//	GET /user-groups/{id}/users
//	GET /roles
//	GET /roles/{id}
//
// These are the spellings for [Fault], [Request] and [Server.Count]. Beside
// them there is the page [RedirectTarget], whose name is its path.
func Routes() []string {
	names := make([]string, len(routes))
	for i, rt := range routes {
		names[i] = rt.name()
	}
	return names
}

// call is a request after its URL was understood.
type call struct {
	serve   func(*Server, call) fakeserver.Reply
	id      string // the path's {id}, unescaped
	refusal *fakeserver.Reply

	origin string // scheme and host that were called
	path   string // escaped
	header http.Header
	query  url.Values
	broken bool // the query cannot be read as a whole
	body   []byte
}

// resolve finds out what a request asks for. What is wrong with its path or
// method ends up in the call's refusal.
func (s *Server) resolve(r *http.Request, body []byte) fakeserver.Call {
	path := r.URL.EscapedPath()
	query, err := url.ParseQuery(r.URL.RawQuery)
	c := call{
		origin: s.http.CalledURL(r.Host), path: path, header: r.Header,
		query: query, broken: err != nil, body: body,
	}
	name := ""
	if rt, id, ok := match(path); !ok {
		c.refusal = new(s.unnamed(http.StatusNotFound, codeNotFound, "There is nothing at this address."))
	} else if r.Method != http.MethodGet {
		refusal := s.unnamed(http.StatusMethodNotAllowed, codeMethod, "This address can only be read.")
		refusal.Header.Set("Allow", http.MethodGet)
		c.refusal = &refusal
	} else {
		name, c.serve, c.id = rt.name(), rt.serve, id
	}
	return fakeserver.Call{
		Route: name,
		API:   strings.HasPrefix(path, "/api/"),
		Work:  func() fakeserver.Reply { return s.work(c) },
	}
}

func match(path string) (rt route, id string, ok bool) {
	below, ok := strings.CutPrefix(path, base+"/")
	if !ok {
		return route{}, "", false
	}
	segments := strings.Split(below, "/")
	for _, rt := range routes {
		if id, ok := fakeserver.MatchPath(rt.path, segments); ok {
			return rt, id, true
		}
	}
	return route{}, "", false
}

// work does what a call asks for and returns the answer. Guess: what is wrong
// with the address is told before anything else, then what is wrong with the
// headers, then the token, and only then body and parameters are looked at.
func (s *Server) work(c call) fakeserver.Reply {
	if c.refusal != nil {
		return *c.refusal
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, check := range []func(call) *fakeserver.Reply{checkHeaders, s.authorize, checkBody, checkQuery} {
		if refusal := check(c); refusal != nil {
			return *refusal
		}
	}
	return c.serve(s, c)
}
