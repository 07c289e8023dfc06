package usergroups

import (
	"bytes"
	"context"
	"encoding/json"
	"iter"
	"maps"
	"slices"
	"strings"
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
// the SourceRef. Type and ID together tell sources of a group apart.
type Source struct {
	Type      SourceType `json:"type"`
	SourceRef `json:"source"`
	// Subordinates is whether the roles below a role, or the territories below a
	// territory, belong to the group too; nil when it was not said.
	Subordinates *bool `json:"subordinates,omitempty"`
	// SubTerritories is a newer name of Subordinates, for territories. The vendor's
	// documents disagree on which is read; what is set here is sent.
	SubTerritories *bool `json:"sub_territories,omitempty"`
	// Extra is the keys that this package does not know, as they came with
	// [UserGroupsService.ListSources]. They are sent back with the source. Keys beside
	// its id and name, inside "source", are not kept: the API asks for the id alone.
	Extra map[string]json.RawMessage `json:"-"`
}

// sourceKeys are the keys of a source that have a field or a meaning of their own.
// The last one removes a source: it must never come out of a list.
var sourceKeys = []string{"type", "source", "subordinates", "sub_territories", deleteKey}

const deleteKey = "_delete"

func isSourceKey(key string) bool {
	return slices.ContainsFunc(sourceKeys, func(known string) bool { return strings.EqualFold(known, key) })
}

// MarshalJSON writes the source with its Extra.
func (s Source) MarshalJSON() ([]byte, error) {
	type plain Source // without this method
	return s.withExtra(plain(s))
}

// withExtra writes fields, a struct that is never empty, and after them the Extra.
func (s Source) withExtra(fields any) ([]byte, error) {
	b, err := json.Marshal(fields)
	if err != nil || len(s.Extra) == 0 {
		return b, err
	}
	extra, err := json.Marshal(s.Extra)
	if err != nil {
		return nil, err
	}
	return append(append(b[:len(b)-1], ','), extra[1:]...), nil
}

// listedSource is a source of ListSources. Those of groups are decoded without it,
// many at a time: what is unknown in them is skipped.
type listedSource struct{ Source }

func (s *listedSource) UnmarshalJSON(b []byte) error {
	var in struct {
		Type           SourceType `json:"type"`
		SourceRef      `json:"source"`
		Subordinates   *looseFlag `json:"subordinates"`
		SubTerritories *looseFlag `json:"sub_territories"`
	}
	if err := json.Unmarshal(b, &in); err != nil {
		return err
	}
	s.Source = Source{
		Type: in.Type, SourceRef: in.SourceRef,
		Subordinates: (*bool)(in.Subordinates), SubTerritories: (*bool)(in.SubTerritories),
	}
	var keys map[string]json.RawMessage
	if err := json.Unmarshal(b, &keys); err != nil {
		return err
	}
	maps.DeleteFunc(keys, func(key string, _ json.RawMessage) bool { return isSourceKey(key) })
	if s.Extra = nil; len(keys) > 0 {
		s.Extra = keys
	}
	return nil
}

// SourceRef names what a source is.
type SourceRef struct {
	ID   string `json:"id"`
	Name string `json:"name,omitempty"` // never sent; SourcesDiff.String shows it
}

// looseFlag is a flag that the documents call a string, and show as a boolean.
type looseFlag bool

func (f *looseFlag) UnmarshalJSON(b []byte) error {
	return json.Unmarshal(bytes.Trim(b, `"`), (*bool)(f))
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
		for key, value := range s.Extra {
			if isSourceKey(key) || !json.Valid(value) {
				return invalid("source %d: Extra cannot have the key %q, or not this value", i, key)
			}
		}
	}
	return nil
}

// ListSourcesOptions chooses among the sources of a group. The zero value is all of
// them.
type ListSourcesOptions struct {
	Page    int        `url:"page,omitempty"`     // from 1, the default
	PerPage int        `url:"per_page,omitempty"` // 1 to 200, the default
	Type    SourceType `url:"type,omitempty"`
	// UserType chooses users: UserActive, UserInactive or UserDeleted. What it does to
	// sources of other types is not documented; give SourceUsers as Type beside it.
	UserType UserStatus `url:"user_type,omitempty"`
}

// ListSources returns one page of what a group is made of, an empty one if there is
// nothing. Up to 200 sources come in a page. Whether users who are inactive or deleted
// are among them without UserType is not documented: [UserGroupsService.SourcesCount]
// counts them.
//
// It fails with ErrNotFound when there is no such group, ErrBadRequest for a type that
// the API does not know, ErrInvalidArgument for a Page or PerPage out of range, an
// empty id, "." and "..".
//
// Scope: ZohoCRM.settings.user_groups.READ.
//
// https://www.zoho.com/crm/developer/docs/api/v8/get-sources-by-type.html
func (s *UserGroupsService) ListSources(ctx context.Context, groupID string, o ListSourcesOptions, opts ...CallOption) (*Page[Source], error) {
	r := newRequest(OpUserGroupsListSources, []string{groupID}, o, nil)
	out, err := do[sourcesAnswer](ctx, (*service)(s), r, opts)
	if err != nil {
		return nil, err
	}
	page := &Page[Source]{Info: out.Info, Items: slices.Grow([]Source(nil), len(out.Sources))}
	for _, listed := range out.Sources {
		page.Items = append(page.Items, listed.Source)
	}
	return page, nil
}

// AllSources iterates over the sources of all pages from o.Page on, each page of
// o.PerPage sources (200). For a group without any it ends at once.
//
// See [UserGroupsService.ListSources] for errors and scope, and
// [UserGroupsService.All] for records that change meanwhile.
//
// https://www.zoho.com/crm/developer/docs/api/v8/get-sources-by-type.html
func (s *UserGroupsService) AllSources(ctx context.Context, groupID string, o ListSourcesOptions, opts ...CallOption) iter.Seq2[Source, error] {
	return walk(OpUserGroupsListSources, o.Page, opts, func(page int) (*Page[Source], error) {
		at := o
		at.Page = page
		return s.ListSources(ctx, groupID, at, opts...)
	})
}
