package tulip

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"slices"
	"time"

	"github.com/usergroups-go/usergroups/internal/loose"
	"github.com/usergroups-go/usergroups/internal/report"
	"github.com/usergroups-go/usergroups/internal/transport"
)

// The kinds of error, to be asked for with errors.Is. They are the very values of
// package usergroups. Every error of this package that has to do with a call is also
// an [*Error], with what the server said.
var (
	// ErrInvalidArgument: refused before anything was sent: an empty id, a filter
	// without a value, an option that has no meaning here.
	ErrInvalidArgument = transport.ErrInvalidArgument
	// ErrNotFound: 404, or 204 for a single object: there is no such object, or the
	// token may not see it.
	ErrNotFound = transport.ErrNotFound
	// ErrNotModified: 304, to a condition set by [WithHeader].
	ErrNotModified = transport.ErrNotModified
	// ErrIncomplete: a part in place of the whole; [PartialError] says what is missing.
	ErrIncomplete = transport.ErrIncomplete
	// ErrBadRequest: any other 4xx; Error.Code and Error.Details say what is wrong.
	ErrBadRequest = transport.ErrBadRequest
	// ErrUnauthorized: 401, the API token was refused. That a scope is missing may be
	// reported so, too: it is not documented, see Error.Scopes.
	ErrUnauthorized = transport.ErrUnauthorized
	// ErrForbidden: 403, the API token lacks a scope (see Error.Scopes), or the network
	// is not on the account's allowlist.
	ErrForbidden = transport.ErrForbidden
	// ErrRateLimited: 429. Error.RetryAfter has the wait that the server asks for, if
	// it named one.
	ErrRateLimited = transport.ErrRateLimited
	// ErrUnavailable: 5xx, or no answer at all.
	ErrUnavailable = transport.ErrUnavailable
	// ErrUnexpectedResponse: an answer that the API does not give: a redirect, an
	// HTML page, JSON without the payload, a nextPage that leads elsewhere, more than
	// 32 MiB.
	ErrUnexpectedResponse = transport.ErrUnexpectedResponse
	// ErrOutcomeUnknown: a write by [Client.Do] that may or may not have been done. It
	// stands beside the error that says what was seen.
	ErrOutcomeUnknown = transport.ErrOutcomeUnknown
)

// The codes that the API is known to answer with, for comparison with [Error.Code].
// The list is not closed: those of 401, 404, 429 and 500 are not documented.
const (
	CodeCustomerIDRequired        = "generic.customerIdRequired"        // 400
	CodeWorkspaceIDRequired       = "generic.workspaceIdRequired"       // 400; no path of this package has a workspace
	CodeInvalidParams             = "generic.invalidParams"             // 400
	CodeLimitParamNonNegativeInt  = "generic.limitParamNonNegativeInt"  // 400
	CodeLimitParamBounds          = "generic.limitParamBounds"          // 400: more than a page may have
	CodeOffsetParamNonNegativeInt = "generic.offsetParamNonNegativeInt" // 400
	CodeInvalidBodyJSON           = "http.invalidBodyJson"              // 400
	CodeInvalidHeaders            = "http.invalidHeaders"               // 400
	CodeMultiValueHeader          = "http.multiValueHeader"             // 400: Details.HeaderName came twice
	CodeInvalidUserGroupsFilter   = "userGroups.invalidFilter"          // 400: of groups, also those of a user
	CodeInvalidUsersFilter        = "users.invalidFilter"               // 400: of users, also those of a group
	CodeInternal                  = "generic.internal"                  // of an omitted item, see [ItemError]
)

// Error is what every failed call returns, always as a pointer. Ask for its kind with
// errors.Is and the Err… values, for its fields with errors.As. Secrets are masked in
// all of it, also where the server repeats them.
type Error struct {
	Op         Op            // the operation, [OpUserGroupsList]
	Method     string        // of the request
	URL        string        // of the request, or of the list; empty when none was sent
	StatusCode int           // of the answer; 0 when there was none
	Code       string        // the API's errorCode, see the Code constants
	Message    string        // the API's text for people, which changes; do not compare it
	Retryable  *bool         // what the API says about trying again; nil: nothing
	Details    Details       // what the API says beside the code, by key
	Attempts   int           // requests that were sent
	RetryAfter time.Duration // how long to wait before asking again; 0 when nobody said
	Scopes     []string      // the scopes that the operation needs, on 401 and 403
	Body       []byte        // of the answer, up to 64 KiB

	kinds []error
	cause error
}

// report is what Error and LogValue tell.
func (e *Error) report() *report.Report {
	r := &report.Report{
		Package: "tulip",
		Op:      string(e.Op), Method: e.Method, URL: e.URL, StatusCode: e.StatusCode, Code: e.Code, Message: e.Message,
		Attempts: e.Attempts, RetryAfter: e.RetryAfter,
		InDoubt: slices.Contains(e.kinds, ErrOutcomeUnknown),
	}
	if e.cause != nil {
		r.Cause = e.cause.Error()
	}
	if r.Cause == "" {
		r.Cause = e.Details.Text()
	}
	if e.StatusCode == http.StatusForbidden { // after a 401, it is more likely the token itself
		r.Scopes = e.Scopes
	}
	if header := e.Details.HeaderName(); header != "" {
		r.Place = "header " + header
	}
	return r
}

// Error returns one line: operation, status, code, message, request.
func (e *Error) Error() string { return e.report().Line() }

// GoString is Error: the fields may be long, and the cause is anything.
func (e *Error) GoString() string { return e.Error() }

// LogValue gives log/slog the fields one by one, without the body.
func (e *Error) LogValue() slog.Value { return e.report().LogValue() }

// Unwrap gives the kinds and, if there is one, the cause to errors.Is and errors.As.
func (e *Error) Unwrap() []error {
	if e.cause == nil {
		return e.kinds
	}
	return append(slices.Clone(e.kinds), e.cause)
}

// Details is what the API says beside a code, by key. Which keys there are depends on
// the code. The methods read the ones that are documented; for a key that is not there
// they return "".
type Details map[string]json.RawMessage

// UnmarshalJSON takes an object. Anything else leaves no details.
func (d *Details) UnmarshalJSON(b []byte) error { return (*loose.Object)(d).UnmarshalJSON(b) }

func (d Details) text(key string) string { return loose.Object(d).Text(key) }

// ID returns the id of the item that was omitted, of an [ItemError].
func (d Details) ID() string { return d.text("id") }

// HeaderName returns the header that came more than once, of [CodeMultiValueHeader].
func (d Details) HeaderName() string { return d.text("headerName") }

// Text returns what a 429 says about its reason, under the key details.
func (d Details) Text() string { return d.text("details") }
