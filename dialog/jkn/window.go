package jkn

import (
	"fmt"
	"time"

	"sapa/dialog"
)

// Window is a time that the law gives, in months from a day: of birth, of a decision, of a return.
type Window string

// The windows, as flows name them.
const (
	// RemovedPBIWindow is how long those whom the government stopped paying for can be taken back, from the day it
	// stopped (Permensos 3/2026 art. 20).
	RemovedPBIWindow Window = "pbi"
	// DismissedWindow is how long somebody dismissed is covered without contributions (Perpres 59/2024 art. 27).
	DismissedWindow Window = "phk"
	// ReturnedWindow is how long somebody back from abroad has to report and pay (Perpres 64/2020 art. 37).
	ReturnedWindow Window = "pulang"
	// StudentWindow is until when a child who studies is covered through the parents, from birth (Perpres 82/2018).
	StudentWindow Window = "kuliah"
)

var windowMonths = map[Window]int{RemovedPBIWindow: 6, DismissedWindow: 6, ReturnedWindow: 1, StudentWindow: 25 * 12}

// Until is the last day of a window that opened on a day, midnight UTC: the same day of a later month, or that month's
// last where it has no such day. Ok is false for one that the law does not know.
func (w Window) Until(from time.Time) (until time.Time, ok bool) {
	months, ok := windowMonths[w]
	if !ok {
		return time.Time{}, false
	}
	month := yearMonth(from) + YearMonth(months)
	last := (month + 1).First().AddDate(0, 0, -1)
	return month.First().AddDate(0, 0, min(from.Day(), last.Day())-1), true
}

var windowSignature = dialog.Signature{
	Args:  map[string]string{"of": "text", "from": "date"},
	Facts: map[string]string{"known": "truth", "until": "date", "over": "truth"},
}

// runWindow is the rule window: see [Window]. Without a first day nothing is known, and nothing over.
func runWindow(args dialog.Record, now time.Time, _ string) (dialog.Record, error) {
	if args["from"] == "" {
		return dialog.Record{"known": truth(false), "until": "", "over": truth(false)}, nil
	}
	from, err := time.Parse(time.DateOnly, args["from"])
	if err != nil {
		return nil, fmt.Errorf("window: from must be a date")
	}
	until, ok := Window(args["of"]).Until(from)
	if !ok {
		return nil, fmt.Errorf("window: there is no window %q", args["of"])
	}
	over := now.Format(time.DateOnly) > until.Format(time.DateOnly)
	return dialog.Record{"known": truth(true), "until": until.Format(time.DateOnly), "over": truth(over)}, nil
}
