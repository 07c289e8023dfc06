package transport

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// Masked stands where a secret was.
const Masked = "[REDACTED]"

// Secrets knows the secrets of a client and takes them out of texts, so that a
// server that echoes a credential does not put it into a log.
type Secrets struct {
	mu    sync.RWMutex
	kept  []string // for good: client secret, refresh token
	swept []string // access tokens, the newest last
	mask  *strings.Replacer
}

// sweep bounds the access tokens that are remembered. They live an hour.
const sweep = 16

// minSecret is the shortest text that is masked: shorter ones would tear holes
// into ordinary words and are no secret.
const minSecret = 4

// Keep adds secrets that stay for the life of the client.
func (s *Secrets) Keep(secrets ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, secret := range secrets {
		if !slices.Contains(s.kept, secret) {
			s.kept = append(s.kept, secret)
		}
	}
	s.rebuild()
}

// Sweep adds a secret that is replaced from time to time.
func (s *Secrets) Sweep(secret string) {
	s.mu.RLock()
	known := slices.Contains(s.swept, secret)
	s.mu.RUnlock()
	if known {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.swept = append(s.swept, secret)
	s.swept = s.swept[max(0, len(s.swept)-sweep):]
	s.rebuild()
}

func (s *Secrets) rebuild() {
	var texts []string
	for _, secret := range slices.Concat(s.kept, s.swept) {
		if len(secret) >= minSecret {
			texts = append(texts, forms(secret)...)
		}
	}
	// The longest first: a secret, or a form of it, may begin with another.
	slices.SortFunc(texts, func(a, b string) int { return cmp.Or(len(b)-len(a), strings.Compare(a, b)) })
	var pairs []string
	for _, text := range slices.Compact(texts) {
		pairs = append(pairs, text, Masked)
	}
	s.mask = strings.NewReplacer(pairs...)
}

// forms returns the ways in which servers and libraries repeat a value: as it
// is, escaped for a URL or for HTML, quoted for JSON, and once more when that
// JSON is quoted in another text. For most tokens they are all the same.
func forms(secret string) []string {
	quoted := quote(secret)
	return []string{
		secret, url.QueryEscape(secret), strings.ReplaceAll(url.QueryEscape(secret), "+", "%20"), url.PathEscape(secret),
		html.EscapeString(secret),
		quoted, quote(quoted), strings.Trim(strconv.Quote(secret), `"`),
	}
}

func quote(s string) string {
	quoted, _ := json.Marshal(s) // a string always can be
	return string(quoted[1 : len(quoted)-1])
}

// Mask returns text without any secret.
func (s *Secrets) Mask(text string) string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.mask == nil {
		return text
	}
	return s.mask.Replace(text)
}

// Clean returns err itself when no print of it or of anything it wraps shows a
// secret, else a plain error with the masked text: the chain is given up, the
// secret is not.
func (s *Secrets) Clean(err error) error {
	if err == nil {
		return nil
	}
	if s.shows(err) {
		return errors.New(s.Mask(err.Error()))
	}
	return err
}

func (s *Secrets) shows(err error) bool {
	for _, format := range []string{"%v", "%+v", "%#v"} {
		if text := fmt.Sprintf(format, err); s.Mask(text) != text {
			return true
		}
	}
	switch u := err.(type) { //nolint:errorlint // walks the chain by hand, link by link
	case interface{ Unwrap() error }:
		if next := u.Unwrap(); next != nil {
			return s.shows(next)
		}
	case interface{ Unwrap() []error }:
		return slices.ContainsFunc(u.Unwrap(), s.shows)
	}
	return false
}
