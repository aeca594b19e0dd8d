package store

import (
	"database/sql"
	"fmt"
)

// A ticket's answers, words and documents are sealed under a data key of the ticket's own. It lies in the ticket's row
// under the key of its subject, where it names one, and that under the contact's key: who destroys either of the two makes
// the ticket unreadable, and two contacts that become one need not seal all of it anew. A ticket from before schema 4
// has none: the contact's is used.

// ticketKeys are the keys a ticket is read with.
type ticketKeys struct {
	contact *contactKey // nil: they were erased
	own     *contactKey // nil: the ticket has none
}

// key is the one the ticket's values are sealed under.
func (k ticketKeys) key() *contactKey {
	if k.own != nil {
		return k.own
	}
	return k.contact
}

func ticketKeyPlace(ref string) place { return place{column: "tickets.wrapped", a: ref} }

// aboutKeyPlace is of the inner wrapping, under the subject's key.
func aboutKeyPlace(ref string) place { return place{column: "tickets.wrapped.subject", a: ref} }

// lockedTicket is a ticket's key as it lies in its row, and what opens it.
type lockedTicket struct {
	ref             string
	contact         int64
	person, wrapped []byte // the contact's wrapped key, the ticket's
	subject         sql.NullInt64
	about           []byte // the subject's wrapped key
}

const (
	lockedColumns = `SELECT t.ref, t.contact, k.wrapped, t.wrapped, t.subject, s.wrapped
FROM tickets t LEFT JOIN keys k ON k.contact = t.contact LEFT JOIN subjects s ON s.id = t.subject `
	lockedOne = lockedColumns + "WHERE t.ref = ?"
)

func scanLocked(rows *sql.Rows) (l lockedTicket, err error) {
	return l, rows.Scan(&l.ref, &l.contact, &l.person, &l.wrapped, &l.subject, &l.about)
}

// locked reads a ticket's key. Error: ErrNoTicket.
func locked(query queryFunc, ref string) (l lockedTicket, err error) {
	all, err := collect(query, lockedOne, []any{ref}, scanLocked)
	if err == nil && len(all) == 0 {
		err = fmt.Errorf("%w (%s)", ErrNoTicket, ref)
	}
	if err != nil {
		return l, err
	}
	return all[0], nil
}

// ticketKeys gives the keys of a ticket. Errors: ErrNoTicket, ErrSealed.
func (r *ring) ticketKeys(query queryFunc, ref string) (ticketKeys, error) {
	l, err := locked(query, ref)
	if err != nil {
		return ticketKeys{}, err
	}
	keys, _, err := r.unlock(l)
	return keys, err
}

// unlock opens a ticket's key; plain is nil where the ticket has none.
func (r *ring) unlock(l lockedTicket) (keys ticketKeys, plain []byte, err error) {
	if l.person == nil {
		return keys, nil, nil
	}
	if keys.contact, err = r.unwrap(l.contact, l.person); err != nil || l.wrapped == nil {
		return keys, nil, err
	}
	if plain, err = keys.contact.open(ticketKeyPlace(l.ref), l.wrapped); err != nil {
		return keys, nil, err
	}
	if l.subject.Valid {
		about, err := r.rowKey(subjectKeyPlace(l.subject.Int64), l.about)
		if err != nil {
			return keys, nil, err
		}
		if plain, err = about.open(aboutKeyPlace(l.ref), plain); err != nil {
			return keys, nil, err
		}
	}
	if len(plain) != dataKeyBytes { // it lies under the key of a subject that has gone
		return keys, nil, fmt.Errorf("%w: ticket %s", ErrErased, l.ref)
	}
	keys.own, err = newContactKey(l.contact, l.wrapped, plain)
	return keys, plain, err
}

// lock seals a ticket's key under that of whom it is about, where it names somebody, and that under its contact's.
func (t *tx) lock(ref string, contact *contactKey, plain []byte, number string) (subject sql.NullInt64, key *contactKey, err error) {
	inner := plain
	if number != "" {
		id, about, err := t.subject(number)
		if err != nil {
			return subject, nil, err
		}
		if inner, err = about.seal(aboutKeyPlace(ref), plain); err != nil {
			return subject, nil, err
		}
		subject = sql.NullInt64{Int64: id, Valid: true}
	}
	wrapped, err := contact.seal(ticketKeyPlace(ref), inner)
	if err != nil {
		return subject, nil, err
	}
	key, err = newContactKey(contact.contact, wrapped, plain)
	return subject, key, err
}

// newTicketKey makes the key of a ticket that is opened about whom the number names, "" nobody.
func (t *tx) newTicketKey(ref string, contact *contactKey, number string) (subject sql.NullInt64, key *contactKey, err error) {
	plain, err := newDataKey()
	if err != nil {
		return subject, nil, err
	}
	return t.lock(ref, contact, plain, number)
}

// aboutAnother puts a ticket's key under that of another subject: the number was asked for again.
func (t *tx) aboutAnother(ref, number string) error {
	l, err := locked(t.query, ref)
	if err != nil {
		return err
	}
	keys, plain, err := t.db.ring.unlock(l)
	if err != nil || plain == nil {
		return err
	}
	subject, key, err := t.lock(ref, keys.contact, plain, number)
	if err != nil {
		return err
	}
	if err := t.run("UPDATE tickets SET subject = ?, wrapped = ? WHERE ref = ?", subject, key.wrapped, ref); err != nil {
		return err
	}
	return t.dropSubject(l.subject)
}

// heirless takes away the key of a ticket under which nothing is sealed any more, and with it whom the ticket was about.
// What is still said of it comes under the contact's.
func (t *tx) heirless(ref string) error {
	l, err := locked(t.query, ref)
	if err != nil || l.wrapped == nil {
		return err
	}
	if err := t.run(`UPDATE tickets SET wrapped = NULL, subject = NULL WHERE ref = ?1
		AND NOT EXISTS (SELECT 1 FROM answers WHERE ticket = ?1)
		AND NOT EXISTS (SELECT 1 FROM activity WHERE ticket = ?1 AND sealed_text IS NOT NULL)
		AND NOT EXISTS (SELECT 1 FROM documents WHERE ticket = ?1 AND wrapped IS NOT NULL)`, ref); err != nil {
		return err
	}
	return t.dropSubject(l.subject)
}
