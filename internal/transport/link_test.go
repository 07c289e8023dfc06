package transport_test

import (
	"net/url"
	"testing"

	"github.com/usergroups-go/usergroups/internal/transport"
)

// The query of a link goes out byte by byte as the server wrote it: encoded anew, a
// cursor may be another one.
func TestRawQuery(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		raw     string
		refused bool
	}{
		"plain":            {raw: "limit=100&offset=200"},
		"order":            {raw: "b=2&a=1&b=1"},
		"plus and %20":     {raw: "q=a+b%20c%2Bd"},
		"lower-case %":     {raw: "q=%2f%c3%a9"},
		"broken escape":    {raw: "q=100%"},
		"semicolon":        {raw: "a=1;b=2"},
		"without a value":  {raw: "next"},
		"slash, question":  {raw: "cursor=a/b?c=d"},
		"quotes":           {raw: `q="a"'b'`},
		"not ASCII":        {raw: "q=ключ"},
		"space":            {raw: "q=a b", refused: true},
		"fragment":         {raw: "q=a#b", refused: true},
		"line break":       {raw: "q=a HTTP/1.1\r\nX: y", refused: true},
		"only a new line":  {raw: "q=a\n", refused: true},
		"tab":              {raw: "q=a\tb", refused: true},
		"zero":             {raw: "q=a\x00", refused: true},
		"delete character": {raw: "q=a\x7f", refused: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := answers(200)
			call := read()
			call.Query, call.RawQuery = url.Values{"not": {"this"}}, tt.raw
			r := do(t.Context(), acme(srv), call)
			if tt.refused {
				r.failed(t, 0, transport.ErrInvalidArgument)
				if srv.count() != 0 {
					t.Error("a request was sent")
				}
				return
			}
			r.answered(t, 200, 1)
			if got, want := srv.seen()[0].url, acmeURL+"/gadgets?"+tt.raw; got != want || r.URL != want {
				t.Errorf("sent to %s and reported as %s, want %s", got, r.URL, want)
			}
		})
	}
}

// What a server writes into its links it may have read in our credentials.
func TestMaskInLinks(t *testing.T) {
	t.Parallel()
	const secret = "1000.abcdef"
	var told events
	tr := acme(answers(503, 200), hasty, told.observe, func(cfg *transport.Config) { cfg.Secrets = keeping(secret) })
	call := read()
	call.RawQuery = "offset=1&token=" + secret
	r := do(t.Context(), tr, call)
	r.answered(t, 200, 2)
	want := acmeURL + "/gadgets?offset=1&token=" + transport.Masked
	if r.URL != want {
		t.Errorf("URL %s, want %s", r.URL, want)
	}
	if len(told.all()) == 0 {
		t.Error("no events")
	}
	for _, e := range told.all() {
		if e.URL != want {
			t.Errorf("the event's URL is %s, want %s", e.URL, want)
		}
	}
}

// URL tells beforehand where Do sends to.
func TestURL(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		path  []string
		query url.Values
	}{
		"plain":   {path: []string{"gadgets", "12"}},
		"escaped": {path: []string{"gadgets", "a/b c"}, query: url.Values{"q": {"a+b c", "R&D"}, "limit": {"100"}}},
		"base":    {},
		"secret":  {path: []string{"gadgets"}, query: url.Values{"q": {"1000.abcdef"}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := answers(200)
			tr := acme(srv, func(cfg *transport.Config) { cfg.Secrets = keeping("1000.abcdef") })
			call := read()
			call.Path, call.Query = tt.path, tt.query
			do(t.Context(), tr, call).answered(t, 200, 1)
			got, err := tr.URL(tt.path, tt.query)
			if err != nil {
				t.Fatal(err)
			}
			if want := srv.seen()[0].url; got.String() != want {
				t.Errorf("URL %s, sent to %s", got, want)
			}
		})
	}
	for name, path := range map[string][]string{"an empty id": {"gadgets", ""}, "a segment of ..": {"gadgets", ".."}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tr := acme(answers(200))
			call := read()
			call.Path = path
			want := do(t.Context(), tr, call).failure(t, 0, transport.ErrInvalidArgument)
			u, err := tr.URL(path, nil)
			got := result{err: err}.failure(t, 0, transport.ErrInvalidArgument)
			if u != nil || got.Error() != want.Error() {
				t.Errorf("%v, error %v; Do says %v", u, got, want)
			}
		})
	}
}

// A base that cannot be parsed again is refused as Do refuses it.
func TestURLOfABrokenBase(t *testing.T) {
	t.Parallel()
	tr := acme(answers(200), func(cfg *transport.Config) {
		cfg.Base, cfg.Secrets = &url.URL{Scheme: "https", Host: "api.acme.test:1000.abcdef"}, keeping("1000.abcdef")
	})
	want := do(t.Context(), tr, read()).failure(t, 0, transport.ErrInvalidArgument)
	_, err := tr.URL([]string{"gadgets"}, nil)
	got := result{err: err}.failure(t, 0, transport.ErrInvalidArgument)
	if got.Error() != want.Error() || got.URL != want.URL || got.URL != "https://api.acme.test:"+transport.Masked+"/gadgets" {
		t.Errorf("%s: %v; Do says %s: %v", got.URL, got, want.URL, want)
	}
}
