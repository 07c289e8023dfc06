package transport_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/usergroups-go/usergroups/internal/transport"
)

func TestCheckHeader(t *testing.T) {
	t.Parallel()
	const cannot, ours = " cannot be sent as a header", " is set by the client"
	for name, tt := range map[string]struct {
		key, value  string
		want, wrong string
	}{
		"plain":               {key: "X-Trace", value: "abc", want: "X-Trace"},
		"canonical":           {key: "x-trace", value: "abc", want: "X-Trace"},
		"all that is allowed": {key: "A0!#$%&'*+-.^_`|~z", value: "a\tb ключ", want: "A0!#$%&'*+-.^_`|~z"},
		"no value":            {key: "X-Trace", want: "X-Trace"},
		"ours after all":      {key: "Accept", value: "text/csv", want: "Accept"},

		"no name":          {value: "abc", wrong: `""` + cannot},
		"space":            {key: "X Trace", wrong: `"X Trace"` + cannot},
		"colon":            {key: "X-Trace:", wrong: `"X-Trace:"` + cannot},
		"not ASCII":        {key: "X-Ключ", wrong: `"X-Ключ"` + cannot},
		"line break":       {key: "X-Trace\r\nHost", wrong: `"X-Trace\r\nHost"` + cannot},
		"in the value":     {key: "X-Trace", value: "secret\r\nHost: x", wrong: `"X-Trace"` + cannot},
		"delete character": {key: "X-Trace", value: "secret\x7f", wrong: `"X-Trace"` + cannot},

		"credential":        {key: "authorization", value: "secret", wrong: "Authorization" + ours},
		"host":              {key: "HOST", wrong: "Host" + ours},
		"length":            {key: "Content-Length", wrong: "Content-Length" + ours},
		"type":              {key: "Content-Type", wrong: "Content-Type" + ours},
		"transfer":          {key: "Transfer-Encoding", wrong: "Transfer-Encoding" + ours},
		"compression":       {key: "Accept-Encoding", wrong: "Accept-Encoding" + ours},
		"connection":        {key: "Connection", wrong: "Connection" + ours},
		"expect":            {key: "Expect", wrong: "Expect" + ours},
		"idempotency key":   {key: "Idempotency-Key", wrong: "Idempotency-Key" + ours},
		"x-idempotency key": {key: "x-idempotency-key", wrong: "X-Idempotency-Key" + ours},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := transport.CheckHeader(tt.key, tt.value)
			if tt.wrong == "" {
				if err != nil || got != tt.want {
					t.Errorf("%q, error %v", got, err)
				}
				return
			}
			if !errors.Is(err, transport.ErrInvalidArgument) || err.Error() != "WithHeader: "+tt.wrong || got != "" {
				t.Errorf("%q, error %v", got, err)
			}
		})
	}
}

// What is let through is what net/http sends.
func TestValidHeaderIsWhatIsSent(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	t.Cleanup(server.Close)
	send := func(key, value string) error {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		req.Header[key] = []string{value}
		resp, err := server.Client().Transport.RoundTrip(req)
		if err != nil {
			return err
		}
		return resp.Body.Close()
	}
	for c := range rune(0x80) {
		for _, header := range [][2]string{{"X" + string(c), "v"}, {"X", "v" + string(c) + "v"}} {
			_, err := transport.CheckHeader(header[0], header[1])
			if sent := send(header[0], header[1]); (err == nil) != (sent == nil) {
				t.Errorf("%q: error %v, of net/http %v", header, err, sent)
			}
		}
	}
}

func TestIsProblem(t *testing.T) {
	t.Parallel()
	for contentType, want := range map[string]bool{
		"application/problem+json": true, "Application/Problem+JSON; charset=utf-8": true, "application/problem+json ;x": true,
		"": false, "application/json": false, "application/problem+jsonx": false, "text/html; application/problem+json": false,
	} {
		if got := transport.IsProblem(http.Header{"Content-Type": {contentType}}); got != want {
			t.Errorf("%q: %t", contentType, got)
		}
	}
}
