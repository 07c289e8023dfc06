package tuliptest

import (
	"encoding/json"
	"net/http"

	"github.com/usergroups-go/usergroups/internal/fakeserver"
)

// The codes that the vendor documents, of those that the fake answers with.
const (
	codeInvalidParams     = "generic.invalidParams"
	codeLimitNonNegative  = "generic.limitParamNonNegativeInt"
	codeLimitBounds       = "generic.limitParamBounds"
	codeOffsetNonNegative = "generic.offsetParamNonNegativeInt"
	codeInvalidBodyJSON   = "http.invalidBodyJson"
	codeMultiValueHeader  = "http.multiValueHeader"
	codeUserGroupsFilter  = "userGroups.invalidFilter"
	codeUsersFilter       = "users.invalidFilter"
	codeInternal          = "generic.internal" // of an item that is left out
	messageInternal       = "Something went wrong."
)

// The vendor names no code for these statuses. Guess: they would be called so;
// see Guesses.NoUnnamedCodes.
const (
	codeUnauthorized = "generic.unauthorized"
	codeForbidden    = "generic.forbidden"
	codeNotFound     = "generic.notFound"
	codeMethod       = "generic.methodNotAllowed"
	codeTooLarge     = "generic.payloadTooLarge"
)

// errorJSON is how the vendor reports an error: as the body of an answer, or of
// an item that a page leaves out.
type errorJSON struct {
	ErrorCode string         `json:"errorCode,omitempty"`
	Message   string         `json:"message"`
	Retryable bool           `json:"retryable"`
	Details   map[string]any `json:"details,omitempty"`
}

// ErrorBody returns the JSON of an error as the vendor sends it, for the Body of
// a [Fault]. A code of "" and details of nil are left out. ErrorBody panics when
// the details are not what JSON can carry.
//
// What stands in details depends on the error: details.details, a text, in that
// of 429, details.headerName in that of http.multiValueHeader.
func ErrorBody(code, message string, retryable bool, details map[string]any) string {
	body, err := fakeserver.Marshal(errorJSON{code, message, retryable, details})
	if err != nil {
		panic("tuliptest: ErrorBody: " + err.Error())
	}
	return string(body)
}

// failure is an error. None of those that the fake makes itself can be repeated.
func failure(status int, code, message string, details map[string]any) fakeserver.Reply {
	return fakeserver.JSON(status, nil, errorJSON{ErrorCode: code, Message: message, Details: details})
}

// unnamed is a failure whose code is a guess.
func (s *Server) unnamed(status int, code, message string) fakeserver.Reply {
	if s.cfg.guesses.NoUnnamedCodes {
		code = ""
	}
	return failure(status, code, message, nil)
}

func badRequest(code, message string) *fakeserver.Reply {
	return new(failure(http.StatusBadRequest, code, message, nil))
}

// tooLarge answers a request whose body is. Guess: the contract names no limit
// and no answer to passing it.
func (s *Server) tooLarge(problem *http.MaxBytesError) fakeserver.Reply {
	return s.unnamed(http.StatusRequestEntityTooLarge, codeTooLarge, problem.Error())
}

// checkHeaders refuses a header that may have only one value and has several.
// Guess: these are the ones, and details.headerName is spelled like this.
func checkHeaders(c call) *fakeserver.Reply {
	for _, name := range []string{"Authorization", "Accept", "User-Agent"} {
		if len(c.header[name]) > 1 {
			return new(failure(http.StatusBadRequest, codeMultiValueHeader,
				"The header was sent more than once.", map[string]any{"headerName": name}))
		}
	}
	return nil
}

// checkBody refuses a body that is no JSON; one that is, is ignored. Guess: the
// contract has the code for it, but does not say why a read has a body.
func checkBody(c call) *fakeserver.Reply {
	if len(c.body) > 0 && !json.Valid(c.body) {
		return badRequest(codeInvalidBodyJSON, "The body is not JSON.")
	}
	return nil
}
