// Package program is what the commands have in common that run a fake by itself,
// for programs in any language.
package program

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/netip"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// The exit statuses.
const (
	Done    = 0
	Failed  = 1
	Misused = 2
)

// Fake is what a command runs.
type Fake interface {
	Shutdown(ctx context.Context) error
}

// Command is a command that runs a fake of type F, made with options of type O.
type Command[F Fake, O any] struct {
	Name string

	// Parse turns the command line into options. Help goes to out, and is then
	// the error [flag.ErrHelp].
	Parse func(args []string, out io.Writer) ([]O, error)

	Start func(opts ...O) (F, error)

	// Introduce prints what a client needs.
	Introduce func(out io.Writer, fake F)
}

// Signals returns where an interrupt and a SIGTERM come from now on, in the place
// of ending the process.
func Signals() <-chan os.Signal {
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	return signals
}

// Run serves until the first signal and returns the exit status.
func (c Command[F, O]) Run(args []string, stdout, stderr io.Writer, signals <-chan os.Signal) int {
	opts, err := c.Parse(args, stdout)
	if errors.Is(err, flag.ErrHelp) {
		return Done
	}
	if err != nil {
		fmt.Fprintf(stderr, "%s: %v (-help lists the flags)\n", c.Name, err)
		return Misused
	}
	fake, err := c.Start(opts...)
	if err != nil {
		fmt.Fprintf(stderr, "%s: %v\n", c.Name, err)
		return Failed
	}
	c.Introduce(stdout, fake)

	<-signals
	if Stop(fake, signals, patience) != nil {
		fmt.Fprintf(stderr, "%s: stopped before all requests were answered\n", c.Name)
		return Failed
	}
	return Done
}

// patience is shorter than the 10 seconds after which a container is killed.
const patience = 8 * time.Second

// Stop lets requests finish until the next signal or until patience ends.
func Stop(fake Fake, signals <-chan os.Signal, patience time.Duration) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	go func() {
		select {
		case <-signals:
			cancel()
		case <-ctx.Done():
		}
	}()
	return fake.Shutdown(ctx)
}

// Warn prints a note when others than this machine may reach the address.
func Warn(out io.Writer, addr string) {
	if ap, err := netip.ParseAddrPort(addr); err == nil && ap.Addr().IsLoopback() {
		return
	}
	fmt.Fprintf(out, "Note: it listens on %s, where other machines may reach it: plain HTTP, invented\n"+
		"credentials, no protection.\n\n", addr)
}
