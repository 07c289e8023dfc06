package settings_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/usergroups-go/usergroups/internal/settings"
	"github.com/usergroups-go/usergroups/internal/transport"
)

func TestEnvironment(t *testing.T) {
	t.Setenv("ACME_URL", "https://acme.test")
	t.Setenv("ACME_EMPTY", "")
	t.Setenv("ACME_KEY", "k")
	got, err := settings.Environment("ACME_URL", "ACME_KEY")
	if err != nil || !slices.Equal(got, []string{"https://acme.test", "k"}) {
		t.Errorf("%q, %v", got, err)
	}
	got, err = settings.Environment("ACME_ABSENT", "ACME_URL", "ACME_EMPTY")
	if !errors.Is(err, transport.ErrInvalidArgument) || got != nil || err.Error() != "not set in the environment: ACME_ABSENT, ACME_EMPTY" {
		t.Errorf("%q, %v", got, err)
	}
}
