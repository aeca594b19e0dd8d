package jkn

import (
	"errors"
	"time"
)

// YearMonth is a calendar month as a count of months since January of the year 0, so that months are subtracted as
// numbers are. The zero value is no month.
type YearMonth int

// ErrMonth is what [ParseYearMonth] refuses with.
var ErrMonth = errors.New("want a month such as 2026-03")

const monthLayout = "2006-01"

// ParseYearMonth reads 2006-01; anything else is [ErrMonth].
func ParseYearMonth(text string) (YearMonth, error) {
	first, err := time.Parse(monthLayout, text)
	if err != nil || first.Year() == 0 {
		return 0, ErrMonth
	}
	return yearMonth(first), nil
}

// MonthOf is the month a moment falls in in Jakarta, by which contributions are due.
func MonthOf(t time.Time) YearMonth { return yearMonth(t.In(wib)) }

func yearMonth(t time.Time) YearMonth {
	year, month, _ := t.Date()
	return YearMonth(12*year + int(month) - 1)
}

// First is the month's first day, midnight UTC.
func (m YearMonth) First() time.Time {
	return time.Date(int(m)/12, time.Month(int(m)%12+1), 1, 0, 0, 0, 0, time.UTC)
}

// String writes the month as 2006-01; "" for none.
func (m YearMonth) String() string {
	if m == 0 {
		return ""
	}
	return m.First().Format(monthLayout)
}

// MarshalText writes what String does.
func (m YearMonth) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// UnmarshalText reads what MarshalText writes; anything else is [ErrMonth].
func (m *YearMonth) UnmarshalText(text []byte) (err error) {
	*m = 0
	if len(text) > 0 {
		*m, err = ParseYearMonth(string(text))
	}
	return err
}

// showYearMonth writes a month in words: "Maret 2026".
func showYearMonth(value, lang string) string {
	m, err := ParseYearMonth(value)
	if err != nil {
		return value
	}
	return showMonth(m.First(), lang)
}
