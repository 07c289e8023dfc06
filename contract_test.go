package usergroups_test

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/jarcoal/httpmock"

	"github.com/usergroups-go/usergroups"
)

// What the vendor's documents, specifications and SDKs say in tables, written
// down a second time and row by row.

// TestVersionMatrix: which operations there are in which version, and which
// parameters they have there. A row without an Op has no method.
func TestVersionMatrix(t *testing.T) {
	t.Parallel()
	matrix := []struct {
		operation string
		versions  [3]string // v6, v7, v8
		op        usergroups.Op
	}{
		{"GET /settings/user_groups", [3]string{"yes (no `filters`)", "yes", "yes"}, usergroups.OpUserGroupsList},
		{"GET /settings/user_groups/{id}", [3]string{"yes", "yes", "yes"}, usergroups.OpUserGroupsGet},
		{"POST /settings/user_groups", [3]string{"yes", "yes", "yes"}, usergroups.OpUserGroupsCreate},
		{"PUT /settings/user_groups/{id}", [3]string{"yes", "yes", "yes"}, ""},
		{"PUT /settings/user_groups", [3]string{"SDK only", "SDK only", "OAS25 + SDK only"}, ""},
		{"DELETE /settings/user_groups/{id}", [3]string{"yes", "yes", "yes"}, usergroups.OpUserGroupsDelete},
		{"GET /settings/user_groups/actions/deletion_jobs", [3]string{"?", "?", "OAS25 only"}, ""},
		{"GET /settings/user_groups/{id}/sources", [3]string{"yes", "yes", "yes"}, ""},
		{"GET /settings/user_groups/{id}/actions/sources_count", [3]string{"yes", "yes", "yes"}, ""},
		{"GET /settings/user_groups/{id}/actions/associations", [3]string{"yes (SDK)", "yes", "yes"}, ""},
		{"GET /settings/user_groups/actions/associated_users_count", [3]string{"yes", "yes", "yes"}, usergroups.OpUserGroupsListAssociatedUsersCounts},
		{"POST /settings/user_groups/actions/get_assigned", [3]string{"no", "models only", "OAS25 only"}, ""},
		{"POST /settings/user_groups/actions/get_unassigned", [3]string{"no", "models only", "OAS25 only"}, ""},
		{"GET /users/{user}/actions/associated_groups", [3]string{"yes", "yes (+include)", "yes (+include)"}, usergroups.OpUsersListAssociatedGroups},
		{"GET /settings/user_groups/{id}/associated_users/actions/grouped_counts", [3]string{"no", "SDK", "OAS25 + SDK"}, ""},
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
	inMatrix := make(map[usergroups.Op]string)
	for _, tt := range matrix {
		inMatrix[tt.op] = tt.operation
	}
	for _, row := range usergroups.Operations() {
		if got := row.Method + " " + row.Path; got != inMatrix[row.Op] {
			t.Errorf("%s is %s, in the matrix %q", row.Op, got, inMatrix[row.Op])
		}
	}
	for _, tt := range matrix {
		for i, cell := range tt.versions {
			version := fmt.Sprintf("v%d", 6+i)
			t.Run(tt.operation+" "+version+" "+cell, func(t *testing.T) {
				t.Parallel()
				if tt.op == "" {
					t.Skip("there is no method yet")
				}
				for _, m := range methods {
					if m.op != tt.op {
						continue
					}
					mock := newMock(t)
					mock.RegisterResponder(m.row(t).Method, strings.Replace(m.url(t, groupID), "/v8/", "/"+version+"/", 1), jsonResponder(m.status, fixture(t, "zoho/"+m.good)))
					if err := m.call(t.Context(), newTokenClient(t, mock, usergroups.WithAPIVersion(version)), groupID); err != nil {
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

// TestErrorCodes: the codes that are known, with their status and what they are
// to errors.Is, as an answer of their own and as that of an item under 2xx.
func TestErrorCodes(t *testing.T) {
	t.Parallel()
	table := []struct {
		codes    string
		status   string
		sentinel string
	}{
		{"SUCCESS / SCHEDULED", "200/201", ""},
		{"INVALID_DATA", "400", "ErrBadRequest"}, // of a path: see errorTable
		{"MANDATORY_NOT_FOUND", "400", "ErrBadRequest"},
		{"DUPLICATE_DATA", "400", "ErrDuplicate"},
		{"PATTERN_NOT_MATCHED", "400", "ErrBadRequest"},
		{"REQUIRED_PARAM_MISSING", "400", "ErrBadRequest"},
		{"EXPECTED_FIELD_MISSING", "400 (status inferred)", "ErrBadRequest"},
		{"INVALID_REQUEST_METHOD", "400", "ErrBadRequest"},
		{"INVALID_HOST", "400", "ErrBadRequest"},
		{"INVALID_TOKEN, AUTHENTICATION_FAILURE", "401", "ErrUnauthorized"},
		{"OAUTH_SCOPE_MISMATCH", "401", "ErrForbidden and ErrScope"},
		{"NO_PERMISSION, INACTIVE_USER", "403", "ErrForbidden"},
		{"INVALID_URL_PATTERN, URL_RULE_NOT_CONFIGURED", "404", "ErrNotFound"},
		{"TOO_MANY_REQUESTS / RATE_LIMIT_EXCEEDED", "429", "ErrRateLimited"},
		{"INTERNAL_ERROR / INTERNAL_SERVER_ERROR", "500", "ErrUnavailable"},
		{"LIMIT_REACHED, ALREADY_USED, NOT_ALLOWED, BAD_REQUEST, API_NOT_SUPPORTED", "400 likely", "ErrBadRequest"},
		{"", "502", "ErrUnavailable"},
		{"", "503", "ErrUnavailable"},
		{"DEPENDENT_PARAM_MISSING", "400", "ErrBadRequest"},
	}
	constants := codeConstants(t)
	for _, tt := range table {
		status, err := strconv.Atoi(tt.status[:3])
		if err != nil {
			t.Fatal(err)
		}
		wanted := sentinelName.FindAllString(tt.sentinel, -1)
		for _, code := range strings.FieldsFunc(tt.codes, func(r rune) bool { return strings.ContainsRune(" ,/", r) }) {
			t.Run(code, func(t *testing.T) {
				t.Parallel()
				if wanted == nil {
					m := map[string]string{"SUCCESS": "user_groups_delete_success.json", "SCHEDULED": "user_groups_delete_scheduled.json"}
					checkSentinels(t, callOnce(t, "UserGroups.Delete", jsonResponder(status, fixture(t, "zoho/"+m[code]))), nil)
					return
				}
				item := fmt.Sprintf(`{"code":%q,"details":{},"message":"m","status":"error"}`, code)
				for _, name := range []string{"UserGroups.List", "Users.ListAssociatedGroups"} {
					err := callOnce(t, name, jsonResponder(status, item))
					checkSentinels(t, err, wanted)
					var e *usergroups.Error
					if !errors.As(err, &e) || e.Code != code || e.StatusCode != status || string(e.Body) != item {
						t.Errorf("error %#v", err)
					}
				}
				write := wanted
				if status/100 == 5 {
					write = append(slices.Clone(wanted), "ErrOutcomeUnknown")
				}
				checkSentinels(t, callOnce(t, "UserGroups.Create", jsonResponder(status, `{"user_groups":[`+item+`]}`)), write)
				checkSentinels(t, callOnce(t, "UserGroups.Create", jsonResponder(200, `{"user_groups":[`+item+`]}`)), write)
			})
			said, ok := constants[code]
			delete(constants, code)
			likely := len(tt.status) > len("400")
			if wanted != nil && (!ok || !strings.HasPrefix(said, tt.status[:3]) || likely != strings.Contains(said, "probably")) {
				t.Errorf("%s: the comment of its constant says %q, the table %s", code, said, tt.status)
			}
		}
		if tt.codes == "" {
			t.Run(tt.status, func(t *testing.T) {
				t.Parallel()
				checkSentinels(t, callOnce(t, "UserGroups.List", httpmock.NewStringResponder(status, "")), wanted)
			})
		}
	}
	if len(constants) > 0 {
		t.Errorf("constants that are in no row: %q", slices.Sorted(maps.Keys(constants)))
	}
}

// codeConstants returns the comment of each Code… constant, by its value.
func codeConstants(t *testing.T) map[string]string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "errors.go", nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	comments := make(map[string]string)
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if ok && strings.HasPrefix(spec.Names[0].Name, "Code") {
			value, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			comments[value] = strings.TrimSpace(spec.Comment.Text())
		}
		return true
	})
	return comments
}
