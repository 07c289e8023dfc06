package tulip_test

import (
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/usergroups-go/usergroups/tulip"
)

// authHeader is the value of Authorization that a client sends.
func authHeader(t *testing.T, opts ...tulip.Option) (string, error) {
	t.Helper()
	var sent []string
	client, err := tulip.NewClient(instance, append(opts, tulip.WithHTTPClient(&http.Client{Transport: roundTripFunc(func(r *http.Request) (*http.Response, error) {
		sent = r.Header.Values("Authorization")
		return inMemory(204, nil, "")(r)
	})}))...)
	if err != nil {
		if client != nil {
			t.Error("a client beside the error")
		}
		return "", err
	}
	if err := get(t.Context(), client); err != nil || len(sent) != 1 {
		t.Errorf("%q, %v", sent, err)
	}
	return strings.Join(sent, "\n"), nil
}

func basic(pair string) string { return "Basic " + base64.StdEncoding.EncodeToString([]byte(pair)) }

// TestCredentials: what is sent, for what was given, or that it is refused without
// being repeated.
func TestCredentials(t *testing.T) {
	t.Parallel()
	with := func(opts ...tulip.Option) []tulip.Option { return opts }
	tests := []struct {
		name string
		opts []tulip.Option
		want string // "" when it is refused
	}{
		{"key and secret", with(tulip.WithAPIToken("apikey.2_x", "s")), basic("apikey.2_x:s")},
		{"a secret with colons", with(tulip.WithAPIToken("k", "a:b:")), basic("k:a:b:")},
		{"a secret of any letters", with(tulip.WithAPIToken("k", "pä$$ wörd/+=?")), basic("k:pä$$ wörd/+=?")},
		{"the later one", with(tulip.WithAPIToken("k", "s"), tulip.WithAPIToken("l", "t")), basic("l:t")},
		{"the Auth Header", with(tulip.WithAuthHeader(basic("apikey.2_x:s"))), basic("apikey.2_x:s")},
		{"the Auth Header with a colon in the secret", with(tulip.WithAuthHeader(basic("k:a:b"))), basic("k:a:b")},
		{"in another letter case", with(tulip.WithAuthHeader(strings.Replace(basic("k:s"), "Basic", "bASIC", 1))), basic("k:s")},
		{"with spaces around", with(tulip.WithAuthHeader("  " + basic("k:s") + " \n")), basic("k:s")},
		{"without padding", with(tulip.WithAuthHeader(strings.TrimRight(basic("k:s"), "="))), basic("k:s")},

		{"no credentials", nil, ""},
		{"no key", with(tulip.WithAPIToken("", "MARK")), ""},
		{"no secret", with(tulip.WithAPIToken("k", "")), ""},
		{"a colon in the key", with(tulip.WithAPIToken("k:", "MARK")), ""},
		{"key and secret in the key", with(tulip.WithAPIToken("k:MARK", "x")), ""},
		{"a line break in the key", with(tulip.WithAPIToken("k\n", "MARK")), ""},
		{"a line break in the secret", with(tulip.WithAPIToken("k", "MARK\r\nX: y")), ""},
		{"a zero byte in the secret", with(tulip.WithAPIToken("k", "MARK\x00")), ""},
		{"a delete character", with(tulip.WithAPIToken("k", "MARK\x7f")), ""},
		{"an empty Auth Header", with(tulip.WithAuthHeader("")), ""},
		{"no scheme", with(tulip.WithAuthHeader(strings.TrimPrefix(basic("k:MARK"), "Basic "))), ""},
		{"another scheme", with(tulip.WithAuthHeader(strings.Replace(basic("k:MARK"), "Basic", "Bearer", 1))), ""},
		{"a scheme alone", with(tulip.WithAuthHeader("Basic ")), ""},
		{"no space", with(tulip.WithAuthHeader(strings.Replace(basic("k:MARK"), " ", "", 1))), ""},
		{"not base64", with(tulip.WithAuthHeader("Basic k:MARK")), ""},
		{"the header with its name", with(tulip.WithAuthHeader("Authorization: " + basic("k:MARK"))), ""},
		{"encoded twice", with(tulip.WithAuthHeader("Basic " + base64.StdEncoding.EncodeToString([]byte(basic("k:MARK"))))), ""},
		{"no colon", with(tulip.WithAuthHeader(basic("MARK"))), ""},
		{"no key in it", with(tulip.WithAuthHeader(basic(":MARK"))), ""},
		{"no secret in it", with(tulip.WithAuthHeader(basic("MARK:"))), ""},
		{"a line break in it", with(tulip.WithAuthHeader(basic("k:MARK\n"))), ""},
		{"something behind it", with(tulip.WithAuthHeader(basic("k:MARK") + " x")), ""},
		{"both", with(tulip.WithAPIToken("k", "MARK"), tulip.WithAuthHeader(basic("k:MARK"))), ""},
		{"both, the same", with(tulip.WithAuthHeader(basic("k:s")), tulip.WithAPIToken("k", "s")), ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := authHeader(t, tt.opts...)
			if got != tt.want || (err != nil) != (tt.want == "") || err != nil && !errors.Is(err, tulip.ErrInvalidArgument) {
				t.Errorf("sent %q, want %q; %v", got, tt.want, err)
			}
			if err != nil && (strings.Contains(err.Error(), "MARK") || strings.Contains(err.Error(), basic("k:MARK")[6:14])) {
				t.Errorf("the error tells the secret: %v", err)
			}
		})
	}
}

// TestInstanceURL: what stands before /api/users/v1.
func TestInstanceURL(t *testing.T) {
	t.Parallel()
	const path = "/api/users/v1/user-groups"
	for base, want := range map[string]string{
		"https://acme.tulip.co":             "https://acme.tulip.co" + path,
		"https://acme.tulip.co/":            "https://acme.tulip.co" + path,
		"https://acme.tulip.co/proxy":       "https://acme.tulip.co/proxy" + path,
		"https://acme.tulip.co/proxy/a%20b": "https://acme.tulip.co/proxy/a%20b" + path,
		"https://acme.tulip.co/proxy/":      "https://acme.tulip.co/proxy" + path,
		"https://tulip.factory.test:8443":   "https://tulip.factory.test:8443" + path,
		"https://[2001:db8::1]":             "https://[2001:db8::1]" + path,
		"http://127.0.0.1:8080":             "http://127.0.0.1:8080" + path,
		"http://[::1]:1":                    "http://[::1]:1" + path,
		"http://LOCALHOST/x/":               "http://localhost/x" + path,
	} {
		var sent string
		client := mustClient(t, base, apiToken, tulip.WithHTTPClient(&http.Client{Transport: roundTripFunc(func(r *http.Request) (*http.Response, error) {
			sent = r.URL.String()
			return inMemory(204, nil, "")(r)
		})}))
		if err := get(t.Context(), client); err != nil || !strings.EqualFold(sent, want) {
			t.Errorf("%s: sent to %s, want %s; %v", base, sent, want, err)
		}
	}
	for _, base := range []string{
		"", " ", "acme", "acme.tulip.co", "//acme.tulip.co", "/api", "ftp://acme.tulip.co", "https://", "https:acme.tulip.co", "https:///x",
		"https://user@acme.tulip.co", "https://user:MARK@acme.tulip.co", "https://acme.tulip.co?x=1", "https://acme.tulip.co?", "https://acme.tulip.co#x",
		"http://acme.tulip.co", "http://127.0.0.1.example", "http://10.0.0.1", "http://localhost.example", "https://ac me", "https://acme.tulip.co\n",
		"https://acme.tulip.co/w/DEFAULT", "https://acme.tulip.co/w/DEFAULT/stations", "https://acme.tulip.co/w", // a page of the browser's
		"https://acme.tulip.co/api/users/v1", "https://acme.tulip.co/gateway/api/users/v1/", // what is put behind it
		"https://acme.tulip.co/a/../b", "https://acme.tulip.co/a/.", "https://acme.tulip.co/%2e%2E/b",
		"key:MARK@acme.tulip.co", "MARK", "https://key:MARK@ac me", "MARK://acme.tulip.co", "http:MARK", // what is no URL may be a secret
	} {
		client, err := tulip.NewClient(base, apiToken)
		if !errors.Is(err, tulip.ErrInvalidArgument) || client != nil {
			t.Errorf("%q: %v, %v, want ErrInvalidArgument", base, client, err)
		}
		if err != nil && strings.Contains(err.Error(), "MARK") {
			t.Errorf("the error tells the password: %v", err)
		}
	}
	if _, err := tulip.NewClient("http://acme.tulip.co", tulip.WithInsecureHTTP(), apiToken); err != nil {
		t.Errorf("http where it is told: %v", err)
	}
}

// TestNewClientIsQuiet: making a client reads no environment and sends nothing.
func TestNewClientIsQuiet(t *testing.T) {
	t.Setenv("TULIP_URL", "%")
	t.Setenv("TULIP_API_KEY", "from:the environment")
	mock := newMock(t)
	if client := newClient(t, mock); client == nil || mock.GetTotalCallCount() != 0 {
		t.Errorf("%d requests", mock.GetTotalCallCount())
	}
}

// TestNewClientFromEnv cannot be parallel: the environment is everybody's.
func TestNewClientFromEnv(t *testing.T) {
	const (
		instanceURL = "https://acme.test/gateway/"
		goodKey     = "apikey.2_x"
	)
	tests := []struct {
		name             string
		url, key, secret string
		opts             []tulip.Option
		says             string
	}{
		{name: "all", url: instanceURL, key: goodKey, secret: "s"},
		{name: "options on top", url: instanceURL, key: goodKey, secret: "s", opts: []tulip.Option{tulip.WithAPIToken(goodKey, "s")}},
		{name: "none", says: "TULIP_URL, TULIP_API_KEY, TULIP_API_SECRET"},
		{name: "no secret", url: instanceURL, key: goodKey, says: ": TULIP_API_SECRET"},
		{name: "no URL", key: goodKey, secret: "MARK", says: ": TULIP_URL"},
		{name: "no key", url: instanceURL, secret: "MARK", says: ": TULIP_API_KEY"},
		{name: "bad URL", url: "acme.test", key: goodKey, secret: "MARK", says: "not an absolute"},
		{name: "the secret for the URL", url: "MARK", key: goodKey, secret: "MARK", says: "not an absolute"},
		{name: "http", url: "http://acme.test", key: goodKey, secret: "MARK", says: "http"},
		{name: "bad key", url: instanceURL, key: "a:b", secret: "MARK", says: "colon"},
		{name: "a second credential", url: instanceURL, key: goodKey, secret: "MARK", opts: []tulip.Option{tulip.WithAuthHeader(basic("a:b"))}, says: "WithAuthHeader"},
		{name: "a bad option", url: instanceURL, key: goodKey, secret: "MARK", opts: []tulip.Option{nil}, says: "nil"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Setenv("TULIP_URL", tt.url)
			t.Setenv("TULIP_API_KEY", tt.key)
			t.Setenv("TULIP_API_SECRET", tt.secret)
			client, err := tulip.NewClientFromEnv(append(tt.opts, tulip.WithHTTPClient(&http.Client{Transport: roundTripFunc(func(r *http.Request) (*http.Response, error) {
				if user, password, _ := r.BasicAuth(); r.URL.String() != apiBase+"/user-groups" || user != goodKey || password != "s" {
					t.Errorf("%s with %s", r.URL, r.Header.Get("Authorization"))
				}
				return inMemory(204, nil, "")(r)
			})}))...)
			if tt.says != "" {
				if !errors.Is(err, tulip.ErrInvalidArgument) || !strings.Contains(err.Error(), tt.says) || strings.Contains(err.Error(), "MARK") || client != nil {
					t.Errorf("error %v, want one that says %q", err, tt.says)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if err := get(t.Context(), client); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestDo(t *testing.T) {
	t.Parallel()
	var got struct{ method, uri string }
	status, answered, contentType := 200, `{"stations":[{"id":"9"}]}`, "application/json"
	serverURL, count := countingServer(t, func(w http.ResponseWriter, r *http.Request) {
		got.method, got.uri = r.Method, r.URL.RequestURI()
		answer(status, contentType, answered)(w, r)
	})
	client := newServerClient(t, serverURL)
	var out struct{ Stations []struct{ ID string } }
	err := client.Do(t.Context(), tulip.Request{
		Method: "GET", Path: []string{"stations", "v1", "w", "a/b"}, Query: url.Values{"q": {"a b&c"}},
	}, &out)
	if err != nil || len(out.Stations) != 1 || out.Stations[0].ID != "9" || got.method != "GET" || got.uri != "/gateway/api/stations/v1/w/a%2Fb?q=a%20b%26c" {
		t.Errorf("error %v, out %+v, request %+v", err, out, got)
	}

	stations := []string{"stations"}
	tests := []struct {
		name     string
		req      tulip.Request
		status   int
		answered string
		requests int64
		is       []string
	}{
		{"no method", tulip.Request{Path: stations}, 200, "{}", 0, []string{"ErrInvalidArgument"}},
		{"odd method", tulip.Request{Method: "get", Path: stations}, 200, "{}", 0, []string{"ErrInvalidArgument"}},
		{"no path", tulip.Request{Method: "GET"}, 200, "{}", 0, []string{"ErrInvalidArgument"}},
		{"dots", tulip.Request{Method: "GET", Path: []string{"..", "x"}}, 200, "{}", 0, []string{"ErrInvalidArgument"}},
		{"empty segment", tulip.Request{Method: "GET", Path: []string{"stations", ""}}, 200, "{}", 0, []string{"ErrInvalidArgument"}},
		{"body that is no JSON", tulip.Request{Method: "POST", Path: stations, Body: func() {}}, 200, "{}", 0, []string{"ErrInvalidArgument"}},
		{"204", tulip.Request{Method: "GET", Path: stations}, 204, "", 1, nil},
		{"a list", tulip.Request{Method: "GET", Path: stations}, 200, `{"stations":[]}`, 1, nil},
		{"GET 503", tulip.Request{Method: "GET", Path: stations}, 503, "", 4, []string{"ErrUnavailable"}},
		{"PUT 503", tulip.Request{Method: "PUT", Path: stations}, 503, "", 1, []string{"ErrUnavailable", "ErrOutcomeUnknown"}},
		{"repeatable PUT 503", tulip.Request{Method: "PUT", Path: stations, Repeatable: true}, 503, "", 4, []string{"ErrUnavailable"}},
		{"HTML", tulip.Request{Method: "GET", Path: stations}, 200, "<html>", 1, []string{"ErrUnexpectedResponse"}},
		{"empty", tulip.Request{Method: "PATCH", Path: stations}, 200, "", 1, []string{"ErrUnexpectedResponse", "ErrOutcomeUnknown"}},
		{"an error", tulip.Request{Method: "GET", Path: stations}, 200, `{"errorCode":"x.y","stations":[{"id":"8"}]}`, 1, []string{"ErrUnexpectedResponse"}},
		{"404", tulip.Request{Method: "DELETE", Path: stations}, 404, `{"errorCode":"x.y"}`, 1, []string{"ErrNotFound"}},
		{"403", tulip.Request{Method: "POST", Path: stations}, 403, "", 1, []string{"ErrForbidden"}},
	}
	for _, tt := range tests {
		before := count.Load()
		status, answered = tt.status, tt.answered
		err := client.Do(t.Context(), tt.req, &out)
		if requests := count.Load() - before; requests != tt.requests {
			t.Errorf("%s: %d requests, want %d", tt.name, requests, tt.requests)
		}
		checkSentinels(t, err, tt.is)
		var e *tulip.Error
		if err != nil && (!errors.As(err, &e) || e.Op != tulip.OpClientDo || len(e.Scopes) != 0) {
			t.Errorf("%s: error %#v", tt.name, err)
		}
		if len(out.Stations) == 1 && out.Stations[0].ID == "8" {
			t.Errorf("%s: the answer was decoded before it was found to be an error", tt.name)
		}
	}
	for _, bad := range []any{struct{}{}, (*struct{})(nil), 7} {
		before := count.Load()
		err := client.Do(t.Context(), tulip.Request{Method: "POST", Path: stations}, bad)
		if !errors.Is(err, tulip.ErrInvalidArgument) || count.Load() != before {
			t.Errorf("into %T: %v after %d requests", bad, err, count.Load()-before)
		}
	}
	// The legacy tables answer with a bare list.
	var list []string
	status, answered = 200, `["a"]`
	if err := client.Do(t.Context(), tulip.Request{Method: "GET", Path: []string{"v3", "tables"}}, &list); err != nil || len(list) != 1 {
		t.Errorf("a bare list: %q, %v", list, err)
	}
	// An error is told as one, whatever was to come.
	status, answered = 200, `{"errorCode":"x.y"}`
	if err := client.Do(t.Context(), tulip.Request{Method: "GET", Path: []string{"v3", "tables"}}, &list); err == nil || !strings.Contains(err.Error(), "x.y: an error with a success status") {
		t.Errorf("an error in place of a list: %v", err)
	}
	// Without out, a login page is no success either, and nothing is one.
	for answer, is := range map[string]error{"<html>": tulip.ErrUnexpectedResponse, "garbage": tulip.ErrUnexpectedResponse, `{"errorCode":"x.y"}`: tulip.ErrUnexpectedResponse, "{}": nil, "[]": nil, "": nil} {
		for _, status = range []int{200, 201, 202} {
			answered = answer
			if err := client.Do(t.Context(), tulip.Request{Method: "DELETE", Path: stations}, nil); !errors.Is(err, is) {
				t.Errorf("%d %s: error %v, want %v", status, answer, err, is)
			}
		}
	}
	status = 200
	var group tulip.UserGroup
	answered = `{"id":"1","assignedUsersCount":10.0}`
	if err := client.Do(t.Context(), tulip.Request{Method: "GET", Path: []string{"users", "v1", "user-groups", "1"}}, &group); err != nil || group.AssignedUsersCount == nil || *group.AssignedUsersCount != 10 {
		t.Errorf("a group: %+v, %v", group, err)
	}
	contentType, answered = "application/problem+json; charset=utf-8", sample(t, "error_problem.json")
	if err := client.Do(t.Context(), tulip.Request{Method: "GET", Path: stations}, &out); !errors.Is(err, tulip.ErrUnexpectedResponse) {
		t.Errorf("a problem report: %v", err)
	}
}

// TestScopes: one scope for all of them, and none for what is not known.
func TestScopes(t *testing.T) {
	t.Parallel()
	for _, ops := range [][]tulip.Op{nil, {"unknown"}, {tulip.OpClientDo}} {
		if got := tulip.Scopes(ops...); len(got) != 0 {
			t.Errorf("Scopes(%q) = %q", ops, got)
		}
	}
	every := make([]tulip.Op, 0, len(methods)+len(compositions))
	for _, m := range methods {
		every = append(every, m.op)
	}
	for _, c := range compositions {
		every = append(every, c.op)
	}
	for _, op := range every {
		if got := tulip.Scopes(op); len(got) != 1 || got[0] != "users:read" {
			t.Errorf("Scopes(%s) = %q", op, got)
		}
	}
	if got := tulip.Scopes(every...); len(got) != 1 {
		t.Errorf("of all: %q", got)
	}
}
