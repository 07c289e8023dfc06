package loose

import "strings"

// Bool is true or false, however it is written: also as a text, in any letter case. The
// zero value is neither, and so is anything else.
type Bool struct{ said, value bool }

// UnmarshalJSON never fails.
func (b *Bool) UnmarshalJSON(text []byte) error {
	*b = Bool{}
	switch strings.ToLower(strings.Trim(string(text), `"`)) {
	case "true":
		*b = Bool{said: true, value: true}
	case "false":
		*b = Bool{said: true}
	}
	return nil
}

// Pointer is nil for what was neither.
func (b Bool) Pointer() *bool {
	if !b.said {
		return nil
	}
	return &b.value
}
