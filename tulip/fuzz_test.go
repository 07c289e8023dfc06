package tulip_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/usergroups-go/usergroups/tulip"
)

// What the fuzz targets of this package have in common. They drive the public
// methods through a RoundTripper in memory: a socket would be most of the time of
// an execution.

// eachSample hands the files of testdata/tulip that a pattern fits to add.
func eachSample(f *testing.F, pattern string, add func(name, body string)) {
	f.Helper()
	files, err := filepath.Glob(filepath.Join(samples, pattern))
	if err != nil || len(files) == 0 {
		f.Fatalf("%d files fit %s: %v", len(files), pattern, err)
	}
	for _, file := range files {
		body, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		add(filepath.Base(file), string(body))
	}
}

// The secret of the fuzz targets has a part that is found in no other text. A server
// that repeats it may do so in any form: what it is written as in a body is plant's.
const (
	fuzzSecret     = "not.MARK.cafe"
	fuzzSecretMark = "MARK"
)

// plant puts the secret into a body: TOKEN stands for it as it is, PAIR for what is
// sent, ESCAPED for the former in a JSON text that writes every character as an
// escape.
func plant(body string) string {
	var escaped strings.Builder
	for _, c := range fuzzSecret {
		fmt.Fprintf(&escaped, `\u%04x`, c)
	}
	return strings.NewReplacer("TOKEN", fuzzSecret, "PAIR", fuzzPair, "ESCAPED", escaped.String()).Replace(body)
}

var fuzzPair = strings.TrimPrefix(basic(key+":"+fuzzSecret), "Basic ")

// checkFuzzedError holds an error against what every error of a call has to be,
// whatever was answered, and returns it.
func checkFuzzedError(t *testing.T, err error) *tulip.Error {
	t.Helper()
	var e *tulip.Error
	if !errors.As(err, &e) {
		t.Fatalf("%T is no *Error: %v", err, err)
	}
	text := e.Error()
	// Seven parts of up to 500 bytes, and what joins them.
	if strings.ContainsAny(text, "\r\n\u0085\u2028\u2029") || len(text) > 4000 {
		t.Errorf("not one short line: %d bytes: %q", len(text), text)
	}
	if len(e.Body) > 64<<10 {
		t.Errorf("the body has %d bytes", len(e.Body))
	}
	if e.RetryAfter < 0 {
		t.Errorf("RetryAfter is %s", e.RetryAfter)
	}
	var found []string
	for name, sentinel := range sentinels {
		if errors.Is(err, sentinel) {
			found = append(found, name)
		}
	}
	if len(found) == 0 {
		t.Errorf("none of the sentinels: %v", err)
	}
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("", "error", e)
	details, err := json.Marshal(e.Details)
	if err != nil {
		t.Errorf("the details are no JSON any more: %v", err)
	}
	for where, text := range map[string]string{
		"Error": text, "%+v": fmt.Sprintf("%+v", e), "%#v": fmt.Sprintf("%#v", e), "log": log.String(),
		"Code": e.Code, "Message": e.Message, "URL": e.URL, "Body": string(e.Body), "Details": string(details),
		"the texts of Details": strings.Join([]string{e.Details.ID(), e.Details.HeaderName(), e.Details.Text()}, " "),
	} {
		if strings.Contains(text, fuzzSecretMark) || strings.Contains(text, fuzzPair) {
			t.Errorf("%s shows the secret: %q", where, text)
		}
	}
	return e
}
