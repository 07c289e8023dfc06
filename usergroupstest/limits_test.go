package usergroupstest_test

import (
	"context"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/usergroups-go/usergroups/usergroupstest"
)

// occupy starts n calls that stay unanswered, and returns a function that
// leaves them and waits until the server has noticed.
func occupy(t *testing.T, srv *usergroupstest.Server, n int) (leave func()) {
	t.Helper()
	return hold(t, srv, n, usergroupstest.Fault{Kind: usergroupstest.FaultSilence})
}

// hold is occupy with any fault that keeps calls waiting. They are calls for
// one group, so that the fault hits no others.
func hold(t *testing.T, srv *usergroupstest.Server, n int, f usergroupstest.Fault) (leave func()) {
	t.Helper()
	f.Route = "GET /settings/user_groups/{id}"
	remove := srv.Inject(f)
	ctx, cancel := context.WithCancel(t.Context())
	before := srv.Count("")
	left := make(chan answer, n)
	for range n {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, srv.URL+groupsPath+"/"+sales, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Zoho-oauthtoken "+srv.IssueToken())
		go func() { left <- roundTrip(req) }()
	}
	waitFor(t, func() bool { return srv.Count("") == before+n })
	return func() {
		t.Helper()
		cancel()
		for range n {
			if res := <-left; res.err == nil {
				t.Errorf("a call that was to wait was answered %d %s", res.status, res.body)
			}
		}
		remove()
		waitFor(t, func() bool { srv.ResetLog(); return srv.MaxInFlight() == 0 })
	}
}

func TestConcurrencyLimit(t *testing.T) {
	t.Parallel()
	srv := newServer(t, usergroupstest.WithConcurrencyLimit(3))
	leave := occupy(t, srv, 2)
	if res := get(t, srv, groupsPath); res.status != 200 {
		t.Errorf("third call at once: %d %s", res.status, res.body)
	}
	leave()

	leave = occupy(t, srv, 3)
	remove := srv.Inject(usergroupstest.Fault{Route: createRoute, Status: 503, Times: 1})
	for range 3 { // a refused call takes no slot
		post(t, srv, groupsPath, newGroup).want(t, 429,
			`{"code":"TOO_MANY_REQUESTS","details":{},"message":"Too many requests","status":"error"}`)
	}
	// Neither the token nor the URL is looked at.
	send(t, "GET", srv.URL+"/crm/v8/x", "", "").wantError(t, 429, "TOO_MANY_REQUESTS", "{}")
	refresh(t, srv)
	if n := srv.MaxInFlight(); n != 4 {
		t.Errorf("%d calls in flight, want 4", n)
	}
	leave()
	if n := len(srv.Groups()); n != 6 {
		t.Errorf("%d groups: a refused call was worked on", n)
	}
	// The fault is still there: refused calls do not use it up.
	post(t, srv, groupsPath, newGroup).want(t, 503, "")
	remove()
	for range 4 { // every slot is free again
		if res := get(t, srv, groupsPath); res.status != 200 {
			t.Errorf("afterwards: %d %s", res.status, res.body)
		}
	}
}

// A call has its slot for as long as it waits, whatever for.
func TestWaitingCallsCount(t *testing.T) {
	t.Parallel()
	srv := newServer(t, usergroupstest.WithConcurrencyLimit(1))
	for _, f := range []usergroupstest.Fault{
		{Kind: usergroupstest.FaultSilence},
		{Kind: usergroupstest.FaultSlowBody, Pause: time.Hour},
	} {
		leave := hold(t, srv, 1, f)
		get(t, srv, groupsPath).wantError(t, 429, "TOO_MANY_REQUESTS", "{}")
		leave()
		if res := get(t, srv, groupsPath); res.status != 200 {
			t.Errorf("kind %d, afterwards: %d %s", f.Kind, res.status, res.body)
		}
	}

	// Latency delays a refusal like any answer, so that it shows only in what
	// was not done.
	slow := newServer(t, usergroupstest.WithConcurrencyLimit(1), usergroupstest.WithLatency(time.Hour))
	abandon(t, slow, "POST", newGroup, func() bool {
		if len(slow.Groups()) != 7 {
			return false
		}
		other := strings.Replace(newGroup, "new", "other", 1)
		abandon(t, slow, "POST", other, func() bool { return slow.Count(createRoute) == 2 })
		return true
	})
	waitFor(t, func() bool { slow.ResetLog(); return slow.MaxInFlight() == 0 })
	if n := len(slow.Groups()); n != 7 {
		t.Errorf("%d groups: a refused call was worked on", n)
	}
}

func TestTooManyRequestsForms(t *testing.T) {
	t.Parallel()
	const (
		plain   = `{"code":"TOO_MANY_REQUESTS","details":{},"message":"Too many requests","status":"error"}`
		newer   = `{"code":"RATE_LIMIT_EXCEEDED","details":{},"message":"Rate limit exceeded","status":"error"}`
		details = `{"code":"TOO_MANY_REQUESTS","details":{"trace_id":"[^"]+","retry_after":60,"limit":1,"window":60},"message":"Too many requests","status":"error"}`
	)
	for name, test := range map[string]struct {
		form       usergroupstest.TooManyRequests
		body       string
		retryAfter string // a date: the time until then
	}{
		"nothing":  {usergroupstest.TooManyRequests{}, plain, ""},
		"code":     {usergroupstest.TooManyRequests{RateLimitExceeded: true}, newer, ""},
		"wait":     {usergroupstest.TooManyRequests{Wait: time.Second}, plain, ""},
		"seconds":  {usergroupstest.TooManyRequests{RetryAfter: usergroupstest.RetryAfterSeconds}, plain, "60"},
		"fraction": {usergroupstest.TooManyRequests{RetryAfter: usergroupstest.RetryAfterSeconds, Wait: 1500 * time.Millisecond}, plain, "2"},
		"date":     {usergroupstest.TooManyRequests{RetryAfter: usergroupstest.RetryAfterDate, Wait: time.Hour}, plain, "1h"},
		"details":  {usergroupstest.TooManyRequests{Details: true}, details, ""},
		"both":     {usergroupstest.TooManyRequests{Details: true, RetryAfter: usergroupstest.RetryAfterSeconds}, details, "60"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := newServer(t, usergroupstest.WithConcurrencyLimit(1), usergroupstest.WithTooManyRequests(test.form))
			defer occupy(t, srv, 1)()
			earliest := time.Now().Truncate(time.Second)
			res := get(t, srv, groupsPath)
			latest := time.Now().Add(time.Second)

			if res.status != 429 || !regexp.MustCompile(`^(?:`+test.body+`)$`).MatchString(res.body) {
				t.Errorf("got %d %s, want %s", res.status, res.body, test.body)
			}
			got := res.header.Get("Retry-After")
			if wait, err := time.ParseDuration(test.retryAfter); err == nil && wait > 0 {
				at, err := http.ParseTime(got)
				if err != nil || at.Before(earliest.Add(wait)) || at.After(latest.Add(wait)) {
					t.Errorf("Retry-After %q is not in %v: %v", got, wait, err)
				}
			} else if got != test.retryAfter {
				t.Errorf("Retry-After %q, want %q", got, test.retryAfter)
			}
		})
	}
}

func TestDailyCredits(t *testing.T) {
	t.Parallel()
	srv := newServer(t, usergroupstest.WithDailyCredits(8), usergroupstest.WithTooManyRequests(usergroupstest.TooManyRequests{
		RetryAfter: usergroupstest.RetryAfterSeconds, Details: true, Wait: time.Second,
	}))
	const name = "X-API-CREDITS-REMAINING"
	list := func() answer { return get(t, srv, groupsPath) }
	for i, step := range []struct {
		what   string
		call   func() answer
		status int
		left   string // in the header
	}{
		{"list", list, 200, ""},
		{"no token", func() answer { return send(t, "GET", srv.URL+groupsPath, "x", "") }, 401, ""},
		{"no scope", func() answer { return send(t, "GET", srv.URL+groupsPath, srv.IssueToken("x"), "") }, 401, ""},
		{"no such URL", func() answer { return get(t, srv, "/crm/v8/x") }, 404, ""},
		{"no such method", func() answer { return send(t, "PATCH", srv.URL+groupsPath, srv.IssueToken(), "") }, 400, ""},
		{"no such group", func() answer { return get(t, srv, groupsPath+"/"+nobody) }, 204, ""},
		{"bad request", func() answer { return get(t, srv, groupsPath+"?page=x") }, 400, ""},
		{"no permission", func() answer {
			srv.DenyPermission(usergroupstest.ManageGroups)
			defer srv.DenyPermission("")
			return list()
		}, 403, "4"},
		{"fault", func() answer {
			srv.Inject(usergroupstest.Fault{Status: 500, Times: 1})
			return list()
		}, 500, ""},
		{"fault, applied", func() answer {
			srv.Inject(usergroupstest.Fault{Status: 500, Times: 1, Applied: true})
			return list()
		}, 500, ""},
		{"list", list, 200, "2"},
		{"list", list, 200, "1"},
		{"create", func() answer { return post(t, srv, groupsPath, newGroup) }, 201, "0"},
		{"list", list, 429, "0"},
		{"delete", func() answer { return del(t, srv, groupsPath+"/"+sales) }, 429, "0"},
		{"no token", func() answer { return send(t, "GET", srv.URL+groupsPath, "", "") }, 401, ""},
		{"no such method", func() answer { return send(t, "PATCH", srv.URL+groupsPath, srv.IssueToken(), "") }, 400, ""},
	} {
		res := step.call()
		if res.err != nil || res.status != step.status || res.header.Get(name) != step.left {
			t.Errorf("%d, %s: got %d with %q left (%v), want %d with %q", i, step.what,
				res.status, res.header.Get(name), res.err, step.status, step.left)
		}
	}
	if n := len(srv.Groups()); n != 7 {
		t.Errorf("%d groups: a refused call was worked on", n)
	}

	// The wait told is the real one, whatever TooManyRequests says.
	res := list()
	var got struct {
		Details struct {
			RetryAfter    int `json:"retry_after"`
			Limit, Window int
		}
	}
	res.decode(t, &got)
	if d := got.Details; d.Limit != 8 || d.Window != 86400 || d.RetryAfter < 86000 || d.RetryAfter > 86400 {
		t.Errorf("details %s", res.body)
	}
	if after := res.header.Get("Retry-After"); len(after) != 5 {
		t.Errorf("Retry-After %q", after)
	}
}

func TestWithTooManyRequestsPanics(t *testing.T) {
	t.Parallel()
	for want, form := range map[string]usergroupstest.TooManyRequests{
		"usergroupstest: TooManyRequests.RetryAfter: no value 3":   {RetryAfter: 3},
		"usergroupstest: TooManyRequests.RetryAfter: no value -1":  {RetryAfter: -1},
		"usergroupstest: TooManyRequests.Wait: -1ns is below zero": {Wait: -1},
	} {
		func() {
			defer func() {
				if got := recover(); got != want {
					t.Errorf("panic %v, want %s", got, want)
				}
			}()
			usergroupstest.WithTooManyRequests(form)
		}()
	}
}
