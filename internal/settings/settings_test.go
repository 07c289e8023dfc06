package settings_test

import (
	"bytes"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"reflect"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/usergroups-go/usergroups/internal/settings"
	"github.com/usergroups-go/usergroups/internal/transport"
)

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

var base = &url.URL{Scheme: "https", Host: "api.acme.test"}

// config is what s makes of itself.
func config(s *settings.Settings) transport.Config {
	cfg, _ := s.Config(base, new(transport.Secrets), "1.2.3")
	return cfg
}

// decided is a Config without what is compared on its own.
func decided(s *settings.Settings) transport.Config {
	cfg := config(s)
	cfg.Base, cfg.Secrets, cfg.RoundTrip = nil, nil, nil
	return cfg
}

func defaults() transport.Config {
	return transport.Config{
		UserAgent:      "usergroups-go/1.2.3 (" + runtime.Version() + ")",
		AttemptTimeout: 30 * time.Second, MaxConcurrent: 5, MaxBody: 32 << 20, MaxErrorBody: 64 << 10,
		MaxRetries: 3, RetryWaitMin: 500 * time.Millisecond, RetryWaitMax: 30 * time.Second, MaxServerWait: 120 * time.Second,
	}
}

// What each choice changes: one field, and no other.
func TestChoices(t *testing.T) {
	t.Parallel()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		choose func(*settings.Settings) error
		change func(*transport.Config)
	}{
		"none": {func(*settings.Settings) error { return nil }, func(*transport.Config) {}},
		"AttemptTimeout": {
			func(s *settings.Settings) error { return s.AttemptTimeout(1) },
			func(cfg *transport.Config) { cfg.AttemptTimeout = 1 },
		},
		"MaxRetries": {
			func(s *settings.Settings) error { return s.MaxRetries(7) },
			func(cfg *transport.Config) { cfg.MaxRetries = 7 },
		},
		"no retries": {
			func(s *settings.Settings) error { return s.MaxRetries(0) },
			func(cfg *transport.Config) { cfg.MaxRetries = 0 },
		},
		"RetryWait": {
			func(s *settings.Settings) error { return s.RetryWait(1, 2) },
			func(cfg *transport.Config) { cfg.RetryWaitMin, cfg.RetryWaitMax = 1, 2 },
		},
		"equal waits": {
			func(s *settings.Settings) error { return s.RetryWait(1, 1) },
			func(cfg *transport.Config) { cfg.RetryWaitMin, cfg.RetryWaitMax = 1, 1 },
		},
		"MaxServerWait": {
			func(s *settings.Settings) error { return s.MaxServerWait(7) },
			func(cfg *transport.Config) { cfg.MaxServerWait = 7 },
		},
		"no server wait": {
			func(s *settings.Settings) error { return s.MaxServerWait(0) },
			func(cfg *transport.Config) { cfg.MaxServerWait = 0 },
		},
		"MaxConcurrent": {
			func(s *settings.Settings) error { return s.MaxConcurrent(1) },
			func(cfg *transport.Config) { cfg.MaxConcurrent = 1 },
		},
		"UserAgent": {
			func(s *settings.Settings) error { return s.UserAgent("review/1") },
			func(cfg *transport.Config) { cfg.UserAgent = "review/1 " + cfg.UserAgent },
		},
		"empty UserAgent": {func(s *settings.Settings) error { return s.UserAgent("") }, func(*transport.Config) {}},
		"Timeout of an HTTPClient": {
			func(s *settings.Settings) error { return s.HTTPClient(&http.Client{Timeout: 7}) },
			func(cfg *transport.Config) { cfg.AttemptTimeout = 7 },
		},
		"Timeout, and one chosen before": {
			func(s *settings.Settings) error {
				return errors.Join(s.AttemptTimeout(1), s.HTTPClient(&http.Client{Timeout: 7}))
			},
			func(cfg *transport.Config) { cfg.AttemptTimeout = 1 },
		},
		"Jar of an HTTPClient": {
			func(s *settings.Settings) error { return s.HTTPClient(&http.Client{Jar: jar}) },
			func(cfg *transport.Config) { cfg.Jar = jar },
		},
		"an empty HTTPClient": {func(s *settings.Settings) error { return s.HTTPClient(new(http.Client)) }, func(*transport.Config) {}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := settings.New("acme")
			if err := tt.choose(s); err != nil {
				t.Fatal(err)
			}
			want := defaults()
			tt.change(&want)
			got := decided(s)
			if !reflect.DeepEqual(got, want) {
				t.Errorf("%+v, want %+v", got, want)
			}
			if s.Parallel() != want.MaxConcurrent {
				t.Errorf("%d at a time", s.Parallel())
			}
		})
	}
}

// A refused choice names the option, and leaves the others as they were.
func TestRefusedChoices(t *testing.T) {
	t.Parallel()
	for want, choose := range map[string]func(*settings.Settings) error{
		"WithHTTPClient: the client is nil":                 func(s *settings.Settings) error { return s.HTTPClient(nil) },
		"WithAttemptTimeout: 0s is not positive":            func(s *settings.Settings) error { return s.AttemptTimeout(0) },
		"WithAttemptTimeout: -1s is not positive":           func(s *settings.Settings) error { return s.AttemptTimeout(-time.Second) },
		"WithMaxRetries: -1 is negative":                    func(s *settings.Settings) error { return s.MaxRetries(-1) },
		"WithRetryWait: want 0 < min <= max, got 0s and 1s": func(s *settings.Settings) error { return s.RetryWait(0, time.Second) },
		"WithRetryWait: want 0 < min <= max, got 2s and 1s": func(s *settings.Settings) error { return s.RetryWait(2*time.Second, time.Second) },
		"WithMaxServerWait: -1ns is negative":               func(s *settings.Settings) error { return s.MaxServerWait(-1) },
		"WithMaxConcurrent: 0 is less than 1":               func(s *settings.Settings) error { return s.MaxConcurrent(0) },
		`WithUserAgent: "a\nb" cannot be sent in a header`:  func(s *settings.Settings) error { return s.UserAgent("a\nb") },
		"WithLogger: the logger is nil":                     func(s *settings.Settings) error { return s.Logger(nil) },
	} {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			s := settings.New("acme")
			err := choose(s)
			if !errors.Is(err, transport.ErrInvalidArgument) || err.Error() != want {
				t.Errorf("error %v", err)
			}
			if got := decided(s); !reflect.DeepEqual(got, defaults()) {
				t.Errorf("it counts all the same: %+v", got)
			}
		})
	}
}

func TestConfigIsAboutTheBase(t *testing.T) {
	t.Parallel()
	secrets := new(transport.Secrets)
	cfg, _ := settings.New("acme").Config(base, secrets, "1.2.3")
	if cfg.Base != base || cfg.Secrets != secrets || cfg.Hint != nil || cfg.Observe != nil {
		t.Errorf("%+v", cfg)
	}
}

// Whose connections the calls use, and who closes them.
func TestRoundTripper(t *testing.T) {
	t.Parallel()
	t.Run("our own", func(t *testing.T) {
		t.Parallel()
		s := settings.New("acme")
		if err := s.MaxConcurrent(7); err != nil {
			t.Fatal(err)
		}
		own, ok := config(s).RoundTrip.(*http.Transport)
		if !ok || own == http.DefaultTransport || own.MaxIdleConnsPerHost != 7 || own.Proxy == nil {
			t.Fatalf("%+v", own)
		}
		if config(settings.New("acme")).RoundTrip == own {
			t.Error("two clients share it")
		}
	})
	t.Run("of a client without one", func(t *testing.T) {
		t.Parallel()
		s := settings.New("acme")
		if err := s.HTTPClient(new(http.Client)); err != nil {
			t.Fatal(err)
		}
		if got := config(s).RoundTrip; got == nil || got == http.DefaultTransport {
			t.Errorf("%v", got)
		}
	})
	t.Run("the caller's", func(t *testing.T) {
		t.Parallel()
		theirs := &idler{}
		h := &http.Client{Transport: theirs}
		s := settings.New("acme")
		if err := s.HTTPClient(h); err != nil {
			t.Fatal(err)
		}
		cfg, idle := s.Config(base, new(transport.Secrets), "")
		idle()
		if cfg.RoundTrip != theirs || theirs.closed || h.Transport != theirs {
			t.Errorf("%+v", theirs)
		}
	})
}

type idler struct {
	roundTrip
	closed bool
}

func (i *idler) CloseIdleConnections() { i.closed = true }

// Not parallel: http.DefaultTransport is everybody's.
func TestReplacedDefaultTransport(t *testing.T) { //nolint:paralleltest // see above
	before := http.DefaultTransport
	t.Cleanup(func() { http.DefaultTransport = before })
	theirs := &idler{}
	http.DefaultTransport = theirs
	cfg, idle := settings.New("acme").Config(base, new(transport.Secrets), "")
	idle()
	if cfg.RoundTrip != theirs || theirs.closed {
		t.Errorf("%+v", theirs)
	}
}

// The second result closes what Config's calls left open: the next one needs a new connection.
func TestIdle(t *testing.T) {
	t.Parallel()
	var connections atomic.Int64
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusNoContent)
	}))
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			connections.Add(1)
		}
	}
	server.Start()
	t.Cleanup(server.Close)
	cfg, idle := settings.New("acme").Config(base, new(transport.Secrets), "")
	for range 2 {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL, nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := cfg.RoundTrip.RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		if err := resp.Body.Close(); err != nil {
			t.Fatal(err)
		}
		idle()
	}
	if n := connections.Load(); n != 2 {
		t.Errorf("%d connections, want 2", n)
	}
}

func TestLog(t *testing.T) {
	t.Parallel()
	value := slog.GroupValue(slog.String("op", "Gadgets.List"))
	for name, tt := range map[string]struct {
		logger bool
		least  slog.Level // that the logger wants
		want   string
	}{
		"no logger":         {},
		"a logger":          {logger: true, least: slog.LevelDebug, want: "level=DEBUG msg=\"acme: attempt\" op=Gadgets.List\n"},
		"one that is quiet": {logger: true, least: slog.LevelInfo},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			s := settings.New("acme")
			if tt.logger {
				if err := s.Logger(slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{Level: tt.least}))); err != nil {
					t.Fatal(err)
				}
			}
			if got := s.Logs(t.Context(), slog.LevelDebug); got != (tt.want != "") {
				t.Errorf("Logs says %t", got)
			}
			s.Log(t.Context(), slog.LevelDebug, "attempt", value)
			if _, got, _ := strings.Cut(out.String(), " "); got != tt.want { // without the time
				t.Errorf("logged %q, want %q", got, tt.want)
			}
		})
	}
}
