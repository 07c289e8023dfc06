package usergroupstest

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// orgZone is the time zone of the organisation: all times on the wire carry
// its offset.
var orgZone = time.FixedZone("IST", int((5*time.Hour + 30*time.Minute).Seconds()))

// groupJSON is a group as the API sends it. The keys without omit are always
// there, as null if need be.
type groupJSON struct {
	CreatedTime  string        `json:"created_time"`
	SourcesCount *sourcesCount `json:"sources_count,omitempty"`
	ModifiedTime *string       `json:"modified_time"`
	Name         string        `json:"name"`
	ModifiedBy   *ref          `json:"modified_by"`
	Description  *string       `json:"description"`
	ID           string        `json:"id"`
	CreatedBy    *ref          `json:"created_by"`
	Sources      []sourceJSON  `json:"sources,omitzero"` // asked for but empty: []
}

type ref struct {
	Name string `json:"name"`
	ID   string `json:"id"`
}

type groupList struct {
	UserGroups []groupJSON `json:"user_groups"`
	Info       *pageInfo   `json:"info,omitempty"` // lists only
}

// listGroups serves GET /settings/user_groups.
func (s *Server) listGroups(c call) answer {
	guesses := s.cfg.guesses
	page, bad := guesses.parsePage(c.query)
	if bad != nil {
		return *bad
	}
	inc, bad := guesses.parseInclude(c.query)
	if bad != nil {
		return *bad
	}
	if c.version < 7 && c.query.Has("filters") {
		return *invalidParam("filters", "filters are not supported before v7")
	}
	named, bad := guesses.parseName(c.query)
	if bad != nil {
		return *bad
	}
	keep, bad := guesses.listFilters().parseParam(c.query)
	if bad != nil {
		return *bad
	}
	return s.groupPage(s.selectGroups(func(g Group) bool { return named(g) && keep(g) }), page, inc)
}

// selectGroups returns the groups that keep holds for, in the order of lists.
func (s *Server) selectGroups(keep condition) []Group {
	var groups []Group
	for g := range s.org.groups.All() {
		if keep(g) {
			groups = append(groups, g)
		}
	}
	if s.cfg.guesses.NewestFirst {
		slices.Reverse(groups)
	}
	return groups
}

// getGroup serves GET /settings/user_groups/{id}.
func (s *Server) getGroup(c call) answer {
	var inc include
	if guesses := s.cfg.guesses; !guesses.GetIgnoresInclude {
		var bad *answer
		if inc, bad = guesses.parseInclude(c.query); bad != nil {
			return *bad
		}
	}
	g, ok := s.org.groups.Get(c.id)
	if !ok {
		status := s.cfg.guesses.UnknownID
		if status == 0 {
			status = http.StatusNoContent
		}
		return unknownID(status, groupPathIndex)
	}
	found := groupList{UserGroups: []groupJSON{s.groupJSON(g, inc)}}
	s.org.countGet(g.ID) // may delete it
	return answer{status: http.StatusOK, body: found}
}

// The zero-based places of the ids in /settings/user_groups/{id} and in
// /users/{user}, and in the paths below them.
const (
	groupPathIndex = 2
	userPathIndex  = 1
)

func (g Guesses) userPathIndex() int { return cmp.Or(g.UserPathIndex, userPathIndex) }

// listGroupsOfUser serves GET /users/{user}/actions/associated_groups.
// Guess: a user is associated with every group that reaches them, also
// through a role, a territory or another group.
func (s *Server) listGroupsOfUser(c call) answer {
	guesses := s.cfg.guesses
	page, bad := guesses.parsePage(c.query)
	if bad != nil {
		return *bad
	}
	var inc include
	if c.version >= 7 { // v6 does not know the parameter, and ignores it
		if inc, bad = guesses.parseInclude(c.query); bad != nil {
			return *bad
		}
	}
	if !s.org.users.Has(c.id) {
		return guesses.unknownOwner(guesses.userPathIndex())
	}

	reaches := func(g Group) bool { return s.org.members(g)[c.id] }
	if guesses.DirectGroups {
		isUser := func(src Source) bool { return src.Type == sourceUsers && src.ID == c.id }
		reaches = func(g Group) bool { return slices.ContainsFunc(g.Sources, isUser) }
	}
	return s.groupPage(s.selectGroups(reaches), page, inc)
}

func (s *Server) groupPage(groups []Group, p pageRequest, inc include) answer {
	groups, info, instead := cut(s.cfg.guesses, p, groups)
	if instead != nil {
		return *instead
	}
	list := groupList{UserGroups: []groupJSON{}, Info: info}
	for _, g := range groups {
		list.UserGroups = append(list.UserGroups, s.groupJSON(g, inc))
	}
	return answer{status: http.StatusOK, body: list}
}

// include is what the include parameter asks for.
type include struct{ sources, sourcesCount bool }

func (g Guesses) parseInclude(query url.Values) (include, *answer) {
	var inc include
	if !query.Has("include") {
		return inc, nil
	}
	names := strings.Split(query.Get("include"), ",")
	ok := len(names) == 1 || g.Include == IncludeSeveral
	for _, name := range names {
		switch name {
		case "sources":
			inc.sources = true
			ok = ok && g.Include != IncludeCountOnly
		case "sources_count":
			inc.sourcesCount = true
		default:
			ok = false
		}
	}
	if !ok {
		return inc, invalidParam("include", "the include given seems to be invalid")
	}
	return inc, nil
}

func (s *Server) groupJSON(g Group, inc include) groupJSON {
	out := groupJSON{
		CreatedTime: s.cfg.guesses.wireTime(g.CreatedTime),
		Name:        g.Name,
		ModifiedBy:  s.userRef(g.ModifiedBy),
		ID:          g.ID,
		CreatedBy:   s.userRef(g.CreatedBy),
	}
	if !g.ModifiedTime.IsZero() {
		out.ModifiedTime = new(s.cfg.guesses.wireTime(g.ModifiedTime))
	}
	if g.Description != "" {
		out.Description = new(g.Description)
	}
	if inc.sources || s.cfg.guesses.SourcesAlways {
		out.Sources = s.sourcesJSON(g.Sources)
	}
	if inc.sourcesCount {
		out.SourcesCount = new(s.org.countSources(g).withoutZeros(s.cfg.guesses.DetailedSourcesCount))
	}
	return out
}

func (g Guesses) wireTime(t time.Time) string {
	if g.Times == TimeUTC {
		return t.UTC().Format(time.RFC3339)
	}
	text := t.In(orgZone).Format(time.RFC3339)
	if g.Times == TimeOneDigitHour {
		text = strings.Replace(text, "T0", "T", 1) // package time always writes two
	}
	return text
}

// userRef is null without an id. A user whom nobody has seeded has no name.
func (s *Server) userRef(id string) *ref {
	if id == "" {
		return nil
	}
	u, _ := s.org.users.Get(id)
	return &ref{Name: u.Name, ID: id}
}
