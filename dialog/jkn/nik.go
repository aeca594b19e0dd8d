package jkn

import (
	"strconv"
	"time"

	"sapa/dialog"
	"sapa/dialog/field"
)

// NIK is a population number, 16 digits, as the offices that give it out explain it: region of first registration
// PPKKCC, birth date DDMMYY with 40 added to the day of women, serial NNNN from 0001. It is fixed for life: it follows
// neither moves nor corrected birth dates, so both may differ from it lawfully. No check digit is known.
type NIK string

const nikLength = 16

// ParseNIK reads a NIK as people type it. A refusal is a *field.Problem: nik.length {count}, nik.letters, nik.date,
// nik.serial, nik.repeated, nik.virtual_account, number.several.
func ParseNIK(text string) (NIK, error) {
	digits, err := findNumber("nik", text, nikLength)
	if err != nil {
		return "", err
	}
	return checkNIK(digits)
}

// checkNIK judges 16 digits. What any register could have given out passes.
func checkNIK(digits string) (NIK, error) {
	n := NIK(digits)
	switch {
	case allEqual(digits):
		return "", &field.Problem{Code: "nik.repeated"}
	case IsVirtualAccount(digits):
		return "", &field.Problem{Code: "nik.virtual_account"}
	case !realDate(n.day(), n.number(8, 10), n.number(10, 12)):
		return "", &field.Problem{Code: "nik.date"}
	case digits[12:] == "0000":
		return "", &field.Problem{Code: "nik.serial"}
	}
	return n, nil
}

// Female reports whether the number says a woman's: 40 is added to the day.
func (n NIK) Female() bool { return n.number(6, 8) > 40 }

// Regency is where the number was given out. It is false for codes that are not in the table: a member may carry one
// from before their regency or province was split off.
func (n NIK) Regency() (Region, bool) {
	if len(n) != nikLength {
		return Region{}, false
	}
	return RegionOf(string(n[:4]))
}

// BirthDate is the birth date the number says, as midnight UTC. The number knows no century: it is the latest one that
// makes a date not after today, and ambiguous is true where a century earlier is a living age too (17 or 117 years).
// It is the zero time where there is no such date.
func (n NIK) BirthDate(today time.Time) (date time.Time, ambiguous bool) {
	dates := n.birthDates(today)
	if len(dates) == 0 {
		return time.Time{}, false
	}
	return dates[0], len(dates) > 1
}

// Born reports whether the number's birth date is the given one, in any century.
func (n NIK) Born(date time.Time) bool {
	year, month, day := date.Date()
	return n.day() == day && n.number(8, 10) == int(month) && n.number(10, 12) == year%100
}

// Masked is the number for lists and logs.
func (n NIK) Masked() string { return Mask(string(n)) }

// oldest is the highest age in years a birth date is believed to mean.
const oldest = 120

// birthDates are the dates the number can mean today, the latest first.
func (n NIK) birthDates(today time.Time) []time.Time {
	year, month, day := today.Date()
	now := time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
	var dates []time.Time
	for century := year / 100 * 100; century > year-oldest-100; century -= 100 {
		date, ok := dateOf(century+n.number(10, 12), n.number(8, 10), n.day())
		if ok && !date.After(now) && date.AddDate(oldest, 0, 0).After(now) {
			dates = append(dates, date)
		}
	}
	return dates
}

// day is the day of birth, without what is added for women.
func (n NIK) day() int {
	day := n.number(6, 8)
	if day > 40 {
		return day - 40
	}
	return day
}

// number is part of the digits as a number.
func (n NIK) number(from, to int) int {
	value, _ := strconv.Atoi(string(n[from:to])) // digits only, since ParseNIK
	return value
}

// dateOf makes a date, and reports whether the calendar has it.
func dateOf(year, month, day int) (time.Time, bool) {
	date := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	return date, date.Day() == day && int(date.Month()) == month
}

// realDate reports whether the calendar has the date in some century. Centuries differ only in 29 February '00, which
// 2000 had.
func realDate(day, month, year int) bool {
	_, ok := dateOf(2000+year, month, day)
	return ok
}

// readNIK is the field type's reader.
func readNIK(text string, r dialog.Reading) (string, []*field.Problem, error) {
	n, err := ParseNIK(text)
	if err != nil {
		return "", nil, err
	}
	return string(n), nikNotes(n, r), nil
}

// nikNotes are what is worth saying about a good NIK: where it is from, and that the birth date given before is
// another one. Both may lawfully be so, hence they are never refused.
func nikNotes(n NIK, r dialog.Reading) []*field.Problem {
	var notes []*field.Problem
	if region, ok := n.Regency(); ok {
		notes = append(notes, &field.Problem{Code: "nik.region", Args: map[string]string{"region": region.Name}})
	} else {
		notes = append(notes, &field.Problem{Code: "nik.region_unknown"})
	}
	if r.Answer == nil {
		return notes
	}
	if born, err := time.Parse(time.DateOnly, r.Answer(birthDateField)); err == nil && !n.Born(born) {
		notes = append(notes, birthDateNote(n, r))
	}
	return notes
}
