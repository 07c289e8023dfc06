package tulip

import (
	"log/slog"
	"net/http"
	"time"
)

// Option sets up a [Client]. The order of options does not matter; of two of the
// same kind the later one counts. What is wrong with one is reported by [NewClient], as
// ErrInvalidArgument.
type Option func(*config) error

// WithAPIToken makes the client use an API token: its API Key, such as
// "apikey.2_…", and its Secret.
func WithAPIToken(key, secret string) Option {
	return func(c *config) error {
		c.token = &apiToken{key, secret}
		return c.token.check("WithAPIToken")
	}
}

// WithAuthHeader makes the client use an API token by its Auth Header, the value that
// begins with "Basic " and is shown beside key and secret when the token is made.
func WithAuthHeader(value string) Option {
	return func(c *config) error {
		token, err := parseAuthHeader(value)
		c.authHeader = &token
		return err
	}
}

// WithHTTPClient makes the client use the Transport and the Jar of h. A Timeout of h
// replaces the default of [WithAttemptTimeout]. Its CheckRedirect is not used: every
// redirect is refused. h itself is not changed.
func WithHTTPClient(h *http.Client) Option {
	return func(c *config) error { return c.settings.HTTPClient(h) }
}

// WithInsecureHTTP allows http:// to other hosts than this machine. The API token
// then crosses the network in clear.
func WithInsecureHTTP() Option {
	return func(c *config) error {
		c.settings.AllowHTTP()
		return nil
	}
}

// WithAttemptTimeout bounds one attempt, to the last byte of the answer. The default
// is 30 s. The whole call is bounded by its context.
func WithAttemptTimeout(d time.Duration) Option {
	return func(c *config) error { return c.settings.AttemptTimeout(d) }
}

// WithMaxRetries bounds the attempts after the first. The default is 3, and 0 is
// none.
func WithMaxRetries(n int) Option {
	return func(c *config) error { return c.settings.MaxRetries(n) }
}

// WithRetryWait sets the wait before the first retry, doubled for each one after
// it, and the longest. Half of each wait is random. The default is 0.5 s and 30 s.
func WithRetryWait(shortest, longest time.Duration) Option {
	return func(c *config) error { return c.settings.RetryWait(shortest, longest) }
}

// WithMaxServerWait bounds the waits that the server may ask for. The default is
// 120 s. When it asks for a longer one, its answer is returned at once, with
// [Error.RetryAfter] set.
func WithMaxServerWait(d time.Duration) Option {
	return func(c *config) error { return c.settings.MaxServerWait(d) }
}

// WithHonorRetryable makes the client believe "retryable": false in an answer 429 or
// 5xx, and return it at once. By default these are repeated: the vendor's documents call
// both 429 and 500 "not automatically retryable", its own client repeats them.
// "retryable": true is always believed.
func WithHonorRetryable() Option {
	return func(c *config) error {
		c.honorRetryable = true
		return nil
	}
}

// WithMaxConcurrent bounds the requests under way at a time; further calls wait.
// The default is 5. The vendor documents no limit.
func WithMaxConcurrent(n int) Option {
	return func(c *config) error { return c.settings.MaxConcurrent(n) }
}

// WithUserAgent puts s before this package's own User-Agent.
func WithUserAgent(s string) Option {
	return func(c *config) error { return c.settings.UserAgent(s) }
}

// WithLogger logs attempts and waits at debug level.
func WithLogger(l *slog.Logger) Option {
	return func(c *config) error { return c.settings.Logger(l) }
}

// WithObserver calls f for each attempt and wait, for metrics: by several goroutines at
// once, and in the midst of a call. It has to be quick, and must not make calls of the
// client itself.
func WithObserver(f func(Event)) Option {
	return func(c *config) error {
		if f == nil {
			return invalid("WithObserver: the function is nil")
		}
		c.observer = f
		return nil
	}
}
