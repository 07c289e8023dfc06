package usergroupstest

import (
	"cmp"
	"slices"
)

// PutSources is a value of [Guesses].
type PutSources int

// What the sources in a PUT do to those of the group. The vendor's guide shows
// a "_delete":true in an entry, which makes sense only if the others stay; its
// newest reference says that all are replaced, and does not know the key.
//
// A source is the same as another if type and id are. The entries count one
// after the other, also where one body has the same twice.
const (
	// PutMerges adds what is not there, takes out what has _delete, and gives
	// what is there the flags that are sent; flags that are not stay. A _delete
	// of what is not there, or nowhere, is ignored.
	PutMerges PutSources = iota
	// PutMergesNew is the same, but refuses what is there already and has no
	// _delete: 400 DUPLICATE_DATA, and nothing of the item is done.
	PutMergesNew
	// PutReplaces leaves the group with what is sent, and the flags that are,
	// without the entries that have _delete.
	PutReplaces
	// PutReplacesIgnoringDelete leaves it with all that is sent: _delete means
	// as little as any unknown key.
	PutReplacesIgnoringDelete
	// PutReplacesRefusingDelete refuses the key, whatever its value: 400
	// INVALID_DATA.
	PutReplacesRefusingDelete
)

// putSources returns what a group is made of after a PUT. Guess: that may be
// nothing, and more than a body may have.
func (g Guesses) putSources(before []Source, sent []sentSource) ([]Source, *outcome) {
	if g.Put != PutMerges && g.Put != PutMergesNew {
		return replaceSources(sent), nil
	}
	after := slices.Clone(before)
	for _, entry := range sent {
		i := slices.IndexFunc(after, entry.isSame)
		switch {
		case entry.remove:
			after = slices.DeleteFunc(after, entry.isSame)
		case i < 0:
			after = append(after, entry.Source)
		case g.Put == PutMergesNew:
			return nil, itemError("DUPLICATE_DATA", fieldDetails{APIName: "id", JSONPath: entry.idPath},
				"the source is in the user group already")
		default:
			after[i] = g.foldFlags(after[i]).updated(entry.Source)
		}
	}
	return after, nil
}

// replaceSources returns what a group is made of when only the body counts.
func replaceSources(sent []sentSource) []Source {
	var sources []Source
	for _, entry := range sent {
		if !entry.remove {
			sources = append(sources, entry.Source)
		}
	}
	return sources
}

// isSame reports whether both are the same thing of the organisation.
func (src Source) isSame(other Source) bool {
	return src.Type == other.Type && src.ID == other.ID
}

// updated returns the source with all that is set in sent.
func (src Source) updated(sent Source) Source {
	src = src.clone() // what there was is not changed in place
	src.Subordinates = cmp.Or(sent.Subordinates, src.Subordinates)
	src.SubTerritories = cmp.Or(sent.SubTerritories, src.SubTerritories)
	for key, value := range sent.Extra {
		src.setExtra(key, value)
	}
	return src
}

// foldFlags makes one of the two flags of a territory; see
// Guesses.OneTerritoryFlag.
func (g Guesses) foldFlags(src Source) Source {
	if g.OneTerritoryFlag && src.Type == sourceTerritories {
		src.SubTerritories = cmp.Or(src.SubTerritories, src.Subordinates)
		src.Subordinates = nil
	}
	return src
}
