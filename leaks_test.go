package usergroups_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"testing"
)

// The secrets of these tests, marked so that they are found in any text. They
// hold characters that change when they are escaped.
const (
	secretClient  = `MARK-client/+="secret`
	secretRefresh = "MARK-refresh/+=token"
	secretAccess  = "MARK-access/+=token"
)

// leaks returns the forms in which a text shows a secret.
func leaks(text string) []string {
	var found []string
	for _, secret := range []string{secretClient, secretRefresh, secretAccess} {
		quoted, _ := json.Marshal(secret)
		for _, form := range []string{
			secret, url.QueryEscape(secret), url.PathEscape(secret), strings.Trim(string(quoted), `"`),
			base64.StdEncoding.EncodeToString([]byte(secret)), fmt.Sprintf("%x", secret), fmt.Sprintf("%d", []byte(secret)),
		} {
			if strings.Contains(text, form) {
				found = append(found, form)
			}
		}
	}
	if strings.Contains(text, "MARK") {
		found = append(found, "MARK")
	}
	return found
}

// checkText fails the test when a print of v shows a secret.
func checkText(t *testing.T, where string, v any) {
	t.Helper()
	for _, format := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		if found := leaks(fmt.Sprintf(format, v)); found != nil {
			t.Errorf("%s printed by %s shows %q: %s", where, format, found, fmt.Sprintf(format, v))
		}
	}
	if text, err := json.Marshal(v); err == nil {
		var bodies struct{ Body []byte }
		_ = json.Unmarshal(text, &bodies) // a []byte is base64 in JSON
		if found := leaks(string(text) + string(bodies.Body)); found != nil {
			t.Errorf("%s as JSON shows %q: %s", where, found, text)
		}
	}
	var b bytes.Buffer
	slog.New(slog.NewJSONHandler(&b, nil)).Info("x", "v", v)
	slog.New(slog.NewTextHandler(&b, nil)).Info("x", "v", v)
	if found := leaks(b.String()); found != nil {
		t.Errorf("%s in a log shows %q: %s", where, found, b.String())
	}
}

// checkChain looks at an error and at all that it wraps.
func checkChain(t *testing.T, where string, err error) {
	t.Helper()
	if err == nil {
		return
	}
	checkText(t, where, err)
	checkText(t, where, err.Error())
	switch u := err.(type) { //nolint:errorlint // walks the chain link by link
	case interface{ Unwrap() error }:
		checkChain(t, where+" →", u.Unwrap())
	case interface{ Unwrap() []error }:
		for _, e := range u.Unwrap() {
			checkChain(t, where+" →", e)
		}
	}
}
