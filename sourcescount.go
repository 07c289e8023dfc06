package usergroups

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
)

// SourcesCount is how many sources of each kind a group has.
type SourcesCount struct {
	Users       UserSourcesCount `json:"users"`
	Roles       int              `json:"roles"`
	Groups      int              `json:"groups"`
	Territories int              `json:"territories"`
}

// UserSourcesCount is how many users are sources of a group. The API sends their
// number, or how many are active, inactive and deleted: then Detailed is true,
// and Total their sum.
type UserSourcesCount struct {
	Total    int
	Active   int
	Inactive int
	Deleted  int
	Detailed bool
}

// MarshalJSON writes what UnmarshalJSON reads.
func (c UserSourcesCount) MarshalJSON() ([]byte, error) {
	if !c.Detailed {
		return strconv.AppendInt(nil, int64(c.Total), 10), nil
	}
	return json.Marshal(detailedCount{c.Active, c.Inactive, c.Deleted})
}

// mostUsers is the most that is believed: it is exact as any kind of number.
const mostUsers = 1e15

type detailedCount struct {
	Active   int `json:"active"`
	Inactive int `json:"inactive"`
	Deleted  int `json:"deleted"`
}

var errNoCount = errors.New("a number of users cannot be read")

// UnmarshalJSON takes a number or an object. A number is read here, without a
// decoder: there may be one in every group of a page.
func (c *UserSourcesCount) UnmarshalJSON(b []byte) error {
	*c = UserSourcesCount{}
	if n, ok := digits(b); ok {
		c.Total = n
		return nil
	}
	var text looseText
	if _ = json.Unmarshal(b, &text); text != "" { // another form of a number
		var err error
		c.Total, err = text.count()
		return err
	}
	var o *detailedCount
	if err := json.Unmarshal(b, &o); err != nil || o == nil { // null is as good as absent
		return err
	}
	total := float64(o.Active) + float64(o.Inactive) + float64(o.Deleted)
	if min(o.Active, o.Inactive, o.Deleted) < 0 || total > mostUsers || float64(int(total)) != total {
		return errNoCount
	}
	*c = UserSourcesCount{
		Total:  o.Active + o.Inactive + o.Deleted,
		Active: o.Active, Inactive: o.Inactive, Deleted: o.Deleted, Detailed: true,
	}
	return nil
}

// count reads a number of people, however it is written.
func (t looseText) count() (int, error) {
	f, err := strconv.ParseFloat(string(t), 64)
	if err != nil || !(f >= 0 && f <= mostUsers) || float64(int(f)) != f { // not a number, too: NaN
		return 0, errNoCount
	}
	return int(f), nil
}

// digits reads a number that is written as digits alone and is not huge.
func digits(b []byte) (n int, ok bool) {
	if len(b) == 0 || len(b) > 9 {
		return 0, false
	}
	for _, c := range b {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int(c-'0')
	}
	return n, true
}

// SourcesCount returns how many sources of each kind a group has, with the users by
// their status. A kind that the API leaves out has none.
//
// It fails with ErrNotFound when there is no such group, and for a 204, which may also
// mean a group without sources (the documents do not tell them apart), and with
// ErrInvalidArgument for an empty id, "." and "..".
//
// Scope: ZohoCRM.settings.user_groups.READ.
//
// https://www.zoho.com/crm/developer/docs/api/v8/get-sources-count.html
func (s *UserGroupsService) SourcesCount(ctx context.Context, groupID string, opts ...CallOption) (*SourcesCount, error) {
	r := newRequest(OpUserGroupsSourcesCount, []string{groupID}, nil, nil)
	out, err := do[sourcesCountAnswer](ctx, (*service)(s), r, opts)
	if err != nil {
		return nil, err
	}
	return &out.Counts[0].SourcesCount, nil
}
