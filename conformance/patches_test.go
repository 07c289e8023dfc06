package conformance_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/go-openapi/jsonpointer"
)

// patch replaces, in one of the vendor's files, what is wrong for requests. It fails
// when the fault is not there any more: then it has to go.
type patch struct {
	file string
	at   string // a JSON pointer
	has  string // JSON; "" for nothing
	want string // JSON
}

// patches is what the files have wrong about requests: what they have, what other
// sources say, and why that is believed. D4 to D8 and S0 to S4 are the vendor's pages,
// written by hand, with samples of requests; OAS26 its OpenAPI files of a year later;
// REF9 a reference set for version 9; PY8 its Python SDK. What is wrong about answers
// stays as it is: answers are not checked.
var patches = []patch{
	// The files have a host without www. PY8 and all pages send their requests to the
	// one with it.
	{userGroupsFile, "/servers/0/url", `"https://zohoapis.com"`, `"https://www.zohoapis.com"`},
	{usersFile, "/servers/0/url", `"https://zohoapis.com"`, `"https://www.zohoapis.com"`},

	// One schema serves what is read and what is written, and requires, of a group that
	// is to be created, its id and the time when it was modified. Mandatory are, by S4,
	// D7, OAS26 and REF9, the name and the sources; the samples of S4 and D7 leave out
	// the rest.
	{
		userGroupsFile, "/components/schemas/groups/required",
		`["created_by","modified_by","modified_time","created_time","description","id","name","sources_count","sources"]`,
		`["name","sources"]`,
	},
	// The same with a source: in the samples of S4 and D7, users have no subordinates,
	// and nothing has sub_territories.
	{
		userGroupsFile, "/components/schemas/sources/required",
		`["type","source","subordinates","sub_territories"]`, `["type","source"]`,
	},
	// S4 and D7 list groups as a fourth type, and D7 shows it in answers. The files,
	// OAS26, REF9 and PY8 leave it out of requests. The pages are believed: where
	// an answer has such a source, somebody has put it there.
	{
		userGroupsFile, "/components/schemas/sources/properties/type/enum",
		`["territories","roles","users"]`, `["territories","roles","users","groups"]`,
	},
	// By D4 to D8 this removes a source in an update; D7 has a sample. The files and PY8
	// do not know it, OAS26 and REF9 have no room for it. The pages are believed for
	// versions 6 to 8; the client sends it where its caller asks for it, nowhere else.
	{userGroupsFile, "/components/schemas/sources/properties/_delete", ``, `{"type":"boolean"}`},

	// A sample value has become the only one that is allowed. No page has this operation;
	// REF9 shows the id of a job in the answer to a DELETE, and it is another one.
	{
		userGroupsFile, "/components/parameters/job_id/schema",
		`{"type":"string","enum":["1234567890"]}`, `{"type":"string"}`,
	},
	// Texts here; numbers in the pages, in OAS26, in REF9, and in users.json.
	{userGroupsFile, "/components/parameters/page/schema/type", `"string"`, `"integer"`},
	{userGroupsFile, "/components/parameters/per_page/schema/type", `"string"`, `"integer"`},

	// An object as the value of a query parameter would be, without more, one parameter
	// for each of its keys: ?comparator=…&value=…. D5 to D8, and PY8, have one parameter
	// with JSON as its text.
	{
		userGroupsFile, "/components/parameters/filters",
		`{"name":"filters","in":"query","required":false,"schema":{"oneOf":[{"$ref":"#/components/schemas/Criteria"}]}}`,
		`{"name":"filters","in":"query","required":false,"content":{"application/json":{"schema":{"$ref":"#/components/schemas/Criteria"}}}}`,
	},
	// All that criteria may have is required at once. D7 has two kinds: a condition, and
	// a group of criteria, which has to have its operator.
	{
		userGroupsFile, "/components/schemas/Criteria/required",
		`["comparator","field","group_operator","group","value"]`, `[]`,
	},
	{
		userGroupsFile, "/components/schemas/Criteria/oneOf", ``,
		`[{"required":["field","comparator","value"]},{"required":["group_operator","group"]}]`,
	},
	// The id of a field is required beside its api_name. No sample of D5 to D8 has one.
	{userGroupsFile, "/components/schemas/Criteria/properties/field/required", `["api_name","id"]`, `["api_name"]`},
	// The value is an object. In every sample of D5 to D8 it is a text; in the SDKs,
	// Object is the name of the type that is any JSON.
	{userGroupsFile, "/components/schemas/Criteria/properties/value", `{"type":"object"}`, `{}`},
	// Upper case, which PY8 sends, too. The samples of D5 to D8 are in lower case, to the
	// same addresses: both are believed.
	{
		userGroupsFile, "/components/schemas/Criteria/properties/group_operator/enum",
		`["OR","AND"]`, `["OR","AND","or","and"]`,
	},

	// Six of the ten types that D7 and D8 list; OAS26 and REF9 have still others.
	{
		usersFile, "/components/parameters/type/schema/enum",
		`["ActiveUsers","CurrentUser","ActiveConfirmedUsers","DeactiveUsers","NotConfirmedUsers","ConfirmedUsers"]`,
		`["ActiveUsers","CurrentUser","ActiveConfirmedUsers","DeactiveUsers","NotConfirmedUsers","ConfirmedUsers",
			"AllUsers","DeletedUsers","AdminUsers","ActiveConfirmedAdmins"]`,
	},
	// Both files have this operation; this one forgets its pages, which user_groups.json,
	// S0 and D5 to D8 have.
	{
		usersFile, "/paths/~1crm~1v8~1users~1{user}~1actions~1associated_groups/get/parameters",
		`[{"$ref":"#/components/parameters/user"},{"$ref":"#/components/parameters/include"}]`,
		`[{"$ref":"#/components/parameters/user"},{"$ref":"#/components/parameters/include"},
			{"$ref":"#/components/parameters/page"},{"$ref":"#/components/parameters/per_page"}]`,
	},
}

// apply changes the document.
func (p *patch) apply(doc any) error {
	if err := p.replace(doc); err != nil {
		return fmt.Errorf("the patch of %s at %s: %w", p.file, p.at, err)
	}
	return nil
}

func (p *patch) replace(doc any) error {
	at, err := jsonpointer.New(p.at)
	if err != nil {
		return err
	}
	var has, want any
	if p.has != "" {
		if err := json.Unmarshal([]byte(p.has), &has); err != nil {
			return err
		}
	}
	if err := json.Unmarshal([]byte(p.want), &want); err != nil {
		return err
	}
	found, _, err := at.Get(doc)
	there := err == nil
	if there != (p.has != "") || !reflect.DeepEqual(found, has) {
		return fmt.Errorf("it is for %q, and there is %v: look whether the fault is mended", p.has, found)
	}
	_, err = at.Set(doc, want)
	return err
}

// TestPatchesFindTheirFault holds that a patch without its fault fails, and that every
// patch is for a file that is read.
func TestPatchesFindTheirFault(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		doc   string
		patch patch
		want  string // the document, or a part of the error
	}{
		{"replaced", `{"a":{"b":["x"]}}`, patch{at: "/a/b", has: `["x"]`, want: `["y"]`}, `{"a":{"b":["y"]}}`},
		{"added", `{"a":{}}`, patch{at: "/a/b", want: `1`}, `{"a":{"b":1}}`},
		{"mended already", `{"a":{"b":["y"]}}`, patch{at: "/a/b", has: `["x"]`, want: `["y"]`}, "there is [y]"},
		{"added already", `{"a":{"b":1}}`, patch{at: "/a/b", want: `1`}, "there is 1"},
		{"gone", `{"a":{}}`, patch{at: "/a/b", has: `1`, want: `2`}, "there is <nil>"},
		{"gone, with what it is in", `{}`, patch{at: "/a/b", want: `1`}, "at /a/b"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var doc any
			if err := json.Unmarshal([]byte(tt.doc), &doc); err != nil {
				t.Fatal(err)
			}
			err := tt.patch.apply(doc)
			got, _ := json.Marshal(doc)
			if err != nil {
				got = []byte(err.Error())
			}
			if !strings.Contains(string(got), tt.want) {
				t.Errorf("%s, want %s", got, tt.want)
			}
		})
	}
	for _, p := range patches {
		if !slices.Contains([]string{userGroupsFile, usersFile}, p.file) {
			t.Errorf("the patch of %s at %s is for a file that no operation is in", p.file, p.at)
		}
	}
}
