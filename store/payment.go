package store

import (
	"context"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"maps"
	"strconv"
	"time"

	"sapa/dialog"
	"sapa/dialog/desk"
	"sapa/dialog/jkn"
)

// PaymentState says what came of a payment.
type PaymentState string

// The states of a payment. The last two are of an import's summary only.
const (
	Settled    PaymentState = "settled"    // it paid a ticket's bill
	Mismatched PaymentState = "mismatched" // a ticket waits for a payment to this account, but of another amount
	Unknown    PaymentState = "unknown"    // no ticket waits for a payment to this account
	Repeated   PaymentState = "repeated"   // it was settled by an earlier import
	// Contradicted: its reference was settled by an earlier import, with another amount or account.
	Contradicted PaymentState = "contradicted"
)

// Payment is a payment as it was booked.
type Payment struct {
	jkn.Payment
	State      PaymentState
	Ticket     string // reference; "" where State is Unknown
	ImportedAt time.Time
}

const paymentBatch = 32 // payments of one transaction: each settled one is a turn of a conversation, too

// ImportPayments books what the bank reported, and counts what came of it. A payment that pays what a ticket waits for
// decides the ticket, tells the member and makes the family active in the register, in one transaction; one of another
// amount is noted in the ticket's history. Whatever was not settled is tried again when it comes again. One that
// contradicts what was settled changes nothing; contradicted gives the references of those. It stops at the first error;
// what was booked until then stays.
func (d *DB) ImportPayments(ctx context.Context, payments iter.Seq[jkn.Payment], now time.Time) (counts map[PaymentState]int, contradicted []string, err error) {
	counts = map[PaymentState]int{}
	book := func(some []jkn.Payment) error {
		var states []PaymentState
		err := d.do(ctx, func(t *tx) error {
			states = states[:0] // a job may run twice
			for _, p := range some {
				state, err := t.book(p, now)
				if err != nil {
					return err
				}
				states = append(states, state)
			}
			return nil
		})
		if err != nil {
			return err
		}
		for i, state := range states {
			counts[state]++
			if state == Contradicted {
				contradicted = append(contradicted, some[i].Reference)
			}
		}
		return nil
	}
	some := make([]jkn.Payment, 0, paymentBatch)
	for p := range payments {
		if some = append(some, p); len(some) == paymentBatch {
			if err := book(some); err != nil {
				return counts, contradicted, err
			}
			some = some[:0]
		}
	}
	err = book(some)
	return counts, contradicted, err
}

// book settles a payment, or keeps it for an officer to look at.
func (t *tx) book(p jkn.Payment, now time.Time) (PaymentState, error) {
	hash, err := t.db.ring.hash("payment", p.Reference)
	if err != nil {
		return "", err
	}
	booked, err := collect(t.query, "SELECT reference_hash, state, coalesce(ticket, ''), at_ms, wrapped, sealed_payment FROM payments WHERE reference_hash = ?",
		[]any{hash}, t.db.ring.scanPayment)
	if err != nil {
		return "", err
	}
	before := Unknown
	if len(booked) > 0 {
		before = booked[0].State
	}
	if before == Settled {
		if booked[0].Amount != p.Amount || booked[0].Account.Suffix() != p.Account.Suffix() {
			return Contradicted, nil
		}
		return Repeated, nil
	}
	f, due, err := t.billed(p)
	if err != nil {
		return "", err
	}
	state := Unknown
	if f.Ref != "" {
		if state, err = t.settle(f, p, due, now); err != nil {
			return "", err
		}
		if state == Mismatched && before != Mismatched {
			if err := t.recordPayment(f, desk.EventPaymentMismatched, now); err != nil {
				return "", err
			}
		}
	}
	return state, t.putPayment(hash, p, state, f.Ref, now)
}

// billed finds the ticket that waits for a payment to this account, the one whose bill it pays before an older one, and
// whether it pays that. The ticket has no reference where there is none.
func (t *tx) billed(p jkn.Payment) (first file, due bool, err error) {
	hash, err := t.db.ring.hash("va", p.Account.Suffix())
	if err != nil {
		return first, false, err
	}
	type bill struct {
		ref string
		at  int64
	}
	bills, err := collect(t.query, `SELECT b.ticket, b.at_ms FROM bills b JOIN tickets t ON t.ref = b.ticket
		WHERE b.va_hash = ? AND t.status = 'waiting_payment' ORDER BY t.opened_ms, t.ref`, []any{hash},
		func(rows *sql.Rows) (b bill, err error) { return b, rows.Scan(&b.ref, &b.at) })
	if err != nil {
		return first, false, err
	}
	for i, b := range bills {
		f, err := t.db.ring.load(t.query, b.ref)
		if err != nil {
			return first, false, err
		}
		expected, err := jkn.Expected(f.Values, fromMillis(b.at), p.PaidAt)
		if err == nil && jkn.Match(p, expected) == jkn.Exact { // values that make no bill wait for an officer
			return f, true, nil
		}
		if i == 0 {
			first = f
		}
	}
	return first, false, nil
}

// settle decides a ticket as paid, where the payment is due and the stage has such a decision.
func (t *tx) settle(f file, p jkn.Payment, due bool, now time.Time) (PaymentState, error) {
	if !due {
		return Mismatched, nil
	}
	err := t.saved(func() error {
		paid := desk.Action{Name: decisionPaid, Sets: map[string]string{
			"amount": strconv.FormatInt(p.Amount, 10), "reference": p.Reference,
		}}
		change, _, err := t.act(f.Ref, paid, desk.Actor{Name: desk.NamePayment, System: true}, now)
		if err != nil {
			return err
		}
		f.Ticket = change.Ticket
		if err := t.recordPayment(f, desk.EventPaymentSettled, now); err != nil {
			return err
		}
		return t.cover(t.cardOf(f.Ticket), p.PaidAt)
	})
	if err != nil && refusal(err) {
		return Mismatched, nil
	}
	return Settled, err
}

// decisionPaid is the decision of a stage that waits for a payment: "payment confirmed", by hand or by an import.
const decisionPaid = "paid"

func (t *tx) recordPayment(f file, what string, now time.Time) error {
	return t.recordOne(f.key, f.Ticket, desk.Activity{At: now, Who: desk.NamePayment, What: what, Stage: f.Stage})
}

// cover makes the family of a card active in the register from the day they paid; who is not in it stays so.
func (t *tx) cover(card jkn.Card, paidAt time.Time) error {
	of, found, err := t.db.ring.member(t.query, string(card))
	if err != nil || !found {
		return err
	}
	household, err := t.db.ring.household(t.query, of.Member)
	if err != nil {
		return err
	}
	family := map[jkn.Card]bool{}
	for _, m := range jkn.Family(of.Member, memberRecords(household, paidAt)) {
		family[m.Card] = true
	}
	year, month, day := paidAt.In(location(officeZone)).Date()
	for _, m := range household {
		m.Member = m.On(officeDay(paidAt))
		if !family[m.Card] || !m.Segment.SelfPaid() || m.Reason.Gone() {
			continue
		}
		if m.Status != jkn.ActiveMember {
			m.Status, m.Reason, m.Since = jkn.ActiveMember, "", time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
		}
		m.PaidUntil = max(m.PaidUntil, jkn.MonthOf(paidAt))
		if err := t.putMember(m); err != nil {
			return err
		}
	}
	return nil
}

// cardOf is the card a ticket is about: one that was noted later, or the form's number where that is a card's.
func (t *tx) cardOf(ticket desk.Ticket) jkn.Card {
	if card := ticket.Values["card"]; jkn.IsCard(card) {
		return jkn.Card(card)
	}
	p, err := t.pipeline(ticket.Service)
	if err != nil {
		return ""
	}
	if number := ticket.Values[p.Subject.Number]; jkn.IsCard(number) {
		return jkn.Card(number)
	}
	return ""
}

// bill notes which account a ticket waits for a payment to, once it waits for one. Without a card there is no account.
func (t *tx) bill(ticket desk.Ticket, at time.Time) error {
	card := t.cardOf(ticket)
	if ticket.Status != desk.WaitingPayment || card == "" {
		return nil
	}
	hash, err := t.db.ring.hash("va", card.Suffix())
	if err != nil {
		return err
	}
	return t.run("INSERT OR REPLACE INTO bills (ticket, va_hash, at_ms) VALUES (?, ?, ?)", ticket.Ref, hash, at.UnixMilli())
}

// answerBill tells again what a ticket of this contact waits to be paid, as it is now.
func (v *visit) answerBill(args dialog.Record, now time.Time) (*dialog.Result, error) {
	facts := dialog.Record{"known": truth(false), "card": "", "class": "", "months_owed": "0", "heads": "0"}
	f, found, err := v.own(args["ref"])
	if err != nil || !found {
		return &dialog.Result{Facts: facts}, err
	}
	due, known, err := dueOf(v.get, f.Ticket, now)
	if err != nil || !known {
		return &dialog.Result{Facts: facts}, err
	}
	maps.Copy(facts, dialog.Record{
		"known": truth(true), "card": string(v.cardOf(f.Ticket)), "class": f.Values["class"],
		"months_owed": strconv.Itoa(due.MonthsOwed), "heads": f.Values["heads"],
	})
	return &dialog.Result{Facts: facts, Sample: f.sample}, nil
}

// dueOf is the bill that a ticket waits to be paid, as it is at a time; known is false where it waits for none.
func dueOf(get func(query string, args []any, into ...any) error, t desk.Ticket, at time.Time) (due jkn.Bill, known bool, err error) {
	if t.Status != desk.WaitingPayment {
		return due, false, nil
	}
	var since int64
	err = get("SELECT at_ms FROM bills WHERE ticket = ?", []any{t.Ref}, &since)
	if none(err) {
		return due, false, nil
	}
	if err != nil {
		return due, false, err
	}
	due, err = jkn.Expected(t.Values, fromMillis(since), at)
	return due, err == nil, nil // values that make no bill wait for an officer
}

// Due is the bill that a ticket waits to be paid, as it is at a time; known is false where it waits for none.
func (d *DB) Due(ctx context.Context, t desk.Ticket, at time.Time) (due jkn.Bill, known bool, err error) {
	due, known, err = dueOf(func(query string, args []any, into ...any) error {
		return d.reader.QueryRowContext(ctx, query, args...).Scan(into...)
	}, t, at)
	return due, known, explain(err)
}

func paymentPlace(hash []byte) place {
	return place{column: "payments.payment", a: hex.EncodeToString(hash)}
}

func paymentKeyPlace(hash []byte) place {
	return place{column: "payments.wrapped", a: hex.EncodeToString(hash)}
}

func (t *tx) putPayment(hash []byte, p jkn.Payment, state PaymentState, ticket string, now time.Time) error {
	plain, err := json.Marshal(p)
	if err != nil {
		return errors.New("a payment cannot be encoded") // the encoder's words may hold content
	}
	key, err := t.db.ring.makeRowKey(paymentKeyPlace(hash))
	if err != nil {
		return err
	}
	sealed, err := key.seal(paymentPlace(hash), plain)
	if err != nil {
		return err
	}
	return t.run(`INSERT OR REPLACE INTO payments (reference_hash, state, ticket, at_ms, wrapped, sealed_payment)
		VALUES (?, ?, ?, ?, ?, ?)`,
		hash, string(state), sql.NullString{String: ticket, Valid: ticket != ""}, now.UnixMilli(), key.wrapped, sealed)
}

// Payments gives the payments that were imported, oldest first; with open only those an officer has to look at: of
// unknown accounts, and of another amount than a ticket still waits for.
func (d *DB) Payments(ctx context.Context, open bool) ([]Payment, error) {
	return read(ctx, d, `SELECT p.reference_hash, p.state, coalesce(p.ticket, ''), p.at_ms, p.wrapped, p.sealed_payment
		FROM payments p LEFT JOIN tickets t ON t.ref = p.ticket
		WHERE NOT ? OR p.state = 'unknown' OR p.state = 'mismatched' AND t.status = 'waiting_payment'
		ORDER BY p.at_ms, p.reference_hash`, []any{open}, d.ring.scanPayment)
}

func (r *ring) scanPayment(rows *sql.Rows) (p Payment, err error) {
	var hash, wrapped, sealed []byte
	var at int64
	if err := rows.Scan(&hash, &p.State, &p.Ticket, &at, &wrapped, &sealed); err != nil {
		return p, err
	}
	p.ImportedAt = fromMillis(at)
	key, err := r.rowKey(paymentKeyPlace(hash), wrapped)
	if err != nil {
		return p, err
	}
	plain, err := key.open(paymentPlace(hash), sealed)
	if err != nil {
		return p, err
	}
	if json.Unmarshal(plain, &p.Payment) != nil {
		return p, fmt.Errorf("%w: payments", ErrSealed)
	}
	return p, nil
}
