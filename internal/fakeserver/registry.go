package fakeserver

import (
	"iter"
	"slices"
)

// Registry keeps records by their id, in the order in which they came: the
// lists of an API are in order of creation, and stay so from page to page.
// The zero Registry is empty and ready; it is not safe for concurrent use.
type Registry[T any] struct {
	order []string
	byID  map[string]T
}

// Put adds a record, or replaces it where it stands.
func (r *Registry[T]) Put(id string, record T) {
	if r.byID == nil {
		r.byID = make(map[string]T)
	}
	if _, known := r.byID[id]; !known {
		r.order = append(r.order, id)
	}
	r.byID[id] = record
}

// Get returns the record with that id, and whether there is one.
func (r *Registry[T]) Get(id string) (T, bool) {
	record, ok := r.byID[id]
	return record, ok
}

// Has reports whether there is a record with that id.
func (r *Registry[T]) Has(id string) bool {
	_, ok := r.byID[id]
	return ok
}

// Remove takes the record with that id out, if there is one.
func (r *Registry[T]) Remove(id string) {
	if i := slices.Index(r.order, id); i >= 0 {
		r.order = slices.Delete(r.order, i, i+1)
		delete(r.byID, id)
	}
}

// Len returns how many records there are.
func (r *Registry[T]) Len() int { return len(r.order) }

// All returns the records in the order in which they came. They may be replaced
// meanwhile, but neither be added nor removed.
func (r *Registry[T]) All() iter.Seq[T] {
	return func(yield func(T) bool) {
		for _, id := range r.order {
			if !yield(r.byID[id]) {
				return
			}
		}
	}
}
