package tulip_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/usergroups-go/usergroups/tulip"
)

// FuzzListAnswer holds that whatever a list is answered with, every item has an id,
// the iterator over it comes to an end, with each item once, and says so when it was not
// all; and that what was understood can be written and read again.
func FuzzListAnswer(f *testing.F) {
	for i, l := range listings {
		for _, pattern := range []string{"user_groups_*", "users_*", "roles_*", "error_*"} {
			eachSample(f, pattern, func(_, body string) { f.Add(uint8(i), body) })
		}
		for _, more := range []string{
			`,"nextPage":"?offset=1"`, `,"nextPage":"https://evil.test/"`, `,"nextPage":null`, `,"nextPage":1`, `,"count":9223372036854775808`, `,"count":1e15`, `,"count":-0`, `,"count":"NaN"`,
			`,"errors":[{}]`, `,"errors":[null]`, `,"errors":[{"details":{"id":1}}]`, `,"errors":{}`, `,"errorCode":""`, `,"errorCode":1`, `,"prevPage":[]`,
		} {
			f.Add(uint8(i), `{"items":[]`+more+`}`)
			f.Add(uint8(i), `{"items":[{"`+l.key+`":"a"},{"`+l.key+`":"a","`+strings.ToUpper(l.key)+`":"b"}]`+more+`}`)
		}
		f.Add(uint8(i), `{"items":[{"`+l.key+`":"a","created":{"at":"2022-11-23T09:59:12+24:00"}}]}`)
		f.Add(uint8(i), `{"ITEMS":[{"`+l.key+`":"\ud800"}],"Count":1}`)
	}
	f.Add(uint8(2), `{"items":[{"id":"1","workspaceRoleAssignments":[{"workspaceId":1},null,"x"],"name":{"full":null}}]}`)
	f.Add(uint8(2), `{"items":[{"id":"1","workspaceRoleAssignments":"none","email":{"verified":null}}]}`)

	f.Fuzz(func(t *testing.T, kind uint8, body string) {
		l := listings[int(kind)%len(listings)]
		requests := 0
		answer := func(body string) *tulip.Client {
			respond := inMemory(200, nil, body)
			return newClient(t, roundTripFunc(func(r *http.Request) (*http.Response, error) {
				requests++
				return respond(r)
			}))
		}
		page, err := l.page(t.Context(), answer(body), query{id: anID})
		requests = 0
		got, allErr := tulip.Collect(l.walk(t.Context(), answer(body), query{id: anID}))
		if err != nil {
			e := checkFuzzedError(t, err)
			if len(got) != 0 || allErr == nil || requests != 1 {
				t.Errorf("List: %v, but All made %d requests for %d items and %v", e, requests, len(got), allErr)
			}
			return
		}
		var once []string
		for i, id := range page.Items {
			if id == "" {
				t.Errorf("item %d has no id", i)
			}
			if !slices.Contains(once, id) {
				once = append(once, id)
			}
		}
		if !slices.Equal(got, once) {
			t.Errorf("All gave other items than List: %s", cmp.Diff(once, got))
		}
		// The same page for ever is the page just read, in one way or another.
		wantErr, most := page.Info.NextPage != "" || len(page.Errors) > 0 || page.Info.Count != nil && *page.Info.Count > len(once), 1
		if page.Info.NextPage != "" {
			most = 2
		}
		if omitted := slices.ContainsFunc(page.Errors, func(e tulip.ItemError) bool { return !slices.Contains(once, e.ID) }); !omitted && page.Info.NextPage == "" {
			wantErr = page.Info.Count != nil && *page.Info.Count > len(once)
		}
		if requests > most || (allErr != nil) != wantErr {
			t.Errorf("All made %d requests and ended with %v, want %d and an error %t: %+v", requests, allErr, most, wantErr, page)
		}
		if allErr != nil {
			_ = checkFuzzedError(t, allErr)
			if errors.Is(allErr, tulip.ErrIncomplete) == errors.Is(allErr, tulip.ErrUnexpectedResponse) {
				t.Errorf("%v", allErr)
			}
		}
		checkAgain(t, l, body, answer)
	})
}

// checkAgain writes a page of whole items and reads it again.
func checkAgain(t *testing.T, l listing, body string, answer func(string) *tulip.Client) {
	t.Helper()
	read := func(body string) (any, error) {
		c, ctx := answer(body), t.Context()
		switch l.name {
		case "UserGroups.List":
			return c.UserGroups.List(ctx, tulip.ListUserGroupsOptions{})
		case "Users.List":
			return c.Users.List(ctx, tulip.ListUsersOptions{})
		case "Roles.List":
			return c.Roles.List(ctx, tulip.ListRolesOptions{})
		}
		return l.page(ctx, c, query{id: anID})
	}
	page, err := read(body)
	if err != nil {
		t.Fatal(err)
	}
	var text []byte
	switch page := page.(type) {
	case *tulip.Page[tulip.UserGroup]:
		text, err = json.Marshal(map[string]any{"items": page.Items, "count": page.Info.Count})
	case *tulip.Page[tulip.User]:
		text, err = json.Marshal(map[string]any{"items": page.Items, "count": page.Info.Count})
	case *tulip.Page[tulip.Role]:
		text, err = json.Marshal(map[string]any{"items": page.Items, "count": page.Info.Count})
	default:
		return
	}
	if err != nil {
		// package time reads an offset of 24 hours, and does not write it.
		if !strings.Contains(err.Error(), "timezone hour outside of range") {
			t.Errorf("cannot be written: %v", err)
		}
		return
	}
	again, err := read(string(text))
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	ignored := cmp.FilterPath(func(p cmp.Path) bool { // what was not kept, and what came in another form
		return slices.Contains([]string{"Errors", "NextPage", "PrevPage", "Raw"}, strings.TrimPrefix(p.Last().String(), "."))
	}, cmp.Ignore())
	if diff := cmp.Diff(page, again, ignored, sameJSON); diff != "" {
		t.Errorf("read again: %s", diff)
	}
}
