package usergroupstest

import (
	"crypto/rand"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/usergroups-go/usergroups/internal/fakeserver"
)

// WithConcurrencyLimit answers 429 to an API call that comes while n others
// are being served. The vendor allows an organisation, per application, 5 in
// the Free edition, 10 in Standard, 15 in Professional, 20 in Enterprise and
// 25 in Ultimate. Without the option, or with an n of 0, there is no limit.
//
// A call is being served from when it has arrived to just before the end of
// its answer: one that waits for [WithLatency], that is kept silent or that is
// answered slowly counts all the while. A refused call does not count, nothing
// of it is done, its token is not looked at and no [Fault] hits it; latency
// delays its answer like any other. The token endpoint has no such limit.
//
// [WithTooManyRequests] chooses the form of the 429.
// WithConcurrencyLimit panics when n is negative.
func WithConcurrencyLimit(n int) Option {
	if n < 0 {
		panic(fmt.Sprintf("usergroupstest: WithConcurrencyLimit(%d): below zero", n))
	}
	return func(c *config) { c.concurrencyLimit = n }
}

// WithDailyCredits gives the organisation n credits for any 24 hours; when
// they are used up the answer is 429, in the same form as that of
// [WithConcurrencyLimit]. From when half of them are used on, the answers to
// calls that have cost one, and that 429, tell in the header
// X-API-CREDITS-REMAINING how many are left.
//
// The vendor gives 5,000 credits in the Free edition, 50,000 and 250 for each
// user in Standard (at most 100,000), and 50,000 and 500, 1,000 or 2,000 for
// each user in Professional (at most 3,000,000), Enterprise (at most
// 5,000,000) and Ultimate. Without the option, or with an n of 0, there is no
// limit.
//
// Each call costs one credit, as the vendor documents for calls like these.
// Guess: that is every call whose URL and method fit a route and whose token
// is good and has the scopes, whatever it is answered then. All others cost
// nothing; nor does one that is refused for being one too many, or one that a
// [Fault] keeps from being worked on.
// WithDailyCredits panics when n is negative.
func WithDailyCredits(n int) Option {
	if n < 0 {
		panic(fmt.Sprintf("usergroupstest: WithDailyCredits(%d): below zero", n))
	}
	return func(c *config) { c.dailyCredits = n }
}

// TooManyRequests is the form of a 429, of which the vendor documents little. The
// zero value is code TOO_MANY_REQUESTS without a word on how long to wait.
type TooManyRequests struct {
	// RateLimitExceeded makes the code RATE_LIMIT_EXCEEDED, which newer parts
	// of the API use.
	RateLimitExceeded bool
	// RetryAfter puts the wait into the header Retry-After.
	RetryAfter RetryAfter
	// Details puts it into details, beside limit, window and trace_id.
	Details bool
	// Wait is how long a call is told to wait for others to end; 0 is 60
	// seconds, fractions of a second are rounded up. It is only told: a call
	// that comes earlier is served when there is room. With the day's credits
	// used up, the wait told is the time until the next one is there.
	Wait time.Duration
}

// RetryAfter is a value of [TooManyRequests].
type RetryAfter int

// The forms of the header Retry-After.
const (
	RetryAfterAbsent  RetryAfter = iota
	RetryAfterSeconds            // 60
	RetryAfterDate               // Wed, 23 Nov 2022 09:59:12 GMT
)

// WithTooManyRequests chooses the form in which [WithConcurrencyLimit] and
// [WithDailyCredits] refuse.
// It panics on a value that does not exist.
func WithTooManyRequests(t TooManyRequests) Option {
	if !slices.Contains(upTo(RetryAfterDate), int(t.RetryAfter)) {
		panic(fmt.Sprintf("usergroupstest: TooManyRequests.RetryAfter: no value %d", t.RetryAfter))
	}
	if t.Wait < 0 {
		panic(fmt.Sprintf("usergroupstest: TooManyRequests.Wait: %v is below zero", t.Wait))
	}
	if t.Wait == 0 {
		t.Wait = defaultWait
	}
	return func(c *config) { c.tooManyRequests = t }
}

const (
	defaultWait  = time.Minute
	creditWindow = 24 * time.Hour
)

// admit refuses an API call that comes while so many others are being served, if
// it is one too many.
func (s *Server) admit(serving int) *fakeserver.Reply {
	limit := s.cfg.concurrencyLimit
	if limit <= 0 || serving < limit {
		return nil
	}
	wait := s.cfg.tooManyRequests.Wait
	return new(s.cfg.guesses.reword(s.cfg.tooManyRequests.refusal(wait, limit, wait)).render())
}

// pay takes a credit for a call; nil lets it through.
func (s *Server) pay() *answer {
	limit := s.cfg.dailyCredits
	if limit <= 0 {
		return nil
	}
	if wait, ok := s.credits.take(limit, s.now()); !ok {
		return new(s.cfg.tooManyRequests.refusal(wait, limit, creditWindow))
	}
	return nil
}

// tellCredits adds to an answer how many credits are left.
func (s *Server) tellCredits(a answer) answer {
	limit, used := s.cfg.dailyCredits, len(s.credits)
	if limit > 0 && 2*used >= limit {
		if a.header == nil {
			a.header = http.Header{}
		}
		a.header.Set("X-API-CREDITS-REMAINING", strconv.Itoa(limit-used))
	}
	return a
}

// creditLog is when credits were taken, the oldest first. It is guarded by
// Server.mu.
type creditLog []time.Time

// take takes a credit, unless limit are taken within the window: then it
// returns how long it is until the next one is there.
func (l *creditLog) take(limit int, now time.Time) (wait time.Duration, ok bool) {
	opened := now.Add(-creditWindow)
	expired, _ := slices.BinarySearchFunc(*l, opened, func(at, opened time.Time) int {
		if at.After(opened) {
			return 1
		}
		return -1
	})
	*l = (*l)[expired:]
	if len(*l) >= limit {
		return (*l)[0].Sub(opened), false
	}
	*l = append(*l, now)
	return 0, true
}

type waitDetails struct {
	TraceID    string `json:"trace_id"`
	RetryAfter int    `json:"retry_after"`
	Limit      int    `json:"limit"`
	Window     int    `json:"window"`
}

// refusal is the 429. Guess: the window of the concurrency limit, which has
// none, is its wait.
func (t TooManyRequests) refusal(wait time.Duration, limit int, window time.Duration) answer {
	code, message := "TOO_MANY_REQUESTS", "Too many requests"
	if t.RateLimitExceeded {
		code, message = "RATE_LIMIT_EXCEEDED", "Rate limit exceeded"
	}
	var details any = noDetails{}
	if t.Details {
		details = waitDetails{
			TraceID:    "fake-trace-" + rand.Text(),
			RetryAfter: wholeSeconds(wait),
			Limit:      limit,
			Window:     wholeSeconds(window),
		}
	}
	a := failure(http.StatusTooManyRequests, code, details, message)
	switch t.RetryAfter {
	case RetryAfterAbsent:
	case RetryAfterSeconds:
		a.header = http.Header{"Retry-After": {strconv.Itoa(wholeSeconds(wait))}}
	case RetryAfterDate:
		// By the real clock, whatever the server's own says: it is the one of
		// the header Date, and of the client.
		a.header = http.Header{"Retry-After": {retryDate(time.Now(), wait)}}
	}
	return a
}

// wholeSeconds rounds up, so that who obeys is not refused again.
func wholeSeconds(d time.Duration) int {
	seconds := int(d / time.Second)
	if d%time.Second > 0 {
		seconds++
	}
	return seconds
}

// retryDate rounds up as well: the form has no fractions.
func retryDate(now time.Time, wait time.Duration) string {
	return now.Add(wait).Add(time.Second - 1).UTC().Format(http.TimeFormat)
}
