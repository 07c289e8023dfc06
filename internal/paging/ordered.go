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
// and waits for all that were asked.
func Ordered[R any](ctx context.Context, n, window int, ask func(ctx context.Context, i int) R) iter.Seq[R] {
	return func(yield func(R) bool) {
		own, cancel := context.WithCancel(ctx)
		var running sync.WaitGroup
		defer running.Wait()
		defer cancel()

		ring := make([]chan R, min(max(window, 1), n))
		start := func(i int) {
			answer := make(chan R, 1)
			ring[i%len(ring)] = answer
			running.Go(func() { answer <- ask(own, i) })
		}
		for i := range ring {
			start(i)
		}
		for i := range n {
			if !yield(<-ring[i%len(ring)]) {
				return
			}
			if next := i + len(ring); next < n { // not before: who leaves wants no more
				start(next)
			}
		}
	}
}
