package jkn

import (
	"maps"
	"testing"
	"time"

	"sapa/dialog"
)

func TestTheMonthAfterAJob(t *testing.T) {
	now := time.Date(2026, 11, 30, 23, 0, 0, 0, wib)
	for ended, want := range map[string]dialog.Record{
		"2026-11-05": {"from": "2026-12-01", "until": "2026-12-31", "waits": "false"},
		"2026-10-31": {"from": "2026-11-01", "until": "2026-11-30", "waits": "false"},
		"2026-10-01": {"from": "2026-11-01", "until": "2026-11-30", "waits": "false"},
		"2026-09-30": {"from": "2026-10-01", "until": "2026-10-31", "waits": "true"},
		"2025-12-15": {"from": "2026-01-01", "until": "2026-01-31", "waits": "true"},
	} {
		if facts, err := runHandover(dialog.Record{"ended": ended}, now, "id"); err != nil || !maps.Equal(facts, want) {
			t.Errorf("%s: got %v, %v; want %v", ended, facts, err, want)
		}
	}
	if facts, err := runHandover(dialog.Record{"ended": "kemarin"}, now, "id"); err == nil {
		t.Errorf("without a date it gives %v", facts)
	}
}
