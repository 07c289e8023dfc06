package tulip

import "slices"

// tally keeps account of what an iteration has had and what it has not, part by part: an
// item may be in several parts, and the server counts each part for itself.
type tally struct {
	part    int            // number of the part, from 1
	seen    map[string]int // ids of all items, each with the last part that had it
	got     int            // different items in this part
	count   int            // the most that the server has counted in this part
	lost    []ItemError    // of all parts, those with an id once
	lostIDs map[string]int // ids of those, each with the last part that lost it
	unnamed int            // lost in this part without an id
	missing int            // of all parts before this one
}

func newTally() *tally { return &tally{seen: make(map[string]int), lostIDs: make(map[string]int)} }

// begin starts a part.
func (t *tally) begin() {
	t.part++
	t.got, t.count, t.unnamed = 0, 0, 0
}

// take notes what a page has. It returns the items that no page had before, in the memory
// of the page's, and whether it told anything new to this part.
func take[T identified](t *tally, page *Page[T]) (fresh []T, moved bool) {
	fresh = page.Items[:0]
	for _, item := range page.Items {
		id := item.identity()
		last := t.seen[id]
		if last == t.part {
			continue
		}
		t.seen[id] = t.part
		t.got++
		moved = true
		if last == 0 {
			fresh = append(fresh, item)
		}
	}
	for _, item := range page.Errors {
		if item.ID == "" {
			t.unnamed++
		}
		if item.ID == "" || t.lostIDs[item.ID] == 0 {
			t.lost = append(t.lost, item)
		}
		if item.ID != "" && t.lostIDs[item.ID] != t.part {
			t.lostIDs[item.ID] = t.part
			moved = true
		}
	}
	if page.Info.Count != nil {
		t.count = max(t.count, *page.Info.Count)
	}
	return fresh, moved
}

// end adds up a part, of which so many items were skipped.
func (t *tally) end(skipped int) {
	got := t.got + t.unnamed
	for id, part := range t.lostIDs {
		if part == t.part && t.seen[id] != t.part {
			got++
		}
	}
	t.missing += max(t.count-skipped-got, 0)
}

// partial is what is missing from the whole, nil for nothing.
func (t *tally) partial() error {
	lost := slices.DeleteFunc(t.lost, func(e ItemError) bool { return t.seen[e.ID] != 0 })
	if len(lost) == 0 && t.missing == 0 {
		return nil
	}
	return &PartialError{Omitted: lost, Missing: t.missing}
}
