package tulip_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/usergroups-go/usergroups/tulip"
)

// TestSecretsStaySecret runs calls against servers that repeat the credential that
// they are sent, in all kinds of answers.
func TestSecretsStaySecret(t *testing.T) {
	t.Parallel()
	// echo repeats what came in, raw, decoded and escaped.
	echo := func(r *http.Request) string {
		header := r.Header.Get("Authorization")
		user, password, _ := r.BasicAuth()
		return fmt.Sprintf("%s %s %s:%s %s %s %v", header, strings.TrimPrefix(header, "Basic "), user, password, password, url.QueryEscape(header), r.Header)
	}
	inJSON := func(r *http.Request) string { return quoted(echo(r)) }
	failing := func(status int) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(status)
			_, _ = fmt.Fprintf(w, `{"errorCode":%s,"message":%s,"retryable":false,"details":{"id":%s,"details":%s,"headerName":%s,"deep":[{%s:%s}]}}`,
				inJSON(r), inJSON(r), inJSON(r), inJSON(r), inJSON(r), inJSON(r), inJSON(r))
		}
	}
	text := func(status int, format string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("X-Debug", r.Header.Get("Authorization"))
			w.WriteHeader(status)
			_, _ = fmt.Fprint(w, strings.NewReplacer("JSON", inJSON(r), "TEXT", echo(r)).Replace(format))
		}
	}
	redirect := func(location string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Location", strings.Replace(location, "TEXT", r.Header.Get("Authorization"), 1))
			w.WriteHeader(302)
		}
	}
	tests := map[string]http.HandlerFunc{
		"400": failing(400), "401": failing(401), "403": failing(403), "404": failing(404), "429": failing(429), "500": failing(500), "an error with 200": failing(200),
		"HTML with 502":                text(502, "<html>TEXT</html>"),
		"HTML with 200":                text(200, "<html>TEXT</html>"),
		"a text":                       text(200, "JSON"),
		"items of another type":        text(200, `{"items":JSON}`),
		"a time":                       text(200, `{"items":[{"id":"1","created":{"at":JSON}}]}`),
		"a count":                      text(200, `{"items":[],"count":JSON}`),
		"nextPage elsewhere":           text(200, `{"items":[],"nextPage":JSON}`),
		"nextPage with the credential": text(200, `{"items":[],"nextPage":"?offset=1&x=`+url.QueryEscape(leakSecret)+`#x"}`),
		"nextPage's host":              text(200, `{"items":[],"nextPage":"https://`+url.PathEscape(leakSecret)+`.test/"}`),
		"an omitted item":              text(200, `{"items":[],"errors":[{"errorCode":JSON,"message":JSON,"details":{"id":JSON,"x":JSON}}]}`),
		"a redirect":                   redirect("https://evil.test/?TEXT"),
		"a redirect that is no URL":    redirect("http://[::1/TEXT"),
	}
	for name, serve := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(serve)
			defer server.Close()
			var mu sync.Mutex
			var log bytes.Buffer
			var events []tulip.Event
			opts := []tulip.Option{
				tulip.WithRetryWait(time.Millisecond, time.Millisecond),
				tulip.WithLogger(slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))),
				tulip.WithObserver(func(e tulip.Event) {
					mu.Lock()
					defer mu.Unlock()
					events = append(events, e)
				}),
			}
			for credential, option := range map[string]tulip.Option{
				"key and secret": tulip.WithAPIToken(leakKey, leakSecret), "header": tulip.WithAuthHeader(basic(leakKey + ":" + leakSecret)),
			} {
				client := mustClient(t, server.URL, append(opts, option)...)
				var response tulip.Response
				page, listErr := client.UserGroups.List(t.Context(), tulip.ListUserGroupsOptions{}, tulip.WithResponse(&response))
				if page != nil { // what is no error of a list is that of a walk
					checkText(t, "the page", *page)
				}
				_, err := tulip.Collect(client.UserGroups.All(t.Context(), tulip.ListUserGroupsOptions{}))
				if err == nil {
					t.Fatal("no error")
				}
				for _, err := range []error{listErr, err} {
					checkChain(t, credential+": the error", err)
					var e *tulip.Error
					if errors.As(err, &e) {
						checkText(t, "the error's body", string(e.Body))
						checkText(t, "the error's details", fmt.Sprintf("%s", e.Details))
						checkText(t, "its texts", []string{e.Details.ID(), e.Details.Text(), e.Details.HeaderName()})
					}
				}
				checkText(t, "the client", client)
				checkText(t, "the client's value", *client)
				checkText(t, "the response's body", string(response.Body))
				checkText(t, "the response", response)
			}
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

// TestOptionsAreNoText: an option is a function, and shows nothing.
func TestOptionsAreNoText(t *testing.T) {
	t.Parallel()
	checkText(t, "WithAPIToken", fmt.Sprintf("%v %+v", tulip.WithAPIToken(leakKey, leakSecret), tulip.WithAuthHeader(basic(leakKey+":"+leakSecret))))
}

// TestSecretsAtTheEdge: a body that is cut in the midst of the secret, or of the pair
// in base64, keeps none of it.
func TestSecretsAtTheEdge(t *testing.T) {
	t.Parallel()
	for _, form := range []string{leakSecret, base64.StdEncoding.EncodeToString([]byte(leakKey + ":" + leakSecret))} {
		for _, status := range []int{200, 502} {
			for keep := 4; keep < len(form); keep++ {
				body := strings.Repeat("x", 64<<10-keep) + form + " and more"
				client := newClient(t, inMemory(status, nil, body), tulip.WithAPIToken(leakKey, leakSecret), tulip.WithMaxRetries(0))
				var e *tulip.Error
				if err := get(t.Context(), client); !errors.As(err, &e) || strings.Contains(string(e.Body), form[:4]) || len(e.Body) < 64<<10-len(form) {
					t.Fatalf("%d, %d: the body of %d bytes ends in %q", status, keep, len(e.Body), e.Body[max(0, len(e.Body)-40):])
				}
			}
		}
	}
}

// talkative is a RoundTripper that puts the request into its error, as debugging
// transports do.
type talkative struct{}

func (talkative) RoundTrip(r *http.Request) (*http.Response, error) {
	body, _ := io.ReadAll(r.Body)
	return nil, fmt.Errorf("cannot send %v %s: %w", r.Header, body, &talkativeError{r.Header})
}

type talkativeError struct{ Header http.Header }

func (e *talkativeError) Error() string { return "talkative" }

func TestSecretsInTransportErrors(t *testing.T) {
	t.Parallel()
	client := mustClient(t, instance, tulip.WithAPIToken(leakKey, leakSecret),
		tulip.WithHTTPClient(&http.Client{Transport: talkative{}}), tulip.WithRetryWait(time.Millisecond, time.Millisecond))
	// A body, so that there is one to be read by the transport.
	err := client.Do(t.Context(), tulip.Request{Method: "POST", Path: []string{"stations"}, Body: leakSecret}, nil)
	if err == nil {
		t.Error("no error")
	}
	checkChain(t, "the error", err)
}

// TestSecretsInIDs: an id that holds the secret is masked in the URL of an error, too.
func TestSecretsInIDs(t *testing.T) {
	t.Parallel()
	client := newClient(t, inMemory(404, nil, ""), tulip.WithAPIToken(leakKey, leakSecret))
	_, err := client.Users.Get(t.Context(), leakSecret)
	checkChain(t, "an id", err)
	_, err = client.Users.List(t.Context(), tulip.ListUsersOptions{Search: leakSecret, Filter: tulip.BadgeIDs(leakSecret)})
	checkChain(t, "a search", err)
}

// TestCredentialsStayAtHome: no answer makes the client send the credential anywhere
// else. For nextPage see TestNextPage.
func TestCredentialsStayAtHome(t *testing.T) {
	t.Parallel()
	elsewhere := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("request to another origin: %s %s", r.Method, r.URL)
	}))
	defer elsewhere.Close()
	for _, status := range []int{301, 302, 303, 307, 308} {
		for _, m := range methods {
			api, count := countingServer(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, elsewhere.URL, status) })
			if err := m.call(t.Context(), newServerClient(t, api), anID); !errors.Is(err, tulip.ErrUnexpectedResponse) || count.Load() != 1 {
				t.Errorf("%s %d: %v", m.name, status, err)
			}
		}
	}
}

// TestKindsOutliveMasking: credentials that are ordinary words, as those of tests
// often are, stand in the texts and addresses of errors. They are masked there, and
// the errors stay what they are.
func TestKindsOutliveMasking(t *testing.T) {
	t.Parallel()
	for _, word := range []string{"secret", "generic", "internal", "users", "user-groups", "GET", "unexpected", "a", "1", "true"} {
		client := newClient(t, inMemory(500, nil, sample(t, "error_internal.json")), tulip.WithAPIToken("key", word), tulip.WithMaxRetries(0))
		err := get(t.Context(), client)
		var e *tulip.Error
		if !errors.Is(err, tulip.ErrUnavailable) || !errors.As(err, &e) || e.StatusCode != 500 || e.Op != tulip.OpUserGroupsList {
			t.Errorf("%q: %v", word, err)
		}
		client = newClient(t, inMemory(200, nil, strings.ReplaceAll(items("xy", without("z")), `"@`, `"id":"`)), tulip.WithAPIToken("key", word))
		groups, err := tulip.Collect(client.UserGroups.All(t.Context(), tulip.ListUserGroupsOptions{}))
		if len(groups) != 2 || groups[0].ID != "x" {
			t.Errorf("%q: what is no error was changed: %+v", word, groups)
		}
		checkSentinels(t, err, []string{"ErrIncomplete"})
	}
}

// TestEscapedSecrets: what a decoder sees of a secret is masked as well.
func TestEscapedSecrets(t *testing.T) {
	t.Parallel()
	const secret, escaped = "deadbeefdeadbeef", `deadb\u0065efdeadbeef`
	pair := base64.StdEncoding.EncodeToString([]byte("k:" + secret))
	for name, body := range map[string]string{
		"a time":     `{"items":[{"id":"1","created":{"at":"` + escaped + `"}}]}`,
		"a count":    `{"items":[],"count":"` + escaped + `"}`,
		"an error":   `{"errorCode":"` + escaped + `","message":"` + escaped + `","details":{"details":"` + escaped + `","` + escaped + `":1}}`,
		"in base64":  `{"errorCode":"x","message":"\u00` + fmt.Sprintf("%02x", pair[0]) + pair[1:] + `","details":{"details":"` + pair + `"}}`,
		"in nowhere": `{"errorCode":"x","message":"` + escaped,
	} {
		client := newClient(t, inMemory(200, nil, body), tulip.WithAPIToken("k", secret))
		var response tulip.Response
		var failed *tulip.Error
		if err := getWith(t.Context(), client, tulip.WithResponse(&response)); !errors.As(err, &failed) {
			t.Fatalf("%s: %v", name, err)
		}
		details, _ := json.Marshal(failed.Details)
		for _, text := range []string{failed.Error(), failed.Code, failed.Message, failed.Details.Text(), string(details)} {
			if strings.Contains(text, "deadb") || strings.Contains(text, pair[2:]) {
				t.Errorf("%s: the secret stands in %s", name, text)
			}
		}
		for _, body := range []string{string(failed.Body), string(response.Body)} {
			if name != "in nowhere" && (strings.Contains(body, "beefdeadbeef") || strings.Contains(body, pair[2:])) {
				t.Errorf("%s: the secret stands in %s", name, body)
			}
		}
	}
}
