package usergroups_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/usergroups-go/usergroups"
	"github.com/usergroups-go/usergroups/usergroupstest"
)

// manySources are n users, the first of them User 1.
func manySources(first, n int) []usergroups.Source {
	all := make([]usergroups.Source, n)
	for i := range all {
		all[i] = usergroups.UserSource(fmt.Sprintf("5550000000002%04d", first+i))
	}
	return all
}

// newManyFake has a group of that many sources, of more users, and the group g1 of one.
func newManyFake(t *testing.T, sourcesOfGroup, users int, opts ...usergroupstest.Option) (*usergroupstest.Server, *usergroups.Client) {
	t.Helper()
	org := sourcesOrg(manySources(0, sourcesOfGroup)...)
	for _, s := range manySources(0, users) {
		org.Users = append(org.Users, usergroupstest.User{ID: s.ID, Name: "User " + s.ID})
	}
	org.Groups[0].Sources = []usergroupstest.Source{seeded(sources("u1")[0])}
	fake := usergroupstest.NewServer(append(opts, usergroupstest.WithOrg(org))...)
	t.Cleanup(fake.Close)
	return fake, mustClient(t, usergroups.WithBaseURL(fake.URL), usergroups.WithAccessToken(fake.IssueToken()))
}

// learnMerges lets the client see on the group g1 that updates merge.
func learnMerges(t *testing.T, client *usergroups.Client) {
	t.Helper()
	if _, err := client.UserGroups.SetSources(t.Context(), sourceID('g', 1), sources("u2")); err != nil {
		t.Fatal(err)
	}
}

// TestManySources: an update has 200 sources at most. More go in parts where the client
// has seen that updates merge, and not at all where it has not.
func TestManySources(t *testing.T) {
	t.Parallel()
	for _, rule := range putRules {
		t.Run(rule.name, func(t *testing.T) {
			t.Parallel()
			fake, client := newManyFake(t, 250, 900, usergroupstest.WithGuesses(usergroupstest.Guesses{Put: rule.put}))
			ctx, groups := t.Context(), client.UserGroups

			want := manySources(100, 700)
			_, err := groups.SetSources(ctx, changedGroup, want)
			checkSentinels(t, err, []string{"ErrInvalidArgument"})
			if strings.ContainsAny(requests(fake), "Pp") {
				t.Errorf("requests %s", requests(fake))
			}
			// The client learns on another group.
			if _, err := groups.SetSources(ctx, sourceID('g', 1), sources("u2")); err != nil {
				t.Fatal(err)
			}
			fake.ResetLog()
			_, err = groups.SetSources(ctx, changedGroup, want)
			if rule.put != usergroupstest.PutMerges && rule.put != usergroupstest.PutMergesNew {
				checkSentinels(t, err, []string{"ErrInvalidArgument"})
				if len(onServer(t, fake)) != 250 {
					t.Error("something was written")
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if left := usergroups.DiffSources(onServer(t, fake), want); !left.Empty() {
				t.Errorf("left %d, %d", len(left.Add), len(left.Remove))
			}
			if got := requests(fake); got != "GLLCGPLLLPPPLLLL" { // 550 to come in, 100 to go
				t.Errorf("requests %s", got)
			}
			for _, r := range fake.Requests() {
				if n := strings.Count(string(r.Body), `"type"`); n > 200 {
					t.Errorf("an update has %d sources", n)
				}
			}
		})
	}
	t.Run("refused", func(t *testing.T) {
		t.Parallel()
		fake, client := newManyFake(t, 201, 900)
		learnMerges(t, client)
		fake.Inject(usergroupstest.Fault{Route: putRoute, Skip: 1, Times: 1, Status: 400, Body: `{"user_groups":[{"code":"INVALID_DATA","status":"error"}]}`})
		_, err := client.UserGroups.SetSources(t.Context(), changedGroup, slices.Concat(manySources(0, 900), sources("r1+")))
		var incomplete *usergroups.SourcesError
		checkSentinels(t, err, []string{"ErrBadRequest", "ErrIncomplete"})
		if errors.As(err, &incomplete); len(incomplete.Now) != 401 || len(onServer(t, fake)) != 401 || len(incomplete.Left.Add) != 500 {
			t.Errorf("%d sources, %d missing", len(incomplete.Now), len(incomplete.Left.Add))
		}
	})
	t.Run("flags", func(t *testing.T) {
		t.Parallel()
		fake, client := newManyFake(t, 201, 201)
		learnMerges(t, client)
		for _, flag := range []string{"r1+", "r1-"} {
			_, err := client.UserGroups.AddSources(t.Context(), changedGroup, sources(flag))
			if is := onServer(t, fake); err != nil || is[201].IncludesSubordinates() != (flag == "r1+") {
				t.Errorf("%s: %v, %v", flag, is[201], err)
			}
		}
	})
	// As many as there may be, and others to go: all that is wanted is in each part.
	t.Run("no room", func(t *testing.T) {
		t.Parallel()
		for _, n := range []int{199, 200} {
			fake, client := newManyFake(t, 203, 210)
			_, err := client.UserGroups.SetSources(t.Context(), changedGroup, manySources(0, n))
			is := onServer(t, fake)
			if n == 199 && (err != nil || len(is) != 199 || requests(fake) != "GLLCGPLLPLLPLLPLPL") {
				t.Errorf("%d sources, requests %s, error %v", len(is), requests(fake), err)
			}
			if n == 200 && (!errors.Is(err, usergroups.ErrIncomplete) || len(is) != 203 || requests(fake) != "GLLCGPLL" || !strings.Contains(err.Error(), "no room")) {
				t.Errorf("%d sources, requests %s, error %v", len(is), requests(fake), err)
			}
		}
	})
}
