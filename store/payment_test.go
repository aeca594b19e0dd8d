package store_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"sapa/dialog/desk"
	"sapa/dialog/jkn"
	"sapa/store"
)

// paid is a pipeline that ends with a payment.
var paid = desk.Pipeline{
	Service: "reaktivasi",
	Subject: desk.Subject{Name: "nama", Number: "nomor", BirthDate: "tanggal_lahir", Regency: "kabupaten"},
	Stages: []desk.Stage{
		{Name: "kelas", Status: desk.WaitingMember, Role: desk.RoleBranch, Decisions: []desk.Decision{
			{Name: "choose", Member: true, To: "pembayaran", Sets: []desk.Set{{Name: "class", Type: "number"}}},
		}},
		{Name: "pembayaran", Status: desk.WaitingPayment, Role: desk.RoleBranch, Decisions: []desk.Decision{{
			Name: "paid", To: "aktif", Say: map[string]string{"id": "Lunas"},
			Sets: []desk.Set{{Name: "amount", Type: "money"}, {Name: "reference", Type: "text"}},
		}}},
		{Name: "aktif", Status: desk.Approved},
	},
}

// due is what seven months and the running one come to for three in class 3.
const due = 8 * 3 * 35_000

func cashier(t *testing.T) *store.DB {
	o := options(t)
	o.Pipeline = func(service string) (*desk.Pipeline, bool) { return &paid, service == "reaktivasi" }
	db := open(t, o)
	imports(t, db, aminah())
	return db
}

// waiting opens a ticket that waits for a payment of what a family owes.
func waiting(t *testing.T, db *store.DB, phone string) string {
	t.Helper()
	rec := submit(t, db, chat(phone, "t1", "ask ticket.open service=reaktivasi kabupaten=31.74 nama=Siti nomor=0001234567890 months_owed=7 heads=3"))
	ref := fact(t, rec, "ref")
	submit(t, db, chat(phone, "t2", "ask ticket.decide decision=choose class=3 ref="+ref))
	return ref
}

func payment(reference string, amount int64) jkn.Payment {
	return jkn.Payment{Account: "8888801234567890", Amount: amount, PaidAt: noon.Add(time.Hour), Reference: reference}
}

func book(t *testing.T, db *store.DB, payments ...jkn.Payment) string {
	t.Helper()
	n, contradicted, err := db.ImportPayments(t.Context(), slices.Values(payments), noon.Add(2*time.Hour))
	must(t, err)
	if len(contradicted) > 0 {
		return fmt.Sprintf("contradicted %q", contradicted)
	}
	return fmt.Sprintf("%d settled %d mismatched %d unknown %d repeated",
		n[store.Settled], n[store.Mismatched], n[store.Unknown], n[store.Repeated])
}

// events are what a ticket's history says happened, by whom.
func events(t *testing.T, db *store.DB, ref string) string {
	t.Helper()
	history, err := db.History(t.Context(), ref)
	must(t, err)
	var out []string
	for _, a := range history {
		if !strings.HasPrefix(a.What, "promise.") {
			out = append(out, a.Who+" "+a.What)
		}
	}
	return strings.Join(out, ", ")
}

func TestAPaymentSettlesATicketTellsTheMemberAndCoversTheFamily(t *testing.T) {
	db := cashier(t)
	ref := waiting(t, db, siti)
	equal(t, "booked", book(t, db, payment("TRX-1", due)), "1 settled 0 mismatched 0 unknown 0 repeated")
	ticket, err := db.Ticket(t.Context(), ref)
	must(t, err)
	equal(t, "status", ticket.Status, desk.Approved)
	equal(t, "set", ticket.Values["amount"]+" "+ticket.Values["reference"], fmt.Sprint(due, " TRX-1"))
	equal(t, "history", events(t, db, ref),
		"member ticket.opened, member ticket.decided, payment ticket.decided, payment payment.settled")
	unsent, err := db.Unsent(t.Context(), "terminal", noon.Add(3*time.Hour), 99)
	must(t, err)
	equal(t, "told", strings.HasPrefix(unsent[len(unsent)-1].Text, "notice paid"), true)
	for _, before := range aminah() {
		m, _, err := db.Member(t.Context(), string(before.Card))
		must(t, err)
		equal(t, "register", fmt.Sprintf("%s %q %s %s", m.Status, m.Reason, m.PaidUntil, m.Since.Format(time.DateOnly)), `aktif "" 2026-11 2026-11-23`)
	}
	open, err := db.Payments(t.Context(), true)
	must(t, err)
	equal(t, "nothing is open", len(open), 0)
	equal(t, "again", book(t, db, payment("TRX-1", due)), "0 settled 0 mismatched 0 unknown 1 repeated")
	equal(t, "again, of another amount", book(t, db, payment("TRX-1", due-1)), `contradicted ["TRX-1"]`)
	other := payment("TRX-1", due)
	other.Account = "8888809876543210"
	equal(t, "again, to another account", book(t, db, other), `contradicted ["TRX-1"]`)
	healthy(t, db)
}

func TestAPaymentOfAnotherAmountWaitsForAnOfficer(t *testing.T) {
	db := cashier(t)
	ref := waiting(t, db, siti)
	short := payment("TRX-1", due-1)
	equal(t, "short", book(t, db, short, payment("TRX-2", due+1)), "0 settled 2 mismatched 0 unknown 0 repeated")
	equal(t, "again", book(t, db, short), "0 settled 1 mismatched 0 unknown 0 repeated")
	equal(t, "noted once each", events(t, db, ref),
		"member ticket.opened, member ticket.decided, payment payment.mismatched, payment payment.mismatched")
	ticket, err := db.Ticket(t.Context(), ref)
	must(t, err)
	equal(t, "status", ticket.Status, desk.WaitingPayment)
	open, err := db.Payments(t.Context(), true)
	must(t, err)
	equal(t, "open", len(open), 2)
	equal(t, "of the ticket", open[0].Ticket, ref)
	m, _, err := db.Member(t.Context(), "0001234567890")
	must(t, err)
	equal(t, "the register stays", m.Status, jkn.InactiveMember)

	_, err = db.Act(t.Context(), ref, desk.Action{Name: "paid", Sets: map[string]string{"amount": "840000", "reference": "TRX-1"}}, officer, noon)
	must(t, err)
	open, err = db.Payments(t.Context(), true)
	must(t, err)
	equal(t, "an officer has dealt with it", len(open), 0)
	all, err := db.Payments(t.Context(), false)
	must(t, err)
	equal(t, "kept", len(all), 2)
	healthy(t, db)
}

func TestAPaymentNobodyWaitsForIsKeptAndTriedAgain(t *testing.T) {
	db := cashier(t)
	equal(t, "early", book(t, db, payment("TRX-1", due)), "0 settled 0 mismatched 1 unknown 0 repeated")
	open, err := db.Payments(t.Context(), true)
	must(t, err)
	equal(t, "open", fmt.Sprintf("%d %s %q %d %s", len(open), open[0].State, open[0].Ticket, open[0].Amount, open[0].Reference), `1 unknown "" 840000 TRX-1`)
	waiting(t, db, siti)
	equal(t, "later", book(t, db, payment("TRX-1", due)), "1 settled 0 mismatched 0 unknown 0 repeated")
}

func TestOfTwoTicketsAPaymentSettlesTheOneItPays(t *testing.T) {
	db := cashier(t)
	first := waiting(t, db, siti)
	rec := submit(t, db, chat(budi, "t1", "ask ticket.open service=reaktivasi nomor=0001234567890 months_owed=0 heads=1"))
	second := fact(t, rec, "ref")
	submit(t, db, chat(budi, "t2", "ask ticket.decide decision=choose class=3 ref="+second))
	equal(t, "booked", book(t, db, payment("TRX-1", 35_000)), "1 settled 0 mismatched 0 unknown 0 repeated")
	for ref, want := range map[string]desk.Status{first: desk.WaitingPayment, second: desk.Approved} {
		ticket, err := db.Ticket(t.Context(), ref)
		must(t, err)
		equal(t, "status", ticket.Status, want)
	}
}

// A month that ends before the payment comes is owed as well, and whoever asks again is told so: nobody but the
// ticket's contact.
func TestAPaymentAfterTheMonthsEndFallsShort(t *testing.T) {
	db := cashier(t)
	ref := waiting(t, db, siti)
	owed := func(at time.Time) string {
		t.Helper()
		ticket, err := db.Ticket(t.Context(), ref)
		must(t, err)
		bill, known, err := db.Due(t.Context(), ticket, at)
		must(t, err)
		return fmt.Sprint(known, " ", bill.Total)
	}
	equal(t, "now", owed(noon), fmt.Sprint("true ", due))
	equal(t, "after the month's end", owed(noon.AddDate(0, 1, 0)), fmt.Sprint("true ", due+3*35_000))
	rec := submit(t, db, chat(siti, "t3", "ask ticket.bill ref="+ref))
	equal(t, "told", fact(t, rec, "known")+" "+fact(t, rec, "card")+" "+fact(t, rec, "months_owed"), "true 0001234567890 7")
	rec = submit(t, db, chat(budi, "t3", "ask ticket.bill ref="+ref))
	equal(t, "somebody else", fact(t, rec, "known")+fact(t, rec, "card"), "false")
	late := payment("TRX-1", due)
	late.PaidAt = noon.AddDate(0, 1, 0)
	equal(t, "short", book(t, db, late), "0 settled 1 mismatched 0 unknown 0 repeated")
	late.Reference, late.Amount = "TRX-2", due+3*35_000
	equal(t, "exact", book(t, db, late), "1 settled 0 mismatched 0 unknown 0 repeated")
	equal(t, "paid", owed(noon), "false 0")
}
