package usergroups

import (
	"log/slog"
	"net/http"
	"time"
)

// Option sets up a [Client]. The order of options does not matter; of two of the
// same kind the later one counts. What is wrong with one is reported by [NewClient], as
// ErrInvalidArgument.
type Option func(*config) error

// WithRefreshToken makes the client get its access tokens by the refresh-token
// flow: one refresh at a time, shared by all calls, about once an hour.
func WithRefreshToken(t RefreshToken) Option {
	return func(c *config) error {
		if t.ClientID == "" || t.ClientSecret == "" || t.RefreshToken == "" {
			return invalid("WithRefreshToken: ClientID, ClientSecret and RefreshToken are all needed")
		}
		c.refreshToken = &t
		return nil
	}
}

// WithAccessToken makes the client use one access token, for as long as the API
// takes it: about an hour.
func WithAccessToken(token string) Option {
	return func(c *config) error {
		if token == "" {
			return invalid("WithAccessToken: the token is empty")
		}
		c.accessToken = token
		return nil
	}
}

// WithTokenSource makes the client ask source for a token before each attempt, see
// [TokenSource].
func WithTokenSource(source TokenSource) Option {
	return func(c *config) error {
		if source == nil {
			return invalid("WithTokenSource: the source is nil")
		}
		c.tokenSource = source
		return nil
	}
}

// WithTokenStore keeps the tokens of [WithRefreshToken] in store, for several
// clients to share: a [NewMemoryTokenStore] in one program, a [NewFileTokenStore]
// in several. The default is a memory store of the client's own.
func WithTokenStore(store TokenStore) Option {
	return func(c *config) error {
		if store == nil {
			return invalid("WithTokenStore: the store is nil")
		}
		if s, ok := store.(*fileTokenStore); ok && s.err != nil {
			return s.err
		}
		c.store = store
		return nil
	}
}

// WithDataCenter says where the organisation is kept. The default is
// [DataCenterUS].
func WithDataCenter(dc DataCenter) Option {
	return func(c *config) error {
		c.dataCenter = dc
		return nil
	}
}

// WithEnvironment says which copy of the organisation is meant. The default is
// [Production]. A token is valid in one of them only.
func WithEnvironment(env Environment) Option {
	return func(c *config) error {
		c.environment = env
		return nil
	}
}

// WithBaseURL replaces what stands before /crm/{version}, for a proxy or a fake:
// https://host or https://host/path, or http:// on this machine (see
// [WithInsecureHTTP]).
func WithBaseURL(url string) Option {
	return func(c *config) error {
		c.baseURL = url
		return notEmpty("WithBaseURL", url)
	}
}

// WithAccountsURL replaces what stands before /oauth/v2/token, for a proxy or a
// fake, by a URL such as [WithBaseURL] takes.
func WithAccountsURL(url string) Option {
	return func(c *config) error {
		c.accountsURL = url
		return notEmpty("WithAccountsURL", url)
	}
}

// WithAPIVersion chooses the API's version: "v6", "v7" or "v8", the default. A
// later one is accepted and has not been tried.
func WithAPIVersion(version string) Option {
	return func(c *config) error {
		c.version = version
		return nil
	}
}

// WithHTTPClient makes the client use the Transport of h, for API and token
// requests, and its Jar for the former. A Timeout of h replaces the default of
// [WithAttemptTimeout]. Its CheckRedirect is not used: every redirect is refused.
// h itself is not changed.
func WithHTTPClient(h *http.Client) Option {
	return func(c *config) error { return c.settings.HTTPClient(h) }
}

// WithInsecureHTTP allows http:// to other hosts than this machine. Tokens then
// cross the network in clear.
func WithInsecureHTTP() Option {
	return func(c *config) error {
		c.settings.AllowHTTP()
		return nil
	}
}

// WithAttemptTimeout bounds one attempt, from the token in hand to the last byte
// of the answer. The default is 30 s. The whole call is bounded by its context.
func WithAttemptTimeout(d time.Duration) Option {
	return func(c *config) error { return c.settings.AttemptTimeout(d) }
}

// WithMaxRetries bounds the attempts after the first. The default is 3, and 0 is
// none. The repeat after a refused token is not counted.
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

// WithMaxConcurrent bounds the requests under way at a time; further calls wait.
// The default is 5, the limit of Zoho's Free edition (Standard 10, Professional
// 15, Enterprise 20, Ultimate 25, for all programs of one OAuth client together).
func WithMaxConcurrent(n int) Option {
	return func(c *config) error { return c.settings.MaxConcurrent(n) }
}

// WithUserAgent puts s before this package's own User-Agent.
func WithUserAgent(s string) Option {
	return func(c *config) error { return c.settings.UserAgent(s) }
}

// WithLogger logs attempts, waits and refreshes at debug level, and a token that
// could not be saved as a warning.
func WithLogger(l *slog.Logger) Option {
	return func(c *config) error { return c.settings.Logger(l) }
}

// WithObserver calls f for each attempt, wait and refresh, for metrics: by
// several goroutines at once, and in the midst of a call. It has to be quick, and
// must not make calls of the client itself.
func WithObserver(f func(Event)) Option {
	return func(c *config) error {
		if f == nil {
			return invalid("WithObserver: the function is nil")
		}
		c.observer = f
		return nil
	}
}

func notEmpty(option, value string) error {
	if value == "" {
		return invalid("%s: the URL is empty", option)
	}
	return nil
}
