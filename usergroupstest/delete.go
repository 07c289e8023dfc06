package usergroupstest

import "net/http"

type jobDetails struct {
	JobID string `json:"job_id"`
}

// deleteGroup serves DELETE /settings/user_groups/{id}.
func (s *Server) deleteGroup(c call) answer {
	if !s.org.groups.Has(c.id) {
		return s.cfg.guesses.noSuchGroup()
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
