package tulip_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/usergroups-go/usergroups/tulip"
)

// pages serves the given pages of a list, and keeps the queries. In a page {next} is
// the link to the next one, and "@x" the id x. One that begins with a number is an
// answer with that status.
func pages(t *testing.T, l listing, bodies ...string) (*tulip.Client, *[]string) {
	t.Helper()
	asked := new([]string)
	return newClient(t, roundTripFunc(func(r *http.Request) (*http.Response, error) {
		*asked = append(*asked, r.URL.RawQuery)
		n := 0
		_, _ = fmt.Sscan(r.URL.Query().Get("page"), &n) // 0 for the first
		if n >= len(bodies) {
			t.Errorf("page %d was asked for", n)
			return inMemory(400, nil, "")(r)
		}
		status, body := 200, strings.ReplaceAll(bodies[n], "{next}", fmt.Sprintf(`,"nextPage":"?page=%d"`, n+1))
		if _, err := fmt.Sscan(body, &status); err == nil {
			_, body, _ = strings.Cut(body, " ")
		}
		return inMemory(status, nil, strings.ReplaceAll(body, `"@`, `"`+l.key+`":"`))(r)
	})), asked
}

// items is a page with items of one letter each, and what more it has.
func items(letters, more string) string {
	var list []string
	for _, c := range letters {
		list = append(list, fmt.Sprintf(`{"@%c"}`, c))
	}
	return `{"items":[` + strings.Join(list, ",") + `]` + more + `}`
}

// without is what a page says of items that it leaves out, a letter each.
func without(letters string) string {
	var list []string
	for _, c := range letters {
		list = append(list, fmt.Sprintf(`{"errorCode":"generic.internal","message":"m","retryable":false,"details":{"id":"%c"}}`, c))
	}
	return `,"errors":[` + strings.Join(list, ",") + `]`
}

// TestAll: which items come of which pages, and what is said in the end.
func TestAll(t *testing.T) {
	t.Parallel()
	var endless []string
	for range 150 {
		endless = append(endless, items("", "{next}"))
	}
	var emptied []string
	for range 150 {
		emptied = append(emptied, items("", "{next}"+without("x")))
	}
	// Each page of these leaves out another item: 120 that are called by Chinese letters.
	var omitted []string
	lost := ""
	for n := range 120 {
		letter := string(rune('一' + n))
		omitted, lost = append(omitted, items("", "{next}"+without(letter))), lost+letter
	}
	omitted = append(omitted, items("a", ""))
	again := func(n int) []string { return slices.Repeat([]string{items("ab", "{next}")}, n) }
	unexpected, incomplete := "ErrUnexpectedResponse", "ErrIncomplete"
	tests := []struct {
		name    string
		bodies  []string
		q       query
		want    string // ids
		pages   int    // requests
		fails   string
		omitted string // ids of the PartialError
		missing int    // of the PartialError
	}{
		{name: "one page", bodies: []string{items("ab", "")}, want: "ab", pages: 1},
		{name: "three pages", bodies: []string{items("ab", "{next}"), items("c", "{next}"), items("d", "")}, want: "abcd", pages: 3},
		{name: "an empty page in between", bodies: []string{items("a", "{next}"), items("", "{next}"), items("b", "")}, want: "ab", pages: 3},
		{name: "a short page is not the last", bodies: []string{items("a", `{next},"count":3`), items("bc", `,"count":3`)}, q: query{limit: new(2)}, want: "abc", pages: 2},
		{name: "nothing", bodies: []string{items("", "")}, pages: 1},
		{name: "nothing, with a count", bodies: []string{items("", `,"count":0`)}, pages: 1},
		{name: "items null", bodies: []string{`{"items":null,"count":0}`}, pages: 1},
		{name: "items absent", bodies: []string{`{"count":0,"nextPage":null}`}, pages: 1},
		{name: "items absent, and more to come", bodies: []string{`{"count":1{next}}`, items("a", "")}, want: "a", pages: 2},
		{name: "204", bodies: []string{"204 "}, pages: 1},
		{name: "204 where nextPage leads", bodies: []string{items("a", "{next}"), "204 "}, want: "a", pages: 2, fails: unexpected},

		{name: "count 3", bodies: []string{items("ab", `{next},"count":3`), items("c", `,"count":3`)}, want: "abc", pages: 2},
		{name: "count 3.0", bodies: []string{items("abc", `,"count":3.0`)}, want: "abc", pages: 1},
		{name: "count 3e0", bodies: []string{items("abc", `,"count":3e0`)}, want: "abc", pages: 1},
		{name: "count 0.3e1", bodies: []string{items("abc", `,"count":0.3e1`)}, want: "abc", pages: 1},
		{name: `count "3"`, bodies: []string{items("abc", `,"count":"3"`)}, want: "abc", pages: 1},
		{name: "count null", bodies: []string{items("abc", `,"count":null`)}, want: "abc", pages: 1},
		{name: "count on the first page alone", bodies: []string{items("ab", `{next},"count":3`), items("c", "")}, want: "abc", pages: 2},
		{name: "count below what came", bodies: []string{items("abc", `,"count":2`)}, want: "abc", pages: 1},
		{name: "count never steers", bodies: []string{items("ab", `{next},"count":2`), items("c", `,"count":2`)}, want: "abc", pages: 2},
		{name: "count 10.5", bodies: []string{items("ab", `,"count":10.5`)}, pages: 1, fails: unexpected},
		{name: "count -1", bodies: []string{items("ab", `,"count":-1`)}, pages: 1, fails: unexpected},
		{name: "count 1e400", bodies: []string{items("ab", `,"count":1e400`)}, pages: 1, fails: unexpected},
		{name: "count 1e16", bodies: []string{items("ab", `,"count":1e16`)}, pages: 1, fails: unexpected},
		{name: "count true", bodies: []string{items("ab", `,"count":true`)}, pages: 1, fails: unexpected},
		{name: "count []", bodies: []string{items("ab", `,"count":[]`)}, pages: 1, fails: unexpected},
		{name: "count NaN", bodies: []string{items("ab", `,"count":"NaN"`)}, pages: 1, fails: unexpected},
		{name: "count that cannot be read, on the second page", bodies: []string{items("ab", "{next}"), items("c", `,"count":0.5`)}, want: "ab", pages: 2, fails: unexpected},

		{name: "fewer than count", bodies: []string{items("ab", `,"count":3`)}, want: "ab", pages: 1, fails: incomplete, missing: 1},
		{name: "none of 3", bodies: []string{items("", `,"count":3.0`)}, pages: 1, fails: incomplete, missing: 3},
		{name: "fewer than count, over pages", bodies: []string{items("ab", `{next},"count":1e1`), items("c", `,"count":10`)}, want: "abc", pages: 2, fails: incomplete, missing: 7},
		{name: "the rest behind an offset", bodies: []string{items("ab", `,"count":7`)}, q: query{offset: 5}, want: "ab", pages: 1},
		{name: "fewer than the rest behind an offset", bodies: []string{items("ab", `,"count":8`)}, q: query{offset: 5}, want: "ab", pages: 1, fails: incomplete, missing: 1},
		{name: "an offset behind the end", bodies: []string{items("", `,"count":3`)}, q: query{offset: 5}, pages: 1},
		{name: "omitted", bodies: []string{items("ab", `,"count":3`+without("c"))}, want: "ab", pages: 1, fails: incomplete, omitted: "c"},
		{name: "omitted, on several pages", bodies: []string{items("a", `{next}`+without("bc")), items("d", without("e"))}, want: "ad", pages: 2, fails: incomplete, omitted: "bce"},
		{name: "omitted, and not counted", bodies: []string{items("ab", `,"count":2`+without("c"))}, want: "ab", pages: 1, fails: incomplete, omitted: "c"},
		{name: "all omitted on the first page", bodies: []string{items("", `{next}`+without("ab")), items("c", "")}, want: "c", pages: 2, fails: incomplete, omitted: "ab"},
		{name: "omitted and missing", bodies: []string{items("ab", `{next},"count":5`+without("c")), items("", `,"count":5`)}, want: "ab", pages: 2, fails: incomplete, omitted: "c", missing: 2},
		{name: "omitted, and shown by a later page", bodies: []string{items("a", `{next},"count":2`+without("b")), items("b", `,"count":2`)}, want: "ab", pages: 2},
		{name: "omitted by two pages", bodies: []string{items("a", `{next},"count":4`+without("x")), items("b", `,"count":4`+without("x"))}, want: "ab", pages: 2, fails: incomplete, omitted: "x", missing: 1},
		{name: "the largest count is believed", bodies: []string{items("a", `{next},"count":3`), items("b", `,"count":2`)}, want: "ab", pages: 2, fails: incomplete, missing: 1},
		{name: "new omissions on every page", bodies: omitted, want: "a", pages: 121, fails: incomplete, omitted: lost},
		{name: "an omission beside old items", bodies: []string{items("ab", `{next},"count":5`), items("b", `{next},"count":5`+without("c")), items("d", `,"count":5`)}, want: "abd", pages: 3, fails: incomplete, omitted: "c", missing: 1},
		{name: "no omissions", bodies: []string{items("a", `,"errors":[]`)}, want: "a", pages: 1},
		{name: "omissions null", bodies: []string{items("a", `,"errors":null`)}, want: "a", pages: 1},
		{name: "an omission without an id", bodies: []string{items("a", `,"errors":[{"errorCode":"generic.internal"}]`)}, want: "a", pages: 1, fails: incomplete, omitted: "-"},
		{name: "an omission without an id is counted", bodies: []string{items("a", `,"count":3,"errors":[{"errorCode":"generic.internal"}]`)}, want: "a", pages: 1, fails: incomplete, omitted: "-", missing: 1},
		{name: "an omission that says nothing", bodies: []string{items("a", `,"errors":[{}]`)}, want: "a", pages: 1, fails: incomplete, omitted: "-"},
		{name: "an omission that is null", bodies: []string{items("a", `,"errors":[null]`)}, want: "a", pages: 1, fails: incomplete, omitted: "-"},

		{name: "each once, when pages shift", bodies: []string{items("ab", "{next}"), items("bc", "")}, want: "abc", pages: 2},
		{name: "each once on one page", bodies: []string{items("abab", "")}, want: "ab", pages: 1},
		{name: "what is on one page twice is no other item", bodies: []string{items("aba", `,"count":3`)}, want: "ab", pages: 1, fails: incomplete, missing: 1},
		{name: "what came twice is no other item", bodies: []string{items("ab", `{next},"count":4`), items("bc", `,"count":4`)}, want: "abc", pages: 2, fails: incomplete, missing: 1},
		{name: "the same page again", bodies: []string{items("ab", "{next}"), items("ab", "{next}"), items("c", "")}, want: "abc", pages: 3},
		{name: "the same page in another order", bodies: []string{items("ab", "{next}"), items("ba", "{next}"), items("c", "")}, want: "abc", pages: 3},
		{name: "the same page after an empty one", bodies: []string{items("a", "{next}"), items("", "{next}"), items("a", "{next}"), items("b", "")}, want: "ab", pages: 4},
		{name: "the same page at last", bodies: []string{items("ab", "{next}"), items("ab", "")}, want: "ab", pages: 2},
		{name: "99 pages that tell nothing new", bodies: append(again(100), items("c", "")), want: "abc", pages: 101},
		{name: "no end of the same page", bodies: again(150), want: "ab", pages: 101, fails: unexpected},
		{name: "no end of empty pages", bodies: endless, pages: 100, fails: unexpected},
		{name: "no end of the same omission", bodies: emptied, pages: 101, fails: unexpected},
		{name: "a failing page", bodies: []string{items("a", "{next}"), "{"}, want: "a", pages: 2, fails: unexpected},
		{name: "a forbidden page", bodies: []string{items("a", "{next}"), "403 {}"}, want: "a", pages: 2, fails: "ErrForbidden"},
		{name: "a page that is not there", bodies: []string{items("a", "{next}"), "404 {}"}, want: "a", pages: 2, fails: "ErrNotFound"},
		{name: "a failing page after an omission", bodies: []string{items("a", "{next}"+without("b")), "403 {}"}, want: "a", pages: 2, fails: "ErrForbidden"},
	}
	for _, l := range listings {
		for _, tt := range tests {
			t.Run(l.all+"/"+tt.name, func(t *testing.T) {
				t.Parallel()
				client, asked := pages(t, l, tt.bodies...)
				tt.q.id = anID
				seq := l.walk(t.Context(), client, tt.q)
				if len(*asked) != 0 {
					t.Fatal("a request before range")
				}
				for round := range 2 { // ranging again starts again
					*asked = nil
					var ids strings.Builder
					var failed error
					for id, err := range seq {
						if failed != nil {
							t.Fatal("something came after the error")
						}
						if failed = err; err == nil {
							ids.WriteString(id)
						}
					}
					if ids.String() != tt.want || len(*asked) != tt.pages {
						t.Errorf("round %d: ids %q of %d pages, want %q of %d", round, ids.String(), len(*asked), tt.want, tt.pages)
					}
					checkSentinels(t, failed, strings.Fields(tt.fails))
					checkPartial(t, failed, l.op, tt.omitted, tt.missing)
				}
			})
		}
	}
}

// checkPartial looks into what an error says of items that did not come: by their
// ids, "-" for none.
func checkPartial(t *testing.T, err error, op tulip.Op, omitted string, missing int) {
	t.Helper()
	var e *tulip.Error
	if err != nil && (!errors.As(err, &e) || e.Op != op || len(e.Error()) > 4000) {
		t.Errorf("error %#v, want an *Error of %s", err, op)
	}
	var partial *tulip.PartialError
	if !errors.As(err, &partial) {
		if omitted != "" || missing != 0 {
			t.Errorf("error %v is no *PartialError", err)
		}
		return
	}
	if omitted == "" && missing == 0 {
		t.Errorf("error %v is a *PartialError", err)
	}
	var ids strings.Builder
	for _, o := range partial.Omitted {
		if o.ID == "" {
			ids.WriteByte('-')
			continue
		}
		ids.WriteString(o.ID)
		if omitted != "-" && o.Code != "" && (o.Code != tulip.CodeInternal || o.Message != "m" || o.Retryable == nil || *o.Retryable || o.Details.ID() != o.ID) {
			t.Errorf("omitted %+v", o)
		}
	}
	if ids.String() != omitted || partial.Missing != missing {
		t.Errorf("omitted %q, %d missing, want %q, %d: %v", ids.String(), partial.Missing, omitted, missing, err)
	}
	for _, id := range omitted {
		if id != '-' && len(omitted) < 10 && !strings.Contains(err.Error(), string(id)) {
			t.Errorf("the error does not name %c: %v", id, err)
		}
	}
}

// TestPartialErrorIsShort: two hundred omissions are all kept, and not all told.
func TestPartialErrorIsShort(t *testing.T) {
	t.Parallel()
	var omitted []string
	for n := range 200 {
		omitted = append(omitted, fmt.Sprintf(`{"errorCode":"generic.internal","details":{"id":"%0100d\n"}}`, n))
	}
	for _, l := range listings {
		client, _ := pages(t, l, items("a", `,"errors":[`+strings.ReplaceAll(strings.Join(omitted, ","), "\n", `\n`)+`]`))
		_, err := tulip.Collect(l.walk(t.Context(), client, query{id: anID}))
		var partial *tulip.PartialError
		if !errors.As(err, &partial) || len(partial.Omitted) != 200 {
			t.Errorf("%s: %v", l.all, err)
			continue
		}
		for _, text := range []string{err.Error(), partial.Error()} {
			if len(text) > 2000 || strings.Contains(text, "\n") || !strings.Contains(text, "200") {
				t.Errorf("%s: %d bytes: %.300q", l.all, len(text), text)
			}
		}
	}
}

// TestListIsNoAll: one page is what it is; what it leaves out is in Errors, and no
// error.
func TestListIsNoAll(t *testing.T) {
	t.Parallel()
	for _, l := range listings {
		client, asked := pages(t, l, items("ab", `{next},"prevPage":"p","count":1e1`+without("c")))
		page, err := l.page(t.Context(), client, query{id: anID, limit: new(0)})
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(page.Items, []string{"a", "b"}) || page.Info.Count == nil || *page.Info.Count != 10 || page.Info.NextPage != "?page=1" || page.Info.PrevPage != "p" ||
			len(page.Errors) != 1 || page.Errors[0].ID != "c" || page.Errors[0].Code != tulip.CodeInternal {
			t.Errorf("%s: %+v", l.name, page)
		}
		if !slices.Equal(*asked, []string{"limit=0"}) {
			t.Errorf("%s: asked %q", l.name, *asked)
		}
		client, _ = pages(t, l, items("aba", ""))
		if page, err := l.page(t.Context(), client, query{id: anID}); err != nil || len(page.Items) != 3 || page.Info.Count != nil {
			t.Errorf("%s: a page that has one twice, and no count: %+v, %v", l.name, page, err)
		}
	}
}

// TestItemsAreNeverNil: an empty page is written as an empty list.
func TestItemsAreNeverNil(t *testing.T) {
	t.Parallel()
	for _, l := range listings {
		for _, body := range []string{`{"items":null,"count":0}`, `{"count":0}`, `{"items":[]}`, "204 "} {
			client, _ := pages(t, l, body)
			page, err := l.page(t.Context(), client, query{id: anID})
			if err != nil || page.Items == nil || len(page.Items) != 0 {
				t.Errorf("%s: %s: %#v, %v", l.name, body, page, err)
			}
		}
	}
}

// TestAllLimit: All asks for 100 items a page, a number that is borrowed; when the
// server has another limit, it is left the choice. A limit of the caller's stands.
func TestAllLimit(t *testing.T) {
	t.Parallel()
	refusal := func(code string) string { return fmt.Sprintf(`400 {"errorCode":%q,"retryable":false}`, code) }
	tests := []struct {
		name    string
		q       query
		opts    []tulip.CallOption
		answers []string // one after another
		asked   string
		want    string
		fails   string
	}{
		{name: "accepted", answers: []string{items("a", "")}, asked: "limit=100", want: "a"},
		{name: "out of bounds", answers: []string{refusal(tulip.CodeLimitParamBounds), items("a", "{next}"), items("b", "")}, asked: "limit=100 - page=1", want: "ab"},
		{name: "invalid", answers: []string{refusal(tulip.CodeInvalidParams), items("a", "")}, asked: "limit=100 -", want: "a"},
		{name: "with an offset", q: query{offset: 3}, answers: []string{refusal(tulip.CodeLimitParamBounds), items("a", "")}, asked: "limit=100&offset=3 offset=3", want: "a"},
		{name: "of the caller", q: query{limit: new(7)}, answers: []string{items("a", "")}, asked: "limit=7", want: "a"},
		{name: "of the caller, refused", q: query{limit: new(100)}, answers: []string{refusal(tulip.CodeLimitParamBounds)}, asked: "limit=100", fails: "ErrBadRequest"},
		{name: "refused for the filter of groups", answers: []string{refusal(tulip.CodeInvalidUserGroupsFilter)}, asked: "limit=100", fails: "ErrBadRequest"},
		{name: "refused for the filter of users", answers: []string{refusal(tulip.CodeInvalidUsersFilter)}, asked: "limit=100", fails: "ErrBadRequest"},
		{name: "refused for a missing customer", answers: []string{refusal(tulip.CodeCustomerIDRequired)}, asked: "limit=100", fails: "ErrBadRequest"},
		{name: "refused for an offset", answers: []string{refusal(tulip.CodeOffsetParamNonNegativeInt)}, asked: "limit=100", fails: "ErrBadRequest"},
		{name: "refused, without retries", answers: []string{refusal(tulip.CodeLimitParamBounds)}, opts: []tulip.CallOption{tulip.NoRetry()}, asked: "limit=100", fails: "ErrBadRequest"},
		{name: "with a code of another limit", answers: []string{refusal(tulip.CodeLimitParamNonNegativeInt), items("a", "")}, asked: "limit=100 -", want: "a"},
		{name: "with a code that nobody knows", answers: []string{refusal("roles.noLimit"), items("a", "")}, asked: "limit=100 -", want: "a"},
		{name: "without a code", answers: []string{"400 {}", items("a", "")}, asked: "limit=100 -", want: "a"},
		{name: "in HTML", answers: []string{"400 <html>", items("a", "")}, asked: "limit=100 -", want: "a"},
		{name: "refused twice", answers: []string{refusal(tulip.CodeInvalidParams), refusal(tulip.CodeInvalidParams)}, asked: "limit=100 -", fails: "ErrBadRequest"},
		{name: "refused on the second page", answers: []string{items("a", "{next}"), refusal(tulip.CodeLimitParamBounds)}, asked: "limit=100 page=1", want: "a", fails: "ErrBadRequest"},
		{name: "forbidden with that code", answers: []string{strings.Replace(refusal(tulip.CodeInvalidParams), "400", "403", 1)}, asked: "limit=100", fails: "ErrForbidden"},
	}
	for _, l := range listings {
		for _, tt := range tests {
			var asked []string
			client := newClient(t, roundTripFunc(func(r *http.Request) (*http.Response, error) {
				q := r.URL.RawQuery
				if q == "" {
					q = "-"
				}
				asked = append(asked, q)
				n := min(len(asked), len(tt.answers)) - 1
				status, body := 200, strings.ReplaceAll(tt.answers[n], "{next}", `,"nextPage":"?page=1"`)
				if _, err := fmt.Sscan(body, &status); err == nil {
					_, body, _ = strings.Cut(body, " ")
				}
				return inMemory(status, nil, strings.ReplaceAll(body, `"@`, `"`+l.key+`":"`))(r)
			}))
			tt.q.id = anID
			for range 2 { // what was learnt of one walk is no promise for the next
				asked = nil
				got, err := tulip.Collect(l.walk(t.Context(), client, tt.q, tt.opts...))
				if strings.Join(got, "") != tt.want || strings.Join(asked, " ") != tt.asked {
					t.Errorf("%s: %s: items %q, asked %q, want %q, %q", l.all, tt.name, got, asked, tt.want, tt.asked)
				}
				checkSentinels(t, err, strings.Fields(tt.fails))
			}
		}
	}
}

func TestAllStopsWhenLeft(t *testing.T) {
	t.Parallel()
	for _, l := range listings {
		client, asked := pages(t, l, items("ab", `{next},"count":9`+without("x")), items("c", ""))
		for id, err := range l.walk(t.Context(), client, query{id: anID}) {
			if err != nil {
				t.Fatal(err)
			}
			if id == "b" {
				break // the last one of the first page
			}
		}
		if !slices.Equal(*asked, []string{"limit=100"}) {
			t.Errorf("%s: asked for %q, want only the first page", l.all, *asked)
		}
	}
}

func TestAllEndsWithItsContext(t *testing.T) {
	t.Parallel()
	for _, l := range listings {
		client, asked := pages(t, l, items("a", "{next}"), items("b", ""))
		ctx, cancel := context.WithCancel(t.Context())
		var got []string
		var failed error
		for id, err := range l.walk(ctx, client, query{id: anID}) {
			cancel()
			if failed = err; err == nil {
				got = append(got, id)
			}
		}
		cancel()
		if len(got) != 1 || !errors.Is(failed, context.Canceled) || errors.Is(failed, tulip.ErrIncomplete) || len(*asked) != 1 {
			t.Errorf("%s: %q, error %v, pages %q", l.all, got, failed, *asked)
		}
	}
}

// TestSeveralAtOnce: an iterator holds nothing of a walk, so that several may go on at
// a time.
func TestSeveralAtOnce(t *testing.T) {
	t.Parallel()
	for _, l := range listings {
		client := newClient(t, roundTripFunc(func(r *http.Request) (*http.Response, error) {
			body := items("ab", `,"nextPage":"?page=1","count":4`)
			if r.URL.Query().Has("page") {
				body = items("cd", `,"count":4`)
			}
			return inMemory(200, nil, strings.ReplaceAll(body, `"@`, `"`+l.key+`":"`))(r)
		}))
		seq := l.walk(t.Context(), client, query{id: anID}, tulip.WithHeader("X-Trace", "abc"))
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				if got, err := tulip.Collect(seq); err != nil || !slices.Equal(got, []string{"a", "b", "c", "d"}) {
					t.Errorf("%s: %q, %v", l.all, got, err)
				}
			})
		}
		wg.Wait()
	}
}

// TestCollectKeepsWhatCame: an error does not take away what was read before.
func TestCollectKeepsWhatCame(t *testing.T) {
	t.Parallel()
	for _, l := range listings {
		client, _ := pages(t, l, items("ab", without("c")))
		got, err := tulip.Collect(l.walk(t.Context(), client, query{id: anID}))
		if len(got) != 2 || !errors.Is(err, tulip.ErrIncomplete) {
			t.Errorf("%s: %q, error %v, want 2 and an error", l.all, got, err)
		}
	}
}

// TestWalkCallOptions: they are those of every request of the walk.
func TestWalkCallOptions(t *testing.T) {
	t.Parallel()
	for _, l := range listings {
		requests := 0
		client := newClient(t, roundTripFunc(func(r *http.Request) (*http.Response, error) {
			if requests++; r.Header.Get("X-Trace") != "abc" {
				t.Errorf("%s: request %d has X-Trace %q", l.all, requests, r.Header.Get("X-Trace"))
			}
			if requests == 3 {
				return inMemory(503, nil, "")(r)
			}
			return inMemory(200, nil, strings.ReplaceAll(items(string(rune('a'+requests)), fmt.Sprintf(`,"nextPage":"?page=%d"`, requests)), `"@`, `"`+l.key+`":"`))(r)
		}))
		_, err := tulip.Collect(l.walk(t.Context(), client, query{id: anID}, tulip.WithHeader("X-Trace", "abc"), tulip.NoRetry()))
		if !errors.Is(err, tulip.ErrUnavailable) || requests != 3 {
			t.Errorf("%s: %v after %d requests", l.all, err, requests)
		}
	}
}

// TestAssignedUsersCount is a number like count.
func TestAssignedUsersCount(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"10": "10", "10.0": "10", "1e1": "10", `"10"`: "10", "0": "0", "null": "null",
		"10.5": "", "-1": "", "1e400": "", "true": "", "{}": "", `"many"`: "",
	} {
		group, err := newClient(t, inMemory(200, nil, `{"id":"1","assignedUsersCount":`+text+`}`)).UserGroups.Get(t.Context(), "1")
		if (err == nil) != (want != "") || err != nil && !errors.Is(err, tulip.ErrUnexpectedResponse) {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if err != nil {
			continue
		}
		if got := asJSON(t, group.AssignedUsersCount); got != want {
			t.Errorf("%s is %s, want %s", text, got, want)
		}
		// Whoever decodes a group himself, as Client.Do does, has the same.
		decoded := tulip.UserGroup{AssignedUsersCount: new(7)}
		if err := json.Unmarshal([]byte(`{"id":"1","assignedUsersCount":`+text+`}`), &decoded); err != nil || asJSON(t, decoded) != asJSON(t, group) {
			t.Errorf("%s: decoded %+v, %v", text, decoded, err)
		}
	}
}
