package tulip_test

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/usergroups-go/usergroups/tulip"
)

// FuzzFilter holds that what a filter says, read again by a reader of its own, is the
// ids that it was made of, whatever they are, and nothing else.
func FuzzFilter(f *testing.F) {
	for _, seed := range []string{
		"a", "'", "''", "O'Brien", "x' or userId eq 'y", "x') or true or ('", "a,b", "a\x00b", "\xff", "ü", "𝄞", "%27", "+", " ", "&filter=", "#", `\'`, "a eq 'b", "\u2019", "null", "", "\n",
	} {
		f.Add(seed, "b", uint8(0))
		f.Add("b", seed, uint8(1))
		f.Add(seed, seed, uint8(2))
	}
	f.Fuzz(func(t *testing.T, first, second string, kind uint8) {
		var sent string
		requests := 0
		client := newClient(t, roundTripFunc(func(r *http.Request) (*http.Response, error) {
			requests++
			arrived := overTheWire(t, r)
			sent, _ = filterOf(t, arrived)
			if got := arrived.URL.Query(); len(got) != 1 || len(got["filter"]) != 1 || got.Get("filter") != sent {
				t.Errorf("a query of net/url's reads %q, want %q", got, sent)
			}
			return inMemory(200, nil, `{"items":[]}`)(r)
		}))
		ids := []string{first, second}
		ctx := t.Context()
		var err error
		field := ""
		switch kind % 6 {
		case 0:
			field = "id"
			_, err = client.UserGroups.List(ctx, tulip.ListUserGroupsOptions{Filter: tulip.IDs(ids...)})
		case 1:
			field = "userId"
			_, err = client.UserGroups.ListUsers(ctx, anID, tulip.ListMembershipsOptions{Filter: tulip.IDs(ids...)})
		case 2:
			field = "userGroupId"
			_, err = client.Users.ListUserGroups(ctx, anID, tulip.ListMembershipsOptions{Filter: tulip.IDs(ids...)})
		case 3:
			field = "name/full"
			_, err = client.Users.List(ctx, tulip.ListUsersOptions{Filter: tulip.FullNames(ids...)})
		case 4:
			field = "workspaceRoleAssignments/userRoleId"
			_, err = client.Users.List(ctx, tulip.ListUsersOptions{Filter: tulip.WorkspaceRoles(ids...)})
		case 5:
			field = "badgeId"
			_, err = client.Users.List(ctx, tulip.ListUsersOptions{Filter: tulip.Or(tulip.BadgeIDs(first), tulip.BadgeIDs(second))})
		}
		refused := first == "" || second == "" || !utf8.ValidString(first+"/"+second)
		if refused != errors.Is(err, tulip.ErrInvalidArgument) || refused != (requests == 0) || !refused && err != nil {
			// A list that is too long for one request is refused, too.
			if len(first)+len(second) < 600 {
				t.Fatalf("%q: %v after %d requests", ids, err, requests)
			}
			return
		}
		if refused {
			return
		}
		terms, err := readFilter(sent)
		if err != nil {
			t.Fatalf("%q: %s: %v", ids, sent, err)
		}
		var got []string
		for _, one := range terms {
			if one.field != field {
				t.Errorf("%q: %s compares %s", ids, sent, one.field)
			}
			got = append(got, one.value)
		}
		if first == second {
			ids, got = ids[:1], slices.Compact(got)
		}
		if !slices.Equal(got, ids) {
			t.Errorf("%q is read back as %q", ids, got)
		}
		if strings.Count(sent, "'")%2 != 0 {
			t.Errorf("an open literal: %s", sent)
		}
	})
}
