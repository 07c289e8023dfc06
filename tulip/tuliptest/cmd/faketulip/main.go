// Faketulip runs the fake Tulip instance of package tuliptest by itself, for
// programs in any language:
//
//	go run ./tulip/tuliptest/cmd/faketulip -addr 127.0.0.1:8080
//
// It prints its URL, its API token and requests to try. An interrupt or a
// SIGTERM lets the requests under way finish, within 8 seconds; a second one
// does not wait for them. The flags, with their defaults, are told by -help.
//
// In scripts and containers, go build it first and run the binary: go run does
// not pass a SIGTERM on, and leaves the server running.
//
// There are no flags for faults and for most guesses: these need a Go program of a
// few lines, with package tuliptest.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/usergroups-go/usergroups/internal/fakeserver/program"
	"github.com/usergroups-go/usergroups/tulip/tuliptest"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr, program.Signals())) }

// run serves until the first signal and returns the exit status.
func run(args []string, stdout, stderr io.Writer, signals <-chan os.Signal) int {
	faketulip := program.Command[*tuliptest.Server, tuliptest.Option]{
		Name: "faketulip", Parse: parseFlags, Start: tuliptest.Start, Introduce: introduce,
	}
	return faketulip.Run(args, stdout, stderr, signals)
}

var linkForms = map[string]tuliptest.LinkForm{
	"absolute": tuliptest.LinkAbsolute,
	"path":     tuliptest.LinkPath,
	"query":    tuliptest.LinkQuery,
}

// parseFlags turns the command line into options. Help goes to out.
func parseFlags(args []string, out io.Writer) ([]tuliptest.Option, error) {
	flags := flag.NewFlagSet("faketulip", flag.ContinueOnError)
	flags.SetOutput(io.Discard) // an error is one line, and run prints it
	var (
		addr         = flags.String("addr", "127.0.0.1:8080", "`host:port` to listen on; port 0 is any free one")
		apiKey       = flags.String("api-key", "", "API key; invented if empty")
		apiSecret    = flags.String("api-secret", "", "secret of the API key; invented if empty")
		defaultLimit = flags.Int("default-limit", 10, "records of a page without a limit")
		maxLimit     = flags.Int("max-limit", 100, "the highest limit that a page may be asked for")
		nextPage     = flags.String("next-page", "absolute", "`form` of nextPage: absolute, path or query")
		latency      = flags.Duration("latency", 0, "delay of every answer of the API")
	)
	err := flags.Parse(args)
	form, formKnown := linkForms[*nextPage]
	switch {
	case errors.Is(err, flag.ErrHelp):
		flags.SetOutput(out)
		fmt.Fprintln(out, "usage: faketulip [flags]")
		flags.PrintDefaults()
		return nil, err
	case err != nil:
		return nil, err
	case flags.NArg() > 0:
		return nil, fmt.Errorf("unexpected argument %q", flags.Arg(0))
	case strings.Contains(*apiKey, ":"):
		return nil, fmt.Errorf("-api-key %s: may have no colon", *apiKey)
	case *maxLimit < 1:
		return nil, fmt.Errorf("-max-limit %d: has to be 1 or more", *maxLimit)
	case *defaultLimit < 1 || *defaultLimit > *maxLimit:
		return nil, fmt.Errorf("-default-limit %d: has to be from 1 to -max-limit", *defaultLimit)
	case !formKnown:
		return nil, fmt.Errorf("-next-page %s: has to be absolute, path or query", *nextPage)
	case *latency < 0:
		return nil, fmt.Errorf("-latency %v: has to be 0 or more", *latency)
	}
	return []tuliptest.Option{
		tuliptest.WithAddr(*addr),
		tuliptest.WithCredentials(*apiKey, *apiSecret),
		tuliptest.WithGuesses(tuliptest.Guesses{DefaultLimit: *defaultLimit, MaxLimit: *maxLimit, Link: form}),
		tuliptest.WithLatency(*latency),
		tuliptest.WithLogLimit(1), // nobody can ask for it here
	}, nil
}

// introduce prints what a client needs, and requests that work as they are
// printed.
func introduce(out io.Writer, fake *tuliptest.Server) {
	fmt.Fprintf(out, `A fake Tulip instance, at %s

api key      %s
api secret   %s
auth header  %s

For programs that use package tulip:
export TULIP_URL=%s TULIP_API_KEY=%s TULIP_API_SECRET=%s

`, fake.URL, fake.APIKey, fake.APISecret, fake.AuthHeader(), fake.URL, fake.APIKey, fake.APISecret)
	program.Warn(out, fake.Addr)
	auth, api := fake.AuthHeader(), fake.URL+"/api/users/v1"
	fmt.Fprintf(out, `List user groups, and then those that are archived:
curl -H "Authorization: %s" "%s/user-groups?limit=5"
curl -H "Authorization: %s" "%s/user-groups?archived=true"

Find users by name, e-mail or badge, and by a filter:
curl -H "Authorization: %s" "%s/users?search=brien"
curl -H "Authorization: %s" "%s/users?filter=globalRoleId%%20eq%%20'owner'"

List the members of a group, ids only:
curl -H "Authorization: %s" "%s/user-groups/machineTeam000002/users"
`, auth, api, auth, api, auth, api, auth, api, auth, api)
}
