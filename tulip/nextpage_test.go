package tulip_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/usergroups-go/usergroups/tulip"
)

// site is a server that answers the n-th request with the n-th page, and the last one
// for ever. It keeps what it was asked, by URLs, and is asked only what it may be.
type site struct {
	t       *testing.T
	origin  string // of the instance, as it was given
	path    string // of the list
	key     string // of an item's id
	next    []any  // the nextPage of each page: a text, or what else JSON has
	asked   []string
	replies []string // bodies in place of pages
}

func (s *site) RoundTrip(r *http.Request) (*http.Response, error) {
	if bare(r.URL.Scheme+"://"+r.URL.Host) != bare(s.origin) || r.URL.User != nil {
		s.t.Errorf("a request to %s, which is not %s", r.URL, s.origin)
		return nil, errors.New("another origin")
	}
	if r.Host != "" && !strings.EqualFold(r.Host, r.URL.Host) || r.Method != http.MethodGet || r.URL.Fragment != "" {
		s.t.Errorf("%s %s to host %s", r.Method, r.URL, r.Host)
	}
	if got := r.URL.EscapedPath(); got != s.path {
		s.t.Errorf("path %s, want %s", got, s.path)
	}
	if r.Header.Get("Authorization") == "" {
		s.t.Errorf("%s is asked without a credential", r.URL)
	}
	s.asked = append(s.asked, r.URL.RawQuery)
	n := len(s.asked)
	body := fmt.Sprintf(`{"items":[{%q:"i%d"}]`, s.key, n)
	if n <= len(s.next) && s.next[n-1] != nil {
		body += `,"nextPage":` + asJSON(s.t, s.next[n-1])
	}
	body += "}"
	if n <= len(s.replies) {
		body = s.replies[n-1]
	}
	return inMemory(200, http.Header{"Content-Type": {"application/json"}}, body)(r)
}

// bare is an origin without the port that its scheme has anyway.
func bare(origin string) string {
	origin = strings.ToLower(origin)
	if strings.HasPrefix(origin, "https:") {
		return strings.TrimSuffix(origin, ":443")
	}
	return strings.TrimSuffix(origin, ":80")
}

// newSite returns a site of a list, and a client of it.
func newSite(t *testing.T, base string, l listing, next ...any) (*site, *tulip.Client) {
	t.Helper()
	u, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	path := strings.TrimSuffix(u.EscapedPath(), "/") + "/api/users/v1" + strings.ReplaceAll(l.path, "{id}", escaped(siteID))
	s := &site{t: t, origin: u.Scheme + "://" + u.Host, path: path, key: l.key, next: next}
	return s, mustClient(t, base, apiToken, tulip.WithHTTPClient(&http.Client{Transport: s}))
}

// siteID is the id in the paths of these tests: one that has to be escaped.
const siteID = "a b/ü"

// at fills a nextPage in: what {origin}, {host}, {path}, {up} and {last} stand for
// is the site's; {escaped} is the path as nobody would write it.
func (s *site) at(next string) string {
	i := strings.LastIndexByte(s.path, '/')
	_, host, _ := strings.Cut(s.origin, "://")
	return strings.NewReplacer(
		"{origin}", s.origin, "{host}", host, "{path}", s.path, "{up}", s.path[:i], "{last}", s.path[i+1:],
		"{escaped}", strings.NewReplacer("/v1/", "/%761/", "%2F", "%2f", "%C3%BC", "%c3%bc").Replace(s.path),
	).Replace(next)
}

// nextPages are the forms of the link to the next page: whether it is followed, and
// with which query.
var nextPages = []struct {
	name     string
	instance string // instance, unless it is another one
	next     string
	sent     string // "" when it is refused
}{
	{name: "absolute", next: "{origin}{path}?limit=100&offset=1", sent: "limit=100&offset=1"},
	{name: "a path", next: "{path}?limit=100&offset=1", sent: "limit=100&offset=1"},
	{name: "a query", next: "?limit=100&offset=1", sent: "limit=100&offset=1"},
	{name: "the last segment", next: "{last}?limit=100&offset=1", sent: "limit=100&offset=1"},
	{name: "a path in another escaping", next: "{origin}{escaped}?offset=1", sent: "offset=1"},
	{name: "upper-case host", next: "https://ACME.TEST{path}?offset=1", sent: "offset=1"},
	{name: "upper-case scheme", next: "HTTPS://{host}{path}?offset=1", sent: "offset=1"},
	{name: "host in upper case at home", instance: "https://ACME.Test/gateway", next: "https://acme.test{path}?offset=1", sent: "offset=1"},
	{name: "default port", next: "{origin}:443{path}?offset=1", sent: "offset=1"},
	{name: "default port at home", instance: "https://acme.test:443/gateway", next: "https://acme.test{path}?offset=1", sent: "offset=1"},
	{name: "port", instance: "https://acme.test:8443", next: "https://acme.test:8443{path}?offset=1", sent: "offset=1"},
	{name: "IPv6 literal", instance: "http://[::1]:8080", next: "http://[::1]:8080{path}?offset=1", sent: "offset=1"},
	{name: "IPv6 literal, default port", instance: "http://[::1]", next: "http://[::1]:80{path}?offset=1", sent: "offset=1"},
	{name: "IPv6 literal, in another spelling", instance: "http://[::1]:8080", next: "http://[0:0:0:0:0:0:0:1]:8080{path}?offset=1", sent: "offset=1"},
	{name: "IPv4", instance: "http://127.0.0.1:8080/", next: "http://127.0.0.1:8080{path}?offset=1", sent: "offset=1"},
	{name: "unescaped spaces", next: "?offset=1&cursor=a b", sent: "offset=1&cursor=a%20b"},
	{name: "unescaped letters", next: "?offset=1&cursor=ü", sent: "offset=1&cursor=%C3%BC"},
	{name: "a control character beyond ASCII", next: "?offset=1&cursor=\u0085", sent: "offset=1&cursor=%C2%85"},
	{name: "unescaped signs", next: "?offset=1&cursor=\"<>^`{|}", sent: "offset=1&cursor=%22%3C%3E%5E%60%7B%7C%7D"},
	{name: "escaped", next: "?offset=1&cursor=a%2Fb%3F%23+%25", sent: "offset=1&cursor=a%2Fb%3F%23+%25"},
	{name: "without an offset", next: "?cursor=abc", sent: "cursor=abc"},
	{name: "another URL in the query", next: "?offset=1&from=https://evil.test/../x", sent: "offset=1&from=https://evil.test/../x"},
	{name: "16 KiB", next: "?offset=1&x=" + strings.Repeat("x", 16<<10-12), sent: "offset=1&x=" + strings.Repeat("x", 16<<10-12)},
	{name: "another limit", next: "?limit=7&offset=1", sent: "limit=7&offset=1"},

	{name: "another host", next: "https://evil.test{path}?offset=1"},
	{name: "a host below", next: "https://evil.{host}{path}?offset=1"},
	{name: "a host that begins so", next: "https://{host}.evil.test{path}?offset=1"},
	{name: "a host that ends so", next: "https://evil{host}{path}?offset=1"},
	{name: "a host with a dot behind", next: "https://{host}.{path}?offset=1"},
	{name: "a host that looks so", next: "https://аcme.test{path}?offset=1"}, // its first letter is Cyrillic
	{name: "a host with wide dots", next: "https://acme。test{path}?offset=1"},
	{name: "another port", next: "{origin}:8443{path}?offset=1"},
	{name: "another port at home", instance: "https://acme.test:8443", next: "https://acme.test{path}?offset=1"},
	{name: "port 0", next: "{origin}:0{path}?offset=1"},
	{name: "port 443 with zeros", next: "{origin}:0443{path}?offset=1"},
	{name: "port that is too large", next: "{origin}:65979{path}?offset=1"},
	{name: "port of another scheme", next: "{origin}:80{path}?offset=1"},
	{name: "http", next: "http://{host}{path}?offset=1"},
	{name: "http on its port", next: "http://{host}:443{path}?offset=1"},
	{name: "https where it is http", instance: "http://127.0.0.1:8080", next: "https://127.0.0.1:8080{path}?offset=1"},
	{name: "another IPv6 literal", instance: "http://[::1]:8080", next: "http://[::2]:8080{path}?offset=1"},
	{name: "an IPv6 literal with a zone", instance: "http://[::1]:8080", next: "http://[::1%25eth0]:8080{path}?offset=1"},
	{name: "localhost for 127.0.0.1", instance: "http://127.0.0.1:8080", next: "http://localhost:8080{path}?offset=1"},
	{name: "IPv4 in IPv6", instance: "http://127.0.0.1:8080", next: "http://[::ffff:127.0.0.1]:8080{path}?offset=1"},
	{name: "IPv4 as a number", instance: "http://127.0.0.1:8080", next: "http://2130706433:8080{path}?offset=1"},
	{name: "ftp", next: "ftp://{host}{path}?offset=1"},
	{name: "javascript", next: "javascript:alert(1)"},
	{name: "data", next: "data:application/json,{}"},
	{name: "mailto", next: "mailto:root@acme.test"},
	{name: "opaque", next: "https:acme.test{path}?offset=1"},
	{name: "no host", next: "https://{path}?offset=1"},
	{name: "three slashes", next: "///evil.test{path}?offset=1"},
	{name: "four slashes", next: "////evil.test{path}?offset=1"},
	{name: "two slashes, another host", next: "//evil.test{path}?offset=1"},
	{name: "two slashes, the same host", next: "//{host}{path}?offset=1"},
	{name: "two slashes, a path", next: "/{path}?offset=1"},
	{name: "userinfo", next: "https://evil@{host}{path}?offset=1"},
	{name: "userinfo with a password", next: "https://evil:x@{host}{path}?offset=1"},
	{name: "userinfo that is empty", next: "https://@{host}{path}?offset=1"},
	{name: "userinfo that looks like the host", next: "https://{host}@evil.test{path}?offset=1"},
	{name: "userinfo with the port", next: "https://{host}:443@evil.test{path}?offset=1"},
	{name: "another path", next: "{origin}/gateway/api/users/v1/stations?offset=1"},
	{name: "a path above", next: "{up}?offset=1"},
	{name: "a path below", next: "{path}/x?offset=1"},
	{name: "a slash behind", next: "{path}/?offset=1"},
	{name: "a doubled slash", next: "{up}//{last}?offset=1"},
	{name: "no path", next: "{origin}?offset=1"},
	{name: "the root", next: "/?offset=1"},
	{name: "without the instance's own path", next: "/api/users/v1/user-groups?offset=1"},
	{name: "upper-case path", next: "{up}/USERS?offset=1"},
	{name: "dots to the same path", next: "{up}/x/../{last}?offset=1"},
	{name: "dots to another path", next: "{path}/../roles?offset=1"},
	{name: "dots alone", next: "../{last}?offset=1"},
	{name: "encoded dots", next: "{up}/x/%2e%2e/{last}?offset=1"},
	{name: "encoded dots, mixed", next: "{up}/x/.%2E/{last}?offset=1"},
	{name: "an encoded slash", next: "{up}%2F{last}?offset=1"},
	{name: "an encoded slash behind dots", next: "{path}%2F..%2Froles?offset=1"},
	{name: "a path parameter", next: "{path};x=1?offset=1"},
	{name: "a backslash", next: `{path}\x?offset=1`},
	{name: "a backslash before the host", next: `/\evil.test{path}?offset=1`},
	{name: "two backslashes", next: `\\evil.test{path}?offset=1`},
	{name: "a backslash in the host", next: `https://evil.test\@acme.test{path}?offset=1`},
	{name: "a backslash in the scheme", next: `https:\\evil.test{path}?offset=1`},
	{name: "a backslash in the query", next: `?offset=1&cursor=a\b`},
	{name: "a fragment", next: "{path}?offset=1#x"},
	{name: "an empty fragment", next: "{path}?offset=1#"},
	{name: "only a fragment", next: "#x"},
	{name: "the page just read", next: "{origin}{path}?limit=100"},
	{name: "the page just read, as a query", next: "?limit=100"},
	{name: "the page just read, as a path without a query", next: "{path}"},
	{name: "a line break", next: "{path}?offset=1\n"},
	{name: "a line break within", next: "{path}?off\nset=1"},
	{name: "a carriage return", next: "{path}?offset=1\r\nHost: evil.test"},
	{name: "a tab", next: "{path}?offset=1&x=\t"},
	{name: "a tab in the scheme", next: "ht\ttps://evil.test{path}"},
	{name: "a zero byte", next: "{path}?offset=1\x00"},
	{name: "a delete character", next: "{path}?offset=1\x7f"},
	{name: "a space in front", next: " {origin}{path}?offset=1"},
	{name: "a space in the host", next: "https://acme .test{path}?offset=1"},
	{name: "an escaped letter in the host", next: "https://acme%2Etest{path}?offset=1"},
	{name: "an escape that is none", next: "{path}?offset=1&x=%zz"},
	{name: "an escape that is cut", next: "{path}?offset=1&x=%4"},
	{name: "a semicolon", next: "{path}?offset=1;x=2"},
	{name: "an escape in the path that is none", next: "{up}/%zz?offset=1"},
	{name: "half a bracket", next: "https://[::1{path}?offset=1"},
	{name: "spaces only", next: "   "},
	{name: "more than 16 KiB", next: "?offset=1&x=" + strings.Repeat("x", 16<<10-11)},
	{name: "1 MiB", next: "{path}?offset=1&x=" + strings.Repeat("x", 1<<20)},
	{name: "17 KiB of the same path", next: strings.Repeat("/", 17<<10) + "{path}?offset=1"},
	{name: "64 KiB of text", next: strings.Repeat("https://", 8<<10)},
}

// TestNextPage: the link is followed if it leads to where the list was asked for, and
// nowhere else: the credential goes along.
func TestNextPage(t *testing.T) {
	t.Parallel()
	for _, l := range listings {
		for _, tt := range nextPages {
			t.Run(l.all+"/"+tt.name, func(t *testing.T) {
				t.Parallel()
				base := tt.instance
				if base == "" {
					base = instance
				}
				s, client := newSite(t, base, l)
				s.next = []any{s.at(tt.next)}
				got, err := tulip.Collect(l.walk(t.Context(), client, query{id: siteID}))
				if tt.sent != "" {
					if err != nil || !slices.Equal(got, []string{"i1", "i2"}) || !slices.Equal(s.asked, []string{"limit=100", tt.sent}) {
						t.Errorf("items %q, error %v, asked %q, want %q", got, err, s.asked, tt.sent)
					}
					return
				}
				// What the page had is not lost with it.
				if !slices.Equal(got, []string{"i1"}) || len(s.asked) != 1 {
					t.Errorf("items %q after the requests %q, want those of the first alone", got, s.asked)
				}
				checkSentinels(t, err, []string{"ErrUnexpectedResponse"})
				var e *tulip.Error
				if !errors.As(err, &e) || e.Op != l.op || len(err.Error()) > 2000 || strings.ContainsAny(err.Error(), "\r\n\x00\u0085") {
					t.Errorf("%.2000s", err)
				}
			})
		}
	}
}

// TestNextPageSays: who reads the error learns where the link led, or what is wrong with
// it.
func TestNextPageSays(t *testing.T) {
	t.Parallel()
	for next, want := range map[string]string{
		"https://evil.test{path}?offset=1": `leads to "https://evil.test:443", and "https://acme.test:443" was asked`,
		"{path}/x?offset=1":                "has another path",
		"?offset=1#x":                      "has a fragment",
		"https://a@acme.test?offset=1":     "has a user",
		"\n":                               "is no URL",
		"{path}":                           "has no query",
		"?limit=100":                       "was read already",
		"?offset=1&x=%zz":                  "cannot be read",
		`?offset=1\`:                       "has a backslash",
		"?" + strings.Repeat("x", 20000):   "has 20001 bytes, more than 16384",
	} {
		s, client := newSite(t, instance, listings[0])
		s.next = []any{s.at(next)}
		if _, err := tulip.Collect(listings[0].walk(t.Context(), client, query{})); err == nil || !strings.Contains(err.Error(), "nextPage") || !strings.Contains(err.Error(), want) {
			t.Errorf("%.100s: %v, want %s", next, err, want)
		}
	}
}

// TestNextPageOfList: one page shows its links as they came, and judges none.
func TestNextPageOfList(t *testing.T) {
	t.Parallel()
	for _, l := range listings {
		for _, next := range []string{"https://evil.test/x?offset=1#y", "", "\n"} {
			s, client := newSite(t, instance, l, next)
			page, err := l.page(t.Context(), client, query{id: siteID})
			if err != nil || page.Info.NextPage != next || len(s.asked) != 1 {
				t.Errorf("%s: %+v, %v", l.name, page, err)
			}
		}
	}
}

// TestNextPageEnds: null, an empty text and no nextPage at all end the list; anything
// that is no text is no link.
func TestNextPageEnds(t *testing.T) {
	t.Parallel()
	for _, l := range listings {
		for next, good := range map[string]bool{
			`,"nextPage":null`: true, `,"nextPage":""`: true, ``: true, `,"nextPage":null,"prevPage":"https://evil.test"`: true, `,"prevPage":null`: true,
			`,"nextPage":1`: false, `,"nextPage":true`: false, `,"nextPage":{}`: false, `,"nextPage":{"href":"?offset=1"}`: false, `,"nextPage":["?offset=1"]`: false,
		} {
			s, client := newSite(t, instance, l)
			s.replies = []string{fmt.Sprintf(`{"items":[{%q:"i1"}]%s}`, l.key, next)}
			_, err := tulip.Collect(l.walk(t.Context(), client, query{id: siteID}))
			if good != (err == nil) || !good && !errors.Is(err, tulip.ErrUnexpectedResponse) || len(s.asked) != 1 {
				t.Errorf("%s%s: %v after %d requests", l.all, next, err, len(s.asked))
			}
		}
	}
}

// TestNextPageSeen: a walk does not go back to where it was.
func TestNextPageSeen(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		next  []any
		items string
		fails bool
	}{
		{"one after another", []any{"?offset=1", "?offset=2", "?offset=3", nil}, "i1 i2 i3 i4", false},
		{"an earlier page", []any{"?offset=1", "?offset=2", "?offset=1"}, "i1 i2 i3", true},
		{"the first page", []any{"?offset=1", "?limit=100"}, "i1 i2", true},
		{"the page just read", []any{"?offset=1", "?offset=1"}, "i1 i2", true},
		{"the first page by its offset", []any{"?limit=100&offset=0"}, "i1", true},
		{"an earlier page in another form", []any{"?offset=1", "?offset=2", "HTTPS://ACME.TEST:443{path}?offset=1"}, "i1 i2 i3", true},
		{"an earlier page in another escaping", []any{"?offset=1&c=a b", "?offset=2", "?offset=1&c=a%20b"}, "i1 i2 i3", true},
		{"evil on the second page", []any{"?offset=1", "https://evil.test{path}?offset=2"}, "i1 i2", true},
		{"relative to the page it is on", []any{"{last}?offset=1", "{last}?offset=2", nil}, "i1 i2 i3", false},
		{"back and forth", []any{"?offset=2", "?offset=1", nil}, "i1 i2 i3", false},
	}
	for _, l := range listings {
		for _, tt := range tests {
			s, client := newSite(t, instance, l)
			for _, next := range tt.next {
				if text, ok := next.(string); ok {
					next = s.at(text)
				}
				s.next = append(s.next, next)
			}
			got, err := tulip.Collect(l.walk(t.Context(), client, query{id: siteID}))
			want := strings.Fields(tt.items)
			if !slices.Equal(got, want) || len(s.asked) != len(want) || tt.fails != errors.Is(err, tulip.ErrUnexpectedResponse) || !tt.fails && err != nil {
				t.Errorf("%s: %s: %q, %v after %q", l.all, tt.name, got, err, s.asked)
			}
		}
	}
}

// TestNextPageKeepsFilter: a link by offset that has lost what was asked for leads
// through another list, that of everything; one that has more leads through a part.
func TestNextPageKeepsFilter(t *testing.T) {
	t.Parallel()
	for _, l := range listings {
		whole := []string{"filter=" + url.PathEscape(l.filtered)}
		q := query{id: siteID, filter: true}
		if l.searched {
			whole = append(whole, "search=R%26D", "archived=true")
			q.search, q.archived = "R&D", true
		}
		follow := func(name string, q query, next, sent string) {
			t.Helper()
			s, client := newSite(t, instance, l, next)
			got, err := tulip.Collect(l.walk(t.Context(), client, q))
			if sent == "" {
				if len(s.asked) != 1 || len(got) != 1 || !errors.Is(err, tulip.ErrUnexpectedResponse) {
					t.Errorf("%s: %s: %q, %v after %q", l.all, name, got, err, s.asked)
				}
				return
			}
			if err != nil || len(s.asked) != 2 || len(got) != 2 {
				t.Errorf("%s: %s: %q, %v after %q", l.all, name, got, err, s.asked)
			} else if strings.Contains(s.asked[1], " ") || sorted(s.asked[1]) != sorted(sent) {
				t.Errorf("%s: %s: sent %s, want %s", l.all, name, s.asked[1], sent)
			}
		}
		all := "offset=1&limit=100&" + strings.Join(whole, "&")
		follow("all of it", q, "?"+all, all)
		follow("unescaped", q, "?offset=1&limit=100&"+strings.Join(append([]string{"filter=" + l.filtered}, whole[1:]...), "&"), all)
		follow("spaces as plus signs", q, "?"+strings.ReplaceAll(all, "%20", "+"), strings.ReplaceAll(all, "%20", "+"))
		follow("a cursor for all of it", q, "?cursor=abc", "cursor=abc")
		follow("a cursor beside an offset", q, "?cursor=abc&offset=1", "")
		follow("a limit for all of it", q, "?limit=50", "")
		for i := range whole {
			name, _, _ := strings.Cut(whole[i], "=")
			without := slices.Concat(whole[:i], whole[i+1:])
			follow("without "+name, q, "?offset=1&limit=100&"+strings.Join(without, "&"), "")
			follow("with an empty "+name, q, "?offset=1&limit=100&"+strings.Join(append(without, name+"="), "&"), "")
			if name == "search" {
				follow("with another search", q, "?offset=1&limit=100&"+strings.Join(append(without, "search=R"), "&"), "")
			}
			follow("a cursor and an empty "+name, q, "?cursor=abc&"+name+"=", "")
			follow("with something else for "+name, q, "?offset=1&limit=100&"+strings.Join(append(without, "from=1"), "&"), "")
			follow("with an escape that is none for "+name, q, "?offset=1&limit=100&"+strings.Join(append(without, "x=%zz"), "&"), "")
			if name != "archived" {
				continue
			}
			// A filter may be the same in other words than ours; this is a yes or a no.
			for value, yes := range map[string]bool{"True": true, "TRUE": true, "1": true, "false": false, "False": false, "0": false, "yes": false} {
				next, sent := "offset=1&limit=100&"+strings.Join(append(without, "archived="+value), "&"), ""
				if yes {
					sent = next
				}
				follow("with archived "+value, q, "?"+next, sent)
			}
		}
		// What was not asked for is not to be in the link either.
		q = query{id: siteID}
		for param, sent := range map[string]string{
			"filter=x": "", "search=x": "", "archived=true": "", "archived=True": "", "archived=1": "",
			"filter=": "-", "search=": "-", "archived=": "-", "archived=false": "-", "archived=False": "-", "archived=0": "-",
		} {
			for _, position := range []string{"offset=1&", "cursor=abc&"} {
				if sent != "" {
					sent = position + param
				}
				follow("with "+param, q, "?"+position+param, sent)
			}
		}
	}
}

// TestNextPageMany: a hundred thousand links are not kept for ever in a form that
// grows with their length, and a walk of many pages is one request each.
func TestNextPageMany(t *testing.T) {
	t.Parallel()
	const pages = 300
	l := listings[3]
	s, client := newSite(t, instance, l)
	for n := 1; n < pages; n++ {
		s.next = append(s.next, "?limit=1&offset="+strconv.Itoa(n))
	}
	got, err := tulip.Collect(l.walk(t.Context(), client, query{id: siteID, limit: new(1)}))
	if err != nil || len(got) != pages || len(s.asked) != pages || s.asked[pages-1] != "limit=1&offset=299" {
		t.Errorf("%d items, %d requests, %v", len(got), len(s.asked), err)
	}
}

// TestNextPageSecret: what a link says is not repeated with a secret in it, neither by
// an error nor as the link of a page.
func TestNextPageSecret(t *testing.T) {
	t.Parallel()
	for _, next := range []string{"https://" + key + ":" + secret + "@acme.test{path}", "https://evil.test/" + secret, "{path}?offset=1&x=" + secret + "#y"} {
		for _, l := range listings {
			s, client := newSite(t, instance, l)
			s.next = []any{s.at(next)}
			_, err := tulip.Collect(l.walk(t.Context(), client, query{id: siteID}))
			if err == nil || strings.Contains(fmt.Sprintf("%v %+v %#v", err, err, err), secret) {
				t.Errorf("%s: %v", next, err)
			}
			s, client = newSite(t, instance, l)
			s.replies = []string{fmt.Sprintf(`{"items":[],"nextPage":%s,"prevPage":%[1]s}`, quoted(s.at(next)))}
			page, err := l.page(t.Context(), client, query{id: siteID})
			if err != nil || page.Info.NextPage != strings.ReplaceAll(s.at(next), secret, "[REDACTED]") || page.Info.PrevPage != page.Info.NextPage {
				t.Errorf("%s: %+v, %v", next, page, err)
			}
		}
	}
}

// TestNextPageWithSecretInside: a link may have a secret for a word of its path. Only what
// is shown of it is masked.
func TestNextPageWithSecretInside(t *testing.T) {
	t.Parallel()
	for _, word := range []string{"gateway", "offset", "users"} {
		pages := []string{`{"items":[{"id":"a"}],"nextPage":"/gateway/api/users/v1/users?limit=100&offset=1"}`, `{"items":[{"id":"b"}]}`}
		client := mustClient(t, instance, tulip.WithAPIToken(key, word), tulip.WithHTTPClient(&http.Client{
			Transport: roundTripFunc(func(r *http.Request) (*http.Response, error) {
				n := map[bool]int{true: 1}[r.URL.Query().Has("offset")]
				return inMemory(200, nil, pages[n])(r)
			}),
		}))
		users, err := tulip.Collect(client.Users.All(t.Context(), tulip.ListUsersOptions{}))
		if err != nil || len(users) != 2 {
			t.Errorf("secret %q: %d users, %v", word, len(users), err)
		}
		page, err := client.Users.List(t.Context(), tulip.ListUsersOptions{})
		if err != nil || strings.Contains(page.Info.NextPage, word) {
			t.Errorf("secret %q: %+v, %v", word, page, err)
		}
	}
}
