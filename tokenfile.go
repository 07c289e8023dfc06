package usergroups

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/gofrs/flock"

	"github.com/usergroups-go/usergroups/internal/transport"
)

// NewFileTokenStore returns a store in the file at path, for programs that run
// again and again or several at a time: give it to [WithTokenStore], and they
// refresh once between them, and keep together to what the accounts server
// refused. One file serves any number of credentials.
//
// The file holds access tokens in clear. It has mode 0600, and gets it back when
// others are allowed to read it (on Windows, the rights are those of the
// directory). It is replaced as a whole: whoever reads it finds the old or the
// new one, also when a writer is killed. A file that is damaged or of another
// kind is an error and stays as it is. A missing directory is made, with mode
// 0700.
//
// Beside it stand the empty files path.lock and, for each credential,
// path.….lock; they stay. The locks are those of the operating system, and end
// with the process that holds them. Waiting for one ends with the context. So
// path has to be on a file system that has locks and that all programs share, and
// what is mounted into a container has to be the directory: a file that is a mount
// cannot be replaced.
func NewFileTokenStore(path string) TokenStore {
	if path == "" {
		return &fileTokenStore{err: invalid("NewFileTokenStore: the path is empty")}
	}
	abs, err := filepath.Abs(path) // a program may change its directory
	return &fileTokenStore{path: abs, err: err}
}

type fileTokenStore struct {
	path string
	err  error // of NewFileTokenStore
}

// tokenFile is the file's content. The tokens of others are kept as they stand.
type tokenFile struct {
	Version int                        `json:"version"`
	Tokens  map[string]json.RawMessage `json:"tokens"`
}

const (
	tokenFileVersion = 1
	maxTokenFile     = 16 << 20 // bytes, some 30,000 tokens
	lockPoll         = 20 * time.Millisecond
	// saveTimeout bounds the wait for those who write other tokens.
	saveTimeout = 10 * time.Second
)

func (s *fileTokenStore) Load(_ context.Context, key string) (Token, error) {
	file, err := s.file()
	if err != nil {
		return Token{}, err
	}
	content, err := readTokenFile(file)
	if err != nil {
		return Token{}, err
	}
	return content.token(file, key)
}

// Update has two locks: the one of the key is held while fn asks the accounts
// server, and must not keep the users of other credentials waiting; the one of the
// file only while it is read and replaced.
func (s *fileTokenStore) Update(ctx context.Context, key string, fn func(context.Context, Token) (Token, error)) (Token, error) {
	file, err := s.file()
	if err != nil {
		return Token{}, err
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return Token{}, fmt.Errorf("the directory of %s: %w", file, err)
	}
	hash := sha256.Sum256([]byte(key)) // a key may hold anything, and may be long
	unlock, err := lockFile(ctx, file+"."+hex.EncodeToString(hash[:8])+".lock")
	if err != nil {
		return Token{}, err
	}
	defer unlock()
	stored, err := s.Load(ctx, key)
	if err != nil {
		return Token{}, err
	}
	t, err := fn(ctx, stored)
	if err != nil || t.Equal(stored) {
		return t, err
	}
	return t, saveToken(ctx, file, key, t)
}

// file returns the file that is meant: a symbolic link stays one, and who comes
// by it finds the same locks as everybody else.
func (s *fileTokenStore) file() (string, error) {
	if s.err != nil {
		return "", s.err
	}
	if target, err := filepath.EvalSymlinks(s.path); err == nil {
		return target, nil
	}
	return s.path, nil // not there yet
}

func saveToken(ctx context.Context, file, key string, t Token) error {
	// What the accounts server has issued is kept, also for a caller who has left.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), saveTimeout)
	defer cancel()
	unlock, err := lockFile(ctx, file+".lock")
	if err != nil {
		return transport.NotTheCallers(err)
	}
	defer unlock()
	content, err := readTokenFile(file) // again: others have written meanwhile
	if err != nil {
		return err
	}
	if content.Tokens[key], err = t.MarshalBinary(); err != nil {
		return err
	}
	return content.write(file)
}

// lockFile waits for the lock on path, which no other process, and no other
// caller in this one, holds together with us.
func lockFile(ctx context.Context, path string) (unlock func(), err error) {
	lock := flock.New(path)
	if _, err := lock.TryLockContext(ctx, lockPoll); err != nil {
		if errors.Is(err, ctx.Err()) {
			err = transport.ContextError(ctx)
		}
		return nil, fmt.Errorf("lock %s: %w", path, err)
	}
	return func() { _ = lock.Unlock() }, nil // it ends with the file's closing anyhow
}

// readTokenFile reads the whole file. One that is missing or empty has no tokens.
func readTokenFile(path string) (tokenFile, error) {
	empty := tokenFile{Version: tokenFileVersion, Tokens: make(map[string]json.RawMessage)}
	var raw []byte
	err := despiteReaders(func() (err error) {
		raw, err = readOwn(path)
		return err
	})
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return empty, nil
	case err != nil:
		return tokenFile{}, err
	case len(bytes.TrimSpace(raw)) == 0:
		return empty, nil
	}
	// What another version or program has written must not be lost by writing it
	// anew: whatever is not known is refused. Errors of the decoder may quote secrets.
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.DisallowUnknownFields()
	var content tokenFile
	if decoder.Decode(&content) != nil || decoder.Decode(new(any)) != io.EOF || content.Version == 0 || content.Tokens == nil {
		return tokenFile{}, fmt.Errorf("%s is damaged or not a token file: it was left as it is; move it away to begin a new one", path)
	}
	if content.Version != tokenFileVersion {
		return tokenFile{}, fmt.Errorf("%s has version %d, this package knows %d only", path, content.Version, tokenFileVersion)
	}
	return content, nil
}

// readOwn reads a file that nobody else may read.
func readOwn(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() { // a device or pipe would be replaced, or waited for
		return nil, fmt.Errorf("%s is not a regular file", path)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // read only: nothing to be lost
	if info, err = f.Stat(); err != nil {
		return nil, err
	}
	if info.Mode().Perm()&^0o600 != 0 && runtime.GOOS != "windows" { // which has no such modes
		if err := f.Chmod(0o600); err != nil {
			return nil, err
		}
	}
	if info.Size() > maxTokenFile {
		return nil, fmt.Errorf("%s has %d bytes, too many for a token file", path, info.Size())
	}
	return io.ReadAll(f)
}

func (c tokenFile) token(path, key string) (Token, error) {
	var t Token
	if raw, ok := c.Tokens[key]; ok {
		if err := t.UnmarshalBinary(raw); err != nil {
			return Token{}, fmt.Errorf("%s: the entry %q is damaged: it was left as it is", path, key)
		}
	}
	return t, nil
}

// write replaces the file. The lock is held: nobody else has the temporary one.
func (c tokenFile) write(path string) error {
	raw, err := json.MarshalIndent(c, "", "\t")
	if err != nil {
		return errors.New("a token that cannot be encoded")
	}
	temporary := path + ".new"
	// It may be there still, of a writer that was killed or ran out of space, or be
	// somebody's link.
	if err := os.Remove(temporary); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	f, err := os.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(append(raw, '\n'))
	// On disk before it gets its name, or a power cut could leave an empty file.
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return despiteReaders(func() error { return os.Rename(temporary, path) })
}

// despiteReaders repeats f for up to 2 s while the file is in use: on Windows a
// reader keeps it from being replaced, and a writer from being read.
func despiteReaders(f func() error) error {
	for end := time.Now().Add(2 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		if err := f(); !inUse(err) || time.Now().After(end) {
			return err
		}
	}
}
