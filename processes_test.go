package usergroups_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/usergroups-go/usergroups"
	"github.com/usergroups-go/usergroups/usergroupstest"
)

// workerJob makes the test binary do one of these jobs instead of running tests,
// so that a test has processes that share a token file.
const workerJob = "USERGROUPS_TEST_WORKER"

// job is what a worker is told in its environment.
type job struct {
	Name string // list, or count
	Path string // of the token file
	URL  string // of the fake

	ClientID, ClientSecret, RefreshToken string

	Keys, Times int
}

// work is a worker's main function: it says that it is ready, waits for a line,
// and writes what came of it.
func work() {
	var j job
	if err := json.Unmarshal([]byte(os.Getenv(workerJob)), &j); err != nil {
		panic(err)
	}
	run := map[string]func(job) func() error{"list": listJob, "count": countJob}[j.Name](j)
	fmt.Fprintln(os.Stdout, "ready")
	if _, err := bufio.NewReader(os.Stdin).ReadString('\n'); err != nil {
		os.Exit(2) // the test has gone
	}
	if err := run(); err != nil {
		fmt.Fprintf(os.Stdout, "error: unauthorized %t, rate limited %t: %v\n",
			errors.Is(err, usergroups.ErrUnauthorized), errors.Is(err, usergroups.ErrRateLimited), err)
		os.Exit(1)
	}
	fmt.Fprintln(os.Stdout, "done")
	os.Exit(0)
}

// listJob makes one call.
func listJob(j job) func() error {
	client, err := usergroups.NewClient(
		usergroups.WithBaseURL(j.URL), usergroups.WithAccountsURL(j.URL),
		usergroups.WithRefreshToken(usergroups.RefreshToken{ClientID: j.ClientID, ClientSecret: j.ClientSecret, RefreshToken: j.RefreshToken}),
		usergroups.WithTokenStore(usergroups.NewFileTokenStore(filepath.Base(j.Path))), // its directory is the worker's
	)
	if err == nil {
		err = os.Chdir(os.TempDir()) // and must not matter any more
	}
	if err != nil {
		panic(err)
	}
	return func() error { return get(context.Background(), client) }
}

// countJob adds one to each of the keys' numbers, so many times, and writes each
// that is stored.
func countJob(j job) func() error {
	store := usergroups.NewFileTokenStore(j.Path)
	return func() error {
		for i := range j.Times * j.Keys {
			key := strconv.Itoa(i % j.Keys)
			t, err := store.Update(context.Background(), key, addOne)
			if err != nil {
				return err
			}
			fmt.Fprintln(os.Stdout, key, t.AccessToken)
		}
		return nil
	}
}

func addOne(_ context.Context, t usergroups.Token) (usergroups.Token, error) {
	n, err := strconv.Atoi("0" + t.AccessToken)
	return usergroups.Token{AccessToken: strconv.Itoa(n + 1)}, err
}

// worker is a process that has said that it is ready.
type worker struct {
	t   *testing.T
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
}

func startWorker(t *testing.T, j job) *worker {
	t.Helper()
	config, err := json.Marshal(j)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), workerJob+"="+string(config))
	cmd.Dir = filepath.Dir(j.Path)
	cmd.Stderr = os.Stderr
	in, err1 := cmd.StdinPipe()
	out, err2 := cmd.StdoutPipe()
	if err := errors.Join(err1, err2, cmd.Start()); err != nil {
		t.Fatal(err)
	}
	w := &worker{t: t, cmd: cmd, in: in, out: bufio.NewReader(out)}
	t.Cleanup(w.kill)
	if line, err := w.out.ReadString('\n'); err != nil || line != "ready\n" {
		t.Fatalf("worker: %q, %v", line, err)
	}
	return w
}

func (w *worker) begin() {
	w.t.Helper()
	if _, err := io.WriteString(w.in, "\n"); err != nil {
		w.t.Fatal(err)
	}
}

// result returns what the worker wrote to its end.
func (w *worker) result() string {
	out, _ := io.ReadAll(w.out) // a killed worker's output ends where it ends
	_ = w.cmd.Wait()
	return strings.TrimSpace(string(out))
}

func (w *worker) kill() {
	_ = w.cmd.Process.Kill()
	_ = w.cmd.Wait()
}

// listJobOf is the job to call fake, with the token file in dir.
func listJobOf(fake *usergroupstest.Server, dir string) job {
	return job{
		Name: "list", Path: filepath.Join(dir, "tokens.json"), URL: fake.URL,
		ClientID: fake.ClientID, ClientSecret: fake.ClientSecret, RefreshToken: fake.RefreshToken,
	}
}

func startWorkers(t *testing.T, n int, j job) []*worker {
	t.Helper()
	workers := make([]*worker, n)
	var wg sync.WaitGroup
	for i := range workers {
		wg.Go(func() { workers[i] = startWorker(t, j) })
	}
	wg.Wait()
	if t.Failed() {
		t.FailNow()
	}
	return workers
}

// runWorkers has so many processes do a job at the same time.
func runWorkers(t *testing.T, n int, j job) {
	t.Helper()
	workers := startWorkers(t, n, j)
	for _, w := range workers {
		w.begin()
	}
	for _, w := range workers {
		if got := w.result(); !strings.HasSuffix(got, "done") {
			t.Error(got)
		}
	}
}

var expiryOf = regexp.MustCompile(`"expiry":"[^"]*"`)

// TestProcesses: eight of them and one token that is no good ask once.
func TestProcesses(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		// before prepares a file that one call has left behind.
		before func(t *testing.T, fake *usergroupstest.Server, path string)
		want   int // refreshes by the eight
	}{
		"no token": {func(t *testing.T, _ *usergroupstest.Server, path string) {
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
		}, 1},
		"an expired token": {func(t *testing.T, fake *usergroupstest.Server, path string) {
			fake.ExpireTokens()
			content, err := os.ReadFile(path)
			if err != nil || !expiryOf.Match(content) {
				t.Fatalf("%v, %s", err, content)
			}
			content = expiryOf.ReplaceAll(content, []byte(`"expiry":"2001-02-03T04:05:06Z"`))
			if err := os.WriteFile(path, content, 0o600); err != nil {
				t.Fatal(err)
			}
		}, 1},
		"a token that the API refuses": {func(_ *testing.T, fake *usergroupstest.Server, _ string) { fake.ExpireTokens() }, 1},
		"a good token":                 {func(*testing.T, *usergroupstest.Server, string) {}, 0},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake, _ := newFake(t)
			j := listJobOf(fake, t.TempDir())
			if err := get(t.Context(), newFakeClient(t, fake, usergroups.WithTokenStore(usergroups.NewFileTokenStore(j.Path)))); err != nil {
				t.Fatal(err)
			}
			tt.before(t, fake, j.Path)
			fake.ResetLog()
			runWorkers(t, 8, j)
			if got := fake.Refreshes(); got != tt.want {
				t.Errorf("%d refreshes, want %d", got, tt.want)
			}
		})
	}
}

// TestProcessKilledInRefresh: the locks of a process end with it.
func TestProcessKilledInRefresh(t *testing.T) {
	t.Parallel()
	fake, _ := newFake(t)
	fake.Inject(usergroupstest.Fault{Route: "POST /oauth/v2/token", Times: 1, Kind: usergroupstest.FaultSilence})
	workers := startWorkers(t, 8, listJobOf(fake, t.TempDir()))
	victim, others := workers[0], workers[1:]
	victim.begin()
	for fake.Refreshes() == 0 {
		time.Sleep(time.Millisecond)
	}
	for _, w := range others {
		w.begin()
	}
	time.Sleep(200 * time.Millisecond) // for them to come to the lock: the test is weaker without, not wrong
	if got := fake.Refreshes(); got != 1 {
		t.Errorf("%d token requests while the lock is held", got)
	}
	victim.kill()
	for _, w := range others {
		if got := w.result(); got != "done" {
			t.Error(got)
		}
	}
	if got := fake.Refreshes(); got != 2 {
		t.Errorf("%d token requests, want the killed one and one more", got)
	}
}

// TestRefusalInAnotherProcess: nobody asks again what was refused a moment ago.
func TestRefusalInAnotherProcess(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ body, want string }{
		"refused":   {`{"error":"invalid_code"}`, "unauthorized true, rate limited false"},
		"throttled": {`{"error":"Access Denied","error_description":"too many"}`, "unauthorized false, rate limited true"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake, _ := newFake(t)
			fake.Inject(usergroupstest.Fault{Route: "POST /oauth/v2/token", Status: 200, Body: tt.body})
			for _, w := range startWorkers(t, 3, listJobOf(fake, t.TempDir())) {
				w.begin()
				if got := w.result(); !strings.HasPrefix(got, "error: "+tt.want) {
					t.Errorf("%q, want %q", got, tt.want)
				}
			}
			if got := fake.Refreshes(); got != 1 {
				t.Errorf("%d token requests, want 1", got)
			}
		})
	}
}

// TestProcessesCount: no update is lost among processes that make many.
func TestProcessesCount(t *testing.T) {
	t.Parallel()
	j := job{Name: "count", Path: filepath.Join(t.TempDir(), "tokens.json"), Keys: 3, Times: 20}
	const processes = 4
	runWorkers(t, processes, j)
	store := usergroups.NewFileTokenStore(j.Path)
	for key := range j.Keys {
		got, err := store.Load(t.Context(), strconv.Itoa(key))
		if want := strconv.Itoa(processes * j.Times); err != nil || got.AccessToken != want {
			t.Errorf("key %d: %q, %v, want %s", key, got.AccessToken, err, want)
		}
	}
}

// TestKilledWriter: whenever a writer is killed, the file can be read, and has
// what the writer was told is stored.
func TestKilledWriter(t *testing.T) {
	t.Parallel()
	j := job{Name: "count", Path: filepath.Join(t.TempDir(), "tokens.json"), Keys: 2, Times: 1e6}
	store := usergroups.NewFileTokenStore(j.Path)
	for i := range 8 {
		w := startWorker(t, j)
		w.begin()
		time.Sleep(time.Duration(5+7*i) * time.Millisecond) // any moment will do
		_ = w.cmd.Process.Kill()
		for line := range strings.Lines(w.result() + "\n") {
			var key string
			var stored int
			if n, _ := fmt.Sscanf(line, "%s %d\n", &key, &stored); n != 2 {
				continue // cut
			}
			token, err := store.Load(t.Context(), key)
			if err != nil {
				t.Fatalf("after a writer was killed: %v", err)
			}
			if got, err := strconv.Atoi(token.AccessToken); err != nil || got < stored {
				t.Fatalf("%d (%v), although %d was stored", got, err, stored)
			}
		}
	}
}
