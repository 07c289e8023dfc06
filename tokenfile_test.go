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
		"a later form":        {`{"version":2,"entries":[],"generation":3}`, "version 2"},
		"a negative version":  {`{"version":-1,"tokens":{}}`, "damaged"},
		"a damaged entry":     {`{"version":1,"tokens":{"k":"1000.secret"}}`, `entry "k" is damaged`},
		"a damaged time":      {`{"version":1,"tokens":{"k":{"access_token":"1000.secret","expiry":"tomorrow"}}}`, `entry "k" is damaged`},
		"more than any store": {strings.Repeat(" ", 16<<20+1), "too many"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "tokens.json")
			if err := os.WriteFile(path, []byte(tt.content), 0o644); err != nil {
				t.Fatal(err)
			}
			was := mode(t, path)
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
			ours := strings.Contains(tt.want, "entry") // but for that, it is a token file
			if is := mode(t, path); string(after) != tt.content || !ours && is != was {
				t.Errorf("the file has become %q, with mode %o", after, is)
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
		"a file's child": {filepath.Join(file, "tokens.json"), "not a directory"},
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
	store := usergroups.NewFileTokenStore(filepath.Join(dir, "tokens.json"))
	if _, err := store.Update(t.Context(), "\xff", setToken("a", nil)); !errors.Is(err, usergroups.ErrInvalidArgument) {
		t.Errorf("a key that JSON cannot hold: %v, want ErrInvalidArgument", err)
	}
	if _, err := store.Update(t.Context(), "k", setToken("a\xff", nil)); err == nil {
		t.Error("a token that JSON cannot hold has been stored, changed")
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
		if waited := time.Since(start); waited != time.Minute {
			t.Errorf("waited %s, want a minute", waited)
		}
	})
}

// TestFullTokenFile: what would be too large to be read again is not written.
func TestFullTokenFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "tokens.json")
	store := usergroups.NewFileTokenStore(path)
	for _, key := range []string{"a", "b"} { // the second is too much
		_, err := store.Update(t.Context(), key, setToken(strings.Repeat("x", 9<<20), nil))
		if tooMuch := key == "b"; tooMuch != (err != nil) {
			t.Errorf("%s: %v", key, err)
		}
	}
	if got, err := store.Load(t.Context(), "a"); err != nil || len(got.AccessToken) != 9<<20 {
		t.Errorf("%d bytes are left, %v", len(got.AccessToken), err)
	}
}

// TestTokenFileThroughNewLink: a link may be there before what it leads to.
func TestTokenFileThroughNewLink(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("links need a privilege")
	}
	for name, target := range map[string]func(dir string) string{
		"absolute": func(dir string) string { return filepath.Join(dir, "real", "tokens.json") },
		"relative": func(string) string { return filepath.Join("..", "real", "tokens.json") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			path, link, second := filepath.Join(dir, "real", "tokens.json"), filepath.Join(dir, "etc", "link.json"), filepath.Join(dir, "etc", "second.json")
			if err := errors.Join(os.Mkdir(filepath.Join(dir, "etc"), 0o700), os.Mkdir(filepath.Join(dir, "real"), 0o700),
				os.Symlink(target(dir), link), os.Symlink("link.json", second)); err != nil {
				t.Fatal(err)
			}
			_, err := usergroups.NewFileTokenStore(second).Update(t.Context(), "k", func(context.Context, usergroups.Token) (usergroups.Token, error) {
				ctx, cancel := context.WithCancel(t.Context())
				cancel()
				if _, err := usergroups.NewFileTokenStore(path).Update(ctx, "k", setToken("b", nil)); !errors.Is(err, context.Canceled) {
					t.Errorf("the link has a lock of its own: %v", err)
				}
				return usergroups.Token{AccessToken: "a"}, nil
			})
			if err != nil {
				t.Fatal(err)
			}
			if got, err := usergroups.NewFileTokenStore(path).Load(t.Context(), "k"); err != nil || got.AccessToken != "a" {
				t.Errorf("%q, %v", got.AccessToken, err)
			}
			if info, err := os.Lstat(link); err != nil || info.Mode()&fs.ModeSymlink == 0 {
				t.Errorf("the link has become %v, %v", info, err)
			}
		})
	}
	t.Run("in a circle", func(t *testing.T) {
		t.Parallel()
		path := filepath.Join(t.TempDir(), "tokens.json")
		if err := os.Symlink(path, path); err != nil {
			t.Fatal(err)
		}
		if _, err := usergroups.NewFileTokenStore(path).Load(t.Context(), "k"); err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("error %v, want one with the path", err)
		}
	})
}

// TestNoLockNoRequest: a token that everybody would ask for at once is not asked
// for at all.
func TestNoLockNoRequest(t *testing.T) {
	t.Parallel()
	fake, _ := newFake(t)
	dir := t.TempDir()
	path := filepath.Join(dir, "tokens.json")
	call := func() error {
		return get(t.Context(), newFakeClient(t, fake, usergroups.WithTokenStore(usergroups.NewFileTokenStore(path))))
	}
	if err := call(); err != nil {
		t.Fatal(err)
	}
	locks, err := filepath.Glob(path + ".*.lock")
	if err != nil || len(locks) != 1 {
		t.Fatalf("%q, %v", locks, err)
	}
	if err := errors.Join(os.Remove(locks[0]), os.Mkdir(locks[0], 0o700)); err != nil {
		t.Fatal(err)
	}
	if err := call(); err != nil {
		t.Errorf("a good token needs no lock: %v", err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := call(); err == nil || !strings.Contains(err.Error(), locks[0]+": not a regular file") {
		t.Errorf("error %v, want one about the lock", err)
	}
	if got := fake.Refreshes(); got != 1 {
		t.Errorf("%d token requests, want the first alone", got)
	}
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

// TestPlantedLink: the temporary file is never somebody's link to another one.
func TestPlantedLink(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("links need a privilege")
	}
	dir := t.TempDir()
	path, victim := filepath.Join(dir, "tokens.json"), filepath.Join(dir, "victim")
	if err := errors.Join(os.WriteFile(victim, []byte("mine"), 0o600), os.Symlink(victim, path+".new")); err != nil {
		t.Fatal(err)
	}
	if _, err := usergroups.NewFileTokenStore(path).Update(t.Context(), "k", setToken("a", nil)); err != nil {
		t.Fatal(err)
	}
	content, err1 := os.ReadFile(victim)
	info, err2 := os.Lstat(path)
	if err := errors.Join(err1, err2); err != nil || string(content) != "mine" || !info.Mode().IsRegular() {
		t.Errorf("the victim holds %q, the token file is %v (%v)", content, info, err)
	}
}
