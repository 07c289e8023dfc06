package loose_test

import (
	"encoding/json"
	"testing"

	"github.com/usergroups-go/usergroups/internal/loose"
)

func TestText(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]loose.Text{
		`"a"`: "a", `""`: "", `"\u0061"`: "a", `7`: "7", `-1.50e2`: "-1.50e2", `12345678901234567890`: "12345678901234567890",
		`null`: "", `true`: "before", `[]`: "before", `{"a":"b"}`: "before",
	} {
		got := struct{ A, Last loose.Text }{A: "before"}
		err := json.Unmarshal([]byte(`{"a":`+value+`,"last":"read"}`), &got)
		if err != nil || got.A != want || got.Last != "read" {
			t.Errorf("%s: %+v, error %v, want %q", value, got, err, want)
		}
	}
}

func TestCount(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]loose.Count{
		`0`: 0, `10`: 10, `123456789`: 123456789, `1234567890`: 1234567890, `10.0`: 10, `1e1`: 10, `-0`: 0,
		`"10"`: 10, `"1e1"`: 10, `"0x10p0"`: 16, `1000000000000000`: loose.MaxCount, `1e15`: loose.MaxCount,
		`null`: 7,
	} {
		got := struct{ A loose.Count }{A: 7}
		if err := json.Unmarshal([]byte(`{"a":`+value+`}`), &got); err != nil || got.A != want {
			t.Errorf("%s: %d, error %v, want %d", value, got.A, err, want)
		}
	}
	for _, value := range []string{
		`1.5`, `-1`, `-123456`, `1000000000000001`, `1e300`, `1e400`, `99999999999999999999`, `"NaN"`, `"Inf"`, `"-Inf"`, `"1.5"`, `"-1"`,
		`"ten"`, `""`, `" 1"`, `true`, `[]`, `[1]`, `{}`, `{"count":1}`,
	} {
		got := struct{ A loose.Count }{A: 7}
		if err := json.Unmarshal([]byte(`{"a":`+value+`}`), &got); err == nil || err.Error() != "a count cannot be read" || got.A != 7 {
			t.Errorf("%s: %d, error %v", value, got.A, err)
		}
	}
	var absent struct{ A *loose.Count }
	if err := json.Unmarshal([]byte(`{"a":null}`), &absent); err != nil || absent.A != nil {
		t.Errorf("%v, error %v", absent.A, err)
	}
}
