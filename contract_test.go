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

// TestDataCenters: where tokens come from and where the API is. Sandbox and
// developer hosts differ from the production host by their first label.
func TestDataCenters(t *testing.T) {
	t.Parallel()
	table := []struct {
		dc                   usergroups.DataCenter
		accounts, production string
		unverified           bool
	}{
		{usergroups.DataCenterUS, "accounts.zoho.com", "www.zohoapis.com", false},
		{usergroups.DataCenterEU, "accounts.zoho.eu", "www.zohoapis.eu", false},
		{usergroups.DataCenterIN, "accounts.zoho.in", "www.zohoapis.in", false},
		{usergroups.DataCenterAU, "accounts.zoho.com.au", "www.zohoapis.com.au", false},
		{usergroups.DataCenterJP, "accounts.zoho.jp", "www.zohoapis.jp", false},
		{usergroups.DataCenterCN, "accounts.zoho.com.cn", "www.zohoapis.com.cn", false},
		{usergroups.DataCenterCA, "accounts.zohocloud.ca", "www.zohoapis.ca", false},
		{usergroups.DataCenterSA, "accounts.zoho.sa", "www.zohoapis.sa", false},
		{usergroups.DataCenterUK, "accounts.zoho.uk", "www.zohoapis.uk", false},
		{"AE", "accounts.zoho.ae", "www.zohoapis.ae", true}, // one table of somebody else's: left out
	}
	labels := map[usergroups.Environment]string{
		usergroups.Production: "www", usergroups.Sandbox: "sandbox", usergroups.Developer: "developer",
	}
	const list = "/crm/v8/settings/user_groups"
	for _, tt := range table {
		_, domain, _ := strings.Cut(tt.production, ".")
		for env, label := range labels {
			host := label + "." + domain
			t.Run(string(tt.dc)+" "+string(env), func(t *testing.T) {
				t.Parallel()
				token := func(domain string) httpmock.Responder {
					return jsonResponder(200, `{"access_token":"at-1","api_domain":"https://`+domain+`","expires_in":3600}`)
				}
				mock := newMock(t)
				mock.RegisterResponder(http.MethodPost, "https://"+tt.accounts+"/oauth/v2/token", token(tt.production))
				mock.RegisterResponder(http.MethodGet, "https://"+host+list, httpmock.NewStringResponder(204, ""))
				transport := usergroups.WithHTTPClient(&http.Client{Transport: mock})
				if tt.unverified {
					if _, err := usergroups.NewClient(transport, refreshToken, usergroups.WithDataCenter(tt.dc), usergroups.WithEnvironment(env)); !errors.Is(err, usergroups.ErrInvalidArgument) {
						t.Errorf("error %v, want ErrInvalidArgument", err)
					}
					return
				}
				for _, name := range []usergroups.DataCenter{tt.dc, usergroups.DataCenter(strings.ToLower(string(tt.dc)))} {
					client := mustClient(t, transport, refreshToken, usergroups.WithDataCenter(name), usergroups.WithEnvironment(env))
					if err := get(t.Context(), client); err != nil {
						t.Error(err)
					}
				}
				for request, n := range mock.GetCallCountInfo() {
					if n != 2 {
						t.Errorf("%s was called %d times, want 2", request, n)
					}
				}
				config := usergroups.OAuthConfig{ClientID: "id-1", RedirectURL: "https://app.test/", Scopes: []string{"x"}, DataCenter: tt.dc}
				if consent, err := config.ConsentURL("state-1"); err != nil || !strings.HasPrefix(consent, "https://"+tt.accounts+"/oauth/v2/auth?") {
					t.Errorf("consent at %s, %v", consent, err)
				}
				// A client of another one is told whose token it got.
				other := table[0]
				if other.dc == tt.dc {
					other = table[1]
				}
				mock = newMock(t)
				mock.RegisterResponder(http.MethodPost, "https://"+other.accounts+"/oauth/v2/token", token(host))
				err := get(t.Context(), mustClient(t, usergroups.WithHTTPClient(&http.Client{Transport: mock}), refreshToken, usergroups.WithDataCenter(other.dc)))
				if want := fmt.Sprintf("data centre %s, environment %s", tt.dc, env); !errors.Is(err, usergroups.ErrInvalidArgument) || !strings.Contains(err.Error(), want) {
					t.Errorf("a token for %s: %v, want %q", host, err, want)
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
		where    string
		sentinel string
	}{
		{"SUCCESS / SCHEDULED", "200/201", "results", ""},
		{"INVALID_DATA", "400", "body field, path id, filters, user id", "ErrBadRequest"}, // of a path: see errorTable
		{"MANDATORY_NOT_FOUND", "400", "create/update name; delete id", "ErrBadRequest"},
		{"DUPLICATE_DATA", "400", "create/update name", "ErrDuplicate"},
		{"PATTERN_NOT_MATCHED", "400", "sources `type`", "ErrBadRequest"},
		{"REQUIRED_PARAM_MISSING", "400", "deletion_jobs, grouped_counts", "ErrBadRequest"},
		{"EXPECTED_FIELD_MISSING", "400 (status inferred)", "get_assigned", "ErrBadRequest"},
		{"INVALID_REQUEST_METHOD", "400", "any", "ErrBadRequest"},
		{"INVALID_HOST", "400", "wrong domain", "ErrBadRequest"},
		{"INVALID_TOKEN, AUTHENTICATION_FAILURE", "401", "any", "ErrUnauthorized"},
		{"OAUTH_SCOPE_MISMATCH", "401", "any", "ErrForbidden and ErrScope"},
		{"NO_PERMISSION, INACTIVE_USER", "403", "any / count", "ErrForbidden"},
		{"INVALID_URL_PATTERN, URL_RULE_NOT_CONFIGURED", "404", "malformed id or path", "ErrNotFound"},
		{"TOO_MANY_REQUESTS / RATE_LIMIT_EXCEEDED", "429", "any", "ErrRateLimited"},
		{"INTERNAL_ERROR / INTERNAL_SERVER_ERROR", "500", "any; both spellings", "ErrUnavailable"},
		{"LIMIT_REACHED, ALREADY_USED, NOT_ALLOWED, BAD_REQUEST, API_NOT_SUPPORTED", "400 likely", "SDK enum, OAS25", "ErrBadRequest"},
		{"", "502", "declared on a few operations", "ErrUnavailable"},
		{"", "503", "declared on a few operations", "ErrUnavailable"},
		{"DEPENDENT_PARAM_MISSING", "400", "GET /users", "ErrBadRequest"},
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
					checkSentinels(t, callOnce(t, name, jsonResponder(status, item)), wanted)
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
