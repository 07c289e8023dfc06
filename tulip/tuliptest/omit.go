package tuliptest

import "cmp"

// ItemError says why a list leaves a record out; see [Server.Omit]. What is empty
// is as in the vendor's sample: generic.internal, "Something went wrong.", and not
// retryable.
type ItemError struct {
	Code, Message string
	Retryable     bool
}

// Omit has lists leave a record out and name it in errors, from now on, as the
// vendor does when it fails to load one: the answer is 200, but not complete. The
// id is of a user, a group or a role; where it is listed as a member, or as a
// group of a user, it is left out as well. The record keeps its place: a page of
// 10 has 9 items and an error then, and count goes on counting it; see
// Guesses.CountWithoutOmitted. A record that is asked for by its id is there.
//
// Omit returns a function that ends it.
func (s *Server) Omit(id string, problem ItemError) (restore func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.instance.omitted[id] = problem
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.instance.omitted, id)
	}
}

func (e ItemError) json(id string) errorJSON {
	return errorJSON{
		ErrorCode: cmp.Or(e.Code, codeInternal),
		Message:   cmp.Or(e.Message, messageInternal),
		Retryable: e.Retryable,
		Details:   map[string]any{"id": id},
	}
}
