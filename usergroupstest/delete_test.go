package usergroupstest_test

import (
	"testing"

	"github.com/usergroups-go/usergroups/usergroupstest"
)

func TestDeleteGroup(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	del(t, srv, groupsPath+"/"+sales).want(t, 200,
		`{"user_groups":[{"code":"SUCCESS","details":{"id":"`+sales+`"},"message":"Group deleted","status":"success"}]}`)
	if _, ok := srv.Group(sales); ok {
		t.Error("the group is still there")
	}
	get(t, srv, groupsPath+"/"+sales).want(t, 204, "")
	if got := get(t, srv, groupsPath).names(t); got != "Leadership,R&D,DACH Partners,EMEA Field,All Hands" {
		t.Errorf("left: %s", got)
	}
	// The group is no source of another one any more.
	if g, _ := srv.Group("5550000000004006"); len(g.Sources) != 2 {
		t.Errorf("All Hands is made of %+v", g.Sources)
	}
	del(t, srv, groupsPath+"/"+sales).wantError(t, 400, "INVALID_DATA", `{"resource_path_index":2}`)
}

// scheduleDeletion asks for a group's deletion and returns the job.
func scheduleDeletion(t *testing.T, srv *usergroupstest.Server, id string) (job string) {
	t.Helper()
	var got struct {
		UserGroups []struct {
			Details struct {
				JobID string `json:"job_id"`
			}
		} `json:"user_groups"`
	}
	del(t, srv, groupsPath+"/"+id).decode(t, &got)
	if len(got.UserGroups) != 1 || got.UserGroups[0].Details.JobID == "" {
		t.Fatalf("%+v", got)
	}
	return got.UserGroups[0].Details.JobID
}

func TestScheduledDeletion(t *testing.T) {
	t.Parallel()
	srv := newServer(t, usergroupstest.WithGuesses(usergroupstest.Guesses{ScheduledDeletion: true}))
	job := scheduleDeletion(t, srv, sales)
	if job == sales {
		t.Error("the job has the id of the group")
	}
	del(t, srv, groupsPath+"/"+sales).want(t, 200, // the same job
		`{"user_groups":[{"code":"SCHEDULED","details":{"job_id":"`+job+`"},"message":"User group deletion has been scheduled","status":"scheduled"}]}`)

	if got := get(t, srv, groupsPath+"/"+sales).names(t); got != "Sales" {
		t.Errorf("before the job is done: %q", got)
	}
	srv.CompleteDeletions()
	get(t, srv, groupsPath+"/"+sales).want(t, 204, "")
	if n := len(srv.Groups()); n != 5 {
		t.Errorf("%d groups", n)
	}
	srv.AddGroup(usergroupstest.Group{ID: sales, Name: "Sales again"})
	srv.CompleteDeletions() // nothing left to do
	if n := len(srv.Groups()); n != 6 {
		t.Errorf("%d groups", n)
	}
}
