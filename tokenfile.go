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
	"syscall"
	"time"
	"unicode/utf8"

	"github.com/gofrs/flock"

	"github.com/usergroups-go/usergroups/internal/transport"
)

// NewFileTokenStore returns a store in the file at path, for programs that run
// again and again or several at a time: give it to [WithTokenStore], and they
// refresh once between them, and keep together to what the accounts server
// refused. One file serves many credentials, some hundreds: it is written as a
// whole, and at 16 MiB it takes no more.
//
// The file holds access tokens in clear. It has mode 0600, and gets it back when
// others are allowed to read it, if that can be done (on Windows, the rights are
// those of the directory). Whoever reads it finds the old or the new content, also
// when a writer is killed. A file that is damaged, of another kind or of a later
// version is an error and stays as it is. A missing directory is made, with mode
// 0700.
//
// Beside it stand the empty files path.lock and, for each credential,
// path.….lock, which have to stay there. The locks are those of the operating
// system, and end with the process that holds them. Waiting for one ends with the
// context; only what the accounts server has issued is saved all the same, within
// a minute. Nobody asks for a token without a lock. So
//
//   - the programs run as one user, who may write to the directory;
//   - the file system has locks, and is the same for all of them;
//   - into a container the directory is mounted, not the file: what is a mount
//     cannot be replaced.
func NewFileTokenStore(path string) TokenStore {
	if path == "" {
		return &fileTokenStore{err: invalid("NewFileTokenStore: the path is empty")}
	}
	abs, err := filepath.Abs(path) // a program may change its directory
	if err != nil {
		err = invalid("NewFileTokenStore: %v", err)
	}
	return &fileTokenStore{path: abs, err: err}
}

type fileTokenStore struct {
	path string
	err  error // of NewFileTokenStore
}

const (
	tokenFileVersion = 1
	maxTokenFile     = 16 << 20 // bytes
	lockPoll         = 20 * time.Millisecond
	// saveTimeout bounds the wait for those who write other tokens. A token that
	// is not saved will be asked for once more, and Zoho counts.
	saveTimeout = time.Minute
)

func (s *fileTokenStore) Load(_ context.Context, key string) (Token, error) {
	file, err := s.file(key)
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
	file, err := s.file(key)
	if err != nil {
		return Token{}, err
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return Token{}, fmt.Errorf("the directory of %s: %w", file, err)
	}
	hash := sha256.Sum256([]byte(key)) // which may be long, or no name of a file
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
	if err != nil {
		return Token{}, err
	}
	if t.Equal(stored) {
		return t, nil
	}
	return t, saveToken(ctx, file, key, t)
}

// file returns the file that is meant: a symbolic link stays one, also to a file
// that is not there yet, and who comes by it finds the same locks as all others.
func (s *fileTokenStore) file(key string) (string, error) {
	if s.err != nil {
		return "", s.err
	}
	if !utf8.ValidString(key) {
		return "", invalid("the token store's key is not valid UTF-8")
	}
	path := s.path
	for range 10 {
		target, err := filepath.EvalSymlinks(path)
		switch {
		case err == nil:
			return target, nil
		case !errors.Is(err, fs.ErrNotExist):
			return "", fmt.Errorf("%s: %w", path, err)
		}
		if info, _ := os.Lstat(path); info == nil || info.Mode()&fs.ModeSymlink == 0 {
			return path, nil // not there, and no link either
		}
		if path, err = follow(path); err != nil {
			return "", err
		}
	}
	return "", fmt.Errorf("%s leads through too many links", s.path)
}

// follow returns what the link at path leads to. A relative one begins where the
// link really stands.
func follow(path string) (string, error) {
	link, err := os.Readlink(path)
	if err != nil || filepath.IsAbs(link) {
		return link, err
	}
	dir, err := filepath.EvalSymlinks(filepath.Dir(path))
	return filepath.Join(dir, link), err
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
	if info, err := os.Lstat(path); err == nil && !info.Mode().IsRegular() {
		return nil, fmt.Errorf("lock %s: not a regular file", path)
	}
	lock := flock.New(path)
	for {
		_, err := lock.TryLockContext(ctx, lockPoll)
		switch {
		case err == nil:
			return func() { _ = lock.Unlock() }, nil
		case errors.Is(err, ctx.Err()):
			err = transport.ContextError(ctx)
		case errors.Is(err, syscall.EINTR): // by a signal, as on some network file systems
			continue
		}
		return nil, fmt.Errorf("lock %s: %w", path, err)
	}
}

// tokenFile is the file's content. The tokens of others are kept as they stand.
type tokenFile struct {
	Version int                        `json:"version"`
	Tokens  map[string]json.RawMessage `json:"tokens"`
}

// readTokenFile reads the whole file. One that is missing or empty has no tokens.
func readTokenFile(path string) (content tokenFile, err error) {
	var raw []byte
	var repair func()
	err = whileInUse(func() error {
		raw, repair, err = readWhole(path)
		return err
	})
	switch {
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return tokenFile{}, err
	case len(bytes.TrimSpace(raw)) == 0:
		content = tokenFile{Version: tokenFileVersion, Tokens: make(map[string]json.RawMessage)}
	default:
		if content, err = parseTokenFile(path, raw); err != nil {
			return tokenFile{}, err
		}
	}
	if repair != nil { // only now: the mode of what is not ours is none of our business
		repair()
	}
	return content, nil
}

// readWhole reads a file, and returns how to keep others from doing so, if they can.
func readWhole(path string) (raw []byte, repair func(), err error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, nil, err
	}
	if !info.Mode().IsRegular() { // a device or pipe would be replaced, or waited for
		return nil, nil, fmt.Errorf("%s is not a regular file", path)
	}
	if info.Size() > maxTokenFile {
		return nil, nil, fmt.Errorf("%s has %d bytes, too many for a token file", path, info.Size())
	}
	if raw, err = os.ReadFile(path); err != nil {
		return nil, nil, err
	}
	if othersMay(info) {
		// On a file system that is read-only, or for another's file, it is in vain:
		// the token is as good as it is public.
		repair = func() { _ = os.Chmod(path, 0o600) }
	}
	return raw, repair, nil
}

// parseTokenFile takes what this package has written. What another version or
// program has must not be lost by writing it anew, so all that is not known is
// refused. Errors of the decoder may quote secrets.
func parseTokenFile(path string, raw []byte) (tokenFile, error) {
	var later struct{ Version int }
	if json.Unmarshal(raw, &later) == nil && later.Version > tokenFileVersion {
		return tokenFile{}, fmt.Errorf("%s has version %d, this package knows %d only", path, later.Version, tokenFileVersion)
	}
	var content tokenFile
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.DisallowUnknownFields()
	if decoder.Decode(&content) != nil || decoder.Decode(new(any)) != io.EOF || content.Version != tokenFileVersion || content.Tokens == nil {
		return tokenFile{}, fmt.Errorf("%s is damaged or not a token file: it was left as it is; move it away to begin a new one", path)
	}
	return content, nil
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

func (c tokenFile) write(path string) error {
	raw, err := json.Marshal(c)
	switch {
	case err != nil:
		return errors.New("a token that cannot be encoded")
	case len(raw) > maxTokenFile:
		return fmt.Errorf("%s would have %d bytes, too many for a token file", path, len(raw))
	}
	return whileInUse(func() error { return replace(path, raw) })
}

// replace writes a file under another name first. The lock is held: nobody else
// uses that one.
func replace(path string, content []byte) error {
	temporary := path + ".new"
	// It may be there still, of a writer that was killed, or be somebody's link.
	if err := os.Remove(temporary); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	f, err := os.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	// On disk before it gets its name, or a power cut could leave an empty file.
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(temporary, path)
	}
	if err != nil { // the disk may be full
		_ = os.Remove(temporary)
	}
	return err
}

// whileInUse repeats f for up to 2 s while the file is in use: on Windows a reader
// keeps it from being replaced, and a writer from being read.
func whileInUse(f func() error) error {
	for end := time.Now().Add(2 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		if err := f(); !inUse(err) || time.Now().After(end) {
			return err
		}
	}
}
