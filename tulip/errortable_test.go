package tulip_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/jarcoal/httpmock"

	"github.com/usergroups-go/usergroups"
	"github.com/usergroups-go/usergroups/tulip"
)

var sentinels = map[string]error{
	"ErrInvalidArgument":    tulip.ErrInvalidArgument,
	"ErrNotFound":           tulip.ErrNotFound,
	"ErrNotModified":        tulip.ErrNotModified,
	"ErrBadRequest":         tulip.ErrBadRequest,
	"ErrUnauthorized":       tulip.ErrUnauthorized,
	"ErrForbidden":          tulip.ErrForbidden,
	"ErrRateLimited":        tulip.ErrRateLimited,
	"ErrUnavailable":        tulip.ErrUnavailable,
	"ErrUnexpectedResponse": tulip.ErrUnexpectedResponse,
	"ErrIncomplete":         tulip.ErrIncomplete,
	"ErrOutcomeUnknown":     tulip.ErrOutcomeUnknown,
	// Of the other vendor alone.
	"ErrDuplicate": usergroups.ErrDuplicate,
	"ErrScope":     usergroups.ErrScope,
	"ErrConflict":  usergroups.ErrConflict,
	"ErrAmbiguous": usergroups.ErrAmbiguous,
}

// TestSentinelsAreShared: a program that talks to both vendors asks once.
func TestSentinelsAreShared(t *testing.T) {
	t.Parallel()
	for name, both := range map[string][2]error{
		"ErrInvalidArgument":    {tulip.ErrInvalidArgument, usergroups.ErrInvalidArgument},
		"ErrNotFound":           {tulip.ErrNotFound, usergroups.ErrNotFound},
		"ErrNotModified":        {tulip.ErrNotModified, usergroups.ErrNotModified},
		"ErrBadRequest":         {tulip.ErrBadRequest, usergroups.ErrBadRequest},
		"ErrUnauthorized":       {tulip.ErrUnauthorized, usergroups.ErrUnauthorized},
		"ErrForbidden":          {tulip.ErrForbidden, usergroups.ErrForbidden},
		"ErrRateLimited":        {tulip.ErrRateLimited, usergroups.ErrRateLimited},
		"ErrUnavailable":        {tulip.ErrUnavailable, usergroups.ErrUnavailable},
		"ErrUnexpectedResponse": {tulip.ErrUnexpectedResponse, usergroups.ErrUnexpectedResponse},
		"ErrIncomplete":         {tulip.ErrIncomplete, usergroups.ErrIncomplete},
		"ErrOutcomeUnknown":     {tulip.ErrOutcomeUnknown, usergroups.ErrOutcomeUnknown},
	} {
		if both[0] != both[1] { //nolint:errorlint // the very values
			t.Errorf("%s is not that of package usergroups", name)
		}
	}
}

// errorTable tells, row by row, what an answer is to errors.Is.
var errorTable = []struct {
	answer   string
	sentinel string
	cases    []errorCase
}{
	{"refused before sending (empty id, misused option, …)", "ErrInvalidArgument", []errorCase{
		refused("empty id", func(c *tulip.Client) error { _, err := c.UserGroups.Get(context.Background(), ""); return err }),
		refused("misused option", func(c *tulip.Client) error {
			_, err := tulip.Collect(c.Users.All(context.Background(), tulip.ListUsersOptions{}, tulip.WithResponse(new(tulip.Response))))
			return err
		}),
		refused("a filter of nothing", func(c *tulip.Client) error {
			_, err := c.UserGroups.List(context.Background(), tulip.ListUserGroupsOptions{Filter: tulip.IDs()})
			return err
		}),
		refused("two credentials", func(*tulip.Client) error {
			_, err := tulip.NewClient(instance, apiToken, tulip.WithAuthHeader("Basic YTpi"))
			return err
		}),
	}},
	{"204 on a list; an empty list", "no error", emptyLists()},
	{"204 on one object; 404", "ErrNotFound", []errorCase{
		answered("UserGroups.Get", 204, "", ""),
		answered("Users.Get", 204, "", ""),
		answered("Roles.Get", 204, "", ""),
		answered("UserGroups.Get", 404, "error_not_found.json", "generic.notFound"),
		answered("UserGroups.ListUsers", 404, "error_not_found.json", "generic.notFound"),
		answered("Users.AllUserGroups", 404, "error_not_found.json", "generic.notFound"),
		answered("Users.Get", 404, "error_html.html", ""),
		answered("Users.List", 404, "", ""),
	}},
	{"304", "ErrNotModified", []errorCase{
		answered("UserGroups.Get", 304, "", ""),
		answered("Roles.All", 304, "", ""),
	}},
	{"other 4xx", "ErrBadRequest", []errorCase{
		answered("UserGroups.List", 400, "error_limit_bounds.json", tulip.CodeLimitParamBounds),
		answered("UserGroups.ListUsers", 400, "error_users_invalid_filter.json", tulip.CodeInvalidUsersFilter),
		answered("Users.AllUserGroups", 400, "error_user_groups_invalid_filter.json", tulip.CodeInvalidUserGroupsFilter),
		answered("Roles.Get", 400, "error_problem.json", ""),
		answered("Users.Get", 405, "", ""),
		answered("Users.Get", 409, `{"errorCode":"x.y","retryable":null,"details":[]}`, "x.y"),
		answered("Users.Get", 400, `{"errorCode":400,"message":null}`, "400"),
		answered("Users.Get", 418, `[{"errorCode":"x.y"}]`, ""),
	}},
	{"401", "ErrUnauthorized", []errorCase{
		answered("UserGroups.List", 401, "error_unauthorized.json", "generic.unauthorized"),
		answered("Users.All", 401, "error_html.html", ""),
		answered("Roles.Get", 401, "", ""),
	}},
	{"403", "ErrForbidden", []errorCase{
		answered("UserGroups.List", 403, "error_forbidden.json", "generic.forbidden"),
		answered("Users.Get", 403, "error_html.html", ""),
		answered("Roles.All", 403, "", ""),
	}},
	{"429", "ErrRateLimited", []errorCase{
		answered("UserGroups.List", 429, "error_too_many_requests.json", "generic.tooManyRequests"),
		answered("Users.Get", 429, "error_html.html", ""),
		answered("Roles.All", 429, "", ""),
	}},
	{"5xx", "ErrUnavailable", []errorCase{
		answered("UserGroups.List", 500, "error_internal.json", tulip.CodeInternal),
		answered("UserGroups.All", 501, "", ""),
		answered("Users.Get", 502, "error_problem.json", ""),
		answered("Users.Get", 503, "error_html.html", ""),
		unanswered("Roles.List", errors.New("connection reset")),
	}},
	{"3xx, HTML, problem+json with 2xx, `{}`, no key of a page, bad JSON, over the size limit, an error code with 2xx", "ErrUnexpectedResponse", []errorCase{
		answered("UserGroups.List", 302, "", ""),
		answered("UserGroups.List", 307, "", ""),
		answered("UserGroups.List", 999, "", ""),
		answered("UserGroups.List", 101, "", ""),
		answered("UserGroups.List", 200, "error_html.html", ""),
		answered("UserGroups.List", 200, "error_problem.json", ""),
		answered("UserGroups.Get", 200, "error_html.html", ""),
		answered("UserGroups.List", 200, "{}", ""),
		answered("UserGroups.List", 200, `{"Items":null,"groups":[]}`, ""),
		answered("UserGroups.List", 200, `{"items":{}}`, ""),
		answered("UserGroups.List", 200, `{"items":[{"id":"1","created":{"at":"yesterday"}}]}`, ""),
		answered("UserGroups.List", 200, `{"items":[],"errors":{}}`, ""),
		answered("UserGroups.List", 200, `{"items":[],"count":10.5}`, ""),
		answered("UserGroups.List", 200, `{"items":[{"id":"1"}`, ""),
		answered("UserGroups.List", 200, tooLong, ""),
		answered("Users.Get", 200, `{"id":"1","email":[]}`, ""),
		answered("UserGroups.Get", 200, "error_problem.json", ""),
		answered("UserGroups.List", 200, `{"errors":[]}`, ""),
		answered("UserGroups.All", 200, `{"prevPage":null,"errors":[]}`, ""),
		answered("Users.List", 200, `{"message":"denied","retryable":false,"errors":[]}`, ""),
		answered("Users.Get", 200, "error_internal.json", tulip.CodeInternal),
		answered("Users.All", 200, "error_internal.json", tulip.CodeInternal),
	}},
	{"a write that may or may not have happened", "ErrOutcomeUnknown, beside what was seen", []errorCase{
		posted(500, "error_internal.json", tulip.CodeInternal, "ErrUnavailable"),
		posted(504, "error_html.html", "", "ErrUnavailable"),
		posted(302, "", "", "ErrUnexpectedResponse"),
		posted(200, "error_html.html", "", "ErrUnexpectedResponse"),
		posted(200, "error_internal.json", tulip.CodeInternal, "ErrUnexpectedResponse"),
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
// testdata/tulip.
func answered(method string, status int, body, code string) errorCase {
	return errorCase{
		name: strings.TrimSpace(fmt.Sprintf("%s %d %s", method, status, body)), status: status, code: code, body: body,
		call: func(t *testing.T) error { t.Helper(); return callOnce(t, method, responderOf(t, status, body)) },
	}
}

func responderOf(t *testing.T, status int, body string) httpmock.Responder {
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
	return httpmock.NewStringResponder(status, text).HeaderSet(http.Header{"Content-Type": {contentType}})
}

// emptyLists is every method of a list, answered with nothing and with none.
func emptyLists() []errorCase {
	var cases []errorCase
	for _, m := range methods {
		if m.kind == one {
			continue
		}
		cases = append(cases, answered(m.name, 204, "", ""))
		for _, body := range []string{
			`{"items":[]}`, `{"items":[],"count":0}`, `{"items":null,"count":0}`, `{"items":null}`, `{"count":0}`, `{"count":0,"errors":[]}`, `{"items":[],"nextPage":null,"prevPage":null}`,
		} {
			cases = append(cases, answered(m.name, 200, body, ""))
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
	case strings.HasPrefix(body, "{"), strings.HasPrefix(body, "["):
		return body
	case body != "":
		return sample(t, body)
	}
	return ""
}

// unanswered is a call that a lost connection ends.
func unanswered(method string, lost error) errorCase {
	return errorCase{
		name: method + " " + lost.Error(),
		call: func(t *testing.T) error { t.Helper(); return callOnce(t, method, httpmock.NewErrorResponder(lost)) },
	}
}

// posted is a write, which only Client.Do can make.
func posted(status int, body, code string, beside ...string) errorCase {
	return errorCase{
		name: strings.TrimSpace(fmt.Sprintf("Do %d %s", status, body)), status: status, code: code, body: body, beside: beside,
		call: func(t *testing.T) error {
			t.Helper()
			mock := newMock(t)
			mock.RegisterResponder(http.MethodPost, instance+"/api/stations/v1/stations", responderOf(t, status, body))
			return newClient(t, mock).Do(t.Context(), tulip.Request{Method: http.MethodPost, Path: []string{"stations", "v1", "stations"}, Body: struct{}{}}, nil)
		},
	}
}

// callOnce calls a method, which has one request for it.
func callOnce(t *testing.T, name string, answer httpmock.Responder) error {
	t.Helper()
	m := methods[slices.IndexFunc(methods, func(m method) bool { return m.name == name })]
	mock := newMock(t)
	mock.RegisterResponder(http.MethodGet, m.url(anID), answer)
	err := m.call(t.Context(), newClient(t, mock, tulip.WithMaxRetries(0)), anID)
	if n := mock.GetTotalCallCount(); n != 1 {
		t.Errorf("%d requests, want 1", n)
	}
	return err
}

// refused is a call that sends nothing.
func refused(name string, call func(*tulip.Client) error) errorCase {
	return errorCase{name: name, call: func(t *testing.T) error { t.Helper(); return call(newClient(t, newMock(t))) }}
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
					e, ok := err.(*tulip.Error) //nolint:errorlint // always a pointer, and never wrapped
					if !ok {
						t.Fatalf("error %T, want *Error", err)
					}
					if e.Code != tt.code || e.StatusCode != tt.status || string(e.Body) != bodyOf(t, tt.body) {
						t.Errorf("Code %q, StatusCode %d, Body %q, want %q, %d, %q", e.Code, e.StatusCode, e.Body, tt.code, tt.status, tt.body)
					}
					scopes := []string{"users:read"}
					if row.answer != "401" && row.answer != "403" {
						scopes = nil
					}
					if !slices.Equal(e.Scopes, scopes) {
						t.Errorf("Scopes %q, want %q", e.Scopes, scopes)
					}
				})
			}
		})
	}
}

// TestEveryMethodStatus: the status alone decides of which kind an error is, for every
// method and whatever the body, and the text of a message nothing.
func TestEveryMethodStatus(t *testing.T) {
	t.Parallel()
	bodies := map[string]string{
		"": "", "<html>": "", "{}": "", `{"errorCode":""}`: "", `{"errorCode":"generic.notFound","message":"unauthorized"}`: "generic.notFound", `{"errorCode":"generic.internal","items":[],"id":"1"}`: "generic.internal",
	}
	for _, m := range methods {
		for _, status := range []int{300, 302, 304, 307, 400, 401, 402, 403, 404, 405, 406, 408, 409, 410, 415, 418, 422, 429, 451, 499, 500, 501, 502, 503, 504, 505, 599, 600, 999} {
			for body, code := range bodies {
				err := m.call(t.Context(), newClient(t, inMemory(status, nil, body), tulip.WithMaxRetries(0)), anID)
				wanted := kindsOfStatus(status, false)
				checkSentinels(t, err, wanted)
				var e *tulip.Error
				if !errors.As(err, &e) || e.StatusCode != status || e.Code != code || string(e.Body) != body || e.Op != m.op || (len(e.Scopes) == 1) != (status == 401 || status == 403) {
					t.Errorf("%s %d %s: %#v", m.name, status, body, e)
				}
			}
		}
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
