package jkn

import (
	"testing"
	"time"
)

func TestAFacilityCountsFromTheFirstOfTheNextMonth(t *testing.T) {
	for _, c := range []struct {
		chosen time.Time
		want   string
	}{
		{time.Date(2026, 11, 1, 0, 0, 0, 0, wib), "2026-12-01"},
		{time.Date(2026, 11, 30, 23, 59, 0, 0, wib), "2026-12-01"},
		{time.Date(2026, 11, 30, 17, 1, 0, 0, time.UTC), "2027-01-01"}, // December in Jakarta
		{time.Date(2026, 12, 31, 9, 0, 0, 0, wib), "2027-01-01"},
		{time.Date(2027, 1, 31, 9, 0, 0, 0, wib), "2027-02-01"},
	} {
		facts, err := runFacility(nil, c.chosen, "id")
		if err != nil || facts["from"] != c.want {
			t.Errorf("%s: got %v, %v; want %s", c.chosen, facts, err, c.want)
		}
	}
}
