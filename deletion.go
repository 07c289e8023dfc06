package usergroups

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/usergroups-go/usergroups/internal/transport"
)

// DeletionJob is a deletion that was scheduled.
type DeletionJob struct {
	// Status is where the job stands. Its values are not documented: what they mean
	// is nothing to rely on.
	Status string `json:"Status"`
}

// DeletionJob returns what the API says of a deletion that [UserGroupsService.Delete]
// scheduled.
//
// Unverified: only the vendor's OpenAPI file of 2025 has this operation, and a status
// whose values it does not give. Only [UserGroupsService.Get] tells whether the group
// is gone; [UserGroupsService.WaitDeleted] asks it.
//
// It fails with ErrNotFound when the API knows no such job, or no such operation, and
// with ErrInvalidArgument for an empty id.
//
// Scope: ZohoCRM.settings.user_groups.READ.
//
// https://www.zoho.com/crm/developer/docs/api/v8/
func (s *UserGroupsService) DeletionJob(ctx context.Context, jobID string, opts ...CallOption) (*DeletionJob, error) {
	r := newRequest(OpUserGroupsDeletionJob, nil, url.Values{"job_id": {jobID}}, nil)
	if jobID == "" {
		r.err = invalid("the id of the job is empty")
	}
	out, err := do[deletionJobsAnswer](ctx, (*service)(s), r, opts)
	if err != nil {
		return nil, err
	}
	return &out.Jobs[0].DeletionJob, nil
}

// The waits between two looks at a group that is being deleted.
const (
	firstDeletionWait   = time.Second
	longestDeletionWait = 30 * time.Second
)

// WaitDeleted returns nil when the group is gone: when [UserGroupsService.Get] finds
// none any more. It looks at once, again after 1 s, and then after waits that grow by
// half, up to 30 s, until the context ends: give it a deadline. Each look takes one
// request, and a second one as long as the API answers about the job, whose status is
// only reported in the error. The deletion may be nil when it is not known, such as
// after a lost answer of [UserGroupsService.Delete].
//
// Unverified: that a deletion may be done by a job is in the vendor's reference, what
// follows is not.
//
// It fails with the error of the context when that ends, with ErrInvalidArgument for
// an empty id, the deletion of another group and [WithResponse], and with any error of
// Get but ErrNotFound.
//
// Scope: ZohoCRM.settings.user_groups.READ.
//
// https://www.zoho.com/crm/developer/docs/api/v8/delete-user-group.html
func (s *UserGroupsService) WaitDeleted(ctx context.Context, groupID string, deletion *Deletion, opts ...CallOption) error {
	if s == nil || s.core == nil {
		return newError(OpUserGroupsWaitDeleted, "", errNoClient)
	}
	if deletion == nil {
		deletion = &Deletion{ID: groupID}
	}
	if deletion.ID != groupID {
		return newError(OpUserGroupsWaitDeleted, "", invalid("the deletion is that of group %q", deletion.ID))
	}
	if err := checkWalkOptions(opts); err != nil {
		return newError(OpUserGroupsWaitDeleted, "", err)
	}
	jobID, known, status := deletion.JobID, "nothing is known of the group", ""
	for wait := firstDeletionWait; ; wait = min(wait*3/2, longestDeletionWait) {
		_, err := s.Get(ctx, groupID, opts...)
		if isGone(err) {
			return nil
		}
		next := time.Now().Add(wait)
		if err == nil {
			known = "the group was there when last seen"
			if jobID != "" {
				job, err := s.askJob(ctx, jobID, wait, opts)
				switch {
				case err == nil:
					status = fmt.Sprintf(", the last status of its job was %q", job.Status)
				case isNoJob(err):
					jobID = ""
				}
			}
			err = sleep(ctx, time.Until(next))
		}
		switch {
		case ctx != nil && ctx.Err() != nil:
			return s.core.seal(newError(OpUserGroupsWaitDeleted, "", fmt.Errorf("%s%s: %w", known, status, transport.ContextError(ctx))))
		case err != nil:
			return err
		}
	}
}

// askJob gives an operation that may not exist no longer than the wait: it must not
// hold up the look at the group.
func (s *UserGroupsService) askJob(ctx context.Context, jobID string, wait time.Duration, opts []CallOption) (*DeletionJob, error) {
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	return s.DeletionJob(ctx, jobID, append(slices.Clip(opts), NoRetry())...)
}

// isNoJob reports whether it is no use asking again: there was an answer, and it will
// not get better.
func isNoJob(err error) bool {
	var e *Error
	return errors.As(err, &e) && (e.StatusCode/100 == 2 || e.StatusCode/100 == 4 && !errors.Is(err, ErrRateLimited))
}

// isGone looks at the answer itself, not at what stands behind a missing token. It is
// wider than ErrNotFound: of a group that was there, an INVALID_DATA need not name the
// path.
func isGone(err error) bool {
	var e *Error
	return errors.As(err, &e) &&
		(slices.Contains(e.kinds, ErrNotFound) || e.StatusCode == http.StatusBadRequest && e.Code == CodeInvalidData)
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return transport.ContextError(ctx)
	}
}
