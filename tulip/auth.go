package tulip

import (
	"encoding/base64"
	"net/http"
	"strings"
)

// apiToken is an API token: the vendor's words for its halves are API Key and
// Secret.
type apiToken struct{ key, secret string }

// parseAuthHeader takes an API token out of the Auth Header value that the vendor
// shows beside it.
func parseAuthHeader(value string) (apiToken, error) {
	scheme, encoded, _ := strings.Cut(strings.TrimSpace(value), " ")
	if !strings.EqualFold(scheme, "Basic") {
		return apiToken{}, invalid(`WithAuthHeader: the value does not begin with "Basic "`)
	}
	encoded = strings.TrimRight(strings.TrimSpace(encoded), "=")
	decoded, err := base64.RawStdEncoding.DecodeString(encoded)
	if err != nil {
		return apiToken{}, invalid(`WithAuthHeader: what follows "Basic " is not base64`) // the error would show a part of it
	}
	key, secret, _ := strings.Cut(string(decoded), ":")
	t := apiToken{key, secret}
	return t, t.check("WithAuthHeader")
}

// check refuses what HTTP Basic authentication (RFC 7617) cannot carry.
func (t apiToken) check(option string) error {
	control := func(r rune) bool { return r < ' ' || r == 0x7f }
	switch {
	case t.key == "" || t.secret == "":
		return invalid("%s: the key or the secret is empty", option)
	case strings.HasPrefix(t.key, "Basic "):
		return invalid("%s: the key is an Auth Header: use WithAuthHeader", option)
	case strings.Contains(t.key, ":"):
		return invalid("%s: the key has a colon: key and secret are two values", option)
	case strings.ContainsFunc(t.key+t.secret, control):
		return invalid("%s: the key or the secret has a control character or a line break", option)
	}
	return nil
}

// authorize returns the function that puts the token on a request.
func (t apiToken) authorize() func(http.Header) {
	value := "Basic " + base64.StdEncoding.EncodeToString([]byte(t.key+":"+t.secret))
	return func(h http.Header) { h.Set("Authorization", value) }
}
