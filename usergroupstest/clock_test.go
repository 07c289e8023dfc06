package usergroupstest_test

import (
	"math"
	"sync"
	"testing"
	"time"

	"github.com/usergroups-go/usergroups/usergroupstest"
)

func TestAdvance(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	before := time.Now()
	if now := srv.Now(); now.Before(before) || now.After(time.Now()) {
		t.Errorf("at first it is %v, in truth %v", now, before)
	}
	const day = 24 * time.Hour
	srv.Advance(day)
	srv.Advance(0)
	srv.Advance(day)
	if now := srv.Now(); now.Before(before.Add(2*day)) || now.After(time.Now().Add(2*day)) {
		t.Errorf("two days on it is %v, it was %v", now, before)
	}

	// Everything that has a time has it from this clock.
	early := srv.Now().Truncate(time.Second)
	if res := post(t, srv, groupsPath, newGroup); res.status != 201 {
		t.Fatalf("%d %s", res.status, res.body)
	}
	groups := srv.Groups()
	for what, at := range map[string]time.Time{
		"created_time": groups[len(groups)-1].CreatedTime,
		"the log":      srv.Requests()[0].Time,
	} {
		if at.Before(early) || at.After(srv.Now()) {
			t.Errorf("%s: %v, want %v or a little later", what, at, early)
		}
	}
}

func TestAdvanceAtOnce(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	before := srv.Now()
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			for range 100 {
				srv.Advance(time.Hour)
			}
		})
	}
	wg.Wait()
	if gone := srv.Now().Sub(before).Truncate(time.Hour); gone != 5000*time.Hour {
		t.Errorf("the clock has moved by %v", gone)
	}
}

// Waits are real.
func TestAdvanceDuringLatency(t *testing.T) {
	t.Parallel()
	const latency = 200 * time.Millisecond
	srv := newServer(t, usergroupstest.WithLatency(latency))
	start := time.Now()
	done := make(chan answer, 1)
	go func() { done <- get(t, srv, groupsPath) }()
	waitFor(t, func() bool { return srv.Count("") == 1 })
	srv.Advance(time.Hour)
	if res := <-done; res.status != 200 || time.Since(start) < latency {
		t.Errorf("%d after %v", res.status, time.Since(start))
	}
}

func TestAdvancePanics(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	srv.Advance(math.MaxInt64 - time.Hour)
	for _, d := range []time.Duration{-1, time.Hour + 1} {
		if !panics(func() { srv.Advance(d) }) {
			t.Errorf("Advance(%v) did not panic", d)
		}
	}
	srv.Advance(time.Hour) // neither has moved it
}
