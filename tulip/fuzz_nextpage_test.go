package tulip_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/usergroups-go/usergroups/tulip"
)

// FuzzNextPage holds that whatever the links say, on one page and on the next, no
// request leaves for another origin or path than the list's, each is one that a server
// can read, and the walk ends.
func FuzzNextPage(f *testing.F) {
	for i, tt := range nextPages {
		if len(tt.next) > 1000 || tt.instance != "" {
			continue
		}
		s := site{origin: "https://acme.test", path: "/gateway/api/users/v1/users/" + escaped(siteID) + "/user-groups"}
		f.Add(s.at(tt.next), "?offset=2", i%2 == 0)
		f.Add("?offset=1", s.at(tt.next), i%2 == 0)
	}
	f.Add("?filter=userGroupId eq 'a'&offset=1", "?filter=&offset=2", true)
	f.Add("?filter=userGroupId+eq+'a'&offset=1", "?offset=2&filter=userGroupId%20eq%20'a'", true)
	f.Fuzz(func(t *testing.T, first, second string, filtered bool) {
		l := listings[3]
		path := "/gateway/api/users/v1/users/" + escaped(siteID) + "/user-groups"
		links := []string{first, second, second}
		requests := 0
		client := mustClient(t, instance, tulip.WithAPIToken(key, fuzzSecret), tulip.WithHTTPClient(&http.Client{Transport: roundTripFunc(func(r *http.Request) (*http.Response, error) {
			if r.URL.Scheme != "https" || r.URL.Host != "acme.test" || r.Host != "" && r.Host != "acme.test" || r.URL.User != nil || r.URL.Fragment != "" || r.Method != http.MethodGet {
				t.Fatalf("%s %s to host %q", r.Method, r.URL, r.Host)
			}
			arrived := overTheWire(t, r)
			if arrived.URL.EscapedPath() != path || arrived.Host != "acme.test" || len(arrived.Header["Authorization"]) != 1 || len(arrived.RequestURI) > 20<<10 {
				t.Fatalf("a server reads %s of host %s, path %s", arrived.RequestURI, arrived.Host, arrived.URL.EscapedPath())
			}
			if query := arrived.URL.Query(); filtered && query.Has("offset") && query.Get("filter") == "" {
				t.Errorf("%q has lost the filter", arrived.RequestURI)
			}
			if requests++; requests > len(links)+1 {
				t.Fatalf("request %d: %s", requests, r.URL)
			}
			link := links[min(requests, len(links))-1]
			return inMemory(200, nil, `{"items":[{"userGroupId":"i`+string(rune('0'+requests))+`"}],"nextPage":`+quoted(link)+`}`)(r)
		})}))
		got, err := tulip.Collect(l.walk(t.Context(), client, query{id: siteID, filter: filtered}))
		if len(got) != requests {
			t.Errorf("%d items of %d pages", len(got), requests)
		}
		if err == nil {
			if links[min(requests, len(links))-1] != "" {
				t.Errorf("no error after %d requests of %q", requests, links)
			}
			return
		}
		if e := checkFuzzedError(t, err); !errors.Is(err, tulip.ErrUnexpectedResponse) || e.Op != l.op {
			t.Errorf("%v", err)
		}
		if strings.Contains(err.Error(), fuzzPair) {
			t.Errorf("the error shows the credential: %v", err)
		}
	})
}
