// Package loose decodes JSON whose types are not held to by those who send it.
package loose

import (
	"bytes"
	"encoding/json"
	"errors"
	"strconv"
)

// Text is a text that may also be sent as a number. null is an empty one; anything else
// leaves it as it is.
type Text string

// UnmarshalJSON never fails.
func (t *Text) UnmarshalJSON(b []byte) error {
	var s string
	var n json.Number
	switch {
	case json.Unmarshal(b, &s) == nil:
		*t = Text(s)
	case json.Unmarshal(b, &n) == nil:
		*t = Text(n)
	}
	return nil
}

// Count is how many there are of something, however the number is written: 10, 10.0,
// 1e1 or "10". null leaves it as it is.
type Count int

// MaxCount is the most that is believed: it is exact as any kind of number.
const MaxCount = 1e15

var errNoCount = errors.New("a count cannot be read")

// UnmarshalJSON refuses what cannot be a count: fractions, less than nothing, more than
// MaxCount. The usual form is read without a decoder: there may be one in every item of
// a page.
func (c *Count) UnmarshalJSON(b []byte) error {
	if n, ok := digits(b); ok {
		*c = Count(n)
		return nil
	}
	if string(b) == "null" {
		return nil
	}
	var text Text
	if !bytes.HasPrefix(b, []byte("{")) { // which some send in its place, and which is none
		_ = text.UnmarshalJSON(b)
	}
	f, err := strconv.ParseFloat(string(text), 64)
	if err != nil || !(f >= 0 && f <= MaxCount) || float64(int(f)) != f { // not a number, too: NaN
		return errNoCount
	}
	*c = Count(f)
	return nil
}

// digits reads a number that is written as digits alone and is not huge.
func digits(b []byte) (n int, ok bool) {
	if len(b) == 0 || len(b) > 9 {
		return 0, false
	}
	for _, c := range b {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int(c-'0')
	}
	return n, true
}
