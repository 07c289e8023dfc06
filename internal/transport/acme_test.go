package transport_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/usergroups-go/usergroups/internal/transport"
)

// The tests speak for a vendor that does not exist, so that nothing of the real
// ones creeps into the package.
const (
	acmeURL = "https://api.acme.test/v1"
	badge   = "Acme-token 1000.abcdef" // the credential on every request
)

// roundTrip is a http.RoundTripper without a network, for bubbles of synctest.
type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

// seen is one request as it arrived.
type seen struct {
	at     time.Time
	method string
	url    string
	header http.Header
	body   string
	length int64
}

// server answers in memory and remembers what it was asked.
type server struct {
	mu       sync.Mutex
	requests []seen
	answer   func(n int, req *http.Request) (*http.Response, error) // n counts from 1
}

func (s *server) RoundTrip(req *http.Request) (*http.Response, error) {
	r := seen{
		at: time.Now(), method: req.Method, url: req.URL.String(),
		header: req.Header.Clone(), length: req.ContentLength,
	}
	if req.Body != nil {
		b, err := io.ReadAll(req.Body)
		if err != nil {
			return nil, err
		}
		r.body = string(b)
	}
	s.mu.Lock()
	s.requests = append(s.requests, r)
	n := len(s.requests)
	s.mu.Unlock()
	return s.answer(n, req)
}

func (s *server) seen() []seen {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

func (s *server) count() int { return len(s.seen()) }

// answers gives the statuses in turn, and the last of them for ever.
func answers(statuses ...int) *server {
	return &server{answer: func(n int, _ *http.Request) (*http.Response, error) {
		return reply(statuses[min(n, len(statuses))-1], `{}`), nil
	}}
}

// reply makes an answer; header are names and values in turn.
func reply(status int, body string, header ...string) *http.Response {
	resp := &http.Response{
		StatusCode: status, ProtoMajor: 1, ProtoMinor: 1, Header: make(http.Header),
		Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body)),
	}
	for pair := range slices.Chunk(header, 2) {
		resp.Header.Set(pair[0], pair[1])
	}
	return resp
}

// config is a client's configuration with the limits of the real ones.
func config(rt http.RoundTripper, changes ...func(*transport.Config)) transport.Config {
	base, err := url.Parse(acmeURL)
	if err != nil {
		panic(err)
	}
	cfg := transport.Config{
		Base: base, RoundTrip: rt, UserAgent: "acme-go/1", Secrets: new(transport.Secrets),
		AttemptTimeout: 30 * time.Second, MaxConcurrent: 5, MaxBody: 1 << 20, MaxErrorBody: 1 << 10,
		MaxRetries: 3, RetryWaitMin: 500 * time.Millisecond, RetryWaitMax: 30 * time.Second,
		MaxServerWait: 120 * time.Second,
	}
	for _, change := range changes {
		change(&cfg)
	}
	return cfg
}

func acme(rt http.RoundTripper, changes ...func(*transport.Config)) *transport.Transport {
	return transport.New(config(rt, changes...))
}

func withBadge(_ context.Context, h http.Header) error {
	h.Set("Authorization", badge)
	return nil
}

// read is a repeatable call, write is one that is not.
func read() transport.Call {
	return transport.Call{
		Op: "Gadgets.List", Method: http.MethodGet, Path: []string{"gadgets"},
		Repeatable: true, Authorize: withBadge,
	}
}

func write() transport.Call {
	return transport.Call{
		Op: "Gadgets.Create", Method: http.MethodPost, Path: []string{"gadgets"},
		Body: map[string]string{"name": "anvil"}, Authorize: withBadge,
	}
}

// kinds of calls, for tables that ask both.
var calls = map[string]func() transport.Call{"read": read, "write": write}

// result is what a call came to: an answer that was handed on, or an error.
type result struct {
	transport.Response
	text string // the body, copied in time
	used int    // how often the answer was handed on
	err  error
}

func do(ctx context.Context, tr *transport.Transport, call transport.Call) result {
	var r result
	r.err = tr.Do(ctx, call, func(resp *transport.Response) error {
		r.Response, r.text = *resp, string(resp.Body)
		r.used++
		return nil
	})
	return r
}

// answered wants an answer with this status after so many attempts.
func (r result) answered(t *testing.T, status, attempts int) {
	t.Helper()
	if r.err != nil {
		t.Fatalf("error %v, want an answer with status %d", r.err, status)
	}
	if r.used != 1 {
		t.Errorf("the answer was handed on %d times", r.used)
	}
	if r.StatusCode != status || r.Attempts != attempts {
		t.Errorf("status %d after %d attempts, want %d after %d", r.StatusCode, r.Attempts, status, attempts)
	}
}

// failure wants a Failure with exactly these kinds after so many attempts.
func (r result) failure(t *testing.T, attempts int, kinds ...error) *transport.Failure {
	t.Helper()
	var f *transport.Failure
	if !errors.As(r.err, &f) {
		t.Fatalf("error %v (%T), want a Failure", r.err, r.err)
	}
	if r.used != 0 {
		t.Error("an answer was handed on, too")
	}
	for name, kind := range sentinels {
		if got, want := errors.Is(r.err, kind), slices.Contains(kinds, kind); got != want {
			t.Errorf("errors.Is(err, %s) = %t, want %t; the error is %q", name, got, want, r.err)
		}
	}
	if f.Attempts != attempts {
		t.Errorf("%d attempts, want %d", f.Attempts, attempts)
	}
	if text := f.Error(); text == "" || strings.Contains(text, "\n") {
		t.Errorf("Error() = %q, want one line", text)
	}
	return f
}

func (r result) failed(t *testing.T, attempts int, kinds ...error) {
	t.Helper()
	_ = r.failure(t, attempts, kinds...)
}

var sentinels = map[string]error{
	"ErrInvalidArgument":    transport.ErrInvalidArgument,
	"ErrNotFound":           transport.ErrNotFound,
	"ErrNotModified":        transport.ErrNotModified,
	"ErrDuplicate":          transport.ErrDuplicate,
	"ErrBadRequest":         transport.ErrBadRequest,
	"ErrUnauthorized":       transport.ErrUnauthorized,
	"ErrForbidden":          transport.ErrForbidden,
	"ErrScope":              transport.ErrScope,
	"ErrRateLimited":        transport.ErrRateLimited,
	"ErrUnavailable":        transport.ErrUnavailable,
	"ErrUnexpectedResponse": transport.ErrUnexpectedResponse,
	"ErrOutcomeUnknown":     transport.ErrOutcomeUnknown,
}

// slowly passes d of the request's time.
func slowly(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// pieces is a body that hands out its parts one by one and then ends with err.
type pieces struct {
	parts  []string
	err    error
	before func() error // runs before each piece
	closed bool
}

func (p *pieces) Read(b []byte) (int, error) {
	if p.before != nil {
		if err := p.before(); err != nil {
			return 0, err
		}
	}
	if len(p.parts) == 0 {
		return 0, p.err
	}
	n := copy(b, p.parts[0])
	if p.parts[0] = p.parts[0][n:]; p.parts[0] == "" {
		p.parts = p.parts[1:]
	}
	return n, nil
}

func (p *pieces) Close() error {
	p.closed = true
	return nil
}

// events collects what a client is told.
type events struct {
	mu   sync.Mutex
	list []transport.Event
}

func (e *events) observe(cfg *transport.Config) {
	cfg.Observe = func(_ context.Context, event transport.Event) {
		e.mu.Lock()
		defer e.mu.Unlock()
		e.list = append(e.list, event)
	}
}

func (e *events) all() []transport.Event {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Clone(e.list)
}

func sorted(m map[string]func() transport.Call) []string { return slices.Sorted(maps.Keys(m)) }

// repeated is n bytes of a text.
func repeated(text string, n int) string {
	return string(bytes.Repeat([]byte(text), n/len(text)+1)[:n])
}

// hasty makes the client's own waits short, for tests against a real clock.
func hasty(cfg *transport.Config) {
	cfg.RetryWaitMin, cfg.RetryWaitMax = time.Millisecond, 4*time.Millisecond
}
