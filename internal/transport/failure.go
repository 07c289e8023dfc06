package transport

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// The kinds of failure that callers branch on. The packages of the vendors export
// these very values.
var (
	ErrInvalidArgument    = errors.New("invalid argument")
	ErrNotFound           = errors.New("not found")
	ErrNotModified        = errors.New("not modified")
	ErrAmbiguous          = errors.New("ambiguous")
	ErrConflict           = errors.New("conflict")
	ErrDuplicate          = errors.New("duplicate")
	ErrBadRequest         = errors.New("bad request")
	ErrUnauthorized       = errors.New("unauthorized")
	ErrForbidden          = errors.New("forbidden")
	ErrScope              = errors.New("scope missing")
	ErrRateLimited        = errors.New("rate limited")
	ErrUnavailable        = errors.New("unavailable")
	ErrUnexpectedResponse = errors.New("unexpected response")
	ErrIncomplete         = errors.New("incomplete")
	ErrOutcomeUnknown     = errors.New("outcome unknown")
)

// KindOf is the kind of failure that a status other than 2xx stands for, where nothing
// in the body says more.
func KindOf(status int) error {
	switch {
	case status == http.StatusNotModified:
		return ErrNotModified
	case status/100 == 5:
		return ErrUnavailable
	case status/100 != 4:
		return ErrUnexpectedResponse
	case status == http.StatusUnauthorized:
		return ErrUnauthorized
	case status == http.StatusForbidden:
		return ErrForbidden
	case status == http.StatusNotFound:
		return ErrNotFound
	case status == http.StatusTooManyRequests:
		return ErrRateLimited
	}
	return ErrBadRequest
}

// Failure says why a call got no answer that could be handed on.
type Failure struct {
	URL        string // masked; empty when there was none yet
	Attempts   int
	StatusCode int           // of the last answer seen, 0 for none
	RetryAfter time.Duration // when a wait asked for by the server is the reason
	Kinds      []error       // sentinels
	Err        error         // what happened, masked
}

// Error returns the kinds and the cause in one line.
func (f *Failure) Error() string {
	if f.Err != nil {
		return firstLine(f.Err.Error())
	}
	parts := make([]string, len(f.Kinds))
	for i, k := range f.Kinds {
		parts[i] = k.Error()
	}
	return strings.Join(parts, ", ")
}

// Unwrap gives the kinds and the cause to errors.Is and errors.As.
func (f *Failure) Unwrap() []error {
	if f.Err == nil {
		return f.Kinds
	}
	return append(append([]error(nil), f.Kinds...), f.Err)
}

// Invalid is the failure of a call that is refused before anything is sent.
func Invalid(format string, args ...any) *Failure {
	return &Failure{Kinds: []error{ErrInvalidArgument}, Err: fmt.Errorf(format, args...)}
}

// pausedError ends a call whose deadline comes before the end of the pause
// that the server asked for.
type pausedError struct{ left time.Duration }

func (e *pausedError) Error() string {
	return fmt.Sprintf("the server asked all callers to wait, another %s", e.left.Round(time.Millisecond))
}

// ContextError is ctx's error with the cause that its owner gave.
func ContextError(ctx context.Context) error {
	err, cause := ctx.Err(), context.Cause(ctx)
	if err == nil || errors.Is(cause, err) {
		return cause
	}
	return fmt.Errorf("%w: %w", err, cause)
}

// NotTheCallers is err, unless it claims to be the end of a context, as the
// timeouts of package net do. Whoever asks for that asks about the context of the
// call: of those errors only the text is kept.
func NotTheCallers(err error) error {
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		return errors.New(err.Error())
	}
	return err
}

// failure explains the end of a call without an answer.
func (r *run) failure(ctx context.Context, err error) *Failure {
	f := &Failure{URL: r.url, Attempts: r.attempts, StatusCode: r.last.status}
	var auth *authError
	var paused *pausedError
	var unsendable *unsendableError
	switch {
	case errors.As(err, &auth):
		f.Err = auth.err // the vendor's own error, already masked
		return f
	case errors.As(err, &paused):
		f.Kinds, f.RetryAfter, f.Err = []error{ErrRateLimited}, paused.left, paused
		return f
	case errors.As(err, &unsendable):
		f.Kinds, f.Err = []error{ErrInvalidArgument}, unsendable
		return f
	case ctx.Err() != nil:
		f.Err = ContextError(ctx)
	case r.last.status != 0:
		f.Kinds = []error{ErrUnexpectedResponse}
		f.Err = r.t.cfg.Secrets.Clean(NotTheCallers(withoutURL(err)))
	default:
		f.Kinds = []error{ErrUnavailable}
		f.Err = r.t.cfg.Secrets.Clean(NotTheCallers(withoutURL(err)))
	}
	if !r.call.Repeatable && r.inDoubt() {
		f.Kinds = append(f.Kinds, ErrOutcomeUnknown)
	}
	return f
}

// inDoubt reports whether the server may have worked on the last attempt
// without our knowing. A 429 is a clear no, even when the wait after it was cut
// short by the caller.
func (r *run) inDoubt() bool {
	return r.attempts > 0 && !r.last.notSent && r.last.status != 429
}

// withoutURL drops net/http's own mention of method and URL, which Failure has.
func withoutURL(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}

// firstLine shortens a text for an error of one line.
func firstLine(s string) string {
	s, _, _ = strings.Cut(s, "\n")
	return s
}
