package usergroups

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
)

// This file changes the sources of a group without knowing what an update does to
// those that it does not name. Two rules keep what is wanted: an update names all that
// is wanted; and only where the server has shown that it keeps what is not named may
// one do without.

// maxSources is the API's limit for one update.
const maxSources = 200

// updateRule is what the client has seen of the server.
type updateRule int32

const (
	ruleUnknown updateRule = iota // or: updates replace the sources
	ruleDeletes                   // once, what was not named was still there, until it was sent with _delete
	ruleMerges                    // updates keep what they do not name: seen beside what they had added
	ruleAddOnly                   // the same, and they refuse what is there already
)

// learntRule is shared by all calls of a client.
type learntRule struct{ rule atomic.Int32 }

func (l *learntRule) get() updateRule  { return updateRule(l.rule.Load()) }
func (l *learntRule) set(r updateRule) { l.rule.Store(int32(r)) }

// write tries one way after the other until nothing is missing.
func (c *sourcesChange) write(ctx context.Context) error {
	err := c.tryWays(ctx)
	switch {
	case c.unread:
		return err
	case c.missing.Empty():
		return nil // also after a lost answer: it was done
	case err == nil && c.refusal != nil: // a nil one would be an error
		err = c.refusal
	case err != nil && c.updates == 0 && !errors.Is(err, ErrOutcomeUnknown):
		return err // nothing was written, and not because of the sources
	}
	return c.fail([]error{ErrIncomplete}, &SourcesError{Missing: c.missing, Now: c.now, Err: err})
}

// tryWays returns an error when there is no point in going on: all but the refusal of
// what was sent.
func (c *sourcesChange) tryWays(ctx context.Context) error {
	learnt := c.rule.get()
	if learnt == ruleAddOnly || len(c.goal.want) > maxSources {
		return c.sendDifference(ctx)
	}
	deletesFirst := learnt != ruleUnknown || len(c.goal.want) == 0
	if deletesFirst {
		if err := c.sendWithDeletes(ctx); err != nil || c.missing.Empty() {
			return err
		}
	}
	accepted, err := c.send(ctx, keep(c.goal.want))
	switch {
	case err != nil:
		return err
	case !accepted:
		return c.afterRefusal(ctx)
	case deletesFirst:
		c.rule.set(ruleUnknown) // what was learnt did not help
		return nil
	case len(c.missing.Remove) == 0:
		return nil
	}
	// What was not sent is still there: the server merges, which is certain when the
	// list shows something that was added. Else it might not be up to date.
	merges := c.addedSomething()
	if merges {
		c.rule.set(ruleMerges)
	}
	if err := c.sendWithDeletes(ctx); err != nil {
		return err
	}
	switch {
	case c.missing.Empty() && !merges:
		c.rule.set(ruleDeletes)
	case !c.missing.Empty() && merges:
		c.rule.set(ruleAddOnly) // it would have been done otherwise
		return c.sendDifference(ctx)
	}
	return nil
}

// afterRefusal sends the difference alone, if the server has shown that it is the
// repetition of what is there that it refuses.
func (c *sourcesChange) afterRefusal(ctx context.Context) error {
	addOnly, err := c.isAddOnly(ctx)
	if err != nil || !addOnly {
		return err
	}
	c.rule.set(ruleAddOnly)
	return c.sendDifference(ctx)
}

// addedSomething reports whether the list shows a source that was not there before.
func (c *sourcesChange) addedSomething() bool {
	before, now := index(c.before), index(c.now)
	return slices.ContainsFunc(c.goal.want, func(s Source) bool {
		_, was := before[s.identity()]
		_, is := now[s.identity()]
		return is && !was
	})
}

// isAddOnly asks a server that refused what is wanted whether it would refuse what is
// there, too. Only one that does, because it is there already, can be sent less.
func (c *sourcesChange) isAddOnly(ctx context.Context) (bool, error) {
	if !c.refusal.isDuplicateSource() || len(c.before) == 0 || len(c.before) > maxSources {
		return false, nil
	}
	accepted, err := c.send(ctx, keep(explicitSources(c.before, c.before)))
	return !accepted && c.refusal.isDuplicateSource(), err
}

// isDuplicateSource: the path may say "source" or "sources".
func (e *Error) isDuplicateSource() bool {
	return e.Code == CodeDuplicateData && strings.Contains(e.Details.JSONPath(), ".source")
}

// sendWithDeletes sends all that is wanted and, with _delete, what is too much; in as
// many parts as that takes.
func (c *sourcesChange) sendWithDeletes(ctx context.Context) error {
	want := keep(c.goal.want)
	room := maxSources - len(want)
	if room == 0 {
		return nil
	}
	var parts [][]SourceChange
	for gone := range slices.Chunk(c.missing.Remove, room) {
		parts = append(parts, slices.Concat(want, remove(gone)))
	}
	_, err := c.send(ctx, parts...)
	return err
}

// sendDifference sends what is missing and no more. It is for servers that are known
// to keep the rest.
func (c *sourcesChange) sendDifference(ctx context.Context) error {
	for _, changes := range [][]SourceChange{
		slices.Concat(keep(c.missing.Add), remove(c.missing.Remove)),
		// By themselves: a server that refuses what is there may refuse these.
		keep(wanted(c.missing.Change)),
	} {
		if _, err := c.send(ctx, slices.Collect(slices.Chunk(changes, maxSources))...); err != nil {
			return err
		}
	}
	return nil
}

// send updates the group by each of the parts in turn, until one is refused, and reads
// back what came of it. It returns an error for everything that is neither a success
// nor a refusal.
func (c *sourcesChange) send(ctx context.Context, parts ...[]SourceChange) (accepted bool, err error) {
	sent := 0
	for _, part := range parts {
		update := UpdateUserGroup{Name: c.group.Name, Description: c.group.Description, Sources: part}
		if _, err = c.groups.update(ctx, c.groupID, update, c.opts); err != nil {
			break
		}
		sent++
	}
	c.updates += sent
	var refusal *Error
	unknown := errors.Is(err, ErrOutcomeUnknown)
	if errors.As(err, &refusal) && (errors.Is(err, ErrBadRequest) || errors.Is(err, ErrDuplicate)) {
		c.refusal, err = refusal, nil
	}
	if sent == 0 && !unknown {
		return false, err
	}
	now, readErr := c.list(ctx)
	if c.unread = readErr != nil; c.unread {
		if unknown {
			return false, err
		}
		return false, c.fail([]error{ErrOutcomeUnknown}, fmt.Errorf("the update was accepted, what came of it could not be read: %w", readErr))
	}
	c.now, c.missing = now, c.goal.missing(now)
	if unknown && c.missing.Empty() {
		c.updates++
		return true, nil
	}
	return true, err
}

func keep(sources []Source) []SourceChange {
	changes := make([]SourceChange, len(sources))
	for i, s := range sources {
		changes[i].Source = s
	}
	return changes
}

// remove sends what is to go as it came: a server that ignores _delete leaves it so.
func remove(sources []Source) []SourceChange {
	changes := make([]SourceChange, len(sources))
	for i, s := range sources {
		changes[i] = SourceChange{Source: s, Delete: true}
	}
	return changes
}

func wanted(changed []ChangedSource) []Source {
	sources := make([]Source, len(changed))
	for i, c := range changed {
		sources[i] = c.Want
	}
	return sources
}
