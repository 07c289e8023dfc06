package usergroups

import (
	"cmp"
	"context"
	"regexp"
	"strconv"
	"strings"

	"github.com/usergroups-go/usergroups/internal/settings"
	"github.com/usergroups-go/usergroups/internal/transport"
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

	settings *settings.Settings // of the way calls are made
	observer func(Event)
}

// newConfig holds the defaults.
func newConfig() *config {
	return &config{
		dataCenter:  DataCenterUS,
		environment: Production,
		version:     "v8",
		settings:    settings.New("usergroups"),
	}
}

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
	base, err := c.settings.Base("WithBaseURL", cmp.Or(c.baseURL, apiURL))
	if err != nil {
		return nil, err
	}
	accounts, err := c.settings.Base("WithAccountsURL", cmp.Or(c.accountsURL, accountsURL))
	if err != nil {
		return nil, err
	}
	parallel := c.settings.Parallel()
	core := &core{
		// Twice as many as can be in use at a time, for sources with many tokens.
		secrets: transport.NewSecrets(max(16, 2*parallel)),
		version: version,
		prefix:  []string{"crm", c.version},

		parallel: parallel,
	}
	if c.baseURL == "" && strings.EqualFold(string(c.environment), string(Production)) {
		core.apiDomain = base.Host
	}
	cfg, idle := c.settings.Config(base, core.secrets, Version)
	core.idle = idle
	observe := c.observe()
	endpoint := &tokenEndpoint{
		accounts: accounts, roundTrip: cfg.RoundTrip, userAgent: cfg.UserAgent, secrets: core.secrets,
	}
	if core.tokens, err = c.tokens(endpoint, observe); err != nil {
		return nil, err
	}
	cfg.Hint = hint
	cfg.Observe = func(ctx context.Context, e transport.Event) { observe(ctx, newEvent(e)) }
	core.transport = transport.New(cfg)
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
