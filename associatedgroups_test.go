package usergroups_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/usergroups-go/usergroups"
	"github.com/usergroups-go/usergroups/usergroupstest"
)

// groupsOf answers each user with one group, named for the user.
func groupsOf(user string) string {
	return fmt.Sprintf(`{"user_groups":[{"id":"1","name":"of %s"}],"info":{"more_records":false}}`, user)
}

// userOf is the user whom a request is about.
func userOf(r *http.Request) string {
	return strings.Split(strings.TrimPrefix(r.URL.Path, "/gateway/crm/v8/users/"), "/")[0]
}

func userIDs(n int) []string {
	ids := make([]string, n)
	for i := range ids {
		ids[i] = fmt.Sprintf("u%d", i)
	}
	return ids
}

// TestAssociatedGroupsForUsers: in the order of the ids, as many at a time as allowed,
// whatever each takes; what is wrong with one is said of that one.
func TestAssociatedGroupsForUsers(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 1, 4, 5, 6, 23} {
		t.Run(strconv.Itoa(n), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var now, most atomic.Int64
				serve := roundTripFunc(func(r *http.Request) (*http.Response, error) {
					most.Store(max(most.Load(), now.Add(1)))
					defer now.Add(-1)
					user := userOf(r)
					time.Sleep(time.Duration(7*len(user)+int(user[len(user)-1])%5) * time.Second)
					if strings.HasSuffix(user, "3") {
						return inMemory(404, nil, `{"code":"INVALID_URL_PATTERN","status":"error"}`)(r)
					}
					return inMemory(200, nil, groupsOf(user))(r)
				})
				client := newTokenClient(t, serve, usergroups.WithMaxConcurrent(5))
				ids := userIDs(n)
				seq := client.Users.AssociatedGroupsForUsers(t.Context(), ids, usergroups.ListAssociatedGroupsOptions{})
				for range 2 { // ranging again starts again
					var got []string
					for result := range seq {
						got = append(got, result.UserID)
						wrong := strings.HasSuffix(result.UserID, "3")
						if wrong != errors.Is(result.Err, usergroups.ErrNotFound) || wrong != (result.Err != nil) || wrong != (result.Groups == nil) {
							t.Errorf("%s: %v, %v", result.UserID, result.Groups, result.Err)
						}
						if !wrong && (len(result.Groups) != 1 || result.Groups[0].Name != "of "+result.UserID) {
							t.Errorf("%s: %v", result.UserID, result.Groups)
						}
					}
					if !slices.Equal(got, ids) && n > 0 {
						t.Errorf("users %q", got)
					}
				}
				if most.Load() != int64(min(n, 5)) {
					t.Errorf("%d at a time, want %d", most.Load(), min(n, 5))
				}
			})
		})
	}
}

// TestAssociatedGroupsForUsersEnds: what ends the iteration for all, and that then
// nothing is left behind and nothing more is sent.
func TestAssociatedGroupsForUsersEnds(t *testing.T) {
	t.Parallel()
	body := func(code string) string { return `{"code":"` + code + `","details":{},"message":"m","status":"error"}` }
	tests := []struct {
		name      string
		user2     http.RoundTripper // answers the third user, and those after it
		leaveAt   string            // the loop is left there
		cancelAt  string            // the context is cancelled there
		sentinels []string          // of the last result
		last      string
	}{
		{name: "token refused", user2: inMemory(401, nil, body("INVALID_TOKEN")), sentinels: []string{"ErrUnauthorized"}, last: "u2"},
		{name: "scope", user2: inMemory(401, nil, body("OAUTH_SCOPE_MISMATCH")), sentinels: []string{"ErrForbidden", "ErrScope"}, last: "u2"},
		{name: "inactive user", user2: inMemory(403, nil, body("INACTIVE_USER")), sentinels: []string{"ErrForbidden"}, last: "u2"},
		{name: "forbidden goes on", user2: inMemory(403, nil, body("NO_PERMISSION")), sentinels: []string{"ErrForbidden"}, last: "u59"},
		{name: "unavailable goes on", user2: inMemory(500, nil, ""), sentinels: []string{"ErrUnavailable"}, last: "u59"},
		{name: "left", leaveAt: "u4", last: "u4"},
		{name: "left at once", leaveAt: "u0", last: "u0"},
		{name: "context", cancelAt: "u3"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var running, sent atomic.Int64
				serve := roundTripFunc(func(r *http.Request) (*http.Response, error) {
					running.Add(1)
					defer running.Add(-1)
					sent.Add(1)
					user := userOf(r)
					wait := time.Second
					if user != "u0" && user != "u1" {
						wait = 2 * time.Second
					}
					select {
					case <-time.After(wait):
					case <-r.Context().Done():
						return nil, r.Context().Err()
					}
					if tt.user2 != nil && user != "u0" && user != "u1" {
						return tt.user2.RoundTrip(r)
					}
					return inMemory(200, nil, groupsOf(user))(r)
				})
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				client := newTokenClient(t, serve, usergroups.WithMaxConcurrent(4), usergroups.WithMaxRetries(0))
				var last usergroups.UserAssociatedGroups
				errs := 0
				for result := range client.Users.AssociatedGroupsForUsers(ctx, userIDs(60), usergroups.ListAssociatedGroupsOptions{}) {
					if last = result; result.Err != nil {
						errs++
					}
					if result.UserID == tt.cancelAt {
						cancel()
					}
					if result.UserID == tt.leaveAt {
						break
					}
				}
				if running.Load() != 0 {
					t.Errorf("%d requests are still under way", running.Load())
				}
				before := sent.Load()
				time.Sleep(time.Minute)
				if sent.Load() != before {
					t.Error("more was sent afterwards")
				}
				if tt.cancelAt != "" { // what was there already is still told, and one error
					if !errors.Is(last.Err, context.Canceled) || errs != 1 || sent.Load() > 20 {
						t.Errorf("the last is %s: %v, one of %d errors", last.UserID, last.Err, errs)
					}
					return
				}
				if checkSentinels(t, last.Err, tt.sentinels); last.UserID != tt.last {
					t.Errorf("the last is %s, want %s", last.UserID, tt.last)
				}
			})
		})
	}
}

func TestAssociatedGroupsForUsersRefused(t *testing.T) {
	t.Parallel()
	var response usergroups.Response
	none := usergroups.ListAssociatedGroupsOptions{}
	for name, seq := range map[string]func(c *usergroups.Client) func(yield func(usergroups.UserAssociatedGroups) bool){
		"a page": func(c *usergroups.Client) func(yield func(usergroups.UserAssociatedGroups) bool) {
			return c.Users.AssociatedGroupsForUsers(t.Context(), userIDs(3), usergroups.ListAssociatedGroupsOptions{Page: 1})
		},
		"per page": func(c *usergroups.Client) func(yield func(usergroups.UserAssociatedGroups) bool) {
			return c.Users.AssociatedGroupsForUsers(t.Context(), userIDs(3), usergroups.ListAssociatedGroupsOptions{PerPage: 201})
		},
		"WithResponse": func(c *usergroups.Client) func(yield func(usergroups.UserAssociatedGroups) bool) {
			return c.Users.AssociatedGroupsForUsers(t.Context(), userIDs(3), none, usergroups.WithResponse(&response))
		},
		"no context": func(c *usergroups.Client) func(yield func(usergroups.UserAssociatedGroups) bool) {
			return c.Users.AssociatedGroupsForUsers(nil, userIDs(3), none) //nolint:staticcheck // what happens then
		},
		"a client of nobody": func(*usergroups.Client) func(yield func(usergroups.UserAssociatedGroups) bool) {
			return new(usergroups.UsersService).AssociatedGroupsForUsers(t.Context(), userIDs(3), none)
		},
	} {
		results := slices.Collect(seq(newTokenClient(t, newMock(t))))
		if len(results) != 1 || results[0].UserID != "" {
			t.Errorf("%s: %+v", name, results)
			continue
		}
		checkSentinels(t, results[0].Err, []string{"ErrInvalidArgument"})
	}
	// An empty id is wrong with that user alone.
	fake, client := newFake(t)
	user := fake.Groups()[0].CreatedBy
	results := slices.Collect(client.Users.AssociatedGroupsForUsers(t.Context(), []string{user, "", user}, none))
	if len(results) != 3 || results[0].Err != nil || !errors.Is(results[1].Err, usergroups.ErrInvalidArgument) || len(results[2].Groups) == 0 {
		t.Errorf("%+v", results)
	}
}

// TestAssociatedGroupsForUsersMemory: what is kept does not grow with the users.
func TestAssociatedGroupsForUsersMemory(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var ahead, consumed atomic.Int64
		serve := roundTripFunc(func(r *http.Request) (*http.Response, error) {
			ahead.Add(1)
			return inMemory(200, nil, groupsOf(userOf(r)))(r)
		})
		client := newTokenClient(t, serve, usergroups.WithMaxConcurrent(3))
		for range client.Users.AssociatedGroupsForUsers(t.Context(), userIDs(500), usergroups.ListAssociatedGroupsOptions{}) {
			consumed.Add(1)
			time.Sleep(time.Second) // a slow consumer
			synctest.Wait()
			if n := ahead.Load() - consumed.Load(); n > 4*3 {
				t.Fatalf("%d users are ahead of the loop", n)
			}
		}
		if consumed.Load() != 500 {
			t.Errorf("%d users", consumed.Load())
		}
	})
}

// TestAssociatedGroupsForUsersSlowHead: a user who takes long does not keep the others
// waiting: 5 at a time do the work of 5.
func TestAssociatedGroupsForUsersSlowHead(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client := newTokenClient(t, roundTripFunc(func(r *http.Request) (*http.Response, error) {
			time.Sleep(time.Second)
			if strings.HasSuffix(userOf(r), "0") {
				time.Sleep(9 * time.Second)
			}
			return inMemory(200, nil, groupsOf(userOf(r)))(r)
		}))
		start := time.Now()
		for range client.Users.AssociatedGroupsForUsers(t.Context(), userIDs(100), usergroups.ListAssociatedGroupsOptions{}) {
		}
		// 190 s of work: 38 s if all five had something to do at all times, 110 s if each
		// waited for the one at the head.
		if took := time.Since(start); took > 60*time.Second {
			t.Errorf("took %s", took)
		}
	})
}

// TestAssociatedGroupsForUsersWhole: a part of the groups of a user is never told.
func TestAssociatedGroupsForUsersWhole(t *testing.T) {
	t.Parallel()
	client := newTokenClient(t, roundTripFunc(func(r *http.Request) (*http.Response, error) {
		if r.URL.Query().Get("page") == "2" {
			return inMemory(403, nil, "")(r)
		}
		return inMemory(200, nil, `{"user_groups":[{"id":"1"}],"info":{"more_records":true}}`)(r)
	}))
	for result := range client.Users.AssociatedGroupsForUsers(t.Context(), userIDs(1), usergroups.ListAssociatedGroupsOptions{}) {
		if !errors.Is(result.Err, usergroups.ErrForbidden) || result.Groups != nil {
			t.Errorf("%+v", result)
		}
	}
}

// TestAssociatedGroupsForUsersOfFake: the real thing, with pages and what is included.
func TestAssociatedGroupsForUsersOfFake(t *testing.T) {
	t.Parallel()
	fake, client := newFake(t, usergroupstest.WithOrg(sourcesOrg(sources("u1 u2")...)))
	fake.AddGroup(usergroupstest.Group{Name: "Second", Sources: []usergroupstest.Source{seeded(sources("u1")[0])}})
	var got []string
	ids := []string{sourceID('u', 1), sourceID('u', 9), sourceID('u', 2), sourceID('u', 3)}
	o := usergroups.ListAssociatedGroupsOptions{PerPage: 1, Include: []usergroups.Include{usergroups.IncludeSources}}
	for result := range client.Users.AssociatedGroupsForUsers(t.Context(), ids, o) {
		line := []string{result.UserID}
		for _, g := range result.Groups {
			line = append(line, fmt.Sprintf("%s/%d", g.Name, len(g.Sources)))
		}
		if errors.Is(result.Err, usergroups.ErrNotFound) {
			line = append(line, "not found")
		}
		got = append(got, strings.Join(line, " "))
	}
	want := []string{ids[0] + " Night Shift/2 Second/1", ids[1] + " not found", ids[2] + " Night Shift/2", ids[3]}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
