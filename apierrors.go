package usergroups

import (
	"cmp"
	"encoding/json"
	"errors"
	"maps"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/usergroups-go/usergroups/internal/loose"
	"github.com/usergroups-go/usergroups/internal/report"
	"github.com/usergroups-go/usergroups/internal/transport"
)

// This file turns what the API answers into an Error.

// statusOf is the status that a code comes with when the answer's own status
// says success: multi-item writes report refused items under 2xx. Codes that
// are not listed count as 400.
var statusOf = map[string]int{
	CodeInvalidToken:          http.StatusUnauthorized,
	CodeAuthenticationFailure: http.StatusUnauthorized,
	CodeOAuthScopeMismatch:    http.StatusUnauthorized,
	CodeNoPermission:          http.StatusForbidden,
	CodeInactiveUser:          http.StatusForbidden,
	CodeInvalidURLPattern:     http.StatusNotFound,
	CodeURLRuleNotConfigured:  http.StatusNotFound,
	CodeTooManyRequests:       http.StatusTooManyRequests,
	CodeRateLimitExceeded:     http.StatusTooManyRequests,
	CodeInternalError:         http.StatusInternalServerError,
	CodeInternalServerError:   http.StatusInternalServerError,
}

// apiError is the API's envelope of one error, or of one item's result.
type apiError struct {
	Code    loose.Text `json:"code"`
	Message loose.Text `json:"message"`
	Status  loose.Text `json:"status"`
	Details Details    `json:"details"`
}

func (a apiError) failed() bool { return strings.EqualFold(string(a.Status), "error") }

// bareAPIError is the error that an answer is as a whole.
func bareAPIError(body []byte) apiError {
	var bare apiError
	if json.Unmarshal(body, &bare) != nil {
		return apiError{}
	}
	return bare
}

// decodeAPIError finds the error in a body: bare, or wrapped as a list or a
// single object under whatever key the payload would have. The zero apiError
// says that there is none.
func decodeAPIError(body []byte) apiError {
	if bare := bareAPIError(body); bare.Code != "" {
		return bare
	}
	var keys map[string]json.RawMessage
	_ = json.Unmarshal(body, &keys) // no object: no keys
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		value := keys[key]
		var list []apiError
		if json.Unmarshal(value, &list) != nil {
			var single apiError
			if json.Unmarshal(value, &single) != nil {
				continue
			}
			list = []apiError{single}
		}
		for _, item := range list {
			if item.Code != "" && item.failed() {
				return item
			}
		}
	}
	return apiError{}
}

// kindsOf is the error table: which sentinels an answer stands for.
func kindsOf(status int, a apiError) []error {
	if status/100 == 2 && a.failed() {
		if status = statusOf[string(a.Code)]; status == 0 {
			status = http.StatusBadRequest
		}
	}
	kind := transport.KindOf(status)
	_, aboutPath := a.Details.PathIndex()
	switch {
	case status/100 == 4 && status != http.StatusTooManyRequests && a.Code == CodeOAuthScopeMismatch:
		return []error{ErrForbidden, ErrScope}
	case !errors.Is(kind, ErrBadRequest):
		return []error{kind}
	case a.Code == CodeInvalidData && aboutPath:
		return []error{ErrNotFound}
	case a.Code == CodeDuplicateData:
		return []error{ErrDuplicate}
	}
	return []error{kind}
}

// hint reads the wait that some answers name in their details, in seconds. The API
// does not say whether to try again.
func hint(status int, body []byte) transport.Hint {
	if status != http.StatusTooManyRequests && status/100 != 5 {
		return transport.Hint{} // nothing that is repeated: no use in reading it
	}
	return transport.Hint{Wait: serverWait(body)}
}

func serverWait(body []byte) time.Duration {
	seconds, err := strconv.ParseFloat(decodeAPIError(body).Details.text("retry_after"), 64)
	tooLarge := errors.Is(err, strconv.ErrRange)   // and then infinite
	if err != nil && !tooLarge || !(seconds > 0) { // not a number, too: NaN
		return 0
	}
	const longest = time.Duration(math.MaxInt64)
	if seconds >= longest.Seconds() {
		return longest
	}
	return time.Duration(seconds * float64(time.Second))
}

// invalid is the cause of an error that is returned before anything is sent.
func invalid(format string, args ...any) error { return transport.Invalid(format, args...) }

var (
	errNoClient  = invalid("the Client was not made by NewClient")
	errNoContext = invalid("the context is nil")
)

// error is the Error of a call without an answer.
func (r *request) error(cause error) *Error { return newError(r.op(), r.method, cause) }

// newError is the Error of whatever ended before there was an answer.
func newError(op Op, method string, cause error) *Error {
	e := &Error{Op: op, Method: method, cause: cause}
	var failure *transport.Failure
	if errors.As(cause, &failure) {
		e.StatusCode, e.Attempts = failure.StatusCode, failure.Attempts
		if e.Attempts > 0 {
			e.URL = failure.URL
		}
		e.RetryAfter, e.kinds, e.cause = failure.RetryAfter, failure.Kinds, failure.Err
	}
	e.adopt()
	return e
}

// adopt takes over what a caller looks at first from the cause, when that is an
// Error of the accounts server.
func (e *Error) adopt() {
	var token *Error
	if errors.As(e.cause, &token) {
		e.Code, e.RetryAfter = cmp.Or(e.Code, token.Code), token.RetryAfter
	}
}

// answerError is the Error of an answer that reports one, or that has no
// success status.
func (r *request) answerError(resp *transport.Response, a apiError) *Error {
	kinds := kindsOf(resp.StatusCode, a)
	var cause error
	if a.Code == "" {
		cause = report.NotJSON(resp.Body, nil)
	}
	e := r.answered(resp, a, kinds, cause)
	if slices.Contains(kinds, ErrScope) && r.operation != nil {
		e.Scopes = slices.Clone(r.operation.scopes)
	}
	// A 4xx is a clear no, also when it is reported under a 2xx. Everything else may
	// hide work that was done.
	clearNo := resp.StatusCode/100 == 4 || resp.StatusCode/100 == 2 && !slices.Contains(kinds, ErrUnavailable)
	if !r.repeatable && !clearNo {
		e.kinds = append(e.kinds, ErrOutcomeUnknown)
	}
	return e
}

// unexpected is the Error of a 2xx that is not the operation's.
func (r *request) unexpected(resp *transport.Response, cause error) *Error {
	e := r.answered(resp, apiError{}, []error{ErrUnexpectedResponse}, cause)
	if !r.repeatable {
		e.kinds = append(e.kinds, ErrOutcomeUnknown)
	}
	return e
}

func (r *request) answered(resp *transport.Response, a apiError, kinds []error, cause error) *Error {
	return &Error{
		Op: r.op(), Method: r.method, URL: resp.URL, StatusCode: resp.StatusCode,
		Code: string(a.Code), Message: string(a.Message), Details: a.Details,
		Attempts: resp.Attempts, RetryAfter: resp.RetryAfter, Body: resp.Body,
		kinds: kinds, cause: cause,
	}
}

// refusedToken returns the one error that a new access token may change. Missing
// scopes and unknown users do not go away with one.
func refusedToken(err error) *Error {
	var e *Error
	if errors.As(err, &e) && e.StatusCode == http.StatusUnauthorized && e.Code == CodeInvalidToken {
		return e
	}
	return nil
}

var errNoOtherToken = errors.New("there is no other token for now: a refused one is replaced at most once in 60 s, and a fixed one never")

// because replaces what a 401 stands for by the reason why there is no better
// token: a throttled refresh must not look like a revoked credential.
func (e *Error) because(cause error) *Error {
	e.kinds, e.cause = nil, cause
	e.adopt()
	return e
}
