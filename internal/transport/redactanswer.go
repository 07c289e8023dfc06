package transport

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
)

// MaskHeader returns a copy of a header without any secret in its values.
func (s *Secrets) MaskHeader(h http.Header) http.Header {
	masked := h.Clone()
	for _, values := range masked {
		for i, value := range values {
			values[i] = s.Mask(value)
		}
	}
	return masked
}

// MaskErrorBody is MaskBody for the body of an answer that reports an error, which
// somebody may decode: see MaskJSON.
func (s *Secrets) MaskErrorBody(body []byte, limit int, cut bool) []byte {
	if len(body) <= limit { // of a part, no decoder makes anything
		body = s.MaskJSON(body)
	}
	return s.MaskBody(body, limit, cut)
}

// MaskBody returns up to limit bytes of a body without any secret. Where the body
// was cut, here or on its way, what remains of a secret at its end goes too.
func (s *Secrets) MaskBody(body []byte, limit int, cut bool) []byte {
	text := s.Mask(string(body[:min(len(body), limit)]))
	if cut || len(body) > limit {
		text = text[:len(text)-s.partAtEnd(text)]
	}
	return []byte(text[:min(len(text), limit)]) // what stands for a secret may be longer than it
}

// partAtEnd returns how many bytes at the end of text are the beginning of a
// secret.
func (s *Secrets) partAtEnd(text string) int {
	s.mu.RLock()
	defer s.mu.RUnlock()
	longest := 0
	for _, secret := range s.texts {
		for n := min(len(secret), len(text)); n > longest; n-- {
			if strings.HasSuffix(text, secret[:n]) {
				longest = n
			}
		}
	}
	return longest
}

// MaskJSON masks a value that somebody will decode: a secret may be written in it
// with escapes, which only a decoder sees through. Without a secret it stays as it
// is.
func (s *Secrets) MaskJSON(value []byte) []byte {
	// Other escapes are among the forms of a secret.
	if bytes.Contains(value, []byte(`\u`)) || bytes.Contains(value, []byte(`\/`)) {
		if plain, ok := withoutEscapes(value); ok && s.Mask(plain) != plain {
			return []byte(s.Mask(plain))
		}
	}
	return []byte(s.Mask(string(value)))
}

// MaskFields returns the fields of a JSON object without any secret, nil for none.
func (s *Secrets) MaskFields(fields map[string]json.RawMessage) map[string]json.RawMessage {
	if len(fields) == 0 {
		return nil
	}
	masked := make(map[string]json.RawMessage, len(fields))
	for key, value := range fields {
		masked[s.Mask(key)] = s.MaskJSON(value)
	}
	return masked
}

// withoutEscapes writes JSON anew, with no more escapes than it needs.
func withoutEscapes(value []byte) (string, bool) {
	var decoded any
	decoder := json.NewDecoder(bytes.NewReader(value))
	decoder.UseNumber()
	if decoder.Decode(&decoded) != nil {
		return "", false
	}
	plain, err := CompactJSON(decoded)
	return string(plain), err == nil
}
