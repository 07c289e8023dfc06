package tulip

import (
	"bytes"
	"cmp"
	"net/http"

	"github.com/usergroups-go/usergroups/internal/transport"
)

// CallOption changes one call: it is given to the method, after its other
// arguments. What is wrong with it is reported by the method, as ErrInvalidArgument.
type CallOption func(*callConfig) error

type callConfig struct {
	header   http.Header
	noRetry  bool
	response *Response
	byFilter bool
}

// newCallConfig is for calls of one operation.
func newCallConfig(opts []CallOption) (*callConfig, error) {
	co, err := anyCallConfig(opts)
	if err == nil && co.byFilter {
		err = invalid("WithMembersByFilter is for MembersOf")
	}
	return co, err
}

// newWalkConfig is for iterators over one operation, which make any number of calls.
func newWalkConfig(opts []CallOption) (*callConfig, error) {
	co, err := newCallConfig(opts)
	if err == nil {
		err = co.checkMany()
	}
	return co, err
}

// newMembersCallConfig is for MembersOf.
func newMembersCallConfig(opts []CallOption) (*callConfig, error) {
	co, err := anyCallConfig(opts)
	if err == nil {
		err = co.checkMany()
	}
	return co, err
}

func (co *callConfig) checkMany() error {
	if co.response != nil {
		return invalid("WithResponse has no meaning for an iterator: it makes many calls")
	}
	return nil
}

// inner is what the calls that a method is made of take over from it.
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

// Response is the answer of one call, see [WithResponse]. The client's secrets
// are masked in it.
type Response struct {
	StatusCode int // 0: there was no answer
	Header     http.Header
	Body       []byte
	Attempts   int // requests that were sent
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

// NoRetry sends the request once, whatever comes back.
func NoRetry() CallOption {
	return func(co *callConfig) error {
		co.noRetry = true
		return nil
	}
}

// WithMembersByFilter makes [UserGroupsService.MembersOf] ask for 50 users at a time,
// by a filter on their ids, in place of one request per user. The vendor lists id
// among the fields of that filter, and does not say which operators it has: this uses
// eq and or, as the other filters have them. A server that refuses them ends the iteration
// with ErrBadRequest. Other calls refuse the option as ErrInvalidArgument.
func WithMembersByFilter() CallOption {
	return func(co *callConfig) error {
		co.byFilter = true
		return nil
	}
}
