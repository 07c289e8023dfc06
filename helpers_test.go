package usergroups_test

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/jarcoal/httpmock"
	"go.uber.org/goleak"

	"github.com/usergroups-go/usergroups"
	"github.com/usergroups-go/usergroups/internal/nettest"
	"github.com/usergroups-go/usergroups/usergroupstest"
)

func TestMain(m *testing.M) {
	if os.Getenv(benchServer) != "" {
		serveBench()
	}
	if os.Getenv(workerJob) != "" {
		work()
	}
	goleak.VerifyTestMain(m)
}

// base has a path of its own in every test: a client that loses it meets the
// responder that fails the test.
const (
	base     = "https://zoho.test/gateway"
	apiBase  = base + "/crm/v8"
	accounts = "https://accounts.test/gateway"
	tokenURL = accounts + "/oauth/v2/token"

	groupID = "3652397000009949005"
	userID  = "3652397000000186017"
)

// newMock returns a transport that fails the test on a request nobody expects.
func newMock(t *testing.T) *httpmock.MockTransport {
	t.Helper()
	mock := httpmock.NewMockTransport()
	mock.RegisterNoResponder(httpmock.NewNotFoundResponder(t.Error))
	return mock
}

// newClient returns a client on base that sends through roundTrip.
func newClient(t *testing.T, roundTrip http.RoundTripper, opts ...usergroups.Option) *usergroups.Client {
	t.Helper()
	all := []usergroups.Option{
		usergroups.WithBaseURL(base),
		usergroups.WithAccountsURL(accounts),
		usergroups.WithHTTPClient(&http.Client{Transport: roundTrip}),
	}
	return mustClient(t, append(all, opts...)...)
}

// newTokenClient is newClient with an access token that is always good.
func newTokenClient(t *testing.T, roundTrip http.RoundTripper, opts ...usergroups.Option) *usergroups.Client {
	t.Helper()
	return newClient(t, roundTrip, append([]usergroups.Option{usergroups.WithAccessToken("static-token")}, opts...)...)
}

// refreshToken is the credential of the tests that do not look at it.
var refreshToken = usergroups.WithRefreshToken(usergroups.RefreshToken{ClientID: "id-1", ClientSecret: "secret-1", RefreshToken: "rt-1"})

// newServerClient returns a client of a server on loopback, with short waits.
func newServerClient(t *testing.T, url string, opts ...usergroups.Option) *usergroups.Client {
	t.Helper()
	all := []usergroups.Option{
		usergroups.WithBaseURL(url + "/gateway"),
		usergroups.WithAccessToken("static-token"),
		usergroups.WithRetryWait(time.Millisecond, 2*time.Millisecond),
	}
	return mustClient(t, append(all, opts...)...)
}

// newFake returns a fake organisation and a client of it.
func newFake(t *testing.T, opts ...usergroupstest.Option) (*usergroupstest.Server, *usergroups.Client) {
	t.Helper()
	fake := usergroupstest.NewServer(opts...)
	t.Cleanup(fake.Close)
	return fake, newFakeClient(t, fake)
}

// newFakeClient returns a client of the fake, with the fake's credentials.
func newFakeClient(t *testing.T, fake *usergroupstest.Server, opts ...usergroups.Option) *usergroups.Client {
	t.Helper()
	all := []usergroups.Option{
		usergroups.WithBaseURL(fake.URL), usergroups.WithAccountsURL(fake.URL),
		usergroups.WithRefreshToken(usergroups.RefreshToken{
			ClientID: fake.ClientID, ClientSecret: fake.ClientSecret, RefreshToken: fake.RefreshToken,
		}),
	}
	return mustClient(t, append(all, opts...)...)
}

func mustClient(t *testing.T, opts ...usergroups.Option) *usergroups.Client {
	t.Helper()
	client, err := usergroups.NewClient(opts...)
	if err != nil {
		t.Fatalf("NewClient: %v", err)
	}
	t.Cleanup(client.CloseIdleConnections)
	return client
}

// get is a call, for the tests that do not look at what it is about.
func get(ctx context.Context, c *usergroups.Client) error {
	_, err := c.UserGroups.List(ctx, usergroups.ListUserGroupsOptions{})
	return err
}

// together makes n calls at once and returns their errors.
func together(ctx context.Context, c *usergroups.Client, n int) []error {
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

// fixture returns a file of testdata.
func fixture(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// source is a TokenSource of a user of the package.
type source struct {
	mu          sync.Mutex
	tokens      []string
	invalidated []string
	err         error
}

func (s *source) Token(context.Context) (usergroups.Token, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return usergroups.Token{AccessToken: s.tokens[0]}, s.err
}

func (s *source) Invalidate(t usergroups.Token) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.invalidated = append(s.invalidated, t.AccessToken)
	if len(s.tokens) > 1 {
		s.tokens = s.tokens[1:]
	}
}

// keyStore tells the key that a client uses.
type keyStore struct {
	usergroups.TokenStore
	once sync.Once
	key  string // of the first call
}

func (s *keyStore) Load(ctx context.Context, key string) (usergroups.Token, error) {
	s.once.Do(func() { s.key = key })
	return s.TokenStore.Load(ctx, key)
}
