package usergroups

import (
	"bytes"
	"cmp"
	"net/http"
	"strconv"

	"github.com/usergroups-go/usergroups/internal/transport"
)

// CallOption changes one call: it is given to the method, after its other
// arguments. What is wrong with it is reported by the method, as ErrInvalidArgument.
type CallOption func(*callConfig) error

type callConfig struct {
	header   http.Header
	noRetry  bool
	response *Response
	dryRun   bool
	unlisted bool
}

// newCallConfig is for calls of one operation.
func newCallConfig(opts []CallOption) (*callConfig, error) {
	co, err := anyCallConfig(opts)
	if err == nil && (co.dryRun || co.unlisted) {
		err = invalid("WithDryRun and WithUnlistedSources are for SetSources, AddSources, RemoveSources and ClearSources")
	}
	return co, err
}

// newSourcesCallConfig is for changes of sources.
func newSourcesCallConfig(opts []CallOption) (*callConfig, error) {
	co, err := anyCallConfig(opts)
	if err == nil && co.response != nil {
		err = invalid("WithResponse has no meaning for a change of sources: it makes many calls")
	}
	return co, err
}

// inner is what the calls of a change of sources take over from it.
func (co *callConfig) inner() []CallOption {
	return []CallOption{func(inner *callConfig) error {
		inner.header, inner.noRetry = co.header.Clone(), co.noRetry
		return nil
	}}
}

func anyCallConfig(opts []CallOption) (*callConfig, error) {
	co := new(callConfig)
	var refused error
	for _, opt := range opts { // all of them: WithResponse empties the Response
		if opt == nil {
			opt = func(*callConfig) error { return invalid("a CallOption is nil") }
		}
		refused = cmp.Or(refused, opt(co))
	}
	return co, refused
}

// checkWalkOptions is newCallConfig for an iterator, which makes any number of
// calls.
func checkWalkOptions(opts []CallOption) error {
	co, err := newCallConfig(opts)
	if err == nil && co.response != nil {
		err = invalid("WithResponse has no meaning for an iterator: it makes many calls")
	}
	return err
}

// Response is the answer of one call, see [WithResponse]. The client's secrets
// are masked in it.
type Response struct {
	StatusCode int // 0: there was no answer
	Header     http.Header
	Body       []byte
	Attempts   int // requests that were sent
}

// CreditsRemaining returns how many API credits the organisation has left for
// the next 24 hours. Zoho sends it only once half of them are used.
func (r *Response) CreditsRemaining() (credits int, ok bool) {
	credits, err := strconv.Atoi(r.Header.Get("X-API-CREDITS-REMAINING"))
	return credits, err == nil
}

func (r *Response) fill(resp *transport.Response, secrets *transport.Secrets) {
	if r == nil {
		return
	}
	*r = Response{
		StatusCode: resp.StatusCode, Header: secrets.MaskHeader(resp.Header), Attempts: resp.Attempts,
		Body: bytes.Clone(secrets.MaskJSON(resp.Body)),
	}
}

// WithResponse fills r with the last answer, also when the call fails; without
// an answer it empties r. It is for single calls: an iterator refuses it as
// ErrInvalidArgument.
func WithResponse(r *Response) CallOption {
	return func(co *callConfig) error {
		if r == nil {
			return invalid("WithResponse: the Response is nil")
		}
		*r = Response{}
		co.response = r
		return nil
	}
}

// WithDryRun returns what [UserGroupsService.SetSources], AddSources, RemoveSources or
// ClearSources would do, and writes nothing. Nothing holds the group until the change is
// made: that is compared anew. Other calls refuse the option as ErrInvalidArgument.
func WithDryRun() CallOption {
	return func(co *callConfig) error {
		co.dryRun = true
		return nil
	}
}

// WithUnlistedSources lets [UserGroupsService.SetSources], AddSources, RemoveSources or
// ClearSources change a group that may have sources which its list does not show, such
// as users who were deleted. They are then neither counted nor seen: an update can lose
// them, one that is to go may stay without an error, and one that is wanted counts as
// missing. Other calls refuse the option as ErrInvalidArgument.
func WithUnlistedSources() CallOption {
	return func(co *callConfig) error {
		co.unlisted = true
		return nil
	}
}

// WithHeader sets a header of the request. Authorization, Host and the headers
// that would change how the request is sent, read or repeated are refused as
// ErrInvalidArgument.
func WithHeader(key, value string) CallOption {
	return func(co *callConfig) error {
		name, err := transport.CheckHeader(key, value)
		if err != nil {
			return err
		}
		if co.header == nil {
			co.header = make(http.Header)
		}
		co.header.Set(name, value)
		return nil
	}
}

// NoRetry sends the request once, whatever comes back, also when the access
// token is refused; the next call then uses a new one. Requests for a token are
// not meant by it.
func NoRetry() CallOption {
	return func(co *callConfig) error {
		co.noRetry = true
		return nil
	}
}
