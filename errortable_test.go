package usergroups_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jarcoal/httpmock"

	"github.com/usergroups-go/usergroups"
	"github.com/usergroups-go/usergroups/usergroupstest"
)

var sentinels = map[string]error{
	"ErrInvalidArgument":    usergroups.ErrInvalidArgument,
	"ErrNotFound":           usergroups.ErrNotFound,
	"ErrNotModified":        usergroups.ErrNotModified,
	"ErrAmbiguous":          usergroups.ErrAmbiguous,
	"ErrConflict":           usergroups.ErrConflict,
	"ErrIncomplete":         usergroups.ErrIncomplete,
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

// errorTable tells, row by row, what an answer is to errors.Is. The last column
// is how README tells it to users. TestErrorCodes has a row for each code.
var errorTable = []struct {
	answer   string
	sentinel string
	readme   string
	cases    []errorCase
}{
	{"refused before sending (empty id, unknown version, misused option, …)", "ErrInvalidArgument", "refused before anything was written", []errorCase{
		refused("empty id", func(c *usergroups.Client) error { _, err := c.UserGroups.Get(context.Background(), ""); return err }),
		refused("unknown version", func(*usergroups.Client) error {
			_, err := usergroups.NewClient(usergroups.WithAccessToken("at-1"), usergroups.WithAPIVersion("v5"))
			return err
		}),
		refused("misused option", func(c *usergroups.Client) error {
			var response usergroups.Response
			_, err := usergroups.Collect(c.UserGroups.All(context.Background(), usergroups.ListUserGroupsOptions{}, usergroups.WithResponse(&response)))
			return err
		}),
		refused("a parameter that the version lacks", func(*usergroups.Client) error {
			old, err := usergroups.NewClient(usergroups.WithAccessToken("at-1"), usergroups.WithAPIVersion("v6"))
			if err != nil {
				return err
			}
			_, err = old.UserGroups.List(context.Background(), usergroups.ListUserGroupsOptions{Filters: usergroups.Equal("name", "x")})
			return err
		}),
	}},
	{"204 on a list; an empty list", "no error", "", emptyLists()},
	{"204 on one object; 404; 400 INVALID_DATA with resource_path_index", "ErrNotFound", "no such object: 404, 204 on one object, or 400 about the id", []errorCase{
		answered("UserGroups.Get", 204, "", ""),
		answered("UserGroups.Get", 200, `{"user_groups":[]}`, ""),
		answered("UserGroups.DeletionJob", 204, "", ""),
		answered("UserGroups.DeletionJob", 200, `{"deletion_jobs":[]}`, ""),
		answered("UserGroups.SourcesCount", 200, `{"sources_count":[]}`, ""),
		answered("UserGroups.Update", 400, "error_invalid_id.json", "INVALID_DATA"),
		answered("UserGroups.ListSources", 400, "error_invalid_id.json", "INVALID_DATA"),
		answered("UserGroups.Associations", 404, "error_invalid_url_pattern.json", "INVALID_URL_PATTERN"),
		answered("Users.Get", 204, "", ""),
		answered("Users.Current", 200, `{"users":[]}`, ""),
		lookedUp(usergroups.OpUserGroupsGetByName, `{"user_groups":[{"id":"1","name":"Group 1"}]}`),
		lookedUp(usergroups.OpUsersFindByEmail, `{"users":[]}`),
		answered("UserGroups.Get", 404, "error_invalid_url_pattern.json", "INVALID_URL_PATTERN"),
		answered("UserGroups.Get", 404, "error_html.html", ""),
		answered("UserGroups.List", 404, "error_html.html", ""),
		answered("UserGroups.Get", 400, "error_invalid_id.json", "INVALID_DATA"),
		answered("UserGroups.Delete", 400, "error_invalid_id.json", "INVALID_DATA"),
	}},
	{"several objects where one was asked for", "ErrAmbiguous", "several have the name or the address: `AmbiguousError`", []errorCase{
		lookedUp(usergroups.OpUserGroupsGetByName, `{"user_groups":[{"id":"1","name":"group 1"},{"id":"2","name":"group 1"}]}`),
		lookedUp(usergroups.OpUsersFindByEmail, `{"users":[{"id":"1","email":"patricia@example.com"},{"id":"2","email":"patricia@example.com"}]}`),
	}},
	{"304", "ErrNotModified", "304", []errorCase{
		answered("UserGroups.List", 304, "", ""),
		answered("Users.List", 304, "", ""),
		answered("Users.All", 304, "", ""),
	}},
	{"400 DUPLICATE_DATA", "ErrDuplicate", "another group has the name", []errorCase{
		answered("UserGroups.Create", 400, "user_groups_create_duplicate.json", "DUPLICATE_DATA"),
		answered("UserGroups.Create", 207, "user_groups_create_duplicate.json", "DUPLICATE_DATA"),
		answered("UserGroups.Update", 400, "user_groups_create_duplicate.json", "DUPLICATE_DATA"),
	}},
	{"modified_time changed between reading and writing", "ErrConflict", "somebody else changed the group at the same time", []errorCase{
		changed("modified", true, usergroupstest.PutMerges),
	}},
	{"sources are left after a change, or are not in their list", "ErrIncomplete", "a change of sources is not all done: `SourcesError`; a list does not show all", []errorCase{
		changed("not cleared", false, usergroupstest.PutReplacesRefusingDelete, "ErrBadRequest"),
	}},
	{"other 4xx", "ErrBadRequest", "any other 4xx: see `Code` and `Details`", []errorCase{
		answered("UserGroups.Create", 400, "user_groups_create_mandatory.json", "MANDATORY_NOT_FOUND"),
		answered("UserGroups.Create", 400, "user_groups_create_invalid_source.json", "INVALID_DATA"),
		answered("UserGroups.Update", 400, "user_groups_update_invalid_source.json", "INVALID_DATA"),
		answered("UserGroups.Delete", 400, "user_groups_delete_missing_id.json", "MANDATORY_NOT_FOUND"),
		answered("UserGroups.DeletionJob", 400, "error_required_param_missing.json", "REQUIRED_PARAM_MISSING"),
		answered("UserGroups.ListSources", 400, "error_pattern_not_matched.json", "PATTERN_NOT_MATCHED"),
		answered("Users.List", 400, "error_invalid_query_id.json", "INVALID_DATA"),
		answered("Users.List", 400, "error_dependent_param_missing.json", "DEPENDENT_PARAM_MISSING"),
		answered("UserGroups.List", 400, "error_invalid_filters.json", "INVALID_DATA"),
		answered("UserGroups.List", 405, "", ""),
		answered("UserGroups.List", 400, "error_problem.json", ""),
		answered("UserGroups.List", 200, "error_api_not_supported.json", "API_NOT_SUPPORTED"),
		answered("UserGroups.List", 400, "error_details_null.json", "INVALID_DATA"),
		answered("UserGroups.List", 400, "error_details_absent.json", "INVALID_DATA"),
		answered("UserGroups.List", 400, `{"get_assigned":{"code":"EXPECTED_FIELD_MISSING","details":{},"message":"m","status":"error"}}`, "EXPECTED_FIELD_MISSING"),
		answered("UserGroups.List", 400, `{"code":400,"details":[],"message":null,"status":"error"}`, "400"),
	}},
	{"401 INVALID_TOKEN, AUTHENTICATION_FAILURE; the token endpoint's invalid_code, invalid_client, …", "ErrUnauthorized", "the token, refresh token or client is refused", []errorCase{
		answered("UserGroups.List", 401, "error_invalid_token.json", "INVALID_TOKEN"),
		answered("UserGroups.List", 401, "error_html.html", ""),
		noToken(200, "token_invalid_code.json", "invalid_code"),
		noToken(200, "token_invalid_client.json", "invalid_client"),
		noToken(400, `{"error":"invalid_client"}`, "invalid_client"),
		noToken(200, `{"error":"invalid_client_secret"}`, "invalid_client_secret"),
		noToken(200, `{"error":"access_denied"}`, "access_denied"),
	}},
	{"401 OAUTH_SCOPE_MISMATCH", "ErrForbidden and ErrScope (logging in again would not help)", "the user may not; the token lacks a scope of `Error.Scopes`", []errorCase{
		answered("UserGroups.List", 401, "error_scope_mismatch.json", "OAUTH_SCOPE_MISMATCH"),
		answered("UserGroups.List", 401, "error_scope_mismatch_details.json", "OAUTH_SCOPE_MISMATCH"),
		answered("UserGroups.List", 401, "error_scope_mismatch_unauthorized.json", "OAUTH_SCOPE_MISMATCH"),
	}},
	{"403", "ErrForbidden", "the user may not; the token lacks a scope of `Error.Scopes`", []errorCase{
		answered("UserGroups.List", 403, "error_no_permission_string.json", "NO_PERMISSION"),
		answered("UserGroups.List", 403, "error_no_permission_array.json", "NO_PERMISSION"),
		answered("UserGroups.Create", 403, "user_groups_create_no_permission.json", "NO_PERMISSION"),
		answered("UserGroups.List", 403, "error_html.html", ""),
	}},
	{`429; the token endpoint's "Access Denied"`, "ErrRateLimited", "429, or too many tokens: see `RetryAfter`", []errorCase{
		answered("UserGroups.List", 429, "error_too_many_requests.json", "TOO_MANY_REQUESTS"),
		answered("UserGroups.Create", 429, "error_html.html", ""),
		noToken(200, "token_access_denied.json", "Access Denied"),
		noToken(400, "token_access_denied.json", "Access Denied"),
	}},
	{"5xx", "ErrUnavailable", "5xx, or no answer", []errorCase{
		answered("UserGroups.List", 500, "error_internal.json", "INTERNAL_ERROR"),
		answered("UserGroups.List", 501, "", ""),
		answered("UserGroups.Get", 502, "error_html.html", ""),
		answered("UserGroups.List", 504, "error_problem.json", ""),
		unanswered("UserGroups.List", errors.New("connection reset")),
	}},
	{"3xx, HTML, problem+json with 2xx, `{}`, missing payload key, bad JSON, over the size limit, 204 on create or update", "ErrUnexpectedResponse", "HTML, a redirect, JSON without the payload", []errorCase{
		answered("UserGroups.List", 302, "", ""),
		answered("UserGroups.List", 999, "", ""),
		answered("UserGroups.List", 200, "error_html.html", ""),
		answered("UserGroups.List", 200, "error_problem.json", ""),
		answered("UserGroups.List", 200, "{}", ""),
		answered("UserGroups.List", 200, `{"associated_users_count":[]}`, ""),
		answered("UserGroups.List", 200, `{"user_groups":null}`, ""),
		answered("UserGroups.List", 200, `{"user_groups":{}}`, ""),
		answered("UserGroups.Get", 200, `{"user_groups":[{"id":"1"},{"id":"2"}]}`, ""),
		answered("UserGroups.List", 200, `{"user_groups":[`, ""),
		answered("UserGroups.List", 200, tooLong, ""),
		answered("UserGroups.SourcesCount", 200, `{"sources_count":[{},{}]}`, ""),
		answered("Users.Count", 200, `{"count":null}`, ""),
		answered("Users.Count", 200, `{"count":"many"}`, ""),
		answered("Users.Count", 200, `{"count":-1}`, ""),
		answered("UserGroups.Create", 204, "", "", "ErrOutcomeUnknown"),
		answered("UserGroups.Update", 204, "", "", "ErrOutcomeUnknown"),
		answered("UserGroups.UpdateMany", 204, "", "", "ErrOutcomeUnknown"),
		answered("UserGroups.Delete", 204, "", "", "ErrOutcomeUnknown"),
	}},
	{"a write that may or may not have happened", "ErrOutcomeUnknown, beside what was seen", "a write that may have been done, beside the reason", []errorCase{
		answered("UserGroups.Create", 500, "error_internal.json", "INTERNAL_ERROR", "ErrUnavailable"),
		answered("UserGroups.Create", 504, "error_html.html", "", "ErrUnavailable"),
		answered("UserGroups.Create", 200, "error_internal.json", "INTERNAL_ERROR", "ErrUnavailable"),
		answered("UserGroups.Create", 101, "", "", "ErrUnexpectedResponse"),
		answered("UserGroups.Create", 307, "", "", "ErrUnexpectedResponse"),
		answered("UserGroups.Delete", 999, "", "", "ErrUnexpectedResponse"),
		answered("UserGroups.Create", 200, "error_html.html", "", "ErrUnexpectedResponse"),
		answered("UserGroups.Create", 200, "error_problem.json", "", "ErrUnexpectedResponse"),
		answered("UserGroups.Create", 201, "{}", "", "ErrUnexpectedResponse"),
		answered("UserGroups.Create", 201, `{"user_groups":[`, "", "ErrUnexpectedResponse"),
		answered("UserGroups.Create", 201, `{"user_groups":[]}`, "", "ErrUnexpectedResponse"),
		answered("UserGroups.Create", 201, tooLong, "", "ErrUnexpectedResponse"),
		answered("UserGroups.Create", 201, `{"user_groups":[{"status":"success","code":"SUCCESS","details":{}}]}`, "", "ErrUnexpectedResponse"),
		answered("UserGroups.Create", 201, `{"user_groups":[{"status":"failure","code":"SUCCESS","details":{"id":"1"}}]}`, "", "ErrUnexpectedResponse"),
		answered("UserGroups.Create", 200, "user_groups_delete_scheduled.json", "", "ErrUnexpectedResponse"),
		answered("UserGroups.Update", 200, "user_groups_delete_scheduled.json", "", "ErrUnexpectedResponse"),
		answered("UserGroups.Update", 200, `{"user_groups":[{"status":"success","code":"SCHEDULED","details":{"id":"1","job_id":"2"}}]}`, "", "ErrUnexpectedResponse"),
		answered("UserGroups.Delete", 200, `{"user_groups":[{"status":"scheduled","code":"SCHEDULED","details":{"id":"1"}}]}`, "", "ErrUnexpectedResponse"),
		answered("UserGroups.Delete", 200, `{"user_groups":[{"status":"success","code":"SCHEDULED","details":{"id":"1"}}]}`, "", "ErrUnexpectedResponse"),
		answered("UserGroups.Update", 200, `{"user_groups":[{"status":"success","code":"SUCCESS","details":{}}]}`, "", "ErrUnexpectedResponse"),
		answered("UserGroups.UpdateMany", 200, `{"user_groups":[]}`, "", "ErrUnexpectedResponse"),
		answered("UserGroups.UpdateMany", 503, "error_html.html", "", "ErrUnavailable"),
		unanswered("UserGroups.Create", errors.New("connection reset"), "ErrUnavailable"),
		unanswered("UserGroups.Update", errors.New("connection reset"), "ErrUnavailable"),
		unanswered("UserGroups.UpdateMany", errors.New("connection reset"), "ErrUnavailable"),
		unanswered("UserGroups.Delete", errors.New("connection reset"), "ErrUnavailable"),
	}},
}

// errorCase is one way to come to a row of the table.
type errorCase struct {
	name   string
	call   func(t *testing.T) error
	status int      // of the Error
	code   string   // of the Error
	body   string   // of the Error
	beside []string // sentinels that are not the row's
}

// answered is a call of a method that is answered with a body, or with a file of
// testdata/zoho.
func answered(method string, status int, body, code string, beside ...string) errorCase {
	return errorCase{
		name: strings.TrimSpace(fmt.Sprintf("%s %d %s", method, status, body)), status: status, code: code, body: body, beside: beside,
		call: func(t *testing.T) error {
			t.Helper()
			contentType := "application/json"
			switch {
			case strings.HasSuffix(body, ".html"):
				contentType = "text/html"
			case body == "error_problem.json":
				contentType = "application/problem+json"
			}
			text := bodyOf(t, body)
			if body == tooLong {
				text = strings.Repeat(" ", 32<<20+1)
			}
			return callOnce(t, method, httpmock.NewStringResponder(status, text).HeaderSet(http.Header{"Content-Type": {contentType}}))
		},
	}
}

// emptyLists is every method of a list, answered with nothing and with none.
func emptyLists() []errorCase {
	var cases []errorCase
	for _, m := range methods {
		if m.kind == list || m.kind == walk {
			cases = append(cases, answered(m.name, 204, "", ""), answered(m.name, 200, fmt.Sprintf(`{%q:[]}`, m.key), ""))
		}
	}
	return cases
}

// tooLong stands for a body that has one byte more than an answer may have. An
// Error keeps nothing of it.
const tooLong = "over the size limit"

func bodyOf(t *testing.T, body string) string {
	t.Helper()
	switch {
	case body == tooLong:
		return ""
	case strings.HasPrefix(body, "{"):
		return body
	case body != "":
		return fixture(t, "zoho/"+body)
	}
	return ""
}

// lookedUp is a call of a composition that looks for an item in one page. What it
// finds, no answer says: the Error has no status and no body.
func lookedUp(op usergroups.Op, page string) errorCase {
	return errorCase{
		name: string(op) + " " + page,
		call: func(t *testing.T) error {
			t.Helper()
			c := compositions[slices.IndexFunc(compositions, func(c composition) bool { return c.op == op })]
			return c.call(t.Context(), newTokenClient(t, inMemory(200, nil, page)), groupID)
		},
	}
}

// unanswered is a call that a lost connection ends.
func unanswered(method string, lost error, beside ...string) errorCase {
	return errorCase{
		name: method + " " + lost.Error(), beside: beside,
		call: func(t *testing.T) error { t.Helper(); return callOnce(t, method, httpmock.NewErrorResponder(lost)) },
	}
}

// callOnce calls a method, which has one request for it.
func callOnce(t *testing.T, name string, answer httpmock.Responder) error {
	t.Helper()
	m := methods[slices.IndexFunc(methods, func(m method) bool { return m.name == name })]
	mock := newMock(t)
	mock.RegisterResponder(m.row(t).Method, m.url(t, groupID), answer)
	err := m.call(t.Context(), newTokenClient(t, mock, usergroups.WithMaxRetries(0)), groupID)
	if n := mock.GetTotalCallCount(); n != 1 {
		t.Errorf("%d requests, want 1", n)
	}
	return err
}

// changed is a ClearSources, perhaps with somebody else at work.
func changed(name string, modify bool, put usergroupstest.PutSources, beside ...string) errorCase {
	e := errorCase{name: name, beside: beside, call: func(t *testing.T) error {
		t.Helper()
		fake, client := newSourcesFake(t, usergroupstest.Guesses{Put: put}, "u1")
		if modify {
			client = newWatchedClient(t, fake, func(*http.Request) {
				g, _ := fake.Group(changedGroup)
				fake.Advance(time.Second)
				g.ModifiedTime = fake.Now()
				fake.AddGroup(g)
			})
		}
		_, err := client.UserGroups.ClearSources(context.Background(), changedGroup)
		return err
	}}
	if !modify {
		e.code, e.status = usergroups.CodeMandatoryNotFound, 400
		e.body = `{"user_groups":[{"code":"MANDATORY_NOT_FOUND","details":{"api_name":"sources","json_path":"$.user_groups[0].sources"},"message":"required field not found","status":"error"}]}`
	}
	return e
}

// noToken is a call for which the accounts server issues no token.
func noToken(status int, body, code string) errorCase {
	return errorCase{
		name: fmt.Sprintf("the token endpoint %d %s", status, body), code: code,
		call: func(t *testing.T) error {
			t.Helper()
			mock := newMock(t)
			mock.RegisterResponder(http.MethodPost, tokenURL, jsonResponder(status, bodyOf(t, body)))
			return get(t.Context(), newClient(t, mock, refreshToken))
		},
	}
}

// refused is a call that sends nothing.
func refused(name string, call func(*usergroups.Client) error) errorCase {
	return errorCase{name: name, call: func(t *testing.T) error { t.Helper(); return call(newTokenClient(t, newMock(t))) }}
}

var sentinelName = regexp.MustCompile(`Err[A-Z][A-Za-z]+`)

// TestErrorTable drives the table through the public methods: each case gives an
// Error that matches exactly the sentinels of its row and those beside it.
func TestErrorTable(t *testing.T) {
	t.Parallel()
	for _, row := range errorTable {
		t.Run(row.answer, func(t *testing.T) {
			t.Parallel()
			for _, tt := range row.cases {
				t.Run(tt.name, func(t *testing.T) {
					t.Parallel()
					err := tt.call(t)
					checkSentinels(t, err, append(sentinelName.FindAllString(row.sentinel, -1), tt.beside...))
					if row.sentinel == "no error" {
						return
					}
					e, ok := err.(*usergroups.Error) //nolint:errorlint // always a pointer, and never wrapped
					if !ok {
						t.Fatalf("error %T, want *Error", err)
					}
					if e.Code != tt.code || e.StatusCode != tt.status || string(e.Body) != bodyOf(t, tt.body) {
						t.Errorf("Code %q, StatusCode %d, Body %q, want %q, %d, %q", e.Code, e.StatusCode, e.Body, tt.code, tt.status, tt.body)
					}
				})
			}
		})
	}
}

// checkSentinels holds an error against the names of all sentinels that it
// matches; with none, it has to be nil.
func checkSentinels(t *testing.T, err error, wanted []string) {
	t.Helper()
	if (err == nil) != (len(wanted) == 0) {
		t.Errorf("error %v, want %q", err, wanted)
	}
	for name, sentinel := range sentinels {
		if got, want := errors.Is(err, sentinel), slices.Contains(wanted, name); got != want {
			t.Errorf("errors.Is(err, %s) = %t, want %t: %v", name, got, want, err)
		}
	}
}
