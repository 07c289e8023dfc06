package usergroups_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/usergroups-go/usergroups"
	"github.com/usergroups-go/usergroups/usergroupstest"
)

// TestAssociationDetails: under which key, and when there are none.
func TestAssociationDetails(t *testing.T) {
	t.Parallel()
	leads := &usergroups.AssociationDetails{Module: &usergroups.ModuleRef{ID: "1", APIName: "Leads"}}
	tests := []struct {
		keys string
		want *usergroups.AssociationDetails
	}{
		{``, nil},
		{`,"details":null`, nil},
		{`,"detail":null`, nil},
		{`,"details":{}`, &usergroups.AssociationDetails{}},
		{`,"details":{"module":{"id":"1","api_name":"Leads"}}`, leads},
		{`,"detail":{"module":{"id":"1","api_name":"Leads"}}`, leads},
		{`,"details":null,"detail":{"module":{"id":"1","api_name":"Leads"}}`, leads},
		{`,"details":{"module":{"id":"1","api_name":"Leads"}},"detail":{"module":{"id":"2"}}`, leads},
	}
	for _, tt := range tests {
		t.Run(tt.keys, func(t *testing.T) {
			t.Parallel()
			body := `{"associations":[{"type":"data_sharing","resource":{"id":"7","name":"x"}` + tt.keys + `}]}`
			got, err := newTokenClient(t, inMemory(200, nil, body)).UserGroups.Associations(t.Context(), groupID)
			want := []usergroups.Association{{Type: usergroups.AssociationDataSharing, Resource: usergroups.ResourceRef{ID: "7", Name: "x"}, Details: tt.want}}
			if diff := cmp.Diff(want, got); err != nil || diff != "" {
				t.Errorf("error %v, -want +got:\n%s", err, diff)
			}
		})
	}
}

// TestAssociationParts: one that has a type or a resource is one; with neither, it is
// not known what it is.
func TestAssociationParts(t *testing.T) {
	t.Parallel()
	for body, good := range map[string]bool{
		`{"type":"data_sharing"}`:       true,
		`{"resource":{"id":"7"}}`:       true,
		`{"resource":{"name":"x"}}`:     false,
		`{"details":null}`:              false,
		`{"type":7}`:                    false,
		`{"type":"x","details":[]}`:     false,
		`{"type":"x","resource":null}`:  true,
		`{"type":"x"},{"other":"keys"}`: false,
	} {
		_, err := newTokenClient(t, inMemory(200, nil, `{"associations":[`+body+`]}`)).UserGroups.Associations(t.Context(), groupID)
		if good != (err == nil) || err != nil && !errors.Is(err, usergroups.ErrUnexpectedResponse) {
			t.Errorf("%s: %v, good %t", body, err, good)
		}
	}
}

func TestAssociationsOnTheFake(t *testing.T) {
	t.Parallel()
	const sales, leadership = "5550000000004002", "5550000000004001"
	for _, guesses := range []usergroupstest.Guesses{{}, {DetailKey: true}} {
		_, client := newFake(t, usergroupstest.WithGuesses(guesses))
		got, err := client.UserGroups.Associations(t.Context(), sales)
		if err != nil || len(got) != 2 || got[0].Resource.Name != "Lead sharing" || got[0].Details.Module.APIName != "Leads" {
			t.Errorf("%+v, %v", got, err)
		}
		if got, err := client.UserGroups.Associations(t.Context(), leadership); err != nil || len(got) != 0 {
			t.Errorf("of a group that nothing uses: %+v, %v", got, err)
		}
		if _, err := client.UserGroups.Associations(t.Context(), "999"); !errors.Is(err, usergroups.ErrNotFound) {
			t.Errorf("of no group: %v, want ErrNotFound", err)
		}
	}
}
