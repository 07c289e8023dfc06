package usergroups

import "strings"

// The bodies of answers: the payload under its key, beside what any body may
// hold. Each is decoded in one go.

type userGroupsAnswer struct {
	UserGroups []UserGroup `json:"user_groups"`
	Info       PageInfo    `json:"info"`
	apiError
}

func (a *userGroupsAnswer) reserve(size int) {
	a.UserGroups = make([]UserGroup, 0, min(maxPerPage, size/256))
}

func (a *userGroupsAnswer) top() *apiError { return &a.apiError }

func (a *userGroupsAnswer) payload() (items, odd int) {
	return inspect(a.UserGroups, func(g *UserGroup) bool { return g.ID != "" })
}

type countsAnswer struct {
	Counts []AssociatedUsersCount `json:"associated_users_count"`
	Info   PageInfo               `json:"info"`
	apiError
}

func (a *countsAnswer) reserve(size int) {
	a.Counts = make([]AssociatedUsersCount, 0, min(maxPerPage, size/64))
}

func (a *countsAnswer) top() *apiError { return &a.apiError }

func (a *countsAnswer) payload() (items, odd int) {
	return inspect(a.Counts, func(c *AssociatedUsersCount) bool { return c.UserGroup.ID != "" })
}

// resultsAnswer is the answer of a write.
type resultsAnswer struct {
	Results []itemResult `json:"user_groups"`
	apiError
}

func (a *resultsAnswer) reserve(int) {} // one item

func (a *resultsAnswer) top() *apiError { return &a.apiError }

func (a *resultsAnswer) payload() (items, odd int) {
	return inspect(a.Results, (*itemResult).complete)
}

// itemResult is what became of one item of a write.
type itemResult struct{ apiError }

// complete reports whether the result is a success that says what it is about:
// the id of what was written, or the job that will write it.
func (r *itemResult) complete() bool {
	switch {
	case r.Status == "" || r.failed():
		return false
	case strings.EqualFold(string(r.Status), "scheduled"), strings.EqualFold(string(r.Code), "SCHEDULED"):
		return r.Details.JobID() != ""
	}
	return r.Details.ID() != ""
}

func (r *itemResult) result() ActionResult {
	return ActionResult{
		ID: r.Details.ID(), Code: string(r.Code), Message: string(r.Message), Status: string(r.Status), Details: r.Details,
	}
}

// ActionResult is what the API answers to one item of a write.
type ActionResult struct {
	ID      string // of the object that was written
	Code    string // "SUCCESS"
	Message string // for people
	Status  string // "success"
	Details Details
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
