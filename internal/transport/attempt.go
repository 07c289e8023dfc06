package transport

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"
	"sync/atomic"
	"time"
)

// errNoResponse answers for a caller's RoundTripper that breaks its contract.
var errNoResponse = errors.New("the RoundTripper returned neither an answer nor an error")

// run is the state of one call, over all its attempts. It is the
// http.RoundTripper under the retrying client, and its hooks.
type run struct {
	t    *Transport
	call *Call
	ctx  context.Context //nolint:containedctx // of the call, for a hook that is given none
	url  string          // masked
	http http.Client

	attempts   int
	last       outcome
	location   []string      // of a redirect, which net/http is not shown
	serverWait time.Duration // asked for by the last answer
	wait       time.Duration // chosen by checkRetry for backoff
}

// outcome is what the last attempt came to.
type outcome struct {
	status  int   // 0: no answer
	cut     bool  // an answer with an error status, whose body broke off
	err     error // why there is no usable answer, when status is 0 or the body was refused
	notSent bool  // the server cannot have seen the request
}

// errAttemptTimeout is not context.DeadlineExceeded, so that a caller who asks
// for that learns about the deadline that was theirs.
var errAttemptTimeout = errors.New("the attempt timed out")

// errTooLarge refuses a successful answer that is longer than Config.MaxBody.
var errTooLarge = errors.New("the answer is longer than the limit")

// RoundTrip makes one attempt: slot, credential, clock, request, whole answer.
// Reading the body in here puts a body that breaks off before the retry policy,
// and keeps slot and clock for as long as the connection is in use.
func (r *run) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx := req.Context()
	r.last = outcome{notSent: true}
	if req.Body != nil {
		defer req.Body.Close()
	}
	onPause := func(d time.Duration) { r.observeWait(ctx, d) }
	if err := r.t.limit.acquire(ctx, onPause); err != nil {
		return nil, r.end(err)
	}
	defer r.t.limit.release()

	sent := req.Clone(ctx)
	if err := r.authorize(ctx, sent); err != nil {
		return nil, r.end(err)
	}
	// Getting a token takes time, in which the server may have asked for quiet.
	if err := r.t.limit.waitQuiet(ctx, onPause); err != nil {
		return nil, r.end(err)
	}

	r.attempts++
	start := time.Now()
	resp, err := r.sendWithCookies(sent)
	r.t.cfg.Observe(ctx, Event{
		Kind: EventAttempt, Op: r.call.Op, Method: r.call.Method, URL: r.url, Attempt: r.call.Spent + r.attempts,
		StatusCode: r.last.status, Duration: time.Since(start), Err: r.t.cfg.Secrets.Clean(err),
	})
	return resp, err
}

// sendWithCookies does what http.Client does for a Jar. That would add the
// cookies to the header that all attempts have in common.
func (r *run) sendWithCookies(req *http.Request) (*http.Response, error) {
	jar := r.t.cfg.Jar
	if jar == nil {
		return r.send(req)
	}
	for _, cookie := range jar.Cookies(req.URL) {
		req.AddCookie(cookie)
	}
	resp, err := r.send(req)
	if err == nil {
		if cookies := resp.Cookies(); len(cookies) > 0 {
			jar.SetCookies(req.URL, cookies)
		}
	}
	return resp, err
}

// send is the part of an attempt that the clock covers.
func (r *run) send(req *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithTimeoutCause(req.Context(), r.t.cfg.AttemptTimeout, errAttemptTimeout)
	defer cancel()
	var conn connection
	ctx = httptrace.WithClientTrace(ctx, conn.trace())

	resp, err := r.t.cfg.RoundTrip.RoundTrip(req.WithContext(ctx))
	if err == nil && resp == nil {
		err = errNoResponse
	}
	if err != nil {
		r.last.notSent = !conn.got.Load() && (conn.asked.Load() || dialFailed(err))
		return nil, r.end(timeoutOr(ctx, err))
	}
	r.last.notSent = false
	buf, err := r.read(resp)
	if err != nil {
		return nil, r.end(timeoutOr(ctx, err))
	}
	r.last.status = resp.StatusCode
	r.hideLocation(resp)
	resp.Body = &heldBody{Reader: *bytes.NewReader(buf.Bytes()), buf: buf, owner: r.t}
	return resp, nil
}

// hideLocation makes a redirect an answer like any other. Followed, it would turn
// a POST into a GET and carry the credential to wherever it points; and net/http
// fails on one that it cannot parse, before it asks whether to follow it.
func (r *run) hideLocation(resp *http.Response) {
	r.location = resp.Header["Location"]
	if r.location != nil {
		resp.Header = resp.Header.Clone() // it may be the RoundTripper's own
		delete(resp.Header, "Location")
	}
}

func (r *run) showLocation(resp *http.Response) {
	if r.location != nil {
		resp.Header["Location"] = r.location
	}
}

// read takes the whole body into a buffer of the pool. Of an answer that
// reports an error the status alone is worth having, so there a body that is too
// long or breaks off is kept as far as it came.
func (r *run) read(resp *http.Response) (*bytes.Buffer, error) {
	buf := r.t.buffer()
	if resp.Body == nil { // allowed by http.Client, and what some fakes do
		return buf, nil
	}
	defer resp.Body.Close()
	ok := resp.StatusCode/100 == 2
	limit := r.t.cfg.MaxErrorBody
	if ok {
		limit = r.t.cfg.MaxBody
	}
	if n := min(resp.ContentLength, limit, largestPooled-bytes.MinRead); n > 0 {
		buf.Grow(int(n) + bytes.MinRead) // MinRead: else ReadFrom grows once more to see the end
	}
	n, err := buf.ReadFrom(io.LimitReader(resp.Body, limit+1))
	switch {
	case n > limit && ok:
		r.last.status = resp.StatusCode
		err = errTooLarge
	case n > limit:
		buf.Truncate(int(limit))
		err = nil
	case err != nil && !ok:
		r.last.cut, err = true, nil
	}
	if err != nil {
		r.t.recycle(buf)
		return nil, err
	}
	return buf, nil
}

// end notes why an attempt gave no answer.
func (r *run) end(err error) error {
	r.last.err = err
	return err
}

// timeoutOr tells the attempt's own clock from everything else that can end it.
func timeoutOr(ctx context.Context, err error) error {
	if errors.Is(context.Cause(ctx), errAttemptTimeout) {
		return errAttemptTimeout
	}
	return err
}

// connection listens whether an attempt ever had a connection to write to. Only
// evidence counts: a RoundTripper that does not report its connections, as those
// of other protocols in http.Transport, says nothing about what it sent.
type connection struct{ asked, got atomic.Bool }

func (c *connection) trace() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		GetConn: func(string) { c.asked.Store(true) },
		GotConn: func(httptrace.GotConnInfo) { c.got.Store(true) },
	}
}
