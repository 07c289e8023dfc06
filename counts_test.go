package usergroups_test

import (
	"errors"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/usergroups-go/usergroups"
	"github.com/usergroups-go/usergroups/usergroupstest"
)

// TestGroupedCounts: the grouping is always asked for, the way that the vendor's SDKs
// show.
func TestGroupedCounts(t *testing.T) {
	t.Parallel()
	client := newTokenClient(t, roundTripFunc(func(r *http.Request) (*http.Response, error) {
		if r.URL.RawQuery != "group_by=status" {
			t.Errorf("query %q", r.URL.RawQuery)
		}
		return inMemory(204, nil, "")(r)
	}))
	page, err := client.UserGroups.GroupedCounts(t.Context(), groupID)
	if err != nil || len(page.Items) != 0 {
		t.Errorf("%+v, %v, want an empty page", page, err)
	}
	_, err = newTokenClient(t, newMock(t), usergroups.WithAPIVersion("v6")).UserGroups.GroupedCounts(t.Context(), groupID)
	if !errors.Is(err, usergroups.ErrInvalidArgument) {
		t.Errorf("v6: %v, want ErrInvalidArgument", err)
	}
}

func TestGroupedCountsOnTheFake(t *testing.T) {
	t.Parallel()
	fake, client := newFake(t)
	page, err := client.UserGroups.GroupedCounts(t.Context(), "5550000000004006")
	if err != nil {
		t.Fatal(err)
	}
	want := []usergroups.GroupedCount{{Status: usergroups.UserActive, Count: 10}, {Status: usergroups.UserInactive, Count: 1}, {Status: usergroups.UserDeleted, Count: 1}}
	if diff := cmp.Diff(want, page.Items); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	empty := fake.AddGroup(usergroupstest.Group{Name: "Nobody"})
	if page, err := client.UserGroups.GroupedCounts(t.Context(), empty); err != nil || len(page.Items) != 0 {
		t.Errorf("of nobody: %+v, %v", page, err)
	}
	// The same people as the counts of all groups have.
	for count, err := range client.UserGroups.AllAssociatedUsersCounts(t.Context(), usergroups.ListAssociatedUsersCountsOptions{}) {
		if err != nil {
			t.Fatal(err)
		}
		page, err := client.UserGroups.GroupedCounts(t.Context(), count.UserGroup.ID)
		if err != nil {
			t.Fatal(err)
		}
		sum := 0
		for _, grouped := range page.Items {
			sum += grouped.Count
		}
		if sum != count.Count {
			t.Errorf("%s has %d people by status, %d in all", count.UserGroup.Name, sum, count.Count)
		}
	}
}
