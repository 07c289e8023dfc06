package usergroups_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/jarcoal/httpmock"

	"github.com/usergroups-go/usergroups"
)

// pages serves the given bodies as pages 1, 2, …, and notes which were asked for.
func pages(t *testing.T, bodies ...string) (*usergroups.Client, *[]string) {
	t.Helper()
	mock := newMock(t)
	asked := new([]string)
	mock.RegisterResponder(http.MethodGet, apiBase+"/settings/user_groups", func(r *http.Request) (*http.Response, error) {
		page := r.URL.Query().Get("page")
		*asked = append(*asked, page)
		n, _ := strconv.Atoi(page) // 0, like any page that there is not
		if n < 1 || n > len(bodies) {
			t.Errorf("page %q was asked for", page)
			return httpmock.NewStringResponse(400, ""), nil
		}
		body := bodies[n-1]
		if body == "" {
			return httpmock.NewStringResponse(204, ""), nil
		}
		return httpmock.NewStringResponse(200, body), nil
	})
	return newTokenClient(t, mock), asked
}

// page is the body of one page.
func page(number int, more string, ids ...string) string {
	groups := make([]map[string]string, len(ids))
	for i, id := range ids {
		groups[i] = map[string]string{"id": id}
	}
	list, _ := json.Marshal(groups)
	return fmt.Sprintf(`{"user_groups":%s,"info":{"page":%d%s}}`, list, number, more)
}

const more, last = `,"more_records":true`, `,"more_records":false`

func TestAll(t *testing.T) {
	t.Parallel()
	var endless []string
	for n := range 150 {
		endless = append(endless, page(n+1, more))
	}
	tests := []struct {
		name    string
		bodies  []string
		options usergroups.ListUserGroupsOptions
		want    string // ids
		asked   string // pages
		fails   error
	}{
		{name: "one page", bodies: []string{page(1, last, "a", "b")}, want: "ab", asked: "1"},
		{name: "three pages", bodies: []string{page(1, more, "a", "b"), page(2, more, "c"), page(3, last, "d")}, want: "abcd", asked: "1 2 3"},
		{name: "from page 2", bodies: []string{page(1, more, "a"), page(2, more, "b"), page(3, last, "c")}, options: usergroups.ListUserGroupsOptions{Page: 2}, want: "bc", asked: "2 3"},
		{name: "more_records absent", bodies: []string{page(1, "", "a"), ""}, want: "a", asked: "1"},
		{name: "more_records null", bodies: []string{page(1, `,"more_records":null`, "a"), ""}, want: "a", asked: "1"},
		{name: "no info", bodies: []string{`{"user_groups":[{"id":"a"}]}`}, want: "a", asked: "1"},
		{name: "nothing", bodies: []string{""}, asked: "1"},
		{name: "204 in the end", bodies: []string{page(1, more, "a"), ""}, want: "a", asked: "1 2"},
		{name: "an empty page in between", bodies: []string{page(1, more, "a"), page(2, more), page(3, last, "b")}, want: "ab", asked: "1 2 3"},
		{name: "info.page not said", bodies: []string{page(0, more, "a"), page(0, last, "b")}, want: "ab", asked: "1 2"},
		{name: "count and per_page lie", bodies: []string{page(1, more+`,"count":1,"per_page":200`, "a", "b"), page(2, last+`,"count":500`, "c")}, want: "abc", asked: "1 2"},
		{name: "a group that moved to the next page", bodies: []string{page(1, more, "a", "b"), page(2, last, "b", "c")}, want: "abbc", asked: "1 2"},
		{name: "another page than asked for", bodies: []string{page(1, more, "a"), page(1, more, "b")}, want: "a", asked: "1 2", fails: usergroups.ErrUnexpectedResponse},
		{name: "the same page again", bodies: []string{page(0, more, "a", "b"), page(0, more, "a", "b")}, want: "ab", asked: "1 2", fails: usergroups.ErrUnexpectedResponse},
		{name: "the same page in another order", bodies: []string{page(1, more, "a", "b"), page(2, more, "b", "a")}, want: "ab", asked: "1 2", fails: usergroups.ErrUnexpectedResponse},
		{name: "the same page after an empty one", bodies: []string{page(0, more, "a"), page(0, more), page(0, more, "a")}, want: "a", asked: "1 2 3", fails: usergroups.ErrUnexpectedResponse},
		{name: "a failing page", bodies: []string{page(1, more, "a"), `{`}, want: "a", asked: "1 2", fails: usergroups.ErrUnexpectedResponse},
		{name: "no end of empty pages", bodies: endless, fails: usergroups.ErrUnexpectedResponse},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			client, asked := pages(t, tt.bodies...)
			seq := client.UserGroups.All(t.Context(), tt.options)
			if len(*asked) != 0 {
				t.Fatal("a request before range")
			}
			for round := range 2 { // ranging again starts again
				*asked = nil
				var ids strings.Builder
				var failed error
				for group, err := range seq {
					if failed != nil {
						t.Fatal("something came after the error")
					}
					if failed = err; err == nil {
						ids.WriteString(group.ID)
					}
				}
				if ids.String() != tt.want || !errors.Is(failed, tt.fails) {
					t.Errorf("round %d: ids %q, error %v, want %q, %v", round, ids.String(), failed, tt.want, tt.fails)
				}
				if got := strings.Join(*asked, " "); tt.asked != "" && got != tt.asked || len(*asked) > 100 {
					t.Errorf("round %d: asked for %d pages: %.80s, want %s", round, len(*asked), got, tt.asked)
				}
				var e *usergroups.Error
				if failed != nil && (!errors.As(failed, &e) || e.Op != "UserGroups.List") {
					t.Errorf("error %#v, want an *Error of UserGroups.List", failed)
				}
			}
		})
	}
}

func TestAllStopsWhenLeft(t *testing.T) {
	t.Parallel()
	client, asked := pages(t, page(1, more, "a", "b"), page(2, more, "c"))
	for group, err := range client.UserGroups.All(t.Context(), usergroups.ListUserGroupsOptions{}) {
		if err != nil {
			t.Fatal(err)
		}
		if group.ID == "b" {
			break // the last one of page 1
		}
	}
	if !slices.Equal(*asked, []string{"1"}) {
		t.Errorf("asked for pages %q, want only the first", *asked)
	}
}

func TestAllEndsWithItsContext(t *testing.T) {
	t.Parallel()
	client, asked := pages(t, page(1, more, "a"), page(2, more, "b"))
	ctx, cancel := context.WithCancel(t.Context())
	got, err := usergroups.Collect(func(yield func(usergroups.UserGroup, error) bool) {
		for group, err := range client.UserGroups.All(ctx, usergroups.ListUserGroupsOptions{}) {
			cancel()
			if !yield(group, err) {
				return
			}
		}
	})
	if len(got) != 1 || !errors.Is(err, context.Canceled) || len(*asked) != 1 {
		t.Errorf("%d groups, error %v, pages %q", len(got), err, *asked)
	}
}

// TestCollectKeepsWhatCame: an error does not take away what was read before.
func TestCollectKeepsWhatCame(t *testing.T) {
	t.Parallel()
	client, _ := pages(t, page(1, more, "a", "b"), `[]`)
	got, err := usergroups.Collect(client.UserGroups.All(t.Context(), usergroups.ListUserGroupsOptions{}))
	if len(got) != 2 || err == nil {
		t.Errorf("%d groups, error %v, want 2 and an error", len(got), err)
	}
}

func TestListKeepsPageInfo(t *testing.T) {
	t.Parallel()
	client, _ := pages(t, "", page(2, `,"more_records":true,"count":1,"per_page":1`, "a"))
	got, err := client.UserGroups.List(t.Context(), usergroups.ListUserGroupsOptions{Page: 2, PerPage: 1})
	if err != nil {
		t.Fatal(err)
	}
	if want := (usergroups.PageInfo{Page: 2, PerPage: 1, Count: 1, MoreRecords: true}); got.Info != want {
		t.Errorf("info %+v, want %+v", got.Info, want)
	}
}
