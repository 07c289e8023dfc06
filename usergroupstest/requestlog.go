package usergroupstest

import (
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/usergroups-go/usergroups/internal/fakeserver"
)

// Request is one request that the server has seen. Nothing in it is
// redacted, so that a test can look at the Authorization header and at what
// the token endpoint was sent.
type Request struct {
	Time   time.Time // when it had arrived as a whole, by [Server.Now]
	Route  string    // as in [Routes]; "" when none fits
	Method string
	Path   string // as it was sent, escaped
	// RawQuery is the query as it was sent, without the question mark.
	RawQuery string
	Header   http.Header
	Body     []byte // at most its first MiB; none without a route
	Status   int    // of the answer; 0 when none was sent, or not yet

	_ struct{} // a literal has to name the fields that it sets
}

// WithLogLimit has the log keep only the newest n requests, for servers that
// run for long: [Server.Requests], [Server.Count] and [Server.Refreshes] know
// of no others then. Without the option, or with an n of 0, it keeps them all.
// WithLogLimit panics when n is negative.
func WithLogLimit(n int) Option {
	if n < 0 {
		panic(fmt.Sprintf("usergroupstest: WithLogLimit(%d): below zero", n))
	}
	return func(c *config) { c.logLimit = n }
}

// Requests returns a copy of the log: every request, to wherever it went, in
// the order of arrival. A request that is still being served is among them.
//
// The log keeps bodies as well, and grows with every request until
// [Server.ResetLog], unless [WithLogLimit] limits it.
func (s *Server) Requests() []Request {
	log := s.http.Requests()
	requests := make([]Request, len(log))
	for i, r := range log {
		requests[i] = Request{
			Time: r.Time, Route: r.Route, Method: r.Method, Path: r.Path, RawQuery: r.RawQuery,
			Header: r.Header, Body: r.Body, Status: r.Status,
		}
	}
	return requests
}

// Count returns how many requests the log has of a route, spelled as in
// [Routes]. Count("") returns how many it has of the API as a whole, which is
// everything below /crm, known or not. Count panics on any other route.
func (s *Server) Count(route string) int { return s.http.Count(route) }

// Refreshes returns how many requests the token endpoint has seen that asked
// for a new access token with grant_type=refresh_token, whatever became of
// them.
func (s *Server) Refreshes() int { return s.http.CountFunc(s.isRefresh) }

func (s *Server) isRefresh(r fakeserver.Request) bool {
	if r.Route != tokenRoute {
		return false
	}
	query, _ := url.ParseQuery(r.RawQuery) // as resolve does
	return s.tokenForm(call{header: r.Header, query: query, body: r.Body}).Get("grant_type") == "refresh_token"
}

// MaxInFlight returns the most API requests that were being served at once:
// from when a request has arrived to just before it is answered, or before the
// last byte of an answer that a fault makes long. A request that is kept
// silent is served until the server has seen the client leave. Requests that
// [WithConcurrencyLimit] refuses are among them.
func (s *Server) MaxInFlight() int { return s.http.MaxInFlight() }

// ResetLog empties the log, and with it everything that [Server.Requests],
// [Server.Count], [Server.Refreshes], [Server.TokensIssued] and
// [Server.MaxInFlight] return. The state, the tokens and the faults stay.
func (s *Server) ResetLog() {
	s.http.ResetLog()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tokens.issued = 0
}
