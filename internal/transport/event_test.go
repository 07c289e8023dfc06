package transport_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/usergroups-go/usergroups/internal/transport"
)

// A log line holds what is known, and nothing that is only zero.
func TestEventLogValue(t *testing.T) {
	t.Parallel()
	for want, event := range map[string]transport.Event{
		"[op=Gadgets.List]": {Kind: transport.EventAttempt, Op: "Gadgets.List", Method: "GET"},
		"[op=Gadgets.List method=GET url=https://x attempt=2 status=503 duration=1.5s]": {
			Op: "Gadgets.List", Method: "GET", URL: "https://x", Attempt: 2, StatusCode: 503, Duration: 1500 * time.Millisecond,
		},
		"[op= wait=7s error=reset]": {Wait: 7 * time.Second, Err: errors.New("reset")},
	} {
		if got := fmt.Sprint(event.LogValue()); got != want {
			t.Errorf("%+v: %s, want %s", event, got, want)
		}
	}
}
