package store

import (
	"context"
	"time"

	"sapa/dialog/desk"
)

// What `sapa bench desk` fills a desk with. Nothing else uses it.

// WorkedTicket is a ticket as it came to stand after it was opened, with what was done to it meanwhile.
type WorkedTicket struct {
	desk.Ticket
	Done   []desk.Activity
	Timers []desk.Timer
}

// PopulateTickets writes n tickets of contacts that Populate made, numbered from 1 by their Contact, with their
// answers, histories and timers.
func (d *DB) PopulateTickets(ctx context.Context, n int, ticket func(i int) WorkedTicket) error {
	for from := 0; from < n; from += populateBatch {
		err := d.do(ctx, func(t *tx) error {
			for i := from; i < min(n, from+populateBatch); i++ {
				if err := t.populate(ticket(i)); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) populate(w WorkedTicket) error {
	var wrapped []byte
	if err := t.get("SELECT wrapped FROM keys WHERE contact = ?", []any{w.Contact}, &wrapped); err != nil {
		return err
	}
	key, err := t.db.ring.unwrap(w.Contact, wrapped)
	if err != nil {
		return err
	}
	if w.Ref, err = t.newRef(); err != nil {
		return err
	}
	f := file{Ticket: w.Ticket, zone: officeZone, contact: key}
	if err := t.seal(&f, w.Ref, ""); err != nil {
		return err
	}
	if err := t.insert(f, desk.Change{Ticket: w.Ticket, Activities: w.Done, Timers: w.Timers}); err != nil {
		return err
	}
	return t.update(w.Ticket, w.Done)
}

// Checkpoint folds what was written into the database file, so that measuring does not begin with it. It gives how long
// that took.
func (d *DB) Checkpoint(ctx context.Context) (took time.Duration, err error) {
	begin := time.Now()
	err = d.peek(ctx, func(t *tx) error {
		var busy, pages, moved int
		return t.get("PRAGMA wal_checkpoint(TRUNCATE)", nil, &busy, &pages, &moved)
	})
	return time.Since(begin), err
}
