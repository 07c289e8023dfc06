// Package transport makes one HTTP call for a vendor's client: it escapes the
// path, encodes the body, waits for a free slot and a credential, sends, reads
// the answer up to a limit and repeats what is safe to repeat.
//
// It knows no vendor. What an answer means is decided by its caller, which gets
// every answer that arrived whole, whatever its status; only when there is none
// does Do return a [Failure].
package transport

import (
	"bytes"
	"context"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/hashicorp/go-retryablehttp"
)

// Config is what all calls of a client share. Every field except Jar, Hint and
// Observe must be set.
type Config struct {
	Base      *url.URL          // scheme, host and path prefix of every call
	RoundTrip http.RoundTripper // sends one request
	Jar       http.CookieJar
	UserAgent string
	Secrets   *Secrets // masked in everything that Do returns or reports

	AttemptTimeout time.Duration // for one attempt, from the credential in hand to the last byte of the answer
	MaxConcurrent  int           // attempts at a time
	MaxBody        int64         // bytes of an answer with status 2xx; a longer one is refused
	MaxErrorBody   int64         // bytes kept of any other answer

	MaxRetries    int
	RetryWaitMin  time.Duration // the first wait, doubled each time
	RetryWaitMax  time.Duration
	MaxServerWait time.Duration // a longer wait asked for by the server is not begun

	// Hint reads out of the body of an answer with an error status (400 and above)
	// what it says about a second try, for vendors that put it there.
	Hint func(status int, body []byte) Hint
	// Observe is told of every attempt and every wait.
	Observe func(context.Context, Event)
}

// Call is one operation with its arguments.
type Call struct {
	Op     string   // the operation's name, for events
	Method string   //
	Path   []string // unescaped segments below Config.Base
	Query  url.Values
	// RawQuery is sent as it is, in place of Query: that of a link which the server
	// gave. What cannot be sent so is refused as ErrInvalidArgument.
	RawQuery string
	Header   http.Header
	Body     any // sent as JSON unless nil

	Repeatable bool // the server's state is the same after one and after two of them
	NoRetry    bool
	Spent      int // attempts that were made before, of the same retries

	// Authorize puts the credential on a request. It runs before each attempt,
	// outside its clock. Its error ends the call.
	Authorize func(ctx context.Context, h http.Header) error
}

// Response is one answer. Body belongs to the transport again when the
// function that was given it returns.
type Response struct {
	StatusCode int
	Header     http.Header
	Body       []byte
	URL        string // masked
	Attempts   int
	RetryAfter time.Duration // what the server asked for, obeyed or not
}

// Transport makes calls. It is safe for concurrent use.
type Transport struct {
	cfg   Config
	base  string // without a slash at its end
	limit *limiter
	spare atomic.Pointer[bytes.Buffer]
}

// New returns a Transport. It opens no connection.
func New(cfg Config) *Transport {
	if cfg.Hint == nil {
		cfg.Hint = func(int, []byte) Hint { return Hint{} }
	}
	if cfg.Observe == nil {
		cfg.Observe = func(context.Context, Event) {}
	}
	base := *cfg.Base
	cfg.Base = &base
	return &Transport{
		cfg:  cfg,
		base: strings.TrimRight(base.String(), "/"),
		// Our own waits come from limits too, and are to be waited for.
		limit: newLimiter(cfg.MaxConcurrent, max(cfg.MaxServerWait, cfg.RetryWaitMax)),
	}
}

// Do makes the call and hands the answer to use, whose error it returns
// unchanged. Every other error is a [*Failure].
func (t *Transport) Do(ctx context.Context, call Call, use func(*Response) error) error {
	if err := ctx.Err(); err != nil {
		return &Failure{Err: ContextError(ctx)}
	}
	target, err := t.target(&call)
	if err != nil {
		return err
	}
	body, err := encodeBody(call.Body)
	if err != nil {
		return err
	}
	r := &run{t: t, call: &call, ctx: ctx, url: t.cfg.Secrets.Mask(target)}
	req, err := retryablehttp.NewRequestWithContext(ctx, call.Method, target, body)
	if err != nil {
		return &Failure{URL: r.url, Kinds: []error{ErrInvalidArgument}, Err: t.cfg.Secrets.Clean(err)}
	}
	t.setHeader(req.Header, &call, body != nil)

	// One retrying client per call: its hooks are then methods of this call's
	// state, and nothing has to be smuggled through the context.
	r.http = http.Client{Transport: r, CheckRedirect: refuseRedirect}
	repeater := retryablehttp.Client{
		HTTPClient:   &r.http,
		RetryMax:     max(t.cfg.MaxRetries-max(call.Spent-1, 0), 0),
		CheckRetry:   r.checkRetry,
		Backoff:      r.backoff,
		ErrorHandler: retryablehttp.PassthroughErrorHandler,
	}
	if call.NoRetry {
		repeater.RetryMax = 0
	}
	resp, err := repeater.Do(req)
	if err != nil {
		return r.failure(ctx, err)
	}
	defer resp.Body.Close()
	r.showLocation(resp)
	return use(&Response{
		StatusCode: resp.StatusCode,
		Header:     resp.Header,
		Body:       resp.Body.(*heldBody).bytes(),
		URL:        r.url,
		Attempts:   r.attempts,
		RetryAfter: r.serverWait,
	})
}

// refuseRedirect is a second lock, behind hideLocation.
func refuseRedirect(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
