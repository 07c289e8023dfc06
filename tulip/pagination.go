package tulip

import (
	"fmt"
	"iter"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/usergroups-go/usergroups/internal/paging"
	"github.com/usergroups-go/usergroups/internal/report"
)

// Page is one page of a list.
type Page[T any] struct {
	Items []T
	Info  PageInfo
	// Errors has an entry for each item that the server left out of this page. With any,
	// Items is a part of what was asked for.
	Errors []ItemError
}

// PageInfo is what the API says of a page.
type PageInfo struct {
	Count    *int   // items on all pages together; nil: not said
	NextPage string // where the next page is, as the server wrote it; "" on the last one
	PrevPage string // where the page before is
}

// ItemError says why an item was left out.
type ItemError struct {
	ID        string // of the item; "" when the server does not name it
	Code      string // CodeInternal in the vendor's sample
	Message   string // for people
	Retryable *bool  // nil: not said
	Details   Details
}

// PartialError stands behind ErrIncomplete, as the last thing that an iterator yields:
// everything that could be had came before it. errors.As finds it.
type PartialError struct {
	Omitted []ItemError // what the server left out, or names and does not show
	Missing int         // further items, which the server counts and did not show
}

// Error names the first of the ids.
func (e *PartialError) Error() string {
	const shown = 10
	var b strings.Builder
	fmt.Fprintf(&b, "items missing: %d", len(e.Omitted)+e.Missing)
	if e.Missing > 0 {
		fmt.Fprintf(&b, ", %d by the server's count", e.Missing)
	}
	for i, item := range e.Omitted {
		if i == shown {
			b.WriteString(", …")
			break
		}
		sep := ", "
		if i == 0 {
			sep = ": "
		}
		id, code := report.OneLine(item.ID), report.OneLine(item.Code)
		if id == "" {
			id = "without an id"
		}
		if code == "" {
			code = "no code"
		}
		fmt.Fprintf(&b, "%s%s (%s)", sep, id, code)
	}
	return b.String()
}

// Unwrap gives ErrIncomplete to errors.Is.
func (e *PartialError) Unwrap() error { return ErrIncomplete }

// identified is an object with an id, the only key that every object has.
type identified interface{ identity() string }

// listQuery is the parameters of all lists. Those that a list does not have stay zero.
type listQuery struct {
	Limit    *int   `url:"limit,omitempty"` // 0 is sent
	Offset   int    `url:"offset,omitempty"`
	Filter   string `url:"filter,omitempty"`
	Search   string `url:"search,omitempty"`
	Archived bool   `url:"archived,omitempty"`

	filter filter
}

// request is the call of one page.
func (q listQuery) request(op Op, args ...string) request {
	q.Filter = q.filter.text()
	r := newRequest(op, args, q)
	r.only, r.err = q.filter.only, q.check()
	return r
}

func (q *listQuery) check() error {
	switch {
	case q.filter.err != nil:
		return q.filter.err
	case q.Limit != nil && *q.Limit < 0, q.Offset < 0:
		return invalid("Limit and Offset are from 0: got %s and %d", shown(q.Limit), q.Offset)
	case !utf8.ValidString(q.Search):
		return invalid("Search is not valid UTF-8")
	}
	return nil
}

func shown(limit *int) string {
	if limit == nil {
		return "none"
	}
	return strconv.Itoa(*limit)
}

// Collect returns all items of an iterator, nil when there are none. When it ends
// with an error, the items that came before are returned beside it.
func Collect[T any](seq iter.Seq2[T, error]) ([]T, error) { return paging.Collect(seq) }
