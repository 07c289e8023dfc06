package usergroupstest

import (
	"bytes"
	"compress/gzip"
	"context"
	"maps"
	"net/http"
)

// fail lets a request suffer its fault. What the request would have been
// answered is in lost, if its work was done. depart is called with the status
// once, before the client can have read all of what it gets.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, f Fault, lost reply, depart func(status int)) {
	if f.Kind.sendsAnswer() {
		maps.Copy(lost.header, f.Header)
	}
	switch f.Kind {
	case FaultReset:
		depart(0)
		reset(w)
	case FaultSilence:
		select {
		case <-r.Context().Done():
		case <-s.closed:
		}
		depart(0)
		reset(w)
	case FaultStatus, FaultHTML, FaultRedirect:
		rep := f.reply()
		depart(rep.status)
		rep.sendAll(w)
	case FaultCutBody:
		depart(lost.status)
		lost.send(w, len(lost.body)/2)
	case FaultBrokenGzip:
		depart(lost.status)
		lost.brokenGzip().sendAll(w)
	case FaultInformational:
		depart(lost.status)
		w.WriteHeader(f.Status)
		lost.sendAll(w)
	case FaultSlowBody:
		s.trickle(r.Context(), w, f, lost, depart)
	case FaultHugeBody:
		flood(w, f, depart)
	case FaultGarbage:
		depart(0)
		s.takeOver(w, func(c wire) { c.write([]byte(f.garbage())) })
	case FaultShortLength:
		depart(lost.status)
		s.takeOver(w, func(c wire) { c.answer("HTTP/1.1", lost, len(lost.body)/2) })
	case FaultHTTP10:
		depart(lost.status)
		s.takeOver(w, func(c wire) { c.answer("HTTP/1.0", lost, unannounced) })
	case FaultClose:
		depart(lost.status)
		s.takeOver(w, func(c wire) { c.answer("HTTP/1.1", lost, len(lost.body)) })
	case FaultStaleConnection:
		depart(lost.status)
		s.takeOver(w, func(c wire) {
			c.answer("HTTP/1.1", lost, len(lost.body))
			s.awaitRequest(c)
		})
	}
}

// brokenGzip returns the reply with half of its body, compressed.
func (rep reply) brokenGzip() reply {
	if len(rep.body) == 0 {
		return rep
	}
	var buf bytes.Buffer
	zip := gzip.NewWriter(&buf)
	_, _ = zip.Write(rep.body) // a bytes.Buffer takes everything
	_ = zip.Close()
	rep.body = buf.Bytes()[:buf.Len()/2]
	rep.header.Set("Content-Encoding", "gzip")
	return rep
}

// trickle sends a reply a few bytes at a time. The request departs before the
// last of them; if client or server leaves earlier, then.
func (s *Server) trickle(ctx context.Context, w http.ResponseWriter, f Fault, rep reply, depart func(status int)) {
	rest := rep.body
	if len(rest) == 0 {
		depart(rep.status)
		rep.sendAll(w)
		return
	}
	rep.sendHead(w)
	conn := http.NewResponseController(w)
	for len(rest) > f.Chunk {
		_, _ = w.Write(rest[:f.Chunk])
		rest = rest[f.Chunk:]
		if conn.Flush() != nil || !s.pause(ctx, f.Pause) {
			depart(rep.status)
			return
		}
	}
	depart(rep.status)
	_, _ = w.Write(rest)
}

// The answer of FaultHugeBody, around as many letters as it takes.
const (
	floodHead = `{"user_groups":[{"id":"5550000000004001","name":"`
	floodTail = `"}]}`
)

// flood sends an answer of any size from a small buffer. The request departs
// before the end of it, or when the client leaves.
func flood(w http.ResponseWriter, f Fault, depart func(status int)) {
	rep := f.reply()
	rep.sendHead(w)
	_, _ = w.Write([]byte(floodHead))
	err := http.NewResponseController(w).Flush() // else net/http announces the length of a small one
	filler := bytes.Repeat([]byte("a"), 32<<10)
	for left := f.Size - int64(len(floodHead)+len(floodTail)); left > 0 && err == nil; left -= int64(len(filler)) {
		_, err = w.Write(filler[:min(left, int64(len(filler)))])
	}
	depart(rep.status)
	_, _ = w.Write([]byte(floodTail))
}

func (f Fault) garbage() string {
	if f.Body != "" {
		return f.Body
	}
	return "\x15\x03\x01\x00\x02\x02\x50 this is no HTTP\r\n\r\n"
}
