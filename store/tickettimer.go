package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
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
// is the event, which names the ticket. One who is not reached any more has no address.
const (
	timedTickets = `
FROM ticket_timers m
CROSS JOIN tickets t ON t.ref = m.ticket
CROSS JOIN keys k ON k.contact = t.contact `
	dueTicketTimers = `
SELECT m.ticket, t.service, t.contact, t.line, m.name, m.at_ms, coalesce(s.transport, ''), a.hash, a.sealed_address, k.wrapped` +
		timedTickets + `
LEFT JOIN sessions s ON s.contact = t.contact AND s.line = t.line
LEFT JOIN addresses a ON a.hash = s.address
WHERE m.at_ms <= ? ORDER BY m.at_ms, m.ticket, m.name LIMIT ?`
	nextTicketTimer = "SELECT m.at_ms" + timedTickets + "ORDER BY m.at_ms LIMIT 1"
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
		if hash != nil {
			in.From, err = d.ring.address(contact, wrapped, hash, sealed)
		}
		return in, err
	})
}

// ofTicket reports whether an input is a ticket's timer.
func ofTicket(in dialog.Input) bool { return in.Kind == dialog.TimerDue && in.Event != nil }

// unreached is the visit of a ticket's timer whose contact is not reached any more.
func (v *visit) unreached(ref string) error {
	f, err := v.db.ring.find(v.query, ref)
	v.who, v.key = f.Contact, f.contact
	return err
}

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
	if in.Timer == timerErase {
		return v.eraseAsDecided(f, in)
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

// The timer of a ticket whose decision erases its contact. It leaves time to tell them.
const (
	timerErase   = "erase"
	eraseAfter   = time.Minute
	eraseAgain   = 10 * time.Minute // while something is still to be sent to them,
	eraseWithout = 24 * time.Hour   // but no longer
)

// erasesLater sets that timer where a decision that moved the ticket says so.
func (t *tx) erasesLater(before desk.Ticket, change desk.Change) error {
	for _, a := range change.Activities {
		if a.What != desk.EventDecided {
			continue
		}
		p, err := t.pipeline(before.Service)
		if err != nil {
			return err
		}
		stage, _ := p.Stage(before.Stage)
		if d, ok := stage.Decision(a.Decision); ok && d.Erases {
			return t.setTicketTimers(before.Ref, []desk.Timer{{Name: timerErase, At: a.At.Add(eraseAfter)}})
		}
	}
	return nil
}

// eraseAsDecided erases the contact of a ticket, once all that was to be said to them is sent. Where that fails, the keys
// directory cannot be written, say, officers read it and it is tried again.
func (v *visit) eraseAsDecided(f file, in dialog.Input) error {
	v.rec.Fresh = true
	if !f.Status.Final() { // reopened meanwhile
		return nil
	}
	var unsent bool
	err := v.get("SELECT EXISTS (SELECT 1 FROM outbox WHERE contact = ? AND state = 'queued')", []any{v.who}, &unsent)
	if err != nil {
		return err
	}
	again := []desk.Timer{{Name: timerErase, At: in.At.Add(eraseAgain)}}
	if unsent && in.At.Sub(f.EndedAt) < eraseWithout {
		return v.setTicketTimers(f.Ref, again)
	}
	err = v.saved(func() error {
		all, err := v.condemnContact(v.who)
		if err != nil {
			return err
		}
		_, err = v.erase(all, Erasing{Who: cmp.Or(f.DecidedBy, desk.NameSystem), Reason: f.Ref, At: in.At})
		return err
	})
	switch {
	case err == nil:
		v.erased = true
		return nil
	case storage(err):
		return err
	}
	return errors.Join(v.alert(in, err), v.setTicketTimers(f.Ref, again))
}
