package usergroups_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/usergroups-go/usergroups"
)

// flagged is a territory with its two flags: "+", "-" or "".
func flagged(subordinates, subTerritories string) usergroups.Source {
	flag := map[string]*bool{"": nil, "+": new(true), "-": new(false)}
	s := sources("t1")[0]
	s.Subordinates, s.SubTerritories = flag[subordinates], flag[subTerritories]
	return s
}

func TestDiffSources(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name       string
		have, want []usergroups.Source
		diff       string
	}{
		{"nothing", nil, nil, "add [] remove [] change []"},
		{"the same in another order", sources("u1 r1+ t1- g1"), sources("g1 t1 r1+ u1"), "add [] remove [] change []"},
		{"all new", nil, sources("u1 r1+"), "add [r1+ u1] remove [] change []"},
		{"all gone", sources("u1 r1+"), nil, "add [] remove [r1+ u1] change []"},
		{"one for another", sources("u1 u2"), sources("u2 u3"), "add [u3] remove [u1] change []"},
		{"the same id, another type", sources("u1"), []usergroups.Source{usergroups.RoleSource(sourceID('u', 1))}, "add [r1] remove [u1] change []"},
		{"flag on", sources("r1-"), sources("r1+"), "add [] remove [] change [r1+]"},
		{"flag off", sources("r1+"), sources("r1-"), "add [] remove [] change [r1]"},
		{"flag not set is off", sources("r1+ t1+"), sources("r1 t1"), "add [] remove [] change [r1 t1]"},
		{"flag that was not set", sources("r1 t1"), sources("r1- t1-"), "add [] remove [] change []"},
		{"flags of users mean nothing", sources("u1+ g1+"), sources("u1 g1"), "add [] remove [] change []"},
		{"twice counts once", sources("u1 u1"), sources("u2 u2"), "add [u2] remove [u1] change []"},
		{"the first of two", nil, sources("r1+ r1-"), "add [r1+] remove [] change []"},
		{"a territory's flags are one", []usergroups.Source{flagged("+", "")}, []usergroups.Source{flagged("", "+")}, "add [] remove [] change []"},
		{"a territory's other flag off", []usergroups.Source{flagged("", "+")}, []usergroups.Source{flagged("-", "")}, "add [] remove [] change [t1]"},
		{
			"an unknown type as it came",
			[]usergroups.Source{{Type: "queues", Subordinates: new(true), SourceRef: usergroups.SourceRef{ID: "1"}}},
			[]usergroups.Source{{Type: "queues", SourceRef: usergroups.SourceRef{ID: "1"}}},
			"add [] remove [] change []",
		},
		{
			"an unknown type's flag off",
			[]usergroups.Source{{Type: "queues", Subordinates: new(true), SourceRef: usergroups.SourceRef{ID: "1"}}},
			[]usergroups.Source{{Type: "queues", Subordinates: new(false), SourceRef: usergroups.SourceRef{ID: "1"}}},
			"add [] remove [] change [q1]",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			before := [2]string{spell(tt.have), spell(tt.want)}
			diff := usergroups.DiffSources(tt.have, tt.want)
			if got := spellDiff(diff); got != tt.diff {
				t.Errorf("%s, want %s", got, tt.diff)
			}
			if diff.Empty() != (tt.diff == "add [] remove [] change []") || (diff.String() == "") != diff.Empty() {
				t.Errorf("Empty %t, String %q", diff.Empty(), diff)
			}
			if after := [2]string{spell(tt.have), spell(tt.want)}; after != before {
				t.Errorf("the arguments changed from %q to %q", before, after)
			}
		})
	}
}

// TestDiffSourcesExplicit: what is to be sent says what it means, under the keys that
// the server used.
func TestDiffSourcesExplicit(t *testing.T) {
	t.Parallel()
	extra := map[string]json.RawMessage{"region": json.RawMessage(`"north"`)}
	named := usergroups.Source{Type: "roles", SourceRef: usergroups.SourceRef{ID: "1", Name: "Manager"}, Subordinates: new(true), Extra: extra}
	tests := []struct {
		name             string
		have, want, sent usergroups.Source
	}{
		{"a role", named, usergroups.RoleSource("1"), usergroups.Source{Type: "roles", SourceRef: named.SourceRef, Subordinates: new(false), Extra: extra}},
		{
			"its own Extra", named,
			usergroups.Source{Type: "roles", SourceRef: usergroups.SourceRef{ID: "1"}, Extra: map[string]json.RawMessage{}},
			usergroups.Source{Type: "roles", SourceRef: named.SourceRef, Subordinates: new(false), Extra: map[string]json.RawMessage{}},
		},
		{"a territory, by the other key", flagged("", "+"), flagged("", ""), flagged("", "-")},
		{"a territory, by the key that is asked for too", flagged("", "-"), flagged("+", ""), flagged("+", "+")},
		{"a territory, by both", flagged("+", "+"), flagged("", ""), flagged("-", "-")},
		{"a territory, by its own", flagged("+", ""), flagged("", ""), flagged("-", "")},
		{"a territory, by the documents' key", flagged("", ""), flagged("+", ""), flagged("+", "")},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			diff := usergroups.DiffSources([]usergroups.Source{tt.have}, []usergroups.Source{tt.want})
			if want := []usergroups.ChangedSource{{Have: tt.have, Want: tt.sent}}; !cmp.Equal(diff.Change, want) {
				t.Error(cmp.Diff(want, diff.Change))
			}
		})
	}
	diff := usergroups.DiffSources(nil, sources("u1 r1 t1 g1"))
	want := sources("u1 r1- t1- g1")
	if !cmp.Equal(diff.Add, want) {
		t.Error(cmp.Diff(want, diff.Add))
	}
}
