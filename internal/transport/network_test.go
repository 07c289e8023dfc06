package transport_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/usergroups-go/usergroups/internal/transport"
)

// peer is what stands at the other end of a real connection, or instead of one.
type peer struct {
	base  string
	rt    *http.Transport
	tries *atomic.Int64 // requests that arrived; where none can arrive, connections tried
}

// at points a client at the peer.
func (p *peer) at(t *testing.T, cfg *transport.Config) {
	t.Helper()
	base, err := url.Parse(p.base)
	if err != nil {
		t.Fatal(err)
	}
	cfg.Base, cfg.RoundTrip = base, p.rt
	p.rt.DisableKeepAlives = true
}

// raw listens and hands each request to answer, which writes whatever it likes.
func raw(t *testing.T, answer func(conn *net.TCPConn)) *peer {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // nothing to cancel
	if err != nil {
		t.Fatal(err)
	}
	p := &peer{base: "http://" + l.Addr().String() + "/v1", rt: new(http.Transport), tries: new(atomic.Int64)}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			req, err := http.ReadRequest(bufio.NewReader(conn))
			if err == nil {
				_, _ = io.Copy(io.Discard, req.Body)
				p.tries.Add(1)
				answer(conn.(*net.TCPConn))
			}
			_ = conn.Close()
		}
	}()
	t.Cleanup(func() {
		_ = l.Close()
		<-done
	})
	return p
}

// text answers with these very bytes, then closes the connection.
func text(s string) func(*testing.T) *peer {
	return func(t *testing.T) *peer {
		t.Helper()
		return raw(t, func(conn *net.TCPConn) { _, _ = io.WriteString(conn, s) })
	}
}

// takenPort is the client's end of a connection: nobody listens there, and nobody
// else can be given it meanwhile.
func takenPort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // nothing to cancel
	if err != nil {
		t.Fatal(err)
	}
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = conn.Close(), l.Close() })
	return conn.LocalAddr().String()
}

// dialing fails, or not, to connect.
func dialing(base string, dial func(ctx context.Context) (net.Conn, error)) func(*testing.T) *peer {
	return func(*testing.T) *peer {
		p := &peer{base: base, tries: new(atomic.Int64)}
		p.rt = &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			p.tries.Add(1)
			return dial(ctx)
		}}
		return p
	}
}

// overTLS is a server whose certificate, or whose very protocol, the client
// does not accept.
func overTLS(change func(p *peer, srv *httptest.Server)) func(*testing.T) *peer {
	return func(t *testing.T) *peer {
		t.Helper()
		srv := httptest.NewUnstartedServer(http.NotFoundHandler())
		srv.Config.ErrorLog = log.New(io.Discard, "", 0)
		srv.TLS = &tls.Config{MinVersion: tls.VersionTLS12}
		srv.StartTLS()
		t.Cleanup(srv.Close)
		dialer := new(net.Dialer)
		p := dialing(srv.URL, func(ctx context.Context) (net.Conn, error) {
			return dialer.DialContext(ctx, "tcp", srv.Listener.Addr().String())
		})(t)
		p.rt.TLSClientConfig = new(tls.Config)
		change(p, srv)
		return p
	}
}

// dialler does TLS itself, as a caller's may, and tells of failures as it likes.
func dialler(refuses error) func(*peer, *httptest.Server) {
	return func(p *peer, _ *httptest.Server) {
		p.rt.DialTLSContext = func(context.Context, string, string) (net.Conn, error) {
			p.tries.Add(1)
			return nil, refuses
		}
	}
}

// http2 serves HTTP/2.
func http2(answer func(http.ResponseWriter)) func(*testing.T) *peer {
	return func(t *testing.T) *peer {
		t.Helper()
		p := &peer{tries: new(atomic.Int64)}
		srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
			if req.ProtoMajor != 2 {
				t.Errorf("%s, want HTTP/2", req.Proto)
			}
			p.tries.Add(1)
			answer(w)
		}))
		srv.Config.ErrorLog = log.New(io.Discard, "", 0)
		srv.EnableHTTP2 = true
		srv.StartTLS()
		t.Cleanup(srv.Close)
		p.base = srv.URL
		p.rt = &http.Transport{TLSClientConfig: &tls.Config{RootCAs: trusts(srv)}, ForceAttemptHTTP2: true}
		t.Cleanup(p.rt.CloseIdleConnections)
		return p
	}
}

func trusts(srv *httptest.Server) *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(srv.Certificate())
	return pool
}

// The rows of the retry table that end without an answer, or with half of one.
func TestRetriesByFailure(t *testing.T) {
	t.Parallel()
	const once, always = 1, 4
	unavailable := []error{transport.ErrUnavailable}
	inDoubt := []error{transport.ErrUnavailable, transport.ErrOutcomeUnknown}
	type want struct {
		tries  int
		kinds  []error // of the Failure
		status int     // or the answer that is handed on
	}
	for name, tt := range map[string]struct {
		peer        func(*testing.T) *peer
		read, write want
		is          error
		text        string // in the error, or the body
	}{
		"connect refused": {
			peer: func(t *testing.T) *peer {
				refusing := takenPort(t)
				dialer := new(net.Dialer)
				return dialing(acmeURL, func(ctx context.Context) (net.Conn, error) {
					return dialer.DialContext(ctx, "tcp", refusing)
				})(t)
			},
			read: want{tries: always, kinds: unavailable}, write: want{tries: always, kinds: unavailable},
			is: syscall.ECONNREFUSED, text: "refused",
		},
		"no such host": {
			peer: dialing("http://nowhere.acme.test", func(context.Context) (net.Conn, error) {
				return nil, &net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{
					Err: "no such host", Name: "nowhere.acme.test", IsNotFound: true,
				}}
			}),
			read: want{tries: once, kinds: unavailable}, write: want{tries: once, kinds: unavailable},
			text: "no such host",
		},
		"resolver out of order": {
			peer: dialing("http://api.acme.test", func(context.Context) (net.Conn, error) {
				return nil, &net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{
					Err: "server misbehaving", Name: "api.acme.test", IsTemporary: true,
				}}
			}),
			read: want{tries: always, kinds: unavailable}, write: want{tries: always, kinds: unavailable},
			text: "misbehaving",
		},
		"unknown authority": {
			peer: overTLS(func(*peer, *httptest.Server) {}),
			read: want{tries: once, kinds: unavailable}, write: want{tries: once, kinds: unavailable},
			text: "x509",
		},
		"certificate of another host": {
			peer: overTLS(func(p *peer, srv *httptest.Server) {
				p.base, p.rt.TLSClientConfig.RootCAs = "https://api.acme.test", trusts(srv)
			}),
			read: want{tries: once, kinds: unavailable}, write: want{tries: once, kinds: unavailable},
			text: "api.acme.test",
		},
		"certificate expired": {
			peer: overTLS(func(p *peer, srv *httptest.Server) {
				p.rt.TLSClientConfig.RootCAs = trusts(srv)
				p.rt.TLSClientConfig.Time = func() time.Time { return srv.Certificate().NotAfter.Add(time.Hour) }
			}),
			read: want{tries: once, kinds: unavailable}, write: want{tries: once, kinds: unavailable},
			text: "expired",
		},
		"certificate refused by the caller's own dialler, invalid": {
			peer: overTLS(dialler(x509.CertificateInvalidError{Reason: x509.NotAuthorizedToSign})),
			read: want{tries: once, kinds: unavailable}, write: want{tries: once, kinds: unavailable},
			text: "x509",
		},
		"certificate refused by the caller's own dialler, authority": {
			peer: overTLS(dialler(x509.UnknownAuthorityError{})),
			read: want{tries: once, kinds: unavailable}, write: want{tries: once, kinds: unavailable},
			text: "x509",
		},
		"certificate refused by the caller's own dialler, host": {
			peer: overTLS(dialler(x509.HostnameError{Certificate: new(x509.Certificate), Host: "api.acme.test"})),
			read: want{tries: once, kinds: unavailable}, write: want{tries: once, kinds: unavailable},
			text: "x509",
		},
		"certificate refused by the caller's own dialler, verification": {
			peer: overTLS(dialler(&tls.CertificateVerificationError{Err: errors.New("not the pinned one")})),
			read: want{tries: once, kinds: unavailable}, write: want{tries: once, kinds: unavailable},
			text: "pinned",
		},
		"not TLS at all": {
			peer: func(t *testing.T) *peer {
				srv := httptest.NewUnstartedServer(http.NotFoundHandler())
				srv.Config.ErrorLog = log.New(io.Discard, "", 0)
				srv.Start()
				t.Cleanup(srv.Close)
				dialer := new(net.Dialer)
				return dialing("https://"+srv.Listener.Addr().String(), func(ctx context.Context) (net.Conn, error) {
					return dialer.DialContext(ctx, "tcp", srv.Listener.Addr().String())
				})(t)
			},
			read: want{tries: once, kinds: unavailable}, write: want{tries: once, kinds: unavailable},
			text: "HTTP response to HTTPS client",
		},

		"reset before an answer": {
			peer: func(t *testing.T) *peer {
				return raw(t, func(conn *net.TCPConn) { _ = conn.SetLinger(0) })
			},
			read: want{tries: always, kinds: unavailable}, write: want{tries: once, kinds: inDoubt},
			is: syscall.ECONNRESET, text: "reset",
		},
		"HTTP/2 stream reset": {
			peer: http2(func(http.ResponseWriter) { panic(http.ErrAbortHandler) }),
			read: want{tries: always, kinds: unavailable}, write: want{tries: once, kinds: inDoubt},
			text: "INTERNAL_ERROR",
		},
		"HTTP/2 body cut": {
			peer: http2(func(w http.ResponseWriter) {
				_, _ = io.WriteString(w, "{")
				_ = http.NewResponseController(w).Flush()
				panic(http.ErrAbortHandler)
			}),
			read: want{tries: always, kinds: unavailable}, write: want{tries: once, kinds: inDoubt},
			text: "INTERNAL_ERROR",
		},
		"HTTP/2 answer": {
			peer: http2(func(w http.ResponseWriter) { _, _ = io.WriteString(w, "{}") }),
			read: want{tries: once, status: 200}, write: want{tries: once, status: 200},
			text: "{}",
		},
		// As those do who bring HTTP/3 to an http.Transport: it reports nothing.
		"lost by another protocol of the http.Transport": {
			peer: func(*testing.T) *peer {
				p := &peer{base: acmeURL, tries: new(atomic.Int64)}
				// Not nil, lest net/http complain that it cannot add its own HTTP/2.
				p.rt = &http.Transport{TLSNextProto: make(map[string]func(string, *tls.Conn) http.RoundTripper)}
				p.rt.RegisterProtocol("https", roundTrip(func(*http.Request) (*http.Response, error) {
					p.tries.Add(1)
					return nil, io.ErrUnexpectedEOF
				}))
				return p
			},
			read: want{tries: always, kinds: unavailable}, write: want{tries: once, kinds: inDoubt},
			is: io.ErrUnexpectedEOF,
		},
		"closed before an answer": {
			peer: text(""),
			read: want{tries: always, kinds: unavailable}, write: want{tries: once, kinds: inDoubt},
			is: io.EOF,
		},
		"cut in the headers": {
			peer: text("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n"),
			read: want{tries: always, kinds: unavailable}, write: want{tries: once, kinds: inDoubt},
			is: io.ErrUnexpectedEOF,
		},
		"not HTTP": {
			peer: text("220 mail.acme.test ESMTP\r\n"),
			read: want{tries: always, kinds: unavailable}, write: want{tries: once, kinds: inDoubt},
			text: "malformed",
		},
		"body shorter than announced": {
			peer: text("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"a\":"),
			read: want{tries: always, kinds: unavailable}, write: want{tries: once, kinds: inDoubt},
			is: io.ErrUnexpectedEOF,
		},
		"body cut by one byte": {
			peer: text("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n{}"),
			read: want{tries: always, kinds: unavailable}, write: want{tries: once, kinds: inDoubt},
			is: io.ErrUnexpectedEOF,
		},
		"chunked body cut in a chunk": {
			peer: text("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n64\r\n{\"a\":"),
			read: want{tries: always, kinds: unavailable}, write: want{tries: once, kinds: inDoubt},
			is: io.ErrUnexpectedEOF,
		},
		"chunked body cut between chunks": {
			peer: text("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n"),
			read: want{tries: always, kinds: unavailable}, write: want{tries: once, kinds: inDoubt},
			is: io.ErrUnexpectedEOF,
		},
		"body reset": {
			peer: func(t *testing.T) *peer {
				return raw(t, func(conn *net.TCPConn) {
					_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")
					_ = conn.SetLinger(0)
				})
			},
			read: want{tries: always, kinds: unavailable}, write: want{tries: once, kinds: inDoubt},
			is: syscall.ECONNRESET,
		},
		"cut body of a 503": {
			peer: text("HTTP/1.1 503 Out\r\nContent-Length: 100\r\n\r\n{\"code\""),
			read: want{tries: always, status: 503}, write: want{tries: once, status: 503},
			text: `{"code"`,
		},
		"cut body of a 404": {
			peer: text("HTTP/1.1 404 No\r\nTransfer-Encoding: chunked\r\n\r\n7\r\n{\"code\"\r\n"),
			read: want{tries: always, status: 404}, write: want{tries: once, status: 404},
			text: `{"code"`,
		},
		"cut body of a 429": {
			peer: text("HTTP/1.1 429 Slow\r\nContent-Length: 100\r\n\r\n{\"code\""),
			read: want{tries: always, status: 429}, write: want{tries: always, status: 429},
			text: `{"code"`,
		},
		"no body where none is meant": {
			peer: text("HTTP/1.1 204 No Content\r\n\r\n"),
			read: want{tries: once, status: 204}, write: want{tries: once, status: 204},
		},
		"body up to the end of the connection": {
			peer: text("HTTP/1.0 200 OK\r\n\r\n{\"a\":1}"),
			read: want{tries: once, status: 200}, write: want{tries: once, status: 200},
			text: `{"a":1}`,
		},
	} {
		for kind, want := range map[string]want{"read": tt.read, "write": tt.write} {
			t.Run(name+", "+kind, func(t *testing.T) {
				t.Parallel()
				p := tt.peer(t)
				tr := acme(nil, hasty, func(cfg *transport.Config) { p.at(t, cfg) })
				r := do(t.Context(), tr, calls[kind]())
				if got := int(p.tries.Load()); got != want.tries {
					t.Errorf("%d tries, want %d", got, want.tries)
				}
				if want.status != 0 {
					r.answered(t, want.status, want.tries)
					if r.text != tt.text {
						t.Errorf("body %q, want %q", r.text, tt.text)
					}
					return
				}
				f := r.failure(t, want.tries, want.kinds...)
				if tt.is != nil && !errors.Is(r.err, tt.is) {
					t.Errorf("errors.Is(err, %v) is false for %v", tt.is, f)
				}
				if !strings.Contains(f.Error(), tt.text) {
					t.Errorf("%q is not in %q", tt.text, f)
				}
				if f.URL != p.base+"/gadgets" || f.StatusCode != 0 {
					t.Errorf("URL %s, status %d", f.URL, f.StatusCode)
				}
			})
		}
	}
}

// While there is no connection, nothing can have been sent.
func TestTimeoutWhileConnecting(t *testing.T) {
	t.Parallel()
	for name, base := range map[string]string{"dialling": "http://api.acme.test", "in the handshake": "https://api.acme.test"} {
		for _, end := range []string{"attempt timeout", "caller's context"} {
			for _, kind := range sorted(calls) {
				t.Run(name+", "+end+", "+kind, func(t *testing.T) {
					t.Parallel()
					synctest.Test(t, func(t *testing.T) {
						p := dialing(base, func(ctx context.Context) (net.Conn, error) {
							if name == "dialling" {
								<-ctx.Done()
								return nil, ctx.Err()
							}
							ours, _ := net.Pipe() // nobody reads the other end
							return ours, nil
						})(t)
						tr := acme(nil, func(cfg *transport.Config) { p.at(t, cfg) })
						if end == "attempt timeout" {
							do(t.Context(), tr, calls[kind]()).failed(t, 4, transport.ErrUnavailable)
							if got := p.tries.Load(); got != 4 {
								t.Errorf("%d connections tried, want 4", got)
							}
						} else {
							ctx, cancel := context.WithTimeout(t.Context(), time.Second)
							defer cancel()
							r := do(ctx, tr, calls[kind]())
							r.failed(t, 1)
							if !errors.Is(r.err, context.DeadlineExceeded) {
								t.Errorf("error %v", r.err)
							}
						}
						p.rt.CloseIdleConnections()
					})
				})
			}
		}
	}
}

// A real http.Transport over a pipe: the request was written, no answer comes.
func TestTimeoutAfterTheRequest(t *testing.T) {
	t.Parallel()
	for kind, tt := range map[string]struct {
		tries int
		kinds []error
	}{
		"read":  {4, []error{transport.ErrUnavailable}},
		"write": {1, []error{transport.ErrUnavailable, transport.ErrOutcomeUnknown}},
	} {
		for _, sent := range []string{"", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"} {
			t.Run(fmt.Sprintf("%s, after %d bytes", kind, len(sent)), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					p := dialing("http://api.acme.test", func(context.Context) (net.Conn, error) {
						ours, theirs := net.Pipe()
						go func() {
							defer func() { _ = theirs.Close() }()
							if _, err := http.ReadRequest(bufio.NewReader(theirs)); err != nil {
								t.Error(err)
							}
							_, _ = io.WriteString(theirs, sent)
							_, _ = io.Copy(io.Discard, theirs) // until the client gives up
						}()
						return ours, nil
					})(t)
					tr := acme(nil, func(cfg *transport.Config) { p.at(t, cfg) })
					f := do(t.Context(), tr, calls[kind]()).failure(t, tt.tries, tt.kinds...)
					if !strings.Contains(f.Error(), "timed out") {
						t.Errorf("error %v", f)
					}
					if got := int(p.tries.Load()); got != tt.tries {
						t.Errorf("%d requests, want %d", got, tt.tries)
					}
				})
			})
		}
	}
}

// A redirect is an answer. Nothing goes to where it points: neither credential
// nor body.
func TestRedirectsAreNotFollowed(t *testing.T) {
	t.Parallel()
	for _, status := range []int{300, 301, 302, 303, 304, 307, 308} {
		for name, location := range map[string]string{
			"elsewhere": "", // filled in below
			"same host": "/v1/other", "same page": "/v1/gadgets", "relative": "other", "none": "-",
			"unparsable": "http://[::1", "unparsable escape": "/%zz", "other scheme": "ftp://api.acme.test/",
		} {
			for _, kind := range sorted(calls) {
				t.Run(fmt.Sprintf("%d %s, %s", status, name, kind), func(t *testing.T) {
					t.Parallel()
					location := location
					var elsewhere, here atomic.Int64
					thief := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { elsewhere.Add(1) }))
					t.Cleanup(thief.Close)
					if name == "elsewhere" {
						location = thief.URL + "/v1/gadgets"
					}
					srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
						here.Add(1)
						if location != "-" {
							w.Header().Set("Location", location)
						}
						w.WriteHeader(status)
					}))
					t.Cleanup(srv.Close)
					p := &peer{base: srv.URL + "/v1", rt: new(http.Transport)}
					r := do(t.Context(), acme(nil, hasty, func(cfg *transport.Config) { p.at(t, cfg) }), calls[kind]())
					if elsewhere.Load() != 0 || here.Load() != 1 {
						t.Errorf("%d requests to the other host, %d to ours", elsewhere.Load(), here.Load())
					}
					if strings.HasPrefix(name, "unparsable") {
						return // see the next test
					}
					r.answered(t, status, 1)
					if got := r.Header.Get("Location"); location != "-" && got != location {
						t.Errorf("Location %q, want %q", got, location)
					}
				})
			}
		}
	}
}

// An answer that arrived whole is handed on, whatever its Location: for a write
// it is no more in doubt than with a good one.
func TestRedirectWithUnparsableLocation(t *testing.T) {
	t.Parallel()
	for _, location := range []string{"http://[::1", "/%zz"} {
		for _, status := range []int{301, 302, 303, 307, 308} {
			for _, kind := range sorted(calls) {
				t.Run(fmt.Sprintf("%d %s, %s", status, location, kind), func(t *testing.T) {
					t.Parallel()
					srv := &server{answer: func(int, *http.Request) (*http.Response, error) {
						return reply(status, "moved", "Location", location), nil
					}}
					r := do(t.Context(), acme(srv, hasty), calls[kind]())
					r.answered(t, status, 1)
					if got := r.Header.Get("Location"); got != location || r.text != "moved" {
						t.Errorf("Location %q and body %q", got, r.text)
					}
				})
			}
		}
	}
}

// A RoundTripper may hand out one header again and again.
func TestHeaderOfTheRoundTripperIsNotChanged(t *testing.T) {
	t.Parallel()
	header := http.Header{"Location": {"/elsewhere"}, "Content-Type": {"text/plain"}}
	srv := &server{answer: func(n int, _ *http.Request) (*http.Response, error) {
		resp := reply([]int{503, 302}[n-1], "")
		resp.Header = header
		return resp, nil
	}}
	r := do(t.Context(), acme(srv, hasty), read())
	r.answered(t, 302, 2)
	for who, h := range map[string]http.Header{"the caller": r.Header, "the RoundTripper": header} {
		if h.Get("Location") != "/elsewhere" || h.Get("Content-Type") != "text/plain" || len(h) != 2 {
			t.Errorf("%s has %v", who, h)
		}
	}
}

// Connections are used again, also after answers that ended badly.
func TestConnectionsAreReused(t *testing.T) {
	t.Parallel()
	var connections, requests atomic.Int64
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		switch requests.Add(1) {
		case 1, 2:
			w.WriteHeader(http.StatusServiceUnavailable)
			_, _ = io.WriteString(w, repeated("x", 900))
		default:
			_, _ = io.WriteString(w, `{}`)
		}
	}))
	srv.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			connections.Add(1)
		}
	}
	srv.Start()
	t.Cleanup(srv.Close)
	rt := new(http.Transport)
	t.Cleanup(rt.CloseIdleConnections)
	base, err := url.Parse(srv.URL)
	if err != nil {
		t.Fatal(err)
	}
	tr := acme(rt, hasty, func(cfg *transport.Config) { cfg.Base = base })
	do(t.Context(), tr, read()).answered(t, 200, 3)
	do(t.Context(), tr, read()).answered(t, 200, 1)
	if got := connections.Load(); got != 1 {
		t.Errorf("%d connections for 4 requests, want 1", got)
	}
}
