// Package usergroupstest is a fake Zoho CRM for tests: the user-groups API, the
// users beside it and the accounts server, over real HTTP on loopback, with
// state.
//
// A group that was created can be listed, counted, changed and deleted; a token
// that was refreshed can expire, be revoked or be refused. Nothing of it needs
// a *testing.T, so that it serves a quickstart or a benchmark as well as a test:
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
// Codes work once, those of the page for 2 minutes, those of IssueCode for 3; an
// access token lives for an hour; a refresh token brings 10 of them in 10
// minutes, and has 15 alive; 20 refresh tokens live at once. [WithTokenLifetime],
// [WithTokenLimit], [WithTokenLimitStatus], [WithScopes], [WithExpiresIn],
// [WithAPIDomain], [WithRedirectURIs] and [WithLenientTokenEndpoint] change what
// can be changed.
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
// [Server.Inject] makes requests fail:
//
//	FaultStatus  FaultHTML  FaultRedirect               another answer
//	FaultReset  FaultSilence  FaultGarbage              no answer
//	FaultCutBody  FaultShortLength  FaultBrokenGzip     half of the real answer
//	FaultSlowBody  FaultHugeBody                        too slow, too long
//	FaultClose  FaultStaleConnection                    the connection ends after it
//	FaultHTTP10  FaultInformational                     unusual, and no trouble
//
// [Server.ExpireTokens], [Server.RevokeRefreshToken] and [Server.RejectTokens]
// make trouble with tokens, [Server.DenyPermission] and
// [Server.DeactivateUser] with what their user may do. The vendor's limits
// for calls are off until [WithConcurrencyLimit] or [WithDailyCredits] sets
// them; those for tokens are on.
//
// # What was asked
//
// [Server.Requests] is the log of every request; [Server.Count],
// [Server.Refreshes] and [Server.MaxInFlight] answer the usual questions. The log
// grows for as long as the server runs, unless [WithLogLimit] limits it.
//
// # Running it alone
//
// The command in cmd/fakezoho serves until it is interrupted, for programs in
// any language, and prints requests to begin with:
//
//	go run ./usergroupstest/cmd/fakezoho -addr 127.0.0.1:8080
//
// Scripts and containers build it first with go build: go run does not pass a
// SIGTERM on.
//
// A program of your own does the same with [Start], [WithAddr],
// [WithCredentials] and [Server.Shutdown].
//
// # How true it is
//
// The fake was built from the vendor's published contract, and knows nothing
// of any client. Where the contract is silent or contradicts itself, the fake
// takes one reading, and another one when it is told to: by the field of
// [Guesses] that stands in this table, or by an option.
//
//	what the contract leaves open            default               otherwise
//	an id that nobody has                    204 (see there)       UnknownID: 204, 400, 404
//	where token requests have parameters     in the body           WithLenientTokenEndpoint
//	status of "Access Denied"                400                   WithTokenLimitStatus
//	refreshing while it is said              does not lengthen it
//	Bearer as the scheme of calls            INVALID_TOKEN
//	the form of expires_in                   seconds               WithExpiresIn
//	what is wrong with a consent             a page, status 400
//	a page after the last one                204                   PageBeyondEnd: empty list, 400
//	what info.count says; nulls in info      records on the page   Info: always 1, nulls
//	a limit of 2000 records, as of modules   none                  PageLimit
//	the order of groups                      of creation           NewestFirst
//	which groups a user is associated with   all that reach them   DirectGroups
//	how the name parameter is compared       equal                 NameMatch: starts with, contains
//	letter case in name and filters          counts                IgnoreCase
//	or, equal, description on the list       taken                 Filters: no or, as documented
//	field names in filters of v6             user_group.name       PlainFieldsInV6
//	more than 250 characters                 taken                 EnforceLengths
//	include: which, and how many at once     both, with a comma    Include: one, sources_count only
//	include on a single group                taken                 GetIgnoresInclude
//	sources that were not asked for          not sent              SourcesAlways
//	the form of timestamps                   two digits, +05:30    Times: one-digit hour, Z
//	users without a type                     AllUsers
//	whether AllUsers has the deleted         no                    AllUsersWithDeleted
//	If-Modified-Since, some were modified    these users           AllWhenOneModified: all
//	the count of users                       a number              CountAsText
//	the details of an association            details               DetailKey: detail
//	what members are counted by              status
//	users in sources_count                   a number              DetailedSourcesCount
//	zeros in the count of a group's sources  are there             SourcesCountOmitsZeros
//	inactive and deleted users as sources    listed                UnlistedUsers
//	unique names that differ in letter case  the same              CaseSensitiveNames
//	groups as a source of a group            taken                 RefuseGroupSources
//	groups in one POST                       1, from v9 on 10      ItemsPerCreate
//	groups in the organisation               no limit              MaxGroups
//	status of a write that half succeeds     207                   MixedStatus: 200, 201, 400
//	sources in a PUT                         merged, with _delete  Put: only new ones, replaced (three ways)
//	no sources in a PUT                      refused               EmptySources
//	the two flags of a territory             two                   OneTerritoryFlag
//	what is listed right after a PUT         the new sources       StaleSources: those before
//	groups in one PUT without an id          100                   ItemsPerUpdate
//	deleting what another group is made of   done                  RefuseUsedDeletion
//	DELETE                                   done at once          ScheduledDeletion
//	status of a scheduled deletion           scheduled             ScheduledIsSuccess
//	deletion jobs                            can be asked for      NoDeletionJobs
//	states of a deletion job                 in_progress, completed
//	the key of that state                    Status                LowerCaseJobStatus: status
//	code and wait of 429                     TOO_MANY_REQUESTS     WithTooManyRequests
//	details of errors without any            {}                    EmptyDetails: null, no key
//	details of OAUTH_SCOPE_MISMATCH          {}                    ScopeMismatch: method and url, no key
//	a users scope for the groups of a user   needed                GroupsScopeOnly
//	code of a refused token                  INVALID_TOKEN         AuthenticationFailure
//	permissions of NO_PERMISSION             a text                PermissionList
//	resource_path_index of a user            1                     UserPathIndex: 2
//	code of 404                              INVALID_URL_PATTERN   URLRuleNotConfigured
//	a wrong method                           400                   MethodNotAllowed: 405
//
// Smaller guesses stand where they are made. A program that passes here has
// still to be tried once against a live organisation.
package usergroupstest
