package transport_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"html/template"
	"io"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/usergroups-go/usergroups/internal/transport"
)

func keeping(kept ...string) *transport.Secrets {
	s := new(transport.Secrets)
	s.Keep(kept...)
	return s
}

// inJSON is how json.Marshal writes a text, without the quotes around it.
func inJSON(t *testing.T, s string) string {
	t.Helper()
	quoted, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	return string(quoted[1 : len(quoted)-1])
}

// inTemplate is how html/template writes a text.
func inTemplate(t *testing.T, s string) string {
	t.Helper()
	var b strings.Builder
	if err := template.Must(template.New("").Parse("{{.}}")).Execute(&b, s); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// escape is an escape in a URL.
var escape = regexp.MustCompile("%[0-9A-F]{2}")

// jsonText is how an encoder that leaves HTML alone writes a text, without the
// quotes around it.
func jsonText(s string) string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(s)
	text := strings.TrimSuffix(b.String(), "\n")
	return text[1 : len(text)-1]
}

func TestMask(t *testing.T) {
	t.Parallel()
	for _, secret := range []string{
		"1000.abcdef", "with space", "a/b+c=d", "p&q=r", `quo"te`, `"quoted"`, `back\slash`, "<tag>", "ключ", "per%cent",
		"tab\tbed", "semi;colon", "a b+c=d&e@f:g$h", `all "of' <it> & \more/ +1%`,
	} {
		s := keeping(secret)
		for form, text := range map[string]string{
			"raw":                 secret,
			"in a query":          url.QueryEscape(secret),
			"in a path":           url.PathEscape(secret),
			"in JSON":             inJSON(t, secret),
			"in JSON, HTML as is": jsonText(secret),
			"in HTML":             html.EscapeString(secret),
			"in an HTML template": inTemplate(t, secret),
			"in a URL's userinfo": url.User(secret).String(),
			"in a small query":    escape.ReplaceAllStringFunc(url.QueryEscape(secret), strings.ToLower),
			"in a small path":     escape.ReplaceAllStringFunc(url.PathEscape(secret), strings.ToLower),
			"in JSON in JSON":     inJSON(t, inJSON(t, secret)),
		} {
			got := s.Mask("before." + text + ".after")
			if want := "before." + transport.Masked + ".after"; got != want {
				t.Errorf("%q %s: %q, want %q", secret, form, got, want)
			}
		}
	}
}

// The form in which our own URLs carry a query: request.go writes a space as
// %20, where url.QueryEscape has a plus.
func TestMaskInOurQueries(t *testing.T) {
	t.Parallel()
	for _, secret := range []string{"plain", "with space", "a+b c", "a b=c", "p q&r", "x @y"} {
		call := read()
		call.Query = url.Values{"key": {secret}}
		tr := acme(answers(200), func(cfg *transport.Config) { cfg.Secrets = keeping(secret) })
		r := do(t.Context(), tr, call)
		if want := acmeURL + "/gadgets?key=" + transport.Masked; r.URL != want {
			t.Errorf("%q: URL %s, want %s", secret, r.URL, want)
		}
	}
}

func TestMaskOfSeveral(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		kept       []string
		text, want string
	}{
		"none":                     {nil, "nothing to hide", "nothing to hide"},
		"not in the text":          {[]string{"secret"}, "nothing to hide", "nothing to hide"},
		"twice":                    {[]string{"secret"}, "secret, secret", "[REDACTED], [REDACTED]"},
		"adjacent":                 {[]string{"secret"}, "secretsecret", "[REDACTED][REDACTED]"},
		"shorter is the beginning": {[]string{"secret", "secret-and-more"}, "a secret-and-more b", "a [REDACTED] b"},
		"given the other way":      {[]string{"secret-and-more", "secret"}, "a secret-and-more b", "a [REDACTED] b"},
		"shorter alone":            {[]string{"secret", "secret-and-more"}, "a secret-and b", "a [REDACTED]-and b"},
		"short":                    {[]string{"abc", ""}, "abc, abc", "abc, abc"},
		"just long enough":         {[]string{"abcd"}, "abc, abcd", "abc, [REDACTED]"},
		"short beside long":        {[]string{"abc", "secret"}, "abc secret", "abc [REDACTED]"},
		"several lines":            {[]string{"secret"}, "a\nsecret\nb", "a\n[REDACTED]\nb"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := keeping(tt.kept...).Mask(tt.text); got != tt.want {
				t.Errorf("Mask(%q) = %q, want %q", tt.text, got, tt.want)
			}
		})
	}
	t.Run("kept one after another", func(t *testing.T) {
		t.Parallel()
		s := keeping("first-secret")
		s.Keep("second-secret")
		if got := s.Mask("first-secret second-secret"); got != "[REDACTED] [REDACTED]" {
			t.Errorf("got %q", got)
		}
	})
}

func TestSweep(t *testing.T) {
	t.Parallel()
	token := func(n int) string { return fmt.Sprintf("token-%03d", n) }
	for _, recent := range []int{0, 1, 16} {
		s := transport.NewSecrets(recent)
		s.Keep("for-good")
		for n := range 40 {
			s.Sweep(token(n))
			for range 20 {
				s.Sweep(token(n)) // as with each request
			}
		}
		for n := range 40 {
			masked := s.Mask(token(n)) == transport.Masked
			if want := n >= 40-recent; masked != want {
				t.Errorf("recent %d: token %d of 40 is masked: %t, want %t", recent, n, masked, want)
			}
		}
		if s.Mask("for-good") != transport.Masked {
			t.Errorf("recent %d: a secret that was to be kept was swept away", recent)
		}
	}
}

func TestSecretsConcurrently(t *testing.T) {
	t.Parallel()
	s := transport.NewSecrets(16)
	var wg sync.WaitGroup
	for worker := range 8 {
		wg.Go(func() {
			for n := range 50 {
				token := fmt.Sprintf("token-%d-%d", worker, n)
				s.Keep(token)
				s.Sweep("swept-" + token)
				if got := s.Mask(token); got != transport.Masked {
					t.Errorf("Mask(%q) = %q", token, got)
				}
			}
		})
	}
	wg.Wait()
}

// chatty keeps a secret where only some verbs print it.
type chatty struct {
	Header http.Header // shown by %+v and %#v
	text   string
	inner  error
}

func (c chatty) Error() string { return c.text }
func (c chatty) Unwrap() error { return c.inner }

// quiet is an error whose text tells nothing of what it wraps.
type quiet struct{ inner []error }

func (q *quiet) Error() string   { return "something went wrong" }
func (q *quiet) Unwrap() []error { return q.inner }

// verbose shows its secret only to %+v.
type verbose struct{ secret string }

func (v *verbose) Error() string { return "verbose" }

func (v *verbose) Format(f fmt.State, verb rune) {
	_, _ = io.WriteString(f, "verbose")
	if f.Flag('+') {
		_, _ = io.WriteString(f, " "+v.secret)
	}
}

// sharp shows its own only to %#v.
type sharp struct{ secret string }

func (s *sharp) Error() string    { return "sharp" }
func (s *sharp) GoString() string { return "sharp{" + s.secret + "}" }

// chain is err with all that it wraps.
func chain(err error) []error {
	links := []error{err}
	switch u := err.(type) { //nolint:errorlint // link by link
	case interface{ Unwrap() error }:
		if inner := u.Unwrap(); inner != nil {
			links = append(links, chain(inner)...)
		}
	case interface{ Unwrap() []error }:
		for _, inner := range u.Unwrap() {
			links = append(links, chain(inner)...)
		}
	}
	return links
}

func prints(err error) string {
	return fmt.Sprintf("%v\n%+v\n%#v\n%s\n%q", err, err, err, err, err)
}

func TestClean(t *testing.T) {
	t.Parallel()
	const secret = "1000.abcdef"
	s := keeping(secret)

	if s.Clean(nil) != nil {
		t.Error("Clean(nil) is an error")
	}
	for name, err := range map[string]error{
		"plain":   io.EOF,
		"wrapped": fmt.Errorf("reading: %w", io.EOF),
		"joined":  errors.Join(errors.New("one"), io.EOF),
		"header":  chatty{text: "refused", Header: http.Header{"X": {"y"}}, inner: io.EOF},
	} {
		if got := s.Clean(err); !errors.Is(got, io.EOF) || got.Error() != err.Error() {
			t.Errorf("%s: Clean changed %v into %v", name, err, got)
		}
	}
	for name, err := range map[string]error{
		"text":               errors.New("refused: " + secret),
		"text of a link":     fmt.Errorf("%w", fmt.Errorf("refused %s: %w", secret, io.EOF)),
		"hidden link":        &quiet{[]error{errors.New("fine"), errors.New(secret)}},
		"deeply hidden":      fmt.Errorf("x: %w", &quiet{[]error{fmt.Errorf("y: %w", &quiet{[]error{errors.New(secret)}})}}),
		"behind one Unwrap":  chatty{text: "refused", inner: &quiet{[]error{errors.New(secret)}}},
		"joined":             errors.Join(io.EOF, errors.New(secret)),
		"field":              chatty{text: "refused", Header: http.Header{"Authorization": {"Acme-token " + secret}}},
		"only %+v":           &verbose{secret},
		"only %#v":           &sharp{secret},
		"escaped":            &url.Error{Op: "Get", URL: "https://x/?token=" + url.QueryEscape(secret), Err: io.EOF},
		"quoted by strconv":  errors.New(strconv.Quote(secret)),
		"a Failure of ours":  &transport.Failure{Err: errors.New(secret)},
		"a Failure's detail": &transport.Failure{Kinds: []error{errors.New(secret)}, Err: io.EOF},
	} {
		got := s.Clean(err)
		if text := prints(got); strings.Contains(text, "abcdef") {
			t.Errorf("%s: Clean leaves the secret in %s", name, text)
		}
		if got == nil || got.Error() == "" {
			t.Errorf("%s: nothing is left", name)
		}
		// Who has the error must not be able to unwrap what was taken out.
		if links := chain(got); slices.ContainsFunc(links, func(link error) bool {
			return strings.Contains(prints(link), "abcdef")
		}) {
			t.Errorf("%s: the chain still holds the secret: %v", name, links)
		}
	}
	if got := s.Clean(fmt.Errorf("refused %s here", secret)); got.Error() != "refused [REDACTED] here" {
		t.Errorf("text %q", got)
	}
}

// telltale is what some RoundTrippers return: an error with the request in it.
type telltale struct{ header http.Header }

func (e *telltale) Error() string { return fmt.Sprintf("dump of the request:\n%v", e.header) }
func (e *telltale) Unwrap() error { return io.EOF }

// A RoundTripper may repeat the credential in its error, the call in its query:
// neither comes out anywhere.
func TestSecretsDoNotLeaveTheTransport(t *testing.T) {
	t.Parallel()
	const token, inQuery = "1000.abcdef", "qu=ry&s/cret"
	forbidden := []string{"abcdef", "ry&s", "cret", "qu%3D"}
	for name, tt := range map[string]struct {
		answer func(*http.Request) (*http.Response, error)
		kinds  []error
	}{
		"error with the header": {func(req *http.Request) (*http.Response, error) {
			return nil, &telltale{req.Header}
		}, []error{transport.ErrUnavailable}},
		"error with the URL": {func(req *http.Request) (*http.Response, error) {
			return nil, &url.Error{Op: "Get", URL: req.URL.String(), Err: fmt.Errorf("%s: %w", req.URL, io.EOF)}
		}, []error{transport.ErrUnavailable}},
		"body ends with it": {func(req *http.Request) (*http.Response, error) {
			resp := reply(200, "")
			resp.Body = &pieces{err: &telltale{req.Header}}
			return resp, nil
		}, []error{transport.ErrUnavailable}},
		"no such method": {nil, []error{transport.ErrInvalidArgument}},
		"answer":         {func(*http.Request) (*http.Response, error) { return reply(200, ""), nil }, nil},
		"outage":         {func(*http.Request) (*http.Response, error) { return reply(503, ""), nil }, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var told events
			srv := &server{answer: func(_ int, req *http.Request) (*http.Response, error) { return tt.answer(req) }}
			tr := acme(srv, hasty, told.observe, func(cfg *transport.Config) { cfg.Secrets = keeping(token, inQuery) })
			call := read()
			call.Query = url.Values{"key": {inQuery}}
			call.Path = []string{"gadgets", token}
			if tt.answer == nil {
				call.Method = "GET " + token
			}
			r := do(t.Context(), tr, call)
			texts := map[string]string{"answer": r.URL}
			if tt.kinds != nil {
				f := r.failure(t, map[bool]int{true: 4, false: 0}[tt.answer != nil], tt.kinds...)
				texts["failure"], texts["cause"], texts["URL"] = prints(f), prints(f.Err), f.URL
				texts["value"] = fmt.Sprintf("%+v %#v", *f, *f)
				if strings.Contains(f.Error(), "\n") {
					t.Errorf("the error has several lines: %q", f)
				}
			}
			for i, e := range told.all() {
				texts[fmt.Sprintf("event %d", i)] = fmt.Sprintf("%v %+v %#v", e, e, e) + prints(e.Err)
			}
			for where, text := range texts {
				for _, part := range forbidden {
					if strings.Contains(text, part) {
						t.Errorf("%s: %q is in %s", where, part, text)
					}
				}
			}
			if tt.answer != nil && len(told.all()) == 0 {
				t.Error("no events")
			}
		})
	}
}

// What has no secret in it keeps its chain, all the way to the caller.
func TestCauseStaysVisible(t *testing.T) {
	t.Parallel()
	srv := &server{answer: func(int, *http.Request) (*http.Response, error) {
		return nil, fmt.Errorf("proxy: %w", &chatty{text: "refused", inner: io.ErrClosedPipe})
	}}
	r := do(t.Context(), acme(srv, hasty, func(cfg *transport.Config) { cfg.Secrets = keeping("1000.abcdef") }), read())
	f := r.failure(t, 4, transport.ErrUnavailable)
	var c *chatty
	if !errors.Is(r.err, io.ErrClosedPipe) || !errors.As(r.err, &c) {
		t.Errorf("the cause is lost: %v", r.err)
	}
	// Method and URL are the Failure's to tell.
	var u *url.Error
	if f.Error() != "proxy: refused" || errors.As(r.err, &u) {
		t.Errorf("error %q", f)
	}
}

func TestFailureText(t *testing.T) {
	t.Parallel()
	one, two := transport.ErrUnavailable, transport.ErrOutcomeUnknown
	for _, tt := range []struct {
		failure transport.Failure
		want    string
	}{
		{transport.Failure{Err: io.EOF, Kinds: []error{one}}, "EOF"},
		{transport.Failure{Err: errors.New("first\nsecond")}, "first"},
		{transport.Failure{Kinds: []error{one, two}}, "unavailable, outcome unknown"},
		{transport.Failure{Kinds: []error{one}}, "unavailable"},
	} {
		f := &tt.failure
		if got := f.Error(); got != tt.want {
			t.Errorf("%+v: %q, want %q", tt.failure, got, tt.want)
		}
		for _, kind := range tt.failure.Kinds {
			if !errors.Is(f, kind) {
				t.Errorf("%+v is not %v", tt.failure, kind)
			}
		}
		if tt.failure.Err != nil && !errors.Is(f, tt.failure.Err) {
			t.Errorf("%+v does not unwrap to its cause", tt.failure)
		}
	}
	// Unwrapping must not write into the room behind the kinds.
	kinds := make([]error, 1, 2)
	kinds[0] = one
	f := &transport.Failure{Kinds: kinds, Err: io.EOF}
	f.Unwrap()
	if kinds[:2][1] != nil {
		t.Error("Unwrap wrote into the caller's slice")
	}
}

func TestInvalid(t *testing.T) {
	t.Parallel()
	f := transport.Invalid("%d gadgets: %w", 3, io.EOF)
	if f.Error() != "3 gadgets: EOF" || !errors.Is(f, transport.ErrInvalidArgument) || !errors.Is(f, io.EOF) {
		t.Errorf("got %v", f)
	}
}

// A header that cannot be sent was not sent: no write is in doubt for it.
func TestHeaderThatCannotBeSent(t *testing.T) {
	t.Parallel()
	for _, kind := range sorted(calls) {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			p := raw(t, func(_ *net.TCPConn) {})
			call := calls[kind]()
			call.Authorize = func(_ context.Context, h http.Header) error {
				h.Set("Authorization", "Acme-token 1000.abcdef\n") // from a file, say
				return nil
			}
			r := do(t.Context(), acme(nil, hasty, func(cfg *transport.Config) {
				p.at(t, cfg)
				cfg.Secrets = keeping("1000.abcdef")
			}), call)
			if errors.Is(r.err, transport.ErrOutcomeUnknown) {
				t.Errorf("nothing was sent, yet the outcome is unknown: %v", r.err)
			}
			if p.tries.Load() != 0 || strings.Contains(prints(r.err), "abcdef") {
				t.Errorf("%d requests, error %v", p.tries.Load(), r.err)
			}
		})
	}
}
