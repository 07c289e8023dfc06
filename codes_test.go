package usergroups_test

import (
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/jarcoal/httpmock"

	"github.com/usergroups-go/usergroups"
	"github.com/usergroups-go/usergroups/usergroupstest"
)

// codeTable is the codes that are known, with their status and what they are to
// errors.Is.
var codeTable = []struct {
	codes    string
	status   string
	sentinel string
}{
	{"SUCCESS / SCHEDULED", "200/201", ""},
	{"INVALID_DATA", "400", "ErrBadRequest"}, // of a path: see errorTable
	{"MANDATORY_NOT_FOUND", "400", "ErrBadRequest"},
	{"DUPLICATE_DATA", "400", "ErrDuplicate"},
	{"PATTERN_NOT_MATCHED", "400", "ErrBadRequest"},
	{"REQUIRED_PARAM_MISSING", "400", "ErrBadRequest"},
	{"EXPECTED_FIELD_MISSING", "400 (status inferred)", "ErrBadRequest"},
	{"INVALID_REQUEST_METHOD", "400", "ErrBadRequest"},
	{"INVALID_HOST", "400", "ErrBadRequest"},
	{"INVALID_TOKEN, AUTHENTICATION_FAILURE", "401", "ErrUnauthorized"},
	{"OAUTH_SCOPE_MISMATCH", "401", "ErrForbidden and ErrScope"},
	{"NO_PERMISSION, INACTIVE_USER", "403", "ErrForbidden"},
	{"INVALID_URL_PATTERN, URL_RULE_NOT_CONFIGURED", "404", "ErrNotFound"},
	{"TOO_MANY_REQUESTS / RATE_LIMIT_EXCEEDED", "429", "ErrRateLimited"},
	{"INTERNAL_ERROR / INTERNAL_SERVER_ERROR", "500", "ErrUnavailable"},
	{"LIMIT_REACHED, ALREADY_USED, NOT_ALLOWED, BAD_REQUEST, API_NOT_SUPPORTED", "400 likely", "ErrBadRequest"},
	{"", "502", "ErrUnavailable"},
	{"", "503", "ErrUnavailable"},
	{"DEPENDENT_PARAM_MISSING", "400", "ErrBadRequest"},
}

func eachCode(codes string) []string {
	return strings.FieldsFunc(codes, func(r rune) bool { return strings.ContainsRune(" ,/", r) })
}

// TestErrorCodes drives codeTable through the methods: each code as an answer of its
// own and as that of an item under 2xx.
func TestErrorCodes(t *testing.T) {
	t.Parallel()
	constants := codeConstants(t)
	for _, tt := range codeTable {
		status, err := strconv.Atoi(tt.status[:3])
		if err != nil {
			t.Fatal(err)
		}
		wanted := sentinelName.FindAllString(tt.sentinel, -1)
		for _, code := range eachCode(tt.codes) {
			t.Run(code, func(t *testing.T) {
				t.Parallel()
				if wanted == nil {
					m := map[string]string{"SUCCESS": "user_groups_delete_success.json", "SCHEDULED": "user_groups_delete_scheduled.json"}
					checkSentinels(t, callOnce(t, "UserGroups.Delete", jsonResponder(status, fixture(t, "zoho/"+m[code]))), nil)
					return
				}
				item := fmt.Sprintf(`{"code":%q,"details":{},"message":"m","status":"error"}`, code)
				for _, name := range []string{"UserGroups.List", "Users.ListAssociatedGroups"} {
					err := callOnce(t, name, jsonResponder(status, item))
					checkSentinels(t, err, wanted)
					var e *usergroups.Error
					if !errors.As(err, &e) || e.Code != code || e.StatusCode != status || string(e.Body) != item {
						t.Errorf("error %#v", err)
					}
				}
				write := wanted
				if status/100 == 5 {
					write = append(slices.Clone(wanted), "ErrOutcomeUnknown")
				}
				checkSentinels(t, callOnce(t, "UserGroups.Create", jsonResponder(status, `{"user_groups":[`+item+`]}`)), write)
				checkSentinels(t, callOnce(t, "UserGroups.Create", jsonResponder(200, `{"user_groups":[`+item+`]}`)), write)
			})
			said, ok := constants[code]
			delete(constants, code)
			likely := len(tt.status) > len("400")
			if wanted != nil && (!ok || !strings.HasPrefix(said, tt.status[:3]) || likely != strings.Contains(said, "probably")) {
				t.Errorf("%s: the comment of its constant says %q, the table %s", code, said, tt.status)
			}
		}
		if tt.codes == "" {
			t.Run(tt.status, func(t *testing.T) {
				t.Parallel()
				checkSentinels(t, callOnce(t, "UserGroups.List", httpmock.NewStringResponder(status, "")), wanted)
			})
		}
	}
	if len(constants) > 0 {
		t.Errorf("constants that are in no row: %q", slices.Sorted(maps.Keys(constants)))
	}
}

// codeConstants returns the comment of each Code… constant, by its value.
func codeConstants(t *testing.T) map[string]string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "errors.go", nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	comments := make(map[string]string)
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if ok && strings.HasPrefix(spec.Names[0].Name, "Code") {
			value, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			comments[value] = strings.TrimSpace(spec.Comment.Text())
		}
		return true
	})
	return comments
}

// The sample organisation's.
const (
	leadership = "5550000000004001"
	amara      = "5550000000001001"
)

// cause is how a code comes about.
type cause struct {
	code   string
	status int
	want   string // sentinels
	by     string // the method
	// natural is a call that a server answers so of its own accord, in that state.
	guesses usergroupstest.Guesses
	natural func(ctx context.Context, fake *usergroupstest.Server, c *usergroups.Client) error
	// injected says why no call of a method can cause it; then it is put into the
	// answer of that one.
	injected string
}

// causes tells of each code whether an operation can cause it.
func causes() []cause {
	type (
		ctx    = context.Context
		server = *usergroupstest.Server
		client = *usergroups.Client
	)
	create := func(ctx ctx, c client, name, user string) error {
		_, err := c.UserGroups.Create(ctx, usergroups.CreateUserGroup{Name: name, Sources: []usergroups.Source{usergroups.UserSource(user)}})
		return err
	}
	change := func(ctx ctx, c client, id, name, user string) error {
		_, err := c.UserGroups.Update(ctx, id, usergroups.UpdateUserGroup{Name: name, Sources: []usergroups.SourceChange{{Source: usergroups.UserSource(user)}}})
		return err
	}
	remove := func(ctx ctx, c client, id string) error { _, err := c.UserGroups.Delete(ctx, id); return err }
	listGroups := func(ctx ctx, c client, filters usergroups.Criteria) error {
		_, err := c.UserGroups.List(ctx, usergroups.ListUserGroupsOptions{Filters: filters})
		return err
	}
	listSources := func(ctx ctx, c client, id string, of usergroups.SourceType) error {
		_, err := c.UserGroups.ListSources(ctx, id, usergroups.ListSourcesOptions{Type: of})
		return err
	}
	return []cause{
		{code: "SUCCESS", by: "UserGroups.Create", natural: func(ctx ctx, _ server, c client) error { return create(ctx, c, "Night Shift", amara) }},
		{code: "SUCCESS", by: "UserGroups.Update", natural: func(ctx ctx, _ server, c client) error { return change(ctx, c, leadership, "Board", amara) }},
		{code: "SCHEDULED", by: "UserGroups.Delete", guesses: usergroupstest.Guesses{ScheduledDeletion: true}, natural: func(ctx ctx, _ server, c client) error {
			deletion, err := c.UserGroups.Delete(ctx, leadership)
			if err == nil && !deletion.Scheduled() {
				err = errors.New("nothing is scheduled")
			}
			return err
		}},
		{code: "INVALID_DATA", status: 400, want: "ErrBadRequest", by: "UserGroups.Create", natural: func(ctx ctx, _ server, c client) error { return create(ctx, c, "Night Shift", "999") }},
		{code: "INVALID_DATA", status: 400, want: "ErrBadRequest", by: "UserGroups.Update", natural: func(ctx ctx, _ server, c client) error { return change(ctx, c, leadership, "Board", "999") }},
		{code: "INVALID_DATA", status: 400, want: "ErrBadRequest", by: "UserGroups.List", natural: func(ctx ctx, _ server, c client) error { return listGroups(ctx, c, usergroups.Equal("colour", "red")) }},
		{code: "INVALID_DATA", status: 400, want: "ErrNotFound", by: "UserGroups.Get", guesses: usergroupstest.Guesses{UnknownID: 400}, natural: func(ctx ctx, _ server, c client) error { _, err := c.UserGroups.Get(ctx, "999"); return err }},
		{code: "INVALID_DATA", status: 400, want: "ErrNotFound", by: "UserGroups.Update", natural: func(ctx ctx, _ server, c client) error { return change(ctx, c, "999", "Board", amara) }},
		{code: "INVALID_DATA", status: 400, want: "ErrNotFound", by: "Users.ListAssociatedGroups", natural: func(ctx ctx, _ server, c client) error {
			_, err := c.Users.ListAssociatedGroups(ctx, "999", usergroups.ListAssociatedGroupsOptions{})
			return err
		}},
		{code: "MANDATORY_NOT_FOUND", status: 400, want: "ErrBadRequest", by: "UserGroups.Update", injected: "no name, no sources and no id are refused before anything is sent"},
		{code: "DUPLICATE_DATA", status: 400, want: "ErrDuplicate", by: "UserGroups.Create", natural: func(ctx ctx, _ server, c client) error { return create(ctx, c, "R&D", amara) }},
		{code: "DUPLICATE_DATA", status: 400, want: "ErrDuplicate", by: "UserGroups.Update", natural: func(ctx ctx, _ server, c client) error { return change(ctx, c, leadership, "R&D", amara) }},
		{code: "PATTERN_NOT_MATCHED", status: 400, want: "ErrBadRequest", by: "UserGroups.ListSources", natural: func(ctx ctx, _ server, c client) error { return listSources(ctx, c, leadership, "queues") }},
		{code: "REQUIRED_PARAM_MISSING", status: 400, want: "ErrBadRequest", by: "UserGroups.DeletionJob", injected: "job_id is refused when it is empty"},
		{code: "REQUIRED_PARAM_MISSING", status: 400, want: "ErrBadRequest", by: "UserGroups.GroupedCounts", injected: "group_by is always sent"},
		{code: "EXPECTED_FIELD_MISSING", status: 400, want: "ErrBadRequest", by: "UserGroups.List", injected: "only get_assigned and get_unassigned answer so, which have no method"},
		{code: "INVALID_REQUEST_METHOD", status: 400, want: "ErrBadRequest", by: "UserGroups.Associations", injected: "the HTTP method is that of the operation"},
		{code: "INVALID_HOST", status: 400, want: "ErrBadRequest", by: "Users.Current", injected: "it comes of the host alone, and the fake has one"},
		{code: "INVALID_TOKEN", status: 401, want: "ErrUnauthorized", by: "UserGroups.List", natural: func(ctx ctx, fake server, c client) error {
			fake.RejectTokens(true)
			return listGroups(ctx, c, usergroups.Criteria{})
		}},
		{code: "AUTHENTICATION_FAILURE", status: 401, want: "ErrUnauthorized", by: "UserGroups.List", guesses: usergroupstest.Guesses{AuthenticationFailure: true}, natural: func(ctx ctx, fake server, c client) error {
			fake.RejectTokens(true)
			return listGroups(ctx, c, usergroups.Criteria{})
		}},
		{code: "OAUTH_SCOPE_MISMATCH", status: 401, want: "ErrForbidden ErrScope", by: "UserGroups.Delete", natural: func(ctx ctx, fake server, _ client) error {
			reader, err := usergroups.NewClient(usergroups.WithBaseURL(fake.URL), usergroups.WithAccessToken(fake.IssueToken(usergroups.Scopes(usergroups.OpUserGroupsList)...)))
			if err != nil {
				return err
			}
			defer reader.CloseIdleConnections()
			return remove(ctx, reader, leadership)
		}},
		{code: "NO_PERMISSION", status: 403, want: "ErrForbidden", by: "UserGroups.Update", natural: func(ctx ctx, fake server, c client) error {
			fake.DenyPermission(usergroupstest.ManageGroups)
			return change(ctx, c, leadership, "Board", amara)
		}},
		{code: "INACTIVE_USER", status: 403, want: "ErrForbidden", by: "UserGroups.ListAssociatedUsersCounts", natural: func(ctx ctx, fake server, c client) error {
			fake.DeactivateUser(true)
			_, err := c.UserGroups.ListAssociatedUsersCounts(ctx, usergroups.ListAssociatedUsersCountsOptions{})
			return err
		}},
		{code: "INVALID_URL_PATTERN", status: 404, want: "ErrNotFound", by: "UserGroups.ListSources", natural: func(ctx ctx, _ server, c client) error { return listSources(ctx, c, "x", "") }},
		{code: "INVALID_URL_PATTERN", status: 404, want: "ErrNotFound", by: "UserGroups.DeletionJob", guesses: usergroupstest.Guesses{NoDeletionJobs: true}, natural: func(ctx ctx, _ server, c client) error { _, err := c.UserGroups.DeletionJob(ctx, jobID); return err }},
		{code: "URL_RULE_NOT_CONFIGURED", status: 404, want: "ErrNotFound", by: "UserGroups.Update", guesses: usergroupstest.Guesses{URLRuleNotConfigured: true}, natural: func(ctx ctx, _ server, c client) error { return change(ctx, c, "x", "Board", amara) }},
		{code: "TOO_MANY_REQUESTS", status: 429, want: "ErrRateLimited", by: "UserGroups.List", natural: usedUp(usergroupstest.TooManyRequests{})},
		{code: "RATE_LIMIT_EXCEEDED", status: 429, want: "ErrRateLimited", by: "UserGroups.List", natural: usedUp(usergroupstest.TooManyRequests{RateLimitExceeded: true})},
		{code: "INTERNAL_ERROR", status: 500, want: "ErrUnavailable", by: "UserGroups.SourcesCount", injected: "no call makes the server fail"},
		{code: "INTERNAL_ERROR", status: 500, want: "ErrUnavailable ErrOutcomeUnknown", by: "UserGroups.UpdateMany", injected: "no call makes the server fail"},
		{code: "INTERNAL_SERVER_ERROR", status: 500, want: "ErrUnavailable", by: "UserGroups.ListAssociatedUsersCounts", injected: "no call makes the server fail"},
		{code: "LIMIT_REACHED", status: 400, want: "ErrBadRequest", by: "UserGroups.Create", guesses: usergroupstest.Guesses{MaxGroups: 6}, natural: func(ctx ctx, _ server, c client) error { return create(ctx, c, "Night Shift", amara) }},
		{code: "ALREADY_USED", status: 400, want: "ErrBadRequest", by: "UserGroups.Delete", guesses: usergroupstest.Guesses{RefuseUsedDeletion: true}, natural: func(ctx ctx, _ server, c client) error { return remove(ctx, c, "5550000000004002") }},
		{code: "NOT_ALLOWED", status: 400, want: "ErrBadRequest", by: "UserGroups.Delete", injected: "no document says when"},
		{code: "BAD_REQUEST", status: 400, want: "ErrBadRequest", by: "UserGroups.Update", injected: "no document says when"},
		{code: "API_NOT_SUPPORTED", status: 400, want: "ErrBadRequest", by: "UserGroups.GroupedCounts", injected: "what a version lacks is refused before anything is sent"},
		{code: "", status: 502, want: "ErrUnavailable", by: "Users.List", injected: "a gateway answers so"},
		{code: "", status: 503, want: "ErrUnavailable", by: "Users.List", injected: "a gateway answers so"},
		{code: "DEPENDENT_PARAM_MISSING", status: 400, want: "ErrBadRequest", by: "Users.List", injected: "no parameter that depends on another one can be sent"},
	}
}

// usedUp is a list with a client whose organisation has no credits left.
func usedUp(form usergroupstest.TooManyRequests) func(context.Context, *usergroupstest.Server, *usergroups.Client) error {
	return func(ctx context.Context, _ *usergroupstest.Server, _ *usergroups.Client) error {
		poor := usergroupstest.NewServer(usergroupstest.WithDailyCredits(1), usergroupstest.WithTooManyRequests(form))
		defer poor.Close()
		client, err := usergroups.NewClient(usergroups.WithBaseURL(poor.URL), usergroups.WithAccessToken(poor.IssueToken()), usergroups.WithMaxRetries(0))
		if err != nil {
			return err
		}
		defer client.CloseIdleConnections()
		if err := get(ctx, client); err != nil {
			return err
		}
		return get(ctx, client)
	}
}

// TestCauses: every code of codeTable comes to its sentinels through the client,
// caused in the fake where an operation can cause it, and injected where none can.
func TestCauses(t *testing.T) {
	t.Parallel()
	var natural, injected []string
	for _, tt := range causes() {
		name := tt.code
		if name == "" {
			name = strconv.Itoa(tt.status)
		}
		if tt.natural != nil {
			natural = append(natural, name)
		} else {
			injected = append(injected, name)
		}
		if (tt.natural == nil) == (tt.injected == "") {
			t.Errorf("%s: caused by %s or injected?", name, tt.by)
		}
		t.Run(name+" "+tt.by, func(t *testing.T) {
			t.Parallel()
			fake, _ := newFake(t, usergroupstest.WithGuesses(tt.guesses))
			client := newFakeClient(t, fake, usergroups.WithMaxRetries(0))
			call := tt.natural
			if call == nil {
				m := methods[slices.IndexFunc(methods, func(m method) bool { return m.name == tt.by })]
				body := ""
				if tt.code != "" {
					body = fmt.Sprintf(`{"code":%q,"details":{},"message":"m","status":"error"}`, tt.code)
				}
				row := m.row(t)
				fake.Inject(usergroupstest.Fault{Route: row.Method + " " + row.Path, Status: tt.status, Body: body})
				call = func(ctx context.Context, _ *usergroupstest.Server, c *usergroups.Client) error {
					return m.call(ctx, c, leadership)
				}
			}
			err := call(t.Context(), fake, client)
			checkSentinels(t, err, strings.Fields(tt.want))
			var e *usergroups.Error
			if tt.want != "" && (!errors.As(err, &e) || e.Code != tt.code || e.StatusCode != tt.status || string(e.Op) != tt.by) {
				t.Errorf("error %#v, want %d %s of %s", err, tt.status, tt.code, tt.by)
			}
		})
	}
	for _, row := range codeTable {
		names := eachCode(row.codes)
		if row.codes == "" {
			names = []string{row.status}
		}
		for _, name := range names {
			if !slices.Contains(natural, name) && !slices.Contains(injected, name) {
				t.Errorf("%s: whether an operation can cause it is not said", name)
			}
			if slices.Contains(natural, name) && slices.Contains(injected, name) {
				t.Errorf("%s is caused by one operation: it need not be injected", name)
			}
		}
	}
	count := func(names []string) int { slices.Sort(names); return len(slices.Compact(names)) }
	t.Logf("%d codes are caused by an operation, %d are injected", count(natural), count(injected))
}
