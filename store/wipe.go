package store

import (
	"database/sql"
	"errors"
	"time"

	"sapa/dialog"
	"sapa/dialog/desk"
)

// wipe deletes what an erasure takes, keys first, and counts it.
func (t *tx) wipe(all doomed, by Erasing) (n Erased, err error) {
	if n, err = t.countDoomed(all); err != nil {
		return n, err
	}
	for _, id := range all.contacts {
		if err := t.leaveForgets(id); err != nil {
			return n, err
		}
		if err := t.run("DELETE FROM keys WHERE contact = ?", id); err != nil {
			return n, err
		}
		t.db.ring.forget(id)
	}
	for _, ref := range all.tickets {
		if err := t.wipeTicket(ref, by, len(all.contacts) == 0); err != nil {
			return n, err
		}
	}
	for _, id := range all.contacts {
		if err := t.wipeContact(id); err != nil {
			return n, err
		}
	}
	for _, m := range all.members {
		if err := t.removeMember(m); err != nil {
			return n, err
		}
	}
	return n, nil
}

// countDoomed counts what an erasure takes.
func (t *tx) countDoomed(all doomed) (n Erased, err error) {
	n.Contact, n.Register, n.Tickets = len(all.contacts) > 0, len(all.members), len(all.tickets)
	for _, ref := range all.tickets {
		var open bool
		var documents int
		// A contact's own documents are counted with the contact.
		err := t.get(`SELECT t.ended_ms IS NULL, (SELECT count(*) FROM documents d JOIN document_bodies b ON b.document = d.id
			WHERE d.ticket = t.ref AND ?2 = 0) FROM tickets t WHERE t.ref = ?1`, []any{ref, n.Contact}, &open, &documents)
		if err != nil {
			return n, err
		}
		n.Documents += documents
		if open {
			n.Open++
		}
	}
	for _, id := range all.contacts {
		var documents, messages int
		err := t.get(`SELECT (SELECT count(*) FROM documents d JOIN document_bodies b ON b.document = d.id WHERE d.contact = ?1),
			(SELECT count(*) FROM inbox WHERE contact = ?1 AND kind = 'message' AND length(sealed_input) > 0)
			+ (SELECT count(*) FROM outbox WHERE contact = ?1 AND length(sealed_body) > 0)`, []any{id}, &documents, &messages)
		if err != nil {
			return n, err
		}
		n.Documents, n.Messages = n.Documents+documents, n.Messages+messages
		drafts, err := t.drafts(id)
		if err != nil {
			return n, err
		}
		n.Drafts += drafts
	}
	return n, nil
}

// drafts is how many unfinished forms a contact has, on all lines. What does not open counts for none.
func (t *tx) drafts(contact int64) (int, error) {
	var wrapped []byte
	err := t.get("SELECT wrapped FROM keys WHERE contact = ?", []any{contact}, &wrapped)
	if none(err) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	key, err := t.db.ring.unwrap(contact, wrapped)
	if err != nil {
		return 0, nil //nolint:nilerr // Check reports it
	}
	sessions, err := t.db.ring.sessions(t.query, key)
	if errors.Is(err, ErrSealed) || errors.Is(err, errSession) {
		return 0, nil
	}
	return len(t.db.unfinished(sessions)), err
}

// wipeTicket empties a ticket and cancels it where it is open. Number, service, stages and times stay, and its history
// without words. Who opened it for somebody else, and stays, is told.
func (t *tx) wipeTicket(ref string, by Erasing, tells bool) error {
	f, err := t.db.ring.find(t.query, ref)
	if err != nil && f.Ref == "" { // one that does not open goes too
		return err
	}
	for _, query := range []string{
		"UPDATE activity SET sealed_text = NULL WHERE ticket = ? AND sealed_text IS NOT NULL",
		"DELETE FROM answers WHERE ticket = ?",
		"DELETE FROM bills WHERE ticket = ?",
		"DELETE FROM payments WHERE ticket = ?",
		"DELETE FROM document_bodies WHERE document IN (SELECT id FROM documents WHERE ticket = ?)",
		"DELETE FROM documents WHERE ticket = ?",
		"DELETE FROM tries WHERE ticket = ?",
		"DELETE FROM ticket_timers WHERE ticket = ?",
		"DELETE FROM alerts WHERE ticket = ?",
	} {
		if err := t.run(query, ref); err != nil {
			return err
		}
	}
	var subject sql.NullInt64
	if err := t.get("SELECT subject FROM tickets WHERE ref = ?", []any{ref}, &subject); err != nil {
		return err
	}
	if err := t.run("UPDATE tickets SET wrapped = NULL, subject = NULL, asked = '' WHERE ref = ?", ref); err != nil {
		return err
	}
	if err := t.dropSubject(subject); err != nil {
		return err
	}
	return t.endWiped(f, by, tells)
}

// endWiped cancels a ticket that is open, and notes in its history that it was emptied.
func (t *tx) endWiped(f file, by Erasing, tells bool) error {
	note := desk.Activity{At: by.At, Who: by.Who, Stage: f.Stage, What: EventErased}
	if f.Status.Final() {
		return t.recordOne(nil, f.Ticket, note)
	}
	ticket := f.Ticket
	ticket.Rev++
	ticket.Status, ticket.EndedAt, ticket.PromisedAt, ticket.Asked = desk.Cancelled, by.At, time.Time{}, nil
	if err := t.update(ticket, nil); err != nil {
		return err
	}
	cancelled := note
	cancelled.What = desk.EventCancelled
	for _, a := range []desk.Activity{cancelled, note} {
		if err := t.recordOne(nil, ticket, a); err != nil {
			return err
		}
	}
	if !tells || f.contact == nil || t.db.opts.Engine == nil {
		return nil
	}
	in, err := t.notice(f, desk.Change{
		Ticket: ticket, Activities: []desk.Activity{note}, Notice: &desk.Notice{Stage: f.Stage, Decision: dialog.DecisionErased},
	}, by.At)
	if none(err) {
		return nil // somebody else has the number now
	}
	if err == nil {
		_, err = t.input(in) // words that are missing keep nobody from being erased
	}
	return err
}

// reopens refuses to open a ticket again that was emptied: nobody could work it.
func (t *tx) reopens(ticket desk.Ticket) error {
	empty, err := t.emptied(ticket.Ref)
	if err == nil && empty {
		err = &desk.NotAllowedError{Ref: ticket.Ref, Stage: ticket.Stage, Status: ticket.Status, Action: desk.ActionReopen}
	}
	return err
}

// emptied reports whether whom a ticket belonged to, or was about, was erased.
func (t *tx) emptied(ref string) (empty bool, err error) {
	err = t.get("SELECT EXISTS (SELECT 1 FROM activity WHERE ticket = ? AND what = ?)", []any{ref, EventErased}, &empty)
	return empty, err
}

// wipeContact deletes all rows of a contact but those that say that there was somebody: the contact's number, their
// tickets, which consents they gave when.
func (t *tx) wipeContact(contact int64) error {
	for _, query := range []string{
		"UPDATE activity SET sealed_text = NULL WHERE contact = ? AND sealed_text IS NOT NULL",
		"DELETE FROM sessions WHERE contact = ?",
		"DELETE FROM timers WHERE contact = ?",
		"DELETE FROM inbox WHERE contact = ?",
		"DELETE FROM outbox WHERE contact = ?",
		"DELETE FROM document_bodies WHERE document IN (SELECT id FROM documents WHERE contact = ?)",
		"DELETE FROM documents WHERE contact = ?",
		"DELETE FROM proofs WHERE contact = ?",
		"DELETE FROM tries WHERE contact = ?",
		"DELETE FROM member_tries WHERE contact = ?",
		"DELETE FROM visits WHERE contact = ?",
		"DELETE FROM addresses WHERE contact = ?",
	} {
		if err := t.run(query, contact); err != nil {
			return err
		}
	}
	return nil
}

// leaveForgets leaves the addresses of a contact to the transports, which have them in files of their own, and deletes
// what is kept of the chats there. It comes before the key goes.
func (t *tx) leaveForgets(contact int64) error {
	type stored struct{ wrapped, hash, sealed []byte }
	all, err := collect(t.query, `SELECT k.wrapped, a.hash, a.sealed_address FROM addresses a JOIN keys k USING (contact)
		WHERE a.contact = ?`, []any{contact}, func(rows *sql.Rows) (s stored, err error) {
		return s, rows.Scan(&s.wrapped, &s.hash, &s.sealed)
	})
	if err != nil {
		return err
	}
	lines, err := collect(t.query, "SELECT line FROM lines UNION SELECT line FROM sessions WHERE contact = ?", []any{contact}, scanText)
	if err != nil {
		return err
	}
	for _, row := range all {
		address, err := t.db.ring.address(contact, row.wrapped, row.hash, row.sealed)
		if err != nil || address == "" {
			continue // it names nobody
		}
		veiled, err := t.db.VeilAside(forgets, address)
		if err != nil {
			return err
		}
		if err := t.run("INSERT INTO forgets (veiled) VALUES (?)", veiled); err != nil {
			return err
		}
		for _, line := range lines {
			chat, err := t.db.chat(line, address)
			if err != nil {
				return err
			}
			if err := t.run("DELETE FROM chats WHERE hash = ?", chat); err != nil {
				return err
			}
		}
	}
	return nil
}
