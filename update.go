package usergroups

import (
	"cmp"
	"context"
	"unicode/utf8"
)

// UpdateUserGroup describes what a group shall be. The API wants a name and sources
// each time, also when they stay as they are.
type UpdateUserGroup struct {
	Name string `json:"name"` // mandatory
	// Description: the zero value leaves it as it is, Some sets, Null clears it.
	Description Optional[string] `json:"description,omitzero"`
	Sources     []SourceChange   `json:"sources"` // mandatory
}

// SourceChange is one source in an update: to be in the group or, with Delete, not
// to be in it any more.
type SourceChange struct {
	Source
	Delete bool `json:"_delete,omitempty"`
}

// MarshalJSON writes the source, with its Extra, and whether to delete it.
func (c SourceChange) MarshalJSON() ([]byte, error) {
	type plain Source // without its own MarshalJSON
	return c.withExtra(struct {
		plain
		Delete bool `json:"_delete,omitempty"`
	}{plain(c.Source), c.Delete})
}

// Update changes one group, and returns what the API says of it.
//
// What it does to sources that are not named is not certain. The vendor's guide has
// _delete for a source that is to go, from which follows that the others stay; its
// newer reference says that the list replaces all that there was. So never send a part
// of the sources, but every source that shall stay. If the API replaces them, those that
// the list of sources does not show are lost: compare it with
// [UserGroupsService.SourcesCount] first. To change sources, use
// [UserGroupsService.SetSources], which does all that.
//
// It fails with ErrInvalidArgument without a name or sources, ErrNotFound when there is
// no such group, ErrDuplicate when another group has the name, ErrBadRequest for a
// source that does not exist (Error.Details tells which; the path in it may say "source"
// where "sources" is meant) and ErrForbidden without the permission to manage groups. A
// lost answer is ErrOutcomeUnknown: the request is not repeated. Names and descriptions
// up to 250 characters and 200 sources are documented; the server judges them.
//
// Scope: ZohoCRM.settings.user_groups.UPDATE.
//
// https://www.zoho.com/crm/developer/docs/api/v8/update-user-group.html
func (s *UserGroupsService) Update(ctx context.Context, groupID string, g UpdateUserGroup, opts ...CallOption) (*ActionResult, error) {
	return s.update(ctx, groupID, g, g.check(), opts)
}

// update is Update after its arguments were judged.
func (s *UserGroupsService) update(ctx context.Context, groupID string, g UpdateUserGroup, refused error, opts []CallOption) (*ActionResult, error) {
	body := struct {
		UserGroups []UpdateUserGroup `json:"user_groups"`
	}{[]UpdateUserGroup{g.withoutNames()}}
	r := newRequest(OpUserGroupsUpdate, []string{groupID}, nil, body)
	r.err = refused
	out, err := do[resultsAnswer](ctx, (*service)(s), r, opts)
	if err != nil {
		return nil, err
	}
	result := out.Results[0].result()
	s.core.maskResult(&result)
	return &result, nil
}

func (g *UpdateUserGroup) check() error {
	description, _ := g.Description.Get()
	switch {
	case g.Name == "":
		return invalid("the name is empty: an update has it also when it stays")
	case len(g.Sources) == 0:
		return invalid("there are no sources: an update has all that shall stay")
	}
	sources := make([]Source, len(g.Sources))
	for i, c := range g.Sources {
		sources[i] = c.Source
	}
	return cmp.Or(checkTexts(g.Name, description), checkSources(sources))
}

// withoutNames is g as it is sent: the API asks for the ids of sources alone.
func (g UpdateUserGroup) withoutNames() UpdateUserGroup {
	sources := make([]SourceChange, len(g.Sources)) // never null
	for i, c := range g.Sources {
		sources[i] = c
		sources[i].Name = ""
	}
	g.Sources = sources
	return g
}

// UserGroupUpdate is one of many updates.
type UserGroupUpdate struct {
	ID string `json:"id"` // mandatory
	UpdateUserGroup
}

// UpdateMany changes several groups by one request. The results are in the order of
// the updates. When some were refused, they are returned beside an [*ActionsError],
// which says which and why; the others are done.
//
// Unverified: only the vendor's SDKs have this operation, its documents do not, and how
// many groups one request may have is not known. What is said of sources at
// [UserGroupsService.Update] holds here too.
//
// It fails with ErrInvalidArgument for no updates, one without id, name or sources, and
// an id that comes twice. A lost answer is ErrOutcomeUnknown, and so is, for its
// update, an answer that does not mention it: the request is not repeated.
//
// Scope: ZohoCRM.settings.user_groups.UPDATE.
//
// https://www.zoho.com/crm/developer/docs/api/v8/
func (s *UserGroupsService) UpdateMany(ctx context.Context, updates []UserGroupUpdate, opts ...CallOption) ([]ActionResult, error) {
	body := struct {
		UserGroups []UserGroupUpdate `json:"user_groups"`
	}{make([]UserGroupUpdate, len(updates))}
	ids := make([]string, len(updates))
	for i, u := range updates {
		body.UserGroups[i], ids[i] = UserGroupUpdate{u.ID, u.withoutNames()}, u.ID
	}
	r := newRequest(OpUserGroupsUpdateMany, nil, nil, body)
	r.err = checkUpdates(updates)
	return (*service)(s).batch(ctx, r, ids, opts)
}

func checkUpdates(updates []UserGroupUpdate) error {
	if len(updates) == 0 {
		return invalid("there are no updates")
	}
	seen := make(map[string]bool, len(updates))
	for i, u := range updates {
		err := u.check()
		switch {
		case u.ID == "" || !utf8.ValidString(u.ID):
			err = invalid("the id is empty, or not valid UTF-8")
		case seen[u.ID]:
			err = invalid("group %q comes twice", u.ID)
		}
		if err != nil {
			return invalid("update %d: %v", i, err)
		}
		seen[u.ID] = true
	}
	return nil
}
