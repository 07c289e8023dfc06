package usergroups_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/usergroups-go/usergroups/tulip"
)

// The jobs of the second vendor: a page of 100 users is about 53 kB.
const (
	tulipUsers = 100
	tulipPages = 100
)

// The types of the plain twin.
type (
	plainStamp struct {
		At *time.Time `json:"at"`
		By *struct {
			Type string `json:"type"`
			ID   string `json:"id"`
		} `json:"by"`
	}
	plainUser struct {
		ID   string `json:"id"`
		Name struct {
			Full string `json:"full"`
		} `json:"name"`
		AvatarURL string `json:"avatarUrl"`
		Language  string `json:"language"`
		Email     *struct {
			Address  string `json:"address"`
			Verified bool   `json:"verified"`
		} `json:"email"`
		Phone *struct {
			Number   string `json:"number"`
			Verified bool   `json:"verified"`
		} `json:"phone"`
		BadgeID           string          `json:"badgeId"`
		Invited           *plainStamp     `json:"invited"`
		Created           *plainStamp     `json:"created"`
		LastModified      *plainStamp     `json:"lastModified"`
		Archived          *plainStamp     `json:"archived"`
		RawGlobalRole     json.RawMessage `json:"globalRoleId"`
		RawWorkspaceRoles json.RawMessage `json:"workspaceRoleAssignments"`
	}
	plainUsers struct {
		Items    []plainUser `json:"items"`
		Count    int         `json:"count"`
		NextPage string      `json:"nextPage"`
	}
)

// benchUsers is a page of users with what most of them have.
func benchUsers(page int) []byte {
	var b strings.Builder
	b.WriteString(`{"items":[`)
	for i := range tulipUsers {
		if i > 0 {
			b.WriteByte(',')
		}
		n := (page-1)*tulipUsers + i
		fmt.Fprintf(&b, `{"id":"78M2aGebq5Mj%05d","name":{"full":"Operator %d"},"badgeId":"B%05d","language":"en",`+
			`"email":{"address":"operator.%d@example.com","verified":true},`+
			`"created":{"at":"2023-05-06T05:41:08Z","by":{"type":"user","id":"Acbu9bbP7jHHDSq8e"}},`+
			`"lastModified":{"at":"2024-01-18T07:11:17Z","by":{"type":"user","id":"ieW7gygymmFY253Ew"}},`+
			`"workspaceRoleAssignments":[{"workspaceId":"DEFAULT","userRoleId":"operator"}]}`, n, n, n, n)
	}
	fmt.Fprintf(&b, `],"count":%d`, tulipPages*tulipUsers)
	if page < tulipPages {
		fmt.Fprintf(&b, `,"nextPage":"/api/users/v1/users?limit=%d&offset=%d"`, tulipUsers, page*tulipUsers)
	}
	b.WriteByte('}')
	return []byte(b.String())
}

func serveTulipBench(mux *http.ServeMux) {
	var pages [tulipPages + 1][]byte
	for page := 1; page <= tulipPages; page++ {
		pages[page] = benchUsers(page)
	}
	mux.HandleFunc("GET /api/users/v1/users", func(w http.ResponseWriter, r *http.Request) {
		offset, _ := strconv.Atoi(r.FormValue("offset"))
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(pages[min(offset/tulipUsers+1, tulipPages)])
	})
}

func tulipBenchCases(b *testing.B, url string, plain *http.Client) []benchCase {
	b.Helper()
	client, err := tulip.NewClient(url, tulip.WithAPIToken("apikey.2_bench", "static-secret"))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(client.CloseIdleConnections)
	ctx := context.Background()
	get := func(target string) (*plainUsers, error) {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, url+target, nil)
		if err != nil {
			return nil, err
		}
		req.SetBasicAuth("apikey.2_bench", "static-secret")
		resp, err := plain.Do(req)
		if err != nil {
			return nil, err
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		if err != nil || resp.StatusCode != http.StatusOK {
			return nil, fmt.Errorf("status %d, %w", resp.StatusCode, err)
		}
		page := new(plainUsers)
		return page, json.Unmarshal(body, page)
	}
	const first = "/api/users/v1/users?limit=100"
	counted := func(n int, err error) error {
		if err != nil || n%tulipUsers != 0 || n == 0 {
			return fmt.Errorf("%d users, %w", n, err)
		}
		return nil
	}
	return []benchCase{
		{
			"Tulip: one page of 100 users",
			func() error {
				page, err := get(first)
				if err != nil {
					return err
				}
				return counted(len(page.Items), nil)
			},
			func() error {
				page, err := client.Users.List(ctx, tulip.ListUsersOptions{Limit: new(tulipUsers)})
				if err != nil {
					return err
				}
				return counted(len(page.Items), nil)
			},
		},
		{
			"Tulip: 100 pages of 100 users, one after another",
			func() error {
				n := 0
				for next := first; next != ""; {
					page, err := get(next)
					if err != nil {
						return err
					}
					n += len(page.Items)
					next = page.NextPage
				}
				return counted(n, nil)
			},
			func() error {
				n := 0
				for _, err := range client.Users.All(ctx, tulip.ListUsersOptions{}) {
					if err != nil {
						return err
					}
					n++
				}
				return counted(n, nil)
			},
		},
	}
}
