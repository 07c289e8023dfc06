package tulip_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/usergroups-go/usergroups/tulip"
)

// factory is a vendor of a few users and groups, all called by one letter. What it is
// asked is kept in short: "ids", "list(ab)", "archived(c)", "get(d)".
type factory struct {
	t *testing.T

	memberships string // of the one user or group that there is
	archived    string // of these, the archived ones: no list has them but that of the archived
	unlisted    string // these are in no list
	gone        string // these are not there at all
	partial     string // what the memberships leave out, in errors
	lists       string // what lists of objects leave out, in errors
	more        string // what the page of memberships has besides
	// What is wrong with it.
	ignoresFilter bool
	others        string // it then lists, too
	refusesFilter bool
	noLists       bool   // 404
	swaps         string // gets of these answer another one
	refusesGet    string // of these, with status
	refusals      int    // so many times; 0: always
	status        int
	header        http.Header                   // beside that status
	delay         func(id string) time.Duration // of a get

	mu           sync.Mutex
	asked        []string
	now, highest atomic.Int64 // gets under way
}

func (f *factory) note(format string, args ...any) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asked = append(f.asked, fmt.Sprintf(format, args...))
}

func (f *factory) RoundTrip(r *http.Request) (*http.Response, error) {
	path := strings.Split(strings.TrimPrefix(r.URL.Path, "/gateway/api/users/v1/"), "/")
	switch {
	case len(path) == 3:
		f.note("ids")
		key := map[string]string{"users": "userGroupId", "user-groups": "userId"}[path[0]]
		more := f.more
		if f.partial != "" {
			more += without(f.partial)
		}
		return inMemory(200, nil, strings.ReplaceAll(items(f.memberships, more), `"@`, `"`+key+`":"`))(r)
	case len(path) == 2:
		return f.get(r, path[1])
	}
	return f.list(r)
}

func (f *factory) get(r *http.Request, id string) (*http.Response, error) {
	f.note("get(%s)", id)
	f.highest.Store(max(f.highest.Load(), f.now.Add(1)))
	defer f.now.Add(-1)
	if f.delay != nil {
		select {
		case <-time.After(f.delay(id)):
		case <-r.Context().Done():
			return nil, r.Context().Err()
		}
	}
	switch {
	case strings.Contains(f.swaps, id):
		return inMemory(200, nil, thing(r, "z"))(r)
	case strings.Contains(f.refusesGet, id) && f.refusesAgain(id):
		return inMemory(f.status, f.header, `{"errorCode":"x.y","message":"m","retryable":false}`)(r)
	case strings.Contains(f.gone, id):
		return inMemory(404, nil, sample(f.t, "error_not_found.json"))(r)
	}
	return inMemory(200, nil, thing(r, id))(r)
}

// refusesAgain reports whether this get is one of those to be refused.
func (f *factory) refusesAgain(id string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	asked := 0
	for _, what := range f.asked {
		if what == "get("+id+")" {
			asked++
		}
	}
	return f.refusals == 0 || asked <= f.refusals
}

// thing is a user or a group, by where it was asked for.
func thing(r *http.Request, id string) string {
	if strings.Contains(r.URL.Path, "/user-groups") {
		return fmt.Sprintf(`{"id":%q,"name":"of %s"}`, id, id)
	}
	return fmt.Sprintf(`{"id":%q,"name":{"full":"of %s"}}`, id, id)
}

func (f *factory) list(r *http.Request) (*http.Response, error) {
	query := r.URL.Query()
	text, _ := filterOf(f.t, r)
	terms, err := readFilter(text)
	if err != nil {
		f.t.Error(err)
	}
	var wanted strings.Builder
	for _, one := range terms {
		if one.field != "id" {
			f.t.Errorf("a filter on %s", one.field)
		}
		wanted.WriteString(one.value)
	}
	archived := query.Get("archived") == "true"
	name := "list"
	if archived {
		name = "archived"
	}
	f.note("%s(%s)", name, wanted.String())
	if f.noLists {
		return inMemory(404, nil, sample(f.t, "error_not_found.json"))(r)
	}
	if f.refusesFilter {
		return inMemory(400, nil, sample(f.t, "error_user_groups_invalid_filter.json"))(r)
	}
	var found []string
	listed := strings.Split(f.memberships+f.others, "")
	slices.Sort(listed)
	slices.Reverse(listed) // an order of its own
	for _, id := range slices.Compact(listed) {
		switch {
		case strings.Contains(f.lists, id), strings.Contains(f.unlisted, id), strings.Contains(f.gone, id), strings.Contains(f.archived, id) != archived:
		case strings.Contains(wanted.String(), id), f.ignoresFilter:
			found = append(found, thing(r, id))
		}
	}
	more := ""
	if f.lists != "" {
		more = without(f.lists)
	}
	return inMemory(200, nil, fmt.Sprintf(`{"items":[%s],"count":%d%s}`, strings.Join(found, ","), len(found), more))(r)
}

// groupsOf walks through GroupsOf: the ids that came, one letter each.
func groupsOf(ctx context.Context, c *tulip.Client, opts ...tulip.CallOption) (string, error) {
	groups, err := tulip.Collect(c.Users.GroupsOf(ctx, anID, opts...))
	var ids strings.Builder
	for _, g := range groups {
		ids.WriteString(g.ID)
		if g.Name != "of "+g.ID {
			return "", fmt.Errorf("group %+v", g)
		}
	}
	return ids.String(), err
}

// TestGroupsOf: whole groups in the order of the memberships, each once, and what is
// not among the lists is looked for before it is given up.
func TestGroupsOf(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		factory *factory
		want    string
		asked   string
		fails   string
		omitted string
		missing int
	}{
		{name: "three", factory: &factory{memberships: "bca"}, want: "bca", asked: "ids list(bca)"},
		{name: "none", factory: &factory{}, asked: "ids"},
		{name: "one", factory: &factory{memberships: "a"}, want: "a", asked: "ids list(a)"},
		{name: "one twice", factory: &factory{memberships: "aba"}, want: "ab", asked: "ids list(ab)"},
		{name: "archived ones", factory: &factory{memberships: "abcd", archived: "bd"}, want: "abcd", asked: "ids list(abcd) archived(bd)"},
		{name: "all archived", factory: &factory{memberships: "ab", archived: "ab"}, want: "ab", asked: "ids list(ab) archived(ab)"},
		{name: "in no list", factory: &factory{memberships: "abc", unlisted: "b"}, want: "abc", asked: "ids list(abc) archived(b) get(b)"},
		{name: "archived and in no list", factory: &factory{memberships: "abc", archived: "a", unlisted: "c"}, want: "abc", asked: "ids list(abc) archived(ac) get(c)"},
		{name: "gone", factory: &factory{memberships: "abc", gone: "b"}, want: "ac", asked: "ids list(abc) archived(b) get(b)", fails: "ErrIncomplete", omitted: "b"},
		{name: "all gone", factory: &factory{memberships: "ab", gone: "ab"}, asked: "ids list(ab) archived(ab) get(a) get(b)", fails: "ErrIncomplete", omitted: "ab"},
		{name: "left out of the memberships", factory: &factory{memberships: "ab", partial: "c"}, want: "ab", asked: "ids list(ab)", fails: "ErrIncomplete", omitted: "c"},
		{name: "left out of a list", factory: &factory{memberships: "abc", lists: "b"}, want: "abc", asked: "ids list(abc) archived(b) get(b)"},
		{name: "fewer memberships than counted", factory: &factory{memberships: "ab", more: `,"count":5`}, want: "ab", asked: "ids list(ab)", fails: "ErrIncomplete", missing: 3},
		{name: "left out, and gone", factory: &factory{memberships: "ab", partial: "c", gone: "a"}, want: "b", asked: "ids list(ab) archived(a) get(a)", fails: "ErrIncomplete", omitted: "ac"},
		{name: "a filter that is ignored", factory: &factory{memberships: "ba", ignoresFilter: true, others: "xyz"}, want: "ba", asked: "ids list(ba)"},
		{name: "a filter that is ignored, archived", factory: &factory{memberships: "ba", ignoresFilter: true, others: "xyz", archived: "by"}, want: "ba", asked: "ids list(ba) archived(b)"},
		{name: "no lists", factory: &factory{memberships: "ab", gone: "b", noLists: true}, want: "a", asked: "ids list(ab) archived(ab) get(a) get(b)", fails: "ErrIncomplete", omitted: "b"},
		{name: "a get that answers another one", factory: &factory{memberships: "abc", unlisted: "b", swaps: "b"}, want: "a", asked: "ids list(abc) archived(b) get(b)", fails: "ErrUnexpectedResponse"},
		{name: "a get is refused", factory: &factory{memberships: "abc", unlisted: "b", refusesGet: "b", status: 403}, want: "a", asked: "ids list(abc) archived(b) get(b)", fails: "ErrForbidden"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f := tt.factory
			f.t = t
			seq := newClient(t, f, tulip.WithMaxRetries(0)).Users.GroupsOf(t.Context(), anID)
			if len(f.asked) != 0 {
				t.Fatal("a request before range")
			}
			for range 2 {
				f.asked = nil
				groups, err := tulip.Collect(seq)
				var ids strings.Builder
				for _, g := range groups {
					ids.WriteString(g.ID)
				}
				asked := f.asked
				if i := slices.IndexFunc(asked, func(a string) bool { return strings.HasPrefix(a, "get") }); i >= 0 {
					slices.Sort(asked[i:]) // several at a time
				}
				if ids.String() != tt.want || strings.Join(asked, " ") != tt.asked {
					t.Errorf("groups %q, asked %q, want %q, %q", ids.String(), asked, tt.want, tt.asked)
				}
				checkSentinels(t, err, strings.Fields(tt.fails))
				var partial *tulip.PartialError
				switch {
				case !errors.As(err, &partial):
					if tt.omitted != "" || tt.missing != 0 {
						t.Errorf("error %v is no *PartialError", err)
					}
				default:
					if got := omittedIDs(partial); got != tt.omitted || partial.Missing != tt.missing {
						t.Errorf("omitted %q, %d missing, want %q, %d", got, partial.Missing, tt.omitted, tt.missing)
					}
				}
				var e *tulip.Error
				if err != nil && (!errors.As(err, &e) || e.Op != tulip.OpUsersGroupsOf && e.Op != tulip.OpUserGroupsGet || (e.Method == "") != (e.Op == tulip.OpUsersGroupsOf)) {
					t.Errorf("error %#v", err)
				}
			}
		})
	}
}

// omittedIDs are the ids of what was left out, in order of the alphabet.
func omittedIDs(partial *tulip.PartialError) string {
	var ids []string
	for _, o := range partial.Omitted {
		ids = append(ids, o.ID)
	}
	slices.Sort(ids)
	return strings.Join(ids, "")
}

// TestGroupsOfFails: what ends the walk, with the operation that failed. A 404 is that of
// the user only where the user is asked about.
func TestGroupsOfFails(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]string{401: "ErrUnauthorized", 403: "ErrForbidden", 404: "ErrNotFound", 429: "ErrRateLimited", 500: "ErrUnavailable", 302: "ErrUnexpectedResponse"} {
		for _, at := range []string{"/user-groups", "user-groups", "archived"} {
			if status == 404 && at != "/user-groups" {
				continue // see TestGroupsOf
			}
			f := &factory{t: t, memberships: "ab", archived: "b"}
			got, err := groupsOf(t.Context(), newClient(t, roundTripFunc(func(r *http.Request) (*http.Response, error) {
				ids := strings.Contains(r.URL.Path, "/v1/users/")
				archived := r.URL.Query().Get("archived") == "true"
				if at == "/user-groups" && ids || at == "user-groups" && !ids || at == "archived" && archived {
					return inMemory(status, nil, "{}")(r)
				}
				return f.RoundTrip(r)
			}), tulip.WithMaxRetries(0)))
			checkSentinels(t, err, []string{want})
			var e *tulip.Error
			if !errors.As(err, &e) || e.StatusCode != status || strings.Contains(got, "b") {
				t.Errorf("%d at %s: %q, %v", status, at, got, err)
			}
		}
	}
}

// TestOmissionsOfJoins: of what is named and not found, the server's own words are kept.
func TestOmissionsOfJoins(t *testing.T) {
	t.Parallel()
	for _, c := range compositions {
		err := c.call(t.Context(), newClient(t, &factory{t: t, memberships: "ab", gone: "b", partial: "c"}), anID)
		var partial *tulip.PartialError
		if !errors.As(err, &partial) || len(partial.Omitted) != 2 {
			t.Errorf("%s: %v", c.op, err)
			continue
		}
		for _, o := range partial.Omitted {
			code, message := "generic.notFound", "The user does not exist."
			if o.ID == "c" {
				code, message = tulip.CodeInternal, "m"
			}
			if o.Code != code || o.Message != message || o.Retryable == nil || *o.Retryable {
				t.Errorf("%s: %+v", c.op, o)
			}
		}
	}
}

// TestGroupsOfMany: a user in very many groups is asked about in chunks, and is told
// each.
func TestGroupsOfMany(t *testing.T) {
	t.Parallel()
	var ids []string
	for n := range 230 {
		ids = append(ids, fmt.Sprintf("g%03d", n))
	}
	slices.Reverse(ids)
	lists := 0
	s := &chunks{t: t, key: "id"}
	client := newClient(t, roundTripFunc(func(r *http.Request) (*http.Response, error) {
		if strings.Contains(r.URL.Path, "/v1/users/") {
			var list []string
			for _, id := range ids {
				list = append(list, fmt.Sprintf(`{"userGroupId":%q}`, id))
			}
			return inMemory(200, nil, `{"items":[`+strings.Join(list, ",")+`],"count":230}`)(r)
		}
		lists++
		return s.RoundTrip(r)
	}))
	groups, err := tulip.Collect(client.Users.GroupsOf(t.Context(), anID))
	var got []string
	for _, g := range groups {
		got = append(got, g.ID)
	}
	if err != nil || !slices.Equal(got, ids) {
		t.Errorf("%d groups, %v", len(got), err)
	}
	if !slices.Equal(s.terms, []int{50, 50, 50, 50, 30}) || s.longest > 4000 {
		t.Errorf("lists of %v terms in %d requests", s.terms, lists)
	}
	s.terms = nil
	for _, err := range client.Users.GroupsOf(t.Context(), anID) {
		if err != nil {
			t.Error(err)
		}
		break
	}
	if !slices.Equal(s.terms, []int{50}) { // no more than what is next
		t.Errorf("left at once, after lists of %v terms", s.terms)
	}
}

// TestGroupsOfLeft: leaving the loop sends nothing more.
func TestGroupsOfLeft(t *testing.T) {
	t.Parallel()
	f := &factory{t: t, memberships: "abcd", archived: "d"}
	for g, err := range newClient(t, f).Users.GroupsOf(t.Context(), anID) {
		if err != nil {
			t.Fatal(err)
		}
		if g.ID == "a" {
			break
		}
	}
	if len(f.asked) > 3 {
		t.Errorf("asked %q", f.asked)
	}
}

// membersOf walks through MembersOf: the ids that came.
func membersOf(ctx context.Context, c *tulip.Client, opts ...tulip.CallOption) (string, error) {
	users, err := tulip.Collect(c.UserGroups.MembersOf(ctx, anID, opts...))
	var ids strings.Builder
	for _, u := range users {
		ids.WriteString(u.ID)
		if u.Name.Full != "of "+u.ID {
			return "", fmt.Errorf("user %+v", u)
		}
	}
	return ids.String(), err
}

// letters are so many letters.
func letters(n int) string { return "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"[:n] }

// TestMembersOf: whole users in the order of the memberships, as many at a time as
// allowed, whatever each takes.
func TestMembersOf(t *testing.T) {
	t.Parallel()
	for _, atOnce := range []int{5, math.MaxInt/4 + 1, math.MaxInt} {
		for _, n := range []int{0, 1, 4, 5, 6, 23} {
			t.Run(fmt.Sprintf("%d, %d at a time", n, atOnce), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					f := &factory{t: t, memberships: letters(n), delay: func(id string) time.Duration { return time.Duration(1+int(id[0])*7%5) * time.Second }}
					client := newClient(t, f, tulip.WithMaxConcurrent(atOnce))
					seq := client.UserGroups.MembersOf(t.Context(), anID)
					for range 2 {
						f.asked = nil
						var ids strings.Builder
						for u, err := range seq {
							if err != nil {
								t.Fatal(err)
							}
							ids.WriteString(u.ID)
						}
						if ids.String() != letters(n) || len(f.asked) != n+1 {
							t.Errorf("%q after %d requests", ids.String(), len(f.asked))
						}
					}
					if got := f.highest.Load(); got != int64(min(n, atOnce)) {
						t.Errorf("%d at a time, want %d", got, min(n, atOnce))
					}
				})
			})
		}
	}
}

// TestMembersOfEnds: what is missing is told in the end; what is wrong with the client
// ends the walk at once, and nothing is left behind.
func TestMembersOfEnds(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		factory *factory
		leave   string // the loop is left there
		cancel  string // the context is cancelled there
		want    string
		fails   string
		omitted string
		most    int // requests
	}{
		{name: "gone", factory: &factory{memberships: "abcd", gone: "bd"}, want: "ac", fails: "ErrIncomplete", omitted: "bd", most: 5},
		{name: "all gone", factory: &factory{memberships: "ab", gone: "ab"}, fails: "ErrIncomplete", omitted: "ab", most: 3},
		{name: "left out of the memberships", factory: &factory{memberships: "ab", partial: "c"}, want: "ab", fails: "ErrIncomplete", omitted: "c", most: 3},
		{name: "left out, and gone", factory: &factory{memberships: "ab", partial: "c", gone: "b"}, want: "a", fails: "ErrIncomplete", omitted: "bc", most: 3},
		{name: "one twice", factory: &factory{memberships: "abab"}, want: "ab", most: 3},
		{name: "forbidden", factory: &factory{memberships: letters(50), refusesGet: "c", status: 403}, want: "ab", fails: "ErrForbidden", most: 30},
		{name: "unauthorized", factory: &factory{memberships: letters(50), refusesGet: "c", status: 401}, want: "ab", fails: "ErrUnauthorized", most: 30},
		{name: "unavailable", factory: &factory{memberships: letters(50), refusesGet: "c", status: 500}, want: "ab", fails: "ErrUnavailable", most: 30},
		{name: "rate limited", factory: &factory{memberships: letters(50), refusesGet: "c", status: 429}, want: "ab", fails: "ErrRateLimited", most: 30},
		{name: "rate limited, and nobody gets through", factory: &factory{memberships: "c", refusesGet: "c", status: 429}, fails: "ErrRateLimited", most: 2},
		{name: "another user", factory: &factory{memberships: letters(50), swaps: "c"}, want: "ab", fails: "ErrUnexpectedResponse", most: 30},
		{name: "unexpected", factory: &factory{memberships: letters(50), refusesGet: "c", status: 302}, want: "ab", fails: "ErrUnexpectedResponse", most: 30},
		{name: "left", factory: &factory{memberships: letters(50)}, leave: "e", want: "abcde", most: 30},
		{name: "left at once", factory: &factory{memberships: letters(50)}, leave: "a", want: "a", most: 30},
		{name: "context", factory: &factory{memberships: letters(50)}, cancel: "d", fails: "context", most: 30},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				f := tt.factory
				f.t = t
				f.delay = func(string) time.Duration { return time.Second }
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				client := newClient(t, f, tulip.WithMaxConcurrent(4), tulip.WithMaxRetries(0))
				var ids strings.Builder
				var failed error
				for u, err := range client.UserGroups.MembersOf(ctx, anID) {
					if failed != nil {
						t.Fatal("something came after the error")
					}
					if failed = err; err == nil {
						ids.WriteString(u.ID)
					}
					if u.ID == tt.cancel && err == nil {
						cancel()
					}
					if u.ID == tt.leave {
						break
					}
				}
				if n := f.now.Load(); n != 0 {
					t.Errorf("%d requests are still under way", n)
				}
				before := len(f.asked)
				time.Sleep(time.Minute)
				synctest.Wait()
				if len(f.asked) != before || before > tt.most {
					t.Errorf("%d requests, and %d more afterwards", before, len(f.asked)-before)
				}
				if tt.cancel != "" {
					if !errors.Is(failed, context.Canceled) || errors.Is(failed, tulip.ErrIncomplete) {
						t.Errorf("error %v", failed)
					}
					return
				}
				if ids.String() != tt.want {
					t.Errorf("users %q, want %q", ids.String(), tt.want)
				}
				checkSentinels(t, failed, strings.Fields(tt.fails))
				var partial *tulip.PartialError
				if errors.As(failed, &partial) != (tt.omitted != "") || partial != nil && (omittedIDs(partial) != tt.omitted || partial.Missing != 0) {
					t.Errorf("error %v, want %q omitted", failed, tt.omitted)
				}
			})
		})
	}
}

// TestMembersOfThrottled: so many requests at once are throttled; as long as some get
// through, the refused ones are asked again, unless the caller wants no retries.
func TestMembersOfThrottled(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		client   []tulip.Option
		opts     []tulip.CallOption
		header   http.Header
		want     string
		requests int // for c
		fails    string
	}{
		"a long wait":       {header: http.Header{"Retry-After": {"300"}}, want: "ab", requests: 1, fails: "ErrRateLimited"},
		"refused six times": {want: letters(20), requests: 7},
		"NoRetry":           {opts: []tulip.CallOption{tulip.NoRetry()}, want: "ab", requests: 1, fails: "ErrRateLimited"},
		"no retries":        {client: []tulip.Option{tulip.WithMaxRetries(0)}, want: "ab", requests: 1, fails: "ErrRateLimited"},
		"believed":          {client: []tulip.Option{tulip.WithHonorRetryable()}, want: "ab", requests: 1, fails: "ErrRateLimited"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				f := &factory{t: t, memberships: letters(20), refusesGet: "c", refusals: 6, status: 429, header: tt.header, delay: func(id string) time.Duration {
					if id == "c" {
						return 1500 * time.Millisecond // when others are through
					}
					return time.Second
				}}
				got, err := membersOf(t.Context(), newClient(t, f, append(tt.client, tulip.WithMaxConcurrent(4))...), tt.opts...)
				checkSentinels(t, err, strings.Fields(tt.fails))
				var e *tulip.Error // what the server said, and not that others have to wait
				if errors.As(err, &e) && (e.StatusCode != 429 || e.Code != "x.y") {
					t.Errorf("error %v", err)
				}
				requests := 0
				for _, what := range f.asked {
					if what == "get(c)" {
						requests++
					}
				}
				if got != tt.want || requests != tt.requests {
					t.Errorf("users %q, c was asked for %d times, want %q, %d", got, requests, tt.want, tt.requests)
				}
			})
		})
	}
}

// TestMembersOfPanics: a RoundTripper that panics, or ends its goroutine as a failing test
// does, ends the loop, where the caller can recover. The client is of use afterwards.
func TestMembersOfPanics(t *testing.T) {
	t.Parallel()
	for name, fall := range map[string]func(){"panic": func() { panic("out of order") }, "Goexit": runtime.Goexit} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := &factory{t: t, memberships: letters(20)}
			var falls atomic.Bool
			falls.Store(true)
			client := newClient(t, roundTripFunc(func(r *http.Request) (*http.Response, error) {
				if strings.HasSuffix(r.URL.Path, "/c") && falls.Swap(false) {
					fall()
				}
				return f.RoundTrip(r)
			}), tulip.WithMaxConcurrent(1))
			recovered := func() (p any) {
				defer func() { p = recover() }()
				got, err := membersOf(t.Context(), client)
				t.Errorf("%q, %v", got, err)
				return nil
			}()
			if text := fmt.Sprint(recovered); !strings.Contains(text, "out of order") && !strings.Contains(text, "ended its goroutine") {
				t.Errorf("recovered %v", recovered)
			}
			if got, err := membersOf(t.Context(), client); err != nil || got != letters(20) {
				t.Errorf("afterwards %q, %v", got, err)
			}
		})
	}
}

// TestMembersOfMemory: what is kept does not grow with the members.
func TestMembersOfMemory(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := &factory{t: t, memberships: letters(50)}
		client := newClient(t, f, tulip.WithMaxConcurrent(3))
		consumed := 0
		for _, err := range client.UserGroups.MembersOf(t.Context(), anID) {
			if err != nil {
				t.Fatal(err)
			}
			consumed++
			time.Sleep(time.Second) // a slow consumer
			synctest.Wait()
			if ahead := len(f.asked) - 1 - consumed; ahead > 4*3 {
				t.Fatalf("%d users are ahead of the loop", ahead)
			}
		}
		if consumed != 50 {
			t.Errorf("%d users", consumed)
		}
	})
}

// TestMembersByFilter: with the caller's choice the users come by lists.
func TestMembersByFilter(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		factory *factory
		want    string
		asked   string
		fails   string
		omitted string
	}{
		{name: "three", factory: &factory{memberships: "bca"}, want: "bca", asked: "ids list(bca)"},
		{name: "none", factory: &factory{}, asked: "ids"},
		{name: "deactivated ones", factory: &factory{memberships: "abc", archived: "b"}, want: "abc", asked: "ids list(abc) archived(b)"},
		{name: "in no list", factory: &factory{memberships: "abc", unlisted: "b"}, want: "abc", asked: "ids list(abc) archived(b) get(b)"},
		{name: "gone", factory: &factory{memberships: "abc", gone: "b"}, want: "ac", asked: "ids list(abc) archived(b) get(b)", fails: "ErrIncomplete", omitted: "b"},
		{name: "a filter that is ignored", factory: &factory{memberships: "ba", ignoresFilter: true, others: "xyz"}, want: "ba", asked: "ids list(ba)"},
		{name: "a filter that is refused", factory: &factory{memberships: "ba", refusesFilter: true}, asked: "ids list(ba)", fails: "ErrBadRequest"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f := tt.factory
			f.t = t
			got, err := membersOf(t.Context(), newClient(t, f), tulip.WithMembersByFilter())
			if got != tt.want || strings.Join(f.asked, " ") != tt.asked {
				t.Errorf("users %q, asked %q, want %q, %q", got, f.asked, tt.want, tt.asked)
			}
			checkSentinels(t, err, strings.Fields(tt.fails))
			var partial *tulip.PartialError
			if errors.As(err, &partial) != (tt.omitted != "") || partial != nil && omittedIDs(partial) != tt.omitted {
				t.Errorf("error %v, want %q omitted", err, tt.omitted)
			}
		})
	}
}

// TestJoinsCallOptions: they are those of every request of a join.
func TestJoinsCallOptions(t *testing.T) {
	t.Parallel()
	f := &factory{t: t, memberships: "abc", archived: "b", unlisted: "c"}
	client := newClient(t, roundTripFunc(func(r *http.Request) (*http.Response, error) {
		if r.Header.Get("X-Trace") != "abc" {
			t.Errorf("%s has X-Trace %q", r.URL, r.Header.Get("X-Trace"))
		}
		return f.RoundTrip(r)
	}))
	for _, c := range compositions {
		if err := c.call(t.Context(), client, anID, tulip.WithHeader("X-Trace", "abc"), tulip.NoRetry()); err != nil {
			t.Errorf("%s: %v", c.op, err)
		}
	}
	requests := 0
	client = newClient(t, roundTripFunc(func(r *http.Request) (*http.Response, error) {
		if requests++; requests == 1 {
			return f.RoundTrip(r)
		}
		return inMemory(503, nil, "")(r)
	}))
	if _, err := groupsOf(t.Context(), client, tulip.NoRetry()); !errors.Is(err, tulip.ErrUnavailable) || requests != 2 {
		t.Errorf("%v after %d requests", err, requests)
	}
}

// TestMembersByFilterIgnored: of a server that does not know the filter, no more is read than
// it takes to find the members.
func TestMembersByFilterIgnored(t *testing.T) {
	t.Parallel()
	lists := 0
	client := newClient(t, roundTripFunc(func(r *http.Request) (*http.Response, error) {
		if strings.HasSuffix(r.URL.Path, "/users") && strings.Contains(r.URL.Path, "user-groups") {
			return inMemory(200, nil, `{"items":[{"userId":"a"},{"userId":"b"}]}`)(r)
		}
		lists++
		return inMemory(200, nil, fmt.Sprintf(`{"items":[{"id":"b"},{"id":"x%d"},{"id":"a"}],"nextPage":"?cursor=%[1]d"}`, lists))(r)
	}))
	users, err := tulip.Collect(client.UserGroups.MembersOf(t.Context(), anID, tulip.WithMembersByFilter()))
	if err != nil || len(users) != 2 || users[0].ID != "a" || lists != 1 {
		t.Errorf("%+v, %v after %d lists", users, err, lists)
	}
}
