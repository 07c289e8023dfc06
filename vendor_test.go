package usergroups_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"github.com/jarcoal/httpmock"

	"github.com/usergroups-go/usergroups"
)

// vendor is just enough of the API and the accounts server for the tests of
// tokens, without a network, so that time can be made up.
type vendor struct {
	t *testing.T

	mu        sync.Mutex
	issued    int
	refreshes []time.Time
	good      string // the access token that the API accepts; "" for none
	requests  int
	// token answers a token request; the default issues "token-1", "token-2", …
	token func(n int) (status int, body string, delay time.Duration)
	// cut makes the bodies of token answers end as when a connection is lost.
	cut bool
	// form is the last token request.
	form url.Values
}

// newVendor returns a vendor that issues a new token for each request.
func newVendor(t *testing.T) *vendor { return &vendor{t: t} }

// RoundTrip answers like the two servers.
func (v *vendor) RoundTrip(r *http.Request) (*http.Response, error) {
	switch {
	case r.URL.Scheme+"://"+r.URL.Host+r.URL.Path == tokenURL && r.Method == http.MethodPost:
		return v.tokenAnswer(r)
	case strings.HasPrefix(r.URL.String(), apiBase):
		v.mu.Lock()
		defer v.mu.Unlock()
		v.requests++
		if v.good == "" || r.Header.Get("Authorization") != "Zoho-oauthtoken "+v.good {
			return jsonResponder(401, fixture(v.t, "zoho/error_invalid_token.json"))(r)
		}
		return httpmock.NewStringResponse(204, ""), nil
	}
	v.t.Errorf("unexpected request %s %s", r.Method, r.URL)
	return nil, errors.New("unexpected request")
}

func (v *vendor) tokenAnswer(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	if r.URL.RawQuery != "" {
		v.t.Errorf("secrets in the query: %s", r.URL.RawQuery)
	}
	v.mu.Lock()
	v.refreshes = append(v.refreshes, time.Now())
	n := len(v.refreshes)
	v.form, _ = url.ParseQuery(string(body))
	answer := v.token
	v.mu.Unlock()
	if answer == nil {
		answer = v.issue
	}
	status, text, delay := answer(n)
	select {
	case <-time.After(delay):
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
	if status == 0 {
		return nil, errors.New("connection reset")
	}
	resp, err := jsonResponder(status, text)(r)
	if v.cut {
		resp.Body = io.NopCloser(io.MultiReader(resp.Body, iotest.ErrReader(io.ErrUnexpectedEOF)))
	}
	return resp, err
}

// issue makes a new token, the only good one from then on.
func (v *vendor) issue(int) (int, string, time.Duration) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.issued++
	v.good = fmt.Sprintf("token-%d", v.issued)
	return 200, fmt.Sprintf(`{"access_token":%q,"api_domain":"https://www.zohoapis.com","token_type":"Bearer","expires_in":3600}`, v.good), 0
}

// always is the same answer to every token request.
func always(status int, body string, delay time.Duration) func(int) (int, string, time.Duration) {
	return func(int) (int, string, time.Duration) { return status, body, delay }
}

// set changes how the vendor answers token requests.
func (v *vendor) set(answer func(n int) (status int, body string, delay time.Duration)) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.token = answer
}

// client returns a client of the vendor, with room for many calls at a time.
func (v *vendor) client(opts ...usergroups.Option) *usergroups.Client {
	return newClient(v.t, v, append([]usergroups.Option{refreshToken, usergroups.WithMaxConcurrent(100)}, opts...)...)
}

func (v *vendor) count() (refreshes, requests int) {
	v.mu.Lock()
	defer v.mu.Unlock()
	return len(v.refreshes), v.requests
}
