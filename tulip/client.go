package tulip

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"

	"github.com/google/go-querystring/query"

	"github.com/usergroups-go/usergroups/internal/settings"
	"github.com/usergroups-go/usergroups/internal/transport"
)

// Version is the version of this package, as it is sent in User-Agent.
const Version = "0.1.0"

// Client makes calls to one Tulip instance. Make one with [NewClient] and keep it: it
// holds the connections and the limits. It is safe for concurrent use.
type Client struct {
	UserGroups *UserGroupsService
	Users      *UsersService
	Roles      *RolesService

	core *core
}

// core is what the services share. A nil core is that of a Client that was not
// made by NewClient: its calls give errors.
type core struct {
	transport *transport.Transport
	secrets   *transport.Secrets
	authorize func(http.Header) // a func, since fmt would print the fields of a struct
	parallel  int               // requests at a time
	// insists reports whether a 429 is one that may be asked again.
	insists func(*Error) bool
	idle    func()
}

// service is what every service is: its methods differ, its only field does not.
type service struct{ core *core }

// parallel is how many requests may be under way at a time, 0 without a client.
func (s *service) parallel() int {
	if s == nil || s.core == nil {
		return 0
	}
	return s.core.parallel
}

// NewClient returns a client for the instance at instanceURL, "https://acme.tulip.co",
// or http:// on this machine (see [WithInsecureHTTP]). It needs exactly one of
// [WithAPIToken] and [WithAuthHeader]. It does not touch the network or the environment
// and starts no goroutine. There is nothing to close.
//
// It fails with ErrInvalidArgument when something is wrong with the URL or the options,
// alone or together.
func NewClient(instanceURL string, opts ...Option) (*Client, error) {
	cfg := newConfig()
	for _, opt := range opts {
		if opt == nil {
			return nil, newError(opNewClient, "", invalid("an Option is nil"))
		}
		if err := opt(cfg); err != nil {
			return nil, newError(opNewClient, "", err)
		}
	}
	core, err := cfg.build(instanceURL)
	if err != nil {
		return nil, newError(opNewClient, "", err)
	}
	return &Client{
		UserGroups: &UserGroupsService{core},
		Users:      &UsersService{core},
		Roles:      &RolesService{core},
		core:       core,
	}, nil
}

// The variables that [NewClientFromEnv] reads.
const (
	envURL       = "TULIP_URL"
	envAPIKey    = "TULIP_API_KEY"
	envAPISecret = "TULIP_API_SECRET"
)

// NewClientFromEnv returns a client for the instance at TULIP_URL with the API token
// in TULIP_API_KEY and TULIP_API_SECRET. Options come on top. It fails with
// ErrInvalidArgument: the error names the variables that are missing, or says what
// [NewClient] has against the values.
func NewClientFromEnv(opts ...Option) (*Client, error) {
	values, err := settings.Environment(envURL, envAPIKey, envAPISecret)
	if err != nil {
		return nil, newError(opNewClient, "", err)
	}
	return NewClient(values[0], append([]Option{WithAPIToken(values[1], values[2])}, opts...)...)
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
	Path   []string   // unescaped segments below /api: "stations", "v1", "stations"
	Query  url.Values // nil for none
	Body   any        // sent as JSON unless nil
	// Repeatable says that doing it twice leaves the server as doing it once, so
	// that it may be sent again after a lost connection or a 5xx. A GET always is.
	Repeatable bool
}

// Do makes a call that this package has no method for, with everything that the
// methods have: credential, retries, limits, errors. The JSON of a 2xx answer, up to
// 32 MiB, is decoded into out, a pointer, unless out is nil: then there may be none. After
// a 204 out is as it was and there is no error.
//
// It fails with ErrInvalidArgument for another method than GET, POST, PUT, PATCH
// and DELETE, an empty path or segment, and an out that nothing can be decoded
// into; ErrUnexpectedResponse for an error that comes with a success status. Scope: the
// operation's own, see the vendor's page of it.
//
// https://support.tulip.co/apidocs
func (c *Client) Do(ctx context.Context, req Request, out any, opts ...CallOption) error {
	r := request{
		method: req.Method, path: append([]string{"api"}, req.Path...), query: req.Query, body: req.Body,
		repeatable: req.Repeatable || req.Method == http.MethodGet,
	}
	r.err = transport.CheckRequest(req.Method, req.Path, out)
	return c.service().call(ctx, r, opts, func(resp *transport.Response) error {
		switch {
		case resp.StatusCode == http.StatusNoContent, out == nil && len(resp.Body) == 0:
			return nil
		case out == nil:
			return r.decode(resp, new(json.RawMessage)) // what is no JSON is no success
		}
		return r.decode(resp, out)
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
	query      any             // a struct with url tags, or url.Values
	rawQuery   string          // in place of query: from a link that the server gave
	only       map[string]bool // ids that a list may have; nil: any
	body       any
	repeatable bool
	err        error // why it is not to be sent
}

// newRequest fills an operation's row with arguments.
func newRequest(op Op, args []string, options any) request {
	row := lookup(op)
	return request{
		operation: row, method: http.MethodGet, repeatable: true, query: options,
		path: append([]string{"api", "users", "v1"}, transport.Segments(row.path, args)...),
	}
}

// call makes the request, fills WithResponse and hands a 2xx to use. Every error it
// returns is an [*Error].
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
	values, err := r.values()
	if err != nil {
		return r.error(err)
	}
	call := transport.Call{
		Op: string(r.op()), Method: r.method, Path: r.path, Query: values, RawQuery: r.rawQuery,
		Header: co.header, Body: r.body, Repeatable: r.repeatable, NoRetry: co.noRetry,
		Authorize: func(_ context.Context, h http.Header) error {
			s.core.authorize(h)
			return nil
		},
	}
	err = s.core.transport.Do(ctx, call, func(resp *transport.Response) error {
		co.response.fill(resp, s.core.secrets)
		if resp.StatusCode/100 != 2 {
			return s.core.seal(r.answerError(resp, decodeAPIError(resp.Body)))
		}
		return s.core.seal(use(resp))
	})
	if failure, ok := err.(*transport.Failure); ok { //nolint:errorlint // not one that an Error wraps
		return r.error(failure)
	}
	return err
}

func (r *request) values() (url.Values, error) {
	if values, ok := r.query.(url.Values); ok {
		return values, nil
	}
	return query.Values(r.query)
}

func (r *request) op() Op {
	if r.operation == nil {
		return OpClientDo
	}
	return r.operation.op
}
