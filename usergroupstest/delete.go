package usergroupstest

import "net/http"

type jobDetails struct {
	JobID string `json:"job_id"`
}

// deleteGroup serves DELETE /settings/user_groups/{id}.
func (s *Server) deleteGroup(c call) answer {
	if !s.org.groups.has(c.id) {
		status := s.cfg.guesses.UnknownID
		if status != http.StatusNotFound {
			status = http.StatusBadRequest
		}
		return unknownID(status, groupPathIndex)
	}
	if s.cfg.guesses.RefuseUsedDeletion && s.org.isSource(c.id) {
		return answer{status: http.StatusBadRequest, body: outcomes{[]outcome{
			*itemError("ALREADY_USED", idDetails{c.id}, "the user group is used elsewhere"),
		}}}
	}
	if s.cfg.guesses.ScheduledDeletion {
		status := "scheduled"
		if s.cfg.guesses.ScheduledIsSuccess {
			status = "success"
		}
		// Both HTTP status and envelope are those of a deletion that has
		// happened: only the item's code and status tell it apart.
		return answer{status: http.StatusOK, body: outcomes{[]outcome{{
			Code:    "SCHEDULED",
			Details: jobDetails{s.org.scheduleDeletion(c.id)},
			Message: "User group deletion has been scheduled",
			Status:  status,
		}}}}
	}
	s.org.removeGroup(c.id)
	return answer{status: http.StatusOK, body: outcomes{[]outcome{{
		Code: "SUCCESS", Details: idDetails{c.id}, Message: "Group deleted", Status: "success",
	}}}}
}

// scheduleDeletion returns the id of the job. Guess: scheduling a group once
// more gives the same job.
func (d *directory) scheduleDeletion(groupID string) (jobID string) {
	if job, scheduled := d.deletions[groupID]; scheduled {
		return job
	}
	if d.deletions == nil {
		d.deletions = make(map[string]string)
	}
	d.deletions[groupID] = d.newID()
	return d.deletions[groupID]
}
