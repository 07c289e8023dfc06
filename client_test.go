package usergroups_test

import (
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/jarcoal/httpmock"

	"github.com/usergroups-go/usergroups"
)

// TestNewClientIsQuiet: making a client reads no environment and sends nothing.
func TestNewClientIsQuiet(t *testing.T) {
	t.Setenv("ZOHO_CLIENT_ID", "from the environment")
	t.Setenv("ZOHO_DATA_CENTER", "XX")
	mock := newMock(t)
	client := newClient(t, mock, refreshToken, usergroups.WithLogger(slog.New(slog.DiscardHandler)))
	if client == nil || mock.GetTotalCallCount() != 0 {
		t.Errorf("%d requests", mock.GetTotalCallCount())
	}
}

// TestNewClientFromEnv cannot be parallel: the environment is everybody's.
func TestNewClientFromEnv(t *testing.T) { //nolint:paralleltest // see above
	set := func(t *testing.T, env map[string]string) {
		t.Helper()
		for _, name := range []string{"ZOHO_CLIENT_ID", "ZOHO_CLIENT_SECRET", "ZOHO_REFRESH_TOKEN", "ZOHO_DATA_CENTER", "ZOHO_ENVIRONMENT", "ZOHO_API_VERSION"} {
			t.Setenv(name, env[name])
		}
	}
	full := map[string]string{"ZOHO_CLIENT_ID": "id-1", "ZOHO_CLIENT_SECRET": "secret-1", "ZOHO_REFRESH_TOKEN": "rt-1"}
	with := func(more map[string]string) map[string]string {
		env := make(map[string]string)
		for _, m := range []map[string]string{full, more} {
			for k, v := range m {
				env[k] = v
			}
		}
		return env
	}
	tests := []struct {
		name string
		env  map[string]string
		opts []usergroups.Option
		host string
		says string
	}{
		{name: "defaults", env: full, host: "https://www.zohoapis.com/crm/v8"},
		{name: "all", env: with(map[string]string{"ZOHO_DATA_CENTER": "eu", "ZOHO_ENVIRONMENT": "Sandbox", "ZOHO_API_VERSION": "v7"}), host: "https://sandbox.zohoapis.eu/crm/v7"},
		{name: "options on top", env: with(map[string]string{"ZOHO_API_VERSION": "v7"}), opts: []usergroups.Option{usergroups.WithAPIVersion("v6")}, host: "https://www.zohoapis.com/crm/v6"},
		{name: "none", env: nil, says: "ZOHO_CLIENT_ID, ZOHO_CLIENT_SECRET, ZOHO_REFRESH_TOKEN"},
		{name: "some", env: map[string]string{"ZOHO_CLIENT_ID": "id-1", "ZOHO_REFRESH_TOKEN": "rt-1"}, says: "ZOHO_CLIENT_SECRET"},
		{name: "data centre", env: with(map[string]string{"ZOHO_DATA_CENTER": "XX"}), says: "XX"},
		{name: "environment", env: with(map[string]string{"ZOHO_ENVIRONMENT": "test"}), says: "test"},
		{name: "version", env: with(map[string]string{"ZOHO_API_VERSION": "8"}), says: "8"},
		{name: "a second credential", env: full, opts: []usergroups.Option{usergroups.WithAccessToken("at-1")}, says: "more than one"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			set(t, tt.env)
			mock := newMock(t)
			mock.RegisterResponder(http.MethodPost, `=~/oauth/v2/token$`, jsonResponder(200, `{"access_token":"at-1"}`))
			mock.RegisterResponder(http.MethodGet, tt.host+"/settings/user_groups", httpmock.NewStringResponder(204, ""))
			client, err := usergroups.NewClientFromEnv(append(tt.opts, usergroups.WithHTTPClient(&http.Client{Transport: mock}))...)
			if tt.says != "" {
				if !errors.Is(err, usergroups.ErrInvalidArgument) || !strings.Contains(err.Error(), tt.says) || client != nil {
					t.Errorf("error %v, want one that says %q", err, tt.says)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if _, err := client.UserGroups.List(t.Context(), usergroups.ListUserGroupsOptions{}); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestDo(t *testing.T) {
	t.Parallel()
	var got struct {
		method, uri, body string
	}
	status, answered := 200, `{"org":[{"id":"9"}]}`
	serverURL, count := countingServer(t, func(w http.ResponseWriter, r *http.Request) {
		got.method, got.uri = r.Method, r.URL.RequestURI()
		w.WriteHeader(status)
		_, _ = w.Write([]byte(answered))
	})
	client := newServerClient(t, serverURL, usergroups.WithAPIVersion("v7"))
	var out struct{ Org []struct{ ID string } }
	err := client.Do(t.Context(), usergroups.Request{
		Method: "GET", Path: []string{"org", "a/b"}, Query: url.Values{"q": {"a b&c"}},
	}, &out)
	if err != nil || len(out.Org) != 1 || out.Org[0].ID != "9" || got.method != "GET" || got.uri != "/gateway/crm/v7/org/a%2Fb?q=a%20b%26c" {
		t.Errorf("error %v, out %+v, request %+v", err, out, got)
	}

	tests := []struct {
		name     string
		req      usergroups.Request
		status   int
		answered string
		requests int64
		is       []error
	}{
		{"no method", usergroups.Request{Path: []string{"org"}}, 200, "{}", 0, []error{usergroups.ErrInvalidArgument}},
		{"odd method", usergroups.Request{Method: "get", Path: []string{"org"}}, 200, "{}", 0, []error{usergroups.ErrInvalidArgument}},
		{"no path", usergroups.Request{Method: "GET"}, 200, "{}", 0, []error{usergroups.ErrInvalidArgument}},
		{"dots", usergroups.Request{Method: "GET", Path: []string{"..", "org"}}, 200, "{}", 0, []error{usergroups.ErrInvalidArgument}},
		{"body that is no JSON", usergroups.Request{Method: "POST", Path: []string{"org"}, Body: func() {}}, 200, "{}", 0, []error{usergroups.ErrInvalidArgument}},
		{"204", usergroups.Request{Method: "GET", Path: []string{"org"}}, 204, "", 1, nil},
		{"a record that looks like an error", usergroups.Request{Method: "GET", Path: []string{"org"}}, 200, `{"data":[{"Code":"A1","Status":"Error"}]}`, 1, nil},
		{"GET 503", usergroups.Request{Method: "GET", Path: []string{"org"}}, 503, "", 4, []error{usergroups.ErrUnavailable}},
		{"PUT 503", usergroups.Request{Method: "PUT", Path: []string{"org"}}, 503, "", 1, []error{usergroups.ErrUnavailable, usergroups.ErrOutcomeUnknown}},
		{"repeatable PUT 503", usergroups.Request{Method: "PUT", Path: []string{"org"}, Repeatable: true}, 503, "", 4, []error{usergroups.ErrUnavailable}},
		{"HTML", usergroups.Request{Method: "GET", Path: []string{"org"}}, 200, "<html>", 1, []error{usergroups.ErrUnexpectedResponse}},
		{"empty", usergroups.Request{Method: "PATCH", Path: []string{"org"}}, 200, "", 1, []error{usergroups.ErrUnexpectedResponse, usergroups.ErrOutcomeUnknown}},
		{"error in a success", usergroups.Request{Method: "GET", Path: []string{"org"}}, 200, `{"code":"NO_PERMISSION","status":"error"}`, 1, []error{usergroups.ErrForbidden}},
		{"404", usergroups.Request{Method: "DELETE", Path: []string{"org"}}, 404, `{"code":"INVALID_URL_PATTERN","status":"error"}`, 1, []error{usergroups.ErrNotFound}},
	}
	for _, tt := range tests {
		before := count.Load()
		status, answered = tt.status, tt.answered
		err := client.Do(t.Context(), tt.req, &out)
		if requests := count.Load() - before; requests != tt.requests {
			t.Errorf("%s: %d requests, want %d", tt.name, requests, tt.requests)
		}
		if (err == nil) != (len(tt.is) == 0) {
			t.Errorf("%s: error %v", tt.name, err)
		}
		for _, sentinel := range tt.is {
			if !errors.Is(err, sentinel) {
				t.Errorf("%s: error %v is not %q", tt.name, err, sentinel)
			}
		}
		var e *usergroups.Error
		if err != nil && (!errors.As(err, &e) || e.Op != "Client.Do") {
			t.Errorf("%s: error %#v", tt.name, err)
		}
	}
	for _, bad := range []any{struct{}{}, (*struct{})(nil), 7} {
		before := count.Load()
		err := client.Do(t.Context(), usergroups.Request{Method: "POST", Path: []string{"org"}}, bad)
		if !errors.Is(err, usergroups.ErrInvalidArgument) || count.Load() != before {
			t.Errorf("into %T: %v after %d requests", bad, err, count.Load()-before)
		}
	}
	// Without out, a login page is no success either.
	for answer, is := range map[string]error{
		"<html>": usergroups.ErrUnexpectedResponse, "garbage": usergroups.ErrUnexpectedResponse, "{}": nil,
		`{"data":[{"code":"SUCCESS","status":"success"},{"code":"DUPLICATE_DATA","status":"error"}]}`: usergroups.ErrDuplicate,
	} {
		status, answered = 200, answer
		if err := client.Do(t.Context(), usergroups.Request{Method: "DELETE", Path: []string{"org"}}, nil); !errors.Is(err, is) {
			t.Errorf("%s: error %v, want %v", answer, err, is)
		}
	}
	// What was decoded is there beside the error of one item.
	var mixed struct{ Data []struct{ Code string } }
	status, answered = 207, `{"data":[{"code":"SUCCESS","status":"success"},{"code":"DUPLICATE_DATA","status":"error"}]}`
	if err := client.Do(t.Context(), usergroups.Request{Method: "PUT", Path: []string{"org"}}, &mixed); !errors.Is(err, usergroups.ErrDuplicate) || len(mixed.Data) != 2 {
		t.Errorf("error %v, decoded %+v", err, mixed)
	}
	var list []string
	status, answered = 200, fixture(t, "zoho/error_api_not_supported.json")
	if err := client.Do(t.Context(), usergroups.Request{Method: "GET", Path: []string{"org"}}, &list); !errors.Is(err, usergroups.ErrBadRequest) {
		t.Errorf("an error in place of a list: %v", err)
	}
	mock := newMock(t)
	mock.RegisterResponder(http.MethodGet, apiBase+"/org", httpmock.NewStringResponder(200, fixture(t, "zoho/error_problem.json")).
		HeaderSet(http.Header{"Content-Type": {"application/problem+json; charset=utf-8"}}))
	if err := newTokenClient(t, mock).Do(t.Context(), usergroups.Request{Method: "GET", Path: []string{"org"}}, &mixed); !errors.Is(err, usergroups.ErrUnexpectedResponse) {
		t.Errorf("a problem report: %v", err)
	}
}
