package tulip_test

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/usergroups-go/usergroups/tulip"
)

// codesOf is the codes that the vendor's pages name for each operation, all with
// status 400; those of three operations could not be read. The list of codes is open:
// what is not in a row may come all the same.
var codesOf = map[tulip.Op]string{
	tulip.OpUserGroupsList: "generic.customerIdRequired generic.workspaceIdRequired generic.invalidParams http.invalidBodyJson http.invalidHeaders http.multiValueHeader " +
		"generic.limitParamNonNegativeInt generic.limitParamBounds generic.offsetParamNonNegativeInt userGroups.invalidFilter",
	tulip.OpUserGroupsGet:       "generic.customerIdRequired generic.workspaceIdRequired generic.invalidParams http.invalidBodyJson http.invalidHeaders http.multiValueHeader",
	tulip.OpUserGroupsListUsers: "generic.customerIdRequired generic.workspaceIdRequired generic.invalidParams http.invalidBodyJson http.invalidHeaders http.multiValueHeader users.invalidFilter",
	tulip.OpUsersListUserGroups: "generic.customerIdRequired generic.workspaceIdRequired generic.invalidParams http.invalidBodyJson http.invalidHeaders http.multiValueHeader userGroups.invalidFilter",
	tulip.OpRolesList:           "generic.customerIdRequired generic.workspaceIdRequired generic.invalidParams http.invalidBodyJson http.invalidHeaders http.multiValueHeader",
	tulip.OpUsersList:           "",
	tulip.OpUsersGet:            "",
	tulip.OpRolesGet:            "",
}

// TestErrorCodes: every documented code comes to ErrBadRequest through every method
// that may meet it, whatever the message says, and each has its constant.
func TestErrorCodes(t *testing.T) {
	t.Parallel()
	constants := codeConstants(t)
	if constants["generic.internal"] != "CodeInternal" { // of an item's error
		t.Errorf("CodeInternal is not generic.internal")
	}
	unnamed := maps.Clone(constants)
	delete(unnamed, "generic.internal")
	for _, m := range methods {
		codes, ok := codesOf[m.op]
		if !ok {
			t.Errorf("%s has no row", m.op)
		}
		codes += " x.notYetKnown"
		for code := range strings.FieldsSeq(codes) {
			if _, ok := constants[code]; !ok && code != "x.notYetKnown" {
				t.Errorf("%s has no constant", code)
			}
			delete(unnamed, code)
			for _, message := range []string{"m", "not found", "401 Unauthorized generic.internal"} {
				client := newClient(t, inMemory(400, nil, fmt.Sprintf(`{"errorCode":%q,"message":%q,"retryable":false}`, code, message)), tulip.WithMaxRetries(0))
				err := m.call(t.Context(), client, anID)
				checkSentinels(t, err, []string{"ErrBadRequest"})
				var e *tulip.Error
				if !errors.As(err, &e) || e.Code != code || e.Message != message || e.StatusCode != 400 {
					t.Errorf("%s: %#v", m.name, err)
				}
			}
		}
	}
	if len(unnamed) > 0 {
		t.Errorf("constants of codes that no operation has: %v", unnamed)
	}
}

// codeConstants returns the name of each Code… constant, by its value.
func codeConstants(t *testing.T) map[string]string {
	t.Helper()
	names := make(map[string]string)
	paths, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if ok && strings.HasPrefix(spec.Names[0].Name, "Code") && len(spec.Values) == 1 {
				value, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
				if err != nil {
					t.Fatal(err)
				}
				names[value] = spec.Names[0].Name
			}
			return true
		})
	}
	if !slices.Contains(slices.Collect(maps.Values(names)), "CodeInvalidUsersFilter") {
		t.Fatalf("constants %v", names)
	}
	return names
}

// TestErrorDetails: the three shapes of details, and what they are not.
func TestErrorDetails(t *testing.T) {
	t.Parallel()
	tests := []struct {
		details              string
		id, headerName, text string
		kept                 string
	}{
		{details: `{"id":"invalidRecordId"}`, id: "invalidRecordId", kept: `{"id":"invalidRecordId"}`},
		{details: `{"headerName":"accept"}`, headerName: "accept", kept: `{"headerName":"accept"}`},
		{details: `{"details":"10 requests per second"}`, text: "10 requests per second", kept: `{"details":"10 requests per second"}`},
		{details: `{"details":{"details":"deep"},"id":["x"],"other":1.50}`, kept: `{"details":{"details":"deep"},"id":["x"],"other":1.50}`},
		{details: `{}`, kept: `null`},
		{details: `null`, kept: `null`},
		{details: `"text"`, kept: `null`},
		{details: `[{"id":"x"}]`, kept: `null`},
		{details: `7`, kept: `null`},
	}
	for _, tt := range tests {
		err := get(t.Context(), newClient(t, inMemory(400, nil, `{"errorCode":"x.y","message":"m","retryable":false,"details":`+tt.details+`}`)))
		var e *tulip.Error
		if !errors.As(err, &e) || e.Code != "x.y" || e.Retryable == nil {
			t.Errorf("%s: %#v", tt.details, err)
			continue
		}
		if e.Details.ID() != tt.id || e.Details.HeaderName() != tt.headerName || e.Details.Text() != tt.text {
			t.Errorf("%s: %q, %q, %q", tt.details, e.Details.ID(), e.Details.HeaderName(), e.Details.Text())
		}
		if kept := asJSON(t, e.Details); kept != tt.kept {
			t.Errorf("%s is kept as %s", tt.details, kept)
		}
	}
	for _, body := range []string{`{"errorCode":"x.y"}`, `{"errorCode":"x.y","retryable":null}`, `{"errorCode":"x.y","retryable":"maybe"}`, `{"errorCode":"x.y","retryable":1}`, "<html>", ""} {
		err := get(t.Context(), newClient(t, inMemory(400, nil, body)))
		var e *tulip.Error
		if !errors.As(err, &e) || e.Retryable != nil || e.Details.ID()+e.Details.HeaderName()+e.Details.Text() != "" || (e.Code == "x.y") != strings.HasPrefix(body, "{") {
			t.Errorf("%s: %#v", body, err)
		}
	}
}
