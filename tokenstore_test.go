package usergroups_test

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

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
