package usergroupstest

import (
	"net/http"
	"net/url"
	"strconv"
)

const (
	maxPerPage = 200  // the default of per_page as well
	maxPaged   = 2000 // with Guesses.PageLimit
)

type limitDetails struct {
	Limit int `json:"limit"`
}

// pageInfo stands beside every list. Count is the number of records on this
// page, not of all there are.
type pageInfo struct {
	PerPage     *int  `json:"per_page"`
	Count       *int  `json:"count"`
	Page        *int  `json:"page"`
	MoreRecords *bool `json:"more_records"`
}

type pageRequest struct{ page, perPage int }

func (g Guesses) parsePage(query url.Values) (pageRequest, *answer) {
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
	if g.PageLimit && p.page*p.perPage > maxPaged {
		return p, new(failure(http.StatusBadRequest, "DISCRETE_PAGINATION_LIMIT_EXCEEDED", limitDetails{maxPaged},
			"the page is beyond the records that can be fetched without a page token"))
	}
	return p, nil
}

// parseNumber accepts 1 to about two thousand million, which leaves the
// product of page and page size far from overflow.
func parseNumber(s string) (int, bool) {
	n, err := strconv.ParseUint(s, 10, 31)
	return int(n), err == nil && n > 0
}

// cut returns one page of the records, or the answer that stands in its
// place. The page may be empty.
func cut[T any](g Guesses, p pageRequest, records []T) ([]T, *pageInfo, *answer) {
	first := min((p.page-1)*p.perPage, len(records))
	last := min(first+p.perPage, len(records))
	if first == last {
		switch {
		case p.page == 1, g.PageBeyondEnd == BeyondEndNoContent:
			return nil, nil, new(answer{status: http.StatusNoContent})
		case g.PageBeyondEnd == BeyondEndInvalid:
			return nil, nil, invalidParam("page", "the page is beyond the last one")
		}
	}
	return records[first:last], g.pageInfo(p, last-first, last < len(records)), nil
}

func (g Guesses) pageInfo(p pageRequest, count int, more bool) *pageInfo {
	info := &pageInfo{PerPage: &p.perPage, Count: &count, Page: &p.page, MoreRecords: &more}
	switch g.Info {
	case InfoComplete:
	case InfoCountIsOne:
		count = 1
	case InfoNulls:
		*info = pageInfo{}
		if more {
			info.MoreRecords = &more
		}
	}
	return info
}
