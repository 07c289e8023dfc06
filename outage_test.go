package usergroups_test

import (
	"errors"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/usergroups-go/usergroups"
)

// TestOutageIsShared: of the clients that wait for each other's lock, the first
// finds out that nobody answers, and all know. Those that come later try again.
func TestOutageIsShared(t *testing.T) {
	t.Parallel()
	stores := map[string]usergroups.TokenStore{
		"memory": usergroups.NewMemoryTokenStore(),
		"file":   usergroups.NewFileTokenStore(filepath.Join(t.TempDir(), "tokens.json")),
	}
	for name, store := range stores {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				v := newVendor(t)
				v.set(always(200, "{}", time.Hour))
				const clients, tries = 8, 3
				start := time.Now()
				all := func() (errs []error) {
					errs = make([]error, clients)
					var wg sync.WaitGroup
					for i := range errs {
						client := v.client(usergroups.WithTokenStore(store))
						wg.Go(func() { errs[i] = get(t.Context(), client) })
					}
					wg.Wait()
					return errs
				}
				for _, err := range all() {
					if !errors.Is(err, usergroups.ErrUnavailable) || errors.Is(err, usergroups.ErrRateLimited) {
						t.Errorf("error %v, want ErrUnavailable", err)
					}
				}
				// Three requests of 15 s, and the waits between them.
				if refreshes, _ := v.count(); refreshes != tries || time.Since(start) > 48*time.Second {
					t.Errorf("%d requests in %s, want %d in less than 48 s", refreshes, time.Since(start), tries)
				}
				v.set(nil)
				if err := errors.Join(all()...); err != nil {
					t.Errorf("when it answers again: %v", err)
				}
				if refreshes, _ := v.count(); refreshes != tries+1 {
					t.Errorf("%d requests, want one more", refreshes)
				}
			})
		})
	}
}
