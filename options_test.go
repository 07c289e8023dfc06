package usergroups_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jarcoal/httpmock"

	"github.com/usergroups-go/usergroups"
)

// TestURLErrorsNameTheOption that the URL was given to.
func TestURLErrorsNameTheOption(t *testing.T) {
	t.Parallel()
	token := usergroups.WithAccessToken("at-1")
	for _, url := range []string{"%", "zoho.test", "https://user@zoho.test", "https://zoho.test?q", "http://zoho.test"} {
		_, baseErr := usergroups.NewClient(token, usergroups.WithBaseURL(url))
		_, accountsErr := usergroups.NewClient(refreshToken, usergroups.WithAccountsURL(url))
		_, loginErr := usergroups.OAuthConfig{AccountsURL: url}.ConsentURL("state")
		for option, err := range map[string]error{": WithBaseURL: ": baseErr, ": WithAccountsURL: ": accountsErr, ": AccountsURL: ": loginErr} {
			if !errors.Is(err, usergroups.ErrInvalidArgument) || !strings.Contains(err.Error(), option) {
				t.Errorf("%s: %v, want one about %q", url, err, option)
			}
		}
	}
}

func TestNewClientRefuses(t *testing.T) {
	t.Parallel()
	token := usergroups.WithAccessToken("at-1")
	tests := map[string][]usergroups.Option{
		"no credentials":       {},
		"two credentials":      {token, refreshToken},
		"a store for a token":  {token, usergroups.WithTokenStore(usergroups.NewMemoryTokenStore())},
		"nil option":           {token, nil},
		"empty token":          {usergroups.WithAccessToken("")},
		"half a refresh token": {usergroups.WithRefreshToken(usergroups.RefreshToken{ClientID: "x", RefreshToken: "y"})},
		"nil source":           {usergroups.WithTokenSource(nil)},
		"nil store":            {refreshToken, usergroups.WithTokenStore(nil)},
		"nil http client":      {token, usergroups.WithHTTPClient(nil)},
		"nil logger":           {token, usergroups.WithLogger(nil)},
		"nil observer":         {token, usergroups.WithObserver(nil)},
		"data centre":          {token, usergroups.WithDataCenter("XX")},
		"data centre, unused":  {token, usergroups.WithDataCenter("XX"), usergroups.WithBaseURL(base)},
		"environment":          {token, usergroups.WithEnvironment("test")},
		"no attempt timeout":   {token, usergroups.WithAttemptTimeout(0)},
		"negative retries":     {token, usergroups.WithMaxRetries(-1)},
		"no wait":              {token, usergroups.WithRetryWait(0, time.Second)},
		"waits swapped":        {token, usergroups.WithRetryWait(2*time.Second, time.Second)},
		"negative server wait": {token, usergroups.WithMaxServerWait(-1)},
		"no concurrency":       {token, usergroups.WithMaxConcurrent(0)},
		"user agent":           {token, usergroups.WithUserAgent("a\nb")},
	}
	for _, version := range []string{"", "8", "v", "v5", "v4", "v0", "v08", "V8", "v8.0", "v8/..", "latest", "v-8", "v1000"} {
		tests["version "+version] = []usergroups.Option{token, usergroups.WithAPIVersion(version)}
	}
	for _, url := range []string{
		"", "zoho.test", "//zoho.test", "ftp://zoho.test", "https://", "https://user:pw@zoho.test", "https://zoho.test?x=1", "https://zoho.test#x",
		"http://zoho.test", "http://127.0.0.1.example", "http://10.0.0.1", "http://localhost.example", "https://zo ho", "https://zoho.test?",
	} {
		tests["base "+url] = []usergroups.Option{token, usergroups.WithBaseURL(url)}
		tests["accounts "+url] = []usergroups.Option{token, usergroups.WithAccountsURL(url)}
	}
	for name, opts := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, err := usergroups.NewClient(opts...)
			if !errors.Is(err, usergroups.ErrInvalidArgument) || client != nil {
				t.Errorf("client %v, error %v, want ErrInvalidArgument", client, err)
			}
			if err != nil && strings.Contains(err.Error(), "pw") {
				t.Errorf("the error tells the password: %v", err)
			}
		})
	}
}

func TestNewClientAccepts(t *testing.T) {
	t.Parallel()
	token := usergroups.WithAccessToken("at-1")
	for name, opts := range map[string][]usergroups.Option{
		"http on loopback":      {token, usergroups.WithBaseURL("http://127.0.0.1:8080"), usergroups.WithAccountsURL("http://[::1]:1")},
		"http on localhost":     {token, usergroups.WithBaseURL("http://LOCALHOST/x/")},
		"http where it is told": {token, usergroups.WithBaseURL("http://zoho.test"), usergroups.WithInsecureHTTP()},
		"in any order":          {usergroups.WithInsecureHTTP(), token, usergroups.WithBaseURL("http://zoho.test")},
		"a later version":       {token, usergroups.WithAPIVersion("v9")},
	} {
		if _, err := usergroups.NewClient(opts...); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestHTTPClientIsNotChanged(t *testing.T) {
	t.Parallel()
	var cookies []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		cookies = append(cookies, r.Header.Get("Cookie"))
		if got := r.Header.Get("User-Agent"); !strings.HasPrefix(got, "review/1 usergroups-go/"+usergroups.Version+" ") {
			t.Errorf("User-Agent %q", got)
		}
		http.SetCookie(w, &http.Cookie{Name: "a", Value: "b"})
		w.WriteHeader(http.StatusNoContent)
	}))
	defer server.Close()
	jar, _ := cookiejar.New(nil)
	redirected := errors.New("the caller's own CheckRedirect")
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	own := &http.Client{
		Transport: transport, Jar: jar, Timeout: time.Minute,
		CheckRedirect: func(*http.Request, []*http.Request) error { return redirected },
	}
	before := *own
	client := mustClient(t, usergroups.WithHTTPClient(own), usergroups.WithAccessToken("at-1"), usergroups.WithBaseURL(server.URL), usergroups.WithUserAgent("review/1"))
	for range 2 {
		if _, err := client.UserGroups.List(t.Context(), usergroups.ListUserGroupsOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	if own.Transport != before.Transport || own.Jar != before.Jar || own.Timeout != before.Timeout || !errors.Is(own.CheckRedirect(nil, nil), redirected) {
		t.Error("the caller's http.Client was changed")
	}
	if strings.Join(cookies, ";") != ";a=b" {
		t.Errorf("cookies %q: the jar was not used", cookies)
	}
}

func TestTimeoutOfHTTPClient(t *testing.T) {
	t.Parallel()
	url, _ := countingServer(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	tests := map[string][]usergroups.Option{
		"of the http client": {usergroups.WithHTTPClient(&http.Client{Transport: transport, Timeout: 20 * time.Millisecond})},
		"an option wins": {
			usergroups.WithHTTPClient(&http.Client{Transport: transport, Timeout: time.Hour}), usergroups.WithAttemptTimeout(20 * time.Millisecond),
		},
	}
	for name, opts := range tests {
		_, err := newServerClient(t, url, opts...).UserGroups.Get(t.Context(), groupID)
		var e *usergroups.Error
		if !errors.As(err, &e) || e.Attempts != 4 || !errors.Is(err, usergroups.ErrUnavailable) || errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s: error %v, want ErrUnavailable after 4 attempts, and no deadline of the caller's", name, err)
		}
	}
}

// TestEmptyPort: a port that is not there is none.
func TestEmptyPort(t *testing.T) {
	t.Parallel()
	mock := newMock(t)
	mock.RegisterResponder(http.MethodGet, apiBase+"/settings/user_groups", httpmock.NewStringResponder(204, ""))
	if err := get(t.Context(), newTokenClient(t, mock, usergroups.WithBaseURL("https://zoho.test:/gateway/"))); err != nil {
		t.Error(err)
	}
}

// TestConnectionsAreKept: as many as there are requests at a time.
func TestConnectionsAreKept(t *testing.T) {
	t.Parallel()
	const atATime = 5 // the default
	var connections atomic.Int64
	var round sync.WaitGroup
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		round.Done()
		round.Wait() // all of a round are here
		w.WriteHeader(http.StatusNoContent)
	}))
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			connections.Add(1)
		}
	}
	server.Start()
	t.Cleanup(server.Close)
	client := newServerClient(t, server.URL)
	for range 10 {
		round.Add(atATime)
		for _, err := range together(t.Context(), client, atATime) {
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	if n := connections.Load(); n > atATime+2 { // net/http may dial one that it then does not need
		t.Errorf("%d connections for 10 rounds of %d calls", n, atATime)
	}
}

// TestDefaults: the numbers of the options' comments that have nothing to do with
// retries; for those see TestRetryWaits.
func TestDefaults(t *testing.T) {
	t.Parallel()
	t.Run("30 s for an attempt", func(t *testing.T) { t.Parallel(); silentServer(t) })
	t.Run("5 requests at a time", limited(5))
}
