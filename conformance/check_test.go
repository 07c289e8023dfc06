package conformance_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"

	"github.com/usergroups-go/usergroups"
)

// everywhere is the headers that no operation declares.
var everywhere = []string{"Accept", "Authorization", "Content-Type", "User-Agent"}

// operation is an operation of one of the vendor's files.
type operation struct {
	file   string
	method string
	path   string
}

// check returns what a request of op has against each file that has its operation,
// and the operation's name in these.
func check(ctx context.Context, docs []document, op usergroups.Op, req *http.Request) ([]operation, error) {
	var in []operation
	var errs []error
	for _, doc := range docs {
		route, params, err := doc.router.FindRoute(req)
		if err != nil {
			continue // perhaps another file has it
		}
		in = append(in, operation{doc.name, route.Method, route.Path})
		for _, err := range []error{
			undeclared(route.Operation, req),
			validate(ctx, route, params, req),
			checkScopes(doc.spec, route.Operation, op, req.Method),
		} {
			if err != nil {
				errs = append(errs, fmt.Errorf("%s: %w", doc.name, err))
			}
		}
	}
	if in == nil {
		return nil, fmt.Errorf("no file has %s %s", req.Method, req.URL)
	}
	return in, errors.Join(errs...)
}

// undeclared returns an error for the first query parameter or header that the
// operation does not have, or has once and the request twice: the library looks only
// for those that are declared.
func undeclared(o *openapi3.Operation, req *http.Request) error {
	query := req.URL.Query()
	for _, name := range slices.Sorted(maps.Keys(query)) {
		if o.Parameters.GetByInAndName(openapi3.ParameterInQuery, name) == nil {
			return fmt.Errorf("query parameter %q is not declared", name)
		}
		if n := len(query[name]); n > 1 {
			return fmt.Errorf("query parameter %q comes %d times", name, n)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(req.Header)) {
		if !slices.Contains(everywhere, name) && o.Parameters.GetByInAndName(openapi3.ParameterInHeader, name) == nil {
			return fmt.Errorf("header %q is not declared", name)
		}
	}
	return nil
}

// validate checks the request's path, parameters and body by their schemas, and that it
// is authorised.
func validate(ctx context.Context, route *routers.Route, params map[string]string, req *http.Request) error {
	options := &openapi3filter.Options{
		MultiError:                        true,
		RejectWhenRequestBodyNotSpecified: true,
		AuthenticationFunc: func(_ context.Context, input *openapi3filter.AuthenticationInput) error {
			// The files say OAuth 2 and nothing of the header, which has a scheme of
			// its own in the documents.
			if !strings.HasPrefix(req.Header.Get("Authorization"), "Zoho-oauthtoken ") {
				return input.NewError(nil)
			}
			return nil
		},
	}
	options.WithCustomSchemaErrorFunc(func(err *openapi3.SchemaError) string {
		return fmt.Sprintf("%s: /%s: %s", err.SchemaField, strings.Join(err.JSONPointer(), "/"), err.Reason)
	})
	if req.GetBody != nil { // it is read for each file
		body, err := req.GetBody()
		if err != nil {
			return err
		}
		req.Body = body
	}
	return openapi3filter.ValidateRequest(ctx, &openapi3filter.RequestValidationInput{
		Request: req, PathParams: params, Route: route, Options: options,
	})
}

// verbs is what the scope for one kind of request has in the place of ALL.
var verbs = map[string]string{
	http.MethodGet: "READ", http.MethodPost: "CREATE", http.MethodPut: "UPDATE", http.MethodDelete: "DELETE",
}

// checkScopes holds that, of each scope that the file requires, the client asks for the
// part that is needed. The files require .ALL of everything; the client, never.
func checkScopes(spec *openapi3.T, o *openapi3.Operation, op usergroups.Op, method string) error {
	for _, scope := range scopes(spec, o) {
		needed := strings.TrimSuffix(scope, "ALL") + verbs[method]
		if !slices.Contains(usergroups.Scopes(op), needed) {
			return fmt.Errorf("%s needs %s of %s, the client asks for %q", op, needed, scope, usergroups.Scopes(op))
		}
	}
	return nil
}

// scopes is what the file requires for an operation. It never offers a choice.
func scopes(spec *openapi3.T, o *openapi3.Operation) []string {
	requirements := spec.Security
	if o.Security != nil {
		requirements = *o.Security
	}
	var all []string
	for _, requirement := range requirements {
		for _, scopes := range requirement {
			all = append(all, scopes...)
		}
	}
	return all
}
