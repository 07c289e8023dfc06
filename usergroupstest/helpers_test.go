package usergroupstest_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/usergroups-go/usergroups/usergroupstest"
)

// Ids of the sample organisation that many tests use.
const (
	amara  = "5550000000001001"
	lukas  = "5550000000001002"
	hanna  = "5550000000001005"
	chloe  = "5550000000001011"
	diego  = "5550000000001012"
	rep    = "5550000000002004"
	dach   = "5550000000003002"
	leader = "5550000000004001"
	sales  = "5550000000004002"
	rAndD  = "5550000000004003"
	field  = "5550000000004005"
	nobody = "5550000000009999"

	groupsPath = "/crm/v8/settings/user_groups"
	countPath  = groupsPath + "/actions/associated_users_count"
	jobsPath   = groupsPath + "/actions/deletion_jobs"

	usersPath     = "/crm/v8/users"
	userCountPath = usersPath + "/actions/count"
)

// newServer starts a fake that ends with the test.
func newServer(t *testing.T, opts ...usergroupstest.Option) *usergroupstest.Server {
	t.Helper()
	srv := usergroupstest.NewServer(opts...)
	t.Cleanup(srv.Close)
	return srv
}

// answer is what came back; err is why nothing or not all of it came.
type answer struct {
	status int
	header http.Header
	body   string
	err    error
}

// freshClient opens a connection for every request: net/http repeats a
// request on its own when a connection that it had used before breaks, which
// would blur the counts.
var freshClient = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}

func roundTrip(req *http.Request) answer {
	res, err := freshClient.Do(req)
	if err != nil {
		return answer{err: err}
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	return answer{res.StatusCode, res.Header, string(body), err}
}

// send makes an API call with the given token; "" sends none.
func send(t *testing.T, method, url, token, body string) answer {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		req.Header.Set("Authorization", "Zoho-oauthtoken "+token)
	}
	return roundTrip(req)
}

func get(t *testing.T, srv *usergroupstest.Server, path string) answer {
	t.Helper()
	return send(t, "GET", srv.URL+path, srv.IssueToken(), "")
}

func post(t *testing.T, srv *usergroupstest.Server, path, body string) answer {
	t.Helper()
	return send(t, "POST", srv.URL+path, srv.IssueToken(), body)
}

func put(t *testing.T, srv *usergroupstest.Server, path, body string) answer {
	t.Helper()
	return send(t, "PUT", srv.URL+path, srv.IssueToken(), body)
}

func del(t *testing.T, srv *usergroupstest.Server, path string) answer {
	t.Helper()
	return send(t, "DELETE", srv.URL+path, srv.IssueToken(), "")
}

// want compares status and body. The body is compared as text, so that order,
// null and absent keys count; "" wants none.
func (a answer) want(t *testing.T, status int, body string) {
	t.Helper()
	if a.err != nil {
		t.Fatal(a.err)
	}
	if a.status != status || a.body != body {
		t.Errorf("got  %d %s\nwant %d %s", a.status, a.body, status, body)
	}
	contentType := a.header.Get("Content-Type")
	if body != "" && contentType != "application/json;charset=UTF-8" {
		t.Errorf("Content-Type is %q", contentType)
	}
}

// wantError compares status, code and details of a bare error.
func (a answer) wantError(t *testing.T, status int, code, details string) {
	t.Helper()
	var got struct {
		Code            string
		Details         json.RawMessage
		Message, Status string
	}
	a.decode(t, &got)
	if a.status != status || got.Code != code || string(got.Details) != details || got.Status != "error" || got.Message == "" {
		t.Errorf("got %d %s\nwant %d, code %s, details %s", a.status, a.body, status, code, details)
	}
}

// wantItemError compares code and details of the error of the only item of a
// write.
func (a answer) wantItemError(t *testing.T, code, details string) {
	t.Helper()
	var got struct {
		UserGroups []struct {
			Code            string
			Details         json.RawMessage
			Message, Status string
		} `json:"user_groups"`
	}
	a.decode(t, &got)
	if a.status != http.StatusBadRequest || len(got.UserGroups) != 1 || got.UserGroups[0].Code != code ||
		string(got.UserGroups[0].Details) != details || got.UserGroups[0].Status != "error" || got.UserGroups[0].Message == "" {
		t.Errorf("got %d %s\nwant 400, code %s, details %s", a.status, a.body, code, details)
	}
}

func (a answer) decode(t *testing.T, v any) {
	t.Helper()
	if a.err != nil {
		t.Fatal(a.err)
	}
	if err := json.Unmarshal([]byte(a.body), v); err != nil {
		t.Fatalf("status %d, body %q: %v", a.status, a.body, err)
	}
}

// names returns the names of the groups or users in an answer, joined with commas; ""
// stands for a 204 without a body.
func (a answer) names(t *testing.T) string {
	t.Helper()
	if a.status == http.StatusNoContent && a.body == "" && a.err == nil {
		return ""
	}
	if a.status != http.StatusOK {
		t.Fatalf("status %d, body %q, error %v", a.status, a.body, a.err)
	}
	type group struct{ Name string }
	var list struct {
		UserGroups []group `json:"user_groups"`
		Counts     []struct {
			UserGroup group `json:"user_group"`
		} `json:"associated_users_count"`
		Users []struct {
			FullName string `json:"full_name"`
		}
	}
	a.decode(t, &list)
	var names []string
	for _, g := range list.UserGroups {
		names = append(names, g.Name)
	}
	for _, c := range list.Counts {
		names = append(names, c.UserGroup.Name)
	}
	for _, u := range list.Users {
		names = append(names, u.FullName)
	}
	return strings.Join(names, ",")
}

func panics(f func()) (did bool) {
	defer func() { did = recover() != nil }()
	f()
	return false
}
