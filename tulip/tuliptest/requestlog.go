package tuliptest

import (
	"fmt"
	"net/http"
	"time"
)

// Request is one request that the server has seen. Nothing in it is
// redacted, so that a test can look at the Authorization header.
type Request struct {
	Time   time.Time // when it had arrived as a whole
	Route  string    // as in [Routes]; "" when none fits
	Method string
	Path   string // as it was sent, escaped
	// RawQuery is the query as it was sent, without the question mark.
	RawQuery string
	Header   http.Header
	Body     []byte // at most its first MiB; none without a route
	Status   int    // of the answer; 0 when none was sent, or not yet
}

// WithLogLimit has the log keep only the newest n requests, for servers that
// run for long: [Server.Requests] and [Server.Count] know of no others then.
// Without the option, or with an n of 0, it keeps them all.
// WithLogLimit panics when n is negative.
func WithLogLimit(n int) Option {
	if n < 0 {
		panic(fmt.Sprintf("tuliptest: WithLogLimit(%d): below zero", n))
	}
	return func(c *config) { c.logLimit = n }
}

// Requests returns a copy of the log: every request, to wherever it went, in
// the order of arrival. A request that is still being served is among them.
//
// The log grows with every request until [Server.ResetLog], unless [WithLogLimit]
// limits it.
func (s *Server) Requests() []Request {
	log := s.http.Requests()
	requests := make([]Request, len(log))
	for i, r := range log {
		requests[i] = Request(r)
	}
	return requests
}

// Count returns how many requests the log has of a route, spelled as in
// [Routes]. Count("") returns how many it has of the API as a whole, which is
// everything below /api, known or not. Count panics on any other route.
func (s *Server) Count(route string) int { return s.http.Count(route) }

// MaxInFlight returns the most API requests that were being served at once:
// from when a request has arrived to just before it is answered, or before the
// last byte of an answer that a fault makes long. A request that is kept
// silent is served until the server has seen the client leave.
func (s *Server) MaxInFlight() int { return s.http.MaxInFlight() }

// ResetLog empties the log, and with it everything that [Server.Requests],
// [Server.Count] and [Server.MaxInFlight] return. The state and the faults stay.
func (s *Server) ResetLog() { s.http.ResetLog() }
