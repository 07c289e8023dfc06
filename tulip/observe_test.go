package tulip_test

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jarcoal/httpmock"

	"github.com/usergroups-go/usergroups/tulip"
)

// TestObserver follows one call through an outage and a limit.
func TestObserver(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		answers := []httpmock.Responder{
			httpmock.NewErrorResponder(errors.New("connection reset")),
			httpmock.NewStringResponder(503, "").HeaderSet(http.Header{"Retry-After": {"7"}}),
			httpmock.NewStringResponder(429, "").HeaderSet(http.Header{"Retry-After": {"9"}}),
			httpmock.NewStringResponder(204, ""),
		}
		const url = apiBase + "/user-groups"
		var got []string
		var log bytes.Buffer
		client := newClient(t, roundTripFunc(func(r *http.Request) (*http.Response, error) {
			next := answers[0]
			answers = answers[1:]
			time.Sleep(time.Second)
			return next(r)
		}),
			tulip.WithLogger(slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))),
			tulip.WithObserver(func(e tulip.Event) {
				wait := e.Wait.String()
				if e.Wait > 0 && e.Wait < time.Second {
					wait = "short" // half of it is random
				}
				got = append(got, fmt.Sprintf("%s %s %s %s #%d %d %s %s %v", e.Kind, e.Op, e.Method, e.URL, e.Attempt, e.StatusCode, e.Duration, wait, e.Err))
			}))
		if err := get(t.Context(), client); err != nil {
			t.Fatal(err)
		}
		want := []string{
			"attempt UserGroups.List GET " + url + " #1 0 1s 0s connection reset",
			"wait UserGroups.List GET " + url + " #1 0 0s short connection reset",
			"attempt UserGroups.List GET " + url + " #2 503 1s 0s <nil>",
			"wait UserGroups.List GET " + url + " #2 503 0s 7s <nil>",
			"attempt UserGroups.List GET " + url + " #3 429 1s 0s <nil>",
			"wait UserGroups.List GET " + url + " #3 429 0s 9s <nil>",
			"attempt UserGroups.List GET " + url + " #4 204 1s 0s <nil>",
		}
		if strings.Join(got, "\n") != strings.Join(want, "\n") {
			t.Errorf("events\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
		for _, text := range []string{
			`level=DEBUG msg="tulip: attempt" op=UserGroups.List`, "status=503", `msg="tulip: wait"`, "wait=7s", `error="connection reset"`, "attempt=4",
		} {
			if !strings.Contains(log.String(), text) {
				t.Errorf("the log has no %s:\n%s", text, log.String())
			}
		}
	})
}

// TestEventInALog: an observer may hand its events to slog.
func TestEventInALog(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "e", tulip.Event{
		Kind: tulip.EventAttempt, Op: tulip.OpUsersGet, Method: "GET", URL: "https://acme.test/", Attempt: 2, StatusCode: 503,
		Duration: time.Second, Wait: time.Minute, Err: errors.New("lost"),
	})
	for _, text := range []string{"e.op=Users.Get", "e.method=GET", "e.url=https://acme.test/", "e.attempt=2", "e.status=503", "e.duration=1s", "e.wait=1m0s", "e.error=lost"} {
		if !strings.Contains(log.String(), text) {
			t.Errorf("the log has no %s: %s", text, log.String())
		}
	}
}

// TestLoggerLevel: an ordinary logger hears nothing of a call that goes well.
func TestLoggerLevel(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	client := newClient(t, inMemory(204, nil, ""), tulip.WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
	if err := get(t.Context(), client); err != nil || log.Len() != 0 {
		t.Errorf("error %v, log %s", err, log.String())
	}
}
