package usergroupstest_test

import (
	"errors"
	"testing"
	"time"

	"github.com/usergroups-go/usergroups"
	"github.com/usergroups-go/usergroups/usergroupstest"
)

func TestClientMeetsLimits(t *testing.T) {
	t.Parallel()
	srv := newServer(t, usergroupstest.WithConcurrencyLimit(2), usergroupstest.WithTooManyRequests(usergroupstest.TooManyRequests{
		RateLimitExceeded: true, RetryAfter: usergroupstest.RetryAfterSeconds, Details: true, Wait: 7 * time.Second,
	}))
	leave := occupy(t, srv, 2)
	err := clientCreates(t, newClient(t, srv))
	wantKind(t, err, usergroups.ErrRateLimited)
	var typed *usergroups.Error
	if !errors.As(err, &typed) || typed.RetryAfter != 7*time.Second || typed.Code != usergroups.CodeRateLimitExceeded {
		t.Errorf("%+v", typed)
	}
	leave()

	// A client that keeps to the limit never meets it.
	client := newClient(t, srv, usergroups.WithMaxConcurrent(2))
	results := make(chan error)
	const calls = 40
	for range calls {
		go func() {
			_, err := client.UserGroups.List(t.Context(), usergroups.ListUserGroupsOptions{}, usergroups.NoRetry())
			results <- err
		}()
	}
	for range calls {
		wantKind(t, <-results, nil)
	}
}
