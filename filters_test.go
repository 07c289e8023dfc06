package usergroups_test

import (
	"encoding/json"
	"errors"
	"math"
	"net/http"
	"testing"

	"github.com/jarcoal/httpmock"

	"github.com/usergroups-go/usergroups"
)

// sendFilters returns what arrives at the server: the decoded parameter and the
// raw query.
func sendFilters(t *testing.T, c usergroups.Criteria) (filters, rawQuery string, err error) {
	t.Helper()
	mock := newMock(t)
	mock.RegisterResponder(http.MethodGet, apiBase+"/settings/user_groups", func(r *http.Request) (*http.Response, error) {
		filters, rawQuery = r.URL.Query().Get("filters"), r.URL.RawQuery
		return httpmock.NewStringResponse(204, ""), nil
	})
	_, err = newTokenClient(t, mock).UserGroups.List(t.Context(), usergroups.ListUserGroupsOptions{Filters: c})
	return filters, rawQuery, err
}

func TestCriteria(t *testing.T) {
	t.Parallel()
	a, b, c := usergroups.Equal("name", "a"), usergroups.StartsWith("name", "b"), usergroups.Contains("description", "c")
	const (
		aj = `{"field":{"api_name":"name"},"comparator":"equal","value":"a"}`
		bj = `{"field":{"api_name":"name"},"comparator":"starts_with","value":"b"}`
		cj = `{"field":{"api_name":"description"},"comparator":"contains","value":"c"}`
	)
	tests := []struct {
		name string
		c    usergroups.Criteria
		want string
	}{
		{"none", usergroups.Criteria{}, ""},
		{"equal", a, aj},
		{"starts with", b, bj},
		{"contains", c, cj},
		{"compare", usergroups.Compare("size", "between", []int{1, 2}), `{"field":{"api_name":"size"},"comparator":"between","value":[1,2]}`},
		{"value that encodes itself", usergroups.Equal("name", json.RawMessage(`"\ufffd"`)), `{"field":{"api_name":"name"},"comparator":"equal","value":"\ufffd"}`},
		{"upper case", usergroups.Compare("name", "EQUAL", "A"), `{"field":{"api_name":"name"},"comparator":"equal","value":"A"}`},
		{"nil", usergroups.Equal("name", nil), `{"field":{"api_name":"name"},"comparator":"equal","value":null}`},
		{"and", usergroups.And(a, b), `{"group_operator":"and","group":[` + aj + `,` + bj + `]}`},
		{"or", usergroups.Or(a, b, c), `{"group_operator":"or","group":[` + aj + `,` + bj + `,` + cj + `]}`},
		{
			"nested", usergroups.And(usergroups.Or(a, b), c),
			`{"group_operator":"and","group":[{"group_operator":"or","group":[` + aj + `,` + bj + `]},` + cj + `]}`,
		},
		{"and of one", usergroups.And(a), aj},
		{"or of one", usergroups.Or(a), aj},
		{"and of none", usergroups.And(), ""},
		{"and with none", usergroups.And(usergroups.Criteria{}, a), aj},
		{"raw", usergroups.RawCriteria(` { "x" : [ 1, "a b" ] } `), `{"x":[1,"a b"]}`},
		{"raw inside", usergroups.And(a, usergroups.RawCriteria(`{"x":"<&>"}`)), `{"group_operator":"and","group":[` + aj + `,{"x":"<&>"}]}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, _, err := sendFilters(t, tt.c)
			if err != nil || got != tt.want {
				t.Errorf("got  %s\nwant %s\nerror %v", got, tt.want, err)
			}
			if tt.c.IsZero() != (tt.want == "") {
				t.Errorf("IsZero() = %t", tt.c.IsZero())
			}
		})
	}
}

// TestCriteriaValuesArriveWhole sends what breaks clients that concatenate.
func TestCriteriaValuesArriveWhole(t *testing.T) {
	t.Parallel()
	values := []string{
		"R&D", `say "hi"`, `back\slash`, "a+b", "a b", "100%", "%20", "#1", "a=b;c", "a,b", "<b>", "tab\there", "line\nbreak", "\x00\x1f\x7f",
		"Müller", "東京", "😀", "\u2028", "'", "{}", "[", "", "\uFFFD", `\ufffd`, `\\ufffd`,
	}
	for _, value := range values {
		got, raw, err := sendFilters(t, usergroups.Equal("name", value))
		if err != nil {
			t.Errorf("%q: %v", value, err)
			continue
		}
		var decoded struct{ Value string }
		if err := json.Unmarshal([]byte(got), &decoded); err != nil || decoded.Value != value {
			t.Errorf("%q arrived as %q (%v)", value, decoded.Value, err)
		}
		for _, c := range []byte(raw) {
			if c == '+' || c == ' ' || c == '#' || c == '"' || c == '&' || c >= 0x7f {
				t.Errorf("%q: raw query has %q: %s", value, c, raw)
				break
			}
		}
	}
}

func TestCriteriaRefused(t *testing.T) {
	t.Parallel()
	good := usergroups.Equal("name", "a")
	tests := map[string]usergroups.Criteria{
		"no field":               usergroups.Equal("", "a"),
		"no comparator":          usergroups.Compare("name", "", "a"),
		"or of none":             usergroups.Or(),
		"or of one that is none": usergroups.Or(usergroups.Criteria{}),
		"or with none":           usergroups.Or(good, usergroups.Criteria{}),
		"raw that is no JSON":    usergroups.RawCriteria("{"),
		"raw that is empty":      usergroups.RawCriteria(""),
		"raw not in UTF-8":       usergroups.RawCriteria("{\"a\":\"\xff\"}"),
		"raw that is no object":  usergroups.RawCriteria("null"),
		"value not in UTF-8":     usergroups.Equal("name", "\xff"),
		"value of another type":  usergroups.Equal("name", usergroups.Op("\xff")),
		"values not in UTF-8":    usergroups.Equal("name", []string{"a", "\xff"}),
		"field not in UTF-8":     usergroups.Equal("\xff", "a"),
		"comparator not UTF-8":   usergroups.Compare("name", "\xff", "a"),
		"value that is a func":   usergroups.Equal("name", func() {}),
		"value NaN":              usergroups.Equal("name", math.NaN()),
		"deep inside":            usergroups.And(good, usergroups.Or(good, usergroups.Equal("", 1))),
	}
	for name, criteria := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, _, err := sendFilters(t, criteria); !errors.Is(err, usergroups.ErrInvalidArgument) {
				t.Errorf("error %v, want ErrInvalidArgument", err)
			}
		})
	}
}

func TestCriteriaDoNotShareMemory(t *testing.T) {
	t.Parallel()
	members := []usergroups.Criteria{usergroups.Equal("name", "a"), usergroups.Equal("name", "b")}
	criteria := usergroups.Or(members...)
	members[0] = usergroups.Equal("name", "changed")
	// On v6 the field is sent under another name, and stays what it is here.
	mock := newMock(t)
	mock.RegisterResponder(http.MethodGet, base+"/crm/v6/settings/user_groups/actions/associated_users_count", httpmock.NewStringResponder(204, ""))
	v6 := newTokenClient(t, mock, usergroups.WithAPIVersion("v6"))
	if _, err := v6.UserGroups.ListAssociatedUsersCounts(t.Context(), usergroups.ListAssociatedUsersCountsOptions{Filters: criteria}); err != nil {
		t.Fatal(err)
	}
	got, _, err := sendFilters(t, criteria)
	if err != nil || got != `{"group_operator":"or","group":[{"field":{"api_name":"name"},"comparator":"equal","value":"a"},{"field":{"api_name":"name"},"comparator":"equal","value":"b"}]}` {
		t.Errorf("%s, %v", got, err)
	}
}
