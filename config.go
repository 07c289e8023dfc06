package usergroups

import (
	"cmp"
	"context"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/usergroups-go/usergroups/internal/transport"
)

const (
	maxBody      = 32 << 20 // bytes of an answer
	maxErrorBody = 64 << 10 // bytes kept of an answer that reports an error
)

// config collects options. It is judged as a whole, in build.
type config struct {
	refreshToken *RefreshToken
	accessToken  string
	tokenSource  TokenSource
	store        TokenStore

	dataCenter  DataCenter
	environment Environment
	baseURL     string
	accountsURL string
	version     string

	httpClient     *http.Client
	insecure       bool
	attemptTimeout time.Duration
	maxRetries     int
	waitMin        time.Duration
	waitMax        time.Duration
	maxServerWait  time.Duration
	maxConcurrent  int
	userAgent      string
	logger         *slog.Logger
	observer       func(Event)
}

// newConfig holds the defaults.
func newConfig() *config {
	return &config{
		dataCenter:    DataCenterUS,
		environment:   Production,
		version:       "v8",
		maxRetries:    3,
		waitMin:       500 * time.Millisecond,
		waitMax:       30 * time.Second,
		maxServerWait: 120 * time.Second,
		maxConcurrent: 5,
	}
}

// defaultAttemptTimeout is long enough for 200 groups with all their sources.
const defaultAttemptTimeout = 30 * time.Second

// build judges the options together and makes the core of a client.
func (c *config) build() (*core, error) {
	version, err := parseVersion(c.version)
	if err != nil {
		return nil, err
	}
	// The table is asked in any case: an unknown data centre is a mistake even
	// where it decides nothing.
	accountsURL, apiURL, err := hostsOf(c.dataCenter, c.environment)
	if err != nil {
		return nil, err
	}
	base, err := parseBaseURL("WithBaseURL", cmp.Or(c.baseURL, apiURL), c.insecure)
	if err != nil {
		return nil, err
	}
	accounts, err := parseBaseURL("WithAccountsURL", cmp.Or(c.accountsURL, accountsURL), c.insecure)
	if err != nil {
		return nil, err
	}
	roundTrip, idle := c.roundTripper()
	core := &core{
		// Twice as many as can be in use at a time, for sources with many tokens.
		secrets: transport.NewSecrets(max(16, 2*c.maxConcurrent)),
		version: version,
		prefix:  []string{"crm", c.version},
		idle:    idle,

		parallel: c.maxConcurrent,
	}
	if c.baseURL == "" && strings.EqualFold(string(c.environment), string(Production)) {
		core.apiDomain = base.Host
	}
	observe := c.observe()
	endpoint := &tokenEndpoint{
		accounts: accounts, roundTrip: roundTrip, userAgent: fullUserAgent(c.userAgent), secrets: core.secrets,
	}
	if core.tokens, err = c.tokens(endpoint, observe); err != nil {
		return nil, err
	}
	core.transport = transport.New(transport.Config{
		Base: base, RoundTrip: roundTrip, Jar: c.jar(), UserAgent: fullUserAgent(c.userAgent), Secrets: core.secrets,
		AttemptTimeout: c.timeout(), MaxConcurrent: c.maxConcurrent,
		MaxBody: maxBody, MaxErrorBody: maxErrorBody,
		MaxRetries: c.maxRetries, RetryWaitMin: c.waitMin, RetryWaitMax: c.waitMax, MaxServerWait: c.maxServerWait,
		Hint:    hint,
		Observe: func(ctx context.Context, e transport.Event) { observe(ctx, newEvent(e)) },
	})
	return core, nil
}

// tokens makes the token source that the options ask for: exactly one.
func (c *config) tokens(endpoint *tokenEndpoint, observe func(context.Context, Event)) (TokenSource, error) {
	var sources []TokenSource
	if c.refreshToken != nil {
		endpoint.secrets.Keep(c.refreshToken.ClientSecret, c.refreshToken.RefreshToken)
		store := c.store
		if store == nil {
			store = NewMemoryTokenStore()
		}
		sources = append(sources, newRefreshSource(endpoint, c.refreshToken, store, observe))
	}
	if c.accessToken != "" {
		sources = append(sources, &staticSource{Token{AccessToken: c.accessToken}})
	}
	if c.tokenSource != nil {
		sources = append(sources, c.tokenSource)
	}
	switch {
	case len(sources) == 0:
		return nil, invalid("no credentials: use WithRefreshToken, WithAccessToken or WithTokenSource")
	case len(sources) > 1:
		return nil, invalid("more than one of WithRefreshToken, WithAccessToken and WithTokenSource")
	case c.store != nil && c.refreshToken == nil:
		return nil, invalid("WithTokenStore has no meaning without WithRefreshToken")
	}
	return sources[0], nil
}

// roundTripper returns the caller's RoundTripper, or one of our own that keeps
// as many connections as there are requests at a time.
func (c *config) roundTripper() (http.RoundTripper, func()) {
	if c.httpClient != nil && c.httpClient.Transport != nil {
		return c.httpClient.Transport, func() {}
	}
	own, ok := http.DefaultTransport.(*http.Transport)
	if !ok { // replaced by the program
		return http.DefaultTransport, func() {}
	}
	own = own.Clone()
	own.MaxIdleConnsPerHost = c.maxConcurrent
	return own, own.CloseIdleConnections
}

func (c *config) jar() http.CookieJar {
	if c.httpClient == nil {
		return nil
	}
	return c.httpClient.Jar
}

func (c *config) timeout() time.Duration {
	switch {
	case c.attemptTimeout > 0:
		return c.attemptTimeout
	case c.httpClient != nil && c.httpClient.Timeout > 0:
		return c.httpClient.Timeout
	}
	return defaultAttemptTimeout
}

func fullUserAgent(program string) string {
	own := "usergroups-go/" + Version + " (" + runtime.Version() + ")"
	return strings.TrimSpace(program + " " + own)
}

// parseBaseURL takes an absolute URL without anything that would be lost or
// leaked when paths are appended to it.
func parseBaseURL(option, raw string, insecure bool) (*url.URL, error) {
	u, err := url.Parse(raw)
	switch {
	case err != nil:
		return nil, invalid("%s: not a URL", option) // which it is, and why, may show a password
	case u.Scheme != "https" && u.Scheme != "http", u.Hostname() == "":
		return nil, invalid("%s: %q is not an absolute http or https URL", option, u.Redacted())
	case u.User != nil:
		return nil, invalid("%s: the URL for %q holds a user or password", option, u.Host)
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return nil, invalid("%s: the URL for %q holds a query or fragment", option, u.Host)
	case u.Scheme == "http" && !insecure && !isLoopback(u.Hostname()):
		return nil, invalid("%s: %s would send tokens in clear: use https, or allow it by WithInsecureHTTP (OAuthConfig.InsecureHTTP)", option, u.Redacted())
	}
	u.Host = strings.TrimSuffix(u.Host, ":")
	u.Path, u.RawPath = strings.TrimRight(u.Path, "/"), strings.TrimRight(u.RawPath, "/")
	return u, nil
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}

var versionPattern = regexp.MustCompile(`^v([1-9][0-9]{0,2})$`)

// oldestVersion is the first one that is known to have these operations as they
// are described.
const oldestVersion = 6

func parseVersion(s string) (int, error) {
	m := versionPattern.FindStringSubmatch(s)
	if m == nil {
		return 0, invalid(`API version %q: want "v6", "v7", "v8" or later`, s)
	}
	n, _ := strconv.Atoi(m[1]) // one to three digits
	if n < oldestVersion {
		return 0, invalid("API version %s is not supported, v%d is the oldest", s, oldestVersion)
	}
	return n, nil
}
