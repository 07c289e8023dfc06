package usergroupstest_test

import (
	"testing"

	"github.com/usergroups-go/usergroups/usergroupstest"
)

func TestMisusedOptions(t *testing.T) {
	t.Parallel()
	for what, option := range map[string]func() usergroupstest.Option{
		"a form too low":  func() usergroupstest.Option { return usergroupstest.WithExpiresIn(-1) },
		"a form too high": func() usergroupstest.Option { return usergroupstest.WithExpiresIn(usergroupstest.ExpiresInAbsent + 1) },
		"a log limit":     func() usergroupstest.Option { return usergroupstest.WithLogLimit(-1) },
		"another status":  func() usergroupstest.Option { return usergroupstest.WithThrottleStatus(429) },
		"not a http URL":  func() usergroupstest.Option { return usergroupstest.WithRedirectURIs(callback, "app:callback") },
		"not absolute":    func() usergroupstest.Option { return usergroupstest.WithRedirectURIs("/callback") },
	} {
		if !panics(func() { option() }) {
			t.Errorf("%s: no panic", what)
		}
	}
}
