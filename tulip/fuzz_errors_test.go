package tulip_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/usergroups-go/usergroups/tulip"
)

// FuzzErrorAnswer holds what any answer makes of a call: a good result, or an
// *Error that is exactly of the kind of the error table, and shows no secret that
// the server repeats.
func FuzzErrorAnswer(f *testing.F) {
	const list, get, doGet, doPost = 0, 1, 2, 3
	for _, status := range []uint16{200, 201, 400, 401, 403, 404, 429, 500, 502} {
		eachSample(f, "*", func(name, body string) {
			if strings.HasSuffix(name, ".md") {
				return
			}
			f.Add(uint8(list), status, uint32(0), body)
			f.Add(uint8(get), status, uint32(0), body)
		})
	}
	for op := range uint8(doPost + 1) {
		for _, status := range []uint16{0, 101, 200, 204, 205, 206, 302, 304, 400, 418, 599, 600, 999} {
			f.Add(op, status, uint32(0), "")
		}
		f.Add(op, uint16(200), uint32(0), `{"items":[{"id":"1","created":{"at":"TOKEN"}}],"x":{"errorCode":"TOKEN"}}`)
		f.Add(op, uint16(200), uint32(0), `{"items":[],"errors":[{"errorCode":"TOKEN","message":"PAIR","details":{"id":"ESCAPED","TOKEN":"PAIR"}}]}`)
		f.Add(op, uint16(200), uint32(0), `{"errorCode":"TOKEN","message":"ESCAPED","details":{"TOKEN":"ESCAPED","details":"PAIR"},"retryable":false}`)
		f.Add(op, uint16(400), uint32(0), `{"errorCode":"ESCAPED","details":{"headerName":"ESCAPED","id":["PAIR","ESCAPED"]},"retryable":true}`)
		f.Add(op, uint16(400), uint32(0), `{"errorCode":"a\r\nb","message":"a\u2028b\u0085","details":{"details":"\n"}}`)
		// The secret lies across the end of what is kept of a body.
		f.Add(op, uint16(401), uint32(64<<10-10), `TOKEN`)
		f.Add(op, uint16(401), uint32(64<<10-10), `PAIR`)
		f.Add(op, uint16(200), uint32(64<<10-29), `{"errorCode":"x","TOKEN":"TOKEN"}`)
	}
	f.Fuzz(func(t *testing.T, op uint8, status uint16, before uint32, body string) {
		body = strings.Repeat(" ", int(before%(70<<10))) + plant(body)
		code := int(status) % 1000 // of three digits: net/http reads no others
		client := mustClient(t, instance, tulip.WithAPIToken(key, fuzzSecret), tulip.WithMaxRetries(0),
			tulip.WithHTTPClient(&http.Client{Transport: inMemory(code, nil, body)}))
		var err error
		good, write := false, false
		switch ctx := t.Context(); op % (doPost + 1) {
		case list:
			var page *tulip.Page[tulip.UserGroup]
			page, err = client.UserGroups.List(ctx, tulip.ListUserGroupsOptions{})
			good = page != nil && !slices.ContainsFunc(page.Items, func(g tulip.UserGroup) bool { return g.ID == "" })
			if page != nil { // what it says of omitted items is said in errors, later
				checkNoSecret(t, page.Errors)
			}
		case get:
			var group *tulip.UserGroup
			group, err = client.UserGroups.Get(ctx, anID)
			good = group != nil && group.ID != "" && code != 204
		case doGet:
			err = client.Do(ctx, tulip.Request{Method: http.MethodGet, Path: []string{"stations"}}, nil)
			good = code == 204 || body == "" || json.Valid([]byte(body))
		case doPost:
			write = true
			err = client.Do(ctx, tulip.Request{Method: http.MethodPost, Path: []string{"stations"}}, nil)
			good = code == 204 || body == "" || json.Valid([]byte(body))
		}
		if err == nil {
			if !good || code/100 != 2 {
				t.Fatalf("a success with %d %s", code, body)
			}
			return
		}
		e := checkFuzzedError(t, err)
		if e.StatusCode != code || e.Attempts != 1 {
			t.Errorf("StatusCode %d, Attempts %d with %d", e.StatusCode, e.Attempts, code)
		}
		wanted := kindsOfStatus(code, op%(doPost+1) == get)
		if write && code/100 != 4 {
			wanted = append(wanted, "ErrOutcomeUnknown")
		}
		for name, sentinel := range sentinels {
			if got, want := errors.Is(err, sentinel), slices.Contains(wanted, name); got != want {
				t.Errorf("errors.Is(err, %s) = %t, want %t: %v", name, got, want, err)
			}
		}
	})
}

func checkNoSecret(t *testing.T, items []tulip.ItemError) {
	t.Helper()
	for _, item := range items {
		text := item.ID + item.Code + item.Message + asJSON(t, item.Details)
		if strings.Contains(text, fuzzSecretMark) || strings.Contains(text, fuzzPair) {
			t.Errorf("an omitted item shows the secret: %q", text)
		}
	}
}

// kindsOfStatus is the table of errors once more.
func kindsOfStatus(status int, single bool) []string {
	switch {
	case status == 204 && single, status == 404:
		return []string{"ErrNotFound"}
	case status == 304:
		return []string{"ErrNotModified"}
	case status == 401:
		return []string{"ErrUnauthorized"}
	case status == 403:
		return []string{"ErrForbidden"}
	case status == 429:
		return []string{"ErrRateLimited"}
	case status/100 == 5:
		return []string{"ErrUnavailable"}
	case status/100 == 4:
		return []string{"ErrBadRequest"}
	}
	return []string{"ErrUnexpectedResponse"}
}
