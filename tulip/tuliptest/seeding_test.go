package tuliptest_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/usergroups-go/usergroups/tulip/tuliptest"
)

func TestSeeding(t *testing.T) {
	t.Parallel()
	berlin := time.FixedZone("CET", 3600)
	instance := tuliptest.Instance{
		Users:  []tuliptest.User{{Name: "Zoe", WorkspaceRoles: []tuliptest.WorkspaceRole{{WorkspaceID: "1", RoleID: "r"}}}, {ID: "u2"}},
		Groups: []tuliptest.UserGroup{{ID: "g1", Members: []string{"u2", "unknown"}, Created: tuliptest.Action{At: time.Date(2024, 1, 1, 0, 30, 0, 5, berlin)}}},
		Roles:  []tuliptest.Role{{ID: "r", Archived: tuliptest.Action{By: tuliptest.Actor{Type: "automation"}}}},
	}
	srv := newServer(t, tuliptest.WithInstance(instance))
	get(t, srv, users).want(t, 200, `{"items":[{"id":"invented000000001","name":{"full":"Zoe"},"workspaceRoleAssignments":[{"workspaceId":"1","userRoleId":"r"}]},{"id":"u2"}],"count":2}`)
	get(t, srv, groups).want(t, 200, `{"items":[{"id":"g1","assignedUsersCount":2,"created":{"at":"2023-12-31T23:30:00Z"}}],"count":1}`)
	get(t, srv, roles+"?archived=true").want(t, 200, `{"items":[{"id":"r","isCustom":false,"archived":{"by":{"type":"automation"}}}],"count":1}`)
	get(t, srv, users+"/unknown").wantError(t, 404, "generic.notFound")

	// Neither what went in nor what comes out is shared with the server.
	instance.Users[0].WorkspaceRoles[0].RoleID = "x"
	instance.Groups[0].Members[0] = "x"
	u, ok := srv.User("invented000000001")
	g, ok2 := srv.UserGroup("g1")
	if !ok || !ok2 || u.WorkspaceRoles[0].RoleID != "r" || g.Members[0] != "u2" {
		t.Errorf("%+v, %+v", u, g)
	}
	u.WorkspaceRoles[0].RoleID = "x"
	g.Members[0] = "x"
	if u, _ := srv.User(u.ID); u.WorkspaceRoles[0].RoleID != "r" {
		t.Errorf("%+v", u)
	}
	if g, _ := srv.UserGroup(g.ID); g.Members[0] != "u2" {
		t.Errorf("%+v", g)
	}
	for _, id := range []string{"r", nobody} {
		if _, ok := srv.User(id); ok {
			t.Errorf("a user %s", id)
		}
		if _, ok := srv.UserGroup(id); ok {
			t.Errorf("a group %s", id)
		}
	}

	// The same id again replaces, without moving. An invented id avoids those that
	// there are.
	srv.AddRole(tuliptest.Role{ID: "invented000000002"})
	srv.AddUserGroup(tuliptest.UserGroup{ID: "invented000000003", Name: "first"})
	added := []string{srv.AddUser(tuliptest.User{}), srv.AddUserGroup(tuliptest.UserGroup{}), srv.AddRole(tuliptest.Role{}), srv.AddUser(tuliptest.User{ID: "u2", Name: "Yan"})}
	if got := strings.Join(added, " "); got != "invented000000004 invented000000005 invented000000006 u2" {
		t.Error(got)
	}
	get(t, srv, filtered(users, "id eq 'u2'")).want(t, 200, `{"items":[{"id":"u2","name":{"full":"Yan"}}],"count":1}`)
	if got := get(t, srv, users).ids(t); got != "invented,u,invented" {
		t.Error(got)
	}
}

func TestChanges(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	want := func(path, ids string) {
		t.Helper()
		if got := get(t, srv, path).ids(t); got != ids {
			t.Errorf("%s\ngot  %s\nwant %s", path, got, ids)
		}
	}
	srv.AddMember(machines, diego)
	srv.AddMember(machines, bruno) // is one already
	srv.RemoveMember(machines, grace)
	srv.RemoveMember(machines, nobody)
	want(usersOf, "brunoKeller,hiroTanaka,diegoAlvarez")
	want(users+"/"+grace+"/user-groups", "lineFour")

	before := time.Now().UTC().Add(-time.Second)
	srv.ArchiveUserGroup(machines)
	srv.ArchiveUser(bruno)
	want(groups+"?archived=true", "machineTeam,lineFour")
	want(users+"?archived=true", "brunoKeller,graceMwangi,noraLind")
	want(usersOf, "brunoKeller,hiroTanaka,diegoAlvarez")
	u, _ := srv.User(bruno)
	g, _ := srv.UserGroup(machines)
	for _, at := range []time.Time{u.Archived.At, g.Archived.At} {
		if at.Before(before) || at.After(time.Now()) {
			t.Errorf("archived at %v", at)
		}
	}
	srv.RestoreUserGroup(machines)
	srv.RestoreUser(bruno)
	want(groups+"?archived=true", "lineFour")
	want(groups, openGroups)
	want(users+"?archived=true", "graceMwangi,noraLind")

	srv.RemoveUser(diego)
	srv.RemoveUser(nobody)
	get(t, srv, users+"/"+diego).wantError(t, 404, "generic.notFound")
	want(usersOf, "brunoKeller,hiroTanaka")
	want(groups+"/"+obriens+"/users", "finnOBrien,elifDemir,ingridSolberg")
	srv.RemoveUserGroup(obriens)
	srv.RemoveUserGroup(nobody)
	get(t, srv, groups+"/"+obriens).wantError(t, 404, "generic.notFound")
	want(users+"/"+finn+"/user-groups", "allHands")

	for what, f := range map[string]func(){
		"AddMember":        func() { srv.AddMember(nobody, amara) },
		"RemoveMember":     func() { srv.RemoveMember(nobody, amara) },
		"ArchiveUserGroup": func() { srv.ArchiveUserGroup(amara) },
		"RestoreUserGroup": func() { srv.RestoreUserGroup(amara) },
		"ArchiveUser":      func() { srv.ArchiveUser(machines) },
		"RestoreUser":      func() { srv.RestoreUser(machines) },
	} {
		if !panics(f) {
			t.Errorf("%s: no panic", what)
		}
	}
	get(t, srv, users).page(t) // a panic has left no lock behind
}

// What the comment of SampleInstance tells.
func TestSampleInstance(t *testing.T) {
	t.Parallel()
	a, b := tuliptest.SampleInstance(), tuliptest.SampleInstance()
	a.Users[1].WorkspaceRoles[0].RoleID = "x"
	a.Groups[0].Members[0] = "x"
	if b.Users[1].WorkspaceRoles[0].RoleID == "x" || b.Groups[0].Members[0] == "x" || !reflect.DeepEqual(b, tuliptest.SampleInstance()) {
		t.Error("two copies share something")
	}
	if len(b.Users) != 14 || len(b.Groups) != 7 || len(b.Roles) != 6 {
		t.Errorf("%d users, %d groups, %d roles", len(b.Users), len(b.Groups), len(b.Roles))
	}
	known := map[string]bool{}
	for _, u := range b.Users {
		known[u.ID] = true
		if len(u.ID) != 17 || u.Email != "" && !strings.HasSuffix(u.Email, "@example.com") {
			t.Errorf("%+v", u)
		}
	}
	for _, g := range b.Groups {
		for _, id := range g.Members {
			if !known[id] {
				t.Errorf("%s has the member %s", g.Name, id)
			}
		}
	}
	for _, r := range b.Roles {
		known[r.ID] = true
		if builtIn := r.Created == (tuliptest.Action{}); builtIn == r.Custom {
			t.Errorf("%+v", r)
		}
	}
	for _, u := range b.Users {
		for _, w := range u.WorkspaceRoles {
			if !known[w.RoleID] {
				t.Errorf("%s has the role %s", u.Name, w.RoleID)
			}
		}
	}
}
