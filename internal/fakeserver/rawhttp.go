package fakeserver

import (
	"bufio"
	"bytes"
	"fmt"
	"maps"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// reset ends the connection without an answer. A linger time of zero makes
// the kernel send RST instead of the polite FIN.
func reset(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return // the connection is gone already
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}

// wire is a connection without net/http, which would not send what some
// faults have to.
type wire struct {
	conn net.Conn
	in   *bufio.Reader
}

// takeOver takes the connection out of net/http's hands, lets use write to it,
// and closes it. It is also closed, under the hands of use, by Server.Close,
// which otherwise ends only net/http's own connections.
func (s *Server) takeOver(w http.ResponseWriter, use func(wire)) {
	conn, rw, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return // the connection is gone already
	}
	used := make(chan struct{})
	var closer sync.WaitGroup
	closer.Go(func() {
		select {
		case <-used:
		case <-s.closed:
		}
		_ = conn.Close()
	})
	use(wire{conn, rw.Reader})
	close(used)
	closer.Wait()
}

// write ignores errors: they mean that the client has left.
func (c wire) write(b []byte) { _, _ = c.conn.Write(b) }

// unannounced stands for a body that has no Content-Length.
const unannounced = -1

// answer writes a reply as it is, except that it announces a body of length
// bytes.
func (c wire) answer(proto string, rep Reply, length int) {
	header := http.Header{"Date": {time.Now().UTC().Format(http.TimeFormat)}}
	maps.Copy(header, rep.Header)
	if len(rep.Body) > 0 && length != unannounced {
		header.Set("Content-Length", strconv.Itoa(length))
	}
	var buf bytes.Buffer
	fmt.Fprintf(&buf, "%s %d %s\r\n", proto, rep.Status, http.StatusText(rep.Status))
	_ = header.Write(&buf) // a bytes.Buffer takes everything
	buf.WriteString("\r\n")
	buf.Write(rep.Body)
	c.write(buf.Bytes())
}

// awaitRequest waits for the first byte of another request, or for the end of
// the connection. To Server.Shutdown, a connection that waits here is idle.
func (s *Server) awaitRequest(c wire) {
	arrived := make(chan struct{})
	var interrupter sync.WaitGroup
	interrupter.Go(func() {
		select {
		case <-arrived:
		case <-s.stopping:
			_ = c.conn.SetReadDeadline(time.Unix(1, 0)) // long ago
		}
	})
	_, _ = c.in.Peek(1)
	close(arrived)
	interrupter.Wait()
}
