package usergroupstest

import (
	"fmt"
	"net/http"
	"slices"
)

// Guesses says how the fake takes what the vendor's documents leave open:
// where they are silent, or say one thing here and another there. The zero
// value of each field is the likeliest reading, and what a [Server] does
// without [WithGuesses]. The other values are there so that a program can be
// shown to work whichever turns out to be true.
//
// The forms of a 429 and of what the accounts server answers are chosen by
// options; see the table of the package comment.
type Guesses struct {
	// UnknownID is the status for a well-formed id that nobody has: 204, 400
	// or 404. The vendor's documents name all three.
	//
	// For 0, a group or a user that is asked for answers 204, and everything
	// else that is asked of one or done with it, such as listing its sources or
	// deleting it, answers 400. As the latter cannot answer 204 sensibly, 204
	// leaves it at 400.
	UnknownID int
	// PageBeyondEnd is the answer to a page after the last one. The first
	// page of nothing is documented: 204.
	PageBeyondEnd PageBeyondEnd
	// Info is what the info beside a list holds.
	Info ListInfo
	// PageLimit refuses a page that reaches beyond the 2000th record, as the
	// lists of module records do: 400 DISCRETE_PAGINATION_LIMIT_EXCEEDED.
	PageLimit bool
	// NewestFirst turns the order of groups round, which is the one of their
	// creation otherwise. Mind that a new group then shifts all pages.
	NewestFirst bool
	// DirectGroups has a user associated only with the groups that name the
	// user as a source, and not with those that reach them through a role, a
	// territory or another group.
	DirectGroups bool

	// NameMatch is how the name parameter of the list is compared.
	NameMatch NameMatch
	// IgnoreCase compares name and filters without regard to letter case.
	IgnoreCase bool
	// Filters is the grammar of filters.
	Filters FilterGrammar
	// PlainFieldsInV6 has the counts of v6 call the fields of a filter name
	// and description as later versions do, and not user_group.name.
	PlainFieldsInV6 bool
	// EnforceLengths refuses a name or filters parameter of more than 250
	// characters, decoded. Specifications allow them no more.
	EnforceLengths bool

	// Include is which values the include parameter takes.
	Include IncludeRule
	// GetIgnoresInclude has the call for one group know no parameter at all.
	GetIgnoresInclude bool
	// SourcesAlways sends a group's sources also when they are not included.
	SourcesAlways bool
	// Times is the form of timestamps.
	Times TimeForm
	// DetailedSourcesCount makes sources_count.users an object with the keys
	// active, inactive and deleted, and not a number. The vendor's sample
	// answers show the number, its specifications the object.
	DetailedSourcesCount bool
	// SourcesCountOmitsZeros leaves the kinds of sources that a group does not
	// have out of its sources count, which has them all otherwise. The
	// sources_count beside a group never has them.
	SourcesCountOmitsZeros bool
	// UnlistedUsers leaves users who are not active out of a list of a group's
	// sources that has no user_type. The count of its sources has them anyway.
	UnlistedUsers bool

	// AllUsersWithDeleted has the deleted among the users of the type AllUsers:
	// the vendor's guide describes it as active and inactive, but a sample of
	// it shows a deleted one.
	AllUsersWithDeleted bool
	// AllWhenOneModified answers If-Modified-Since with all users when one of
	// them was created or modified since, as of any resource of HTTP, and not
	// with those only, which is how the vendor's guide may be read.
	AllWhenOneModified bool
	// CountAsText makes the count of users a text, as a specification has it,
	// and not a number.
	CountAsText bool
	// DetailKey calls the details of an association detail, as the vendor's
	// SDKs do.
	DetailKey bool

	// CaseSensitiveNames lets "Sales" and "sales" be two groups.
	CaseSensitiveNames bool
	// RefuseGroupSources refuses groups as a source in the body of a POST or a
	// PUT, as a type that does not exist: the guide knows it, the
	// specifications do not. That holds also for one that the group has.
	RefuseGroupSources bool
	// ItemsPerCreate is how many groups one POST may have. 0 is what
	// specifications say: 1 up to v8, 10 from v9 on.
	ItemsPerCreate int
	// MaxGroups is how many groups the organisation may have; one more is
	// refused with 400 LIMIT_REACHED. 0 is no limit.
	MaxGroups int
	// MixedStatus is the status of a POST or PUT of which some items succeed
	// and others fail: 0 is 207; 200, 201 and 400 are the others.
	MixedStatus int

	// Put is what the sources in a PUT do to those of the group.
	Put PutSources
	// EmptySources takes an empty list of sources in a PUT, in place of refusing
	// it: one that replaces leaves the group without any, one that merges
	// leaves them as they are.
	EmptySources bool
	// OneTerritoryFlag takes subordinates and sub_territories for two names of
	// one flag of a territory, and always calls it sub_territories itself. If both
	// are sent, sub_territories counts. Otherwise they are two.
	OneTerritoryFlag bool
	// StaleSources is how many lists of a group's sources still show those
	// before a PUT after it, as if they came from a copy that lags behind. Only
	// GET /settings/user_groups/{id}/sources does so. 0 is none.
	StaleSources int
	// ItemsPerUpdate is how many groups one PUT without an id in its path may
	// have. 0 is 100, which is a guess: no document names a number.
	ItemsPerUpdate int

	// RefuseUsedDeletion refuses to delete a group that is a source of
	// another one, with 400 ALREADY_USED, in place of taking it out there.
	RefuseUsedDeletion bool
	// ScheduledDeletion makes every DELETE only schedule the deletion: it
	// answers SCHEDULED with a job id, and the group stays until
	// [Server.CompleteDeletions] or [Server.CompleteDeletionsAfter].
	ScheduledDeletion bool
	// ScheduledIsSuccess gives a scheduled deletion the status "success"; its
	// code is SCHEDULED either way.
	ScheduledIsSuccess bool
	// NoDeletionJobs has no GET /settings/user_groups/actions/deletion_jobs, and
	// answers 404: only one specification has it, of 2025.
	NoDeletionJobs bool
	// LowerCaseJobStatus calls the state of a deletion job status, and not Status.
	LowerCaseJobStatus bool

	// EmptyDetails is the details of an error that has none.
	EmptyDetails EmptyDetails
	// ScopeMismatch is what OAUTH_SCOPE_MISMATCH comes with.
	ScopeMismatch ScopeMismatch
	// GroupsScopeOnly asks no users scope for the groups of a user: the guide
	// demands one, newer specifications do not.
	GroupsScopeOnly bool
	// AuthenticationFailure answers a refused token with the code
	// AUTHENTICATION_FAILURE, and not INVALID_TOKEN.
	AuthenticationFailure bool
	// PermissionList makes the permissions of NO_PERMISSION a list, and not a
	// text.
	PermissionList bool
	// UserPathIndex is the resource_path_index of an unknown user: 0 is 1,
	// the place of the id. A published sample has 2.
	UserPathIndex int
	// URLRuleNotConfigured is the code of every 404, and not
	// INVALID_URL_PATTERN.
	URLRuleNotConfigured bool
	// MethodNotAllowed answers a wrong method with 405 METHOD_NOT_ALLOWED,
	// and not 400 INVALID_REQUEST_METHOD.
	MethodNotAllowed bool
}

// PageBeyondEnd is a value of [Guesses].
type PageBeyondEnd int

// The answers to a page after the last one.
const (
	BeyondEndNoContent PageBeyondEnd = iota // 204
	BeyondEndEmptyList                      // 200, an empty list, more_records false
	BeyondEndInvalid                        // 400 INVALID_DATA, naming the parameter page
)

// ListInfo is a value of [Guesses].
type ListInfo int

// What the info beside a list holds.
const (
	InfoComplete   ListInfo = iota // count is the number of records on the page
	InfoCountIsOne                 // count is 1 whatever is on the page, as in a published sample
	InfoNulls                      // everything is null, except a more_records of true
)

// NameMatch is a value of [Guesses].
type NameMatch int

// How the name parameter is compared with a group's name.
const (
	NameEquals NameMatch = iota
	NameStartsWith
	NameContains
)

// FilterGrammar is a value of [Guesses].
type FilterGrammar int

// The grammars of filters.
const (
	// FiltersUnion takes everything that any document shows, on both lists:
	// equal, starts_with, contains, and, or, in any letter case and nested.
	FiltersUnion FilterGrammar = iota
	// FiltersWithoutOr is the same without or on the list of groups.
	FiltersWithoutOr
	// FiltersAsDocumented takes what the guide says of each list. Groups:
	// starts_with and contains on name, joined by and. Counts: equal and
	// starts_with on name and description, joined by and or or. Neither is
	// nested, all is in lower case.
	FiltersAsDocumented
)

// IncludeRule is a value of [Guesses].
type IncludeRule int

// The values that the include parameter takes. Others are refused.
const (
	IncludeSeveral   IncludeRule = iota // sources, sources_count, or both with a comma
	IncludeOne                          // one of them
	IncludeCountOnly                    // sources_count
)

// TimeForm is a value of [Guesses].
type TimeForm int

// The forms of timestamps.
const (
	TimeWithOffset   TimeForm = iota // 2022-11-23T09:59:12+05:30
	TimeOneDigitHour                 // 2022-11-23T9:59:12+05:30, as in a published sample
	TimeUTC                          // 2022-11-23T04:29:12Z
)

// EmptyDetails is a value of [Guesses].
type EmptyDetails int

// The forms of no details.
const (
	DetailsObject EmptyDetails = iota // {}
	DetailsNull                       // null
	DetailsAbsent                     // no key
)

// ScopeMismatch is a value of [Guesses].
type ScopeMismatch int

// What OAUTH_SCOPE_MISMATCH comes with.
const (
	ScopeMismatchPlain        ScopeMismatch = iota // no details; see EmptyDetails
	ScopeMismatchRequest                           // details with method and url
	ScopeMismatchUnauthorized                      // no key details, and the message "Unauthorized"
)

// WithGuesses replaces all guesses of the server by g.
// It panics on a value that does not exist.
func WithGuesses(g Guesses) Option {
	g.check()
	return func(c *config) { c.guesses = g }
}

func (g Guesses) check() {
	for _, field := range []struct {
		name   string
		value  int
		values []int
	}{
		{"UnknownID", g.UnknownID, []int{0, http.StatusNoContent, http.StatusBadRequest, http.StatusNotFound}},
		{"PageBeyondEnd", int(g.PageBeyondEnd), upTo(BeyondEndInvalid)},
		{"Info", int(g.Info), upTo(InfoNulls)},
		{"NameMatch", int(g.NameMatch), upTo(NameContains)},
		{"Filters", int(g.Filters), upTo(FiltersAsDocumented)},
		{"Include", int(g.Include), upTo(IncludeCountOnly)},
		{"Times", int(g.Times), upTo(TimeUTC)},
		{"ItemsPerCreate", min(g.ItemsPerCreate, 0), []int{0}},
		{"MaxGroups", min(g.MaxGroups, 0), []int{0}},
		{"ItemsPerUpdate", min(g.ItemsPerUpdate, 0), []int{0}},
		{"StaleSources", min(g.StaleSources, 0), []int{0}},
		{"Put", int(g.Put), upTo(PutReplacesRefusingDelete)},
		{"MixedStatus", g.MixedStatus, []int{0, http.StatusOK, http.StatusCreated, http.StatusMultiStatus, http.StatusBadRequest}},
		{"EmptyDetails", int(g.EmptyDetails), upTo(DetailsAbsent)},
		{"ScopeMismatch", int(g.ScopeMismatch), upTo(ScopeMismatchUnauthorized)},
		{"UserPathIndex", g.UserPathIndex, []int{0, 1, 2}},
	} {
		if !slices.Contains(field.values, field.value) {
			panic(fmt.Sprintf("usergroupstest: Guesses.%s: no value %d", field.name, field.value))
		}
	}
}

// upTo returns the values of an enumeration from 0 to last.
func upTo[T ~int](last T) []int {
	values := make([]int, last+1)
	for i := range values {
		values[i] = i
	}
	return values
}
