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
	Diff   SourcesDiff // what was to be done
	// Updates is how many updates the server accepted: 0 when nothing differed, and
	// with WithDryRun.
	Updates int
}

// SourcesError stands behind ErrIncomplete when a group is not made of what it should
// be after a change: errors.As finds it.
type SourcesError struct {
	Missing SourcesDiff // what is still to be done
	Now     []Source    // what the group is made of, as it was last read
	Err     error       // why, when the server said something: what errors.Is finds too
}

// Error says what is still to be done, and why.
func (e *SourcesError) Error() string {
	text := "the sources are not as they should be, still to do: " + e.Missing.String()
	if e.Err != nil {
		text = e.Err.Error() + "; " + text
	}
	return text
}

// Unwrap returns Err.
func (e *SourcesError) Unwrap() error { return e.Err }

// SetSources makes a group consist of exactly the sources that are wanted, by
// [DiffSources] of those that it has. It reads the group and all its sources, writes
// only if something differs, and reads back what came of it: where the vendor's
// documents disagree on what an update does to sources that it does not name, it finds
// out, and never sends a request that could lose a wanted source.
//
//   - What is wanted is sent whole, with explicit flags. Under an API that replaces
//     the sources, that is all.
//   - Sources that are still there are then sent with _delete, beside all that is
//     wanted. Under an API that merges, that removes them.
//   - An API that refuses what is there already is sent the difference alone, once it
//     has shown that it is of that kind by refusing as DUPLICATE_DATA what the group
//     is made of.
//
// The client remembers what it found out, for the next change. Without what it
// remembers, a change of up to 200 sources takes 6 to 9 requests, with it 6; each
// further 200 sources to be read, two more.
//
// Name and description of the group are read and sent back as they are. A source
// comes back with the Extra that it had. An update may have 200 sources: more are
// refused as ErrInvalidArgument, unless the client has seen that the API merges; then
// they are sent in parts.
//
// What it cannot do: Zoho has no way to write only if nothing has changed. The
// modified_time of the group is compared just before the first update; a change by
// somebody else that is seen there is ErrConflict. One that comes later is lost, under
// an API that replaces, and nobody notices. And whoever is removed as a user stays in
// the group when a role, a territory or another group brings them in.
//
// It fails with ErrInvalidArgument for no sources (see
// [UserGroupsService.ClearSources]), one that comes twice, flags that contradict each
// other, and [WithResponse]; with ErrNotFound when there is no such group; with
// ErrIncomplete before anything is written when the group has other sources than its
// list shows ([WithUnlistedSources] allows it); and afterwards with ErrIncomplete and
// a [SourcesError] that says what is missing and what is too much, also when the API
// refused all updates: errors.Is finds ErrBadRequest then, for a source that does not
// exist. After a lost answer it reads what came of it, too: ErrOutcomeUnknown is left
// only when that fails or something is missing. [WithDryRun] returns what would be
// done.
//
// Scopes: ZohoCRM.settings.user_groups.READ and ZohoCRM.settings.user_groups.UPDATE.
//
// https://www.zoho.com/crm/developer/docs/api/v8/update-user-group.html
func (s *UserGroupsService) SetSources(ctx context.Context, groupID string, want []Source, opts ...CallOption) (*SourcesChange, error) {
	want = slices.Clone(want)
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
// for what it does, what it cannot do, and its other errors. It fails with
// ErrInvalidArgument for a source that comes twice. ErrOutcomeUnknown is left of a lost
// answer as there.
//
// Scopes: ZohoCRM.settings.user_groups.READ and ZohoCRM.settings.user_groups.UPDATE.
//
// https://www.zoho.com/crm/developer/docs/api/v8/update-user-group.html
func (s *UserGroupsService) AddSources(ctx context.Context, groupID string, sources []Source, opts ...CallOption) (*SourcesChange, error) {
	sources = slices.Clone(sources)
	return s.changeSources(ctx, OpUserGroupsAddSources, groupID, sources, opts, func(have []Source) sourcesGoal {
		want := once(have)
		known := index(have)
		for _, added := range sources {
			_, there := known[added.identity()]
			switch i := slices.IndexFunc(want, added.same); {
			case !there:
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
// what it does, what it cannot do, and its other errors. It fails with
// ErrInvalidArgument for a source that comes twice, and when nothing would be left (see
// [UserGroupsService.ClearSources]). ErrOutcomeUnknown is left of a lost answer as
// there.
//
// Scopes: ZohoCRM.settings.user_groups.READ and ZohoCRM.settings.user_groups.UPDATE.
//
// https://www.zoho.com/crm/developer/docs/api/v8/update-user-group.html
func (s *UserGroupsService) RemoveSources(ctx context.Context, groupID string, sources []Source, opts ...CallOption) (*SourcesChange, error) {
	sources = slices.Clone(sources)
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
// ErrInvalidArgument for an empty id. See [UserGroupsService.SetSources] for what it
// cannot do, and for its other errors. ErrOutcomeUnknown is left of a lost answer as
// there.
//
// Scopes: ZohoCRM.settings.user_groups.READ and ZohoCRM.settings.user_groups.UPDATE.
//
// https://www.zoho.com/crm/developer/docs/api/v8/update-user-group.html
func (s *UserGroupsService) ClearSources(ctx context.Context, groupID string, opts ...CallOption) (*SourcesChange, error) {
	return s.changeSources(ctx, OpUserGroupsClearSources, groupID, nil, opts, func([]Source) sourcesGoal {
		return sourcesGoal{nil, func(Source) bool { return true }}
	})
}

func (s Source) same(other Source) bool { return s.identity() == other.identity() }
