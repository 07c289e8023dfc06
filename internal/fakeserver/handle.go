package fakeserver

import (
	"context"
	"errors"
	"io"
	"net/http"
	"time"
)

// MaxBody is the most bytes that a request body may have.
const MaxBody = 1 << 20

// Call is a request after the fake has understood it.
type Call struct {
	Route string // one of Config.Routes; "" when none fits
	API   bool   // of the API itself, known or not: what waits, is counted, and is hit by faults without a route

	// Work does what is asked for, also if that is to refuse, and returns the
	// answer.
	Work func() Reply
}

// RedirectTarget is the path that [Redirect] leads to, and its own route. It
// answers {} with status 200 to any method.
const RedirectTarget = "/redirected"

func (s *Server) resolve(r *http.Request, body []byte) Call {
	if r.URL.EscapedPath() == RedirectTarget {
		return Call{Route: RedirectTarget, Work: func() Reply { return JSON(http.StatusOK, nil, struct{}{}) }}
	}
	return s.cfg.Resolve(r, body)
}

// serve is the way of every request: read, logged, worked on, delayed,
// answered. A fault can replace the answer, and most faults the work too.
func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	if !s.enter() {
		reset(w)
		return
	}
	defer s.handlers.Done()

	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, MaxBody))
	tooLarge, isTooLarge := errors.AsType[*http.MaxBytesError](err)
	if err != nil && !isTooLarge {
		reset(w) // the client left before it had sent everything
		return
	}

	c := s.resolve(r, body)
	if isTooLarge {
		c.Work = func() Reply { return s.cfg.TooLarge(tooLarge) }
	}
	e, refusal := s.arrive(r, c, body)
	var fault Fault
	hit := false
	if refusal == nil {
		fault, hit = s.takeFault(c, r.Host)
	}

	var rep Reply
	switch {
	case refusal != nil:
		rep = *refusal
	case !hit || fault.Applied || fault.Kind.sendsAnswer():
		rep = c.Work()
	}
	if c.API && !s.pause(r.Context(), s.cfg.Latency) {
		s.depart(e, 0)
		reset(w)
		return
	}
	if hit {
		s.fail(w, r, fault, rep, func(status int) { s.depart(e, status) })
		return
	}
	// The request departs before its answer does: a client that has read the
	// answer finds the log complete, and its next request does not overlap
	// with this one in MaxInFlight.
	s.depart(e, rep.Status)
	rep.sendAll(w)
}

// pause waits for d. It returns false when the client leaves or the server
// closes meanwhile.
func (s *Server) pause(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
	case <-s.closed:
	}
	return false
}
