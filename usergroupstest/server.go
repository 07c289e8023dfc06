package usergroupstest

import (
	"cmp"
	"context"
	"crypto/rand"
	"sync"
	"sync/atomic"

	"github.com/usergroups-go/usergroups/internal/fakeserver"
)

// Server is a fake Zoho CRM that listens on loopback, or on [WithAddr].
// Its methods are safe for concurrent use.
type Server struct {
	// URL is http://127.0.0.1:port, without a slash at the end. It is the
	// API's base, before /crm/{version}, and the accounts server's, before
	// /oauth/v2.
	URL string

	// Addr is what the server listens on, as host:port. It says more than URL
	// when the host is unspecified, such as [::].
	Addr string

	// ClientID, ClientSecret and RefreshToken are the invented credentials
	// that the accounts server accepts. Unless [WithCredentials] sets them,
	// they differ from server to server, so that a client that mixes two
	// servers up is refused.
	ClientID, ClientSecret, RefreshToken string

	cfg   config
	http  *fakeserver.Server
	ahead atomic.Int64 // how far the clock is before real time; see now

	// mu guards everything below. It is never held while the network or a
	// clock is waited for.
	mu      sync.Mutex
	org     directory
	tokens  tokens
	credits creditLog
	acting  actingUser
}

// WithAddr makes the server listen on addr, a host and port as in net.Listen,
// in place of 127.0.0.1:0, which is loopback and any free port.
//
// With an unspecified host, such as "0.0.0.0:8080", ":8080" or "[::]:8080", the
// server can be reached from other machines, and has nothing to protect it:
// [Server.URL] is then the address on this one, http://127.0.0.1:8080.
func WithAddr(addr string) Option {
	return func(c *config) { c.addr = addr }
}

// WithCredentials sets the credentials that the accounts server accepts, so
// that clients can be configured before the server runs. One that is empty is
// invented, as all are without the option.
func WithCredentials(clientID, clientSecret, refreshToken string) Option {
	return func(c *config) {
		c.clientID, c.clientSecret, c.refreshToken = clientID, clientSecret, refreshToken
	}
}

// NewServer is [Start] for tests: it panics when the server cannot listen,
// which on the default address does not happen.
func NewServer(opts ...Option) *Server {
	s, err := Start(opts...)
	if err != nil {
		panic("usergroupstest: " + err.Error())
	}
	return s
}

// Start starts a fake Zoho CRM on a free port of 127.0.0.1, or on [WithAddr],
// and returns when it answers. It fails when it cannot listen there. The caller
// ends it with [Server.Close] or [Server.Shutdown].
func Start(opts ...Option) (*Server, error) {
	cfg := defaultConfig()
	for _, opt := range opts {
		opt(&cfg)
	}

	s := &Server{
		ClientID:     cmp.Or(cfg.clientID, "fake-client-"+rand.Text()),
		ClientSecret: cmp.Or(cfg.clientSecret, "fake-secret-"+rand.Text()),
		RefreshToken: cmp.Or(cfg.refreshToken, "fake-refresh-"+rand.Text()),
		cfg:          cfg,
	}
	// The server checks against copies, because the exported fields are the
	// caller's to change.
	s.tokens = newTokens(s.ClientID, s.ClientSecret, s.RefreshToken, cfg.scopes)
	s.org.now = s.now
	s.org.seed(cfg.org)

	var err error
	s.http, err = fakeserver.Listen(fakeserver.Config{
		Name:      "usergroupstest",
		Addr:      cfg.addr,
		Routes:    loggedRoutes(),
		Resolve:   s.resolve,
		TooLarge:  s.tooLarge,
		Admit:     s.admit,
		Now:       s.now,
		Latency:   cfg.latency,
		LogLimit:  cfg.logLimit,
		HTMLTitle: "Zoho",
		HugeHead:  `{"user_groups":[{"id":"5550000000004001","name":"`,
		HugeTail:  `"}]}`,
	})
	if err != nil {
		return nil, err
	}
	s.URL, s.Addr = s.http.URL, s.http.Addr
	s.http.Serve()
	return s, nil
}

// Close stops the server at once: it closes every connection, ends the
// requests that are kept silent or waiting, and returns when all handlers have
// returned. It may be called more than once.
func (s *Server) Close() { s.http.Close() }

// Shutdown stops the server as a polite one does: it accepts no more
// connections, closes those that are idle or were never used, lets the
// requests under way be answered, and then closes. When ctx ends first, it
// closes all the same and returns the error of ctx. A request that
// [FaultSilence] keeps silent is never answered and lasts until then.
func (s *Server) Shutdown(ctx context.Context) error { return s.http.Shutdown(ctx) }
