package main

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"
)

// The holidays of a year are decreed towards the end of the one before: from December on their absence is told.
func TestMissingHolidaysAreWarnedOf(t *testing.T) {
	o, err := (&sapa{dataDir: t.TempDir()}).office()
	must(t, err)
	for day, want := range map[string]int{"2026-11-30": 0, "2026-12-01": 1, "2027-01-02": 1, "2027-12-31": 2} {
		now, err := time.Parse(time.DateOnly, day)
		must(t, err)
		var log bytes.Buffer
		o.warnOfHolidays(zerolog.New(&log), now)
		if got := strings.Count(log.String(), "holidays.missing"); got != want {
			t.Errorf("on %s %d warnings, want %d:\n%s", day, got, want, log.String())
		}
	}
}
