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
	return transport.Event{
		Op: string(e.Op), Method: e.Method, URL: e.URL, Attempt: e.Attempt,
		StatusCode: e.StatusCode, Duration: e.Duration, Wait: e.Wait, Err: e.Err,
	}.LogValue()
}

func newEvent(e transport.Event) Event {
	return Event{
		Kind: EventKind(e.Kind), Op: Op(e.Op), Method: e.Method, URL: e.URL, Attempt: e.Attempt,
		StatusCode: e.StatusCode, Duration: e.Duration, Wait: e.Wait, Err: e.Err,
	}
}

// observe returns the function that hands events to the logger and the observer.
func (c *config) observe() func(context.Context, Event) {
	settings, observer := c.settings, c.observer
	return func(ctx context.Context, e Event) {
		level := slog.LevelDebug
		if e.Kind == EventTokenNotSaved {
			level = slog.LevelWarn
		}
		if settings.Logs(ctx, level) {
			settings.Log(ctx, level, string(e.Kind), e.LogValue())
		}
		if observer != nil {
			observer(e)
		}
	}
}
