package transport

import (
	"context"
	"sync"
	"time"
)

// limiter lets n attempts run at a time, and none while the server has asked for
// quiet.
type limiter struct {
	slots   chan struct{}
	longest time.Duration // a pause that has longer to go is not waited for

	mu    sync.Mutex
	quiet time.Time // no attempt begins before it
}

func newLimiter(n int, longest time.Duration) *limiter {
	return &limiter{slots: make(chan struct{}, n), longest: longest}
}

// acquire waits for a slot and for the end of a pause, as long as ctx allows.
// onPause hears of each wait for a pause.
func (l *limiter) acquire(ctx context.Context, onPause func(time.Duration)) error {
	for {
		// No slot is held meanwhile, so that everybody can see the pause.
		if err := l.waitQuiet(ctx, onPause); err != nil {
			return err
		}
		select {
		case l.slots <- struct{}{}:
		case <-ctx.Done():
			return ContextError(ctx)
		}
		if l.pauseLeft() <= 0 {
			return nil
		}
		l.release()
	}
}

// waitQuiet waits for the end of a pause. A wait that outlasts ctx's deadline, or
// is longer than anybody wants, is not begun: waiting for a certain failure helps
// nobody.
func (l *limiter) waitQuiet(ctx context.Context, onPause func(time.Duration)) error {
	for {
		if ctx.Err() != nil {
			return ContextError(ctx)
		}
		left := l.pauseLeft()
		if left <= 0 {
			return nil
		}
		if left > l.longest || outlasts(ctx, left) {
			return &pausedError{left}
		}
		onPause(left)
		if err := Sleep(ctx, left); err != nil {
			return err
		}
	}
}

func (l *limiter) release() { <-l.slots }

// longestPause bounds what one answer can do to all callers: after it, somebody
// may ask again.
const longestPause = 10 * time.Minute

// pause keeps every attempt back for d.
func (l *limiter) pause(d time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if until := time.Now().Add(min(d, longestPause)); until.After(l.quiet) {
		l.quiet = until
	}
}

func (l *limiter) pauseLeft() time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	return time.Until(l.quiet)
}

// outlasts reports whether a wait of d would end after ctx does.
func outlasts(ctx context.Context, d time.Duration) bool {
	deadline, ok := ctx.Deadline()
	return ok && time.Until(deadline) < d
}

// Sleep waits for d, or for the end of ctx, whose error it returns.
func Sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ContextError(ctx)
	}
}
