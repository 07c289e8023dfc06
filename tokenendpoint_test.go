package usergroups_test

import (
	"encoding/json"
	"errors"
	"net/url"
	"testing"
	"testing/synctest"
	"time"

	"github.com/usergroups-go/usergroups"
)

func TestRefreshRequest(t *testing.T) {
	t.Parallel()
	v := newVendor(t)
	if err := get(t.Context(), v.client()); err != nil {
		t.Fatal(err)
	}
	want := url.Values{"grant_type": {"refresh_token"}, "client_id": {"id-1"}, "client_secret": {"secret-1"}, "refresh_token": {"rt-1"}}
	if v.form.Encode() != want.Encode() {
		t.Errorf("form %v, want %v", v.form, want)
	}
}

// TestTokenAnswers takes each odd form of a token answer. One that is no token may
// have used one of the ten all the same, so it is not asked for again at once.
func TestTokenAnswers(t *testing.T) {
	t.Parallel()
	token := func(more string) string { return `{"access_token":"token-1"` + more + `}` }
	tests := []struct {
		name   string
		status int
		body   string
		lives  time.Duration // how long until the next refresh
		is     error
		tries  int
		rests  time.Duration // how long until the next try
		cut    bool
	}{
		{name: "success", status: 200, body: fixture(t, "zoho/token_success.json"), lives: 59 * time.Minute},
		{name: "milliseconds", status: 200, body: fixture(t, "zoho/token_milliseconds.json"), lives: 59 * time.Minute},
		{name: "no expiry", status: 200, body: fixture(t, "zoho/token_no_expiry.json"), lives: 59 * time.Minute},
		{name: "expiry as text", status: 200, body: fixture(t, "zoho/token_expires_text.json"), lives: 59 * time.Minute},
		{name: "expiry with a fraction", status: 200, body: token(`,"expires_in":1800.5`), lives: 29 * time.Minute},
		{name: "a short life", status: 200, body: token(`,"expires_in":100`), lives: 90 * time.Second},
		{name: "no life", status: 200, body: token(`,"expires_in":0`), lives: 59 * time.Minute},
		{name: "a negative life", status: 200, body: token(`,"expires_in":-1`), lives: 59 * time.Minute},
		{name: "a life that is no number", status: 200, body: token(`,"expires_in":"soon"`), lives: 59 * time.Minute},
		{name: "null", status: 200, body: token(`,"expires_in":null,"refresh_token":null,"error":null`), lives: 59 * time.Minute},
		{name: "an endless life", status: 200, body: token(`,"expires_in":1e300`), lives: 24 * 365 * time.Hour},
		{name: "empty", status: 200, body: fixture(t, "zoho/token_empty.json"), is: usergroups.ErrUnexpectedResponse, tries: 1, rests: 10 * time.Second},
		{name: "an empty token", status: 200, body: `{"access_token":""}`, is: usergroups.ErrUnexpectedResponse, tries: 1, rests: 10 * time.Second},
		{name: "HTML", status: 200, body: "<html>", is: usergroups.ErrUnexpectedResponse, tries: 1, rests: 10 * time.Second},
		{name: "cut JSON", status: 200, body: `{"access_token":"x`, is: usergroups.ErrUnexpectedResponse, tries: 1, rests: 10 * time.Second},
		{name: "a cut body", status: 200, body: `{"access_token":"1000.x`, cut: true, is: usergroups.ErrUnexpectedResponse, tries: 1, rests: 10 * time.Second},
		{name: "a redirect", status: 302, body: "", is: usergroups.ErrUnexpectedResponse, tries: 1, rests: 10 * time.Second},
		{name: "404 HTML", status: 404, body: "<html>", is: usergroups.ErrBadRequest, tries: 1, rests: 10 * time.Second},
		{name: "429", status: 429, body: "", is: usergroups.ErrRateLimited, tries: 1, rests: time.Minute},
		{name: "503", status: 503, body: "busy", is: usergroups.ErrUnavailable, tries: 3},
		{name: "500 with an error", status: 500, body: `{"error":"server_error"}`, is: usergroups.ErrUnavailable, tries: 3},
		{name: "no answer", status: 0, is: usergroups.ErrUnavailable, tries: 3},
		{name: "a token with a line break", status: 200, body: `{"access_token":"a\nb"}`, is: usergroups.ErrUnexpectedResponse, tries: 1, rests: 10 * time.Second},
		{name: "a token of two words", status: 200, body: `{"access_token":"a b"}`, is: usergroups.ErrUnexpectedResponse, tries: 1, rests: 10 * time.Second},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				v := newVendor(t)
				v.token = func(int) (int, string, time.Duration) { return tt.status, tt.body, 0 }
				client := v.client(usergroups.WithMaxRetries(0))
				v.cut = tt.cut
				if tt.is != nil {
					call := func(when string, tries int) {
						t.Helper()
						err := get(t.Context(), client)
						if refreshes, requests := v.count(); !errors.Is(err, tt.is) || refreshes != tries || requests != 0 {
							t.Errorf("%s: error %v after %d token and %d API requests, want %v after %d and 0", when, err, refreshes, requests, tt.is, tries)
						}
					}
					call("at first", tt.tries)
					if tt.rests > 0 {
						call("at once", tt.tries)
						time.Sleep(tt.rests - time.Second)
						call("in the rest", tt.tries)
						time.Sleep(2 * time.Second)
					}
					call("after the rest", 2*tt.tries)
					return
				}
				var issued struct {
					AccessToken string `json:"access_token"`
				}
				if err := json.Unmarshal([]byte(tt.body), &issued); err != nil {
					t.Fatal(err)
				}
				v.good = issued.AccessToken
				if err := get(t.Context(), client); err != nil {
					t.Fatal(err)
				}
				time.Sleep(tt.lives - time.Second)
				if err := get(t.Context(), client); err != nil {
					t.Fatal(err)
				}
				synctest.Wait()
				if refreshes, _ := v.count(); refreshes != 1 {
					t.Fatalf("refreshed before %s", tt.lives)
				}
				if tt.lives > 24*time.Hour {
					return
				}
				time.Sleep(2 * time.Second)
				_ = get(t.Context(), client)
				synctest.Wait() // a token that is still good is replaced meanwhile
				if refreshes, _ := v.count(); refreshes != 2 {
					t.Errorf("%d refreshes after %s, want 2", refreshes, tt.lives)
				}
			})
		})
	}
}
