package usergroups_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/usergroups-go/usergroups"
	"github.com/usergroups-go/usergroups/internal/nettest"
)

// retryTable tells, row by row, how often a call is sent. The package comment
// tells it in the same words, README in those of the last column; a test
// compares them.
var retryTable = []retryRow{
	{"nothing was sent: connect refused or timed out", "retry", "retry", "could not connect (refused, timed out); 429", []retryCase{
		{name: "connect refused", meet: nettest.Dialing(nettest.Refuse), is: usergroups.ErrUnavailable},
		{name: "connect timed out", meet: nettest.Dialing(func(ctx context.Context) error {
			<-ctx.Done()
			return ctx.Err()
		}), is: usergroups.ErrUnavailable, slow: true},
	}},
	{"no such host, certificate refused", "no", "no", "everything else", []retryCase{
		{name: "no such host", meet: nettest.Dialing(func(context.Context) error {
			return &net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Err: "no such host", IsNotFound: true}}
		}), is: usergroups.ErrUnavailable},
		{name: "certificate refused", meet: nettest.OverTLS, is: usergroups.ErrUnavailable},
	}},
	{"connection lost, attempt timed out, fewer bytes than announced", "retry", "no: ErrOutcomeUnknown", "connection lost, timed out, body cut, 500 502 503 504", []retryCase{
		{name: "connection lost", meet: nettest.Serving(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }), is: usergroups.ErrUnavailable},
		{name: "attempt timed out", meet: nettest.Silence, is: usergroups.ErrUnavailable, slow: true},
		{name: "fewer bytes than announced", meet: nettest.Serving(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			_, _ = w.Write([]byte(`{"user_groups":[`))
		}), is: usergroups.ErrUnavailable},
	}},
	{"429", "retry", "retry (refused before work)", "could not connect (refused, timed out); 429", []retryCase{
		{name: "JSON", code: 429, body: "{}", is: usergroups.ErrRateLimited},
		{name: "HTML", code: 429, body: "<html>", is: usergroups.ErrRateLimited},
	}},
	{"500, 502, 503, 504", "retry", "no: ErrOutcomeUnknown", "connection lost, timed out, body cut, 500 502 503 504", []retryCase{
		{name: "500", code: 500, body: `{"code":"INTERNAL_ERROR","details":{},"message":"m","status":"error"}`, is: usergroups.ErrUnavailable},
		{name: "502", code: 502, body: "<html>", is: usergroups.ErrUnavailable},
		{name: "503", code: 503, body: "{}", is: usergroups.ErrUnavailable},
		{name: "504", code: 504, body: "{}", is: usergroups.ErrUnavailable},
	}},
	{"whole body that is not the JSON expected", "no", "no: ErrOutcomeUnknown on 2xx", "everything else", []retryCase{
		{name: "HTML, 2xx", code: 200, body: "<html>", is: usergroups.ErrUnexpectedResponse, inDoubt: true},
		{name: "half of the JSON, 2xx", code: 200, body: `{"user_groups":[`, is: usergroups.ErrUnexpectedResponse, inDoubt: true},
		{name: "problem+json, 2xx", code: 200, body: problem, is: usergroups.ErrUnexpectedResponse, inDoubt: true},
		{name: "another JSON, 2xx", code: 200, body: "{}", is: usergroups.ErrUnexpectedResponse, inDoubt: true},
		{name: "HTML, 4xx", code: 400, body: "<html>", is: usergroups.ErrBadRequest},
	}},
	{"other answers, refused token, context done", "no", "no", "everything else", []retryCase{
		{name: "400", code: 400, body: "{}", is: usergroups.ErrBadRequest},
		{name: "401", code: 401, body: "{}", is: usergroups.ErrUnauthorized},
		{name: "403", code: 403, body: "{}", is: usergroups.ErrForbidden},
		{name: "404", code: 404, body: "{}", is: usergroups.ErrNotFound},
		{name: "408", code: 408, body: "{}", is: usergroups.ErrBadRequest},
		{name: "409", code: 409, body: "{}", is: usergroups.ErrBadRequest},
		// Not sent again either, but nobody knows what they mean for a write.
		{name: "302", meet: nettest.Serving(http.RedirectHandler("/elsewhere", http.StatusFound).ServeHTTP), is: usergroups.ErrUnexpectedResponse, inDoubt: true},
		{name: "501", code: 501, body: "{}", is: usergroups.ErrUnavailable, inDoubt: true},
		{name: "refused token", code: 200, body: "{}", is: errSealed, unsent: true},
		{name: "context done before", code: 200, body: "{}", is: context.Canceled, unsent: true},
		{name: "context done in flight", meet: nettest.Serving(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }), is: context.Canceled, inDoubt: true},
	}},
	{"401 INVALID_TOKEN", "one refresh, one repeat", "same", "401 INVALID_TOKEN", []retryCase{
		{name: "for ever", code: 401, body: `{"code":"INVALID_TOKEN","status":"error"}`, is: usergroups.ErrUnauthorized},
	}},
}

// retryRow is a row of the table.
type retryRow struct {
	outcome       string
	reads, writes string
	readme        string // the outcome's row in README
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

// TestRetryTable drives every method through every case of the table.
func TestRetryTable(t *testing.T) {
	t.Parallel()
	for _, row := range retryTable {
		t.Run(row.outcome, func(t *testing.T) {
			t.Parallel()
			row.hold(t)
		})
	}
}

// hold drives every method through every case of the row.
func (row *retryRow) hold(t *testing.T) {
	t.Helper()
	sent := map[string]int{ // by the first words of a cell
		"retry": 4, "no": 1, "one refresh": 2,
	}
	for _, tt := range row.cases {
		for _, m := range methods {
			t.Run(tt.name+"/"+m.name, func(t *testing.T) {
				t.Parallel()
				cell := row.reads
				if m.kind == write && row.writes != "same" {
					cell = row.writes
				}
				want := sent[cellStart.FindString(cell)]
				if tt.unsent {
					want = 0
				}
				is, not := []error{tt.is}, []error{usergroups.ErrOutcomeUnknown}
				if m.kind == write && (tt.inDoubt || strings.HasSuffix(cell, "ErrOutcomeUnknown")) {
					is, not = append(is, usergroups.ErrOutcomeUnknown), nil
				}
				check := func(t *testing.T) {
					requests, refreshes, err := tt.drive(t, m)
					if requests != want {
						t.Errorf("sent %d times, want %d", requests, want)
					}
					if want := map[bool]int{true: 1}[strings.HasPrefix(cell, "one refresh")]; refreshes != want {
						t.Errorf("%d refreshes, want %d", refreshes, want)
					}
					checkError(t, err, m, want, is, not)
					var e *usergroups.Error
					if tt.code != 0 && want > 0 && (!errors.As(err, &e) || e.StatusCode != tt.code || string(e.Body) != tt.body) {
						t.Errorf("error %#v, want one with %d %q", e, tt.code, tt.body)
					}
				}
				if tt.slow {
					synctest.Test(t, check)
				} else {
					check(t)
				}
			})
		}
	}
}

var cellStart = regexp.MustCompile(`^(retry|no|one refresh)`)

// drive calls a method in the case, and counts.
func (tt *retryCase) drive(t *testing.T, m method) (requests, refreshes int, err error) {
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
	own := &askedSource{source: source{tokens: []string{"first", "second"}}}
	origin := "http://zoho.test"
	switch tt.name {
	case "certificate refused":
		origin = "https://example.com" // that is whom httptest's certificate is for: only its signer is unknown
	case "refused token":
		own.err = errSealed
	case "context done before":
		cancel()
	}
	client := mustClient(t,
		usergroups.WithBaseURL(origin+"/gateway"), usergroups.WithInsecureHTTP(),
		usergroups.WithHTTPClient(&http.Client{Transport: meet}), usergroups.WithTokenSource(own),
		usergroups.WithRetryWait(time.Millisecond, time.Millisecond))
	err = m.call(ctx, client, groupID)
	if asked := own.asked.Load(); own.err != nil && asked != 1 {
		t.Errorf("a source that refuses was asked %d times, want 1", asked)
	}
	return int(count.Load()), len(own.invalidated), err
}

// askedSource counts how often it is asked.
type askedSource struct {
	source
	asked atomic.Int64
}

func (s *askedSource) Token(ctx context.Context) (usergroups.Token, error) {
	s.asked.Add(1)
	return s.source.Token(ctx)
}

var errSealed = errors.New("the vault is sealed")

// TestRetryTableIsWhole: every method is in the table above by its kind.
func TestRetryTableIsWhole(t *testing.T) {
	t.Parallel()
	for _, row := range usergroups.Operations() {
		i := slices.IndexFunc(methods, func(m method) bool { return m.op == row.Op && m.kind != walk })
		if isWrite := i >= 0 && methods[i].kind == write; i < 0 || row.Repeatable == isWrite {
			t.Errorf("%s: repeatable %t does not go with its kind", row.Op, row.Repeatable)
		}
	}
}
