package usergroups

import (
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"unicode/utf8"
)

// SourceType is what kind of thing a source is. The API may have others.
type SourceType string

// The kinds of sources. Whether groups may be part of a group when it is
// created is documented by the pages and left out of the vendor's OpenAPI files.
const (
	SourceUsers       SourceType = "users"
	SourceRoles       SourceType = "roles"
	SourceGroups      SourceType = "groups"
	SourceTerritories SourceType = "territories"
)

// Source is one thing that a group is made of. Make one with [UserSource],
// [RoleSource], [GroupSource] or [TerritorySource]. Its ID and Name are those of
// the SourceRef.
type Source struct {
	Type      SourceType `json:"type"`
	SourceRef `json:"source"`
	// Subordinates is whether the roles below a role, or the territories below a
	// territory, belong to the group too; nil when it was not said.
	Subordinates *bool `json:"subordinates,omitempty"`
	// SubTerritories is a newer name of Subordinates, for territories. The vendor's
	// documents disagree on which is read; what is set here is sent.
	SubTerritories *bool `json:"sub_territories,omitempty"`
}

// SourceRef names what a source is.
type SourceRef struct {
	ID   string `json:"id"`
	Name string `json:"name,omitempty"` // in answers only: it is not sent
}

// UserSource is one user.
func UserSource(id string) Source { return Source{Type: SourceUsers, SourceRef: SourceRef{ID: id}} }

// RoleSource is all users with a role.
func RoleSource(id string) Source { return Source{Type: SourceRoles, SourceRef: SourceRef{ID: id}} }

// GroupSource is all users of another group.
func GroupSource(id string) Source { return Source{Type: SourceGroups, SourceRef: SourceRef{ID: id}} }

// TerritorySource is all users of a territory.
func TerritorySource(id string) Source {
	return Source{Type: SourceTerritories, SourceRef: SourceRef{ID: id}}
}

// WithSubordinates returns the source together with what is below it: roles of
// a role, territories of a territory. Users and groups have nothing below them:
// [UserGroupsService.Create] refuses it with ErrInvalidArgument.
func (s Source) WithSubordinates() Source {
	s.Subordinates = new(true)
	return s
}

// IncludesSubordinates reports whether what is below the source belongs to the
// group too, under either of the names that the API has for it.
func (s Source) IncludesSubordinates() bool {
	return s.Subordinates != nil && *s.Subordinates || s.SubTerritories != nil && *s.SubTerritories
}

// withoutNames copies sources as they are sent: the API asks for ids alone.
func withoutNames(sources []Source) []Source {
	sources = slices.Clone(sources)
	for i := range sources {
		sources[i].Name = ""
	}
	return sources
}

func checkSources(sources []Source) error {
	for i, s := range sources {
		switch {
		case s.Type == "" || s.ID == "":
			return invalid("source %d has no type or no id", i)
		case (s.Type == SourceUsers || s.Type == SourceGroups) && s.IncludesSubordinates():
			return invalid("source %d: only roles and territories have subordinates", i)
		case !utf8.ValidString(string(s.Type)) || !utf8.ValidString(s.ID):
			return invalid("source %d is not valid UTF-8 and would arrive changed", i)
		}
	}
	return nil
}

// SourcesCount is how many sources of each kind a group has.
type SourcesCount struct {
	Users       UserSourcesCount `json:"users"`
	Roles       int              `json:"roles"`
	Groups      int              `json:"groups"`
	Territories int              `json:"territories"`
}

// UserSourcesCount is how many users are sources of a group. The API sends their
// number, or how many are active, inactive and deleted: then Detailed is true,
// and Total their sum.
type UserSourcesCount struct {
	Total    int
	Active   int
	Inactive int
	Deleted  int
	Detailed bool
}

// MarshalJSON writes what UnmarshalJSON reads.
func (c UserSourcesCount) MarshalJSON() ([]byte, error) {
	if !c.Detailed {
		return strconv.AppendInt(nil, int64(c.Total), 10), nil
	}
	return json.Marshal(detailedCount{c.Active, c.Inactive, c.Deleted})
}

// mostUsers is the most that is believed: it is exact as any kind of number.
const mostUsers = 1e15

type detailedCount struct {
	Active   int `json:"active"`
	Inactive int `json:"inactive"`
	Deleted  int `json:"deleted"`
}

var errNoCount = errors.New("a number of users cannot be read")

// UnmarshalJSON takes a number or an object. A number is read here, without a
// decoder: there may be one in every group of a page.
func (c *UserSourcesCount) UnmarshalJSON(b []byte) error {
	*c = UserSourcesCount{}
	if n, ok := digits(b); ok {
		c.Total = n
		return nil
	}
	var text looseText
	if _ = json.Unmarshal(b, &text); text != "" { // another form of a number
		f, err := strconv.ParseFloat(string(text), 64)
		if c.Total = int(f); err != nil || f < 0 || f > mostUsers || float64(c.Total) != f {
			return errNoCount
		}
		return nil
	}
	var o *detailedCount
	if err := json.Unmarshal(b, &o); err != nil || o == nil { // null is as good as absent
		return err
	}
	total := float64(o.Active) + float64(o.Inactive) + float64(o.Deleted)
	if min(o.Active, o.Inactive, o.Deleted) < 0 || total > mostUsers || float64(int(total)) != total {
		return errNoCount
	}
	*c = UserSourcesCount{
		Total:  o.Active + o.Inactive + o.Deleted,
		Active: o.Active, Inactive: o.Inactive, Deleted: o.Deleted, Detailed: true,
	}
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
