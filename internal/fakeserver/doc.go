// Package fakeserver is what every fake of a vendor's API stands on, and would
// otherwise copy: a server on loopback that can be stopped at any moment, a log
// of its requests, and faults that make them fail.
//
// It knows no vendor. A fake says by [Config] what a request asks for, and by
// [Call] what the answer is; it declares its own options, faults and requests,
// so that its documentation is complete without this package.
package fakeserver
