package transport

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// However many attempts there were, and whatever the limits: never negative,
// never above the longest.
func TestOwnWait(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ shortest, longest time.Duration }{
		"default":        {500 * time.Millisecond, 30 * time.Second},
		"no limit":       {500 * time.Millisecond, math.MaxInt64},
		"power of two":   {1 << 20, math.MaxInt64},
		"odd":            {1234567891, math.MaxInt64},
		"one nanosecond": {1, 30 * time.Second},
		"equal":          {time.Second, time.Second},
		"min above max":  {time.Minute, time.Second},
		"none":           {0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := &run{t: &Transport{cfg: Config{RetryWaitMin: tt.shortest, RetryWaitMax: tt.longest}}}
			whole := float64(tt.shortest)
			for r.attempts = 1; r.attempts <= 200; r.attempts++ {
				most := tt.longest
				if whole < float64(most) {
					most = time.Duration(whole)
				}
				for range 20 {
					if got := r.ownWait(); got < most/2 || got > most {
						t.Fatalf("after attempt %d: %s, want %s to %s", r.attempts, got, most/2, most)
					}
				}
				whole *= 2
			}
		})
	}
}

// Only the base's own origin is sent to. With redirects refused nothing leads
// elsewhere today; this is the lock behind that door.
func TestOtherOriginsAreRefused(t *testing.T) {
	t.Parallel()
	for _, elsewhere := range []string{
		"https://evil.test/v1", "http://api.acme.test/v1", "https://api.acme.test:8443/v1",
		"https://api.acme.test.evil.test", "https://eu.api.acme.test",
	} {
		t.Run(elsewhere, func(t *testing.T) {
			t.Parallel()
			base, err := url.Parse("https://api.acme.test/v1")
			if err != nil {
				t.Fatal(err)
			}
			touched, told := 0, 0
			tr := New(Config{
				Base: base, MaxConcurrent: 1, Secrets: new(Secrets), AttemptTimeout: time.Second, MaxRetries: 3,
				RoundTrip: roundTripFunc(func(*http.Request) (*http.Response, error) {
					touched++
					return nil, io.EOF
				}),
				Observe: func(context.Context, Event) { told++ },
			})
			tr.base = elsewhere
			err = tr.Do(t.Context(), Call{
				Method: http.MethodPost, Path: []string{"gadgets"},
				Authorize: func(context.Context, http.Header) error {
					touched++
					return nil
				},
			}, func(*Response) error { return nil })
			var f *Failure
			if !errors.As(err, &f) || !errors.Is(err, ErrInvalidArgument) || errors.Is(err, ErrOutcomeUnknown) {
				t.Fatalf("error %v", err)
			}
			if f.URL != elsewhere+"/gadgets" || f.Attempts != 0 {
				t.Errorf("URL %s, %d attempts", f.URL, f.Attempts)
			}
			if touched != 0 || told != 0 || len(tr.limit.slots) != 0 {
				t.Errorf("%d uses of credential or network, %d events, %d slots taken", touched, told, len(tr.limit.slots))
			}
		})
	}
}

type roundTripFunc func(*http.Request) (*http.Response, error)

func (f roundTripFunc) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

// One giant answer does not stay in memory for good.
func TestGiantBuffersAreLetGo(t *testing.T) {
	t.Parallel()
	tr := new(Transport)
	giant := bytes.NewBuffer(make([]byte, 0, largestPooled+1))
	tr.recycle(giant)
	for range 100 {
		if tr.buffer() == giant {
			t.Fatal("it is kept")
		}
	}
}

// One of an ordinary size does, for the next call of the same client, which
// finds nothing in it.
func TestBuffersAreKept(t *testing.T) {
	t.Parallel()
	tr := new(Transport)
	buf := bytes.NewBufferString("the answer before")
	tr.recycle(buf)
	if got := tr.buffer(); got != buf || got.Len() != 0 {
		t.Errorf("got another buffer, or one with %q in it", got)
	}
	if tr.buffer() == buf {
		t.Error("it was given to two calls")
	}
}

// A length that was only announced costs no memory.
func TestAnnouncedLengthIsNotTrusted(t *testing.T) {
	t.Parallel()
	r := &run{t: &Transport{cfg: Config{MaxBody: 1 << 40, MaxErrorBody: 1 << 40}}}
	buf, err := r.read(&http.Response{
		StatusCode: 200, ContentLength: 1 << 40, Body: io.NopCloser(strings.NewReader("short")),
	})
	if err != nil || buf.String() != "short" || buf.Cap() > 2*largestPooled {
		t.Errorf("%q with room for %d, error %v", buf, buf.Cap(), err)
	}
}

// Closing twice gives the buffer back once: else two calls would share it.
func TestCloseTwice(t *testing.T) {
	t.Parallel()
	tr, buf := new(Transport), new(bytes.Buffer)
	b := &heldBody{buf: buf, owner: tr}
	err := b.Close()
	if tr.buffer() != buf {
		t.Error("the buffer was not given back")
	}
	if err := errors.Join(err, b.Close()); err != nil {
		t.Error(err)
	}
	if tr.spare.Load() != nil {
		t.Error("the buffer was given back twice")
	}
}
