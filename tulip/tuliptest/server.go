package tuliptest

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/base64"
	"strings"
	"sync"
	"time"

	"github.com/usergroups-go/usergroups/internal/fakeserver"
)

// Server is a fake Tulip instance that listens on loopback, or on [WithAddr].
// Its methods are safe for concurrent use.
type Server struct {
	// URL is http://127.0.0.1:port, without a slash at the end: what
	// https://acme.tulip.co is of a real instance.
	URL string

	// Addr is what the server listens on, as host:port. It says more than URL
	// when the host is unspecified, such as [::].
	Addr string

	// APIKey and APISecret are the invented API token that the server accepts,
	// as user name and password. Unless [WithCredentials] sets them, they differ
	// from server to server, so that a client that mixes two servers up is
	// refused.
	APIKey, APISecret string

	cfg  config
	http *fakeserver.Server

	// mu guards everything below. It is never held while the network or a
	// clock is waited for.
	mu       sync.Mutex
	instance directory
	token    apiToken
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

// WithCredentials sets the API token that the server accepts, so that clients can
// be configured before the server runs. One that is empty is invented, as both
// are without the option.
// WithCredentials panics when there is a colon in the key, which ends it in Basic
// authentication.
func WithCredentials(apiKey, apiSecret string) Option {
	if strings.Contains(apiKey, ":") {
		panic("tuliptest: WithCredentials: a colon in the API key")
	}
	return func(c *config) { c.apiKey, c.apiSecret = apiKey, apiSecret }
}

// NewServer is [Start] for tests: it panics when the server cannot listen,
// which on the default address does not happen.
func NewServer(opts ...Option) *Server {
	s, err := Start(opts...)
	if err != nil {
		panic("tuliptest: " + err.Error())
	}
	return s
}

// Start starts a fake Tulip instance on a free port of 127.0.0.1, or on
// [WithAddr], and returns when it answers. It fails when it cannot listen there.
// The caller ends it with [Server.Close] or [Server.Shutdown].
func Start(opts ...Option) (*Server, error) {
	cfg := defaultConfig()
	for _, opt := range opts {
		opt(&cfg)
	}
	s := &Server{
		APIKey:    cmp.Or(cfg.apiKey, "apikey.2_fake"+rand.Text()),
		APISecret: cmp.Or(cfg.apiSecret, "fake-secret-"+rand.Text()),
		cfg:       cfg,
	}
	// The server checks against copies, because the exported fields are the
	// caller's to change.
	s.token = apiToken{key: s.APIKey, secret: s.APISecret, scopes: cfg.scopes}
	s.instance.seed(cfg.instance)

	var err error
	s.http, err = fakeserver.Listen(fakeserver.Config{
		Name:      "tuliptest",
		Addr:      cfg.addr,
		Routes:    Routes(),
		Resolve:   s.resolve,
		TooLarge:  s.tooLarge,
		Now:       time.Now,
		Latency:   cfg.latency,
		LogLimit:  cfg.logLimit,
		HTMLTitle: "Tulip",
		HugeHead:  `{"items":[{"id":"hugeUserGroup0001","name":"`,
		HugeTail:  `"}]}`,
	})
	if err != nil {
		return nil, err
	}
	s.URL, s.Addr = s.http.URL, s.http.Addr
	s.http.Serve()
	return s, nil
}

// AuthHeader returns the value of the Authorization header that goes with APIKey
// and APISecret, "Basic " and all, as Tulip shows it beside a new API token.
func (s *Server) AuthHeader() string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(s.APIKey+":"+s.APISecret))
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
