package transport

import (
	"context"
	"fmt"
	"net/http"
)

// authError marks the error of Call.Authorize, which ends the call: were it
// taken for a lost connection, a refused credential would be asked for again
// and again.
type authError struct{ err error }

func (e *authError) Error() string { return e.err.Error() }
func (e *authError) Unwrap() error { return e.err }

// unsendableError marks a request that never left.
type unsendableError struct{ reason string }

func (e *unsendableError) Error() string { return e.reason }

// authorize puts the credential on a request, which must be for our own origin
// and must be one that net/http will send: what it refuses looks like a lost
// connection, and a write would be in doubt.
func (r *run) authorize(ctx context.Context, req *http.Request) error {
	if base := r.t.cfg.Base; req.URL.Scheme != base.Scheme || req.URL.Host != base.Host {
		return &unsendableError{req.URL.Host + " is not this client's origin"}
	}
	if err := r.call.Authorize(ctx, req.Header); err != nil {
		return &authError{err}
	}
	for name, values := range req.Header {
		for _, value := range values {
			if !ValidHeaderValue(value) {
				return &unsendableError{fmt.Sprintf("the header %s holds a control character", name)}
			}
		}
	}
	return nil
}
