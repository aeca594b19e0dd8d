package jkn

import (
	"time"

	"sapa/dialog"
)

// FacilityFrom is from when a facility counts that is chosen at a moment: the 1st of the next month, as BPJS Kesehatan
// explains it. Until then the former one does. Midnight UTC.
func FacilityFrom(chosen time.Time) time.Time { return (MonthOf(chosen) + 1).First() }

var facilitySignature = dialog.Signature{Facts: map[string]string{"from": "date"}}

// runFacility is the rule facility_change: see [FacilityFrom].
func runFacility(_ dialog.Record, now time.Time, _ string) (dialog.Record, error) {
	return dialog.Record{"from": FacilityFrom(now).Format(time.DateOnly)}, nil
}
