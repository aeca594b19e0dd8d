package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"sapa/dialog"
	"sapa/dialog/desk"
)

// Act carries out what an officer wants to do to a ticket, with its history, whose it becomes and the member's notice,
// in one transaction; the change tells all of it. A pass to nobody in particular goes to whom it suits. Errors:
// ErrNoTicket, ErrNoService, ErrNoOfficer, ErrUnsuited, ErrNobodySuits, whatever desk.Decide refuses with; then nothing
// was changed. Who tried what they may not stands in the ticket's history.
func (d *DB) Act(ctx context.Context, ref string, a desk.Action, who desk.Actor, now time.Time) (desk.Change, error) {
	var change desk.Change
	var refused error
	err := d.do(ctx, func(t *tx) error {
		err := t.saved(func() (err error) {
			change, _, err = t.act(ref, a, who, now)
			return err
		})
		if refused = nil; !forbidden(err) {
			return err
		}
		refused = err
		return t.recordRefused(ref, a.Name, who, now)
	})
	if err := errors.Join(err, refused); err != nil {
		return desk.Change{}, err
	}
	return change, nil
}

// Permit asks desk.May whether somebody may do something to a ticket. A refusal stands in the ticket's history.
// Errors: ErrNoTicket, ErrNoService, those of desk.May.
func (d *DB) Permit(ctx context.Context, ref, action string, who desk.Actor, now time.Time) error {
	err := d.peek(ctx, func(t *tx) error {
		f, err := t.db.ring.find(t.query, ref)
		if err != nil {
			return err
		}
		p, err := t.pipeline(f.Service)
		if err != nil {
			return err
		}
		return desk.May(p, f.Ticket, action, who)
	})
	if !forbidden(err) {
		return err
	}
	return errors.Join(err, d.do(ctx, func(t *tx) error { return t.recordRefused(ref, action, who, now) }))
}

// forbidden reports whether somebody tried what is not theirs to do. What is merely impossible now, or wrongly said, is
// no such thing.
func forbidden(err error) bool {
	var foreign *desk.ForeignError
	var taken *desk.TakenError
	var second *desk.SecondError
	return errors.As(err, &foreign) || errors.As(err, &second) || errors.As(err, &taken) && !taken.Yours
}

func (t *tx) recordRefused(ref, action string, who desk.Actor, now time.Time) error {
	f, err := t.db.ring.find(t.query, ref)
	if err != nil {
		return err
	}
	return t.recordOne(f.key, f.Ticket, desk.Activity{
		At: now, Who: who.Name, What: desk.EventRefused, Stage: f.Stage, Decision: action,
	})
}

func (t *tx) act(ref string, a desk.Action, who desk.Actor, now time.Time) (desk.Change, dialog.Receipt, error) {
	f, err := t.db.ring.load(t.query, ref)
	if err != nil {
		return desk.Change{}, dialog.Receipt{}, err
	}
	change, err := t.decide(f, a, who, now)
	if err != nil {
		return change, dialog.Receipt{}, err
	}
	if change.Notice == nil && f.Officer != "" && change.Ticket.Officer != f.Officer {
		change.Notice = &desk.Notice{Stage: f.Stage, Decision: dialog.DecisionBack} // they may have been talking
	}
	// Not through input: an action whose notice fails must fail, not be stored as poison.
	rec, err := t.tell(f, change, now)
	return change, rec, err
}

// decide changes a ticket as its pipeline allows, gives it to whom it suits where it came to, and writes all of it.
func (t *tx) decide(f file, a desk.Action, who desk.Actor, now time.Time) (desk.Change, error) {
	p, err := t.pipeline(f.Service)
	if err != nil {
		return desk.Change{}, err
	}
	if err := t.suits(p, f, &a, who); err != nil {
		return desk.Change{}, err
	}
	change, err := desk.Decide(p, f.Ticket, a, who, now, t.calendar(f.zone))
	if err == nil && a.Name == desk.ActionReopen {
		err = t.reopens(f.Ticket)
	}
	if err != nil {
		return desk.Change{}, err
	}
	if err := t.employ(f, a, change.Ticket, now); err != nil {
		return desk.Change{}, err
	}
	status := set
	if who.Member {
		status = given
	}
	if a.Name == desk.ActionAnswer {
		status = renewed
	}
	if err := t.save(f, change, status); err != nil {
		return desk.Change{}, err
	}
	if change.Ticket.Stage != f.Stage || f.Status.Final() { // else whoever let go of it would have it back at once
		err = t.assign(p, f, &change, now)
	}
	return change, err
}

// tell brings the notice of a change to the member's session, where there is one.
func (t *tx) tell(f file, change desk.Change, now time.Time) (dialog.Receipt, error) {
	if change.Notice == nil {
		return dialog.Receipt{}, nil
	}
	in, err := t.notice(f, change, now)
	if none(err) {
		return dialog.Receipt{}, nil // somebody else has the number now
	}
	if err != nil {
		return dialog.Receipt{}, err
	}
	return t.turn(in)
}

// notice is the input that tells a contact's session what happened to a ticket. Error: sql.ErrNoRows where the contact
// is not reached any more.
func (t *tx) notice(f file, change desk.Change, now time.Time) (dialog.Input, error) {
	n, after := change.Notice, change.Ticket
	in := dialog.Input{
		ID: fmt.Sprintf("ticket:%s:%d", f.Ref, after.Rev), Kind: dialog.TicketEvent, Line: f.Line, At: now,
		Event: &dialog.Event{
			Ref: f.Ref, Service: f.Service, Stage: n.Stage, Decision: n.Decision, Text: n.Text, Field: n.Field,
			Who: person(change.Activities[0].Who), Final: after.Status.Final(), Values: after.Values,
		},
	}
	in.Seed = seedOf(f.Contact, f.Line, in.ID)
	var hash, sealed []byte
	err := t.get(`SELECT s.transport, a.hash, a.sealed_address FROM sessions s JOIN addresses a ON a.hash = s.address
		WHERE s.contact = ? AND s.line = ?`, []any{f.Contact, f.Line}, &in.Transport, &hash, &sealed)
	if err != nil {
		return in, fmt.Errorf("where contact %d is reached on line %s: %w", f.Contact, f.Line, err)
	}
	address, err := f.contact.open(addressPlace(hash), sealed)
	in.From = string(address)
	return in, err
}

// person is who acted, where somebody did in person.
func person(who string) string {
	if who == desk.NameSystem || who == desk.NamePayment {
		return ""
	}
	return who
}
