package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/usergroups-go/usergroups/usergroupstest"
)

// command is the path of the built command.
var command string

func TestMain(m *testing.M) {
	os.Exit(buildAndTest(m))
}

func buildAndTest(m *testing.M) int {
	dir, err := os.MkdirTemp("", "fakezoho")
	if err != nil {
		panic(err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	command = filepath.Join(dir, "fakezoho.exe")
	build := exec.CommandContext(context.Background(), "go", "build", "-o", command, ".")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "go build: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}

// process is the command at work.
type process struct {
	*exec.Cmd
	stderr bytes.Buffer
	told   string // what it has printed, up to its last line
	url    string
}

// start runs the command and returns when it has introduced itself.
func start(t *testing.T, args ...string) *process {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute) // rather than hang
	t.Cleanup(cancel)
	p := &process{Cmd: exec.CommandContext(ctx, command, args...)}
	p.Stderr = &p.stderr
	stdout, err := p.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if p.ProcessState == nil {
			_ = p.Process.Kill()
			_ = p.Wait()
		}
	})
	lines := bufio.NewScanner(stdout)
	for lines.Scan() {
		p.told += lines.Text() + "\n"
		if strings.Contains(lines.Text(), "grant_type=authorization_code") { // the last line
			p.url = regexp.MustCompile(`http://\S+`).FindString(p.told)
			return p
		}
	}
	t.Fatalf("it has ended: %s%s", p.told, p.stderr.String())
	return nil
}

// find returns what the pattern's group matches in what was printed.
func (p *process) find(t *testing.T, pattern string) string {
	t.Helper()
	m := regexp.MustCompile(pattern).FindStringSubmatch(p.told)
	if m == nil {
		t.Fatalf("no %s in\n%s", pattern, p.told)
	}
	return m[1]
}

// exit waits for the end and checks how it came.
func (p *process) exit(t *testing.T, status int, stderr string) {
	t.Helper()
	_ = p.Wait() // the status says it all
	if got := p.ProcessState.ExitCode(); got != status || p.stderr.String() != stderr {
		t.Errorf("exit status %d, want %d; stderr %q, want %q", got, status, p.stderr.String(), stderr)
	}
}

func (p *process) signal(t *testing.T, sig os.Signal) {
	t.Helper()
	if err := p.Process.Signal(sig); err != nil {
		t.Fatal(err)
	}
}

func do(t *testing.T, method, url, authorization, form string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(form))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", authorization)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded") // as curl -d
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

// The requests are taken from the printed lines as a shell would take them.
func TestPrintedRequests(t *testing.T) {
	t.Parallel()
	p := start(t, "-addr", "127.0.0.1:0", "-client-id", "id&1", "-client-secret", "it's", "-refresh-token", "$HOME 1", "-token-limit", "1")
	if strings.Contains(p.told, "Note:") {
		t.Errorf("a warning on loopback:\n%s", p.told)
	}
	if id := p.find(t, `client id +(.*)\n`); id != "id&1" {
		t.Errorf("client id %q", id)
	}

	authorization := p.find(t, `curl -H "Authorization: ([^"]*)" "http`)
	groups := p.find(t, `curl -H "[^"]*" "(http[^"]*)"\n`)
	if status, body := do(t, "GET", groups, authorization, ""); status != 200 || !strings.Contains(body, `"user_groups":[`) {
		t.Errorf("%d %s", status, body)
	}

	form := strings.ReplaceAll(p.find(t, `curl -d (\S+ -d \S+ -d \S+ -d \S+) "http`), " -d ", "&")
	if strings.ContainsAny(form, `'"$\ `) {
		t.Errorf("a shell changes %s", form)
	}
	token := p.find(t, `curl -d .* "(http[^"]*)"\n`)
	status, body := do(t, "POST", token, "", form)
	if status != 200 || !strings.Contains(body, `"access_token":"`) || !strings.Contains(body, `"api_domain":"`+p.url+`"`) || !strings.Contains(body, `"expires_in":3600}`) {
		t.Errorf("%d %s", status, body)
	}
	if status, body := do(t, "POST", token, "", form); status != 400 || !strings.Contains(body, "Access Denied") {
		t.Errorf("beyond the limit: %d %s", status, body)
	}
}

// The consent leads to a page with a code, and the code to tokens.
func TestPrintedConsent(t *testing.T) {
	t.Parallel()
	p := start(t, "-addr", "127.0.0.1:0", "-client-id", "id&1", "-client-secret", "it's")
	consent := p.find(t, `(http\S*/oauth/v2/auth\?\S*)`)
	if status, body := do(t, "GET", consent, "", ""); status != 200 || !strings.Contains(body, "Accept") {
		t.Errorf("%d %s", status, body)
	}
	status, body := do(t, "POST", consent, "", "decision=accept") // follows the redirect
	code := regexp.MustCompile(`<code>([^<]+)</code>`).FindStringSubmatch(body)
	if status != 200 || code == nil {
		t.Fatalf("%d %s", status, body)
	}
	form := strings.ReplaceAll(p.find(t, `curl -d (grant_type=authorization_code.*) "http`), " -d ", "&")
	if strings.ContainsAny(form, `'"$\ `) {
		t.Errorf("a shell changes %s", form)
	}
	status, body = do(t, "POST", p.find(t, `code=CODE "(http[^"]*)"\n`), "", strings.Replace(form, "CODE", code[1], 1))
	if status != 200 || !strings.Contains(body, `"access_token":"`) || !strings.Contains(body, `"refresh_token":"`) {
		t.Errorf("%d %s", status, body)
	}
}

// The forms that other languages' clients have to cope with.
func TestFormFlags(t *testing.T) {
	t.Parallel()
	p := start(t, "-addr", "127.0.0.1:0", "-token-limit", "1", "-token-limit-status", "200", "-expires-in", "text", "-unknown-id", "404")
	authorization := p.find(t, `curl -H "Authorization: ([^"]*)" "http`)
	if status, _ := do(t, "GET", p.url+"/crm/v8/settings/user_groups/1", authorization, ""); status != 404 {
		t.Errorf("unknown id: %d", status)
	}
	// Parameters in the URL are taken, as by the vendor.
	token := p.find(t, `curl -d .* "(http[^"]*)"\n`)
	form := strings.ReplaceAll(p.find(t, `curl -d (\S+ -d \S+ -d \S+ -d \S+) "http`), " -d ", "&")
	if status, body := do(t, "POST", token+"?"+form, "", ""); status != 200 || !strings.Contains(body, `"expires_in":"3600"`) {
		t.Errorf("%d %s", status, body)
	}
	if status, body := do(t, "POST", token, "", form); status != 200 || !strings.Contains(body, "Access Denied") {
		t.Errorf("beyond the limit: %d %s", status, body)
	}
}

func TestFlags(t *testing.T) {
	t.Parallel()
	p := start(t, "-addr", "0.0.0.0:0", "-api-domain", "http://zoho:8080", "-token-lifetime", "2s", "-token-limit", "0", "-latency", "50ms")
	if !strings.HasPrefix(p.url, "http://127.0.0.1:") || !strings.Contains(p.told, "plain HTTP") {
		t.Errorf("no warning:\n%s", p.told)
	}
	token := p.find(t, `curl -d .* "(http[^"]*)"\n`)
	form := strings.ReplaceAll(p.find(t, `curl -d (\S+ -d \S+ -d \S+ -d \S+) "http`), " -d ", "&")
	for range 11 {
		if status, body := do(t, "POST", token, "", form); status != 200 || !strings.Contains(body, `"api_domain":"http://zoho:8080"`) || !strings.Contains(body, `"expires_in":2}`) {
			t.Fatalf("%d %s", status, body)
		}
	}
	before := time.Now()
	if status, _ := do(t, "GET", p.url+"/crm/v8/settings/user_groups", "", ""); status != 401 || time.Since(before) < 50*time.Millisecond {
		t.Errorf("%d after %v", status, time.Since(before))
	}
}

func TestLimitFlags(t *testing.T) {
	t.Parallel()
	p := start(t, "-addr", "127.0.0.1:0", "-daily-credits", "1")
	authorization := p.find(t, `curl -H "Authorization: ([^"]*)" "http`)
	for _, want := range []int{200, 429} {
		if status, body := do(t, "GET", p.url+"/crm/v8/settings/user_groups", authorization, ""); status != want {
			t.Errorf("%d %s, want %d", status, body, want)
		}
	}

	// The first keeps the only place for as long as the second needs to be refused,
	// whose answer is delayed as well.
	p = start(t, "-addr", "127.0.0.1:0", "-concurrency-limit", "1", "-latency", "1s")
	authorization = p.find(t, `curl -H "Authorization: ([^"]*)" "http`)
	statuses := make(chan int)
	for range 2 {
		go func() {
			status, _ := do(t, "GET", p.url+"/crm/v8/settings/user_groups", authorization, "")
			statuses <- status
		}()
	}
	if sum := <-statuses + <-statuses; sum != 200+429 {
		t.Errorf("the statuses have the sum %d", sum)
	}
}

func TestMisuse(t *testing.T) {
	t.Parallel()
	taken := usergroupstest.NewServer()
	t.Cleanup(taken.Close)
	const help = " (-help lists the flags)\n"
	for _, tc := range []struct {
		args   string
		status int
		stderr string
	}{
		{"-addr " + taken.Addr, 1, "fakezoho: cannot listen: listen tcp " + taken.Addr + ": "},
		{"-addr 127.0.0.1", 1, "fakezoho: cannot listen: listen tcp: address 127.0.0.1: missing port in address\n"},
		{"-port 80", 2, "fakezoho: flag provided but not defined: -port" + help},
		{"-latency soon", 2, `fakezoho: invalid value "soon" for flag -latency: parse error` + help},
		{"-latency -1s", 2, "fakezoho: -latency -1s: has to be 0 or more" + help},
		{"-token-limit -1", 2, "fakezoho: -token-limit -1: has to be 0 or more" + help},
		{"-daily-credits -1", 2, "fakezoho: -daily-credits -1: has to be 0 or more" + help},
		{"-concurrency-limit -1", 2, "fakezoho: -concurrency-limit -1: has to be 0 or more" + help},
		{"-token-limit-status 429", 2, "fakezoho: -token-limit-status 429: has to be 200 or 400" + help},
		{"-expires-in hours", 2, "fakezoho: -expires-in hours: has to be seconds, text, decimal, milliseconds or absent" + help},
		{"-unknown-id 500", 2, "fakezoho: -unknown-id 500: has to be 0, 204, 400 or 404" + help},
		{"-token-lifetime 0s", 2, "fakezoho: -token-lifetime 0s: has to be more than 0" + help},
		{"127.0.0.1:80", 2, `fakezoho: unexpected argument "127.0.0.1:80"` + help},
	} {
		var stdout, stderr bytes.Buffer
		status := run(strings.Fields(tc.args), &stdout, &stderr, nil)
		if status != tc.status || !strings.HasPrefix(stderr.String(), tc.stderr) || strings.Count(stderr.String(), "\n") != 1 || stdout.Len() > 0 {
			t.Errorf("%s: %d, stderr %q, stdout %q", tc.args, status, stderr.String(), stdout.String())
		}
	}

	p := &process{Cmd: exec.CommandContext(t.Context(), command, "-port", "80")}
	p.Stderr = &p.stderr
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	p.exit(t, 2, "fakezoho: flag provided but not defined: -port"+help)

	var stdout, stderr bytes.Buffer
	if status := run([]string{"-help"}, &stdout, &stderr, nil); status != 0 || stderr.Len() > 0 || !strings.Contains(stdout.String(), "-token-limit") {
		t.Errorf("-help: %d, stderr %q, stdout %q", status, stderr.String(), stdout.String())
	}
}

func TestSignals(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("one process cannot send another a signal")
	}
	for _, sig := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
		// A request under way is answered, and only then the end comes.
		p := start(t, "-addr", "127.0.0.1:0")
		conn, reader := p.startRequest(t)
		p.signal(t, sig)
		p.waitUntilDeaf(t)
		fmt.Fprint(conn, "{}")
		res, err := http.ReadResponse(reader, nil)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		if res.StatusCode != 400 {
			t.Errorf("%v: status %d", sig, res.StatusCode)
		}
		p.exit(t, 0, "")

		// A second signal does not wait for it.
		p = start(t, "-addr", "127.0.0.1:0")
		_, reader = p.startRequest(t)
		p.signal(t, sig)
		p.waitUntilDeaf(t)
		p.signal(t, sig)
		p.exit(t, 1, "fakezoho: stopped before all requests were answered\n")
		if answered, _ := io.ReadAll(reader); len(answered) > 0 {
			t.Errorf("%v: got %q", sig, answered)
		}
	}
}

// startRequest sends the head of a create and returns when the server has
// begun to read the body: only then does net/http send the 100.
func (p *process) startRequest(t *testing.T) (net.Conn, *bufio.Reader) {
	t.Helper()
	conn, err := p.dial(t)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(10 * time.Second))
	fmt.Fprintf(conn, "POST /crm/v8/settings/user_groups HTTP/1.1\r\nHost: x\r\nAuthorization: %s\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n",
		p.find(t, `curl -H "Authorization: ([^"]*)"`))
	reader := bufio.NewReader(conn)
	for _, want := range []string{"HTTP/1.1 100 Continue\r\n", "\r\n"} {
		if line, err := reader.ReadString('\n'); line != want {
			t.Fatalf("got %q, error %v", line, err)
		}
	}
	return conn, reader
}

// waitUntilDeaf returns when the command accepts nothing any more.
func (p *process) waitUntilDeaf(t *testing.T) {
	t.Helper()
	for range 500 {
		conn, err := p.dial(t)
		if err != nil {
			return
		}
		_ = conn.Close()
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatal("it still listens after five seconds")
}

func (p *process) dial(t *testing.T) (net.Conn, error) {
	t.Helper()
	u, err := url.Parse(p.url)
	if err != nil {
		t.Fatal(err)
	}
	var dialer net.Dialer
	return dialer.DialContext(t.Context(), "tcp", u.Host)
}
