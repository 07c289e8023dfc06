package usergroupstest_test

import (
	"context"
	"fmt"
	"io"
	"log"
	"net/http"
	"strings"
	"time"

	"github.com/usergroups-go/usergroups"
	"github.com/usergroups-go/usergroups/usergroupstest"
)

// A program in any language, or with any client, can be tried on the fake.
func Example() {
	zoho := usergroupstest.NewServer()
	defer zoho.Close()

	// Here stands the program under test. It gets zoho.URL in place of
	// Zoho's two hosts, and either a token or the three credentials.
	url := zoho.URL + "/crm/v8/settings/user_groups/actions/associated_users_count?per_page=1"
	req, err := http.NewRequestWithContext(context.Background(), http.MethodGet, url, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	req.Header.Set("Authorization", "Zoho-oauthtoken "+zoho.IssueToken())
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		fmt.Println(err)
		return
	}

	fmt.Println(string(body))
	fmt.Println(zoho.Count("GET /settings/user_groups/actions/associated_users_count"), "request")
	// Output:
	// {"associated_users_count":[{"user_group":{"name":"Leadership","id":"5550000000004001"},"count":3}],"info":{"per_page":1,"count":1,"page":1,"more_records":true}}
	// 1 request
}

// connect returns a client of the fake, as ExampleNewServer makes one.
func connect(fake *usergroupstest.Server) *usergroups.Client {
	client, err := usergroups.NewClient(
		usergroups.WithBaseURL(fake.URL),
		usergroups.WithAccountsURL(fake.URL),
		usergroups.WithRefreshToken(usergroups.RefreshToken{
			ClientID: fake.ClientID, ClientSecret: fake.ClientSecret, RefreshToken: fake.RefreshToken,
		}),
		usergroups.WithMaxRetries(0),
	)
	if err != nil {
		log.Fatal(err)
	}
	return client
}

func ExampleNewServer() {
	fake := usergroupstest.NewServer()
	defer fake.Close()

	client, err := usergroups.NewClient(
		usergroups.WithBaseURL(fake.URL),
		usergroups.WithAccountsURL(fake.URL),
		usergroups.WithRefreshToken(usergroups.RefreshToken{
			ClientID: fake.ClientID, ClientSecret: fake.ClientSecret, RefreshToken: fake.RefreshToken,
		}),
	)
	if err != nil {
		log.Fatal(err)
	}
	defer client.CloseIdleConnections()

	page, err := client.UserGroups.List(context.Background(), usergroups.ListUserGroupsOptions{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(page.Items), "groups")
	// Output: 6 groups
}

func ExampleServer_Close() {
	fake := usergroupstest.NewServer()
	client := connect(fake)
	fake.Close() // in a test: t.Cleanup(fake.Close)

	_, err := client.UserGroups.List(context.Background(), usergroups.ListUserGroupsOptions{})
	fmt.Println("nobody answers:", err != nil)
	// Output: nobody answers: true
}

// A test of a login needs no browser: accepting is one POST to the page's own
// address.
func ExampleServer_consent() {
	zoho := usergroupstest.NewServer()
	defer zoho.Close()
	login := usergroups.OAuthConfig{
		ClientID: zoho.ClientID, ClientSecret: zoho.ClientSecret, AccountsURL: zoho.URL,
		RedirectURL: "https://app.example/callback",
		Scopes:      usergroups.Scopes(usergroups.OpUserGroupsList),
	}
	page, err := login.ConsentURL("unpredictable")
	if err != nil {
		log.Fatal(err)
	}

	// The user, who would be led on to the RedirectURL.
	req, err := http.NewRequestWithContext(context.Background(), http.MethodPost, page, strings.NewReader("decision=accept"))
	if err != nil {
		log.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, err := http.DefaultTransport.RoundTrip(req) // follows no redirects
	if err != nil {
		log.Fatal(err)
	}
	defer res.Body.Close()
	back, err := res.Location()
	if err != nil {
		log.Fatal(err)
	}

	// The program, when it is called there.
	token, err := login.Exchange(context.Background(), back.Query().Get("code"))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(back.Host, back.Query().Get("state"), back.Query().Get("location"))
	fmt.Println("a refresh token:", token.RefreshToken != "")
	// Output:
	// app.example unpredictable us
	// a refresh token: true
}

func ExampleServer_Advance() {
	zoho := usergroupstest.NewServer()
	defer zoho.Close()
	client, err := usergroups.NewClient(
		usergroups.WithBaseURL(zoho.URL),
		usergroups.WithAccountsURL(zoho.URL),
		usergroups.WithRefreshToken(usergroups.RefreshToken{
			ClientID: zoho.ClientID, ClientSecret: zoho.ClientSecret, RefreshToken: zoho.RefreshToken,
		}),
	)
	if err != nil {
		log.Fatal(err)
	}

	for range 2 {
		page, err := client.UserGroups.List(context.Background(), usergroups.ListUserGroupsOptions{})
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(len(page.Items), "groups,", zoho.Refreshes(), "refreshes")
		zoho.Advance(time.Hour) // the token is over, and the client does not know
	}
	// Output:
	// 6 groups, 1 refreshes
	// 6 groups, 2 refreshes
}
