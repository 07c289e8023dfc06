package usergroups

import (
	"errors"

	"github.com/usergroups-go/usergroups/internal/settings"
)

// seal takes the secrets out of an Error, and its body out of the transport's
// buffer.
func (c *core) seal(err error) error {
	if err == nil {
		return nil
	}
	var many *ActionsError
	var e *Error
	switch {
	case errors.As(err, &many):
		var before *Error // one may stand for many items
		for _, e := range many.Errors {
			if e != nil && e != before {
				c.mask(e)
				before = e
			}
		}
	case errors.As(err, &e):
		c.mask(e)
	}
	return err
}

// clean takes the secrets out of the error of a token source. An Error stays one,
// without what was wrapped around it: it tells the caller what to do.
func (c *core) clean(err error) error {
	var e *Error
	if !c.secrets.Shows(err) || !errors.As(err, &e) {
		return c.secrets.Clean(err)
	}
	masked := *e // it is shared by all who wait for the token
	c.mask(&masked)
	return &masked
}

func (c *core) mask(e *Error) {
	e.Code, e.Message, e.URL = c.secrets.Mask(e.Code), c.secrets.Mask(e.Message), c.secrets.Mask(e.URL)
	e.Details = c.secrets.MaskFields(e.Details)
	e.Body = c.secrets.MaskErrorBody(e.Body, settings.MaxErrorBody, e.StatusCode/100 != 2)
	e.cause = c.secrets.Clean(e.cause)
}

// maskResult: a server that repeats a secret in an error may do so in a success.
func (c *core) maskResult(r *ActionResult) {
	r.Code, r.Message, r.Status = c.secrets.Mask(r.Code), c.secrets.Mask(r.Message), c.secrets.Mask(r.Status)
	r.Details = c.secrets.MaskFields(r.Details)
}
