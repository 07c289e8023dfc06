package usergroupstest

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"sync"
	"sync/atomic"
	"time"
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

	cfg      config
	http     *http.Server
	stopping chan struct{}  // closed by Shutdown and Close: nobody is to come any more
	closed   chan struct{}  // closed by Close: ends what only waits
	stopped  chan struct{}  // closed when nothing is accepted any more
	handlers sync.WaitGroup // requests being handled; see enter
	ahead    atomic.Int64   // how far the clock is before real time; see now

	// mu guards everything below. It is never held while the network or a
	// clock is waited for.
	mu          sync.Mutex
	unused      map[net.Conn]struct{} // connections over which nothing has come yet
	refusing    bool                  // stopping is closed
	closing     bool                  // closed is closed
	org         directory
	tokens      tokens
	faults      []*activeFault
	limits      limits
	acting      actingUser
	log         []*Request
	inFlight    int
	maxInFlight int
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

	var lc net.ListenConfig
	listener, err := lc.Listen(context.Background(), "tcp", cfg.addr)
	if err != nil {
		return nil, fmt.Errorf("cannot listen: %w", err)
	}

	s := &Server{
		URL:          localURL(listener.Addr().String()),
		Addr:         listener.Addr().String(),
		ClientID:     cmp.Or(cfg.clientID, "fake-client-"+rand.Text()),
		ClientSecret: cmp.Or(cfg.clientSecret, "fake-secret-"+rand.Text()),
		RefreshToken: cmp.Or(cfg.refreshToken, "fake-refresh-"+rand.Text()),
		cfg:          cfg,
		unused:       make(map[net.Conn]struct{}),
		stopping:     make(chan struct{}),
		closed:       make(chan struct{}),
		stopped:      make(chan struct{}),
	}
	// The server checks against copies, because the exported fields are the
	// caller's to change.
	s.tokens = newTokens(s.ClientID, s.ClientSecret, s.RefreshToken, cfg.scopes)
	s.org.now = s.now
	s.org.seed(cfg.org)

	s.http = &http.Server{
		Handler:           http.HandlerFunc(s.serve),
		ReadHeaderTimeout: 10 * time.Second,
		ConnState:         s.watch,
	}
	go func() {
		defer close(s.stopped)
		_ = s.http.Serve(listener) // always ends with ErrServerClosed
	}()
	return s, nil
}

// localURL is where this machine finds a server that listens on addr. An
// unspecified host listens on loopback as well, but is no address to call.
func localURL(addr string) string {
	if ap, err := netip.ParseAddrPort(addr); err == nil && ap.Addr().IsUnspecified() {
		addr = fmt.Sprintf("127.0.0.1:%d", ap.Port())
	}
	return (&url.URL{Scheme: "http", Host: addr}).String()
}

// Close stops the server at once: it closes every connection, ends the
// requests that are kept silent or waiting, and returns when all handlers have
// returned. It may be called more than once.
func (s *Server) Close() {
	s.refuse()
	s.mu.Lock()
	if !s.closing {
		s.closing = true
		close(s.closed)
	}
	s.mu.Unlock()

	_ = s.http.Close()
	<-s.stopped
	s.handlers.Wait()
}

// Shutdown stops the server as a polite one does: it accepts no more
// connections, closes those that are idle or were never used, lets the
// requests under way be answered, and then closes. When ctx ends first, it
// closes all the same and returns the error of ctx. A request that
// [FaultSilence] keeps silent is never answered and lasts until then.
func (s *Server) Shutdown(ctx context.Context) error {
	s.refuse()
	err := s.http.Shutdown(ctx)
	if err == nil {
		err = s.await(ctx)
	}
	s.Close()
	return err
}

// await waits for all handlers. http.Server.Shutdown does not do so for those
// that have taken their connection over.
func (s *Server) await(ctx context.Context) error {
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.handlers.Wait()
	}()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// refuse closes the connections over which nothing has come yet, for which
// http.Server.Shutdown would wait 5 seconds, and has watch close all new ones.
func (s *Server) refuse() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.refusing {
		return
	}
	s.refusing = true
	close(s.stopping)
	for conn := range s.unused {
		_ = conn.Close()
	}
}

// enter registers a handler, unless the server is closing. The flag and the
// WaitGroup change together under the mutex: a WaitGroup must not grow from
// zero while somebody waits for it.
func (s *Server) enter() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closing {
		return false
	}
	s.handlers.Add(1)
	return true
}

// watch knows which connections are unused. One that comes when the server
// stops is closed: http.Server does not see those that it has accepted while it
// was sweeping through its connections.
func (s *Server) watch(conn net.Conn, state http.ConnState) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case state != http.StateNew:
		delete(s.unused, conn)
	case s.refusing:
		_ = conn.Close()
	default:
		s.unused[conn] = struct{}{}
	}
}
