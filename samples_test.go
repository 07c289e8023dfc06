package usergroups_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/usergroups-go/usergroups"
)

// TestSamples decodes answers as they are documented, through the methods that get
// them, and compares all of the result. Those of groups, creates and deletes are in
// TestListDecodes and its neighbours.
func TestSamples(t *testing.T) {
	t.Parallel()
	type client = *usergroups.Client
	ctx := context.Background()
	tests := []struct {
		file string
		call func(client) (any, error)
		want any
	}{
		{
			"user_groups_update_success.json",
			func(c client) (any, error) { return c.UserGroups.Update(ctx, groupID, anUpdate) },
			&usergroups.ActionResult{
				ID: groupID, Code: "SUCCESS", Message: "User Group Updated successfully", Status: "success",
				Details: usergroups.Details{"id": json.RawMessage(`"3652397000009949005"`)},
			},
		},
		{
			"user_groups_update_many_success.json",
			func(c client) (any, error) { return c.UserGroups.UpdateMany(ctx, threeUpdates()[:2]) },
			[]usergroups.ActionResult{
				{
					ID: groupID, Code: "SUCCESS", Message: "User Group Updated successfully", Status: "success",
					Details: usergroups.Details{"id": json.RawMessage(`"3652397000009949005"`)},
				},
				{
					ID: "3652397000009952001", Code: "SUCCESS", Message: "User Group Updated successfully", Status: "success",
					Details: usergroups.Details{"id": json.RawMessage(`"3652397000009952001"`)},
				},
			},
		},
		{
			"deletion_jobs_sample.json",
			func(c client) (any, error) { return c.UserGroups.DeletionJob(ctx, jobID) },
			&usergroups.DeletionJob{Status: "IN PROGRESS"},
		},
		{
			"deletion_jobs_lower_case.json",
			func(c client) (any, error) { return c.UserGroups.DeletionJob(ctx, jobID) },
			&usergroups.DeletionJob{Status: "IN PROGRESS"},
		},
		{
			"sources_sample.json",
			func(c client) (any, error) {
				return c.UserGroups.ListSources(ctx, groupID, usergroups.ListSourcesOptions{})
			},
			&usergroups.Page[usergroups.Source]{
				Items: []usergroups.Source{
					{Type: "roles", SourceRef: usergroups.SourceRef{ID: "3652397000000026005", Name: "CEO"}, Subordinates: new(false)},
					{Type: "roles", SourceRef: usergroups.SourceRef{ID: "3652397000000026008", Name: "Manager"}, Subordinates: new(true)},
				},
				Info: usergroups.PageInfo{Page: 1, PerPage: 200, Count: 2},
			},
		},
		{
			"sources_all_types.json",
			func(c client) (any, error) {
				return c.UserGroups.ListSources(ctx, groupID, usergroups.ListSourcesOptions{})
			},
			&usergroups.Page[usergroups.Source]{
				Items: []usergroups.Source{
					{Type: "users", SourceRef: usergroups.SourceRef{ID: "3652397000000186017", Name: "Patricia Boyle"}},
					{Type: "roles", SourceRef: usergroups.SourceRef{ID: "3652397000000026008", Name: "Manager"}},
					{Type: "territories", SourceRef: usergroups.SourceRef{ID: "3652397000007622003", Name: "New York"}, SubTerritories: new(true)},
					{Type: "groups", SourceRef: usergroups.SourceRef{ID: "3652397000009952001", Name: "group test"}},
					{
						Type: "queues", SourceRef: usergroups.SourceRef{ID: "3652397000000026099", Name: "First line"},
						Extra: map[string]json.RawMessage{"weight": json.RawMessage(`1.50`), "labels": json.RawMessage(`["a", null]`)},
					},
				},
				Info: usergroups.PageInfo{Page: 1, PerPage: 200, Count: 5},
			},
		},
		{
			"sources_count_sample.json",
			func(c client) (any, error) { return c.UserGroups.SourcesCount(ctx, groupID) },
			&usergroups.SourcesCount{
				Users: usergroups.UserSourcesCount{Total: 2, Active: 2, Detailed: true}, Roles: 2, Territories: 2,
			},
		},
		{
			"sources_count_keys_missing.json",
			func(c client) (any, error) { return c.UserGroups.SourcesCount(ctx, groupID) },
			&usergroups.SourcesCount{
				Users: usergroups.UserSourcesCount{Total: 2, Active: 2, Detailed: true}, Roles: 2, Territories: 2,
			},
		},
		{
			"sources_count_users_number.json",
			func(c client) (any, error) { return c.UserGroups.SourcesCount(ctx, groupID) },
			&usergroups.SourcesCount{Users: usergroups.UserSourcesCount{Total: 3}, Roles: 2},
		},
		{
			"associations_sample.json",
			func(c client) (any, error) { return c.UserGroups.Associations(ctx, groupID) },
			[]usergroups.Association{leadSharing()},
		},
		{
			"associations_detail_key.json",
			func(c client) (any, error) { return c.UserGroups.Associations(ctx, groupID) },
			[]usergroups.Association{leadSharing()},
		},
		{
			"associations_types.json",
			func(c client) (any, error) { return c.UserGroups.Associations(ctx, groupID) },
			[]usergroups.Association{
				{Type: usergroups.AssociationWorkflowRules, Resource: usergroups.ResourceRef{ID: "3652397000012454070", Name: "New leads"}},
				{Type: usergroups.AssociationApprovalProcess, Resource: usergroups.ResourceRef{ID: "3652397000012454071", Name: "Discounts"}},
				{Type: usergroups.AssociationAssignmentRules, Resource: usergroups.ResourceRef{ID: "3652397000012454072", Name: "Round robin"}, Details: &usergroups.AssociationDetails{}},
				{Type: usergroups.AssociationReviewProcess, Resource: usergroups.ResourceRef{ID: "3652397000012454073", Name: "Contracts"}},
				{Type: usergroups.AssociationEmailNotification, Resource: usergroups.ResourceRef{ID: "3652397000012454074", Name: "Weekly"}},
				{Type: "email_notifications", Resource: usergroups.ResourceRef{ID: "3652397000012454075", Name: "Monthly"}},
				{Type: usergroups.AssociationCalendarBookings, Resource: usergroups.ResourceRef{ID: "3652397000012454076", Name: "Demos"}},
				{
					Type: "queues", Resource: usergroups.ResourceRef{ID: "3652397000012454077", Name: "Inbox"},
					Details: &usergroups.AssociationDetails{Module: &usergroups.ModuleRef{ID: "3652397000000002181", APIName: "Cases"}},
				},
			},
		},
		{
			"grouped_counts_sample.json",
			func(c client) (any, error) { return c.UserGroups.GroupedCounts(ctx, groupID) },
			&usergroups.Page[usergroups.GroupedCount]{
				Items: []usergroups.GroupedCount{{Status: usergroups.UserActive, Count: 2}},
				Info:  usergroups.PageInfo{Page: 1, PerPage: 200, Count: 1},
			},
		},
		{
			"grouped_counts_statuses.json",
			func(c client) (any, error) { return c.UserGroups.GroupedCounts(ctx, groupID) },
			&usergroups.Page[usergroups.GroupedCount]{
				Items: []usergroups.GroupedCount{
					{Status: usergroups.UserActive, Count: 12},
					{Status: usergroups.UserInactive, Count: 2},
					{Status: usergroups.UserDeleted},
					{Status: "disabled dormant", Count: 1},
				},
				Info: usergroups.PageInfo{Page: 1, PerPage: 200, Count: 4},
			},
		},
		{
			"users_list_sample.json",
			func(c client) (any, error) { return c.Users.List(ctx, usergroups.ListUsersOptions{}) },
			&usergroups.Page[usergroups.User]{
				Items: []usergroups.User{patricia(), deborah()},
				Info:  usergroups.PageInfo{Page: 1, PerPage: 200, Count: 2},
			},
		},
		{
			"users_list_nulls.json",
			func(c client) (any, error) { return c.Users.List(ctx, usergroups.ListUsersOptions{}) },
			&usergroups.Page[usergroups.User]{
				Items: []usergroups.User{
					{
						ID: "3652397000000281002", FullName: "x@example.com", Email: "x@example.com", Status: "disabled dormant",
						ModifiedBy: &usergroups.UserRef{}, CurrentShift: json.RawMessage("null"), Theme: json.RawMessage("2"),
					},
					{ID: "3652397000000281003", Status: "closed", IsOnline: true, ModifiedTime: new(date(2023, 6, 6, 8, 3, 40, time.UTC))},
				},
			},
		},
		{
			"users_get_sample.json",
			func(c client) (any, error) { return c.Users.Get(ctx, userID) },
			new(patricia()),
		},
		{
			"users_get_sample.json",
			func(c client) (any, error) { return c.Users.Current(ctx) },
			new(patricia()),
		},
		{"users_count_sample.json", func(c client) (any, error) { return c.Users.Count(ctx, "") }, 11},
		{"users_count_text.json", func(c client) (any, error) { return c.Users.Count(ctx, "") }, 11},
	}
	for _, tt := range tests {
		t.Run(tt.file, func(t *testing.T) {
			t.Parallel()
			got, err := tt.call(newTokenClient(t, inMemory(200, nil, fixture(t, "zoho/"+tt.file))))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func leadSharing() usergroups.Association {
	return usergroups.Association{
		Type: usergroups.AssociationDataSharing, Resource: usergroups.ResourceRef{ID: "3652397000012454068", Name: "lead sharing"},
		Details: &usergroups.AssociationDetails{Module: &usergroups.ModuleRef{ID: "3652397000000002175", APIName: "Leads"}},
	}
}

func patricia() usergroups.User {
	return usergroups.User{
		ID: userID, FullName: "Patricia Boyle", FirstName: "Patricia", LastName: "Boyle",
		Email: "patricia@example.com", Alias: "pat", ZUID: "694579958", Status: usergroups.UserActive, Confirmed: true,
		Role:     &usergroups.RoleRef{ID: "3652397000000026005", Name: "CEO"},
		Profile:  &usergroups.ProfileRef{ID: "3652397000000026011", Name: "Administrator"},
		TimeZone: "Asia/Kolkata", Offset: 19800000, Locale: "en_IN", Type: "Regular User",
		CreatedTime: date(2022, 11, 21, 9, 33, 12, ist), CreatedBy: &usergroups.UserRef{ID: userID, Name: "Patricia Boyle"},
		ModifiedTime: new(date(2023, 6, 6, 8, 3, 40, ist)), ModifiedBy: &usergroups.UserRef{ID: "3652397000000281001", Name: "Deborah Gill"},
		IsOnline:     true,
		CurrentShift: json.RawMessage(`{ "name": "Night shift", "id": "3652397000000318001" }`),
		Theme:        json.RawMessage(`{ "normal_tab": { "font_color": "#FFFFFF", "background": "#222222" }, "screen": "fixed" }`),
	}
}

func deborah() usergroups.User {
	return usergroups.User{
		ID: "3652397000000281001", FullName: "Gill", LastName: "Gill", Email: "deborah@example.com", Status: usergroups.UserDisabled,
		Role:     &usergroups.RoleRef{ID: "3652397000000026008", Name: "Manager"},
		Profile:  &usergroups.ProfileRef{ID: "3652397000000026014", Name: "Standard"},
		TimeZone: "America/Los_Angeles", Offset: -28800000, Locale: "en_US", Type: "Regular User",
		CreatedTime: date(2022, 11, 23, 9, 59, 12, time.FixedZone("", -8*3600)), CreatedBy: &usergroups.UserRef{ID: userID, Name: "Patricia Boyle"},
		ModifiedTime: new(date(2023, 6, 6, 8, 3, 40, time.FixedZone("", -7*3600))), ModifiedBy: &usergroups.UserRef{ID: userID, Name: "Patricia Boyle"},
		CurrentShift: json.RawMessage("null"),
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
		details       string // as one object; null without any
	}{
		{"error_required_param_missing.json", 400, "UserGroups.DeletionJob", usergroups.CodeRequiredParamMissing, "One of the expected parameter is missing", `{"param_name":"job_id"}`},
		{"error_pattern_not_matched.json", 400, "UserGroups.ListSources", usergroups.CodePatternNotMatched, "invalid data", `{"param_name":"type","regex":"users|roles|groups|territories"}`},
		{"error_dependent_param_missing.json", 400, "Users.List", usergroups.CodeDependentParamMissing, "One of the dependent parameters is missing", `{"dependee":{"param_name":"type"},"param_name":"role_id"}`},
		{"error_invalid_query_id.json", 400, "Users.List", usergroups.CodeInvalidData, "invalid data", `{"param_name":"query_id"}`},
		{"error_invalid_id.json", 400, "UserGroups.Update", usergroups.CodeInvalidData, "the related id given seems to be invalid", `{"resource_path_index":2}`},
		{"error_invalid_filters.json", 400, "UserGroups.List", usergroups.CodeInvalidData, "The given filters is not a valid json", `{"param_name":"filters"}`},
		{"error_details_null.json", 400, "UserGroups.List", usergroups.CodeInvalidData, "invalid data", `null`},
		{"error_details_absent.json", 400, "UserGroups.List", usergroups.CodeInvalidData, "invalid data", `null`},
		{"error_api_not_supported.json", 200, "UserGroups.SourcesCount", usergroups.CodeAPINotSupported, "This API is not supported in this version", `{"supported_version":8.0}`},
		{"error_invalid_token.json", 401, "UserGroups.List", usergroups.CodeInvalidToken, "invalid oauth token", `null`},
		{"error_authentication_failure.json", 401, "Users.Count", usergroups.CodeAuthenticationFailure, "Authentication failed", `null`},
		{"error_scope_mismatch.json", 401, "UserGroups.Associations", usergroups.CodeOAuthScopeMismatch, "invalid oauth scope to access this URL", `null`},
		{"error_scope_mismatch_details.json", 401, "UserGroups.List", usergroups.CodeOAuthScopeMismatch, "invalid oauth scope to access this URL", `{"method":"GET","url":"/crm/v8/settings/user_groups"}`},
		{"error_scope_mismatch_unauthorized.json", 401, "UserGroups.List", usergroups.CodeOAuthScopeMismatch, "Unauthorized", `null`},
		{"error_no_permission_string.json", 403, "UserGroups.Update", usergroups.CodeNoPermission, "You do not have permission to access user groups", `{"permissions":"Crm_Implied_Manage_Groups"}`},
		{"error_no_permission_array.json", 403, "Users.List", usergroups.CodeNoPermission, "permission denied", `{"permissions":["Crm_Implied_Api_Access"]}`},
		{"error_inactive_user.json", 403, "UserGroups.ListAssociatedUsersCounts", usergroups.CodeInactiveUser, "An inactive user cannot access this API.", `null`},
		{"error_invalid_url_pattern.json", 404, "UserGroups.Get", usergroups.CodeInvalidURLPattern, "Please check if the URL trying to access is a correct one", `null`},
		{"error_too_many_requests.json", 429, "UserGroups.Update", usergroups.CodeTooManyRequests, "Too many requests", `{"limit":100,"retry_after":60,"trace_id":"5b0e4c1d-made-up-trace","window":60}`},
		{"error_rate_limit_exceeded.json", 429, "UserGroups.List", usergroups.CodeRateLimitExceeded, "Rate limit exceeded", `null`},
		{"error_internal.json", 500, "UserGroups.List", usergroups.CodeInternalError, "Internal Server Error", `null`},
		{"error_internal_server.json", 500, "UserGroups.ListAssociatedUsersCounts", usergroups.CodeInternalServerError, "Unhandled and unexpected exception in server.", `null`},
		{"user_groups_update_invalid_source.json", 400, "UserGroups.Update", usergroups.CodeInvalidData, "The User Id given seems to be Invalid", `{"api_name":"id","json_path":"$.user_groups[0].source[0].id"}`},
		{"user_groups_create_duplicate.json", 400, "UserGroups.Create", usergroups.CodeDuplicateData, "A user group with the same name already exists.", `{"api_name":"name","json_path":"$.user_groups[0].name"}`},
		{"user_groups_create_mandatory.json", 400, "UserGroups.Create", usergroups.CodeMandatoryNotFound, "required field not found", `{"api_name":"name","json_path":"$.user_groups[0].name"}`},
		{"user_groups_create_no_permission.json", 403, "UserGroups.Create", usergroups.CodeNoPermission, "You do not have permission to create a user group.", `{"permissions":"Crm_Implied_Manage_Groups"}`},
		{"user_groups_delete_missing_id.json", 400, "UserGroups.Delete", usergroups.CodeMandatoryNotFound, "Group ID missing in URL", `{"param_name":"ids"}`},
	}
	for _, tt := range tests {
		t.Run(tt.file, func(t *testing.T) {
			t.Parallel()
			err := callOnce(t, tt.method, jsonResponder(tt.status, fixture(t, "zoho/"+tt.file)))
			var e *usergroups.Error
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
			if string(e.Op) != tt.method {
				t.Errorf("of %s", e.Op)
			}
		})
	}
}

// TestSampleFiles: README of the samples knows each of them, and a test uses it.
func TestSampleFiles(t *testing.T) {
	t.Parallel()
	readme := fixture(t, "zoho/README.md")
	var rows []string
	for _, m := range regexp.MustCompile(`(?m)^\| (\w+\.\w+) \|`).FindAllStringSubmatch(readme, -1) {
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
	files, err := os.ReadDir(filepath.Join("testdata", "zoho"))
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
		if !strings.Contains(tests.String(), `"`+name+`"`) && !strings.Contains(tests.String(), `"zoho/`+name+`"`) {
			t.Errorf("no test uses %s", name)
		}
	}
	if len(rows) > 0 {
		t.Errorf("README knows what is not there, or twice: %q", rows)
	}
}
