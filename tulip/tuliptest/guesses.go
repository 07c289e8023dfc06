package tuliptest

import (
	"cmp"
	"fmt"
)

// Guesses says how the fake takes what the vendor's documents leave open:
// where they are silent, or say one thing here and another there. The zero
// value of each field is the likeliest reading, and what a [Server] does
// without [WithGuesses]. The other values are there so that a program can be
// shown to work whichever turns out to be true.
type Guesses struct {
	// DefaultLimit is how many records a page has when no limit is asked for;
	// 0 is 10, which the vendor documents for the records of tables only.
	DefaultLimit int
	// MaxLimit is the highest limit that a page may be asked for; 0 is 100,
	// documented for the same.
	MaxLimit int
	// Link is the form of nextPage and prevPage.
	Link LinkForm
	// NoLink is what nextPage is on the last page, and prevPage on the first.
	NoLink NoLink
	// ZeroLimitLinks gives a page with limit=0 a nextPage as well, as long as there
	// are records behind it: it leads to the same page.
	ZeroLimitLinks bool
	// Number is the form of count and assignedUsersCount, which the vendor calls
	// numbers, not integers.
	Number NumberForm
	// Empty is the items of a page that has none.
	Empty EmptyForm
	// NoCount leaves count out. No field of any answer is documented as required.
	NoCount bool
	// CountWithoutOmitted has count leave out the records that pages leave out;
	// see [Server.Omit].
	CountWithoutOmitted bool

	// RefuseUnknownParams answers 400 generic.invalidParams to a parameter that
	// an operation does not have, such as $filter, or search where there is
	// none. Otherwise it is ignored.
	RefuseUnknownParams bool
	// UsersParamsUnnamed answers 400 generic.invalidParams to a wrong limit or
	// offset on the list of users, as it does on most lists, and not the codes
	// of the list of groups.
	UsersParamsUnnamed bool
	// UsersWithoutOr refuses or in the filter of users, as in that of roles: which
	// operators it takes is not documented.
	UsersWithoutOr bool

	// HideArchivedMembers leaves deactivated users out of the users of a group,
	// and archived groups out of the groups of a user. Neither counts then.
	HideArchivedMembers bool
	// NoUsersCount leaves assignedUsersCount out of groups, as the vendor's
	// sample does.
	NoUsersCount bool

	// ScopeUnauthorized answers 401 to a token without the scope, and not 403.
	ScopeUnauthorized bool
	// NoUnnamedCodes leaves errorCode out where the vendor does not name the code:
	// of 401, 403, 404 and 405. Otherwise it is a made-up one, such as
	// generic.notFound.
	NoUnnamedCodes bool
}

// LinkForm is a value of [Guesses].
type LinkForm int

// The forms of nextPage and prevPage.
const (
	LinkAbsolute LinkForm = iota // http://127.0.0.1:8080/api/users/v1/users?limit=10&offset=10
	LinkPath                     // /api/users/v1/users?limit=10&offset=10
	LinkQuery                    // ?limit=10&offset=10
)

// NoLink is a value of [Guesses].
type NoLink int

// What stands where there is no other page.
const (
	NoLinkAbsent NoLink = iota // no key
	NoLinkNull                 // null
	NoLinkEmpty                // ""
)

// NumberForm is a value of [Guesses].
type NumberForm int

// The forms of a number.
const (
	NumberInteger  NumberForm = iota // 10
	NumberDecimal                    // 10.0
	NumberExponent                   // 1e1
)

// EmptyForm is a value of [Guesses].
type EmptyForm int

// The forms of no items.
const (
	EmptyArray  EmptyForm = iota // []
	EmptyNull                    // null
	EmptyAbsent                  // no key
)

// WithGuesses replaces all guesses of the server by g.
// It panics on a value that does not exist.
func WithGuesses(g Guesses) Option {
	g.check()
	return func(c *config) { c.guesses = g }
}

func (g Guesses) check() {
	for _, field := range []struct {
		name        string
		value, last int
	}{
		{"DefaultLimit", g.DefaultLimit, g.maxLimit()},
		{"MaxLimit", g.MaxLimit, g.MaxLimit},
		{"Link", int(g.Link), int(LinkQuery)},
		{"NoLink", int(g.NoLink), int(NoLinkEmpty)},
		{"Number", int(g.Number), int(NumberExponent)},
		{"Empty", int(g.Empty), int(EmptyAbsent)},
	} {
		if field.value < 0 || field.value > field.last {
			panic(fmt.Sprintf("tuliptest: Guesses.%s: no value %d", field.name, field.value))
		}
	}
}

func (g Guesses) maxLimit() int { return cmp.Or(g.MaxLimit, 100) }

// defaultLimit is never above the highest: nobody has asked for it.
func (g Guesses) defaultLimit() int { return min(cmp.Or(g.DefaultLimit, 10), g.maxLimit()) }
