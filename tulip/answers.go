package tulip

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/usergroups-go/usergroups/internal/loose"
	"github.com/usergroups-go/usergroups/internal/report"
	"github.com/usergroups-go/usergroups/internal/transport"
)

// identified is an object with an id, the only key that every object has.
type identified interface{ identity() string }

// wire is an object as it is decoded, on its way to a T. Most are T themselves.
type wire[T identified] interface{ value() T }

// pageAnswer is the envelope of every list. All of its keys are optional.
type pageAnswer[W any] struct {
	Items    []W          `json:"items"`
	Count    *loose.Count `json:"count"`
	NextPage string       `json:"nextPage"`
	PrevPage string       `json:"prevPage"`
	Errors   []apiError   `json:"errors"`
}

// isPage reports whether a body without items has any key of a page.
func isPage(body []byte) bool {
	var keys map[string]json.RawMessage
	_ = json.Unmarshal(body, &keys) // it was an object
	for _, key := range []string{"items", "count", "nextPage", "prevPage", "errors"} {
		if _, ok := keys[key]; ok {
			return true
		}
	}
	return false
}

// list makes the call of one page.
func list[W wire[T], T identified](ctx context.Context, s *service, r request, opts []CallOption) (*Page[T], error) {
	page := &Page[T]{}
	err := s.call(ctx, r, opts, func(resp *transport.Response) error {
		if resp.StatusCode == http.StatusNoContent {
			return nil
		}
		var out pageAnswer[W]
		err := json.Unmarshal(resp.Body, &out)
		switch {
		case err != nil:
			return r.unexpected(resp, report.NotJSON(resp.Body, err))
		case isError(resp.Body):
			return r.unexpected(resp, errErrorAsSuccess)
		case out.Items == nil && !isPage(resp.Body):
			return r.unexpected(resp, errors.New("the payload is missing"))
		}
		page.Items = make([]T, len(out.Items))
		for i := range out.Items {
			if page.Items[i] = out.Items[i].value(); page.Items[i].identity() == "" {
				return r.unexpected(resp, fmt.Errorf("item %d of the page has no id", i))
			}
		}
		page.Info = PageInfo{Count: (*int)(out.Count), NextPage: out.NextPage, PrevPage: out.PrevPage}
		page.Errors = s.core.itemErrors(out.Errors)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return page, nil
}

// get makes the call of one object.
func get[W wire[T], T identified](ctx context.Context, s *service, op Op, id string, opts []CallOption) (*T, error) {
	r := newRequest(op, []string{id}, nil)
	var object T
	err := s.call(ctx, r, opts, func(resp *transport.Response) error {
		if resp.StatusCode == http.StatusNoContent {
			return r.answered(resp, said{}, ErrNotFound, errors.New("there is no such object"))
		}
		var out W
		if err := json.Unmarshal(resp.Body, &out); err != nil {
			return r.unexpected(resp, report.NotJSON(resp.Body, err))
		}
		object = out.value()
		switch {
		case isError(resp.Body):
			return r.unexpected(resp, errErrorAsSuccess)
		case object.identity() == "":
			return r.unexpected(resp, errors.New("the object has no id"))
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &object, nil
}
