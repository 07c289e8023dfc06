package tuliptest

import (
	"slices"
	"strings"
	"testing"
)

// FuzzFilter holds that a filter that was put together as the grammar says keeps
// exactly the users that it is meant to, whatever the texts in it are, and that
// any other text is read without trouble: as a filter or as none, with the same
// meaning when there are spaces around it, and never when a quote stays open.
func FuzzFilter(f *testing.F) {
	for _, text := range []string{
		"", "'", "''", "O'Brien", "x' or id eq 'y", "R&D", `\`, `back\'slash`, "a b", "\x00", "\xff", "名", "\u2028", "true", "eq", ")",
	} {
		f.Add([]byte{0, 0}, text, "b", "id eq '"+text+"'")
		f.Add([]byte{1, 1, 2, 0, 5, 0}, text, text, text)
		f.Add([]byte{4, 0, 4, 1, 5, 1, 3, 0}, "KN011", text, "email/verified eq "+text)
	}
	f.Add([]byte{}, "a", "b", "workspaceRoleAssignments/any(x:x/userRoleId eq 'viewer') or globalRoleId eq 'owner'")
	f.Add([]byte{}, "a", "b", "workspaceRoleAssignments/any(:/userRoleId eq ''")
	f.Add([]byte{}, "a", "b", " or  or eq eq '")
	f.Add([]byte{}, "a", "b", "id eq 'a' or id eq 'b' ")

	grammar := userFilter
	grammar.joined = true
	f.Fuzz(func(t *testing.T, program []byte, a, b, raw string) {
		people := slices.Concat(SampleInstance().Users, []User{
			{ID: a, Name: b, BadgeID: a, GlobalRoleID: b, Email: "x", EmailVerified: true},
			{ID: b, Name: a, WorkspaceRoles: []WorkspaceRole{{WorkspaceID: a, RoleID: b}, {WorkspaceID: b, RoleID: a}}},
			{ID: a + b},
		})

		var parts []string
		var meanings []func(User) bool
		for pair := range slices.Chunk(program, 2) {
			text := a
			if len(pair) == 2 && pair[1]%2 == 1 {
				text = b
			}
			part, meaning := comparison(pair[0], text)
			parts, meanings = append(parts, part), append(meanings, meaning)
		}
		if len(parts) > 0 {
			filter := strings.Join(parts, " or ")
			keep, ok := grammar.parse(filter)
			if !ok {
				t.Fatalf("%q is refused", filter)
			}
			for _, u := range people {
				want := slices.ContainsFunc(meanings, func(holds func(User) bool) bool { return holds(u) })
				if keep(u) != want {
					t.Errorf("%q keeps %+v: %t, want %t", filter, u, keep(u), want)
				}
			}
		}

		keep, ok := grammar.parse(raw)
		spaced, spacedOK := grammar.parse("  " + raw + " ")
		if ok != spacedOK {
			t.Fatalf("%q: %t, with spaces around it %t", raw, ok, spacedOK)
		}
		if !ok {
			return
		}
		if strings.Count(raw, "'")%2 != 0 {
			t.Errorf("%q is taken", raw)
		}
		for _, u := range people {
			if keep(u) != spaced(u) {
				t.Errorf("%q keeps %+v: %t, with spaces around it %t", raw, u, keep(u), spaced(u))
			}
		}
	})
}

// comparison is one condition of a filter, and what it means.
func comparison(kind byte, text string) (string, func(User) bool) {
	quoted := "'" + strings.ReplaceAll(text, "'", "''") + "'"
	is := func(got string) bool { return got != "" && got == text }
	switch kind % 7 {
	case 0:
		return "id eq " + quoted, func(u User) bool { return is(u.ID) }
	case 1:
		return "name/full eq " + quoted, func(u User) bool { return is(u.Name) }
	case 2:
		return "badgeId eq " + quoted, func(u User) bool { return is(u.BadgeID) }
	case 3:
		return "globalRoleId  eq  " + quoted, func(u User) bool { return is(u.GlobalRoleID) }
	case 4:
		return "workspaceRoleAssignments/any(x:x/userRoleId eq " + quoted + ")", func(u User) bool {
			return slices.ContainsFunc(u.WorkspaceRoles, func(w WorkspaceRole) bool { return w.RoleID == text })
		}
	case 5:
		return "workspaceRoleAssignments/any( w1 : w1/workspaceId eq " + quoted + " )", func(u User) bool {
			return slices.ContainsFunc(u.WorkspaceRoles, func(w WorkspaceRole) bool { return w.WorkspaceID == text })
		}
	default:
		return "email/verified eq true", func(u User) bool { return u.Email != "" && u.EmailVerified }
	}
}
