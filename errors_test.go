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

// TestAnswerTooLong holds the limit of an answer.
func TestAnswerTooLong(t *testing.T) {
	t.Parallel()
	for _, announced := range []bool{true, false} {
		url, count := countingServer(t, func(w http.ResponseWriter, _ *http.Request) {
			const size = 32<<20 + 1
			if announced {
				w.Header().Set("Content-Length", "33554433")
			}
			piece := []byte(strings.Repeat(" ", 1<<20))
			for sent := 0; sent < size; sent += len(piece) {
				if _, err := w.Write(piece[:min(len(piece), size-sent)]); err != nil {
					return
				}
			}
		})
		err := get(t.Context(), newServerClient(t, url))
		if !errors.Is(err, usergroups.ErrUnexpectedResponse) || !strings.Contains(err.Error(), "longer than the limit") || count.Load() != 1 {
			t.Errorf("announced %t: %v after %d requests", announced, err, count.Load())
		}
	}
}
