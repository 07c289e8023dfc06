package loose_test

import (
	"encoding/json"
	"testing"

	"github.com/usergroups-go/usergroups/internal/loose"
)

func TestObject(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`{"id":"a"}`: "a", `{"id":12}`: "12", `{"id":"a","x":{}}`: "a",
		`{"id":{}}`: "", `{"id":null}`: "", `{"x":"a"}`: "", `{}`: "", `null`: "", `["id"]`: "", `"id"`: "", `7`: "",
	} {
		o := loose.Object{"before": nil}
		if err := json.Unmarshal([]byte(text), &o); err != nil {
			t.Errorf("%s: %v", text, err)
		}
		if got := o.Text("id"); got != want {
			t.Errorf("%s: id %q, want %q", text, got, want)
		}
		if _, stale := o["before"]; stale {
			t.Errorf("%s: keeps what was there before", text)
		}
	}
}
