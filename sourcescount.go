package usergroups

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"

	"github.com/usergroups-go/usergroups/internal/loose"
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

type detailedCount struct {
	Active   int `json:"active"`
	Inactive int `json:"inactive"`
	Deleted  int `json:"deleted"`
}

var errNoCount = errors.New("a number of users cannot be read")

// UnmarshalJSON takes a number or an object.
func (c *UserSourcesCount) UnmarshalJSON(b []byte) error {
	*c = UserSourcesCount{}
	var n loose.Count
	if n.UnmarshalJSON(b) == nil {
		c.Total = int(n)
		return nil
	}
	var text loose.Text
	if _ = json.Unmarshal(b, &text); text != "" { // meant to be a number
		return errNoCount
	}
	var o *detailedCount
	if err := json.Unmarshal(b, &o); err != nil || o == nil { // null is as good as absent
		return err
	}
	total := float64(o.Active) + float64(o.Inactive) + float64(o.Deleted)
	if min(o.Active, o.Inactive, o.Deleted) < 0 || total > loose.MaxCount || float64(int(total)) != total {
		return errNoCount
	}
	*c = UserSourcesCount{
		Total:  o.Active + o.Inactive + o.Deleted,
		Active: o.Active, Inactive: o.Inactive, Deleted: o.Deleted, Detailed: true,
	}
	return nil
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
