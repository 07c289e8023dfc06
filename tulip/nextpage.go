package tulip

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// maxLink is the most bytes that a nextPage may have. Servers take no longer ones.
const maxLink = 16 << 10

// follow checks the link of a nextPage and returns its query. The link has to lead to
// where the request went: the same origin, the same path. Of a link that does, only the
// query is used, and sent to the URL that the request was made for, so that not even an
// error in here could take the credential elsewhere.
func (c *core) follow(r *request, link string) (query string, err error) {
	asked, err := c.transport.URL(r.path, nil)
	if err != nil {
		return "", err
	}
	query, err = queryOfLink(asked, link)
	return query, c.secrets.Clean(err)
}

func queryOfLink(asked *url.URL, link string) (string, error) {
	if len(link) > maxLink {
		return "", fmt.Errorf("nextPage has %d bytes, more than %d", len(link), maxLink)
	}
	if strings.Contains(link, `\`) { // some parsers take it for a slash
		return "", errors.New("nextPage has a backslash")
	}
	u, err := url.Parse(link)
	switch {
	case err != nil: // control characters among others; its text repeats the link
		return "", errors.New("nextPage is no URL")
	case u.User != nil:
		return "", errors.New("nextPage has a user or a password")
	case strings.Contains(link, "#"):
		return "", errors.New("nextPage has a fragment")
	case u.Scheme == "" && u.Host != "": // what looks like a path and names a host
		return "", errors.New("nextPage has a host without a scheme")
	case u.Opaque != "" || hasDots(u):
		return "", errors.New("nextPage has a path that leads elsewhere")
	}
	u = asked.ResolveReference(u)
	switch {
	case origin(u) != origin(asked):
		return "", fmt.Errorf("nextPage leads to %q, and %q was asked", origin(u), origin(asked))
	case !slices.Equal(segments(u), segments(asked)):
		return "", errors.New("nextPage has another path than was asked for")
	case u.RawQuery == "":
		return "", errors.New("nextPage has no query")
	}
	query := escapeQuery(u.RawQuery)
	if _, err := url.ParseQuery(query); err != nil {
		return "", errors.New("nextPage has a query that cannot be read")
	}
	return query, nil
}

// hasDots reports a segment that is resolved away, or that a server might.
func hasDots(u *url.URL) bool {
	return slices.ContainsFunc(segments(u), func(s string) bool { return s == "." || s == ".." })
}

// segments is the path, unescaped segment by segment: one with an escaped slash stays
// one.
func segments(u *url.URL) []string {
	parts := strings.Split(u.EscapedPath(), "/")
	for i, part := range parts {
		if plain, err := url.PathUnescape(part); err == nil {
			parts[i] = plain
		}
	}
	return parts
}

// origin is scheme, host and port, in one spelling.
func origin(u *url.URL) string {
	scheme, host, port := strings.ToLower(u.Scheme), strings.ToLower(u.Hostname()), u.Port()
	if ip, err := netip.ParseAddr(host); err == nil {
		host = ip.String()
	}
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[scheme]
	}
	return scheme + "://" + net.JoinHostPort(host, port)
}

// escapeQuery escapes what a query may not have in it and a server may have left: a
// space would end the request line.
func escapeQuery(query string) string {
	var b strings.Builder
	for _, c := range []byte(query) {
		if c <= ' ' || c >= 0x7f || strings.IndexByte("\"<>^`{|}", c) >= 0 {
			fmt.Fprintf(&b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

// canonical is a query in the one spelling that tells pages apart. It can be read: what
// cannot was refused.
func canonical(query string) string {
	values, _ := url.ParseQuery(query)
	if values.Get("offset") == "0" { // the default
		values.Del("offset")
	}
	return values.Encode()
}

// differs returns a parameter that decides what the list is of and is another one in the
// link: the pages after it would be of another list. Whether nextPage repeats them is not
// documented. A link with a position of its own, a cursor in the place of an offset, may
// know them without.
func differs(asked url.Values, link string) string {
	next, _ := url.ParseQuery(link)
	cursor := false
	for name := range next {
		known := []string{"limit", "offset", "filter", "search", "archived"}
		cursor = cursor || !slices.Contains(known, name)
	}
	cursor = cursor && !next.Has("offset")
	for _, name := range []string{"filter", "search", "archived"} {
		if !next.Has(name) && cursor {
			continue
		}
		was, is := asked.Get(name), next.Get(name)
		same := was == is
		switch name {
		case "filter": // how a server writes it is its own matter, but not whether there is one
			same = (was != "") == (is != "")
		case "archived":
			archived, err := strconv.ParseBool(cmp.Or(is, "false"))
			same = err == nil && archived == (was != "")
		}
		if !same {
			return name
		}
	}
	return ""
}
