package usergroupstest_test

import (
	"strings"
	"testing"

	"github.com/usergroups-go/usergroups/usergroupstest"
)

func TestSampleOrg(t *testing.T) {
	t.Parallel()
	org := usergroupstest.SampleOrg()
	if len(org.Users) != 12 || len(org.Roles) != 6 || len(org.Territories) != 3 || len(org.Groups) != 6 {
		t.Errorf("%d users, %d roles, %d territories, %d groups", len(org.Users), len(org.Roles), len(org.Territories), len(org.Groups))
	}

	ids := map[string]bool{"": true} // what a reference may hold
	for _, role := range org.Roles {
		ids[role.ID] = true
	}
	for _, territory := range org.Territories {
		ids[territory.ID] = true
	}
	for _, group := range org.Groups {
		ids[group.ID] = true
	}
	statuses := map[string]int{}
	for _, user := range org.Users {
		ids[user.ID] = true
		statuses[user.Status]++
		if !strings.HasSuffix(user.Email, "@example.com") || !ids[user.RoleID] {
			t.Errorf("%+v", user)
		}
	}
	if statuses["inactive"] != 1 || statuses["deleted"] != 1 {
		t.Errorf("statuses %v", statuses)
	}
	if len(ids) != 28 {
		t.Errorf("%d different ids", len(ids))
	}
	for _, group := range org.Groups {
		for _, source := range group.Sources {
			if !ids[source.ID] {
				t.Errorf("%s: unknown source %+v", group.Name, source)
			}
		}
	}

	org.Groups[0].Sources[0].ID = "x"
	if usergroupstest.SampleOrg().Groups[0].Sources[0].ID == "x" {
		t.Error("two samples share memory")
	}
}
