package jkn

import (
	"fmt"
	"strconv"
	"time"

	"sapa/dialog"
)

const (
	// NewbornDays is within how many days of birth a family registers a baby, and a family that pays for itself pays, as
	// BPJS Kesehatan announced.
	NewbornDays = 28

	newbornNIKMonths = 3   // after which a baby registered without a NIK needs one, as BPJS Kesehatan announced
	newbornUntil     = 365 // days; an older child is added to the family as anybody is
)

// Newborn is what the calendar says of a baby on a day. Dates are midnight UTC.
type Newborn struct {
	Days  int       // since birth
	PayBy time.Time // the last day to register and pay, see [NewbornDays]
	NIKBy time.Time // the last day without a NIK
}

// NewNewborn counts from the date of birth to a day; the clock of the day does not matter.
func NewNewborn(born, today time.Time) Newborn {
	year, month, day := today.Date()
	today = time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
	return Newborn{
		Days:  int(today.Sub(born).Hours() / 24),
		PayBy: born.AddDate(0, 0, NewbornDays),
		NIKBy: monthsAfter(born, newbornNIKMonths),
	}
}

// Late reports whether the days to register in are over.
func (n Newborn) Late() bool { return n.Days > NewbornDays }

// monthsAfter is the same day so many months later, or that month's last where it has no such day.
func monthsAfter(date time.Time, months int) time.Time {
	later := date.AddDate(0, months, 0)
	if later.Day() != date.Day() {
		return later.AddDate(0, 0, -later.Day())
	}
	return later
}

var newbornSignature = dialog.Signature{
	Args: map[string]string{"birth_date": "date"},
	Facts: map[string]string{
		"days":      "number",
		"late":      "truth", // see [Newborn.Late]
		"pay_by":    "date",
		"nik_by":    "date",
		"needs_nik": "truth", // older than the months without one
		"recent":    "truth", // born this year or last, as babies of mothers the state pays for have to be
		"grown":     "truth", // no newborn any more
	},
}

// runNewborn is the rule newborn: see [Newborn].
func runNewborn(args dialog.Record, now time.Time, _ string) (dialog.Record, error) {
	born, err := time.Parse(time.DateOnly, args["birth_date"])
	if err != nil {
		return nil, fmt.Errorf("newborn: birth_date must be a date")
	}
	n := NewNewborn(born, now)
	return dialog.Record{
		"days": strconv.Itoa(n.Days), "late": truth(n.Late()),
		"pay_by": n.PayBy.Format(time.DateOnly), "nik_by": n.NIKBy.Format(time.DateOnly),
		"needs_nik": truth(born.AddDate(0, 0, n.Days).After(n.NIKBy)),
		"recent":    truth(now.Year()-born.Year() <= 1), "grown": truth(n.Days > newbornUntil),
	}, nil
}
