package tulip_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/usergroups-go/usergroups/tulip"
)

// TestSamples decodes answers as they are documented, through the methods that get
// them, and compares all of the result.
func TestSamples(t *testing.T) {
	t.Parallel()
	type client = *tulip.Client
	ctx := t.Context()
	listGroups := func(c client) (any, error) { return c.UserGroups.List(ctx, tulip.ListUserGroupsOptions{}) }
	getGroup := func(c client) (any, error) { return c.UserGroups.Get(ctx, anID) }
	listUsers := func(c client) (any, error) { return c.Users.List(ctx, tulip.ListUsersOptions{}) }
	getUser := func(c client) (any, error) { return c.Users.Get(ctx, anID) }
	getRole := func(c client) (any, error) { return c.Roles.Get(ctx, anID) }
	groupsOfUser := func(c client) (any, error) {
		return c.Users.ListUserGroups(ctx, anID, tulip.ListMembershipsOptions{})
	}
	const description = "People responsible for the maintenance of the machines in the factory."
	tests := []struct {
		file string
		call func(client) (any, error)
		want any
	}{
		{"user_groups_list_full.json", listGroups, &tulip.Page[tulip.UserGroup]{
			Items: []tulip.UserGroup{
				{
					ID: "78M2aGebq5MjhKafN", Name: "Machine maintenance team", Description: description,
					Avatar: "user-groups/78M2aGebq5MjhKafN/avatar.png", AssignedUsersCount: new(10),
					Created:      action("2022-11-21T07:59:10Z", "user", "Acbu9bbP7jHHDSq8e"),
					LastModified: action("2024-01-18T07:11:17.250+01:00", "api-token", "apikey.2_invented"),
				},
				{ID: "g56RCoZCtzv7borvp", Name: "O'Brien's line", AssignedUsersCount: new(10)},
			},
			Info: tulip.PageInfo{
				Count: new(10), NextPage: "https://acme.tulip.co/api/users/v1/user-groups?limit=2&offset=4",
				PrevPage: "https://acme.tulip.co/api/users/v1/user-groups?limit=2&offset=0",
			},
		}},
		{"user_groups_list_archived.json", listGroups, &tulip.Page[tulip.UserGroup]{
			Items: []tulip.UserGroup{{
				ID: "Zk3vQm8sT2yLw9bXe", Name: "Night shift 2023", AssignedUsersCount: new(0),
				Created: action("2023-01-02T03:04:05Z", "instance-init", "init"), LastModified: action("2023-12-31T23:59:59Z", "automation", "a1"),
				Archived: action("2023-12-31T23:59:59Z", "celosx-api-token", "c1"),
			}},
			Info: tulip.PageInfo{Count: new(1)},
		}},
		{"user_groups_list_extra_keys.json", listGroups, &tulip.Page[tulip.UserGroup]{
			Items: []tulip.UserGroup{
				{ID: "78M2aGebq5MjhKafN", LastModified: &tulip.Stamp{}, Archived: &tulip.Stamp{By: &tulip.Actor{Type: "device"}}},
				{ID: "g56RCoZCtzv7borvp", Created: &tulip.Stamp{}},
			},
		}},
		{"user_groups_get_example.json", getGroup, &tulip.UserGroup{ID: "78M2aGebq5MjhKafN", Name: "Machine maintenance team", Description: description}},
		{"user_groups_get_full.json", getGroup, &tulip.UserGroup{
			ID: "78M2aGebq5MjhKafN", Name: "Machine maintenance team", Description: description,
			Avatar: "user-groups/78M2aGebq5MjhKafN/avatar.png", AssignedUsersCount: new(10),
			Created:      action("2022-11-21T07:59:10Z", "user", "Acbu9bbP7jHHDSq8e"),
			LastModified: action("2024-01-18T07:11:17Z", "app-exchange-api-token", "ieW7gygymmFY253Ew"),
			Archived:     action("2024-02-29T00:00:00Z", "client", "c-7"),
		}},
		{
			"user_groups_list_users.json",
			func(c client) (any, error) {
				return c.UserGroups.ListUsers(ctx, anID, tulip.ListMembershipsOptions{})
			},
			&tulip.Page[tulip.UserRef]{
				Items: []tulip.UserRef{{ID: "g56RCoZCtzv7borvp"}, {ID: "78M2aGebq5MjhKafN"}}, Info: tulip.PageInfo{Count: new(2)},
			},
		},
		{"users_list_user_groups.json", groupsOfUser, &tulip.Page[tulip.UserGroupRef]{
			Items: []tulip.UserGroupRef{{ID: "g56RCoZCtzv7borvp"}}, Info: tulip.PageInfo{Count: new(1)},
		}},
		{"users_list_user_groups_partial.json", groupsOfUser, &tulip.Page[tulip.UserGroupRef]{
			Items: []tulip.UserGroupRef{{ID: "g56RCoZCtzv7borvp"}},
			Info: tulip.PageInfo{
				Count:    new(10),
				NextPage: "https://acme.tulip.co/api/users/v1/users/g56RCoZCtzv7borvp/user-groups?limit=1&offset=1",
				PrevPage: "https://acme.tulip.co/api/users/v1/users/g56RCoZCtzv7borvp/user-groups?limit=1&offset=0",
			},
			Errors: []tulip.ItemError{{
				ID: "invalidRecordId", Code: tulip.CodeInternal, Message: "Something went wrong.", Retryable: new(false),
				Details: tulip.Details{"id": json.RawMessage(`"invalidRecordId"`)},
			}},
		}},
		{"users_list_user_groups_odd_errors.json", groupsOfUser, &tulip.Page[tulip.UserGroupRef]{
			Items: []tulip.UserGroupRef{}, Info: tulip.PageInfo{Count: new(3)},
			Errors: []tulip.ItemError{
				{ID: "r-1", Code: tulip.CodeInternal, Retryable: new(true), Details: tulip.Details{"id": json.RawMessage(`"r-1"`), "extra": json.RawMessage("1")}},
				{ID: "r-2", Details: tulip.Details{"id": json.RawMessage(`"r-2"`)}},
				{Code: tulip.CodeInternal},
			},
		}},
		{"users_get_example.json", getUser, new(johnDoe())},
		{"users_get_full.json", getUser, fullJohnDoe()},
		{"users_list.json", listUsers, &tulip.Page[tulip.User]{
			Items: []tulip.User{johnDoe(), {ID: "op-1", Name: tulip.UserName{Full: "Ana Ruiz"}, BadgeID: "JS001"}},
			Info:  tulip.PageInfo{Count: new(2)},
		}},
		{"roles_list.json", func(c client) (any, error) { return c.Roles.List(ctx, tulip.ListRolesOptions{}) }, &tulip.Page[tulip.Role]{
			Items: []tulip.Role{
				{ID: "viewer-with-player", Name: "Viewer with player", Description: "May look, and run apps."},
				{
					ID: "Qm8sT2yLw9bXeZk3v", Name: "Line lead", Description: "Runs a line.", IsCustom: true,
					Created:      action("2023-05-06T05:41:08Z", "user", "Acbu9bbP7jHHDSq8e"),
					LastModified: action("2024-01-18T07:11:17Z", "user", "ieW7gygymmFY253Ew"),
				},
			},
			Info: tulip.PageInfo{Count: new(2)},
		}},
		{"roles_get_builtin.json", getRole, &tulip.Role{ID: "viewer-with-player", Name: "Viewer with player", Description: "May look, and run apps."}},
		{"roles_get_custom.json", getRole, &tulip.Role{
			ID: "Qm8sT2yLw9bXeZk3v", Name: "Line lead", Description: "Runs a line.", IsCustom: true,
			Created:      action("2023-05-06T05:41:08Z", "user", "Acbu9bbP7jHHDSq8e"),
			LastModified: action("2024-01-18T07:11:17Z", "user", "ieW7gygymmFY253Ew"),
			Archived:     action("2024-02-01T00:00:00Z", "user", "ieW7gygymmFY253Ew"),
		}},
	}
	for _, tt := range tests {
		t.Run(tt.file, func(t *testing.T) {
			t.Parallel()
			got, err := tt.call(newClient(t, inMemory(200, nil, sample(t, tt.file))))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got, sameJSON); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func action(at string, by tulip.ActorType, id string) *tulip.Stamp {
	when, err := time.Parse(time.RFC3339, at)
	if err != nil {
		panic(err)
	}
	return &tulip.Stamp{At: &when, By: &tulip.Actor{Type: by, ID: id}}
}

func johnDoe() tulip.User {
	return tulip.User{
		ID: "78M2aGebq5MjhKafN", Name: tulip.UserName{Full: "John Doe"}, Email: &tulip.Email{Address: "john.doe@tulip.co", Verified: true},
		Created:      action("2023-05-06T05:41:08Z", "user", "Acbu9bbP7jHHDSq8e"),
		LastModified: action("2024-01-18T07:11:17Z", "user", "ieW7gygymmFY253Ew"),
	}
}

func fullJohnDoe() *tulip.User {
	u := johnDoe()
	u.AvatarURL, u.Language, u.BadgeID = "https://acme.tulip.co/avatars/78M2aGebq5MjhKafN.png", "pt-BR", "JS001"
	u.Phone = &tulip.Phone{Number: "+15550100"}
	u.Invited = action("2023-05-05T05:41:08Z", "user", "Acbu9bbP7jHHDSq8e")
	u.Archived = action("2024-02-01T00:00:00Z", "api-token", "t-1")
	u.RawGlobalRole = json.RawMessage(`"viewer"`)
	u.RawWorkspaceRoles = json.RawMessage(`[{"workspaceId":"DEFAULT","userRoleId":"viewer-with-player"},` +
		`{"workspaceId":"w-2","userRoleId":"Qm8sT2yLw9bXeZk3v","since":"2024"}]`)
	return &u
}

// sameJSON compares what is kept as it came, but for white space.
var sameJSON = cmp.Transformer("compact", func(raw json.RawMessage) string {
	var b bytes.Buffer
	_ = json.Compact(&b, raw) // nothing is no JSON, and stays nothing
	return b.String()
})

// TestNullsOfUsers: what a user may lack.
func TestNullsOfUsers(t *testing.T) {
	t.Parallel()
	page, err := newClient(t, inMemory(200, nil, sample(t, "users_list_nulls.json"))).Users.List(t.Context(), tulip.ListUsersOptions{})
	if err != nil || len(page.Items) != 3 {
		t.Fatalf("%+v, %v", page, err)
	}
	null := json.RawMessage("null")
	if diff := cmp.Diff(tulip.User{ID: "u-1", RawGlobalRole: null, RawWorkspaceRoles: null}, page.Items[0]); diff != "" {
		t.Errorf("all null: -want +got:\n%s", diff)
	}
	second := page.Items[1]
	if second.Email == nil || second.Phone == nil || *second.Email != (tulip.Email{}) || *second.Phone != (tulip.Phone{}) || second.Language != "tlh" {
		t.Errorf("empty objects: %+v", second)
	}
	for i := range page.Items[:2] {
		if roles, err := page.Items[i].Roles(); err != nil || roles.Global != "" || len(roles.InWorkspaces) != 0 {
			t.Errorf("roles of %s: %+v, %v", page.Items[i].ID, roles, err)
		}
	}
	if roles, err := new(tulip.User).Roles(); !errors.Is(err, tulip.ErrUnexpectedResponse) || roles != nil {
		t.Errorf("roles of whom nothing is said: %+v, %v", roles, err)
	}
}

// TestRoles: the form of roles is inferred, so that no other one makes a whole page
// unreadable, nor a user one without roles.
func TestRoles(t *testing.T) {
	t.Parallel()
	const viewer = `[{"workspaceId":"w-1","userRoleId":"viewer"}]`
	for _, tt := range []struct{ global, assignments, want string }{
		{`"owner"`, `[]`, "owner []"},
		{`null`, viewer, " [{w-1 viewer}]"},
		{`""`, `null`, " []"},
		{`"owner"`, `[{"workspaceId":"w-1","userRoleId":"viewer","more":{}},{"workspaceId":"w-2","userRoleId":"x"}]`, "owner [{w-1 viewer} {w-2 x}]"},
		{`{"id":"owner"}`, viewer, ""},
		{`7`, `[]`, ""},
		{`null`, `{"DEFAULT":"viewer"}`, ""},
		{`null`, `"viewer"`, ""},
		{`null`, `["viewer"]`, ""},
		{`null`, `[[]]`, ""},
		{`null`, `7`, ""},
		{`null`, `[null]`, ""},
		{`null`, `[{"workspace":"w-1","role":"viewer"}]`, ""},
		{`null`, `[{"workspaceId":"w-1"}]`, ""},
		{`null`, `[{"workspaceId":1,"userRoleId":["viewer"]}]`, ""},
	} {
		client := newClient(t, inMemory(200, nil, `{"items":[{"id":"u-1","globalRoleId":`+tt.global+`,"workspaceRoleAssignments":`+tt.assignments+`},{"id":"u-2"}]}`))
		page, err := client.Users.List(t.Context(), tulip.ListUsersOptions{})
		if err != nil || len(page.Items) != 2 {
			t.Errorf("%s %s: %v", tt.global, tt.assignments, err)
			continue
		}
		roles, err := page.Items[0].Roles()
		switch {
		case tt.want == "":
			if !errors.Is(err, tulip.ErrUnexpectedResponse) || roles != nil {
				t.Errorf("%s %s: %+v, %v", tt.global, tt.assignments, roles, err)
			}
		case err != nil || fmt.Sprint(roles.Global, " ", roles.InWorkspaces) != tt.want:
			t.Errorf("%s %s: %+v, %v", tt.global, tt.assignments, roles, err)
		}
	}
	roles := tulip.UserRoles{Global: "a", InWorkspaces: []tulip.WorkspaceRole{{"w", "b"}}}
	if !roles.Has("a") || !roles.Has("b") || !roles.Has("x", "b") || roles.Has() || roles.Has("w") || (tulip.UserRoles{}).Has("") {
		t.Error("it has others than it has")
	}
}

// TestErrorSamples: what the documented errors say is in the Error, whole.
func TestErrorSamples(t *testing.T) {
	t.Parallel()
	tests := []struct {
		file          string
		status        int
		method        string
		code, message string
		retryable     bool
		details       string // as one object; null without any
	}{
		{"error_customer_id_required.json", 400, "Users.ListUserGroups", tulip.CodeCustomerIDRequired, "A customer ID is required.", false, "null"},
		{"error_workspace_id_required.json", 400, "Users.ListUserGroups", tulip.CodeWorkspaceIDRequired, "A workspace ID is required.", false, "null"},
		{"error_invalid_params.json", 400, "UserGroups.ListUsers", tulip.CodeInvalidParams, "The parameters are invalid.", false, "null"},
		{"error_limit_non_negative.json", 400, "UserGroups.List", tulip.CodeLimitParamNonNegativeInt, "The limit must be a non-negative integer.", false, "null"},
		{"error_limit_bounds.json", 400, "UserGroups.List", tulip.CodeLimitParamBounds, "The limit is out of bounds.", false, "null"},
		{"error_offset_non_negative.json", 400, "UserGroups.List", tulip.CodeOffsetParamNonNegativeInt, "The offset must be a non-negative integer.", false, "null"},
		{"error_invalid_body_json.json", 400, "Users.List", tulip.CodeInvalidBodyJSON, "The body is not valid JSON.", false, "null"},
		{"error_invalid_headers.json", 400, "Roles.List", tulip.CodeInvalidHeaders, "The headers are invalid.", false, "null"},
		{"error_multi_value_header.json", 400, "Roles.Get", tulip.CodeMultiValueHeader, "A header has more than one value.", false, `{"headerName":"authorization"}`},
		{"error_user_groups_invalid_filter.json", 400, "Users.ListUserGroups", tulip.CodeInvalidUserGroupsFilter, "The filter is invalid.", false, "null"},
		{"error_users_invalid_filter.json", 400, "UserGroups.ListUsers", tulip.CodeInvalidUsersFilter, "The filter is invalid.", false, "null"},
		{"error_unauthorized.json", 401, "Users.Get", "generic.unauthorized", "Authentication is required.", false, "null"},
		{"error_forbidden.json", 403, "Users.Get", "generic.forbidden", "The token lacks a scope.", false, "null"},
		{"error_not_found.json", 404, "Users.AllUserGroups", "generic.notFound", "The user does not exist.", false, "null"},
		{"error_too_many_requests.json", 429, "UserGroups.All", "generic.tooManyRequests", "Too many requests.", false, `{"details":"10 requests per second"}`},
		{"error_internal.json", 500, "UserGroups.Get", tulip.CodeInternal, "Something went wrong.", false, "null"},
		{"error_internal_retryable.json", 500, "UserGroups.Get", tulip.CodeInternal, "Something went wrong.", true, "null"},
	}
	for _, tt := range tests {
		t.Run(tt.file, func(t *testing.T) {
			t.Parallel()
			err := callOnce(t, tt.method, jsonResponder(tt.status, sample(t, tt.file)))
			var e *tulip.Error
			if !errors.As(err, &e) {
				t.Fatal(err)
			}
			details, err := json.Marshal(e.Details)
			if err != nil {
				t.Fatal(err)
			}
			if e.StatusCode != tt.status || e.Code != tt.code || e.Message != tt.message || string(details) != tt.details {
				t.Errorf("got %d %s %q %s", e.StatusCode, e.Code, e.Message, details)
			}
			if e.Retryable == nil || *e.Retryable != tt.retryable {
				t.Errorf("Retryable %v, want %t", e.Retryable, tt.retryable)
			}
			if m := methods[slices.IndexFunc(methods, func(m method) bool { return m.name == tt.method })]; e.Op != m.op || e.Method != http.MethodGet {
				t.Errorf("of %s %s", e.Method, e.Op)
			}
		})
	}
}

// TestSampleFiles: README of the samples knows each of them, and a test uses it.
func TestSampleFiles(t *testing.T) {
	t.Parallel()
	var rows []string
	for _, m := range regexp.MustCompile(`(?m)^\| (\w+\.\w+) \|`).FindAllStringSubmatch(sample(t, "README.md"), -1) {
		rows = append(rows, m[1])
	}
	var tests strings.Builder
	sources, err := filepath.Glob("*_test.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range sources {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		tests.Write(text)
	}
	files, err := os.ReadDir(samples)
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		name := file.Name()
		if name == "README.md" {
			continue
		}
		i := slices.Index(rows, name)
		if i < 0 {
			t.Errorf("%s has no row in README", name)
			continue
		}
		rows = slices.Delete(rows, i, i+1)
		if !strings.Contains(tests.String(), `"`+name+`"`) {
			t.Errorf("no test uses %s", name)
		}
	}
	if len(rows) > 0 {
		t.Errorf("README knows what is not there, or twice: %q", rows)
	}
}
