package store

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"slices"
	"time"

	"sapa/dialog/desk"
)

// Erasing a person is destroying the keys that what they left is sealed under, then deleting the rows, then cutting off
// the write-ahead log. First of all it is written into the list beside the keys (erased.go), so that a backup put in the
// place of the database is erased again, and so that what a kill interrupts is finished at the next start.
//
// A ticket's row stays, with its number, service, stages and times and nobody's name: an office has to account for what
// it decided. So does its history without a word of it, and which consent was given when.

// Erasing says who erases somebody, and why.
type Erasing struct {
	Who    string // an officer, the operator, or one of desk's names
	Reason string // kept in the sealed list for good: without names and numbers
	At     time.Time
	DryRun bool // only count
}

// Erased counts what was erased, or with DryRun would be.
type Erased struct {
	Contact   bool // the person behind an address, with their key
	Register  int  // rows of the register
	Tickets   int  // emptied, those open included
	Open      int  // of them cancelled
	Documents int
	Messages  int // received and sent, whose words were still kept
	Drafts    int // forms set aside, the unfinished one included
}

// EventErased is in the history of a ticket that was emptied.
const EventErased = "ticket.erased"

// EraseContact erases whoever is behind an address, with all contacts that turned out to be them: messages, sessions,
// visits, documents, and what their tickets hold, whoever these are about. Open tickets are cancelled. What others wrote
// about them stays the others'. Drafts are counted where the database was opened with pipelines. Errors: ErrNoContact;
// ErrReadOnly where the keys directory cannot be written; ErrBusy with the counts where they are erased, but somebody
// reads for so long that the write-ahead log cannot be emptied, which the next [DB.Retain] does then.
func (d *DB) EraseContact(ctx context.Context, address string, by Erasing) (Erased, error) {
	return d.erase(ctx, by, func(t *tx) (doomed, error) {
		contact, err := t.contactOf(address)
		if err != nil {
			return doomed{}, err
		}
		return t.condemnContact(contact)
	})
}

// contactOf finds the contact of an address. A telephone number is known as the transport writes it, or in its
// international form. Error: ErrNoContact.
func (t *tx) contactOf(address string) (contact int64, err error) {
	for _, form := range []string{address, "+" + address} {
		hash, err := t.db.ring.hash("address", form)
		if err != nil {
			return 0, err
		}
		if err = t.get("SELECT contact FROM addresses WHERE hash = ?", []any{hash}, &contact); !none(err) {
			return contact, err
		}
	}
	return 0, ErrNoContact
}

// EraseMember erases whom a number (card, NIK, passport, in canonical form) names: their rows in the register, and the
// tickets about them of whatever contact, with answers, words and documents. Open ones are cancelled, and who opened them
// is told. What is not a ticket's stays: unfinished forms and stored messages of other contacts that mention them, until
// their time is over or the contact is erased, and the family's records in the register, which name the card of its head.
// The next import brings back whom its file still has. Errors: ErrNoMember where neither register nor ticket knows the
// number; otherwise as EraseContact.
func (d *DB) EraseMember(ctx context.Context, number string, by Erasing) (Erased, error) {
	refs, err := d.olderTickets(ctx, number)
	if err != nil {
		return Erased{}, explain(err)
	}
	return d.erase(ctx, by, func(t *tx) (doomed, error) {
		who, err := t.db.ring.identity(t.query, number)
		if err != nil {
			return doomed{}, err
		}
		older, err := t.db.ring.namings(t.query, t.db.opts.Pipeline, refs) // again: they may name somebody else now
		if err != nil {
			return doomed{}, err
		}
		all, err := t.condemnSubject(who, older)
		if err == nil && len(all.members)+len(all.tickets) == 0 {
			err = ErrNoMember
		}
		return all, err
	})
}

func (d *DB) erase(ctx context.Context, by Erasing, find func(*tx) (doomed, error)) (n Erased, err error) {
	if by.DryRun {
		err = d.peek(ctx, func(t *tx) error {
			all, err := find(t)
			if err != nil {
				return err
			}
			n, err = t.countDoomed(all)
			return err
		})
		return n, err
	}
	err = d.do(ctx, func(t *tx) error {
		all, err := find(t)
		if err != nil {
			return err
		}
		n, err = t.erase(all, by)
		return err
	})
	if err != nil {
		return Erased{}, err
	}
	return n, d.clean(ctx)
}

// clean cuts off the write-ahead log after an erasure. Where that cannot be done now, Retain or the next start does it.
func (d *DB) clean(ctx context.Context) error {
	after, err := d.uncleanAfter(ctx)
	if err != nil || after == 0 {
		return err
	}
	if err := d.emptyLog(ctx); err != nil {
		return err
	}
	return d.do(ctx, func(t *tx) error { return t.cleaned(after) })
}

// uncleanAfter is the number of the erasure since which the write-ahead log was not cut off; 0: it was since the last.
func (d *DB) uncleanAfter(ctx context.Context) (n int, err error) {
	err = d.reader.QueryRowContext(ctx, "SELECT coalesce((SELECT value FROM meta WHERE name = 'unclean'), 0)").Scan(&n)
	return n, explain(err)
}

// cleaned notes that the log was cut off after an erasure; there may have been another since.
func (t *tx) cleaned(after int) error {
	return t.run("DELETE FROM meta WHERE name = 'unclean' AND value = ?", after)
}

// doomed is what an erasure takes.
type doomed struct {
	contacts []int64  // one person's
	numbers  [][]byte // the hashes of one person's
	members  []member
	tickets  []string
}

// condemnContact finds what goes with a contact: those merged into it, and its tickets.
func (t *tx) condemnContact(contact int64) (all doomed, err error) {
	all.contacts = []int64{contact}
	for i := 0; i < len(all.contacts); i++ {
		gone, err := collect(t.query, "SELECT contact FROM merges WHERE kept = ?", []any{all.contacts[i]}, scanID)
		if err != nil {
			return all, err
		}
		all.contacts = append(all.contacts, gone...)
	}
	for _, id := range all.contacts {
		refs, err := collect(t.query, "SELECT ref FROM tickets WHERE contact = ? ORDER BY rowid", []any{id}, scanText)
		if err != nil {
			return all, err
		}
		all.tickets = append(all.tickets, refs...)
	}
	return all, nil
}

func scanText(rows *sql.Rows) (text string, err error) { return text, rows.Scan(&text) }

// condemnSubject finds what goes with a person: the register's rows, and the tickets about them. Those that are older than
// subjects are handed in.
func (t *tx) condemnSubject(who identity, older []naming) (all doomed, err error) {
	all.members, all.numbers = who.members, who.hashes
	ids, err := subjects(t.query, who.hashes)
	if err != nil {
		return all, err
	}
	for _, id := range ids {
		refs, err := collect(t.query, "SELECT ref FROM tickets WHERE subject = ? ORDER BY rowid", []any{id}, scanText)
		if err != nil {
			return all, err
		}
		all.tickets = append(all.tickets, refs...)
	}
	all.tickets = append(all.tickets, about(older, who.hashes)...)
	return all, nil
}

// olderThanSubjects finds the tickets that hold something and name no subject though they may be about somebody.
const olderThanSubjects = `SELECT ref FROM tickets WHERE wrapped IS NULL AND subject IS NULL
	AND EXISTS (SELECT 1 FROM answers WHERE ticket = ref)`

// olderTickets looks for tickets from before schema 4 about somebody, outside the writer: each must be opened for it.
func (d *DB) olderTickets(ctx context.Context, number string) ([]string, error) {
	who, err := d.ring.identity(d.reading(ctx), number)
	if err != nil {
		return nil, err
	}
	all, err := read(ctx, d, olderThanSubjects, nil, scanText)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	pipeline, err := d.pipelines(ctx)
	if err != nil {
		return nil, err
	}
	older, err := d.ring.namings(d.reading(ctx), pipeline, all)
	return about(older, who.hashes), err
}

// naming is a ticket and the hash of the number that it names its subject by.
type naming struct {
	ref  string
	hash []byte
}

// namings finds whom tickets name.
func (r *ring) namings(query queryFunc, pipeline func(string) (*desk.Pipeline, bool), refs []string) (all []naming, err error) {
	for _, ref := range refs {
		f, err := r.load(query, ref)
		if errors.Is(err, ErrSealed) { // nothing can be read of it, and Check says so
			continue
		}
		if err != nil {
			return nil, err
		}
		var p *desk.Pipeline
		if pipeline != nil {
			p, _ = pipeline(f.Service)
		}
		typed := numberOf(p, f.Values)
		if typed == "" {
			continue
		}
		hash, err := r.hash(kindOf(typed), typed)
		if err != nil {
			return nil, err
		}
		all = append(all, naming{ref, hash})
	}
	return all, nil
}

// about gives the tickets that name somebody by one of the hashes.
func about(tickets []naming, hashes [][]byte) (refs []string) {
	for _, t := range tickets {
		if slices.ContainsFunc(hashes, func(h []byte) bool { return bytes.Equal(h, t.hash) }) {
			refs = append(refs, t.ref)
		}
	}
	return refs
}

// erase takes down in the list what is to go and deletes it, and what other processes began and did not finish. Done
// again after a rollback it finds its own entry.
func (t *tx) erase(all doomed, by Erasing) (n Erased, err error) {
	known, err := t.erasuresKnown()
	if err != nil {
		return n, err
	}
	pending, listed, err := t.db.ring.erasures(known)
	if err != nil {
		return n, err
	}
	entries, err := t.entries(all, by)
	if err != nil {
		return n, err
	}
	if fresh := notAmong(entries, pending); len(fresh) > 0 {
		after, err := t.db.ring.list(fresh)
		if err != nil {
			return n, err
		}
		if after == listed+len(fresh) { // else somebody with the same keys came between: the next start sees to it
			listed = after
		}
	}
	if n, err = t.wipe(all, by); err != nil {
		return n, err
	}
	if err := t.eraseListed(notAmong(pending, entries)); err != nil {
		return n, err
	}
	return n, t.setErasures(listed)
}

// entries are the lines of the list for what is to go.
func (t *tx) entries(all doomed, by Erasing) (entries []erasure, err error) {
	line := erasure{At: by.At, Who: by.Who, Reason: by.Reason}
	for _, id := range all.contacts {
		print, err := t.fingerprintOf(id)
		if err != nil {
			return nil, err
		}
		line.Kind, line.ID, line.Print = erasedContact, id, print
		entries = append(entries, line)
	}
	if len(all.numbers) > 0 {
		line.Kind, line.ID, line.Print, line.Numbers = erasedMember, 0, nil, all.numbers
		entries = append(entries, line)
	}
	return entries, nil
}

// fingerprintOf recognises a contact's data key; nil where there is none, or none that opens.
func (t *tx) fingerprintOf(contact int64) ([]byte, error) {
	var wrapped []byte
	err := t.get("SELECT wrapped FROM keys WHERE contact = ?", []any{contact}, &wrapped)
	if none(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	plain, err := t.db.ring.decrypt(wrapped, keyRow(contact))
	if err != nil {
		return nil, nil //nolint:nilerr // a backup with it is as unreadable
	}
	return t.db.ring.fingerprint(plain)
}

// erasuresKnown is how many entries of the list this database has seen to.
func (t *tx) erasuresKnown() (n int, err error) {
	err = t.get("SELECT coalesce((SELECT value FROM meta WHERE name = 'erasures'), 0)", nil, &n)
	return n, err
}

// setErasures notes how many it has seen to, and that the write-ahead log still has what they deleted.
func (t *tx) setErasures(n int) error {
	return t.run(`INSERT INTO meta (name, value) VALUES ('erasures', ?1), ('unclean', ?1)
		ON CONFLICT (name) DO UPDATE SET value = excluded.value`, n)
}

// eraseListed erases again what entries of the list say, should this database still, or again, have it.
func (t *tx) eraseListed(entries []erasure) error {
	if len(entries) == 0 {
		return nil
	}
	refs, err := collect(t.query, olderThanSubjects, nil, scanText)
	if err != nil {
		return err
	}
	older, err := t.db.ring.namings(t.query, t.db.opts.Pipeline, refs)
	if err != nil {
		return err
	}
	for _, e := range entries {
		all, err := t.condemnListed(e, older)
		if err != nil {
			return err
		}
		if _, err := t.wipe(all, e.by()); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) condemnListed(e erasure, older []naming) (all doomed, err error) {
	switch e.Kind {
	case erasedContact:
		print, err := t.fingerprintOf(e.ID)
		if err != nil || print == nil || !bytes.Equal(print, e.Print) {
			return all, err
		}
		return t.condemnContact(e.ID)
	case erasedMember:
		who := identity{hashes: e.Numbers}
		if who.members, err = t.db.ring.registered(t.query, e.Numbers); err != nil {
			return all, err
		}
		if all, err = t.condemnSubject(who, older); err != nil {
			return all, err
		}
		all.tickets, err = t.openedBefore(all.tickets, e.At)
	}
	return all, err
}

// openedBefore leaves out the tickets that somebody opened after they, or whom they are about, had been erased.
func (t *tx) openedBefore(refs []string, at time.Time) (before []string, err error) {
	for _, ref := range refs {
		var opened int64
		if err := t.get("SELECT opened_ms FROM tickets WHERE ref = ?", []any{ref}, &opened); err != nil {
			return nil, err
		}
		if opened <= at.UnixMilli() {
			before = append(before, ref)
		}
	}
	return before, nil
}

// reapply erases what the list has and this database does not know: a backup that was put in its place, an erasure that
// a kill came between. It comes before the writer is started.
func (d *DB) reapply(ctx context.Context) error {
	known, err := d.tx.erasuresKnown()
	if err != nil {
		return err
	}
	lines, _, err := d.ring.erasedLines()
	if err != nil {
		return err
	}
	if len(lines) > known {
		jobs := []job{{do: (*tx).eraseUnknown}}
		d.tx.careful = true
		if err := errors.Join(d.tx.together(jobs), jobs[0].failed); err != nil {
			return err
		}
	}
	after, err := d.uncleanAfter(ctx)
	if err != nil || after == 0 || d.emptyLog(ctx) != nil {
		return err // a log that cannot be emptied now is Retain's
	}
	return d.tx.cleaned(after)
}

func (t *tx) eraseUnknown() error {
	known, err := t.erasuresKnown() // again: now nobody else writes
	if err != nil {
		return err
	}
	entries, listed, err := t.db.ring.erasures(known)
	if err != nil || listed <= known {
		return err
	}
	if err := t.eraseListed(entries); err != nil {
		return err
	}
	return t.setErasures(listed)
}

// Erasure is what the list tells of one: nobody's name.
type Erasure struct {
	Kind   string // contact, member
	At     time.Time
	Who    string
	Reason string
}

// Erasures gives the list of erasures, oldest first. A contact that was several is there several times. Error: ErrKeys
// where a line does not open.
func (d *DB) Erasures() (all []Erasure, err error) {
	entries, _, err := d.ring.erasures(0)
	for _, e := range entries {
		all = append(all, Erasure{e.Kind, e.At, e.Who, e.Reason})
	}
	return all, err
}
