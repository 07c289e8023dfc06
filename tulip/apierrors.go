package tulip

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"

	"github.com/usergroups-go/usergroups/internal/loose"
	"github.com/usergroups-go/usergroups/internal/report"
	"github.com/usergroups-go/usergroups/internal/transport"
)

// This file turns what the API answers into an Error.

// apiError is the API's envelope of an error, of a call or of one item.
type apiError struct {
	Code      loose.Text `json:"errorCode"`
	Message   loose.Text `json:"message"`
	Retryable loose.Bool `json:"retryable"`
	Details   Details    `json:"details"`
}

// decodeAPIError finds the error in a body. The zero value says that there is none.
func decodeAPIError(body []byte) apiError {
	var a apiError
	if json.Unmarshal(body, &a) != nil {
		return apiError{}
	}
	return a
}

// isError reports an answer with a success status that is an error as a whole. Few answers
// have the word in them (a page of which something is left out does), so few are decoded
// a second time.
func isError(body []byte) bool {
	return bytes.Contains(body, []byte(`"errorCode"`)) && decodeAPIError(body).Code != ""
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
func (r *request) answerError(resp *transport.Response, a apiError) *Error {
	// The codes of 401, 403, 404, 429 and 500 are not documented: the status decides.
	kind := transport.KindOf(resp.StatusCode)
	var cause error
	if a.Code == "" {
		cause = report.NotJSON(resp.Body, nil)
	}
	e := r.answered(resp, a, kind, cause)
	unscoped := resp.StatusCode == http.StatusUnauthorized || resp.StatusCode == http.StatusForbidden
	if unscoped && r.operation != nil {
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

func (r *request) answered(resp *transport.Response, a apiError, kind, cause error) *Error {
	return &Error{
		Op: r.op(), Method: r.method, URL: resp.URL, StatusCode: resp.StatusCode,
		Code: string(a.Code), Message: string(a.Message), Retryable: a.Retryable.Pointer(), Details: a.Details,
		Attempts: resp.Attempts, RetryAfter: resp.RetryAfter, Body: resp.Body,
		kinds: []error{kind}, cause: cause,
	}
}
