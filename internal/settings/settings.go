// Package settings holds what users choose of the way calls are made, judges each
// choice, and makes the [transport.Config] of them. The vendors' packages have an
// option of the same name for each.
package settings

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/usergroups-go/usergroups/internal/transport"
)

// Settings are the choices for one client. The methods of a choice return an error of
// ErrInvalidArgument that names the option, and then leave everything as it was.
type Settings struct {
	name           string // of the package, for the log
	httpClient     *http.Client
	insecure       bool
	attemptTimeout time.Duration // 0: nobody chose one
	maxRetries     int
	waitMin        time.Duration
	waitMax        time.Duration
	maxServerWait  time.Duration
	maxConcurrent  int
	userAgent      string
	logger         *slog.Logger
}

// New returns the defaults: 30 s for an attempt, 3 retries after 0.5 s to 30 s, 120 s
// that a server may ask for, 5 attempts at a time.
func New(name string) *Settings {
	return &Settings{
		name:          name,
		maxRetries:    3,
		waitMin:       500 * time.Millisecond,
		waitMax:       30 * time.Second,
		maxServerWait: 120 * time.Second,
		maxConcurrent: 5,
	}
}

// defaultAttemptTimeout is long enough for the largest pages that vendors send.
const defaultAttemptTimeout = 30 * time.Second

// HTTPClient makes h's Transport, Jar and, where AttemptTimeout is not chosen,
// Timeout count. h is not changed.
func (s *Settings) HTTPClient(h *http.Client) error {
	if h == nil {
		return transport.Invalid("WithHTTPClient: the client is nil")
	}
	s.httpClient = h
	return nil
}

// AllowHTTP allows http:// to other hosts than this machine.
func (s *Settings) AllowHTTP() { s.insecure = true }

// AttemptTimeout bounds one attempt.
func (s *Settings) AttemptTimeout(d time.Duration) error {
	if d <= 0 {
		return transport.Invalid("WithAttemptTimeout: %s is not positive", d)
	}
	s.attemptTimeout = d
	return nil
}

// MaxRetries bounds the attempts after the first.
func (s *Settings) MaxRetries(n int) error {
	if n < 0 {
		return transport.Invalid("WithMaxRetries: %d is negative", n)
	}
	s.maxRetries = n
	return nil
}

// RetryWait sets the wait before the first retry, doubled for each one after it, and
// the longest.
func (s *Settings) RetryWait(shortest, longest time.Duration) error {
	if shortest <= 0 || longest < shortest {
		return transport.Invalid("WithRetryWait: want 0 < min <= max, got %s and %s", shortest, longest)
	}
	s.waitMin, s.waitMax = shortest, longest
	return nil
}

// MaxServerWait bounds the waits that the server may ask for.
func (s *Settings) MaxServerWait(d time.Duration) error {
	if d < 0 {
		return transport.Invalid("WithMaxServerWait: %s is negative", d)
	}
	s.maxServerWait = d
	return nil
}

// MaxConcurrent bounds the attempts at a time.
func (s *Settings) MaxConcurrent(n int) error {
	if n < 1 {
		return transport.Invalid("WithMaxConcurrent: %d is less than 1", n)
	}
	s.maxConcurrent = n
	return nil
}

// Parallel returns how many attempts there may be at a time.
func (s *Settings) Parallel() int { return s.maxConcurrent }

// UserAgent puts program before the package's own User-Agent.
func (s *Settings) UserAgent(program string) error {
	if !transport.ValidHeaderValue(program) {
		return transport.Invalid("WithUserAgent: %q cannot be sent in a header", program)
	}
	s.userAgent = program
	return nil
}

// Logger makes Log write to l.
func (s *Settings) Logger(l *slog.Logger) error {
	if l == nil {
		return transport.Invalid("WithLogger: the logger is nil")
	}
	s.logger = l
	return nil
}

// Logs reports whether there is a logger that wants this level. Ask before you make
// the value for Log: most clients have none.
func (s *Settings) Logs(ctx context.Context, level slog.Level) bool {
	return s.logger != nil && s.logger.Enabled(ctx, level)
}

// Log writes value, a group, to a logger that wants it.
func (s *Settings) Log(ctx context.Context, level slog.Level, kind string, value slog.Value) {
	if s.logger != nil {
		s.logger.LogAttrs(ctx, level, s.name+": "+kind, slog.Attr{Value: value})
	}
}
