package usergroups

import (
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/usergroups-go/usergroups/internal/transport"
)

// AmbiguousError stands behind ErrAmbiguous: errors.As finds it.
type AmbiguousError struct {
	IDs []string // of all that were found
}

// Error names the ids.
func (e *AmbiguousError) Error() string { return "several have it: " + strings.Join(e.IDs, ", ") }

// lookUp returns the one item whose key is exactly the text. It reads to the end:
// that there is only one is known there.
func lookUp[T identified](s *service, op Op, items iter.Seq2[T, error], what, text string, key func(*T) string) (*T, error) {
	fail := func(kind, err error) error {
		return s.core.seal(newError(op, "", &transport.Failure{Kinds: []error{kind}, Err: err}))
	}
	if text == "" {
		return nil, newError(op, "", invalid("the %s is empty", what))
	}
	var found *T
	var ids []string
	similar := ""
	for item, err := range items {
		if err != nil {
			return nil, err
		}
		switch got := key(&item); {
		case got == text:
			if !slices.Contains(ids, item.identity()) { // pages may show it twice
				found, ids = &item, append(ids, item.identity())
			}
		case strings.EqualFold(got, text):
			similar = fmt.Sprintf(", one has it as %q", got)
		}
	}
	switch len(ids) {
	case 0:
		return nil, fail(ErrNotFound, fmt.Errorf("none has the %s %q%s", what, text, similar))
	case 1:
		return found, nil
	default:
		return nil, fail(ErrAmbiguous, fmt.Errorf("the %s %q: %w", what, text, &AmbiguousError{ids}))
	}
}
