// Fakezoho runs the fake Zoho CRM of package usergroupstest by itself, for
// programs in any language:
//
//	go run ./usergroupstest/cmd/fakezoho -addr 127.0.0.1:8080
//
// It prints its URL, its credentials and requests to try. An interrupt or a
// SIGTERM lets the requests under way finish, within 8 seconds; a second one
// does not wait for them. The flags, with their defaults, are told by -help.
//
// In scripts and containers, go build it first and run the binary: go run does
// not pass a SIGTERM on, and leaves the server running.
//
// The token endpoint takes parameters in the query and Basic authentication
// too, as the vendor's does. There are no flags for faults and for most
// guesses: these need a Go program of a few lines, with package
// usergroupstest.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"net/url"
	"os"
	"slices"
	"time"

	"github.com/usergroups-go/usergroups/internal/fakeserver/program"
	"github.com/usergroups-go/usergroups/usergroupstest"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr, program.Signals())) }

// run serves until the first signal and returns the exit status.
func run(args []string, stdout, stderr io.Writer, signals <-chan os.Signal) int {
	fakezoho := program.Command[*usergroupstest.Server, usergroupstest.Option]{
		Name: "fakezoho", Parse: parseFlags, Start: usergroupstest.Start, Introduce: introduce,
	}
	return fakezoho.Run(args, stdout, stderr, signals)
}

var expiresInForms = map[string]usergroupstest.ExpiresIn{
	"seconds":      usergroupstest.ExpiresInSeconds,
	"text":         usergroupstest.ExpiresInText,
	"decimal":      usergroupstest.ExpiresInDecimal,
	"milliseconds": usergroupstest.ExpiresInMilliseconds,
	"absent":       usergroupstest.ExpiresInAbsent,
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
		limitStatus  = flags.Int("token-limit-status", 400, "status of the refusal beyond -token-limit: 200 or 400")
		expiresIn    = flags.String("expires-in", "seconds", "`form` of expires_in: seconds, text, decimal, milliseconds (beside expires_in_sec) or absent")
		unknownID    = flags.Int("unknown-id", 0, "status for an id that nobody has: 204, 400 or 404; 0 is 204 for a group or user that is asked for, otherwise 400")
		latency      = flags.Duration("latency", 0, "delay of every answer of the API")
	)
	err := flags.Parse(args)
	form, formKnown := expiresInForms[*expiresIn]
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
	case *limitStatus != 200 && *limitStatus != 400:
		return nil, fmt.Errorf("-token-limit-status %d: has to be 200 or 400", *limitStatus)
	case !formKnown:
		return nil, fmt.Errorf("-expires-in %s: has to be seconds, text, decimal, milliseconds or absent", *expiresIn)
	case !slices.Contains([]int{0, 204, 400, 404}, *unknownID):
		return nil, fmt.Errorf("-unknown-id %d: has to be 0, 204, 400 or 404", *unknownID)
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
		usergroupstest.WithTokenLimitStatus(*limitStatus),
		usergroupstest.WithExpiresIn(form),
		usergroupstest.WithGuesses(usergroupstest.Guesses{UnknownID: *unknownID}),
		usergroupstest.WithLatency(*latency),
		usergroupstest.WithLenientTokenEndpoint(),
		usergroupstest.WithLogLimit(1), // nobody can ask for it here
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
	program.Warn(out, fake.Addr)
	clientID, clientSecret := url.QueryEscape(fake.ClientID), url.QueryEscape(fake.ClientSecret)
	callback := fake.URL + usergroupstest.CallbackPath
	fmt.Fprintf(out, `List groups, for as long as this token lives:
curl -H "Authorization: Zoho-oauthtoken %s" "%s/crm/v8/settings/user_groups"

Get another token:
curl -d grant_type=refresh_token -d client_id=%s -d client_secret=%s -d refresh_token=%s "%s/oauth/v2/token"

Consent as a user, in a browser; the page that it leads to shows a code:
%s/oauth/v2/auth?%s

Exchange that code, in the place of CODE, for tokens:
curl -d grant_type=authorization_code -d client_id=%s -d client_secret=%s -d redirect_uri=%s -d code=CODE "%s/oauth/v2/token"
`, fake.IssueToken(), fake.URL,
		clientID, clientSecret, url.QueryEscape(fake.RefreshToken), fake.URL,
		fake.URL, url.Values{
			"response_type": {"code"},
			"client_id":     {fake.ClientID},
			"scope":         {"ZohoCRM.settings.user_groups.ALL,ZohoCRM.users.ALL"},
			"redirect_uri":  {callback},
			"access_type":   {"offline"},
			"prompt":        {"consent"},
		}.Encode(),
		clientID, clientSecret, url.QueryEscape(callback), fake.URL)
}
