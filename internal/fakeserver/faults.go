package fakeserver

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"time"
)

// Kind says in which way a [Fault] makes a request fail. The fakes declare the
// same ones in the same order, and tell their users about each.
type Kind int

// The kinds of faults.
const (
	Status          Kind = iota // the fault's own status, header and body
	Reset                       // RST before any answer
	CutBody                     // half of the real body, under the length of all of it
	Silence                     // nothing, until the client leaves or the server closes
	HTML                        // a page, as from a gateway
	SlowBody                    // the real answer, a few bytes at a time
	ShortLength                 // the real answer, under half of its length
	BrokenGzip                  // half of the real answer, compressed
	HugeBody                    // JSON of any size, of no announced length
	Redirect                    // to Location
	HTTP10                      // the real answer as HTTP/1.0, without a length
	Close                       // the real answer, then the connection ends
	StaleConnection             // the same, but not before the next request begins
	Garbage                     // what is no HTTP
	Informational               // a 1xx before the real answer

	// Edited is the real answer after Fault.Edit, for the troubles that only
	// one vendor can make.
	Edited
)

// sendsAnswer reports whether the answer that a client gets is in some form
// the real one, so that the work has to be done.
func (kind Kind) sendsAnswer() bool {
	switch kind {
	case CutBody, SlowBody, ShortLength, BrokenGzip, HTTP10, Close, StaleConnection, Informational, Edited:
		return true
	}
	return false
}

// Fault makes requests fail; give it to [Server.Inject].
type Fault struct {
	Route string // what it hits; "" is the whole API
	Times int    // how many requests it hits; 0 is all
	Skip  int    // how many requests it lets pass first
	Kind  Kind

	Status int         // 0 is 500 for Status, 200 for HTML, 302 for Redirect, 103 for Informational
	Header http.Header // added to the answer, whichever is sent
	Body   string      // for Status as JSON, for HTML and Garbage if not empty

	Chunk    int           // bytes at a time, for SlowBody; 0 is 1
	Pause    time.Duration // between them; 0 is 10 ms
	Size     int64         // bytes of HugeBody; 0 is 64 MiB
	Location string        // for Redirect; "" is RedirectTarget at the address that was called

	Edit func(Reply) Reply // for Edited; it must not change the body in place

	Applied bool // the work is done, also by a kind that sends nothing of it
}

type activeFault struct {
	Fault
	passed, hits int
}

// Inject makes requests fail from now on, and returns a function that ends
// it. Of several faults the one injected first goes first; a request that it
// hits is not seen, hence not counted, by the others.
// Inject panics when the route, the kind, the status or a number does not
// exist.
func (s *Server) Inject(f Fault) (remove func()) {
	s.checkFault(f)
	active := &activeFault{Fault: f.withDefaults()}

	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, active)
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.faults = slices.DeleteFunc(s.faults, func(other *activeFault) bool { return other == active })
	}
}

func (s *Server) checkFault(f Fault) {
	s.checkRoute("Inject", f.Route)
	if f.Kind < Status || f.Kind > Edited || (f.Kind == Edited) != (f.Edit != nil) {
		panic(fmt.Sprintf("%s: Inject: no fault kind %d", s.cfg.Name, f.Kind))
	}
	if !f.Kind.takes(f.Status) {
		panic(fmt.Sprintf("%s: Inject: no status %d", s.cfg.Name, f.Status))
	}
	if f.Chunk < 0 || f.Pause < 0 || f.Size < 0 {
		panic(fmt.Sprintf("%s: Inject: Chunk %d, Pause %v, Size %d: below zero", s.cfg.Name, f.Chunk, f.Pause, f.Size))
	}
}

// checkRoute panics when no request can have the route; "" is everything.
func (s *Server) checkRoute(caller, route string) {
	known := append(slices.Clone(s.cfg.Routes), RedirectTarget)
	if route != "" && !slices.Contains(known, route) {
		panic(fmt.Sprintf("%s: %s: no route %q, there are %q", s.cfg.Name, caller, route, known))
	}
}

// takes reports whether a status, or 0, will do. Most kinds do not look at it.
func (kind Kind) takes(status int) bool {
	switch kind {
	case Redirect:
		return slices.Contains([]int{
			0,
			http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther,
			http.StatusTemporaryRedirect, http.StatusPermanentRedirect,
		}, status)
	case Informational:
		return status == 0 || status >= 100 && status <= 199 && status != http.StatusSwitchingProtocols
	case Status, HTML:
		return status == 0 || status >= 200 && status <= 599
	}
	return true
}

// withDefaults returns a copy that shares nothing with the caller.
func (f Fault) withDefaults() Fault {
	if f.Status == 0 {
		f.Status = map[Kind]int{
			Status:        http.StatusInternalServerError,
			HTML:          http.StatusOK,
			Redirect:      http.StatusFound,
			Informational: http.StatusEarlyHints,
		}[f.Kind]
	}
	if f.Chunk == 0 {
		f.Chunk = 1
	}
	if f.Pause == 0 {
		f.Pause = 10 * time.Millisecond
	}
	if f.Size == 0 {
		f.Size = 64 << 20
	}
	header := make(http.Header, len(f.Header))
	for name, values := range f.Header {
		header[http.CanonicalHeaderKey(name)] = slices.Clone(values)
	}
	f.Header = header
	return f
}

// takeFault returns the fault that a call to that host is to suffer, if any.
func (s *Server) takeFault(c Call, host string) (Fault, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.faults {
		matches := f.Route == c.Route
		if f.Route == "" {
			matches = c.API
		}
		switch {
		case !matches, f.Times > 0 && f.hits == f.Times:
		case f.passed < f.Skip:
			f.passed++
		default:
			f.hits++
			fault := f.Fault
			if fault.Location == "" {
				fault.Location = s.CalledURL(host) + RedirectTarget
			}
			return fault, true
		}
	}
	return Fault{}, false
}

// reply is the answer of a fault that has one of its own.
func (s *Server) reply(f Fault) Reply {
	rep := Reply{Status: f.Status, Header: http.Header{}}
	switch f.Kind {
	case Status:
		if f.Body != "" {
			rep.Header.Set("Content-Type", JSONType)
			rep.Body = []byte(f.Body)
		}
	case HTML:
		rep.Header.Set("Content-Type", HTMLType)
		rep.Body = []byte(cmp.Or(f.Body, fmt.Sprintf(htmlPage, s.cfg.HTMLTitle)))
	case Redirect:
		rep.Header.Set("Location", f.Location)
	case HugeBody: // its body is not made before it is sent
		rep.Status = http.StatusOK
		rep.Header.Set("Content-Type", JSONType)
	}
	maps.Copy(rep.Header, f.Header)
	return rep
}

const htmlPage = `<!DOCTYPE html>
<html><head><title>%s</title></head>
<body><h1>Sorry, something went wrong</h1><p>Please try again later.</p></body></html>
`
