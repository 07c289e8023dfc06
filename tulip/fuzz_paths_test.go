package tulip_test

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/usergroups-go/usergroups/tulip"
)

// FuzzPath holds that any id arrives as one segment of the path with exactly that
// text, as a server of net/http sees it: never another path, host or query. The
// three texts that cannot be a segment are refused before anything is sent.
func FuzzPath(f *testing.F) {
	for _, id := range []string{
		"", ".", "..", "...", "/", "//", "a/b", "../x", "%2e%2e", "%", "%zz", "?", "a?b=c", "#", ";", ":", "@evil.test", "//evil.test/", "\\", "a b", "a+b", "&", "=",
		"\x00", "\r\nHost: evil.test\r\n\r\n", "\xff", "ü", "\u2028", "*", "http://evil.test/", anID, "viewer-with-player",
	} {
		for op := range uint8(6) {
			f.Add(op, id)
		}
	}
	f.Fuzz(func(t *testing.T, op uint8, id string) {
		var arrived *http.Request
		client := newClient(t, roundTripFunc(func(r *http.Request) (*http.Response, error) {
			if arrived != nil {
				t.Fatal("a second request")
			}
			arrived = overTheWire(t, r)
			return inMemory(404, nil, "")(r)
		}))
		withID := slices.DeleteFunc(slices.Clone(methods), func(m method) bool { return !m.hasID() })
		m := withID[int(op)%len(withID)]
		err := m.call(t.Context(), client, id)
		refused := errors.Is(err, tulip.ErrInvalidArgument)
		if impossible := slices.Contains([]string{"", ".", ".."}, id); refused != impossible || refused != (arrived == nil) {
			t.Fatalf("%q: a request %t, error %v", id, arrived != nil, err)
		}
		if refused {
			return
		}
		got := strings.Split(arrived.URL.EscapedPath(), "/")
		for i, segment := range got {
			if got[i], err = url.PathUnescape(segment); err != nil {
				t.Errorf("segment %q: %v", segment, err)
			}
		}
		want := strings.Split("/gateway/api/users/v1"+m.path, "/")
		for i, segment := range want {
			want[i] = strings.Replace(segment, "{id}", id, 1)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q: segments %q, want %q", id, got, want)
		}
		if query := arrived.URL.Query(); arrived.Host != "acme.test" || arrived.URL.Host != "" || len(query) > 1 || len(query) == 1 && query.Get("limit") != "100" {
			t.Errorf("%q: %s to host %q, URL host %q", id, arrived.RequestURI, arrived.Host, arrived.URL.Host)
		}
	})
}
