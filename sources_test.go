package usergroups_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"testing"

	"github.com/usergroups-go/usergroups"
)

func TestUserSourcesCountForms(t *testing.T) {
	t.Parallel()
	tests := []struct {
		json string
		want usergroups.UserSourcesCount
		fail bool
	}{
		{json: "0"},
		{json: "7", want: usergroups.UserSourcesCount{Total: 7}},
		{json: "123456789", want: usergroups.UserSourcesCount{Total: 123456789}},
		{json: "null"},
		{json: "{}", want: usergroups.UserSourcesCount{Detailed: true}},
		{json: `{"active":1,"inactive":2,"deleted":4}`, want: usergroups.UserSourcesCount{Total: 7, Active: 1, Inactive: 2, Deleted: 4, Detailed: true}},
		{json: `{"active":null}`, want: usergroups.UserSourcesCount{Detailed: true}},
		{json: `"7"`, want: usergroups.UserSourcesCount{Total: 7}},
		{json: "7.0", want: usergroups.UserSourcesCount{Total: 7}},
		{json: "1e2", want: usergroups.UserSourcesCount{Total: 100}},
		{json: "12345678901", want: usergroups.UserSourcesCount{Total: 12345678901}},
		{json: "1e300", fail: true},
		{json: `"many"`, fail: true},
		{json: `"NaN"`, fail: true},
		{json: `-1`, fail: true},
		{json: `1.5`, fail: true},
		{json: `true`, fail: true},
		{json: `[]`, fail: true},
		{json: `{"active":"x"}`, fail: true},
		{json: `{"active":-1}`, fail: true},
		{json: `{"active":9223372036854775807,"deleted":1}`, fail: true}, // the sum overflows
	}
	for _, tt := range tests {
		t.Run(tt.json, func(t *testing.T) {
			t.Parallel()
			mock := newMock(t)
			mock.RegisterResponder(http.MethodGet, apiBase+"/settings/user_groups",
				jsonResponder(200, `{"user_groups":[{"id":"1","sources_count":{"users":`+tt.json+`}}]}`))
			page, err := newTokenClient(t, mock).UserGroups.List(t.Context(), usergroups.ListUserGroupsOptions{})
			if tt.fail {
				if !errors.Is(err, usergroups.ErrUnexpectedResponse) {
					t.Errorf("error %v, want ErrUnexpectedResponse", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			got := page.Items[0].SourcesCount.Users
			if got != tt.want {
				t.Errorf("got %+v, want %+v", got, tt.want)
			}
			var again usergroups.UserSourcesCount
			if text, err := json.Marshal(got); err != nil || json.Unmarshal(text, &again) != nil || again != got {
				t.Errorf("%+v is written as %s and read again as %+v", got, text, again)
			}
		})
	}
}
