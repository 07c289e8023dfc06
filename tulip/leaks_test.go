package tulip_test

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

// The API token of these tests. Its secret is marked so that it is found in any text,
// and holds characters that change when they are escaped. The key alone is no secret.
const (
	leakKey    = "apikey.2_leaky"
	leakSecret = `MARK-secret/+="ü`
)

// leakForms are the forms in which a text may show the secret.
func leakForms() []string {
	pair := []byte(leakKey + ":" + leakSecret)
	var forms []string
	for _, secret := range []string{
		leakSecret,
		base64.StdEncoding.EncodeToString(pair), base64.RawStdEncoding.EncodeToString(pair),
		base64.URLEncoding.EncodeToString(pair), base64.RawURLEncoding.EncodeToString(pair),
	} {
		inJSON, _ := json.Marshal(secret)
		forms = append(forms, secret, url.QueryEscape(secret), url.PathEscape(secret), strings.Trim(string(inJSON), `"`))
	}
	return append(forms, fmt.Sprintf("%x", leakSecret), fmt.Sprintf("%d", []byte(leakSecret)), "MARK")
}

// leaks returns the forms in which a text shows the secret.
func leaks(text string) []string {
	var found []string
	for _, form := range leakForms() {
		if strings.Contains(text, form) {
			found = append(found, form)
		}
	}
	return found
}

// checkText fails the test when a print of v shows the secret.
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
