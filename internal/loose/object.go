package loose

import "encoding/json"

// Object is the fields of a JSON object, by key.
type Object map[string]json.RawMessage

// UnmarshalJSON takes an object. Anything else (null, an array, a text: all have been
// seen in one place or another) leaves no fields.
func (o *Object) UnmarshalJSON(b []byte) error {
	*o = nil
	if len(b) == 0 || b[0] != '{' {
		return nil
	}
	return json.Unmarshal(b, (*map[string]json.RawMessage)(o))
}

// Text returns the text of a field, "" for one that is absent or of another type.
func (o Object) Text(key string) string {
	var s Text
	_ = json.Unmarshal(o[key], &s)
	return string(s)
}
