package transport_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/usergroups-go/usergroups/internal/transport"
)

func TestBodyLimits(t *testing.T) {
	t.Parallel()
	const limit, errorLimit = 3000, 100
	for _, tt := range []struct {
		status, length, want int // want -1: refused
	}{
		{200, 0, 0},
		{200, 1, 1},
		{200, limit - 1, limit - 1},
		{200, limit, limit},
		{200, limit + 1, -1},
		{200, 100 * limit, -1},
		{299, limit + 1, -1},
		{404, errorLimit, errorLimit},
		{404, errorLimit + 1, errorLimit},
		{404, 100 * limit, errorLimit},
		{503, 100 * limit, errorLimit},
		{302, errorLimit + 1, errorLimit},
	} {
		for _, announced := range []bool{true, false} {
			for _, kind := range sorted(calls) {
				t.Run(fmt.Sprintf("%d with %d bytes, announced %t, %s", tt.status, tt.length, announced, kind), func(t *testing.T) {
					t.Parallel()
					synctest.Test(t, func(t *testing.T) {
						text := repeated("0123456789", tt.length)
						var opened []*pieces
						srv := &server{answer: func(int, *http.Request) (*http.Response, error) {
							resp := reply(tt.status, "")
							resp.ContentLength = -1
							if announced {
								resp.ContentLength = int64(len(text))
							}
							body := &pieces{parts: strings.SplitAfter(text, "9"), err: io.EOF}
							opened = append(opened, body)
							resp.Body = body
							return resp, nil
						}}
						tr := acme(srv, func(cfg *transport.Config) {
							cfg.MaxBody, cfg.MaxErrorBody, cfg.MaxRetries = limit, errorLimit, 0
						})
						r := do(t.Context(), tr, calls[kind]())
						for _, body := range opened {
							if !body.closed {
								t.Error("the body was not closed")
							}
						}
						if tt.want < 0 {
							kinds := []error{transport.ErrUnexpectedResponse}
							if kind == "write" {
								kinds = append(kinds, transport.ErrOutcomeUnknown)
							}
							f := r.failure(t, 1, kinds...)
							if f.StatusCode != tt.status || !strings.Contains(f.Error(), "longer than the limit") {
								t.Errorf("status %d, error %v", f.StatusCode, f)
							}
							return
						}
						r.answered(t, tt.status, 1)
						if r.text != text[:tt.want] {
							t.Errorf("%d bytes, want the first %d of the body", len(r.text), tt.want)
						}
					})
				})
			}
		}
	}
}

// An answer over the limit is as long the next time: it is not asked for again.
func TestTooLongAnswerIsNotRepeated(t *testing.T) {
	t.Parallel()
	srv := answers(200)
	srv.answer = func(int, *http.Request) (*http.Response, error) { return reply(200, "12345"), nil }
	do(t.Context(), acme(srv, hasty, func(cfg *transport.Config) { cfg.MaxBody = 4 }), read()).
		failed(t, 1, transport.ErrUnexpectedResponse)
	if srv.count() != 1 {
		t.Errorf("%d requests, want 1", srv.count())
	}
}

// An endless body of an error status is not waited for.
func TestEndlessErrorBody(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		srv := &server{answer: func(int, *http.Request) (*http.Response, error) {
			resp := reply(404, "")
			resp.ContentLength = -1
			resp.Body = io.NopCloser(endless{})
			return resp, nil
		}}
		r := do(t.Context(), acme(srv), read())
		r.answered(t, 404, 1)
		if len(r.text) != 1<<10 {
			t.Errorf("%d bytes kept, want 1024", len(r.text))
		}
	})
}

type endless struct{}

func (endless) Read(b []byte) (int, error) { return copy(b, "x"), nil }

// What a caller's RoundTripper may do, or should not do but does.
func TestOddRoundTrippers(t *testing.T) {
	t.Parallel()
	t.Run("nil body", func(t *testing.T) {
		t.Parallel()
		for _, length := range []int64{0, -1, 5} {
			rt := roundTrip(func(*http.Request) (*http.Response, error) {
				return &http.Response{StatusCode: 200, ContentLength: length}, nil
			})
			r := do(t.Context(), acme(rt), read())
			r.answered(t, 200, 1)
			if r.text != "" || r.Header.Get("X") != "" {
				t.Errorf("got %q", r.text)
			}
		}
	})
	t.Run("neither answer nor error", func(t *testing.T) {
		t.Parallel()
		for kind, kinds := range map[string][]error{
			"read": {transport.ErrUnavailable}, "write": {transport.ErrUnavailable, transport.ErrOutcomeUnknown},
		} {
			rt := roundTrip(func(*http.Request) (*http.Response, error) {
				return nil, nil //nolint:nilnil // what is tested
			})
			f := do(t.Context(), acme(rt, hasty), calls[kind]()).failure(t, map[string]int{"read": 4, "write": 1}[kind], kinds...)
			if !strings.Contains(f.Error(), "RoundTripper") {
				t.Errorf("error %v", f)
			}
		}
	})
	t.Run("a length that is not true", func(t *testing.T) {
		t.Parallel()
		for _, length := range []int64{-5, 1 << 50, 1} {
			rt := roundTrip(func(*http.Request) (*http.Response, error) {
				resp := reply(200, `{"a":1}`)
				resp.ContentLength = length
				return resp, nil
			})
			r := do(t.Context(), acme(rt), read())
			r.answered(t, 200, 1)
			if r.text != `{"a":1}` {
				t.Errorf("got %q", r.text)
			}
		}
	})
}

// Buffers go round, what is in them does not: each call sees its own answer for
// as long as it may look at it.
func TestBuffersAreNotShared(t *testing.T) {
	t.Parallel()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		n, err := strconv.Atoi(req.URL.Query().Get("n"))
		if err != nil {
			t.Error(err)
		}
		if n%3 == 0 {
			w.WriteHeader(http.StatusNotFound)
		}
		_, _ = io.WriteString(w, answerFor(n))
	}))
	t.Cleanup(srv.Close)
	base, err := url.Parse(srv.URL)
	if err != nil {
		t.Fatal(err)
	}
	rt := &http.Transport{MaxIdleConnsPerHost: 8}
	t.Cleanup(rt.CloseIdleConnections)
	tr := acme(rt, func(cfg *transport.Config) { cfg.Base, cfg.MaxConcurrent, cfg.MaxErrorBody = base, 8, 1<<20 })
	var wg sync.WaitGroup
	for worker := range 16 {
		wg.Go(func() {
			for round := range 20 {
				n := worker*20 + round
				call := read()
				call.Query = url.Values{"n": {strconv.Itoa(n)}}
				err := tr.Do(t.Context(), call, func(resp *transport.Response) error {
					want := answerFor(n)
					for range 3 { // again, after others had time to write over it
						if string(resp.Body) != want {
							t.Errorf("call %d sees the answer %.20q of %d bytes", n, resp.Body, len(resp.Body))
						}
						time.Sleep(100 * time.Microsecond)
					}
					return nil
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
}

func answerFor(n int) string { return repeated(fmt.Sprintf("<%d>", n), 10+n*37%5000) }

// Between the attempts of one call, too.
func TestBuffersOfAttempts(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for range 50 {
			srv := &server{answer: func(n int, _ *http.Request) (*http.Response, error) {
				if n < 3 {
					return reply(503, strings.Repeat("out ", 200)), nil
				}
				return reply(200, "short"), nil
			}}
			r := do(t.Context(), acme(srv), read())
			r.answered(t, 200, 3)
			if r.text != "short" {
				t.Fatalf("body %.20q", r.text)
			}
		}
	})
}

func TestEvents(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		lost := errors.New("lost")
		srv := &server{answer: func(n int, req *http.Request) (*http.Response, error) {
			time.Sleep(time.Duration(n) * time.Second)
			switch n {
			case 1:
				return reply(503, "", "Retry-After", "7"), nil
			case 2:
				return nil, lost
			case 3:
				return reply(429, "", "Retry-After", "9"), nil
			}
			return reply(200, ""), nil
		}}
		var told events
		tr := acme(srv, told.observe)
		do(t.Context(), tr, read()).answered(t, 200, 4)
		type event struct {
			kind    transport.EventKind
			attempt int
			status  int
			seconds time.Duration
			wait    time.Duration
			err     error
		}
		var list []event
		for _, e := range told.all() {
			if e.Op != "Gadgets.List" || e.Method != http.MethodGet || e.URL != acmeURL+"/gadgets" {
				t.Errorf("event of %s, %s %s", e.Op, e.Method, e.URL)
			}
			list = append(list, event{e.Kind, e.Attempt, e.StatusCode, e.Duration, e.Wait, e.Err})
		}
		const attempt, wait = transport.EventAttempt, transport.EventWait
		own := gap(t, srv, 1) - 2*time.Second // drawn by lot
		want := []event{
			{attempt, 1, 503, 1 * time.Second, 0, nil},
			{wait, 1, 503, 0, 7 * time.Second, nil},
			{attempt, 2, 0, 2 * time.Second, 0, lost},
			{wait, 2, 0, 0, own, lost},
			{attempt, 3, 429, 3 * time.Second, 0, nil},
			{wait, 3, 429, 0, 9 * time.Second, nil},
			{attempt, 4, 200, 4 * time.Second, 0, nil},
		}
		if len(list) != len(want) {
			t.Fatalf("events\n%v, want\n%v", list, want)
		}
		for i := range want {
			if list[i] != want[i] {
				t.Errorf("event %d is %v, want %v", i+1, list[i], want[i])
			}
		}
	})
}

// A wait for a pause that another call brought about is reported as well.
func TestEventOfAPause(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var told events
		tr := acme(throttle(1, "10"), told.observe)
		call := read()
		call.NoRetry = true
		do(t.Context(), tr, call).answered(t, 429, 1)
		time.Sleep(time.Second)
		do(t.Context(), tr, write()).answered(t, 200, 1)
		list := told.all()
		if len(list) != 3 {
			t.Fatalf("events %+v, want an attempt, a wait and an attempt", list)
		}
		if e := list[1]; e.Kind != transport.EventWait || e.Wait != 9*time.Second || e.Op != "Gadgets.Create" || e.Attempt != 0 {
			t.Errorf("event %+v, want a wait of 9s before the first attempt", e)
		}
		if e := list[2]; e.Kind != transport.EventAttempt || e.Attempt != 1 || e.StatusCode != 200 {
			t.Errorf("event %+v", e)
		}
	})
}

// A wait that is not begun is not reported, and an attempt that gave nothing is.
func TestEventsOfFailures(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		answer func(*http.Request) (*http.Response, error)
		status int
		err    string
	}{
		"lost":     {func(*http.Request) (*http.Response, error) { return nil, io.EOF }, 0, "EOF"},
		"too long": {func(*http.Request) (*http.Response, error) { return reply(200, "12345"), nil }, 200, "limit"},
		"cut": {func(*http.Request) (*http.Response, error) {
			resp := reply(200, "")
			resp.Body = &pieces{err: io.ErrUnexpectedEOF}
			return resp, nil
		}, 0, "unexpected EOF"},
		"timed out": {func(req *http.Request) (*http.Response, error) {
			<-req.Context().Done()
			return nil, req.Context().Err()
		}, 0, "timed out"},
		"long wait": {func(*http.Request) (*http.Response, error) { return reply(429, "", "Retry-After", "500"), nil }, 429, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var told events
				call := read()
				call.NoRetry = true
				srv := &server{answer: func(_ int, req *http.Request) (*http.Response, error) { return tt.answer(req) }}
				do(t.Context(), acme(srv, told.observe, func(cfg *transport.Config) { cfg.MaxBody = 4 }), call)
				list := told.all()
				if len(list) != 1 || list[0].Kind != transport.EventAttempt || list[0].StatusCode != tt.status {
					t.Fatalf("events %+v, want one attempt with status %d", list, tt.status)
				}
				got := ""
				if list[0].Err != nil {
					got = list[0].Err.Error()
				}
				if !strings.Contains(got, tt.err) || (got == "") != (tt.err == "") {
					t.Errorf("error %q, want %q", got, tt.err)
				}
			})
		})
	}
	t.Run("no attempt", func(t *testing.T) {
		t.Parallel()
		var told events
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		do(ctx, acme(answers(200), told.observe), read()).failed(t, 0)
		if list := told.all(); len(list) != 0 {
			t.Errorf("events %+v", list)
		}
	})
}
