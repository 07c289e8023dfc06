package usergroups

import (
	"context"
	"sync"

	"github.com/usergroups-go/usergroups/internal/transport"
)

// TokenStore keeps tokens for clients to share. Keys are opaque and hold no
// secret. It must be safe for concurrent use.
type TokenStore interface {
	// Load returns the token of key, the zero Token when there is none. It takes
	// no lock.
	Load(ctx context.Context, key string) (Token, error)
	// Update gives fn the stored token, under the lock of key, stores what fn
	// returns and returns it. When fn fails, nothing is stored and its error is
	// returned; a token that fn returns unchanged ([Token.Equal]) is not written.
	// Waiting for the lock ends with ctx.
	Update(ctx context.Context, key string, fn func(context.Context, Token) (Token, error)) (Token, error)
}

// NewMemoryTokenStore returns a store in memory. Give it to several clients of
// one program by [WithTokenStore], and they refresh once between them.
func NewMemoryTokenStore() TokenStore {
	return &memoryTokenStore{entries: make(map[string]*memoryEntry)}
}

type memoryTokenStore struct {
	mu      sync.Mutex
	entries map[string]*memoryEntry
}

type memoryEntry struct {
	lock  chan struct{} // holds a value while locked: unlike a Mutex it can be waited for with a context
	mu    sync.Mutex
	token Token
}

func (s *memoryTokenStore) entry(key string) *memoryEntry {
	s.mu.Lock()
	defer s.mu.Unlock()
	e := s.entries[key]
	if e == nil {
		e = &memoryEntry{lock: make(chan struct{}, 1)}
		s.entries[key] = e
	}
	return e
}

func (e *memoryEntry) load() Token {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.token
}

func (e *memoryEntry) save(t Token) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.token = t
}

func (s *memoryTokenStore) Load(_ context.Context, key string) (Token, error) {
	return s.entry(key).load(), nil
}

func (s *memoryTokenStore) Update(ctx context.Context, key string, fn func(context.Context, Token) (Token, error)) (Token, error) {
	e := s.entry(key)
	select {
	case e.lock <- struct{}{}:
	case <-ctx.Done():
		return Token{}, transport.ContextError(ctx)
	}
	defer func() { <-e.lock }()
	t, err := fn(ctx, e.load())
	if err != nil {
		return Token{}, err
	}
	e.save(t)
	return t, nil
}
