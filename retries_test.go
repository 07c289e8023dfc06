package usergroups_test

import (
	"cmp"
	"context"
	"errors"
	"math"
	"net/http"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jarcoal/httpmock"

	"github.com/usergroups-go/usergroups"
)

// TestRetryWaits: what the package comment promises of waits, one row each.
func TestRetryWaits(t *testing.T) {
	t.Parallel()
	const forever = time.Duration(math.MaxInt64)
	// asks answers for ever, with a wait in the header, in the body, or both.
	asks := func(code int, retryAfter, details string) func() roundTripFunc {
		return func() roundTripFunc {
			answer := jsonResponder(code, `{"code":"X","status":"error","details":{`+details+`}}`)
			if retryAfter != "" {
				answer = answer.HeaderAdd(http.Header{"Retry-After": {retryAfter}})
			}
			return roundTripFunc(answer)
		}
	}
	in90s := func(layout string) func() roundTripFunc {
		return func() roundTripFunc { return asks(429, time.Now().UTC().Add(90*time.Second).Format(layout), "")() }
	}
	once := []usergroups.Option{usergroups.WithMaxRetries(1)}
	tests := []struct {
		promise           string
		answer            func() roundTripFunc
		opts              []usergroups.Option
		deadline          time.Duration
		requests          int
		shortest, longest time.Duration // of the whole call
		retryAfter        time.Duration // of the Error
	}{
		{promise: "3 retries", answer: asks(503, "", ""), requests: 4, shortest: 1750 * time.Millisecond, longest: 3500 * time.Millisecond},
		{promise: "0.5 s, half of it random", answer: asks(503, "", ""), opts: once, requests: 2, shortest: 250 * time.Millisecond, longest: 500 * time.Millisecond},
		{
			promise: "doubled each time", answer: asks(503, "", ""), opts: []usergroups.Option{usergroups.WithMaxRetries(6)},
			requests: 7, shortest: 31500 / 2 * time.Millisecond, longest: 31500 * time.Millisecond,
		},
		{
			promise: "at most 30 s", answer: asks(503, "", ""), opts: []usergroups.Option{usergroups.WithMaxRetries(20)},
			requests: 21, shortest: (31500/2 + 14*15000) * time.Millisecond, longest: (31500 + 14*30000) * time.Millisecond,
		},
		{promise: "Retry-After as seconds", answer: asks(429, "7", ""), opts: once, requests: 2, shortest: 7 * time.Second, longest: 7 * time.Second, retryAfter: 7 * time.Second},
		{promise: "Retry-After of a 503", answer: asks(503, "7", ""), opts: once, requests: 2, shortest: 7 * time.Second, longest: 7 * time.Second, retryAfter: 7 * time.Second},
		{promise: "Retry-After as an HTTP date", answer: in90s(http.TimeFormat), opts: once, requests: 2, shortest: 90 * time.Second, longest: 90 * time.Second},
		{promise: "Retry-After as a date of RFC 850", answer: in90s("Monday, 02-Jan-06 15:04:05 GMT"), opts: once, requests: 2, shortest: 90 * time.Second, longest: 90 * time.Second},
		{promise: "Retry-After as a date of asctime", answer: in90s(time.ANSIC), opts: once, requests: 2, shortest: 90 * time.Second, longest: 90 * time.Second},
		{
			promise: "Zoho's details.retry_after", answer: asks(429, "", `"retry_after":60`), opts: once,
			requests: 2, shortest: time.Minute, longest: time.Minute, retryAfter: time.Minute,
		},
		{
			promise: "the larger counts: details", answer: asks(429, "7", `"retry_after":8`), opts: once,
			requests: 2, shortest: 8 * time.Second, longest: 8 * time.Second, retryAfter: 8 * time.Second,
		},
		{
			promise: "the larger counts: header", answer: asks(429, "9", `"retry_after":8`), opts: once,
			requests: 2, shortest: 9 * time.Second, longest: 9 * time.Second, retryAfter: 9 * time.Second,
		},
		{promise: "obeyed up to 120 s", answer: asks(429, "120", ""), requests: 4, shortest: 360 * time.Second, longest: 360 * time.Second, retryAfter: 120 * time.Second},
		{promise: "and the caller's deadline", answer: asks(429, "31", ""), deadline: 30 * time.Second, requests: 1, retryAfter: 31 * time.Second},
		{promise: "a longer one is not shortened: the answer at once, with RetryAfter", answer: asks(429, "121", ""), requests: 1, retryAfter: 121 * time.Second},
		{promise: "overflow is guarded: header", answer: asks(429, "99999999999999999999", ""), requests: 1, retryAfter: forever},
		{promise: "overflow is guarded: details", answer: asks(429, "", `"retry_after":1e300`), requests: 1, retryAfter: forever},
		{
			promise: "WithMaxServerWait", answer: asks(429, "11", ""), opts: []usergroups.Option{usergroups.WithMaxServerWait(10 * time.Second)},
			requests: 1, retryAfter: 11 * time.Second,
		},
	}
	for _, tt := range tests {
		t.Run(tt.promise, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				answer, requests := tt.answer(), 0
				client := newTokenClient(t, roundTripFunc(func(r *http.Request) (*http.Response, error) {
					requests++
					return answer(r)
				}), tt.opts...)
				ctx, cancel := context.WithTimeout(t.Context(), cmp.Or(tt.deadline, time.Hour))
				defer cancel()
				start := time.Now()
				err := get(ctx, client)
				took := time.Since(start)
				if requests != tt.requests || took < tt.shortest || took > tt.longest {
					t.Errorf("%d requests in %s, want %d in %s to %s", requests, took, tt.requests, tt.shortest, tt.longest)
				}
				var e *usergroups.Error
				if !errors.As(err, &e) || errors.Is(err, context.DeadlineExceeded) || tt.retryAfter != 0 && e.RetryAfter != tt.retryAfter {
					t.Errorf("error %v, want one with RetryAfter %s", err, tt.retryAfter)
				}
			})
		})
	}
}

// TestOne429PausesAll: not only the call that got it waits.
func TestOne429PausesAll(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		var sent []time.Duration
		client := newTokenClient(t, roundTripFunc(func(r *http.Request) (*http.Response, error) {
			if sent = append(sent, time.Since(start)); len(sent) == 1 {
				return httpmock.NewStringResponder(429, "").HeaderAdd(http.Header{"Retry-After": {"10"}})(r)
			}
			return httpmock.NewStringResponse(204, ""), nil
		}), usergroups.WithMaxConcurrent(1))
		var wg sync.WaitGroup
		wg.Go(func() {
			if err := get(t.Context(), client); err != nil {
				t.Error(err)
			}
		})
		time.Sleep(time.Second)
		for _, err := range together(t.Context(), client, 20) {
			if err != nil {
				t.Error(err)
			}
		}
		wg.Wait()
		if len(sent) != 22 || sent[1] != 10*time.Second {
			t.Errorf("requests sent at %s, want one, and 21 from 10 s on", sent)
		}
	})
}

// TestRetriesAreCountedOnce: a refresh in the midst of retries gives no new ones.
func TestRetriesAreCountedOnce(t *testing.T) {
	t.Parallel()
	for _, refusedAt := range []int{1, 2, 4} {
		synctest.Test(t, func(t *testing.T) {
			v := newVendor(t)
			requests := 0
			client := newClient(t, roundTripFunc(func(r *http.Request) (*http.Response, error) {
				if r.URL.Host == "accounts.test" {
					return v.RoundTrip(r)
				}
				if requests++; requests == refusedAt {
					return jsonResponder(401, fixture(t, "zoho/error_invalid_token.json"))(r)
				}
				return httpmock.NewStringResponse(503, ""), nil
			}), refreshToken)
			err := get(t.Context(), client)
			var e *usergroups.Error
			if !errors.As(err, &e) || e.StatusCode != 503 || e.Attempts != 5 || requests != 5 { // four and the repeat
				t.Errorf("401 at %d: %d requests, %v", refusedAt, requests, err)
			}
		})
	}
}

// TestLastAnswer: what WithResponse and the events tell of a call goes on over the
// refresh in its midst.
func TestLastAnswer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		v := newVendor(t)
		requests := 0
		var attempts []int
		client := newClient(t, roundTripFunc(func(r *http.Request) (*http.Response, error) {
			if r.URL.Host == "accounts.test" {
				return v.RoundTrip(r)
			}
			if requests++; requests == 1 {
				return jsonResponder(401, fixture(t, "zoho/error_invalid_token.json"))(r)
			}
			return nil, errors.New("connection reset")
		}), refreshToken, usergroups.WithMaxRetries(1), usergroups.WithObserver(func(e usergroups.Event) {
			if e.Kind == usergroups.EventAttempt {
				attempts = append(attempts, e.Attempt)
			}
		}))
		var response usergroups.Response
		_, err := client.UserGroups.Get(t.Context(), groupID, usergroups.WithResponse(&response))
		var e *usergroups.Error
		if !errors.As(err, &e) || e.Attempts != 3 || response.StatusCode != 0 || !slices.Equal(attempts, []int{1, 2, 3}) {
			t.Errorf("%v; %d attempts, response %+v, events %v", err, e.Attempts, response, attempts)
		}
	})
}
