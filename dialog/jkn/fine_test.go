package jkn

import "testing"

func TestTheInpatientFineHasItsCaps(t *testing.T) {
	for _, c := range []struct {
		cost   int64
		months int
		want   int64
	}{
		{10_000_000, 3, 1_500_000},
		{10_000_000, 12, 6_000_000},
		{10_000_000, 24, 6_000_000},                 // at most 12 months
		{100_000_000, 12, 30_000_000},               // at most Rp30 million
		{9_000_000_000_000_000_000, 12, 30_000_000}, // no overflow
		{0, 3, 0},
		{-1, 3, 0},
		{10_000_000, 0, 0},
	} {
		if got := InpatientFine(c.cost, c.months); got != c.want {
			t.Errorf("fine of %d over %d months: %d, want %d", c.cost, c.months, got, c.want)
		}
	}
}
