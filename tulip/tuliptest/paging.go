package tuliptest

import (
	"cmp"
	"encoding/json"
	"iter"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/usergroups-go/usergroups/internal/fakeserver"
)

// list is what an operation that answers with pages has.
type list[T any] struct {
	records iter.Seq[T]
	id      func(T) string
	item    func(T) any // as it is sent
	filter  grammar[T]
	codes   paramCodes

	search   func(T) []string // where it looks; nil: there is no such parameter
	archived func(T) bool     // nil: there is no such parameter
}

// pageJSON is the envelope of every list. Its values are raw, because what is in
// them is a guess, and because faults change it.
type pageJSON struct {
	Items    json.RawMessage `json:"items,omitempty"`
	Count    json.RawMessage `json:"count,omitempty"`
	NextPage json.RawMessage `json:"nextPage,omitempty"`
	PrevPage json.RawMessage `json:"prevPage,omitempty"`
	Errors   json.RawMessage `json:"errors,omitempty"`
}

// page answers with the page that is asked for. Guesses: pages are in the order in
// which the records came to be; a record that is left out keeps its place.
func (l list[T]) page(s *Server, c call) fakeserver.Reply {
	g := s.cfg.guesses
	if refusal := g.checkParams(c.query, l.params()...); refusal != nil {
		return *refusal
	}
	p, refusal := l.codes.parsePage(g, c.query)
	if refusal != nil {
		return *refusal
	}
	keep, refusal := l.parseSelection(c.query)
	if refusal != nil {
		return *refusal
	}

	selected := slices.DeleteFunc(slices.Collect(l.records), func(record T) bool { return !keep(record) })
	first := min(p.offset, len(selected))
	last := min(p.offset+p.limit, len(selected))
	items, problems := l.send(s, selected[first:last])
	body := pageJSON{Items: g.items(items)}
	if len(problems) > 0 {
		body.Errors = raw(problems)
	}
	if !g.NoCount {
		body.Count = raw(g.number(l.count(s, selected)))
	}

	next, prev := "", ""
	if last < len(selected) && (p.limit > 0 || g.ZeroLimitLinks) {
		next = g.link(c, p.limit, last)
	}
	if p.limit > 0 && p.offset > 0 {
		prev = g.link(c, p.limit, max(0, p.offset-p.limit))
	}
	body.NextPage, body.PrevPage = g.linkJSON(next), g.linkJSON(prev)
	return fakeserver.JSON(http.StatusOK, nil, body)
}

// send returns the items of a page, and the errors of those that it leaves out.
func (l list[T]) send(s *Server, records []T) (items []any, problems []errorJSON) {
	items = []any{} // null is a guess
	for _, record := range records {
		if problem, omitted := s.instance.omitted[l.id(record)]; omitted {
			problems = append(problems, problem.json(l.id(record)))
		} else {
			items = append(items, l.item(record))
		}
	}
	return items, problems
}

func (l list[T]) params() []string {
	params := []string{"limit", "offset", "filter"}
	if l.search != nil {
		params = append(params, "search")
	}
	if l.archived != nil {
		params = append(params, "archived")
	}
	return params
}

// parseSelection returns what keeps a record, by filter, search and archived.
func (l list[T]) parseSelection(query url.Values) (func(T) bool, *fakeserver.Reply) {
	conditions := []func(T) bool{}
	if query.Has("filter") {
		matches, ok := l.filter.parse(query.Get("filter"))
		if !ok {
			return nil, l.codes.refuse(l.codes.filter, "The filter is not one that this address takes.")
		}
		conditions = append(conditions, matches)
	}
	if l.search != nil {
		conditions = append(conditions, l.searches(query.Get("search")))
	}
	if l.archived != nil {
		archived, refusal := parseArchived(query)
		if refusal != nil {
			return nil, refusal
		}
		conditions = append(conditions, func(record T) bool { return l.archived(record) == archived })
	}
	return func(record T) bool {
		return !slices.ContainsFunc(conditions, func(holds func(T) bool) bool { return !holds(record) })
	}, nil
}

// searches looks for a text. Guess: anywhere, and without regard to letter case.
func (l list[T]) searches(text string) func(T) bool {
	text = strings.ToLower(text)
	return func(record T) bool {
		return slices.ContainsFunc(l.search(record), func(in string) bool { return strings.Contains(strings.ToLower(in), text) })
	}
}

// count is how many records there are on all pages.
func (l list[T]) count(s *Server, selected []T) int {
	n := len(selected)
	if s.cfg.guesses.CountWithoutOmitted {
		for _, record := range selected {
			if _, omitted := s.instance.omitted[l.id(record)]; omitted {
				n--
			}
		}
	}
	return n
}

// link is the address of another page: of the same parameters, but for limit and
// offset. It says the limit also when the request did not.
func (g Guesses) link(c call, limit, offset int) string {
	query := maps.Clone(c.query)
	query.Set("limit", strconv.Itoa(limit))
	query.Set("offset", strconv.Itoa(offset))
	link := "?" + strings.ReplaceAll(query.Encode(), "+", "%20")
	switch g.Link {
	case LinkQuery:
	case LinkPath:
		link = c.path + link
	case LinkAbsolute:
		link = c.origin + c.path + link
	}
	return link
}

func (g Guesses) linkJSON(link string) json.RawMessage {
	switch {
	case link != "", g.NoLink == NoLinkEmpty:
		return raw(link)
	case g.NoLink == NoLinkNull:
		return raw(nil)
	default:
		return nil
	}
}

func (g Guesses) items(items []any) json.RawMessage {
	switch {
	case len(items) > 0, g.Empty == EmptyArray:
		return raw(items)
	case g.Empty == EmptyNull:
		return raw(nil)
	default:
		return nil
	}
}

func (g Guesses) number(n int) json.Number {
	digits := strconv.Itoa(n)
	switch g.Number {
	case NumberDecimal:
		digits += ".0"
	case NumberExponent:
		mantissa := cmp.Or(strings.TrimRight(digits, "0"), "0")
		digits = mantissa + "e" + strconv.Itoa(len(digits)-len(mantissa))
	case NumberInteger:
	}
	return json.Number(digits)
}

func raw(v any) json.RawMessage {
	text, err := fakeserver.Marshal(v)
	if err != nil {
		panic("tuliptest: cannot encode an answer: " + err.Error()) // only plain structs come here
	}
	return text
}

// withNextPage replaces the nextPage of an answer, if it is a page.
func withNextPage(rep fakeserver.Reply, nextPage string) fakeserver.Reply {
	var page pageJSON
	if json.Unmarshal(rep.Body, &page) != nil || page.Items == nil && page.Count == nil {
		return rep
	}
	page.NextPage = raw(nextPage)
	rep.Body = raw(page)
	return rep
}
