package usergroups

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/usergroups-go/usergroups/internal/transport"
)

// This file changes the sources of a group without knowing what an update does to
// those that it does not name. Two rules keep what is wanted: an update names all that
// is wanted; and only where the server has shown that it keeps what is not named may
// one do without.

// maxSources is the API's limit for one update.
const maxSources = 200

// updateRule is what the client has seen of the server. Each is more certain than the
// one before.
type updateRule int32

const (
	ruleUnknown updateRule = iota // or: updates replace the sources
	ruleDeletes                   // _delete once helped: the server may merge
	ruleMerges                    // updates keep what they do not name
	ruleAddOnly                   // the same, and they refuse what is there already
)

// learntRule is shared by all calls of a client.
type learntRule struct{ rule atomic.Int32 }

func (l *learntRule) get() updateRule { return updateRule(l.rule.Load()) }

// raise keeps a rule that is more certain.
func (l *learntRule) raise(r updateRule) {
	for {
		old := l.rule.Load()
		if old >= int32(r) || l.rule.CompareAndSwap(old, int32(r)) {
			return
		}
	}
}

// forget keeps a rule that another call has learnt meanwhile.
func (l *learntRule) forget(r updateRule) { l.rule.CompareAndSwap(int32(r), int32(ruleUnknown)) }

// write tries one way after the other until nothing is missing.
func (c *sourcesChange) write(ctx context.Context) error {
	err := c.tryWays(ctx)
	unknown := errors.Is(err, ErrOutcomeUnknown)
	if (len(c.sent) > 0 || unknown) && c.unread == nil {
		_ = c.look(ctx) // its error is looked at here
	}
	if c.unread != nil {
		if err != nil && err != c.unread { //nolint:errorlint // that very one
			err = errors.Join(err, c.unread)
		}
		return c.fail([]error{ErrOutcomeUnknown}, fmt.Errorf("what came of an update could not be read: %w", cmp.Or(err, c.unread)))
	}
	switch {
	case c.missing.Empty() && c.unsure:
		return c.fail([]error{ErrOutcomeUnknown}, fmt.Errorf("the list of sources may not be up to date: %w", c.reason(err)))
	case c.missing.Empty(): // also after a lost answer: it was done
		if unknown {
			c.updates++
		}
		return nil
	case err == nil && c.foreign:
		err = c.conflict()
	case err != nil && c.updates == 0 && !unknown:
		return err // nothing was written, and not because of the sources
	}
	return c.incomplete(c.reason(err))
}

// reason is the last refusal, if nothing else went wrong.
func (c *sourcesChange) reason(err error) error {
	if err == nil && c.refusal != nil { // a nil one would be an error
		return c.refusal
	}
	return err
}

// tryWays returns an error when there is no point in going on: all but the refusal of
// what was sent.
func (c *sourcesChange) tryWays(ctx context.Context) error {
	if len(c.goal.want) > maxSources { // the rule was looked at
		return c.sendDifference(ctx)
	}
	deletesFirst := len(c.missing.Remove) > 0 && (c.learnt != ruleUnknown || len(c.goal.want) == 0)
	if deletesFirst {
		accepted, err := c.sendWithDeletes(ctx)
		switch {
		case err != nil || c.missing.Empty():
			return err
		case accepted && len(c.missing.Remove) == 0:
			return c.respell(ctx)
		case c.learnt == ruleAddOnly && c.refusesWhatIsThere():
			return c.sendDifference(ctx)
		}
	}
	refusal, refused := c.refusal, c.refused
	accepted, err := c.send(ctx, keep(c.goal.want))
	if accepted && deletesFirst {
		c.rule.forget(c.learnt) // it did not help
		if len(c.missing.Remove) > 0 {
			c.refusal, c.refused = refusal, refused // that is why
		}
	}
	switch {
	case err != nil || c.missing.Empty():
		return err
	case !accepted:
		return c.afterRefusal(ctx)
	case len(c.missing.Remove) > 0 && !deletesFirst:
		if err := c.removeTheRest(ctx); err != nil {
			return err
		}
	}
	return c.respell(ctx)
}

// afterRefusal sends the difference alone, if the server has shown that it is the
// repetition of what is there that it refuses.
func (c *sourcesChange) afterRefusal(ctx context.Context) error {
	if !c.refusesWhatIsThere() {
		return nil
	}
	if c.learnt != ruleAddOnly {
		addOnly, err := c.isAddOnly(ctx)
		if err != nil || !addOnly {
			return err
		}
		c.rule.raise(ruleAddOnly)
	}
	return c.sendDifference(ctx)
}

// isAddOnly asks a server that refused what is wanted whether it would refuse what is
// there, too. Only one that does, because it is there already, can be sent less. What is
// there is known as long as nothing was changed.
func (c *sourcesChange) isAddOnly(ctx context.Context) (bool, error) {
	if c.updates > 0 || len(c.before) == 0 || len(c.before) > maxSources {
		return false, nil
	}
	refusal, refused := c.refusal, c.refused
	accepted, err := c.send(ctx, keep(c.before))
	if accepted {
		c.refusal, c.refused = refusal, refused // it was about something else
	}
	return err == nil && !accepted && c.refusesWhatIsThere(), err
}

// refusesWhatIsThere looks at the last refusal. No document says how that of a source
// which is there already looks; one that does not say that it is about sources is not
// believed, and the source, if it names one, is there.
func (c *sourcesChange) refusesWhatIsThere() bool {
	e := c.refusal
	if e == nil || e.Code != CodeDuplicateData {
		return false
	}
	if source := e.refusedSource(c.refused); source != nil {
		return slices.ContainsFunc(c.now, source.same)
	}
	return strings.Contains(e.Details.JSONPath(), ".source") || strings.HasPrefix(e.Details.APIName(), "source")
}

var errNoRoom = fmt.Errorf("beside %d sources that are wanted, an update has no room for those that are to go", maxSources)

// removeTheRest removes what an update that did not name it has left.
func (c *sourcesChange) removeTheRest(ctx context.Context) error {
	if c.rule.get() < ruleMerges && len(c.goal.want) == maxSources {
		return errNoRoom
	}
	// The list may be out of date: then the server replaces, and this is not needed. If
	// it ignores _delete, too, this puts back what is gone.
	c.unsure = c.rule.get() < ruleMerges
	accepted, err := c.sendWithDeletes(ctx)
	if err != nil {
		return err
	}
	if c.rule.get() >= ruleMerges || !accepted {
		c.unsure = false
	}
	switch {
	case c.rule.get() >= ruleMerges && !accepted && c.refusesWhatIsThere():
		c.rule.raise(ruleAddOnly)
		return c.sendDifference(ctx)
	case c.unsure && c.missing.Empty():
		if accepted, err = c.send(ctx, keep(c.goal.want)); accepted && err == nil {
			c.unsure = false
			c.rule.raise(ruleDeletes)
		}
	}
	return err
}

// respell sends the flags once more, under the keys that the list has shown meanwhile.
func (c *sourcesChange) respell(ctx context.Context) error {
	if len(c.missing.Change) == 0 {
		return nil
	}
	want := c.goal.want
	c.goal.want = explicitSources(c.now, want)
	if slices.EqualFunc(want, c.goal.want, Source.sameKeys) {
		return nil
	}
	_, err := c.send(ctx, keep(c.goal.want))
	return err
}

func (s Source) sameKeys(other Source) bool {
	return (s.Subordinates == nil) == (other.Subordinates == nil) && (s.SubTerritories == nil) == (other.SubTerritories == nil)
}

// sendWithDeletes sends all that is wanted and, with _delete, what is too much; in as
// many parts as that takes, as long as each of them helps.
func (c *sourcesChange) sendWithDeletes(ctx context.Context) (accepted bool, err error) {
	want := keep(c.goal.want)
	room := maxSources - len(want)
	if room == 0 && c.rule.get() >= ruleMerges {
		return true, c.sendDifference(ctx)
	}
	for left := len(c.missing.Remove); left > 0 && room > 0; left = len(c.missing.Remove) {
		accepted, err = c.send(ctx, slices.Concat(want, remove(c.missing.Remove[:min(left, room)])))
		if err != nil || !accepted || len(c.missing.Remove) >= left {
			return accepted, err
		}
	}
	return accepted, nil
}

// sendDifference sends what is missing and no more. It is for servers that are known
// to keep the rest; whether they still do is looked at after the first part.
func (c *sourcesChange) sendDifference(ctx context.Context) error {
	parts := slices.Collect(slices.Chunk(slices.Concat(keep(c.missing.Add), remove(c.missing.Remove)), maxSources))
	// By themselves: a server that refuses what is there may refuse these.
	parts = slices.AppendSeq(parts, slices.Chunk(keep(wanted(c.missing.Change)), maxSources))
	for i, part := range parts {
		if accepted, err := c.put(ctx, part); err != nil || !accepted {
			return err
		}
		if i > 0 {
			continue
		}
		if err := c.look(ctx); err != nil {
			return err
		}
		if c.lostSomething() {
			if len(c.goal.want) > maxSources {
				return nil
			}
			_, err := c.send(ctx, keep(c.goal.want))
			return err
		}
	}
	if len(parts) > 1 {
		return c.look(ctx)
	}
	return nil
}

// lostSomething reports whether something is gone that was there and is wanted.
func (c *sourcesChange) lostSomething() bool {
	before := index(c.before)
	return slices.ContainsFunc(c.missing.Add, func(s Source) bool { _, ok := before[s.identity()]; return ok })
}

// send updates the group and reads what came of it.
func (c *sourcesChange) send(ctx context.Context, changes []SourceChange) (accepted bool, err error) {
	if accepted, err = c.put(ctx, changes); accepted {
		err = c.look(ctx)
	}
	return accepted, err
}

// put updates the group. It returns an error for everything that is neither a success
// nor a refusal, which is kept in c.refusal.
func (c *sourcesChange) put(ctx context.Context, changes []SourceChange) (accepted bool, err error) {
	if c.foreign {
		return false, c.conflict()
	}
	update := UpdateUserGroup{Name: c.group.Name, Description: c.group.Description, Sources: changes}
	_, err = c.groups.update(ctx, c.groupID, update, nil, c.opts)
	c.refused = nil
	var e *Error
	switch {
	case err == nil:
		c.updates++
		c.sent, c.refusal = append(c.sent, changes...), nil
		return true, nil
	case errors.Is(err, ErrOutcomeUnknown):
		c.sent = append(c.sent, changes...)
	case errors.As(err, &e) && (errors.Is(err, ErrBadRequest) || errors.Is(err, ErrDuplicate)):
		c.refusal, c.refused = e, changes
		return false, nil
	}
	return false, err
}

// look reads the sources again, and what that says of the server.
func (c *sourcesChange) look(ctx context.Context) error {
	now, err := c.list(ctx)
	if c.unread = err; err != nil {
		return err
	}
	was, is := index(c.now), index(now)
	named := make(map[string]bool, len(c.sent))
	helped, kept, lost := false, false, false
	for _, s := range c.sent {
		_, before := was[s.identity()]
		_, after := is[s.identity()]
		named[s.identity()] = true
		helped = helped || before == s.Delete && after != s.Delete
	}
	for id := range was {
		_, after := is[id]
		kept = kept || after && !named[id]
		lost = lost || !after && !named[id]
	}
	switch {
	case lost:
		c.rule.forget(c.rule.get())
	case helped && kept:
		c.rule.raise(ruleMerges)
	}
	c.sent, c.now, c.missing = nil, now, c.goal.missing(now)
	known := index(c.before)
	c.foreign = slices.ContainsFunc(c.missing.Remove, func(s Source) bool { _, ok := known[s.identity()]; return !ok })
	return nil
}

// incomplete is the error of a change that is not all done. It shows what the server
// said of the last update as that update's own error does.
func (c *sourcesChange) incomplete(cause error) error {
	left := &SourcesError{Left: c.missing, Now: c.now, Updates: c.updates, Err: cause}
	out := newError(c.op, "", &transport.Failure{Kinds: []error{ErrIncomplete}, Err: left})
	var e *Error
	if errors.As(cause, &e) {
		left.Refused = e.refusedSource(c.refused)
		out.Method, out.URL, out.StatusCode, out.Attempts = e.Method, e.URL, e.StatusCode, e.Attempts
		out.Message, out.Details, out.Scopes, out.Body = e.Message, e.Details, e.Scopes, e.Body
	}
	return out
}

// sourceAt finds the source that a json_path is about: "$.user_groups[0].source[2].id",
// which means the third of sources.
var sourceAt = regexp.MustCompile(`\.sources?\[(\d+)\]`)

func (e *Error) refusedSource(sent []SourceChange) *Source {
	found := sourceAt.FindStringSubmatch(e.Details.JSONPath())
	if found == nil {
		return nil
	}
	i, err := strconv.Atoi(found[1])
	if err != nil || i >= len(sent) {
		return nil
	}
	return &sent[i].Source
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
