// Package conformance holds the requests of package usergroups against the vendor's
// own OpenAPI files. It has tests only. They are a module of their own, so that the
// library which reads such files is no requirement of the client. See README.md.
package conformance
