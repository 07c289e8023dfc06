package usergroups_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/usergroups-go/usergroups"
)

// The types of the plain twin: the same fields, decoded by encoding/json alone.
type (
	plainRef struct {
		ID   string `json:"id"`
		Name string `json:"name"`
	}
	plainSource struct {
		Type           string   `json:"type"`
		Source         plainRef `json:"source"`
		Subordinates   *bool    `json:"subordinates"`
		SubTerritories *bool    `json:"sub_territories"`
	}
	plainGroup struct {
		ID           string     `json:"id"`
		Name         string     `json:"name"`
		Description  string     `json:"description"`
		CreatedTime  time.Time  `json:"created_time"`
		ModifiedTime *time.Time `json:"modified_time"`
		CreatedBy    *plainRef  `json:"created_by"`
		ModifiedBy   *plainRef  `json:"modified_by"`
		SourcesCount *struct {
			Users       int `json:"users"`
			Roles       int `json:"roles"`
			Groups      int `json:"groups"`
			Territories int `json:"territories"`
		} `json:"sources_count"`
		Sources []plainSource `json:"sources"`
	}
	plainPage struct {
		UserGroups []plainGroup `json:"user_groups"`
		Info       struct {
			Page        int  `json:"page"`
			PerPage     int  `json:"per_page"`
			Count       int  `json:"count"`
			MoreRecords bool `json:"more_records"`
		} `json:"info"`
	}
)

// plainClient is how a program without an SDK would do it: net/http, io.ReadAll
// and encoding/json, over a connection that is kept.
type plainClient struct {
	http *http.Client
	base string
}

func (c plainClient) do(method, path string, in, out any, want int) error {
	var body io.Reader
	if in != nil {
		b, err := json.Marshal(in)
		if err != nil {
			return err
		}
		body = bytes.NewReader(b)
	}
	req, err := http.NewRequestWithContext(context.Background(), method, c.base+"/crm/v8/settings/user_groups"+path, body)
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Zoho-oauthtoken static-token")
	if in != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	if resp.StatusCode != want {
		return fmt.Errorf("status %d", resp.StatusCode)
	}
	return json.Unmarshal(answer, out)
}

// benchCase is one job, done in two ways. Both check what they got.
type benchCase struct {
	name                string
	nethttp, usergroups func() error
}

// Those that README has to quote.
const (
	jobPage  = "one page of 200 groups"
	jobPages = "100 pages of 20 groups, one after another"
)

const atOnce = 8

func benchCases(b *testing.B) []benchCase {
	b.Helper()
	url := startBenchServer(b)
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = atOnce
	b.Cleanup(transport.CloseIdleConnections)
	plain := plainClient{&http.Client{Transport: transport}, url}
	client, err := usergroups.NewClient(
		usergroups.WithBaseURL(url), usergroups.WithAccessToken("static-token"), usergroups.WithMaxConcurrent(atOnce))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(client.CloseIdleConnections)
	ctx := context.Background()

	plainGet := func() error {
		var page plainPage
		if err := plain.do(http.MethodGet, "/"+groupID, nil, &page, 200); err != nil || len(page.UserGroups) != 1 {
			return fmt.Errorf("%d groups, %w", len(page.UserGroups), err)
		}
		return nil
	}
	get := func() error {
		_, err := client.UserGroups.Get(ctx, groupID)
		return err
	}
	cases := []benchCase{
		{
			jobPage,
			func() error {
				var page plainPage
				err := plain.do(http.MethodGet, "?include=sources_count%2Csources", nil, &page, 200)
				if err != nil || len(page.UserGroups) != fullPage || page.UserGroups[199].Sources[1].Source.Name != "Manager" {
					return fmt.Errorf("%d groups, %w", len(page.UserGroups), err)
				}
				return nil
			},
			func() error {
				page, err := client.UserGroups.List(ctx, usergroups.ListUserGroupsOptions{
					Include: []usergroups.Include{usergroups.IncludeSourcesCount, usergroups.IncludeSources},
				})
				if err != nil || len(page.Items) != fullPage || page.Items[199].Sources[1].Name != "Manager" {
					return fmt.Errorf("no page: %w", err)
				}
				return nil
			},
		},
		{
			jobPages,
			func() error {
				n := 0
				for number := 1; ; number++ {
					var page plainPage
					if err := plain.do(http.MethodGet, "?per_page=20&page="+strconv.Itoa(number), nil, &page, 200); err != nil {
						return err
					}
					n += len(page.UserGroups)
					if !page.Info.MoreRecords {
						break
					}
				}
				if n != lastPage*shortPage {
					return fmt.Errorf("%d groups", n)
				}
				return nil
			},
			func() error {
				n := 0
				for _, err := range client.UserGroups.All(ctx, usergroups.ListUserGroupsOptions{PerPage: shortPage}) {
					if err != nil {
						return err
					}
					n++
				}
				if n != lastPage*shortPage {
					return fmt.Errorf("%d groups", n)
				}
				return nil
			},
		},
		{"one group", plainGet, get},
		{strconv.Itoa(atOnce) + " times one group, at once", atATime(plainGet), atATime(get)},
		{
			"create a group",
			func() error {
				type ref struct {
					ID string `json:"id"`
				}
				type source struct {
					Source ref    `json:"source"`
					Type   string `json:"type"`
				}
				type group struct {
					Name    string   `json:"name"`
					Sources []source `json:"sources"`
				}
				in := map[string][]group{"user_groups": {{Name: "R&D", Sources: []source{{ref{userID}, "users"}}}}}
				var out struct {
					UserGroups []struct {
						Status  string
						Details struct{ ID string }
					} `json:"user_groups"`
				}
				if err := plain.do(http.MethodPost, "", in, &out, 201); err != nil || out.UserGroups[0].Details.ID == "" {
					return fmt.Errorf("%v, %w", out, err)
				}
				return nil
			},
			func() error {
				_, err := client.UserGroups.Create(ctx, usergroups.CreateUserGroup{
					Name: "R&D", Sources: []usergroups.Source{usergroups.UserSource(userID)},
				})
				return err
			},
		},
	}
	return append(cases, tulipBenchCases(b, url, plain.http)...)
}

// atATime does a job so many times at once.
func atATime(do func() error) func() error {
	return func() error {
		errs := make([]error, atOnce)
		var wg sync.WaitGroup
		for i := range errs {
			wg.Go(func() { errs[i] = do() })
		}
		wg.Wait()
		for _, err := range errs {
			if err != nil {
				return err
			}
		}
		return nil
	}
}

// BenchmarkCalls does each job with this package and with net/http, one after the
// other, for benchstat and for profiles.
//
//	go test -run '^$' -bench Calls -count 10 . >calls.txt
//	go tool -modfile=tools/go.mod benchstat -col /via calls.txt
func BenchmarkCalls(b *testing.B) {
	for _, c := range benchCases(b) {
		for _, via := range []struct {
			name string
			do   func() error
		}{{"nethttp", c.nethttp}, {"usergroups", c.usergroups}} {
			b.Run("case="+c.name+"/via="+via.name, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if err := via.do(); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

// BenchmarkRatio does each job in both ways by turns, so that a machine whose
// speed changes changes both, and reports the median of the ratios of time, and
// what both allocate. .ci/bench makes the table of it that README quotes.
func BenchmarkRatio(b *testing.B) {
	for _, c := range benchCases(b) {
		b.Run(c.name, func(b *testing.B) {
			timed := func(do func() error) float64 {
				start := time.Now()
				if err := do(); err != nil {
					b.Fatal(err)
				}
				return float64(time.Since(start))
			}
			var ratios []float64
			for b.Loop() {
				// Each first in turn: whoever comes second may pay for the other's garbage.
				plain, ours := 0.0, 0.0
				if len(ratios)%2 == 0 {
					plain, ours = timed(c.nethttp), timed(c.usergroups)
				} else {
					ours, plain = timed(c.usergroups), timed(c.nethttp)
				}
				ratios = append(ratios, ours/plain)
			}
			slices.Sort(ratios)
			b.ReportMetric(ratios[len(ratios)/2], "time-ratio")
			bytes, allocs := allocated(b, c.usergroups)
			plainBytes, plainAllocs := allocated(b, c.nethttp)
			b.ReportMetric(bytes, "B/usergroups")
			b.ReportMetric(plainBytes, "B/nethttp")
			b.ReportMetric(allocs, "allocs/usergroups")
			b.ReportMetric(plainAllocs, "allocs/nethttp")
		})
	}
}

// allocated returns what one run allocates, the median of several.
func allocated(b *testing.B, do func() error) (bytes, allocs float64) {
	b.Helper()
	const runs = 31
	allBytes, allAllocs := make([]uint64, runs), make([]uint64, runs)
	var before, after runtime.MemStats
	for i := range runs {
		runtime.ReadMemStats(&before)
		if err := do(); err != nil {
			b.Fatal(err)
		}
		runtime.ReadMemStats(&after)
		allBytes[i], allAllocs[i] = after.TotalAlloc-before.TotalAlloc, after.Mallocs-before.Mallocs
	}
	slices.Sort(allBytes)
	slices.Sort(allAllocs)
	return float64(allBytes[runs/2]), float64(allAllocs[runs/2])
}
