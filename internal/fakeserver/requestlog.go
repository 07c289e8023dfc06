package fakeserver

import (
	"bytes"
	"net/http"
	"slices"
	"time"
)

// Request is one request that the server has seen, with nothing redacted.
type Request struct {
	Time     time.Time // when it had arrived as a whole, by Config.Now
	Route    string    // "" when none fits
	Method   string
	Path     string // as it was sent, escaped
	RawQuery string
	Header   http.Header
	Body     []byte // at most its first MaxBody bytes; none without a route
	Status   int    // of the answer; 0 when none was sent, or not yet
}

// entry is a request in the log.
type entry struct {
	Request
	api     bool
	serving bool // Admit let it in
}

// arrive writes a request into the log, without a status yet, and counts it as
// being served, unless Admit refuses that.
func (s *Server) arrive(r *http.Request, c Call, body []byte) (*entry, *Reply) {
	e := &entry{
		Request: Request{
			Route:    c.Route,
			Method:   r.Method,
			Path:     r.URL.EscapedPath(),
			RawQuery: r.URL.RawQuery,
			Header:   r.Header.Clone(),
		},
		api: c.API,
	}
	if c.Route != "" { // whoever calls at random must not fill the memory
		e.Body = body
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	e.Time = s.cfg.Now() // under the mutex, for the log to be in order of it
	s.log = append(s.log, e)
	if limit := s.cfg.LogLimit; limit > 0 && len(s.log) > limit {
		s.log = slices.Delete(s.log, 0, len(s.log)-limit)
	}
	if !c.API {
		return e, nil
	}
	s.inFlight++
	s.maxInFlight = max(s.maxInFlight, s.inFlight)
	if s.cfg.Admit != nil {
		if refusal := s.cfg.Admit(s.serving); refusal != nil {
			return e, refusal
		}
	}
	e.serving = true
	s.serving++
	return e, nil
}

// depart notes what a request is answered with; 0 is nothing at all.
func (s *Server) depart(e *entry, status int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	e.Status = status
	if e.api {
		s.inFlight--
	}
	if e.serving {
		s.serving--
	}
}

// Requests returns a copy of the log, in the order of arrival. A request that
// is still being served is among them.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	requests := make([]Request, len(s.log))
	for i, e := range s.log {
		requests[i] = e.Request
		requests[i].Header = e.Header.Clone()
		requests[i].Body = bytes.Clone(e.Body)
	}
	return requests
}

// Count returns how many requests the log has of a route, or of the API as a
// whole for "". It panics on any other.
func (s *Server) Count(route string) int {
	s.checkRoute("Count", route)
	return s.count(func(e *entry) bool {
		if route == "" {
			return e.api
		}
		return e.Route == route
	})
}

// CountFunc returns how many requests in the log are such ones. The function
// must neither change what it gets nor call the server.
func (s *Server) CountFunc(matches func(Request) bool) int {
	return s.count(func(e *entry) bool { return matches(e.Request) })
}

func (s *Server) count(matches func(*entry) bool) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, e := range s.log {
		if matches(e) {
			n++
		}
	}
	return n
}

// MaxInFlight returns the most API requests that were being served at once,
// refused ones among them: from when a request has arrived to just before it is
// answered, or before the last byte of an answer that a fault makes long.
func (s *Server) MaxInFlight() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.maxInFlight
}

// ResetLog empties the log, and makes MaxInFlight what is in flight now. The
// faults stay.
func (s *Server) ResetLog() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.log = nil
	s.maxInFlight = s.inFlight
}
