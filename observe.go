package usergroups

import (
	"context"
	"log/slog"
	"time"

	"github.com/usergroups-go/usergroups/internal/transport"
)

// EventKind says what an [Event] tells of. The list may grow.
type EventKind string

// The kinds of events.
const (
	EventAttempt       EventKind = "attempt"         // a request was answered, or failed
	EventWait          EventKind = "wait"            // a wait before the next attempt begins
	EventRefresh       EventKind = "refresh"         // a token was asked for
	EventTokenNotSaved EventKind = "token_not_saved" // the store failed; the token is used all the same
)

// Event tells an observer of one step of a call, see [WithObserver]. It holds no
// secrets.
type Event struct {
	Kind       EventKind
	Op         Op            // the operation; [OpOAuthRefresh] for a refresh
	Method     string        // of the request
	URL        string        // of the request
	Attempt    int           // from 1
	StatusCode int           // of the answer, 0 when there was none
	Duration   time.Duration // of an attempt or refresh
	Wait       time.Duration // of a wait that is about to begin
	Err        error         // why there was no usable answer
}

// LogValue gives log/slog the fields that are set.
func (e Event) LogValue() slog.Value {
	attrs := []slog.Attr{slog.String("op", string(e.Op))}
	if e.URL != "" {
		attrs = append(attrs, slog.String("method", e.Method), slog.String("url", e.URL))
	}
	if e.Attempt != 0 {
		attrs = append(attrs, slog.Int("attempt", e.Attempt))
	}
	if e.StatusCode != 0 {
		attrs = append(attrs, slog.Int("status", e.StatusCode))
	}
	if e.Duration != 0 {
		attrs = append(attrs, slog.Duration("duration", e.Duration))
	}
	if e.Wait != 0 {
		attrs = append(attrs, slog.Duration("wait", e.Wait))
	}
	if e.Err != nil {
		attrs = append(attrs, slog.String("error", e.Err.Error()))
	}
	return slog.GroupValue(attrs...)
}

func newEvent(e transport.Event) Event {
	return Event{
		Kind: EventKind(e.Kind), Op: Op(e.Op), Method: e.Method, URL: e.URL, Attempt: e.Attempt,
		StatusCode: e.StatusCode, Duration: e.Duration, Wait: e.Wait, Err: e.Err,
	}
}

// observe returns the function that hands events to the logger and the observer.
func (c *config) observe() func(context.Context, Event) {
	logger, observer := c.logger, c.observer
	return func(ctx context.Context, e Event) {
		if logger != nil {
			level := slog.LevelDebug
			if e.Kind == EventTokenNotSaved {
				level = slog.LevelWarn
			}
			if logger.Enabled(ctx, level) {
				logger.LogAttrs(ctx, level, "usergroups: "+string(e.Kind), slog.Attr{Value: e.LogValue()})
			}
		}
		if observer != nil {
			observer(e)
		}
	}
}
