package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// ErrLinking means that somebody is linking this line at the moment.
var ErrLinking = errors.New("this line is being linked by another command: finish or stop that one first")

// linkPatience is after what time without a look at it a wish to link is given up: the command is gone.
const linkPatience = 15 * time.Second

// The steps of a link that the store itself knows. The others are bot/whatsapp's.
const (
	linkAsked     = "asked"
	linkCancelled = "cancelled"
)

// Link is a wish to link a line, and how far its fulfilment is.
type Link struct {
	Line, Phone string
	Step        string
	Detail      string    // what to show in this step
	Until       time.Time // how long it holds
}

// AskLink leaves a wish to link a line for the running service: by a QR code, or by a code typed on the phone with
// this number. Error: ErrLinking.
func (d *DB) AskLink(ctx context.Context, line, phone string, now time.Time) (id int64, err error) {
	err = d.do(ctx, func(t *tx) error {
		var busy int
		if err := t.get(`SELECT count(*) FROM links WHERE line = ? AND seen_ms > ?
			AND step NOT IN ('linked', 'failed', 'cancelled')`,
			[]any{line, now.Add(-linkPatience).UnixMilli()}, &busy); err != nil {
			return err
		}
		if busy > 0 {
			return ErrLinking
		}
		return t.get(`INSERT INTO links (line, phone, step, detail, until_ms, answer, seen_ms)
			VALUES (?, ?, 'asked', '', 0, '', ?) RETURNING id`, []any{line, phone, now.UnixMilli()}, &id)
	})
	return id, err
}

// SeeLink gives how far a link is, and records that somebody still looks.
func (d *DB) SeeLink(ctx context.Context, id int64, now time.Time) (l Link, err error) {
	err = d.do(ctx, func(t *tx) error {
		var until int64
		err := t.get("UPDATE links SET seen_ms = ? WHERE id = ? RETURNING line, phone, step, detail, until_ms",
			[]any{now.UnixMilli(), id}, &l.Line, &l.Phone, &l.Step, &l.Detail, &until)
		l.Until = fromMillis(until)
		return err
	})
	return l, err
}

// AnswerLink passes on what the operator typed.
func (d *DB) AnswerLink(ctx context.Context, id int64, answer string) error {
	return d.do(ctx, func(t *tx) error { return t.run("UPDATE links SET answer = ? WHERE id = ?", answer, id) })
}

// CancelLink gives a link up.
func (d *DB) CancelLink(ctx context.Context, id int64) error {
	return d.do(ctx, func(t *tx) error {
		return t.run(`UPDATE links SET step = ?, detail = '', answer = ''
			WHERE id = ? AND step NOT IN ('linked', 'failed')`, linkCancelled, id)
	})
}

// NextLink gives a wish that nobody has taken up yet; id is 0 where there is none. Wishes whose command has gone are
// passed over.
func (d *DB) NextLink(ctx context.Context, now time.Time) (id int64, line, phone string, err error) {
	err = d.reader.QueryRowContext(ctx, "SELECT id, line, phone FROM links WHERE step = ? AND seen_ms > ? ORDER BY id LIMIT 1",
		linkAsked, now.Add(-linkPatience).UnixMilli()).Scan(&id, &line, &phone)
	if none(err) {
		return 0, "", "", nil
	}
	return id, line, phone, explain(err)
}

// ShowLink records how far a link is and what its command has to show.
func (d *DB) ShowLink(ctx context.Context, id int64, step, detail string, until time.Time) error {
	return d.do(ctx, func(t *tx) error {
		return t.run("UPDATE links SET step = ?, detail = ?, until_ms = ?, answer = '' WHERE id = ? AND step <> ?",
			step, detail, millis(until), id, linkCancelled)
	})
}

// LinkAnswer gives what the operator typed, "" nothing yet, and whether anybody still waits for the link.
func (d *DB) LinkAnswer(ctx context.Context, id int64, now time.Time) (answer string, waited bool, err error) {
	var step string
	var seen int64
	err = d.reader.QueryRowContext(ctx, "SELECT answer, step, seen_ms FROM links WHERE id = ?", id).Scan(&answer, &step, &seen)
	if errors.Is(err, sql.ErrNoRows) {
		return "", false, fmt.Errorf("no link %d", id)
	}
	return answer, err == nil && step != linkCancelled && now.Sub(time.UnixMilli(seen)) < linkPatience, explain(err)
}
