package usergroupstest

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/usergroups-go/usergroups"
)

// FuzzCriteria holds the client's criteria against the fake's reading of them.
// Whatever is built, of any texts, keeps exactly the groups that it keeps when it
// is evaluated here; what cannot mean anything is refused, by the client before it
// is sent or by the server, as documented; text that is not valid UTF-8 by the
// client, since JSON cannot carry it. Raw JSON arrives with the same meaning.
func FuzzCriteria(f *testing.F) {
	const and, or, none, raw, leaf = 0, 1, 2, 3, 4
	for _, text := range []string{
		"Sales", "R&D", "a", "", `say "hi"`, `back\slash`, "a+b", "a b", "100%", "%20", "#1", "a=b;c", "<b>", "tab\there", "line\r\nbreak", "\x00", "\x7f",
		"Müller", "\u2028", "\uFFFD", `\ufffd`, "\xff", "\xed\xa0\x80", "名", "{}",
	} {
		f.Add([]byte{leaf, 0, 0, 0}, text, "Everybody", `{"x":1}`)
		f.Add([]byte{leaf, 0, 1, 0}, text, "Everybody", `[]`)
		f.Add([]byte{leaf, 1, 3, 1}, "x", text, "{}")
		f.Add([]byte{and, 2, leaf, 0, 1, 0, leaf, 1, 2, 1}, text, text, "")
		f.Add([]byte{or, 3, leaf, 0, 0, 0, raw, and, 2, leaf, 1, 4, 1, leaf, 0, 2, 0, leaf, 0, 5, 2}, text, "EQUAL", text)
		f.Add([]byte{leaf, 2, 5, 0}, "name", text, ` { "field" : {"api_name":"name"}, "comparator":"equal","value":"R&D"}`)
		f.Add([]byte{leaf, 2, 0, 0}, text, "", `{"field":{"api_name":"name"},"comparator":"equal","value":"`+text+`"}`)
	}
	f.Add([]byte{and, 1, or, 2, leaf, 0, 0, 0, none}, "a", "b", "[]")
	f.Add([]byte{and, 2, none, or, 0}, "a", "b", "null")
	f.Add([]byte{or, 1, or, 1, and, 3, none, none, leaf, 0, 0, 0}, "Sales", "b", `{"a":1,"a":2}`)
	f.Add([]byte{leaf, 0, 0, 3}, "a", "b", `{"group_operator":"and","group":[{"field":{"api_name":"name"},"comparator":"contains","value":"\ud83d"}]}`)
	f.Add([]byte{leaf, 3, 0, 0}, "a", "b", "{\"x\":\"\xff\"}")
	f.Add([]byte{leaf, 0, 6, 0}, "a", "b", "{} {}")

	f.Fuzz(func(t *testing.T, program []byte, a, b, rawText string) {
		builder := criteriaBuilder{program: program, texts: []string{a, b}}
		criteria, want := builder.build(4)
		groups := slices.Concat(SampleOrg().Groups, []Group{
			{Name: a, Description: b}, {Name: b}, {Name: a + b, Description: b + a}, {Name: "x" + a},
		})

		got := sendCriteria(t, criteria)
		if got.fate != want.fate {
			t.Fatalf("%+v: %d, want %d", criteria, got.fate, want.fate)
		}
		if got.fate == understood {
			sameGroups(t, groups, got, want)
		}

		got = sendCriteria(t, usergroups.RawCriteria(rawText))
		object := utf8.ValidString(rawText) && json.Valid([]byte(rawText)) && strings.TrimLeft(rawText, " \t\r\n")[0] == '{'
		if object != (got.fate != refusedByClient) {
			t.Fatalf("RawCriteria(%q): fate %d", rawText, got.fate)
		}
		if !object {
			return
		}
		if !reflect.DeepEqual(decoded(t, got.text), decoded(t, rawText)) {
			t.Errorf("RawCriteria(%q) arrived as %q", rawText, got.text)
		}
		direct := read(url.Values{"filters": {rawText}})
		if got.fate != direct.fate {
			t.Fatalf("RawCriteria(%q): fate %d, want %d", rawText, got.fate, direct.fate)
		}
		if got.fate == understood {
			sameGroups(t, groups, got, direct)
		}
	})
}

// fate is what becomes of a condition.
type fate int

const (
	understood fate = iota
	absent          // there is no condition
	refusedByServer
	refusedByClient // the earlier one
)

// meaning is a condition after it was built, or read.
type meaning struct {
	fate fate
	keep condition // when it is understood
	text string    // as it arrived
}

func sameGroups(t *testing.T, groups []Group, got, want meaning) {
	t.Helper()
	for _, g := range groups {
		if got.keep(g) != want.keep(g) {
			t.Errorf("%q keeps the group %q, %q: %t, want %t", got.text, g.Name, g.Description, got.keep(g), want.keep(g))
		}
	}
}

// sendCriteria makes a call with criteria and reads them as the fake does.
func sendCriteria(t *testing.T, criteria usergroups.Criteria) meaning {
	t.Helper()
	result := meaning{fate: refusedByClient}
	client, err := usergroups.NewClient(usergroups.WithAccessToken("token-1"),
		usergroups.WithHTTPClient(&http.Client{Transport: roundTripper(func(r *http.Request) {
			// The text of the URL, as it is sent, is split and unescaped by the server.
			sent, err := url.ParseRequestURI(r.URL.RequestURI())
			if err != nil {
				t.Fatal(err)
			}
			query, err := url.ParseQuery(sent.RawQuery)
			if err != nil || r.URL.Fragment != "" || len(query) > 1 || len(query["filters"]) > 1 {
				t.Errorf("query %q: %v", sent.RawQuery, err)
			}
			result = read(query)
		})}))
	if err != nil {
		t.Fatal(err)
	}
	_, err = client.UserGroups.List(t.Context(), usergroups.ListUserGroupsOptions{Filters: criteria})
	if refused := errors.Is(err, usergroups.ErrInvalidArgument); refused != (result.fate == refusedByClient) || err != nil && !refused {
		t.Fatalf("fate %d, error %v", result.fate, err)
	}
	if criteria.IsZero() != (result.fate == absent) {
		t.Errorf("IsZero is %t, fate %d", criteria.IsZero(), result.fate)
	}
	return result
}

// read is the fake's reading of a query.
func read(query url.Values) meaning {
	m := meaning{text: query.Get("filters")}
	if !query.Has("filters") {
		m.fate = absent
		return m
	}
	var refusal *answer
	if m.keep, refusal = (Guesses{}).listFilters().parseParam(query); refusal != nil {
		m.fate = refusedByServer
	}
	return m
}

// roundTripper answers 204, after it has looked at the request.
type roundTripper func(*http.Request)

func (look roundTripper) RoundTrip(r *http.Request) (*http.Response, error) {
	look(r)
	return &http.Response{StatusCode: http.StatusNoContent, Request: r, Body: http.NoBody}, nil
}

func decoded(t *testing.T, text string) (value any) {
	t.Helper()
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(&value); err != nil {
		t.Errorf("%q: %v", text, err)
	}
	return value
}

// criteriaBuilder builds criteria as a program of bytes says, and what they mean
// beside them.
type criteriaBuilder struct {
	program []byte
	texts   []string
}

func (b *criteriaBuilder) next(n int) int {
	if len(b.program) == 0 {
		return 0
	}
	first := b.program[0]
	b.program = b.program[1:]
	return int(first) % n
}

func (b *criteriaBuilder) build(depth int) (usergroups.Criteria, meaning) {
	kind := b.next(8)
	if depth == 0 {
		kind = 4
	}
	switch kind {
	case 0, 1:
		var members []usergroups.Criteria
		var meanings []meaning
		for range b.next(4) {
			member, m := b.build(depth - 1)
			members, meanings = append(members, member), append(meanings, m)
		}
		if kind == 0 {
			return usergroups.And(members...), meaningOfAll(meanings)
		}
		return usergroups.Or(members...), meaningOfAny(meanings)
	case 2:
		return usergroups.Criteria{}, meaning{fate: absent}
	case 3:
		// The same, written by hand, with white space.
		member, m := b.build(depth - 1)
		query := url.Values{}
		if m.fate == absent || member.EncodeValues("filters", &query) != nil {
			return member, m
		}
		return usergroups.RawCriteria(strings.ReplaceAll(query.Get("filters"), `,"comparator":`, " ,\n\t\"comparator\" : ")), m
	default:
		return b.comparison()
	}
}

// meaningOfAll leaves out what is absent.
func meaningOfAll(members []meaning) meaning {
	members = slices.DeleteFunc(members, func(m meaning) bool { return m.fate == absent })
	if len(members) == 0 {
		return meaning{fate: absent}
	}
	return meaning{fate: worst(members), keep: func(g Group) bool {
		return !slices.ContainsFunc(members, func(m meaning) bool { return !m.keep(g) })
	}}
}

// meaningOfAny is refused when one member, or every one, is absent: it would hold
// for every group.
func meaningOfAny(members []meaning) meaning {
	if len(members) == 0 || slices.ContainsFunc(members, func(m meaning) bool { return m.fate == absent }) {
		return meaning{fate: refusedByClient}
	}
	return meaning{fate: worst(members), keep: func(g Group) bool {
		return slices.ContainsFunc(members, func(m meaning) bool { return m.keep(g) })
	}}
}

func worst(members []meaning) fate {
	return slices.MaxFunc(members, func(a, b meaning) int { return int(a.fate - b.fate) }).fate
}

func (b *criteriaBuilder) comparison() (usergroups.Criteria, meaning) {
	field := []string{"name", "description", b.texts[0], b.texts[1]}[b.next(4)]
	comparator := []string{"equal", "starts_with", "contains", "EQUAL", "Contains", b.texts[1], ""}[b.next(7)]
	value := []any{b.texts[0], b.texts[1], b.texts[0] + "&" + b.texts[1], 7, nil}[b.next(5)]
	text, isText := value.(string)

	m := meaning{keep: func(g Group) bool {
		got := map[string]string{"name": g.Name, "description": g.Description}[field]
		switch strings.ToLower(comparator) {
		case "equal":
			return got == text
		case "starts_with":
			return len(got) >= len(text) && got[:len(text)] == text
		default:
			return strings.Contains(got, text)
		}
	}}
	switch {
	case field == "" || comparator == "" || !utf8.ValidString(field) || !utf8.ValidString(comparator) || !utf8.ValidString(text):
		m.fate = refusedByClient
	case field != "name" && field != "description" || !isText ||
		!slices.Contains([]string{"equal", "starts_with", "contains"}, strings.ToLower(comparator)):
		m.fate = refusedByServer
	}
	return usergroups.Compare(field, comparator, value), m
}
