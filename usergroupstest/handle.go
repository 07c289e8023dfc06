package usergroupstest

import (
	"fmt"
	"net/http"
	"time"

	"github.com/usergroups-go/usergroups/internal/fakeserver"
)

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

// tooLarge answers a request whose body is. Guess: the contract names no limit and
// no answer to passing it.
func (s *Server) tooLarge(problem *http.MaxBytesError) fakeserver.Reply {
	a := failure(http.StatusRequestEntityTooLarge, "INVALID_DATA", noDetails{}, problem.Error())
	return s.cfg.guesses.reword(a).render()
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
