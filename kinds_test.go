package usergroups_test

import (
	"errors"
	"fmt"
	"strings"
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

// TestEscapedSecrets: what a decoder sees of a secret is masked as well.
func TestEscapedSecrets(t *testing.T) {
	t.Parallel()
	const secret, escaped = "1000.deadbeefdeadbeef", `1000.deadb\u0065efdeadbeef`
	for name, body := range map[string]string{
		"a time":  `{"user_groups":[{"id":"1","created_time":"` + escaped + `"}]}`,
		"a count": `{"user_groups":[{"id":"1","sources_count":{"users":"` + escaped + `"}}]}`,
		"details": `{"code":"INVALID_DATA","status":"error","message":"` + escaped + `","details":{"json_path":"` + escaped + `"}}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			mock := newMock(t)
			mock.RegisterResponder("GET", apiBase+"/settings/user_groups", jsonResponder(200, body))
			client := newClient(t, mock, usergroups.WithAccessToken(secret))
			var failed *usergroups.Error
			if err := get(t.Context(), client); !errors.As(err, &failed) {
				t.Fatal(err)
			}
			for _, text := range []string{failed.Error(), string(failed.Body), failed.Message, failed.Details.JSONPath()} {
				if strings.Contains(text, "deadb") {
					t.Errorf("the secret stands in %s", text)
				}
			}
		})
	}
}
