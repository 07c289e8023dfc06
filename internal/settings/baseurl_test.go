package settings_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/usergroups-go/usergroups/internal/settings"
	"github.com/usergroups-go/usergroups/internal/transport"
)

func TestParseBaseURL(t *testing.T) {
	t.Parallel()
	const (
		notOne   = "not a URL"
		relative = "not an absolute http or https URL"
		dots     = `the URL for "api.acme.test" has a path with dots for segments`
		user     = `the URL for "api.acme.test" holds a user or password`
		query    = `the URL for "api.acme.test" holds a query or fragment`
		inClear  = "would send credentials in clear: use https, or allow it by WithInsecureHTTP"
	)
	for raw, tt := range map[string]struct{ want, wrong string }{
		"https://api.acme.test":        {want: "https://api.acme.test"},
		"https://api.acme.test/":       {want: "https://api.acme.test"},
		"https://api.acme.test/v1//":   {want: "https://api.acme.test/v1"},
		"https://api.acme.test/a%2Fb/": {want: "https://api.acme.test/a%2Fb"},
		"https://api.acme.test:":       {want: "https://api.acme.test"},
		"https://api.acme.test:8443/x": {want: "https://api.acme.test:8443/x"},
		"HTTPS://api.acme.test":        {want: "https://api.acme.test"},
		"http://127.0.0.1:8080":        {want: "http://127.0.0.1:8080"},
		"http://127.9.9.9":             {want: "http://127.9.9.9"},
		"http://[::1]:1/x":             {want: "http://[::1]:1/x"},
		"http://LOCALHOST":             {want: "http://LOCALHOST"},

		"":                                {wrong: relative},
		"%":                               {wrong: notOne},
		"https://user:pass@zo ho":         {wrong: notOne},
		"api.acme.test":                   {wrong: relative},
		"//api.acme.test":                 {wrong: relative},
		"ftp://user:pass@api.acme.test":   {wrong: relative},
		"https://":                        {wrong: relative},
		"https://api.acme.test/a/../b":    {wrong: dots},
		"https://api.acme.test/.":         {wrong: dots},
		"https://api.acme.test/%2e%2e/b":  {wrong: dots},
		"https://:443":                    {wrong: relative},
		"https://user:pass@api.acme.test": {wrong: user},
		"https://@api.acme.test":          {wrong: user},
		"https://api.acme.test?x=1":       {wrong: query},
		"https://api.acme.test?":          {wrong: query},
		"https://api.acme.test#x":         {wrong: query},
		"http://api.acme.test":            {wrong: inClear},
		"http://10.0.0.1":                 {wrong: inClear},
		"http://127.0.0.1.example":        {wrong: inClear},
		"http://localhost.example":        {wrong: inClear},
	} {
		t.Run(raw, func(t *testing.T) {
			t.Parallel()
			u, err := settings.ParseBaseURL("WithThat", raw, false, "WithInsecureHTTP")
			if tt.wrong == "" {
				if err != nil || u.String() != tt.want {
					t.Errorf("%v, error %v, want %s", u, err, tt.want)
				}
				return
			}
			if !errors.Is(err, transport.ErrInvalidArgument) || u != nil {
				t.Fatalf("%v, error %v", u, err)
			}
			if text := err.Error(); !strings.HasPrefix(text, "WithThat: ") || !strings.HasSuffix(text, tt.wrong) || strings.Contains(text, "pass@") {
				t.Errorf("error %q, want %q", text, tt.wrong)
			}
		})
	}
}

// Only the clear text is allowed by it, nothing else that is wrong.
func TestAllowHTTP(t *testing.T) {
	t.Parallel()
	s := settings.New("acme")
	for _, allowed := range []bool{false, true} {
		if allowed {
			s.AllowHTTP()
		}
		u, err := s.Base("WithThat", "http://api.acme.test/x/")
		if (err == nil) != allowed || allowed && u.String() != "http://api.acme.test/x" {
			t.Errorf("allowed %t: %v, error %v", allowed, u, err)
		}
		for _, raw := range []string{"ftp://api.acme.test", "http://user@api.acme.test", "http://api.acme.test?q"} {
			if _, err := s.Base("WithThat", raw); !errors.Is(err, transport.ErrInvalidArgument) {
				t.Errorf("allowed %t: %s: error %v", allowed, raw, err)
			}
		}
	}
}
