package usergroups_test

import (
	"bytes"
	"errors"
	"log/slog"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jarcoal/httpmock"

	"github.com/usergroups-go/usergroups"
)

// TestStoreKey: a store's key is a hash of what makes a token: accounts host,
// client id and refresh token. Who has all three in common shares it.
func TestStoreKey(t *testing.T) {
	t.Parallel()
	same := usergroups.RefreshToken{ClientID: "id-1", ClientSecret: "secret-1", RefreshToken: "rt-1"}
	key := func(cred usergroups.RefreshToken, opts ...usergroups.Option) string {
		t.Helper()
		store := &keyStore{TokenStore: usergroups.NewMemoryTokenStore()}
		client := newClient(t, roundTripFunc(func(r *http.Request) (*http.Response, error) {
			if r.Method == http.MethodPost {
				return jsonResponder(200, `{"access_token":"at-1"}`)(r)
			}
			return httpmock.NewStringResponse(204, ""), nil
		}), append(opts, usergroups.WithRefreshToken(cred), usergroups.WithTokenStore(store))...)
		if err := get(t.Context(), client); err != nil {
			t.Fatal(err)
		}
		return store.key
	}
	first := key(same)
	if !regexp.MustCompile(`^[0-9a-f]{64}$`).MatchString(first) {
		t.Errorf("the key is %q, want a hash", first)
	}
	otherSecret, otherClient, otherToken := same, same, same
	otherSecret.ClientSecret, otherClient.ClientID, otherToken.RefreshToken = "secret-2", "id-2", "rt-2"
	shifted := usergroups.RefreshToken{ClientID: "id-1r", ClientSecret: "secret-1", RefreshToken: "t-1"}
	tests := []struct {
		name   string
		key    string
		shared bool
	}{
		{"the same", key(same), true},
		{"another client secret", key(otherSecret), true},
		{"another base URL", key(same, usergroups.WithBaseURL("https://proxy.test")), true},
		{"another API version", key(same, usergroups.WithAPIVersion("v7")), true},
		{"another client id", key(otherClient), false},
		{"another refresh token", key(otherToken), false},
		{"another accounts host", key(same, usergroups.WithAccountsURL("https://other.test")), false},
		{"another data centre", key(same, usergroups.WithAccountsURL("https://accounts.zoho.eu")), false},
		{"the same letters in other places", key(shifted), false},
	}
	for _, tt := range tests {
		if (tt.key == first) != tt.shared {
			t.Errorf("%s: the same key is %t, want %t", tt.name, tt.key == first, tt.shared)
		}
	}
}

// TestUnsavedTokenIsLogged: also by a logger that hears nothing of what goes well.
func TestUnsavedTokenIsLogged(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	store := &brokenStore{TokenStore: usergroups.NewMemoryTokenStore(), save: true}
	client := newVendor(t).client(usergroups.WithTokenStore(store), usergroups.WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
	if err := get(t.Context(), client); err != nil {
		t.Fatal(err)
	}
	if text := log.String(); strings.Count(text, "\n") != 1 || !strings.Contains(text, "level=WARN") || !strings.Contains(text, "token_not_saved") || !strings.Contains(text, errDisk.Error()) {
		t.Errorf("logged:\n%s", text)
	}
}

// TestBadAnswerKeepsTheToken: what the accounts server answers instead of a token
// says nothing against the one that is stored: others go on using it.
func TestBadAnswerKeepsTheToken(t *testing.T) {
	t.Parallel()
	answers := map[string]func(int) (int, string, time.Duration){
		"an error with 200": always(200, `{"error":"invalid_code"}`, 0),
		"Access Denied":     always(400, `{"error":"Access Denied"}`, 0),
		"no access_token":   always(200, "{}", 0),
		"an empty one":      always(200, `{"access_token":""}`, 0),
		"HTML":              always(200, "<html>", 0),
		"503":               always(503, "", 0),
		"no answer":         always(0, "", 0),
	}
	for name, answer := range answers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				v := newVendor(t)
				store := &keyStore{TokenStore: usergroups.NewMemoryTokenStore()}
				shared := usergroups.WithTokenStore(store)
				first := v.client(shared)
				if err := get(t.Context(), first); err != nil {
					t.Fatal(err)
				}
				v.set(answer)
				time.Sleep(59*time.Minute + time.Second)
				if err := get(t.Context(), first); err != nil {
					t.Errorf("the client that asked: %v", err)
				}
				time.Sleep(5 * time.Second) // in which it is answered
				if refreshes, _ := v.count(); refreshes < 2 {
					t.Error("nobody asked")
				}
				if stored, err := store.Load(t.Context(), store.key); err != nil || stored.AccessToken != "token-1" {
					t.Errorf("another token is stored, or none: %v, %v", stored, err)
				}
				if err := get(t.Context(), v.client(shared)); err != nil {
					t.Errorf("one that begins now: %v", err)
				}
			})
		})
	}
}

// TestOutageIsMetOnce: all who wait share the failure too, with its three tries.
func TestOutageIsMetOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		v := newVendor(t)
		v.set(always(503, "", time.Second))
		for _, err := range together(t.Context(), v.client(), 50) {
			if !errors.Is(err, usergroups.ErrUnavailable) {
				t.Errorf("%v, want ErrUnavailable", err)
			}
		}
		if refreshes, requests := v.count(); refreshes != 3 || requests != 0 {
			t.Errorf("%d token and %d API requests, want 3 and 0", refreshes, requests)
		}
	})
}
