package usergroupstest

import (
	"net/http"

	"github.com/usergroups-go/usergroups/internal/fakeserver"
)

// answer is what a route wants to say; body is marshalled, nil is no body.
// Its value must not share memory with the server's state, because it is
// marshalled after the mutex was released.
type answer struct {
	status int
	body   any
	raw    *fakeserver.Reply // in place of both: a page or a redirect
	header http.Header       // beside Content-Type and Content-Length; may be nil
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

func (a answer) render() fakeserver.Reply {
	if a.raw != nil {
		return *a.raw
	}
	return fakeserver.JSON(a.status, a.header, a.body)
}
