package worktime

import (
	"fmt"
	"time"
)

// date is a calendar day as the number yyyymmdd: cheap to compare and to look up.
type date int

func dateOf(t time.Time) date {
	y, m, d := t.Date()
	return date(y*10000 + int(m)*100 + d)
}

func (d date) year() int { return int(d) / 10000 }

func (d date) String() string {
	return fmt.Sprintf("%04d-%02d-%02d", int(d)/10000, int(d)/100%100, int(d)%100)
}

// parseDate reads 2006-01-02.
func parseDate(text string) (date, error) {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return 0, fmt.Errorf("%q is not a date like 2026-03-19", text)
	}
	return dateOf(t), nil
}

// span is the open part of a day, in minutes after local midnight.
type span struct{ open, close int }

// parseSpan reads two times of day; close may be 24:00.
func parseSpan(opens, closes string) (span, error) {
	open, err := parseClock(opens)
	if err != nil {
		return span{}, fmt.Errorf("open: %w", err)
	}
	end, err := parseClock(closes)
	if err != nil {
		return span{}, fmt.Errorf("close: %w", err)
	}
	if end <= open {
		return span{}, fmt.Errorf("close %s is not after open %s", closes, opens)
	}
	return span{open, end}, nil
}

func parseClock(text string) (minutes int, err error) {
	if text == "24:00" {
		return 24 * 60, nil
	}
	t, err := time.Parse("15:04", text)
	if err != nil || len(text) != len("15:04") {
		return 0, fmt.Errorf("%q is not a time of day like 08:00", text)
	}
	return t.Hour()*60 + t.Minute(), nil
}
