package jkn_test

import (
	"testing"

	"sapa/dialog/jkn"
)

func TestInstalments(t *testing.T) {
	for _, c := range []struct {
		arrears int64
		months  int
		parts   int
		each    int64
	}{
		{735_000, 7, 3, 245_000}, // half of seven months, rounded down
		{140_000, 4, 2, 70_000},
		{2_520_000, 24, 12, 210_000},
		{4_000_000, 40, 12, 333_334}, // never more than a year; rounded up
		{105_000, 3, 0, 0},           // the programme begins with four months
		{0, 6, 0, 0},
	} {
		parts, each, ok := jkn.Instalments(c.arrears, c.months)
		if parts != c.parts || each != c.each || ok != (c.parts > 0) {
			t.Errorf("%d months, Rp%d: %d × Rp%d (%t), want %d × Rp%d", c.months, c.arrears, parts, each, ok, c.parts, c.each)
		}
		if ok && (each*int64(parts) < c.arrears || each*int64(parts-1) >= c.arrears) {
			t.Errorf("%d months, Rp%d: %d × Rp%d do not cover it in so many parts", c.months, c.arrears, parts, each)
		}
	}
}
