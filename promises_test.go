package usergroups_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jarcoal/httpmock"

	"github.com/usergroups-go/usergroups"
	"github.com/usergroups-go/usergroups/usergroupstest"
)

// TestPromises is what this package is for, row by row: where other clients fall
// short, and what is reached here. What is not yet reached is skipped by name.
func TestPromises(t *testing.T) {
	t.Parallel()
	promises := []struct {
		when, here string
		hold       func(t *testing.T)
	}{
		{"50 concurrent calls with an expired token", "1 refresh, 50 answered, also over several processes", expiredToken},
		{"token revoked at the server", "one refresh, one repeat", revokedToken},
		{"list 100 pages, 100 ms a request", "as fast as 8 at a time, in order", slowPages},
		{"the same at 0 ms", "no slower than plain net/http", measured(jobPages)},
		{"one page of 200 groups", "no slower, and fewer bytes", measured(jobPage)},
		{"connection cut in the body", "retried", cutBody},
		{"HTML page with status 200; problem+json; `{}`", "a typed error", answersOfOthers},
		{"server never answers", "per-attempt timeout by default", silentServer},
		{"group named `R&D` in a filter", "right", filterWithAmpersand},
		{"create answered by a reset connection", "once", lostAnswers},
		{"iterators, cancellation, concurrency limit, test server", "all", everythingElse},
	}
	for _, tt := range promises {
		t.Run(tt.when+": "+tt.here, func(t *testing.T) {
			t.Parallel()
			tt.hold(t)
		})
	}
}

// expiredToken: the calls meet a token that the server has ended, with and without
// Zoho's limit of 10 tokens in 10 minutes.
func expiredToken(t *testing.T) {
	for name, opts := range map[string][]usergroupstest.Option{
		"no limit": {usergroupstest.WithTokenLimit(0, 0)}, "ten tokens in ten minutes": nil,
	} {
		for _, clients := range []int{1, 10} {
			t.Run(fmt.Sprintf("%s, %d clients", name, clients), func(t *testing.T) {
				t.Parallel()
				fake, _ := newFake(t, opts...)
				store := usergroups.WithTokenStore(usergroups.NewMemoryTokenStore())
				var all []*usergroups.Client
				for range clients {
					client := newFakeClient(t, fake, store)
					if err := get(t.Context(), client); err != nil {
						t.Fatal(err)
					}
					all = append(all, client)
				}
				fake.ExpireTokens()
				fake.ResetLog()
				var wg sync.WaitGroup
				for _, client := range all {
					wg.Go(func() {
						for _, err := range together(t.Context(), client, 50/clients) {
							if err != nil {
								t.Error(err)
							}
						}
					})
				}
				wg.Wait()
				t.Logf("50 calls, refreshes seen by the server: %d", fake.Refreshes())
				if n := fake.Refreshes(); n != 1 {
					t.Errorf("%d refreshes, want 1", n)
				}
			})
		}
	}
	t.Run("8 processes", func(t *testing.T) {
		t.Parallel()
		fake, _ := newFake(t)
		j := listJobOf(fake, t.TempDir())
		if err := get(t.Context(), newFakeClient(t, fake, usergroups.WithTokenStore(usergroups.NewFileTokenStore(j.Path)))); err != nil {
			t.Fatal(err)
		}
		fake.ExpireTokens()
		fake.ResetLog()
		runWorkers(t, 8, j)
		if n := fake.Refreshes(); n != 1 {
			t.Errorf("%d refreshes, want 1", n)
		}
	})
}

// measured is a promise that a test cannot hold: a benchmark measures it, by a
// command in README, which quotes what came of it.
func measured(job string) func(*testing.T) {
	return func(t *testing.T) {
		readme, err := os.ReadFile("README.md")
		if err != nil || !strings.Contains(string(readme), "\n| "+job+" | ") {
			t.Errorf("README does not quote %q (%v)", job, err)
		}
	}
}

func revokedToken(t *testing.T) {
	for _, name := range []string{"UserGroups.List", "UserGroups.Create"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake, client := newFake(t)
			fake.AddUser(usergroupstest.User{ID: userID, Name: "Patricia Boyle"})
			if err := get(t.Context(), client); err != nil {
				t.Fatal(err)
			}
			fake.ExpireTokens()
			fake.ResetLog()
			m := methods[slices.IndexFunc(methods, func(m method) bool { return m.name == name })]
			if err := m.call(t.Context(), client, ""); err != nil {
				t.Error(err)
			}
			if refreshes, requests := fake.Refreshes(), fake.Count(""); refreshes != 1 || requests != 2 {
				t.Errorf("%d refreshes and %d requests, want 1 and 2", refreshes, requests)
			}
		})
	}
}

func slowPages(t *testing.T) {
	t.Run("in order, one after another", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			const pages = 100
			var asked []string
			client := newTokenClient(t, roundTripFunc(func(r *http.Request) (*http.Response, error) {
				number := len(asked) + 1
				asked = append(asked, r.URL.Query().Get("page"))
				time.Sleep(100 * time.Millisecond)
				more := last
				if number < pages {
					more = `,"more_records":true`
				}
				return httpmock.NewStringResponse(200, page(number, more, strconv.Itoa(number))), nil
			}))
			start, number := time.Now(), 0
			for group, err := range client.UserGroups.All(t.Context(), usergroups.ListUserGroupsOptions{}) {
				if number++; err != nil || group.ID != strconv.Itoa(number) || asked[number-1] != group.ID {
					t.Fatalf("item %d is %q, %v", number, group.ID, err)
				}
			}
			if took := time.Since(start); number != pages || len(asked) != pages || took != 10*time.Second {
				t.Errorf("%d items, %d requests in %s, want 100 in 10s", number, len(asked), took)
			}
		})
	})
	t.Run("as fast as 8 at a time", func(t *testing.T) {
		t.Parallel()
		t.Skip("there is no read-ahead yet")
	})
}

func cutBody(t *testing.T) {
	fake, _ := newFake(t)
	client := newFakeClient(t, fake, usergroups.WithRetryWait(time.Millisecond, time.Millisecond))
	fake.Inject(usergroupstest.Fault{Kind: usergroupstest.FaultCutBody, Times: 2})
	page, err := client.UserGroups.List(t.Context(), usergroups.ListUserGroupsOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if len(page.Items) != len(fake.Groups()) || fake.Count("") != 3 {
		t.Errorf("%d groups after %d requests, want %d after 3", len(page.Items), fake.Count(""), len(fake.Groups()))
	}
}

// answersOfOthers: what a gateway or a login wall answers has no group in it, and
// is no success.
func answersOfOthers(t *testing.T) {
	const outcome = "whole body that is not the JSON expected"
	row := &retryTable[slices.IndexFunc(retryTable, func(row retryRow) bool { return row.outcome == outcome })]
	row.hold(t)
}

// silentServer: the context has no deadline, and nobody set a timeout.
func silentServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		requests := 0
		client := newTokenClient(t, roundTripFunc(func(r *http.Request) (*http.Response, error) {
			requests++
			start := time.Now()
			<-r.Context().Done()
			if took := time.Since(start); took != 30*time.Second {
				t.Errorf("attempt %d took %s, want 30 s", requests, took)
			}
			return nil, r.Context().Err()
		}))
		start := time.Now()
		err := get(t.Context(), client)
		if !errors.Is(err, usergroups.ErrUnavailable) || errors.Is(err, context.DeadlineExceeded) || requests != 4 {
			t.Errorf("%v after %d requests, want ErrUnavailable after 4", err, requests)
		}
		if took := time.Since(start); took < 4*30*time.Second || took > 4*30*time.Second+3500*time.Millisecond {
			t.Errorf("took %s, want four times 30 s and the waits", took)
		}
	})
}

// limited returns a test that there are never more than so many requests at a
// time, each until its body is closed, and that to wait for the others is no part
// of an attempt.
func limited(limit int64, opts ...usergroups.Option) func(*testing.T) {
	return func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			var under, most atomic.Int64
			client := newTokenClient(t, roundTripFunc(func(*http.Request) (*http.Response, error) {
				most.Store(max(most.Load(), under.Add(1)))
				time.Sleep(20 * time.Second)
				resp := httpmock.NewStringResponse(200, page(1, last))
				resp.Body = &closing{resp.Body, func() { under.Add(-1) }}
				return resp, nil
			}), append(opts, usergroups.WithMaxRetries(0))...)
			for _, err := range together(t.Context(), client, 40) { // at least 160 s of work, if one attempt may take 30 s
				if err != nil {
					t.Error(err)
				}
			}
			if n := most.Load(); n != limit {
				t.Errorf("%d requests at a time, want %d", n, limit)
			}
		})
	}
}

// closing tells when a body is closed.
type closing struct {
	io.ReadCloser
	closed func()
}

func (c *closing) Close() error {
	c.closed()
	return c.ReadCloser.Close()
}

func filterWithAmpersand(t *testing.T) {
	_, client := newFake(t)
	named := func(names []string, err error) {
		t.Helper()
		if err != nil || !slices.Equal(names, []string{"R&D"}) {
			t.Errorf("groups %q, error %v, want R&D alone", names, err)
		}
	}
	groups := func(o usergroups.ListUserGroupsOptions) (names []string, _ error) {
		all, err := usergroups.Collect(client.UserGroups.All(t.Context(), o))
		for _, group := range all {
			names = append(names, group.Name)
		}
		return names, err
	}
	named(groups(usergroups.ListUserGroupsOptions{Filters: usergroups.StartsWith("name", "R&D")}))
	named(groups(usergroups.ListUserGroupsOptions{Filters: usergroups.Contains("name", "&")}))
	named(groups(usergroups.ListUserGroupsOptions{Name: "R&D"}))
	counts, err := client.UserGroups.ListAssociatedUsersCounts(t.Context(), usergroups.ListAssociatedUsersCountsOptions{Filters: usergroups.Equal("name", "R&D")})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, count := range counts.Items {
		names = append(names, count.UserGroup.Name)
	}
	named(names, nil)
}

// lostAnswers: a write whose answer is lost is not sent again, not even by
// net/http, which on its own repeats requests on connections that had been in
// use.
func lostAnswers(t *testing.T) {
	tests := map[string]usergroupstest.Fault{
		"reset":    {Kind: usergroupstest.FaultReset},
		"cut body": {Kind: usergroupstest.FaultCutBody},
		"silence":  {Kind: usergroupstest.FaultSilence},
		"HTML":     {Kind: usergroupstest.FaultHTML},
		"503":      {Status: 503},
	}
	for name, fault := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake, _ := newFake(t)
			timeout := 20 * time.Second
			if fault.Kind == usergroupstest.FaultSilence {
				timeout = time.Second
			}
			client := newFakeClient(t, fake, usergroups.WithAttemptTimeout(timeout))
			user := fake.Groups()[0].CreatedBy
			fault.Applied = true
			create := func() error {
				_, err := client.UserGroups.Create(t.Context(), usergroups.CreateUserGroup{
					Name: "Night Shift", Sources: []usergroups.Source{usergroups.UserSource(user)},
				})
				return err
			}
			remove := func() error {
				group := fake.Groups()[len(fake.Groups())-1]
				_, err := client.UserGroups.Delete(t.Context(), group.ID)
				return err
			}
			for route, write := range map[string]func() error{
				"POST /settings/user_groups":        create,
				"DELETE /settings/user_groups/{id}": remove,
			} {
				if err := get(t.Context(), client); err != nil { // now there is a connection
					t.Fatal(err)
				}
				before := len(fake.Groups())
				fault.Route = route
				end := fake.Inject(fault)
				err := write()
				end()
				if !errors.Is(err, usergroups.ErrOutcomeUnknown) {
					t.Errorf("%s: %v, want ErrOutcomeUnknown", route, err)
				}
				if n := fake.Count(route); n != 1 || len(fake.Groups()) == before {
					t.Errorf("%s: seen %d times, groups before %d, after %d", route, n, before, len(fake.Groups()))
				}
			}
		})
	}
}

func everythingElse(t *testing.T) {
	t.Run("iterators", func(t *testing.T) {
		t.Parallel()
		fake, client := newFake(t)
		for n := range 200 {
			fake.AddGroup(usergroupstest.Group{Name: fmt.Sprintf("group %d", n)})
		}
		var want, got []string
		for _, group := range fake.Groups() {
			want = append(want, group.ID)
		}
		for group, err := range client.UserGroups.All(t.Context(), usergroups.ListUserGroupsOptions{PerPage: 100}) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, group.ID)
		}
		if !slices.Equal(got, want) || fake.Count("") != 3 {
			t.Errorf("%d groups in %d requests, want %d in 3", len(got), fake.Count(""), len(want))
		}
	})
	t.Run("cancellation", func(t *testing.T) {
		t.Parallel()
		fake, client := newFake(t)
		fake.Inject(usergroupstest.Fault{Kind: usergroupstest.FaultSilence})
		cause := errors.New("the review was called off")
		ctx, cancel := context.WithCancelCause(t.Context())
		go func() {
			for fake.Count("") == 0 { // until it is on its way
				time.Sleep(time.Millisecond)
			}
			cancel(cause)
		}()
		if err := get(ctx, client); !errors.Is(err, context.Canceled) || !errors.Is(err, cause) {
			t.Errorf("%v, want the caller's end and its cause", err)
		}
	})
	t.Run("concurrency limit", limited(3, usergroups.WithMaxConcurrent(3)))
	t.Run("test server", func(t *testing.T) {
		t.Parallel()
		fake, client := newFake(t)
		created, err := client.UserGroups.Create(t.Context(), usergroups.CreateUserGroup{
			Name: "Night Shift", Sources: []usergroups.Source{usergroups.UserSource(fake.Groups()[0].CreatedBy)},
		})
		if err != nil {
			t.Fatal(err)
		}
		if group, ok := fake.Group(created.ID); !ok || group.Name != "Night Shift" {
			t.Errorf("the fake has %+v", group)
		}
		if _, err := client.UserGroups.Delete(t.Context(), created.ID); err != nil {
			t.Error(err)
		}
		if _, err := client.UserGroups.Get(t.Context(), created.ID); !errors.Is(err, usergroups.ErrNotFound) {
			t.Errorf("%v, want ErrNotFound", err)
		}
	})
}
