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

// pageAnswer is the envelope of every list. All of its keys are optional.
type pageAnswer[T any] struct {
	Items    []T          `json:"items"`
	Count    *loose.Count `json:"count"`
	NextPage string       `json:"nextPage"`
	PrevPage string       `json:"prevPage"`
	Errors   []apiError   `json:"errors"`
}

// isPage reports whether an answer without items is a page all the same: others can have
// errors, too.
func (a *pageAnswer[T]) isPage(body []byte) bool {
	var keys map[string]json.RawMessage
	_ = json.Unmarshal(body, &keys) // it was an object
	_, isNull := keys["items"]
	return isNull || a.Count != nil || a.NextPage != ""
}

// list makes the call of one page.
func list[T identified](ctx context.Context, s *service, r request, opts []CallOption) (*Page[T], error) {
	page, _, err := linkedPage[T](ctx, s, r, opts)
	return page, err
}

// linkedPage makes the call of one page. It also returns nextPage as it came, to be
// followed; the one in the page is masked.
func linkedPage[T identified](ctx context.Context, s *service, r request, opts []CallOption) (page *Page[T], next string, err error) {
	page = &Page[T]{Items: []T{}}
	err = s.call(ctx, r, opts, func(resp *transport.Response) error {
		if resp.StatusCode == http.StatusNoContent {
			if r.rawQuery != "" {
				return r.unexpected(resp, errors.New("nothing where nextPage leads"))
			}
			return nil
		}
		var out pageAnswer[T]
		if err := r.decode(resp, &out); err != nil {
			return err
		}
		if out.Items == nil {
			if !out.isPage(resp.Body) {
				return r.unexpected(resp, errors.New("the payload is missing"))
			}
			out.Items = []T{}
		}
		for i := range out.Items {
			switch id := out.Items[i].identity(); {
			case id == "":
				return r.unexpected(resp, fmt.Errorf("item %d of the page has no id", i))
			case r.only != nil && !r.only[id]:
				return r.unexpected(resp, fmt.Errorf("item %d of the page is none that the filter lets pass", i))
			}
		}
		*page = Page[T]{
			Items:  out.Items,
			Info:   PageInfo{(*int)(out.Count), s.core.secrets.Mask(out.NextPage), s.core.secrets.Mask(out.PrevPage)},
			Errors: s.core.itemErrors(out.Errors),
		}
		next = out.NextPage
		return nil
	})
	if err != nil {
		return nil, "", err
	}
	return page, next, nil
}

// get makes the call of one object.
func get[T identified](ctx context.Context, s *service, op Op, id string, opts []CallOption) (*T, error) {
	r := newRequest(op, []string{id}, nil)
	object := new(T)
	err := s.call(ctx, r, opts, func(resp *transport.Response) error {
		if resp.StatusCode == http.StatusNoContent {
			return r.answered(resp, apiError{}, ErrNotFound, errors.New("there is no such object"))
		}
		if err := r.decode(resp, object); err != nil {
			return err
		}
		if (*object).identity() == "" {
			return r.unexpected(resp, errors.New("the object has no id"))
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return object, nil
}

// decode reads an answer with a success status. What is an error all the same, whatever
// it was to be, becomes an [*Error].
func (r *request) decode(resp *transport.Response, out any) error {
	switch {
	case isError(resp.Body):
		return r.unexpected(resp, errors.New("an error with a success status"))
	case transport.IsProblem(resp.Header):
		return r.unexpected(resp, errors.New("a problem report with a success status"))
	}
	if err := json.Unmarshal(resp.Body, out); err != nil {
		return r.unexpected(resp, report.NotJSON(resp.Body, err))
	}
	return nil
}
