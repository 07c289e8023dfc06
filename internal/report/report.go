// Package report writes down what became of a call: the one line of an error, its
// fields for a log, and what a body is that is not the JSON expected.
package report

import (
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"
)

// Report is what an error tells. Secrets are masked before. What is zero is left out.
type Report struct {
	Package    string // whose error it is
	Op         string
	Method     string // of the request
	URL        string // of the request
	StatusCode int
	Code       string // the API's own
	Message    string // the API's text for people
	Cause      string // what the client has to say
	Place      string // "at $.groups[0].name": what of the request is wrong
	Scopes     []string
	InDoubt    bool // it may have been done all the same
	Attempts   int
	RetryAfter time.Duration
}

// Line is the text of an error: operation, status, code, message, cause, request.
func (r *Report) Line() string {
	var b strings.Builder
	b.WriteString(r.Package + ": " + r.Op)
	sep := ": "
	add := func(s string) {
		if s = OneLine(s); s != "" {
			b.WriteString(sep + s)
			sep = " "
		}
	}
	if r.StatusCode != 0 {
		add(fmt.Sprintf("%d %s", r.StatusCode, http.StatusText(r.StatusCode)))
	}
	add(r.Code)
	sep = ": "
	add(r.Message)
	sep = ": "
	add(r.Cause)
	sep = " "
	if r.Place != "" {
		add("[" + r.Place + "]")
	}
	if len(r.Scopes) > 0 {
		fmt.Fprintf(&b, "; needs %s", strings.Join(r.Scopes, ","))
	}
	if r.InDoubt {
		b.WriteString("; outcome unknown")
	}
	if r.URL != "" {
		b.WriteString(" (" + r.Method + " " + OneLine(r.URL))
		if r.Attempts > 1 {
			fmt.Fprintf(&b, ", %d attempts", r.Attempts)
		}
		b.WriteString(")")
	}
	return b.String()
}

// OneLine keeps an error readable in a log: no line breaks, no page of HTML.
func OneLine(s string) string {
	const longest = 500
	s = strings.Join(strings.Fields(s), " ")
	if len(s) > longest {
		s = strings.ToValidUTF8(s[:longest], "") + "…"
	}
	return s
}

// LogValue gives log/slog the fields one by one.
func (r *Report) LogValue() slog.Value {
	attrs := []slog.Attr{slog.String("op", r.Op)}
	text := func(key, value string) {
		if value != "" {
			attrs = append(attrs, slog.String(key, value))
		}
	}
	text("method", r.Method)
	text("url", r.URL)
	if r.StatusCode != 0 {
		attrs = append(attrs, slog.Int("status", r.StatusCode))
	}
	text("code", r.Code)
	text("message", r.Message)
	attrs = append(attrs, slog.Int("attempts", r.Attempts))
	if r.RetryAfter != 0 {
		attrs = append(attrs, slog.Duration("retry_after", r.RetryAfter))
	}
	text("cause", r.Cause)
	return slog.GroupValue(attrs...)
}
