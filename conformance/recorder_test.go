package conformance_test

import (
	"bytes"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/usergroups-go/usergroups"
)

// recorder stands in the place of the network: it keeps what the client sends, and
// answers in its stead.
type recorder struct {
	answers  []string // one per request, the last one also for all that follow
	requests []*http.Request
	ops      []usergroups.Op // what the client says that the requests are
}

// record makes a call and returns the requests that came of it. They must all be of
// the call's operation, and the client must be content with what was answered.
func record(t *testing.T, c *call) []*http.Request {
	t.Helper()
	r := &recorder{answers: c.answers}
	client, err := usergroups.NewClient(
		usergroups.WithAccessToken("token"),
		usergroups.WithHTTPClient(&http.Client{Transport: r}),
		usergroups.WithObserver(r.observe),
	)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.run(t.Context(), client); err != nil {
		t.Errorf("%s: %v", c.name, err)
	}
	if len(r.requests) == 0 || len(r.requests) != len(r.ops) {
		t.Fatalf("%s: %d requests, %d of them observed", c.name, len(r.requests), len(r.ops))
	}
	if i := slices.IndexFunc(r.ops, func(op usergroups.Op) bool { return op != c.op }); i >= 0 {
		t.Errorf("%s: request %d is of %s, not of %s", c.name, i, r.ops[i], c.op)
	}
	return r.requests
}

// RoundTrip is http.RoundTripper's.
func (r *recorder) RoundTrip(req *http.Request) (*http.Response, error) {
	kept := req.Clone(req.Context())
	if req.Body != nil {
		body, err := io.ReadAll(req.Body)
		if err != nil {
			return nil, err
		}
		setBody(kept, string(body))
	}
	answer := r.answers[min(len(r.requests), len(r.answers)-1)]
	r.requests = append(r.requests, kept)
	return &http.Response{
		StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}}, Request: req,
		Body: io.NopCloser(strings.NewReader(answer)), ContentLength: int64(len(answer)),
	}, nil
}

func (r *recorder) observe(e usergroups.Event) {
	if e.Kind == usergroups.EventAttempt {
		r.ops = append(r.ops, e.Op)
	}
}

// setBody gives a request a body that can be read more than once.
func setBody(req *http.Request, body string) {
	req.ContentLength = int64(len(body))
	req.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader([]byte(body))), nil }
	req.Body, _ = req.GetBody() // never fails
}

func readBody(req *http.Request) string {
	body, _ := req.GetBody() // setBody made it
	text, _ := io.ReadAll(body)
	return string(text)
}
