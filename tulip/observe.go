package tulip

import (
	"log/slog"
	"time"

	"github.com/usergroups-go/usergroups/internal/transport"
)

// EventKind says what an [Event] tells of. The list may grow.
type EventKind string

// The kinds of events.
const (
	EventAttempt EventKind = "attempt" // a request was answered, or failed
	EventWait    EventKind = "wait"    // a wait before the next attempt begins
)

// Event tells an observer of one step of a call, see [WithObserver]. It holds no
// secrets.
type Event struct {
	Kind       EventKind
	Op         Op            // the operation
	Method     string        // of the request
	URL        string        // of the request
	Attempt    int           // from 1
	StatusCode int           // of the answer, 0 when there was none
	Duration   time.Duration // of an attempt
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
