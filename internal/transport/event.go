package transport

import (
	"log/slog"
	"time"
)

// Event tells of one step of a call.
type Event struct {
	Kind       EventKind
	Op         string
	Method     string
	URL        string // masked
	Attempt    int
	StatusCode int           // of an attempt, 0 when there was no answer
	Duration   time.Duration // of an attempt
	Wait       time.Duration // about to begin
	Err        error         // masked
}

// EventKind says what an [Event] tells of.
type EventKind string

// The kinds of events.
const (
	EventAttempt EventKind = "attempt" // a request was answered, or failed
	EventWait    EventKind = "wait"    // a wait before the next attempt begins
)

// LogValue gives log/slog the fields that are set.
func (e Event) LogValue() slog.Value {
	attrs := []slog.Attr{slog.String("op", e.Op)}
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
