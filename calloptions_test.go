package usergroups_test

import (
	"bytes"
	"context"
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
	// A call that is not sent empties it, whatever it is refused for.
	var none context.Context
	good, with := newTokenClient(t, newMock(t)), usergroups.WithResponse(&response)
	list := func(ctx context.Context, c *usergroups.Client, o usergroups.ListUserGroupsOptions, opts ...usergroups.CallOption) error {
		_, err := c.UserGroups.List(ctx, o, opts...)
		return err
	}
	for name, call := range map[string]func() error{
		"an empty id": func() error { _, err := good.UserGroups.Get(t.Context(), "", with); return err },
		"a bad page":  func() error { return list(t.Context(), good, usergroups.ListUserGroupsOptions{Page: -1}, with) },
		"no context":  func() error { return list(none, good, usergroups.ListUserGroupsOptions{}, with) },
		"no client": func() error {
			return list(t.Context(), new(usergroups.Client), usergroups.ListUserGroupsOptions{}, with)
		},
		"no name": func() error {
			_, err := good.UserGroups.Create(t.Context(), usergroups.CreateUserGroup{}, with)
			return err
		},
		"no sources": func() error {
			_, err := good.UserGroups.Update(t.Context(), groupID, usergroups.UpdateUserGroup{Name: "a"}, with)
			return err
		},
		"no updates": func() error { _, err := good.UserGroups.UpdateMany(t.Context(), nil, with); return err },
		"no job":     func() error { _, err := good.UserGroups.DeletionJob(t.Context(), "", with); return err },
		"an id with a comma": func() error {
			_, err := good.Users.List(t.Context(), usergroups.ListUsersOptions{IDs: []string{"a,b"}}, with)
			return err
		},
		"no path": func() error { return good.Do(t.Context(), usergroups.Request{Method: "GET"}, nil, with) },
		"a refused option before it": func() error {
			return list(t.Context(), good, usergroups.ListUserGroupsOptions{}, usergroups.WithHeader("Host", "x"), with)
		},
		"a nil option": func() error { return list(t.Context(), good, usergroups.ListUserGroupsOptions{}, with, nil) },
	} {
		response = usergroups.Response{StatusCode: 200, Attempts: 1, Body: []byte("{}")}
		if err := call(); !errors.Is(err, usergroups.ErrInvalidArgument) || response.StatusCode != 0 || response.Attempts != 0 || response.Body != nil {
			t.Errorf("%s: %v, and %+v of the call before", name, err, response)
		}
	}
}
