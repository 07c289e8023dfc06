package settings

import (
	"net"
	"net/url"
	"slices"
	"strings"

	"github.com/usergroups-go/usergroups/internal/transport"
)

// Base is ParseBaseURL with what AllowHTTP allows.
func (s *Settings) Base(option, raw string) (*url.URL, error) {
	return ParseBaseURL(option, raw, s.insecure, "WithInsecureHTTP")
}

// ParseBaseURL takes an absolute URL without anything that would be lost or leaked
// when paths are appended to it. Without allowHTTP it takes http:// for this machine
// only. The error names the option that the URL was given to, and the one that allows
// http.
func ParseBaseURL(option, raw string, allowHTTP bool, allowedBy string) (*url.URL, error) {
	u, err := url.Parse(raw)
	switch {
	case err != nil:
		return nil, transport.Invalid("%s: not a URL", option) // what it is, and why, may show a password; so below
	case u.Scheme != "https" && u.Scheme != "http", u.Hostname() == "":
		return nil, transport.Invalid("%s: not an absolute http or https URL", option)
	case u.User != nil:
		return nil, transport.Invalid("%s: the URL for %q holds a user or password", option, u.Host)
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return nil, transport.Invalid("%s: the URL for %q holds a query or fragment", option, u.Host)
	case slices.ContainsFunc(strings.Split(u.Path, "/"), func(s string) bool { return s == "." || s == ".." }):
		return nil, transport.Invalid("%s: the URL for %q has a path with dots for segments", option, u.Host)
	case u.Scheme == "http" && !allowHTTP && !isLoopback(u.Hostname()):
		return nil, transport.Invalid("%s: %s would send credentials in clear: use https, or allow it by %s", option, u.Redacted(), allowedBy)
	}
	u.Host = strings.TrimSuffix(u.Host, ":")
	u.Path, u.RawPath = strings.TrimRight(u.Path, "/"), strings.TrimRight(u.RawPath, "/")
	return u, nil
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}
