package usergroupstest

import (
	"fmt"
	"net/http"
	"slices"
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
)

// Fault makes requests fail; give it to [Server.Inject].
type Fault struct {
	// Route is what it hits: a route as in [Routes], "POST /oauth/v2/token",
	// "POST /oauth/v2/token/revoke", or "" for everything below /crm.
	Route string
	Times int // how many requests it hits; 0 is all
	Skip  int // how many requests it lets pass first
	Kind  FaultKind

	// Status is the status for FaultStatus, where 0 is 500, and for
	// FaultHTML, where 0 is 200.
	Status int
	Header http.Header // added to FaultStatus and FaultHTML
	Body   string      // sent by FaultStatus as JSON, and by FaultHTML if not empty

	// Applied does the work of the request before it fails: the group is
	// created, the token issued, and only the answer is lost.
	// FaultCutBody always does.
	Applied bool
}

type activeFault struct {
	Fault
	passed, hits int
}

const htmlPage = `<!DOCTYPE html>
<html><head><title>Zoho</title></head>
<body><h1>Sorry, something went wrong</h1><p>Please try again later.</p></body></html>
`

// Inject makes requests fail from now on, and returns a function that ends
// it. Of several faults the one injected first goes first; a request that it
// hits is not seen, hence not counted, by the others.
// Inject panics when the route, the kind or the status does not exist.
func (s *Server) Inject(f Fault) (remove func()) {
	if f.Route != "" && f.Route != tokenRoute && f.Route != revokeRoute && !slices.Contains(Routes(), f.Route) {
		panic(fmt.Sprintf("usergroupstest: Inject: no route %q, there are %q", f.Route, append(Routes(), tokenRoute, revokeRoute)))
	}
	if f.Kind < FaultStatus || f.Kind > FaultHTML {
		panic(fmt.Sprintf("usergroupstest: Inject: no fault kind %d", f.Kind))
	}
	if f.Status != 0 && (f.Status < 200 || f.Status > 599) {
		panic(fmt.Sprintf("usergroupstest: Inject: no status %d", f.Status))
	}
	f.Header = f.Header.Clone()
	active := &activeFault{Fault: f}

	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, active)
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.faults = slices.DeleteFunc(s.faults, func(other *activeFault) bool { return other == active })
	}
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
			return f.Fault, true
		}
	}
	return Fault{}, false
}

// fail lets a request suffer its fault. What the request would have been
// answered is in lost, if its work was done. depart is called with the status
// before anything is sent.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, f Fault, lost reply, depart func(status int)) {
	switch f.Kind {
	case FaultReset:
		depart(0)
		reset(w)
	case FaultCutBody:
		depart(lost.status)
		lost.send(w, len(lost.body)/2)
	case FaultSilence:
		select {
		case <-r.Context().Done():
		case <-s.closed:
		}
		depart(0)
		reset(w)
	case FaultStatus, FaultHTML:
		rep := f.reply()
		depart(rep.status)
		rep.sendAll(w)
	}
}

// reply is the answer of a fault that has one.
func (f Fault) reply() reply {
	rep := reply{status: f.Status, header: http.Header{}, body: []byte(f.Body)}
	contentType := jsonType
	if f.Kind == FaultHTML {
		contentType = "text/html;charset=UTF-8"
		if f.Body == "" {
			rep.body = []byte(htmlPage)
		}
	}
	if rep.status == 0 && f.Kind == FaultHTML {
		rep.status = http.StatusOK
	} else if rep.status == 0 {
		rep.status = http.StatusInternalServerError
	}
	if len(rep.body) > 0 {
		rep.header.Set("Content-Type", contentType)
	}
	for name, values := range f.Header {
		rep.header[http.CanonicalHeaderKey(name)] = values
	}
	return rep
}
