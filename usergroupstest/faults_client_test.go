package usergroupstest_test

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/usergroups-go/usergroups"
	"github.com/usergroups-go/usergroups/usergroupstest"
)

// newClient returns the project's own client of a fake.
func newClient(t *testing.T, srv *usergroupstest.Server, opts ...usergroups.Option) *usergroups.Client {
	t.Helper()
	client, err := usergroups.NewClient(append([]usergroups.Option{
		usergroups.WithBaseURL(srv.URL), usergroups.WithAccessToken(srv.IssueToken()),
	}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.CloseIdleConnections)
	return client
}

func clientLists(t *testing.T, client *usergroups.Client) error {
	t.Helper()
	_, err := client.UserGroups.List(t.Context(), usergroups.ListUserGroupsOptions{}, usergroups.NoRetry())
	return err
}

func clientCreates(t *testing.T, client *usergroups.Client) error {
	t.Helper()
	_, err := client.UserGroups.Create(t.Context(), usergroups.CreateUserGroup{
		Name: "new", Sources: []usergroups.Source{usergroups.UserSource(amara)},
	}, usergroups.NoRetry())
	return err
}

// wantKind compares an error with a sentinel; nil wants none.
func wantKind(t *testing.T, err, kind error) {
	t.Helper()
	if !errors.Is(err, kind) {
		t.Errorf("got %v, want %v", err, kind)
	}
	var typed *usergroups.Error
	if kind != nil && !errors.As(err, &typed) {
		t.Errorf("%T is no *usergroups.Error", err)
	}
}

func TestClientMeetsFaults(t *testing.T) {
	t.Parallel()
	unavailable, unexpected := usergroups.ErrUnavailable, usergroups.ErrUnexpectedResponse
	for name, test := range map[string]struct {
		fault usergroupstest.Fault
		kind  error // nil: the call succeeds
	}{
		"slow body":     {usergroupstest.Fault{Kind: usergroupstest.FaultSlowBody, Pause: time.Hour}, unavailable},
		"short length":  {usergroupstest.Fault{Kind: usergroupstest.FaultShortLength}, unexpected},
		"broken gzip":   {usergroupstest.Fault{Kind: usergroupstest.FaultBrokenGzip}, unavailable},
		"huge body":     {usergroupstest.Fault{Kind: usergroupstest.FaultHugeBody}, unexpected},
		"301":           {usergroupstest.Fault{Kind: usergroupstest.FaultRedirect, Status: 301}, unexpected},
		"302":           {usergroupstest.Fault{Kind: usergroupstest.FaultRedirect, Status: 302}, unexpected},
		"303":           {usergroupstest.Fault{Kind: usergroupstest.FaultRedirect, Status: 303}, unexpected},
		"307":           {usergroupstest.Fault{Kind: usergroupstest.FaultRedirect, Status: 307}, unexpected},
		"308":           {usergroupstest.Fault{Kind: usergroupstest.FaultRedirect, Status: 308}, unexpected},
		"HTTP/1.0":      {usergroupstest.Fault{Kind: usergroupstest.FaultHTTP10}, nil},
		"close":         {usergroupstest.Fault{Kind: usergroupstest.FaultClose}, nil},
		"garbage":       {usergroupstest.Fault{Kind: usergroupstest.FaultGarbage}, unavailable},
		"informational": {usergroupstest.Fault{Kind: usergroupstest.FaultInformational}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := newServer(t)
			srv.Inject(test.fault)
			timeout := time.Minute
			if test.fault.Pause != 0 {
				timeout = time.Second
			}
			// Of a connection that is to be kept, net/http logs what comes after an answer.
			client := newClient(t, srv, usergroups.WithAttemptTimeout(timeout),
				usergroups.WithHTTPClient(&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}))

			wantKind(t, clientLists(t, client), test.kind)
			err := clientCreates(t, client)
			wantKind(t, err, test.kind)
			if errors.Is(err, usergroups.ErrOutcomeUnknown) != (err != nil) {
				t.Errorf("the write: %v, want ErrOutcomeUnknown", err)
			}
			if n := srv.Count(""); n != 2 {
				t.Errorf("%d requests, want 2", n)
			}
			if n := srv.Count(usergroupstest.RedirectTarget); n != 0 {
				t.Errorf("%d redirects were followed", n)
			}
		})
	}
}

// A write on a connection that the server has given up is lost, and not sent
// again; a read is.
func TestClientMeetsStaleConnections(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	srv.Inject(usergroupstest.Fault{Kind: usergroupstest.FaultStaleConnection, Times: 2})
	client := newClient(t, srv)
	wantKind(t, clientLists(t, client), nil)
	err := clientCreates(t, client)
	wantKind(t, err, usergroups.ErrUnavailable)
	wantKind(t, err, usergroups.ErrOutcomeUnknown)
	if n := srv.Count(createRoute); n != 0 {
		t.Errorf("the write was seen %d times", n)
	}
	wantKind(t, clientLists(t, client), nil)
	wantKind(t, clientLists(t, client), nil)
}
