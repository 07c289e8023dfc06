package usergroups_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"time"

	"golang.org/x/oauth2"

	"github.com/usergroups-go/usergroups"
	"github.com/usergroups-go/usergroups/usergroupstest"
)

func ExampleWithRefreshToken() {
	fake := usergroupstest.NewServer() // in its place, Zoho
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

	for range 3 {
		if _, err := client.UserGroups.List(context.Background(), usergroups.ListUserGroupsOptions{}); err != nil {
			log.Fatal(err)
		}
	}
	fmt.Println("access tokens asked for:", fake.Refreshes())
	// Output: access tokens asked for: 1
}

func ExampleWithAccessToken() {
	fake := usergroupstest.NewServer()
	defer fake.Close()

	client, err := usergroups.NewClient(
		usergroups.WithBaseURL(fake.URL),
		usergroups.WithAccessToken(fake.IssueToken()), // from elsewhere; it will not be replaced
	)
	if err != nil {
		log.Fatal(err)
	}
	defer client.CloseIdleConnections()

	fake.ExpireTokens() // an hour later
	_, err = client.UserGroups.List(context.Background(), usergroups.ListUserGroupsOptions{})
	fmt.Println(errors.Is(err, usergroups.ErrUnauthorized))
	// Output: true
}

// A program that has an oauth2.TokenSource already can go on using it.
func ExampleFromOAuth2() {
	fake := usergroupstest.NewServer()
	defer fake.Close()

	source := oauth2.StaticTokenSource(&oauth2.Token{AccessToken: fake.IssueToken()})
	client, err := usergroups.NewClient(
		usergroups.WithBaseURL(fake.URL),
		usergroups.WithTokenSource(usergroups.FromOAuth2(source)),
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

func ExampleNewMemoryTokenStore() {
	fake := usergroupstest.NewServer()
	defer fake.Close()
	token := usergroups.RefreshToken{
		ClientID: fake.ClientID, ClientSecret: fake.ClientSecret, RefreshToken: fake.RefreshToken,
	}

	// Two clients of one organisation, with API versions of their own, use the
	// same access token.
	store := usergroups.NewMemoryTokenStore()
	for _, version := range []string{"v7", "v8"} {
		client, err := usergroups.NewClient(
			usergroups.WithBaseURL(fake.URL),
			usergroups.WithAccountsURL(fake.URL),
			usergroups.WithRefreshToken(token),
			usergroups.WithTokenStore(store),
			usergroups.WithAPIVersion(version),
		)
		if err != nil {
			log.Fatal(err)
		}
		if _, err := client.UserGroups.List(context.Background(), usergroups.ListUserGroupsOptions{}); err != nil {
			log.Fatal(err)
		}
		client.CloseIdleConnections()
	}
	fmt.Println("access tokens asked for:", fake.Refreshes())
	// Output: access tokens asked for: 1
}

// A secret that gets into a log by mistake is not seen there.
func ExampleRefreshToken() {
	token := usergroups.RefreshToken{ClientID: "1000.EXAMPLE", ClientSecret: "secret", RefreshToken: "1000.refresh"}

	fmt.Printf("%+v\n", token)
	text, err := json.Marshal(map[string]any{"token": token})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(string(text))
	fmt.Println(token.LogValue()) // for log/slog
	// Output:
	// RefreshToken(1000.EXAMPLE)
	// {"token":"RefreshToken(1000.EXAMPLE)"}
	// RefreshToken(1000.EXAMPLE)
}

// A secret that gets into a log by mistake is not seen there.
func ExampleToken() {
	token := usergroups.Token{
		AccessToken: "1000.access",
		Expiry:      time.Date(2024, time.May, 2, 16, 5, 0, 0, time.UTC),
	}

	fmt.Printf("%+v\n", token)
	text, err := json.Marshal(map[string]any{"token": token})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(string(text))
	fmt.Println(token.LogValue()) // for log/slog
	// Output:
	// Token(expires 2024-05-02T16:05:00Z)
	// {"token":"Token(expires 2024-05-02T16:05:00Z)"}
	// Token(expires 2024-05-02T16:05:00Z)
}

func ExampleToken_Equal() {
	old := usergroups.Token{AccessToken: "1000.access", Expiry: time.Now()}
	unchanged := old
	replaced := usergroups.Token{AccessToken: "1000.another", Expiry: time.Now().Add(time.Hour)}

	// A TokenStore writes only what has changed.
	fmt.Println(unchanged.Equal(old), replaced.Equal(old))
	// Output: true false
}

// A TokenStore keeps the bytes, and guards them: they hold the secrets.
func ExampleToken_MarshalBinary() {
	token := usergroups.Token{AccessToken: "1000.access", Expiry: time.Now().Add(time.Hour)}
	kept, err := token.MarshalBinary()
	if err != nil {
		log.Fatal(err)
	}

	var loaded usergroups.Token
	if err := loaded.UnmarshalBinary(kept); err != nil {
		log.Fatal(err)
	}
	fmt.Println(loaded.AccessToken == token.AccessToken, loaded.Expiry.Equal(token.Expiry))
	// Output: true true
}

// A secret that gets into a log by mistake is not seen there.
func ExampleOAuthConfig() {
	config := usergroups.OAuthConfig{ClientID: "1000.EXAMPLE", ClientSecret: "secret"}

	fmt.Printf("%+v\n", config)
	text, err := json.Marshal(map[string]any{"config": config})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(string(text))
	fmt.Println(config.LogValue()) // for log/slog
	// Output:
	// OAuthConfig(1000.EXAMPLE)
	// {"config":"OAuthConfig(1000.EXAMPLE)"}
	// OAuthConfig(1000.EXAMPLE)
}

func ExampleOAuthConfig_ConsentURL() {
	config := usergroups.OAuthConfig{
		ClientID:    "1000.EXAMPLE",
		RedirectURL: "https://example.com/callback",
		Scopes:      usergroups.Scopes(usergroups.OpUserGroupsList),
		DataCenter:  usergroups.DataCenterEU,
	}
	url, err := config.ConsentURL("a-random-state") // crypto/rand.Text(), kept in the user's session
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(url)
	// Output: https://accounts.zoho.eu/oauth/v2/auth?access_type=offline&client_id=1000.EXAMPLE&prompt=consent&redirect_uri=https%3A%2F%2Fexample.com%2Fcallback&response_type=code&scope=ZohoCRM.settings.user_groups.READ&state=a-random-state
}

func ExampleOAuthConfig_Exchange() {
	fake := usergroupstest.NewServer()
	defer fake.Close()
	config := usergroups.OAuthConfig{
		ClientID:     fake.ClientID,
		ClientSecret: fake.ClientSecret,
		AccountsURL:  fake.URL,
	}

	code := fake.IssueCode() // from the console, or from the query of the request to RedirectURL
	token, err := config.Exchange(context.Background(), code)
	if errors.Is(err, usergroups.ErrUnauthorized) {
		log.Fatal("the code is used or too old: send the user to the consent page again")
	}
	if err != nil {
		log.Fatal(err)
	}
	credentials := usergroups.RefreshToken{
		ClientID: config.ClientID, ClientSecret: config.ClientSecret,
		RefreshToken: token.RefreshToken, // keep it: it is sent once
	}
	fmt.Println("a refresh token:", credentials.RefreshToken != "")
	_, err = config.Exchange(context.Background(), code)
	fmt.Println("it works once:", errors.Is(err, usergroups.ErrUnauthorized))
	// Output:
	// a refresh token: true
	// it works once: true
}

func ExampleOAuthConfig_Revoke() {
	fake := usergroupstest.NewServer()
	defer fake.Close()
	config := usergroups.OAuthConfig{AccountsURL: fake.URL}

	ctx := context.Background()
	if err := config.Revoke(ctx, fake.RefreshToken); err != nil {
		log.Fatal(err)
	}
	err := config.Revoke(ctx, fake.RefreshToken)
	refused := errors.Is(err, usergroups.ErrBadRequest) || errors.Is(err, usergroups.ErrUnauthorized)
	fmt.Println("there is no such token any more:", refused)
	// Output: there is no such token any more: true
}
