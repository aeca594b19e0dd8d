package store

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"sapa/dialog"
)

// outboxBody is what is sealed of a reply: the address holds no line feed.
func outboxBody(o dialog.Outbound) []byte {
	body := make([]byte, 0, len(o.To)+1+len(o.Text))
	body = append(body, o.To...)
	body = append(body, '\n')
	return append(body, o.Text...)
}

// outboxFile is what is sealed of a reply's file: neither name nor type holds a line feed.
func outboxFile(f dialog.File) []byte {
	return slices.Concat([]byte(f.Name), []byte{'\n'}, []byte(f.MIME), []byte{'\n'}, f.Body)
}

func readOutboxFile(plain []byte) (*dialog.File, bool) {
	name, rest, named := bytes.Cut(plain, []byte{'\n'})
	mime, body, ok := bytes.Cut(rest, []byte{'\n'})
	return &dialog.File{Name: string(name), MIME: string(mime), Body: body}, named && ok
}

const outboxColumns = `
SELECT o.seq, o.id, o.transport, o.line, o.contact, o.weight, o.cause, o.at_ms, o.tries, o.sealed_body, o.sealed_file, k.wrapped
FROM outbox o LEFT JOIN keys k ON k.contact = o.contact `

const unsent = outboxColumns + `
WHERE o.state = 'queued' AND o.transport = ?1 AND o.retry_ms <= ?2
  AND NOT EXISTS (SELECT 1 FROM outbox b WHERE b.contact = o.contact AND b.transport = o.transport
                  AND b.state = 'queued' AND b.retry_ms > 0 AND b.retry_ms > ?2)
ORDER BY o.seq LIMIT ?3`

// Unsent gives the replies of a transport that are due at now, oldest first: a contact with one that is backing off
// gives none, so that replies stay in order. One that does not open any more becomes a dead letter: it stops nobody.
func (d *DB) Unsent(ctx context.Context, transport string, now time.Time, limit int) ([]dialog.Outbound, error) {
	var unreadable []int64
	out, err := read(ctx, d, unsent, []any{transport, now.UnixMilli(), limit}, func(rows *sql.Rows) (dialog.Outbound, error) {
		o, err := d.scanOutbound(rows)
		if errors.Is(err, ErrSealed) {
			unreadable = append(unreadable, o.Seq)
			err = nil
		}
		return o, err
	})
	if err != nil || len(unreadable) == 0 {
		return out, err
	}
	for _, seq := range unreadable {
		if err := d.MarkFailed(ctx, seq, ErrSealed.Error(), time.Time{}); err != nil {
			return nil, err
		}
	}
	return slices.DeleteFunc(out, func(o dialog.Outbound) bool { return slices.Contains(unreadable, o.Seq) }), nil
}

func (d *DB) scanOutbound(rows *sql.Rows) (o dialog.Outbound, err error) {
	var at int64
	var sealed, file, wrapped []byte
	err = rows.Scan(&o.Seq, &o.ID, &o.Transport, &o.Line, &o.Contact, &o.Weight, &o.Cause, &at, &o.Tries, &sealed, &file, &wrapped)
	if err != nil {
		return o, err
	}
	o.At = time.UnixMilli(at).UTC()
	key, err := d.ring.unwrap(o.Contact, wrapped)
	if err != nil {
		return o, err
	}
	body, err := key.open(outboxPlace(o.ID), sealed)
	if err != nil {
		return o, err
	}
	to, text, ok := bytes.Cut(body, []byte{'\n'})
	if !ok {
		return o, fmt.Errorf("%w: outbox %d", ErrSealed, o.Seq)
	}
	o.To, o.Text = string(to), string(text)
	if file == nil {
		return o, nil
	}
	plain, err := key.open(outboxFilePlace(o.ID), file)
	if err != nil {
		return o, err
	}
	if o.File, ok = readOutboxFile(plain); !ok {
		return o, fmt.Errorf("%w: file of outbox %d", ErrSealed, o.Seq)
	}
	return o, nil
}

// MarkSent records that replies reached their transport.
func (d *DB) MarkSent(ctx context.Context, at time.Time, seqs ...int64) error {
	if len(seqs) == 0 {
		return nil
	}
	return d.do(ctx, func(t *tx) error {
		for _, seq := range seqs {
			// Also one that was superseded while it was on its way: it is on the member's screen.
			if err := t.run(`UPDATE outbox SET state = 'sent', sent_ms = ?, retry_ms = 0 WHERE seq = ?`,
				at.UnixMilli(), seq); err != nil {
				return err
			}
		}
		return nil
	})
}

// MarkFailed records a failed try; reason must hold nothing personal. A zero retryAt makes the reply a dead letter:
// kept, reported, sent again only by Resend.
func (d *DB) MarkFailed(ctx context.Context, seq int64, reason string, retryAt time.Time) error {
	return d.do(ctx, func(t *tx) error {
		if retryAt.IsZero() {
			return t.run(`UPDATE outbox SET state = 'dead', tries = tries + 1, retry_ms = 0, reason = ?
				WHERE seq = ? AND state = 'queued'`, reason, seq)
		}
		return t.run(`UPDATE outbox SET tries = tries + 1, retry_ms = ?, reason = ? WHERE seq = ? AND state = 'queued'`,
			retryAt.UnixMilli(), reason, seq)
	})
}

// Resend puts the dead letters of a line back into the queue, of every line where line is "", and gives their number.
func (d *DB) Resend(ctx context.Context, line string) (n int64, err error) {
	err = d.do(ctx, func(t *tx) error {
		res, err := t.exec(`UPDATE outbox SET state = 'queued', retry_ms = 0 WHERE state = 'dead' AND (?1 = '' OR line = ?1)`, line)
		if err != nil {
			return err
		}
		n, err = res.RowsAffected()
		return err
	})
	return n, err
}

// Queue counts what a line has not delivered.
type Queue struct {
	Line, Transport string
	Queued, Dead    int
	Oldest          time.Time // of the queued; zero: none
	LastError       string    // the transport's words for the newest failed try
}

// Queues gives the queue of each line that has undelivered replies.
func (d *DB) Queues(ctx context.Context) ([]Queue, error) {
	const query = `SELECT line, transport, sum(state = 'queued'), sum(state = 'dead'),
		coalesce(min(CASE state WHEN 'queued' THEN at_ms END), 0),
		coalesce((SELECT reason FROM outbox r WHERE r.line = o.line AND r.transport = o.transport
			AND r.state IN ('queued', 'dead') AND r.reason IS NOT NULL ORDER BY r.seq DESC LIMIT 1), '')
		FROM outbox o WHERE state IN ('queued', 'dead') GROUP BY line, transport ORDER BY line, transport`
	return read(ctx, d, query, nil, func(rows *sql.Rows) (q Queue, err error) {
		var oldest int64
		err = rows.Scan(&q.Line, &q.Transport, &q.Queued, &q.Dead, &oldest, &q.LastError)
		q.Oldest = fromMillis(oldest)
		return q, err
	})
}

// fromMillis is the time of a *_ms column; 0 is the zero time.
func fromMillis(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// millis is the inverse of fromMillis.
func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

const askedAgain = outboxColumns + `
WHERE o.id = ? AND length(o.sealed_body) > 0
  AND NOT EXISTS (SELECT 1 FROM addresses a WHERE a.contact = o.contact AND a.doubt <> '' AND o.seq <= a.doubt_seq)`

// Reply gives a reply by its ID on the wire, sent or not; ok is false where there is none, or none any more: a phone
// that could not read it asks for it again. The phone of whoever has the number now asks for what was written to the
// one before, too, and gets nothing.
func (d *DB) Reply(ctx context.Context, id string) (out dialog.Outbound, ok bool, err error) {
	rows, err := read(ctx, d, askedAgain, []any{id}, d.scanOutbound)
	if err != nil || len(rows) == 0 {
		return dialog.Outbound{}, false, err
	}
	return rows[0], true, nil
}
