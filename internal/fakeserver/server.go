package fakeserver

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"sync"
	"time"
)

// Config is what a fake makes of a [Server].
type Config struct {
	Name   string   // of the fake's package, with which panics begin
	Addr   string   // what to listen on, as in [net.Listen]
	Routes []string // the names that requests and faults know; [RedirectTarget] is always one

	// Resolve says what a request asks for, whose body was read. It is not
	// asked about requests to RedirectTarget.
	Resolve func(r *http.Request, body []byte) Call

	// TooLarge answers a request with more than [MaxBody] bytes, in the place of
	// its work.
	TooLarge func(problem *http.MaxBytesError) Reply

	// Admit may refuse an API request that comes while so many are being
	// served: nothing of it is done, no fault hits it, and it is not being
	// served itself. A nil Admit lets all in. It must not call the server.
	Admit func(serving int) *Reply

	Now      func() time.Time // the clock of the log
	Latency  time.Duration    // of every answer to an API request
	LogLimit int              // requests; 0 is no limit

	HTMLTitle          string // of the page of [HTML]
	HugeHead, HugeTail string // the JSON of [HugeBody], around as many letters as it takes
}

// Server is the HTTP server of a fake. Its methods are safe for concurrent use.
type Server struct {
	URL  string // http://127.0.0.1:port, without a slash at the end
	Addr string // host:port, as it listens

	cfg      Config
	http     *http.Server
	listener net.Listener
	stopping chan struct{}  // closed by Shutdown and Close: nobody is to come any more
	closed   chan struct{}  // closed by Close: ends what only waits
	stopped  chan struct{}  // closed when nothing is accepted any more
	handlers sync.WaitGroup // requests being handled; see enter

	// mu guards everything below. It is never held while the network or a
	// clock is waited for.
	mu          sync.Mutex
	unused      map[net.Conn]struct{} // connections over which nothing has come yet
	refusing    bool                  // stopping is closed
	closing     bool                  // closed is closed
	faults      []*activeFault
	log         []*entry
	inFlight    int // API requests that have come and are not answered
	maxInFlight int
	serving     int // those among them that Admit let in
}

// Listen returns a server whose address is known, and which answers after
// [Server.Serve].
func Listen(cfg Config) (*Server, error) {
	var lc net.ListenConfig
	listener, err := lc.Listen(context.Background(), "tcp", cfg.Addr)
	if err != nil {
		return nil, fmt.Errorf("cannot listen: %w", err)
	}
	s := &Server{
		URL:      localURL(listener.Addr().String()),
		Addr:     listener.Addr().String(),
		cfg:      cfg,
		listener: listener,
		unused:   make(map[net.Conn]struct{}),
		stopping: make(chan struct{}),
		closed:   make(chan struct{}),
		stopped:  make(chan struct{}),
	}
	s.http = &http.Server{
		Handler:           http.HandlerFunc(s.serve),
		ReadHeaderTimeout: 10 * time.Second,
		ConnState:         s.watch,
	}
	return s, nil
}

// Serve lets the server answer from now on, and returns at once. It is called
// once, when the fake is ready, and before anything else.
func (s *Server) Serve() {
	go func() {
		defer close(s.stopped)
		_ = s.http.Serve(s.listener) // always ends with ErrServerClosed
	}()
}

// localURL is where this machine finds a server that listens on addr. An
// unspecified host listens on loopback as well, but is no address to call.
func localURL(addr string) string {
	if ap, err := netip.ParseAddrPort(addr); err == nil && ap.Addr().IsUnspecified() {
		addr = fmt.Sprintf("127.0.0.1:%d", ap.Port())
	}
	return (&url.URL{Scheme: "http", Host: addr}).String()
}

// CalledURL is the server's URL as a caller knows it, who has sent a request to
// that host. In a container, URL means something else to everybody around it.
func (s *Server) CalledURL(host string) string {
	if host == "" { // HTTP/1.0
		return s.URL
	}
	return "http://" + host
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
// closes all the same and returns the error of ctx.
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
