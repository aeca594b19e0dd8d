package store

import (
	"context"
	"database/sql"
	"strings"
	"time"

	"sapa/dialog"
	"sapa/dialog/desk"
)

// setTicketTimers keeps a ticket's timers as a change of it says.
func (t *tx) setTicketTimers(ref string, timers []desk.Timer) error {
	for _, timer := range timers {
		var err error
		if timer.At.IsZero() {
			err = t.run("DELETE FROM ticket_timers WHERE ticket = ? AND name = ?", ref, timer.Name)
		} else {
			err = t.run(`INSERT INTO ticket_timers (ticket, name, at_ms) VALUES (?, ?, ?)
				ON CONFLICT (ticket, name) DO UPDATE SET at_ms = excluded.at_ms`, ref, timer.Name, timer.At.UnixMilli())
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// A ticket's timer reaches the writer as an input of its contact, like those of conversations. What tells them apart
// is the event, which names the ticket.
const (
	reachedTickets = `
FROM ticket_timers m
CROSS JOIN tickets t ON t.ref = m.ticket
CROSS JOIN sessions s ON s.contact = t.contact AND s.line = t.line
CROSS JOIN addresses a ON a.hash = s.address
CROSS JOIN keys k ON k.contact = t.contact `
	dueTicketTimers = `
SELECT m.ticket, t.service, t.contact, t.line, m.name, m.at_ms, s.transport, a.hash, a.sealed_address, k.wrapped` +
		reachedTickets + `WHERE m.at_ms <= ? ORDER BY m.at_ms, m.ticket, m.name LIMIT ?`
	nextTicketTimer = "SELECT m.at_ms" + reachedTickets + "ORDER BY m.at_ms LIMIT 1"
)

func (d *DB) dueTicketTimers(ctx context.Context, now time.Time, limit int) ([]dialog.Input, error) {
	return read(ctx, d, dueTicketTimers, []any{now.UnixMilli(), limit}, func(rows *sql.Rows) (dialog.Input, error) {
		in := dialog.Input{Kind: dialog.TimerDue, Event: &dialog.Event{}}
		e := in.Event
		var contact, at int64
		var hash, sealed, wrapped []byte
		err := rows.Scan(&e.Ref, &e.Service, &contact, &in.Line, &in.Timer, &at, &in.Transport, &hash, &sealed, &wrapped)
		if err != nil {
			return in, err
		}
		in.At = time.UnixMilli(at).UTC()
		in.ID = timerID(e.Ref+":"+in.Timer, at)
		in.Seed = seedOf(contact, in.Line, in.ID)
		in.From, err = d.ring.address(contact, wrapped, hash, sealed)
		return in, err
	})
}

// ofTicket reports whether an input is a ticket's timer.
func ofTicket(in dialog.Input) bool { return in.Kind == dialog.TimerDue && in.Event != nil }

// elapse carries out a ticket's timer at the time of its input, and tells the member what comes of it.
func (v *visit) elapse(in dialog.Input) error {
	taken, err := v.takeTicketTimer(in)
	if err != nil || !taken {
		return err
	}
	f, err := v.db.ring.load(v.query, in.Event.Ref)
	if err != nil {
		return err
	}
	p, err := v.pipeline(f.Service)
	if err != nil {
		return err
	}
	change, err := desk.Elapse(p, f.Ticket, in.Timer, in.At, v.calendar(f.zone))
	if err != nil {
		return err
	}
	for i := range change.Activities {
		if a := &change.Activities[i]; a.What == desk.EventEscalated {
			heads, err := v.heads(p, f.Ticket)
			if err != nil {
				return err
			}
			a.Field = strings.Join(heads, " ")
		}
	}
	if err := v.save(f, change, set); err != nil {
		return err
	}
	v.rec, err = v.tell(f, change, in.At)
	v.rec.Fresh = true
	return err
}

// takeTicketTimer removes the timer an input comes from; false where it was cleared or set anew meanwhile, and where an
// earlier one of the ticket, set in between, comes before it.
func (t *tx) takeTicketTimer(in dialog.Input) (bool, error) {
	var at, first int64
	ref := in.Event.Ref
	err := t.get(`SELECT at_ms, (SELECT min(at_ms) FROM ticket_timers WHERE ticket = ?1) FROM ticket_timers
		WHERE ticket = ?1 AND name = ?2`, []any{ref, in.Timer}, &at, &first)
	if none(err) || err == nil && (first < at || timerID(ref+":"+in.Timer, at) != in.ID) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return true, t.run("DELETE FROM ticket_timers WHERE ticket = ? AND name = ?", ref, in.Timer)
}
