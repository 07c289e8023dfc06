package usergroups_test

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jarcoal/httpmock"
	"golang.org/x/oauth2"

	"github.com/usergroups-go/usergroups"
	"github.com/usergroups-go/usergroups/usergroupstest"
)

// TestSecretsStaySecret runs calls against servers that repeat every credential
// that they are sent, in all kinds of answers.
func TestSecretsStaySecret(t *testing.T) {
	t.Parallel()
	// echo repeats what came in, raw and escaped.
	echo := func(r *http.Request) string {
		body, _ := io.ReadAll(r.Body)
		form, _ := url.ParseQuery(string(body))
		quoted, _ := json.Marshal(fmt.Sprint(r.Header, form))
		return fmt.Sprintf("%s %s %s %v", r.Header.Get("Authorization"), body, strings.Trim(string(quoted), `"`), form)
	}
	jsonEcho := func(r *http.Request) string {
		quoted, _ := json.Marshal(echo(r))
		return string(quoted)
	}
	issue := func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(map[string]any{"access_token": secretAccess, "expires_in": 3600})
	}
	bare := func(status int, code string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(status)
			_, _ = fmt.Fprintf(w, `{"code":%q,"message":%s,"status":"error","details":{"echo":%s,%s:1}}`, code, jsonEcho(r), jsonEcho(r), jsonEcho(r))
		}
	}
	tests := []struct {
		name       string
		token, api http.HandlerFunc
	}{
		{"API 400", issue, bare(400, "INVALID_DATA")},
		{"API 401 for ever", issue, bare(401, "INVALID_TOKEN")},
		{"API 403", issue, bare(403, "NO_PERMISSION")},
		{"API 500", issue, bare(500, "INTERNAL_ERROR")},
		{"API error with 200", issue, bare(200, "NO_PERMISSION")},
		{"API code is the secret", issue, func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(400)
			_, _ = fmt.Fprintf(w, `{"code":%s,"status":"error"}`, jsonEcho(r))
		}},
		{"API HTML with 502", issue, func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(502)
			_, _ = fmt.Fprintf(w, "<html>%s</html>", echo(r))
		}},
		{"API HTML with 200", issue, func(w http.ResponseWriter, r *http.Request) { _, _ = fmt.Fprintf(w, "<html>%s", echo(r)) }},
		{"API JSON of another type", issue, func(w http.ResponseWriter, r *http.Request) {
			_, _ = fmt.Fprintf(w, `{"user_groups":%s}`, jsonEcho(r))
		}},
		{"API bad time", issue, func(w http.ResponseWriter, r *http.Request) {
			_, _ = fmt.Fprintf(w, `{"user_groups":[{"id":"1","created_time":%s}]}`, jsonEcho(r))
		}},
		{"API redirect", issue, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Location", "https://evil.test/?"+url.QueryEscape(r.Header.Get("Authorization")))
			w.WriteHeader(302)
		}},
		{"API redirect that cannot be parsed", issue, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Location", "http://[::1/"+r.Header.Get("Authorization"))
			w.WriteHeader(302)
		}},
		{"token refused", func(w http.ResponseWriter, r *http.Request) {
			_, _ = fmt.Fprintf(w, `{"error":"invalid_code","error_description":%s}`, jsonEcho(r))
		}, nil},
		{"token error is the secret", func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(400)
			_, _ = fmt.Fprintf(w, `{"error":%s}`, jsonEcho(r))
		}, nil},
		{"token HTML", func(w http.ResponseWriter, r *http.Request) { _, _ = fmt.Fprintf(w, "<html>%s", echo(r)) }, nil},
		{"token 500", func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(500)
			_, _ = w.Write([]byte(echo(r)))
		}, nil},
		{"token of another type", func(w http.ResponseWriter, r *http.Request) {
			_, _ = fmt.Fprintf(w, `{"access_token":[%s]}`, jsonEcho(r))
		}, nil},
		{"token that cannot be sent", func(w http.ResponseWriter, _ *http.Request) {
			_, _ = fmt.Fprintf(w, `{"access_token":"%s\n"}`, secretAccess)
		}, nil},
		{"token domain is the secret", func(w http.ResponseWriter, r *http.Request) {
			_, _ = fmt.Fprintf(w, `{"access_token":%q,"api_domain":%s}`, secretAccess, jsonEcho(r))
		}, bare(400, "INVALID_DATA")},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				switch {
				case strings.HasPrefix(r.URL.Path, "/oauth/"):
					tt.token(w, r)
				case tt.api == nil:
					t.Errorf("request %s", r.URL)
				default:
					tt.api(w, r)
				}
			}))
			defer server.Close()
			var mu sync.Mutex
			var log bytes.Buffer
			var events []usergroups.Event
			client := mustClient(t,
				usergroups.WithBaseURL(server.URL), usergroups.WithAccountsURL(server.URL),
				usergroups.WithRefreshToken(usergroups.RefreshToken{ClientID: "id-1", ClientSecret: secretClient, RefreshToken: secretRefresh}),
				usergroups.WithRetryWait(time.Millisecond, time.Millisecond),
				usergroups.WithLogger(slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))),
				usergroups.WithObserver(func(e usergroups.Event) {
					mu.Lock()
					defer mu.Unlock()
					events = append(events, e)
				}))
			var response usergroups.Response
			_, err := client.UserGroups.Get(t.Context(), groupID, usergroups.WithResponse(&response))
			if err == nil {
				t.Fatal("no error")
			}
			checkChain(t, "the error", err)
			var e *usergroups.Error
			if !errors.As(err, &e) {
				t.Fatalf("%T", err)
			}
			checkText(t, "the error's body", string(e.Body))
			checkText(t, "the error's details", fmt.Sprintf("%s", e.Details))
			checkText(t, "the client", client)
			checkText(t, "the client's value", *client)
			checkText(t, "the response's body", string(response.Body))
			if found := leaks(log.String()); found != nil {
				t.Errorf("the log shows %q: %s", found, log.String())
			}
			if len(events) == 0 || log.Len() == 0 {
				t.Error("nothing was observed")
			}
			for _, event := range events {
				checkText(t, "event", event)
				checkChain(t, "the event's error", event.Err)
			}
		})
	}
}

// TestSecretsInOtherForms: what only a decoder sees, and what another error quotes
// a part of.
func TestSecretsInOtherForms(t *testing.T) {
	t.Parallel()
	const token = "1000.MARK" // the time's error quotes what comes after the number
	for _, body := range []string{
		`{"user_groups":[{"id":"1","created_time":"1000.MARK"}]}`,
		`{"code":"X","status":"error","details":{"json_path":"1000.\u004dARK"}}`,
		`{"code":"X","status":"error","details":{"n":1e400,"permissions":["\u0031000.MARK"]}}`,
	} {
		client := newTokenClient(t, inMemory(200, nil, body), usergroups.WithAccessToken(token))
		err := get(t.Context(), client)
		var e *usergroups.Error
		if !errors.As(err, &e) {
			t.Fatalf("%s: %v", body, err)
		}
		checkChain(t, body, err)
		checkText(t, body, []any{e.Details.JSONPath(), e.Details.Permissions()})
	}
}

// TestSecretsAtTheEdge: a body that is cut in the midst of a secret keeps none of
// it, and a header that repeats one is masked.
func TestSecretsAtTheEdge(t *testing.T) {
	t.Parallel()
	const token = "static-token"
	for _, status := range []int{200, 502} {
		for keep := 1; keep < len(token); keep++ {
			body := strings.Repeat("x", 64<<10-keep) + token + " and more"
			mock := newMock(t)
			mock.RegisterResponder(http.MethodGet, apiBase+"/settings/user_groups", httpmock.NewStringResponder(status, body).
				HeaderSet(http.Header{"X-Debug": {"Zoho-oauthtoken " + token}}))
			var response usergroups.Response
			_, err := newTokenClient(t, mock, usergroups.WithMaxRetries(0)).UserGroups.List(t.Context(), usergroups.ListUserGroupsOptions{}, usergroups.WithResponse(&response))
			var e *usergroups.Error
			if !errors.As(err, &e) || strings.HasSuffix(string(e.Body), token[:1]) || len(e.Body) < 64<<10-len(token) {
				t.Fatalf("%d, %d: the body of %d bytes ends in %q", status, keep, len(e.Body), e.Body[max(0, len(e.Body)-20):])
			}
			if text := fmt.Sprint(response.Header); strings.Contains(text, token) {
				t.Errorf("the response shows the token: %s", text)
			}
		}
	}
}

// TestTokenAnswerInAnError: an answer that nearly was a token does not show it.
func TestTokenAnswerInAnError(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		`{"access_token":["MARK-a"],"refresh_token":"MARK-r"}`,
		`{"access_token":"MARK-a","refresh_token":"MARK-r"`,
		`x{"access_token":"MARK-a"}`,
		`x{"ACCESS_TOKEN":"MARK-a"}`,
		`{"ACCESS_TOKEN":"MARK-a b","error":"x","error_description":"MARK-a b"}`,
	} {
		for _, cut := range []bool{false, true} {
			v := newVendor(t)
			v.cut = cut
			v.set(always(200, body, 0))
			checkChain(t, "refresh", get(t.Context(), v.client()))
			config := usergroups.OAuthConfig{ClientID: "id-1", ClientSecret: "secret-1", AccountsURL: accounts, HTTPClient: &http.Client{Transport: v}}
			_, err := config.Exchange(t.Context(), "code-1")
			checkChain(t, "exchange", err)
			var e *usergroups.Error
			if !errors.As(err, &e) || len(e.Body) != 0 {
				t.Errorf("error %v with body %q", err, e.Body)
			}
		}
	}
	// What is odd but clear is taken.
	v := newVendor(t)
	v.good = "token-1"
	v.set(always(200, "\uFEFF"+`{"access_token":"token-1","token_type":1}`, 0))
	if err := get(t.Context(), v.client()); err != nil {
		t.Error(err)
	}
}

// TestManyTokens: each of many tokens in use at a time is masked.
func TestManyTokens(t *testing.T) {
	t.Parallel()
	const calls = 30
	var under sync.WaitGroup
	under.Add(calls)
	client := newClient(t, roundTripFunc(func(r *http.Request) (*http.Response, error) {
		under.Done()
		under.Wait()
		message, _ := json.Marshal(r.Header.Get("Authorization"))
		return httpmock.NewStringResponse(403, fmt.Sprintf(`{"code":"NO_PERMISSION","status":"error","message":%s}`, message)), nil
	}), usergroups.WithTokenSource(&tenants{}), usergroups.WithMaxConcurrent(calls))
	for _, err := range together(t.Context(), client, calls) {
		if err == nil || strings.Contains(err.Error(), "tenant-token") {
			t.Errorf("%v", err)
		}
	}
}

// tenants is a source with another token for each call.
type tenants struct{ n atomic.Int64 }

func (s *tenants) Token(context.Context) (usergroups.Token, error) {
	return usergroups.Token{AccessToken: fmt.Sprintf("tenant-token-%04d", s.n.Add(1))}, nil
}

// talkative is a RoundTripper that puts the request into its error, as debugging
// transports do.
type talkative struct{}

func (talkative) RoundTrip(r *http.Request) (*http.Response, error) {
	body, _ := io.ReadAll(r.Body)
	return nil, fmt.Errorf("cannot send %v %s: %w", r.Header, body, &talkativeError{r.Header, string(body)})
}

type talkativeError struct {
	Header http.Header
	Body   string
}

func (e *talkativeError) Error() string { return "talkative" }

func TestSecretsInTransportErrors(t *testing.T) {
	t.Parallel()
	opts := []usergroups.Option{
		usergroups.WithBaseURL("https://zoho.test"), usergroups.WithAccountsURL("https://accounts.test"),
		usergroups.WithHTTPClient(&http.Client{Transport: talkative{}}), usergroups.WithRetryWait(time.Millisecond, time.Millisecond),
	}
	refreshing := mustClient(t, append(opts, usergroups.WithRefreshToken(usergroups.RefreshToken{ClientID: "id-1", ClientSecret: secretClient, RefreshToken: secretRefresh}))...)
	static := mustClient(t, append(opts, usergroups.WithAccessToken(secretAccess))...)
	for name, client := range map[string]*usergroups.Client{"refreshing": refreshing, "static": static} {
		// A body, so that there is one to be read by the transport.
		_, err := client.UserGroups.Create(t.Context(), usergroups.CreateUserGroup{Name: "x", Sources: []usergroups.Source{usergroups.UserSource("1")}})
		if err == nil {
			t.Errorf("%s: no error", name)
		}
		checkChain(t, name, err)
	}
}

// TestSecretsInSourceErrors: a TokenSource may quote a token in its error.
func TestSecretsInSourceErrors(t *testing.T) {
	t.Parallel()
	own := &source{tokens: []string{secretAccess}}
	mock := newMock(t)
	mock.RegisterResponder(http.MethodGet, apiBase+"/settings/user_groups", jsonResponder(204, ""))
	client := newClient(t, mock, usergroups.WithTokenSource(own))
	if err := get(t.Context(), client); err != nil {
		t.Fatal(err)
	}
	own.err = fmt.Errorf("the token %s is stale", secretAccess)
	err := get(t.Context(), client)
	if err == nil {
		t.Fatal("no error")
	}
	checkChain(t, "the source's error", err)
}

// TestSecretsOfValues prints every public value that holds a secret.
func TestSecretsOfValues(t *testing.T) {
	t.Parallel()
	token := usergroups.Token{AccessToken: secretAccess, RefreshToken: secretRefresh, Expiry: time.Now().Add(time.Hour)}
	credentials := usergroups.RefreshToken{ClientID: "id-1", ClientSecret: secretClient, RefreshToken: secretRefresh}
	config := usergroups.OAuthConfig{ClientID: "id-1", ClientSecret: secretClient}
	values := map[string]any{
		"token": token, "pointer to token": &token, "tokens": []usergroups.Token{token}, "token in a struct": struct{ T usergroups.Token }{token},
		"credentials": credentials, "pointer to credentials": &credentials, "config": config, "pointer to config": &config,
		"token in a map": map[string]any{"t": token, "c": credentials, "o": config},
	}
	for name, v := range values {
		checkText(t, name, v)
	}
	for _, v := range []any{token, credentials, config} {
		if text, err := xml.Marshal(v); err != nil || leaks(string(text)) != nil {
			t.Errorf("%T as XML: %s, %v", v, text, err)
		}
	}
	if text := fmt.Sprint(token); !strings.Contains(text, "expires 20") {
		t.Errorf("a token prints as %q", text)
	}
	if text := fmt.Sprint(credentials); text != "RefreshToken(id-1)" {
		t.Errorf("credentials print as %q", text)
	}

	// A store is the one who may see them.
	data, err := token.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	var again usergroups.Token
	if err := again.UnmarshalBinary(data); err != nil || !again.Equal(token) || again.AccessToken != secretAccess {
		t.Errorf("stored and read again: %v, equal %t", err, again.Equal(token))
	}
	err = again.UnmarshalBinary([]byte(`{"access_token":"` + secretAccess + `","expiry":"` + secretRefresh + `"}`))
	if err == nil {
		t.Error("a damaged token was read")
	}
	checkChain(t, "damaged", err)
}

// TestSecretsOfOAuth2 uses a source of golang.org/x/oauth2, whose own error holds
// the request.
func TestSecretsOfOAuth2(t *testing.T) {
	t.Parallel()
	for status, body := range map[int]string{200: `{"error":"invalid_code"}`, 400: `{"error":"Access Denied"}`, 500: "busy"} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			form, _ := io.ReadAll(r.Body)
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(status)
			_, _ = fmt.Fprintf(w, "%s %s", body, form)
		}))
		config := &oauth2.Config{
			ClientID: "id-1", ClientSecret: secretClient,
			Endpoint: oauth2.Endpoint{TokenURL: server.URL, AuthStyle: oauth2.AuthStyleInParams},
		}
		source := config.TokenSource(context.Background(), &oauth2.Token{RefreshToken: secretRefresh})
		client := mustClient(t, usergroups.WithBaseURL(server.URL), usergroups.WithTokenSource(usergroups.FromOAuth2(source)))
		_, err := client.UserGroups.Get(t.Context(), groupID)
		if err == nil {
			t.Errorf("%d: no error", status)
		}
		checkChain(t, body, err)
		server.Close()
	}
	http.DefaultClient.CloseIdleConnections()
}

// TestCredentialsStayAtHome: no answer makes the client send a credential
// anywhere else.
func TestCredentialsStayAtHome(t *testing.T) {
	t.Parallel()
	elsewhere := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("request to another origin: %s %s", r.Method, r.URL)
	}))
	defer elsewhere.Close()
	for _, status := range []int{301, 302, 303, 307, 308} {
		redirect := func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, elsewhere.URL, status) }
		api, _ := countingServer(t, redirect)
		client := newServerClient(t, api)
		if err := get(t.Context(), client); !errors.Is(err, usergroups.ErrUnexpectedResponse) {
			t.Errorf("API %d: %v", status, err)
		}
		accountsServer, _ := countingServer(t, redirect)
		client = mustClient(t, usergroups.WithBaseURL(api), usergroups.WithAccountsURL(accountsServer), refreshToken)
		if err := get(t.Context(), client); !errors.Is(err, usergroups.ErrUnexpectedResponse) {
			t.Errorf("accounts %d: %v", status, err)
		}
	}
	domain, _ := countingServer(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/oauth/") {
			_, _ = fmt.Fprintf(w, `{"access_token":"at-1","api_domain":%q}`, elsewhere.URL)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	})
	client := mustClient(t, usergroups.WithBaseURL(domain), usergroups.WithAccountsURL(domain), refreshToken)
	if err := get(t.Context(), client); err != nil {
		t.Errorf("api_domain: %v", err)
	}
}

// TestKindsOutliveMasking: credentials that are ordinary words, as those of tests
// often are, stand in the texts and addresses of errors. They are masked there, and
// the errors stay what they are.
func TestKindsOutliveMasking(t *testing.T) {
	t.Parallel()
	words := []string{"secret", "client", "token", "oauth", "OAuth", "invalid", "unauthorized", "rate limited", "Refresh", "POST", "code", "Access Denied", "kinds"}
	answers := map[string]struct {
		fault usergroupstest.Fault
		want  error
		code  string
	}{
		"refused":   {usergroupstest.Fault{Status: 200, Body: `{"error":"invalid_client_secret"}`}, usergroups.ErrUnauthorized, "invalid_client_secret"},
		"throttled": {usergroupstest.Fault{Status: 400, Body: `{"error":"Access Denied"}`}, usergroups.ErrRateLimited, "Access Denied"},
		"down":      {usergroupstest.Fault{Kind: usergroupstest.FaultHTML, Status: 404}, usergroups.ErrBadRequest, ""},
	}
	for _, word := range words {
		for name, answer := range answers {
			for _, forced := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s/%s/forced=%t", word, name, forced), func(t *testing.T) {
					t.Parallel()
					fake, client := newFake(t, usergroupstest.WithCredentials(word, word, word))
					if forced {
						if err := get(t.Context(), client); err != nil {
							t.Fatal(err)
						}
						fake.ExpireTokens()
					}
					fault := answer.fault
					fault.Route = "POST /oauth/v2/token"
					fake.Inject(fault)
					err := get(t.Context(), client)
					var failed *usergroups.Error
					if !errors.As(err, &failed) || !errors.Is(err, answer.want) {
						t.Fatalf("error %v, want %v", err, answer.want)
					}
					if limited := errors.Is(answer.want, usergroups.ErrRateLimited); limited != (failed.RetryAfter > 0) {
						t.Errorf("RetryAfter %s", failed.RetryAfter)
					}
					if failed.Op != usergroups.OpUserGroupsList {
						t.Errorf("operation %s", failed.Op)
					}
					var refused *usergroups.Error // by the accounts server
					if !errors.As(errors.Join(failed.Unwrap()...), &refused) || refused.Op != usergroups.OpOAuthRefresh {
						t.Fatalf("%v is for want of no token", err)
					}
					for _, text := range []string{failed.Code, refused.Code, refused.Message, refused.URL} {
						if strings.Contains(text, word) {
							t.Errorf("%q stands in %q", word, text)
						}
					}
				})
			}
		}
	}
}

// TestEscapedSecrets: what a decoder sees of a secret is masked as well.
func TestEscapedSecrets(t *testing.T) {
	t.Parallel()
	const secret, escaped = "1000.deadbeefdeadbeef", `1000.deadb\u0065efdeadbeef`
	for name, body := range map[string]string{
		"a time":  `{"user_groups":[{"id":"1","created_time":"` + escaped + `"}]}`,
		"a count": `{"user_groups":[{"id":"1","sources_count":{"users":"` + escaped + `"}}]}`,
		"details": `{"code":"INVALID_DATA","status":"error","message":"` + escaped + `","details":{"json_path":"` + escaped + `"}}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			mock := newMock(t)
			mock.RegisterResponder("GET", apiBase+"/settings/user_groups", jsonResponder(200, body))
			client := newClient(t, mock, usergroups.WithAccessToken(secret))
			var response usergroups.Response
			var failed *usergroups.Error
			if _, err := client.UserGroups.List(t.Context(), usergroups.ListUserGroupsOptions{}, usergroups.WithResponse(&response)); !errors.As(err, &failed) {
				t.Fatal(err)
			}
			for _, text := range []string{failed.Error(), string(failed.Body), failed.Message, failed.Details.JSONPath(), string(response.Body)} {
				if strings.Contains(text, "deadb") {
					t.Errorf("the secret stands in %s", text)
				}
			}
		})
	}
}
