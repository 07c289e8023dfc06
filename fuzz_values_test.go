package usergroups_test

import (
	"encoding/json"
	"errors"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/usergroups-go/usergroups"
)

// FuzzSourcesCount holds that a number of users is read from any JSON, or refused,
// alike in a value of its own and in a page, and that it is what it says.
func FuzzSourcesCount(f *testing.F) {
	for _, seed := range []string{
		`2`, `0`, `-0`, `-1`, `999999999`, `1000000000`, `1e3`, `1.5`, `1.00000000000000000001`, `1e-400`, `1.0`, `1e15`, `1e16`, `1e400`, `9223372036854775807`, `123456789012345678901234567890`,
		`"2"`, `""`, `" 2"`, `"0x10"`, `"1_0"`, `"NaN"`, `"Inf"`, `"-1"`, `true`, `null`, `[]`, `[2]`, `{}`,
		`{"inactive":1,"deleted":0,"active":2}`, `{"active":2}`, `{"active":null}`, `{"active":"2"}`, `{"active":-1}`, `{"active":2,"dormant":1}`,
		`{"active":9223372036854775807,"deleted":1}`, `{"users":2,"roles":-1}`, `{"users":{"active":2},"territories":1,"groups":1}`, ` 7`,
	} {
		f.Add(seed)
	}

	f.Fuzz(func(t *testing.T, text string) {
		var count usergroups.UserSourcesCount
		err := json.Unmarshal([]byte(text), &count)
		if err == nil {
			checkUserSourcesCount(t, text, count)
		}
		if bare := strings.TrimSpace(text); json.Valid([]byte(text)) && strings.Trim(bare[:1], "-0123456789") == "" {
			// As precise as a float64, which is what readers of JSON agree on.
			var number float64
			rangeErr := json.Unmarshal([]byte(text), &number)
			sound := rangeErr == nil && number == math.Trunc(number) && number >= 0 && number <= 1e15
			if (err == nil) != sound {
				t.Errorf("%s: error %v", text, err)
			}
			if err == nil && float64(count.Total) != number {
				t.Errorf("%s is %d", text, count.Total)
			}
		}
		if !json.Valid([]byte(text)) {
			return
		}

		// In a page it is the same, or an error of the call.
		for _, object := range []string{`{"users":` + text + `}`, text} {
			client := newTokenClient(t, inMemory(200, nil, `{"user_groups":[{"id":"1","sources_count":`+object+`}]}`))
			page, pageErr := client.UserGroups.List(t.Context(), usergroups.ListUserGroupsOptions{})
			switch {
			case pageErr != nil:
				if e := checkFuzzedError(t, pageErr); !errors.Is(e, usergroups.ErrUnexpectedResponse) {
					t.Errorf("%s: %v", object, pageErr)
				}
			case page.Items[0].SourcesCount != nil:
				checkUserSourcesCount(t, object, page.Items[0].SourcesCount.Users)
			}
			if object == text {
				continue
			}
			if (pageErr == nil) != (err == nil) || pageErr == nil && page.Items[0].SourcesCount.Users != count {
				t.Errorf("%s in a page: %v, alone: %v", text, pageErr, err)
			}
		}
	})
}

func checkUserSourcesCount(t *testing.T, text string, c usergroups.UserSourcesCount) {
	t.Helper()
	if c.Total < 0 || c.Active < 0 || c.Inactive < 0 || c.Deleted < 0 {
		t.Errorf("%s: fewer than none: %+v", text, c)
	}
	if sum := c.Active + c.Inactive + c.Deleted; c.Detailed && sum != c.Total || !c.Detailed && sum != 0 {
		t.Errorf("%s: the parts are not the sum: %+v", text, c)
	}
	written, err := json.Marshal(c)
	var again usergroups.UserSourcesCount
	if err == nil {
		err = json.Unmarshal(written, &again)
	}
	if err != nil || again != c {
		t.Errorf("%s: written as %s and read as %+v: %v", text, written, again, err)
	}
}

// FuzzTimestamp holds that every time in the documented form is read as what it
// says, also with one digit for the hour, and that nothing else than a time is.
func FuzzTimestamp(f *testing.F) {
	for _, seed := range []string{
		"2022-11-21T12:33:12+05:30", "2022-11-23T9:59:12+05:30", "2022-11-24T10:00:00-08:00", "2022-11-23T09:59:12Z",
		"2024-02-29T00:00:00Z", "2023-02-29T00:00:00Z", "2022-11-23T23:59:60Z", "2022-11-23T24:00:00Z", "0000-01-01T00:00:00Z", "9999-12-31T23:59:59-23:59",
		"2022-11-23T09:59:12.123456789Z", "2022-11-23T09:59:12,5Z", "2022-11-23T09:59:12+24:00", "2022-11-23T09:59:12+05:60", "2022-11-23T09:59:12+0530",
		"2022-11-23 09:59:12Z", "2022-11-23T09:59:12", "2022-11-23", "1669197552000", "", " ", "null", "\x00", "T9:59:12", "\"", "\\u0032", "２０22-11-23T09:59:12Z",
	} {
		f.Add(seed)
	}

	f.Fuzz(func(t *testing.T, text string) {
		quoted, err := json.Marshal(text)
		if err != nil {
			t.Fatal(err)
		}
		body := `{"user_groups":[{"id":"1","created_time":` + string(quoted) + `},{"id":"2","created_time":null,"modified_time":` + string(quoted) + `}]}`
		client := newTokenClient(t, inMemory(200, nil, body))
		page, err := client.UserGroups.List(t.Context(), usergroups.ListUserGroupsOptions{})
		want, documented := readTimestamp(text)
		if err != nil {
			if e := checkFuzzedError(t, err); !errors.Is(e, usergroups.ErrUnexpectedResponse) || documented {
				t.Errorf("%q: %v", text, err)
			}
			return
		}
		created, modified := page.Items[0].CreatedTime, page.Items[1].ModifiedTime
		if modified == nil || !modified.Equal(created) || documented && !created.Equal(want) {
			t.Errorf("%q was read as %s and %v, want %s", text, created, modified, want)
		}
		if !anyTimestamp.MatchString(text) || created.Year() < -1 || created.Year() > 10000 {
			t.Errorf("%q was read as %s", text, created)
		}
	})
}

var (
	documentedTimestamp = regexp.MustCompile(`^(\d{4})-(\d\d)-(\d\d)T(\d\d?):(\d\d):(\d\d)(?:Z|([+-])(\d\d):(\d\d))$`)
	// Package time takes fractions too, and a comma before them.
	anyTimestamp = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d?:\d\d:\d\d([.,]\d+)?(Z|[+-]\d\d:\d\d)$`)
)

// readTimestamp reads the documented form number by number.
func readTimestamp(text string) (time.Time, bool) {
	m := documentedTimestamp.FindStringSubmatch(text)
	if m == nil {
		return time.Time{}, false
	}
	n := func(i int) int { v, _ := strconv.Atoi(m[i]); return v }
	offset := n(8)*3600 + n(9)*60
	if m[7] == "-" {
		offset = -offset
	}
	if n(2) < 1 || n(2) > 12 || n(4) > 23 || n(5) > 59 || n(6) > 59 || n(8) > 23 || n(9) > 59 {
		return time.Time{}, false
	}
	at := time.Date(n(1), time.Month(n(2)), n(3), n(4), n(5), n(6), 0, time.FixedZone("", offset))
	return at, at.Day() == n(3) // a thirtieth of February is the first or second of March
}
