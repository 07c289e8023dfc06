package tulip

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// filter is a condition on the items of a list: one of the terms holds. "or" is the
// only way to combine terms that the API documents. The zero value is no condition.
type filter struct {
	terms []string
	only  map[string]bool // the ids that it lets pass; nil unless that is all it says
	err   error
}

const or = " or "

// text is the filter as the parameter has it.
func (f filter) text() string { return strings.Join(f.terms, or) }

// A request has at most this many terms and this many bytes of filter, as they are in
// the URL. The API documents no limit; servers commonly take 8 KiB.
const (
	maxTerms      = 50
	maxFilterSize = 4000
)

// chunks cuts a long filter into several, each short enough for one request. An item
// matches the whole when it matches one of them. There is one, an empty one, for no
// condition.
func (f filter) chunks() []filter {
	chunks := []filter{{only: f.only}}
	size := 0
	for _, term := range f.terms {
		last := &chunks[len(chunks)-1]
		add := escapedLen(or + term)
		if len(last.terms) > 0 && (len(last.terms) == maxTerms || size+add > maxFilterSize) {
			chunks = append(chunks, filter{only: f.only})
			last, size = &chunks[len(chunks)-1], 0
		}
		last.terms = append(last.terms, term)
		size += add
	}
	return chunks
}

// escapedLen is how long a text is in a URL, where a space is "%20".
func escapedLen(s string) int { return len(url.QueryEscape(s)) + 2*strings.Count(s, " ") }

// byID is the filter for a field that has one of the ids, which is the id of the items.
func byID(builder, field string, ids []string) filter {
	f := anyOf(builder, field, ids, "")
	f.only = make(map[string]bool, len(ids))
	for _, id := range ids {
		f.only[id] = true
	}
	return f
}

// anyOf is the filter for a field that has one of the values. No value at all would be
// no condition, which is everything: the call that uses it fails.
func anyOf(builder, before string, values []string, after string) filter {
	if len(values) == 0 {
		return filter{err: invalid("%s: no value: the filter would let nothing pass, and none would let everything", builder)}
	}
	var f filter
	had := make(map[string]bool, len(values))
	for _, value := range values {
		switch {
		case had[value]:
			continue
		case value == "":
			return filter{err: invalid("%s: a value is empty", builder)}
		case !utf8.ValidString(value):
			return filter{err: invalid("%s: %q is not valid UTF-8", builder, value)}
		}
		// A quote inside a text is doubled: the text cannot end there.
		f.terms = append(f.terms, before+" eq '"+strings.ReplaceAll(value, "'", "''")+"'"+after)
		had[value] = true
	}
	return f
}

// IDFilter chooses groups or users by their ids, the only filter that the lists of groups
// and of memberships have. The zero value is no condition.
type IDFilter struct {
	ids  []string
	made bool
}

// IDs lets pass what has one of the ids. Ids that nothing has are no error. Without
// any, the call that uses it fails. The iterators cut a long list into requests of 50
// ids; one page is asked for with all of them.
func IDs(ids ...string) IDFilter { return IDFilter{slices.Clone(ids), true} }

// on is the filter on a field: its name differs from list to list.
func (f IDFilter) on(field string) filter {
	if !f.made {
		return filter{}
	}
	return byID("IDs", field, f.ids)
}

// RoleFilter chooses roles. The zero value is no condition.
type RoleFilter struct{ filter filter }

// IsCustom lets pass the roles that were made in the account (true), or those that
// every account has (false).
func IsCustom(custom bool) RoleFilter {
	return RoleFilter{is("isCustom", custom)}
}

// is is the filter for a field that is true or false.
func is(field string, value bool) filter {
	return filter{terms: []string{field + " eq " + strconv.FormatBool(value)}}
}

// UserFilter chooses users. The zero value is no condition. The vendor names the fields
// and not the operators: the functions that make filters use eq, or and, for roles and
// workspaces, any, as OData 4.01 writes them. None of them was tried; one that the server
// refuses is ErrBadRequest, perhaps with [CodeInvalidUsersFilter].
//
// There is no filter on e-mail addresses: look for one by [ListUsersOptions.Search],
// and compare [User.Email].
type UserFilter struct{ filter filter }

// UserIDs lets pass the users with one of the ids. Without any, the call that uses it
// fails; that is so for all filters here that take values.
func UserIDs(ids ...string) UserFilter { return UserFilter{byID("UserIDs", "id", ids)} }

// BadgeIDs lets pass the users with one of the badge ids.
func BadgeIDs(badgeIDs ...string) UserFilter {
	return UserFilter{anyOf("BadgeIDs", "badgeId", badgeIDs, "")}
}

// FullNames lets pass the users with exactly one of the names.
func FullNames(names ...string) UserFilter {
	return UserFilter{anyOf("FullNames", "name/full", names, "")}
}

// EmailVerified lets pass the users whose e-mail address is verified, or is not.
func EmailVerified(verified bool) UserFilter {
	return UserFilter{is("email/verified", verified)}
}

// GlobalRoles lets pass the users who have one of the roles in all workspaces. Whether
// somebody has a role anywhere is asked with [WorkspaceRoles] beside it:
//
//	tulip.Or(tulip.GlobalRoles(tulip.RoleOwner), tulip.WorkspaceRoles(tulip.RoleOwner))
func GlobalRoles(roleIDs ...string) UserFilter {
	return UserFilter{anyOf("GlobalRoles", "globalRoleId", roleIDs, "")}
}

// WorkspaceRoles lets pass the users who have one of the roles in some workspace.
func WorkspaceRoles(roleIDs ...string) UserFilter {
	return UserFilter{anyOf("WorkspaceRoles", "workspaceRoleAssignments/any(a:a/userRoleId", roleIDs, ")")}
}

// Workspaces lets pass the members of one of the workspaces.
func Workspaces(workspaceIDs ...string) UserFilter {
	return UserFilter{anyOf("Workspaces", "workspaceRoleAssignments/any(a:a/workspaceId", workspaceIDs, ")")}
}

// Or lets pass whom one of the filters does. Without any, or with a zero filter among
// them, the call that uses it fails: "no condition" would let everybody pass.
func Or(filters ...UserFilter) UserFilter {
	var union filter
	for _, f := range filters {
		switch {
		case f.filter.err != nil:
			return f
		case len(f.filter.terms) == 0:
			return UserFilter{filter{err: invalid("Or without a filter, or with one that is zero")}}
		}
		union.terms = append(union.terms, f.filter.terms...)
	}
	if len(union.terms) == 0 {
		return UserFilter{filter{err: invalid("Or without a filter, or with one that is zero")}}
	}
	return UserFilter{union}
}

// RawUserFilter is a filter in the vendor's own words, for what the builder cannot say.
// It is sent as it is: whoever puts a text into it doubles the quotes. For the call that
// uses it, an empty one is an error.
func RawUserFilter(text string) UserFilter {
	if strings.TrimSpace(text) == "" || !utf8.ValidString(text) {
		return UserFilter{filter{err: invalid("RawUserFilter: the text is empty or not valid UTF-8")}}
	}
	return UserFilter{filter{terms: []string{text}}}
}
