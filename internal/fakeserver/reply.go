package fakeserver

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"strconv"
)

// Reply is an answer as it goes over the wire.
type Reply struct {
	Status int
	Header http.Header // beside Content-Length; nil is empty
	Body   []byte
}

// The content types of answers.
const (
	JSONType = "application/json;charset=UTF-8"
	HTMLType = "text/html;charset=UTF-8"
)

// JSON returns the answer with body as JSON; nil is no body. The header is
// copied, and may be nil. JSON panics on what cannot be encoded.
func JSON(status int, header http.Header, body any) Reply {
	rep := Reply{Status: status, Header: http.Header{}}
	maps.Copy(rep.Header, header)
	if body == nil {
		return rep
	}
	text, err := Marshal(body)
	if err != nil {
		// Fakes answer with plain structs and with what they have checked.
		panic("fakeserver: cannot encode an answer: " + err.Error())
	}
	rep.Header.Set("Content-Type", JSONType)
	rep.Body = text
	return rep
}

// Marshal is json.Marshal that sends "R&D" as it is, not as "R\u0026D".
func Marshal(v any) ([]byte, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return bytes.TrimSuffix(buf.Bytes(), []byte("\n")), err
}

// sendHead writes all but the body, under the Content-Length of all of that.
// When bytes of it are missing, net/http closes the connection as soon as the
// handler returns, because the stream would be out of step.
func (rep Reply) sendHead(w http.ResponseWriter) {
	header := w.Header()
	if len(rep.Body) > 0 {
		header.Set("Content-Length", strconv.Itoa(len(rep.Body)))
	}
	maps.Copy(header, rep.Header)
	w.WriteHeader(rep.Status)
}

// send writes the reply with only the first n bytes of its body.
func (rep Reply) send(w http.ResponseWriter, n int) {
	rep.sendHead(w)
	_, _ = w.Write(rep.Body[:n]) // an error means that the client has left
}

// sendAll writes the whole reply.
func (rep Reply) sendAll(w http.ResponseWriter) { rep.send(w, len(rep.Body)) }
