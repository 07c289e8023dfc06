package transport

import (
	"net/http"
	"slices"
	"strings"
)

// ownHeaders are set by the client or by net/http, and by nobody else. With an
// idempotency key, net/http would repeat writes on its own.
var ownHeaders = []string{
	"Authorization", "Host", "Content-Length", "Content-Type", "Transfer-Encoding", "Accept-Encoding", "Connection", "Expect",
	"Idempotency-Key", "X-Idempotency-Key",
}

// CheckHeader judges a header that a user wants to set on a call, and returns its
// canonical name. The error names the option WithHeader, and never the value.
func CheckHeader(key, value string) (name string, err error) {
	name = http.CanonicalHeaderKey(key)
	switch {
	case !validHeaderName(key) || !ValidHeaderValue(value):
		return "", Invalid("WithHeader: %q cannot be sent as a header", key)
	case slices.Contains(ownHeaders, name):
		return "", Invalid("WithHeader: %s is set by the client", name)
	}
	return name, nil
}

func validHeaderName(s string) bool {
	const others = "!#$%&'*+-.^_`|~"
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		alphanumeric := '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
		return !alphanumeric && !strings.ContainsRune(others, r)
	})
}

// ValidHeaderValue reports whether net/http will send the value.
func ValidHeaderValue(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f })
}

// IsProblem reports a problem report (RFC 9457), which is no success, whatever the status.
func IsProblem(h http.Header) bool {
	mediaType, _, _ := strings.Cut(h.Get("Content-Type"), ";")
	return strings.EqualFold(strings.TrimSpace(mediaType), "application/problem+json")
}
