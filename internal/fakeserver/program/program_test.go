package program_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/usergroups-go/usergroups/internal/fakeserver/program"
)

// busy is a fake with a request under way that ends when it is closed, or never.
type busy chan struct{}

func (b busy) Shutdown(ctx context.Context) error {
	select {
	case <-b:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func TestRun(t *testing.T) {
	t.Parallel()
	idle := make(busy)
	close(idle)
	acme := program.Command[busy, int]{
		Name: "fakeacme",
		Parse: func(args []string, out io.Writer) ([]int, error) {
			switch args[0] {
			case "-help":
				fmt.Fprintln(out, "usage")
				return nil, flag.ErrHelp
			case "-x":
				return nil, errors.New("no -x")
			}
			return []int{len(args)}, nil
		},
		Start: func(opts ...int) (busy, error) {
			switch opts[0] {
			case 1:
				return idle, nil
			case 2:
				return make(busy), nil
			default:
				return nil, errors.New("cannot listen")
			}
		},
		Introduce: func(out io.Writer, _ busy) { fmt.Fprintln(out, "hello") },
	}
	for args, want := range map[string]struct {
		status         int
		stdout, stderr string
	}{
		"-help":   {program.Done, "usage\n", ""},
		"-x":      {program.Misused, "", "fakeacme: no -x (-help lists the flags)\n"},
		"a b c":   {program.Failed, "", "fakeacme: cannot listen\n"},
		"idle":    {program.Done, "hello\n", ""},
		"busy -1": {program.Failed, "hello\n", "fakeacme: stopped before all requests were answered\n"},
	} {
		signals := make(chan os.Signal, 2)
		signals <- os.Interrupt
		signals <- os.Interrupt // is for the busy one, which would be waited for
		var stdout, stderr strings.Builder
		began := time.Now()
		status := acme.Run(strings.Fields(args), &stdout, &stderr, signals)
		if status != want.status || stdout.String() != want.stdout || stderr.String() != want.stderr {
			t.Errorf("%s: %d, %q, %q", args, status, stdout.String(), stderr.String())
		}
		if took := time.Since(began); took > 5*time.Second { // patience would be 8
			t.Errorf("%s: the second signal was not seen, for %v", args, took)
		}
	}
}

func TestPatienceEnds(t *testing.T) {
	t.Parallel()
	if err := program.Stop(make(busy), nil, 10*time.Millisecond); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v", err)
	}
}

func TestWarn(t *testing.T) {
	t.Parallel()
	for addr, warns := range map[string]bool{
		"127.0.0.1:80": false, "[::1]:80": false, "0.0.0.0:80": true, "[::]:80": true, "192.0.2.1:80": true, "x": true,
	} {
		var out strings.Builder
		if program.Warn(&out, addr); strings.Contains(out.String(), "listens on "+addr) != warns {
			t.Errorf("%s: %q", addr, out.String())
		}
	}
}
