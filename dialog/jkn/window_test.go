package jkn

import (
	"maps"
	"testing"
	"time"

	"sapa/dialog"
)

func TestWindows(t *testing.T) {
	now := time.Date(2026, 11, 23, 23, 30, 0, 0, wib)
	for _, c := range []struct {
		of, from, until string
		over            string
	}{
		{"pbi", "2026-05-23", "2026-11-23", "false"}, // the last day
		{"pbi", "2026-05-22", "2026-11-22", "true"},
		{"pbi", "2026-08-31", "2027-02-28", "false"}, // no 31 February
		{"phk", "2026-11-01", "2027-05-01", "false"},
		{"phk", "2025-12-31", "2026-06-30", "true"},
		{"pulang", "2026-10-23", "2026-11-23", "false"},
		{"pulang", "2026-10-01", "2026-11-01", "true"},
		{"kuliah", "2004-02-29", "2029-02-28", "false"},
		{"kuliah", "2001-11-22", "2026-11-22", "true"},
	} {
		want := dialog.Record{"known": "true", "until": c.until, "over": c.over}
		facts, err := runWindow(dialog.Record{"of": c.of, "from": c.from}, now, "id")
		if err != nil || !maps.Equal(facts, want) {
			t.Errorf("%s from %s: got %v, %v; want %v", c.of, c.from, facts, err, want)
		}
	}
	facts, err := runWindow(dialog.Record{"of": "pbi", "from": ""}, now, "id")
	if err != nil || facts["known"] != "false" || facts["over"] != "false" {
		t.Errorf("without a day: %v, %v", facts, err)
	}
	for _, bad := range []dialog.Record{{"of": "pbi", "from": "kemarin"}, {"of": "selamanya", "from": "2026-01-01"}} {
		if facts, err := runWindow(bad, now, "id"); err == nil {
			t.Errorf("%v gives %v", bad, facts)
		}
	}
}
