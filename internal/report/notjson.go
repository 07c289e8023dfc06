package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// NotJSON says what a body is that could not be decoded, in place of a bare
// syntax error. It is nil for JSON, when there is no error to explain.
func NotJSON(body []byte, err error) error {
	start := bytes.ToLower(bytes.TrimSpace(body[:min(len(body), 256)]))
	// Its own text repeats the value, or a part of it: were that a secret, one that
	// no mask knows.
	var notTime *time.ParseError
	if errors.As(err, &notTime) {
		err = errors.New("a time cannot be read")
	}
	switch {
	case len(start) == 0:
		return errors.New("the body is empty")
	case bytes.HasPrefix(start, []byte("<")):
		return errors.New("the body is HTML or XML")
	case err != nil:
		return fmt.Errorf("the body is not the JSON expected: %w", err)
	case !json.Valid(body):
		return errors.New("the body is not JSON")
	}
	return nil
}
