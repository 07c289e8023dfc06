package fakeserver

import (
	"net/url"
	"strings"
)

// MatchPath compares the escaped segments of a path with a pattern such as
// "/groups/{id}/users", and returns what stands in the place of its braces, of
// which there is at most one pair. An empty segment fits nowhere.
//
// Segments are split first and unescaped one by one: an id with %2F in it has to
// stay one segment.
func MatchPath(pattern string, segments []string) (id string, ok bool) {
	wanted := strings.Split(pattern, "/")[1:]
	if len(segments) != len(wanted) {
		return "", false
	}
	for i, want := range wanted {
		got, err := url.PathUnescape(segments[i])
		switch {
		case err != nil:
			return "", false
		case strings.HasPrefix(want, "{"):
			if got == "" {
				return "", false
			}
			id = got
		case got != want:
			return "", false
		}
	}
	return id, true
}
