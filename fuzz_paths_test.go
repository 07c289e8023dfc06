package usergroups_test

import (
	"bufio"
	"bytes"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/usergroups-go/usergroups"
)

// FuzzPath holds that any id arrives as one segment of the path with exactly that
// text, as a server of net/http sees it: never another path, host or query. The
// three texts that cannot be a segment are refused before anything is sent.
func FuzzPath(f *testing.F) {
	for _, id := range []string{
		"", ".", "..", "...", "/", "//", "a/b", "../x", "%2e%2e", "%", "%zz", "?", "a?b=c", "#", ";", ":", "@evil.test", "//evil.test/", "\\", "a b", "a+b", "&", "=",
		"\x00", "\r\nHost: evil.test\r\n\r\n", "\xff", "ü", "\u2028", "*", "http://evil.test/", groupID, "0dd8b5c8-7b1f-4f0e-9d6a-1f2e3d4c5b6a",
	} {
		for op := range uint8(5) {
			f.Add(op, id)
		}
	}

	f.Fuzz(func(t *testing.T, op uint8, id string) {
		var arrived *http.Request
		client := newTokenClient(t, roundTripFunc(func(r *http.Request) (*http.Response, error) {
			if arrived != nil {
				t.Fatal("a second request")
			}
			arrived = overTheWire(t, r)
			return inMemory(204, nil, "")(r)
		}))
		ctx := t.Context()
		method, path, query := http.MethodGet, "", url.Values{}
		var err error
		switch op % 5 {
		case 0:
			path = "/settings/user_groups/{id}"
			_, err = client.UserGroups.Get(ctx, id)
		case 1:
			method, path = http.MethodDelete, "/settings/user_groups/{id}"
			_, err = client.UserGroups.Delete(ctx, id)
		case 2:
			path = "/users/{id}/actions/associated_groups"
			_, err = client.Users.ListAssociatedGroups(ctx, id, usergroups.ListAssociatedGroupsOptions{})
		case 3:
			path = "/users/{id}/actions/associated_groups"
			query.Set("page", "1")
			_, err = usergroups.Collect(client.Users.AllAssociatedGroups(ctx, id, usergroups.ListAssociatedGroupsOptions{}))
		case 4:
			method, path = http.MethodPut, "/{id}/{id}/end"
			query["k"], query[id] = []string{id, ""}, append(query[id], "v")
			err = client.Do(ctx, usergroups.Request{Method: method, Path: []string{id, id, "end"}, Query: query}, nil)
		}
		refused := errors.Is(err, usergroups.ErrInvalidArgument)
		if impossible := slices.Contains([]string{"", ".", ".."}, id); refused != impossible || refused != (arrived == nil) {
			t.Fatalf("%q: a request %t, error %v", id, arrived != nil, err)
		}
		if refused {
			return
		}
		segments := strings.Split("/gateway/crm/v8"+path, "/")
		got := strings.Split(arrived.URL.EscapedPath(), "/")
		for i, segment := range got {
			if got[i], err = url.PathUnescape(segment); err != nil {
				t.Errorf("segment %q: %v", segment, err)
			}
		}
		for i, segment := range segments {
			if segment == "{id}" {
				segments[i] = id
			}
		}
		if !slices.Equal(got, segments) {
			t.Errorf("%q: segments %q, want %q", id, got, segments)
		}
		if arrived.Method != method || arrived.Host != "zoho.test" || arrived.URL.Host != "" {
			t.Errorf("%q: %s to host %q, URL host %q", id, arrived.Method, arrived.Host, arrived.URL.Host)
		}
		values, err := url.ParseQuery(arrived.URL.RawQuery)
		if err != nil || !maps.EqualFunc(values, query, slices.Equal) {
			t.Errorf("%q: query %q (%v), want %q", id, values, err, query)
		}
	})
}

// overTheWire returns what a server reads of a request.
func overTheWire(t *testing.T, r *http.Request) *http.Request {
	t.Helper()
	var wire bytes.Buffer
	if err := r.Write(&wire); err != nil {
		t.Fatal(err)
	}
	reader := bufio.NewReader(&wire)
	arrived, err := http.ReadRequest(reader)
	if err != nil {
		t.Fatalf("a server cannot read it: %v", err)
	}
	if reader.Buffered() > 0 || wire.Len() > 0 {
		t.Error("a server reads more than one request")
	}
	return arrived
}
