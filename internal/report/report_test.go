package report_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/usergroups-go/usergroups/internal/report"
)

func TestLine(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		report report.Report
		want   string
	}{
		"only the operation": {report.Report{Package: "acme", Op: "Gadgets.List"}, "acme: Gadgets.List"},
		"everything": {
			report.Report{
				Package: "acme", Op: "Gadgets.List", Method: "GET", URL: "https://x/gadgets", StatusCode: 403, Code: "no.scope", Message: "not you",
				Cause: "asked twice", Place: "at $.a", Scopes: []string{"a:read", "b:read"}, InDoubt: true, Attempts: 2, RetryAfter: time.Second,
			},
			"acme: Gadgets.List: 403 Forbidden no.scope: not you: asked twice [at $.a]; needs a:read,b:read; outcome unknown (GET https://x/gadgets, 2 attempts)",
		},
		"refused before sending": {report.Report{Package: "acme", Op: "Gadgets.Get", Method: "GET", Cause: "an id is empty"}, "acme: Gadgets.Get: an id is empty"},
		"no answer":              {report.Report{Package: "acme", Op: "Gadgets.Get", Method: "GET", URL: "https://x", Attempts: 1, Cause: "EOF"}, "acme: Gadgets.Get: EOF (GET https://x)"},
		"status alone":           {report.Report{Package: "acme", Op: "Gadgets.Get", StatusCode: 503}, "acme: Gadgets.Get: 503 Service Unavailable"},
		"an unknown status":      {report.Report{Package: "acme", Op: "Gadgets.Get", StatusCode: 599, Code: "down"}, "acme: Gadgets.Get: 599 down"},
		"code alone":             {report.Report{Package: "acme", Op: "Gadgets.Get", Code: "down"}, "acme: Gadgets.Get: down"},
		"code and message":       {report.Report{Package: "acme", Op: "Gadgets.Get", Code: "down", Message: "for now"}, "acme: Gadgets.Get: down: for now"},
		"status and cause":       {report.Report{Package: "acme", Op: "Gadgets.Get", StatusCode: 200, Cause: "HTML"}, "acme: Gadgets.Get: 200 OK: HTML"},
		"place alone":            {report.Report{Package: "acme", Op: "Gadgets.Get", StatusCode: 400, Place: "parameter page"}, "acme: Gadgets.Get: 400 Bad Request [parameter page]"},
		"several lines":          {report.Report{Package: "acme", Op: "Gadgets.Get", Message: " a\r\n\tb ", URL: "https://x/\ny"}, "acme: Gadgets.Get: a b ( https://x/ y)"},
		"attempts without a URL": {report.Report{Package: "acme", Op: "Gadgets.Get", Attempts: 4}, "acme: Gadgets.Get"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := tt.report.Line(); got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}

// A page of HTML does not fill the log, and what is cut stays text.
func TestLineIsShort(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("ж", 1000)
	r := report.Report{Package: "acme", Op: "Gadgets.Get", Code: long, Message: long, Cause: long, Place: long, URL: long}
	got := r.Line()
	if len(got) > 5*510+50 || !utf8.ValidString(got) || strings.Count(got, strings.Repeat("ж", 250)+"…") != 4 {
		t.Errorf("%d bytes: %s", len(got), got)
	}
	r = report.Report{Package: "acme", Op: "Gadgets.Get", Message: strings.Repeat("x", 500)}
	if got := r.Line(); strings.Contains(got, "…") {
		t.Errorf("cut: %s", got)
	}
}

func TestLogValue(t *testing.T) {
	t.Parallel()
	for want, r := range map[string]report.Report{
		"[op=Gadgets.List attempts=0]": {Op: "Gadgets.List", Place: "at $.a", Scopes: []string{"a"}, InDoubt: true},
		"[op=Gadgets.List method=GET url=https://x status=429 code=slow message=not so fast attempts=2 retry_after=7s cause=asked twice]": {
			Op: "Gadgets.List", Method: "GET", URL: "https://x", StatusCode: 429, Code: "slow", Message: "not so fast",
			Cause: "asked twice", Attempts: 2, RetryAfter: 7 * time.Second,
		},
	} {
		if got := fmt.Sprint(r.LogValue()); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}
