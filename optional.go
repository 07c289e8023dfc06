package usergroups

import "encoding/json"

// Optional is a field of an update: left as it is, set to a value, or cleared.
// The zero Optional leaves it as it is; [Some] sets, [Null] clears.
type Optional[T any] struct {
	state optionalState
	value T
}

type optionalState byte

const (
	optionalAbsent optionalState = iota
	optionalNull
	optionalValue
)

// Some sets a field, also to the zero value of its type.
func Some[T any](value T) Optional[T] { return Optional[T]{optionalValue, value} }

// Null clears a field.
func Null[T any]() Optional[T] { return Optional[T]{state: optionalNull} }

// Get returns the value, and whether there is one.
func (o Optional[T]) Get() (value T, ok bool) { return o.value, o.state == optionalValue }

// IsNull reports whether the field is to be cleared.
func (o Optional[T]) IsNull() bool { return o.state == optionalNull }

// IsZero reports whether the field is to be left as it is. The option omitzero of
// encoding/json asks for it: without that option, such a field would be null.
func (o Optional[T]) IsZero() bool { return o.state == optionalAbsent }

// MarshalJSON writes the value, or null.
func (o Optional[T]) MarshalJSON() ([]byte, error) {
	if o.state != optionalValue {
		return []byte("null"), nil
	}
	return json.Marshal(o.value)
}

// UnmarshalJSON reads a value or null. A key that is not there leaves the zero
// Optional, so that what was read can be sent back as it was.
func (o *Optional[T]) UnmarshalJSON(b []byte) error {
	if string(b) == "null" {
		*o = Null[T]()
		return nil
	}
	var value T
	if err := json.Unmarshal(b, &value); err != nil {
		return err
	}
	*o = Some(value)
	return nil
}
