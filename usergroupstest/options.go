package usergroupstest

import (
	"net/http"
	"time"
)

// Option changes how a [Server] behaves; give it to [NewServer].
type Option func(*config)

// An option stands in the file of its subject. Here is only what they change.

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
