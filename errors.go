package usergroups

import (
	"encoding/json"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/usergroups-go/usergroups/internal/loose"
	"github.com/usergroups-go/usergroups/internal/report"
	"github.com/usergroups-go/usergroups/internal/transport"
)

// The kinds of error, to be asked for with errors.Is. Every error of this
// package that has to do with a call is also an [*Error], with what the server
// said, or, of a batch, an [*ActionsError] of several.
var (
	// ErrInvalidArgument: refused before anything was sent: an empty id, a
	// parameter that the API version lacks, an option that has no meaning here; or,
	// by a change of sources, after the group was read and before it is written.
	ErrInvalidArgument = transport.ErrInvalidArgument
	// ErrNotFound: there is no such object, or this user may not see it (204 on
	// a single object, 404, or 400 INVALID_DATA that names a segment of the path).
	ErrNotFound = transport.ErrNotFound
	// ErrNotModified: 304, nothing has changed since the time asked about.
	ErrNotModified = transport.ErrNotModified
	// ErrDuplicate: 400 DUPLICATE_DATA, another group has that name; perhaps also a
	// source that the group has already, see Error.Details. Whether letter
	// case counts is not documented: look for it among all groups, by
	// strings.EqualFold.
	ErrDuplicate = transport.ErrDuplicate
	// ErrAmbiguous: several objects where one was asked for; [AmbiguousError] has
	// their ids.
	ErrAmbiguous = transport.ErrAmbiguous
	// ErrConflict: somebody else changed the group at the same time. Nothing was
	// written, unless there is a [SourcesError], too.
	ErrConflict = transport.ErrConflict
	// ErrIncomplete: a part in place of the whole. A group has sources that its list
	// leaves out, or a change of sources was not all done: then [SourcesError] says
	// what is left.
	ErrIncomplete = transport.ErrIncomplete
	// ErrBadRequest: any other 4xx; Error.Code and Error.Details say what is wrong.
	ErrBadRequest = transport.ErrBadRequest
	// ErrUnauthorized: the access token was refused even after a refresh, or the
	// refresh token or the client itself was refused by the accounts server.
	ErrUnauthorized = transport.ErrUnauthorized
	// ErrForbidden: 403, the user's profile does not allow it; or ErrScope.
	ErrForbidden = transport.ErrForbidden
	// ErrScope: the token was not granted a scope that the operation needs, see
	// Error.Scopes. Logging in again does not help, a new consent does.
	ErrScope = transport.ErrScope
	// ErrRateLimited: 429, or the accounts server issues no more tokens for now.
	// Error.RetryAfter has the wait that the server asks for, if it named one; for
	// tokens it is never less than 60 s, which is when this client asks again.
	ErrRateLimited = transport.ErrRateLimited
	// ErrUnavailable: 5xx, or no answer at all.
	ErrUnavailable = transport.ErrUnavailable
	// ErrUnexpectedResponse: an answer that the API does not give: a redirect, an
	// HTML page, JSON without the payload, more than 32 MiB.
	ErrUnexpectedResponse = transport.ErrUnexpectedResponse
	// ErrOutcomeUnknown: a write that may or may not have been done. Look before
	// you repeat it. It stands beside the error that says what was seen.
	ErrOutcomeUnknown = transport.ErrOutcomeUnknown
)

// The codes that the API is known to answer with, for comparison with
// [Error.Code]. The list is not closed. The HTTP status it comes with stands
// behind each.
const (
	CodeInvalidData           = "INVALID_DATA"            // 400: a field, the id in the path, filters
	CodeMandatoryNotFound     = "MANDATORY_NOT_FOUND"     // 400: a mandatory key is missing
	CodeDuplicateData         = "DUPLICATE_DATA"          // 400: the name is taken
	CodePatternNotMatched     = "PATTERN_NOT_MATCHED"     // 400
	CodeRequiredParamMissing  = "REQUIRED_PARAM_MISSING"  // 400
	CodeDependentParamMissing = "DEPENDENT_PARAM_MISSING" // 400
	CodeExpectedFieldMissing  = "EXPECTED_FIELD_MISSING"  // 400, probably
	CodeInvalidRequestMethod  = "INVALID_REQUEST_METHOD"  // 400
	CodeInvalidHost           = "INVALID_HOST"            // 400: wrong domain for this version
	CodeLimitReached          = "LIMIT_REACHED"           // 400, probably
	CodeAlreadyUsed           = "ALREADY_USED"            // 400, probably
	CodeNotAllowed            = "NOT_ALLOWED"             // 400, probably
	CodeBadRequest            = "BAD_REQUEST"             // 400, probably
	CodeAPINotSupported       = "API_NOT_SUPPORTED"       // 400, probably: not in this version
	CodeInvalidToken          = "INVALID_TOKEN"           // 401
	CodeAuthenticationFailure = "AUTHENTICATION_FAILURE"  // 401
	CodeOAuthScopeMismatch    = "OAUTH_SCOPE_MISMATCH"    // 401
	CodeNoPermission          = "NO_PERMISSION"           // 403: the profile lacks the permission in Details
	CodeInactiveUser          = "INACTIVE_USER"           // 403
	CodeInvalidURLPattern     = "INVALID_URL_PATTERN"     // 404: malformed id or path
	CodeURLRuleNotConfigured  = "URL_RULE_NOT_CONFIGURED" // 404
	CodeTooManyRequests       = "TOO_MANY_REQUESTS"       // 429
	CodeRateLimitExceeded     = "RATE_LIMIT_EXCEEDED"     // 429
	CodeInternalError         = "INTERNAL_ERROR"          // 500
	CodeInternalServerError   = "INTERNAL_SERVER_ERROR"   // 500
)

// Error is what every failed call returns, always as a pointer; that of a batch, of
// which some items failed, returns an [*ActionsError] of several. Ask for its kind
// with errors.Is and the Err… values, for its fields with errors.As. Secrets are
// masked in all of it, also where the server repeats them.
type Error struct {
	Op         Op            // the operation, [OpUserGroupsCreate]
	Method     string        // of the request
	URL        string        // of the request; empty when none was sent
	StatusCode int           // of the answer; 0 when there was none
	Code       string        // the API's own code, see the Code constants
	Message    string        // the API's text for people; do not compare it
	Details    Details       // what the API says beside the code, by key
	Attempts   int           // requests that were sent
	RetryAfter time.Duration // how long to wait before asking again; 0 when nobody said
	Scopes     []string      // the scopes that the operation needs, on ErrScope
	Body       []byte        // of the answer, up to 64 KiB

	kinds []error
	cause error
}

// report is what there is to tell.
func (e *Error) report() *report.Report {
	r := &report.Report{
		Package: "usergroups",
		Op:      string(e.Op), Method: e.Method, URL: e.URL, StatusCode: e.StatusCode, Code: e.Code, Message: e.Message,
		Scopes: e.Scopes, InDoubt: errors.Is(e, ErrOutcomeUnknown), Attempts: e.Attempts, RetryAfter: e.RetryAfter,
	}
	if e.cause != nil {
		r.Cause = e.cause.Error()
	}
	if path := e.Details.JSONPath(); path != "" {
		r.Place = "at " + path
	} else if param := e.Details.ParamName(); param != "" {
		r.Place = "parameter " + param
	}
	return r
}

// Error returns one line: operation, status, code, message, request.
func (e *Error) Error() string {
	r := e.report()
	var token *Error
	if errors.As(e.cause, &token) { // says it all, the code too
		r.Code, r.Message, r.Cause = "", "", strings.TrimPrefix(r.Cause, "usergroups: ")
		if token.URL == e.URL { // and of the same request
			r.Place, r.URL = "", ""
		}
	}
	return r.Line()
}

// Unwrap gives the kinds and, if there is one, the cause to errors.Is and errors.As.
func (e *Error) Unwrap() []error {
	if e.cause == nil {
		return e.kinds
	}
	return append(slices.Clone(e.kinds), e.cause)
}

// GoString is Error: the fields may be long, and the cause is anything.
func (e *Error) GoString() string { return e.Error() }

// LogValue gives log/slog the fields one by one, without the body.
func (e *Error) LogValue() slog.Value { return e.report().LogValue() }

// Details is what the API says beside a code, by key. Which keys there are
// depends on the code. The methods read the ones that these operations use; for a
// key that is not there they return "" or nil.
type Details map[string]json.RawMessage

// UnmarshalJSON takes an object. Anything else (null, an array, a text: all
// have been seen in one place or another) leaves no details.
func (d *Details) UnmarshalJSON(b []byte) error { return (*loose.Object)(d).UnmarshalJSON(b) }

func (d Details) text(key string) string { return loose.Object(d).Text(key) }

// ID returns the id of the object that was written.
func (d Details) ID() string { return d.text("id") }

// JobID returns the id of the job that will do what was asked for.
func (d Details) JobID() string { return d.text("job_id") }

// APIName returns the name of the field that is wrong.
func (d Details) APIName() string { return d.text("api_name") }

// JSONPath returns where in the request's body the field is, "$.user_groups[0].name".
func (d Details) JSONPath() string { return d.text("json_path") }

// ParamName returns the name of the query parameter that is wrong.
func (d Details) ParamName() string { return d.text("param_name") }

// Permissions returns the permissions that the user's profile lacks. The API
// sends a text or a list.
func (d Details) Permissions() []string {
	if s := d.text("permissions"); s != "" {
		return []string{s}
	}
	var list []string
	_ = json.Unmarshal(d["permissions"], &list) // of another type: none
	return list
}

// PathIndex returns which segment of the path, counted from zero below
// /crm/{version}, the API could not make sense of, and whether it named one.
func (d Details) PathIndex() (index int, ok bool) {
	var found *int
	if json.Unmarshal(d["resource_path_index"], &found) != nil || found == nil {
		return 0, false
	}
	return *found, true
}
