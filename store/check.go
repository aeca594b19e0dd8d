package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// Finding is something Check found wrong. It holds nothing personal.
type Finding struct {
	Check string // which check: "integrity", "foreign keys", or the invariant
	Count int
	What  string // the first one
}

// invariants are the rules of the house that SQL can see: each query gives how many rows break it and one of them.
var invariants = []struct{ name, query string }{
	{
		"every contact has a key, or no address",
		`SELECT count(*), 'contact ' || min(contact) FROM addresses WHERE contact NOT IN (SELECT contact FROM keys)`,
	},
	{
		"every waiting input has a session that is fetching",
		`SELECT count(*), 'inbox ' || min(i.seq) FROM inbox i LEFT JOIN sessions s USING (contact, line)
			WHERE i.state = 'waiting' AND coalesce(s.fetching, 0) = 0`,
	},
	{
		"every session that is fetching has a document being fetched",
		`SELECT count(*), 'session ' || min(s.id) FROM sessions s WHERE s.fetching = 1 AND NOT EXISTS (
			SELECT 1 FROM documents d WHERE d.contact = s.contact AND d.line = s.line AND d.state = 'fetching')`,
	},
	{
		"every ready document has its body",
		`SELECT count(*), 'document ' || min(id) FROM documents
			WHERE state = 'ready' AND id NOT IN (SELECT document FROM document_bodies)`,
	},
	{
		"every message was answered, waits, or brings a document", // in a talk, an officer answers
		`WITH replied AS (SELECT contact, line, max(at_ms) AS last FROM
				(SELECT contact, line, at_ms FROM outbox UNION ALL
				SELECT t.contact, t.line, a.at_ms FROM activity a JOIN tickets t ON t.ref = a.ticket WHERE a.what = 'ticket.heard')
				GROUP BY contact, line)
			SELECT count(*), 'inbox ' || min(i.seq) FROM inbox i LEFT JOIN replied r USING (contact, line)
			WHERE i.kind = 'message' AND i.state <> 'waiting' AND (r.last IS NULL OR r.last < i.at_ms)
			AND NOT EXISTS (SELECT 1 FROM documents d WHERE d.contact = i.contact AND d.line = i.line AND d.state = 'fetching')`,
	},
	{
		"every ticket has its beginning in the activity log",
		`SELECT count(*), 'ticket ' || min(ref) FROM tickets WHERE ref NOT IN
			(SELECT ticket FROM activity WHERE ticket IS NOT NULL)`,
	},
	{
		"every ticket stands where its history says",
		`SELECT count(*), 'ticket ' || min(t.ref) FROM tickets t JOIN activity a
			ON a.id = (SELECT max(id) FROM activity WHERE ticket = t.ref)
			WHERE a.rev <> t.rev OR a.stage <> t.stage OR a.status <> t.status`,
	},
	{
		"every open promise has its timer",
		`SELECT count(*), 'ticket ' || min(ref) FROM tickets t WHERE promised_ms IS NOT NULL AND overdue = 0 AND NOT EXISTS (
			SELECT 1 FROM ticket_timers m WHERE m.ticket = t.ref AND m.name = 'promise' AND m.at_ms = t.promised_ms)`,
	},
	{
		"every officer's load is what is open of theirs",
		`WITH counted AS (SELECT officer, count(*) AS n FROM tickets WHERE officer <> '' AND ended_ms IS NULL GROUP BY officer)
			SELECT count(*), 'officer ' || min(officer) FROM counted c FULL JOIN loads l USING (officer)
			WHERE coalesce(l.open, 0) <> coalesce(c.n, 0)`,
	},
	{
		"every member can be found",
		`SELECT count(*), 'member ' || min(id) FROM members WHERE id NOT IN (SELECT member FROM member_numbers)`,
	},
	{
		"no subject is kept without a ticket",
		`SELECT count(*), 'subject ' || min(id) FROM subjects WHERE id NOT IN
			(SELECT subject FROM tickets WHERE subject IS NOT NULL)`,
	},
	{
		"no document belongs to a ticket of somebody else",
		`SELECT count(*), 'document ' || min(d.id) FROM documents d JOIN tickets t ON t.ref = d.ticket
			WHERE d.contact <> t.contact`,
	},
}

// Check looks for damage: SQLite's own checks, the rules above, and whether sessions and the keys of tickets and
// documents open. It reads only.
func (d *DB) Check(ctx context.Context) ([]Finding, error) {
	findings, err := d.checkIntegrity(ctx)
	if err != nil {
		return nil, err
	}
	for _, rule := range invariants {
		var n int
		var what sql.NullString
		if err := d.reader.QueryRowContext(ctx, rule.query).Scan(&n, &what); err != nil {
			return nil, fmt.Errorf("check %q: %w", rule.name, explain(err))
		}
		if n > 0 {
			findings = append(findings, Finding{rule.name, n, what.String})
		}
	}
	for _, check := range []func(context.Context) (Finding, error){d.checkSessions, d.checkTickets, d.checkDocuments, d.checkErasures} {
		f, err := check(ctx)
		if err != nil {
			return nil, err
		}
		if f.Count > 0 {
			findings = append(findings, f)
		}
	}
	return findings, nil
}

func (d *DB) checkIntegrity(ctx context.Context) (findings []Finding, err error) {
	words, err := read(ctx, d, "PRAGMA integrity_check(10)", nil, func(rows *sql.Rows) (w string, err error) {
		return w, rows.Scan(&w)
	})
	if err != nil {
		return nil, err
	}
	if len(words) != 1 || words[0] != "ok" {
		findings = append(findings, Finding{"integrity", len(words), words[0]})
	}
	broken, err := read(ctx, d, "SELECT \"table\" || ' row ' || coalesce(rowid, '?') FROM pragma_foreign_key_check", nil,
		func(rows *sql.Rows) (w string, err error) { return w, rows.Scan(&w) })
	if len(broken) > 0 {
		findings = append(findings, Finding{"foreign keys", len(broken), broken[0]})
	}
	return findings, err
}

// count counts one more that is wrong, and notes what the first is.
func (f *Finding) count(what string) {
	if f.Count++; f.Count == 1 {
		f.What = what
	}
}

// checkSessions opens every session: what was swapped or changed does not.
func (d *DB) checkSessions(ctx context.Context) (Finding, error) {
	const query = `SELECT s.id, s.contact, s.line, s.sealed_session, k.wrapped FROM sessions s JOIN keys k USING (contact)`
	f := Finding{Check: "every sealed session opens"}
	_, err := read(ctx, d, query, nil, func(rows *sql.Rows) (none struct{}, err error) {
		var id, contact int64
		var line string
		var sealed, wrapped []byte
		if err := rows.Scan(&id, &contact, &line, &sealed, &wrapped); err != nil {
			return none, err
		}
		key, err := d.ring.unwrap(contact, wrapped)
		if err == nil {
			_, err = key.open(sessionPlace(contact, line), sealed)
		}
		if err != nil {
			f.count(fmt.Sprintf("session %d", id))
		}
		return none, nil //nolint:nilerr // it is a finding
	})
	return f, err
}

// checkTickets opens the key of every ticket.
func (d *DB) checkTickets(ctx context.Context) (Finding, error) {
	f := Finding{Check: "every ticket's key opens"}
	_, err := read(ctx, d, lockedColumns+"WHERE t.wrapped IS NOT NULL", nil, func(rows *sql.Rows) (none struct{}, err error) {
		l, err := scanLocked(rows)
		if err != nil {
			return none, err
		}
		if keys, _, err := d.ring.unlock(l); err != nil || keys.own == nil {
			f.count("ticket " + l.ref)
		}
		return none, nil
	})
	return f, err
}

// checkDocuments opens the key of every document that has a body.
func (d *DB) checkDocuments(ctx context.Context) (Finding, error) {
	const query = `SELECT d.id, d.line, d.message_id, d.wrapped, coalesce(t.ref, ''), d.contact, k.wrapped, t.wrapped, t.subject, s.wrapped
		FROM documents d LEFT JOIN tickets t ON t.ref = d.ticket LEFT JOIN keys k ON k.contact = d.contact
		LEFT JOIN subjects s ON s.id = t.subject WHERE d.wrapped IS NOT NULL`
	f := Finding{Check: "every document's key opens"}
	_, err := read(ctx, d, query, nil, func(rows *sql.Rows) (none struct{}, err error) {
		var h handover
		var l lockedTicket
		err = rows.Scan(&h.id, &h.line, &h.message, &h.wrapped, &l.ref, &l.contact, &l.person, &l.wrapped, &l.subject, &l.about)
		if err != nil {
			return none, err
		}
		keys, _, err := d.ring.unlock(l)
		if err == nil {
			_, err = keys.key().open(documentKeyPlace(h.line, h.message), h.wrapped)
		}
		if err != nil {
			f.count(fmt.Sprintf("document %d", h.id))
		}
		return none, nil //nolint:nilerr // it is a finding
	})
	return f, err
}

// checkErasures sees that the list of erasures is as long as this database knows it, and opens: with a part of it lost an
// older backup would bring back whom it told of.
func (d *DB) checkErasures(ctx context.Context) (Finding, error) {
	f := Finding{Check: "the list of erasures beside the keys is whole"}
	var known int
	err := d.reader.QueryRowContext(ctx, "SELECT coalesce((SELECT value FROM meta WHERE name = 'erasures'), 0)").Scan(&known)
	if err != nil {
		return f, explain(err)
	}
	_, n, err := d.ring.erasures(0)
	switch {
	case errors.Is(err, ErrKeys):
		f.count("a line does not open")
	case err != nil:
		return f, err
	case n < known:
		f.count(fmt.Sprintf("%d lines of %d", n, known))
	}
	return f, nil
}
