package usergroupstest_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/usergroups-go/usergroups"
	"github.com/usergroups-go/usergroups/usergroupstest"
)

func TestClientMeetsMissingPermissions(t *testing.T) {
	t.Parallel()
	for _, asList := range []bool{false, true} {
		srv := newServer(t, usergroupstest.WithGuesses(usergroupstest.Guesses{PermissionList: asList}))
		client := newClient(t, srv)
		srv.DenyPermission(usergroupstest.ManageGroups)
		err := clientLists(t, client)
		wantKind(t, err, usergroups.ErrForbidden)
		var typed *usergroups.Error
		if !errors.As(err, &typed) || !slices.Equal(typed.Details.Permissions(), []string{usergroupstest.ManageGroups}) {
			t.Errorf("%+v", typed)
		}
		srv.DeactivateUser(true)
		wantKind(t, clientCreates(t, client), usergroups.ErrForbidden)
	}
}

// Whichever guess about lists is true, the client finds all groups.
func TestClientMeetsGuesses(t *testing.T) {
	t.Parallel()
	type guesses = usergroupstest.Guesses
	for _, g := range []guesses{
		{},
		{PageBeyondEnd: usergroupstest.BeyondEndEmptyList},
		{PageBeyondEnd: usergroupstest.BeyondEndInvalid},
		{Info: usergroupstest.InfoCountIsOne},
		{Info: usergroupstest.InfoNulls},
		{PageLimit: true},
		{NewestFirst: true},
		{SourcesAlways: true},
		{Times: usergroupstest.TimeOneDigitHour},
		{Times: usergroupstest.TimeUTC},
	} {
		client := newClient(t, newServer(t, usergroupstest.WithGuesses(g)))
		groups, err := usergroups.Collect(client.UserGroups.All(t.Context(), usergroups.ListUserGroupsOptions{PerPage: 2}))
		if len(groups) != 6 || err != nil || groups[0].CreatedTime.IsZero() {
			t.Errorf("%+v: %d groups, %v", g, len(groups), err)
		}
	}
}
