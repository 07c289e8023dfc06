package usergroups_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/usergroups-go/usergroups"
	"github.com/usergroups-go/usergroups/usergroupstest"
)

// TestForeignSource: somebody else adds a source between an update and the look at what
// came of it. It is not taken for one that the server kept, and not removed; and the
// next change is none the worse for it.
func TestForeignSource(t *testing.T) {
	t.Parallel()
	for _, rule := range putRules {
		for _, want := range []string{"u1 u2", "u2"} {
			fake, _ := newSourcesFake(t, usergroupstest.Guesses{Put: rule.put}, "u1")
			var once sync.Once
			client := newWatchedClient(t, fake, func(r *http.Request) {
				if r.Method != http.MethodPut || len(onServer(t, fake)) == 1 && want == "u1 u2" { // refused under b
					return
				}
				once.Do(func() {
					g, _ := fake.Group(changedGroup)
					g.Sources = append(g.Sources, seeded(sources("u6")[0]))
					fake.AddGroup(g)
				})
			})
			_, err := client.UserGroups.SetSources(t.Context(), changedGroup, sources(want))
			checkSentinels(t, err, []string{"ErrConflict", "ErrIncomplete"})
			var left *usergroups.SourcesError
			if is := spell(onServer(t, fake)); !errors.As(err, &left) || left.Updates != 1 || spell(left.Now) != is || !strings.Contains(is, "u2 u6") {
				t.Errorf("%s: the group is %s: %v", rule.name, is, err)
			}
			if lost := usergroups.DiffSources(onServer(t, fake), sources(want)).Add; len(lost) > 0 {
				t.Errorf("%s: lost %s", rule.name, spell(lost))
			}
			before := onServer(t, fake)
			if _, err := client.UserGroups.AddSources(t.Context(), changedGroup, sources("u4 r1")); err != nil {
				t.Errorf("%s: %v", rule.name, err)
			}
			if lost := usergroups.DiffSources(onServer(t, fake), before).Add; len(lost) > 0 {
				t.Errorf("%s: the next change lost %s", rule.name, spell(lost))
			}
			if rule.put >= usergroupstest.PutReplaces { // nor does the client think that it merges
				_, err = client.UserGroups.SetSources(t.Context(), changedGroup, manySources(0, 201))
				checkSentinels(t, err, []string{"ErrInvalidArgument"})
			}
		}
	}
}

// TestForeignSourceStays: who only adds does not remove what somebody else added.
func TestForeignSourceStays(t *testing.T) {
	t.Parallel()
	for _, rule := range putRules {
		fake, _ := newSourcesFake(t, usergroupstest.Guesses{Put: rule.put}, "u1")
		client := newWatchedClient(t, fake, func(r *http.Request) {
			g, _ := fake.Group(changedGroup)
			if r.Method == http.MethodPut && len(g.Sources) == 2 {
				g.Sources = append(g.Sources, seeded(sources("u6")[0]))
				fake.AddGroup(g)
			}
		})
		done, err := client.UserGroups.AddSources(t.Context(), changedGroup, sources("u2"))
		if err != nil || spell(done.After) != "u1 u2 u6" || spell(onServer(t, fake)) != "u1 u2 u6" {
			t.Errorf("%s: the group is %s: %v", rule.name, spell(onServer(t, fake)), err)
		}
		if rule.put >= usergroupstest.PutReplaces {
			_, err = client.UserGroups.SetSources(t.Context(), changedGroup, manySources(0, 201))
			checkSentinels(t, err, []string{"ErrInvalidArgument"})
		}
	}
}

// TestTwoAtOnce: two calls of one client on one group lose nothing that both want,
// neither then nor later.
func TestTwoAtOnce(t *testing.T) {
	t.Parallel()
	for _, rule := range putRules {
		t.Run(rule.name, func(t *testing.T) {
			t.Parallel()
			for range 20 {
				fake, client := newSourcesFake(t, usergroupstest.Guesses{Put: rule.put}, "u1")
				var both sync.WaitGroup
				both.Go(func() { _, _ = client.UserGroups.SetSources(t.Context(), changedGroup, sources("u1 u2")) })
				both.Go(func() { _, _ = client.UserGroups.AddSources(t.Context(), changedGroup, sources("u6")) })
				both.Wait()
				if is := spell(onServer(t, fake)); !strings.Contains(is, "u1") {
					t.Fatalf("the group is %s", is)
				}
				before := onServer(t, fake)
				_, err := client.UserGroups.AddSources(t.Context(), changedGroup, sources("u4"))
				if lost := usergroups.DiffSources(onServer(t, fake), before).Add; err != nil || len(lost) > 0 {
					t.Fatalf("the next change lost %s: %v", spell(lost), err)
				}
			}
		})
	}
}

// TestLearntIsKept: an addition, which shows nothing, does not make the client forget.
func TestLearntIsKept(t *testing.T) {
	t.Parallel()
	fake, client := newSourcesFake(t, usergroupstest.Guesses{}, "u1 u2")
	var got []string
	for _, want := range []string{"u2 u3", "u2 u3 u4", "u3 u4", "u3 u4 r1", "r1"} {
		fake.ResetLog()
		if _, err := client.UserGroups.SetSources(t.Context(), changedGroup, sources(want)); err != nil {
			t.Fatal(err)
		}
		got = append(got, requests(fake))
	}
	if got := strings.Join(got, " "); got != "GLCGPLPL GLCGPL GLCGPL GLCGPL GLCGPL" {
		t.Error(got)
	}
}

// TestRefusalIsTold: what a server that only adds refuses of the difference is the
// reason, and nothing is sent after it.
func TestRefusalIsTold(t *testing.T) {
	t.Parallel()
	fake, client := newSourcesFake(t, usergroupstest.Guesses{Put: usergroupstest.PutMergesNew}, "u1 u2 r1+")
	if _, err := client.UserGroups.AddSources(t.Context(), changedGroup, sources("u3")); err != nil {
		t.Fatal(err)
	}
	fake.ResetLog()
	_, err := client.UserGroups.SetSources(t.Context(), changedGroup, append(sources("u1 u2 u3 r1-"), usergroups.UserSource("999")))
	if checkSentinels(t, err, []string{"ErrBadRequest", "ErrIncomplete"}); requests(fake) != "GLCGp" {
		t.Errorf("requests %s", requests(fake))
	}
}

// TestAddOnlyServers: no document says how the refusal of a source that is there looks.
func TestAddOnlyServers(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		details string
		addOnly bool
	}{
		{`{"api_name":"id","json_path":"$.user_groups[0].source[0].id"}`, true},
		{`{"json_path":"$.user_groups[0].sources"}`, true},
		{`{"api_name":"sources"}`, true},
		{`{}`, false},
		{`{"api_name":"id"}`, false},
		{`{"json_path":"$.user_groups[0].source[1].id"}`, false}, // that one is not there
		{`{"api_name":"name","json_path":"$.user_groups[0].name"}`, false},
		{`{"json_path":"$.user_groups[0].name"}`, false},
		{`{"api_name":"name"}`, false},
	} {
		fake, _ := newSourcesFake(t, usergroupstest.Guesses{Put: usergroupstest.PutMergesNew}, "u1")
		refused := false
		client := newClient(t, roundTripFunc(func(r *http.Request) (*http.Response, error) {
			resp, err := toFake(fake, r)
			if err == nil && r.Method == http.MethodPut && resp.StatusCode == 400 {
				refused = true
				_ = resp.Body.Close()
				return inMemory(400, nil, `{"user_groups":[{"code":"DUPLICATE_DATA","details":`+tt.details+`,"message":"m","status":"error"}]}`)(r)
			}
			return resp, err
		}), usergroups.WithAccessToken("static-token"))
		_, err := client.UserGroups.AddSources(t.Context(), changedGroup, sources("u2"))
		if !refused || tt.addOnly != (err == nil) || tt.addOnly != (spell(onServer(t, fake)) == "u1 u2") {
			t.Errorf("%s: the group is %s: %v", tt.details, spell(onServer(t, fake)), err)
		}
	}
}

// toFake sends a request to a fake, whatever host and token it has.
func toFake(fake *usergroupstest.Server, r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.URL.Scheme, r.URL.Host, r.URL.Path = "http", strings.TrimPrefix(fake.URL, "http://"), strings.TrimPrefix(r.URL.Path, "/gateway")
	r.Header.Set("Authorization", "Zoho-oauthtoken "+fake.IssueToken())
	return http.DefaultTransport.RoundTrip(r)
}

// TestOtherTerritoryKey: a server that reads only the newer name of a territory's flag
// is told by that name, once its list has shown it.
func TestOtherTerritoryKey(t *testing.T) {
	t.Parallel()
	for _, reads := range []bool{true, false} {
		var puts []string
		listed := `{"sources":[{"source":{"id":"9"},"type":"users"}],"info":{"more_records":false}}`
		client := newTokenClient(t, roundTripFunc(func(r *http.Request) (*http.Response, error) {
			switch {
			case r.Method == http.MethodPut:
				var body bytes.Buffer
				_, _ = io.Copy(&body, r.Body)
				puts = append(puts, body.String())
				listed = fmt.Sprintf(`{"sources":[{"source":{"id":"9"},"type":"users"},{"source":{"id":"5"},"type":"territories","sub_territories":%t}],"info":{"more_records":false}}`,
					reads && strings.Contains(body.String(), `"sub_territories":true`))
				return inMemory(200, nil, batchOf(itemDone))(r)
			case strings.HasSuffix(r.URL.Path, "/sources"):
				return inMemory(200, nil, listed)(r)
			case strings.HasSuffix(r.URL.Path, "/sources_count"):
				return inMemory(200, nil, `{"sources_count":[{"users":{"active":1}}]}`)(r)
			}
			return inMemory(200, nil, `{"user_groups":[{"name":"N","id":"`+groupID+`"}]}`)(r)
		}))
		_, err := client.UserGroups.AddSources(t.Context(), groupID, []usergroups.Source{usergroups.TerritorySource("5").WithSubordinates()})
		if reads != (err == nil) || !reads != errors.Is(err, usergroups.ErrIncomplete) || len(puts) != 2 || strings.Contains(puts[0], "sub_territories") {
			t.Errorf("%v, after %q", err, puts)
		}
	}
}

// TestSwitchedServer: in parts, a change relies on what was seen. The first part is
// looked at: a server that has come to replace costs what was in it, no more, and where
// all that is wanted fits into one update, nothing.
func TestSwitchedServer(t *testing.T) {
	t.Parallel()
	for _, put := range []usergroupstest.PutSources{usergroupstest.PutReplaces, usergroupstest.PutReplacesIgnoringDelete} {
		for _, wanted := range []int{150, 701} {
			before, _ := newManyFake(t, 1, 900)
			after, _ := newManyFake(t, 300, 900, usergroupstest.WithGuesses(usergroupstest.Guesses{Put: put}))
			fake := before
			client := newClient(t, roundTripFunc(func(r *http.Request) (*http.Response, error) { return toFake(fake, r) }), usergroups.WithAccessToken("static-token"))
			learnMerges(t, client)
			fake = after
			want := manySources(0, wanted)
			_, err := client.UserGroups.SetSources(t.Context(), changedGroup, want)
			left := usergroups.DiffSources(onServer(t, after), want)
			if wanted == 150 && (err != nil || !left.Empty()) {
				t.Errorf("left %d, %d: %v", len(left.Add), len(left.Remove), err)
			}
			if wanted == 701 && (!errors.Is(err, usergroups.ErrIncomplete) || strings.Count(strings.ToUpper(requests(after)), "P") != 1) {
				t.Errorf("requests %s: %v", requests(after), err)
			}
			_, err = client.UserGroups.SetSources(t.Context(), changedGroup, manySources(100, 201)) // and it has unlearnt
			checkSentinels(t, err, []string{"ErrInvalidArgument"})
		}
	}
}

// TestServerThatDoesNothing takes every update, or every one without _delete, and changes
// nothing: each way is tried once, whatever was learnt, and the difference told, with
// what was refused of it.
func TestServerThatDoesNothing(t *testing.T) {
	t.Parallel()
	for n, learnt := range []bool{false, true, true} {
		refuses, updates := n == 2, []int{2, 2, 1}[n]
		fake, _ := newSourcesFake(t, usergroupstest.Guesses{}, "u1 u2 r1+")
		nothing := false
		puts := 0
		client := newClient(t, roundTripFunc(func(r *http.Request) (*http.Response, error) {
			if r.Method == http.MethodPut && nothing {
				puts++
				if body, _ := io.ReadAll(r.Body); refuses && strings.Contains(string(body), "_delete") {
					return inMemory(400, nil, batchOf(refusedAt("INVALID_DATA", "")))(r)
				}
				return inMemory(200, nil, batchOf(itemDone))(r)
			}
			return toFake(fake, r)
		}), usergroups.WithAccessToken("static-token"))
		if learnt {
			if _, err := client.UserGroups.SetSources(t.Context(), changedGroup, sources("u1 u3 r1+")); err != nil {
				t.Fatal(err)
			}
		}
		nothing = true
		_, err := client.UserGroups.SetSources(t.Context(), changedGroup, sources("u4 r1-"))
		var left *usergroups.SourcesError
		checkSentinels(t, err, map[bool][]string{false: {"ErrIncomplete"}, true: {"ErrIncomplete", "ErrBadRequest"}}[refuses])
		if !errors.As(err, &left) || puts != 2 || left.Updates != updates || len(left.Left.Remove) != 2 || len(left.Left.Change) != 1 {
			t.Errorf("learnt %t: %d updates: %v", learnt, puts, err)
		}
	}
}

// TestExactly200: as many as an update may have, on a server that is known to merge, or
// shows it then.
func TestExactly200(t *testing.T) {
	t.Parallel()
	fake, client := newManyFake(t, 203, 210)
	want := manySources(5, 200)
	_, err := client.UserGroups.SetSources(t.Context(), changedGroup, want)
	if left := usergroups.DiffSources(onServer(t, fake), want); err != nil || !left.Empty() || requests(fake) != "GLLCGPLLPL" {
		t.Errorf("requests %s: %v", requests(fake), err)
	}
	for _, n := range []int{199, 200, 201} {
		fake, client := newManyFake(t, 205, 205)
		learnMerges(t, client)
		fake.ResetLog()
		_, err := client.UserGroups.SetSources(t.Context(), changedGroup, manySources(0, n))
		// Beside 199, there is room for one that is to go. Without room, only those go.
		puts := map[int]int{199: 6, 200: 1, 201: 1}[n]
		if is := onServer(t, fake); err != nil || len(is) != n || strings.Count(requests(fake), "P") != puts {
			t.Errorf("%d: is %d, requests %s: %v", n, len(is), requests(fake), err)
		}
	}
}

// TestTroubledChanges makes changes of which updates are lost, done or not, or refused for
// no reason, on servers whose list lags behind. Nothing that is wanted is lost, and no
// success is told that is none.
func TestTroubledChanges(t *testing.T) {
	t.Parallel()
	duplicate := `{"user_groups":[` + refusedAt(usergroups.CodeDuplicateData, "") + `]}`
	faults := []usergroupstest.Fault{
		{Kind: usergroupstest.FaultReset},
		{Kind: usergroupstest.FaultReset, Applied: true},
		{Status: 403},
		{Status: 400, Body: duplicate},
		{Status: 500, Applied: true},
	}
	for _, rule := range putRules {
		for lag := range 3 {
			t.Run(fmt.Sprintf("%s, %d behind", rule.name, lag), func(t *testing.T) {
				t.Parallel()
				random := rand.New(rand.NewPCG(uint64(lag), 7))
				fake, _ := newSourcesFake(t, usergroupstest.Guesses{Put: rule.put, StaleSources: lag, EmptySources: lag == 1}, "u1")
				var kept []usergroups.Source
				client := newWatchedClient(t, fake, func(r *http.Request) {
					if lost := usergroups.DiffSources(onServer(t, fake), kept).Add; len(lost) > 0 {
						t.Errorf("after %s %s: lost %s", r.Method, r.URL.Path, spell(lost))
					}
				})
				for range 60 {
					kept = nil
					for range lag { // what lagged behind is up to date now
						_, _ = client.UserGroups.ListSources(t.Context(), changedGroup, usergroups.ListSourcesOptions{})
					}
					fault := faults[random.IntN(len(faults))]
					fault.Route, fault.Times, fault.Skip = putRoute, 1+random.IntN(2), random.IntN(3)
					remove := fake.Inject(fault)
					before, want := onServer(t, fake), randomSources(random)
					empties := random.IntN(8) == 0
					var err error
					if empties {
						want = nil
						_, err = client.UserGroups.ClearSources(t.Context(), changedGroup)
					} else {
						kept = slices.DeleteFunc(slices.Clone(before), func(s usergroups.Source) bool { return !slices.ContainsFunc(want, sameSource(s)) })
						_, err = client.UserGroups.SetSources(t.Context(), changedGroup, want)
					}
					remove()
					if left := usergroups.DiffSources(onServer(t, fake), want); err == nil && !left.Empty() {
						t.Fatalf("[%s] of [%s] with %+v: no error, but %s is left", spell(want), spell(before), fault, spellDiff(left))
					}
				}
			})
		}
	}
}

// TestLostEmptyList: also an update with no sources is looked at when its answer is lost.
func TestLostEmptyList(t *testing.T) {
	t.Parallel()
	fake, client := newSourcesFake(t, usergroupstest.Guesses{Put: usergroupstest.PutReplacesRefusingDelete, EmptySources: true}, "u1 u2")
	fake.Inject(usergroupstest.Fault{Route: putRoute, Times: 1, Skip: 1, Kind: usergroupstest.FaultReset, Applied: true})
	done, err := client.UserGroups.ClearSources(t.Context(), changedGroup)
	if err != nil || len(done.After) != 0 || requests(fake) != "GLCGppL" {
		t.Errorf("requests %s, %+v, %v", requests(fake), done, err)
	}
}

// TestOldSourcesAreNotSentAgain: what the group was made of is no probe any more, once
// an update of the same call was accepted; the list does not show it yet.
func TestOldSourcesAreNotSentAgain(t *testing.T) {
	t.Parallel()
	for lag := 1; lag <= 2; lag++ {
		merges, _ := newSourcesFake(t, usergroupstest.Guesses{}, "u1 u2")
		addOnly, _ := newSourcesFake(t, usergroupstest.Guesses{Put: usergroupstest.PutMergesNew, StaleSources: lag}, "u1")
		fake := merges
		client := newClient(t, roundTripFunc(func(r *http.Request) (*http.Response, error) {
			resp, err := toFake(fake, r)
			if err == nil && resp.StatusCode == 400 {
				_ = resp.Body.Close()
				return inMemory(400, nil, `{"user_groups":[{"code":"DUPLICATE_DATA","details":{"api_name":"sources"},"status":"error"}]}`)(r)
			}
			return resp, err
		}), usergroups.WithAccessToken("static-token"))
		if _, err := client.UserGroups.SetSources(t.Context(), changedGroup, sources("u2 u3")); err != nil {
			t.Fatal(err)
		}
		fake = addOnly
		_, err := client.UserGroups.SetSources(t.Context(), changedGroup, sources("u2"))
		if is := spell(onServer(t, addOnly)); is != "u2" || !errors.Is(err, usergroups.ErrIncomplete) {
			t.Errorf("%d behind: the group is %s: %v", lag, is, err)
		}
	}
}

// TestManyAreCleared: in parts, each of which is needed once, and what was learnt stays.
func TestManyAreCleared(t *testing.T) {
	t.Parallel()
	fake, client := newManyFake(t, 700, 900)
	learnMerges(t, client)
	fake.ResetLog()
	if _, err := client.UserGroups.SetSources(t.Context(), changedGroup, manySources(500, 200)); err != nil || requests(fake) != "GLLLLCGPLLLPPL" {
		t.Errorf("requests %s: %v", requests(fake), err)
	}
	if _, err := client.UserGroups.SetSources(t.Context(), changedGroup, manySources(695, 10)); err != nil {
		t.Fatal(err)
	}
	fake.ResetLog()
	if _, err := client.UserGroups.SetSources(t.Context(), changedGroup, manySources(0, 450)); err != nil || requests(fake) != "GLCGPLLPPLLL" {
		t.Errorf("requests %s: %v", requests(fake), err)
	}
}
