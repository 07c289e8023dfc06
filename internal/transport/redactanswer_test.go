package transport_test

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"github.com/usergroups-go/usergroups/internal/transport"
)

// What stands for a secret may be longer than it.
func TestMaskBodyOfShortSecrets(t *testing.T) {
	t.Parallel()
	body := keeping("abcd").MaskBody([]byte(strings.Repeat("abcd", 100)), 200, false)
	if len(body) > 200 || strings.Contains(string(body), "abcd") {
		t.Errorf("%d bytes: %s", len(body), body)
	}
}

// Where a body was cut, the beginning of a secret may be its end.
func TestMaskErrorBody(t *testing.T) {
	t.Parallel()
	const secret, limit = "1000.abcdef", 40
	for name, tt := range map[string]struct {
		body string
		cut  bool
		want string
	}{
		"nothing to hide":      {body: `{"a":"\u0062"}`, want: `{"a":"\u0062"}`},
		"as it is":             {body: "token 1000.abcdef", want: "token [REDACTED]"},
		"escaped":              {body: `{"a":"1000.\u0061bcdef"}`, want: `{"a":"[REDACTED]"}`},
		"no JSON, escaped":     {body: `<\u003e 1000.abcdef`, want: `<\u003e [REDACTED]`},
		"half of it, cut":      {body: "token 1000.ab", cut: true, want: "token "},
		"half of it, whole":    {body: "token 1000.ab", want: "token 1000.ab"},
		"too long":             {body: strings.Repeat("x", 35) + secret, want: strings.Repeat("x", 35)},
		"too long for JSON":    {body: `{"a":"\u0031` + strings.Repeat("x", 40) + `"}`, want: `{"a":"\u0031` + strings.Repeat("x", 28)},
		"longest":              {body: strings.Repeat("x", 40), want: strings.Repeat("x", 40)},
		"longer when redacted": {body: strings.Repeat("x", 20) + strings.Repeat("abcd", 5), want: strings.Repeat("x", 20) + "[REDACTED][REDACTED]"},
		"empty":                {},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := string(keeping(secret, "abcd").MaskErrorBody([]byte(tt.body), limit, tt.cut)); got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}

// A decoder sees through escapes, so masks have to. A body without a secret stays byte
// by byte as it came.
func TestMaskJSON(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]string{
		`"1000.abcdef"`:                                           `"[REDACTED]"`,
		`"1000.\u0061bcdef"`:                                      `"[REDACTED]"`,
		`"\u0031\u0030\u0030\u0030.abcdef"`:                       `"[REDACTED]"`,
		`{"\u0031000.abcdef": 1.50}`:                              `{"[REDACTED]":1.50}`,
		`{"id": 12345678901234567890, "a": ["\u0031000.abcdef"]}`: `{"a":["[REDACTED]"],"id":12345678901234567890}`,
		`"<\u0026> \u0031000.abcdef"`:                             `"<&> [REDACTED]"`,
		`{ "a" : "\u0062" }`:                                      `{ "a" : "\u0062" }`,
		`{"a": "\u0062" and 1000.abcdef`:                          `{"a": "\u0062" and [REDACTED]`,
		`null`:                                                    `null`,
		``:                                                        ``,
	} {
		if got := string(keeping("1000.abcdef").MaskJSON([]byte(value))); got != want {
			t.Errorf("%s: %s, want %s", value, got, want)
		}
	}
}

func TestMaskHeader(t *testing.T) {
	t.Parallel()
	s := keeping("1000.abcdef")
	header := http.Header{"X-Echo": {"token 1000.abcdef", "1000.abcdef"}, "Date": {"today"}}
	before := header.Clone()
	want := http.Header{"X-Echo": {"token [REDACTED]", "[REDACTED]"}, "Date": {"today"}}
	if got := s.MaskHeader(header); !reflect.DeepEqual(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if !reflect.DeepEqual(header, before) {
		t.Errorf("the answer's own header became %v", header)
	}
	if got := s.MaskHeader(nil); got != nil {
		t.Errorf("%v of nothing", got)
	}
}

// A server may repeat the header, or decode it and repeat what was in it.
func TestKeepBasic(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ user, password string }{
		{"apikey.2_abc", "top-secret"},
		{"apikey.2_a", "top-secret"}, // other paddings
		{"apikey.2_ab", "top-secret"},
		{"ключ?>", "пароль?>~"}, // in which the two alphabets differ
	} {
		s := new(transport.Secrets)
		s.KeepBasic(tt.user, tt.password)
		pair := []byte(tt.user + ":" + tt.password)
		req := &http.Request{Header: make(http.Header)}
		req.SetBasicAuth(tt.user, tt.password)
		for form, text := range map[string]string{
			"the header's":      strings.TrimPrefix(req.Header.Get("Authorization"), "Basic "),
			"unpadded":          base64.RawStdEncoding.EncodeToString(pair),
			"for URLs":          base64.URLEncoding.EncodeToString(pair),
			"for URLs unpadded": base64.RawURLEncoding.EncodeToString(pair),
			"the password":      tt.password,
		} {
			if got := s.Mask("Basic " + text + "."); got != "Basic "+transport.Masked+"." {
				t.Errorf("%s of %s: %q", form, pair, got)
			}
		}
		if got, want := s.Mask(string(pair)), tt.user+":"+transport.Masked; got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestMaskFields(t *testing.T) {
	t.Parallel()
	s := transport.NewSecrets(0)
	s.Keep("s3cr3t")
	for _, none := range []map[string]json.RawMessage{nil, {}} {
		if got := s.MaskFields(none); got != nil {
			t.Errorf("%v: %v", none, got)
		}
	}
	fields := map[string]json.RawMessage{"a": json.RawMessage(`"x"`), "s3cr3t": json.RawMessage(`["\u00733cr3t"]`)}
	got := s.MaskFields(fields)
	if len(got) != 2 || string(got["a"]) != `"x"` || string(got["[REDACTED]"]) != `["[REDACTED]"]` {
		t.Errorf("%s", got)
	}
	// What is no secret stays as it is, also beside one that is escaped for HTML.
	s.Keep("a+b+c")
	quoted := map[string]json.RawMessage{"a": json.RawMessage(`"a&#43;b&#43;c &#34;q&#34; \"r\""`)}
	if got := s.MaskFields(quoted); string(got["a"]) != `"[REDACTED] &#34;q&#34; \"r\""` {
		t.Errorf("%s", got)
	}
	if string(fields["s3cr3t"]) != `["\u00733cr3t"]` {
		t.Errorf("the fields themselves were changed: %s", fields)
	}
}
