package usergroups_test

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gofrs/flock"

	"github.com/usergroups-go/usergroups"
)

func mode(t *testing.T, path string) fs.FileMode {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Mode().Perm()
}

// TestTokenFile: what is on disk is for nobody else, and names no secret.
func TestTokenFile(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("has other rights than modes")
	}
	fake, _ := newFake(t)
	dir := filepath.Join(t.TempDir(), "not", "there")
	path := filepath.Join(dir, "tokens.json")
	call := func() {
		t.Helper()
		if err := get(t.Context(), newFakeClient(t, fake, usergroups.WithTokenStore(usergroups.NewFileTokenStore(path)))); err != nil {
			t.Fatal(err)
		}
	}
	call()
	if got := mode(t, dir); got != 0o700 {
		t.Errorf("the directory that was made has mode %o", got)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 3 {
		t.Errorf("%v, %v: want the file and two locks", entries, err)
	}
	for _, entry := range entries {
		if got := mode(t, filepath.Join(dir, entry.Name())); got != 0o600 {
			t.Errorf("%s has mode %o", entry.Name(), got)
		}
	}
	content, err := os.ReadFile(path)
	if err != nil || !json.Valid(content) {
		t.Errorf("%v, %s", err, content)
	}
	for _, secret := range []string{fake.ClientSecret, fake.RefreshToken, fake.ClientID} {
		if strings.Contains(string(content), secret) {
			t.Errorf("the file holds %q", secret)
		}
	}
	for _, wide := range []fs.FileMode{0o644, 0o660, 0o777} {
		if err := os.Chmod(path, wide); err != nil {
			t.Fatal(err)
		}
		call()
		if got := mode(t, path); got != 0o600 {
			t.Errorf("mode %o became %o", wide, got)
		}
	}
	if got := fake.Refreshes(); got != 1 {
		t.Errorf("%d refreshes, want 1", got)
	}
}

// TestStrangeTokenFile: what this package did not write is never written over.
func TestStrangeTokenFile(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		content string
		want    string // of the error; "" is a file that can be used
	}{
		"empty":               {"", ""},
		"blank":               {"\n", ""},
		"no tokens":           {`{"version":1,"tokens":{}}`, ""},
		"another's":           {`{"version":1,"tokens":{"other":{"access_token":"a","later":[1]}}}`, ""},
		"not JSON":            {"1000.secret.secret", "damaged"},
		"cut":                 {`{"version":1,"tokens":{"k":{"access_token":"1000.sec`, "damaged"},
		"two values":          {`{"version":1,"tokens":{}}{}`, "damaged"},
		"another kind":        {`{"web":{"client_secret":"secret"}}`, "damaged"},
		"an unknown key":      {`{"version":1,"tokens":{},"more":1}`, "damaged"},
		"no version":          {`{"tokens":{}}`, "damaged"},
		"no tokens key":       {`{"version":1}`, "damaged"},
		"null":                {`null`, "damaged"},
		"a list":              {`[]`, "damaged"},
		"a later version":     {`{"version":2,"tokens":{}}`, "version 2"},
		"a damaged entry":     {`{"version":1,"tokens":{"k":"1000.secret"}}`, `entry "k" is damaged`},
		"a damaged time":      {`{"version":1,"tokens":{"k":{"access_token":"1000.secret","expiry":"tomorrow"}}}`, `entry "k" is damaged`},
		"more than any store": {strings.Repeat(" ", 16<<20+1), "too many"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "tokens.json")
			if err := os.WriteFile(path, []byte(tt.content), 0o600); err != nil {
				t.Fatal(err)
			}
			store := usergroups.NewFileTokenStore(path)
			_, loadErr := store.Load(t.Context(), "k")
			_, updateErr := store.Update(t.Context(), "k", func(context.Context, usergroups.Token) (usergroups.Token, error) {
				if tt.want != "" {
					t.Error("a token would be asked for that cannot be kept")
				}
				return usergroups.Token{AccessToken: "new"}, nil
			})
			after, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if tt.want == "" {
				if loadErr != nil || updateErr != nil {
					t.Fatalf("Load: %v, Update: %v", loadErr, updateErr)
				}
				if got, err := store.Load(t.Context(), "k"); err != nil || got.AccessToken != "new" {
					t.Errorf("%q, %v", got.AccessToken, err)
				}
				return
			}
			for _, err := range []error{loadErr, updateErr} {
				if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), path) {
					t.Errorf("error %v, want the path and %q", err, tt.want)
				} else if strings.Contains(err.Error(), "secret") {
					t.Errorf("a secret in %v", err)
				}
			}
			if string(after) != tt.content {
				t.Errorf("the file has become %q", after)
			}
		})
	}
}

// TestDamagedTokenFile: a call with a store that cannot be read fails, and asks
// nobody for anything.
func TestDamagedTokenFile(t *testing.T) {
	t.Parallel()
	fake, _ := newFake(t)
	path := filepath.Join(t.TempDir(), "tokens.json")
	if err := os.WriteFile(path, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	client := newFakeClient(t, fake, usergroups.WithTokenStore(usergroups.NewFileTokenStore(path)))
	var failed *usergroups.Error
	if err := get(t.Context(), client); !errors.As(err, &failed) || !strings.Contains(err.Error(), path+" is damaged") {
		t.Errorf("error %v", err)
	}
	if got := len(fake.Requests()); got != 0 {
		t.Errorf("%d requests, want none", got)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := get(t.Context(), client); err != nil {
		t.Errorf("after it was moved away: %v", err)
	}
}

// TestOtherTokensAreKept as they are, whatever a later version put into them.
func TestOtherTokensAreKept(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "tokens.json")
	const other = `{"access_token":"a","later":{"x":[1,2]}}`
	if err := os.WriteFile(path, []byte(`{"version":1,"tokens":{"other":`+other+`}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := usergroups.NewFileTokenStore(path).Update(t.Context(), "k", setToken("new", nil)); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var content struct{ Tokens map[string]any }
	var want any
	if err := errors.Join(json.Unmarshal(raw, &content), json.Unmarshal([]byte(other), &want)); err != nil {
		t.Fatal(err)
	}
	got, err1 := json.Marshal(content.Tokens["other"])
	expected, err2 := json.Marshal(want)
	if err1 != nil || err2 != nil || string(got) != string(expected) {
		t.Errorf("the other entry became %s (%v, %v)", got, err1, err2)
	}
}

// TestUnchangedTokenIsNotWritten: nothing is written that would say the same.
func TestUnchangedTokenIsNotWritten(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "tokens.json")
	const content = `{ "version":1, "tokens":{"k":{"access_token":"a"}} }`
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := usergroups.NewFileTokenStore(path).Update(t.Context(), "k", setToken("a", nil)); err != nil {
		t.Fatal(err)
	}
	if after, err := os.ReadFile(path); err != nil || string(after) != content {
		t.Errorf("%v, %s", err, after)
	}
}

// TestTokenFileThroughLink: a symbolic link stays one, and shares its locks with
// the file's own name.
func TestTokenFileThroughLink(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("links need a privilege")
	}
	dir := t.TempDir()
	path, link := filepath.Join(dir, "real", "tokens.json"), filepath.Join(dir, "link.json")
	store := usergroups.NewFileTokenStore(path)
	if _, err := store.Update(t.Context(), "k", setToken("a", nil)); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(path, link); err != nil {
		t.Fatal(err)
	}
	byLink := usergroups.NewFileTokenStore(link)
	_, err := store.Update(t.Context(), "k", func(context.Context, usergroups.Token) (usergroups.Token, error) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := byLink.Update(ctx, "k", setToken("b", nil)); !errors.Is(err, context.Canceled) {
			t.Errorf("the link has a lock of its own: %v", err)
		}
		return usergroups.Token{AccessToken: "c"}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := byLink.Update(t.Context(), "k", setToken("d", nil)); err != nil {
		t.Fatal(err)
	}
	if got, err := store.Load(t.Context(), "k"); err != nil || got.AccessToken != "d" {
		t.Errorf("%q, %v", got.AccessToken, err)
	}
	if info, err := os.Lstat(link); err != nil || info.Mode()&fs.ModeSymlink == 0 {
		t.Errorf("the link has become %v, %v", info, err)
	}
}

// TestTokenFileThatCannotBe: a path that is no place for a file.
func TestTokenFileThatCannotBe(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct{ path, want string }{
		"a directory":    {dir, "not a regular file"},
		"a device":       {os.DevNull, "not a regular file"},
		"a file's child": {filepath.Join(file, "tokens.json"), "file"},
		"not a path":     {dir + "/a\x00b", ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if runtime.GOOS == "windows" && tt.path == os.DevNull {
				t.Skip("NUL is in every directory")
			}
			_, err := usergroups.NewFileTokenStore(tt.path).Load(t.Context(), "k")
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want %q", err, tt.want)
			}
		})
	}
	_, err := usergroups.NewClient(usergroups.WithTokenStore(usergroups.NewFileTokenStore("")), refreshToken)
	if !errors.Is(err, usergroups.ErrInvalidArgument) {
		t.Errorf("an empty path: %v, want ErrInvalidArgument", err)
	}
	if _, err := usergroups.NewFileTokenStore("").Load(t.Context(), "k"); !errors.Is(err, usergroups.ErrInvalidArgument) {
		t.Errorf("an empty path: %v, want ErrInvalidArgument", err)
	}
}

// TestTokenFileThatCannotBeWritten: the token is used, and the loss reported.
func TestTokenFileThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	fake, _ := newFake(t)
	path := filepath.Join(t.TempDir(), "tokens.json")
	// What stands where the new file is to be written cannot be removed.
	if err := os.MkdirAll(filepath.Join(path+".new", "occupied"), 0o700); err != nil {
		t.Fatal(err)
	}
	var events []usergroups.Event
	client := newFakeClient(t, fake, usergroups.WithTokenStore(usergroups.NewFileTokenStore(path)),
		usergroups.WithObserver(func(e usergroups.Event) { events = append(events, e) }))
	for range 3 {
		if err := get(t.Context(), client); err != nil {
			t.Fatal(err)
		}
	}
	reported := slices.ContainsFunc(events, func(e usergroups.Event) bool {
		var path *fs.PathError
		return e.Kind == usergroups.EventTokenNotSaved && errors.As(e.Err, &path)
	})
	if !reported || fake.Refreshes() != 1 {
		t.Errorf("%d refreshes, events %+v", fake.Refreshes(), events)
	}
}

// TestTokenFileInUse: who holds the file's lock for long keeps a token from being
// saved, not from being used. The error is not the caller's context's.
func TestTokenFileInUse(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "tokens.json")
	other := flock.New(path + ".lock")
	if err := other.Lock(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = other.Unlock() }()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		got, err := usergroups.NewFileTokenStore(path).Update(t.Context(), "k", setToken("a", nil))
		if err == nil || errors.Is(err, context.DeadlineExceeded) || got.AccessToken != "a" {
			t.Errorf("%q, %v", got.AccessToken, err)
		}
		if waited := time.Since(start); waited != 10*time.Second {
			t.Errorf("waited %s, want 10 s", waited)
		}
	})
}

// TestLeftovers of a writer that was killed are no obstacle.
func TestLeftovers(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "tokens.json")
	for _, name := range []string{path + ".new", path + ".lock"} {
		if err := os.WriteFile(name, []byte("old"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	store := usergroups.NewFileTokenStore(path)
	if _, err := store.Update(t.Context(), "k", setToken("a", nil)); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path + ".new"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the temporary file stays: %v", err)
	}
	if got, err := store.Load(t.Context(), "k"); err != nil || got.AccessToken != "a" {
		t.Errorf("%q, %v", got.AccessToken, err)
	}
}
