package usergroupstest

import (
	"context"
	"crypto/rand"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"
)

// Server is a fake Zoho CRM that listens on loopback.
// Its methods are safe for concurrent use.
type Server struct {
	// URL is http://127.0.0.1:port, without a slash at the end. It is both
	// the API's base, before /crm/{version}, and the accounts server's,
	// before /oauth/v2/token.
	URL string

	// ClientID, ClientSecret and RefreshToken are the invented credentials
	// that the token endpoint accepts. They differ from server to server, so
	// that a client that mixes two servers up is refused.
	ClientID, ClientSecret, RefreshToken string

	cfg      config
	http     *http.Server
	closed   chan struct{}  // closed by Close: ends what only waits
	stopped  chan struct{}  // closed when nothing is accepted any more
	handlers sync.WaitGroup // requests being handled; see enter

	// mu guards everything below. It is never held while the network or a
	// clock is waited for.
	mu          sync.Mutex
	closing     bool
	org         directory
	tokens      tokens
	faults      []*activeFault
	log         []*Request
	inFlight    int
	maxInFlight int
}

// NewServer starts a fake Zoho CRM on a free port of 127.0.0.1 and returns
// when it answers. The caller ends it with [Server.Close].
// NewServer panics when it cannot listen.
func NewServer(opts ...Option) *Server {
	cfg := defaultConfig()
	for _, opt := range opts {
		opt(&cfg)
	}

	var lc net.ListenConfig
	listener, err := lc.Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		panic(fmt.Sprintf("usergroupstest: cannot listen: %v", err))
	}

	s := &Server{
		URL:          "http://" + listener.Addr().String(),
		ClientID:     "fake-client-" + rand.Text(),
		ClientSecret: "fake-secret-" + rand.Text(),
		RefreshToken: "fake-refresh-" + rand.Text(),
		cfg:          cfg,
		closed:       make(chan struct{}),
		stopped:      make(chan struct{}),
	}
	// The server checks against copies, because the exported fields are the
	// caller's to change.
	s.tokens = tokens{clientID: s.ClientID, clientSecret: s.ClientSecret, refreshToken: s.RefreshToken}
	s.org.seed(cfg.org)

	s.http = &http.Server{
		Handler:           http.HandlerFunc(s.serve),
		ReadHeaderTimeout: 10 * time.Second,
		ConnState:         s.closeLatecomer,
	}
	go func() {
		defer close(s.stopped)
		_ = s.http.Serve(listener) // always ends with ErrServerClosed
	}()
	return s
}

// Close stops the server: it closes every connection, ends the requests that
// are kept silent or waiting, and returns when all handlers have returned.
// It may be called more than once.
func (s *Server) Close() {
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

// closeLatecomer closes a connection that was accepted while Close was
// sweeping through the connections: http.Server.Close does not see it.
func (s *Server) closeLatecomer(conn net.Conn, state http.ConnState) {
	if state != http.StateNew {
		return
	}
	s.mu.Lock()
	closing := s.closing
	s.mu.Unlock()
	if closing {
		_ = conn.Close()
	}
}
