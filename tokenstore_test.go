package usergroups_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jarcoal/httpmock"

	"github.com/usergroups-go/usergroups"
)

// setToken is a function for Update.
func setToken(value string, err error) func(context.Context, usergroups.Token) (usergroups.Token, error) {
	return func(context.Context, usergroups.Token) (usergroups.Token, error) {
		return usergroups.Token{AccessToken: value}, err
	}
}

// TestTokenStores is the contract of TokenStore.
func TestTokenStores(t *testing.T) {
	t.Parallel()
	stores := map[string]func(*testing.T) usergroups.TokenStore{
		"memory": func(*testing.T) usergroups.TokenStore { return usergroups.NewMemoryTokenStore() },
		"file": func(t *testing.T) usergroups.TokenStore {
			return usergroups.NewFileTokenStore(filepath.Join(t.TempDir(), "tokens.json"))
		},
	}
	failed := errors.New("no")
	tests := map[string]func(*testing.T, usergroups.TokenStore){
		"an unknown key has the zero Token": func(t *testing.T, store usergroups.TokenStore) {
			if got, err := store.Load(t.Context(), "k"); err != nil || !got.Equal(usergroups.Token{}) {
				t.Errorf("%v, %v", got, err)
			}
			if got, err := store.Update(t.Context(), "k", func(_ context.Context, stored usergroups.Token) (usergroups.Token, error) {
				if !stored.Equal(usergroups.Token{}) {
					t.Errorf("the function got %v", stored)
				}
				return stored, nil
			}); err != nil || !got.Equal(usergroups.Token{}) {
				t.Errorf("%v, %v", got, err)
			}
		},
		"all public parts are kept": func(t *testing.T, store usergroups.TokenStore) {
			now := time.Now().Round(0)
			want := usergroups.Token{
				AccessToken: "a", RefreshToken: "r", APIDomain: "https://www.zohoapis.eu",
				Expiry: now.Add(time.Hour), RetryNotBefore: now.Add(time.Minute),
			}
			got, err := store.Update(t.Context(), "k", func(context.Context, usergroups.Token) (usergroups.Token, error) { return want, nil })
			if err != nil || !got.Equal(want) {
				t.Errorf("Update: %v, %v", got, err)
			}
			if got, err := store.Load(t.Context(), "k"); err != nil || !got.Equal(want) {
				t.Errorf("Load: %v, %v", got, err)
			}
			_, err = store.Update(t.Context(), "k", func(_ context.Context, stored usergroups.Token) (usergroups.Token, error) {
				if !stored.Equal(want) {
					t.Errorf("the function got %v", stored)
				}
				return stored, nil
			})
			if err != nil {
				t.Error(err)
			}
		},
		"an error stores nothing": func(t *testing.T, store usergroups.TokenStore) {
			if _, err := store.Update(t.Context(), "k", setToken("a", nil)); err != nil {
				t.Error(err)
			}
			if got, err := store.Update(t.Context(), "k", setToken("b", failed)); !errors.Is(err, failed) || got.AccessToken != "" {
				t.Errorf("token %q, error %v, want the function's", got.AccessToken, err)
			}
			if got, _ := store.Load(t.Context(), "k"); got.AccessToken != "a" {
				t.Errorf("token %q, want a", got.AccessToken)
			}
		},
		"what was got is stored, also when the caller has left": func(t *testing.T, store usergroups.TokenStore) {
			ctx, cancel := context.WithCancel(t.Context())
			_, err := store.Update(ctx, "k", func(context.Context, usergroups.Token) (usergroups.Token, error) {
				cancel()
				return usergroups.Token{AccessToken: "a"}, nil
			})
			if got, _ := store.Load(t.Context(), "k"); err != nil || got.AccessToken != "a" {
				t.Errorf("token %q, want a; error %v", got.AccessToken, err)
			}
		},
		"a panic frees the lock": func(t *testing.T, store usergroups.TokenStore) {
			func() {
				defer func() { _ = recover() }()
				_, _ = store.Update(t.Context(), "k", func(context.Context, usergroups.Token) (usergroups.Token, error) { panic(failed) })
			}()
			if _, err := store.Update(t.Context(), "k", setToken("a", nil)); err != nil {
				t.Error(err)
			}
		},
		"keys are apart": func(t *testing.T, store usergroups.TokenStore) {
			for _, key := range []string{"a", "b", "", "../a", "a/b\x00ü"} {
				if _, err := store.Update(t.Context(), key, setToken("token of "+key, nil)); err != nil {
					t.Errorf("%q: %v", key, err)
				}
			}
			for _, key := range []string{"a", "b", "", "../a", "a/b\x00ü"} {
				if got, err := store.Load(t.Context(), key); err != nil || got.AccessToken != "token of "+key {
					t.Errorf("%q: %q, %v", key, got.AccessToken, err)
				}
			}
		},
		"the lock is one key's, and waiting for it ends with the context": func(t *testing.T, store usergroups.TokenStore) {
			locked := make(chan struct{})
			go func() {
				_, _ = store.Update(context.Background(), "k", func(context.Context, usergroups.Token) (usergroups.Token, error) {
					close(locked)
					time.Sleep(time.Minute)
					return usergroups.Token{AccessToken: "c"}, nil
				})
			}()
			<-locked
			ctx, cancel := context.WithTimeoutCause(t.Context(), time.Second, failed)
			defer cancel()
			start := time.Now()
			if _, err := store.Update(ctx, "k", setToken("d", nil)); !errors.Is(err, context.DeadlineExceeded) || !errors.Is(err, failed) {
				t.Errorf("waiting for the lock: %v", err)
			}
			if waited := time.Since(start); waited != time.Second {
				t.Errorf("waited %s, want a second", waited)
			}
			if _, err := store.Load(t.Context(), "k"); err != nil {
				t.Errorf("Load takes no lock: %v", err)
			}
			if _, err := store.Update(t.Context(), "other", setToken("e", nil)); err != nil || time.Since(start) > 2*time.Second {
				t.Errorf("another key: %v after %s", err, time.Since(start))
			}
			if _, err := store.Update(t.Context(), "k", setToken("f", nil)); err != nil || time.Since(start) < 59*time.Second || time.Since(start) > time.Minute+100*time.Millisecond {
				t.Errorf("the lock was given away after %s, want a minute; %v", time.Since(start), err)
			}
			if got, _ := store.Load(t.Context(), "k"); got.AccessToken != "f" {
				t.Errorf("token %q, want f", got.AccessToken)
			}
		},
	}
	for kind, open := range stores {
		for name, test := range tests {
			t.Run(kind+"/"+name, func(t *testing.T) {
				t.Parallel()
				store := open(t)
				synctest.Test(t, func(t *testing.T) { test(t, store) })
			})
		}
	}
}

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

// TestSharedStore: clients of one store refresh once between them, and take over
// what another has learnt.
func TestSharedStore(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		v := newVendor(t)
		store := usergroups.NewMemoryTokenStore()
		a, b := v.client(usergroups.WithTokenStore(store)), v.client(usergroups.WithTokenStore(store))
		if err := errors.Join(append(together(t.Context(), a, 10), together(t.Context(), b, 10)...)...); err != nil {
			t.Fatal(err)
		}
		if refreshes, _ := v.count(); refreshes != 1 {
			t.Fatalf("%d refreshes, want 1", refreshes)
		}
		v.good = "revoked"
		if err := errors.Join(get(t.Context(), a), get(t.Context(), b)); err != nil {
			t.Fatal(err)
		}
		if refreshes, _ := v.count(); refreshes != 2 {
			t.Errorf("%d refreshes, want 2: b takes the token that a got", refreshes)
		}
	})
}

// brokenStore fails where it is told to.
type brokenStore struct {
	usergroups.TokenStore
	load, lock, save bool
}

var errDisk = errors.New("the disk is full")

func (s *brokenStore) Load(ctx context.Context, key string) (usergroups.Token, error) {
	if s.load {
		return usergroups.Token{}, errDisk
	}
	return s.TokenStore.Load(ctx, key)
}

func (s *brokenStore) Update(ctx context.Context, key string, fn func(context.Context, usergroups.Token) (usergroups.Token, error)) (usergroups.Token, error) {
	if s.lock {
		return usergroups.Token{}, errDisk
	}
	if !s.save {
		return s.TokenStore.Update(ctx, key, fn)
	}
	if _, err := fn(ctx, usergroups.Token{}); err != nil {
		return usergroups.Token{}, err
	}
	return usergroups.Token{}, errDisk
}

// TestBrokenStore: a token that could not be saved is used all the same, and that
// is reported, also by a logger that hears nothing of what goes well. A store that
// gives no lock lets nobody ask for a token.
func TestBrokenStore(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var events []usergroups.Event
		observe := usergroups.WithObserver(func(e usergroups.Event) { events = append(events, e) })
		var log bytes.Buffer
		logger := usergroups.WithLogger(slog.New(slog.NewTextHandler(&log, nil)))
		v := newVendor(t)
		client := v.client(observe, logger, usergroups.WithTokenStore(&brokenStore{TokenStore: usergroups.NewMemoryTokenStore(), save: true, load: true}))
		for range 3 {
			if err := get(t.Context(), client); err != nil {
				t.Fatalf("a token that could not be saved: %v", err)
			}
		}
		saved := slices.ContainsFunc(events, func(e usergroups.Event) bool {
			return e.Kind == usergroups.EventTokenNotSaved && errors.Is(e.Err, errDisk)
		})
		if refreshes, _ := v.count(); refreshes != 1 || !saved {
			t.Errorf("%d refreshes, events %+v", refreshes, events)
		}
		if text := log.String(); strings.Count(text, "\n") != 1 || !strings.Contains(text, "level=WARN") || !strings.Contains(text, "token_not_saved") || !strings.Contains(text, errDisk.Error()) {
			t.Errorf("logged:\n%s", text)
		}
		client = v.client(usergroups.WithTokenStore(&brokenStore{lock: true, load: true}))
		if err := get(t.Context(), client); !errors.Is(err, errDisk) {
			t.Errorf("error %v, want the store's", err)
		}
	})
}
