package usergroupstest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/usergroups-go/usergroups/internal/fakeserver"
)

// extraKeys are those of Source.Extra.
type extraKeys = map[string]json.RawMessage

func cloneExtra(extra extraKeys) extraKeys {
	extra = maps.Clone(extra)
	for key, value := range extra {
		extra[key] = slices.Clone(value)
	}
	return extra
}

func (src *Source) setExtra(key string, value json.RawMessage) {
	if src.Extra == nil {
		src.Extra = make(extraKeys)
	}
	src.Extra[key] = value
}

// checkExtra panics where the keys of a group's sources cannot be sent.
func (g Group) checkExtra(caller string) {
	known := []string{"source", "type", "subordinates", "sub_territories", "_delete"}
	for _, src := range g.Sources {
		for key, value := range src.Extra {
			if slices.Contains(known, key) || !json.Valid(value) {
				panic(fmt.Sprintf("usergroupstest: %s: group %q, source %q: Extra has %q: %q", caller, g.Name, src.ID, key, value))
			}
		}
	}
}

// MarshalJSON writes the extra keys after the others, in the order of their
// names.
func (src sourceJSON) MarshalJSON() ([]byte, error) {
	type plain sourceJSON // without this method
	text, err := fakeserver.Marshal(plain(src))
	if err != nil || len(src.extra) == 0 {
		return text, err
	}
	extra, err := fakeserver.Marshal(src.extra)
	if err != nil {
		return nil, err
	}
	// {"type":"users"} and {"more":1} become {"type":"users","more":1}.
	return slices.Concat(bytes.TrimSuffix(text, []byte("}")), []byte(","), bytes.TrimPrefix(extra, []byte("{"))), nil
}
