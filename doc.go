// Package usergroups is a client for the user-groups API of Zoho CRM: who is in
// which group, and changing that.
//
// # Getting started
//
//	client, err := usergroups.NewClientFromEnv()
//	…
//	for group, err := range client.UserGroups.All(ctx, usergroups.ListUserGroupsOptions{}) {
//		if err != nil {
//			return err
//		}
//		fmt.Println(group.Name)
//	}
//
// Every operation is a method of a service ([Client.UserGroups], [Client.Users]):
// List… returns one page, All… an iterator, Get, Create and Delete what their
// names say. What has no method yet can be called by [Client.Do]. The table in
// operations.go is the map of the wire: paths, scopes, versions, what is repeated.
//
// # Authentication
//
// A program needs a client id and secret from Zoho's API console and a refresh
// token of a user, and gives them to [WithRefreshToken] or, in the environment,
// to [NewClientFromEnv]. [Scopes] lists what the user has to grant for the
// operations that the program uses. [OAuthConfig] makes the consent page's URL,
// exchanges its code and revokes.
//
// Access tokens are asked for when they are needed: one request for all calls
// that wait, and 60 s before the old one expires (or 10 % of its life, if that is
// less) without anybody waiting. A token that the API refuses as INVALID_TOKEN is
// replaced once, and the call repeated; the next forced refresh is at least 60 s
// later. A refusal of the accounts server, or an answer of its that is no token,
// is remembered for 10 s, its "Access Denied", which means too many tokens in 10
// minutes, for 60 s: Zoho issues 10 per refresh token in that time. Clients that
// share a [TokenStore] share all of this.
//
// A token request may take 15 s and is sent up to 3 times, when it was not
// answered or answered 5xx; the options for retries and timeouts, and [NoRetry],
// do not change that.
//
// Data centre and environment are set by [WithDataCenter] and [WithEnvironment];
// a token that belongs to another data centre is refused with an error that names
// the right one.
//
// # Errors
//
// Every failed call returns an [*Error]. Its kind is asked for with errors.Is:
// [ErrNotFound], [ErrDuplicate], [ErrForbidden], [ErrRateLimited] and the others;
// its fields with errors.As. An object that is not there is always an error,
// never nil and nil; an empty list never is one. The error of the caller's
// context stays visible to errors.Is. After [ErrOutcomeUnknown] nobody knows
// whether a write was done: look before repeating it.
//
// # Iterating
//
// The methods All… return iterators. Nothing is sent before the range statement,
// and nothing after it is left; ranging again starts again. An error comes once,
// as the last thing. The end is what the server says it is: more_records false
// or absent, or a 204. Empty pages in between are passed over, up to 100 in a
// row; a page that was not asked for or that repeats the one before is an
// [ErrUnexpectedResponse]. [Collect] makes a slice.
//
// Pages are requests of their own. When groups come or go meanwhile, one can be
// seen twice or not at all.
//
// # Retries
//
// Up to 3, set by [WithMaxRetries], by what the operation allows:
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
// The waits are 0.5 s, doubled each time, half of it random, at most 30 s
// ([WithRetryWait]). A wait that the server asks for is obeyed up to 120 s
// ([WithMaxServerWait]) and the context's deadline; for a longer one the answer
// is returned at once, with [Error.RetryAfter] set. A 429 makes all calls of the
// client wait, up to 10 minutes; those that would wait for more than 120 s or
// their deadline get [ErrRateLimited] at once. An attempt may take 30 s ([WithAttemptTimeout]), not counting the
// wait for a free slot or a token; the whole call, as long as its context. These
// rules may get better: a change of them is not a breaking one.
//
// Redirects are never followed.
//
// # Concurrency
//
// A [Client] is safe for concurrent use. At most 5 requests are under way at a
// time ([WithMaxConcurrent]); further calls wait. An answer may have 32 MiB.
//
// # Secrets
//
// Tokens and secrets go to the configured hosts only and are masked in errors,
// logs and events, also where a server repeats them.
//
// # Testing
//
// Package usergroupstest is a fake of the API over real HTTP, with state, paging
// and faults to order, for the tests of programs that use this package.
package usergroups
