// Fakezoho runs the fake Zoho CRM of package usergroupstest by itself, for
// programs in any language:
//
//	go run ./usergroupstest/cmd/fakezoho -addr 127.0.0.1:8080
//
// It prints its URL, its credentials and requests to try. An interrupt or a
// SIGTERM lets the requests under way finish; a second one does not wait for
// them. The flags, with their defaults, are told by -help.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/netip"
	"net/url"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/usergroups-go/usergroups/usergroupstest"
)

func main() {
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr, signals))
}

// The exit statuses.
const (
	done    = 0
	failed  = 1
	misused = 2
)

// run serves until the first signal and returns the exit status.
func run(args []string, stdout, stderr io.Writer, signals <-chan os.Signal) int {
	opts, err := parseFlags(args, stdout)
	if errors.Is(err, flag.ErrHelp) {
		return done
	}
	if err != nil {
		fmt.Fprintf(stderr, "fakezoho: %v (-help lists the flags)\n", err)
		return misused
	}
	fake, err := usergroupstest.Start(opts...)
	if err != nil {
		fmt.Fprintf(stderr, "fakezoho: %v\n", err)
		return failed
	}
	introduce(stdout, fake)

	<-signals
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		<-signals
		cancel()
	}()
	if fake.Shutdown(ctx) != nil {
		fmt.Fprintln(stderr, "fakezoho: stopped before all requests were answered")
		return failed
	}
	return done
}

// parseFlags turns the command line into options. Help goes to out.
func parseFlags(args []string, out io.Writer) ([]usergroupstest.Option, error) {
	flags := flag.NewFlagSet("fakezoho", flag.ContinueOnError)
	flags.SetOutput(io.Discard) // an error is one line, and run prints it
	var (
		addr         = flags.String("addr", "127.0.0.1:8080", "`host:port` to listen on; port 0 is any free one")
		clientID     = flags.String("client-id", "", "client id; invented if empty")
		clientSecret = flags.String("client-secret", "", "client secret; invented if empty")
		refreshToken = flags.String("refresh-token", "", "refresh token; invented if empty")
		apiDomain    = flags.String("api-domain", "", "api_domain in token answers; the `URL` that the client has called if empty")
		lifetime     = flags.Duration("token-lifetime", time.Hour, "how long access tokens live")
		limit        = flags.Int("token-limit", 10, "access tokens per refresh token in 10 minutes; 0 is no limit, of consents neither")
		atOnce       = flags.Int("concurrency-limit", 0, "API calls that are served at once, more are answered 429; 0 is no limit")
		credits      = flags.Int("daily-credits", 0, "API calls in 24 hours, more are answered 429; 0 is no limit")
		latency      = flags.Duration("latency", 0, "delay of every answer of the API")
	)
	err := flags.Parse(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		flags.SetOutput(out)
		fmt.Fprintln(out, "usage: fakezoho [flags]")
		flags.PrintDefaults()
		return nil, err
	case err != nil:
		return nil, err
	case flags.NArg() > 0:
		return nil, fmt.Errorf("unexpected argument %q", flags.Arg(0))
	case *lifetime <= 0:
		return nil, fmt.Errorf("-token-lifetime %v: has to be more than 0", *lifetime)
	case *limit < 0:
		return nil, fmt.Errorf("-token-limit %d: has to be 0 or more", *limit)
	case *atOnce < 0:
		return nil, fmt.Errorf("-concurrency-limit %d: has to be 0 or more", *atOnce)
	case *credits < 0:
		return nil, fmt.Errorf("-daily-credits %d: has to be 0 or more", *credits)
	case *latency < 0:
		return nil, fmt.Errorf("-latency %v: has to be 0 or more", *latency)
	}
	return []usergroupstest.Option{
		usergroupstest.WithAddr(*addr),
		usergroupstest.WithCredentials(*clientID, *clientSecret, *refreshToken),
		usergroupstest.WithAPIDomain(*apiDomain), // by default its own, as the vendor's SDKs follow it
		usergroupstest.WithTokenLifetime(*lifetime),
		usergroupstest.WithTokenLimit(*limit, 10*time.Minute),
		usergroupstest.WithConcurrencyLimit(*atOnce),
		usergroupstest.WithDailyCredits(*credits),
		usergroupstest.WithLatency(*latency),
	}, nil
}

// introduce prints what a client needs, and requests that work as they are
// printed.
func introduce(out io.Writer, fake *usergroupstest.Server) {
	fmt.Fprintf(out, `A fake Zoho CRM, API and accounts server, at %s

client id      %s
client secret  %s
refresh token  %s

`, fake.URL, fake.ClientID, fake.ClientSecret, fake.RefreshToken)
	if !onLoopback(fake.Addr) {
		fmt.Fprintf(out, "Note: it listens on %s, where other machines may reach it: plain HTTP, invented\n"+
			"credentials, no protection.\n\n", fake.Addr)
	}
	fmt.Fprintf(out, `List groups, for as long as this token lives:
curl -H "Authorization: Zoho-oauthtoken %s" "%s/crm/v8/settings/user_groups"

Get another token:
curl -d grant_type=refresh_token -d client_id=%s -d client_secret=%s -d refresh_token=%s "%s/oauth/v2/token"

Consent as a user, in a browser; the code stands in the address that it leads to:
%s/oauth/v2/auth?%s
`, fake.IssueToken(), fake.URL,
		url.QueryEscape(fake.ClientID), url.QueryEscape(fake.ClientSecret), url.QueryEscape(fake.RefreshToken), fake.URL,
		fake.URL, url.Values{
			"response_type": {"code"},
			"client_id":     {fake.ClientID},
			"scope":         {"ZohoCRM.settings.user_groups.ALL,ZohoCRM.users.ALL"},
			"redirect_uri":  {fake.URL + "/callback"},
			"access_type":   {"offline"},
			"prompt":        {"consent"},
		}.Encode())
}

func onLoopback(addr string) bool {
	ap, err := netip.ParseAddrPort(addr)
	return err == nil && ap.Addr().IsLoopback()
}
