package usergroupstest_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/usergroups-go/usergroups"
	"github.com/usergroups-go/usergroups/usergroupstest"
)

// A program that serves the fake to others ends with an error, not a panic, when
// it cannot.
func ExampleStart() {
	first, err := usergroupstest.Start()
	if err != nil {
		log.Fatal(err)
	}
	defer first.Close()

	_, err = usergroupstest.Start(usergroupstest.WithAddr(first.Addr))
	fmt.Println("the address is taken:", err != nil)
	// Output: the address is taken: true
}

func ExampleWithAddr() {
	fake := usergroupstest.NewServer(usergroupstest.WithAddr("localhost:0")) // any free port
	defer fake.Close()

	fmt.Println(fake.URL == "http://"+fake.Addr)
	// Output: true
}

func ExampleWithCredentials() {
	fake := usergroupstest.NewServer(usergroupstest.WithCredentials("client", "secret", "refresh"))
	defer fake.Close()

	fmt.Println(fake.ClientID, fake.ClientSecret, fake.RefreshToken)
	// Output: client secret refresh
}

// Requests under way are answered before the server is gone.
func ExampleServer_Shutdown() {
	fake := usergroupstest.NewServer()

	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	fmt.Println(fake.Shutdown(ctx))
	// Output: <nil>
}

// A code of the API console, which needs no consent page.
func ExampleServer_IssueCode() {
	fake := usergroupstest.NewServer()
	defer fake.Close()
	login := usergroups.OAuthConfig{ClientID: fake.ClientID, ClientSecret: fake.ClientSecret, AccountsURL: fake.URL}

	token, err := login.Exchange(context.Background(), fake.IssueCode("ZohoCRM.users.READ"))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("another refresh token:", token.RefreshToken != "" && token.RefreshToken != fake.RefreshToken)
	// Output: another refresh token: true
}

// The consent page leads nowhere but to what is registered.
func ExampleWithRedirectURIs() {
	fake := usergroupstest.NewServer(usergroupstest.WithRedirectURIs("https://app.example/callback"))
	defer fake.Close()

	for _, uri := range []string{"https://app.example/callback", "https://elsewhere.example/"} {
		query := url.Values{
			"response_type": {"code"}, "client_id": {fake.ClientID}, "scope": {"ZohoCRM.users.READ"}, "redirect_uri": {uri},
		}
		req, err := http.NewRequestWithContext(context.Background(), http.MethodGet, fake.URL+"/oauth/v2/auth?"+query.Encode(), nil)
		if err != nil {
			log.Fatal(err)
		}
		page, err := http.DefaultClient.Do(req)
		if err != nil {
			log.Fatal(err)
		}
		page.Body.Close()
		fmt.Println(page.StatusCode)
	}
	// Output:
	// 200
	// 400
}

// A client that takes expires_in for seconds, whatever stands beside it, would
// use the token of an hour for weeks.
func ExampleWithExpiresIn() {
	fake := usergroupstest.NewServer(usergroupstest.WithExpiresIn(usergroupstest.ExpiresInMilliseconds))
	defer fake.Close()
	login := usergroups.OAuthConfig{ClientID: fake.ClientID, ClientSecret: fake.ClientSecret, AccountsURL: fake.URL}

	token, err := login.Exchange(context.Background(), fake.IssueCode())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(time.Until(token.Expiry).Round(time.Minute))
	// Output: 1h0m0s
}

// The vendor has been seen to refuse with either status: the body alone tells.
func ExampleWithTokenLimitStatus() {
	fake := usergroupstest.NewServer(
		usergroupstest.WithTokenLimit(1, 10*time.Minute),
		usergroupstest.WithTokenLimitStatus(http.StatusOK),
	)
	defer fake.Close()

	form := url.Values{
		"grant_type": {"refresh_token"}, "client_id": {fake.ClientID}, "client_secret": {fake.ClientSecret},
		"refresh_token": {fake.RefreshToken},
	}
	for range 2 {
		req, err := http.NewRequestWithContext(context.Background(), http.MethodPost, fake.URL+"/oauth/v2/token", strings.NewReader(form.Encode()))
		if err != nil {
			log.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		answer, err := http.DefaultClient.Do(req)
		if err != nil {
			log.Fatal(err)
		}
		var token struct {
			AccessToken string `json:"access_token"`
			Error       string `json:"error"`
		}
		if err := json.NewDecoder(answer.Body).Decode(&token); err != nil {
			log.Fatal(err)
		}
		answer.Body.Close()
		fmt.Printf("%d %t %q\n", answer.StatusCode, token.AccessToken != "", token.Error)
	}
	// Output:
	// 200 true ""
	// 200 false "Access Denied"
}

// A client has to check the domain, not to follow it.
func ExampleWithAPIDomain() {
	fake := usergroupstest.NewServer(usergroupstest.WithAPIDomain("https://www.zohoapis.eu"))
	defer fake.Close()
	login := usergroups.OAuthConfig{ClientID: fake.ClientID, ClientSecret: fake.ClientSecret, AccountsURL: fake.URL}

	token, err := login.Exchange(context.Background(), fake.IssueCode())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(token.APIDomain)
	// Output: https://www.zohoapis.eu
}

func ExampleServer_Now() {
	fake := usergroupstest.NewServer()
	defer fake.Close()

	before := fake.Now()
	fake.Advance(24 * time.Hour)
	fmt.Println(fake.Now().Sub(before).Round(time.Hour))
	// Output: 24h0m0s
}

// The vendor takes a request's parameters in the URL as well. The fake does so
// only when it is told to, because secrets in a URL end up in logs.
func ExampleWithLenientTokenEndpoint() {
	for _, opts := range [][]usergroupstest.Option{nil, {usergroupstest.WithLenientTokenEndpoint()}} {
		fake := usergroupstest.NewServer(opts...)
		query := url.Values{
			"grant_type": {"refresh_token"}, "client_id": {fake.ClientID}, "client_secret": {fake.ClientSecret},
			"refresh_token": {fake.RefreshToken},
		}
		req, err := http.NewRequestWithContext(context.Background(), http.MethodPost, fake.URL+"/oauth/v2/token?"+query.Encode(), http.NoBody)
		if err != nil {
			log.Fatal(err)
		}
		answer, err := http.DefaultClient.Do(req)
		if err != nil {
			log.Fatal(err)
		}
		var token struct{ Error string }
		if err := json.NewDecoder(answer.Body).Decode(&token); err != nil {
			log.Fatal(err)
		}
		answer.Body.Close()
		fmt.Printf("%q %d token\n", token.Error, fake.TokensIssued())
		fake.Close()
	}
	// Output:
	// "unsupported_grant_type" 0 token
	// "" 1 token
}
