package tulip_test

import (
	"cmp"
	"context"
	"errors"
	"math"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jarcoal/httpmock"

	"github.com/usergroups-go/usergroups/tulip"
)

// TestRetryWaits: what the package comment promises of waits, one row each.
func TestRetryWaits(t *testing.T) {
	t.Parallel()
	const forever = time.Duration(math.MaxInt64)
	// asks answers for ever, with a wait in the header.
	asks := func(code int, retryAfter string) func() roundTripFunc {
		return func() roundTripFunc {
			header := http.Header{}
			if retryAfter != "" {
				header.Set("Retry-After", retryAfter)
			}
			return inMemory(code, header, `{"errorCode":"x.y","message":"m","retryable":false,"details":{"details":"10 per second","retry_after":60}}`)
		}
	}
	in90s := func(layout string) func() roundTripFunc {
		return func() roundTripFunc { return asks(429, time.Now().UTC().Add(90*time.Second).Format(layout))() }
	}
	retryable := func() roundTripFunc { return inMemory(400, nil, `{"retryable":true}`) }
	once := []tulip.Option{tulip.WithMaxRetries(1)}
	tests := []struct {
		promise           string
		answer            func() roundTripFunc
		opts              []tulip.Option
		call              []tulip.CallOption
		deadline          time.Duration
		requests          int
		shortest, longest time.Duration // of the whole call
		retryAfter        time.Duration // of the Error
	}{
		{promise: "3 retries", answer: asks(503, ""), requests: 4, shortest: 1750 * time.Millisecond, longest: 3500 * time.Millisecond},
		{promise: "of what is retryable, too", answer: retryable, requests: 4, shortest: 1750 * time.Millisecond, longest: 3500 * time.Millisecond},
		{promise: "NoRetry", answer: asks(503, ""), call: []tulip.CallOption{tulip.NoRetry()}, requests: 1},
		{promise: "NoRetry of what is retryable", answer: retryable, call: []tulip.CallOption{tulip.NoRetry()}, requests: 1},
		{promise: "0.5 s, half of it random", answer: asks(503, ""), opts: once, requests: 2, shortest: 250 * time.Millisecond, longest: 500 * time.Millisecond},
		{
			promise: "doubled each time", answer: asks(503, ""), opts: []tulip.Option{tulip.WithMaxRetries(6)},
			requests: 7, shortest: 31500 / 2 * time.Millisecond, longest: 31500 * time.Millisecond,
		},
		{
			promise: "at most 30 s", answer: asks(503, ""), opts: []tulip.Option{tulip.WithMaxRetries(20)},
			requests: 21, shortest: (31500/2 + 14*15000) * time.Millisecond, longest: (31500 + 14*30000) * time.Millisecond,
		},
		{
			promise: "WithRetryWait", answer: asks(429, ""), opts: []tulip.Option{tulip.WithRetryWait(4*time.Second, 4*time.Second)},
			requests: 4, shortest: 6 * time.Second, longest: 12 * time.Second,
		},
		{promise: "Retry-After as seconds", answer: asks(429, "7"), opts: once, requests: 2, shortest: 7 * time.Second, longest: 7 * time.Second, retryAfter: 7 * time.Second},
		{promise: "Retry-After of a 503", answer: asks(503, "7"), opts: once, requests: 2, shortest: 7 * time.Second, longest: 7 * time.Second, retryAfter: 7 * time.Second},
		{promise: "Retry-After as an HTTP date", answer: in90s(http.TimeFormat), opts: once, requests: 2, shortest: 90 * time.Second, longest: 90 * time.Second},
		{promise: "the other vendor's wait in details is nothing here", answer: asks(429, ""), opts: once, requests: 2, shortest: 250 * time.Millisecond, longest: 500 * time.Millisecond},
		{promise: "obeyed up to 120 s", answer: asks(429, "120"), requests: 4, shortest: 360 * time.Second, longest: 360 * time.Second, retryAfter: 120 * time.Second},
		{promise: "and the caller's deadline", answer: asks(429, "31"), deadline: 30 * time.Second, requests: 1, retryAfter: 31 * time.Second},
		{promise: "a longer one is not shortened: the answer at once, with RetryAfter", answer: asks(429, "121"), requests: 1, retryAfter: 121 * time.Second},
		{promise: "overflow is guarded", answer: asks(429, "99999999999999999999"), requests: 1, retryAfter: forever},
		{
			promise: "WithMaxServerWait", answer: asks(429, "11"), opts: []tulip.Option{tulip.WithMaxServerWait(10 * time.Second)},
			requests: 1, retryAfter: 11 * time.Second,
		},
	}
	for _, tt := range tests {
		t.Run(tt.promise, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				answer, requests := tt.answer(), 0
				client := newClient(t, roundTripFunc(func(r *http.Request) (*http.Response, error) {
					requests++
					return answer(r)
				}), tt.opts...)
				ctx, cancel := context.WithTimeout(t.Context(), cmp.Or(tt.deadline, time.Hour))
				defer cancel()
				start := time.Now()
				_, err := client.Users.Get(ctx, anID, tt.call...)
				took := time.Since(start)
				if requests != tt.requests || took < tt.shortest || took > tt.longest {
					t.Errorf("%d requests in %s, want %d in %s to %s", requests, took, tt.requests, tt.shortest, tt.longest)
				}
				var e *tulip.Error
				if !errors.As(err, &e) || errors.Is(err, context.DeadlineExceeded) || tt.retryAfter != 0 && e.RetryAfter != tt.retryAfter {
					t.Errorf("error %v, want one with RetryAfter %s", err, tt.retryAfter)
				}
			})
		})
	}
}

// TestHonorRetryable: the vendor's own client repeats a 429 and every 5xx, its pages
// say that neither is to be repeated. Whom to believe is the user's choice.
func TestHonorRetryable(t *testing.T) {
	t.Parallel()
	tests := []struct {
		status          int
		body            string
		believed, usual int // requests with and without the option
	}{
		{429, `{"retryable":false}`, 1, 4},
		{429, `{"retryable":true}`, 4, 4},
		{429, `{"retryable":null}`, 4, 4},
		{429, `{}`, 4, 4},
		{429, `<html>`, 4, 4},
		{500, `{"errorCode":"generic.internal","retryable":false}`, 1, 4},
		{500, `{"errorCode":"generic.internal","retryable":true}`, 4, 4},
		{500, `{"errorCode":"generic.internal"}`, 4, 4},
		{500, `{"retryable":"False"}`, 1, 4}, // as the documents print it
		{500, `{"retryable":0}`, 4, 4},
		{400, `{"retryable":false}`, 1, 1},
		{400, `{"retryable":true}`, 4, 4},
		{404, `{}`, 1, 1},
	}
	for _, tt := range tests {
		for _, honor := range []bool{true, false} {
			synctest.Test(t, func(t *testing.T) {
				requests, want := 0, tt.usual
				var opts []tulip.Option
				if honor {
					opts, want = []tulip.Option{tulip.WithHonorRetryable()}, tt.believed
				}
				err := get(t.Context(), newClient(t, roundTripFunc(func(r *http.Request) (*http.Response, error) {
					requests++
					return inMemory(tt.status, nil, tt.body)(r)
				}), opts...))
				if requests != want || err == nil {
					t.Errorf("%d %s, WithHonorRetryable %t: %d requests, want %d; %v", tt.status, tt.body, honor, requests, want, err)
				}
			})
		}
	}
}

// TestRetryableOfALostConnection: there is no body that says anything.
func TestRetryableOfALostConnection(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		requests := 0
		err := get(t.Context(), newClient(t, roundTripFunc(func(*http.Request) (*http.Response, error) {
			requests++
			return nil, errors.New("connection reset")
		}), tulip.WithHonorRetryable()))
		if requests != 4 || !errors.Is(err, tulip.ErrUnavailable) {
			t.Errorf("%d requests, %v", requests, err)
		}
	})
}

// TestPauseIsTooLong: who would have to wait longer than WithMaxServerWait, since another
// call was told to, is told so at once, and for how long.
func TestPauseIsTooLong(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		requests := 0
		client := newClient(t, roundTripFunc(func(r *http.Request) (*http.Response, error) {
			requests++
			return inMemory(429, http.Header{"Retry-After": {"300"}}, "")(r)
		}))
		for i, want := range []time.Duration{300 * time.Second, 290 * time.Second} {
			err := get(t.Context(), client)
			checkSentinels(t, err, []string{"ErrRateLimited"})
			var e *tulip.Error
			if !errors.As(err, &e) || e.RetryAfter != want || e.Attempts != 1-i || requests != 1 {
				t.Errorf("call %d: %v, RetryAfter %s, %d requests", i+1, err, e.RetryAfter, requests)
			}
			time.Sleep(10 * time.Second)
		}
	})
}

// TestOne429PausesAll: not only the call that got it waits, also when that one is not
// repeated.
func TestOne429PausesAll(t *testing.T) {
	t.Parallel()
	for _, honor := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			start := time.Now()
			var sent []time.Duration
			opts := []tulip.Option{tulip.WithMaxConcurrent(1)}
			if honor {
				opts = append(opts, tulip.WithHonorRetryable())
			}
			client := newClient(t, roundTripFunc(func(r *http.Request) (*http.Response, error) {
				if sent = append(sent, time.Since(start)); len(sent) == 1 {
					return httpmock.NewStringResponder(429, `{"retryable":false}`).HeaderAdd(http.Header{"Retry-After": {"10"}})(r)
				}
				return httpmock.NewStringResponse(204, ""), nil
			}), opts...)
			err := get(t.Context(), client)
			if honor != errors.Is(err, tulip.ErrRateLimited) || honor != (err != nil) {
				t.Errorf("the one that got it: %v", err)
			}
			for _, err := range together(t.Context(), client, 20) {
				if err != nil {
					t.Error(err)
				}
			}
			want := 22
			if honor {
				want = 21
			}
			if len(sent) != want || sent[1] != 10*time.Second {
				t.Errorf("requests sent at %s, want one, and %d from 10 s on", sent, want-1)
			}
		})
	}
}
