package fakeserver_test

import (
	"slices"
	"testing"

	"github.com/usergroups-go/usergroups/internal/fakeserver"
)

func TestRegistry(t *testing.T) {
	t.Parallel()
	var r fakeserver.Registry[string]
	r.Remove("nobody")
	for _, id := range []string{"b", "a", "c"} {
		r.Put(id, id)
	}
	r.Put("a", "A") // stays where it stands
	if got := slices.Collect(r.All()); !slices.Equal(got, []string{"b", "A", "c"}) {
		t.Errorf("%q", got)
	}
	r.Remove("b")
	if got := slices.Collect(r.All()); !slices.Equal(got, []string{"A", "c"}) || r.Len() != 2 {
		t.Errorf("%q", got)
	}
	if v, ok := r.Get("a"); v != "A" || !ok || r.Has("b") || !r.Has("c") {
		t.Errorf("%q, %v", v, ok)
	}
	for v := range r.All() { // may be left early
		if v != "A" {
			t.Errorf("%q", v)
		}
		break
	}
}

func TestMatchPath(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		pattern  string
		segments []string
		id       string
		ok       bool
	}{
		{"/teams", []string{"teams"}, "", true},
		{"/teams", []string{"%74eams"}, "", true},
		{"/teams", []string{"Teams"}, "", false},
		{"/teams", []string{"teams", ""}, "", false},
		{"/teams/{id}", []string{"teams", ""}, "", false},
		{"/teams/{id}", []string{"teams", "a%2Fb"}, "a/b", true},
		{"/teams/{id}", []string{"teams", "%zz"}, "", false},
		{"/teams/{id}/people", []string{"teams", "a", "people"}, "a", true},
		{"/teams/{id}/people", []string{"teams", "a", "dogs"}, "", false},
	} {
		if id, ok := fakeserver.MatchPath(tc.pattern, tc.segments); id != tc.id && ok || ok != tc.ok {
			t.Errorf("%s and %q: %q, %v", tc.pattern, tc.segments, id, ok)
		}
	}
}
