package usergroups_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/usergroups-go/usergroups"
)

// FuzzListAnswer holds that whatever a list is answered with, what was
// understood of it can be written and read again, every item has an id, and the
// iterator over it comes to an end.
func FuzzListAnswer(f *testing.F) {
	const groups, groupsOfUser, counts, groupSources, users = 0, 1, 2, 3, 4
	eachFixture(f, "user_groups_*", func(_, body string) { f.Add(uint8(groups), body) })
	eachFixture(f, "associated_groups_*", func(_, body string) { f.Add(uint8(groupsOfUser), body) })
	eachFixture(f, "associated_users_count_*", func(_, body string) { f.Add(uint8(counts), body) })
	eachFixture(f, "sources_*", func(_, body string) { f.Add(uint8(groupSources), body) })
	eachFixture(f, "users_*", func(_, body string) { f.Add(uint8(users), body) })
	eachFixture(f, "error_*", func(_, body string) { f.Add(uint8(groups), body) })
	f.Add(uint8(groupSources), `{"sources":[{"type":"queues","TYPE":"roles","source":{"id":"1"},"_DELETE":true,"depth":[1],"":null}]}`)
	f.Add(uint8(users), `{"users":[{"id":"1","theme":null,"modified_time":"2022-11-23T9:59:12Z","Modified_Time":null,"offset":1e3}]}`)
	for _, info := range []string{
		`{"more_records":true}`, `{"page":1,"more_records":true}`, `{"page":2}`, `{"page":-1,"more_records":true}`, `{"page":1e3}`, `[]`,
		`{"count":9223372036854775807,"per_page":-1}`, `{"count":9223372036854775808}`, `null`,
	} {
		f.Add(uint8(groups), `{"user_groups":[],"info":`+info+`}`)
		f.Add(uint8(groupsOfUser), `{"user_groups":[{"id":"1","sources":[{}],"created_time":null}],"info":`+info+`}`)
		f.Add(uint8(counts), `{"associated_users_count":[{"user_group":{"id":"1","name":"\ud800"},"count":-1}],"info":`+info+`}`)
	}
	f.Add(uint8(groups), `{"USER_GROUPS":[{"ID":"1","name":"x","modified_time":"2022-11-23T9:59:12Z"}],"user_groups":[{"id":"2"}]}`)
	f.Add(uint8(groups), `{"user_groups":[{"id":"1","created_time":"2022-11-23T9:59:12+24:00"}]}`)

	f.Fuzz(func(t *testing.T, kind uint8, body string) {
		ctx := t.Context()
		switch kind % 5 {
		case groups:
			checkListAnswer(t, "user_groups", body,
				func(c *usergroups.Client) (*usergroups.Page[usergroups.UserGroup], error) {
					return c.UserGroups.List(ctx, usergroups.ListUserGroupsOptions{})
				},
				func(c *usergroups.Client) iter.Seq2[usergroups.UserGroup, error] {
					return c.UserGroups.All(ctx, usergroups.ListUserGroupsOptions{})
				},
				func(g usergroups.UserGroup) string { return g.ID })
		case groupsOfUser:
			checkListAnswer(t, "user_groups", body,
				func(c *usergroups.Client) (*usergroups.Page[usergroups.UserGroup], error) {
					return c.Users.ListAssociatedGroups(ctx, userID, usergroups.ListAssociatedGroupsOptions{})
				},
				func(c *usergroups.Client) iter.Seq2[usergroups.UserGroup, error] {
					return c.Users.AllAssociatedGroups(ctx, userID, usergroups.ListAssociatedGroupsOptions{})
				},
				func(g usergroups.UserGroup) string { return g.ID })
		case counts:
			checkListAnswer(t, "associated_users_count", body,
				func(c *usergroups.Client) (*usergroups.Page[usergroups.AssociatedUsersCount], error) {
					return c.UserGroups.ListAssociatedUsersCounts(ctx, usergroups.ListAssociatedUsersCountsOptions{})
				},
				func(c *usergroups.Client) iter.Seq2[usergroups.AssociatedUsersCount, error] {
					return c.UserGroups.AllAssociatedUsersCounts(ctx, usergroups.ListAssociatedUsersCountsOptions{})
				},
				func(c usergroups.AssociatedUsersCount) string { return c.UserGroup.ID })
		case groupSources:
			checkListAnswer(t, "sources", body,
				func(c *usergroups.Client) (*usergroups.Page[usergroups.Source], error) {
					page, err := c.UserGroups.ListSources(ctx, groupID, usergroups.ListSourcesOptions{})
					if page != nil && strings.Contains(strings.ToLower(fmt.Sprint(page.Items)), "_delete:") {
						t.Errorf("a list removes: %v", page.Items)
					}
					return page, err
				},
				func(c *usergroups.Client) iter.Seq2[usergroups.Source, error] {
					return c.UserGroups.AllSources(ctx, groupID, usergroups.ListSourcesOptions{})
				},
				func(s usergroups.Source) string { return string(s.Type) })
		case users:
			checkListAnswer(t, "users", body,
				func(c *usergroups.Client) (*usergroups.Page[usergroups.User], error) {
					return c.Users.List(ctx, usergroups.ListUsersOptions{})
				},
				func(c *usergroups.Client) iter.Seq2[usergroups.User, error] {
					return c.Users.All(ctx, usergroups.ListUsersOptions{})
				},
				func(u usergroups.User) string { return u.ID })
		}
	})
}

// checkListAnswer serves the same body as every page.
func checkListAnswer[T any](
	t *testing.T, key, body string,
	list func(*usergroups.Client) (*usergroups.Page[T], error), all func(*usergroups.Client) iter.Seq2[T, error], id func(T) string,
) {
	t.Helper()
	requests := 0
	client := func(body string) *usergroups.Client {
		answer := inMemory(200, nil, body)
		return newTokenClient(t, roundTripFunc(func(r *http.Request) (*http.Response, error) {
			requests++
			return answer(r)
		}))
	}
	page, err := list(client(body))
	requests = 0
	items, allErr := usergroups.Collect(all(client(body)))
	if err != nil {
		e := checkFuzzedError(t, err)
		if len(items) != 0 || allErr == nil || requests != 1 {
			t.Errorf("List: %v, but All made %d requests for %d items and %v", e, requests, len(items), allErr)
		}
		return
	}
	for i, item := range page.Items {
		if id(item) == "" {
			t.Errorf("item %d has no id", i)
		}
	}

	// The same page for ever is one that was not asked for, repeats the one before,
	// or is the hundredth empty one in a row: an error, which comes last.
	more, said := page.Info.MoreRecords, page.Info.Page
	wantItems, wantRequests, wantErr := page.Items, 1, more
	switch {
	case said != 0 && said != 1:
		wantItems, wantErr = nil, true
	case more && len(page.Items) == 0 && said == 0:
		wantRequests = 100
	case more:
		wantRequests = 2
	}
	if requests != wantRequests || errors.Is(allErr, usergroups.ErrUnexpectedResponse) != wantErr || (allErr != nil) != wantErr {
		t.Errorf("All made %d requests and ended with %v, want %d and an error %t", requests, allErr, wantRequests, wantErr)
	}
	if len(items) != len(wantItems) || len(items) > 0 && !cmp.Equal(items, wantItems) {
		t.Errorf("All gave other items than List: %s", cmp.Diff(wantItems, items))
	}

	text, err := json.Marshal(map[string]any{key: page.Items, "info": page.Info})
	if err != nil {
		// package time reads an offset of 24 hours, and does not write it.
		if !strings.Contains(err.Error(), "timezone hour outside of range") {
			t.Errorf("cannot be written: %v", err)
		}
		return
	}
	again, err := list(client(string(text)))
	// What is kept as it came is written in another form.
	sameJSON := cmp.Comparer(func(a, b json.RawMessage) bool {
		textA, errA := json.Marshal(a)
		textB, errB := json.Marshal(b)
		return errA == nil && errB == nil && string(textA) == string(textB)
	})
	if err != nil || !cmp.Equal(page, again, sameJSON) {
		t.Errorf("read again: error %v, difference %s", err, cmp.Diff(page, again, sameJSON))
	}
}
