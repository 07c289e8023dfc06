package usergroups

import (
	"context"
	"slices"
)

// SourcesChange is what a change of a group's sources did or, with [WithDryRun], would
// do.
type SourcesChange struct {
	Before []Source    // what the group was made of
	After  []Source    // what it is made of now, as it was read back; would be, with WithDryRun
	Diff   SourcesDiff // the difference that was found
	// Updates is how many updates the server accepted: 0 when nothing differed, and
	// with WithDryRun.
	Updates int
}

// SourcesError says that a group is not seen to be made of what it should be after a
// change. errors.As finds it behind ErrIncomplete.
type SourcesError struct {
	Left    SourcesDiff // what is still to be done
	Now     []Source    // what the group is made of, as it was last read
	Updates int         // that the server accepted; 0: nothing was written, unless ErrOutcomeUnknown says so
	Refused *Source     // the source that the server refused, if it named one
	Err     error       // what the server said, if it did; errors.Is and errors.As look into it
}

// Error says what is still to be done, and why.
func (e *SourcesError) Error() string {
	text := "still to do: " + e.Left.String()
	if e.Refused != nil {
		text = "refused was " + e.Refused.describe() + "; " + text
	}
	if e.Err != nil {
		text = e.Err.Error() + "; " + text
	}
	return text
}

// Unwrap returns Err.
func (e *SourcesError) Unwrap() error { return e.Err }

// SetSources makes a group consist of exactly the sources that are wanted. It reads
// the group and all its sources, compares them as [DiffSources] does, writes only if
// something differs, and reads the result. The vendor's documents disagree on what an
// update does to sources that it does not name. SetSources finds out, without a request
// that could lose what is wanted:
//
//   - First it sends all that is wanted, with explicit flags. If the API replaces the
//     sources, that is all.
//   - If unwanted sources are still there, it sends them with _delete, together with
//     all that is wanted. If the API merges, that removes them.
//   - The API may refuse a source that is there already, as DUPLICATE_DATA. If it also
//     refuses exactly what the group has now, only the difference is sent.
//
// The client remembers what it found out. The first change takes 6 to 10 requests, later
// ones 6 or 7, one that finds nothing to do 3; for large groups, each further page of 200
// sources and each further update of 200 is one more.
//
// Name and description of the group are sent back as they were read, and each source
// with its Extra. An update may have 200 sources. More are refused as
// ErrInvalidArgument until this client has seen, in a change of a smaller group that
// both added and removed sources, that the API merges; then they are sent in parts. That
// relies on what was seen: should the API have come to replace, the first part shows it,
// and has lost what was not in it.
//
// There are other limits. What the API lists is believed: if that is out of date when
// the call begins, it may end without an error and without effect. Zoho cannot write on
// condition that nothing has changed: the group's modified_time is compared just before
// the first update, and a change that shows there is ErrConflict, as is a source that
// somebody else adds and that shows in the result. If the API replaces, a change of the
// sources that somebody else makes after that comparison is lost, and nobody notices; so
// is, in any case, a change of name or description. And whoever is removed as a user
// stays in the group as long as a role, a territory or another group brings them in.
//
// It fails with ErrInvalidArgument for no sources (see
// [UserGroupsService.ClearSources]), a source that comes twice, flags that contradict
// each other and [WithResponse], and with ErrNotFound when there is no such group. It
// fails with ErrIncomplete before it writes, if the group has sources that its list
// does not show ([WithUnlistedSources] allows that), and afterwards, with a
// [SourcesError], if the group is not as wanted: errors.Is also finds the reason, such
// as ErrBadRequest for a source that does not exist. After a lost answer it reads the
// result too, and fails with ErrOutcomeUnknown only if something is still to be done or
// cannot be read.
//
// An error that is neither ErrOutcomeUnknown nor a SourcesError means that nothing was
// written. After any error it is safe to call SetSources again.
//
// Scopes: ZohoCRM.settings.user_groups.READ and ZohoCRM.settings.user_groups.UPDATE.
//
// https://www.zoho.com/crm/developer/docs/api/v8/update-user-group.html
func (s *UserGroupsService) SetSources(ctx context.Context, groupID string, want []Source, opts ...CallOption) (*SourcesChange, error) {
	if len(want) == 0 {
		return nil, newError(OpUserGroupsSetSources, "", invalid("no sources: ClearSources says it, if none are wanted"))
	}
	return s.changeSources(ctx, OpUserGroupsSetSources, groupID, want, opts, func(have []Source) sourcesGoal {
		return sourcesGoal{explicitSources(have, want), func(Source) bool { return true }}
	})
}

// AddSources makes sources part of a group, beside those that it has. One that is
// there already stays as it is, unless its flags are set and differ.
//
// It works like [UserGroupsService.SetSources], without removing anything: see there
// for its limits and its errors. It fails with ErrInvalidArgument for a source that
// comes twice. No sources are no error.
//
// Scopes: ZohoCRM.settings.user_groups.READ and ZohoCRM.settings.user_groups.UPDATE.
//
// https://www.zoho.com/crm/developer/docs/api/v8/update-user-group.html
func (s *UserGroupsService) AddSources(ctx context.Context, groupID string, sources []Source, opts ...CallOption) (*SourcesChange, error) {
	return s.changeSources(ctx, OpUserGroupsAddSources, groupID, sources, opts, func(have []Source) sourcesGoal {
		want := once(have)
		for _, added := range sources {
			switch i := slices.IndexFunc(want, added.same); {
			case i < 0:
				want = append(want, added)
			case added.Subordinates != nil || added.SubTerritories != nil:
				want[i].Subordinates, want[i].SubTerritories = added.Subordinates, added.SubTerritories
			}
		}
		return sourcesGoal{explicitSources(have, want), func(Source) bool { return false }}
	})
}

// RemoveSources takes sources out of a group; of each, Type and ID are enough. One
// that is not there is no error.
//
// It works like [UserGroupsService.SetSources], and removes nothing else: see there for
// its limits and its errors. It fails with ErrInvalidArgument for a source that comes
// twice, and when nothing would be left (see [UserGroupsService.ClearSources]). No
// sources are no error.
//
// Scopes: ZohoCRM.settings.user_groups.READ and ZohoCRM.settings.user_groups.UPDATE.
//
// https://www.zoho.com/crm/developer/docs/api/v8/update-user-group.html
func (s *UserGroupsService) RemoveSources(ctx context.Context, groupID string, sources []Source, opts ...CallOption) (*SourcesChange, error) {
	return s.changeSources(ctx, OpUserGroupsRemoveSources, groupID, sources, opts, func(have []Source) sourcesGoal {
		removed := index(sources)
		unwanted := func(s Source) bool { _, ok := removed[s.identity()]; return ok }
		return sourcesGoal{explicitSources(have, slices.DeleteFunc(once(have), unwanted)), unwanted}
	})
}

// ClearSources takes all sources out of a group. Whether the API allows that at all is
// not documented. All are sent with _delete; if that does not help, an empty list is.
//
// It fails with ErrIncomplete and a [SourcesError] when sources are left, and with
// ErrInvalidArgument for an empty id. See [UserGroupsService.SetSources] for its limits
// and its other errors.
//
// Scopes: ZohoCRM.settings.user_groups.READ and ZohoCRM.settings.user_groups.UPDATE.
//
// https://www.zoho.com/crm/developer/docs/api/v8/update-user-group.html
func (s *UserGroupsService) ClearSources(ctx context.Context, groupID string, opts ...CallOption) (*SourcesChange, error) {
	return s.changeSources(ctx, OpUserGroupsClearSources, groupID, nil, opts, func([]Source) sourcesGoal {
		return sourcesGoal{nil, func(Source) bool { return true }}
	})
}

func (s Source) same(other Source) bool { return s.Type == other.Type && s.ID == other.ID }
