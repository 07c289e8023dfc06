package usergroups

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
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
// whose values it does not give. Whether a group is gone is said by
// [UserGroupsService.Get] alone; [UserGroupsService.WaitDeleted] asks it.
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
		return nil, r.error(invalid("the id of the job is empty"))
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
// half, up to 30 s, for as long as the context lets it: give it a deadline. A look
// takes one request, and a second one while the API answers about the job; what the
// job says is not believed, only told in the error when the context ends first.
//
// Unverified: deletion by a job is in the vendor's reference, what follows is not.
//
// It fails with the error of the context when that ends, with ErrInvalidArgument for
// an empty id, a deletion that is nil or of another group, and [WithResponse], and
// with what ends a call of Get.
//
// Scope: ZohoCRM.settings.user_groups.READ.
//
// https://www.zoho.com/crm/developer/docs/api/v8/delete-user-group.html
func (s *UserGroupsService) WaitDeleted(ctx context.Context, groupID string, deletion *Deletion, opts ...CallOption) error {
	switch {
	case deletion == nil:
		return newError(OpUserGroupsWaitDeleted, "", invalid("the deletion is nil"))
	case deletion.ID != "" && deletion.ID != groupID:
		return newError(OpUserGroupsWaitDeleted, "", invalid("the deletion is that of group %q", deletion.ID))
	}
	if err := checkWalkOptions(opts); err != nil {
		return newError(OpUserGroupsWaitDeleted, "", err)
	}
	jobID, status := deletion.JobID, "not known"
	for wait := firstDeletionWait; ; wait = min(wait*3/2, longestDeletionWait) {
		_, err := s.Get(ctx, groupID, opts...)
		if isGone(err) {
			return nil
		}
		if err == nil && jobID != "" {
			var job *DeletionJob
			if job, err = s.DeletionJob(ctx, jobID, opts...); err == nil {
				status = job.Status
			} else {
				jobID, err = "", nil // nobody knows whether that operation exists
			}
		}
		if err == nil {
			err = sleep(ctx, wait)
		}
		switch {
		case ctx != nil && ctx.Err() != nil:
			return newError(OpUserGroupsWaitDeleted, "",
				fmt.Errorf("the group is still there, the status of the job is %s: %w", status, transport.ContextError(ctx)))
		case err != nil:
			return err
		}
	}
}

// isGone is wider than ErrNotFound: of a group that was there, an INVALID_DATA need
// not name the path.
func isGone(err error) bool {
	var e *Error
	return errors.Is(err, ErrNotFound) ||
		errors.As(err, &e) && e.StatusCode == http.StatusBadRequest && e.Code == CodeInvalidData
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
