package tulip

import (
	"context"
	"iter"
)

// RolesService makes the calls on roles.
type RolesService struct{ core *core }

// Role is a role that a user can have. What it permits is not in the API.
type Role struct {
	ID          string `json:"id"` // of a role that every account has, a name such as RoleOperator
	Name        string `json:"name"`
	Description string `json:"description"`
	IsCustom    bool   `json:"isCustom"` // it was made in the account
	Created     *Stamp `json:"created"`  // nil unless it is custom
	// LastModified is nil unless the role is custom and was modified.
	LastModified *Stamp `json:"lastModified"`
	Archived     *Stamp `json:"archived"` // nil: it is not archived
}

func (r Role) identity() string { return r.ID }

// The ids of the roles that every account has. There may be others.
const (
	RoleOperator                 = "operator"
	RoleOperatorWithRegistration = "operator-with-registration"
	RoleShopFloorOperator        = "shop-floor-operator"
	RoleAppsApproverAdmin        = "apps-approver-admin"
	RoleAppsBuilderAdmin         = "apps-builder-admin"
	RoleAppsAdmin                = "apps-admin"
	RoleTablesAdmin              = "tables-admin"
	RoleConnectorsAdmin          = "connectors-admin"
	RoleShopFloorAdmin           = "shop-floor-admin"
	RoleViewer                   = "viewer"
	RoleViewerWithPlayer         = "viewer-with-player"
	RoleAdmin                    = "admin"
	RoleWorkspaceOwner           = "workspace-owner"
	RoleOwner                    = "owner"
)

// ListRolesOptions chooses the roles of a list. The zero value is all that are not
// archived.
type ListRolesOptions struct {
	// Limit is how many items a page has at most, from 0: new(0) asks for Info.Count
	// alone. nil is the server's default, which is not documented; nor is the maximum.
	Limit  *int
	Offset int        // how many items to skip
	Filter RoleFilter // by IsCustom
	Search string     // the server decides what matches
	// Archived asks for the archived roles only; for all there are, make two lists.
	Archived bool
}

func (o *ListRolesOptions) query() listQuery {
	return listQuery{Limit: o.Limit, Offset: o.Offset, filter: o.Filter.filter, Search: o.Search, Archived: o.Archived}
}

// List returns one page of roles, an empty one when there are none. What the server left
// out of it is in Page.Errors. [RolesService.All] gets all pages.
//
// It fails with ErrInvalidArgument for a Limit or an Offset below 0; ErrBadRequest for what
// the server has against them.
//
// Scope: users:read.
//
// https://support.tulip.co/apidocs/apiusersv1roles
func (s *RolesService) List(ctx context.Context, o ListRolesOptions, opts ...CallOption) (*Page[Role], error) {
	return list[Role](ctx, (*service)(s), o.query().request(OpRolesList), opts)
}

// All iterates over the roles of all pages from o.Offset on, each once, in pages of
// o.Limit roles (100). Without any it ends at once.
//
// When the server left roles out, or there were fewer than it counts, the last thing is
// ErrIncomplete: [PartialError] says what is missing.
//
// See [RolesService.List] for other errors and the scope, and [UserGroupsService.All] for
// records that change meanwhile and for options without a meaning.
//
// https://support.tulip.co/apidocs/apiusersv1roles
func (s *RolesService) All(ctx context.Context, o ListRolesOptions, opts ...CallOption) iter.Seq2[Role, error] {
	return all[Role](ctx, (*service)(s), OpRolesList, nil, o.query(), opts)
}

// Get returns one role, presumably also one that is archived: that is not documented.
//
// It fails with ErrNotFound when there is no such role, ErrInvalidArgument for an
// empty id, "." and "..".
//
// Scope: users:read.
//
// https://support.tulip.co/apidocs/apiusersv1rolesuserroleid
func (s *RolesService) Get(ctx context.Context, roleID string, opts ...CallOption) (*Role, error) {
	return get[Role](ctx, (*service)(s), OpRolesGet, roleID, opts)
}
