package paging_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/usergroups-go/usergroups/internal/paging"
)

func TestCollect(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	seq := func(items []int, err error) func(func(int, error) bool) {
		return func(yield func(int, error) bool) {
			for _, item := range items {
				if !yield(item, nil) {
					return
				}
			}
			if err != nil && !yield(7, err) {
				return
			}
		}
	}
	for _, tt := range []struct {
		items []int
		err   error
	}{{nil, nil}, {[]int{1, 2}, nil}, {[]int{1, 2}, broken}, {nil, broken}} {
		got, err := paging.Collect(seq(tt.items, tt.err))
		if !slices.Equal(got, tt.items) || (got == nil) != (tt.items == nil) || !errors.Is(err, tt.err) {
			t.Errorf("%v, %v: got %v, %v", tt.items, tt.err, got, err)
		}
	}
}
