package transport

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"
)

// Segments returns a path such as /gadgets/{id}/parts as segments for Call.Path, with
// the arguments in place of what stands in braces, one each.
func Segments(path string, args []string) []string {
	segments := strings.Split(strings.TrimPrefix(path, "/"), "/")
	for i, s := range segments {
		if strings.HasPrefix(s, "{") {
			segments[i], args = args[0], args[1:]
		}
	}
	return segments
}

// URL is where a call with this path and query goes, to be compared with a link
// that the server gave. It is not masked. The error is a [*Failure].
func (t *Transport) URL(path []string, query url.Values) (*url.URL, error) {
	target, err := t.target(&Call{Path: path, Query: query})
	if err != nil {
		return nil, err
	}
	u, err := url.Parse(target)
	if err != nil {
		return nil, &Failure{
			URL: t.cfg.Secrets.Mask(target), Kinds: []error{ErrInvalidArgument}, Err: t.cfg.Secrets.Clean(err),
		}
	}
	return u, nil
}

// target is a call's URL as it is sent.
func (t *Transport) target(call *Call) (string, error) {
	switch {
	case call.RawQuery == "":
		return t.join(call.Path, encodeQuery(call.Query))
	case strings.ContainsAny(call.RawQuery, " #"): // either would end it; what else does, url.Parse refuses
		return "", Invalid("the query of a link holds a space or a #")
	}
	return t.join(call.Path, call.RawQuery)
}

// encodeQuery writes a space as "%20". Encode writes it as "+" and a plus sign as
// "%2B", so every "+" there is a space; "%20" is one to every parser.
func encodeQuery(query url.Values) string { return strings.ReplaceAll(query.Encode(), "+", "%20") }

// join puts the base, the escaped segments and the query together. It is the only
// place where a segment is escaped. A segment that would name another resource
// than the one meant is refused: an empty id turns "get one" into "list", and
// url.PathEscape leaves "." and ".." as they are.
func (t *Transport) join(path []string, query string) (string, error) {
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
	if query != "" {
		b.WriteByte('?')
		b.WriteString(query)
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

// methods are what a caller may send of their own.
var methods = []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete}

// CheckRequest judges a request that is made of a caller's own method and path, and
// where its answer is to go.
func CheckRequest(method string, path []string, out any) error {
	switch v := reflect.ValueOf(out); {
	case !slices.Contains(methods, method):
		return Invalid("method %q is none of %s", method, strings.Join(methods, ", "))
	case len(path) == 0:
		return Invalid("the path is empty")
	case out != nil && (v.Kind() != reflect.Pointer || v.IsNil()):
		return Invalid("out is no pointer that can be decoded into")
	}
	return nil
}
