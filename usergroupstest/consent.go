package usergroupstest

import (
	"bytes"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/usergroups-go/usergroups/internal/fakeserver"
)

// WithRedirectURIs registers where the consent page may send a user back to,
// as the API console does: a redirect_uri has to be one of them, letter for
// letter. Guess: without the option, any absolute http or https URL will do.
// WithRedirectURIs panics on a URL that is not absolute http or https, or has a
// fragment.
func WithRedirectURIs(uris ...string) Option {
	for _, uri := range uris {
		if !acceptableRedirect(uri) {
			panic(fmt.Sprintf("usergroupstest: WithRedirectURIs(%q): want absolute http or https URLs", uri))
		}
	}
	uris = slices.Clone(uris)
	return func(c *config) { c.redirectURIs = uris }
}

// acceptableRedirect keeps the page from being led to javascript: and the like.
func acceptableRedirect(uri string) bool {
	u, err := url.Parse(uri)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Hostname() != "" && !strings.Contains(uri, "#")
}

// consentRequest is what a client asks a user for, in the page's query.
type consentRequest struct {
	ClientID    string
	Scopes      []string
	RedirectURI string
	Offline     bool
	state       string
	prompted    bool
}

// parseConsent checks the query. What is wrong with it is told to the user and
// never sent to the redirect_uri, which may be what is wrong.
func (s *Server) parseConsent(query url.Values) (consentRequest, *answer) {
	req := consentRequest{
		ClientID: query.Get("client_id"),
		// The vendor's CRM pages separate scopes by commas, RFC 6749 by spaces.
		Scopes:      strings.FieldsFunc(query.Get("scope"), func(r rune) bool { return r == ',' || r == ' ' }),
		RedirectURI: query.Get("redirect_uri"),
		Offline:     query.Get("access_type") == "offline",
		state:       query.Get("state"),
		prompted:    query.Get("prompt") == "consent",
	}
	registered := len(s.cfg.redirectURIs) == 0 || slices.Contains(s.cfg.redirectURIs, req.RedirectURI)
	switch {
	case req.ClientID != s.tokens.clientID:
		return req, consentError("Invalid client", "There is no client with this client_id.")
	case !registered || !acceptableRedirect(req.RedirectURI):
		return req, consentError("Invalid redirect URI", "The redirect_uri is not one that the client has registered.")
	case query.Get("response_type") != "code":
		return req, consentError("Invalid response type", "The response_type has to be code.")
	case len(req.Scopes) == 0:
		return req, consentError("Invalid scope", "The scope is missing.")
	}
	return req, nil
}

// showConsent serves GET /oauth/v2/auth.
func (s *Server) showConsent(c call) answer {
	req, bad := s.parseConsent(c.query)
	if bad != nil {
		return *bad
	}
	return page(http.StatusOK, consentPage, req)
}

// decideConsent serves POST /oauth/v2/auth: the page's form, which comes back
// with the page's own query and one field, decision. Nobody has to be logged
// in, and nobody has to have seen the page.
func (s *Server) decideConsent(c call) answer {
	req, bad := s.parseConsent(c.query)
	if bad != nil {
		return *bad
	}
	switch oauthForm(c).Get("decision") {
	case "reject":
		return req.redirect(url.Values{"error": {"access_denied"}})
	case "accept":
	default:
		return *consentError("Invalid answer", "The decision has to be accept or reject.")
	}

	t, now := &s.tokens, s.now()
	var throttled bool
	t.consents, throttled = usedUp(t.consents, codeLimit, codeWindow, now)
	if throttled && s.cfg.tokenLimit > 0 {
		return *consentError("Access Denied", tooOften) // guess: the limit is documented, its answer is not
	}
	t.consents = append(t.consents, now)
	value := t.addCode(code{
		scopes: req.Scopes, redirectURI: req.RedirectURI, offline: req.Offline, prompted: req.prompted,
	}, now, codeLifetime)
	return req.redirect(url.Values{"code": {value}, "location": {"us"}, "accounts-server": {s.http.CalledURL(c.host)}})
}

// redirect sends the user back, with the client's own state.
func (req consentRequest) redirect(result url.Values) answer {
	if req.state != "" {
		result.Set("state", req.state)
	}
	location, err := url.Parse(req.RedirectURI)
	if err != nil {
		panic("usergroupstest: parseConsent let a URL through: " + err.Error())
	}
	query := result.Encode()
	if location.RawQuery != "" {
		query = encodeQuery(location.RawQuery) + "&" + query
	}
	location.RawQuery = query
	return answer{raw: &fakeserver.Reply{
		Status: http.StatusFound,
		Header: http.Header{"Location": {location.String()}},
	}}
}

// encodeQuery encodes what may not stand in a URL and leaves the rest as it
// is, which [url.URL.String] does for the path only.
func encodeQuery(raw string) string {
	var out strings.Builder
	for _, b := range []byte(raw) {
		if b <= ' ' || b >= 0x7f || strings.ContainsRune("\"<>\\^`{|}", rune(b)) {
			fmt.Fprintf(&out, "%%%02X", b)
		} else {
			out.WriteByte(b)
		}
	}
	return out.String()
}

func consentError(title, message string) *answer {
	// Guess: the vendor shows a page as well, of unknown status.
	return new(page(http.StatusBadRequest, errorPage, struct{ Title, Message string }{title, message}))
}

// The pages quote what a stranger has put into a link: html/template escapes
// it, and the policy lets nothing run that would slip through.
const pagePolicy = "default-src 'none'; base-uri 'none'; frame-ancestors 'none'"

var (
	// A form without an action comes back to its page's URL, query and all.
	consentPage = template.Must(template.New("consent").Parse(`<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Fake Zoho Accounts</title></head>
<body>
<h1>{{.ClientID}} would like to</h1>
<ul>{{range .Scopes}}
<li>{{.}}</li>{{end}}
</ul>
<p>{{if .Offline}}Also when you are away. {{end}}Your answer goes to {{.RedirectURI}}</p>
<form method="post">
<button name="decision" value="accept">Accept</button>
<button name="decision" value="reject">Reject</button>
</form>
</body></html>
`))

	errorPage = template.Must(template.New("error").Parse(`<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Fake Zoho Accounts</title></head>
<body><h1>{{.Title}}</h1><p>{{.Message}}</p></body></html>
`))
)

func page(status int, content *template.Template, data any) answer {
	var html bytes.Buffer
	if err := content.Execute(&html, data); err != nil {
		// Only plain structs of strings come here.
		panic("usergroupstest: cannot make a page: " + err.Error())
	}
	return answer{raw: &fakeserver.Reply{
		Status: status,
		Header: http.Header{
			"Content-Type":            {fakeserver.HTMLType},
			"Content-Security-Policy": {pagePolicy},
		},
		Body: html.Bytes(),
	}}
}
