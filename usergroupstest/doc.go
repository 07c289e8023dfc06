// Package usergroupstest is a fake Zoho CRM for tests: the user-groups API and
// the accounts server, over real HTTP on loopback, with state.
//
// A group that was created can be listed, counted and deleted; a token that
// was refreshed can expire, be revoked or be refused. Nothing of it needs a
// *testing.T, so that it serves a quickstart or a benchmark as well as a test:
//
//	fake := usergroupstest.NewServer()
//	defer fake.Close()
//	client, err := usergroups.NewClient(
//		usergroups.WithBaseURL(fake.URL),
//		usergroups.WithAccountsURL(fake.URL),
//		usergroups.WithRefreshToken(usergroups.RefreshToken{
//			ClientID: fake.ClientID, ClientSecret: fake.ClientSecret, RefreshToken: fake.RefreshToken,
//		}),
//	)
//
// or, without OAuth, WithBaseURL(fake.URL) and WithAccessToken(fake.IssueToken()).
// Programs in other languages are pointed at the same URL.
//
// # OAuth
//
// The credentials of the server are one registered client and one refresh token.
// More refresh tokens come from codes: [Server.IssueCode] gives one as the API
// console does, and URL/oauth/v2/auth is a page where a user accepts or rejects
// what a client asks for, and is sent back to it. A test does without the page
// and posts decision=accept to its address.
//
// Codes work once and for 2 minutes; an access token lives for an hour; a refresh
// token brings 10 of them in 10 minutes, and has 15 alive; 20 refresh tokens live
// at once. [WithTokenLifetime], [WithTokenLimit], [WithThrottleStatus],
// [WithScopes], [WithExpiresIn], [WithAPIDomain] and [WithRedirectURIs] change
// what can be changed.
//
// # Time
//
// The server has a clock of its own, which [Server.Advance] moves forwards:
// nobody has to wait for a token to expire or for a limit to pass. Latency and
// silence are in real time.
//
// # Seeding
//
// [NewServer] starts with the people and groups of [SampleOrg]. [WithOrg]
// starts with others; [Server.AddUser], [Server.AddRole],
// [Server.AddTerritory] and [Server.AddGroup] add to them, or replace them, at
// any time. [Server.Group] and [Server.Groups] read the state back.
//
// # Trouble
//
// [Server.Inject] makes requests fail: an error status, a reset connection, a
// body that breaks off, an HTML page, silence. [Server.ExpireTokens],
// [Server.RevokeRefreshToken] and [Server.RejectTokens] do it to tokens.
//
// # What was asked
//
// [Server.Requests] is the log of every request; [Server.Count],
// [Server.Refreshes] and [Server.MaxInFlight] answer the usual questions.
//
// # Running it alone
//
// The command in cmd/fakezoho serves until it is interrupted, for programs in
// any language, and prints requests to begin with:
//
//	go run ./usergroupstest/cmd/fakezoho -addr 127.0.0.1:8080
//
// A program of your own does the same with [Start], [WithAddr],
// [WithCredentials] and [Server.Shutdown].
//
// # How true it is
//
// The fake was built from the vendor's published contract, and knows nothing
// of any client. Where the contract is silent or contradicts itself, the fake
// takes one reading. The guesses that programs meet most: names are unique
// whatever their letter case, but filters and the name parameter compare exactly;
// an unknown group is 204, an unknown user 400; a page past the end is 204; what is
// wrong with a consent is told on a page with status 400. A program that passes here has still to be tried once against a live
// organisation.
package usergroupstest
