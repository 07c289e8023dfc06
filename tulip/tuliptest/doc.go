// Package tuliptest is a fake Tulip instance for tests: the users, user groups
// and roles of its API, over real HTTP on loopback, with state.
//
// It serves the eight operations that the API has, all of them reads, with their
// filters, pages and errors. What they read is seeded, and can be changed while
// the server runs. Nothing of it needs a *testing.T, so that it serves a quickstart
// or a benchmark as well as a test:
//
//	fake := tuliptest.NewServer()
//	defer fake.Close()
//	req, err := http.NewRequest("GET", fake.URL+"/api/users/v1/user-groups", nil)
//	if err != nil {
//		return err
//	}
//	req.Header.Set("Authorization", fake.AuthHeader())
//	resp, err := http.DefaultClient.Do(req)
//
// Clients are given [Server.URL] in place of https://acme.tulip.co, and either
// [Server.APIKey] with [Server.APISecret] or [Server.AuthHeader]. Programs in other
// languages are pointed at the same URL.
//
// # Seeding
//
// [NewServer] starts with the people and groups of [SampleInstance].
// [WithInstance] starts with others. [Server.AddUser], [Server.AddUserGroup],
// [Server.AddRole], [Server.AddMember] and [Server.RemoveMember] change them at
// any time, also between two pages; [Server.ArchiveUser] and
// [Server.ArchiveUserGroup] move a record from one list to the other, and
// [Server.RemoveUser] and [Server.RemoveUserGroup] make an id unknown.
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
//	FaultNextPage                                       a page that leads elsewhere
//
// [Server.Omit] makes pages partial. [Server.DisableToken] and [WithScopes] make
// trouble with the API token. The server has no limits of its own: a 429 is a
// FaultStatus, whose body [ErrorBody] writes.
//
// # What was asked
//
// [Server.Requests] is the log of every request; [Server.Count] and
// [Server.MaxInFlight] answer the usual questions. The log grows for as long as
// the server runs, unless [WithLogLimit] limits it.
//
// # Running it alone
//
// The command in cmd/faketulip serves until it is interrupted, for programs in
// any language, and prints requests to begin with:
//
//	go run ./tulip/tuliptest/cmd/faketulip -addr 127.0.0.1:8080
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
// takes one reading, and another one when it is told to, by the field of
// [Guesses] that stands in this table.
//
//	what the contract leaves open            default               otherwise
//	records of a page without a limit        10                    DefaultLimit
//	the highest limit                        100                   MaxLimit
//	the form of nextPage and prevPage        an absolute URL       Link: a path, a query
//	nextPage of the last page                no key                NoLink: null, ""
//	nextPage with limit=0                    no key                ZeroLimitLinks: the same page
//	parameters in nextPage                   all of the request
//	the form of numbers                      10                    Number: 10.0, 1e1
//	items of an empty page                   []                    Empty: null, no key
//	count                                    is there              NoCount
//	records that are left out                count                 CountWithoutOmitted
//	the order of records                     of creation
//	where and how search looks               anywhere, any letter case
//	search of groups and roles               looks at the name
//	unknown parameters, also $filter         ignored               RefuseUnknownParams
//	parameters that come twice               generic.invalidParams
//	wrong limit or offset on /users          as on /user-groups    UsersParamsUnnamed
//	the operators of /users                  eq, or                UsersWithoutOr
//	a wrong filter on /roles                 generic.invalidParams
//	archived records in memberships          listed, counted       HideArchivedMembers
//	assignedUsersCount                       is there              NoUsersCount
//	a token without the scope                403                   ScopeUnauthorized: 401
//	codes of 401, 403, 404 and 405           generic.notFound, …   NoUnnamedCodes: no key
//	another method than GET                  405
//	a body that is no JSON                   http.invalidBodyJson
//
// Smaller guesses stand where they are made. A program that passes here has
// still to be tried once against a live instance.
package tuliptest
