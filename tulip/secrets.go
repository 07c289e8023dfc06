package tulip

import (
	"errors"

	"github.com/usergroups-go/usergroups/internal/settings"
)

// seal takes the secrets out of an Error, and its body out of the transport's
// buffer.
func (c *core) seal(err error) error {
	var e *Error
	if !errors.As(err, &e) {
		return err
	}
	e.Code, e.Message, e.URL = c.secrets.Mask(e.Code), c.secrets.Mask(e.Message), c.secrets.Mask(e.URL)
	e.Details = c.secrets.MaskFields(e.Details)
	e.Body = c.secrets.MaskErrorBody(e.Body, settings.MaxErrorBody, e.StatusCode/100 != 2)
	e.cause = c.secrets.Clean(e.cause)
	return err
}

// itemErrors are the errors of a page: a server that repeats a secret in an error may
// do so in these.
func (c *core) itemErrors(wire []apiError) []ItemError {
	if len(wire) == 0 {
		return nil
	}
	items := make([]ItemError, len(wire))
	for i := range wire {
		e := &wire[i]
		items[i] = ItemError{
			ID:   c.secrets.Mask(e.Details.ID()),
			Code: c.secrets.Mask(string(e.Code)), Message: c.secrets.Mask(string(e.Message)),
			Retryable: e.Retryable.Pointer(), Details: c.secrets.MaskFields(e.Details),
		}
	}
	return items
}
