package usergroupstest

import (
	"math"
	"testing"
	"time"
)

// A credit is back exactly 24 hours after it was taken, each for itself.
func TestCreditsRoll(t *testing.T) {
	t.Parallel()
	start := time.Date(2024, 1, 15, 9, 30, 0, 0, time.UTC)
	var log creditLog
	for _, step := range []struct {
		at   time.Duration // since start
		wait time.Duration // 0: there is a credit
	}{
		{at: 0},
		{at: time.Hour},
		{at: time.Hour},
		{at: 2 * time.Hour, wait: 22 * time.Hour},
		{at: 24*time.Hour - 1, wait: 1},
		{at: 24 * time.Hour},
		{at: 24 * time.Hour, wait: time.Hour},
		{at: 25 * time.Hour},
		{at: 25 * time.Hour},
		{at: 25 * time.Hour, wait: 23 * time.Hour},
		{at: 100 * time.Hour},
	} {
		wait, ok := log.take(3, start.Add(step.at))
		if wait != step.wait || ok != (step.wait == 0) {
			t.Errorf("after %v: %v, wait %v; want %v", step.at, ok, wait, step.wait)
		}
	}
	if len(log) != 1 {
		t.Errorf("%d credits are remembered, want 1", len(log))
	}
}

func TestRetryDate(t *testing.T) {
	t.Parallel()
	now := time.Date(2024, 1, 15, 9, 30, 0, 1, time.UTC)
	for wait, want := range map[time.Duration]string{
		0:                         "Mon, 15 Jan 2024 09:30:01 GMT",
		time.Second - 1:           "Mon, 15 Jan 2024 09:30:01 GMT",
		time.Second:               "Mon, 15 Jan 2024 09:30:02 GMT",
		math.MaxInt64 - 854775807: "Wed, 26 Apr 2316 09:17:17 GMT",
	} {
		if got := retryDate(now, wait); got != want {
			t.Errorf("%d: got %s, want %s", wait, got, want)
		}
	}
}

func TestWholeSeconds(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]int{
		0: 0, 1: 1, time.Second: 1, time.Second + 1: 2, time.Minute: 60, 24 * time.Hour: 86400,
		math.MaxInt64: 9223372037,
	} {
		if got := wholeSeconds(d); got != want {
			t.Errorf("%v: got %d, want %d", d, got, want)
		}
	}
}
