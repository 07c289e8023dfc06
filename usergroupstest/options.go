package usergroupstest

import (
	"fmt"
	"net/http"
	"slices"
	"time"
)

// Option changes how a [Server] behaves; give it to [NewServer].
type Option func(*config)

type config struct {
	org      Org
	latency  time.Duration
	logLimit int // requests; 0 is no limit

	guesses          Guesses
	concurrencyLimit int // API calls at once; 0 is no limit
	dailyCredits     int // 0 is no limit
	tooManyRequests  TooManyRequests

	addr                                 string
	clientID, clientSecret, refreshToken string // empty ones are invented

	tokenLifetime    time.Duration
	tokenLimit       int // access tokens of a refresh token per tokenWindow; 0 is no limit
	tokenWindow      time.Duration
	tokenLimitStatus int
	lenientTokens    bool
	scopes           []string
	expiresIn        ExpiresIn
	apiDomain        string   // empty: the address that was called
	redirectURIs     []string // none: any
}

func defaultConfig() config {
	return config{
		org:             SampleOrg(),
		tooManyRequests: TooManyRequests{Wait: defaultWait},

		addr: "127.0.0.1:0",

		tokenLifetime:    time.Hour,
		tokenLimit:       10,
		tokenWindow:      10 * time.Minute,
		tokenLimitStatus: http.StatusBadRequest,
		apiDomain:        productionDomain,
		scopes:           []string{"ZohoCRM.settings.user_groups.ALL", "ZohoCRM.users.ALL"},
	}
}

// WithOrg seeds the server with org in place of [SampleOrg].
// The server keeps a copy.
func WithOrg(org Org) Option {
	return func(c *config) { c.org = org }
}

// WithLatency delays every answer of the API by d in real time; the accounts
// server stays fast. The work is done before the wait: a client that gives up on a create
// while it waits has created the group.
// WithLatency panics when d is negative.
func WithLatency(d time.Duration) Option {
	if d < 0 {
		panic(fmt.Sprintf("usergroupstest: WithLatency(%v): below zero", d))
	}
	return func(c *config) { c.latency = d }
}

// WithTokenLifetime sets how long access tokens live, in place of an hour.
// The token endpoint says so in whole seconds, rounded down but never below
// 1; the server itself refuses the token after exactly d.
// WithTokenLifetime panics unless d is more than 0.
func WithTokenLifetime(d time.Duration) Option {
	if d <= 0 {
		panic(fmt.Sprintf("usergroupstest: WithTokenLifetime(%v): want more than 0", d))
	}
	return func(c *config) { c.tokenLifetime = d }
}

// WithTokenLimit allows each refresh token to bring at most n access tokens
// within any window by the server's clock, in place of Zoho's own 10 in 10
// minutes. Further refreshes are answered "Access Denied"; see
// [WithTokenLimitStatus]. Access tokens that came with the refresh token itself, in
// exchange for a code, count too.
//
// WithTokenLimit(0, 0) switches the limit off, and with it that of the consent
// page, which is 10 codes in 10 minutes. The limits of what is alive at once
// stay: 20 refresh tokens, and 15 access tokens of each; one more ends the
// oldest.
// WithTokenLimit panics when n or window is negative, or window is 0 and n is
// not.
func WithTokenLimit(n int, window time.Duration) Option {
	if n < 0 || window < 0 || n > 0 && window == 0 {
		panic(fmt.Sprintf("usergroupstest: WithTokenLimit(%d, %v): want 0 or more tokens in a window of more than 0", n, window))
	}
	return func(c *config) { c.tokenLimit, c.tokenWindow = n, window }
}

// WithScopes sets the scopes that [Server.RefreshToken] was consented for, in
// place of ZohoCRM.settings.user_groups.ALL and ZohoCRM.users.ALL.
func WithScopes(scopes ...string) Option {
	scopes = slices.Clone(scopes)
	return func(c *config) { c.scopes = scopes }
}
