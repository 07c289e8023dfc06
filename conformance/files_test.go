package conformance_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"
)

// openAPIDir names the folder v8.0 of github.com/zoho/crm-oas.
const openAPIDir = "ZOHO_OPENAPI_DIR"

// The files that have the client's operations. They refer to others beside them.
const (
	userGroupsFile = "user_groups.json"
	usersFile      = "users.json"
)

// document is one of the vendor's files.
type document struct {
	name   string
	spec   *openapi3.T
	router routers.Router
}

// documents returns the vendor's files, patched. Without them the test is skipped.
func documents(t *testing.T) []document {
	t.Helper()
	if os.Getenv(openAPIDir) == "" {
		t.Skipf("%s is not set: it has to name the folder v8.0 of a clone of https://github.com/zoho/crm-oas", openAPIDir)
	}
	docs, err := load()
	if err != nil {
		t.Fatal(err)
	}
	return docs
}

var load = sync.OnceValues(func() ([]document, error) {
	var docs []document
	var errs []error
	for _, name := range []string{userGroupsFile, usersFile} {
		doc, err := loadDocument(os.Getenv(openAPIDir), name)
		docs, errs = append(docs, doc), append(errs, err)
	}
	return docs, errors.Join(errs...)
})

func loadDocument(dir, name string) (document, error) {
	loader := openapi3.NewLoader()
	loader.IsExternalRefsAllowed = true
	loader.ReadFromURIFunc = func(_ *openapi3.Loader, location *url.URL) ([]byte, error) {
		// The files refer to each other by the address of some branch on GitHub.
		// Nothing is read from there.
		return readPatched(dir, path.Base(location.Path))
	}
	spec, err := loader.LoadFromURI(&url.URL{Path: name})
	if err != nil {
		return document{}, fmt.Errorf("%s: %w", name, err)
	}
	router, err := legacy.NewRouter(spec)
	if err != nil {
		return document{}, fmt.Errorf("%s: %w", name, err)
	}
	return document{name, spec, router}, nil
}

// readPatched reads a file as it should be.
func readPatched(dir, name string) ([]byte, error) {
	text, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		return nil, err
	}
	var doc any
	if err := json.Unmarshal(text, &doc); err != nil {
		return nil, err
	}
	var errs []error
	for _, p := range patches {
		if p.file == name {
			errs = append(errs, p.apply(doc))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	refuseUnknownKeys(doc)
	return json.Marshal(doc)
}

// refuseUnknownKeys forbids, in every object whose keys are listed, all other keys.
// OpenAPI lets them pass where nothing is said, and the files say nothing: a key that
// is spelled wrong would look good.
func refuseUnknownKeys(node any) {
	switch node := node.(type) {
	case map[string]any:
		_, listed := node["properties"].(map[string]any)
		if _, said := node["additionalProperties"]; listed && !said && node["type"] == "object" {
			node["additionalProperties"] = false
		}
		for _, child := range node {
			refuseUnknownKeys(child)
		}
	case []any:
		for _, child := range node {
			refuseUnknownKeys(child)
		}
	}
}
