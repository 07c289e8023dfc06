package usergroups_test

import (
	"encoding/json"
	"errors"
	"math"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/usergroups-go/usergroups"
)

// FuzzServerWait holds that the wait which a server asks for, in the header or
// in the details of the body, is the wait that is made, or the one that is reported
// when it is too long; of two the larger one counts; and no text makes it negative.
func FuzzServerWait(f *testing.F) {
	const asItIs, imf, rfc850, asctime = 0, 1, 2, 3
	for _, header := range []string{
		"", "0", "1", "30", "120", "121", "0000000001", "9223372036", "9223372037", "18446744073709551616", "99999999999999999999999999", "-1", "+1", "1.5", "1e3", " 7 ", "٣",
		"soon", "Fri, 31 Dec 1999 23:59:59 GMT", "Saturday, 01-Jan-00 00:01:00 GMT", "Sat Jan  1 00:01:00 2000", "Sat, 01 Jan 2000 00:01:00 +0100", "Sat, 01 Jan 9999 00:00:00 GMT",
	} {
		f.Add(header, uint8(asItIs), int64(0), "", "")
		f.Add(header, uint8(asItIs), int64(0), "Sat, 01 Jan 2000 00:00:30 GMT", "")
		f.Add(header, uint8(asItIs), int64(0), "Sat, 01 Jan 2000 00:00:30 GMT", "60")
	}
	for _, details := range []string{
		"60", "0", "-5", "0.25", "1e2", "1e300", "1e400", "-1e400", "9223372036.854775", "9223372036.854776", "9223372037", `"60"`, `"soon"`, `"NaN"`, `"Inf"`, `"-Inf"`, `"0x10"`, `"1_0"`,
		"null", "true", "[]", "{}", `"\u0036\u0030"`, "060",
	} {
		f.Add("30", uint8(asItIs), int64(0), "", details)
		f.Add("", uint8(asItIs), int64(0), "", details)
	}
	for form := range uint8(asctime + 1) {
		for _, seconds := range []int64{-1, 0, 1, 60, 121, 1 << 31, 1 << 33, math.MaxInt64, math.MinInt64} {
			f.Add("", form, seconds, "", "")
		}
	}

	f.Fuzz(func(t *testing.T, header string, form uint8, seconds int64, date, details string) {
		synctest.Test(t, func(t *testing.T) {
			start := time.Now()
			at := start.Add(time.Duration(seconds % (200 * 365 * 86400) * int64(time.Second))).UTC()
			switch form % (asctime + 1) {
			case imf:
				header = at.Format(http.TimeFormat)
			case rfc850:
				header = strings.Replace(at.Format(time.RFC850), "UTC", "GMT", 1)
			case asctime:
				header = at.Format(time.ANSIC)
			}
			if !json.Valid([]byte(details)) {
				quoted, _ := json.Marshal(details)
				details = string(quoted)
			}
			asked := max(askedByHeader(header, date), askedByDetails(details))

			body := `{"code":"TOO_MANY_REQUESTS","details":{"retry_after":` + details + `},"message":"m","status":"error"}`
			busy := inMemory(429, http.Header{"Retry-After": {header}, "Date": {date}}, body)
			requests := 0
			client := newTokenClient(t, roundTripFunc(func(r *http.Request) (*http.Response, error) {
				if requests++; requests == 1 {
					return busy(r)
				}
				return inMemory(204, nil, "")(r)
			}))
			err := get(t.Context(), client)
			elapsed := time.Since(start)

			// Details are seconds with a fraction, in floating point.
			const longest, ownWait, exactness = 120 * time.Second, 500 * time.Millisecond, time.Microsecond
			if err == nil {
				if requests != 2 || elapsed < asked-exactness || elapsed > max(asked+exactness, ownWait) || asked > longest+exactness {
					t.Errorf("asked for %s, waited %s for request %d", asked, elapsed, requests)
				}
				return
			}
			e := checkFuzzedError(t, err)
			if !errors.Is(err, usergroups.ErrRateLimited) || requests != 1 || elapsed != 0 || asked <= longest-exactness {
				t.Errorf("asked for %s, made %d requests in %s: %v", asked, requests, elapsed, err)
			}
			if off := e.RetryAfter - asked; off < -exactness || off > exactness {
				t.Errorf("asked for %s, reported %s", asked, e.RetryAfter)
			}

			// It holds for the next call too, but nobody is locked out for good.
			err = get(t.Context(), client)
			if e := checkFuzzedError(t, err); !errors.Is(err, usergroups.ErrRateLimited) || e.RetryAfter <= 0 || e.RetryAfter > 10*time.Minute {
				t.Errorf("the next call: %v, after %s", err, e.RetryAfter)
			}
			time.Sleep(10 * time.Minute)
			if err := get(t.Context(), client); err != nil {
				t.Errorf("ten minutes later: %v", err)
			}
		})
	})
}

// askedByHeader is what RFC 9110 makes of Retry-After: digits, or a date in one
// of three forms, which is compared with the server's own.
func askedByHeader(header, date string) time.Duration {
	header = strings.TrimSpace(header)
	if header != "" && strings.Trim(header, "0123456789") == "" {
		n, err := strconv.ParseFloat(header, 64)
		if err != nil || n >= math.MaxInt64/1e9 {
			return math.MaxInt64
		}
		return time.Duration(n) * time.Second
	}
	parse := func(text string) (time.Time, bool) {
		for _, form := range []string{http.TimeFormat, time.RFC850, time.ANSIC} {
			if at, err := time.Parse(form, text); err == nil {
				return at, true
			}
		}
		return time.Time{}, false
	}
	at, ok := parse(header)
	if !ok {
		return 0
	}
	now, ok := parse(date)
	if !ok {
		now = time.Now()
	}
	return max(at.Sub(now), 0)
}

// askedByDetails reads a number, or a text that is one.
func askedByDetails(details string) time.Duration {
	var value any
	decoder := json.NewDecoder(strings.NewReader(details))
	decoder.UseNumber()
	_ = decoder.Decode(&value) // it is valid
	text := ""
	switch value := value.(type) {
	case json.Number:
		text = value.String()
	case string:
		text = value
	}
	n, _ := strconv.ParseFloat(text, 64) // infinite when it is too large
	switch {
	case n >= math.MaxInt64/1e9:
		return math.MaxInt64
	case n > 0:
		return time.Duration(n * 1e9)
	}
	return 0 // also what is not a number
}
