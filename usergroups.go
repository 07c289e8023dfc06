package usergroups

import (
	"cmp"
	"context"
	"iter"
	"time"
	"unicode/utf8"
)

// UserGroupsService makes the calls on user groups.
type UserGroupsService struct{ core *core }

// UserGroup is a set of users who share records. What it is made of is in
// Sources, which only lists have, and only when asked to by
// [ListUserGroupsOptions.Include] or [ListAssociatedGroupsOptions.Include].
type UserGroup struct {
	ID           string        `json:"id"`
	Name         string        `json:"name"`
	Description  string        `json:"description"` // "" also when there is none
	CreatedTime  time.Time     `json:"created_time"`
	ModifiedTime *time.Time    `json:"modified_time"` // nil: never modified
	CreatedBy    *UserRef      `json:"created_by"`
	ModifiedBy   *UserRef      `json:"modified_by"`
	SourcesCount *SourcesCount `json:"sources_count"` // with IncludeSourcesCount
	Sources      []Source      `json:"sources"`       // with IncludeSources
}

// UserRef names a user.
type UserRef struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// Include asks for parts of a group that are left out otherwise. The API takes
// other values too, without saying which.
type Include string

// What can be included.
const (
	IncludeSourcesCount Include = "sources_count"
	IncludeSources      Include = "sources"
)

// ListUserGroupsOptions chooses the groups of a list. The zero value is all of
// them.
type ListUserGroupsOptions struct {
	Page    int `url:"page,omitempty"`     // from 1, the default
	PerPage int `url:"per_page,omitempty"` // 1 to 200, the default
	// Include asks for more about each group. Whether several at once are
	// understood is not documented; they are sent separated by commas.
	Include []Include `url:"include,comma,omitempty"`
	// Name is compared by the server. Whether with the whole name or a part of it
	// is not documented.
	Name string `url:"name,omitempty"`
	// Filters needs API version v7. The documented fields are "name", the
	// comparators contains and starts_with.
	Filters Criteria `url:"filters,omitempty"`
}

// List returns one page of the organisation's groups, an empty one when there
// are none. Up to 200 groups come in a page, and Info.MoreRecords of it says
// whether another follows; [UserGroupsService.All] gets them all.
//
// It fails with ErrInvalidArgument for a Page or PerPage out of range and for
// Filters before v7, ErrForbidden without the permission to see groups.
//
// Scope: ZohoCRM.settings.user_groups.READ.
//
// https://www.zoho.com/crm/developer/docs/api/v8/get-user-groups.html
func (s *UserGroupsService) List(ctx context.Context, o ListUserGroupsOptions, opts ...CallOption) (*Page[UserGroup], error) {
	r := newRequest(OpUserGroupsList, nil, o, nil)
	out, err := do[userGroupsAnswer](ctx, (*service)(s), r, opts)
	if err != nil {
		return nil, err
	}
	return &Page[UserGroup]{out.UserGroups, out.Info}, nil
}

// All iterates over the groups of all pages from o.Page on, each page of o.PerPage
// groups (200). Without any group it ends at once. The pages are requests of their
// own: a group that is created or deleted between two of them can make another one
// come twice or be missed.
//
// See [UserGroupsService.List] for errors and scope, and the package comment for
// the rules of all iterators. ErrInvalidArgument also comes for [WithResponse].
//
// https://www.zoho.com/crm/developer/docs/api/v8/get-user-groups.html
func (s *UserGroupsService) All(ctx context.Context, o ListUserGroupsOptions, opts ...CallOption) iter.Seq2[UserGroup, error] {
	return walk(OpUserGroupsList, o.Page, opts, func(page int) (*Page[UserGroup], error) {
		at := o
		at.Page = page
		return s.List(ctx, at, opts...)
	})
}

// Get returns one group. Its sources are not in it, their counts may be.
//
// It fails with ErrNotFound when there is no such group (an id of another form
// than Zoho's counts as one that is not there), ErrInvalidArgument for an empty
// id, "." and "..".
//
// Scope: ZohoCRM.settings.user_groups.READ.
//
// https://www.zoho.com/crm/developer/docs/api/v8/get-user-groups.html
func (s *UserGroupsService) Get(ctx context.Context, groupID string, opts ...CallOption) (*UserGroup, error) {
	r := newRequest(OpUserGroupsGet, []string{groupID}, nil, nil)
	out, err := do[userGroupsAnswer](ctx, (*service)(s), r, opts)
	if err != nil {
		return nil, err
	}
	return &out.UserGroups[0], nil
}

// GetByName returns the group with exactly that name: letter case and spaces count,
// and the names are compared here, regardless of how the server searches. It reads the
// pages of [UserGroupsService.List] with that name. The sources are not in the group.
//
// It fails with ErrNotFound when no group has the name; the error tells of one that has
// it in other letter case, if the server's search shows that. Several are ErrAmbiguous: [AmbiguousError] has their
// ids. An empty name and [WithResponse] are ErrInvalidArgument.
//
// Scope: ZohoCRM.settings.user_groups.READ.
//
// https://www.zoho.com/crm/developer/docs/api/v8/get-user-groups.html
func (s *UserGroupsService) GetByName(ctx context.Context, name string, opts ...CallOption) (*UserGroup, error) {
	groups := s.All(ctx, ListUserGroupsOptions{Name: name}, opts...)
	return lookUp((*service)(s), OpUserGroupsGetByName, groups, "name", name, func(g *UserGroup) string { return g.Name })
}

// CreateUserGroup describes a group to be created.
type CreateUserGroup struct {
	Name        string   `json:"name"` // mandatory, unique in the organisation
	Description string   `json:"description,omitempty"`
	Sources     []Source `json:"sources"` // mandatory: what the group is made of
}

// Create creates a group and returns what the API says of it, above all its id.
//
// It fails with ErrInvalidArgument without a name or sources, ErrDuplicate when
// another group has the name, ErrBadRequest for a source that does not exist
// (Error.Details tells which) and ErrForbidden without the permission to manage
// groups. A lost answer is ErrOutcomeUnknown: the request is not repeated, since
// the group may be there. Names and descriptions up to 250 characters and 200
// sources are documented; the server judges them.
//
// Scope: ZohoCRM.settings.user_groups.CREATE.
//
// https://www.zoho.com/crm/developer/docs/api/v8/create-user-group.html
func (s *UserGroupsService) Create(ctx context.Context, g CreateUserGroup, opts ...CallOption) (*ActionResult, error) {
	body := struct {
		UserGroups []CreateUserGroup `json:"user_groups"`
	}{[]CreateUserGroup{g}}
	body.UserGroups[0].Sources = withoutNames(g.Sources)
	r := newRequest(OpUserGroupsCreate, nil, nil, body)
	r.err = g.check()
	out, err := do[resultsAnswer](ctx, (*service)(s), r, opts)
	if err != nil {
		return nil, err
	}
	result := out.Results[0].result()
	s.core.maskResult(&result)
	return &result, nil
}

func (g *CreateUserGroup) check() error {
	switch {
	case g.Name == "":
		return invalid("the name is empty")
	case len(g.Sources) == 0:
		return invalid("there are no sources: a group is made of at least one")
	}
	return cmp.Or(checkTexts(g.Name, g.Description), checkSources(g.Sources))
}

// Deletion is the outcome of a delete.
type Deletion struct {
	ID    string // of the group
	JobID string // of the job that will delete it; "" when it is deleted already
}

// Scheduled reports whether the group will be deleted later.
func (d Deletion) Scheduled() bool { return d.JobID != "" }

// Delete deletes a group, at once or by a job: then the group is still there, and
// Deletion.JobID is set. [UserGroupsService.WaitDeleted] waits for its end.
//
// It fails with ErrNotFound when there is no such group, ErrInvalidArgument for an
// empty id, "." and "..", ErrForbidden without the permission to manage groups. A
// lost answer is ErrOutcomeUnknown: the request is not repeated.
//
// Scope: ZohoCRM.settings.user_groups.DELETE.
//
// https://www.zoho.com/crm/developer/docs/api/v8/delete-user-group.html
func (s *UserGroupsService) Delete(ctx context.Context, groupID string, opts ...CallOption) (*Deletion, error) {
	r := newRequest(OpUserGroupsDelete, []string{groupID}, nil, nil)
	out, err := do[deletionAnswer](ctx, (*service)(s), r, opts)
	if err != nil {
		return nil, err
	}
	return &Deletion{ID: groupID, JobID: out.Results[0].Details.JobID()}, nil
}

// checkTexts refuses what encoding/json would change.
func checkTexts(texts ...string) error {
	for _, text := range texts {
		if !utf8.ValidString(text) {
			return invalid("name or description is not valid UTF-8 and would arrive changed")
		}
	}
	return nil
}
