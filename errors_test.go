package usergroups_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/usergroups-go/usergroups"
)

var sentinels = map[string]error{
	"ErrInvalidArgument":    usergroups.ErrInvalidArgument,
	"ErrNotFound":           usergroups.ErrNotFound,
	"ErrNotModified":        usergroups.ErrNotModified,
	"ErrDuplicate":          usergroups.ErrDuplicate,
	"ErrBadRequest":         usergroups.ErrBadRequest,
	"ErrUnauthorized":       usergroups.ErrUnauthorized,
	"ErrForbidden":          usergroups.ErrForbidden,
	"ErrScope":              usergroups.ErrScope,
	"ErrRateLimited":        usergroups.ErrRateLimited,
	"ErrUnavailable":        usergroups.ErrUnavailable,
	"ErrUnexpectedResponse": usergroups.ErrUnexpectedResponse,
	"ErrOutcomeUnknown":     usergroups.ErrOutcomeUnknown,
}

// TestErrorTable is the table of errors, row by row: an answer, the code it is
// known by, and exactly the sentinels it matches.
func TestErrorTable(t *testing.T) {
	t.Parallel()
	const (
		get    = "UserGroups.Get"
		list   = "UserGroups.List"
		create = "UserGroups.Create"
		remove = "UserGroups.Delete"
	)
	tests := []struct {
		method string
		status int
		body   string // a file of testdata/zoho, or a body
		code   string
		is     []string
	}{
		{get, 204, "", "", []string{"ErrNotFound"}},
		{get, 200, `{"user_groups":[]}`, "", []string{"ErrNotFound"}},
		{get, 404, "error_invalid_url_pattern.json", "INVALID_URL_PATTERN", []string{"ErrNotFound"}},
		{get, 404, "error_html.html", "", []string{"ErrNotFound"}},
		{get, 400, "error_invalid_id.json", "INVALID_DATA", []string{"ErrNotFound"}},
		{remove, 400, "error_invalid_id.json", "INVALID_DATA", []string{"ErrNotFound"}},
		{list, 304, "", "", []string{"ErrNotModified"}},
		{create, 400, "user_groups_create_duplicate.json", "DUPLICATE_DATA", []string{"ErrDuplicate"}},
		{create, 207, "user_groups_create_duplicate.json", "DUPLICATE_DATA", []string{"ErrDuplicate"}},
		{create, 400, "user_groups_create_mandatory.json", "MANDATORY_NOT_FOUND", []string{"ErrBadRequest"}},
		{create, 400, "user_groups_create_invalid_source.json", "INVALID_DATA", []string{"ErrBadRequest"}},
		{remove, 400, "user_groups_delete_missing_id.json", "MANDATORY_NOT_FOUND", []string{"ErrBadRequest"}},
		{list, 400, "error_invalid_filters.json", "INVALID_DATA", []string{"ErrBadRequest"}},
		{list, 405, "", "", []string{"ErrBadRequest"}},
		{list, 400, "error_problem.json", "", []string{"ErrBadRequest"}},
		{list, 401, "error_authentication_failure.json", "AUTHENTICATION_FAILURE", []string{"ErrUnauthorized"}},
		{list, 401, "error_invalid_token.json", "INVALID_TOKEN", []string{"ErrUnauthorized"}},
		{list, 401, "error_html.html", "", []string{"ErrUnauthorized"}},
		{list, 401, "error_scope_mismatch.json", "OAUTH_SCOPE_MISMATCH", []string{"ErrForbidden", "ErrScope"}},
		{list, 401, "error_scope_mismatch_details.json", "OAUTH_SCOPE_MISMATCH", []string{"ErrForbidden", "ErrScope"}},
		{list, 401, "error_scope_mismatch_unauthorized.json", "OAUTH_SCOPE_MISMATCH", []string{"ErrForbidden", "ErrScope"}},
		{list, 403, "error_no_permission_string.json", "NO_PERMISSION", []string{"ErrForbidden"}},
		{list, 403, "error_no_permission_array.json", "NO_PERMISSION", []string{"ErrForbidden"}},
		{create, 403, "user_groups_create_no_permission.json", "NO_PERMISSION", []string{"ErrForbidden"}},
		{list, 403, "error_inactive_user.json", "INACTIVE_USER", []string{"ErrForbidden"}},
		{list, 403, "error_html.html", "", []string{"ErrForbidden"}},
		{list, 429, "error_too_many_requests.json", "TOO_MANY_REQUESTS", []string{"ErrRateLimited"}},
		{list, 429, "error_rate_limit_exceeded.json", "RATE_LIMIT_EXCEEDED", []string{"ErrRateLimited"}},
		{create, 429, "error_html.html", "", []string{"ErrRateLimited"}},
		{list, 500, "error_internal.json", "INTERNAL_ERROR", []string{"ErrUnavailable"}},
		{list, 500, "error_internal_server.json", "INTERNAL_SERVER_ERROR", []string{"ErrUnavailable"}},
		{list, 501, "", "", []string{"ErrUnavailable"}},
		{create, 500, "error_internal.json", "INTERNAL_ERROR", []string{"ErrUnavailable", "ErrOutcomeUnknown"}},
		{create, 504, "error_html.html", "", []string{"ErrUnavailable", "ErrOutcomeUnknown"}},
		{list, 302, "", "", []string{"ErrUnexpectedResponse"}},
		{create, 307, "", "", []string{"ErrUnexpectedResponse", "ErrOutcomeUnknown"}},
		{list, 200, "error_html.html", "", []string{"ErrUnexpectedResponse"}},
		{list, 200, "error_problem.json", "", []string{"ErrUnexpectedResponse"}},
		{list, 200, "{}", "", []string{"ErrUnexpectedResponse"}},
		{list, 200, `{"user_groups":null}`, "", []string{"ErrUnexpectedResponse"}},
		{list, 200, `{"user_groups":{}}`, "", []string{"ErrUnexpectedResponse"}},
		{list, 200, `{"associated_users_count":[]}`, "", []string{"ErrUnexpectedResponse"}},
		{get, 200, `{"user_groups":[{"id":"1"},{"id":"2"}]}`, "", []string{"ErrUnexpectedResponse"}},
		{list, 200, "error_api_not_supported.json", "API_NOT_SUPPORTED", []string{"ErrBadRequest"}},
		{create, 200, "error_internal.json", "INTERNAL_ERROR", []string{"ErrUnavailable", "ErrOutcomeUnknown"}},
		{create, 204, "", "", []string{"ErrUnexpectedResponse", "ErrOutcomeUnknown"}},
		{list, 999, "", "", []string{"ErrUnexpectedResponse"}},
		{create, 101, "", "", []string{"ErrUnexpectedResponse", "ErrOutcomeUnknown"}},
		{remove, 999, "", "", []string{"ErrUnexpectedResponse", "ErrOutcomeUnknown"}},
		{create, 201, `{"user_groups":[{"status":"failure","code":"SUCCESS","details":{"id":"1"}}]}`, "", []string{"ErrUnexpectedResponse", "ErrOutcomeUnknown"}},
		{create, 201, `{"user_groups":[]}`, "", []string{"ErrUnexpectedResponse", "ErrOutcomeUnknown"}},
		{create, 201, `{"user_groups":[{"status":"success","code":"SUCCESS","details":{}}]}`, "", []string{"ErrUnexpectedResponse", "ErrOutcomeUnknown"}},
		{remove, 200, `{"user_groups":[{"status":"scheduled","code":"SCHEDULED","details":{"id":"1"}}]}`, "", []string{"ErrUnexpectedResponse", "ErrOutcomeUnknown"}},
		{remove, 200, `{"user_groups":[{"status":"success","code":"SCHEDULED","details":{"id":"1"}}]}`, "", []string{"ErrUnexpectedResponse", "ErrOutcomeUnknown"}},
		{list, 400, "error_details_null.json", "INVALID_DATA", []string{"ErrBadRequest"}},
		{list, 400, "error_details_absent.json", "INVALID_DATA", []string{"ErrBadRequest"}},
		{list, 400, `{"get_assigned":{"code":"EXPECTED_FIELD_MISSING","details":{},"message":"m","status":"error"}}`, "EXPECTED_FIELD_MISSING", []string{"ErrBadRequest"}},
		{list, 400, `{"code":400,"details":[],"message":null,"status":"error"}`, "400", []string{"ErrBadRequest"}},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprintf("%s %d %s", tt.method, tt.status, tt.body), func(t *testing.T) {
			t.Parallel()
			body := tt.body
			if strings.HasPrefix(body, "error_") || strings.HasPrefix(body, "user_groups_") {
				body = fixture(t, "zoho/"+body)
			}
			m := methods[slices.IndexFunc(methods, func(m method) bool { return m.name == tt.method })]
			mock := newMock(t)
			mock.RegisterResponder(m.row(t).Method, m.url(t, groupID), jsonResponder(tt.status, body))
			err := m.call(t.Context(), newTokenClient(t, mock, usergroups.WithMaxRetries(0)), groupID)
			for name, sentinel := range sentinels {
				if got, want := errors.Is(err, sentinel), slices.Contains(tt.is, name); got != want {
					t.Errorf("errors.Is(err, %s) = %t, want %t: %v", name, got, want, err)
				}
			}
			var e *usergroups.Error
			if !errors.As(err, &e) {
				t.Fatalf("error %T, want *Error", err)
			}
			if e.Code != tt.code || e.StatusCode != tt.status || string(e.Body) != body {
				t.Errorf("Code %q, StatusCode %d, Body %q, want %q, %d, %q", e.Code, e.StatusCode, e.Body, tt.code, tt.status, body)
			}
		})
	}
}

func TestErrorDetails(t *testing.T) {
	t.Parallel()
	get := func(t *testing.T, status int, body string) *usergroups.Error {
		t.Helper()
		mock := newMock(t)
		mock.RegisterResponder(http.MethodPost, apiBase+"/settings/user_groups", jsonResponder(status, body))
		client := newTokenClient(t, mock, usergroups.WithMaxRetries(0))
		_, err := client.UserGroups.Create(t.Context(), usergroups.CreateUserGroup{Name: "x", Sources: []usergroups.Source{usergroups.UserSource("1")}})
		var e *usergroups.Error
		if !errors.As(err, &e) {
			t.Fatalf("error %v, want *Error", err)
		}
		return e
	}
	e := get(t, 400, fixture(t, "zoho/user_groups_create_duplicate.json"))
	if e.Details.APIName() != "name" || e.Details.JSONPath() != "$.user_groups[0].name" || e.Message == "" {
		t.Errorf("duplicate: %+v, message %q", e.Details, e.Message)
	}
	if _, ok := e.Details.PathIndex(); ok {
		t.Error("duplicate: there is a path index")
	}
	e = get(t, 400, fixture(t, "zoho/error_invalid_id.json"))
	if i, ok := e.Details.PathIndex(); !ok || i != 2 {
		t.Errorf("invalid id: path index %d, %t", i, ok)
	}
	e = get(t, 400, fixture(t, "zoho/error_invalid_filters.json"))
	if e.Details.ParamName() != "filters" {
		t.Errorf("filters: param name %q", e.Details.ParamName())
	}
	for file, want := range map[string][]string{
		"error_no_permission_string.json": {"Crm_Implied_Manage_Groups"},
		"error_no_permission_array.json":  {"Crm_Implied_Api_Access"},
		"error_inactive_user.json":        nil,
	} {
		if got := get(t, 403, fixture(t, "zoho/"+file)).Details.Permissions(); !slices.Equal(got, want) {
			t.Errorf("%s: permissions %q, want %q", file, got, want)
		}
	}
	e = get(t, 401, fixture(t, "zoho/error_scope_mismatch.json"))
	if !slices.Equal(e.Scopes, []string{"ZohoCRM.settings.user_groups.CREATE"}) || !strings.Contains(e.Error(), "user_groups.CREATE") {
		t.Errorf("scope mismatch: scopes %q in %q", e.Scopes, e)
	}
	e = get(t, 429, fixture(t, "zoho/error_too_many_requests.json"))
	if e.RetryAfter != 60*time.Second {
		t.Errorf("429: RetryAfter %s, want 60s", e.RetryAfter)
	}
	for _, endless := range []string{"1e300", "1e400"} { // the second is no float64
		e = get(t, 429, `{"code":"TOO_MANY_REQUESTS","details":{"retry_after":`+endless+`},"status":"error"}`)
		if e.RetryAfter < 24*365*time.Hour {
			t.Errorf("429 with an endless wait: RetryAfter %s", e.RetryAfter)
		}
	}
	for _, odd := range []string{`"soon"`, "-5", "-1e400", "null", "[]", `"NaN"`} {
		if e = get(t, 429, `{"code":"TOO_MANY_REQUESTS","details":{"retry_after":`+odd+`},"status":"error"}`); e.RetryAfter != 0 {
			t.Errorf("429 with retry_after %s: RetryAfter %s, want 0", odd, e.RetryAfter)
		}
	}
}

func TestErrorText(t *testing.T) {
	t.Parallel()
	mock := newMock(t)
	url := apiBase + "/settings/user_groups"
	mock.RegisterResponder(http.MethodPost, url, jsonResponder(400, fixture(t, "zoho/user_groups_create_duplicate.json")))
	client := newTokenClient(t, mock)
	_, err := client.UserGroups.Create(t.Context(), usergroups.CreateUserGroup{Name: "x", Sources: []usergroups.Source{usergroups.UserSource("1")}})
	want := "usergroups: UserGroups.Create: 400 Bad Request DUPLICATE_DATA: A user group with the same name already exists. [at $.user_groups[0].name] (POST " + url + ")"
	if err.Error() != want {
		t.Errorf("Error() = %q\nwant      %q", err, want)
	}
	if text := fmt.Sprintf("%#v", err); text != want {
		t.Errorf("%%#v = %q, want %q", text, want)
	}

	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Error("failed", "error", err)
	var line struct {
		Error map[string]any `json:"error"`
	}
	if err := json.Unmarshal(log.Bytes(), &line); err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]any{"op": "UserGroups.Create", "code": "DUPLICATE_DATA", "status": 400.0, "attempts": 1.0, "url": url} {
		if line.Error[key] != want {
			t.Errorf("logged %s = %v, want %v", key, line.Error[key], want)
		}
	}

	_, err = client.UserGroups.Get(t.Context(), "")
	if want := `usergroups: UserGroups.Get: a path segment (an id) is empty`; err.Error() != want {
		t.Errorf("Error() = %q, want %q", err, want)
	}
	mock.RegisterResponder(http.MethodGet, url, jsonResponder(400, `{"code":"X","message":"two\nlines `+strings.Repeat("ä", 2000)+`","status":"error"}`))
	_, err = client.UserGroups.List(t.Context(), usergroups.ListUserGroupsOptions{})
	if text := err.Error(); strings.Contains(text, "\n") || len(text) > 1000 || !strings.Contains(text, "two lines ä") {
		t.Errorf("Error() = %q", text)
	}
}

// TestErrorBodyIsKeptApart holds that an error's body is not memory that the
// next call writes over, and that it is capped.
func TestErrorBodyIsKeptApart(t *testing.T) {
	t.Parallel()
	bodies := []string{strings.Repeat("a", 100<<10), strings.Repeat("b", 100<<10)}
	next := make(chan string, len(bodies))
	for _, body := range bodies {
		next <- body
	}
	url, _ := countingServer(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusBadRequest)
		_, _ = w.Write([]byte(<-next))
	})
	client := newServerClient(t, url)
	var errs [2]*usergroups.Error
	for i := range errs {
		_, err := client.UserGroups.Get(t.Context(), groupID)
		if !errors.As(err, &errs[i]) {
			t.Fatal(err)
		}
	}
	for i, e := range errs {
		if want := bodies[i][:64<<10]; string(e.Body) != want {
			t.Errorf("body %d has %d bytes that begin with %.5q, want %d that begin with %.5q", i, len(e.Body), e.Body, len(want), want)
		}
	}
}
