package store

import (
	"context"
	"database/sql"
	"fmt"
	"hash/fnv"
	"slices"
	"time"

	"sapa/dialog"
)

// timerID is the ID of the input a timer makes. It holds the time, so that a timer set anew makes a new input.
func timerID(name string, atMillis int64) string { return fmt.Sprintf("timer:%s:%d", name, atMillis) }

// seedOf is the seed of an input that nobody sent: made from what it is, so that a conversation replays.
func seedOf(contact int64, line, id string) uint64 {
	h := fnv.New64a()
	_, _ = fmt.Fprintf(h, "%d %s %s", contact, line, id) // a hash takes everything
	return h.Sum64()
}

const dueTimers = `
SELECT t.contact, t.line, t.name, t.at_ms, s.transport, a.hash, a.sealed_address, k.wrapped
FROM timers t
JOIN sessions s ON s.contact = t.contact AND s.line = t.line
JOIN addresses a ON a.hash = s.address
JOIN keys k ON k.contact = t.contact
WHERE t.at_ms <= ? ORDER BY t.at_ms, t.contact, t.line, t.name LIMIT ?`

// DueTimers gives the inputs of timers due at now, of conversations and of tickets, in order of their times. A timer is
// gone once its input is submitted.
func (d *DB) DueTimers(ctx context.Context, now time.Time, limit int) ([]dialog.Input, error) {
	talks, err := d.dueTalkTimers(ctx, now, limit)
	if err != nil {
		return nil, err
	}
	tickets, err := d.dueTicketTimers(ctx, now, limit)
	if err != nil {
		return nil, err
	}
	all := append(talks, tickets...)
	slices.SortStableFunc(all, func(a, b dialog.Input) int { return a.At.Compare(b.At) })
	return all[:min(limit, len(all))], nil
}

func (d *DB) dueTalkTimers(ctx context.Context, now time.Time, limit int) ([]dialog.Input, error) {
	return read(ctx, d, dueTimers, []any{now.UnixMilli(), limit}, func(rows *sql.Rows) (dialog.Input, error) {
		in := dialog.Input{Kind: dialog.TimerDue}
		var contact, at int64
		var hash, sealed, wrapped []byte
		if err := rows.Scan(&contact, &in.Line, &in.Timer, &at, &in.Transport, &hash, &sealed, &wrapped); err != nil {
			return in, err
		}
		in.At = time.UnixMilli(at).UTC()
		in.ID = timerID(in.Timer, at)
		in.Seed = seedOf(contact, in.Line, in.ID)
		var err error
		in.From, err = d.ring.address(contact, wrapped, hash, sealed)
		return in, err
	})
}

// address opens a contact's address.
func (r *ring) address(contact int64, wrapped, hash, sealed []byte) (string, error) {
	key, err := r.unwrap(contact, wrapped)
	if err != nil {
		return "", err
	}
	plain, err := key.open(addressPlace(hash), sealed)
	return string(plain), err
}

const nextTimer = "SELECT min(at_ms) FROM (SELECT min(at_ms) AS at_ms FROM timers UNION ALL SELECT * FROM (" +
	nextTicketTimer + "))"

// NextTimer is when the next timer falls due; ok is false when there is none.
func (d *DB) NextTimer(ctx context.Context) (at time.Time, ok bool, err error) {
	var ms sql.NullInt64
	if err := d.reader.QueryRowContext(ctx, nextTimer).Scan(&ms); err != nil {
		return time.Time{}, false, explain(err)
	}
	return fromMillis(ms.Int64), ms.Valid, nil
}

// takeTimer removes the timer an input comes from; false where it was cleared or set anew meanwhile.
func (v *visit) takeTimer(in dialog.Input) (bool, error) {
	var at int64
	key := []any{v.who, v.line, in.Timer}
	err := v.get("SELECT at_ms FROM timers WHERE contact = ? AND line = ? AND name = ?", key, &at)
	if none(err) || (err == nil && timerID(in.Timer, at) != in.ID) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return true, v.run("DELETE FROM timers WHERE contact = ? AND line = ? AND name = ?", key...)
}
