package usergroupstest

import (
	"fmt"
	"math"
	"time"
)

// now is the server's clock: real time, and what [Server.Advance] has added.
// Whatever lives, dies or is counted by time asks it, never time.Now, with or
// without Server.mu held.
func (s *Server) now() time.Time {
	return time.Now().Add(time.Duration(s.ahead.Load()))
}

// Now returns the time by the server's clock. It is real time until the first
// [Server.Advance].
func (s *Server) Now() time.Time { return s.now() }

// Advance moves the server's clock forwards by d at once: access tokens and
// codes grow old, the windows of limits pass by, groups and users get a
// later created_time and the log later times. Whatever waits, as under
// [WithLatency], goes on waiting in real time.
//
// Clients do not notice: one that reckons with expires_in goes on using a
// token that is over by the server's clock, and is answered INVALID_TOKEN. The
// client of this module then gets another one, but at most once in a real minute.
//
// Advance panics when d is negative, or takes the clock more than 292 years
// ahead, which is as far as a Duration goes.
func (s *Server) Advance(d time.Duration) {
	s.mu.Lock() // two at once add up
	defer s.mu.Unlock()
	ahead := s.ahead.Load()
	if d < 0 || ahead > math.MaxInt64-int64(d) {
		panic(fmt.Sprintf("usergroupstest: Advance(%v): the clock goes forwards only, by 292 years in all", d))
	}
	s.ahead.Store(ahead + int64(d))
}
