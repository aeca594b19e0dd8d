package store

import (
	"database/sql"
	"errors"
	"slices"
	"strings"
	"time"

	"sapa/dialog"
)

// merge makes one contact of two that turned out to be one person: written to first by a telephone number, say, and
// later by the address WhatsApp hides it behind. The older contact stays. All that is the other's moves, sealed anew
// under its key; where both have a session on a line, the one with the later input stays and the other's form becomes
// a draft. What is only ever added to, the activity log, stays under the first key, which is therefore kept.
func (t *tx) merge(a, b *contactKey, atMillis int64) (*contactKey, error) {
	m := merging{tx: t, kept: a, gone: b}
	if b.contact < a.contact {
		m.kept, m.gone = b, a
	}
	for _, step := range []func() error{
		m.addresses, m.sessions, m.inbox, m.timers, m.consents, m.outbox, m.tickets, m.documents, m.wrongTries, m.proofs, m.visits,
	} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return m.kept, t.run("INSERT INTO merges (contact, kept, at_ms) VALUES (?, ?, ?)", m.gone.contact, m.kept.contact, atMillis)
}

// merging is one merge under way.
type merging struct {
	*tx
	kept, gone *contactKey
}

// reseal opens a value in one place and seals it in another, or the same. One that was deleted when its time was over
// stays so.
func (m merging) reseal(sealed []byte, from, to place) ([]byte, error) {
	if len(sealed) == 0 {
		return sealed, nil
	}
	plain, err := m.gone.open(from, sealed)
	if err != nil {
		return nil, err
	}
	return m.kept.seal(to, plain)
}

// holding is a row's key, as text or number, and its sealed value.
type holding struct {
	id, line string
	n        int64
	sealed   []byte
}

// rows reads everything before anything is written: both use the same connection.
func (m merging) rows(query string, args ...any) ([]holding, error) {
	return collect(m.query, query, args, func(rows *sql.Rows) (r holding, err error) {
		return r, rows.Scan(&r.n, &r.line, &r.id, &r.sealed)
	})
}

func (m merging) addresses() error {
	type address struct{ hash, sealed []byte }
	all, err := collect(m.query, "SELECT hash, sealed_address FROM addresses WHERE contact = ?", []any{m.gone.contact},
		func(rows *sql.Rows) (a address, err error) { return a, rows.Scan(&a.hash, &a.sealed) })
	if err != nil {
		return err
	}
	for _, a := range all {
		sealed, err := m.reseal(a.sealed, addressPlace(a.hash), addressPlace(a.hash))
		if err != nil {
			return err
		}
		if err := m.run("UPDATE addresses SET contact = ?, sealed_address = ? WHERE hash = ?",
			m.kept.contact, sealed, a.hash); err != nil {
			return err
		}
	}
	return nil
}

// sessions moves the other's sessions. It comes before the inbox, which says whose input was the later.
func (m merging) sessions() error {
	all, err := m.rows("SELECT id, line, '', sealed_session FROM sessions WHERE contact = ?", m.gone.contact)
	if err != nil {
		return err
	}
	for _, row := range all {
		if err := m.session(row); err != nil {
			return err
		}
	}
	return nil
}

func (m merging) session(row holding) error {
	plain, err := m.gone.open(sessionPlace(m.gone.contact, row.line), row.sealed)
	if err != nil {
		return err
	}
	var own int64
	var ownSealed []byte
	err = m.get("SELECT id, sealed_session FROM sessions WHERE contact = ? AND line = ?",
		[]any{m.kept.contact, row.line}, &own, &ownSealed)
	if none(err) {
		sealed, err := m.kept.seal(sessionPlace(m.kept.contact, row.line), plain)
		if err != nil {
			return err
		}
		return m.run("UPDATE sessions SET contact = ?, rev = rev + 1, sealed_session = ? WHERE id = ?",
			m.kept.contact, sealed, row.n)
	}
	if err != nil {
		return err
	}
	ownPlain, err := m.kept.open(sessionPlace(m.kept.contact, row.line), ownSealed)
	if err != nil {
		return err
	}
	their, err := m.lastInput(m.gone.contact, row.line)
	if err != nil {
		return err
	}
	ours, err := m.lastInput(m.kept.contact, row.line)
	if err != nil {
		return err
	}
	if their.seq > ours.seq {
		return m.join(row, own, row.n, plain, ownPlain, ours.at)
	}
	return m.join(row, own, own, ownPlain, plain, their.at)
}

// written is when somebody last wrote.
type written struct{ seq, at int64 }

// lastInput is the last message of a contact on a line.
func (m merging) lastInput(contact int64, line string) (w written, err error) {
	err = m.get("SELECT seq, at_ms FROM inbox WHERE contact = ? AND line = ? AND kind = 'message' ORDER BY seq DESC LIMIT 1",
		[]any{contact, line}, &w.seq, &w.at)
	if none(err) {
		return written{}, nil
	}
	return w, err
}

// join writes one session for two; from is the row whose way to reach the contact holds.
func (m merging) join(row holding, own, from int64, stays, other []byte, otherLast int64) error {
	s, err := decodeSession(stays)
	if err != nil {
		return err
	}
	o, err := decodeSession(other)
	if err != nil {
		return err
	}
	both := joined(s, o, otherLast, m.db.isForm(o.Flow))
	plain, err := encodeSession(both)
	if err != nil {
		return err
	}
	sealed, err := m.kept.seal(sessionPlace(m.kept.contact, row.line), plain)
	if err != nil {
		return err
	}
	if err := m.run(`UPDATE sessions SET rev = rev + 1, sealed_session = ?, fetching = ?,
		transport = (SELECT transport FROM sessions WHERE id = ?), address = (SELECT address FROM sessions WHERE id = ?)
		WHERE id = ?`, sealed, both.Fetching != nil, from, from, own); err != nil {
		return err
	}
	return m.run("DELETE FROM sessions WHERE id = ?", row.n)
}

// joined is the session that stays with what the other one held: its form as a draft, its drafts, what its tickets
// wait for, its consents.
func joined(s, other dialog.Session, otherLast int64, form bool) dialog.Session {
	drafts := slices.Clone(other.Drafts)
	if form && len(other.Answers) > 0 && !other.Sent && other.Amend == "" {
		drafts = append(drafts, dialog.Draft{
			Flow: other.Flow, Node: other.Node, Way: other.Way, Answers: other.Answers, Facts: other.Facts,
			Early: other.Early, At: fromMillis(otherLast),
		})
	}
	for _, d := range drafts {
		known := func(have dialog.Draft) bool { return have.Flow == d.Flow }
		if d.Flow != s.Flow && !slices.ContainsFunc(s.Drafts, known) {
			s.Drafts = append(s.Drafts, d)
		}
	}
	for _, p := range other.Pending {
		known := func(have dialog.Pending) bool {
			return have.Ref == p.Ref && have.Field == p.Field && have.Flow == p.Flow
		}
		if !slices.ContainsFunc(s.Pending, known) {
			s.Pending = append(s.Pending, p)
		}
	}
	for version, at := range other.Consents {
		if _, ok := s.Consents[version]; ok {
			continue
		}
		if s.Consents == nil {
			s.Consents = make(map[string]time.Time)
		}
		s.Consents[version] = at
	}
	s.Held = append(s.Held, other.Held...)
	s.Greeted = s.Greeted || other.Greeted
	if s.Talk == nil {
		s.Talk = other.Talk
	}
	if s.Fetching == nil {
		s.Fetching = other.Fetching // its result goes to the draft, and lets what waits for it go on
	}
	return s
}

// inbox moves what was received, so that a message that comes again under the other address is recognised. One that
// came under both is kept once.
func (m merging) inbox() error {
	if err := m.run(`DELETE FROM inbox WHERE contact = ?1 AND EXISTS (SELECT 1 FROM inbox k
		WHERE k.contact = ?2 AND k.line = inbox.line AND k.message_id = inbox.message_id)`,
		m.gone.contact, m.kept.contact); err != nil {
		return err
	}
	all, err := m.rows("SELECT seq, line, message_id, sealed_input FROM inbox WHERE contact = ?", m.gone.contact)
	if err != nil {
		return err
	}
	for _, r := range all {
		sealed, err := m.reseal(r.sealed, inboxPlace(m.gone.contact, r.line, r.id), inboxPlace(m.kept.contact, r.line, r.id))
		if err != nil {
			return err
		}
		if err := m.run("UPDATE inbox SET contact = ?, sealed_input = ? WHERE seq = ?", m.kept.contact, sealed, r.n); err != nil {
			return err
		}
	}
	return nil
}

// timers moves the other's timers; where both have one, the later is the one of the session that stays.
func (m merging) timers() error {
	if err := m.run(`INSERT INTO timers (contact, line, name, at_ms)
		SELECT ?2, line, name, at_ms FROM timers WHERE contact = ?1
		ON CONFLICT (contact, line, name) DO UPDATE SET at_ms = max(at_ms, excluded.at_ms)`,
		m.gone.contact, m.kept.contact); err != nil {
		return err
	}
	return m.run("DELETE FROM timers WHERE contact = ?", m.gone.contact)
}

func (m merging) consents() error {
	return m.run("UPDATE consents SET contact = ? WHERE contact = ?", m.kept.contact, m.gone.contact)
}

func (m merging) outbox() error {
	all, err := m.rows("SELECT seq, line, id, sealed_body FROM outbox WHERE contact = ?", m.gone.contact)
	if err != nil {
		return err
	}
	for _, r := range all {
		sealed, err := m.reseal(r.sealed, outboxPlace(r.id), outboxPlace(r.id))
		if err != nil {
			return err
		}
		if err := m.run("UPDATE outbox SET contact = ?, sealed_body = ? WHERE seq = ?", m.kept.contact, sealed, r.n); err != nil {
			return err
		}
		if err := m.outboxFile(r); err != nil {
			return err
		}
	}
	return nil
}

// outboxFile reseals the file of a reply, where it has one.
func (m merging) outboxFile(r holding) error {
	err := m.get("SELECT sealed_file FROM outbox WHERE seq = ? AND sealed_file IS NOT NULL", []any{r.n}, &r.sealed)
	if none(err) {
		return nil
	}
	if err != nil {
		return err
	}
	sealed, err := m.reseal(r.sealed, outboxFilePlace(r.id), outboxFilePlace(r.id))
	if err != nil {
		return err
	}
	return m.run("UPDATE outbox SET sealed_file = ? WHERE seq = ?", sealed, r.n)
}

// tickets moves the other's tickets: the outer wrapping of each one's key is made anew. Those from before schema 4, which
// have none, are sealed anew.
func (m merging) tickets() error {
	locked, err := m.rows("SELECT 0, '', ref, wrapped FROM tickets WHERE contact = ? AND wrapped IS NOT NULL", m.gone.contact)
	if err != nil {
		return err
	}
	for _, r := range locked {
		wrapped, err := m.reseal(r.sealed, ticketKeyPlace(r.id), ticketKeyPlace(r.id))
		if err != nil {
			return err
		}
		if err := m.run("UPDATE tickets SET wrapped = ? WHERE ref = ?", wrapped, r.id); err != nil {
			return err
		}
	}
	all, err := m.rows(`SELECT a.rowid, a.field, a.ticket, a.sealed_value FROM answers a
		JOIN tickets t ON t.ref = a.ticket WHERE t.contact = ? AND t.wrapped IS NULL`, m.gone.contact)
	if err != nil {
		return err
	}
	for _, r := range all {
		sealed, err := m.reseal(r.sealed, answerPlace(r.id, r.line), answerPlace(r.id, r.line))
		if err != nil {
			return err
		}
		if err := m.run("UPDATE answers SET sealed_value = ? WHERE rowid = ?", sealed, r.n); err != nil {
			return err
		}
	}
	return m.run("UPDATE tickets SET contact = ? WHERE contact = ?", m.kept.contact, m.gone.contact)
}

func (m merging) documents() error {
	// A file that came under both addresses is kept once, a ticket's rather than another.
	const twins = `SELECT g.id FROM documents g JOIN documents k USING (line, message_id)
		WHERE g.contact IN (?1, ?2) AND k.contact IN (?1, ?2) AND g.contact <> k.contact
		AND (g.ticket IS NULL AND (k.ticket IS NOT NULL OR g.contact = ?1))`
	for _, query := range []string{
		"DELETE FROM document_bodies WHERE document IN (" + twins + ")", "DELETE FROM documents WHERE id IN (" + twins + ")",
	} {
		if err := m.run(query, m.gone.contact, m.kept.contact); err != nil {
			return err
		}
	}
	if err := m.bodies(); err != nil {
		return err
	}
	all, err := m.rows("SELECT id, line, message_id, sealed_media FROM documents WHERE contact = ?", m.gone.contact)
	if err != nil {
		return err
	}
	for _, r := range all {
		if err := m.document(r); err != nil {
			return err
		}
	}
	return nil
}

// bodies passes on the keys of the other's documents; those that lie under a ticket's key moved with the ticket. Bodies
// from before schema 4 have no keys and are sealed anew.
func (m merging) bodies() error {
	keys, err := collect(m.query, `SELECT d.id, d.line, d.message_id, d.wrapped FROM documents d LEFT JOIN tickets t ON t.ref = d.ticket
		WHERE d.contact = ? AND d.wrapped IS NOT NULL AND t.wrapped IS NULL`, []any{m.gone.contact}, scanHandover)
	if err != nil {
		return err
	}
	for _, h := range keys {
		if err := m.passOn(h, m.gone, m.kept); err != nil {
			return err
		}
	}
	bodies, err := m.rows(`SELECT d.id, d.line, d.message_id, b.sealed_body FROM documents d
		JOIN document_bodies b ON b.document = d.id WHERE d.contact = ? AND d.wrapped IS NULL`, m.gone.contact)
	if err != nil {
		return err
	}
	for _, r := range bodies {
		sealed, err := m.reseal(r.sealed, bodyPlace(m.gone.contact, r.line, r.id), bodyPlace(m.kept.contact, r.line, r.id))
		if err != nil {
			return err
		}
		if err := m.run("UPDATE document_bodies SET sealed_body = ? WHERE document = ?", sealed, r.n); err != nil {
			return err
		}
	}
	return nil
}

func (m merging) document(r holding) error {
	sealed, err := m.reseal(r.sealed, mediaPlace(m.gone.contact, r.line, r.id), mediaPlace(m.kept.contact, r.line, r.id))
	if err != nil {
		return err
	}
	return m.run("UPDATE documents SET contact = ?, sealed_media = ? WHERE id = ?", m.kept.contact, sealed, r.n)
}

// wrongTries adds up the wrong birth dates: two addresses give no more tries than one.
func (m merging) wrongTries() error {
	if err := m.run(`INSERT INTO tries (contact, day, ticket, wrong) SELECT ?2, day, ticket, wrong FROM tries WHERE contact = ?1
		ON CONFLICT (contact, day, ticket) DO UPDATE SET wrong = wrong + excluded.wrong`,
		m.gone.contact, m.kept.contact); err != nil {
		return err
	}
	if err := m.run(`INSERT INTO member_tries (member, day, contact, wrong)
		SELECT member, day, ?2, wrong FROM member_tries WHERE contact = ?1
		ON CONFLICT (member, day, contact) DO UPDATE SET wrong = wrong + excluded.wrong`,
		m.gone.contact, m.kept.contact); err != nil {
		return err
	}
	for _, table := range []string{"tries", "member_tries"} {
		if err := m.run("DELETE FROM "+table+" WHERE contact = ?", m.gone.contact); err != nil {
			return err
		}
	}
	return nil
}

// proofs moves the word the other's chat was given, unless the one that stays has its own.
func (m merging) proofs() error {
	if err := m.run("UPDATE OR IGNORE proofs SET contact = ? WHERE contact = ?", m.kept.contact, m.gone.contact); err != nil {
		return err
	}
	return m.run("DELETE FROM proofs WHERE contact = ?", m.gone.contact)
}

// sameness joins the contact of an input with the one its telephone number belongs to, and learns numbers that were
// not known.
func (v *visit) sameness(in dialog.Input) error {
	if in.Phone == "" || strings.TrimPrefix(in.Phone, "+") == in.From {
		return nil
	}
	hash, err := v.db.ring.hash("address", in.Phone)
	if err != nil {
		return err
	}
	var other, seen int64
	var wrapped []byte
	var doubt string
	err = v.get(findContact, []any{hash}, &other, &wrapped, &seen, &doubt)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return v.addAddress(hash, in.Phone)
	case err != nil || other == v.who:
		return err
	case v.db.suspicion(v.doubt, v.seen, in.At) != "" || v.db.suspicion(doubt, seen, in.At) != "":
		return nil // not while one of them may be somebody else
	}
	key, err := v.db.ring.unwrap(other, wrapped)
	if err != nil {
		return err
	}
	if _, err := v.merge(v.key, key, in.At.UnixMilli()); err != nil {
		return err
	}
	v.row, v.session, v.broken = standing{}, dialog.Session{}, nil
	return v.find(v.hash)
}
