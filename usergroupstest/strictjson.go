package usergroupstest

import "encoding/json"

// Decoding into structs would be too kind for a fake: encoding/json matches
// keys in any letter case, skips unknown ones and takes null for any value. A
// client's misspelt body has to fail here, as it would at the vendor.

// jsonObject decodes an object and nothing else.
func jsonObject(raw []byte) (map[string]json.RawMessage, bool) {
	var object map[string]json.RawMessage
	err := json.Unmarshal(raw, &object)
	return object, err == nil && object != nil
}

// jsonArray decodes an array and nothing else.
func jsonArray(raw []byte) ([]json.RawMessage, bool) {
	var array []json.RawMessage
	err := json.Unmarshal(raw, &array)
	return array, err == nil && array != nil
}

// jsonValue decodes a string or a boolean and nothing else; null is neither.
func jsonValue[T string | bool](raw []byte) (T, bool) {
	var value *T
	err := json.Unmarshal(raw, &value)
	if err != nil || value == nil {
		var zero T
		return zero, false
	}
	return *value, true
}

// isAbsent reports whether a key was left out or is null.
func isAbsent(raw json.RawMessage) bool {
	return len(raw) == 0 || string(raw) == "null"
}
