package usergroups_test

import (
	"errors"
	"testing"

	"github.com/usergroups-go/usergroups"
)

// FuzzBatchAnswer holds that whatever a batch is answered with, there is a result or an
// error for each of its items, and no success without the id of what was written.
func FuzzBatchAnswer(f *testing.F) {
	statuses := []int{200, 207, 400}
	eachFixture(f, "user_groups_*", func(_, body string) { f.Add(uint8(0), uint8(2), body) })
	eachFixture(f, "error_*", func(_, body string) { f.Add(uint8(2), uint8(1), body) })
	f.Add(uint8(1), uint8(3), `{"user_groups":[{"status":"error","code":"X","details":{"json_path":"$.user_groups[2].name"}},null]}`)
	f.Add(uint8(1), uint8(3), `{"user_groups":[{"status":"error","code":"X","details":{"json_path":"$.user_groups[-1].name"}},1]}`)

	f.Fuzz(func(t *testing.T, status, n uint8, body string) {
		updates := make([]usergroups.UserGroupUpdate, n%5+1)
		for i := range updates {
			updates[i] = usergroups.UserGroupUpdate{ID: string(rune('a' + i)), UpdateUserGroup: anUpdate}
		}
		client := newTokenClient(t, inMemory(statuses[int(status)%len(statuses)], nil, body))
		results, err := client.UserGroups.UpdateMany(t.Context(), updates)

		var failed *usergroups.ActionsError
		if err != nil && !errors.As(err, &failed) {
			if _ = checkFuzzedError(t, err); results != nil {
				t.Errorf("results %v beside %v", results, err)
			}
			return
		}
		if len(results) != len(updates) || failed != nil && len(failed.Errors) != len(updates) {
			t.Fatalf("%d updates, %d results, error %v", len(updates), len(results), err)
		}
		wrong := 0
		for i, result := range results {
			switch {
			case failed != nil && failed.Errors[i] != nil:
				wrong++
				_ = checkFuzzedError(t, failed.Errors[i])
			case result.ID == "":
				t.Errorf("item %d: %+v is a success", i, result)
			}
		}
		if (wrong == 0) != (err == nil) || failed != nil && len(failed.Unwrap()) != wrong {
			t.Errorf("%d items are wrong: %v", wrong, err)
		}
	})
}
