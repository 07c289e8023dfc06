package paging

import (
	"context"
	"iter"
	"sync"
)

// Ordered yields ask(0) to ask(n-1) in this order, and asks for several at a time:
// at most window of them, and no fewer than one, are under way or kept. A window
// that is larger than what can be under way keeps a slow one at its head from
// holding up the others.
//
// Nothing is asked before the loop. Leaving it ends the context that ask is given,
// and waits for all that were asked. A panic of ask becomes one of the loop, where the
// caller can recover from it.
func Ordered[R any](ctx context.Context, n, window int, ask func(ctx context.Context, i int) R) iter.Seq[R] {
	return func(yield func(R) bool) {
		own, cancel := context.WithCancel(ctx)
		var running sync.WaitGroup
		defer running.Wait()
		defer cancel()

		ring := make([]chan outcome[R], min(max(window, 1), n))
		start := func(i int) {
			answer := make(chan outcome[R], 1)
			ring[i%len(ring)] = answer
			running.Go(func() {
				out := outcome[R]{panicked: "paging: ask ended its goroutine"} // as a failing test does
				defer func() {
					if p := recover(); p != nil {
						out.panicked = p
					}
					answer <- out
				}()
				out = outcome[R]{value: ask(own, i)}
			})
		}
		for i := range ring {
			start(i)
		}
		for i := range n {
			answer := <-ring[i%len(ring)]
			if answer.panicked != nil {
				panic(answer.panicked)
			}
			if !yield(answer.value) {
				return
			}
			if next := i + len(ring); next < n { // not before: who leaves wants no more
				start(next)
			}
		}
	}
}

// outcome is what ask returned, or why it did not.
type outcome[R any] struct {
	value    R
	panicked any
}
