package usergroupstest

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"strconv"
)

// answer is what a route wants to say; body is marshalled, nil is no body.
// Its value must not share memory with the server's state, because it is
// marshalled after the mutex was released.
type answer struct {
	status int
	body   any
	raw    *reply      // in place of both: a page or a redirect
	header http.Header // beside Content-Type and Content-Length; may be nil
}

// outcome is how the vendor reports an error, and also the success of a
// write: bare as the whole body, or as an item of a list.
type outcome struct {
	Code    string `json:"code"`
	Details any    `json:"details,omitzero"`
	Message string `json:"message"`
	Status  string `json:"status"`
}

// outcomes is the answer to a write: one outcome for each item, in its order.
type outcomes struct {
	UserGroups []outcome `json:"user_groups"`
}

type idDetails struct {
	ID string `json:"id"`
}

// reply is an answer as it goes over the wire.
type reply struct {
	status int
	header http.Header
	body   []byte
}

const (
	jsonType = "application/json;charset=UTF-8"
	htmlType = "text/html;charset=UTF-8"
)

func (a answer) render() reply {
	if a.raw != nil {
		return *a.raw
	}
	rep := reply{status: a.status, header: http.Header{}}
	maps.Copy(rep.header, a.header)
	if a.body == nil {
		return rep
	}
	body, err := marshal(a.body)
	if err != nil {
		// Only plain structs and what was checked comes here.
		panic("usergroupstest: cannot encode an answer: " + err.Error())
	}
	rep.header.Set("Content-Type", jsonType)
	rep.body = body
	return rep
}

// marshal is json.Marshal that sends "R&D" as it is, not as "R\u0026D".
func marshal(v any) ([]byte, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return bytes.TrimSuffix(buf.Bytes(), []byte("\n")), err
}

// sendHead writes all but the body, under the Content-Length of all of that.
// When bytes of it are missing, net/http closes the connection as soon as the
// handler returns, because the stream would be out of step.
func (rep reply) sendHead(w http.ResponseWriter) {
	header := w.Header()
	if len(rep.body) > 0 {
		header.Set("Content-Length", strconv.Itoa(len(rep.body)))
	}
	maps.Copy(header, rep.header)
	w.WriteHeader(rep.status)
}

// send writes the reply with only the first n bytes of its body.
func (rep reply) send(w http.ResponseWriter, n int) {
	rep.sendHead(w)
	_, _ = w.Write(rep.body[:n]) // an error means that the client has left
}

// sendAll writes the whole reply.
func (rep reply) sendAll(w http.ResponseWriter) { rep.send(w, len(rep.body)) }
