package jkn

import (
	"testing"
	"time"

	"sapa/dialog"
)

// Somebody is a child until the day before their eighteenth birthday, wherever the clock of that day stands.
func TestWhoIsNotOfAge(t *testing.T) {
	for _, c := range []struct {
		born  string
		now   time.Time
		minor string
	}{
		{"2008-11-24", time.Date(2026, 11, 23, 23, 59, 0, 0, wib), "true"},
		{"2008-11-24", time.Date(2026, 11, 24, 0, 1, 0, 0, wib), "false"},
		{"2008-02-29", time.Date(2026, 2, 28, 12, 0, 0, 0, wib), "true"}, // no such day that year: the next
		{"2008-02-29", time.Date(2026, 3, 1, 0, 0, 0, 0, wib), "false"},
		{"2026-11-23", time.Date(2026, 11, 23, 9, 0, 0, 0, wib), "true"},
		{"1960-01-01", time.Date(2026, 11, 23, 9, 0, 0, 0, wib), "false"},
	} {
		facts, err := runAge(dialog.Record{"birth_date": c.born}, c.now, "id")
		if err != nil || facts["minor"] != c.minor {
			t.Errorf("born %s, on %s: got %v, %v; want %s", c.born, c.now, facts, err, c.minor)
		}
	}
	if facts, err := runAge(dialog.Record{"birth_date": ""}, time.Date(2026, 11, 23, 9, 0, 0, 0, wib), "id"); err == nil {
		t.Errorf("without a birth date it gives %v", facts)
	}
}
