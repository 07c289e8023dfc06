package usergroups_test

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/jarcoal/httpmock"

	"github.com/usergroups-go/usergroups"
)

// What the vendor's documents, specifications and SDKs say in tables, written
// down a second time and row by row.

// TestVersionMatrix: which operations there are in which version, and which
// parameters they have there. What no vendor's page documents is no "yes" in the
// last column. A row without an Op has no method: it is left to Client.Do.
func TestVersionMatrix(t *testing.T) {
	t.Parallel()
	type matrixRow struct {
		operation string
		versions  [3]string // v6, v7, v8
		op        usergroups.Op
	}
	matrix := []matrixRow{
		{"GET /settings/user_groups", [3]string{"yes (no `filters`)", "yes", "yes"}, usergroups.OpUserGroupsList},
		{"GET /settings/user_groups/{id}", [3]string{"yes", "yes", "yes"}, usergroups.OpUserGroupsGet},
		{"POST /settings/user_groups", [3]string{"yes", "yes", "yes"}, usergroups.OpUserGroupsCreate},
		{"PUT /settings/user_groups/{id}", [3]string{"yes", "yes", "yes"}, usergroups.OpUserGroupsUpdate},
		{"PUT /settings/user_groups", [3]string{"SDK only", "SDK only", "OAS25 + SDK only"}, usergroups.OpUserGroupsUpdateMany},
		{"DELETE /settings/user_groups/{id}", [3]string{"yes", "yes", "yes"}, usergroups.OpUserGroupsDelete},
		{"GET /settings/user_groups/actions/deletion_jobs", [3]string{"?", "?", "OAS25 only"}, usergroups.OpUserGroupsDeletionJob},
		{"GET /settings/user_groups/{id}/sources", [3]string{"yes", "yes", "yes"}, usergroups.OpUserGroupsListSources},
		{"GET /settings/user_groups/{id}/actions/sources_count", [3]string{"yes", "yes", "yes"}, usergroups.OpUserGroupsSourcesCount},
		{"GET /settings/user_groups/{id}/actions/associations", [3]string{"yes (SDK)", "yes", "yes"}, usergroups.OpUserGroupsAssociations},
		{"GET /settings/user_groups/actions/associated_users_count", [3]string{"yes", "yes", "yes"}, usergroups.OpUserGroupsListAssociatedUsersCounts},
		{"POST /settings/user_groups/actions/get_assigned", [3]string{"no", "models only", "OAS25 only"}, ""},
		{"POST /settings/user_groups/actions/get_unassigned", [3]string{"no", "models only", "OAS25 only"}, ""},
		{"GET /users/{user}/actions/associated_groups", [3]string{"yes", "yes (+include)", "yes (+include)"}, usergroups.OpUsersListAssociatedGroups},
		{"GET /settings/user_groups/{id}/associated_users/actions/grouped_counts", [3]string{"no", "SDK", "OAS25 + SDK"}, usergroups.OpUserGroupsGroupedCounts},
		// Users, which stand beside it and are older than all three.
		{"GET /users", [3]string{"yes", "yes", "yes"}, usergroups.OpUsersList},
		{"GET /users", [3]string{"yes", "yes", "yes"}, usergroups.OpUsersCurrent},
		{"GET /users/{user}", [3]string{"yes", "yes", "yes"}, usergroups.OpUsersGet},
		{"GET /users/actions/count", [3]string{"yes", "yes", "yes"}, usergroups.OpUsersCount},
	}
	// The parameters that came later, and whether a cell has them.
	later := map[usergroups.Op]struct {
		call func(t *testing.T, c *usergroups.Client) error
		has  func(cell string) bool
	}{
		usergroups.OpUserGroupsList: {func(t *testing.T, c *usergroups.Client) error {
			t.Helper()
			_, err := c.UserGroups.List(t.Context(), usergroups.ListUserGroupsOptions{Filters: usergroups.Equal("name", "x")})
			return err
		}, func(cell string) bool { return cell == "yes" }},
		usergroups.OpUsersListAssociatedGroups: {func(t *testing.T, c *usergroups.Client) error {
			t.Helper()
			_, err := c.Users.ListAssociatedGroups(t.Context(), userID, usergroups.ListAssociatedGroupsOptions{Include: []usergroups.Include{usergroups.IncludeSources}})
			return err
		}, func(cell string) bool { return cell == "yes (+include)" }},
	}
	for _, row := range usergroups.Operations() {
		i := slices.IndexFunc(matrix, func(tt matrixRow) bool { return tt.op == row.Op })
		if i < 0 || matrix[i].operation != row.Method+" "+row.Path {
			t.Errorf("%s is %s %s, which is not in the matrix", row.Op, row.Method, row.Path)
			continue
		}
		if newest := matrix[i].versions[2]; row.Documented != strings.HasPrefix(newest, "yes") {
			t.Errorf("%s: documented %t, in the matrix %q", row.Op, row.Documented, newest)
		}
	}
	for _, tt := range matrix {
		for i, cell := range tt.versions {
			version := fmt.Sprintf("v%d", 6+i)
			t.Run(tt.operation+" "+version+" "+cell, func(t *testing.T) {
				t.Parallel()
				if tt.op == "" {
					leftToDo(t, tt.operation, version)
					return
				}
				for _, m := range methods {
					if m.op != tt.op {
						continue
					}
					mock := newMock(t)
					if cell != "no" {
						mock.RegisterResponder(m.row(t).Method, strings.Replace(m.url(t, groupID), "/v8/", "/"+version+"/", 1), jsonResponder(m.status, fixture(t, "zoho/"+m.good)))
					}
					err := m.call(t.Context(), newTokenClient(t, mock, usergroups.WithAPIVersion(version)), groupID)
					if cell == "no" != errors.Is(err, usergroups.ErrInvalidArgument) || cell != "no" && err != nil {
						t.Errorf("%s: %v", m.name, err)
					}
				}
				param, ok := later[tt.op]
				if !ok {
					return
				}
				mock := newMock(t)
				if param.has(cell) {
					mock.RegisterResponder(http.MethodGet, `=~^`+base+`/crm/`+version+`/`, httpmock.NewStringResponder(204, ""))
				}
				err := param.call(t, newTokenClient(t, mock, usergroups.WithAPIVersion(version)))
				if param.has(cell) != (err == nil) || err != nil && !errors.Is(err, usergroups.ErrInvalidArgument) {
					t.Errorf("with the parameter: %v", err)
				}
			})
		}
	}
}

// leftToDo makes the call of a row without a method. Its errors are wrapped as one
// object, not as a list.
func leftToDo(t *testing.T, operation, version string) {
	t.Helper()
	verb, path, _ := strings.Cut(operation, " ")
	segments := strings.Split(strings.TrimPrefix(path, "/"), "/")
	name := segments[len(segments)-1]
	mock := newMock(t)
	mock.RegisterResponder(verb, base+"/crm/"+version+path, jsonResponder(400,
		fmt.Sprintf(`{%q:{"code":"EXPECTED_FIELD_MISSING","details":{"expected_fields":[]},"message":"m","status":"error"}}`, name)))
	err := newTokenClient(t, mock, usergroups.WithAPIVersion(version)).Do(t.Context(), usergroups.Request{
		Method: verb, Path: segments, Body: map[string]any{name: map[string]string{"feature": "user_groups", "related_entity_id": groupID}},
	}, nil)
	var e *usergroups.Error
	if !errors.Is(err, usergroups.ErrBadRequest) || !errors.As(err, &e) || e.Code != usergroups.CodeExpectedFieldMissing {
		t.Errorf("Do: %v", err)
	}
}
