package worktime

import (
	"bufio"
	"bytes"
	_ "embed" // the default list
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"
)

// HolidayKind says by which part of the yearly decree a day is off.
type HolidayKind string

// The kinds of holiday, as the file spells them. The desk is closed on both.
const (
	National   HolidayKind = "libur_nasional"
	JointLeave HolidayKind = "cuti_bersama"
)

// Holiday is a day off.
type Holiday struct {
	Kind HolidayKind
	Name string // in Indonesian, as decreed: "Idulfitri 1447 H"
}

// Holidays is a list of days off. The zero value has none and covers no year. It does not change once made.
type Holidays struct {
	days  map[date]Holiday
	years map[int]bool
}

// Covers reports whether the list has any day of that year. A year it does not cover counts as having no holidays at
// all, which no year has: the caller should warn that promises made in it may be too early.
func (h Holidays) Covers(year int) bool { return h.years[year] }

// On gives the holiday on the calendar day that t falls on in t's own zone; ok is false when there is none.
func (h Holidays) On(t time.Time) (holiday Holiday, ok bool) {
	holiday, ok = h.days[dateOf(t)]
	return holiday, ok
}

//go:embed holidays.csv
var defaultHolidays []byte

// DefaultHolidays gives the built-in list: 2026, by SKB 3 Menteri 1497/2025, 2/2025, 5/2025.
func DefaultHolidays() Holidays { return parsedDefault() }

var parsedDefault = sync.OnceValue(func() Holidays {
	h, err := ParseHolidays(bytes.NewReader(defaultHolidays))
	if err != nil {
		panic("worktime: built-in holidays.csv: " + err.Error()) // a broken build; the tests read this file
	}
	return h
})

// ParseHolidays reads a list of holidays as CSV in UTF-8 with this header:
//
//	date,kind,name
//	2026-03-18,cuti_bersama,Nyepi
//	2026-03-19,libur_nasional,Nyepi Tahun Baru Saka 1948
//
// Lines beginning with # are comments. The first mistake ends the reading; its error names line and column, both
// counted from 1, columns in bytes.
func ParseHolidays(r io.Reader) (Holidays, error) {
	rows := csv.NewReader(skipBOM(r))
	rows.Comment = '#'
	rows.FieldsPerRecord = -1 // checked here, to say it in our own words
	if err := readHeader(rows); err != nil {
		return Holidays{}, err
	}
	h := Holidays{days: map[date]Holiday{}, years: map[int]bool{}}
	lines := map[date]int{}
	for {
		row, err := rows.Read()
		if errors.Is(err, io.EOF) {
			return h, nil
		}
		if err != nil {
			return Holidays{}, readError(err)
		}
		day, holiday, err := readHoliday(rows, row)
		if err != nil {
			return Holidays{}, err
		}
		if first, twice := lines[day]; twice {
			return Holidays{}, mistake(rows, 0, "%s is on line %d already: a day has one line", row[0], first)
		}
		lines[day], _ = rows.FieldPos(0)
		h.days[day], h.years[day.year()] = holiday, true
	}
}

// columns is the header of a holidays file.
var columns = [...]string{"date", "kind", "name"}

func readHeader(rows *csv.Reader) error {
	row, err := rows.Read()
	if errors.Is(err, io.EOF) {
		return errors.New("line 1, column 1: the file is empty; it begins with the header date,kind,name")
	}
	if err != nil {
		return readError(err)
	}
	for i, want := range columns {
		if i >= len(row) || row[i] != want {
			return mistake(rows, min(i, len(row)-1), "the header must be date,kind,name")
		}
	}
	if len(row) > len(columns) {
		return mistake(rows, len(columns), "column %q is unknown; the header must be date,kind,name", row[len(columns)])
	}
	return nil
}

func readHoliday(rows *csv.Reader, row []string) (date, Holiday, error) {
	if len(row) != len(columns) {
		return 0, Holiday{}, mistake(rows, min(len(row), len(columns))-1,
			"the line has %d values instead of date,kind,name", len(row))
	}
	day, err := parseDate(row[0])
	if err != nil {
		return 0, Holiday{}, mistake(rows, 0, "%w", err)
	}
	kind := HolidayKind(row[1])
	if kind != National && kind != JointLeave {
		return 0, Holiday{}, mistake(rows, 1, "kind %q is neither %s nor %s", row[1], National, JointLeave)
	}
	if row[2] == "" {
		return 0, Holiday{}, mistake(rows, 2, "the holiday has no name")
	}
	return day, Holiday{Kind: kind, Name: row[2]}, nil
}

// mistake is an error at a field of the row that was read last.
func mistake(rows *csv.Reader, field int, format string, args ...any) error {
	line, column := rows.FieldPos(field)
	return fmt.Errorf("line %d, column %d: %w", line, column, fmt.Errorf(format, args...))
}

// readError says where the CSV itself is broken, in the same form as mistake.
func readError(err error) error {
	if p, ok := errors.AsType[*csv.ParseError](err); ok {
		return fmt.Errorf("line %d, column %d: %w", p.Line, p.Column, p.Err)
	}
	return fmt.Errorf("holidays: %w", err)
}

// skipBOM drops the mark that spreadsheets put before UTF-8.
func skipBOM(r io.Reader) io.Reader {
	b := bufio.NewReader(r)
	if mark, err := b.Peek(3); err == nil && string(mark) == "\ufeff" {
		_, _ = b.Discard(len(mark)) // cannot fail: the bytes were just seen
	}
	return b
}
