package usergroupstest_test

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/usergroups-go/usergroups/usergroupstest"
)

// FuzzRequest holds that every request that net/http lets through has an
// answer. A handler that panics has none: net/http closes its connection.
func FuzzRequest(f *testing.F) {
	filter := escape(combine("or", compare("name", "equal", "R&D"), compare("description", "contains", "e")))
	f.Add("GET", groupsPath, "filters="+filter+"&include=sources&page=1&per_page=3", "")
	f.Add("GET", countPath, "filters=%7B%22group%22%3A%5Bnull%5D%2C%22group_operator%22%3A%22or%22%7D", "")
	f.Add("GET", "/crm/v9/settings/user_groups/%2F%00", "include=,", "")
	f.Add("GET", "/crm/v8/users/"+amara+"/actions/associated_groups", "page=2147483647&per_page=200", "")
	f.Add("GET", usersPath, "type=DeletedUsers&ids="+diego+"%2C%2C&page=1", "")
	f.Add("GET", associationsOf(sales), "", "")
	f.Add("GET", groupedCountsOf(sales), "group_by=status&page=2", "")
	f.Add("GET", userCountPath, "type=CurrentUser", "")
	f.Add("POST", groupsPath, "", newGroup)
	f.Add("POST", "/crm/v9/settings/user_groups", "", `{"user_groups":[null,{},[],{"name":{},"sources":[null,{"type":null},{"type":"users","source":null}]}]}`)
	f.Add("PUT", groupsPath+"/"+sales, "", `{"user_groups":[{"name":"Sales","description":null,"sources":[{"type":"users","source":{"id":"`+amara+`"},"_delete":true}]}]}`)
	f.Add("PUT", groupsPath, "", `{"user_groups":[{"id":"`+sales+`"},{"id":null,"sources":[{"type":"teams","_delete":{}}]}]}`)
	f.Add("DELETE", groupsPath+"/"+sales, "", "")
	f.Add("GET", groupsPath+"/"+sales+"/sources", "type=roles&user_type=active&page=1&per_page=3", "")
	f.Add("GET", groupsPath+"/"+sales+"/actions/sources_count", "", "")
	f.Add("GET", jobsPath, "job_id=%00", "")
	f.Add("POST", "/oauth/v2/token", "grant_type=refresh_token", "grant_type=%zz&&=")
	f.Add("POST", "/oauth/v2/token/revoke", "token=", "")
	f.Add("POST", "/oauth/v2/token", "", "grant_type=authorization_code&code=")
	f.Add("GET", "/oauth/v2/auth", "response_type=code&client_id=&scope=a,,b&redirect_uri=http%3A%2F%2F%5B", "")
	f.Add("POST", "/oauth/v2/auth", "redirect_uri=%00", "decision=accept")
	f.Add("OPTIONS", "//crm//", ";", "")

	srv := usergroupstest.NewServer()
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
		req.Header.Set("Authorization", "Zoho-oauthtoken "+srv.IssueToken())
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
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
