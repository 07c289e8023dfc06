package usergroups_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"time"

	"github.com/usergroups-go/usergroups"
	"github.com/usergroups-go/usergroups/usergroupstest"
)

// scheduledDeletion is a client of a fake that deletes groups by jobs, and one of
// those.
func scheduledDeletion() (fake *usergroupstest.Server, client *usergroups.Client, deletion *usergroups.Deletion, done func()) {
	fake = usergroupstest.NewServer(usergroupstest.WithGuesses(usergroupstest.Guesses{ScheduledDeletion: true}))
	client, err := usergroups.NewClient(
		usergroups.WithBaseURL(fake.URL),
		usergroups.WithAccessToken(fake.IssueToken()),
	)
	if err != nil {
		log.Fatal(err)
	}
	deletion, err = client.UserGroups.Delete(context.Background(), "5550000000004004")
	if err != nil {
		log.Fatal(err)
	}
	return fake, client, deletion, func() { client.CloseIdleConnections(); fake.Close() }
}

func ExampleUserGroupsService_WaitDeleted() {
	fake, client, deletion, done := scheduledDeletion()
	defer done()
	fake.CompleteDeletions() // the real API takes its time

	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	if err := client.UserGroups.WaitDeleted(ctx, deletion.ID, deletion); err != nil {
		log.Fatal(err) // it says where the job stood
	}
	fmt.Println("gone")
	// Output: gone
}

func ExampleUserGroupsService_DeletionJob() {
	_, client, deletion, done := scheduledDeletion()
	defer done()

	job, err := client.UserGroups.DeletionJob(context.Background(), deletion.JobID)
	switch {
	case errors.Is(err, usergroups.ErrNotFound):
		fmt.Println("the API knows no such job, or no jobs at all")
	case err != nil:
		log.Fatal(err)
	default:
		fmt.Println("there is a status:", job.Status != "") // what it means is not documented
	}
	// Output: there is a status: true
}
