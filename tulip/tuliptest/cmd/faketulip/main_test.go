package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/usergroups-go/usergroups/tulip/tuliptest"
)

// command is the path of the built command.
var command string

func TestMain(m *testing.M) {
	os.Exit(buildAndTest(m))
}

func buildAndTest(m *testing.M) int {
	dir, err := os.MkdirTemp("", "faketulip")
	if err != nil {
		panic(err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	command = filepath.Join(dir, "faketulip.exe")
	build := exec.CommandContext(context.Background(), "go", "build", "-o", command, ".")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "go build: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}

// start runs the command and returns when it has introduced itself, with what it
// has printed.
func start(t *testing.T, args ...string) (cmd *exec.Cmd, told string, stderr *bytes.Buffer) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute) // rather than hang
	t.Cleanup(cancel)
	cmd = exec.CommandContext(ctx, command, args...)
	stderr = &bytes.Buffer{}
	cmd.Stderr = stderr
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if cmd.ProcessState == nil {
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
		}
	})
	lines := bufio.NewScanner(stdout)
	for lines.Scan() {
		told += lines.Text() + "\n"
		if strings.Contains(lines.Text(), "/users\"") { // the last line
			return cmd, told, stderr
		}
	}
	t.Fatalf("it has ended: %s%s", told, stderr.String())
	return nil, "", nil
}

func get(t *testing.T, url, authorization string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", authorization)
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	res, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(body)
}

var request = regexp.MustCompile(`(?m)^curl -H "Authorization: ([^"]*)" "(http[^"]*)"$`)

// The requests are taken from the printed lines as a shell would take them.
func TestPrintedRequests(t *testing.T) {
	t.Parallel()
	_, told, _ := start(t, "-addr", "127.0.0.1:0", "-api-key", "key&1", "-api-secret", `it's "$HOME"`)
	if strings.Contains(told, "Note:") || !strings.Contains(told, "\napi key      key&1\napi secret   it's \"$HOME\"\nauth header  Basic ") {
		t.Errorf("it says\n%s", told)
	}
	requests := request.FindAllStringSubmatch(told, -1)
	for i, want := range []string{
		`"name":"Machine maintenance team"`, `"name":"Line 4 (closed)"`, `"full":"Finn O'Brien"`, `"full":"Amara Okafor"`, `{"userId":"graceMwangi000007"}`,
	} {
		if i >= len(requests) {
			t.Fatalf("%d requests in\n%s", len(requests), told)
		}
		status, body := get(t, requests[i][2], requests[i][1])
		if status != 200 || !strings.Contains(body, want) {
			t.Errorf("%s: %d %s", requests[i][2], status, body)
		}
		if strings.ContainsAny(requests[i][1]+requests[i][2], "$`\\") {
			t.Errorf("a shell changes %s", requests[i][0])
		}
	}
}

func TestFlags(t *testing.T) {
	t.Parallel()
	_, told, _ := start(t, "-addr", "0.0.0.0:0", "-default-limit", "2", "-max-limit", "3", "-next-page", "path", "-latency", "50ms")
	if !strings.Contains(told, "plain HTTP") {
		t.Errorf("no warning:\n%s", told)
	}
	first := request.FindStringSubmatch(told)
	url, _, _ := strings.Cut(first[2], "?")
	before := time.Now()
	status, body := get(t, url, first[1])
	if status != 200 || !strings.Contains(body, `"nextPage":"/api/users/v1/user-groups?limit=2&offset=2"`) || time.Since(before) < 50*time.Millisecond {
		t.Errorf("%d %s after %v", status, body, time.Since(before))
	}
	if status, body := get(t, url+"?limit=4", first[1]); status != 400 {
		t.Errorf("%d %s", status, body)
	}
}

func TestMisuse(t *testing.T) {
	t.Parallel()
	taken := tuliptest.NewServer()
	t.Cleanup(taken.Close)
	const help = " (-help lists the flags)\n"
	for _, tc := range []struct {
		args   string
		status int
		stderr string
	}{
		{"-addr " + taken.Addr, 1, "faketulip: cannot listen: listen tcp " + taken.Addr + ": "},
		{"-port 80", 2, "faketulip: flag provided but not defined: -port" + help},
		{"-latency -1s", 2, "faketulip: -latency -1s: has to be 0 or more" + help},
		{"-api-key a:b", 2, "faketulip: -api-key a:b: may have no colon" + help},
		{"-max-limit 0", 2, "faketulip: -max-limit 0: has to be 1 or more" + help},
		{"-default-limit 0", 2, "faketulip: -default-limit 0: has to be from 1 to -max-limit" + help},
		{"-default-limit 101", 2, "faketulip: -default-limit 101: has to be from 1 to -max-limit" + help},
		{"-next-page none", 2, "faketulip: -next-page none: has to be absolute, path or query" + help},
		{"127.0.0.1:80", 2, `faketulip: unexpected argument "127.0.0.1:80"` + help},
	} {
		var stdout, stderr bytes.Buffer
		status := run(strings.Fields(tc.args), &stdout, &stderr, nil)
		if status != tc.status || !strings.HasPrefix(stderr.String(), tc.stderr) || strings.Count(stderr.String(), "\n") != 1 || stdout.Len() > 0 {
			t.Errorf("%s: %d, stderr %q, stdout %q", tc.args, status, stderr.String(), stdout.String())
		}
	}
	var stdout, stderr bytes.Buffer
	if status := run([]string{"-help"}, &stdout, &stderr, nil); status != 0 || stderr.Len() > 0 || !strings.Contains(stdout.String(), "-next-page") {
		t.Errorf("-help: %d, stderr %q, stdout %q", status, stderr.String(), stdout.String())
	}
}

func TestSignals(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("one process cannot send another a signal")
	}
	for _, sig := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
		cmd, _, stderr := start(t, "-addr", "127.0.0.1:0")
		if err := cmd.Process.Signal(sig); err != nil {
			t.Fatal(err)
		}
		if err := cmd.Wait(); err != nil || stderr.Len() > 0 {
			t.Errorf("%v: %v, stderr %q", sig, err, stderr.String())
		}
	}
}
