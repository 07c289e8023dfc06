package conformance_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/usergroups-go/usergroups"
)

// TestRequests holds every request of every call against the vendor's files: each of
// them that has the operation.
func TestRequests(t *testing.T) {
	t.Parallel()
	docs := documents(t)
	for _, c := range calls {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			for _, req := range record(t, &c) {
				in, err := check(t.Context(), docs, c.op, req)
				if err != nil {
					t.Errorf("%s %s:\n%v", req.Method, req.URL, err)
				}
				for _, o := range in {
					t.Logf("%s: %s %s", o.file, o.method, o.path)
				}
			}
		})
	}
}

// withoutMethod is the operations of the files that the client has no method for.
var withoutMethod = map[operation]string{
	{userGroupsFile, http.MethodPost, "/crm/v8/settings/user_groups/actions/get_assigned"}:   "no page has it and no SDK calls it; what it answers is not known",
	{userGroupsFile, http.MethodPost, "/crm/v8/settings/user_groups/actions/get_unassigned"}: "no page has it and no SDK calls it; what it answers is not known",

	{usersFile, http.MethodPost, "/crm/v8/users"}:          "the client reads users and does not change them",
	{usersFile, http.MethodPut, "/crm/v8/users"}:           "the client reads users and does not change them",
	{usersFile, http.MethodPut, "/crm/v8/users/{user}"}:    "the client reads users and does not change them",
	{usersFile, http.MethodDelete, "/crm/v8/users/{user}"}: "the client reads users and does not change them",
}

// TestOperationsWithoutMethod holds that every operation of the files is called, or
// that it is known why not.
func TestOperationsWithoutMethod(t *testing.T) {
	t.Parallel()
	docs := documents(t)
	called := make(map[operation]bool)
	for _, c := range calls {
		for _, req := range record(t, &c) {
			in, _ := check(t.Context(), docs, c.op, req) // the error is TestRequests' affair
			for _, o := range in {
				called[o] = true
			}
		}
	}
	there := make(map[operation]bool)
	for _, doc := range docs {
		for path, item := range doc.spec.Paths.Map() {
			for method := range item.Operations() {
				o := operation{doc.name, method, path}
				there[o] = true
				if _, known := withoutMethod[o]; known == called[o] {
					t.Errorf("%v: called %t, in the table of those without a method %t", o, called[o], known)
				}
			}
		}
	}
	for o := range withoutMethod {
		if !there[o] {
			t.Errorf("%v: it is not in the files any more", o)
		}
	}
}

// TestScopes holds that the client asks for no scope of which the files know nothing.
// That it asks for all that they require is part of the check of a request.
func TestScopes(t *testing.T) {
	t.Parallel()
	docs := documents(t)
	for _, c := range calls {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			req := record(t, &c)[0]
			var known []string
			for _, doc := range docs {
				if route, _, err := doc.router.FindRoute(req); err == nil {
					for _, scope := range scopes(doc.spec, route.Operation) {
						known = append(known, strings.TrimSuffix(scope, "ALL")+verbs[req.Method])
					}
				}
			}
			for _, scope := range usergroups.Scopes(c.op) {
				if !slices.Contains(known, scope) {
					t.Errorf("the client asks for %s, in the files is %q", scope, known)
				}
			}
		})
	}
}

// TestCheckNotices holds that the check can fail: good requests are spoiled, and it
// has to say what is wrong.
func TestCheckNotices(t *testing.T) {
	t.Parallel()
	docs := documents(t)
	const (
		list   = "UserGroups.List with all options"
		create = "UserGroups.Create with every source"
		users  = "Users.List with all options"
	)
	tests := []struct {
		name  string
		call  string // the good request
		spoil func(*http.Request)
		want  string // a part of the error
	}{
		{"path of another resource", list, inPath("/user_groups", "/usergroups"), "no file has GET"},
		{"path that goes on", list, inPath("/user_groups", "/user_groups/1/users"), "no file has GET"},
		{"other host", list, func(r *http.Request) { r.URL.Host = "www.zohoapis.example" }, "no file has GET"},
		{"other version", list, inPath("/v8/", "/v9/"), "no file has GET"},
		{"method", list, func(r *http.Request) { r.Method = http.MethodPatch }, "no file has PATCH"},

		{"query name", list, inQuery("per_page", "per-page", "1"), `query parameter "per-page" is not declared`},
		{"query name of another operation", list, inQuery("", "user_type", "active"), `query parameter "user_type" is not declared`},
		{"query name that only one of two files has", "Users.ListAssociatedGroups", inQuery("", "type", "x"), `query parameter "type" is not declared`},
		{"query twice", list, func(r *http.Request) { r.URL.RawQuery += "&page=2" }, `query parameter "page" comes 2 times`},
		{"query type", list, inQuery("page", "page", "first"), `parameter "page" in query`},
		{"query type, of the length of a page", list, inQuery("per_page", "per_page", "all"), `parameter "per_page" in query`},
		{"query type, of users", users, inQuery("per_page", "per_page", "1.5"), `parameter "per_page" in query`},
		{"query value", users, inQuery("type", "type", "Allusers"), `parameter "type" in query`},
		{"query missing", "UserGroups.DeletionJob", inQuery("job_id", "", ""), `parameter "job_id" in query`},
		{"query missing, of a count", "UserGroups.GroupedCounts", inQuery("group_by", "", ""), `parameter "group_by" in query`},
		{"header name", users, func(r *http.Request) { r.Header.Set("If-Unmodified-Since", "x") }, `header "If-Unmodified-Since" is not declared`},
		{"header of another operation", list, func(r *http.Request) { r.Header.Set("If-Modified-Since", "x") }, `header "If-Modified-Since" is not declared`},
		{"header format", users, func(r *http.Request) { r.Header.Set("If-Modified-Since", "yesterday") }, `parameter "If-Modified-Since" in header`},

		{"filters that are no JSON", list, inQuery("filters", "filters", "name:x"), `parameter "filters" in query`},
		{"filters without a value", list, inQuery("filters", "filters", `{"field":{"api_name":"name"},"comparator":"equal"}`), `parameter "filters" in query`},
		{"filters with another key", list, inQuery("filters", "filters", `{"field":{"apiName":"name"},"comparator":"equal","value":"x"}`), `parameter "filters" in query`},
		{"filters with another operator", list, inQuery("filters", "filters", `{"group_operator":"xor","group":[]}`), `parameter "filters" in query`},

		{"no body", create, func(r *http.Request) { r.Body, r.GetBody, r.ContentLength = nil, nil, 0 }, "request body has an error: value is required"},
		{"body where none is", "UserGroups.Get", func(r *http.Request) { setBody(r, "{}") }, "request body not allowed"},
		{"body of another type", create, func(r *http.Request) { r.Header.Set("Content-Type", "text/plain") }, `header Content-Type has unexpected value`},
		{"body key", create, inBody("user_groups", "groups"), `property "groups" is unsupported`},
		{"body key of a group", create, inBody(`"description"`, `"descriptions"`), `/user_groups/0: property "descriptions" is unsupported`},
		{"body key of a source", create, inBody("subordinates", "with_subordinates"), `property "with_subordinates" is unsupported`},
		{"body key of what is read only", create, inBody(`"id":"1"`, `"id":"1","name":"CEO"`), `/user_groups/0/sources/1/source/name: readOnly property`},
		{"body key missing", create, inBody(`"name"`, `"id"`), `/user_groups/0/name: property "name" is missing`},
		{"body type", create, inBody(`"Support"`, `5`), `/user_groups/0/name: value must be a string`},
		{"body type of a source's flag", "UserGroups.Update with every source", inBody(`"_delete":true`, `"_delete":"true"`), `/user_groups/0/sources/0/_delete: value must be a boolean`},
		{"body value", create, inBody(`"roles"`, `"role"`), `/user_groups/0/sources/1/type: value is not one of the allowed values`},
		{"body key in one of many", "UserGroups.UpdateMany", inBody(`"description":null`, `"summary":null`), `property "summary" is unsupported`},

		{"no token", list, func(r *http.Request) { r.Header.Del("Authorization") }, "security requirement"},
		{"scheme of the token", list, func(r *http.Request) { r.Header.Set("Authorization", "Bearer token") }, "security requirement"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			i := slices.IndexFunc(calls, func(c call) bool { return c.name == tt.call })
			req := record(t, &calls[i])[0]
			tt.spoil(req)
			_, err := check(t.Context(), docs, calls[i].op, req)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%s %s: %v\nwant an error with %s", req.Method, req.URL, err, tt.want)
			}
		})
	}
	t.Run("scope", func(t *testing.T) {
		t.Parallel()
		i := slices.IndexFunc(calls, func(c call) bool { return c.name == create })
		_, err := check(t.Context(), docs, usergroups.OpUserGroupsList, record(t, &calls[i])[0])
		if want := "UserGroups.List needs ZohoCRM.settings.user_groups.CREATE"; err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("a POST with the scopes of a GET: %v, want an error with %s", err, want)
		}
	})
}

// inPath changes the first part of the path that is old.
func inPath(old, changed string) func(*http.Request) {
	return func(r *http.Request) { r.URL.Path = strings.Replace(r.URL.Path, old, changed, 1) }
}

// inQuery takes a parameter away and puts another one there, where they have a name.
func inQuery(old, name, value string) func(*http.Request) {
	return func(r *http.Request) {
		q := r.URL.Query()
		q.Del(old)
		if name != "" {
			q.Set(name, value)
		}
		r.URL.RawQuery = q.Encode()
	}
}

// inBody changes the first part of the body that is old. It panics when there is none:
// the request would be as good as before.
func inBody(old, changed string) func(*http.Request) {
	return func(r *http.Request) {
		text := readBody(r)
		if !strings.Contains(text, old) {
			panic("not in the body: " + old)
		}
		setBody(r, strings.Replace(text, old, changed, 1))
	}
}
