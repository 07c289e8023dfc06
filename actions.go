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
	return results, err
}

// decodeBatch reads a result per item. As a whole, the request has failed when the
// answer has no results at all.
func (r *request) decodeBatch(resp *transport.Response, ids []string) ([]ActionResult, error) {
	var out struct {
		Results []json.RawMessage `json:"user_groups"`
		apiError
	}
	err := json.Unmarshal(resp.Body, &out)
	switch {
	case err == nil && len(out.Results) > 0 && !out.failed():
		return r.results(resp, out.Results, ids)
	case resp.StatusCode/100 != 2 || out.failed():
		return nil, r.answerError(resp, out.apiError)
	default:
		return nil, r.unexpected(resp, cmp.Or(notJSON(resp.Body, err), errors.New("no result in the answer")))
	}
}

// results puts what was answered beside the items it is about. One answer per item is
// in their order. Fewer can only be refusals that say where, "$.user_groups[2].name":
// about the items that are not mentioned, nothing is known.
func (r *request) results(resp *transport.Response, answers []json.RawMessage, ids []string) ([]ActionResult, error) {
	n := len(ids)
	results := make([]ActionResult, n)
	failed := &ActionsError{Op: r.op(), Errors: make([]*Error, n)}
	inOrder := len(answers) == n
	if !inOrder {
		for i := range failed.Errors {
			failed.Errors[i] = r.unexpected(resp, errors.New("the answer does not mention this item"))
		}
	}
	for i, raw := range answers {
		var item itemResult
		err := json.Unmarshal(raw, &item)
		at := i
		if !inOrder {
			at = item.Details.item()
		}
		if at < 0 || at >= n {
			continue
		}
		results[at], failed.Errors[at] = item.result(), nil
		part := *resp
		part.Body = raw
		switch {
		case err == nil && item.failed():
			part.StatusCode = http.StatusOK // a 400 is that of the whole: its own is what its code stands for
			failed.Errors[at] = r.answerError(&part, item.apiError)
			failed.Errors[at].StatusCode = resp.StatusCode
		case err != nil || !inOrder || !item.written():
			failed.Errors[at] = r.unexpected(&part, errors.New("the result has no id, or its status is none that is known"))
		case item.Details.ID() != ids[at] && slices.Contains(ids, item.Details.ID()):
			failed.Errors[at] = r.unexpected(&part, errors.New("the result is about another item"))
		}
	}
	if len(failed.Unwrap()) > 0 {
		return results, failed
	}
	return results, nil
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
