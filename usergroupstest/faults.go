package usergroupstest

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"time"
)

// FaultKind says in which way a [Fault] makes a request fail.
type FaultKind int

const (
	// FaultStatus answers with the fault's own status, header and body.
	FaultStatus FaultKind = iota

	// FaultReset resets the connection (RST) before any answer. Mind that
	// Go's http.Transport repeats a GET on its own when the connection had
	// been used before; such a repetition is logged, and hit, like any other
	// request.
	FaultReset

	// FaultCutBody does the work, sends the real answer's status and
	// Content-Length, but only half of its body, and closes the connection.
	// An answer without a body has nothing to cut and arrives whole.
	FaultCutBody

	// FaultSilence never answers: it waits for the client to leave or for
	// [Server.Close].
	FaultSilence

	// FaultHTML answers with an HTML page, as a gateway or a login wall does.
	FaultHTML

	// FaultSlowBody does the work and sends the real answer, but its body a
	// few bytes at a time with a pause between: Fault.Chunk and Fault.Pause.
	// The head comes at once. A client without a limit for the whole answer
	// waits as long as that takes.
	FaultSlowBody

	// FaultShortLength does the work and sends the whole real answer, but
	// announces only half of its body as Content-Length, and closes the
	// connection. A client sees a whole answer whose body stops half-way, and
	// no trouble on the connection; Go's http.Transport logs that there was
	// more when it meant to keep the connection. An answer without a body
	// arrives as it is.
	FaultShortLength

	// FaultBrokenGzip does the work and sends the real answer compressed, but
	// only the first half of the compressed bytes, with the Content-Length
	// and as the whole of the body: the HTTP is right and the gzip ends too
	// early. It does so whatever Accept-Encoding the request had; a client
	// that does not decompress sees bytes that are no JSON. An answer without
	// a body arrives as it is.
	FaultBrokenGzip

	// FaultHugeBody answers 200 with valid JSON of Fault.Size bytes, without
	// a Content-Length, so that only who counts while reading notices in
	// time. It is a list with one group, whose name fills it.
	FaultHugeBody

	// FaultRedirect answers with a redirect to Fault.Location: Fault.Status
	// is 301, 302 (also for 0), 303, 307 or 308. Unless told otherwise it
	// leads to [RedirectTarget] at the address that was called, so that
	// Server.Count(RedirectTarget) tells whether it was followed, and the log
	// with what header.
	FaultRedirect

	// FaultHTTP10 does the work and sends the real answer as HTTP/1.0, with
	// neither Content-Length nor chunks: its body ends where the connection
	// does.
	FaultHTTP10

	// FaultClose does the work, sends the real answer and closes the
	// connection, without having announced it: what a server does whose idle
	// connections end early. Announced with a Fault.Header of
	// {"Connection": {"close"}} it is no trouble to anybody.
	FaultClose

	// FaultStaleConnection is FaultClose at the worst moment: the connection
	// stays open after the real answer until the client begins its next
	// request on it, and is closed on that. The next request is neither read,
	// worked on, logged nor counted. Go's http.Transport repeats a GET then
	// on its own, but not a POST.
	FaultStaleConnection

	// FaultGarbage sends bytes that are no HTTP, Fault.Body if it is not
	// empty, and closes the connection.
	FaultGarbage

	// FaultInformational does the work and sends an informational answer
	// before the real one: Fault.Status is 103 (also for 0), or any other 1xx
	// except 101. Clients should not mind.
	FaultInformational

	lastFaultKind = FaultInformational
)

// sendsAnswer reports whether the answer that a client gets is in some form
// the real one, so that the work has to be done.
func (kind FaultKind) sendsAnswer() bool {
	switch kind {
	case FaultCutBody, FaultSlowBody, FaultShortLength, FaultBrokenGzip, FaultHTTP10,
		FaultClose, FaultStaleConnection, FaultInformational:
		return true
	}
	return false
}

// RedirectTarget is the path that FaultRedirect leads to. It answers {} with
// status 200 to any method, and is logged under this name as its route.
const RedirectTarget = "/redirected"

func (s *Server) redirected(call) answer {
	return answer{status: http.StatusOK, body: struct{}{}}
}

// Fault makes requests fail; give it to [Server.Inject].
type Fault struct {
	Route string // what it hits, as in [Routes]; "" is everything below /crm
	Times int    // how many requests it hits; 0 is all
	Skip  int    // how many requests it lets pass first
	Kind  FaultKind

	// Status is the status for FaultStatus, where 0 is 500, for FaultHTML,
	// where 0 is 200, and as they say for FaultRedirect and
	// FaultInformational. Other kinds do not look at it.
	Status int
	// Header is added to the answer, whichever is sent; that of
	// FaultInformational is not the informational one.
	Header http.Header
	Body   string // sent by FaultStatus as JSON, and by FaultHTML and FaultGarbage if not empty

	Chunk    int           // bytes at a time, for FaultSlowBody; 0 is 1
	Pause    time.Duration // between them; 0 is 10 ms
	Size     int64         // bytes of FaultHugeBody; 0 is 64 MiB; it never has fewer than the envelope takes, about 50
	Location string        // for FaultRedirect

	// Applied does the work of the request before it fails: the group is
	// created, the token issued, and only the answer is lost. The kinds that
	// send the real answer in some form always do.
	Applied bool
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
	f.check()
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

func (f Fault) check() {
	checkRoute("Inject", f.Route)
	if f.Kind < FaultStatus || f.Kind > lastFaultKind {
		panic(fmt.Sprintf("usergroupstest: Inject: no fault kind %d", f.Kind))
	}
	if !f.Kind.takes(f.Status) {
		panic(fmt.Sprintf("usergroupstest: Inject: no status %d", f.Status))
	}
	if f.Chunk < 0 || f.Pause < 0 || f.Size < 0 {
		panic(fmt.Sprintf("usergroupstest: Inject: Chunk %d, Pause %v, Size %d: below zero", f.Chunk, f.Pause, f.Size))
	}
}

// takes reports whether a status, or 0, will do. Most kinds do not look at it.
func (kind FaultKind) takes(status int) bool {
	switch kind {
	case FaultRedirect:
		return slices.Contains([]int{
			0,
			http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther,
			http.StatusTemporaryRedirect, http.StatusPermanentRedirect,
		}, status)
	case FaultInformational:
		return status == 0 || status >= 100 && status <= 199 && status != http.StatusSwitchingProtocols
	case FaultStatus, FaultHTML:
		return status == 0 || status >= 200 && status <= 599
	}
	return true
}

// withDefaults returns a copy that shares nothing with the caller.
func (f Fault) withDefaults() Fault {
	if f.Status == 0 {
		f.Status = map[FaultKind]int{
			FaultStatus:        http.StatusInternalServerError,
			FaultHTML:          http.StatusOK,
			FaultRedirect:      http.StatusFound,
			FaultInformational: http.StatusEarlyHints,
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

// takeFault returns the fault that a call is to suffer, if any.
func (s *Server) takeFault(c call) (Fault, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.faults {
		matches := f.Route == c.route
		if f.Route == "" {
			matches = c.api
		}
		switch {
		case !matches, f.Times > 0 && f.hits == f.Times:
		case f.passed < f.Skip:
			f.passed++
		default:
			f.hits++
			fault := f.Fault
			if fault.Location == "" {
				fault.Location = s.calledURL(c) + RedirectTarget
			}
			return fault, true
		}
	}
	return Fault{}, false
}

// reply is the answer of a fault that has one of its own.
func (f Fault) reply() reply {
	rep := reply{status: f.Status, header: http.Header{}}
	switch f.Kind {
	case FaultStatus:
		if f.Body != "" {
			rep.header.Set("Content-Type", jsonType)
			rep.body = []byte(f.Body)
		}
	case FaultHTML:
		rep.header.Set("Content-Type", htmlType)
		rep.body = []byte(cmp.Or(f.Body, htmlPage))
	case FaultRedirect:
		rep.header.Set("Location", f.Location)
	case FaultHugeBody: // its body is not made before it is sent
		rep.status = http.StatusOK
		rep.header.Set("Content-Type", jsonType)
	}
	maps.Copy(rep.header, f.Header)
	return rep
}

const htmlPage = `<!DOCTYPE html>
<html><head><title>Zoho</title></head>
<body><h1>Sorry, something went wrong</h1><p>Please try again later.</p></body></html>
`
