package usergroupstest_test

import (
	"testing"
	"time"

	"github.com/usergroups-go/usergroups/usergroupstest"
)

func TestMisusedOptions(t *testing.T) {
	t.Parallel()
	for what, option := range map[string]func() usergroupstest.Option{
		"a form too low":  func() usergroupstest.Option { return usergroupstest.WithExpiresIn(-1) },
		"a form too high": func() usergroupstest.Option { return usergroupstest.WithExpiresIn(usergroupstest.ExpiresInAbsent + 1) },
		"tokens":          func() usergroupstest.Option { return usergroupstest.WithTokenLimit(-1, time.Minute) },
		"no window":       func() usergroupstest.Option { return usergroupstest.WithTokenLimit(1, 0) },
		"a window":        func() usergroupstest.Option { return usergroupstest.WithTokenLimit(0, -1) },
		"no lifetime":     func() usergroupstest.Option { return usergroupstest.WithTokenLifetime(0) },
		"a lifetime":      func() usergroupstest.Option { return usergroupstest.WithTokenLifetime(-1) },
		"latency":         func() usergroupstest.Option { return usergroupstest.WithLatency(-1) },
		"credits":         func() usergroupstest.Option { return usergroupstest.WithDailyCredits(-1) },
		"concurrency":     func() usergroupstest.Option { return usergroupstest.WithConcurrencyLimit(-1) },
		"a log limit":     func() usergroupstest.Option { return usergroupstest.WithLogLimit(-1) },
		"another status":  func() usergroupstest.Option { return usergroupstest.WithTokenLimitStatus(429) },
		"not a http URL":  func() usergroupstest.Option { return usergroupstest.WithRedirectURIs(callback, "app:callback") },
		"not absolute":    func() usergroupstest.Option { return usergroupstest.WithRedirectURIs("/callback") },
	} {
		if !panics(func() { option() }) {
			t.Errorf("%s: no panic", what)
		}
	}
}
