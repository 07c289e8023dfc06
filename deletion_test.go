package usergroups_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/usergroups-go/usergroups"
	"github.com/usergroups-go/usergroups/usergroupstest"
)

// deleting answers looks at a group and at its job, and notes when each came.
type deleting struct {
	t     *testing.T
	start time.Time
	group func(look int) (status int, body string) // from 1
	job   func(look int) (status int, body string)

	looks, jobLooks []time.Duration
}

func (d *deleting) RoundTrip(r *http.Request) (*http.Response, error) {
	at := time.Since(d.start)
	switch r.Method + " " + r.URL.Path {
	case "GET /gateway/crm/v8/settings/user_groups/" + groupID:
		d.looks = append(d.looks, at)
		status, body := d.group(len(d.looks))
		return inMemory(status, nil, body)(r)
	case "GET /gateway/crm/v8/settings/user_groups/actions/deletion_jobs":
		if d.job == nil || r.URL.RawQuery != "job_id="+jobID {
			break
		}
		d.jobLooks = append(d.jobLooks, at)
		status, body := d.job(len(d.jobLooks))
		return inMemory(status, nil, body)(r)
	}
	d.t.Errorf("unexpected request %s %s", r.Method, r.URL)
	return nil, errors.New("unexpected request")
}

const groupIsThere = `{"user_groups":[{"id":"` + groupID + `"}]}`

// goneAfter answers that the group is there, until the look of that number.
func goneAfter(looks, status int, body string) func(int) (int, string) {
	return func(look int) (int, string) {
		if look <= looks {
			return 200, groupIsThere
		}
		return status, body
	}
}

func sameAnswer(status int, body string) func(int) (int, string) {
	return func(int) (int, string) { return status, body }
}

// TestWaitDeletedLooks: at once, after 1 s, and after waits that grow by half up to
// 30 s; the job is asked beside each look that finds the group.
func TestWaitDeletedLooks(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := &deleting{t: t, start: time.Now(), group: goneAfter(13, 204, ""), job: sameAnswer(200, fixture(t, "zoho/deletion_jobs_sample.json"))}
		err := newTokenClient(t, d).UserGroups.WaitDeleted(t.Context(), groupID, &usergroups.Deletion{ID: groupID, JobID: jobID})
		if err != nil {
			t.Fatal(err)
		}
		var waits []string
		for i := range d.looks[1:] {
			waits = append(waits, (d.looks[i+1] - d.looks[i]).String())
		}
		const want = "1s 1.5s 2.25s 3.375s 5.0625s 7.59375s 11.390625s 17.0859375s 25.62890625s 30s 30s 30s 30s"
		if got := strings.Join(waits, " "); d.looks[0] != 0 || got != want {
			t.Errorf("the first look after %s, waits\n%s\nwant\n%s", d.looks[0], got, want)
		}
		if !slices.Equal(d.jobLooks, d.looks[:13]) {
			t.Errorf("looks at the job %v, at the group %v", d.jobLooks, d.looks)
		}
	})
}

// TestWaitDeletedEnds: what ends the wait, after one look that found the group.
func TestWaitDeletedEnds(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		status int
		body   string
		want   []string // sentinels; none is the end of the group
	}{
		{"204", 204, "", nil},
		{"an empty list", 200, `{"user_groups":[]}`, nil},
		{"404", 404, fixture(t, "zoho/error_invalid_url_pattern.json"), nil},
		{"404 of a gateway", 404, "<html>", nil},
		{"400 with a path index", 400, fixture(t, "zoho/error_invalid_id.json"), nil},
		{"400 without one", 400, fixture(t, "zoho/error_details_absent.json"), nil},
		{"400 of another code", 400, `{"code":"INVALID_REQUEST_METHOD","details":{},"status":"error"}`, []string{"ErrBadRequest"}},
		{"INVALID_DATA of another status", 403, `{"code":"INVALID_DATA","details":{},"status":"error"}`, []string{"ErrForbidden"}},
		{"401", 401, fixture(t, "zoho/error_authentication_failure.json"), []string{"ErrUnauthorized"}},
		{"403", 403, fixture(t, "zoho/error_no_permission_string.json"), []string{"ErrForbidden"}},
		{"500 for ever", 500, fixture(t, "zoho/error_internal.json"), []string{"ErrUnavailable"}},
		{"HTML", 200, "<html>", []string{"ErrUnexpectedResponse"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				d := &deleting{t: t, start: time.Now(), group: goneAfter(1, tt.status, tt.body)}
				err := newTokenClient(t, d).UserGroups.WaitDeleted(t.Context(), groupID, &usergroups.Deletion{ID: groupID})
				checkSentinels(t, err, tt.want)
				var e *usergroups.Error
				if err != nil && (!errors.As(err, &e) || e.Op != usergroups.OpUserGroupsGet) {
					t.Errorf("error %#v, want that of Get", err)
				}
				if tt.want == nil && len(d.looks) != 2 {
					t.Errorf("%d looks, want 2", len(d.looks))
				}
			})
		})
	}
}

// TestWaitDeletedDoesNotBelieveTheJob: whatever the API says of the job, or does not,
// the group decides. A job that it does not know is not asked about again.
func TestWaitDeletedDoesNotBelieveTheJob(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		status   int
		body     string
		jobLooks int
	}{
		{"completed", 200, `{"deletion_jobs":[{"Status":"completed"}]}`, 3},
		{"failed", 200, `{"deletion_jobs":[{"Status":"failed"}]}`, 3},
		{"lower case", 200, `{"deletion_jobs":[{"status":"DONE"}]}`, 3},
		{"204", 204, "", 1},
		{"404", 404, fixture(t, "zoho/error_invalid_url_pattern.json"), 1},
		{"400", 400, fixture(t, "zoho/error_required_param_missing.json"), 1},
		{"403", 403, fixture(t, "zoho/error_no_permission_string.json"), 1},
		{"INVALID_DATA", 400, fixture(t, "zoho/error_invalid_id.json"), 1},
		{"an error under 200", 200, fixture(t, "zoho/error_api_not_supported.json"), 1},
		{"an item's error under 200", 200, `{"deletion_jobs":[{"code":"INVALID_DATA","details":{},"status":"error"}]}`, 1},
		{"no status", 200, `{"deletion_jobs":[{}]}`, 1},
		{"HTML", 200, "<html>", 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				d := &deleting{t: t, start: time.Now(), group: goneAfter(3, 204, ""), job: sameAnswer(tt.status, tt.body)}
				client := newTokenClient(t, d, usergroups.WithMaxRetries(0))
				err := client.UserGroups.WaitDeleted(t.Context(), groupID, &usergroups.Deletion{ID: groupID, JobID: jobID}) // the job is all that is known
				if err != nil || len(d.looks) != 4 || len(d.jobLooks) != tt.jobLooks {
					t.Errorf("error %v after %d looks at the group and %d at the job, want 4 and %d", err, len(d.looks), len(d.jobLooks), tt.jobLooks)
				}
			})
		})
	}
}

// TestWaitDeletedEndsWithItsContext: the error says where the job stood.
func TestWaitDeletedEndsWithItsContext(t *testing.T) {
	t.Parallel()
	cause := errors.New("the review was called off")
	tests := []struct {
		name   string
		jobID  string
		job    func(int) (int, string)
		status string
	}{
		{"a job", jobID, func(look int) (int, string) {
			return 200, fmt.Sprintf(`{"deletion_jobs":[{"Status":"step %d"}]}`, look)
		}, `"step 5"`},
		{"a job that is forgotten", jobID, func(look int) (int, string) {
			if look > 2 {
				return 204, ""
			}
			return 200, fmt.Sprintf(`{"deletion_jobs":[{"Status":"step %d"}]}`, look)
		}, `"step 2"`},
		{"a job that is told again after trouble", jobID, func(look int) (int, string) {
			if look < 4 {
				return []int{429, 500, 503}[look-1], ""
			}
			return 200, `{"deletion_jobs":[{"Status":"step 4"}]}`
		}, `"step 4"`},
		{"a job that nobody knows", jobID, sameAnswer(404, ""), ""},
		{"no job", "", nil, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				d := &deleting{t: t, start: time.Now(), group: sameAnswer(200, groupIsThere), job: tt.job}
				// Looks after 0, 1, 2.5, 4.75 and 8.125 s.
				ctx, cancel := context.WithTimeoutCause(t.Context(), 10*time.Second, cause)
				defer cancel()
				err := newTokenClient(t, d).UserGroups.WaitDeleted(ctx, groupID, &usergroups.Deletion{ID: groupID, JobID: tt.jobID})
				if took := time.Since(d.start); took != 10*time.Second || len(d.looks) != 5 || len(d.jobLooks) > 5 {
					t.Errorf("took %s for %d looks, and %d at the job", took, len(d.looks), len(d.jobLooks))
				}
				var e *usergroups.Error
				if !errors.Is(err, context.DeadlineExceeded) || !errors.Is(err, cause) || !errors.As(err, &e) || e.Op != usergroups.OpUserGroupsWaitDeleted {
					t.Errorf("error %#v", err)
				}
				want := "the group was there when last seen: "
				if tt.status != "" {
					want = "the group was there when last seen, the last status of its job was " + tt.status + ": "
				}
				if text := fmt.Sprint(err); !strings.Contains(text, want) {
					t.Errorf("error %q, want one with the status %q", err, tt.status)
				}
				checkSentinels(t, err, []string{""}) // an error, of no kind
			})
		})
	}
}

// TestWaitDeletedCancelledInFlight: a look that the context cuts short is told as
// the end of the wait.
func TestWaitDeletedCancelledInFlight(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/settings/user_groups/" + groupID, "/settings/user_groups/actions/deletion_jobs"} {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			client := newTokenClient(t, roundTripFunc(func(r *http.Request) (*http.Response, error) {
				if strings.HasSuffix(r.URL.Path, path) {
					cancel()
					return nil, r.Context().Err()
				}
				return inMemory(200, nil, groupIsThere)(r)
			}))
			start := time.Now()
			err := client.UserGroups.WaitDeleted(ctx, groupID, &usergroups.Deletion{ID: groupID, JobID: jobID})
			var e *usergroups.Error
			if !errors.Is(err, context.Canceled) || !errors.As(err, &e) || e.Op != usergroups.OpUserGroupsWaitDeleted || time.Since(start) != 0 {
				t.Errorf("%s: %#v after %s", path, err, time.Since(start))
			}
		})
	}
}

func TestWaitDeletedRefuses(t *testing.T) {
	t.Parallel()
	var response usergroups.Response
	tests := []struct {
		name     string
		id       string
		deletion *usergroups.Deletion
		opts     []usergroups.CallOption
		op       usergroups.Op
	}{
		{"the deletion of nothing", groupID, &usergroups.Deletion{JobID: jobID}, nil, usergroups.OpUserGroupsWaitDeleted},
		{"the deletion of another group", groupID, &usergroups.Deletion{ID: "1"}, nil, usergroups.OpUserGroupsWaitDeleted},
		{"WithResponse", groupID, nil, []usergroups.CallOption{usergroups.WithResponse(&response)}, usergroups.OpUserGroupsWaitDeleted},
		{"no option", groupID, nil, []usergroups.CallOption{nil}, usergroups.OpUserGroupsWaitDeleted},
		{"no id", "", &usergroups.Deletion{}, nil, usergroups.OpUserGroupsGet},
		{"another path", "..", &usergroups.Deletion{ID: ".."}, nil, usergroups.OpUserGroupsGet},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			err := newTokenClient(t, newMock(t)).UserGroups.WaitDeleted(t.Context(), tt.id, tt.deletion, tt.opts...)
			var e *usergroups.Error
			if !errors.Is(err, usergroups.ErrInvalidArgument) || !errors.As(err, &e) || e.Op != tt.op {
				t.Errorf("error %#v, want ErrInvalidArgument of %s", err, tt.op)
			}
		})
	}
}

// TestWaitDeletedWithSilentJob: a job endpoint that does not answer, or a token that is
// not there, is neither a reason to wait nor the end.
func TestWaitDeletedWithSilentJob(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		client := newTokenClient(t, roundTripFunc(func(r *http.Request) (*http.Response, error) {
			if strings.HasSuffix(r.URL.Path, "/deletion_jobs") {
				<-r.Context().Done()
				return nil, r.Context().Err()
			}
			if time.Since(start) < 500*time.Millisecond {
				return inMemory(200, nil, groupIsThere)(r)
			}
			return inMemory(204, nil, "")(r)
		}))
		err := client.UserGroups.WaitDeleted(t.Context(), groupID, &usergroups.Deletion{ID: groupID, JobID: jobID})
		if err != nil || time.Since(start) != time.Second {
			t.Errorf("%v after %s", err, time.Since(start))
		}
	})
	err := newClient(t, newMock(t), usergroups.WithTokenSource(&source{tokens: []string{""}, err: fmt.Errorf("vault: %w", usergroups.ErrNotFound)})).
		UserGroups.WaitDeleted(t.Context(), groupID, nil)
	if err == nil || !strings.Contains(err.Error(), "vault") {
		t.Errorf("%v, want that of the token source", err)
	}
}

// TestWaitDeletedWithoutDeletion: after a lost answer, nobody knows of a job. The group
// alone is asked for.
func TestWaitDeletedWithoutDeletion(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var asked []string
		client := newTokenClient(t, roundTripFunc(func(r *http.Request) (*http.Response, error) {
			asked = append(asked, r.URL.Path)
			if len(asked) < 3 {
				return inMemory(200, nil, groupIsThere)(r)
			}
			return inMemory(204, nil, "")(r)
		}))
		start := time.Now()
		err := client.UserGroups.WaitDeleted(t.Context(), groupID, nil)
		path := "/gateway/crm/v8/settings/user_groups/" + groupID
		if err != nil || !slices.Equal(asked, []string{path, path, path}) || time.Since(start) != 2500*time.Millisecond {
			t.Errorf("%v after %s: %q", err, time.Since(start), asked)
		}
	})
}

func TestDeletionJobWithoutID(t *testing.T) {
	t.Parallel()
	_, err := newTokenClient(t, newMock(t)).UserGroups.DeletionJob(t.Context(), "")
	var e *usergroups.Error
	if !errors.Is(err, usergroups.ErrInvalidArgument) || !errors.As(err, &e) || e.Op != usergroups.OpUserGroupsDeletionJob {
		t.Errorf("%v, want ErrInvalidArgument", err)
	}
}

// TestWaitDeletedOnTheFake: with and without the operation that only one document
// has, and under every answer to the id of a group that is no more.
func TestWaitDeletedOnTheFake(t *testing.T) {
	t.Parallel()
	for _, guesses := range []usergroupstest.Guesses{
		{ScheduledDeletion: true},
		{ScheduledDeletion: true, NoDeletionJobs: true},
		{ScheduledDeletion: true, LowerCaseJobStatus: true, ScheduledIsSuccess: true},
		{ScheduledDeletion: true, UnknownID: 400},
		{ScheduledDeletion: true, UnknownID: 404},
	} {
		fake, client := newFake(t, usergroupstest.WithGuesses(guesses))
		id := fake.Groups()[0].ID
		deletion, err := client.UserGroups.Delete(t.Context(), id)
		if err != nil || !deletion.Scheduled() {
			t.Fatalf("%+v, %v", deletion, err)
		}
		job, err := client.UserGroups.DeletionJob(t.Context(), deletion.JobID)
		if guesses.NoDeletionJobs != errors.Is(err, usergroups.ErrNotFound) || !guesses.NoDeletionJobs && job.Status == "" {
			t.Errorf("job %+v, %v", job, err)
		}
		fake.CompleteDeletions()
		if err := client.UserGroups.WaitDeleted(t.Context(), id, deletion); err != nil {
			t.Errorf("%+v: %v", guesses, err)
		}
		if _, left := fake.Group(id); left {
			t.Error("the group is there")
		}
	}
}
