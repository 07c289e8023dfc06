package tuliptest_test

import (
	"math"
	"net/http"
	"strings"
	"testing"

	"github.com/usergroups-go/usergroups/tulip/tuliptest"
)

func TestMultiValueHeaders(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	for _, name := range []string{"Authorization", "Accept", "User-Agent", "X-Odd"} {
		req := request(t, srv, http.MethodGet, groups, "")
		req.Header.Add(name, "a")
		if name != "Authorization" {
			req.Header.Add(name, "a")
		}
		if name == "User-Agent" { // of which net/http sends the first only
			conn, reader := dial(t, srv)
			sendHead(t, conn, "GET "+groups+" HTTP/1.1\r\nHost: x\r\nUser-Agent: a\r\nuser-agent: b\r\nAuthorization: "+srv.AuthHeader()+"\r\n\r\n")
			res, err := http.ReadResponse(reader, nil)
			if err != nil {
				t.Fatal(err)
			}
			_ = res.Body.Close()
			if res.StatusCode != 400 {
				t.Errorf("%s: %d", name, res.StatusCode)
			}
			continue
		}
		res := roundTrip(req)
		if name == "X-Odd" {
			res.page(t)
			continue
		}
		res.want(t, 400, `{"errorCode":"http.multiValueHeader","message":"The header was sent more than once.","retryable":false,"details":{"headerName":"`+name+`"}}`)
	}
	// Also when neither of the two would do.
	req := request(t, srv, http.MethodGet, groups, "")
	req.Header["Authorization"] = []string{"x", "y"}
	roundTrip(req).wantError(t, 400, "http.multiValueHeader")
}

func TestBodies(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	for body, status := range map[string]int{"": 200, "{}": 200, "[1]\n": 200, "{": 400, "limit=1": 400} {
		res := roundTrip(request(t, srv, http.MethodGet, groups, body))
		if res.status != status {
			t.Errorf("%q: %d %s", body, res.status, res.body)
		}
		if status == 400 {
			res.wantError(t, 400, "http.invalidBodyJson")
		}
	}
	res := roundTrip(request(t, srv, http.MethodGet, groups, strings.Repeat(" ", 1<<20+1)))
	res.wantError(t, 413, "generic.payloadTooLarge")
}

// Where the vendor names the code, it is always there.
func TestNoUnnamedCodes(t *testing.T) {
	t.Parallel()
	srv := guessing(t, tuliptest.Guesses{NoUnnamedCodes: true})
	get(t, srv, groups+"/"+nobody).want(t, 404, `{"message":"There is no user group with this id.","retryable":false}`)
	get(t, srv, api+"/x").wantError(t, 404, "")
	get(t, srv, groups+"?limit=x").wantError(t, 400, "generic.limitParamNonNegativeInt")
	roundTrip(request(t, srv, http.MethodPost, groups, "")).wantError(t, 405, "")
	srv.DisableToken(true)
	get(t, srv, groups).wantError(t, 401, "")
	srv = newServer(t, tuliptest.WithGuesses(tuliptest.Guesses{NoUnnamedCodes: true}), tuliptest.WithScopes())
	get(t, srv, groups).wantError(t, 403, "")
}

func TestErrorBody(t *testing.T) {
	t.Parallel()
	for want, got := range map[string]string{
		`{"errorCode":"x","message":"R&D","retryable":true,"details":{"details":"later"}}`: tuliptest.ErrorBody("x", "R&D", true, map[string]any{"details": "later"}),
		`{"message":"","retryable":false}`:                                                 tuliptest.ErrorBody("", "", false, nil),
	} {
		if got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	if !panics(func() { tuliptest.ErrorBody("x", "", false, map[string]any{"x": math.NaN()}) }) {
		t.Error("no panic")
	}
}
