package paging_test

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/usergroups-go/usergroups/internal/paging"
)

// In order, whatever each takes, as often as the loop is begun.
func TestOrdered(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 1, 2, 3, 4, 23} {
		for _, window := range []int{-1, 0, 1, 2, 3, 50} {
			t.Run(fmt.Sprintf("%d in a window of %d", n, window), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					var asked, kept atomic.Int64
					answers := paging.Ordered(t.Context(), n, window, func(_ context.Context, i int) int {
						asked.Add(1)
						if got := kept.Add(1); got > int64(max(window, 1)) {
							t.Errorf("%d are under way or kept", got)
						}
						time.Sleep(time.Duration(7*i%5) * time.Second)
						return 10 * i
					})
					time.Sleep(time.Minute)
					if asked.Load() != 0 {
						t.Error("something was asked before the loop")
					}
					var want []int
					for i := range n {
						want = append(want, 10*i)
					}
					for round := range 2 {
						var got []int
						for answer := range answers {
							got = append(got, answer)
							synctest.Wait()
							kept.Add(-1)
						}
						if !slices.Equal(got, want) || asked.Load() != int64((round+1)*n) {
							t.Errorf("%v of %d asked, want %v", got, asked.Load(), want)
						}
					}
				})
			})
		}
	}
}

// As many are under way as fit into the window, also behind a slow one.
func TestOrderedAsksAhead(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		for i := range paging.Ordered(t.Context(), 8, 4, func(_ context.Context, i int) int {
			time.Sleep(time.Second)
			if i == 0 {
				time.Sleep(9 * time.Second)
			}
			return i
		}) {
			want := 10 * time.Second // the first four together
			if i > 3 {
				want += time.Second // and the others, when they were through
			}
			if took := time.Since(start); took != want {
				t.Errorf("%d after %s, want %s", i, took, want)
			}
		}
	})
}

// Whoever leaves wants no more: nothing is asked afterwards, what is under way hears
// of it, and is waited for.
func TestLeavingOrdered(t *testing.T) {
	t.Parallel()
	for _, at := range []int{0, 1, 5, 19} {
		t.Run(fmt.Sprintf("at %d", at), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var running, asked atomic.Int64
				for i := range paging.Ordered(t.Context(), 20, 3, func(ctx context.Context, i int) int {
					asked.Add(1)
					running.Add(1)
					defer running.Add(-1)
					if i > at {
						<-ctx.Done()
						time.Sleep(time.Second) // to leave in good order
					}
					return i
				}) {
					if i == at {
						break
					}
				}
				if got := running.Load(); got != 0 {
					t.Errorf("%d are still under way", got)
				}
				if got, want := asked.Load(), int64(min(at+3, 20)); got != want {
					t.Errorf("%d were asked, want %d", got, want)
				}
			})
		})
	}
}

// A panic of ask, and the end of its goroutine as by a failing test, come out of the loop;
// the others hear of it, and are waited for.
func TestOrderedPanics(t *testing.T) {
	t.Parallel()
	for want, fall := range map[string]func(){
		"out of order": func() { panic("out of order") }, "paging: ask ended its goroutine": runtime.Goexit,
	} {
		for _, at := range []int{0, 2, 19} {
			t.Run(fmt.Sprintf("%s at %d", want, at), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					var running atomic.Int64
					var got []int
					recovered := func() (p any) {
						defer func() { p = recover() }()
						for i := range paging.Ordered(t.Context(), 20, 3, func(ctx context.Context, i int) int {
							running.Add(1)
							defer running.Add(-1)
							if i == at {
								fall()
							}
							if i > at {
								<-ctx.Done()
								time.Sleep(time.Second) // to leave in good order
							}
							return i
						}) {
							got = append(got, i)
						}
						return nil
					}()
					if recovered != want || len(got) != at || running.Load() != 0 {
						t.Errorf("recovered %v after %v, %d are still under way", recovered, got, running.Load())
					}
				})
			})
		}
	}
}

// The end of the caller's context reaches everybody; what they make of it is
// yielded like any answer.
func TestOrderedWhenTheContextEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		n := 0
		for err := range paging.Ordered(ctx, 4, 2, func(ctx context.Context, _ int) error {
			<-ctx.Done()
			return ctx.Err()
		}) {
			if n++; err != context.DeadlineExceeded { //nolint:errorlint // the very same
				t.Errorf("answer %v", err)
			}
		}
		if n != 4 {
			t.Errorf("%d answers", n)
		}
	})
}
