package usergroups

import (
	"fmt"
	"iter"
	"net/url"
	"strconv"

	"github.com/usergroups-go/usergroups/internal/paging"
	"github.com/usergroups-go/usergroups/internal/transport"
)

// Page is one page of a list.
type Page[T any] struct {
	Items []T
	Info  PageInfo
}

// PageInfo is what the API says of a page.
type PageInfo struct {
	Page        int  `json:"page"`
	PerPage     int  `json:"per_page"`
	Count       int  `json:"count"` // of items in this page, by the documents; their samples differ
	MoreRecords bool `json:"more_records"`
}

// maxPerPage is the API's limit for one page.
const maxPerPage = 200

// checkPage looks at the query of a list. Zero is not sent: it is the default.
func checkPage(query url.Values) error {
	page, _ := strconv.Atoi(query.Get("page")) // written by us, or not there
	perPage, _ := strconv.Atoi(query.Get("per_page"))
	if page < 0 || perPage < 0 || perPage > maxPerPage {
		return invalid("Page is from 1, PerPage from 1 to %d (0: the default): got %d and %d", maxPerPage, page, perPage)
	}
	return nil
}

// identified is an item of a list.
type identified interface{ identity() string }

func (g UserGroup) identity() string            { return g.ID }
func (c AssociatedUsersCount) identity() string { return c.UserGroup.ID }
func (s Source) identity() string               { return string(s.Type) + "\x00" + s.ID }
func (u User) identity() string                 { return u.ID }

// walk iterates over pages. more_records alone says whether there is another;
// count is not to be trusted.
func walk[T identified](op Op, first int, opts []CallOption, list func(page int) (*Page[T], error)) iter.Seq2[T, error] {
	r := request{operation: lookup(op), method: lookup(op).method}
	stuck := func(reason string) error {
		return r.error(&transport.Failure{Kinds: []error{ErrUnexpectedResponse}, Err: fmt.Errorf("paging: %s", reason)})
	}
	optsErr := checkWalkOptions(opts)
	fetch := func(number int) (paging.Page[T, int], error) {
		var none paging.Page[T, int]
		if optsErr != nil {
			return none, r.error(optsErr)
		}
		page, err := list(number)
		if err != nil {
			return none, err
		}
		if got := page.Info.Page; got != 0 && got != number { // 0: not said
			return none, stuck(fmt.Sprintf("asked for page %d, got page %d", number, got))
		}
		return paging.Page[T, int]{Items: page.Items, Next: number + 1, More: page.Info.MoreRecords}, nil
	}
	if first == 0 {
		first = 1
	}
	return paging.Items(first, fetch, T.identity, stuck)
}

// Collect returns all items of an iterator, nil when there are none. When it ends
// with an error, the items that came before are returned beside it.
func Collect[T any](seq iter.Seq2[T, error]) ([]T, error) { return paging.Collect(seq) }
