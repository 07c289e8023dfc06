package tuliptest_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/usergroups-go/usergroups/tulip/tuliptest"
)

func TestPages(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	for _, tc := range []struct {
		query, ids string
		next, prev string // of absolute links, after the path
	}{
		{"", strings.TrimSuffix(activeUsers, ",luciaRossi,marekNowak"), "?limit=10&offset=10", ""},
		{"?offset=10", "luciaRossi,marekNowak", "", "?limit=10&offset=0"},
		{"?limit=5&offset=5", "finnOBrien,hiroTanaka,ingridSolberg,jonasWeber,kavyaNair", "?limit=5&offset=10", "?limit=5&offset=0"},
		{"?limit=5&offset=3", "diegoAlvarez,elifDemir,finnOBrien,hiroTanaka,ingridSolberg", "?limit=5&offset=8", "?limit=5&offset=0"},
		{"?limit=12", activeUsers, "", ""},
		{"?limit=11", strings.TrimSuffix(activeUsers, ",marekNowak"), "?limit=11&offset=11", ""},
		{"?limit=3&offset=12", "", "", "?limit=3&offset=9"},
		{"?limit=3&offset=99999", "", "", "?limit=3&offset=99996"},
		{"?limit=0", "", "", ""},
		{"?limit=0&offset=3", "", "", ""},
	} {
		p := get(t, srv, users+tc.query).page(t)
		if p.ids() != tc.ids || p.Count == nil || *p.Count != 12 {
			t.Errorf("%q: %s, count %v", tc.query, p.ids(), p.Count)
		}
		for what, link := range map[string][2]string{"nextPage": {linkText(p.NextPage), tc.next}, "prevPage": {linkText(p.PrevPage), tc.prev}} {
			want := link[1]
			if want != "" {
				want = srv.URL + users + want
			}
			if link[0] != want {
				t.Errorf("%q: %s %q, want %q", tc.query, what, link[0], want)
			}
		}
	}
	get(t, srv, users+"?limit=0").want(t, 200, `{"items":[],"count":12}`)
}

// linkText returns a link, "" for none.
func linkText(link *string) string {
	if link == nil {
		return ""
	}
	return *link
}

// A link keeps the other parameters and is encoded so that any client can call it
// as it is.
func TestLinksKeepParameters(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	filter := "name/full eq 'Finn O''Brien' or badgeId eq 'A+B & C' or badgeId eq 'KN011'"
	p := get(t, srv, filtered(users, filter)+"&archived=false&limit=1&search=&x=1").page(t)
	if p.ids() != "finnOBrien" || p.NextPage == nil {
		t.Fatalf("%+v", p)
	}
	next, err := url.Parse(*p.NextPage)
	if err != nil {
		t.Fatal(err)
	}
	query := next.Query()
	if query.Get("filter") != filter || query.Get("archived") != "false" || query.Get("limit") != "1" || query.Get("offset") != "1" || query.Get("x") != "1" || strings.Contains(next.RawQuery, "+") {
		t.Errorf("%s", *p.NextPage)
	}
	if got := get(t, srv, strings.TrimPrefix(*p.NextPage, srv.URL)).ids(t); got != "kavyaNair" {
		t.Errorf("the next page has %q", got)
	}

	// It leads to where the client has called the server.
	req := request(t, srv, "GET", groups+"/a%2Fb/users?limit=1", "")
	srv.AddUserGroup(tuliptest.UserGroup{ID: "a/b", Members: []string{"x", "y"}})
	req.Host = "tulip:8080"
	if got := linkText(roundTrip(req).page(t).NextPage); got != "http://tulip:8080"+groups+"/a%2Fb/users?limit=1&offset=1" {
		t.Errorf("nextPage %s", got)
	}
}
