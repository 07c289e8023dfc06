package usergroupstest

import (
	"fmt"
	"net/http"
)

// The states of a job. The texts are the fake's own: the contract has none.
const (
	jobInProgress = "in_progress"
	jobCompleted  = "completed"
)

// deletionJob is a deletion that was scheduled.
type deletionJob struct {
	id   string
	done bool
	gets int // of the group meanwhile; see Server.CompleteDeletionsAfter
}

// CompleteDeletions deletes the groups whose deletion was scheduled so far;
// see Guesses.ScheduledDeletion. [Server.CompleteDeletionsAfter] does so by itself.
func (s *Server) CompleteDeletions() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for id := range s.org.deletions {
		s.org.removeGroup(id)
	}
}

// CompleteDeletionsAfter has scheduled deletions happen by themselves: a group
// is deleted when it was asked for gets times more, each by GET
// /settings/user_groups/{id}, the last of which still finds it. That holds for
// the deletions that are scheduled already and for all that will be, until it is
// said anew; 0 is at once. Without it a group stays until
// [Server.CompleteDeletions], which goes on to work.
// CompleteDeletionsAfter panics when gets is negative.
func (s *Server) CompleteDeletionsAfter(gets int) {
	if gets < 0 {
		panic(fmt.Sprintf("usergroupstest: CompleteDeletionsAfter(%d): below zero", gets))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.org.deletedAfter = &gets
	for id, job := range s.org.deletions {
		job.gets = 0
		s.org.deleteIfDue(id)
	}
}

type deletionJobList struct {
	Jobs []any `json:"deletion_jobs"`
}

// The forms of a job's state. The vendor's SDKs read a capital S, which no
// other key of the API has.
type (
	jobState          struct{ Status string }
	lowerCaseJobState struct {
		Status string `json:"status"`
	}
)

// getDeletionJob serves GET /settings/user_groups/actions/deletion_jobs. A job
// is known for as long as the server runs.
func (s *Server) getDeletionJob(c call) answer {
	guesses := s.cfg.guesses
	if guesses.NoDeletionJobs {
		return invalidURL()
	}
	id := c.query.Get("job_id")
	if id == "" {
		return failure(http.StatusBadRequest, "REQUIRED_PARAM_MISSING", paramDetails{"job_id"}, "required parameter not found")
	}
	job, ok := s.org.jobs[id]
	if !ok {
		return answer{status: http.StatusNoContent}
	}
	state := jobState{jobInProgress}
	if job.done {
		state.Status = jobCompleted
	}
	if guesses.LowerCaseJobStatus {
		return answer{status: http.StatusOK, body: deletionJobList{[]any{lowerCaseJobState(state)}}}
	}
	return answer{status: http.StatusOK, body: deletionJobList{[]any{state}}}
}

// scheduleDeletion returns the id of the job. Guess: scheduling a group once
// more gives the same job.
func (d *directory) scheduleDeletion(groupID string) (jobID string) {
	if job, scheduled := d.deletions[groupID]; scheduled {
		return job.id
	}
	if d.jobs == nil {
		d.jobs = make(map[string]*deletionJob)
		d.deletions = make(map[string]*deletionJob)
	}
	job := &deletionJob{id: d.newID()}
	d.jobs[job.id] = job
	d.deletions[groupID] = job
	d.deleteIfDue(groupID)
	return job.id
}

// countGet is told that a group was asked for.
func (d *directory) countGet(groupID string) {
	if job, scheduled := d.deletions[groupID]; scheduled {
		job.gets++
		d.deleteIfDue(groupID)
	}
}

// deleteIfDue deletes a group that is scheduled for it, and was asked for as
// often as that takes.
func (d *directory) deleteIfDue(groupID string) {
	if d.deletedAfter != nil && d.deletions[groupID].gets >= *d.deletedAfter {
		d.removeGroup(groupID)
	}
}
