package tulip_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/jarcoal/httpmock"
	"go.uber.org/goleak"

	"github.com/usergroups-go/usergroups/internal/nettest"
	"github.com/usergroups-go/usergroups/tulip"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// instance has a path of its own in every test: a client that loses it meets the
// responder that fails the test.
const (
	instance = "https://acme.test/gateway"
	apiBase  = instance + "/api/users/v1"

	key    = "apikey.2_invented"
	secret = "not-a-secret"

	anID = "g56RCoZCtzv7borvp"
)

// apiToken is the credential of the tests that do not look at it.
var apiToken = tulip.WithAPIToken(key, secret)

// newMock returns a transport that fails the test on a request nobody expects.
func newMock(t *testing.T) *httpmock.MockTransport {
	t.Helper()
	mock := httpmock.NewMockTransport()
	mock.RegisterNoResponder(httpmock.NewNotFoundResponder(t.Error))
	return mock
}

// newClient returns a client of the instance that sends through roundTrip.
func newClient(t *testing.T, roundTrip http.RoundTripper, opts ...tulip.Option) *tulip.Client {
	t.Helper()
	return mustClient(t, instance, append([]tulip.Option{apiToken, tulip.WithHTTPClient(&http.Client{Transport: roundTrip})}, opts...)...)
}

// newServerClient returns a client of a server on loopback, with short waits.
func newServerClient(t *testing.T, url string, opts ...tulip.Option) *tulip.Client {
	t.Helper()
	return mustClient(t, url+"/gateway", append([]tulip.Option{apiToken, tulip.WithRetryWait(time.Millisecond, 2*time.Millisecond)}, opts...)...)
}

func mustClient(t *testing.T, url string, opts ...tulip.Option) *tulip.Client {
	t.Helper()
	client, err := tulip.NewClient(url, opts...)
	if err != nil {
		t.Fatalf("NewClient: %v", err)
	}
	t.Cleanup(client.CloseIdleConnections)
	return client
}

// get is a call, for the tests that do not look at what it is about.
func get(ctx context.Context, c *tulip.Client) error {
	_, err := c.UserGroups.List(ctx, tulip.ListUserGroupsOptions{})
	return err
}

// together makes n calls at once and returns their errors.
func together(ctx context.Context, c *tulip.Client, n int) []error {
	errs := make([]error, n)
	var wg sync.WaitGroup
	for i := range errs {
		wg.Go(func() { errs[i] = get(ctx, c) })
	}
	wg.Wait()
	return errs
}

// roundTripFunc is a RoundTripper.
type roundTripFunc = nettest.RoundTripFunc

// What the tests of both clients have in common.
var (
	inMemory       = nettest.InMemory
	answer         = nettest.Answer
	countingServer = nettest.CountingServer
)

func jsonResponder(status int, body string) httpmock.Responder {
	return httpmock.NewStringResponder(status, body).HeaderSet(http.Header{"Content-Type": {"application/json"}})
}

// samples is where the documented answers are.
var samples = filepath.Join("..", "testdata", "tulip")

// sample returns one of them.
func sample(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(samples, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// quoted is a text as JSON writes it.
func quoted(s string) string {
	text, _ := json.Marshal(s) // of a text it cannot fail
	return string(text)
}

// asJSON is a value as JSON.
func asJSON(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// overTheWire returns what a server reads of a request.
func overTheWire(t *testing.T, r *http.Request) *http.Request {
	t.Helper()
	var wire bytes.Buffer
	if err := r.Write(&wire); err != nil {
		t.Fatal(err)
	}
	reader := bufio.NewReader(&wire)
	arrived, err := http.ReadRequest(reader)
	if err != nil {
		t.Fatalf("a server cannot read it: %v", err)
	}
	if reader.Buffered() > 0 || wire.Len() > 0 {
		t.Error("a server reads more than one request")
	}
	return arrived
}
