package usergroups_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/usergroups-go/usergroups"
)

// benchServer makes the test binary serve one page of groups instead of running
// tests, so that a benchmark has its server in another process.
const benchServer = "USERGROUPS_BENCH_SERVER"

// benchPage is a page of 200 groups with all their fields, about 137 kB.
func benchPage() []byte {
	var b strings.Builder
	b.WriteString(`{"user_groups":[`)
	for i := range 200 {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"created_time":"2022-11-21T12:33:12+05:30","sources_count":{"territories":1,"roles":2,"groups":1,"users":%d},`+
			`"modified_time":"2022-11-21T13:21:46+05:30","name":"group %d","modified_by":{"name":"Patricia Boyle","id":"3652397000000186017"},`+
			`"description":"Everybody who looks after customers of region %d","id":"36523970000099%05d",`+
			`"created_by":{"name":"Patricia Boyle","id":"3652397000000186017"},"sources":[`+
			`{"source":{"name":"Patricia Boyle","id":"3652397000000186017"},"type":"users"},`+
			`{"source":{"name":"Manager","id":"3652397000000026008"},"type":"roles","subordinates":true},`+
			`{"source":{"name":"New York","id":"3652397000007622003"},"type":"territories","subordinates":false}]}`, i, i, i, i)
	}
	b.WriteString(`],"info":{"per_page":200,"count":200,"page":1,"more_records":false}}`)
	return []byte(b.String())
}

// serveBenchPage prints its address and serves until its parent is gone.
func serveBenchPage() {
	listener, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Fprintln(os.Stdout, listener.Addr())
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	page := benchPage()
	server := &http.Server{ReadHeaderTimeout: time.Minute, Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(page)
	})}
	panic(server.Serve(listener))
}

// startBenchServer starts the test binary once more, as the server.
func startBenchServer(b *testing.B) (url string) {
	b.Helper()
	cmd := exec.CommandContext(b.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), benchServer+"=1")
	in, err1 := cmd.StdinPipe()
	out, err2 := cmd.StdoutPipe()
	if err1 != nil || err2 != nil {
		b.Fatal(err1, err2)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		_ = in.Close()
		_ = cmd.Wait()
	})
	address, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		b.Fatal(err)
	}
	return "http://" + strings.TrimSpace(address)
}

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

// readers are the two ways to read a page.
type readers struct{ nethttp, usergroups func() error }

func newReaders(b *testing.B) readers {
	b.Helper()
	url := startBenchServer(b)
	ctx := context.Background()

	transport := http.DefaultTransport.(*http.Transport).Clone()
	b.Cleanup(transport.CloseIdleConnections)
	plain := &http.Client{Transport: transport}
	client, err := usergroups.NewClient(usergroups.WithBaseURL(url), usergroups.WithAccessToken("static-token"))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(client.CloseIdleConnections)
	options := usergroups.ListUserGroupsOptions{Include: []usergroups.Include{usergroups.IncludeSourcesCount, usergroups.IncludeSources}}

	return readers{
		nethttp: func() error {
			req, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/crm/v8/settings/user_groups?include=sources_count%2Csources", nil)
			if err != nil {
				return err
			}
			req.Header.Set("Authorization", "Zoho-oauthtoken static-token")
			resp, err := plain.Do(req)
			if err != nil {
				return err
			}
			defer resp.Body.Close()
			body, err := io.ReadAll(resp.Body)
			if err != nil {
				return err
			}
			var page plainPage
			if err := json.Unmarshal(body, &page); err != nil || len(page.UserGroups) != 200 || page.UserGroups[199].Sources[1].Source.Name != "Manager" {
				return fmt.Errorf("%d groups, %w", len(page.UserGroups), err)
			}
			return nil
		},
		usergroups: func() error {
			page, err := client.UserGroups.List(ctx, options)
			if err != nil || len(page.Items) != 200 || page.Items[199].Sources[1].Name != "Manager" {
				return fmt.Errorf("no page: %w", err)
			}
			return nil
		},
	}
}

// BenchmarkPage reads one page of 200 groups over a connection that is kept,
// with this package and with net/http, io.ReadAll and json.Unmarshal.
//
//	go test -run '^$' -bench 'Page$' -count 10 . >page.txt
//	go tool -modfile=tools/go.mod benchstat -col /via page.txt
func BenchmarkPage(b *testing.B) {
	r := newReaders(b)
	for _, via := range []struct {
		name string
		read func() error
	}{{"via=nethttp", r.nethttp}, {"via=usergroups", r.usergroups}} {
		b.Run(via.name, func(b *testing.B) {
			b.SetBytes(int64(len(benchPage())))
			b.ReportAllocs()
			for b.Loop() {
				if err := via.read(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkPageRatio reads the page in both ways by turns, so that a machine
// whose speed changes changes both, and reports the median of the ratios.
//
//	go test -run '^$' -bench PageRatio -benchtime 1000x -count 6 .
func BenchmarkPageRatio(b *testing.B) {
	r := newReaders(b)
	timed := func(read func() error) float64 {
		start := time.Now()
		if err := read(); err != nil {
			b.Fatal(err)
		}
		return float64(time.Since(start))
	}
	var ratios []float64
	for b.Loop() {
		// Each first in turn: whoever comes second may pay for the other's garbage.
		plain, ours := 0.0, 0.0
		if len(ratios)%2 == 0 {
			plain, ours = timed(r.nethttp), timed(r.usergroups)
		} else {
			ours, plain = timed(r.usergroups), timed(r.nethttp)
		}
		ratios = append(ratios, ours/plain)
	}
	slices.Sort(ratios)
	b.ReportMetric(ratios[len(ratios)/2], "usergroups/nethttp")
}
