package jkn

import (
	"maps"
	"testing"
	"time"

	"sapa/dialog"
)

func TestTheDaysOfANewborn(t *testing.T) {
	now := time.Date(2026, 11, 23, 23, 30, 0, 0, wib)
	for born, want := range map[string]dialog.Record{
		"2026-11-23": {"days": "0", "late": "false", "pay_by": "2026-12-21", "nik_by": "2027-02-23", "needs_nik": "false", "recent": "true", "grown": "false"},
		"2026-10-26": {"days": "28", "late": "false", "pay_by": "2026-11-23", "nik_by": "2027-01-26", "needs_nik": "false", "recent": "true", "grown": "false"},
		"2026-10-25": {"days": "29", "late": "true", "pay_by": "2026-11-22", "nik_by": "2027-01-25", "needs_nik": "false", "recent": "true", "grown": "false"},
		"2026-08-23": {"days": "92", "late": "true", "pay_by": "2026-09-20", "nik_by": "2026-11-23", "needs_nik": "false", "recent": "true", "grown": "false"},
		"2026-08-22": {"days": "93", "late": "true", "pay_by": "2026-09-19", "nik_by": "2026-11-22", "needs_nik": "true", "recent": "true", "grown": "false"},
		"2025-11-30": {"days": "358", "late": "true", "pay_by": "2025-12-28", "nik_by": "2026-02-28", "needs_nik": "true", "recent": "true", "grown": "false"},
		"2024-12-31": {"days": "692", "late": "true", "pay_by": "2025-01-28", "nik_by": "2025-03-31", "needs_nik": "true", "recent": "false", "grown": "true"},
	} {
		if facts, err := runNewborn(dialog.Record{"birth_date": born}, now, "id"); err != nil || !maps.Equal(facts, want) {
			t.Errorf("%s: got %v, %v; want %v", born, facts, err, want)
		}
	}
	if facts, err := runNewborn(dialog.Record{"birth_date": ""}, now, "id"); err == nil {
		t.Errorf("without a birth date it gives %v", facts)
	}
}
