package usergroupstest

import "net/http"

type statusCountJSON struct {
	Status string `json:"status"`
	Count  int    `json:"count"`
}

type statusCountList struct {
	Counts []statusCountJSON `json:"grouped_counts"`
	Info   *pageInfo         `json:"info"`
}

// countByStatus serves GET
// /settings/user_groups/{id}/associated_users/actions/grouped_counts, which
// only the vendor's SDKs know. Guesses: status is all that users can be grouped
// by, page and per_page are taken as everywhere, and a status that nobody has
// is not there.
func (s *Server) countByStatus(c call) answer {
	guesses := s.cfg.guesses
	switch {
	case !c.query.Has("group_by"):
		return failure(http.StatusBadRequest, "REQUIRED_PARAM_MISSING", paramDetails{"group_by"}, "required parameter not found")
	case c.query.Get("group_by") != "status":
		return *invalidParam("group_by", "the group_by given seems to be invalid")
	}
	page, bad := guesses.parsePage(c.query)
	if bad != nil {
		return *bad
	}
	g, ok := s.org.groups.Get(c.id)
	if !ok {
		return guesses.unknownOwner(groupPathIndex)
	}

	counts, info, instead := cut(guesses, page, s.org.membersByStatus(g))
	if instead != nil {
		return *instead
	}
	list := statusCountList{Counts: []statusCountJSON{}, Info: info}
	list.Counts = append(list.Counts, counts...)
	return answer{status: http.StatusOK, body: list}
}

// membersByStatus is in the order in which the users have each status first.
func (d *directory) membersByStatus(g Group) []statusCountJSON {
	var counts []statusCountJSON
	place := make(map[string]int) // of a status in counts
	members := d.members(g)
	for u := range d.users.All() {
		if !members[u.ID] {
			continue
		}
		i, counted := place[u.Status]
		if !counted {
			i = len(counts)
			place[u.Status] = i
			counts = append(counts, statusCountJSON{Status: u.Status})
		}
		counts[i].Count++
	}
	return counts
}
