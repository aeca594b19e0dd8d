package field

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// maxAge is how far from today a date may lie, in years: nobody has lived longer.
const maxAge = 130

// Date reads a calendar date into midnight UTC. The order is Indonesian, day-month-year, or year-month-day where the
// year comes first; month names may be Indonesian or English, shortened or misspelt; digits may stand together. Day
// and month are swapped only where no other reading exists and the year has four digits. A year of two digits is the
// latest one at most 20 years ahead of today. Problems: date.unclear, date.incomplete (no year or day),
// date.ambiguous (two readings), date.impossible, date.old, date.future (beyond 130 years).
func Date(text string, today time.Time) (time.Time, error) {
	return readDate(text, today, today.AddDate(20, 0, 0), today.AddDate(maxAge, 0, 0))
}

// BirthDate reads a date as [Date] does, refuses one after today, and takes a year of two digits for the latest one
// that makes it past. The problems are those of Date.
func BirthDate(text string, today time.Time) (time.Time, error) {
	return readDate(text, today, today, today)
}

// ShowDate writes a date in words: "17 Agustus 1990", in English "17 August 1990".
func ShowDate(date time.Time, lang string) string {
	months := &indonesianMonths
	if lang == "en" {
		months = &englishMonths
	}
	return strconv.Itoa(date.Day()) + " " + months[date.Month()-1] + " " + strconv.Itoa(date.Year())
}

// ShowWeekday writes a date with its day of the week: "Senin, 23 November 2026".
func ShowWeekday(date time.Time, lang string) string {
	if lang == "en" {
		return date.Weekday().String() + ", " + ShowDate(date, lang)
	}
	days := [...]string{"Minggu", "Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu"}
	return days[date.Weekday()] + ", " + ShowDate(date, lang)
}

var (
	indonesianMonths = [12]string{
		"Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober", "November",
		"Desember",
	}
	englishMonths = [12]string{
		"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
		"December",
	}
)

// months are the names and short forms of months, and the Roman numerals of Indonesian letters.
var months = func() map[string]time.Month {
	names := [12]string{
		"jan i", "feb peb pebruari febuari ii", "mar mrt iii", "apr iv", "may v", "jun vi", "jul vii",
		"agu agt ags agust agus aug viii", "sep sept ix", "okt oct x", "nov nop nopember xi", "des dec xii",
	}
	all := make(map[string]time.Month)
	for i, list := range names {
		for _, name := range append(strings.Fields(list), Normal(indonesianMonths[i]), Normal(englishMonths[i])) {
			all[name] = time.Month(i + 1)
		}
	}
	return all
}()

// dateWords may stand around a date without changing it.
var dateWords = wordSet("tanggal tgl lahir lahirnya tanggalnya ttl pada di bulan bln tahun thn th born on of the date " + //nolint:misspell // Indonesian
	"birth in adalah yaitu is dob st nd rd hari senin selasa rabu kamis jumat jum'at sabtu minggu ahad monday tuesday " +
	"wednesday thursday friday saturday sunday saya")

// dateParts are the numbers of a date in the order they were typed, and the month where it was a word.
type dateParts struct {
	numbers [3]string
	count   int
	month   time.Month
}

func readDate(text string, today, pivot, latest time.Time) (time.Time, error) {
	if len(text) > maxTyped {
		return time.Time{}, refuse("date.unclear")
	}
	parts, ok := splitDate(Bare(cutPlace(Normal(text))))
	if !ok {
		return time.Time{}, refuse("date.unclear")
	}
	date, err := parts.read(midnight(today), midnight(pivot))
	switch {
	case err != nil:
		return time.Time{}, err
	case date.Before(midnight(today).AddDate(-maxAge, 0, 0)):
		return time.Time{}, refuse("date.old", "date", date.Format("02-01-2006"))
	case date.After(midnight(latest)):
		return time.Time{}, refuse("date.future", "date", date.Format("02-01-2006"))
	}
	return date, nil
}

func midnight(t time.Time) time.Time {
	year, month, day := t.Date()
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}

// cutPlace cuts the place or the weekday written before a date: "Jakarta, 17 Agustus 1990".
func cutPlace(text string) string {
	before, date, found := strings.Cut(text, ",")
	if !found || strings.ContainsAny(before, "0123456789") || date == "" {
		return text
	}
	if _, word := lastWord(before); monthOf(word) != 0 {
		return text
	}
	return strings.TrimLeft(date, " ")
}

// splitDate takes a normal text apart; ok is false when something in it belongs to no date.
func splitDate(text string) (parts dateParts, ok bool) {
	for text != "" {
		var word string
		word, text = firstWord(text)
		switch {
		case word == "" || dateWords[word]:
		case isDigit(word[0]):
			if parts.count == len(parts.numbers) || !allDigits(word) {
				return parts, false
			}
			parts.numbers[parts.count] = word
			parts.count++
		default:
			month := monthOf(word)
			if month == 0 || parts.month != 0 {
				return parts, false
			}
			parts.month = month
		}
	}
	return parts, parts.count > 0
}

// monthOf reads a month's name, also misspelt when only one month is that near; 0: none.
func monthOf(word string) time.Month {
	if m := months[word]; m != 0 {
		return m
	}
	if len(word) < 4 || len(word) > 12 {
		return 0
	}
	var found time.Month
	best, limit := 2, 1
	if len(word) >= 7 {
		best, limit = 3, 2
	}
	for name, m := range months {
		if len(name) < 4 {
			continue
		}
		switch d := distance(word, name, limit); {
		case d < best:
			best, found = d, m
		case d == best && d <= limit && m != found:
			found = 0
		}
	}
	return found
}

// read finds the one date that the parts can mean.
func (p *dateParts) read(today, pivot time.Time) (time.Time, error) {
	n := p.numbers
	switch {
	case p.month != 0 && p.count == 2:
		day, year := n[0], n[1]
		if len(day) == 4 {
			day, year = year, day
		}
		return date(day, strconv.Itoa(int(p.month)), year, pivot)
	case p.month == 0 && p.count == 3 && len(n[0]) == 4:
		return ordered(n[2], n[1], n[0], pivot)
	case p.month == 0 && p.count == 3:
		return ordered(n[0], n[1], n[2], pivot)
	case p.month == 0 && p.count == 1 && len(n[0]) == 8:
		return eightDigits(n[0], today, pivot)
	case p.month == 0 && p.count == 1 && len(n[0]) == 6:
		return ordered(n[0][:2], n[0][2:4], n[0][4:], pivot)
	case p.count == 1 && (p.month != 0 || len(n[0]) <= 4), p.month == 0 && p.count == 2:
		return time.Time{}, refuse("date.incomplete")
	}
	return time.Time{}, refuse("date.unclear")
}

// eightDigits tells 19900817 from 17081990 by the year that is possible. At most one is: a year from 1800 to 2199 at
// the front would be a month from 18 to 21 days on, and no day-month pair makes such a year at the back.
func eightDigits(n string, today, pivot time.Time) (time.Time, error) {
	front, _ := strconv.Atoi(n[:4])
	if front > today.Year()-2*maxAge && front <= today.Year()+maxAge {
		if d, err := date(n[6:], n[4:6], n[:4], pivot); err == nil {
			return d, nil
		}
	}
	return ordered(n[:2], n[2:4], n[4:], pivot)
}

// ordered makes a date of day, month and year in the order they were typed. Where that is none but another order is,
// it takes month-day-year only with a full year: "08/17/1990" has one meaning, "90/08/17" may be a slip of the hand.
func ordered(day, month, year string, pivot time.Time) (time.Time, error) {
	d, err := date(day, month, year, pivot)
	if err == nil || len(day) > 2 || len(month) > 2 {
		return d, err
	}
	swapped, swapErr := date(month, day, year, pivot)
	if len(year) == 4 {
		if swapErr == nil {
			return swapped, nil
		}
		return d, err
	}
	if _, yearFirst := date(year, month, day, pivot); swapErr == nil || yearFirst == nil {
		return d, refuse("date.ambiguous")
	}
	return d, err
}

// date makes a date of digits; a year of two digits is the latest that lies not after pivot.
func date(day, month, year string, pivot time.Time) (time.Time, error) {
	d, dayOK := digits(day)
	m, monthOK := digits(month)
	y, yearOK := digits(year)
	if !dayOK || !monthOK || !yearOK || len(day) > 2 || len(month) > 2 || len(year) != 2 && len(year) != 4 {
		return time.Time{}, refuse("date.unclear")
	}
	if len(year) == 2 {
		y += int64(pivot.Year()) / 100 * 100
		if y > int64(pivot.Year()) || time.Date(int(y), time.Month(m), int(d), 0, 0, 0, 0, time.UTC).After(pivot) {
			y -= 100
		}
	}
	made := time.Date(int(y), time.Month(m), int(d), 0, 0, 0, 0, time.UTC)
	if int64(made.Day()) != d || int64(made.Month()) != m {
		return time.Time{}, refuse("date.impossible", "date", fmt.Sprintf("%02d-%02d-%04d", d, m, y))
	}
	return made, nil
}
