package usergroups_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/usergroups-go/usergroups"
	"github.com/usergroups-go/usergroups/usergroupstest"
)

// TestKindsOutliveMasking: credentials that are ordinary words, as those of tests
// often are, stand in the texts and addresses of errors. They are masked there, and
// the errors stay what they are.
func TestKindsOutliveMasking(t *testing.T) {
	t.Parallel()
	words := []string{"secret", "client", "token", "oauth", "OAuth", "invalid", "unauthorized", "rate limited", "Refresh", "POST", "code", "Access Denied", "kinds"}
	answers := map[string]struct {
		fault usergroupstest.Fault
		want  error
		code  string
	}{
		"refused":   {usergroupstest.Fault{Status: 200, Body: `{"error":"invalid_client_secret"}`}, usergroups.ErrUnauthorized, "invalid_client_secret"},
		"throttled": {usergroupstest.Fault{Status: 400, Body: `{"error":"Access Denied"}`}, usergroups.ErrRateLimited, "Access Denied"},
		"down":      {usergroupstest.Fault{Kind: usergroupstest.FaultHTML, Status: 404}, usergroups.ErrBadRequest, ""},
	}
	for _, word := range words {
		for name, answer := range answers {
			for _, forced := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s/%s/forced=%t", word, name, forced), func(t *testing.T) {
					t.Parallel()
					fake, client := newFake(t, usergroupstest.WithCredentials(word, word, word))
					if forced {
						if err := get(t.Context(), client); err != nil {
							t.Fatal(err)
						}
						fake.ExpireTokens()
					}
					answer.fault.Route = "POST /oauth/v2/token"
					fake.Inject(answer.fault)
					err := get(t.Context(), client)
					var failed *usergroups.Error
					if !errors.As(err, &failed) || !errors.Is(err, answer.want) {
						t.Fatalf("error %v, want %v", err, answer.want)
					}
					if limited := errors.Is(answer.want, usergroups.ErrRateLimited); limited != (failed.RetryAfter > 0) {
						t.Errorf("RetryAfter %s", failed.RetryAfter)
					}
					if failed.Op != usergroups.OpUserGroupsList {
						t.Errorf("operation %s", failed.Op)
					}
				})
			}
		}
	}
}
