package usergroups

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/usergroups-go/usergroups/internal/report"
	"github.com/usergroups-go/usergroups/internal/transport"
)

// ActionResult is what the API answers to one item of a write.
type ActionResult struct {
	ID      string // of the object that was written
	Code    string // "SUCCESS"
	Message string // for people
	Status  string // "success"
	Details Details
}

// ActionsError says which items of a batch were refused, or are in doubt. errors.Is
// and errors.As look into the error of each.
type ActionsError struct {
	Op     Op
	Errors []*Error // one per item, in their order; nil where it worked
}

// Error returns one line: how many items did not work, and why the first five.
func (e *ActionsError) Error() string {
	const most = 5
	var parts []string
	failed := 0
	for i, err := range e.Errors {
		if err == nil {
			continue
		}
		if failed++; failed <= most {
			parts = append(parts, fmt.Sprintf("item %d: %s", i, strings.TrimPrefix(err.Error(), "usergroups: "+string(err.Op)+": ")))
		}
	}
	if failed > most {
		parts = append(parts, "…")
	}
	return fmt.Sprintf("usergroups: %s: %d of %d items failed: %s", e.Op, failed, len(e.Errors), strings.Join(parts, "; "))
}

// Unwrap returns the errors of the items that did not work.
func (e *ActionsError) Unwrap() []error {
	var errs []error
	for _, err := range e.Errors {
		if err != nil {
			errs = append(errs, err)
		}
	}
	return errs
}

// batch makes a call about the objects with these ids and returns the results of all,
// in their order.
func (s *service) batch(ctx context.Context, r request, ids []string, opts []CallOption) (results []ActionResult, err error) {
	err = s.call(ctx, r, opts, func(resp *transport.Response) error {
		var err error
		results, err = r.decodeBatch(resp, ids)
		return err
	})
	for i := range results {
		s.core.maskResult(&results[i])
	}
	return results, err
}

// decodeBatch reads a result per item. As a whole, the request has failed when the
// answer has no results, or one refusal for all that names no item.
func (r *request) decodeBatch(resp *transport.Response, ids []string) ([]ActionResult, error) {
	var out struct {
		Results []json.RawMessage `json:"user_groups"`
		apiError
	}
	err := json.Unmarshal(resp.Body, &out)
	failed := decodeAPIError(resp.Body)
	refused := len(out.Results) == 1 && len(ids) > 1 && failed.failed() && failed.Details.item() < 0
	switch {
	case err == nil && len(out.Results) > 0 && !out.failed() && !refused:
		return r.results(resp, out.Results, ids)
	case resp.StatusCode/100 != 2 || failed.failed():
		return nil, r.answerError(resp, failed)
	default:
		return nil, r.unexpected(resp, cmp.Or(report.NotJSON(resp.Body, err), errors.New("no result in the answer")))
	}
}

// results puts what was answered beside the items it is about. An answer says which
// that is by its id or by its path, "$.user_groups[2].name". Of those that do not say
// it, one per item is in their order; of fewer, a refusal that names no item is about
// all of which nothing else is known.
func (r *request) results(resp *transport.Response, answers []json.RawMessage, ids []string) ([]ActionResult, error) {
	results := make([]ActionResult, len(ids))
	failed := &ActionsError{Op: r.op(), Errors: make([]*Error, len(ids))}
	rest := r.unexpected(resp, errors.New("the answer does not mention this item"))
	mentioned := make([]bool, len(ids))
	var unplaced []int
	place := func(i, at int, item itemResult) {
		mentioned[at], results[at] = true, item.result()
		failed.Errors[at] = r.itemError(resp, answers[i], &item)
	}
	items := make([]itemResult, len(answers))
	for i, raw := range answers {
		_ = json.Unmarshal(raw, &items[i]) // of another type: no success
		switch at := slices.Index(ids, items[i].Details.ID()); {
		case at < 0:
			unplaced = append(unplaced, i)
		case !mentioned[at]:
			place(i, at, items[i])
		}
	}
	unplaced = slices.DeleteFunc(unplaced, func(i int) bool {
		at := items[i].Details.item()
		said := at >= 0 && at < len(ids)
		if said && !mentioned[at] {
			place(i, at, items[i])
		}
		return said
	})
	for _, i := range unplaced {
		switch {
		case len(answers) == len(ids) && !mentioned[i]:
			place(i, i, items[i])
		case items[i].failed() && items[i].Details.item() < 0:
			rest = r.itemError(resp, answers[i], &items[i])
		}
	}
	for at, known := range mentioned {
		if !known {
			failed.Errors[at] = rest
		}
	}
	if len(failed.Unwrap()) > 0 {
		return results, failed
	}
	return results, nil
}

// itemError is the Error of one result, nil for a success. Its body is the result.
func (r *request) itemError(resp *transport.Response, raw json.RawMessage, item *itemResult) *Error {
	part := *resp
	part.Body = raw
	switch {
	case item.written():
		return nil
	case !item.failed():
		return r.unexpected(&part, errors.New("the result has no id, or its status is none that is known"))
	}
	part.StatusCode = http.StatusOK // a 400 is that of the whole: its own is what its code stands for
	e := r.answerError(&part, item.apiError)
	e.StatusCode = resp.StatusCode
	return e
}

// item returns which item of the request the json_path is about, -1 for none.
func (d Details) item() int {
	_, rest, _ := strings.Cut(d.JSONPath(), "[")
	digits, _, closed := strings.Cut(rest, "]")
	n, err := strconv.Atoi(digits)
	if !closed || err != nil {
		return -1
	}
	return n
}
