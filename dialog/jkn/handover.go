package jkn

import (
	"fmt"
	"time"

	"sapa/dialog"
)

// Handover is the month in which an employee who left becomes a member who pays: the one after the job ended. What is
// paid within it, is paid without a gap; later a new account opens only after 14 days, as BPJS Kesehatan explains it.
// Dates are midnight UTC.
type Handover struct {
	From  time.Time // contributions are due from here on
	Until time.Time // the last day to pay without a wait
}

// NewHandover is the handover after a job that ended on a date.
func NewHandover(ended time.Time) Handover {
	month := yearMonth(ended)
	return Handover{From: (month + 1).First(), Until: (month + 2).First().AddDate(0, 0, -1)}
}

// Waits reports whether whoever comes on a day has to wait. Its clock does not matter.
func (h Handover) Waits(today time.Time) bool {
	return today.Format(time.DateOnly) > h.Until.Format(time.DateOnly)
}

var handoverSignature = dialog.Signature{
	Args:  map[string]string{"ended": "date"},
	Facts: map[string]string{"from": "date", "until": "date", "waits": "truth"},
}

// runHandover is the rule left_job: see [Handover].
func runHandover(args dialog.Record, now time.Time, _ string) (dialog.Record, error) {
	ended, err := time.Parse(time.DateOnly, args["ended"])
	if err != nil {
		return nil, fmt.Errorf("left_job: ended must be a date")
	}
	h := NewHandover(ended)
	return dialog.Record{
		"from": h.From.Format(time.DateOnly), "until": h.Until.Format(time.DateOnly), "waits": truth(h.Waits(now)),
	}, nil
}
