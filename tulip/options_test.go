package tulip_test

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jarcoal/httpmock"

	"github.com/usergroups-go/usergroups/tulip"
)

func TestNewClientRefuses(t *testing.T) {
	t.Parallel()
	for option, opt := range map[string]tulip.Option{
		"an Option is nil":   nil,
		"WithHTTPClient":     tulip.WithHTTPClient(nil),
		"WithLogger":         tulip.WithLogger(nil),
		"WithObserver":       tulip.WithObserver(nil),
		"WithAttemptTimeout": tulip.WithAttemptTimeout(0),
		"WithMaxRetries":     tulip.WithMaxRetries(-1),
		"WithRetryWait":      tulip.WithRetryWait(2*time.Second, time.Second),
		"WithMaxServerWait":  tulip.WithMaxServerWait(-1),
		"WithMaxConcurrent":  tulip.WithMaxConcurrent(0),
		"WithUserAgent":      tulip.WithUserAgent("a\nb"),
		"WithAPIToken":       tulip.WithAPIToken("", ""),
		"WithAuthHeader":     tulip.WithAuthHeader("x"),
	} {
		client, err := tulip.NewClient(instance, apiToken, opt)
		if !errors.Is(err, tulip.ErrInvalidArgument) || client != nil || !strings.Contains(err.Error(), option) {
			t.Errorf("%s: client %v, error %v, want ErrInvalidArgument", option, client, err)
		}
	}
}

func TestHTTPClientIsNotChanged(t *testing.T) {
	t.Parallel()
	var cookies []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		cookies = append(cookies, r.Header.Get("Cookie"))
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
	client := mustClient(t, server.URL, apiToken, tulip.WithHTTPClient(own))
	for range 2 {
		if err := get(t.Context(), client); err != nil {
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

// TestAttemptTimeout: one attempt that is not answered is given up, by default after
// 30 s, whatever the context says.
func TestAttemptTimeout(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		opts []tulip.Option
		want time.Duration
	}{
		{nil, 30 * time.Second},
		{[]tulip.Option{tulip.WithAttemptTimeout(2 * time.Second)}, 2 * time.Second},
	} {
		synctest.Test(t, func(t *testing.T) {
			requests := 0
			client := newClient(t, roundTripFunc(func(r *http.Request) (*http.Response, error) {
				requests++
				start := time.Now()
				<-r.Context().Done()
				if took := time.Since(start); took != tt.want {
					t.Errorf("attempt %d took %s, want %s", requests, took, tt.want)
				}
				return nil, r.Context().Err()
			}), tt.opts...)
			err := get(t.Context(), client)
			if !errors.Is(err, tulip.ErrUnavailable) || errors.Is(err, context.DeadlineExceeded) || requests != 4 {
				t.Errorf("%v after %d requests, want ErrUnavailable after 4", err, requests)
			}
		})
	}
}

// TestConcurrencyLimit: 5 requests at a time by default, of all methods together.
func TestConcurrencyLimit(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		opts []tulip.Option
		want int64
	}{
		{nil, 5},
		{[]tulip.Option{tulip.WithMaxConcurrent(2)}, 2},
	} {
		synctest.Test(t, func(t *testing.T) {
			var under, most atomic.Int64
			client := newClient(t, roundTripFunc(func(r *http.Request) (*http.Response, error) {
				most.Store(max(most.Load(), under.Add(1)))
				time.Sleep(20 * time.Second)
				under.Add(-1)
				return inMemory(204, nil, "")(r)
			}), append(tt.opts, tulip.WithMaxRetries(0))...)
			for _, err := range together(t.Context(), client, 40) { // waiting is no part of an attempt
				if err != nil {
					t.Error(err)
				}
			}
			if n := most.Load(); n != tt.want {
				t.Errorf("%d requests at a time, want %d", n, tt.want)
			}
		})
	}
}

// TestCutConnections: a list whose pages are cut off now and then comes whole.
func TestCutConnections(t *testing.T) {
	t.Parallel()
	var url string
	requests := 0
	url, _ = countingServer(t, func(w http.ResponseWriter, r *http.Request) {
		requests++
		body := strings.ReplaceAll(items("ab", `,"nextPage":"?offset=2"`), `"@`, `"id":"`)
		if r.URL.Query().Get("offset") != "" {
			body = strings.ReplaceAll(items("c", ""), `"@`, `"id":"`)
		}
		switch requests % 3 {
		case 1:
			panic(http.ErrAbortHandler)
		case 2:
			w.Header().Set("Content-Length", "1000")
			_, _ = w.Write([]byte(body[:10]))
		default:
			answer(200, "application/json", body)(w, r)
		}
	})
	groups, err := tulip.Collect(newServerClient(t, url).UserGroups.All(t.Context(), tulip.ListUserGroupsOptions{}))
	if err != nil || len(groups) != 3 || requests != 6 {
		t.Errorf("%d groups after %d requests: %v", len(groups), requests, err)
	}
}

// TestAnswerTooLong holds the limit of an answer.
func TestAnswerTooLong(t *testing.T) {
	t.Parallel()
	for _, announced := range []bool{true, false} {
		url, count := countingServer(t, func(w http.ResponseWriter, _ *http.Request) {
			const size = 32<<20 + 1
			if announced {
				w.Header().Set("Content-Length", "33554433")
			}
			piece := []byte(strings.Repeat(" ", 1<<20))
			for sent := 0; sent < size; sent += len(piece) {
				if _, err := w.Write(piece[:min(len(piece), size-sent)]); err != nil {
					return
				}
			}
		})
		err := get(t.Context(), newServerClient(t, url))
		if !errors.Is(err, tulip.ErrUnexpectedResponse) || !strings.Contains(err.Error(), "longer than the limit") || count.Load() != 1 {
			t.Errorf("announced %t: %v after %d requests", announced, err, count.Load())
		}
	}
}

func TestWithResponse(t *testing.T) {
	t.Parallel()
	header := http.Header{"X-Request-Id": {"r-1"}}
	for _, m := range methods {
		if m.kind == walk {
			continue
		}
		body := sample(t, m.good)
		mock := newMock(t)
		mock.RegisterResponder(http.MethodGet, m.url(anID), httpmock.NewStringResponder(200, body).HeaderSet(header))
		var response tulip.Response
		if err := m.call(t.Context(), newClient(t, mock), anID, tulip.WithResponse(&response)); err != nil {
			t.Fatal(err)
		}
		if response.StatusCode != 200 || response.Attempts != 1 || !bytes.Equal(response.Body, []byte(body)) || response.Header.Get("X-Request-Id") != "r-1" {
			t.Errorf("%s: response %+v", m.name, response)
		}
	}
	url, count := countingServer(t, answer(503, "text/plain", "busy"))
	var response tulip.Response
	_, err := newServerClient(t, url).Users.Get(t.Context(), anID, tulip.NoRetry(), tulip.WithResponse(&response))
	if !errors.Is(err, tulip.ErrUnavailable) || count.Load() != 1 || response.StatusCode != 503 || string(response.Body) != "busy" {
		t.Errorf("NoRetry: %v after %d requests, response %+v", err, count.Load(), response)
	}
	if _, err = newServerClient(t, url).Users.Get(t.Context(), anID, tulip.WithResponse(&response)); err == nil || response.Attempts != 4 {
		t.Errorf("attempts in the response: %d, want 4", response.Attempts)
	}
	if _, err = newServerClient(t, url).Users.Get(t.Context(), "", tulip.WithResponse(&response)); err == nil || response.StatusCode != 0 {
		t.Errorf("a call that was not sent left %+v of the one before", response)
	}
}
