package usergroupstest_test

import (
	"testing"

	"github.com/usergroups-go/usergroups/usergroupstest"
)

func scheduling(more usergroupstest.Guesses) usergroupstest.Option {
	more.ScheduledDeletion = true
	return usergroupstest.WithGuesses(more)
}

func TestDeletionJobs(t *testing.T) {
	t.Parallel()
	srv := newServer(t, scheduling(usergroupstest.Guesses{}))
	first, second := scheduleDeletion(t, srv, sales), scheduleDeletion(t, srv, rAndD)
	const (
		open = `{"deletion_jobs":[{"Status":"in_progress"}]}`
		done = `{"deletion_jobs":[{"Status":"completed"}]}`
	)
	get(t, srv, jobsPath+"?job_id="+first).want(t, 200, open)
	srv.CompleteDeletions()
	third := scheduleDeletion(t, srv, field)
	for id, want := range map[string]string{first: done, second: done, third: open} {
		get(t, srv, jobsPath+"?job_id="+id).want(t, 200, want)
	}
	// The job stays what it was when there is a group with that id again.
	srv.AddGroup(usergroupstest.Group{ID: sales, Name: "Sales"})
	get(t, srv, jobsPath+"?job_id="+first).want(t, 200, done)
	if again := scheduleDeletion(t, srv, sales); again == first {
		t.Error("a second deletion has the job of the first")
	}

	get(t, srv, jobsPath+"?job_id="+nobody).want(t, 204, "")
	get(t, srv, jobsPath+"?job_id="+sales).want(t, 204, "")
	for _, query := range []string{"", "?job_id=", "?id=" + first} {
		get(t, srv, jobsPath+query).wantError(t, 400, "REQUIRED_PARAM_MISSING", `{"param_name":"job_id"}`)
	}
}

func TestGuessesOfDeletionJobs(t *testing.T) {
	t.Parallel()
	srv := newServer(t, scheduling(usergroupstest.Guesses{LowerCaseJobStatus: true}))
	job := scheduleDeletion(t, srv, sales)
	get(t, srv, jobsPath+"?job_id="+job).want(t, 200, `{"deletion_jobs":[{"status":"in_progress"}]}`)
	srv.CompleteDeletions()
	get(t, srv, jobsPath+"?job_id="+job).want(t, 200, `{"deletion_jobs":[{"status":"completed"}]}`)

	srv = newServer(t, scheduling(usergroupstest.Guesses{NoDeletionJobs: true}))
	for _, query := range []string{"", "?job_id=1", "?job_id=" + scheduleDeletion(t, srv, sales)} {
		get(t, srv, jobsPath+query).wantError(t, 404, "INVALID_URL_PATTERN", "{}")
	}
}

func TestCompleteDeletionsAfter(t *testing.T) {
	t.Parallel()
	srv := newServer(t, scheduling(usergroupstest.Guesses{}))
	job := scheduleDeletion(t, srv, sales)
	there := func(id string, want bool) {
		t.Helper()
		if _, ok := srv.Group(id); ok != want {
			t.Errorf("group %s is there: %t", id, ok)
		}
	}
	found := func(id string) {
		t.Helper()
		if res := get(t, srv, groupsPath+"/"+id); res.status != 200 {
			t.Errorf("group %s: %d %s", id, res.status, res.body)
		}
	}
	found(sales) // counts for nothing
	srv.CompleteDeletionsAfter(3)
	found(sales)
	found(sales)
	get(t, srv, groupsPath)                            // not this group
	get(t, srv, groupsPath+"/"+rAndD)                  // not this one either
	get(t, srv, jobsPath+"?job_id="+job)               // not the group
	get(t, srv, groupsPath+"/"+sales+"?include=wrong") // an error
	there(sales, true)
	found(sales)
	there(sales, false)
	get(t, srv, groupsPath+"/"+sales).want(t, 204, "")
	get(t, srv, jobsPath+"?job_id="+job).want(t, 200, `{"deletion_jobs":[{"Status":"completed"}]}`)

	// Deletions that come later, each for itself.
	scheduleDeletion(t, srv, rAndD)
	scheduleDeletion(t, srv, leader)
	for range 3 {
		there(leader, true)
		found(leader)
	}
	there(leader, false)
	there(rAndD, true)

	// Said anew, it counts from the beginning.
	found(rAndD)
	srv.CompleteDeletionsAfter(2)
	found(rAndD)
	there(rAndD, true)
	srv.CompleteDeletionsAfter(0)
	there(rAndD, false)
	if job := scheduleDeletion(t, srv, field); job == "" {
		t.Error("no job")
	}
	there(field, false)

	// It is no deletion: a group that nobody deletes stays.
	found("5550000000004004")
	there("5550000000004004", true)

	srv.CompleteDeletionsAfter(9)
	scheduleDeletion(t, srv, "5550000000004004")
	srv.CompleteDeletions()
	there("5550000000004004", false)

	if !panics(func() { srv.CompleteDeletionsAfter(-1) }) {
		t.Error("-1 does not panic")
	}
}
