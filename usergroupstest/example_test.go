package usergroupstest_test

import (
	"context"
	"fmt"
	"io"
	"net/http"

	"github.com/usergroups-go/usergroups/usergroupstest"
)

func Example() {
	zoho := usergroupstest.NewServer()
	defer zoho.Close()

	// Here stands the program under test. It gets zoho.URL in place of
	// Zoho's two hosts, and either a token or the three credentials.
	url := zoho.URL + "/crm/v8/settings/user_groups/actions/associated_users_count?per_page=1"
	req, err := http.NewRequestWithContext(context.Background(), http.MethodGet, url, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	req.Header.Set("Authorization", "Zoho-oauthtoken "+zoho.IssueToken())
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		fmt.Println(err)
		return
	}

	fmt.Println(string(body))
	fmt.Println(zoho.Count("GET /settings/user_groups/actions/associated_users_count"), "request")
	// Output:
	// {"associated_users_count":[{"user_group":{"name":"Leadership","id":"5550000000004001"},"count":3}],"info":{"per_page":1,"count":1,"page":1,"more_records":true}}
	// 1 request
}

func ExampleServer_Inject() {
	zoho := usergroupstest.NewServer()
	defer zoho.Close()

	// The next create is done, but its answer is lost.
	zoho.Inject(usergroupstest.Fault{
		Route:   "POST /settings/user_groups",
		Kind:    usergroupstest.FaultReset,
		Times:   1,
		Applied: true,
	})
}
