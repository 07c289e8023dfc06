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

type requestDetails struct {
	Method string `json:"method"`
	URL    string `json:"url"`
}

func (s *Server) scopeMismatch(c call) answer {
	const code, message = "OAUTH_SCOPE_MISMATCH", "invalid oauth scope to access this URL"
	switch s.cfg.guesses.ScopeMismatch {
	case ScopeMismatchRequest:
		return failure(http.StatusUnauthorized, code, requestDetails{c.method, c.path}, message)
	case ScopeMismatchUnauthorized:
		return failure(http.StatusUnauthorized, code, nil, "Unauthorized")
	default:
		return failure(http.StatusUnauthorized, code, noDetails{}, message)
	}
}
