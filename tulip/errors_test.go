package tulip_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/usergroups-go/usergroups/tulip"
)

// TestErrorText: an error is one line that says what was asked, what came and what is
// wrong.
func TestErrorText(t *testing.T) {
	t.Parallel()
	const groups, user = apiBase + "/user-groups", apiBase + "/users/" + anID
	tests := []struct {
		status int
		body   string
		header http.Header
		call   call
		want   string
	}{
		{
			status: 400, body: sample(t, "error_limit_bounds.json"), call: methodCall("UserGroups.List"),
			want: "tulip: UserGroups.List: 400 Bad Request generic.limitParamBounds: The limit is out of bounds. (GET " + groups + ")",
		},
		{
			status: 400, body: sample(t, "error_multi_value_header.json"), call: methodCall("Users.Get"),
			want: "tulip: Users.Get: 400 Bad Request http.multiValueHeader: A header has more than one value. [header authorization] (GET " + user + ")",
		},
		{
			status: 429, body: sample(t, "error_too_many_requests.json"), call: methodCall("Users.Get"),
			want: "tulip: Users.Get: 429 Too Many Requests generic.tooManyRequests: Too many requests.: 10 requests per second (GET " + user + ")",
		},
		{
			status: 403, body: sample(t, "error_html.html"), call: methodCall("Users.Get"),
			want: "tulip: Users.Get: 403 Forbidden: the body is HTML or XML; needs users:read (GET " + user + ")",
		},
		{
			status: 401, body: "", call: methodCall("UserGroups.List"),
			want: "tulip: UserGroups.List: 401 Unauthorized: the body is empty (GET " + groups + ")",
		},
		{
			status: 200, body: "{}", call: methodCall("UserGroups.List"),
			want: "tulip: UserGroups.List: 200 OK: the payload is missing (GET " + groups + ")",
		},
	}
	for _, tt := range tests {
		err := tt.call(t.Context(), newClient(t, inMemory(tt.status, tt.header, tt.body), tulip.WithMaxRetries(0)), anID)
		if err == nil || err.Error() != tt.want || fmt.Sprintf("%#v", err) != tt.want {
			t.Errorf("Error() = %v\nwant      %s", err, tt.want)
		}
	}

	err := get(t.Context(), newClient(t, inMemory(400, nil, sample(t, "error_limit_bounds.json"))))
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Error("failed", "error", err)
	var line struct {
		Error map[string]any `json:"error"`
	}
	if err := json.Unmarshal(log.Bytes(), &line); err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]any{"op": "UserGroups.List", "code": "generic.limitParamBounds", "status": 400.0, "attempts": 1.0, "url": groups} {
		if line.Error[key] != want {
			t.Errorf("logged %s = %v, want %v", key, line.Error[key], want)
		}
	}
	err = get(t.Context(), newClient(t, inMemory(429, nil, sample(t, "error_too_many_requests.json")), tulip.WithMaxRetries(0)))
	log.Reset()
	slog.New(slog.NewJSONHandler(&log, nil)).Error("failed", "error", err)
	if !strings.Contains(log.String(), `"cause":"10 requests per second"`) {
		t.Errorf("logged %s", log.String())
	}
	err = get(t.Context(), newClient(t, inMemory(400, nil, `{"errorCode":"a\r\nb","message":"two\nlines `+strings.Repeat("ä", 2000)+`","details":{"details":"\n"}}`)))
	if text := err.Error(); strings.ContainsAny(text, "\r\n") || len(text) > 1500 || !strings.Contains(text, "two lines ä") {
		t.Errorf("Error() = %q", text)
	}
}

// methodCall is the call of a method of the table.
func methodCall(name string) call {
	for _, m := range methods {
		if m.name == name {
			return m.call
		}
	}
	panic(name)
}

// TestErrorBodyIsKeptApart holds that an error's body is not memory that the
// next call writes over, and that it is capped.
func TestErrorBodyIsKeptApart(t *testing.T) {
	t.Parallel()
	bodies := []string{strings.Repeat("a", 100<<10), strings.Repeat("b", 100<<10)}
	next := make(chan string, len(bodies))
	for _, body := range bodies {
		next <- body
	}
	url, _ := countingServer(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusBadRequest)
		_, _ = w.Write([]byte(<-next))
	})
	client := newServerClient(t, url)
	var errs [2]*tulip.Error
	for i := range errs {
		if err := get(t.Context(), client); !errors.As(err, &errs[i]) {
			t.Fatal(err)
		}
	}
	for i, e := range errs {
		if want := bodies[i][:64<<10]; string(e.Body) != want {
			t.Errorf("body %d has %d bytes that begin with %.5q, want %d that begin with %.5q", i, len(e.Body), e.Body, len(want), want)
		}
	}
}

// TestPartialErrorText names what is missing.
func TestPartialErrorText(t *testing.T) {
	t.Parallel()
	ten := slices.Repeat([]tulip.ItemError{{ID: "a"}}, 10)
	shown := strings.Repeat(", a (no code)", 10)[len(", "):]
	for want, partial := range map[string]*tulip.PartialError{
		"items missing: 10: " + shown:                            {Omitted: ten},
		"items missing: 11: " + shown + ", …":                    {Omitted: append(slices.Clone(ten), ten[0])},
		"items missing: 2, 2 by the server's count":              {Missing: 2},
		"items missing: 1, 1 by the server's count":              {Missing: 1},
		"items missing: 2: a (generic.internal), b (no code)":    {Omitted: []tulip.ItemError{{ID: "a", Code: tulip.CodeInternal}, {ID: "b"}}},
		"items missing: 3, 2 by the server's count: a (no code)": {Omitted: []tulip.ItemError{{ID: "a"}}, Missing: 2},
		"items missing: 1: without an id (generic.internal)":     {Omitted: []tulip.ItemError{{Code: tulip.CodeInternal}}},
	} {
		if got := partial.Error(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
		if !errors.Is(partial, tulip.ErrIncomplete) {
			t.Error("it is not ErrIncomplete")
		}
	}
}
