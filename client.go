package usergroups

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"os"
	"slices"

	"github.com/google/go-querystring/query"

	"github.com/usergroups-go/usergroups/internal/report"
	"github.com/usergroups-go/usergroups/internal/settings"
	"github.com/usergroups-go/usergroups/internal/transport"
)

// Version is the version of this package, as it is sent in User-Agent.
const Version = "0.1.0"

// Client makes calls to Zoho CRM. Make one with [NewClient] for each
// organisation and keep it: it holds the token, the connections and the limits.
// It is safe for concurrent use.
type Client struct {
	UserGroups *UserGroupsService
	Users      *UsersService

	core *core
}

// core is what the services share. A nil core is that of a Client that was not
// made by NewClient: its calls give errors.
type core struct {
	transport  *transport.Transport
	secrets    *transport.Secrets
	tokens     TokenSource
	version    int
	prefix     []string // "crm", "v8"
	idle       func()
	parallel   int        // requests at a time
	updateRule learntRule // what is known of updates of sources
	// apiDomain is the host that a token has to be meant for, "" for any.
	apiDomain string
}

// service is what every service is: its methods differ, its only field does not.
type service struct{ core *core }

// version is the API version, 0 without a client.
func (s *service) version() int {
	if s == nil || s.core == nil {
		return 0
	}
	return s.core.version
}

// NewClient returns a client with the given options. It needs exactly one of
// [WithRefreshToken], [WithAccessToken] and [WithTokenSource]. It does not touch
// the network or the environment and starts no goroutine. There is nothing to
// close.
//
// It fails with ErrInvalidArgument when something is wrong with the options, alone
// or together.
func NewClient(opts ...Option) (*Client, error) {
	cfg := newConfig()
	for _, opt := range opts {
		if opt == nil {
			return nil, newError(opNewClient, "", invalid("an Option is nil"))
		}
		if err := opt(cfg); err != nil {
			return nil, newError(opNewClient, "", err)
		}
	}
	core, err := cfg.build()
	if err != nil {
		return nil, newError(opNewClient, "", err)
	}
	return &Client{
		UserGroups: &UserGroupsService{core},
		Users:      &UsersService{core},
		core:       core,
	}, nil
}

// The variables that [NewClientFromEnv] reads.
const (
	envClientID     = "ZOHO_CLIENT_ID"
	envClientSecret = "ZOHO_CLIENT_SECRET"
	envRefreshToken = "ZOHO_REFRESH_TOKEN"
	envDataCenter   = "ZOHO_DATA_CENTER"
	envEnvironment  = "ZOHO_ENVIRONMENT"
	envAPIVersion   = "ZOHO_API_VERSION"
)

// NewClientFromEnv returns a client with the credentials in ZOHO_CLIENT_ID,
// ZOHO_CLIENT_SECRET and ZOHO_REFRESH_TOKEN, and with ZOHO_DATA_CENTER ("US"),
// ZOHO_ENVIRONMENT ("production") and ZOHO_API_VERSION ("v8") where they are
// set. Options come on top. It fails with ErrInvalidArgument: the error names the
// credentials that are missing, or says what [NewClient] has against the values.
func NewClientFromEnv(opts ...Option) (*Client, error) {
	values, err := settings.Environment(envClientID, envClientSecret, envRefreshToken)
	if err != nil {
		return nil, newError(opNewClient, "", err)
	}
	env := []Option{WithRefreshToken(RefreshToken{ClientID: values[0], ClientSecret: values[1], RefreshToken: values[2]})}
	if v := os.Getenv(envDataCenter); v != "" {
		env = append(env, WithDataCenter(DataCenter(v)))
	}
	if v := os.Getenv(envEnvironment); v != "" {
		env = append(env, WithEnvironment(Environment(v)))
	}
	if v := os.Getenv(envAPIVersion); v != "" {
		env = append(env, WithAPIVersion(v))
	}
	return NewClient(append(env, opts...)...)
}

// CloseIdleConnections closes the connections that no call is using. The client
// stays usable. It does nothing to a RoundTripper that was given by
// [WithHTTPClient].
func (c *Client) CloseIdleConnections() {
	if c != nil && c.core != nil {
		c.core.idle()
	}
}

// Request is a call that this package has no method for, see [Client.Do].
type Request struct {
	Method string     // GET, POST, PUT, PATCH or DELETE
	Path   []string   // unescaped segments below /crm/{version}: "settings", "user_groups"
	Query  url.Values // nil for none
	Body   any        // sent as JSON unless nil
	// Repeatable says that doing it twice leaves the server as doing it once, so
	// that it may be sent again after a lost connection or a 5xx. A GET always is.
	Repeatable bool
}

// Do makes a call that this package has no method for, with everything that the
// methods have: token, retries, limits, errors. The JSON of a 2xx answer, up to
// 32 MiB, is decoded into out, a pointer, unless out is nil. After a 204, which
// Zoho sends for an empty list and for an object that is not there, out is as it
// was and there is no error: the caller has to look whether the payload is there.
//
// It fails with ErrInvalidArgument for another method than GET, POST, PUT, PATCH
// and DELETE, an empty path or segment, and an out that nothing can be decoded
// into. An error that the API reports under a 2xx is returned beside the decoded
// answer, of writes also that of a single item. Scope: the operation's own, see
// the vendor's page of it.
//
// https://www.zoho.com/crm/developer/docs/api/v8/
func (c *Client) Do(ctx context.Context, req Request, out any, opts ...CallOption) error {
	r := request{
		method: req.Method, path: req.Path, query: req.Query, body: req.Body,
		repeatable: req.Repeatable || req.Method == http.MethodGet,
	}
	r.err = transport.CheckRequest(req.Method, req.Path, out)
	if out == nil {
		out = new(json.RawMessage) // what is no JSON is no success
	}
	return c.service().call(ctx, r, opts, func(resp *transport.Response) error {
		if resp.StatusCode == http.StatusNoContent {
			return nil
		}
		err := json.Unmarshal(resp.Body, out)
		failed := decodeAPIError(resp.Body)
		if req.Method == http.MethodGet { // what looks like an item's error is a record
			failed = bareAPIError(resp.Body)
		}
		switch {
		case failed.failed():
			return r.answerError(resp, failed)
		case err != nil:
			return r.unexpected(resp, report.NotJSON(resp.Body, err))
		case transport.IsProblem(resp.Header):
			return r.unexpected(resp, errors.New("a problem report with a success status"))
		}
		return nil
	})
}

func (c *Client) service() *service {
	if c == nil {
		return nil
	}
	return &service{c.core}
}

// request is one call with its arguments, on its way to the transport.
type request struct {
	operation  *operation // nil for Client.Do
	method     string
	path       []string
	query      any // a struct with url tags, or url.Values
	header     http.Header
	body       any
	repeatable bool
	err        error // why it is not to be sent
}

// newRequest fills an operation's row with arguments.
func newRequest(op Op, args []string, options, body any) request {
	row := lookup(op)
	return request{
		operation: row, method: row.method, path: transport.Segments(row.path, args),
		query: options, body: body, repeatable: row.repeatable,
	}
}

// do makes the call of one operation and decodes its answer, once. An empty
// answer is the zero T.
func do[T any, P interface {
	*T
	answer
}](ctx context.Context, s *service, r request, opts []CallOption,
) (out T, err error) {
	err = s.call(ctx, r, opts, func(resp *transport.Response) error { return r.decode(resp, P(&out)) })
	return out, err
}

// call makes the request, refreshes a refused token once, fills WithResponse
// and hands a 2xx to use. Every error it returns is an [*Error], of a batch perhaps
// an [*ActionsError].
func (s *service) call(ctx context.Context, r request, opts []CallOption, use func(*transport.Response) error) error {
	co, err := newCallConfig(opts) // first of all: it empties the Response
	switch {
	case s == nil || s.core == nil:
		return r.error(errNoClient)
	case ctx == nil:
		return r.error(errNoContext)
	case err != nil:
		return r.error(err)
	case r.err != nil:
		return r.error(r.err)
	}
	if err := r.addHeader(co); err != nil {
		return r.error(err)
	}
	values, err := r.values(s.core.version)
	if err != nil {
		return r.error(err)
	}
	var used Token
	call := transport.Call{
		Op: string(r.op()), Method: r.method, Path: slices.Concat(s.core.prefix, r.path),
		Query: values, Header: co.header, Body: r.body,
		Repeatable: r.repeatable, NoRetry: co.noRetry,
		Authorize: func(ctx context.Context, h http.Header) error {
			var err error
			used, err = s.core.authorize(ctx, h)
			return err
		},
	}
	handle := func(resp *transport.Response) error {
		resp.Attempts += call.Spent
		co.response.fill(resp, s.core.secrets)
		if resp.StatusCode/100 != 2 && !r.hasResults(resp.StatusCode) {
			return s.core.seal(r.answerError(resp, decodeAPIError(resp.Body)))
		}
		return s.core.seal(use(resp))
	}
	// Two rounds at most: the second has another token, and what is left of the
	// retries.
	err = s.core.transport.Do(ctx, call, handle)
	if refused := refusedToken(err); refused != nil {
		call.Spent = refused.Attempts
		s.core.invalidate(used)
		if co.noRetry {
			return refused
		}
		next, tokenErr := s.core.tokens.Token(ctx)
		if tokenErr != nil {
			return refused.because(s.core.clean(tokenErr))
		}
		if next.AccessToken == used.AccessToken {
			refused.cause = errNoOtherToken
			return refused
		}
		if co.response != nil {
			*co.response = Response{} // what it held is not the last answer
		}
		err = s.core.transport.Do(ctx, call, handle)
	}
	if failure, ok := err.(*transport.Failure); ok { //nolint:errorlint // not one that an Error wraps
		failure.Attempts += call.Spent
		return r.error(failure)
	}
	return err
}

// values encodes the query and refuses what the version lacks.
func (r *request) values(version int) (url.Values, error) {
	values, ok := r.query.(url.Values)
	if !ok {
		var err error
		if values, err = query.Values(r.query); err != nil {
			return nil, err
		}
	}
	if r.operation == nil {
		return values, nil
	}
	if version < r.operation.since {
		return nil, invalid("%s came with API version v%d", r.operation.op, r.operation.since)
	}
	for param, since := range r.operation.params {
		if values.Has(param) && version < since {
			return nil, invalid("%s of %s came with API version v%d", param, r.operation.op, since)
		}
	}
	return values, checkPage(values)
}

// addHeader puts the operation's own headers beside the caller's.
func (r *request) addHeader(co *callConfig) error {
	for name, values := range r.header {
		if co.header.Get(name) != "" {
			return invalid("WithHeader: %s is in the options of %s already", name, r.op())
		}
		if co.header == nil {
			co.header = make(http.Header)
		}
		co.header[name] = values
	}
	return nil
}

// hasResults reports whether an answer that is no success may have results all the
// same: some items of a batch were done, others refused.
func (r *request) hasResults(status int) bool {
	return r.operation != nil && r.operation.answer == answerBatch && status == http.StatusBadRequest
}

func (r *request) op() Op {
	if r.operation == nil {
		return OpClientDo
	}
	return r.operation.op
}
