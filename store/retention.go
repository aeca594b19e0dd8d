package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"sapa/dialog"
)

// Retention is how long what was received is kept: what members are told when they consent.
type Retention struct {
	Documents time.Duration // after the end of their ticket, or after arrival where no ticket took them
	Tickets   time.Duration // answers and what was said about a ticket, after its end; its documents no longer
	Messages  time.Duration // the words of messages and replies, after they were written
	Drafts    time.Duration // forms set aside
}

// Retained counts what was deleted because its time was over.
type Retained struct{ Documents, Tickets, Messages, Drafts int }

// Retain deletes what was kept long enough at now, in small transactions beside the running service, documents first.
// Rows stay where something else goes by them: a message so that it is recognised when it comes again, a ticket with
// its service, stages and times for statistics. What waits, is being fetched or could not be delivered stays whole, and
// so does all of an open ticket. Nothing of what was deleted is left in the files afterwards. On an error what was
// deleted until then is counted; the next Retain goes on from there. Error: ErrBusy where somebody reads for so long that
// the write-ahead log cannot be emptied.
func (d *DB) Retain(ctx context.Context, now time.Time, keep Retention) (n Retained, err error) {
	documents := now.Add(-min(keep.Documents, keep.Tickets))
	tickets, messages := now.Add(-keep.Tickets), now.Add(-keep.Messages)
	var besides int // goes with the others and is not counted
	for _, s := range []sweep{
		{&n.Documents, documents, dueDocuments, 4, emptyDocument}, // a body may be megabytes
		{&n.Tickets, tickets, dueTickets, 25, emptyTicket},        // a ticket has some twenty rows
		{&n.Messages, messages, dueInputs, 500, one("UPDATE inbox SET sealed_input = x'' WHERE seq = ?2 AND " + dueInput)},
		{&n.Messages, messages, dueReplies, 500, one("UPDATE outbox SET sealed_body = x'', sealed_file = NULL WHERE seq = ?2 AND " + dueReply)},
		{&besides, messages, dueAlerts, 500, one("UPDATE activity SET sealed_text = NULL WHERE id = ?2 AND " + dueAlert)},
		{&n.Drafts, now.Add(-keep.Drafts), oldSessions, 100, dropDrafts},
	} {
		if err := d.sweep(ctx, s); err != nil {
			return n, err
		}
	}
	err = d.do(ctx, func(t *tx) error { // few rows, found by an index
		return errors.Join(
			t.run("DELETE FROM payments WHERE state <> 'settled' AND ticket IS NULL AND at_ms < ?", tickets.UnixMilli()),
			t.run("DELETE FROM visits WHERE at_ms < ?", now.Add(-visitsKept).UnixMilli()))
	})
	if err != nil {
		return n, err
	}
	if n != (Retained{}) || besides > 0 {
		if err := d.emptyLog(ctx); err != nil {
			return n, err
		}
	}
	return n, d.clean(ctx)
}

// emptyLog folds the write-ahead log into the database, where deleted values were overwritten, and cuts it off.
func (d *DB) emptyLog(ctx context.Context) error {
	var busy, pages, folded int
	err := d.reader.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &pages, &folded)
	if err == nil && busy != 0 {
		err = ErrBusy
	}
	if err != nil {
		return fmt.Errorf("empty the write-ahead log: %w", explain(err))
	}
	return nil
}

// sweep is one kind of rows and what is done to those that are older than a time. They are found outside the writer
// and looked at again inside it: a ticket may have been reopened meanwhile.
type sweep struct {
	count  *int
	before time.Time
	find   string // rows by number: older than ?1, after number ?2, at most ?3
	batch  int    // rows of one transaction
	empty  func(t *tx, before, row int64) (done int64, err error)
}

func (d *DB) sweep(ctx context.Context, s sweep) error {
	before := s.before.UnixMilli()
	for after := int64(0); ; {
		rows, err := read(ctx, d, s.find, []any{before, after, s.batch}, func(rows *sql.Rows) (row int64, err error) {
			return row, rows.Scan(&row)
		})
		if err != nil || len(rows) == 0 {
			return err
		}
		after = rows[len(rows)-1]
		var done int64
		err = d.do(ctx, func(t *tx) error {
			done = 0 // a job may run twice
			for _, row := range rows {
				n, err := s.empty(t, before, row)
				if err != nil {
					return err
				}
				done += n
			}
			return nil
		})
		if err != nil {
			return err
		}
		*s.count += int(done)
	}
}

// one is a sweep's work where a single statement does it.
func one(statement string) func(*tx, int64, int64) (int64, error) {
	return func(t *tx, before, row int64) (int64, error) {
		res, err := t.exec(statement, before, row)
		if err != nil {
			return 0, err
		}
		return res.RowsAffected()
	}
}

// What is past its time, each as the condition the row is looked at with again, and the query that finds them.
const (
	dueInput  = "state <> 'waiting' AND at_ms < ?1 AND length(sealed_input) > 0"
	dueInputs = "SELECT seq FROM inbox WHERE seq > ?2 AND " + dueInput + " ORDER BY seq LIMIT ?3"

	dueReply   = "state IN ('sent', 'superseded') AND at_ms < ?1 AND length(sealed_body) > 0"
	dueReplies = "SELECT seq FROM outbox WHERE seq > ?2 AND " + dueReply + " ORDER BY seq LIMIT ?3"

	dueAlert  = "ticket IS NULL AND at_ms < ?1 AND sealed_text IS NOT NULL"
	dueAlerts = "SELECT id FROM activity WHERE id > ?2 AND " + dueAlert + " ORDER BY id LIMIT ?3"

	// An open ticket has not ended: no time comes before NULL.
	dueDocument = `state <> 'fetching' AND problem <> 'deleted' AND
		CASE WHEN ticket IS NULL THEN at_ms ELSE (SELECT ended_ms FROM tickets WHERE ref = ticket) END < ?1`
	dueDocuments = "SELECT id FROM documents WHERE id > ?2 AND " + dueDocument + " ORDER BY id LIMIT ?3"

	// Words that came after the end are kept as long from then on: why somebody looked at it, say.
	oldWords   = "sealed_text IS NOT NULL AND at_ms < ?1"
	dueTickets = `SELECT rowid FROM tickets WHERE rowid > ?2 AND ended_ms < ?1 AND (
		EXISTS (SELECT 1 FROM answers WHERE ticket = ref) OR EXISTS (SELECT 1 FROM activity WHERE ticket = ref AND ` + oldWords + `))
		ORDER BY rowid LIMIT ?3`

	oldSessions = "SELECT id FROM sessions WHERE ?1 > 0 AND id > ?2 ORDER BY id LIMIT ?3" // what is in them is sealed
)

// emptyDocument deletes a file, what its sender called it, and what it could be recognised by.
func emptyDocument(t *tx, before, row int64) (int64, error) {
	done, err := one(`UPDATE documents SET state = 'lost', problem = 'deleted', sha256 = '', sealed_media = x'', wrapped = NULL
		WHERE id = ?2 AND `+dueDocument)(t, before, row)
	if err != nil || done == 0 {
		return 0, err
	}
	return done, t.run("DELETE FROM document_bodies WHERE document = ?", row)
}

// emptyTicket deletes what was answered and said, the payments that name the member's account, and the ticket's key once
// nothing is left under it.
func emptyTicket(t *tx, before, row int64) (int64, error) {
	var ref string
	err := t.get("SELECT ref FROM tickets WHERE rowid = ?2 AND ended_ms < ?1", []any{before, row}, &ref)
	if none(err) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	for _, table := range []string{"answers", "bills", "payments"} {
		if err := t.run("DELETE FROM "+table+" WHERE ticket = ?", ref); err != nil {
			return 0, err
		}
	}
	if err := t.run("UPDATE activity SET sealed_text = NULL WHERE ticket = ?2 AND "+oldWords, before, ref); err != nil {
		return 0, err
	}
	return 1, t.heirless(ref)
}

// dropDrafts takes old forms set aside out of a session whose contact never came back: the engine does the same at each
// input. A session that does not open is left to Check.
func dropDrafts(t *tx, before, row int64) (int64, error) {
	var contact int64
	var line string
	var sealed, wrapped []byte
	err := t.get(`SELECT s.contact, s.line, s.sealed_session, k.wrapped FROM sessions s JOIN keys k USING (contact)
		WHERE s.id = ?`, []any{row}, &contact, &line, &sealed, &wrapped)
	if none(err) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	key, s, err := t.db.ring.session(contact, line, wrapped, sealed)
	if err != nil {
		return 0, nil //nolint:nilerr // Check reports it
	}
	had := len(s.Drafts)
	s.Drafts = slices.DeleteFunc(s.Drafts, func(d dialog.Draft) bool { return d.At.UnixMilli() < before })
	if len(s.Drafts) == had {
		return 0, nil
	}
	plain, err := encodeSession(s)
	if err != nil {
		return 0, err
	}
	if sealed, err = key.seal(sessionPlace(contact, line), plain); err != nil {
		return 0, err
	}
	return int64(had - len(s.Drafts)), t.run("UPDATE sessions SET rev = rev + 1, sealed_session = ? WHERE id = ?", sealed, row)
}

// session opens a stored session.
func (r *ring) session(contact int64, line string, wrapped, sealed []byte) (*contactKey, dialog.Session, error) {
	key, err := r.unwrap(contact, wrapped)
	if err != nil {
		return nil, dialog.Session{}, err
	}
	plain, err := key.open(sessionPlace(contact, line), sealed)
	if err != nil {
		return nil, dialog.Session{}, err
	}
	s, err := decodeSession(plain)
	return key, s, err
}
