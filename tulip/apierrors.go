package tulip

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"github.com/usergroups-go/usergroups/internal/loose"
	"github.com/usergroups-go/usergroups/internal/report"
	"github.com/usergroups-go/usergroups/internal/transport"
)

// This file turns what the API answers into an Error.

// apiError is the API's envelope of an error, of a call or of one item.
type apiError struct {
	Code      loose.Text `json:"errorCode"`
	Message   loose.Text `json:"message"`
	Retryable *looseBool `json:"retryable"`
	Details   Details    `json:"details"`
}

// looseBool also takes the texts "True" and "False", which are what the documents show.
// Anything else is unsaid.
type looseBool struct{ said, value bool }

func (b *looseBool) UnmarshalJSON(text []byte) error {
	switch strings.ToLower(strings.Trim(string(text), `"`)) {
	case "true":
		*b = looseBool{said: true, value: true}
	case "false":
		*b = looseBool{said: true}
	}
	return nil
}

func (b *looseBool) pointer() *bool {
	if b == nil || !b.said {
		return nil
	}
	return &b.value
}

// said is what an error says, in the types of the public face.
type said struct {
	Code, Message string
	Retryable     *bool
	Details       Details
}

func (a apiError) said() said {
	return said{string(a.Code), string(a.Message), a.Retryable.pointer(), a.Details}
}

// decodeAPIError finds the error in a body. The zero value says that there is none.
func decodeAPIError(body []byte) said {
	var a apiError
	if json.Unmarshal(body, &a) != nil {
		return said{}
	}
	return a.said()
}

var errErrorAsSuccess = errors.New("an error with a success status")

// isError reports an answer with a success status that is an error as a whole. Few answers
// have the word in them (a page of which something is left out does), so few are decoded
// a second time.
func isError(body []byte) bool {
	return bytes.Contains(body, []byte(`"errorCode"`)) && decodeAPIError(body).Code != ""
}

// kindOf is the error table: which sentinel a status stands for. The codes of 401, 403,
// 404, 429 and 500 are not documented, so it is the status that decides.
func kindOf(status int) error {
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
	return e
}

// answerError is the Error of an answer that has no success status.
func (r *request) answerError(resp *transport.Response, what said) *Error {
	kind := kindOf(resp.StatusCode)
	var cause error
	if what.Code == "" {
		cause = report.NotJSON(resp.Body, nil)
	}
	e := r.answered(resp, what, kind, cause)
	if (kind == ErrUnauthorized || kind == ErrForbidden) && r.operation != nil { //nolint:errorlint // of our own table
		e.Scopes = []string{scopeUsersRead}
	}
	// A 4xx is a clear no. Everything else may hide work that was done.
	if !r.repeatable && resp.StatusCode/100 != 4 {
		e.kinds = append(e.kinds, ErrOutcomeUnknown)
	}
	return e
}

// unexpected is the Error of a 2xx that is not the operation's.
func (r *request) unexpected(resp *transport.Response, cause error) *Error {
	e := r.answered(resp, decodeAPIError(resp.Body), ErrUnexpectedResponse, cause)
	if !r.repeatable {
		e.kinds = append(e.kinds, ErrOutcomeUnknown)
	}
	return e
}

func (r *request) answered(resp *transport.Response, what said, kind, cause error) *Error {
	return &Error{
		Op: r.op(), Method: r.method, URL: resp.URL, StatusCode: resp.StatusCode,
		Code: what.Code, Message: what.Message, Retryable: what.Retryable, Details: what.Details,
		Attempts: resp.Attempts, RetryAfter: resp.RetryAfter, Body: resp.Body,
		kinds: []error{kind}, cause: cause,
	}
}
