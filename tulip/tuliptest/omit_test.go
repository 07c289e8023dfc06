package tuliptest_test

import (
	"testing"

	"github.com/usergroups-go/usergroups/tulip/tuliptest"
)

func TestOmit(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	restore := srv.Omit(grace, tuliptest.ItemError{})
	const sample = `{"errorCode":"generic.internal","message":"Something went wrong.","retryable":false,"details":{"id":"graceMwangi000007"}}`
	get(t, srv, usersOf).want(t, 200, `{"items":[{"userId":"brunoKeller000002"},{"userId":"hiroTanaka0000008"}],"count":3,"errors":[`+sample+`]}`)

	// It keeps its place: the page is shorter, and the next one begins where it would.
	p := get(t, srv, usersOf+"?limit=2").page(t)
	if p.ids() != "brunoKeller" || len(p.Errors) != 1 || linkText(p.NextPage) != srv.URL+usersOf+"?limit=2&offset=2" {
		t.Errorf("%+v", p)
	}
	if p = get(t, srv, usersOf+"?limit=1&offset=1").page(t); p.ids() != "" || p.NextPage == nil || len(p.Errors) != 1 {
		t.Errorf("%+v", p)
	}
	if p = get(t, srv, usersOf+"?limit=2&offset=2").page(t); p.ids() != "hiroTanaka" || len(p.Errors) != 0 {
		t.Errorf("%+v", p)
	}
	if p = get(t, srv, usersOf+"?limit=0").page(t); len(p.Errors) != 0 {
		t.Errorf("%+v", p)
	}
	// Only where it would be listed.
	if p = get(t, srv, filtered(usersOf, "userId eq '"+hiro+"'")).page(t); p.ids() != "hiroTanaka" || len(p.Errors) != 0 {
		t.Errorf("%+v", p)
	}
	if p = get(t, srv, users+"?archived=true").page(t); p.ids() != "noraLind" || p.Errors[0].Details.ID != grace {
		t.Errorf("%+v", p)
	}
	if res := get(t, srv, users+"/"+grace); res.status != 200 {
		t.Errorf("%+v", res)
	}
	restore()
	restore() // once more is harmless
	get(t, srv, usersOf).want(t, 200,
		`{"items":[{"userId":"brunoKeller000002"},{"userId":"graceMwangi000007"},{"userId":"hiroTanaka0000008"}],"count":3}`)

	srv.Omit(machines, tuliptest.ItemError{Code: "userGroups.gone", Message: "R&D", Retryable: true})
	srv.Omit("owner", tuliptest.ItemError{})
	if p = get(t, srv, groups).page(t); p.ids() != "allHands,oBriensLine,qualityRAndD,nightShift,apprentices" || *p.Count != 6 ||
		p.Errors[0].ErrorCode != "userGroups.gone" || p.Errors[0].Message != "R&D" || !p.Errors[0].Retryable || p.Errors[0].Details.ID != machines {
		t.Errorf("%+v", p)
	}
	if p = get(t, srv, users+"/"+grace+"/user-groups").page(t); p.ids() != "lineFour" || len(p.Errors) != 1 {
		t.Errorf("%+v", p)
	}
	if p = get(t, srv, roles).page(t); p.ids() != "workspace-owner,viewer,operator,lineLead" || len(p.Errors) != 1 {
		t.Errorf("%+v", p)
	}
}

func TestCountWithoutOmitted(t *testing.T) {
	t.Parallel()
	srv := guessing(t, tuliptest.Guesses{CountWithoutOmitted: true})
	srv.Omit(grace, tuliptest.ItemError{})
	for query, want := range map[string]float64{"": 2, "?limit=0": 2, "?limit=1&offset=2": 2} {
		if p := get(t, srv, usersOf+query).page(t); *p.Count != want {
			t.Errorf("%q: count %v", query, *p.Count)
		}
	}
	if p := get(t, srv, usersOf+"?limit=2").page(t); p.ids() != "brunoKeller" || linkText(p.NextPage) == "" {
		t.Errorf("%+v", p)
	}
}
