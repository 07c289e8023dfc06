package usergroups_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/usergroups-go/usergroups"
)

// threeUpdates are of three groups, for answers about each.
func threeUpdates() []usergroups.UserGroupUpdate {
	updates := []usergroups.UserGroupUpdate{{ID: groupID}, {ID: "3652397000009952001"}, {ID: "3652397000009952002"}}
	for i := range updates {
		updates[i].UpdateUserGroup = anUpdate
	}
	return updates
}

// Answers about one item.
const (
	itemDone      = `{"code":"SUCCESS","details":{"id":"1"},"message":"m","status":"success"}`
	itemDuplicate = `{"code":"DUPLICATE_DATA","details":{"api_name":"name","json_path":"$.user_groups[1].name"},"message":"m","status":"error"}`
)

// refusedAt is an answer about the item that its json_path names.
func refusedAt(code, jsonPath string) string {
	return fmt.Sprintf(`{"code":%q,"details":{"json_path":%q},"message":"m","status":"error"}`, code, jsonPath)
}

// TestBatchAnswers: of three updates, what each has become. Nothing is told by the
// status of the whole.
func TestBatchAnswers(t *testing.T) {
	t.Parallel()
	unknown := []string{"ErrUnexpectedResponse", "ErrOutcomeUnknown"}
	none := [3][]string{}
	tests := []struct {
		name   string
		body   string
		want   [3][]string // the sentinels of each item
		codes  string      // of the results
		status []int       // 200, 207 and 400 without any
	}{
		{name: "all done", body: batchOf(itemDone, itemDone, itemDone), want: none, codes: "SUCCESS SUCCESS SUCCESS"},
		{
			name: "mixed", body: fixture(t, "zoho/user_groups_update_many_mixed.json"),
			want:  [3][]string{nil, {"ErrDuplicate"}, {"ErrBadRequest"}},
			codes: "SUCCESS DUPLICATE_DATA INVALID_DATA",
		},
		{
			name: "in another order",
			body: batchOf(itemDone, strings.Replace(itemDone, `"1"`, `"3652397000009952002"`, 1), strings.Replace(itemDone, `"1"`, `"`+groupID+`"`, 1)),
			want: [3][]string{nil, unknown, nil}, codes: "SUCCESS  SUCCESS",
		},
		{
			name: "refusals in another order", body: batchOf(refusedAt("NOT_ALLOWED", "$.user_groups[2].name"), refusedAt("INVALID_DATA", "$.user_groups[0].name"), itemDuplicate),
			want:  [3][]string{{"ErrBadRequest"}, {"ErrDuplicate"}, {"ErrBadRequest"}},
			codes: "INVALID_DATA DUPLICATE_DATA NOT_ALLOWED",
		},
		{
			name: "all about the second", body: batchOf(itemDuplicate, itemDuplicate, itemDuplicate),
			want: [3][]string{unknown, {"ErrDuplicate"}, unknown}, codes: " DUPLICATE_DATA ",
		},
		{
			name: "fewer, with a success that says which", body: batchOf(strings.Replace(itemDone, `"1"`, `"3652397000009952002"`, 1), itemDuplicate),
			want: [3][]string{unknown, {"ErrDuplicate"}, nil}, codes: " DUPLICATE_DATA SUCCESS",
		},
		{
			name: "a success, and a refusal of the rest", body: batchOf(strings.Replace(itemDone, `"1"`, `"`+groupID+`"`, 1), refusedAt("LIMIT_REACHED", "")),
			want: [3][]string{nil, {"ErrBadRequest"}, {"ErrBadRequest"}}, codes: "SUCCESS  ",
		},
		{
			name: "only the refused ones, in another order", body: fixture(t, "zoho/user_groups_update_many_refusals_only.json"),
			want:  [3][]string{unknown, {"ErrDuplicate"}, {"ErrBadRequest"}},
			codes: " DUPLICATE_DATA INVALID_DATA",
		},
		{
			name: "one for three, that is about the second", body: batchOf(itemDuplicate),
			want:  [3][]string{unknown, {"ErrDuplicate"}, unknown},
			codes: " DUPLICATE_DATA ",
		},
		{
			name: "one for three, that says not which", body: batchOf(itemDone),
			want:  [3][]string{unknown, unknown, unknown},
			codes: "  ",
		},
		{
			name: "one for three, about an item that was not sent", body: batchOf(refusedAt("INVALID_DATA", "$.user_groups[3].name")),
			want:  [3][]string{unknown, unknown, unknown},
			codes: "  ",
		},
		{
			name: "other refusals, with no index", body: batchOf(refusedAt("INVALID_DATA", "$.user_groups[].name"), refusedAt("INVALID_DATA", "$.user_groups[1"), refusedAt("INVALID_DATA", "$.user_groups[-1].name"), refusedAt("INVALID_DATA", "")),
			want:  [3][]string{{"ErrBadRequest"}, {"ErrBadRequest"}, {"ErrBadRequest"}},
			codes: "  ",
		},
		{
			name: "two for three, one of them a success", body: batchOf(`{"code":"SUCCESS","details":{"id":"1","json_path":"$.user_groups[0]"},"status":"success"}`, itemDuplicate),
			want:  [3][]string{nil, {"ErrDuplicate"}, unknown},
			codes: "SUCCESS DUPLICATE_DATA ",
		},
		{
			name: "by id before by path",
			body: batchOf(refusedAt("INVALID_DATA", "$.user_groups[0].name"), strings.Replace(itemDone, `"1"`, `"`+groupID+`"`, 1), `{"code":"NOT_ALLOWED","details":{"id":"3652397000009952002"},"status":"error"}`),
			want: [3][]string{nil, unknown, {"ErrBadRequest"}}, codes: "SUCCESS  NOT_ALLOWED",
		},
		{
			name: "more than were sent", body: batchOf(itemDone, itemDone, itemDone, itemDuplicate),
			want:  [3][]string{unknown, {"ErrDuplicate"}, unknown},
			codes: " DUPLICATE_DATA ",
		},
		{
			name: "results without an id or a known status", body: batchOf(`{"status":"success","code":"SUCCESS","details":{}}`, `{"status":"queued","code":"SUCCESS","details":{"id":"1"}}`, `{"status":"success","code":"SUCCESS","details":null}`),
			want:  [3][]string{unknown, unknown, unknown},
			codes: "SUCCESS SUCCESS SUCCESS",
		},
		{
			name: "no results at all in their places", body: batchOf(`null`, `"SUCCESS"`, `[]`),
			want:  [3][]string{unknown, unknown, unknown},
			codes: "  ",
		},
		{
			name: "the code of an item stands for its status", body: batchOf(refusedAt("NO_PERMISSION", ""), refusedAt("INTERNAL_ERROR", ""), refusedAt("TOO_MANY_REQUESTS", "")),
			want:  [3][]string{{"ErrForbidden"}, {"ErrUnavailable", "ErrOutcomeUnknown"}, {"ErrRateLimited"}},
			codes: "NO_PERMISSION INTERNAL_ERROR TOO_MANY_REQUESTS",
		},
		{
			name: "codes in capitals, keys in others", body: batchOf(`{"Code":"SUCCESS","Details":{"id":"1"},"Status":"SUCCESS"}`, `{"code":"X","status":"ERROR"}`, itemDone),
			want:  [3][]string{nil, {"ErrBadRequest"}, nil},
			codes: "SUCCESS X SUCCESS",
		},
	}
	for _, tt := range tests {
		for _, status := range []int{200, 207, 400} {
			t.Run(fmt.Sprintf("%s %d", tt.name, status), func(t *testing.T) {
				t.Parallel()
				client := newTokenClient(t, inMemory(status, nil, tt.body))
				results, err := client.UserGroups.UpdateMany(t.Context(), threeUpdates())
				var codes []string
				for _, result := range results {
					codes = append(codes, result.Code)
				}
				if got := strings.Join(codes, " "); len(results) != 3 || got != tt.codes {
					t.Errorf("%d results with the codes %q, want %q", len(results), got, tt.codes)
				}
				if slices.EqualFunc(tt.want[:], none[:], slices.Equal[[]string]) {
					if err != nil {
						t.Error(err)
					}
					return
				}
				failed, ok := err.(*usergroups.ActionsError) //nolint:errorlint // always a pointer, and never wrapped
				if !ok || len(failed.Errors) != 3 || failed.Op != usergroups.OpUserGroupsUpdateMany {
					t.Fatalf("%T: %v, want an ActionsError of three items", err, err)
				}
				for i, e := range failed.Errors {
					if (e == nil) != (tt.want[i] == nil) {
						t.Errorf("item %d: %v, want %q", i, e, tt.want[i])
					}
					if e == nil {
						continue
					}
					checkSentinels(t, e, tt.want[i])
					if e.StatusCode != status || e.Attempts != 1 || e.Method != http.MethodPut || e.Op != failed.Op || !errors.Is(err, e) {
						t.Errorf("item %d: %#v", i, e)
					}
				}
			})
		}
	}
}

// batchOf is an answer with these results.
func batchOf(items ...string) string { return `{"user_groups":[` + strings.Join(items, ",") + `]}` }

// TestBatchFails: without any result, the call as a whole has failed.
func TestBatchFails(t *testing.T) {
	t.Parallel()
	tests := []struct {
		status int
		body   string
		want   []string
		code   string
	}{
		{400, `{"code":"INVALID_DATA","details":{"json_path":"$.user_groups[1].name"},"status":"error"}`, []string{"ErrBadRequest"}, "INVALID_DATA"},
		{400, `{"code":"INVALID_DATA","details":{},"status":"error","user_groups":[` + itemDone + `,` + itemDone + `,` + itemDone + `]}`, []string{"ErrBadRequest"}, "INVALID_DATA"},
		{400, batchOf(refusedAt("LIMIT_REACHED", "")), []string{"ErrBadRequest"}, "LIMIT_REACHED"},
		{207, batchOf(refusedAt("NO_PERMISSION", "")), []string{"ErrForbidden"}, "NO_PERMISSION"},
		{400, `{"user_groups":` + refusedAt("INVALID_DATA", "") + `}`, []string{"ErrBadRequest"}, "INVALID_DATA"},
		{200, `{"user_groups":` + refusedAt("INVALID_DATA", "") + `}`, []string{"ErrBadRequest"}, "INVALID_DATA"},
		{400, `{"data":[` + refusedAt("INVALID_DATA", "") + `]}`, []string{"ErrBadRequest"}, "INVALID_DATA"},
		{400, `{}`, []string{"ErrBadRequest"}, ""},
		{400, `{"user_groups":[]}`, []string{"ErrBadRequest"}, ""},
		{400, `<html>`, []string{"ErrBadRequest"}, ""},
		{200, `{"code":"INVALID_REQUEST_METHOD","details":{},"status":"error"}`, []string{"ErrBadRequest"}, "INVALID_REQUEST_METHOD"},
		{200, `{"user_groups":[]}`, []string{"ErrUnexpectedResponse", "ErrOutcomeUnknown"}, ""},
		{200, `{"user_groups":{}}`, []string{"ErrUnexpectedResponse", "ErrOutcomeUnknown"}, ""},
		{207, `<html>`, []string{"ErrUnexpectedResponse", "ErrOutcomeUnknown"}, ""},
		{403, batchOf(itemDone, itemDone, itemDone), []string{"ErrForbidden"}, ""}, // results under no other status
		{404, batchOf(itemDuplicate), []string{"ErrNotFound"}, "DUPLICATE_DATA"},
		{302, batchOf(itemDone, itemDone, itemDone), []string{"ErrUnexpectedResponse", "ErrOutcomeUnknown"}, ""},
		{500, batchOf(itemDone, itemDone, itemDone), []string{"ErrUnavailable", "ErrOutcomeUnknown"}, ""},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprintf("%d %.30s", tt.status, tt.body), func(t *testing.T) {
			t.Parallel()
			client := newTokenClient(t, inMemory(tt.status, nil, tt.body))
			results, err := client.UserGroups.UpdateMany(t.Context(), threeUpdates())
			e, ok := err.(*usergroups.Error) //nolint:errorlint // always a pointer, and never wrapped
			if !ok || results != nil {
				t.Fatalf("results %v, error %T: %v, want an Error alone", results, err, err)
			}
			checkSentinels(t, e, tt.want)
			if e.Code != tt.code || e.StatusCode != tt.status || string(e.Body) != tt.body {
				t.Errorf("error %#v", e)
			}
		})
	}
}

// TestActionsError: the error of many is as good as each of theirs.
func TestActionsError(t *testing.T) {
	t.Parallel()
	body := fixture(t, "zoho/user_groups_update_many_mixed.json")
	results, err := newTokenClient(t, inMemory(207, nil, body)).UserGroups.UpdateMany(t.Context(), threeUpdates())
	want := []usergroups.ActionResult{
		{
			ID: groupID, Code: "SUCCESS", Message: "User Group Updated successfully", Status: "success",
			Details: usergroups.Details{"id": json.RawMessage(`"3652397000009949005"`)},
		},
		{
			Code: "DUPLICATE_DATA", Message: "A user group with the same name already exists.", Status: "error",
			Details: usergroups.Details{"api_name": json.RawMessage(`"name"`), "json_path": json.RawMessage(`"$.user_groups[1].name"`)},
		},
		{
			Code: "INVALID_DATA", Message: "The User Id given seems to be Invalid", Status: "error",
			Details: usergroups.Details{"api_name": json.RawMessage(`"id"`), "json_path": json.RawMessage(`"$.user_groups[2].source[0].id"`)},
		},
	}
	if diff := cmp.Diff(want, results); diff != "" {
		t.Errorf("results -want +got:\n%s", diff)
	}
	var failed *usergroups.ActionsError
	if !errors.As(err, &failed) {
		t.Fatal(err)
	}
	for sentinel, is := range map[error]bool{
		usergroups.ErrDuplicate: true, usergroups.ErrBadRequest: true,
		usergroups.ErrNotFound: false, usergroups.ErrOutcomeUnknown: false, usergroups.ErrUnexpectedResponse: false,
	} {
		if errors.Is(err, sentinel) != is {
			t.Errorf("errors.Is(err, %v) is not %t", sentinel, is)
		}
	}
	var first *usergroups.Error
	if !errors.As(err, &first) || first != failed.Errors[1] || first.Details.JSONPath() != "$.user_groups[1].name" {
		t.Errorf("errors.As finds %v", first)
	}
	if all := failed.Unwrap(); !slices.Equal(all, []error{failed.Errors[1], failed.Errors[2]}) {
		t.Errorf("unwrapped %v", all)
	}
	for i := range 2 { // the answer of each alone
		var item map[string]any
		if err := json.Unmarshal(failed.Errors[i+1].Body, &item); err != nil || item["code"] != failed.Errors[i+1].Code {
			t.Errorf("the body of item %d is %s", i+1, failed.Errors[i+1].Body)
		}
	}
	const text = "usergroups: UserGroups.UpdateMany: 2 of 3 items failed: " +
		"item 1: 207 Multi-Status DUPLICATE_DATA: A user group with the same name already exists. [at $.user_groups[1].name] (PUT " + apiBase + "/settings/user_groups); " +
		"item 2: 207 Multi-Status INVALID_DATA: The User Id given seems to be Invalid [at $.user_groups[2].source[0].id] (PUT " + apiBase + "/settings/user_groups)"
	if err.Error() != text {
		t.Errorf("text\n%s\nwant\n%s", err, text)
	}
}

// TestActionsErrorAttempts: the errors of the items know of the attempts before the
// one that was answered.
func TestActionsErrorAttempts(t *testing.T) {
	t.Parallel()
	var count atomic.Int64
	client := newTokenClient(t, roundTripFunc(func(r *http.Request) (*http.Response, error) {
		if count.Add(1) == 1 {
			return inMemory(429, nil, "")(r)
		}
		return inMemory(400, nil, batchOf(itemDone, itemDuplicate, itemDone))(r)
	}), usergroups.WithRetryWait(time.Millisecond, time.Millisecond))
	var response usergroups.Response
	_, err := client.UserGroups.UpdateMany(t.Context(), threeUpdates(), usergroups.WithResponse(&response))
	var e *usergroups.Error
	if !errors.As(err, &e) || e.Attempts != 2 || response.Attempts != 2 || response.StatusCode != 400 {
		t.Errorf("error %#v, response %+v", e, response)
	}
}

// TestActionsErrorKeepsSecrets: an answer may repeat a credential in any item, in any
// form, and in what it says of none.
func TestActionsErrorKeepsSecrets(t *testing.T) {
	t.Parallel()
	const escaped = `MARK-\u0061ccess/+=token`
	bodies := []string{
		batchOf(itemDone,
			`{"code":"X","message":"`+secretAccess+`","status":"error","details":{"echo":"`+escaped+`"}}`,
			`{"code":"`+secretAccess+`","message":"Zoho-oauthtoken `+escaped+`","status":"error","details":{"`+secretAccess+`":1,"json_path":"`+secretAccess+`"}}`),
		batchOf(`"` + secretAccess + `"`),
		batchOf(`"`+escaped+`"`, `{"status":"error","code":"`+escaped+`","details":{"json_path":"$.user_groups[1]`+escaped+`"}}`),
	}
	for _, body := range bodies {
		for _, status := range []int{200, 400} {
			client := newClient(t, inMemory(status, nil, body), usergroups.WithAccessToken(secretAccess))
			_, err := client.UserGroups.UpdateMany(t.Context(), threeUpdates())
			var failed *usergroups.ActionsError
			if !errors.As(err, &failed) {
				t.Fatalf("%s: %v", body, err)
			}
			checkChain(t, "the error", err)
			for _, e := range failed.Unwrap() {
				var item *usergroups.Error
				if !errors.As(e, &item) {
					t.Fatal(e)
				}
				checkText(t, "the body", string(item.Body))
				checkText(t, "the details", fmt.Sprintf("%s", item.Details))
				checkText(t, "where it is", item.Details.JSONPath())
			}
		}
	}
}

// TestActionsErrorLine: however many items failed, the line has the first five.
func TestActionsErrorLine(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]string{5: "5 of 6 items failed: ", 6: "6 of 7 items failed: "} {
		updates := make([]usergroups.UserGroupUpdate, n+1)
		answers := make([]string, n+1)
		for i := range updates {
			updates[i] = usergroups.UserGroupUpdate{ID: fmt.Sprint("g", i), UpdateUserGroup: anUpdate}
			answers[i] = refusedAt("INVALID_DATA", "")
		}
		answers[0] = itemDone
		_, err := newTokenClient(t, inMemory(207, nil, batchOf(answers...))).UserGroups.UpdateMany(t.Context(), updates)
		text := err.Error()
		if !strings.Contains(text, want) || strings.Count(text, "INVALID_DATA") != 5 || strings.HasSuffix(text, "; …") != (n > 5) || strings.Contains(text, "\n") {
			t.Error(text)
		}
	}
}
