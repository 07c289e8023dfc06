package transport

// authError marks the error of Call.Authorize, which ends the call: were it
// taken for a lost connection, a refused credential would be asked for again
// and again.
type authError struct{ err error }

func (e *authError) Error() string { return e.err.Error() }
func (e *authError) Unwrap() error { return e.err }
