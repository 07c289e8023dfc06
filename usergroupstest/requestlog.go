package usergroupstest

import (
	"bytes"
	"fmt"
	"net/http"
	"slices"
	"time"
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

	api     bool
	refresh bool
	serving bool // it counts for the concurrency limit
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

// arrive writes a request into the log, without a status yet, and counts it as
// being served, unless the concurrency limit refuses that.
func (s *Server) arrive(r *http.Request, c call) (*Request, *answer) {
	entry := &Request{
		Route:    c.route,
		Method:   r.Method,
		Path:     r.URL.EscapedPath(),
		RawQuery: r.URL.RawQuery,
		Header:   r.Header.Clone(),
		api:      c.api,
		refresh:  c.route == tokenRoute && s.tokenForm(c).Get("grant_type") == "refresh_token",
	}
	if c.route != "" { // whoever calls at random must not fill the memory
		entry.Body = c.body
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	entry.Time = s.now() // under the mutex, for the log to be in order of it
	s.log = append(s.log, entry)
	if limit := s.cfg.logLimit; limit > 0 && len(s.log) > limit {
		s.log = slices.Delete(s.log, 0, len(s.log)-limit)
	}
	if c.api {
		s.inFlight++
		s.maxInFlight = max(s.maxInFlight, s.inFlight)
	}
	return entry, s.admit(entry)
}

// depart notes what a request is answered with; 0 is nothing at all.
func (s *Server) depart(entry *Request, c call, status int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	entry.Status = status
	if c.api {
		s.inFlight--
	}
	if entry.serving {
		s.limits.serving--
	}
}

// Requests returns a copy of the log: every request, to wherever it went, in
// the order of arrival. A request that is still being served is among them.
//
// The log keeps bodies as well, and grows with every request until
// [Server.ResetLog], unless [WithLogLimit] limits it.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	requests := make([]Request, len(s.log))
	for i, entry := range s.log {
		requests[i] = *entry
		requests[i].Header = entry.Header.Clone()
		requests[i].Body = bytes.Clone(entry.Body)
	}
	return requests
}

// Count returns how many requests the log has of a route, spelled as in
// [Routes]. Count("") returns how many it has of the API as a whole, which is
// everything below /crm, known or not. Count panics on any other route.
func (s *Server) Count(route string) int {
	checkRoute("Count", route)
	return s.countLog(func(entry *Request) bool {
		if route == "" {
			return entry.api
		}
		return entry.Route == route
	})
}

// Refreshes returns how many requests the token endpoint has seen that asked
// for a new access token with grant_type=refresh_token, whatever became of
// them.
func (s *Server) Refreshes() int {
	return s.countLog(func(entry *Request) bool { return entry.refresh })
}

func (s *Server) countLog(matches func(*Request) bool) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, entry := range s.log {
		if matches(entry) {
			n++
		}
	}
	return n
}

// MaxInFlight returns the most API requests that were being served at once:
// from when a request has arrived to just before it is answered, or before the
// last byte of an answer that a fault makes long. A request that is kept
// silent is served until the server has seen the client leave. Requests that
// [WithConcurrencyLimit] refuses are among them.
func (s *Server) MaxInFlight() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.maxInFlight
}

// ResetLog empties the log, and with it everything that [Server.Requests],
// [Server.Count], [Server.Refreshes], [Server.TokensIssued] and
// [Server.MaxInFlight] return. The state, the tokens and the faults stay.
func (s *Server) ResetLog() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.log = nil
	s.tokens.issued = 0
	s.maxInFlight = s.inFlight
}
