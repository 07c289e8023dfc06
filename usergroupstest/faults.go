package usergroupstest

import (
	"net/http"
	"time"

	"github.com/usergroups-go/usergroups/internal/fakeserver"
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
)

// RedirectTarget is the path that FaultRedirect leads to. It answers {} with
// status 200 to any method, and is logged under this name as its route.
const RedirectTarget = "/redirected"

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

// Inject makes requests fail from now on, and returns a function that ends
// it. Of several faults the one injected first goes first; a request that it
// hits is not seen, hence not counted, by the others.
// Inject panics when the route, the kind, the status or a number does not
// exist.
func (s *Server) Inject(f Fault) (remove func()) {
	return s.http.Inject(fakeserver.Fault{
		Route: f.Route, Times: f.Times, Skip: f.Skip, Kind: fakeserver.Kind(f.Kind), // the same, in the same order
		Status: f.Status, Header: f.Header, Body: f.Body,
		Chunk: f.Chunk, Pause: f.Pause, Size: f.Size, Location: f.Location,
		Applied: f.Applied,
	})
}
