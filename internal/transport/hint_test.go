package transport_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/usergroups-go/usergroups/internal/transport"
)

// saying makes the vendor say the same of every error.
func saying(hint transport.Hint) func(*transport.Config) {
	return func(cfg *transport.Config) {
		cfg.Hint = func(int, []byte) transport.Hint { return hint }
	}
}

// The retry table, with the server's own word beside the status.
func TestRetriesByHint(t *testing.T) {
	t.Parallel()
	const once, always = 1, 4
	type requests struct{ reads, writes int }
	never := requests{once, once}
	for _, tt := range []struct {
		status          int
		unsaid, yes, no requests
	}{
		{200, never, never, never},
		{204, never, never, never},
		{301, never, never, never},
		{304, never, never, never},
		{400, never, requests{always, once}, never},
		{401, never, requests{always, once}, never},
		{403, never, requests{always, once}, never},
		{404, never, requests{always, once}, never},
		{409, never, requests{always, once}, never},
		{429, requests{always, always}, requests{always, always}, never},
		{500, requests{always, once}, requests{always, once}, never},
		{501, never, requests{always, once}, never},
		{502, requests{always, once}, requests{always, once}, never},
		{503, requests{always, once}, requests{always, once}, never},
		{504, requests{always, once}, requests{always, once}, never},
		{599, never, requests{always, once}, never},
	} {
		for name, row := range map[string]struct {
			verdict transport.Verdict
			want    requests
		}{"unsaid": {transport.Unsaid, tt.unsaid}, "yes": {transport.Yes, tt.yes}, "no": {transport.No, tt.no}} {
			for kind, want := range map[string]int{"read": row.want.reads, "write": row.want.writes} {
				t.Run(fmt.Sprintf("%d for a %s, %s", tt.status, kind, name), func(t *testing.T) {
					t.Parallel()
					synctest.Test(t, func(t *testing.T) {
						srv := answers(tt.status)
						do(t.Context(), acme(srv, saying(transport.Hint{Again: row.verdict})), calls[kind]()).answered(t, tt.status, want)
						if got := srv.count(); got != want {
							t.Errorf("%d requests, want %d", got, want)
						}
					})
				})
			}
		}
	}
}

// The vendor reads each answer that reports an error, and no other.
func TestHintIsAskedOfErrors(t *testing.T) {
	t.Parallel()
	for status, asked := range map[int]bool{200: false, 204: false, 302: false, 304: false, 399: false, 400: true, 404: true, 429: true, 500: true, 501: true, 503: true} {
		t.Run(strconv.Itoa(status), func(t *testing.T) {
			t.Parallel()
			srv := &server{answer: func(int, *http.Request) (*http.Response, error) { return reply(status, "why"), nil }}
			call := read()
			call.NoRetry = true
			times := 0
			do(t.Context(), acme(srv, func(cfg *transport.Config) {
				cfg.Hint = func(got int, body []byte) transport.Hint {
					if times++; got != status || string(body) != "why" {
						t.Errorf("Hint is asked about %d %q", got, body)
					}
					return transport.Hint{}
				}
			}), call).answered(t, status, 1)
			if want := map[bool]int{true: 1}[asked]; times != want {
				t.Errorf("asked %d times, want %d", times, want)
			}
		})
	}
}

// A Yes lifts no limit: retries, the longest wait, NoRetry.
func TestHintWithinTheLimits(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		header   string
		hint     transport.Hint
		noRetry  bool
		requests int
		min, max time.Duration // the wait
		after    time.Duration // RetryAfter of the answer
	}{
		"own wait":            {hint: transport.Hint{Again: transport.Yes}, requests: 2, min: 250 * time.Millisecond, max: 500 * time.Millisecond},
		"wait of the hint":    {hint: transport.Hint{Again: transport.Yes, Wait: 7 * time.Second}, requests: 2, min: 7 * time.Second, max: 7 * time.Second, after: 7 * time.Second},
		"wait of the header":  {header: "8", hint: transport.Hint{Again: transport.Yes, Wait: 7 * time.Second}, requests: 2, min: 8 * time.Second, max: 8 * time.Second, after: 8 * time.Second},
		"too long":            {hint: transport.Hint{Again: transport.Yes, Wait: 121 * time.Second}, requests: 1, after: 121 * time.Second},
		"NoRetry":             {hint: transport.Hint{Again: transport.Yes, Wait: 7 * time.Second}, noRetry: true, requests: 1, after: 7 * time.Second},
		"a wait, and no word": {header: "8", hint: transport.Hint{Wait: 7 * time.Second}, requests: 1},
		"a wait, and a No":    {header: "8", hint: transport.Hint{Again: transport.No, Wait: 7 * time.Second}, requests: 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				srv := &server{answer: func(int, *http.Request) (*http.Response, error) {
					if tt.header == "" {
						return reply(409, ""), nil
					}
					return reply(409, "", "Retry-After", tt.header), nil
				}}
				call := read()
				call.NoRetry = tt.noRetry
				r := do(t.Context(), acme(srv, saying(tt.hint), func(cfg *transport.Config) { cfg.MaxRetries = 1 }), call)
				r.answered(t, 409, tt.requests)
				if r.RetryAfter != tt.after {
					t.Errorf("RetryAfter %s, want %s", r.RetryAfter, tt.after)
				}
				if tt.requests == 1 {
					return
				}
				if got := gap(t, srv, 0); got < tt.min || got > tt.max {
					t.Errorf("waited %s, want %s to %s", got, tt.min, tt.max)
				}
			})
		})
	}
}

// Who is told not to repeat a 429 returns at once; everybody waits all the same.
// After a 409 that may be repeated nobody else does.
func TestPauseByHint(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		status int
		hint   transport.Hint
		pause  time.Duration
	}{
		"429, No":  {429, transport.Hint{Again: transport.No, Wait: 7 * time.Second}, 7 * time.Second},
		"503, No":  {503, transport.Hint{Again: transport.No, Wait: 7 * time.Second}, 0},
		"409, Yes": {409, transport.Hint{Again: transport.Yes, Wait: 7 * time.Second}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				srv := answers(tt.status, 200)
				tr := acme(srv, saying(tt.hint))
				call := read()
				call.NoRetry = tt.hint.Again == transport.Yes
				start := time.Now()
				do(t.Context(), tr, call).answered(t, tt.status, 1)
				if d := time.Since(start); d != 0 {
					t.Errorf("returned after %s", d)
				}
				do(t.Context(), tr, read()).answered(t, 200, 1)
				if d := time.Since(start); d != tt.pause {
					t.Errorf("the next call was sent after %s, want %s", d, tt.pause)
				}
			})
		})
	}
}

// An error whose body broke off is repeated, unless what came of it forbids that.
func TestHintOfACutBody(t *testing.T) {
	t.Parallel()
	for verdict, want := range map[transport.Verdict]int{transport.Unsaid: 4, transport.Yes: 4, transport.No: 1} {
		t.Run(fmt.Sprintf("verdict %d", verdict), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				srv := &server{answer: func(int, *http.Request) (*http.Response, error) {
					resp := reply(400, "")
					resp.Body, resp.ContentLength = &pieces{parts: []string{`{"retry":`}, err: io.ErrUnexpectedEOF}, 100
					return resp, nil
				}}
				do(t.Context(), acme(srv, saying(transport.Hint{Again: verdict})), read()).answered(t, 400, want)
			})
		})
	}
}

// A call that got no answer at all has nobody's word.
func TestNoHintWithoutAnAnswer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		lost := &server{answer: func(int, *http.Request) (*http.Response, error) { return nil, io.EOF }}
		r := do(t.Context(), acme(lost, func(cfg *transport.Config) {
			cfg.Hint = func(int, []byte) transport.Hint {
				t.Error("Hint is asked about nothing")
				return transport.Hint{Again: transport.No}
			}
		}), read())
		r.failed(t, 4, transport.ErrUnavailable)
		if !errors.Is(r.err, io.EOF) {
			t.Errorf("error %v", r.err)
		}
	})
}
