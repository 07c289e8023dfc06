package usergroupstest

import (
	"net/http"
	"net/url"
	"strconv"
)

// maxPerPage is the default of per_page as well.
const maxPerPage = 200

// pageInfo stands beside every list. Count is the number of records on this
// page, not of all there are.
type pageInfo struct {
	PerPage     int  `json:"per_page"`
	Count       int  `json:"count"`
	Page        int  `json:"page"`
	MoreRecords bool `json:"more_records"`
}

type pageRequest struct{ page, perPage int }

func parsePage(query url.Values) (pageRequest, *answer) {
	p := pageRequest{page: 1, perPage: maxPerPage}
	if query.Has("page") {
		n, ok := parseNumber(query.Get("page"))
		if !ok {
			return p, invalidParam("page", "the page has to be a number from 1 on")
		}
		p.page = n
	}
	if query.Has("per_page") {
		n, ok := parseNumber(query.Get("per_page"))
		if !ok || n > maxPerPage {
			return p, invalidParam("per_page", "the number of records per page has to be from 1 to 200")
		}
		p.perPage = n
	}
	return p, nil
}

// parseNumber accepts 1 to about two thousand million, which leaves the
// product of page and page size far from overflow.
func parseNumber(s string) (int, bool) {
	n, err := strconv.ParseUint(s, 10, 31)
	return int(n), err == nil && n > 0
}

// cut returns one page of the records. It is empty when there are no records,
// or none that far: both are answered 204.
func cut[T any](p pageRequest, records []T) ([]T, pageInfo) {
	first := min((p.page-1)*p.perPage, len(records))
	last := min(first+p.perPage, len(records))
	return records[first:last], pageInfo{
		PerPage:     p.perPage,
		Count:       last - first,
		Page:        p.page,
		MoreRecords: last < len(records),
	}
}

func noContent() answer { return answer{status: http.StatusNoContent} }
