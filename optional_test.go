package usergroups_test

import (
	"encoding/json"
	"testing"

	"github.com/usergroups-go/usergroups"
)

// optionals has a field of each kind, as an update of this package would.
type optionals struct {
	Text usergroups.Optional[string]   `json:"text,omitzero"`
	Flag usergroups.Optional[bool]     `json:"flag,omitzero"`
	IDs  usergroups.Optional[[]string] `json:"ids,omitzero"`
}

func TestOptional(t *testing.T) {
	t.Parallel()
	tests := []struct {
		value optionals
		json  string
	}{
		{optionals{}, `{}`},
		{optionals{Text: usergroups.Some("x"), Flag: usergroups.Some(true), IDs: usergroups.Some([]string{"1"})}, `{"text":"x","flag":true,"ids":["1"]}`},
		{optionals{Text: usergroups.Some(""), Flag: usergroups.Some(false), IDs: usergroups.Some([]string{})}, `{"text":"","flag":false,"ids":[]}`},
		{optionals{Text: usergroups.Null[string](), Flag: usergroups.Null[bool](), IDs: usergroups.Null[[]string]()}, `{"text":null,"flag":null,"ids":null}`},
		{optionals{Text: usergroups.Some("null")}, `{"text":"null"}`},
	}
	for _, tt := range tests {
		t.Run(tt.json, func(t *testing.T) {
			t.Parallel()
			text, err := json.Marshal(tt.value)
			if err != nil || string(text) != tt.json {
				t.Errorf("%+v is written as %s, %v, want %s", tt.value, text, err, tt.json)
			}
			var again optionals
			if err := json.Unmarshal([]byte(tt.json), &again); err != nil {
				t.Fatal(err)
			}
			if text, err := json.Marshal(again); err != nil || string(text) != tt.json {
				t.Errorf("%s is read and written again as %s, %v", tt.json, text, err)
			}
		})
	}
}

func TestOptionalStates(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name         string
		optional     usergroups.Optional[string]
		value        string
		ok           bool
		isNull, zero bool
	}{
		{"left as it is", usergroups.Optional[string]{}, "", false, false, true},
		{"cleared", usergroups.Null[string](), "", false, true, false},
		{"set", usergroups.Some("x"), "x", true, false, false},
		{"set to nothing", usergroups.Some(""), "", true, false, false},
	}
	for _, tt := range tests {
		value, ok := tt.optional.Get()
		if value != tt.value || ok != tt.ok || tt.optional.IsNull() != tt.isNull || tt.optional.IsZero() != tt.zero {
			t.Errorf("%s: Get is %q, %t, IsNull %t, IsZero %t", tt.name, value, ok, tt.optional.IsNull(), tt.optional.IsZero())
		}
	}
}

// TestOptionalReads: what is read replaces what was there; what cannot be read leaves
// it.
func TestOptionalReads(t *testing.T) {
	t.Parallel()
	o := usergroups.Some("x")
	if err := json.Unmarshal([]byte(`null`), &o); err != nil || !o.IsNull() {
		t.Errorf("%+v, %v, want null", o, err)
	}
	if value, _ := o.Get(); value != "" {
		t.Errorf("null keeps %q", value)
	}
	if err := json.Unmarshal([]byte(`"y"`), &o); err != nil || o != usergroups.Some("y") {
		t.Errorf("%+v, %v, want y", o, err)
	}
	if err := json.Unmarshal([]byte(`5`), &o); err == nil || o != usergroups.Some("y") {
		t.Errorf("%+v, %v, want an error and y", o, err)
	}
	// Without omitzero nothing is left out: null is the nearest.
	if text, err := json.Marshal(usergroups.Optional[string]{}); err != nil || string(text) != "null" {
		t.Errorf("the zero Optional is written as %s, %v", text, err)
	}
	if text, err := json.Marshal(usergroups.Some(make(chan int))); err == nil {
		t.Errorf("a channel is written as %s", text)
	}
}
