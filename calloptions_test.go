package usergroups_test

import (
	"bytes"
	"errors"
	"net/http"
	"testing"

	"github.com/jarcoal/httpmock"

	"github.com/usergroups-go/usergroups"
)

func TestCallOptions(t *testing.T) {
	t.Parallel()
	for _, header := range []string{"Authorization", "authorization", "Host", "Content-Length", "Transfer-Encoding", "accept-encoding", "Idempotency-Key", "X-Idempotency-Key", "", "a b", "a\nb"} {
		_, err := newTokenClient(t, newMock(t)).UserGroups.Get(t.Context(), groupID, usergroups.WithHeader(header, "x"))
		if !errors.Is(err, usergroups.ErrInvalidArgument) {
			t.Errorf("WithHeader(%q): %v, want ErrInvalidArgument", header, err)
		}
	}
	if _, err := newTokenClient(t, newMock(t)).UserGroups.Get(t.Context(), groupID, usergroups.WithHeader("X-Y", "a\r\nb")); !errors.Is(err, usergroups.ErrInvalidArgument) {
		t.Errorf("WithHeader with a line break: %v", err)
	}
	for _, m := range methods {
		err := m.call(t.Context(), newTokenClient(t, newMock(t)), groupID, usergroups.WithResponse(nil))
		if !errors.Is(err, usergroups.ErrInvalidArgument) {
			t.Errorf("%s WithResponse(nil): %v", m.name, err)
		}
		if m.kind != walk {
			continue
		}
		var response usergroups.Response
		err = m.call(t.Context(), newTokenClient(t, newMock(t)), groupID, usergroups.WithResponse(&response))
		if !errors.Is(err, usergroups.ErrInvalidArgument) {
			t.Errorf("%s WithResponse: %v, want ErrInvalidArgument", m.name, err)
		}
	}
	for _, c := range compositions {
		var response usergroups.Response
		err := c.call(t.Context(), newTokenClient(t, newMock(t)), groupID, usergroups.WithResponse(&response))
		if !errors.Is(err, usergroups.ErrInvalidArgument) {
			t.Errorf("%s WithResponse: %v, want ErrInvalidArgument", c.op, err)
		}
	}

	header := http.Header{"X-Api-Credits-Remaining": {"1234"}}
	body := fixture(t, "zoho/user_groups_get_sample.json")
	mock := newMock(t)
	mock.RegisterResponder(http.MethodGet, apiBase+"/settings/user_groups/"+groupID, func(r *http.Request) (*http.Response, error) {
		if r.Header.Get("X-Trace") != "abc" {
			t.Errorf("X-Trace %q", r.Header.Get("X-Trace"))
		}
		return httpmock.NewStringResponder(200, body).HeaderSet(header)(r)
	})
	var response usergroups.Response
	if _, err := newTokenClient(t, mock).UserGroups.Get(t.Context(), groupID, usergroups.WithHeader("x-trace", "abc"), usergroups.WithResponse(&response)); err != nil {
		t.Fatal(err)
	}
	credits, ok := response.CreditsRemaining()
	if !ok || credits != 1234 || response.StatusCode != 200 || response.Attempts != 1 || !bytes.Equal(response.Body, []byte(body)) {
		t.Errorf("response %+v", response)
	}
	if _, ok := new(usergroups.Response).CreditsRemaining(); ok {
		t.Error("credits without a header")
	}

	url, count := countingServer(t, answer(503, "text/plain", "busy"))
	_, err := newServerClient(t, url).UserGroups.Get(t.Context(), groupID, usergroups.NoRetry(), usergroups.WithResponse(&response))
	if !errors.Is(err, usergroups.ErrUnavailable) || count.Load() != 1 || response.StatusCode != 503 || string(response.Body) != "busy" {
		t.Errorf("NoRetry: %v after %d requests, response %+v", err, count.Load(), response)
	}
	_, err = newServerClient(t, url).UserGroups.Get(t.Context(), groupID, usergroups.WithResponse(&response))
	if err == nil || response.Attempts != 4 {
		t.Errorf("attempts in the response: %d, want 4", response.Attempts)
	}
	if _, err = newServerClient(t, url).UserGroups.Get(t.Context(), "", usergroups.WithResponse(&response)); err == nil || response.StatusCode != 0 {
		t.Errorf("a call that was not sent left %+v of the one before", response)
	}
}
