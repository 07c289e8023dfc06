package fakeserver

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
func (s *Server) fail(w http.ResponseWriter, r *http.Request, f Fault, lost Reply, depart func(status int)) {
	if f.Kind.sendsAnswer() {
		header := http.Header{}
		maps.Copy(header, lost.Header)
		maps.Copy(header, f.Header)
		lost.Header = header
	}
	switch f.Kind {
	case Reset:
		depart(0)
		reset(w)
	case Silence:
		select {
		case <-r.Context().Done():
		case <-s.closed:
		}
		depart(0)
		reset(w)
	case Status, HTML, Redirect:
		rep := s.reply(f)
		depart(rep.Status)
		rep.sendAll(w)
	case CutBody:
		depart(lost.Status)
		lost.send(w, len(lost.Body)/2)
	case BrokenGzip:
		depart(lost.Status)
		lost.brokenGzip().sendAll(w)
	case Informational:
		depart(lost.Status)
		w.WriteHeader(f.Status)
		lost.sendAll(w)
	case SlowBody:
		s.trickle(r.Context(), w, f, lost, depart)
	case HugeBody:
		s.flood(w, f, depart)
	case Garbage:
		depart(0)
		s.takeOver(w, func(c wire) { c.write([]byte(f.garbage())) })
	case ShortLength:
		depart(lost.Status)
		s.takeOver(w, func(c wire) { c.answer("HTTP/1.1", lost, len(lost.Body)/2) })
	case HTTP10:
		depart(lost.Status)
		s.takeOver(w, func(c wire) { c.answer("HTTP/1.0", lost, unannounced) })
	case Close:
		depart(lost.Status)
		s.takeOver(w, func(c wire) { c.answer("HTTP/1.1", lost, len(lost.Body)) })
	case StaleConnection:
		depart(lost.Status)
		s.takeOver(w, func(c wire) {
			c.answer("HTTP/1.1", lost, len(lost.Body))
			s.awaitRequest(c)
		})
	case Edited:
		rep := f.Edit(lost)
		depart(rep.Status)
		rep.sendAll(w)
	}
}

// brokenGzip returns the reply with half of its body, compressed.
func (rep Reply) brokenGzip() Reply {
	if len(rep.Body) == 0 {
		return rep
	}
	var buf bytes.Buffer
	zip := gzip.NewWriter(&buf)
	_, _ = zip.Write(rep.Body) // a bytes.Buffer takes everything
	_ = zip.Close()
	rep.Body = buf.Bytes()[:buf.Len()/2]
	rep.Header.Set("Content-Encoding", "gzip")
	return rep
}

// trickle sends a reply a few bytes at a time. The request departs before the
// last of them; if client or server leaves earlier, then.
func (s *Server) trickle(ctx context.Context, w http.ResponseWriter, f Fault, rep Reply, depart func(status int)) {
	rest := rep.Body
	if len(rest) == 0 {
		depart(rep.Status)
		rep.sendAll(w)
		return
	}
	rep.sendHead(w)
	conn := http.NewResponseController(w)
	for len(rest) > f.Chunk {
		_, _ = w.Write(rest[:f.Chunk])
		rest = rest[f.Chunk:]
		if conn.Flush() != nil || !s.pause(ctx, f.Pause) {
			depart(rep.Status)
			return
		}
	}
	depart(rep.Status)
	_, _ = w.Write(rest)
}

// flood sends an answer of any size from a small buffer. The request departs
// before the end of it, or when the client leaves.
func (s *Server) flood(w http.ResponseWriter, f Fault, depart func(status int)) {
	head, tail := s.cfg.HugeHead, s.cfg.HugeTail
	rep := s.reply(f)
	rep.sendHead(w)
	_, _ = w.Write([]byte(head))
	err := http.NewResponseController(w).Flush() // else net/http announces the length of a small one
	filler := bytes.Repeat([]byte("a"), 32<<10)
	for left := f.Size - int64(len(head)+len(tail)); left > 0 && err == nil; left -= int64(len(filler)) {
		_, err = w.Write(filler[:min(left, int64(len(filler)))])
	}
	depart(rep.Status)
	_, _ = w.Write([]byte(tail))
}

func (f Fault) garbage() string {
	if f.Body != "" {
		return f.Body
	}
	return "\x15\x03\x01\x00\x02\x02\x50 this is no HTTP\r\n\r\n"
}
