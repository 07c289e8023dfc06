package usergroups_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/usergroups-go/usergroups"
)

// FuzzErrorAnswer holds what any answer makes of a call: a good result, or an
// *Error that is exactly of the kinds of the error table, shows no secret that
// the server repeats, and never lets a write in doubt pass for a success.
func FuzzErrorAnswer(f *testing.F) {
	const list, get, create, remove, doGet, doPost = 0, 1, 2, 3, 4, 5
	for status, patterns := range map[int][]string{
		200: {"user_groups_*", "error_api_not_supported.json", "error_problem.json", "error_html.html", "error_internal.json"},
		201: {"user_groups_create_*"},
		400: {"user_groups_create_*", "user_groups_delete_missing_id.json", "error_details_*", "error_invalid_*", "error_html.html"},
		401: {"error_invalid_token.json", "error_scope_*", "error_auth*", "error_html.html"},
		403: {"error_no_permission_*", "error_inactive_user.json", "error_scope_mismatch.json"},
		404: {"error_invalid_url_pattern.json", "error_html.html"},
		429: {"error_too_many_requests.json", "error_rate_limit_exceeded.json", "error_html.html"},
		500: {"error_internal*"},
		502: {"error_html.html"},
		504: {"error_problem.json"},
	} {
		for _, pattern := range patterns {
			eachFixture(f, pattern, func(name, body string) {
				op := list
				switch {
				case strings.Contains(name, "create"):
					op = create
				case strings.Contains(name, "delete"):
					op = remove
				case strings.Contains(name, "get"):
					op = get
				}
				f.Add(uint8(op), uint16(status), uint32(0), body)
				f.Add(uint8(create), uint16(status), uint32(0), body)
			})
		}
	}
	for op := range uint8(doPost + 1) {
		for _, status := range []uint16{0, 101, 200, 204, 205, 206, 302, 304, 400, 418, 599, 600, 999} {
			f.Add(op, status, uint32(0), "")
		}
		f.Add(op, uint16(200), uint32(0), `{"user_groups":[{"id":"1","status":"error","code":"INTERNAL_ERROR"}]}`)
		f.Add(op, uint16(200), uint32(0), `{"user_groups":[{"code":"SUCCESS","details":{"id":"1"},"status":"failure"}]}`)
		f.Add(op, uint16(200), uint32(0), `{"user_groups":[{"id":"1","created_time":"TOKEN"}],"x":{"code":"TOKEN"}}`)
		f.Add(op, uint16(200), uint32(0), `{"code":"TOKEN","message":"ESCAPED","details":{"TOKEN":"ESCAPED","json_path":"ESCAPED"},"status":"error"}`)
		f.Add(op, uint16(400), uint32(0), `{"code":"ESCAPED","details":{"permissions":["TOKEN","ESCAPED"],"param_name":"ESCAPED"},"status":"error"}`)
		f.Add(op, uint16(400), uint32(0), `{"code":"a\r\nb","message":"a\u2028b\u0085","details":{"json_path":"\n"},"status":"error"}`)
		// The secret lies across the end of what is kept of a body.
		f.Add(op, uint16(401), uint32(64<<10-10), `TOKEN`)
		f.Add(op, uint16(200), uint32(64<<10-29), `{"status":"error","TOKEN":"TOKEN"}`)
	}

	f.Fuzz(func(t *testing.T, op uint8, status uint16, before uint32, body string) {
		body = strings.Repeat(" ", int(before%(70<<10))) + plant(body)
		code := int(status) % 1000 // of three digits: net/http reads no others
		client := mustClient(t, usergroups.WithBaseURL(base), usergroups.WithAccessToken(fuzzSecret), usergroups.WithMaxRetries(0),
			usergroups.WithHTTPClient(&http.Client{Transport: inMemory(code, nil, body)}))
		var err error
		good, write := false, false
		switch ctx := t.Context(); op % (doPost + 1) {
		case list:
			var page *usergroups.Page[usergroups.UserGroup]
			page, err = client.UserGroups.List(ctx, usergroups.ListUserGroupsOptions{})
			good = page != nil && !slices.ContainsFunc(page.Items, func(g usergroups.UserGroup) bool { return g.ID == "" })
		case get:
			var group *usergroups.UserGroup
			group, err = client.UserGroups.Get(ctx, groupID)
			good = group != nil && group.ID != "" && code != 204
		case create:
			write = true
			var result *usergroups.ActionResult
			result, err = client.UserGroups.Create(ctx, usergroups.CreateUserGroup{Name: "x", Sources: []usergroups.Source{usergroups.UserSource("1")}})
			good = result != nil && (result.ID != "" || result.Details.JobID() != "") && saysDone(body)
		case remove:
			write = true
			var deletion *usergroups.Deletion
			deletion, err = client.UserGroups.Delete(ctx, groupID)
			good = deletion != nil && deletion.ID == groupID && saysDone(body)
		case doGet:
			err = client.Do(ctx, usergroups.Request{Method: http.MethodGet, Path: []string{"org"}}, nil)
			good = code == 204 || json.Valid([]byte(body))
		case doPost:
			write = true
			err = client.Do(ctx, usergroups.Request{Method: http.MethodPost, Path: []string{"org"}}, nil)
			good = code == 204 || json.Valid([]byte(body))
		}
		if err == nil {
			if !good || code/100 != 2 {
				t.Fatalf("a success with %d %s", code, body)
			}
			return
		}
		e := checkFuzzedError(t, err)
		if e.StatusCode != code || e.Attempts != 1 {
			t.Errorf("StatusCode %d, Attempts %d with %d", e.StatusCode, e.Attempts, code)
		}
		wanted := kindsOfAnswer(e, op%(doPost+1) == get, write)
		for name, sentinel := range sentinels {
			if got, want := errors.Is(err, sentinel), slices.Contains(wanted, name); got != want {
				t.Errorf("errors.Is(err, %s) = %t, want %t: %v", name, got, want, err)
			}
		}
	})
}

// saysDone reports whether the only result in the body of a write says, in
// documented words, that it was done or will be.
func saysDone(body string) bool {
	var answer struct {
		UserGroups []struct{ Status string } `json:"user_groups"`
		Status     any
	}
	err := json.Unmarshal([]byte(body), &answer)
	return err == nil && len(answer.UserGroups) == 1 && answer.Status != "error" &&
		slices.Contains([]string{"success", "scheduled"}, strings.ToLower(answer.UserGroups[0].Status))
}

// kindsOfAnswer is the table of errors once more: by the status, by the code that
// the error shows, and by what is in doubt.
func kindsOfAnswer(e *usergroups.Error, single, write bool) []string {
	kinds := func(status int) []string {
		_, aboutPath := e.Details.PathIndex()
		switch {
		case status == 304:
			return []string{"ErrNotModified"}
		case status == 429:
			return []string{"ErrRateLimited"}
		case status >= 500 && status <= 599:
			return []string{"ErrUnavailable"}
		case status < 400 || status > 499:
			return []string{"ErrUnexpectedResponse"}
		case e.Code == usergroups.CodeOAuthScopeMismatch:
			return []string{"ErrForbidden", "ErrScope"}
		case status == 401:
			return []string{"ErrUnauthorized"}
		case status == 403:
			return []string{"ErrForbidden"}
		case status == 404, e.Code == usergroups.CodeInvalidData && aboutPath:
			return []string{"ErrNotFound"}
		case e.Code == usergroups.CodeDuplicateData:
			return []string{"ErrDuplicate"}
		}
		return []string{"ErrBadRequest"}
	}
	status := e.StatusCode
	if status/100 == 2 && single && errors.Is(e, usergroups.ErrNotFound) && e.Code == "" {
		return []string{"ErrNotFound"} // 204, or a list without items
	}
	if status/100 == 2 && !errors.Is(e, usergroups.ErrUnexpectedResponse) {
		// The envelope of an error under a success, which names its kind by the code.
		switch e.Code {
		case usergroups.CodeInvalidToken, usergroups.CodeAuthenticationFailure, usergroups.CodeOAuthScopeMismatch:
			status = 401
		case usergroups.CodeNoPermission, usergroups.CodeInactiveUser:
			status = 403
		case usergroups.CodeInvalidURLPattern, usergroups.CodeURLRuleNotConfigured:
			status = 404
		case usergroups.CodeTooManyRequests, usergroups.CodeRateLimitExceeded:
			status = 429
		case usergroups.CodeInternalError, usergroups.CodeInternalServerError:
			status = 500
		default:
			status = 400
		}
	}
	wanted := kinds(status)
	if write && (status < 400 || status > 499) {
		wanted = append(wanted, "ErrOutcomeUnknown")
	}
	return wanted
}
