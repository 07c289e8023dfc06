package tuliptest_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/usergroups-go/usergroups/tulip/tuliptest"
)

// Ids of the sample instance that many tests use.
const (
	amara    = "amaraOkafor000001"
	bruno    = "brunoKeller000002"
	diego    = "diegoAlvarez00004"
	finn     = "finnOBrien0000006"
	grace    = "graceMwangi000007"
	hiro     = "hiroTanaka0000008"
	allHands = "allHands000000001"
	machines = "machineTeam000002"
	obriens  = "oBriensLine000003"
	lineFour = "lineFour000000007"
	lineLead = "lineLead000000001"
	nobody   = "nobody00000000000"

	api    = "/api/users/v1"
	users  = api + "/users"
	groups = api + "/user-groups"
	roles  = api + "/roles"

	listRoute = "GET /user-groups"
)

// newServer starts a fake that ends with the test.
func newServer(t *testing.T, opts ...tuliptest.Option) *tuliptest.Server {
	t.Helper()
	srv := tuliptest.NewServer(opts...)
	t.Cleanup(srv.Close)
	return srv
}

// guessing starts a fake with guesses.
func guessing(t *testing.T, g tuliptest.Guesses) *tuliptest.Server {
	t.Helper()
	return newServer(t, tuliptest.WithGuesses(g))
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

func roundTrip(req *http.Request) answer { return roundTripWith(freshClient, req) }

func roundTripWith(client *http.Client, req *http.Request) answer {
	res, err := client.Do(req)
	if err != nil {
		return answer{err: err}
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	return answer{res.StatusCode, res.Header, string(body), err}
}

func request(t *testing.T, srv *tuliptest.Server, method, path, body string) *http.Request {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, srv.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", srv.AuthHeader())
	return req
}

func get(t *testing.T, srv *tuliptest.Server, path string) answer {
	t.Helper()
	return roundTrip(request(t, srv, http.MethodGet, path, ""))
}

// filtered is a path with a filter.
func filtered(path, filter string) string { return path + "?filter=" + url.QueryEscape(filter) }

// want compares status and body. The body is compared as text, so that order,
// null and absent keys count.
func (a answer) want(t *testing.T, status int, body string) {
	t.Helper()
	if a.err != nil {
		t.Fatal(a.err)
	}
	if a.status != status || a.body != body {
		t.Errorf("got  %d %s\nwant %d %s", a.status, a.body, status, body)
	}
	if contentType := a.header.Get("Content-Type"); contentType != "application/json;charset=UTF-8" {
		t.Errorf("Content-Type is %q", contentType)
	}
}

// wantError compares status and code of an error.
func (a answer) wantError(t *testing.T, status int, code string) {
	t.Helper()
	var got struct {
		ErrorCode, Message string
		Retryable          *bool
	}
	a.decode(t, &got)
	if a.status != status || got.ErrorCode != code || got.Message == "" || got.Retryable == nil || *got.Retryable {
		t.Errorf("got %d %s\nwant %d, code %s", a.status, a.body, status, code)
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

// page is a page as a lenient reader sees it.
type page struct {
	Items []struct {
		ID, UserID, UserGroupID string
	}
	Count              *float64
	NextPage, PrevPage *string
	Errors             []struct {
		ErrorCode, Message string
		Retryable          bool
		Details            struct{ ID string }
	}
}

func (a answer) page(t *testing.T) page {
	t.Helper()
	var p page
	if a.decode(t, &p); a.status != http.StatusOK {
		t.Fatalf("%d %s", a.status, a.body)
	}
	return p
}

// ids returns the ids on a page, joined with commas. Of longer ones it is the
// part before the number.
func (p page) ids() string {
	var ids []string
	for _, item := range p.Items {
		id := item.ID + item.UserID + item.UserGroupID
		ids = append(ids, strings.TrimRight(id, "0123456789"))
	}
	return strings.Join(ids, ",")
}

func (a answer) ids(t *testing.T) string {
	t.Helper()
	return a.page(t).ids()
}

func panics(f func()) (did bool) {
	defer func() { did = recover() != nil }()
	f()
	return false
}
