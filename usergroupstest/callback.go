package usergroupstest

import (
	"html/template"
	"net/http"
)

// CallbackPath is a page of the server, for the redirect_uri of clients that
// have none of their own: URL + CallbackPath. It shows the code that the
// consent page sends there, and says what to do with it. It is logged under
// this name as its route.
const CallbackPath = "/callback"

// showCode serves CallbackPath.
func (s *Server) showCode(c call) answer {
	code := c.query.Get("code")
	if code == "" {
		return *consentError("No code", "The consent was rejected, or this is not where it has led to.")
	}
	url := s.http.CalledURL(c.host)
	return page(http.StatusOK, codePage, struct{ Code, TokenURL, RedirectURI string }{
		code, url + tokenPath, url + CallbackPath,
	})
}

var codePage = template.Must(template.New("code").Parse(`<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Fake Zoho Accounts</title></head>
<body>
<h1>Thank you</h1>
<p>The code, which works once and for 2 minutes: <code>{{.Code}}</code></p>
<p>For tokens, post it to {{.TokenURL}} as code, with grant_type authorization_code, redirect_uri {{.RedirectURI}}
and the client's client_id and client_secret.</p>
</body></html>
`))
