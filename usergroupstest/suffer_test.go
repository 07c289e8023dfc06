package usergroupstest_test

import (
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/textproto"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/usergroups-go/usergroups/usergroupstest"
)

// open makes a request and returns its answer with the body still to be read
// and closed.
func open(t *testing.T, client *http.Client, method, url, token, body string) *http.Response {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Zoho-oauthtoken "+token)
	res, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	return res
}

// lastStatus is what the log has as the status of the last request.
func lastStatus(srv *usergroupstest.Server) int {
	log := srv.Requests()
	return log[len(log)-1].Status
}

func TestFaultReset(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	srv.Inject(usergroupstest.Fault{Kind: usergroupstest.FaultReset, Times: 1})
	res := post(t, srv, groupsPath, newGroup)
	if !errors.Is(res.err, syscall.ECONNRESET) {
		t.Errorf("%+v", res)
	}
	if log := srv.Requests(); len(log) != 1 || log[0].Status != 0 || log[0].Route != createRoute {
		t.Errorf("%+v", log)
	}
	if len(srv.Groups()) != 6 {
		t.Error("the group was created")
	}
}

func TestFaultCutBody(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	token := srv.IssueToken()
	// One answer that fits into every buffer on the way, and one that does not.
	for i := range 200 {
		srv.AddGroup(usergroupstest.Group{Name: fmt.Sprint("g", i)})
	}
	for _, path := range []string{groupsPath + "/" + sales, groupsPath} {
		whole := send(t, "GET", srv.URL+path, token, "")
		remove := srv.Inject(usergroupstest.Fault{Kind: usergroupstest.FaultCutBody})
		res := send(t, "GET", srv.URL+path, token, "")
		if !errors.Is(res.err, io.ErrUnexpectedEOF) {
			t.Errorf("error %v", res.err)
		}
		if res.status != 200 || res.body != whole.body[:len(whole.body)/2] || res.header.Get("Content-Length") != strconv.Itoa(len(whole.body)) {
			t.Errorf("%d, %d bytes of %d, header %v", res.status, len(res.body), len(whole.body), res.header)
		}
		remove()
	}
	// A write happened; an answer without a body is whole.
	srv.Inject(usergroupstest.Fault{Kind: usergroupstest.FaultCutBody})
	if res := post(t, srv, groupsPath, newGroup); res.status != 201 || res.err == nil {
		t.Errorf("%+v", res)
	}
	if len(srv.Groups()) != 207 {
		t.Error("the group was not created")
	}
	get(t, srv, groupsPath+"/"+nobody).want(t, 204, "")
	if log := srv.Requests(); log[len(log)-2].Status != 201 {
		t.Errorf("logged status %d", log[len(log)-2].Status)
	}
}

func TestFaultSilence(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	srv.Inject(usergroupstest.Fault{Kind: usergroupstest.FaultSilence, Times: 1})
	res := abandon(t, srv, "GET", "", func() bool { return srv.Count(listRoute) == 1 })
	if !errors.Is(res.err, context.Canceled) {
		t.Errorf("%+v", res)
	}
	// The server notices that the client has left.
	waitFor(t, func() bool { srv.ResetLog(); return srv.MaxInFlight() == 0 })
	srv.Inject(usergroupstest.Fault{Kind: usergroupstest.FaultSilence, Times: 1})
	abandon(t, srv, "GET", "", func() bool { return srv.Count(listRoute) == 1 })
	if res := get(t, srv, groupsPath); res.status != 200 {
		t.Errorf("%+v", res)
	}
	if log := srv.Requests(); len(log) != 2 || log[0].Status != 0 {
		t.Errorf("%+v", log)
	}
}

// abandon sends a request to the list's URL and leaves as soon as seen is true.
func abandon(t *testing.T, srv *usergroupstest.Server, method, body string, seen func() bool) answer {
	t.Helper()
	ctx, leave := context.WithCancel(t.Context())
	defer leave()
	req, err := http.NewRequestWithContext(ctx, method, srv.URL+groupsPath, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Zoho-oauthtoken "+srv.IssueToken())
	result := make(chan answer, 1)
	go func() { result <- roundTrip(req) }()
	waitFor(t, seen)
	leave()
	return <-result
}

func TestFaultSlowBody(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	const path = groupsPath + "/" + sales
	whole := get(t, srv, path).body
	remove := srv.Inject(usergroupstest.Fault{Kind: usergroupstest.FaultSlowBody, Chunk: 5, Pause: time.Hour})
	res := open(t, freshClient, "GET", srv.URL+path, srv.IssueToken(), "")
	first := make([]byte, 5)
	if _, err := io.ReadFull(res.Body, first); err != nil || string(first) != whole[:5] {
		t.Errorf("got %q, %v", first, err)
	}
	if res.StatusCode != 200 || res.ContentLength != int64(len(whole)) {
		t.Errorf("status %d, Content-Length %d", res.StatusCode, res.ContentLength)
	}
	if n := lastStatus(srv); n != 0 {
		t.Errorf("half-way the log has status %d", n)
	}
	// The wait ends when the client leaves.
	_ = res.Body.Close()
	waitFor(t, func() bool { return lastStatus(srv) == 200 })
	remove()

	for _, f := range []usergroupstest.Fault{
		{Chunk: 1, Pause: time.Nanosecond},
		{Chunk: len(whole) / 2, Pause: time.Millisecond},
		{Chunk: len(whole), Pause: time.Hour},
		{Chunk: len(whole) + 1, Pause: time.Hour},
		{Chunk: len(whole) - 1}, // the pause between the two is the default
	} {
		f.Kind = usergroupstest.FaultSlowBody
		remove := srv.Inject(f)
		get(t, srv, path).want(t, 200, whole)
		get(t, srv, groupsPath+"/"+nobody).want(t, 204, "")
		remove()
	}
}

func TestFaultBrokenGzip(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	whole := get(t, srv, groupsPath).body
	srv.Inject(usergroupstest.Fault{Kind: usergroupstest.FaultBrokenGzip})

	// Go's client decompresses on its own.
	res := get(t, srv, groupsPath)
	if !errors.Is(res.err, io.ErrUnexpectedEOF) || res.status != 200 || !strings.HasPrefix(whole, res.body) {
		t.Errorf("%+v", res)
	}
	// By hand: the HTTP is right, the gzip breaks off.
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, srv.URL+groupsPath, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Zoho-oauthtoken "+srv.IssueToken())
	req.Header.Set("Accept-Encoding", "identity")
	res = roundTrip(req)
	if res.err != nil || res.header.Get("Content-Encoding") != "gzip" {
		t.Fatalf("%+v", res)
	}
	unzip, err := gzip.NewReader(strings.NewReader(res.body))
	if err != nil {
		t.Fatal(err)
	}
	if text, err := io.ReadAll(unzip); !errors.Is(err, io.ErrUnexpectedEOF) || !strings.HasPrefix(whole, string(text)) {
		t.Errorf("got %q, %v", text, err)
	}
	get(t, srv, groupsPath+"/"+nobody).want(t, 204, "")
}

func TestFaultHugeBody(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	for size, want := range map[int64]int64{0: 64 << 20, 1 << 20: 1 << 20, 32<<10 + 77: 32<<10 + 77, 1: 53} {
		remove := srv.Inject(usergroupstest.Fault{Kind: usergroupstest.FaultHugeBody, Size: size})
		res := open(t, freshClient, "GET", srv.URL+groupsPath, srv.IssueToken(), "")
		if res.StatusCode != 200 || res.ContentLength != -1 || res.Header.Get("Content-Type") != "application/json;charset=UTF-8" {
			t.Errorf("status %d, length %d, header %v", res.StatusCode, res.ContentLength, res.Header)
		}
		if size == 0 {
			if n, err := io.Copy(io.Discard, res.Body); n != want || err != nil {
				t.Errorf("%d bytes, %v", n, err)
			}
		} else if body, err := io.ReadAll(res.Body); int64(len(body)) != want || !json.Valid(body) || err != nil {
			t.Errorf("size %d: %d bytes, want %d, error %v: %.100q", size, len(body), want, err, body)
		}
		_ = res.Body.Close()
		remove()
	}

	srv.Inject(usergroupstest.Fault{Kind: usergroupstest.FaultHugeBody, Size: 1 << 50})
	res := open(t, freshClient, "GET", srv.URL+groupsPath, srv.IssueToken(), "")
	_ = res.Body.Close()
	waitFor(t, func() bool { return lastStatus(srv) == 200 })
}

func TestFaultInformational(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]int{0: 103, 100: 100, 102: 102, 199: 199} {
		srv := newServer(t)
		srv.Inject(usergroupstest.Fault{
			Kind: usergroupstest.FaultInformational, Status: status, Header: http.Header{"x-odd": {"1"}},
		})
		var seen []int
		ctx := httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{
			Got1xxResponse: func(code int, header textproto.MIMEHeader) error {
				seen = append(seen, code)
				if header.Get("X-Odd") != "" {
					t.Errorf("%d has the header of the answer: %v", code, header)
				}
				return nil
			},
		})
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, srv.URL+groupsPath, strings.NewReader(newGroup))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Zoho-oauthtoken "+srv.IssueToken())
		res := roundTrip(req)
		if res.status != 201 || res.err != nil || res.header.Get("X-Odd") != "1" || !slices.Equal(seen, []int{want}) {
			t.Errorf("%d: %v, then %+v", want, seen, res)
		}
		if n := len(srv.Groups()); n != 7 || lastStatus(srv) != 201 {
			t.Errorf("%d groups, logged status %d", n, lastStatus(srv))
		}
	}
}

// Kinds that send the real answer in some form have done the work; others do
// it only when told to. The log has the status that was sent.
func TestFaultsAndTheWork(t *testing.T) {
	t.Parallel()
	for kind, test := range map[usergroupstest.FaultKind]struct {
		works  bool
		status int
	}{
		usergroupstest.FaultStatus:          {false, 500},
		usergroupstest.FaultReset:           {false, 0},
		usergroupstest.FaultCutBody:         {true, 201},
		usergroupstest.FaultHTML:            {false, 200},
		usergroupstest.FaultSlowBody:        {true, 201},
		usergroupstest.FaultShortLength:     {true, 201},
		usergroupstest.FaultBrokenGzip:      {true, 201},
		usergroupstest.FaultHugeBody:        {false, 200},
		usergroupstest.FaultRedirect:        {false, 302},
		usergroupstest.FaultHTTP10:          {true, 201},
		usergroupstest.FaultClose:           {true, 201},
		usergroupstest.FaultStaleConnection: {true, 201},
		usergroupstest.FaultGarbage:         {false, 0},
		usergroupstest.FaultInformational:   {true, 201},
	} {
		for _, applied := range []bool{false, true} {
			srv := newServer(t)
			srv.Inject(usergroupstest.Fault{
				Route: createRoute, Kind: kind, Applied: applied, Chunk: 50, Pause: time.Nanosecond, Size: 1 << 10,
			})
			post(t, srv, groupsPath, newGroup)
			groups := 6
			if test.works || applied {
				groups = 7
			}
			if n := len(srv.Groups()); n != groups {
				t.Errorf("kind %d, Applied %v: %d groups, want %d", kind, applied, n, groups)
			}
			if log := srv.Requests(); log[0].Status != test.status || srv.Count(createRoute) != 1 {
				t.Errorf("kind %d, Applied %v: logged status %d, want %d", kind, applied, log[0].Status, test.status)
			}
		}
	}
}
