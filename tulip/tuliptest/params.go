package tuliptest

import (
	"cmp"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/usergroups-go/usergroups/internal/fakeserver"
)

// checkQuery refuses what no operation takes. Guess: the contract has no answer
// to broken percent-encoding or to a parameter that comes twice. To choose one of
// the two would be worse.
func checkQuery(c call) *fakeserver.Reply {
	if c.broken {
		return badRequest(codeInvalidParams, "The query cannot be read.")
	}
	for name, values := range c.query {
		if len(values) > 1 {
			return badRequest(codeInvalidParams, "The parameter "+name+" was sent more than once.")
		}
	}
	return nil
}

// checkParams refuses parameters that the operation does not have, if the guesses
// say so.
func (g Guesses) checkParams(query url.Values, known ...string) *fakeserver.Reply {
	if !g.RefuseUnknownParams {
		return nil
	}
	for name := range query {
		if !slices.Contains(known, name) {
			return badRequest(codeInvalidParams, "There is no parameter "+name+".")
		}
	}
	return nil
}

// paramCodes is how an operation calls what can be wrong with its parameters. An
// empty one is generic.invalidParams: some operations are not documented to have
// any code of their own.
type paramCodes struct{ limit, bounds, offset, filter string }

// groupsListCodes is the only complete set.
var groupsListCodes = paramCodes{codeLimitNonNegative, codeLimitBounds, codeOffsetNonNegative, codeUserGroupsFilter}

func (codes paramCodes) refuse(code, message string) *fakeserver.Reply {
	return badRequest(cmp.Or(code, codeInvalidParams), message)
}

type pageRequest struct{ limit, offset int }

func (codes paramCodes) parsePage(g Guesses, query url.Values) (pageRequest, *fakeserver.Reply) {
	p := pageRequest{limit: g.defaultLimit()}
	if query.Has("limit") {
		n, ok := parseNumber(query.Get("limit"))
		switch {
		case !ok:
			return p, codes.refuse(codes.limit, "The limit has to be an integer from 0 on.")
		case n > g.maxLimit():
			return p, codes.refuse(codes.bounds, "The limit has to be at most "+strconv.Itoa(g.maxLimit())+".")
		}
		p.limit = n
	}
	if query.Has("offset") {
		n, ok := parseNumber(query.Get("offset"))
		if !ok {
			return p, codes.refuse(codes.offset, "The offset has to be an integer from 0 on.")
		}
		p.offset = n
	}
	return p, nil
}

// parseNumber accepts decimal digits. A number that is too large for a page is as
// good as any other that is, and far from overflow.
func parseNumber(s string) (int, bool) {
	if s == "" || strings.Trim(s, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.Atoi(s)
	if err != nil || n > math.MaxInt32 {
		n = math.MaxInt32
	}
	return n, true
}

// parseArchived reads the parameter archived, without which it is false.
func parseArchived(query url.Values) (bool, *fakeserver.Reply) {
	switch value := query.Get("archived"); {
	case value == "true":
		return true, nil
	case value == "false", !query.Has("archived"):
		return false, nil
	default:
		return false, badRequest(codeInvalidParams, "The parameter archived has to be true or false.")
	}
}
