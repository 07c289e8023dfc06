package transport_test

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/usergroups-go/usergroups/internal/transport"
)

func TestSegments(t *testing.T) {
	t.Parallel()
	for path, tt := range map[string]struct{ args, want []string }{
		"/gadgets":                  {nil, []string{"gadgets"}},
		"/gadgets/{id}":             {[]string{"12"}, []string{"gadgets", "12"}},
		"/gadgets/{id}/parts/{no}":  {[]string{"a/b", ""}, []string{"gadgets", "a/b", "parts", ""}}, // to be escaped, and refused
		"/{kind}/{id}/actions/move": {[]string{"{id}", "{kind}"}, []string{"{id}", "{kind}", "actions", "move"}},
	} {
		for range 2 { // the arguments are the caller's
			if got := transport.Segments(path, tt.args); !slices.Equal(got, tt.want) {
				t.Errorf("%s: %q, want %q", path, got, tt.want)
			}
		}
	}
}

func TestPathAndQuery(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		base  string
		path  []string
		query url.Values
		want  string // empty: refused
	}{
		"plain":            {path: []string{"gadgets", "12"}, want: acmeURL + "/gadgets/12"},
		"no segments":      {want: acmeURL},
		"slash":            {path: []string{"gadgets", "a/b"}, want: acmeURL + "/gadgets/a%2Fb"},
		"question mark":    {path: []string{"gadgets", "a?b=c"}, want: acmeURL + "/gadgets/a%3Fb=c"},
		"hash":             {path: []string{"gadgets", "a#b"}, want: acmeURL + "/gadgets/a%23b"},
		"percent":          {path: []string{"gadgets", "a%2Fb"}, want: acmeURL + "/gadgets/a%252Fb"},
		"space":            {path: []string{"gadgets", "a b"}, want: acmeURL + "/gadgets/a%20b"},
		"unicode":          {path: []string{"gadgets", "ключ"}, want: acmeURL + "/gadgets/%D0%BA%D0%BB%D1%8E%D1%87"},
		"plus":             {path: []string{"gadgets", "a+b"}, want: acmeURL + "/gadgets/a+b"},
		"ampersand":        {path: []string{"gadgets", "R&D"}, want: acmeURL + "/gadgets/R&D"},
		"line break":       {path: []string{"gadgets", "a\r\nb"}, want: acmeURL + "/gadgets/a%0D%0Ab"},
		"backslash":        {path: []string{"gadgets", `..\x`}, want: acmeURL + `/gadgets/..%5Cx`},
		"dots in a name":   {path: []string{"gadgets", "..."}, want: acmeURL + "/gadgets/..."},
		"a segment of ..":  {path: []string{"gadgets", ".."}},
		"a segment of .":   {path: []string{"gadgets", "."}},
		"an empty segment": {path: []string{"gadgets", ""}},
		"first segment ..": {path: []string{"..", "gadgets"}},
		"another host":     {path: []string{"//evil.test/x"}, want: acmeURL + "/%2F%2Fevil.test%2Fx"},
		"a user":           {path: []string{"@evil.test"}, want: acmeURL + "/@evil.test"},

		"base with slash":      {base: "https://api.acme.test/v1//", path: []string{"x"}, want: "https://api.acme.test/v1/x"},
		"base without path":    {base: "https://api.acme.test", path: []string{"x"}, want: "https://api.acme.test/x"},
		"base with port":       {base: "http://127.0.0.1:8080/a/b", path: []string{"x"}, want: "http://127.0.0.1:8080/a/b/x"},
		"base with an escape":  {base: "https://api.acme.test/a%2Fb", path: []string{"x"}, want: "https://api.acme.test/a%2Fb/x"},
		"base starting with @": {base: "https://api.acme.test", path: []string{"@evil.test"}, want: "https://api.acme.test/@evil.test"},

		"query":           {path: []string{"x"}, query: url.Values{"b": {"2"}, "a": {"1"}}, want: acmeURL + "/x?a=1&b=2"},
		"query, empty":    {path: []string{"x"}, query: url.Values{}, want: acmeURL + "/x"},
		"query, space":    {path: []string{"x"}, query: url.Values{"q": {"a b"}}, want: acmeURL + "/x?q=a%20b"},
		"query, plus":     {path: []string{"x"}, query: url.Values{"q": {"a+b c"}}, want: acmeURL + "/x?q=a%2Bb%20c"},
		"query, name":     {path: []string{"x"}, query: url.Values{"a b+": {"1"}}, want: acmeURL + "/x?a%20b%2B=1"},
		"query, R&D":      {path: []string{"x"}, query: url.Values{"q": {"R&D=#?"}}, want: acmeURL + "/x?q=R%26D%3D%23%3F"},
		"query, percent":  {path: []string{"x"}, query: url.Values{"q": {"100%"}}, want: acmeURL + "/x?q=100%25"},
		"query, repeated": {path: []string{"x"}, query: url.Values{"q": {"1", "2"}}, want: acmeURL + "/x?q=1&q=2"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := answers(200)
			tr := acme(srv, func(cfg *transport.Config) {
				if tt.base != "" {
					base, err := url.Parse(tt.base)
					if err != nil {
						t.Fatal(err)
					}
					cfg.Base = base
				}
			})
			call := read()
			call.Path, call.Query = tt.path, tt.query
			r := do(t.Context(), tr, call)
			if tt.want == "" {
				r.failed(t, 0, transport.ErrInvalidArgument)
				if srv.count() != 0 {
					t.Error("a request was sent")
				}
				return
			}
			r.answered(t, 200, 1)
			if got := srv.seen()[0].url; got != tt.want || r.URL != tt.want {
				t.Errorf("sent to %s and reported as %s, want %s", got, r.URL, tt.want)
			}
			// What the server will make of it.
			got, err := url.Parse(srv.seen()[0].url)
			if err != nil {
				t.Fatal(err)
			}
			if q := got.Query(); len(tt.query) > 0 && q.Encode() != tt.query.Encode() {
				t.Errorf("the server reads the query %v, want %v", q, tt.query)
			}
		})
	}
}

func TestBody(t *testing.T) {
	t.Parallel()
	type gadget struct {
		Name string `json:"name"`
	}
	for name, tt := range map[string]struct {
		body any
		want string
	}{
		"none":        {nil, ""},
		"struct":      {gadget{"anvil"}, `{"name":"anvil"}`},
		"not escaped": {gadget{"<R&D>"}, `{"name":"<R&D>"}`},
		"unicode":     {gadget{"ключ"}, `{"name":"ключ"}`},
		"compact":     {json.RawMessage("{\n \"name\" : [ 1,\t2 ]\n}\n"), `{"name":[1,2]}`},
		"list":        {[]int{1, 2}, `[1,2]`},
		"zero":        {0, `0`},
		"nil pointer": {(*gadget)(nil), `null`},
		"empty":       {gadget{}, `{"name":""}`},
		"line break":  {gadget{"a\n"}, `{"name":"a\n"}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := answers(201)
			call := write()
			call.Body = tt.body
			do(t.Context(), acme(srv), call).answered(t, 201, 1)
			got := srv.seen()[0]
			if got.body != tt.want {
				t.Errorf("body %q, want %q", got.body, tt.want)
			}
			if got.length != int64(len(tt.want)) {
				t.Errorf("Content-Length %d, want %d", got.length, len(tt.want))
			}
			wantType := "application/json"
			if tt.body == nil {
				wantType = ""
			}
			if typ := got.header.Get("Content-Type"); typ != wantType {
				t.Errorf("Content-Type %q, want %q", typ, wantType)
			}
		})
	}
}

type unwilling struct{}

func (unwilling) MarshalJSON() ([]byte, error) { return nil, errors.New("not today") }

func TestBodyThatCannotBeEncoded(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]any{
		"infinity": math.Inf(1), "channel": make(chan int), "function": func() {}, "marshaler": unwilling{},
		"raw": json.RawMessage(`{"a":`),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := answers(201)
			call := write()
			call.Body = body
			do(t.Context(), acme(srv), call).failed(t, 0, transport.ErrInvalidArgument)
			if srv.count() != 0 {
				t.Error("a request was sent")
			}
		})
	}
}

func TestMethodThatCannotBeSent(t *testing.T) {
	t.Parallel()
	srv := answers(200)
	call := read()
	call.Method = "GE T"
	f := do(t.Context(), acme(srv), call).failure(t, 0, transport.ErrInvalidArgument)
	if f.URL != acmeURL+"/gadgets" {
		t.Errorf("URL %q", f.URL)
	}
	if srv.count() != 0 {
		t.Error("a request was sent")
	}
}

func TestHeader(t *testing.T) {
	t.Parallel()
	srv := answers(200)
	call := write()
	call.Header = http.Header{
		"if-modified-since": {"yesterday"}, // not canonical
		"Accept":            {"text/csv"},
		"X-Many":            {"1", "2"},
	}
	before := call.Header.Clone()
	body := call.Body.(map[string]string)
	bodyBefore := maps.Clone(body)
	do(t.Context(), acme(srv), call).answered(t, 200, 1)

	got := srv.seen()[0].header
	for name, want := range map[string]string{
		"Accept": "text/csv", "If-Modified-Since": "yesterday", "X-Many": "1,2", "Content-Type": "application/json",
		"User-Agent": "acme-go/1", "Authorization": badge,
	} {
		if v := strings.Join(got.Values(name), ","); v != want {
			t.Errorf("%s: %q, want %q", name, v, want)
		}
	}
	if !maps.EqualFunc(call.Header, before, equalValues) {
		t.Errorf("the caller's header became %v", call.Header)
	}
	if !maps.Equal(body, bodyBefore) {
		t.Errorf("the caller's body became %v", body)
	}

	do(t.Context(), acme(srv), read()).answered(t, 200, 1)
	if accept := srv.seen()[1].header.Get("Accept"); accept != "application/json" {
		t.Errorf("Accept: %q", accept)
	}
}

func equalValues(a, b []string) bool { return strings.Join(a, "\n") == strings.Join(b, "\n") }

// A header that one attempt's Authorize adds or appends to is not there at the
// next, and never in the caller's map.
func TestHeaderOfEachAttemptIsItsOwn(t *testing.T) {
	t.Parallel()
	srv := answers(503, 503, 200)
	many := make([]string, 1, 4)
	many[0] = "caller"
	call := read()
	call.Header = http.Header{"X-Many": many}
	attempts := 0
	call.Authorize = func(_ context.Context, h http.Header) error {
		attempts++
		if h.Get("Authorization") != "" || len(h["X-Many"]) != 1 {
			t.Errorf("attempt %d starts with %v", attempts, h)
		}
		h["X-Many"][0] = "changed"
		h["X-Many"] = append(h["X-Many"], "added")
		h.Set("Authorization", badge)
		return nil
	}
	do(t.Context(), acme(srv, hasty), call).answered(t, 200, 3)
	if many[0] != "caller" || many[:2][1] != "" || len(call.Header) != 1 {
		t.Errorf("the caller's header became %v %q", call.Header, many[:2])
	}
}

// The same bytes go out with each attempt.
func TestBodyOfEachAttempt(t *testing.T) {
	t.Parallel()
	srv := answers(429, 429, 429, 201)
	call := write()
	do(t.Context(), acme(srv, hasty), call).answered(t, 201, 4)
	for i, got := range srv.seen() {
		if got.body != `{"name":"anvil"}` || got.length != int64(len(got.body)) {
			t.Errorf("attempt %d sent %q with length %d", i+1, got.body, got.length)
		}
	}
}

func TestCheckRequest(t *testing.T) {
	t.Parallel()
	var nothing *int
	path := []string{"gadgets"}
	for _, tt := range []struct {
		method string
		path   []string
		out    any
		ok     bool
	}{
		{"GET", path, nil, true},
		{"POST", path, new(int), true},
		{"PUT", path, new(any), true},
		{"PATCH", path, nil, true},
		{"DELETE", path, nil, true},
		{"", path, nil, false},
		{"get", path, nil, false},
		{"CONNECT", path, nil, false},
		{"GET", nil, nil, false},
		{"GET", path, 7, false},
		{"GET", path, nothing, false},
		{"GET", path, struct{}{}, false},
	} {
		if err := transport.CheckRequest(tt.method, tt.path, tt.out); (err == nil) != tt.ok || !tt.ok && !errors.Is(err, transport.ErrInvalidArgument) {
			t.Errorf("%q %q %T: %v", tt.method, tt.path, tt.out, err)
		}
	}
}
