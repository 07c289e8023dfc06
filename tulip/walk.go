package tulip

import (
	"context"
	"errors"
	"iter"
	"net/http"
	"slices"

	"github.com/usergroups-go/usergroups/internal/paging"
	"github.com/usergroups-go/usergroups/internal/transport"
)

// pageLimit is how many items the iterators ask for at a time, unless the caller says.
// The API documents neither its default nor its maximum. 100 is the maximum of another
// list of the vendor's; where it is refused, no limit is sent.
const pageLimit = 100

// all iterates over everything that the query chooses, each item once. A filter that is
// too long for one request is cut into parts, which are read one after another.
func all[T identified](ctx context.Context, s *service, op Op, args []string, q listQuery, opts []CallOption) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		parts := q.filter.chunks()
		co, err := checkWalk(&q, len(parts), opts)
		if err != nil {
			yield(none, newError(op, http.MethodGet, err))
			return
		}
		w := walk[T]{
			s: s, op: op, args: args, query: q, tally: newTally(),
			list: func(r request) (*Page[T], string, error) { return linkedPage[T](ctx, s, r, opts) },
		}
		if q.Limit == nil {
			w.query.Limit, w.ownLimit = new(pageLimit), !co.noRetry
		}
		for _, part := range parts {
			w.begin(part)
			for item, err := range paging.Items("", w.page, nil, w.stuck) {
				if !yield(item, err) || err != nil {
					return
				}
			}
			w.tally.end(q.Offset)
		}
		if partial := w.tally.partial(); partial != nil {
			yield(none, w.failed(partial))
		}
	}
}

func checkWalk(q *listQuery, parts int, opts []CallOption) (*callConfig, error) {
	switch {
	case q.Limit != nil && *q.Limit == 0:
		return nil, invalid("a Limit of 0 has no meaning for an iterator: its pages would be empty")
	case q.Offset != 0 && parts > 1:
		return nil, invalid("an Offset has no meaning with a filter that takes %d requests", parts)
	}
	if err := q.check(); err != nil {
		return nil, err
	}
	return newWalkConfig(opts)
}

// walk is the state of one iteration.
type walk[T identified] struct {
	s        *service
	op       Op
	args     []string
	list     func(request) (*Page[T], string, error) // with nextPage as it came
	query    listQuery                               // of the part that is being read
	ownLimit bool                                    // the limit is pageLimit, and no page has come with it yet

	visited map[string]bool // pages of this part
	tally   *tally
}

// begin starts a part.
func (w *walk[T]) begin(part filter) {
	w.query.filter = part
	w.visited = make(map[string]bool)
	w.tally.begin()
}

// page reads one page: the first one, or the one that the query of a link leads to.
func (w *walk[T]) page(link string) (paging.Page[T, string], error) {
	var none paging.Page[T, string]
	r := w.query.request(w.op, w.args...)
	r.rawQuery = link
	page, next, err := w.list(r)
	if w.ownLimit && refusesLimit(err) {
		w.query.Limit, w.ownLimit = nil, false
		return w.page(link)
	}
	if err != nil {
		return none, err
	}
	w.ownLimit = false
	fresh, moved := take(w.tally, page)
	out := paging.Page[T, string]{Items: fresh, Moved: moved}
	if next != "" {
		out.Next, out.Err = w.next(&r, next)
		out.More = out.Err == nil
	}
	return out, nil
}

// refusesLimit reports an error that may be due to a limit that the caller did not
// choose. Only some lists have a code for it; the others may use any.
func refusesLimit(err error) bool {
	var e *Error
	others := []string{
		CodeInvalidUserGroupsFilter, CodeInvalidUsersFilter, CodeOffsetParamNonNegativeInt,
		CodeCustomerIDRequired, CodeWorkspaceIDRequired, CodeInvalidHeaders, CodeMultiValueHeader,
	}
	return errors.As(err, &e) && e.StatusCode == http.StatusBadRequest && !slices.Contains(others, e.Code)
}

// next is the query of the page after the one that r asked for.
func (w *walk[T]) next(r *request, nextPage string) (query string, err error) {
	asked, err := r.values()
	if err != nil {
		return "", r.error(err)
	}
	if r.rawQuery != "" {
		w.visited[canonical(r.rawQuery)] = true
	} else {
		w.visited[canonical(asked.Encode())] = true
	}
	query, err = w.s.core.follow(r, nextPage)
	if err != nil {
		return "", w.stuck(err.Error())
	}
	if w.visited[canonical(query)] {
		return "", w.stuck("nextPage leads to a page that was read already")
	}
	if name := differs(asked, query); name != "" {
		return "", w.stuck("nextPage has another " + name + " than was asked for")
	}
	return query, nil
}

// stuck is the error of pages that do not come to an end as they should.
func (w *walk[T]) stuck(reason string) error {
	return w.failed(&transport.Failure{Kinds: []error{ErrUnexpectedResponse}, Err: errors.New("paging: " + reason)})
}

// failed is the error of the whole list, after its first page.
func (w *walk[T]) failed(cause error) *Error {
	r := w.query.request(w.op, w.args...)
	e := r.error(cause)
	if u, err := w.s.core.transport.URL(r.path, nil); err == nil {
		e.URL = w.s.core.secrets.Mask(u.String())
	}
	return e
}
