package tuliptest_test

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/usergroups-go/usergroups/tulip/tuliptest"
)

// FuzzRequest holds that every request that net/http lets through has an
// answer. A handler that panics has none: net/http closes its connection.
func FuzzRequest(f *testing.F) {
	f.Add("GET", groups, "limit=1&offset=1&search=line&archived=false", "")
	f.Add("GET", groups, "filter=id%20eq%20%27x%27%20or%20id%20eq%20%27O%27%27Brien%27", "{}")
	f.Add("GET", users, "filter=workspaceRoleAssignments%2Fany(x%3Ax%2FuserRoleId+eq+'viewer')&limit=0", "")
	f.Add("GET", users+"/%2F%00", "limit=99999999999999999999", "")
	f.Add("GET", groupsOf, "offset=9223372036854775807&limit=100", "")
	f.Add("GET", usersOf, "limit=100&offset=2147483647&$filter=x", "null")
	f.Add("GET", roles, "filter=isCustom%20eq%20true&archived=true", "{")
	f.Add("GET", roles+"/owner", "=;%zz", "")
	f.Add("HEAD", tuliptest.RedirectTarget, "", "")
	f.Add("OPTIONS", "//api//users", ";", "")

	srv := tuliptest.NewServer()
	f.Cleanup(srv.Close)
	f.Fuzz(func(t *testing.T, method, path, query, body string) {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		req, err := http.NewRequestWithContext(ctx, method, srv.URL+path+"?"+query, strings.NewReader(body))
		if err != nil || req.URL.Host != strings.TrimPrefix(srv.URL, "http://") {
			t.Skip("not a request to the server")
		}
		// A query with a space in it is sent as it is, and makes a line that no server
		// can read. Whether its 400 arrives before the connection is reset is chance.
		line := method + " " + req.URL.RequestURI() + " HTTP/1.1\r\nHost: x\r\n\r\n"
		if _, err := http.ReadRequest(bufio.NewReader(strings.NewReader(line))); err != nil {
			t.Skip("not a request that a handler gets to see")
		}
		req.Header.Set("Authorization", srv.AuthHeader())
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatalf("%s %s: %v", method, req.URL, err)
		}
		defer res.Body.Close()
		if _, err := io.Copy(io.Discard, res.Body); err != nil {
			t.Errorf("%s %s: %v", method, req.URL, err)
		}
	})
}
