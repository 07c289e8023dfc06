// Package usergroups is a client for the user-groups API of Zoho CRM: who is in
// which group, and changing that.
//
// # Getting started
//
// This prints the name of every group. The credentials come from the environment,
// see [NewClientFromEnv]:
//
//	client, err := usergroups.NewClientFromEnv()
//	if err != nil {
//		return err
//	}
//	for group, err := range client.UserGroups.All(ctx, usergroups.ListUserGroupsOptions{}) {
//		if err != nil {
//			return err
//		}
//		fmt.Println(group.Name)
//	}
//
// Make one [Client] for each organisation and keep it. Every operation is a
// method of a service, [Client.UserGroups] or [Client.Users]:
//
//   - List… returns one page;
//   - All… returns an iterator over the items of all pages;
//   - Get, Create, Update and Delete do what their names say;
//   - GetByName and FindByEmail look for one that is called so.
//
// Each takes a context first and any number of [CallOption] last: [WithResponse]
// to see the answer as it came, [WithHeader], [NoRetry]. What has no method yet
// can be called by [Client.Do]. The table in operations.go is the map of the wire:
// paths, scopes, versions, what is repeated.
//
// # Authentication
//
// A program needs a client id and a client secret from Zoho's API console, and a
// refresh token, by which a user lets it act for them. It gives all three to
// [WithRefreshToken] or, in the environment, to [NewClientFromEnv]. The client
// gets its access tokens by them.
//
//   - [Scopes] lists what the user has to grant for the operations that the
//     program uses.
//   - [OAuthConfig] makes the URL of the page where the user grants it, exchanges
//     the code that comes back for a refresh token, and revokes one.
//   - [WithAccessToken], [WithTokenSource] and [FromOAuth2] are for tokens from
//     elsewhere.
//   - [WithDataCenter] and [WithEnvironment] say where the organisation is kept.
//     A token that belongs to another data centre is refused with an error that
//     names the right one.
//
// Zoho issues 10 access tokens per refresh token in 10 minutes, so they are asked
// for rarely: by one request for all calls that wait, and 60 s before the old one
// expires (10 % of its life, if that is less) without anybody waiting. A token
// that the API refuses as INVALID_TOKEN is replaced once, and the call repeated;
// the next such replacement is at least 60 s later.
//
// When the accounts server refuses to issue a token, or answers something that is
// none, it is not asked again for 10 s. After its "Access Denied", which means too
// many tokens, it is not asked again for 60 s, or longer if it says so (up to 10
// minutes). Until then the calls that need a token fail with the same error.
// Clients that share a [TokenStore] share all of this: those of one program by
// [NewMemoryTokenStore], those of several processes by [NewFileTokenStore].
//
// A token request may take 15 s. It is sent up to 3 times when it was not answered
// or answered 5xx; then all who waited for it fail with [ErrUnavailable], and who
// comes later asks again. The options for retries and timeouts, and [NoRetry], do not
// change that.
//
// # Filtering
//
// The Filters of a list are [Criteria], built by [Equal], [StartsWith],
// [Contains], [Compare], [And] and [Or], or written by hand as [RawCriteria].
// Values may be any text: they are encoded. Which comparators the API documents
// differs from list to list, see [ListUserGroupsOptions] and
// [ListAssociatedUsersCountsOptions].
//
// # Changing groups
//
// A group is made of sources: users, roles, territories and other groups, see
// [Source]. [UserGroupsService.Create] makes a group, and
// [UserGroupsService.Delete] deletes one, at once or by a job. The name of a group
// is unique in the organisation.
//
// Who is in a group is changed by [UserGroupsService.SetSources],
// [UserGroupsService.AddSources], [UserGroupsService.RemoveSources] and
// [UserGroupsService.ClearSources]. They are made for an API of which it is not certain
// whether an update merges the sources that it has with those that are there, or
// replaces them: Zoho's documents say both. [WithDryRun] shows what they would do.
// [UserGroupsService.Update] is the bare request, for names and descriptions.
//
// # Errors
//
// Every failed call returns an [*Error]. Its kind is asked for with errors.Is:
// [ErrNotFound], [ErrDuplicate], [ErrForbidden], [ErrRateLimited] and the others;
// its fields with errors.As. The comment of a method names the kinds that have a
// meaning of their own there. The others can come from any call.
//
// An object that is not there is always an error, never nil and nil; an empty list
// never is one. The error of the caller's context stays visible to errors.Is.
// After [ErrOutcomeUnknown] nobody knows whether a write was done: look before
// repeating it.
//
// When some items of [UserGroupsService.UpdateMany] fail, the error is an
// [*ActionsError], in which errors.Is and errors.As find those of the items.
//
// # Iterating
//
// The methods All… return iterators. Nothing is sent before the range statement,
// and nothing after it is left; ranging again starts again. An error comes once,
// as the last thing. [Collect] makes a slice.
//
// The end is what the server says it is: more_records false or absent, or a 204.
// Empty pages in between are passed over; the 100th in a row, a page that was not
// asked for and one that repeats the page before are [ErrUnexpectedResponse].
//
// Pages are requests of their own. When groups come or go meanwhile, one can be
// seen twice or not at all.
//
// # Retries
//
// A request is sent again up to 3 times ([WithMaxRetries]), if its outcome and the
// operation allow that. Create, Update, UpdateMany and Delete are writes, all others
// reads; SetSources and the like are made of both.
// For [Client.Do] a GET is a read, and what is [Request.Repeatable] counts as one.
//
//	outcome                                                         reads                    writes
//	nothing was sent: connect refused or timed out                  retry                    retry
//	no such host, certificate refused                               no                       no
//	connection lost, attempt timed out, fewer bytes than announced  retry                    no: ErrOutcomeUnknown
//	429                                                             retry                    retry (refused before work)
//	500, 502, 503, 504                                              retry                    no: ErrOutcomeUnknown
//	whole body that is not the JSON expected                        no                       no: ErrOutcomeUnknown on 2xx
//	other answers, refused token, context done                      no                       no
//	401 INVALID_TOKEN                                               one refresh, one repeat  same
//
// The waits in between are 0.5 s, doubled each time, half of it random, at most
// 30 s ([WithRetryWait]). A wait that the server asks for is obeyed up to 120 s
// ([WithMaxServerWait]) and the context's deadline; for a longer one the answer is
// returned at once, with [Error.RetryAfter] set. A 429 makes all calls of the
// client wait, up to 10 minutes; those that would wait for more than 120 s or
// their deadline get [ErrRateLimited] at once.
//
// An attempt may take 30 s ([WithAttemptTimeout]), not counting the wait for a
// free slot or a token; the whole call, as long as its context.
//
// Redirects are never followed. These rules may get better: a change of them is
// not a breaking one.
//
// # Concurrency
//
// A [Client] is safe for concurrent use. At most 5 requests are under way at a
// time ([WithMaxConcurrent]); further calls wait. An answer may have 32 MiB.
//
// # Watching
//
// [WithLogger] logs every attempt, wait and refresh. [WithObserver] hands them to a
// function as [Event], for metrics. [WithResponse] shows the answer of one call,
// and how many API credits are left.
//
// # Secrets
//
// Tokens and secrets go to the configured hosts only and are masked in errors,
// logs and events, also where a server repeats them.
//
// # Versions
//
// The client speaks version 8 of the API. [WithAPIVersion] chooses 6, 7 or a later
// one, which has not been tried. What 6 and 7 lack is refused as
// [ErrInvalidArgument], before anything is sent.
//
// Where Zoho's documents are silent or contradict each other, the comment of the
// method or field says so. README lists what is unverified.
//
// # Testing
//
// Package usergroupstest is a fake of the API over real HTTP, with state, paging
// and faults to order, for the tests of programs that use this package.
package usergroups
