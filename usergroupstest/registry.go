package usergroupstest

import (
	"iter"
	"slices"
)

// registry keeps records by their id, in the order in which they came: the
// lists of the API are in order of creation, and stay so from page to page.
// The zero registry is empty and ready.
type registry[T any] struct {
	order []string
	byID  map[string]T
}

// put adds a record, or replaces it where it stands.
func (r *registry[T]) put(id string, record T) {
	if r.byID == nil {
		r.byID = make(map[string]T)
	}
	if _, known := r.byID[id]; !known {
		r.order = append(r.order, id)
	}
	r.byID[id] = record
}

func (r *registry[T]) get(id string) (T, bool) {
	record, ok := r.byID[id]
	return record, ok
}

func (r *registry[T]) has(id string) bool {
	_, ok := r.byID[id]
	return ok
}

func (r *registry[T]) remove(id string) {
	if i := slices.Index(r.order, id); i >= 0 {
		r.order = slices.Delete(r.order, i, i+1)
		delete(r.byID, id)
	}
}

func (r *registry[T]) all() iter.Seq[T] {
	return func(yield func(T) bool) {
		for _, id := range r.order {
			if !yield(r.byID[id]) {
				return
			}
		}
	}
}
