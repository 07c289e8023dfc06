package transport_test

import (
	"testing"

	"github.com/usergroups-go/usergroups/internal/transport"
)

func TestKindOf(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]error{
		304: transport.ErrNotModified,
		400: transport.ErrBadRequest, 402: transport.ErrBadRequest, 409: transport.ErrBadRequest, 418: transport.ErrBadRequest, 499: transport.ErrBadRequest,
		401: transport.ErrUnauthorized, 403: transport.ErrForbidden, 404: transport.ErrNotFound, 429: transport.ErrRateLimited,
		500: transport.ErrUnavailable, 503: transport.ErrUnavailable, 599: transport.ErrUnavailable,
		0: transport.ErrUnexpectedResponse, 101: transport.ErrUnexpectedResponse, 302: transport.ErrUnexpectedResponse, 600: transport.ErrUnexpectedResponse, 999: transport.ErrUnexpectedResponse,
	} {
		if got := transport.KindOf(status); got != want { //nolint:errorlint // the very values
			t.Errorf("%d: %v, want %v", status, got, want)
		}
	}
}
