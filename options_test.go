package usergroups_test

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jarcoal/httpmock"
	"golang.org/x/oauth2"

	"github.com/usergroups-go/usergroups"
)

var refreshToken = usergroups.WithRefreshToken(usergroups.RefreshToken{ClientID: "id-1", ClientSecret: "secret-1", RefreshToken: "rt-1"})

// TestAPIDomain: the host that a token is for is checked, and never followed.
func TestAPIDomain(t *testing.T) {
	t.Parallel()
	api, accountsHost := "https://www.zohoapis.eu/crm/v8/settings/user_groups", "https://accounts.zoho.eu/oauth/v2/token"
	tests := []struct {
		domain string
		env    usergroups.Environment
		is     error
		names  string
	}{
		{"https://www.zohoapis.eu", usergroups.Production, nil, ""},
		{"https://WWW.zohoapis.EU/", usergroups.Production, nil, ""},
		{"www.zohoapis.eu", usergroups.Production, nil, ""},
		{"", usergroups.Production, nil, ""},
		{"https://www.zohoapis.com.au", usergroups.Production, usergroups.ErrInvalidArgument, "AU"},
		{"https://www.zohoapis.com", usergroups.Production, usergroups.ErrInvalidArgument, "US"},
		{"https://www.zohoapis.eu.evil.example", usergroups.Production, usergroups.ErrUnexpectedResponse, "evil.example"},
		{"https://www.zohoapis.eu@evil.example", usergroups.Production, usergroups.ErrUnexpectedResponse, "evil.example"},
		{"https://www.zohoapis.eu:8443", usergroups.Production, usergroups.ErrUnexpectedResponse, "8443"},
		{"https://www.zohoapis.com", usergroups.Sandbox, nil, ""},
	}
	for _, tt := range tests {
		t.Run(tt.domain+" "+string(tt.env), func(t *testing.T) {
			t.Parallel()
			mock := newMock(t)
			mock.RegisterResponder(http.MethodPost, accountsHost, jsonResponder(200, `{"access_token":"at-1","api_domain":"`+tt.domain+`"}`))
			if tt.is == nil {
				mock.RegisterResponder(http.MethodGet, strings.Replace(api, "www", map[bool]string{true: "sandbox", false: "www"}[tt.env == usergroups.Sandbox], 1), httpmock.NewStringResponder(204, ""))
			}
			client := mustClient(t, usergroups.WithHTTPClient(&http.Client{Transport: mock}), refreshToken,
				usergroups.WithDataCenter(usergroups.DataCenterEU), usergroups.WithEnvironment(tt.env))
			for range 2 {
				_, err := client.UserGroups.List(t.Context(), usergroups.ListUserGroupsOptions{})
				if !errors.Is(err, tt.is) || err != nil && !strings.Contains(err.Error(), tt.names) {
					t.Errorf("error %v, want %v that names %q", err, tt.is, tt.names)
				}
			}
			if n := mock.GetCallCountInfo()["POST "+accountsHost]; n != 1 {
				t.Errorf("%d token requests, want 1: a token for elsewhere is not asked for again and again", n)
			}
		})
	}
	// With a base URL of one's own, the host is one's own affair.
	mock := newMock(t)
	mock.RegisterResponder(http.MethodPost, tokenURL, jsonResponder(200, `{"access_token":"at-1","api_domain":"https://www.zohoapis.jp"}`))
	mock.RegisterResponder(http.MethodGet, apiBase+"/settings/user_groups", httpmock.NewStringResponder(204, ""))
	if _, err := newClient(t, mock, refreshToken).UserGroups.List(t.Context(), usergroups.ListUserGroupsOptions{}); err != nil {
		t.Error(err)
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

// TestNewClientFromEnv cannot be parallel: the environment is everybody's.
func TestNewClientFromEnv(t *testing.T) { //nolint:paralleltest // see above
	set := func(t *testing.T, env map[string]string) {
		t.Helper()
		for _, name := range []string{"ZOHO_CLIENT_ID", "ZOHO_CLIENT_SECRET", "ZOHO_REFRESH_TOKEN", "ZOHO_DATA_CENTER", "ZOHO_ENVIRONMENT", "ZOHO_API_VERSION"} {
			t.Setenv(name, env[name])
		}
	}
	full := map[string]string{"ZOHO_CLIENT_ID": "id-1", "ZOHO_CLIENT_SECRET": "secret-1", "ZOHO_REFRESH_TOKEN": "rt-1"}
	with := func(more map[string]string) map[string]string {
		env := make(map[string]string)
		for _, m := range []map[string]string{full, more} {
			for k, v := range m {
				env[k] = v
			}
		}
		return env
	}
	tests := []struct {
		name string
		env  map[string]string
		opts []usergroups.Option
		host string
		says string
	}{
		{name: "defaults", env: full, host: "https://www.zohoapis.com/crm/v8"},
		{name: "all", env: with(map[string]string{"ZOHO_DATA_CENTER": "eu", "ZOHO_ENVIRONMENT": "Sandbox", "ZOHO_API_VERSION": "v7"}), host: "https://sandbox.zohoapis.eu/crm/v7"},
		{name: "options on top", env: with(map[string]string{"ZOHO_API_VERSION": "v7"}), opts: []usergroups.Option{usergroups.WithAPIVersion("v6")}, host: "https://www.zohoapis.com/crm/v6"},
		{name: "none", env: nil, says: "ZOHO_CLIENT_ID, ZOHO_CLIENT_SECRET, ZOHO_REFRESH_TOKEN"},
		{name: "some", env: map[string]string{"ZOHO_CLIENT_ID": "id-1", "ZOHO_REFRESH_TOKEN": "rt-1"}, says: "ZOHO_CLIENT_SECRET"},
		{name: "data centre", env: with(map[string]string{"ZOHO_DATA_CENTER": "XX"}), says: "XX"},
		{name: "environment", env: with(map[string]string{"ZOHO_ENVIRONMENT": "test"}), says: "test"},
		{name: "version", env: with(map[string]string{"ZOHO_API_VERSION": "8"}), says: "8"},
		{name: "a second credential", env: full, opts: []usergroups.Option{usergroups.WithAccessToken("at-1")}, says: "more than one"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			set(t, tt.env)
			mock := newMock(t)
			mock.RegisterResponder(http.MethodPost, `=~/oauth/v2/token$`, jsonResponder(200, `{"access_token":"at-1"}`))
			mock.RegisterResponder(http.MethodGet, tt.host+"/settings/user_groups", httpmock.NewStringResponder(204, ""))
			client, err := usergroups.NewClientFromEnv(append(tt.opts, usergroups.WithHTTPClient(&http.Client{Transport: mock}))...)
			if tt.says != "" {
				if !errors.Is(err, usergroups.ErrInvalidArgument) || !strings.Contains(err.Error(), tt.says) || client != nil {
					t.Errorf("error %v, want one that says %q", err, tt.says)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if _, err := client.UserGroups.List(t.Context(), usergroups.ListUserGroupsOptions{}); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestNewClientIsQuiet: making a client reads no environment and sends nothing.
func TestNewClientIsQuiet(t *testing.T) {
	t.Setenv("ZOHO_CLIENT_ID", "from the environment")
	t.Setenv("ZOHO_DATA_CENTER", "XX")
	mock := newMock(t)
	client := newClient(t, mock, refreshToken, usergroups.WithLogger(slog.New(slog.DiscardHandler)))
	if client == nil || mock.GetTotalCallCount() != 0 {
		t.Errorf("%d requests", mock.GetTotalCallCount())
	}
}

func TestScopes(t *testing.T) {
	t.Parallel()
	tests := []struct {
		ops  []usergroups.Op
		want string
	}{
		{nil, ""},
		{[]usergroups.Op{"unknown"}, ""},
		{[]usergroups.Op{usergroups.OpUserGroupsGet, usergroups.OpUserGroupsList}, "ZohoCRM.settings.user_groups.READ"},
		{[]usergroups.Op{usergroups.OpUserGroupsDelete, usergroups.OpUserGroupsCreate}, "ZohoCRM.settings.user_groups.CREATE ZohoCRM.settings.user_groups.DELETE"},
		{[]usergroups.Op{usergroups.OpUserGroupsListAssociatedUsersCounts}, "ZohoCRM.settings.user_groups.READ"},
		{[]usergroups.Op{usergroups.OpUsersListAssociatedGroups}, "ZohoCRM.settings.user_groups.READ ZohoCRM.users.READ"},
	}
	for _, tt := range tests {
		if got := strings.Join(usergroups.Scopes(tt.ops...), " "); got != tt.want {
			t.Errorf("Scopes(%q) = %q, want %q", tt.ops, got, tt.want)
		}
	}
}

// TestFromOAuth2 takes tokens from golang.org/x/oauth2.
func TestFromOAuth2(t *testing.T) {
	t.Parallel()
	mock := newMock(t)
	mock.RegisterResponder(http.MethodGet, apiBase+"/settings/user_groups", func(r *http.Request) (*http.Response, error) {
		if got := r.Header.Get("Authorization"); got != "Zoho-oauthtoken at-1" {
			t.Errorf("Authorization %q", got)
		}
		return httpmock.NewStringResponse(204, ""), nil
	})
	source := usergroups.FromOAuth2(oauth2.StaticTokenSource(&oauth2.Token{AccessToken: "at-1", TokenType: "Bearer"}))
	client := newClient(t, mock, usergroups.WithTokenSource(source))
	if _, err := client.UserGroups.List(t.Context(), usergroups.ListUserGroupsOptions{}); err != nil {
		t.Error(err)
	}
	for name, source := range map[string]oauth2.TokenSource{"nil": nil, "empty": oauth2.StaticTokenSource(&oauth2.Token{}), "nothing": oauth2.StaticTokenSource(nil)} {
		client := newClient(t, newMock(t), usergroups.WithTokenSource(usergroups.FromOAuth2(source)))
		if _, err := client.UserGroups.List(t.Context(), usergroups.ListUserGroupsOptions{}); err == nil {
			t.Errorf("%s source: no error", name)
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
	t.Run("30 s for an attempt", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			client := newTokenClient(t, roundTripFunc(func(r *http.Request) (*http.Response, error) {
				<-r.Context().Done()
				return nil, r.Context().Err()
			}), usergroups.WithMaxRetries(0))
			start := time.Now()
			if err := get(t.Context(), client); !errors.Is(err, usergroups.ErrUnavailable) || time.Since(start) != 30*time.Second {
				t.Errorf("%v after %s", err, time.Since(start))
			}
		})
	})
	t.Run("5 requests at a time", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			var under, most atomic.Int64
			client := newTokenClient(t, roundTripFunc(func(*http.Request) (*http.Response, error) {
				most.Store(max(most.Load(), under.Add(1)))
				defer under.Add(-1)
				time.Sleep(time.Second)
				return httpmock.NewStringResponse(204, ""), nil
			}))
			_ = together(t.Context(), client, 20)
			if n := most.Load(); n != 5 {
				t.Errorf("%d requests at a time, want 5", n)
			}
		})
	})
}
