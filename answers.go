package usergroups

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/usergroups-go/usergroups/internal/loose"
	"github.com/usergroups-go/usergroups/internal/report"
	"github.com/usergroups-go/usergroups/internal/transport"
)

// answer is the body of a 2xx: the payload under the operation's key, beside
// what any body may hold.
type answer interface {
	// reserve makes room for the items of a body of that many bytes, so that the
	// decoder does not copy them time and again as they become more. For 0 bytes
	// there is no list at all.
	reserve(size int)
	// payload counts the items, -1 when there is no list, and tells which of them
	// lacks what every item has, -1 for none.
	payload() (items, odd int)
	// top is what may stand beside the payload, or in its place.
	top() *apiError
}

// decode reads the answer of an operation. Whatever the API can answer instead
// of the payload becomes an [*Error].
func (r *request) decode(resp *transport.Response, out answer) error {
	kind := r.operation.answer
	notFound := func() error {
		return r.answered(resp, apiError{}, []error{ErrNotFound}, errors.New("there is no such object"))
	}
	if resp.StatusCode == http.StatusNoContent {
		switch kind {
		case answerPage:
			return nil
		case answerOne:
			return notFound()
		default:
			return r.unexpected(resp, errors.New("no result in the answer"))
		}
	}

	out.reserve(len(resp.Body))
	if err := json.Unmarshal(resp.Body, out); err != nil {
		return r.unexpected(resp, report.NotJSON(resp.Body, err))
	}
	items, odd := out.payload()
	if items == 0 { // an empty list, or room for one that is missing
		out.reserve(0)
		_ = json.Unmarshal(resp.Body, out) // it just worked
		items, odd = out.payload()
	}
	if out.top().failed() {
		return r.answerError(resp, *out.top())
	}
	if items < 0 || odd >= 0 {
		// Errors of items have the same key as data. Only here is it worth looking.
		if failed := decodeAPIError(resp.Body); failed.failed() {
			return r.answerError(resp, failed)
		}
	}
	switch {
	case items < 0:
		return r.unexpected(resp, errors.New("the payload is missing"))
	case odd >= 0:
		return r.unexpected(resp, fmt.Errorf("item %d of the payload has no id, or its status is none that is known", odd))
	case items == 0 && kind == answerOne:
		return notFound()
	case items != 1 && kind != answerPage:
		return r.unexpected(resp, fmt.Errorf("%d items where there must be one", items))
	}
	return nil
}

// room makes a list for the items that fit into a body of size bytes, if each takes
// at least as many as given, and a page holds no more than the limit.
func room[T any](size, each int) []T {
	n := min(maxPerPage, size/each)
	if n == 0 {
		return nil
	}
	return make([]T, 0, n)
}

// envelope is what stands beside the payload of any answer. An answer that is
// not worth a reservation takes reserve from here.
type envelope struct {
	Info PageInfo `json:"info"`
	apiError
}

func (e *envelope) reserve(int)    {}
func (e *envelope) top() *apiError { return &e.apiError }

type userGroupsAnswer struct {
	UserGroups []UserGroup `json:"user_groups"`
	envelope
}

func (a *userGroupsAnswer) reserve(size int) { a.UserGroups = room[UserGroup](size, 256) }

func (a *userGroupsAnswer) payload() (items, odd int) {
	return inspect(a.UserGroups, func(g *UserGroup) bool { return g.ID != "" })
}

type countsAnswer struct {
	Counts []AssociatedUsersCount `json:"associated_users_count"`
	envelope
}

func (a *countsAnswer) reserve(size int) { a.Counts = room[AssociatedUsersCount](size, 64) }

func (a *countsAnswer) payload() (items, odd int) {
	return inspect(a.Counts, func(c *AssociatedUsersCount) bool { return c.UserGroup.ID != "" })
}

// itemCode is the key that an error of an item has, under the same key as data, and
// data has not. It is asked for where data may look like an error otherwise.
type itemCode struct {
	Code loose.Text `json:"code"`
}

type groupedCountsAnswer struct {
	Counts []groupedCountItem `json:"grouped_counts"`
	envelope
}

type groupedCountItem struct {
	GroupedCount
	itemCode
}

func (a *groupedCountsAnswer) payload() (items, odd int) {
	return inspect(a.Counts, func(c *groupedCountItem) bool { return c.Status != "" && c.Code == "" })
}

type sourcesAnswer struct {
	Sources []listedSource `json:"sources"`
	envelope
}

func (a *sourcesAnswer) reserve(size int) { a.Sources = room[listedSource](size, 64) }

// payload: a kind of source that nobody knows may do without an id.
func (a *sourcesAnswer) payload() (items, odd int) {
	known := []SourceType{SourceUsers, SourceRoles, SourceGroups, SourceTerritories}
	return inspect(a.Sources, func(s *listedSource) bool { return s.Type != "" && (s.ID != "" || !slices.Contains(known, s.Type)) })
}

// sourcesCountAnswer: a count may lack all its keys, so it is the key of an error
// that tells the two apart.
type sourcesCountAnswer struct {
	Counts []sourcesCountItem `json:"sources_count"`
	envelope
}

type sourcesCountItem struct {
	SourcesCount
	itemCode
}

func (a *sourcesCountAnswer) payload() (items, odd int) {
	return inspect(a.Counts, func(c *sourcesCountItem) bool { return c.Code == "" })
}

type associationsAnswer struct {
	Associations []Association `json:"associations"`
	envelope
}

func (a *associationsAnswer) payload() (items, odd int) {
	return inspect(a.Associations, func(n *Association) bool { return n.Type != "" || n.Resource.ID != "" })
}

type deletionJobsAnswer struct {
	Jobs []jobItem `json:"deletion_jobs"`
	envelope
}

// jobItem: an error has a status, too.
type jobItem struct {
	DeletionJob
	itemCode
}

func (a *deletionJobsAnswer) payload() (items, odd int) {
	return inspect(a.Jobs, func(j *jobItem) bool { return j.Status != "" && j.Code == "" })
}

type usersAnswer struct {
	Users []User `json:"users"`
	envelope
}

func (a *usersAnswer) payload() (items, odd int) {
	return inspect(a.Users, func(u *User) bool { return u.ID != "" })
}

// usersCountAnswer is a number, or a number as a text.
type usersCountAnswer struct {
	Count *usersCount `json:"count"`
	envelope
}

func (a *usersCountAnswer) payload() (items, odd int) {
	var counts []*usersCount
	if a.Count != nil {
		counts = append(counts, a.Count)
	}
	return inspect(counts, func(**usersCount) bool { return true })
}

// resultsAnswer is the answer of a create or an update.
type resultsAnswer struct {
	Results []itemResult `json:"user_groups"`
	envelope
}

func (a *resultsAnswer) payload() (items, odd int) {
	return inspect(a.Results, (*itemResult).written)
}

// deletionAnswer is the answer of a delete, which may be one for later.
type deletionAnswer struct{ resultsAnswer }

func (a *deletionAnswer) payload() (items, odd int) {
	return inspect(a.Results, func(r *itemResult) bool { return r.written() || r.scheduled() })
}

// itemResult is what became of one item of a write.
type itemResult struct{ apiError }

// written reports whether the result is a success that says what it is about. A
// status that nobody has documented is no success.
func (r *itemResult) written() bool {
	return r.is("success") && !r.hasCode("SCHEDULED") && r.Details.ID() != ""
}

// scheduled reports whether the result names the job that will do it.
func (r *itemResult) scheduled() bool {
	return (r.is("scheduled") || r.is("success") && r.hasCode("SCHEDULED")) && r.Details.JobID() != ""
}

func (r *itemResult) is(status string) bool    { return strings.EqualFold(string(r.Status), status) }
func (r *itemResult) hasCode(code string) bool { return strings.EqualFold(string(r.Code), code) }

func (r *itemResult) result() ActionResult {
	return ActionResult{
		ID: r.Details.ID(), Code: string(r.Code), Message: string(r.Message), Status: string(r.Status), Details: r.Details,
	}
}

// inspect counts items, -1 for a list that is not there, and finds the first
// that is not what it should be, -1 for none.
func inspect[T any](items []T, good func(*T) bool) (count, odd int) {
	if items == nil {
		return -1, -1
	}
	for i := range items {
		if !good(&items[i]) {
			return len(items), i
		}
	}
	return len(items), -1
}
