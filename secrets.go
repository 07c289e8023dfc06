package usergroups

import (
	"bytes"
	"encoding/json"
	"errors"

	"github.com/usergroups-go/usergroups/internal/transport"
)

// seal takes the secrets out of an Error, and its body out of the transport's
// buffer.
func (c *core) seal(err error) error {
	var many *ActionsError
	var e *Error
	switch {
	case errors.As(err, &many):
		for _, err := range many.Unwrap() {
			_ = c.seal(err)
		}
	case errors.As(err, &e):
		c.mask(e)
	}
	return err
}

// clean takes the secrets out of the error of a token source. An Error stays one,
// without what was wrapped around it: it tells the caller what to do.
func (c *core) clean(err error) error {
	var e *Error
	if !c.secrets.Shows(err) || !errors.As(err, &e) {
		return c.secrets.Clean(err)
	}
	masked := *e // it is shared by all who wait for the token
	c.mask(&masked)
	return &masked
}

func (c *core) mask(e *Error) {
	e.Code, e.Message, e.URL = c.secrets.Mask(e.Code), c.secrets.Mask(e.Message), c.secrets.Mask(e.URL)
	details := e.Details
	e.Details = nil
	for key, value := range details {
		if e.Details == nil {
			e.Details = make(Details, len(details))
		}
		e.Details[c.secrets.Mask(key)] = c.maskJSON(value)
	}
	body := e.Body
	if len(body) <= maxErrorBody { // of a part, no decoder makes anything
		body = c.maskJSON(body)
	}
	e.Body = c.secrets.MaskBody(body, maxErrorBody, e.StatusCode/100 != 2)
	e.cause = c.secrets.Clean(e.cause)
}

// maskJSON masks a value that somebody will decode: a secret may be written in it
// with escapes, which only a decoder sees through. Without a secret it stays as it
// is.
func (c *core) maskJSON(value []byte) []byte {
	if bytes.IndexByte(value, '\\') >= 0 {
		if plain, ok := withoutEscapes(value); ok && c.secrets.Mask(plain) != plain {
			return []byte(c.secrets.Mask(plain))
		}
	}
	return []byte(c.secrets.Mask(string(value)))
}

// withoutEscapes writes JSON anew, with no more escapes than it needs.
func withoutEscapes(value []byte) (string, bool) {
	var decoded any
	decoder := json.NewDecoder(bytes.NewReader(value))
	decoder.UseNumber()
	if decoder.Decode(&decoded) != nil {
		return "", false
	}
	plain, err := transport.CompactJSON(decoded)
	return string(plain), err == nil
}
