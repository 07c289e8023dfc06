// Package tulip is a client for the users API of Tulip, the platform for frontline
// operations of Tulip Interfaces (tulip.co): who is in which user group, and who has
// which role. The API reads; it cannot change any of it.
//
// It is made like package usergroups, on the same ground: whoever knows one knows the
// other. Errors of both have the same kinds.
//
// # Getting started
//
// This prints the name of every group. Address and credentials come from the
// environment, see [NewClientFromEnv]:
//
//	client, err := tulip.NewClientFromEnv()
//	if err != nil {
//		return err
//	}
//	for group, err := range client.UserGroups.All(ctx, tulip.ListUserGroupsOptions{}) {
//		if err != nil {
//			return err
//		}
//		fmt.Println(group.Name)
//	}
//
// Make one [Client] for each instance and keep it. Every operation is a method of a
// service, [Client.UserGroups], [Client.Users] or [Client.Roles]:
//
//   - List… returns one page;
//   - All… returns an iterator over the items of all pages;
//   - Get returns one object;
//   - MembersOf and GroupsOf follow the ids of memberships to the users and groups.
//
// Each takes a context first and any number of [CallOption] last: [WithResponse]
// to see the answer as it came, [WithHeader], [NoRetry]. What has no method can be called
// by [Client.Do]. The table in operations.go is the map of the wire.
//
// # Authentication
//
// A program needs an API token, made in the account's settings, under API Tokens, with the
// scope users:read; [Scopes] says so of every operation. It gives its key and secret to
// [WithAPIToken], or the Auth Header that is shown beside them to [WithAuthHeader].
//
// They are sent to the instance that [NewClient] was given and to nobody else, by https
// alone, but for this machine (see [WithInsecureHTTP]).
//
// # Filtering
//
// The filter of a list can say what its endpoint documents: [IDs] for groups and
// memberships, [IsCustom] for roles, and for users [UserIDs], [BadgeIDs], [GlobalRoles],
// [WorkspaceRoles] and others, combined by [Or]. There is no "and". Values may be any
// text: they cannot end the literal that they stand in. [RawUserFilter] is for what the
// builder cannot say.
//
// # Errors
//
// Every failed call returns an [*Error]. Its kind is asked for with errors.Is:
// [ErrNotFound], [ErrForbidden], [ErrRateLimited] and the others; its fields with
// errors.As. The comment of a method names the kinds that have a meaning of their own
// there. The others can come from any call.
//
// An object that is not there is always an error, never nil and nil; an empty list
// never is one. The error of the caller's context stays visible to errors.Is.
//
// # Iterating
//
// The methods All…, MembersOf and GroupsOf return iterators. Nothing is sent before the
// range statement, and nothing after it is left; ranging again starts again. An error
// comes once, as the last thing. [Collect] makes a slice. Each item comes once: the ids of
// all of them are kept until the loop is left.
//
// They ask for 100 items at a time, unless the options say otherwise. Which limit is the
// highest is not documented: if the first page is answered 400, it is asked for once more
// without one.
//
// The end is what the server says it is: no nextPage. The link is followed only to the
// path that was asked, at the same host; one that leads elsewhere, to a page that was read
// already, or has another search, gained or lost a filter, is [ErrUnexpectedResponse], after the items of the page
// that it is in, and nothing is sent. So are 100 pages in a row that tell nothing new, and
// an item that a filter by ids does not let pass.
//
// # Incomplete lists
//
// The server can leave items out of a page and still answer 200. A page has them in
// Page.Errors. An iterator yields all that can be had, of all pages, and then one error
// with [ErrIncomplete] and [PartialError], which lists what was left out. It says the same
// when there were fewer items than the server counted. Who compares a list with what ought
// to be there has to look at that error: what is missing may just not have been shown.
//
// Pages are requests of their own, and have no promised order. When objects come or go
// meanwhile, one can be missed; the count shows that mostly, not always. It also makes a
// list look incomplete that has become shorter meanwhile: then ask again.
//
// # Retries
//
// A request is sent again up to 3 times ([WithMaxRetries]), if its outcome and the
// operation allow that. All methods read. For [Client.Do] a GET is a read, and what is
// [Request.Repeatable] counts as one.
//
//	outcome                                                         reads  writes
//	nothing was sent: connect refused or timed out                  retry  retry
//	no such host, certificate refused                               no     no
//	connection lost, attempt timed out, fewer bytes than announced  retry  no: ErrOutcomeUnknown
//	429                                                             retry  retry (refused before work)
//	500, 502, 503, 504                                              retry  no: ErrOutcomeUnknown
//	whole body that is not the JSON expected                        no     no: ErrOutcomeUnknown on 2xx
//	other answers, refused token, context done                      no     no
//	Tulip's "retryable": true                                       retry  –
//
// The vendor's documents call 429 and 500 "not automatically retryable", and its own
// client repeats both. [WithHonorRetryable] makes this one stop when such an answer says
// "retryable": false.
//
// The waits in between are 0.5 s, doubled each time, half of it random, at most
// 30 s ([WithRetryWait]). A wait that the server asks for is obeyed up to 120 s
// ([WithMaxServerWait]) and the context's deadline; for a longer one the answer is
// returned at once, with [Error.RetryAfter] set. A 429 makes all calls of the
// client wait, up to 10 minutes; those that would wait for more than 120 s or
// their deadline get [ErrRateLimited] at once.
//
// An attempt may take 30 s ([WithAttemptTimeout]), not counting the wait for a
// free slot; the whole call, as long as its context.
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
// [WithLogger] logs every attempt and wait. [WithObserver] hands them to a function as
// [Event], for metrics. [WithResponse] shows the answer of one call.
//
// # Secrets
//
// The API token goes to the instance only and is masked in errors, logs and events, also
// where a server repeats it, and in base64.
//
// # What is not documented
//
// The vendor names few limits and marks no field as required: every field but the id may
// be missing. Where its documents are silent or contradict each other, the comment of the
// method or field says so. No live instance was asked.
//
// # Testing
//
// Package tuliptest is a fake of the API over real HTTP, with state, paging and faults to
// order, for the tests of programs that use this package.
package tulip
