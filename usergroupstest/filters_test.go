package usergroupstest_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
)

func escape(s string) string { return url.QueryEscape(s) }

// compare is the JSON of a single comparison.
func compare(field, comparator, value string) string {
	return fmt.Sprintf(`{"field":{"api_name":%q},"comparator":%q,"value":%q}`, field, comparator, value)
}

func combine(operator string, members ...string) string {
	return fmt.Sprintf(`{"group_operator":%q,"group":[%s]}`, operator, strings.Join(members, ","))
}

func TestFilters(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	const all = "Leadership,Sales,R&D,DACH Partners,EMEA Field,All Hands"
	var (
		isSales = compare("name", "equal", "Sales")
		isRAndD = compare("name", "equal", "R&D")
		hasA    = compare("name", "contains", "a")
	)
	for filter, want := range map[string]string{
		isSales:                                        "Sales",
		isRAndD:                                        "R&D",
		hasA:                                           "Leadership,Sales,DACH Partners,All Hands",
		compare("name", "equal", "sales"):              "",
		compare("name", "equal", "Sale"):               "",
		compare("name", "EQUAL", "Sales"):              "Sales",
		compare("name", "starts_with", "A"):            "All Hands",
		compare("name", "starts_with", "a"):            "",
		compare("name", "contains", "MEA F"):           "EMEA Field",
		compare("description", "starts_with", "Every"): "Sales",
		compare("description", "equal", ""):            "DACH Partners",
		compare("description", "contains", ""):         all,

		combine("and", isSales):                                                       "Sales",
		combine("or", isSales, isRAndD):                                               "Sales,R&D",
		combine("OR", isRAndD, isSales):                                               "Sales,R&D",
		combine("and", isSales, isRAndD):                                              "",
		combine("And", hasA, isSales):                                                 "Sales",
		combine("and", isSales, compare("name", "contains", "x")):                     "",
		combine("or", combine("and", hasA, isSales), combine("and", hasA, isRAndD)):   "Sales",
		combine("and", combine("or", isSales, isRAndD), combine("or", isSales, hasA)): "Sales",

		// Spaces anywhere, keys in any order, an id beside api_name.
		`{ "value" : "Sales" , "comparator" : "equal" , "field" : { "id" : "1" , "api_name" : "name" } }`: "Sales",
	} {
		for _, path := range []string{"/crm/v7/settings/user_groups", groupsPath, countPath} {
			if got := get(t, srv, path+"?filters="+escape(filter)).names(t); got != want {
				t.Errorf("%s %s: got %q, want %q", path, filter, got, want)
			}
		}
	}
}

func TestBadFilters(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	deep := strings.Repeat(`{"group_operator":"and","group":[`, 60) + compare("name", "equal", "x") + strings.Repeat(`]}`, 60)
	for _, filter := range []string{
		``, `x`, `null`, `[]`, `"name"`, `{}`, `7`,
		`{"field":{"api_name":"name"},"comparator":"equal","value":"R`,
		compare("name", "equal", "Sales") + `x`,
		compare("name", "equal", "Sales") + compare("name", "equal", "Sales"),
		compare("id", "equal", "1"),
		compare("Name", "equal", "1"),
		compare("user_group.name", "equal", "Sales"), // v6 only
		compare("name", "not_equal", "1"),
		compare("name", "", "1"),
		`{"field":"name","comparator":"equal","value":"Sales"}`,
		`{"field":{"api_name":7},"comparator":"equal","value":"Sales"}`,
		`{"field":{"api_name":"name","x":1},"comparator":"equal","value":"Sales"}`,
		`{"field":{"api_name":"name"},"comparator":"equal","value":7}`,
		`{"field":{"api_name":"name"},"comparator":"equal","value":null}`,
		`{"field":{"api_name":"name"},"comparator":null,"value":"Sales"}`,
		`{"field":{"api_name":"name"},"comparator":"equal"}`,
		`{"field":{"api_name":"name"},"value":"Sales"}`,
		`{"Field":{"api_name":"name"},"comparator":"equal","value":"Sales"}`,
		`{"field":{"api_name":"name"},"comparator":"equal","value":"Sales","group_operator":"and"}`,
		`{"group":[` + compare("name", "equal", "Sales") + `]}`,
		`{"group_operator":"and"}`,
		`{"group_operator":7,"group":[` + compare("name", "equal", "Sales") + `]}`,
		`{"group_operator":"and","group":{}}`,
		combine("and"),
		combine("not", compare("name", "equal", "Sales")),
		combine("and", compare("name", "equal", "Sales"), "{}"),
		deep,
	} {
		for _, path := range []string{groupsPath, countPath} {
			get(t, srv, path+"?filters="+escape(filter)).want(t, 400,
				`{"code":"INVALID_DATA","details":{"param_name":"filters"},"message":"The given filters is not a valid json","status":"error"}`)
		}
	}
}

// A filter that was not encoded is cut at its '&', as with any server.
func TestUnencodedFilter(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	encoded := strings.ReplaceAll(escape(compare("name", "equal", "R&D")), "%26", "&")
	get(t, srv, groupsPath+"?filters="+encoded).wantError(t, 400, "INVALID_DATA", `{"param_name":"filters"}`)
}

func TestFiltersOnV6(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	const list = "/crm/v6/settings/user_groups"
	const count = list + "/actions/associated_users_count"

	get(t, srv, list+"?filters="+escape(compare("name", "equal", "Sales"))).
		wantError(t, 400, "INVALID_DATA", `{"param_name":"filters"}`)
	get(t, srv, count+"?filters="+escape(compare("name", "equal", "Sales"))).
		wantError(t, 400, "INVALID_DATA", `{"param_name":"filters"}`)

	for filter, want := range map[string]string{
		compare("user_group.name", "equal", "Sales"):                     "Sales",
		compare("user_group.description", "starts_with", "Everybody wh"): "Sales",
	} {
		if got := get(t, srv, count+"?filters="+escape(filter)).names(t); got != want {
			t.Errorf("%s: got %q, want %q", filter, got, want)
		}
	}
}
