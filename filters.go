package usergroups

import (
	"bytes"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/usergroups-go/usergroups/internal/transport"
)

// Criteria is a condition on groups, for the Filters of a list. The zero value
// is no condition. What is wrong with it (no field, a value that is not JSON, text
// that is not valid UTF-8) is reported by the call that uses it, as ErrInvalidArgument.
//
// It is sent as compact JSON. Newer documents of the vendor limit that to 250
// characters, which the server judges.
type Criteria struct {
	kind     criteriaKind
	operator string // "and", "or"
	members  []Criteria

	field      string
	comparator string
	value      any

	raw string
}

type criteriaKind int

const (
	criteriaNone criteriaKind = iota
	criteriaSingle
	criteriaGroup
	criteriaRaw
)

// And holds where all of the criteria do. Zero Criteria among them are left out;
// of none at all it is the zero Criteria.
func And(criteria ...Criteria) Criteria {
	criteria = slices.DeleteFunc(slices.Clone(criteria), Criteria.IsZero)
	return group("and", criteria)
}

// Or holds where one of the criteria does. The documents show it for counts and
// not for the list of groups. Without any, or with a zero Criteria among them,
// the call that uses it fails: "no condition" would make it hold for every group.
func Or(criteria ...Criteria) Criteria {
	if len(criteria) == 0 || slices.ContainsFunc(criteria, Criteria.IsZero) {
		return Criteria{kind: criteriaGroup, operator: "or"}
	}
	return group("or", slices.Clone(criteria))
}

func group(operator string, members []Criteria) Criteria {
	switch len(members) {
	case 0:
		return Criteria{}
	case 1:
		return members[0]
	}
	return Criteria{kind: criteriaGroup, operator: operator, members: members}
}

// Equal holds where the field has the value. It is documented for counts; the
// vendor's SDK uses it for the list of groups too.
func Equal(field string, value any) Criteria { return Compare(field, "equal", value) }

// StartsWith holds where the field begins with the value.
func StartsWith(field string, value any) Criteria { return Compare(field, "starts_with", value) }

// Contains holds where the value is somewhere in the field. It is documented for
// the list of groups, not for counts.
func Contains(field string, value any) Criteria { return Compare(field, "contains", value) }

// Compare is any comparison, by the API's name of the comparator, which is sent
// in lower case, as the documents have it (the vendor's SDKs send upper case). The
// value is sent as JSON.
func Compare(field, comparator string, value any) Criteria {
	return Criteria{kind: criteriaSingle, field: field, comparator: comparator, value: value}
}

// RawCriteria is criteria as JSON text, for what the builder cannot say. It is
// sent as it is, but for white space.
func RawCriteria(json string) Criteria { return Criteria{kind: criteriaRaw, raw: json} }

// IsZero reports whether c is no condition.
func (c Criteria) IsZero() bool { return c.kind == criteriaNone }

// EncodeValues puts the criteria into a query: for go-querystring, and for
// [Request.Query].
func (c Criteria) EncodeValues(key string, values *url.Values) error {
	if c.IsZero() {
		return nil
	}
	tree, err := c.tree()
	if err != nil {
		return err
	}
	text, err := transport.CompactJSON(tree)
	if err != nil {
		return invalid("criteria: %v", err)
	}
	values.Set(key, string(text))
	return nil
}

func notUTF8() error { return invalid("criteria: not valid UTF-8, it would arrive changed") }

// wasRepaired reports whether the encoder has put the replacement character in
// the place of what is not valid UTF-8: only then does it write it as an escape.
func wasRepaired(text []byte) bool {
	for i := bytes.IndexByte(text, '\\'); i >= 0 && i < len(text); i++ {
		if text[i] == '\\' {
			if bytes.HasPrefix(text[i:], []byte(`\ufffd`)) {
				return true
			}
			i++ // the escaped character is no beginning of another escape
		}
	}
	return false
}

type singleCriteria struct {
	Field struct {
		APIName string `json:"api_name"`
	} `json:"field"`
	Comparator string `json:"comparator"`
	Value      any    `json:"value"`
}

type groupCriteria struct {
	GroupOperator string `json:"group_operator"`
	Group         []any  `json:"group"`
}

// tree is the criteria as they are encoded.
func (c Criteria) tree() (any, error) {
	switch c.kind {
	case criteriaSingle:
		if c.field == "" || c.comparator == "" {
			return nil, invalid("criteria: the field or the comparator is empty")
		}
		if !utf8.ValidString(c.comparator) { // in lower case it would be
			return nil, notUTF8()
		}
		single := singleCriteria{Comparator: strings.ToLower(c.comparator), Value: c.value}
		single.Field.APIName = c.field
		text, err := transport.CompactJSON(single)
		if err != nil {
			return nil, invalid("criteria: %v", err)
		}
		if _, own := c.value.(json.Marshaler); !own && wasRepaired(text) {
			return nil, notUTF8()
		}
		return json.RawMessage(text), nil
	case criteriaGroup:
		if len(c.members) == 0 {
			return nil, invalid("criteria: Or without a condition, or with one that is zero")
		}
		group := groupCriteria{GroupOperator: c.operator}
		for _, member := range c.members {
			node, err := member.tree()
			if err != nil {
				return nil, err
			}
			group.Group = append(group.Group, node)
		}
		return group, nil
	default:
		var compact bytes.Buffer
		if !utf8.ValidString(c.raw) || json.Compact(&compact, []byte(c.raw)) != nil || compact.Bytes()[0] != '{' {
			return nil, invalid("RawCriteria: not a JSON object")
		}
		return json.RawMessage(compact.Bytes()), nil
	}
}

// renamed returns the criteria with another name for a field, wherever the
// builder has put it. RawCriteria are the caller's own.
func (c Criteria) renamed(from, to string) Criteria {
	if c.kind == criteriaSingle && c.field == from {
		c.field = to
	}
	c.members = slices.Clone(c.members)
	for i, member := range c.members {
		c.members[i] = member.renamed(from, to)
	}
	return c
}
