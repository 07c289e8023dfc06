package settings

import (
	"net/http"
	"net/url"
	"runtime"
	"strings"
	"time"

	"github.com/usergroups-go/usergroups/internal/transport"
)

const (
	maxBody = 32 << 20 // bytes of an answer

	// MaxErrorBody is how many bytes are kept of an answer that reports an error.
	MaxErrorBody = 64 << 10
)

// Config returns what the settings decide for calls below base, and a function that closes
// the connections which no call is using. It does nothing to those of a RoundTripper that is
// somebody else's. Hint and Observe are left to the caller.
func (s *Settings) Config(base *url.URL, secrets *transport.Secrets, version string) (cfg transport.Config, idle func()) {
	roundTrip, idle := s.roundTripper()
	cfg = transport.Config{
		Base: base, RoundTrip: roundTrip, UserAgent: FullUserAgent(s.userAgent, version), Secrets: secrets,
		AttemptTimeout: s.timeout(), MaxConcurrent: s.maxConcurrent,
		MaxBody: maxBody, MaxErrorBody: MaxErrorBody,
		MaxRetries: s.maxRetries, RetryWaitMin: s.waitMin, RetryWaitMax: s.waitMax, MaxServerWait: s.maxServerWait,
	}
	if s.httpClient != nil {
		cfg.Jar = s.httpClient.Jar
	}
	return cfg, idle
}

// roundTripper returns the caller's RoundTripper, or one of our own that keeps as many
// connections as there are requests at a time.
func (s *Settings) roundTripper() (http.RoundTripper, func()) {
	if s.httpClient != nil && s.httpClient.Transport != nil {
		return s.httpClient.Transport, func() {}
	}
	shared, ok := http.DefaultTransport.(*http.Transport)
	if !ok { // replaced by the program
		return http.DefaultTransport, func() {}
	}
	own := shared.Clone()
	own.MaxIdleConnsPerHost = s.maxConcurrent
	return own, own.CloseIdleConnections
}

func (s *Settings) timeout() time.Duration {
	switch {
	case s.attemptTimeout > 0:
		return s.attemptTimeout
	case s.httpClient != nil && s.httpClient.Timeout > 0:
		return s.httpClient.Timeout
	}
	return defaultAttemptTimeout
}

// FullUserAgent is what is sent for a program, "" for one that gave no name.
func FullUserAgent(program, version string) string {
	own := "usergroups-go/" + version + " (" + runtime.Version() + ")"
	return strings.TrimSpace(program + " " + own)
}
