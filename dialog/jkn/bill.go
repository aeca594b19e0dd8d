package jkn

import (
	"fmt"
	"strings"
	"time"

	"sapa/dialog/field"
)

// MaxMonthsBilled is how many months of arrears are billed at most; older ones are let go (Perpres 64/2020 art. 42).
const MaxMonthsBilled = 24

// maxHeads is more than any family has; a bigger number is a slip.
const maxHeads = 100

// Bill is what a self-paying family must pay to be covered again, in whole rupiah.
//
// Cover stops on the 1st of the month after one that stayed unpaid, and comes back when the arrears, at most 24 months
// of them, and the month running are paid (Perpres 64/2020 art. 42). So the running month belongs to every
// bill; it is not one of the months owed. There is no fine for being late, only [InpatientFine].
type Bill struct {
	Class      int
	MonthsOwed int // as the officer found, up to and with last month
	Months     int // of these, billed
	Heads      int
	Terms      []Term // the months billed, oldest first, at the tariff of their time
	Arrears    int64  // the sum of Terms

	RunningMonth time.Time // its first day
	Tariff       int64     // the member's, per head, in the running month
	Monthly      int64     // Heads × Tariff: the running month's contribution, and each later one's
	Total        int64     // Arrears + Monthly
}

// Term is a number of months at one tariff.
type Term struct {
	Months, Heads int
	Tariff        int64
}

// Amount is what the months of the term come to.
func (t Term) Amount() int64 { return int64(t.Months) * int64(t.Heads) * t.Tariff }

// NewBill computes the bill of a family in a class, as of today. It fails for a class without a tariff, a negative
// number of months and a number of heads that no family has.
func NewBill(class, monthsOwed, heads int, today time.Time) (Bill, error) {
	return newBill(Tariffs(), class, monthsOwed, heads, today)
}

func newBill(tariffs []Tariff, class, monthsOwed, heads int, today time.Time) (Bill, error) {
	if monthsOwed < 0 || heads < 1 || heads > maxHeads {
		return Bill{}, fmt.Errorf("bill of %d months for %d heads: out of range", monthsOwed, heads)
	}
	year, month, _ := today.In(wib).Date()
	running := time.Date(year, month, 1, 0, 0, 0, 0, time.UTC)
	now, ok := tariffIn(tariffs, class, running)
	if !ok {
		return Bill{}, fmt.Errorf("bill: class %d has no tariff", class)
	}
	b := Bill{
		Class: class, MonthsOwed: monthsOwed, Months: min(monthsOwed, MaxMonthsBilled), Heads: heads,
		RunningMonth: running, Tariff: now.Member, Monthly: int64(heads) * now.Member,
	}
	for ago := b.Months; ago > 0; ago-- {
		then, _ := tariffIn(tariffs, class, running.AddDate(0, -ago, 0))
		b.addMonth(then.Member)
	}
	for _, t := range b.Terms {
		b.Arrears += t.Amount()
	}
	b.Total = b.Arrears + b.Monthly
	return b, nil
}

// addMonth adds a month owed after those before it.
func (b *Bill) addMonth(tariff int64) {
	if last := len(b.Terms) - 1; last >= 0 && b.Terms[last].Tariff == tariff {
		b.Terms[last].Months++
		return
	}
	b.Terms = append(b.Terms, Term{Months: 1, Heads: b.Heads, Tariff: tariff})
}

// Capped reports whether more months are owed than are billed.
func (b Bill) Capped() bool { return b.MonthsOwed > b.Months }

// Sum writes out how the arrears come about: "7 bulan × 3 orang × Rp35.000 = Rp735.000". It is "" without arrears.
func (b Bill) Sum(lang string) string {
	if len(b.Terms) == 0 {
		return ""
	}
	terms := make([]string, len(b.Terms))
	for i, t := range b.Terms {
		terms[i] = t.words(lang)
	}
	return strings.Join(terms, " + ") + " = " + field.ShowMoney(b.Arrears)
}

func (t Term) words(lang string) string {
	money := field.ShowMoney(t.Tariff)
	if lang == "en" {
		return fmt.Sprintf("%s × %s × %s", plural(t.Months, "month", "months"), plural(t.Heads, "person", "people"), money)
	}
	return fmt.Sprintf("%d bulan × %d orang × %s", t.Months, t.Heads, money)
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// wib is western Indonesian time, which the scheme's month and date go by.
var wib = time.FixedZone("WIB", 7*60*60)

// showMonth writes the month that begins on a day: "November 2026".
func showMonth(first time.Time, lang string) string {
	return strings.TrimPrefix(field.ShowDate(first, lang), "1 ")
}
