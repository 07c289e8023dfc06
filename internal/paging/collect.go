package paging

import "iter"

// Collect returns all items of an iterator, nil when there are none. When it ends with
// an error, the items that came before are returned beside it.
func Collect[T any](seq iter.Seq2[T, error]) ([]T, error) {
	var items []T
	for item, err := range seq {
		if err != nil {
			return items, err
		}
		items = append(items, item)
	}
	return items, nil
}
