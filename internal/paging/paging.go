// Package paging turns a vendor's pages into an iterator, and refuses to stand
// still.
package paging

import (
	"fmt"
	"iter"
	"slices"
)

// Page is what the loop has to know of one page.
type Page[T, C any] struct {
	Items []T
	Next  C     // where the next page is, when there is one
	More  bool  // whether there is
	Moved bool  // it told something new, even if it has no items
	Err   error // ends the iteration after the items, in place of a next page
}

// maxEmpty is how many pages in a row are followed that are empty and tell nothing
// new. One is harmless (all its items may be hidden from this user), an endless row of
// them is a server that does not come to an end.
const maxEmpty = 100

// maxBare is how many pages in a row are followed that have no items, whatever else they
// tell: who loops over items has no other way to end it.
const maxBare = 10_000

// Items yields the items of all pages from first on. Nothing is fetched before
// the first item is asked for, and nothing after the loop is left. An error is
// yielded once, then the iteration ends. id tells items apart, or is nil if the caller
// looks for repetitions itself; stuck makes the error for a server that shows the same
// page again or only empty ones.
func Items[T, C any](first C, fetch func(C) (Page[T, C], error), id func(T) string, stuck func(string) error) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		var before []string // ids of the page before
		at, empty, bare := first, 0, 0
		for {
			page, err := fetch(at)
			if err != nil {
				yield(none, err)
				return
			}
			if id != nil && len(page.Items) > 0 { // an empty page shows nothing of where we are
				ids := idsOf(page.Items, id)
				if sameIDs(ids, before) {
					yield(none, stuck("a page repeats the items of the page before"))
					return
				}
				before = ids
			}
			for _, item := range page.Items {
				if !yield(item, nil) {
					return
				}
			}
			if page.Err != nil {
				yield(none, page.Err)
				return
			}
			if !page.More {
				return
			}
			empty++
			bare++
			if len(page.Items) > 0 {
				bare = 0
			}
			if len(page.Items) > 0 || page.Moved {
				empty = 0
			}
			if empty == maxEmpty || bare == maxBare {
				yield(none, stuck(fmt.Sprintf("%d empty pages in a row", bare)))
				return
			}
			at = page.Next
		}
	}
}

func idsOf[T any](items []T, id func(T) string) []string {
	ids := make([]string, len(items))
	for i, item := range items {
		ids[i] = id(item)
	}
	return ids
}

// sameIDs compares as sets, since a page has no promised order. Pages that
// differ, nearly all, differ in their first id already.
func sameIDs(a, b []string) bool {
	if len(a) != len(b) || !slices.Contains(b, a[0]) {
		return false
	}
	a, b = slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b))
	return slices.Equal(a, b)
}
