package tulip_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
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

// TestAnswerTooLong holds the limit of an answer. Over a connection, TestFaults does.
func TestAnswerTooLong(t *testing.T) {
	t.Parallel()
	const size = 32<<20 + 1
	for _, announced := range []int64{size, -1} {
		requests := 0
		err := get(t.Context(), newClient(t, roundTripFunc(func(r *http.Request) (*http.Response, error) {
			requests++
			return &http.Response{StatusCode: 200, Request: r, ContentLength: announced, Body: io.NopCloser(io.LimitReader(new(endless), size))}, nil
		})))
		if !errors.Is(err, tulip.ErrUnexpectedResponse) || !strings.Contains(err.Error(), "longer than the limit") || requests != 1 {
			t.Errorf("announced %d: %v after %d requests", announced, err, requests)
		}
	}
}

// getWith is a call with options.
func getWith(ctx context.Context, c *tulip.Client, opts ...tulip.CallOption) error {
	_, err := c.UserGroups.List(ctx, tulip.ListUserGroupsOptions{}, opts...)
	return err
}

// TestCloseIdleConnections: those that no call uses are closed, and the client stays
// usable; those of a caller's own transport are the caller's.
func TestCloseIdleConnections(t *testing.T) {
	t.Parallel()
	closed := make(chan struct{}, 1)
	server := httptest.NewUnstartedServer(answer(204, "", ""))
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateClosed {
			closed <- struct{}{}
		}
	}
	server.Start()
	t.Cleanup(server.Close)
	client := newServerClient(t, server.URL)
	for range 2 {
		if err := get(t.Context(), client); err != nil {
			t.Fatal(err)
		}
		client.CloseIdleConnections()
		<-closed
	}
	new(tulip.Client).CloseIdleConnections()
}

// TestEveryAnswerTooLong: every method leaves an answer that does not end, and does not
// ask for it again.
func TestEveryAnswerTooLong(t *testing.T) {
	t.Parallel()
	for _, m := range methods {
		read := new(endless)
		err := m.call(t.Context(), newClient(t, roundTripFunc(func(r *http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: 200, Request: r, ContentLength: -1, Body: io.NopCloser(read)}, nil
		})), anID)
		checkError(t, err, m.op, 1, tulip.ErrUnexpectedResponse)
		if *read > 64<<20 {
			t.Errorf("%s: %d bytes were read", m.name, *read)
		}
	}
}

// endless has no end, and takes no time to be made. It counts what was read.
type endless int64

func (e *endless) Read(p []byte) (int, error) {
	*e += endless(len(p))
	return len(p), nil
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
	// A call that is not sent empties it, whatever it is refused for.
	var none context.Context
	good, with := newClient(t, newMock(t)), tulip.WithResponse(&response)
	for name, call := range map[string]func() error{
		"an empty id": func() error { _, err := good.Users.Get(t.Context(), "", with); return err },
		"a bad limit": func() error {
			_, err := good.Users.List(t.Context(), tulip.ListUsersOptions{Limit: new(-1)}, with)
			return err
		},
		"a bad filter": func() error {
			_, err := good.UserGroups.ListUsers(t.Context(), anID, tulip.ListMembershipsOptions{Filter: tulip.IDs()}, with)
			return err
		},
		"no context": func() error { return getWith(none, good, with) },
		"no client":  func() error { return getWith(t.Context(), new(tulip.Client), with) },
		"no Client": func() error {
			return (*tulip.Client)(nil).Do(t.Context(), tulip.Request{Method: "GET", Path: []string{"stations"}}, nil, with)
		},
		"a refused option before it": func() error {
			return getWith(t.Context(), good, tulip.WithHeader("Host", "x"), with)
		},
		"a nil option": func() error { return getWith(t.Context(), good, with, nil) },
		"no path":      func() error { return good.Do(t.Context(), tulip.Request{Method: "GET"}, nil, with) },
		"an iterator": func() error {
			_, err := tulip.Collect(good.Users.All(t.Context(), tulip.ListUsersOptions{}, with))
			return err
		},
		"another's call": func() error { return getWith(t.Context(), good, with, tulip.WithMembersByFilter()) },
	} {
		response = tulip.Response{StatusCode: 200, Attempts: 1, Body: []byte("{}")}
		if err := call(); !errors.Is(err, tulip.ErrInvalidArgument) || response.StatusCode != 0 || response.Attempts != 0 || response.Body != nil {
			t.Errorf("%s: %v, and %+v of the call before", name, err, response)
		}
	}
}
