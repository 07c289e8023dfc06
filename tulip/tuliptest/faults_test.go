package tuliptest_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/usergroups-go/usergroups/tulip/tuliptest"
)

// Every kind is what it is called. How they do it is tested with the other fake,
// which has the same.
func TestFaultKinds(t *testing.T) {
	t.Parallel()
	const path = roles + "/owner"
	whole := get(t, newServer(t), path).body
	for kind, want := range map[tuliptest.FaultKind]struct {
		status int
		body   string // the beginning of it
		err    string // what is in it
		logged int
	}{
		tuliptest.FaultStatus:          {500, "", "", 500},
		tuliptest.FaultReset:           {0, "", "read tcp", 0},
		tuliptest.FaultCutBody:         {200, whole[:len(whole)/2], "unexpected EOF", 200},
		tuliptest.FaultSilence:         {0, "", "Client.Timeout", 0},
		tuliptest.FaultHTML:            {200, "<!DOCTYPE html>\n<html><head><title>Tulip</title>", "", 200},
		tuliptest.FaultSlowBody:        {200, whole, "", 200},
		tuliptest.FaultShortLength:     {200, whole[:len(whole)/2], "", 200},
		tuliptest.FaultBrokenGzip:      {200, "", "unexpected EOF", 200},
		tuliptest.FaultHugeBody:        {200, `{"items":[{"id":"hugeUserGroup0001","name":"aaa`, "", 200},
		tuliptest.FaultRedirect:        {200, "{}", "", 302}, // and the target has answered
		tuliptest.FaultHTTP10:          {200, whole, "", 200},
		tuliptest.FaultClose:           {200, whole, "", 200},
		tuliptest.FaultStaleConnection: {200, whole, "", 200},
		tuliptest.FaultGarbage:         {0, "", "malformed HTTP", 0},
		tuliptest.FaultInformational:   {200, whole, "", 200},
		tuliptest.FaultNextPage:        {200, whole, "", 200}, // which is no page
	} {
		srv := newServer(t)
		srv.Inject(tuliptest.Fault{Kind: kind, Chunk: 50, Pause: time.Nanosecond, Size: 1 << 10})
		client := *freshClient
		if kind == tuliptest.FaultSilence {
			client.Timeout = 50 * time.Millisecond
		}
		res := roundTripWith(&client, request(t, srv, http.MethodGet, path, ""))
		failed := ""
		if res.err != nil {
			failed = res.err.Error()
		}
		if res.status != want.status || !strings.HasPrefix(res.body, want.body) || (want.err == "") != (failed == "") || !strings.Contains(failed, want.err) {
			t.Errorf("kind %d: %d %q, %v", kind, res.status, res.body, res.err)
		}
		if log := srv.Requests(); log[0].Status != want.logged {
			t.Errorf("kind %d: logged status %d", kind, log[0].Status)
		}
	}
}

// Every field reaches what the fakes share.
func TestFaultFields(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	noFollow := http.Client{
		Transport: freshClient.Transport, Timeout: 10 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	suffer := func(f tuliptest.Fault) answer {
		t.Helper()
		f.Times = 1
		srv.Inject(f)
		return roundTripWith(&noFollow, request(t, srv, http.MethodGet, users+"?limit=100", ""))
	}
	if res := suffer(tuliptest.Fault{Kind: tuliptest.FaultHugeBody, Size: 100}); len(res.body) != 100 || !json.Valid([]byte(res.body)) {
		t.Errorf("%+v", res)
	}
	if res := suffer(tuliptest.Fault{Kind: tuliptest.FaultRedirect, Location: "/x", Status: 307}); res.status != 307 || res.header.Get("Location") != "/x" {
		t.Errorf("%+v", res)
	}
	if res := suffer(tuliptest.Fault{Kind: tuliptest.FaultRedirect}); res.header.Get("Location") != srv.URL+tuliptest.RedirectTarget {
		t.Errorf("%+v", res)
	}
	if res := suffer(tuliptest.Fault{Kind: tuliptest.FaultGarbage, Body: "HTTP/1.1 222 OK\r\n\r\n"}); res.status != 222 {
		t.Errorf("%+v", res)
	}
	// By default it would take longer than the client waits, a byte at a time.
	for _, f := range []tuliptest.Fault{{Pause: time.Nanosecond}, {Chunk: 1 << 20, Pause: time.Hour}} {
		f.Kind = tuliptest.FaultSlowBody
		suffer(f).page(t)
	}
}

func TestFaultNextPage(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	remove := srv.Inject(tuliptest.Fault{Kind: tuliptest.FaultNextPage, NextPage: "//evil.example/x?a=b&c", Header: http.Header{"X-Odd": {"1"}}})
	res := get(t, srv, usersOf+"?limit=1&offset=1")
	res.want(t, 200, `{"items":[{"userId":"graceMwangi000007"}],"count":3,"nextPage":"//evil.example/x?a=b&c","prevPage":"`+srv.URL+usersOf+`?limit=1&offset=0"}`)
	if res.header.Get("X-Odd") != "1" {
		t.Errorf("%v", res.header)
	}
	// The last page as well, and partial ones; but not what is no page.
	restore := srv.Omit(grace, tuliptest.ItemError{})
	get(t, srv, usersOf).want(t, 200, `{"items":[{"userId":"brunoKeller000002"},{"userId":"hiroTanaka0000008"}],"count":3,"nextPage":"//evil.example/x?a=b&c",`+
		`"errors":[{"errorCode":"generic.internal","message":"Something went wrong.","retryable":false,"details":{"id":"graceMwangi000007"}}]}`)
	restore()
	get(t, srv, users+"/"+nobody).wantError(t, 404, "generic.notFound")
	get(t, srv, roles+"/operator").want(t, 200, `{"id":"operator","name":"Operator","description":"Runs apps","isCustom":false}`)
	remove()

	srv.Inject(tuliptest.Fault{Route: listRoute, Kind: tuliptest.FaultNextPage, Skip: 1, Times: 1})
	for _, want := range []string{srv.URL + groups + "?limit=1&offset=1", "", srv.URL + groups + "?limit=1&offset=1"} {
		if p := get(t, srv, groups+"?limit=1").page(t); p.NextPage == nil || *p.NextPage != want {
			t.Errorf("%+v, want %q", p, want)
		}
	}

	// Whatever form the rest has.
	srv = guessing(t, tuliptest.Guesses{NoLink: tuliptest.NoLinkNull, Number: tuliptest.NumberDecimal, Empty: tuliptest.EmptyNull})
	srv.Inject(tuliptest.Fault{Kind: tuliptest.FaultNextPage, NextPage: "x"})
	get(t, srv, usersOf+"?limit=0").want(t, 200, `{"items":null,"count":3.0,"nextPage":"x","prevPage":null}`)
	srv = guessing(t, tuliptest.Guesses{Empty: tuliptest.EmptyAbsent})
	srv.Inject(tuliptest.Fault{Kind: tuliptest.FaultNextPage, NextPage: "x"})
	get(t, srv, usersOf+"?limit=0").want(t, 200, `{"count":3,"nextPage":"x"}`)
}

func TestFaultStatus(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	body := tuliptest.ErrorBody("generic.tooManyRequests", "Slow down.", false, map[string]any{"details": "Try again in a second."})
	srv.Inject(tuliptest.Fault{Status: 429, Times: 1, Body: body, Header: http.Header{"Retry-After": {"1"}}})
	res := get(t, srv, groups)
	res.want(t, 429, `{"errorCode":"generic.tooManyRequests","message":"Slow down.","retryable":false,"details":{"details":"Try again in a second."}}`)
	if res.header.Get("Retry-After") != "1" {
		t.Errorf("%v", res.header)
	}
	get(t, srv, groups).page(t)
}

func TestInjectPanics(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	for _, fault := range []tuliptest.Fault{
		{Route: "GET /usergroups"}, {Kind: 99}, {Kind: -1}, {Kind: tuliptest.FaultNextPage + 1}, {Status: 42}, {Chunk: -1},
	} {
		if !panics(func() { srv.Inject(fault) }) {
			t.Errorf("%+v: no panic", fault)
		}
	}
	for _, route := range append(tuliptest.Routes(), tuliptest.RedirectTarget) {
		srv.Inject(tuliptest.Fault{Route: route})()
	}
}
