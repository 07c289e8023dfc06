package usergroups

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/usergroups-go/usergroups/internal/transport"
)

// sourcesChange is one change under way.
type sourcesChange struct {
	groups  *UserGroupsService
	op      Op
	groupID string
	opts    []CallOption // of every request
	rule    *learntRule
	learnt  updateRule // the rule as it was at first: other calls may change it

	group   groupState
	before  []Source
	goal    sourcesGoal
	now     []Source // as last read
	missing SourcesDiff
	updates int            // accepted
	refusal *Error         // of the last update that was refused
	refused []SourceChange // what that one sent
	sent    []SourceChange // since they were last read
	unread  error          // why they could not be
	unsure  bool           // what was read may be out of date
	foreign bool           // something is there that neither was there nor was sent
}

// groupState is what an update has to repeat, and what tells whether it may.
type groupState struct {
	ID           string           `json:"id"`
	Name         string           `json:"name"`
	Description  Optional[string] `json:"description"`
	ModifiedTime *time.Time       `json:"modified_time"`
}

type groupStateAnswer struct {
	UserGroups []groupState `json:"user_groups"`
	envelope
}

func (a *groupStateAnswer) payload() (items, odd int) {
	return inspect(a.UserGroups, func(g *groupState) bool { return g.ID != "" && g.Name != "" })
}

// changeSources is the way of SetSources and the others: goal says what they want of
// the sources that there are.
func (s *UserGroupsService) changeSources(
	ctx context.Context, op Op, groupID string, given []Source, opts []CallOption, goal func(have []Source) sourcesGoal,
) (*SourcesChange, error) {
	co, err := newSourcesCallConfig(opts)
	if err == nil {
		err = checkGoal(given)
	}
	if err == nil && (s == nil || s.core == nil) {
		err = errNoClient
	}
	if err != nil {
		return nil, newError(op, "", err)
	}
	c := &sourcesChange{groups: s, op: op, groupID: groupID, opts: co.inner(), rule: &s.core.updateRule, learnt: s.core.updateRule.get()}
	if err := c.read(ctx, co.unlisted); err != nil {
		return nil, err
	}
	c.goal = goal(c.before)
	c.now, c.missing = c.before, c.goal.missing(c.before)
	result := &SourcesChange{Before: c.before, After: slices.Clone(c.before), Diff: c.missing}
	err = checkSources(slices.Concat(c.goal.want, c.missing.Remove)) // of those that came from the server
	switch {
	case c.missing.Empty():
		return result, nil
	case err != nil:
		return nil, newError(op, "", invalid("the group has a source that cannot be sent back: %v", err))
	case op == OpUserGroupsRemoveSources && len(c.goal.want) == 0:
		return nil, newError(op, "", invalid("no source would be left: ClearSources says it, if that is meant"))
	case co.dryRun:
		result.After = c.goal.reached(c.before)
		return result, nil
	case len(c.goal.want) > maxSources && c.learnt < ruleMerges:
		return nil, newError(op, "", invalid(
			"%d sources, of %d that one update may have: in parts it is safe once this client has seen, in a change of a smaller group that adds and removes, that updates merge",
			len(c.goal.want), maxSources))
	}
	if err := c.unchanged(ctx); err != nil {
		return nil, err
	}
	if err := c.write(ctx); err != nil {
		return nil, s.core.seal(err)
	}
	result.After, result.Updates = c.now, c.updates
	return result, nil
}

func checkGoal(sources []Source) error {
	if err := checkSources(sources); err != nil {
		return err
	}
	seen := make(map[string]bool, len(sources))
	for i, s := range sources {
		switch {
		case seen[s.identity()]:
			return invalid("source %d: %s comes twice", i, s.describe())
		case s.Subordinates != nil && s.SubTerritories != nil && *s.Subordinates != *s.SubTerritories:
			return invalid("source %d: the two flags of %s contradict each other", i, s.describe())
		}
		seen[s.identity()] = true
	}
	return nil
}

func (c *sourcesChange) fail(kinds []error, cause error) error {
	return newError(c.op, "", &transport.Failure{Kinds: kinds, Err: cause})
}

// state reads what is not the sources.
func (c *sourcesChange) state(ctx context.Context) (groupState, error) {
	r := newRequest(OpUserGroupsGet, []string{c.groupID}, nil, nil)
	out, err := do[groupStateAnswer](ctx, (*service)(c.groups), r, c.opts)
	if err != nil {
		return groupState{}, err
	}
	return out.UserGroups[0], nil
}

func (c *sourcesChange) list(ctx context.Context) ([]Source, error) {
	sources, err := Collect(c.groups.AllSources(ctx, c.groupID, ListSourcesOptions{}, c.opts...))
	return once(sources), err
}

// read reads all that there is to know before a change.
func (c *sourcesChange) read(ctx context.Context, unlisted bool) (err error) {
	if c.group, err = c.state(ctx); err != nil {
		return err
	}
	if c.before, err = c.list(ctx); err != nil || unlisted {
		return err
	}
	count, err := c.groups.SourcesCount(ctx, c.groupID, c.opts...)
	var e *Error
	switch {
	case errors.As(err, &e) && e.StatusCode/100 == 2 && errors.Is(err, ErrNotFound): // of a group that is there: none
		count = new(SourcesCount)
	case err != nil:
		return err
	}
	var listed SourcesCount
	for _, s := range c.before {
		switch s.Type {
		case SourceUsers:
			listed.Users.Total++
		case SourceRoles:
			listed.Roles++
		case SourceGroups:
			listed.Groups++
		case SourceTerritories:
			listed.Territories++
		}
	}
	differs := listed.differs(*count)
	if differs == "" {
		return nil
	}
	if err := c.unchanged(ctx); err != nil { // then that is why
		return err
	}
	return c.fail([]error{ErrIncomplete}, fmt.Errorf("%s: an update could lose what is not listed; WithUnlistedSources allows it", differs))
}

// differs says where a count differs from that of a list.
func (c SourcesCount) differs(count SourcesCount) string {
	var parts []string
	compare := func(what string, listed, counted int) {
		if listed != counted {
			parts = append(parts, fmt.Sprintf("%d %s are listed, %d counted", listed, what, counted))
		}
	}
	compare("users", c.Users.Total, count.Users.Total)
	compare("roles", c.Roles, count.Roles)
	compare("groups", c.Groups, count.Groups)
	compare("territories", c.Territories, count.Territories)
	return strings.Join(parts, ", ")
}

// unchanged looks at the group again, as late as possible.
func (c *sourcesChange) unchanged(ctx context.Context) error {
	group, err := c.state(ctx)
	if err != nil {
		return err
	}
	was, is := c.group.ModifiedTime, group.ModifiedTime
	if (was == nil) != (is == nil) || was != nil && !was.Equal(*is) || c.group.Name != group.Name || c.group.Description != group.Description {
		return c.conflict()
	}
	return nil
}

func (c *sourcesChange) conflict() error {
	return c.fail([]error{ErrConflict}, errors.New("somebody else changed the group at the same time"))
}
