package paging_test

import (
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"

	"github.com/usergroups-go/usergroups/internal/paging"
)

// shelf is a vendor's list: a page is a text, each letter an item. Its cursor is
// the number of the page.
type shelf struct {
	pages   []string
	endless bool  // the last page goes on for ever
	tells   bool  // something new, with every page
	blind   bool  // nobody tells items apart
	fails   int   // this page cannot be fetched, -1 for none
	err     error // why
	fetched []int
}

var errStuck = errors.New("stuck")

func (s *shelf) items() iter.Seq2[string, error] {
	id := func(item string) string { return "id of " + item }
	if s.blind {
		id = nil
	}
	return paging.Items(0, s.fetch, id, func(reason string) error { return fmt.Errorf("%w: %s", errStuck, reason) })
}

func (s *shelf) fetch(at int) (paging.Page[string, int], error) {
	s.fetched = append(s.fetched, at)
	if at == s.fails && s.err != nil {
		// What stands beside an error does not count.
		return paging.Page[string, int]{Items: []string{"x"}, More: true}, s.err
	}
	page := s.pages[min(at, len(s.pages)-1)]
	return paging.Page[string, int]{
		Items: strings.Split(page, "")[:len(page)], Next: at + 1,
		More: s.endless || at+1 < len(s.pages), Moved: s.tells,
	}, nil
}

func empty(n int) []string { return make([]string, n) }

func TestItems(t *testing.T) {
	t.Parallel()
	lost := errors.New("lost")
	for name, tt := range map[string]struct {
		shelf
		want    string
		fetches int
		err     error
		reason  string
	}{
		"one page":             {shelf: shelf{pages: []string{"abc"}}, want: "abc", fetches: 1},
		"several":              {shelf: shelf{pages: []string{"abc", "de", "f"}}, want: "abcdef", fetches: 3},
		"nothing":              {shelf: shelf{pages: []string{""}}, want: "", fetches: 1},
		"empty page between":   {shelf: shelf{pages: []string{"ab", "", "cd"}}, want: "abcd", fetches: 3},
		"empty pages at first": {shelf: shelf{pages: []string{"", "", "cd"}}, want: "cd", fetches: 3},
		"empty page at last":   {shelf: shelf{pages: []string{"ab", ""}}, want: "ab", fetches: 2},

		"99 empty pages":    {shelf: shelf{pages: append(empty(99), "ab")}, want: "ab", fetches: 100},
		"100, the last one": {shelf: shelf{pages: empty(100)}, want: "", fetches: 100},
		"100 empty pages":   {shelf: shelf{pages: append(empty(100), "ab")}, fetches: 100, err: errStuck, reason: "100 empty pages"},
		"empty for ever":    {shelf: shelf{pages: []string{"ab", ""}, endless: true}, want: "ab", fetches: 101, err: errStuck, reason: "100 empty pages"},
		"99 twice": {
			shelf: shelf{pages: slices.Concat(empty(99), []string{"ab"}, empty(99), []string{"cd"})},
			want:  "abcd", fetches: 200,
		},

		"150 that tell something":          {shelf: shelf{pages: append(empty(150), "ab"), tells: true}, want: "ab", fetches: 151},
		"telling something for ever":       {shelf: shelf{pages: []string{"ab", ""}, endless: true, tells: true}, want: "ab", fetches: 10_001, err: errStuck, reason: "10000 empty pages"},
		"the same, and nobody compares":    {shelf: shelf{pages: []string{"ab", "ab", "ba"}, blind: true}, want: "ababba", fetches: 3},
		"the same, and it tells something": {shelf: shelf{pages: []string{"ab", "ab"}, tells: true}, want: "ab", fetches: 2, err: errStuck, reason: "repeats"},

		"the same for ever":     {shelf: shelf{pages: []string{"ab"}, endless: true}, want: "ab", fetches: 2, err: errStuck, reason: "repeats"},
		"the same, then more":   {shelf: shelf{pages: []string{"ab", "ab", "cd"}}, want: "ab", fetches: 2, err: errStuck, reason: "repeats"},
		"the same at last":      {shelf: shelf{pages: []string{"ab", "ab"}}, want: "ab", fetches: 2, err: errStuck, reason: "repeats"},
		"in another order":      {shelf: shelf{pages: []string{"abcd", "dacb", "ef"}}, want: "abcd", fetches: 2, err: errStuck, reason: "repeats"},
		"later":                 {shelf: shelf{pages: []string{"ab", "cd", "cd", "ef"}}, want: "abcd", fetches: 3, err: errStuck, reason: "repeats"},
		"one item, again":       {shelf: shelf{pages: []string{"a", "a"}}, want: "a", fetches: 2, err: errStuck, reason: "repeats"},
		"overlapping by one":    {shelf: shelf{pages: []string{"abc", "cde", "efg"}}, want: "abccdeefg", fetches: 3},
		"overlapping but one":   {shelf: shelf{pages: []string{"abc", "bcd", "cde"}}, want: "abcbcdcde", fetches: 3},
		"first the same":        {shelf: shelf{pages: []string{"abc", "axy"}}, want: "abcaxy", fetches: 2},
		"the same, and one":     {shelf: shelf{pages: []string{"abc", "abcd"}}, want: "abcabcd", fetches: 2},
		"the same, without one": {shelf: shelf{pages: []string{"abc", "ab"}}, want: "abcab", fetches: 2},
		"an item twice":         {shelf: shelf{pages: []string{"aab", "abb"}}, want: "aababb", fetches: 2},

		"error at first":       {shelf: shelf{pages: []string{"ab", "cd"}, fails: 0, err: lost}, fetches: 1, err: lost},
		"error on the way":     {shelf: shelf{pages: []string{"ab", "cd", "ef"}, fails: 1, err: lost}, want: "ab", fetches: 2, err: lost},
		"error, never the end": {shelf: shelf{pages: []string{"ab", "cd", "ef"}, fails: 2, err: lost}, want: "abcd", fetches: 3, err: lost},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &tt.shelf
			items := s.items()
			if len(s.fetched) != 0 {
				t.Fatal("a page was fetched before the loop")
			}
			for round := range 2 { // ranging again starts again
				s.fetched = nil
				var got strings.Builder
				var failures []error
				for item, err := range items {
					if len(failures) > 0 {
						t.Fatalf("the iteration goes on after %v with %q, %v", failures[0], item, err)
					}
					if err != nil {
						failures = append(failures, err)
						if item != "" {
							t.Errorf("item %q beside the error %v", item, err)
						}
						continue // as a careless caller would
					}
					got.WriteString(item)
				}
				if got.String() != tt.want {
					t.Errorf("round %d: items %q, want %q", round, got.String(), tt.want)
				}
				if (tt.err == nil) != (len(failures) == 0) || tt.err != nil && !errors.Is(failures[0], tt.err) {
					t.Errorf("round %d: errors %v, want %v", round, failures, tt.err)
				}
				if tt.reason != "" && !strings.Contains(failures[0].Error(), tt.reason) {
					t.Errorf("round %d: error %q, want %q", round, failures[0], tt.reason)
				}
				want := make([]int, tt.fetches)
				for i := range want {
					want[i] = i
				}
				if !slices.Equal(s.fetched, want) {
					t.Errorf("round %d: fetched %v, want %v", round, s.fetched, want)
				}
			}
		})
	}
}

// Nothing is fetched that nobody asked for.
func TestItemsAreLazy(t *testing.T) {
	t.Parallel()
	for take, fetches := range map[int]int{1: 1, 2: 1, 3: 1, 4: 2, 6: 2, 7: 3} {
		t.Run(fmt.Sprintf("leaving after %d", take), func(t *testing.T) {
			t.Parallel()
			s := &shelf{pages: []string{"abc", "def", "ghi"}}
			n := 0
			for item, err := range s.items() {
				if err != nil {
					t.Fatal(err)
				}
				if want := string("abcdefghi"[n]); item != want {
					t.Errorf("item %q, want %q", item, want)
				}
				if n++; n == take {
					break
				}
			}
			if len(s.fetched) != fetches {
				t.Errorf("%d pages fetched, want %d", len(s.fetched), fetches)
			}
		})
	}
}

// An error beside items comes after them, and nothing after it.
func TestErrorOfAPage(t *testing.T) {
	t.Parallel()
	incomplete := errors.New("the rest is not to be had")
	for name, tt := range map[string]struct {
		pages []paging.Page[string, int]
		want  string
	}{
		"alone":              {[]paging.Page[string, int]{{Err: incomplete}}, "!"},
		"after items":        {[]paging.Page[string, int]{{Items: []string{"a", "b"}, Err: incomplete}}, "ab!"},
		"more is promised":   {[]paging.Page[string, int]{{Items: []string{"a"}, More: true, Next: 1, Err: incomplete}, {Items: []string{"b"}}}, "a!"},
		"of the second page": {[]paging.Page[string, int]{{Items: []string{"a"}, More: true, Next: 1}, {Items: []string{"b"}, Err: incomplete}}, "ab!"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fetched := 0
			items := paging.Items(0, func(at int) (paging.Page[string, int], error) {
				fetched++
				return tt.pages[at], nil
			}, func(item string) string { return item }, errors.New)
			var got strings.Builder
			for item, err := range items {
				got.WriteString(item)
				if err != nil {
					got.WriteString("!")
				}
				if err != nil && (err != incomplete || item != "") { //nolint:errorlint // the very same
					t.Errorf("error %v beside %q", err, item)
				}
			}
			if got.String() != tt.want {
				t.Errorf("%q, want %q", got.String(), tt.want)
			}
			if want := strings.Count(tt.want, "b") * (len(tt.pages) - 1); fetched != 1+want {
				t.Errorf("%d pages fetched", fetched)
			}
		})
	}
	for item, err := range paging.Items(0, func(int) (paging.Page[string, int], error) { // which may be left before the error
		return paging.Page[string, int]{Items: []string{"a"}, Err: incomplete}, nil
	}, func(item string) string { return item }, errors.New) {
		if item != "a" || err != nil {
			t.Errorf("%q, %v", item, err)
		}
		break
	}
}

// A loop may be left at an error, too.
func TestLeavingAtAnError(t *testing.T) {
	t.Parallel()
	for name, s := range map[string]*shelf{
		"fetch": {pages: []string{"ab"}, err: errors.New("lost")},
		"stuck": {pages: []string{"ab"}, endless: true},
		"empty": {pages: []string{""}, endless: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, err := range s.items() {
				if err != nil {
					break
				}
			}
		})
	}
}

// With iter.Pull a caller may stop between pages.
func TestPull(t *testing.T) {
	t.Parallel()
	s := &shelf{pages: []string{"ab", "cd"}}
	next, stop := iter.Pull2(s.items())
	for range 2 {
		if _, err, ok := next(); err != nil || !ok {
			t.Fatalf("error %v, ok %t", err, ok)
		}
	}
	stop()
	if len(s.fetched) != 1 {
		t.Errorf("%d pages fetched, want 1", len(s.fetched))
	}
}
