package jkn

import (
	"fmt"
	"io"
	"iter"
	"strconv"
	"time"
)

// Payment is money that reached a virtual account, as the bank reports it.
type Payment struct {
	Account   VA
	Amount    int64     // whole rupiah, more than 0
	PaidAt    time.Time // in WIB where the file says no zone; a date alone is its midnight
	Reference string    // the bank's own; the same one is the same payment
}

// paymentColumns are the columns of payments.csv.
var paymentColumns = columns{required: []string{"virtual_account", "amount", "paid_at", "reference"}}

// ReadPayments reads payments.csv as [ReadMembers] reads members.csv. Payments are neither ordered nor distinct: the
// same reference may come again.
func ReadPayments(in io.Reader) iter.Seq2[Payment, error] {
	return read(paymentColumns, in, readPayment)
}

func readPayment(r row) (Payment, error) {
	p := Payment{Reference: r.get("reference")}
	var ok bool
	p.Account, ok = ParseVA(r.get("virtual_account"))
	r.want(ok, "virtual_account", "want 16 digits that begin with 88888 or 89888")
	p.Amount, ok = wholeRupiah(r.get("amount"))
	r.want(ok, "amount", "want whole rupiah, digits only, such as 735000")
	p.PaidAt, ok = paymentTime(r.get("paid_at"))
	r.want(ok, "paid_at", "want a time such as 2026-11-24T10:00:00+07:00, 2026-11-24 10:00 or 2026-11-24")
	r.want(isText(p.Reference), "reference", wantText)
	return p, r.err()
}

// wholeRupiah reads an amount without marks: whether a dot parts thousands or begins the sen is anybody's guess.
func wholeRupiah(text string) (int64, bool) {
	amount, err := strconv.ParseInt(text, 10, 64)
	return amount, err == nil && amount > 0 && isDigits(text, len(text))
}

// paymentTime reads the times banks write; without a zone they mean Jakarta's.
func paymentTime(text string) (time.Time, bool) {
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return t, true
	}
	for _, layout := range []string{time.DateOnly, "2006-01-02 15:04", time.DateTime} {
		if t, err := time.ParseInLocation(layout, text, wib); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// Expected is the bill a ticket that waits for payment has to see paid at a time. The values are the ticket's:
// months_owed and heads as the officer found them at asOf, and the class the member chose; it fails where one is
// missing or none that [NewBill] takes. A month that ended between the two is owed as well, and the month the payment
// comes in is the running one (Perpres 64/2020 art. 42), so what is paid after the month's end falls short of
// what the member was told before.
func Expected(values map[string]string, asOf, paidAt time.Time) (Bill, error) {
	later := max(int(MonthOf(paidAt)-MonthOf(asOf)), 0)
	return billOf(values, later, paidAt)
}

// billOf reads a bill's arguments: so many months more than months_owed, for heads in a class.
func billOf(values map[string]string, more int, at time.Time) (Bill, error) {
	class, err1 := strconv.Atoi(values["class"])
	months, err2 := strconv.Atoi(values["months_owed"])
	heads, err3 := strconv.Atoi(values["heads"])
	if err1 != nil || err2 != nil || err3 != nil {
		return Bill{}, fmt.Errorf("bill: class, months_owed and heads must be numbers")
	}
	return NewBill(class, months+more, heads, at)
}

// Settlement says whether a payment is what was expected.
type Settlement string

// The settlements. Only Exact settles a bill: cover comes back when all that is owed and the running month are paid
// (Perpres 64/2020 art. 42), and what is over may be somebody else's.
const (
	Exact Settlement = "exact"
	Short Settlement = "short"
	Over  Settlement = "over"
)

// Match compares a payment with the bill that is due. Whether it reached the right account is the caller's to find:
// [VA.Suffix] is what a bill's card and a payment have in common.
func Match(p Payment, due Bill) Settlement {
	switch {
	case p.Amount < due.Total:
		return Short
	case p.Amount > due.Total:
		return Over
	}
	return Exact
}
