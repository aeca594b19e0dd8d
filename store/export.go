package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"sapa/dialog"
)

// Whom says whose data is asked for: a contact's, by an address of theirs, or a member's, by card, NIK or passport
// number, in whosever tickets it is.
type Whom struct{ Address, Number string }

// Export is what is kept about somebody, for them to have: UU 27/2022 art. 7 gives them the right to a copy.
type Export struct {
	Text      string        // as a layman reads it
	JSON      []byte        // the same for machines, indented
	Documents []dialog.File // those that are kept, under names of ours: what a sender called a file may be a path
	Tickets   []string      // references of those it tells of
}

// Export collects all that is kept about somebody, in Indonesian or English, at a time. Whoever takes it records that
// first. A contact gets what is under their key; a member their row of the register and what tickets hold about them, but
// nothing of the contacts who opened those. Errors: ErrNoContact, ErrNoMember.
func (d *DB) Export(ctx context.Context, of Whom, lang string, at time.Time) (Export, error) {
	var older []string
	if of.Address == "" {
		var err error
		if older, err = d.olderTickets(ctx, of.Number); err != nil {
			return Export{}, explain(err)
		}
	}
	var e Export
	err := d.peek(ctx, func(t *tx) (err error) {
		e, err = clerking{tx: t, lang: lang, now: at.In(location(officeZone))}.export(of, older)
		return err
	})
	return e, err
}

func (c clerking) export(of Whom, older []string) (e Export, err error) {
	var about dossier
	var key *contactKey
	if of.Address != "" {
		if key, err = c.contactAt(of.Address); err == nil {
			about, err = c.ofContact(key)
		}
	} else {
		about, err = c.ofSubject(of.Number, older)
	}
	if err != nil {
		return e, err
	}
	e.Text = c.text(about)
	if e.JSON, err = json.MarshalIndent(about, "", "  "); err != nil {
		return e, fmt.Errorf("export: %w", err)
	}
	for _, t := range about.Tickets {
		e.Tickets = append(e.Tickets, t.Ref)
	}
	e.Documents, err = c.files(about, key)
	return e, err
}

// contactAt finds the contact of an address, in whatever form it is written. Error: ErrNoContact.
func (c clerking) contactAt(address string) (*contactKey, error) {
	for _, form := range []string{address, "+" + address} {
		hash, err := c.db.ring.hash("address", form)
		if err != nil {
			return nil, err
		}
		keys, err := collect(c.query, findContact, []any{hash}, c.db.ring.scanContact)
		if err != nil || len(keys) > 0 {
			return slices.Concat(keys, []*contactKey{nil})[0], err
		}
	}
	return nil, ErrNoContact
}

// scanContact reads a row of findContact.
func (r *ring) scanContact(rows *sql.Rows) (*contactKey, error) {
	var who, seen int64
	var wrapped []byte
	var doubt string
	if err := rows.Scan(&who, &wrapped, &seen, &doubt); err != nil {
		return nil, err
	}
	return r.unwrap(who, wrapped)
}

// ofSubject collects what is kept about whom a number names; older are the tickets about them from before subjects were
// kept.
func (c clerking) ofSubject(number string, older []string) (d dossier, err error) {
	d = dossier{Organisation: c.db.opts.Organisation, At: c.now, Number: number}
	who, err := c.db.ring.identity(c.query, number)
	if err != nil {
		return d, err
	}
	d.Register = memberRecords(who.members, c.now)
	ids, err := subjects(c.query, who.hashes)
	if err != nil {
		return d, err
	}
	for _, id := range ids {
		if err := c.tickets(&d, "WHERE t.subject = ?", id); err != nil {
			return d, err
		}
	}
	for _, ref := range older {
		if err := c.tickets(&d, "WHERE t.ref = ?", ref); err != nil {
			return d, err
		}
	}
	if len(d.Register)+len(d.Tickets) == 0 {
		return d, ErrNoMember
	}
	return d, nil
}

// files opens the documents that a dossier tells of; key is the contact's, for those of no ticket.
func (c clerking) files(about dossier, key *contactKey) (files []dialog.File, err error) {
	add := func(f keptFile, name string, body func() ([]byte, error)) error {
		if f.Status != "ready" {
			return nil
		}
		data, err := body()
		files = append(files, dialog.File{Name: name + endings[f.MIME], MIME: f.MIME, Body: data})
		return err
	}
	for _, t := range about.Tickets {
		for i, f := range t.Documents {
			name := fmt.Sprintf("%s-%d", t.Ref, i+1)
			err := add(f, name, func() ([]byte, error) { return c.db.ring.documentBody(c.query, t.Ref, f.id) })
			if err != nil {
				return nil, err
			}
		}
	}
	for i, f := range about.Documents {
		err := add(f, fmt.Sprintf("berkas-%d", i+1), func() ([]byte, error) { return c.looseBody(f, key) })
		if err != nil {
			return nil, err
		}
	}
	return files, nil
}

// looseBody opens a document that no ticket has taken.
func (c clerking) looseBody(f keptFile, key *contactKey) ([]byte, error) {
	bodies, err := collect(c.query, `SELECT d.wrapped, b.sealed_body FROM documents d JOIN document_bodies b ON b.document = d.id
		WHERE d.contact = ? AND d.line = ? AND d.message_id = ?`, []any{key.contact, f.line, f.id},
		func(rows *sql.Rows) ([]byte, error) {
			var wrapped, sealed []byte
			if err := rows.Scan(&wrapped, &sealed); err != nil {
				return nil, err
			}
			return ticketKeys{contact: key}.openBody(f.line, f.id, wrapped, sealed)
		})
	return slices.Concat(bodies...), err
}

// endings are what files of ours are called by their type.
var endings = map[string]string{
	"image/jpeg": ".jpg", "image/png": ".png", "image/webp": ".webp", "application/pdf": ".pdf", "text/csv": ".csv",
}

// exportMIME is a text file in UTF-8, as every phone opens it.
const exportMIME = "text/plain; charset=utf-8"

// answerExport sends the contact a file with all that is kept of them. Where there is a birth date to ask for, it has to
// be right.
func (v *visit) answerExport(args dialog.Record, in dialog.Input) (*dialog.Result, error) {
	known, err := v.birthDates()
	if err != nil {
		return nil, err
	}
	ok, blocked := true, false
	if len(known) > 0 {
		if ok, blocked, err = v.prove(args["birth_date"], "", in.At); err != nil {
			return nil, err
		}
	}
	facts := dialog.Record{"ok": truth(ok), "blocked": truth(blocked), "name": ""}
	if !ok {
		return &dialog.Result{Facts: facts}, nil
	}
	now := in.At.In(location(officeZone))
	c := clerking{tx: v.tx, lang: v.session.Lang, now: now}
	about, err := c.ofContact(v.key)
	if err != nil {
		return nil, err
	}
	facts["name"] = "data-saya-" + now.Format(time.DateOnly) + ".txt"
	file := &dialog.File{Name: facts["name"], MIME: exportMIME, Body: []byte(c.text(about))}
	return &dialog.Result{Facts: facts}, v.post(dialog.Outbound{Text: wordsOf(c.lang).title, File: file, Weight: dialog.Keep}, in)
}
