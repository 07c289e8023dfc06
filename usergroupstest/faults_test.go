package usergroupstest_test

import (
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/usergroups-go/usergroups/usergroupstest"
)

const (
	listRoute   = "GET /settings/user_groups"
	createRoute = "POST /settings/user_groups"
	newGroup    = `{"user_groups":[{"name":"new","sources":` + oneUser + `}]}`
)

func TestFaultStatus(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	srv.Inject(usergroupstest.Fault{
		Status: 429, Times: 1,
		Header: http.Header{"Retry-After": {"7"}, "x-odd": {"1"}},
		Body:   `{"code":"TOO_MANY_REQUESTS"}`,
	})
	res := get(t, srv, groupsPath)
	res.want(t, 429, `{"code":"TOO_MANY_REQUESTS"}`)
	if res.header.Get("Retry-After") != "7" || res.header.Get("X-Odd") != "1" {
		t.Error(res.header)
	}

	srv.Inject(usergroupstest.Fault{Times: 1})
	get(t, srv, groupsPath).want(t, 500, "")
	srv.Inject(usergroupstest.Fault{Times: 1, Status: 400, Body: "x", Header: http.Header{"Content-Type": {"application/problem+json"}}})
	if res := get(t, srv, groupsPath); res.status != 400 || res.header.Get("Content-Type") != "application/problem+json" {
		t.Errorf("%+v", res)
	}
	if res := get(t, srv, groupsPath); res.status != 200 {
		t.Errorf("after the faults: %d", res.status)
	}
}

func TestFaultHTML(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	srv.Inject(usergroupstest.Fault{Kind: usergroupstest.FaultHTML, Times: 1})
	res := get(t, srv, groupsPath)
	if res.status != 200 || !strings.HasPrefix(res.body, "<!DOCTYPE html>") || !strings.HasPrefix(res.header.Get("Content-Type"), "text/html") {
		t.Errorf("%+v", res)
	}
	srv.Inject(usergroupstest.Fault{Kind: usergroupstest.FaultHTML, Times: 1, Status: 502, Body: "<p>"})
	if res := get(t, srv, groupsPath); res.status != 502 || res.body != "<p>" {
		t.Errorf("%+v", res)
	}
}

func TestFaultRedirect(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	noFollow := *freshClient
	noFollow.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	for status, want := range map[int]int{0: 302, 301: 301, 302: 302, 303: 303, 307: 307, 308: 308} {
		remove := srv.Inject(usergroupstest.Fault{Kind: usergroupstest.FaultRedirect, Status: status})
		srv.ResetLog()
		res := open(t, &noFollow, "POST", srv.URL+groupsPath, srv.IssueToken(), newGroup)
		_ = res.Body.Close()
		if res.StatusCode != want || res.Header.Get("Location") != srv.URL+usergroupstest.RedirectTarget {
			t.Errorf("got %d to %q, want %d", res.StatusCode, res.Header.Get("Location"), want)
		}
		if n := srv.Count(usergroupstest.RedirectTarget); n != 0 {
			t.Errorf("%d: %d requests to the target", want, n)
		}

		post(t, srv, groupsPath, newGroup).want(t, 200, "{}")
		log := srv.Requests()
		method := "GET"
		if want >= 307 {
			method = "POST"
		}
		if target := log[len(log)-1]; srv.Count(usergroupstest.RedirectTarget) != 1 || target.Method != method ||
			target.Path != usergroupstest.RedirectTarget || target.Header.Get("Authorization") == "" {
			t.Errorf("%d: %+v", want, target)
		}
		remove()
	}
	if n := len(srv.Groups()); n != 6 {
		t.Errorf("%d groups", n)
	}

	// It leads to where the client has called the server.
	remove := srv.Inject(usergroupstest.Fault{Kind: usergroupstest.FaultRedirect})
	byName := strings.Replace(srv.URL, "127.0.0.1", "localhost", 1)
	req, err := http.NewRequestWithContext(t.Context(), "GET", srv.URL+groupsPath, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	req.Host = strings.TrimPrefix(byName, "http://")
	res, err := noFollow.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	if got := res.Header.Get("Location"); got != byName+usergroupstest.RedirectTarget {
		t.Errorf("Location %s", got)
	}
	remove()

	other := newServer(t)
	srv.Inject(usergroupstest.Fault{Kind: usergroupstest.FaultRedirect, Location: other.URL + "/x"})
	get(t, srv, groupsPath).wantError(t, 404, "INVALID_URL_PATTERN", "{}")
	if n := len(other.Requests()); n != 1 {
		t.Errorf("%d requests to the other server", n)
	}
}

func TestFaultsThatCameTooLate(t *testing.T) {
	t.Parallel()
	for _, kind := range []usergroupstest.FaultKind{usergroupstest.FaultStatus, usergroupstest.FaultReset, usergroupstest.FaultHTML} {
		srv := newServer(t)
		srv.Inject(usergroupstest.Fault{Route: createRoute, Kind: kind, Applied: true, Times: 1})
		if res := post(t, srv, groupsPath, newGroup); res.status == 201 {
			t.Errorf("kind %d: no fault", kind)
		}
		if len(srv.Groups()) != 7 {
			t.Errorf("kind %d: the group was not created", kind)
		}
		if res := post(t, srv, groupsPath, newGroup); !strings.Contains(res.body, "DUPLICATE_DATA") {
			t.Errorf("kind %d: %s", kind, res.body)
		}
	}
	srv := newServer(t)
	srv.Inject(usergroupstest.Fault{Status: 503, Times: 1})
	post(t, srv, groupsPath, newGroup).want(t, 503, "")
	if len(srv.Groups()) != 6 {
		t.Error("the group was created, without Applied")
	}
}

func TestFaultRoutesTimesAndSkip(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	statuses := func(requests ...func() answer) string {
		var s []string
		for _, request := range requests {
			s = append(s, strconv.Itoa(request().status))
		}
		return strings.Join(s, " ")
	}
	list := func() answer { return get(t, srv, groupsPath) }
	one := func() answer { return get(t, srv, groupsPath+"/"+sales) }
	unknown := func() answer { return get(t, srv, "/crm/v8/x") }
	token := func() answer { return postForm(t, srv.URL+"/oauth/v2/token", refreshForm(srv)) }

	remove := srv.Inject(usergroupstest.Fault{Route: listRoute, Status: 503, Skip: 1, Times: 2})
	if got := statuses(one, list, one, list, list, list); got != "200 200 200 503 503 200" {
		t.Errorf("one route: %s", got)
	}
	remove()

	remove = srv.Inject(usergroupstest.Fault{Status: 503})
	if got := statuses(list, token, one, unknown, list); got != "503 200 503 503 503" {
		t.Errorf("every API route: %s", got)
	}
	remove()
	remove() // once more is harmless

	remove = srv.Inject(usergroupstest.Fault{Route: "POST /oauth/v2/token", Status: 503, Times: 1})
	if got := statuses(list, token, token); got != "200 503 200" {
		t.Errorf("token endpoint: %s", got)
	}
	remove()

	srv.Inject(usergroupstest.Fault{Route: listRoute, Status: 502, Times: 1})
	srv.Inject(usergroupstest.Fault{Route: listRoute, Status: 503, Times: 1, Skip: 1})
	if got := statuses(list, list, list, list); got != "502 200 503 200" {
		t.Errorf("in a queue: %s", got)
	}
}

func TestInjectPanics(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	for _, fault := range []usergroupstest.Fault{
		{Route: "GET /settings/usergroups"},
		{Kind: 99},
		{Kind: -1},
		{Status: 42},
		{Status: 100},
		{Status: 1000},
		{Kind: usergroupstest.FaultHTML, Status: 199},
		{Kind: usergroupstest.FaultRedirect, Status: 200},
		{Kind: usergroupstest.FaultRedirect, Status: 304},
		{Kind: usergroupstest.FaultInformational, Status: 200},
		{Kind: usergroupstest.FaultInformational, Status: 101},
		{Chunk: -1},
		{Pause: -1},
		{Size: -1},
	} {
		if !panics(func() { srv.Inject(fault) }) {
			t.Errorf("%+v: no panic", fault)
		}
	}
	for _, kind := range []usergroupstest.FaultKind{
		usergroupstest.FaultReset, usergroupstest.FaultGarbage, usergroupstest.FaultHugeBody, usergroupstest.FaultClose,
	} {
		srv.Inject(usergroupstest.Fault{Kind: kind, Status: 700})()
	}
	for _, route := range append(usergroupstest.Routes(), "GET /oauth/v2/auth", usergroupstest.RedirectTarget, usergroupstest.CallbackPath) {
		srv.Inject(usergroupstest.Fault{Route: route})()
	}
}

// A fault looks at the fields of its kind only.
func TestFaultIgnoresOtherFields(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	srv.Inject(usergroupstest.Fault{Kind: usergroupstest.FaultHugeBody, Status: 503, Body: "x", Size: 60, Times: 1})
	if res := get(t, srv, groupsPath); res.status != 200 || len(res.body) != 60 || res.header.Get("Content-Length") != "" {
		t.Errorf("%+v", res)
	}
	srv.Inject(usergroupstest.Fault{Kind: usergroupstest.FaultRedirect, Body: "x", Times: 1})
	res := open(t, &http.Client{Transport: freshClient.Transport, CheckRedirect: func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse
	}}, "GET", srv.URL+groupsPath, srv.IssueToken(), "")
	defer res.Body.Close()
	if body, err := io.ReadAll(res.Body); len(body) > 0 || err != nil || res.Header.Get("Content-Type") != "" {
		t.Errorf("%s, %v, %v", body, err, res.Header)
	}
}

// What a caller does to its fault afterwards is nothing to the server.
func TestInjectCopiesTheHeader(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	header := http.Header{"X-Odd": {"1"}}
	srv.Inject(usergroupstest.Fault{Header: header})
	header["X-Odd"][0] = "2"
	header.Set("X-Other", "3")
	if res := get(t, srv, groupsPath); res.header.Get("X-Odd") != "1" || res.header.Get("X-Other") != "" {
		t.Errorf("%v", res.header)
	}
}
