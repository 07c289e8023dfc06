package tulip_test

import (
	"encoding/json"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/usergroups-go/usergroups/tulip"
)

// FuzzNumber holds that a number of items and one of users are read alike from any
// JSON, as what they say, or refused: never rounded, negative or wrapped around.
func FuzzNumber(f *testing.F) {
	for _, seed := range []string{
		`2`, `0`, `-0`, `-0.0`, `-1`, `999999999`, `1000000000`, `1e3`, `1e1`, `10.0`, `1.5`, `1.00000000000000000001`, `1e-400`, `1e15`, `1000000000000001`, `1e16`, `1e400`,
		`9223372036854775807`, `9223372036854775808`, `18446744073709551617`, `123456789012345678901234567890`,
		`"2"`, `""`, `" 2"`, `"0x10"`, `"1_0"`, `"NaN"`, `"Inf"`, `"-1"`, `"1e400"`, `true`, `null`, `[]`, `[2]`, `{}`, ` 7`, `01`, `+1`, `1.`, `.5`, `"10"`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if !json.Valid([]byte(text)) {
			return
		}
		page, err := newClient(t, inMemory(200, nil, `{"items":[],"count":`+text+`}`)).Users.List(t.Context(), tulip.ListUsersOptions{})
		group, groupErr := newClient(t, inMemory(200, nil, `{"id":"1","assignedUsersCount":`+text+`}`)).UserGroups.Get(t.Context(), "1")
		for _, err := range []error{err, groupErr} {
			if err != nil && !errors.Is(checkFuzzedError(t, err), tulip.ErrUnexpectedResponse) {
				t.Errorf("%s: %v", text, err)
			}
		}
		if (err == nil) != (groupErr == nil) {
			t.Fatalf("%s: as count %v, of a group %v", text, err, groupErr)
		}
		bare := strings.Trim(strings.TrimSpace(text), `"`)
		var number float64 // as precise as what readers of JSON agree on
		isNumber := json.Unmarshal([]byte(bare), &number) == nil && strings.Trim(bare[:1], "-0123456789") == ""
		if err == nil {
			count, users := page.Info.Count, group.AssignedUsersCount
			if (count == nil) != (users == nil) || count != nil && *count != *users || (count == nil) != (strings.TrimSpace(text) == "null") {
				t.Fatalf("%s: as count %v, of a group %v", text, count, users)
			}
			if count != nil && (*count < 0 || isNumber && float64(*count) != number) {
				t.Errorf("%s is %d", text, *count)
			}
		}
		if plain := strings.TrimSpace(text); isNumber && bare == plain {
			if sound := number == math.Trunc(number) && number >= 0 && number <= 1e15; (err == nil) != sound {
				t.Errorf("%s: error %v", text, err)
			}
		}
	})
}
