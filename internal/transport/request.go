package transport

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
)

// url joins the base, the escaped segments and the query. It is the only place
// where a segment is escaped. A segment that would name another resource than
// the one meant is refused: an empty id turns "get one" into "list", and
// url.PathEscape leaves "." and ".." as they are.
func (t *Transport) url(path []string, query url.Values) (string, error) {
	var b strings.Builder
	b.WriteString(t.base)
	for _, segment := range path {
		switch segment {
		case "":
			return "", Invalid("a path segment (an id) is empty")
		case ".", "..":
			return "", Invalid("%q cannot be a path segment (an id)", segment)
		}
		b.WriteByte('/')
		b.WriteString(url.PathEscape(segment))
	}
	if len(query) > 0 {
		b.WriteByte('?')
		// Encode writes a space as "+" and a plus sign as "%2B", so every "+"
		// here is a space. "%20" is a space to every parser.
		b.WriteString(strings.ReplaceAll(query.Encode(), "+", "%20"))
	}
	return b.String(), nil
}

// encodeBody returns v as JSON, or nil for nil.
func encodeBody(v any) (any, error) {
	if v == nil {
		return nil, nil //nolint:nilnil // no body is not an error, and retryablehttp wants an untyped nil
	}
	body, err := CompactJSON(v)
	if err != nil {
		return nil, Invalid("the body cannot be encoded: %v", err)
	}
	return body, nil
}

// CompactJSON returns v as JSON without white space. HTML characters are left as
// they are: "&" is longer as \u0026, and lengths may be limited.
func CompactJSON(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}

func (t *Transport) setHeader(h http.Header, call *Call, hasBody bool) {
	h.Set("Accept", "application/json")
	h.Set("User-Agent", t.cfg.UserAgent)
	if hasBody {
		h.Set("Content-Type", "application/json")
	}
	for name, values := range call.Header {
		h[http.CanonicalHeaderKey(name)] = values
	}
}

// ValidHeaderValue reports whether net/http will send the value.
func ValidHeaderValue(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f })
}
