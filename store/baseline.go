package store

import (
	"context"
	"encoding/json"
	"time"

	"sapa/dialog"
)

// What `sapa bench` measures whole turns against. Nothing else uses it.

// populateBatch is how many contacts are made in one transaction.
const populateBatch = 10_000

// Populate makes n contacts, each with a stored session on a line, as if they had written from the addresses given.
func (d *DB) Populate(ctx context.Context, n int, in func(i int) dialog.Input, s dialog.Session) error {
	for from := 0; from < n; from += populateBatch {
		err := d.do(ctx, func(t *tx) error {
			for i := from; i < min(n, from+populateBatch); i++ {
				v, err := t.visit(in(i))
				if err != nil {
					return err
				}
				if err := v.saveSession(s); err != nil {
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

// RawTurn is what a turn wrote: the rows of Baseline.
type RawTurn struct {
	Input   dialog.Input
	Session dialog.Session
	Replies []dialog.Reply
	Timer   time.Time // zero: none was set
}

// rawRows is a turn's rows before they are made.
type rawRows struct {
	RawTurn
	session []byte
	contact *visit
}

// Baseline writes the rows that turns wrote, sealed the same, by prepared statements in transactions of the same size,
// and does nothing else: nothing is read and nothing is decided. It gives how long that took; making the contacts and
// encoding their sessions does not count.
func (d *DB) Baseline(ctx context.Context, turns []RawTurn) (took time.Duration, err error) {
	err = d.peek(ctx, func(t *tx) error {
		rows, err := t.rawRows(turns)
		if err != nil {
			return err
		}
		begin := time.Now()
		for len(rows) > 0 {
			batch := rows[:min(maxBatch, len(rows))]
			if err := t.writeRaw(batch); err != nil {
				_ = t.run("ROLLBACK")
				return err
			}
			rows = rows[len(batch):]
		}
		took = time.Since(begin)
		return nil
	})
	return took, err
}

func (t *tx) rawRows(turns []RawTurn) ([]rawRows, error) {
	rows := make([]rawRows, len(turns))
	known := map[[2]string]*visit{}
	for i, turn := range turns {
		session, err := encodeSession(turn.Session)
		if err != nil {
			return nil, err
		}
		who := [2]string{turn.Input.From, turn.Input.Line}
		if known[who] == nil {
			if known[who], err = t.visit(turn.Input); err != nil {
				return nil, err
			}
			if err := known[who].saveSession(dialog.Session{}); err != nil {
				return nil, err
			}
		}
		rows[i] = rawRows{turn, session, known[who]}
	}
	return rows, nil
}

func (t *tx) writeRaw(rows []rawRows) error {
	if err := t.run("BEGIN IMMEDIATE"); err != nil {
		return err
	}
	for _, r := range rows {
		if err := t.writeRows(r); err != nil {
			return err
		}
	}
	return t.run("COMMIT")
}

func (t *tx) writeRows(r rawRows) error {
	in, who, key := r.Input, r.contact.who, r.contact.key
	input, err := json.Marshal(in)
	if err != nil {
		return err
	}
	sealed, err := key.seal(inboxPlace(who, in.Line, in.ID), input)
	if err != nil {
		return err
	}
	err = t.run(`INSERT INTO inbox (contact, line, message_id, kind, state, at_ms, seed, error, sealed_input)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (contact, line, message_id) DO NOTHING`,
		who, in.Line, in.ID, string(in.Kind), done, in.At.UnixMilli(), int64(in.Seed), nil, sealed) //nolint:gosec // the bits are kept
	if err != nil {
		return err
	}
	if sealed, err = key.seal(sessionPlace(who, in.Line), r.session); err != nil {
		return err
	}
	err = t.run("UPDATE sessions SET rev = rev + 1, fetching = ?, sealed_session = ? WHERE id = ?", false, sealed, r.contact.row.id)
	if err != nil {
		return err
	}
	for _, reply := range r.Replies {
		id := t.db.opts.NewID(in.Line)
		if sealed, err = key.seal(outboxPlace(id), outboxBody(dialog.Outbound{To: in.From, Text: reply.Text})); err != nil {
			return err
		}
		err = t.run(`INSERT INTO outbox (id, transport, line, contact, weight, state, cause, at_ms, sealed_body)
			VALUES (?, ?, ?, ?, ?, 'queued', ?, ?, ?)`,
			id, in.Transport, in.Line, who, string(reply.Weight), in.ID, in.At.UnixMilli(), sealed)
		if err != nil {
			return err
		}
	}
	if r.Timer.IsZero() {
		return nil
	}
	return t.run(`INSERT INTO timers (contact, line, name, at_ms) VALUES (?, ?, ?, ?)
		ON CONFLICT (contact, line, name) DO UPDATE SET at_ms = excluded.at_ms`, who, in.Line, "idle", r.Timer.UnixMilli())
}
