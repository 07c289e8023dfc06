package fakeserver_test

import (
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/usergroups-go/usergroups/internal/fakeserver"
)

// The faults and the life of the server are tested through the fakes. Here is how a
// fake and the server work together, with the fake of Acme, which serves
// GET /api/teams and nothing else.

const teams = "GET /teams"

type acme struct {
	*fakeserver.Server
	worked atomic.Int32
}

// newAcme starts a fake of Acme, with what change makes of its config.
func newAcme(t *testing.T, change func(*fakeserver.Config)) *acme {
	t.Helper()
	a := &acme{}
	cfg := fakeserver.Config{
		Name: "acmetest", Addr: "127.0.0.1:0", Routes: []string{teams}, Now: time.Now,
		Resolve:   a.resolve,
		TooLarge:  func(*http.MaxBytesError) fakeserver.Reply { return fakeserver.JSON(413, nil, "too large") },
		HTMLTitle: "Acme", HugeHead: `["`, HugeTail: `"]`,
	}
	if change != nil {
		change(&cfg)
	}
	var err error
	if a.Server, err = fakeserver.Listen(cfg); err != nil {
		t.Fatal(err)
	}
	a.Serve()
	t.Cleanup(a.Close)
	return a
}

func (a *acme) resolve(r *http.Request, body []byte) fakeserver.Call {
	path, api := strings.CutPrefix(r.URL.EscapedPath(), "/api")
	if api && path == "/teams" {
		return fakeserver.Call{Route: teams, API: true, Work: func() fakeserver.Reply {
			a.worked.Add(1)
			return fakeserver.JSON(200, http.Header{"X-Body": {string(body)}}, []string{"R&D"})
		}}
	}
	return fakeserver.Call{API: api, Work: func() fakeserver.Reply { return fakeserver.Reply{Status: 404} }}
}

// get returns the answer as status and body.
func (a *acme) get(t *testing.T, path, body string) (int, string, http.Header) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, a.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 10 * time.Second}
	res, err := client.Do(req)
	if err != nil {
		return 0, err.Error(), nil
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Error(err)
	}
	return res.StatusCode, string(text), res.Header
}

func TestCalls(t *testing.T) {
	t.Parallel()
	now := time.Date(2024, 1, 15, 9, 30, 0, 0, time.UTC)
	a := newAcme(t, func(cfg *fakeserver.Config) { cfg.Now = func() time.Time { return now } })
	for _, tc := range []struct {
		path, body string
		status     int
		answer     string
		route      string
	}{
		{"/api/teams?x=1", "hello", 200, `["R&D"]`, teams},
		{"/api/x", "", 404, "", ""},
		{"/x", "", 404, "", ""},
		{fakeserver.RedirectTarget, "", 200, "{}", fakeserver.RedirectTarget},
		{"/api/teams", strings.Repeat("x", fakeserver.MaxBody+1), 413, `"too large"`, teams},
		{fakeserver.RedirectTarget, strings.Repeat("x", fakeserver.MaxBody+1), 413, `"too large"`, fakeserver.RedirectTarget},
	} {
		status, answer, header := a.get(t, tc.path, tc.body)
		if status != tc.status || answer != tc.answer || tc.answer != "" && header.Get("Content-Type") != fakeserver.JSONType {
			t.Errorf("%s: %d %s, %v", tc.path, status, answer, header)
		}
		if tc.body == "hello" && header.Get("X-Body") != "hello" {
			t.Errorf("%s: the fake got the body %q", tc.path, header.Get("X-Body"))
		}
		log := a.Requests()
		if last := log[len(log)-1]; last.Route != tc.route || last.Status != tc.status || !last.Time.Equal(now) {
			t.Errorf("%s: %+v", tc.path, last)
		}
	}
	if n := a.worked.Load(); n != 1 {
		t.Errorf("%d calls were worked on", n)
	}
	queries := a.CountFunc(func(r fakeserver.Request) bool { return r.RawQuery == "x=1" })
	if a.Count("") != 3 || a.Count(teams) != 2 || a.Count(fakeserver.RedirectTarget) != 2 || queries != 1 {
		t.Errorf("%d of the API, %d lists, %d queries", a.Count(""), a.Count(teams), queries)
	}
	a.ResetLog()
	if len(a.Requests()) != 0 || a.MaxInFlight() != 0 {
		t.Error("ResetLog leaves something")
	}
}

// Who is refused is counted as in flight, not as being served, and hit by no fault.
func TestAdmit(t *testing.T) {
	t.Parallel()
	var asked []int // guarded by the server
	a := newAcme(t, func(cfg *fakeserver.Config) {
		cfg.Admit = func(serving int) *fakeserver.Reply {
			asked = append(asked, serving)
			if serving < 2 {
				return nil
			}
			return &fakeserver.Reply{Status: 429}
		}
	})
	remove := a.Inject(fakeserver.Fault{Kind: fakeserver.Silence})
	var silent sync.WaitGroup
	for range 2 {
		silent.Go(func() { a.get(t, "/api/teams", "") })
	}
	for a.Count("") < 2 {
		time.Sleep(time.Millisecond)
	}
	for range 2 {
		if status, _, _ := a.get(t, "/api/teams", ""); status != 429 {
			t.Errorf("status %d", status)
		}
	}
	if status, _, _ := a.get(t, "/x", ""); status != 404 || len(asked) != 4 {
		t.Errorf("outside of the API: %d, %v", status, asked)
	}
	if n := a.MaxInFlight(); n != 3 || a.worked.Load() != 0 {
		t.Errorf("%d in flight, %d worked on", n, a.worked.Load())
	}
	if len(asked) != 4 || asked[0] != 0 || asked[1] != 1 || asked[2] != 2 || asked[3] != 2 {
		t.Errorf("asked with %v", asked)
	}
	remove()
	a.Close()
	silent.Wait()
}

func TestEdited(t *testing.T) {
	t.Parallel()
	a := newAcme(t, nil)
	a.Inject(fakeserver.Fault{
		Kind: fakeserver.Edited, Times: 1, Header: http.Header{"x-odd": {"1"}},
		Edit: func(rep fakeserver.Reply) fakeserver.Reply {
			rep.Status, rep.Body = 207, append([]byte(nil), strings.ToLower(string(rep.Body))...)
			return rep
		},
	})
	status, body, header := a.get(t, "/api/teams", "")
	if status != 207 || body != `["r&d"]` || header.Get("X-Odd") != "1" || header.Get("Content-Length") != "7" {
		t.Errorf("%d %s, %v", status, body, header)
	}
	if log := a.Requests(); log[0].Status != 207 || a.worked.Load() != 1 {
		t.Errorf("%+v", log)
	}
}

// A reply without a header can suffer as any other, and panics name the fake.
func TestInject(t *testing.T) {
	t.Parallel()
	a := newAcme(t, nil)
	a.Inject(fakeserver.Fault{Kind: fakeserver.BrokenGzip, Header: http.Header{"X-Odd": {"1"}}, Times: 1})
	if status, _, header := a.get(t, "/api/x", ""); status != 404 || header.Get("X-Odd") != "1" {
		t.Errorf("%d, %v", status, header)
	}
	a.Inject(fakeserver.Fault{Kind: fakeserver.HTML, Times: 1})
	if _, body, _ := a.get(t, "/api/teams", ""); !strings.Contains(body, "<title>Acme</title>") {
		t.Error(body)
	}
	a.Inject(fakeserver.Fault{Kind: fakeserver.HugeBody, Size: 10, Times: 1})
	if _, body, _ := a.get(t, "/api/teams", ""); body != `["aaaaaa"]` {
		t.Error(body)
	}
	for want, f := range map[string]func(){
		"acmetest: Inject: no fault kind 15": func() { a.Inject(fakeserver.Fault{Kind: fakeserver.Edited}) },
		"acmetest: Inject: no fault kind 1": func() {
			a.Inject(fakeserver.Fault{Kind: fakeserver.Reset, Edit: func(r fakeserver.Reply) fakeserver.Reply { return r }})
		},
		`acmetest: Count: no route "GET /x", there are ["GET /teams" "/redirected"]`: func() { a.Count("GET /x") },
		"fakeserver: cannot encode an answer: json: unsupported type: func()":        func() { fakeserver.JSON(200, nil, func() {}) },
	} {
		func() {
			defer func() {
				if got := recover(); got != want {
					t.Errorf("got %v, want %s", got, want)
				}
			}()
			f()
		}()
	}
}
