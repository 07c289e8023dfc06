package transport

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"net/url"
	"regexp"
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
	recent int // how many of swept are remembered

	mu    sync.RWMutex
	kept  []string // for good
	swept []string // replaced from time to time, the last one used last
	texts []string // all forms of all of them, the longest first
	mask  *strings.Replacer
}

// NewSecrets returns an empty Secrets that remembers the last ones of those that are
// replaced, recent of them: as many as can be in use at a time.
func NewSecrets(recent int) *Secrets { return &Secrets{recent: recent} }

// minSecret is the shortest text that is masked: shorter ones would tear holes
// into ordinary words and are no secret.
const minSecret = 4

// Keep adds secrets that stay for the life of the client.
func (s *Secrets) Keep(secrets ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	fresh := false
	for _, secret := range secrets {
		if len(secret) >= minSecret && !slices.Contains(s.kept, secret) {
			s.kept = append(s.kept, secret)
			fresh = true
		}
	}
	if fresh {
		s.rebuild()
	}
}

// KeepBasic keeps what HTTP Basic makes of a user and a password, and the password,
// for the life of the client. The user alone is no secret.
func (s *Secrets) KeepBasic(user, password string) {
	pair := []byte(user + ":" + password)
	s.Keep(
		password,
		base64.StdEncoding.EncodeToString(pair), base64.RawStdEncoding.EncodeToString(pair),
		base64.URLEncoding.EncodeToString(pair), base64.RawURLEncoding.EncodeToString(pair),
	)
}

// Sweep adds secrets that are replaced from time to time. Of these the ones that
// were not seen for longest are forgotten.
func (s *Secrets) Sweep(secrets ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	fresh := false
	for _, secret := range secrets {
		if len(secret) < minSecret {
			continue
		}
		at := slices.Index(s.swept, secret)
		if at >= 0 {
			s.swept = slices.Delete(s.swept, at, at+1)
		}
		s.swept = append(s.swept, secret)
		fresh = fresh || at < 0
	}
	if fresh {
		s.swept = slices.Clone(s.swept[max(0, len(s.swept)-s.recent):])
		s.rebuild()
	}
}

func (s *Secrets) rebuild() {
	var texts []string
	for _, secret := range slices.Concat(s.kept, s.swept) {
		texts = append(texts, forms(secret)...)
	}
	// The longest first: a secret, or a form of it, may begin with another.
	slices.SortFunc(texts, func(a, b string) int { return cmp.Or(len(b)-len(a), strings.Compare(a, b)) })
	s.texts = slices.Compact(texts)
	pairs := make([]string, 0, 2*len(s.texts))
	for _, text := range s.texts {
		pairs = append(pairs, text, Masked)
	}
	s.mask = strings.NewReplacer(pairs...)
}

// forms returns the ways in which servers and libraries repeat a value: as it
// is, escaped for a URL or for HTML, quoted for JSON, and once more when that
// JSON is quoted in another text. For most tokens they are all the same.
func forms(secret string) []string {
	quoted := quote(secret)
	inHTML := html.EscapeString(secret)
	all := []string{
		secret, inHTML, strings.ReplaceAll(inHTML, "+", "&#43;"),
		quoted, quote(quoted), strings.Trim(strconv.Quote(secret), `"`),
	}
	inQuery := url.QueryEscape(secret)
	for _, escaped := range []string{
		inQuery, strings.ReplaceAll(inQuery, "+", "%20"), url.PathEscape(secret), url.User(secret).String(),
	} {
		if all = append(all, escaped); strings.Contains(escaped, "%") {
			all = append(all, percent.ReplaceAllStringFunc(escaped, strings.ToLower))
		}
	}
	return all
}

// percent is an escape in a URL, whose letters may be small ones.
var percent = regexp.MustCompile(`%[0-9A-F]{2}`)

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
	if s.Shows(err) {
		return errors.New(s.Mask(err.Error()))
	}
	return err
}

// Shows reports whether a print of err or of anything it wraps shows a secret.
func (s *Secrets) Shows(err error) bool {
	for _, format := range []string{"%v", "%+v", "%#v"} {
		if text := fmt.Sprintf(format, err); s.Mask(text) != text {
			return true
		}
	}
	switch u := err.(type) { //nolint:errorlint // walks the chain by hand, link by link
	case interface{ Unwrap() error }:
		if next := u.Unwrap(); next != nil {
			return s.Shows(next)
		}
	case interface{ Unwrap() []error }:
		return slices.ContainsFunc(u.Unwrap(), s.Shows)
	}
	return false
}
