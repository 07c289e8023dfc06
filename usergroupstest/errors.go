package usergroupstest

import "net/http"

// reword gives an error the form that the guesses choose, where the route
// that made it need not know of them.
func (g Guesses) reword(a answer) answer {
	out, ok := a.body.(outcome)
	if !ok {
		return a
	}
	switch {
	case out.Code == "INVALID_URL_PATTERN" && g.URLRuleNotConfigured:
		out.Code = "URL_RULE_NOT_CONFIGURED"
	case out.Code == "INVALID_REQUEST_METHOD" && g.MethodNotAllowed:
		a.status, out.Code = http.StatusMethodNotAllowed, "METHOD_NOT_ALLOWED"
	case out.Code == "INVALID_TOKEN" && g.AuthenticationFailure:
		out.Code, out.Message = "AUTHENTICATION_FAILURE", "Authentication failed"
	}
	if out.Details == (noDetails{}) {
		switch g.EmptyDetails {
		case DetailsObject: // as it is
		case DetailsNull:
			out.Details = nullDetails{}
		case DetailsAbsent:
			out.Details = nil
		}
	}
	a.body = out
	return a
}

// nullDetails is the vendor's "details":null.
type nullDetails struct{}

// MarshalJSON makes it null.
func (nullDetails) MarshalJSON() ([]byte, error) { return []byte("null"), nil }

// noDetails is the vendor's "details":{}.
type noDetails struct{}

type paramDetails struct {
	ParamName string `json:"param_name"`
}

type pathDetails struct {
	ResourcePathIndex int `json:"resource_path_index"`
}

func failure(status int, code string, details any, message string) answer {
	return answer{status: status, body: outcome{Code: code, Details: details, Message: message, Status: "error"}}
}

func invalidURL() answer {
	return failure(http.StatusNotFound, "INVALID_URL_PATTERN", noDetails{},
		"Please check if the URL trying to access is a correct one")
}

func invalidParam(name, message string) *answer {
	return new(failure(http.StatusBadRequest, "INVALID_DATA", paramDetails{name}, message))
}

// unknownID answers for a well-formed id that nobody has. The index says
// which segment of the path it stands in.
func unknownID(status, pathIndex int) answer {
	switch status {
	case http.StatusNoContent:
		return answer{status: http.StatusNoContent}
	case http.StatusNotFound:
		return invalidURL()
	default:
		return failure(http.StatusBadRequest, "INVALID_DATA", pathDetails{pathIndex},
			"the related id given seems to be invalid")
	}
}

// noSuchGroup is what all answer to the id of no group, except the call that
// reads one group.
func (g Guesses) noSuchGroup() answer {
	status := g.UnknownID
	if status != http.StatusNotFound {
		status = http.StatusBadRequest
	}
	return unknownID(status, groupPathIndex)
}

// unknownOwner is unknownID where something of the group or user is asked for: a
// 204 would say that there is nothing of it.
func (g Guesses) unknownOwner(pathIndex int) answer {
	if g.UnknownID == http.StatusNotFound {
		return unknownID(http.StatusNotFound, pathIndex)
	}
	return unknownID(http.StatusBadRequest, pathIndex)
}

// fieldDetails says which part of the body is wrong, and perhaps how.
type fieldDetails struct {
	APIName          string `json:"api_name"`
	JSONPath         string `json:"json_path"`
	ExpectedDataType string `json:"expected_data_type,omitempty"`
	MaximumLength    int    `json:"maximum_length,omitempty"`
}

func itemError(code string, details any, message string) *outcome {
	return &outcome{Code: code, Details: details, Message: message, Status: "error"}
}

func missingField(apiName, path string) *outcome {
	return itemError("MANDATORY_NOT_FOUND", fieldDetails{APIName: apiName, JSONPath: path}, "required field not found")
}

func invalidField(details fieldDetails) *outcome {
	return itemError("INVALID_DATA", details, "invalid data")
}
