package loose_test

import (
	"encoding/json"
	"strconv"
	"testing"

	"github.com/usergroups-go/usergroups/internal/loose"
)

func TestBool(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`true`: "true", `"True"`: "true", `false`: "false", `"FALSE"`: "false",
		`null`: "unsaid", `1`: "unsaid", `"yes"`: "unsaid", `{}`: "unsaid", `""`: "unsaid",
	} {
		var object struct{ B loose.Bool }
		for _, before := range []string{`{"B":true}`, `{"B":false}`} {
			if err := json.Unmarshal([]byte(before), &object); err != nil {
				t.Fatal(err)
			}
			if err := json.Unmarshal([]byte(`{"B":`+text+`}`), &object); err != nil {
				t.Errorf("%s: %v", text, err)
			}
			got := "unsaid"
			if p := object.B.Pointer(); p != nil {
				got = strconv.FormatBool(*p)
			}
			if got != want {
				t.Errorf("%s after %s: %s, want %s", text, before, got, want)
			}
		}
	}
	if p := (loose.Bool{}).Pointer(); p != nil {
		t.Errorf("the zero value is %t", *p)
	}
}
