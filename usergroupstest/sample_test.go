package usergroupstest_test

import (
	"os"
	"regexp"
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

// TestSampleOrgShowsEverything: users of every type, and groups with and without
// what there is to see of them.
func TestSampleOrgShowsEverything(t *testing.T) {
	t.Parallel()
	const everybody = "Amara Okafor,Lukas Brandt,Ingrid Solberg,Matteo Ricci,Hanna Vogel,Jonas Keller,Sofia Lindqvist,Wei Zhang,Priya Raman,Tomasz Nowak,Chloe Martin"
	srv := newServer(t)
	for name, want := range map[string]string{
		"AllUsers":              everybody,
		"ActiveUsers":           strings.Replace(everybody, "Jonas Keller,", "", 1),
		"DeactiveUsers":         "Jonas Keller",
		"ConfirmedUsers":        strings.TrimSuffix(everybody, ",Chloe Martin"),
		"NotConfirmedUsers":     "Chloe Martin",
		"DeletedUsers":          "Diego Alvarez",
		"AdminUsers":            "Amara Okafor,Priya Raman",
		"ActiveConfirmedAdmins": "Amara Okafor,Priya Raman",
		"CurrentUser":           "Amara Okafor",
	} {
		if got := get(t, srv, usersPath+"?type="+name).names(t); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	getSince(t, srv, usersPath, "2024-06-14T00:00:00+05:30").want(t, 304, "") // but for the deleted one
	if res := getSince(t, srv, usersPath+"?type=DeletedUsers", "2024-06-14T00:00:00+05:30"); res.status != 200 {
		t.Errorf("%d %s", res.status, res.body)
	}

	const (
		sharing = `{"resource":{"name":"Lead sharing","id":"5550000000006001"},"details":{"module":{"api_name":"Leads","id":"5550000000007001"}},"type":"data_sharing"}`
		inbound = `{"resource":{"name":"Inbound leads","id":"5550000000006002"},"details":{"module":{"api_name":"Leads","id":"5550000000007001"}},"type":"assignment_rules"}`
		notes   = `{"resource":{"name":"Release notes","id":"5550000000006003"},"details":null,"type":"workflow_rules"}`
	)
	get(t, srv, associationsOf(sales)).want(t, 200, `{"associations":[`+sharing+`,`+inbound+`]}`)
	get(t, srv, associationsOf(rAndD)).want(t, 200, `{"associations":[`+notes+`]}`)
	get(t, srv, associationsOf(field)).want(t, 204, "")
	get(t, srv, groupedCountsOf(sales)+"?group_by=status").want(t, 200,
		`{"grouped_counts":[{"status":"active","count":6},{"status":"inactive","count":1}],"info":{"per_page":200,"count":2,"page":1,"more_records":false}}`)
}

// TestSampleOrgIsAsTold: the comment has everybody's id, and in their lines their
// names, roles, territories and states, and what uses the groups.
func TestSampleOrgIsAsTold(t *testing.T) {
	t.Parallel()
	source, err := os.ReadFile("sample.go")
	if err != nil {
		t.Fatal(err)
	}
	told := make(map[string]string)
	for _, m := range regexp.MustCompile(`(?m)^//\t(\d{16})  +(.*)$`).FindAllStringSubmatch(string(source), -1) {
		told[m[1]] = m[2]
	}
	org := usergroupstest.SampleOrg()
	names := make(map[string]string)
	want := make(map[string][]string)
	for _, r := range org.Roles {
		names[r.ID], want[r.ID] = r.Name, []string{r.Name}
	}
	for _, tr := range org.Territories {
		names[tr.ID], want[tr.ID] = tr.Name, []string{tr.Name}
	}
	for _, u := range org.Users {
		want[u.ID] = []string{u.Name, names[u.RoleID], u.Status}
		for _, id := range u.TerritoryIDs {
			want[u.ID] = append(want[u.ID], names[id])
		}
		if u.Admin {
			want[u.ID] = append(want[u.ID], "administrator")
		}
		if u.Unconfirmed {
			want[u.ID] = append(want[u.ID], "not confirmed")
		}
	}
	for _, g := range org.Groups {
		want[g.ID] = []string{g.Name}
		for _, a := range g.Associations {
			want[a.ResourceID] = []string{a.ResourceName, a.Type, g.Name, a.ModuleName}
		}
	}
	if len(told) != len(want) {
		t.Errorf("%d ids are told, want %d", len(told), len(want))
	}
	for id, texts := range want {
		for _, text := range texts {
			if !strings.Contains(told[id], text) {
				t.Errorf("%s: %q does not tell %q", id, told[id], text)
			}
		}
	}
}
