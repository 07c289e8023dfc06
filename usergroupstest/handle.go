package usergroupstest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

// maxBody is the most bytes that a request body may have.
const maxBody = 1 << 20

// WithLatency delays every answer of the API by d in real time; the accounts
// server stays fast. The work is done before the wait: a client that gives up
// on a create while it waits has created the group.
// WithLatency panics when d is negative.
func WithLatency(d time.Duration) Option {
	if d < 0 {
		panic(fmt.Sprintf("usergroupstest: WithLatency(%v): below zero", d))
	}
	return func(c *config) { c.latency = d }
}

// serve is the way of every request: read, logged, worked on, delayed,
// answered. A fault can replace the answer, and most faults the work too.
func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	if !s.enter() {
		reset(w)
		return
	}
	defer s.handlers.Done()

	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	tooLarge, isTooLarge := errors.AsType[*http.MaxBytesError](err)
	if err != nil && !isTooLarge {
		reset(w) // the client left before it had sent everything
		return
	}

	c := resolve(r, body)
	if isTooLarge {
		// Guess: the contract names no limit and no answer to passing it.
		c.refusal = new(failure(http.StatusRequestEntityTooLarge, "INVALID_DATA", noDetails{}, tooLarge.Error()))
	}
	entry, refusal := s.arrive(r, c)
	var fault Fault
	hit := false
	if refusal == nil {
		fault, hit = s.takeFault(c)
	}

	var rep reply
	switch {
	case refusal != nil:
		rep = s.cfg.guesses.reword(*refusal).render()
	case !hit || fault.Applied || fault.Kind.sendsAnswer():
		rep = s.work(c).render()
	}
	if c.api && !s.pause(r.Context(), s.cfg.latency) {
		s.depart(entry, c, 0)
		reset(w)
		return
	}
	if hit {
		s.fail(w, r, fault, rep, func(status int) { s.depart(entry, c, status) })
		return
	}
	// The request departs before its answer does: a client that has read the
	// answer finds the log complete, and its next request does not overlap
	// with this one in MaxInFlight.
	s.depart(entry, c, rep.status)
	rep.sendAll(w)
}

// work does what a call asks for and returns the answer.
func (s *Server) work(c call) answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.cfg.guesses.reword(s.decide(c))
}

func (s *Server) decide(c call) answer {
	if c.refusal != nil {
		return *c.refusal
	}
	if !c.api {
		return c.serve(s, c)
	}
	if s.cfg.guesses.GroupsScopeOnly {
		c.scopes = c.scopes[:1] // the others are of users
	}
	if refusal := s.authorize(c); refusal != nil {
		return *refusal
	}
	if refusal := s.pay(); refusal != nil {
		return s.tellCredits(*refusal)
	}
	if refusal := s.permit(); refusal != nil {
		return s.tellCredits(*refusal)
	}
	return s.tellCredits(c.serve(s, c))
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
