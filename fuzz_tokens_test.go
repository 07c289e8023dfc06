package usergroups_test

import (
	"context"
	"encoding/json"
	"io"
	"math"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/usergroups-go/usergroups"
)

const (
	fuzzClientSecret = "MARK/client+secret"
	fuzzIssued       = "1000.FRESH.beef" // an access token that the client hears of by the answer alone
	fuzzIssuedMark   = "FRESH"
)

// FuzzTokenAnswer holds what any answer of the accounts server makes of a
// refresh, a code exchange and a revocation: a token that can be sent and that
// ends some time, or an error that shows no secret, neither of the request nor of
// the answer. A token in the store is replaced by a better one only.
func FuzzTokenAnswer(f *testing.F) {
	const nothingStored, staleStored, exchange, revoke = 0, 1, 2, 3
	add := func(status uint16, body string) {
		for kind := range uint8(revoke + 1) {
			f.Add(kind, status, body)
		}
	}
	eachFixture(f, "token_*", func(_, body string) {
		add(200, body)
		add(400, body)
	})
	eachFixture(f, "error_html.html", func(_, body string) {
		add(200, body)
		add(502, body)
	})
	for _, body := range []string{
		`{"status":"success"}`, `{"access_token":"ISSUED","expires_in":1}`, `{"access_token":"ISSUED","expires_in":0}`, `{"access_token":"ISSUED","expires_in":-1}`,
		`{"access_token":"ISSUED","expires_in":1e400}`, `{"access_token":"ISSUED","expires_in":0.5,"expires_in_sec":1e10}`, `{"access_token":"ISSUED","expires_in":"soon"}`,
		`{"access_token":" "}`, `{"access_token":"a b"}`, `{"access_token":"a\nb"}`, `{"access_token":"\u0000"}`, `{"access_token":"\u007f"}`, `{"access_token":"ü"}`,
		`{"access_token":"ISSUED\n","api_domain":"ISSUED"}`, `{"access_token":["ISSUED"]}`, `{"access_token":null,"refresh_token":"x"}`,
		`{"access_token":"ISSUED","refresh_token":"\n","api_domain":"https://ISSUED.test"}`, `{"access_token":"ISSUED","refresh_token":7}`,
		`{"access_token":"ISSUED","refresh_token":"1000.FRESH.cafe","api_domain":"https://www.zohoapis.eu"}`,
		`{"access_token":"ISSUED","api_domain":"TOKEN"}`, `{"access_token":"ISSUED","error":"ISSUED","error_description":"ISSUED TOKEN SECRET"}`,
		`{"ACCESS_TOKEN":"ISSUED","error":"ESCAPED"}`, `{"\u0061ccess\u005ftoken":"ISSUED","error":"x","error_description":"ISSUED"}`,
		"\uFEFF" + `{"access_token":"ISSUED"}`, `{"error":"TOKEN","error_description":"SECRET"}`, `TOKEN`, `<TOKEN SECRET>`, `{"error":"Access Denied"}`, ``, `null`, `[]`,
	} {
		for _, status := range []uint16{200, 204, 302, 400, 429, 500, 999} {
			add(status, body)
		}
	}

	f.Fuzz(func(t *testing.T, kind uint8, status uint16, body string) {
		body = plant(strings.NewReplacer("SECRET", fuzzClientSecret, "ISSUED", fuzzIssued).Replace(body))
		synctest.Test(t, func(t *testing.T) {
			v := &accountsFuzzer{t: t, status: int(status) % 1000, body: body, start: time.Now()}
			_ = json.Unmarshal([]byte(strings.TrimPrefix(body, "\uFEFF")), &v.answer) // what is no JSON is no token
			switch kind % (revoke + 1) {
			case nothingStored:
				v.refresh(usergroups.Token{})
			case staleStored:
				v.refresh(usergroups.Token{AccessToken: "1000.old", Expiry: v.start.Add(30 * time.Second)})
			case exchange:
				token, err := v.config().Exchange(t.Context(), fuzzSecret)
				if err != nil {
					v.checkError(err)
				} else {
					v.checkIssued(token)
				}
			case revoke:
				err := v.config().Revoke(t.Context(), fuzzSecret)
				if err != nil {
					v.checkError(err)
				} else if !strings.Contains(body, "success") || v.status/100 != 2 {
					t.Errorf("revoked by %d %s", v.status, body)
				}
			}
		})
	})
}

// accountsFuzzer is both servers, and the store.
type accountsFuzzer struct {
	t      *testing.T
	status int
	body   string
	answer struct { // body, read by the documents' names
		AccessToken string          `json:"access_token"`
		ExpiresIn   json.RawMessage `json:"expires_in"`
		Seconds     json.RawMessage `json:"expires_in_sec"`
	}
	start time.Time

	mu    sync.Mutex
	token usergroups.Token // in the store
	sent  []string         // Authorization of the API requests
}

func (v *accountsFuzzer) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Host == "accounts.zoho.com" {
		if r.Body != nil {
			_, _ = io.Copy(io.Discard, r.Body)
		}
		return inMemory(v.status, nil, v.body)(r)
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.sent = append(v.sent, r.Header.Get("Authorization"))
	return inMemory(204, nil, "")(r)
}

func (v *accountsFuzzer) Load(context.Context, string) (usergroups.Token, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.token, nil
}

func (v *accountsFuzzer) Update(ctx context.Context, _ string, fn func(context.Context, usergroups.Token) (usergroups.Token, error)) (usergroups.Token, error) {
	token, err := fn(ctx, v.stored()) // one at a time: there is one client
	if err == nil {
		v.mu.Lock()
		v.token = token
		v.mu.Unlock()
	}
	return token, err
}

func (v *accountsFuzzer) stored() usergroups.Token {
	token, _ := v.Load(context.Background(), "")
	return token
}

func (v *accountsFuzzer) config() usergroups.OAuthConfig {
	return usergroups.OAuthConfig{ClientID: "id-1", ClientSecret: fuzzClientSecret, HTTPClient: &http.Client{Transport: v}}
}

// refresh makes a call with the token old in the store, and another when it has
// ended.
func (v *accountsFuzzer) refresh(old usergroups.Token) {
	t := v.t
	v.token = old
	client := mustClient(t, usergroups.WithHTTPClient(&http.Client{Transport: v}), usergroups.WithTokenStore(v),
		usergroups.WithRefreshToken(usergroups.RefreshToken{ClientID: "id-1", ClientSecret: fuzzClientSecret, RefreshToken: fuzzSecret}),
		usergroups.WithObserver(func(e usergroups.Event) {
			if e.Err != nil {
				v.checkError(e.Err)
			}
		}))
	err := get(t.Context(), client)
	time.Sleep(time.Minute) // for the retries of a refresh in the background

	stored := v.stored()
	issued := stored.AccessToken != old.AccessToken
	if issued {
		v.checkIssued(stored)
	} else if !stored.Expiry.Equal(old.Expiry) || stored.RefreshToken != "" || stored.APIDomain != "" {
		t.Errorf("an answer without a token changed the stored one: expiry %s", stored.Expiry)
	}
	// A new token for another data centre is kept, for whom it is meant, and not used.
	if old.AccessToken != "" && err != nil && (!issued || stored.APIDomain == "") {
		t.Errorf("a good token was withheld: %v", err)
	}
	if err := get(t.Context(), client); err != nil {
		v.checkError(err)
	}
	if err != nil {
		v.checkError(err)
		if !issued && len(v.sent) > 0 {
			t.Errorf("there was no token, but requests with %q", v.sent)
		}
	}
	for _, authorization := range v.sent {
		if authorization != "Zoho-oauthtoken "+v.answer.AccessToken && authorization != "Zoho-oauthtoken 1000.old" {
			t.Errorf("sent %q", authorization)
		}
	}
}

var plainSeconds = regexp.MustCompile(`^"?([1-9][0-9]{0,8})"?$`)

// checkIssued judges a token that was taken for a good one.
func (v *accountsFuzzer) checkIssued(token usergroups.Token) {
	v.t.Helper()
	access := token.AccessToken
	unsendable := func(r rune) bool { return r <= ' ' || r == 0x7f }
	if access == "" || access != v.answer.AccessToken || v.status/100 != 2 || strings.ContainsFunc(access, unsendable) {
		v.t.Errorf("%d %s gave the token %q", v.status, v.body, access)
	}
	life := token.Expiry.Sub(v.start)
	if life < time.Second || life > math.MaxInt32*time.Second {
		v.t.Errorf("%s: the token lives for %s", v.body, life)
	}
	said := v.answer.ExpiresIn
	if v.answer.Seconds != nil {
		said = v.answer.Seconds
	}
	if m := plainSeconds.FindSubmatch(said); m != nil {
		seconds, _ := strconv.Atoi(string(m[1]))
		if want := time.Duration(seconds) * time.Second; life != want {
			v.t.Errorf("%s: the token lives for %s, want %s", v.body, life, want)
		}
	}
}

// checkError also looks for the token of the answer, which is a secret of nobody
// else's.
func (v *accountsFuzzer) checkError(err error) {
	v.t.Helper()
	e := checkFuzzedError(v.t, err)
	if v.answer.AccessToken != fuzzIssued {
		return
	}
	for where, text := range textsOf(v.t, e) {
		if strings.Contains(text, fuzzIssuedMark) {
			v.t.Errorf("%s shows the token of the answer: %q", where, text)
		}
	}
}
