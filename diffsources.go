package usergroups

import (
	"fmt"
	"slices"
	"strings"
)

// SourcesDiff is what is to be done to a group's sources.
type SourcesDiff struct {
	Add    []Source        // to come in
	Remove []Source        // to go
	Change []ChangedSource // to stay, with or without what is below it
}

// ChangedSource is one source before and after.
type ChangedSource struct{ Have, Want Source }

// Empty reports whether there is nothing to do.
func (d SourcesDiff) Empty() bool { return len(d.Add)+len(d.Remove)+len(d.Change) == 0 }

// String lists what is to be done, for people: "+users 1 (Patricia Boyle)", "-" for
// what is to go, "~" for what is to change.
func (d SourcesDiff) String() string {
	var parts []string
	for _, s := range d.Add {
		parts = append(parts, "+"+s.describe())
	}
	for _, s := range d.Remove {
		parts = append(parts, "-"+s.describe())
	}
	for _, c := range d.Change {
		parts = append(parts, fmt.Sprintf("~%s: subordinates %t to %t", c.Have.describe(), c.Have.IncludesSubordinates(), c.Want.IncludesSubordinates()))
	}
	return strings.Join(parts, ", ")
}

func (s Source) describe() string {
	text := string(s.Type) + " " + s.ID
	if s.Name != "" {
		text += " (" + s.Name + ")"
	}
	return text
}

// DiffSources compares what a group is made of with what it shall be made of. Type and
// ID tell sources apart; one that comes twice counts once, as it comes first.
//
// A role or a territory whose flags are not set is meant without what is below it:
// that is a change of one which had it. The two flags of a territory are one. For
// other types flags that are not set are no wish. Names and Extra are not compared; a
// source that is to change takes them over where it has none.
func DiffSources(have, want []Source) SourcesDiff {
	goal := sourcesGoal{want: explicitSources(have, want), unwanted: func(Source) bool { return true }}
	return goal.missing(have)
}

// sourcesGoal is what the sources of a group shall be.
type sourcesGoal struct {
	want     []Source          // to be there, with explicit flags, each once
	unwanted func(Source) bool // asked of the others: not to be there
}

// missing is what is left to be done.
func (g sourcesGoal) missing(now []Source) SourcesDiff {
	var diff SourcesDiff
	have := index(now)
	wanted := index(g.want)
	for _, s := range g.want {
		switch h, ok := have[s.identity()]; {
		case !ok:
			diff.Add = append(diff.Add, s)
		case h.hasFlags() && h.IncludesSubordinates() != s.IncludesSubordinates():
			diff.Change = append(diff.Change, ChangedSource{h, s})
		}
	}
	for _, s := range once(now) {
		if _, ok := wanted[s.identity()]; !ok && g.unwanted(s) {
			diff.Remove = append(diff.Remove, s)
		}
	}
	return diff
}

// reached is what a group is made of when nothing is missing any more.
func (g sourcesGoal) reached(now []Source) []Source {
	wanted := index(g.want)
	others := slices.DeleteFunc(once(now), func(s Source) bool {
		_, ok := wanted[s.identity()]
		return ok || g.unwanted(s)
	})
	return append(slices.Clone(g.want), others...)
}

// hasFlags: users and groups have nothing below them. Of types that are not known,
// nobody knows.
func (s Source) hasFlags() bool { return s.Type != SourceUsers && s.Type != SourceGroups }

// index finds sources by what tells them apart; of two, the first.
func index(sources []Source) map[string]Source {
	found := make(map[string]Source, len(sources))
	for _, s := range sources {
		if _, again := found[s.identity()]; !again {
			found[s.identity()] = s
		}
	}
	return found
}

// once is the sources without those that came before.
func once(sources []Source) []Source {
	seen := make(map[string]bool, len(sources))
	var unique []Source
	for _, s := range sources {
		if !seen[s.identity()] {
			seen[s.identity()] = true
			unique = append(unique, s)
		}
	}
	return unique
}

// explicitSources is what is wanted, each once, in the form in which it can be sent:
// whatever the server does to a flag that is not there, these mean the same.
func explicitSources(have, want []Source) []Source {
	known := index(have)
	explicit := once(want)
	for i, s := range explicit {
		explicit[i] = s.explicit(known[s.identity()])
	}
	return explicit
}

// explicit takes over from have, the source as it is in the group, if it is.
func (s Source) explicit(have Source) Source {
	below := new(s.IncludesSubordinates())
	switch s.Type {
	case SourceUsers, SourceGroups:
	case SourceRoles:
		s.Subordinates = below
	default:
		unsaid := s.Subordinates == nil && s.SubTerritories == nil
		if unsaid && s.Type != SourceTerritories { // of a type that nobody knows: as it is
			s.Subordinates, s.SubTerritories = have.Subordinates, have.SubTerritories
			break
		}
		// Which key the server reads is not known. Those that it wrote or that were
		// asked for say the same.
		if s.SubTerritories != nil || have.SubTerritories != nil {
			s.SubTerritories = below
		}
		if s.Subordinates != nil || have.Subordinates != nil || s.SubTerritories == nil {
			s.Subordinates = below
		}
	}
	if s.Name == "" {
		s.Name = have.Name
	}
	if s.Extra == nil {
		s.Extra = have.Extra
	}
	return s
}
