package tulip_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/usergroups-go/usergroups/internal/nettest"
	"github.com/usergroups-go/usergroups/tulip"
)

// retryTable tells, row by row, how often a call is sent. The package comment
// tells it in the same words; a test compares them. All methods are reads; writes are
// made by Client.Do alone.
var retryTable = []retryRow{
	{"nothing was sent: connect refused or timed out", "retry", "retry", []retryCase{
		{name: "connect refused", meet: nettest.Dialing(nettest.Refuse), is: tulip.ErrUnavailable},
		{name: "connect timed out", meet: nettest.Dialing(func(ctx context.Context) error {
			<-ctx.Done()
			return ctx.Err()
		}), is: tulip.ErrUnavailable, slow: true},
	}},
	{"no such host, certificate refused", "no", "no", []retryCase{
		{name: "no such host", meet: nettest.Dialing(func(context.Context) error {
			return &net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Err: "no such host", IsNotFound: true}}
		}), is: tulip.ErrUnavailable},
		{name: "certificate refused", meet: nettest.OverTLS, is: tulip.ErrUnavailable},
	}},
	{"connection lost, attempt timed out, fewer bytes than announced", "retry", "no: ErrOutcomeUnknown", []retryCase{
		{name: "connection lost", meet: nettest.Serving(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }), is: tulip.ErrUnavailable},
		{name: "attempt timed out", meet: nettest.Silence, is: tulip.ErrUnavailable, slow: true},
		{name: "fewer bytes than announced", meet: nettest.Serving(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			_, _ = w.Write([]byte(`{"items":[`))
		}), is: tulip.ErrUnavailable},
	}},
	{"429", "retry", "retry (refused before work)", []retryCase{
		{name: "JSON", code: 429, body: "{}", is: tulip.ErrRateLimited},
		{name: "HTML", code: 429, body: "<html>", is: tulip.ErrRateLimited},
		{name: "not retryable, says the vendor", code: 429, body: `{"errorCode":"x.y","retryable":false}`, is: tulip.ErrRateLimited},
	}},
	{"500, 502, 503, 504", "retry", "no: ErrOutcomeUnknown", []retryCase{
		{name: "500", code: 500, body: "{}", is: tulip.ErrUnavailable},
		{name: "502", code: 502, body: "<html>", is: tulip.ErrUnavailable},
		{name: "503", code: 503, body: "{}", is: tulip.ErrUnavailable},
		{name: "504", code: 504, body: problem, is: tulip.ErrUnavailable},
		{name: "not retryable, says the vendor", code: 500, body: `{"errorCode":"generic.internal","retryable":false}`, is: tulip.ErrUnavailable},
	}},
	{"whole body that is not the JSON expected", "no", "no: ErrOutcomeUnknown on 2xx", []retryCase{
		{name: "HTML, 2xx", code: 200, body: "<html>", is: tulip.ErrUnexpectedResponse, inDoubt: true},
		{name: "half of the JSON, 2xx", code: 200, body: `{"items":[`, is: tulip.ErrUnexpectedResponse, inDoubt: true},
		{name: "problem+json, 2xx", code: 200, body: problem, is: tulip.ErrUnexpectedResponse, inDoubt: true},
		{name: "an error, 2xx", code: 200, body: `{"errorCode":"x.y","retryable":true}`, is: tulip.ErrUnexpectedResponse, inDoubt: true},
		{name: "HTML, 4xx", code: 400, body: "<html>", is: tulip.ErrBadRequest},
	}},
	{"other answers, refused token, context done", "no", "no", []retryCase{
		{name: "400", code: 400, body: "{}", is: tulip.ErrBadRequest},
		{name: "401", code: 401, body: "{}", is: tulip.ErrUnauthorized},
		{name: "403", code: 403, body: "{}", is: tulip.ErrForbidden},
		{name: "404", code: 404, body: "{}", is: tulip.ErrNotFound},
		{name: "408", code: 408, body: "{}", is: tulip.ErrBadRequest},
		{name: "409", code: 409, body: "{}", is: tulip.ErrBadRequest},
		{name: "retryable is no boolean", code: 400, body: `{"errorCode":"x.y","retryable":1}`, is: tulip.ErrBadRequest},
		{name: "retryable of something else", code: 400, body: `{"errorCode":"x.y","details":{"retryable":true}}`, is: tulip.ErrBadRequest},
		// Not sent again either, but nobody knows what they mean for a write.
		{name: "302", meet: nettest.Serving(http.RedirectHandler("/elsewhere", http.StatusFound).ServeHTTP), is: tulip.ErrUnexpectedResponse, inDoubt: true},
		{name: "501", code: 501, body: "{}", is: tulip.ErrUnavailable, inDoubt: true},
		{name: "context done before", code: 200, body: "{}", is: context.Canceled, unsent: true},
		{name: "context done in flight", meet: nettest.Serving(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }), is: context.Canceled, inDoubt: true},
	}},
	{`Tulip's "retryable": true`, "retry", "–", []retryCase{
		{name: "400", code: 400, body: `{"errorCode":"x.y","retryable":true}`, is: tulip.ErrBadRequest},
		{name: "as the documents print it", code: 400, body: `{"errorCode":"x.y","retryable":"True"}`, is: tulip.ErrBadRequest},
		{name: "401", code: 401, body: `{"errorCode":"x.y","retryable":true}`, is: tulip.ErrUnauthorized},
		{name: "404", code: 404, body: `{"errorCode":"x.y","retryable":true}`, is: tulip.ErrNotFound},
		{name: "409", code: 409, body: `{"retryable":true}`, is: tulip.ErrBadRequest},
		{name: "501", code: 501, body: `{"errorCode":"x.y","retryable":true}`, is: tulip.ErrUnavailable},
	}},
}

// retryRow is a row of the table.
type retryRow struct {
	outcome       string
	reads, writes string
	cases         []retryCase
}

// problem is what gateways answer.
const problem = `{"type":"about:blank","title":"Oops","status":500}`

// retryCase is one way to come to a row of the table: an answer, or what else a
// call may meet.
type retryCase struct {
	name    string
	code    int
	body    string
	meet    func(t *testing.T, count func()) http.RoundTripper
	is      error
	inDoubt bool // of a write, when the cell leaves that open
	unsent  bool // no request was begun
	slow    bool // it takes the default timeout, in time that is made up
}

// TestRetryTable drives every method, and a write, through every case of the table.
func TestRetryTable(t *testing.T) {
	t.Parallel()
	write := func(ctx context.Context, c *tulip.Client, _ string, opts ...tulip.CallOption) error {
		return c.Do(ctx, tulip.Request{Method: http.MethodPost, Path: []string{"users", "v1", "users"}, Body: struct{}{}}, nil, opts...)
	}
	for _, row := range retryTable {
		for _, tt := range row.cases {
			for _, m := range methods {
				t.Run(row.outcome+"/"+tt.name+"/"+m.name, func(t *testing.T) {
					t.Parallel()
					calls := 1
					if m.kind == walk && tt.code == 400 { // an iterator's own limit may be the reason: it asks again without
						calls = 2
					}
					tt.check(t, row.reads, m.call, calls, func(err error, attempts int) { checkError(t, err, m.op, attempts, tt.is) })
				})
			}
			t.Run(row.outcome+"/"+tt.name+"/Do", func(t *testing.T) {
				t.Parallel()
				cell := row.writes
				if cell == "–" {
					cell = "no"
				}
				tt.check(t, cell, write, 1, func(err error, _ int) {
					inDoubt := tt.inDoubt || strings.HasSuffix(cell, "ErrOutcomeUnknown") || row.writes == "–" && tt.code >= 500
					if !errors.Is(err, tt.is) || errors.Is(err, tulip.ErrOutcomeUnknown) != inDoubt {
						t.Errorf("%v, want %v, in doubt %t", err, tt.is, inDoubt)
					}
				})
			})
		}
	}
}

var cellStart = regexp.MustCompile(`^(retry|no)`)

// check makes a call in the case, which is so many of an operation, and counts.
func (tt *retryCase) check(t *testing.T, cell string, call call, calls int, check func(err error, attempts int)) {
	t.Helper()
	run := func(t *testing.T) {
		want := map[string]int{"retry": 4, "no": 1}[cellStart.FindString(cell)]
		if tt.unsent {
			want = 0
		}
		requests, err := tt.drive(t, call)
		if requests != want*calls {
			t.Errorf("sent %d times, want %d", requests, want*calls)
		}
		check(err, want)
		var e *tulip.Error
		if tt.code != 0 && want > 0 && (!errors.As(err, &e) || e.StatusCode != tt.code || string(e.Body) != tt.body) {
			t.Errorf("error %#v, want one with %d %q", e, tt.code, tt.body)
		}
	}
	if tt.slow {
		synctest.Test(t, run)
	} else {
		run(t)
	}
}

func (tt *retryCase) drive(t *testing.T, call call) (requests int, err error) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var count atomic.Int64
	how := tt.meet
	if how == nil {
		contentType := "application/json"
		switch {
		case tt.body == problem:
			contentType = "application/problem+json"
		case strings.HasPrefix(tt.body, "<"):
			contentType = "text/html"
		}
		how = nettest.Serving(answer(tt.code, contentType, tt.body))
	}
	meet := how(t, func() {
		count.Add(1)
		if tt.name == "context done in flight" {
			cancel()
		}
	})
	origin := "http://acme.test"
	switch tt.name {
	case "certificate refused":
		origin = "https://example.com" // that is whom httptest's certificate is for: only its signer is unknown
	case "context done before":
		cancel()
	}
	client := mustClient(t, origin+"/gateway", apiToken, tulip.WithInsecureHTTP(),
		tulip.WithHTTPClient(&http.Client{Transport: meet}), tulip.WithRetryWait(time.Millisecond, time.Millisecond))
	err = call(ctx, client, anID)
	return int(count.Load()), err
}
