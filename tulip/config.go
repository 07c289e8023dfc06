package tulip

import (
	"context"
	"log/slog"
	"strings"

	"github.com/usergroups-go/usergroups/internal/settings"
	"github.com/usergroups-go/usergroups/internal/transport"
)

// config collects options. It is judged as a whole, in build.
type config struct {
	settings       *settings.Settings
	token          *apiToken
	authHeader     *apiToken
	honorRetryable bool
	observer       func(Event)
}

// newConfig holds the defaults.
func newConfig() *config { return &config{settings: settings.New("tulip")} }

// build judges the options together and makes the core of a client.
func (c *config) build(instanceURL string) (*core, error) {
	token := c.token
	switch {
	case token == nil && c.authHeader == nil:
		return nil, invalid("no credentials: use WithAPIToken or WithAuthHeader")
	case token != nil && c.authHeader != nil:
		return nil, invalid("both WithAPIToken and WithAuthHeader")
	case token == nil:
		token = c.authHeader
	}
	base, err := c.settings.Base("the URL of the instance", instanceURL)
	if err != nil {
		return nil, err
	}
	if strings.HasPrefix(base.Path+"/", "/w/") || strings.HasSuffix(base.Path, "/api/users/v1") {
		return nil, invalid("the URL of the instance: leave out its path %q", base.Path)
	}
	secrets := transport.NewSecrets(0)
	secrets.KeepBasic(token.key, token.secret)
	cfg, idle := c.settings.Config(base, secrets, Version)
	cfg.Hint = c.hint
	cfg.Observe = c.observe
	return &core{
		transport: transport.New(cfg),
		secrets:   secrets,
		authorize: token.authorize(),
		parallel:  c.settings.Parallel(),
		insists: func(e *Error) bool {
			believed := c.honorRetryable && e.Retryable != nil && !*e.Retryable
			return cfg.MaxRetries > 0 && e.RetryAfter <= cfg.MaxServerWait && !believed
		},
		idle: idle,
	}, nil
}

// hint reads what an error says about being repeated.
func (c *config) hint(_ int, body []byte) transport.Hint {
	switch retryable := decodeAPIError(body).Retryable.Pointer(); {
	case retryable == nil:
		return transport.Hint{}
	case *retryable:
		return transport.Hint{Again: transport.Yes}
	case c.honorRetryable:
		return transport.Hint{Again: transport.No}
	}
	return transport.Hint{}
}

// observe hands an event to the logger and the observer.
func (c *config) observe(ctx context.Context, e transport.Event) {
	if c.settings.Logs(ctx, slog.LevelDebug) {
		c.settings.Log(ctx, slog.LevelDebug, string(e.Kind), e.LogValue())
	}
	if c.observer != nil {
		c.observer(Event{
			Kind: EventKind(e.Kind), Op: Op(e.Op), Method: e.Method, URL: e.URL, Attempt: e.Attempt,
			StatusCode: e.StatusCode, Duration: e.Duration, Wait: e.Wait, Err: e.Err,
		})
	}
}
