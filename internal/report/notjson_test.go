package report_test

import (
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/usergroups-go/usergroups/internal/report"
)

func TestNotJSON(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		body string
		err  error
		want string // empty: no error
	}{
		"JSON":           {body: `{"a":1}`},
		"JSON, not ours": {body: `{"a":1}`, err: io.EOF, want: "the body is not the JSON expected: EOF"},
		"empty":          {body: "", want: "the body is empty"},
		"white space":    {body: " \r\n\t", err: io.EOF, want: "the body is empty"},
		"HTML":           {body: "\n <!DOCTYPE html>", err: io.EOF, want: "the body is HTML or XML"},
		"text":           {body: "down for maintenance", want: "the body is not JSON"},
		"half":           {body: `{"a":`, want: "the body is not JSON"},
		"much white":     {body: strings.Repeat(" ", 300) + "<html>", want: "the body is empty"},
		"a short one":    {body: "1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := report.NotJSON([]byte(tt.body), tt.err)
			if (err == nil) != (tt.want == "") || err != nil && err.Error() != tt.want {
				t.Errorf("error %v, want %q", err, tt.want)
			}
		})
	}
	if err := report.NotJSON([]byte("1"), io.EOF); !errors.Is(err, io.EOF) {
		t.Errorf("error %v has lost its cause", err)
	}
}

// The error of a time repeats the text that was no time; it may be anything.
func TestNotJSONOfATime(t *testing.T) {
	t.Parallel()
	body := []byte(`"1000.abcdef"`)
	var at time.Time
	err := report.NotJSON(body, json.Unmarshal(body, &at))
	if err == nil || strings.Contains(err.Error(), "abcdef") || err.Error() != "the body is not the JSON expected: a time cannot be read" {
		t.Errorf("error %v", err)
	}
}
