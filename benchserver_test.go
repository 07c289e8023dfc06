package usergroups_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"
)

// benchServer makes the test binary serve the benchmarks' answers instead of
// running tests, so that a benchmark has its server in another process.
const benchServer = "USERGROUPS_BENCH_SERVER"

// The answers: a page of 200 groups is about 137 kB, one of 20 about 14 kB.
const (
	fullPage  = 200
	shortPage = 20
	lastPage  = 100
)

// benchGroups is a page of groups with all their fields.
func benchGroups(page, perPage int, more bool) []byte {
	var b strings.Builder
	b.WriteString(`{"user_groups":[`)
	for i := range perPage {
		if i > 0 {
			b.WriteByte(',')
		}
		n := (page-1)*perPage + i
		fmt.Fprintf(&b, `{"created_time":"2022-11-21T12:33:12+05:30","sources_count":{"territories":1,"roles":2,"groups":1,"users":%d},`+
			`"modified_time":"2022-11-21T13:21:46+05:30","name":"group %d","modified_by":{"name":"Patricia Boyle","id":"3652397000000186017"},`+
			`"description":"Everybody who looks after customers of region %d","id":"36523970000099%05d",`+
			`"created_by":{"name":"Patricia Boyle","id":"3652397000000186017"},"sources":[`+
			`{"source":{"name":"Patricia Boyle","id":"3652397000000186017"},"type":"users"},`+
			`{"source":{"name":"Manager","id":"3652397000000026008"},"type":"roles","subordinates":true},`+
			`{"source":{"name":"New York","id":"3652397000007622003"},"type":"territories","subordinates":false}]}`, n, n, n, n)
	}
	fmt.Fprintf(&b, `],"info":{"per_page":%d,"count":%d,"page":%d,"more_records":%t}}`, perPage, perPage, page, more)
	return []byte(b.String())
}

// serveBench prints its address and serves until its parent is gone.
func serveBench() {
	listener, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Fprintln(os.Stdout, listener.Addr())
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()

	const path = "/crm/v8/settings/user_groups"
	full, one := benchGroups(1, fullPage, false), benchGroups(1, 1, false)
	var short [lastPage + 1][]byte
	for page := 1; page <= lastPage; page++ {
		short[page] = benchGroups(page, shortPage, page < lastPage)
	}
	created := []byte(`{"user_groups":[{"code":"SUCCESS","details":{"id":"3652397000009949005"},"message":"User Group Created successfully","status":"success"}]}`)
	answer := func(w http.ResponseWriter, status int, body []byte) {
		w.Header().Set("Content-Type", "application/json;charset=UTF-8")
		w.WriteHeader(status)
		_, _ = w.Write(body)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+path, func(w http.ResponseWriter, r *http.Request) {
		if r.FormValue("per_page") != strconv.Itoa(shortPage) {
			answer(w, http.StatusOK, full)
			return
		}
		page, _ := strconv.Atoi(r.FormValue("page"))
		answer(w, http.StatusOK, short[max(page, 1)])
	})
	mux.HandleFunc("GET "+path+"/{id}", func(w http.ResponseWriter, _ *http.Request) { answer(w, http.StatusOK, one) })
	mux.HandleFunc("POST "+path, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		answer(w, http.StatusCreated, created)
	})
	serveTulipBench(mux)
	server := &http.Server{ReadHeaderTimeout: time.Minute, Handler: mux}
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
