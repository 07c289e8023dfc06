package transport

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"math"
	"math/rand/v2"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Hint is what the body of an answer says about a second try.
type Hint struct {
	// Wait is how long to wait before it. It counts where a second try is in
	// question: for 429, 500, 502, 503, 504 and with a Yes.
	Wait  time.Duration
	Again Verdict
}

// Verdict is the server's own word on whether the request may be sent again.
type Verdict int

// The verdicts.
const (
	Unsaid Verdict = iota // the status decides
	Yes                   // whatever the status from 400 on, if the operation is repeatable
	No                    // whatever the status
)

// checkRetry is the retry policy. It decides by what the operation allows and
// by what can have happened at the server:
//
//   - nothing was sent: repeat, whatever the operation, unless a second try
//     must fail in the same way (no such host, certificate refused);
//   - 429: repeat, the request was turned away before any work;
//   - connection lost, attempt timed out, body cut, 500, 502, 503, 504: repeat
//     what is repeatable;
//   - any error status with a Hint of Yes: repeat what is repeatable;
//   - a Hint of No: that is the answer, whatever its status;
//   - anything else is the answer.
//
// A wait that would outlast the caller's deadline, or that the server wants
// longer than Config.MaxServerWait, is not begun; the answer is handed back. A
// 429 makes everybody wait, also when it is not repeated.
func (r *run) checkRetry(ctx context.Context, resp *http.Response, _ error) (bool, error) {
	r.serverWait = 0
	if ctx.Err() != nil {
		return false, nil //nolint:nilerr // what it means is decided in failure, with the attempt's error
	}
	if resp == nil {
		if !r.repeatableFailure() {
			return false, nil
		}
		r.wait = r.ownWait()
		return !outlasts(ctx, r.wait), nil
	}
	limited := resp.StatusCode == http.StatusTooManyRequests
	outage := isOutage(resp.StatusCode)
	var hint Hint
	if resp.StatusCode >= http.StatusBadRequest {
		hint = r.t.cfg.Hint(resp.StatusCode, resp.Body.(*heldBody).bytes())
	}
	if limited || outage || hint.Again == Yes {
		r.serverWait = max(RetryAfter(resp.Header), hint.Wait)
	}
	r.wait = max(r.serverWait, r.ownWait())
	if limited {
		r.t.limit.pause(r.wait) // for every caller, whether or not this one goes on
	}
	again := limited || (outage || r.last.cut || hint.Again == Yes) && r.call.Repeatable
	return again && hint.Again != No && r.serverWait <= r.t.cfg.MaxServerWait && !outlasts(ctx, r.wait), nil
}

// repeatableFailure judges an attempt that gave no answer.
func (r *run) repeatableFailure() bool {
	var auth *authError
	var paused *pausedError
	var unsendable *unsendableError
	switch {
	case errors.As(r.last.err, &auth), errors.As(r.last.err, &paused), errors.As(r.last.err, &unsendable):
		return false
	case r.last.status != 0: // an answer was read, and refused
		return false
	case r.last.notSent:
		return !Hopeless(r.last.err)
	default:
		return r.call.Repeatable
	}
}

// backoff is asked only when there will be another attempt.
func (r *run) backoff(_, _ time.Duration, _ int, _ *http.Response) time.Duration {
	r.observeWait(r.ctx, r.wait)
	return r.wait
}

func (r *run) observeWait(ctx context.Context, d time.Duration) {
	r.t.cfg.Observe(ctx, Event{
		Kind: EventWait, Op: r.call.Op, Method: r.call.Method, URL: r.url, Attempt: r.call.Spent + r.attempts,
		StatusCode: r.last.status, Wait: d, Err: r.t.cfg.Secrets.Clean(r.last.err),
	})
}

// ownWait doubles with every attempt. Half of it is random, so that clients
// which failed together do not come back together.
func (r *run) ownWait() time.Duration {
	wait := r.t.cfg.RetryWaitMax
	if n := max(r.attempts-1, 0); n < 62 {
		if d := r.t.cfg.RetryWaitMin << n; d > 0 && d>>n == r.t.cfg.RetryWaitMin {
			wait = min(wait, d)
		}
	}
	return wait/2 + rand.N(wait/2+1)
}

// isOutage reports the statuses after which a second try may succeed.
func isOutage(status int) bool {
	switch status {
	case http.StatusInternalServerError, http.StatusBadGateway,
		http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return false
}

// dialFailed reports an error from before there was a connection.
func dialFailed(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && op.Op == "dial"
}

// Hopeless reports failures to connect that the next try would meet again.
func Hopeless(err error) bool {
	var dns *net.DNSError
	if errors.As(err, &dns) {
		return dns.IsNotFound
	}
	var (
		verification *tls.CertificateVerificationError
		authority    x509.UnknownAuthorityError
		hostname     x509.HostnameError
		invalid      x509.CertificateInvalidError
		notTLS       tls.RecordHeaderError
	)
	return errors.As(err, &verification) || errors.As(err, &authority) || errors.As(err, &hostname) ||
		errors.As(err, &invalid) || errors.As(err, &notTLS)
}

// RetryAfter reads the header as seconds or as any HTTP date, 0 when it is
// absent, past or neither. A date is measured against the server's own clock
// when the answer names it.
func RetryAfter(h http.Header) time.Duration {
	value := strings.TrimSpace(h.Get("Retry-After"))
	if value == "" {
		return 0
	}
	if strings.Trim(value, "0123456789") == "" {
		return seconds(value)
	}
	at, err := http.ParseTime(value)
	if err != nil {
		return 0
	}
	now, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		now = time.Now()
	}
	return max(at.Sub(now), 0)
}

// seconds turns a text of digits into a duration. What does not fit becomes the
// longest one: a wait that overflows would be negative, and hence none.
func seconds(digits string) time.Duration {
	n, err := strconv.ParseUint(digits, 10, 64)
	if err != nil || n > uint64(math.MaxInt64/time.Second) {
		return math.MaxInt64
	}
	return time.Duration(n) * time.Second
}
