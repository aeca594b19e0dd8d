package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"sapa/dialog"
	"sapa/dialog/desk"
)

// fetch notes a document that is to be fetched.
func (v *visit) fetch(e dialog.FetchDocument, in dialog.Input) error {
	sealed, err := v.sealMedia(e.ID, e.Media)
	if err != nil {
		return err
	}
	err = v.run(`INSERT INTO documents
		(contact, line, message_id, transport, address, field, state, mime, bytes, sha256, problem, at_ms, sealed_media)
		VALUES (?, ?, ?, ?, ?, ?, 'fetching', ?, ?, '', '', ?, ?)
		ON CONFLICT (contact, line, message_id) DO UPDATE SET state = 'fetching', field = excluded.field`,
		v.who, v.line, e.ID, v.transport, v.hash, e.Field, e.Media.MIME, e.Media.Bytes,
		in.At.UnixMilli(), sealed)
	if err != nil {
		return err
	}
	v.rec.Fetch = &dialog.Fetch{
		FetchDocument: e, Line: v.line, Transport: v.transport, From: v.address, Contact: v.who, At: in.At,
	}
	return nil
}

func (v *visit) sealMedia(id string, m dialog.Media) ([]byte, error) {
	plain, err := json.Marshal(m)
	if err != nil {
		return nil, fmt.Errorf("media of %s: %w", id, err)
	}
	return v.key.seal(mediaPlace(v.who, v.line, id), plain)
}

// fetching reports whether the document that a result is about is still awaited.
func (v *visit) fetching(in dialog.Input) (bool, error) {
	if in.Document == nil {
		return false, fmt.Errorf("input of kind %s without a document", in.Kind)
	}
	var state string
	err := v.get("SELECT state FROM documents WHERE contact = ? AND line = ? AND message_id = ?",
		[]any{v.who, v.line, in.Document.ID}, &state)
	if none(err) {
		return false, nil
	}
	return state == "fetching", err
}

// takeDocument stores a document's result: its body, sealed, or why there is none.
func (v *visit) takeDocument(in dialog.Input) error {
	switch in.Kind {
	case dialog.DocumentReady:
		return v.storeBody(*in.Document)
	case dialog.DocumentBad, dialog.DocumentLost:
		state, problem := "bad", ""
		if in.Kind == dialog.DocumentLost {
			state = "lost"
		}
		if in.Document.Problem != nil {
			problem = in.Document.Problem.Code
		}
		return v.run("UPDATE documents SET state = ?, problem = ? WHERE contact = ? AND line = ? AND message_id = ?",
			state, problem, v.who, v.line, in.Document.ID)
	case dialog.Message, dialog.TimerDue, dialog.TicketEvent:
	}
	return nil
}

func (v *visit) storeBody(doc dialog.Document) error {
	media, err := v.sealMedia(doc.ID, dialog.Media{Name: doc.Name, MIME: doc.MIME, Bytes: int64(doc.Bytes)})
	if err != nil {
		return err
	}
	key, err := makeDocumentKey(v.key, v.line, doc.ID)
	if err != nil {
		return err
	}
	body, err := key.seal(ownBodyPlace(v.line, doc.ID), doc.Body)
	if err != nil {
		return err
	}
	var id int64
	err = v.get(`UPDATE documents SET state = 'ready', mime = ?, bytes = ?, sha256 = ?, sealed_media = ?, wrapped = ?
		WHERE contact = ? AND line = ? AND message_id = ? RETURNING id`,
		[]any{doc.MIME, doc.Bytes, doc.SHA256, media, key.wrapped, v.who, v.line, doc.ID}, &id)
	if err != nil {
		return err
	}
	return v.run("INSERT OR REPLACE INTO document_bodies (document, sealed_body) VALUES (?, ?)", id, body)
}

const fetches = `
SELECT d.message_id, d.field, d.line, d.transport, d.contact, d.at_ms, d.tries, d.sealed_media,
       a.hash, a.sealed_address, k.wrapped
FROM documents d JOIN addresses a ON a.hash = d.address JOIN keys k ON k.contact = d.contact
WHERE d.state = 'fetching' AND d.transport = ? ORDER BY d.id`

// Fetches gives the documents that were asked for and are not here yet, oldest first: what a restart fetches again.
func (d *DB) Fetches(ctx context.Context, transport string) ([]dialog.Fetch, error) {
	return read(ctx, d, fetches, []any{transport}, func(rows *sql.Rows) (f dialog.Fetch, err error) {
		var at int64
		var media, hash, address, wrapped []byte
		err = rows.Scan(&f.ID, &f.Field, &f.Line, &f.Transport, &f.Contact, &at, &f.Tries, &media, &hash, &address, &wrapped)
		if err != nil {
			return f, err
		}
		f.At = time.UnixMilli(at).UTC()
		if f.From, err = d.ring.address(f.Contact, wrapped, hash, address); err != nil {
			return f, err
		}
		f.Media, err = d.ring.media(f.Contact, wrapped, f.Line, f.ID, media)
		return f, err
	})
}

func (r *ring) media(contact int64, wrapped []byte, line, id string, sealed []byte) (m dialog.Media, err error) {
	if len(sealed) == 0 { // deleted when its time was over
		return m, nil
	}
	key, err := r.unwrap(contact, wrapped)
	if err != nil {
		return m, err
	}
	plain, err := key.open(mediaPlace(contact, line, id), sealed)
	if err != nil {
		return m, err
	}
	if json.Unmarshal(plain, &m) != nil {
		return m, fmt.Errorf("%w: media of contact %d", ErrSealed, contact)
	}
	return m, nil
}

// Document is a file of a ticket, without its body.
type Document struct {
	ID     string // of the message that brought it: the answer's value
	Field  string
	Name   string // as the sender's device called it
	MIME   string // by its bytes
	Bytes  int
	SHA256 string // of the body, in hex
	Status string // ready, bad, lost, fetching; deleted when its time was over
	At     time.Time
}

const documentsOf = `
SELECT d.message_id, d.field, d.mime, d.bytes, d.sha256, CASE d.problem WHEN 'deleted' THEN d.problem ELSE d.state END,
       d.at_ms, d.sealed_media, d.contact, d.line, k.wrapped
FROM documents d LEFT JOIN keys k ON k.contact = d.contact WHERE d.ticket = ? ORDER BY d.id`

// Documents gives a ticket's files, oldest first; a field asked for again has several.
func (d *DB) Documents(ctx context.Context, ref string) ([]Document, error) {
	documents, err := d.ring.documents(d.reading(ctx), ref)
	return documents, explain(err)
}

func (r *ring) documents(query queryFunc, ref string) ([]Document, error) {
	return collect(query, documentsOf, []any{ref}, func(rows *sql.Rows) (doc Document, err error) {
		var at, contact int64
		var line string
		var media, wrapped []byte
		err = rows.Scan(&doc.ID, &doc.Field, &doc.MIME, &doc.Bytes, &doc.SHA256, &doc.Status, &at, &media, &contact, &line, &wrapped)
		if err != nil {
			return doc, err
		}
		doc.At = time.UnixMilli(at).UTC()
		m, err := r.media(contact, wrapped, line, doc.ID, media)
		doc.Name = m.Name
		return doc, err
	})
}

// DocumentBody gives the bytes of a ticket's file. Whoever hands them out records it first: RecordSeen. Errors:
// ErrNoTicket where the ticket has no such file, ErrSealed.
func (d *DB) DocumentBody(ctx context.Context, ref, id string) ([]byte, error) {
	body, err := d.ring.documentBody(d.reading(ctx), ref, id)
	return body, explain(err)
}

func (r *ring) documentBody(query queryFunc, ref, id string) ([]byte, error) {
	keys, err := r.ticketKeys(query, ref)
	if err != nil {
		return nil, err
	}
	bodies, err := collect(query, `SELECT d.line, d.wrapped, b.sealed_body
		FROM documents d JOIN document_bodies b ON b.document = d.id
		WHERE d.ticket = ? AND d.message_id = ?`, []any{ref, id}, func(rows *sql.Rows) ([]byte, error) {
		var line string
		var wrapped, sealed []byte
		if err := rows.Scan(&line, &wrapped, &sealed); err != nil {
			return nil, err
		}
		return keys.openBody(line, id, wrapped, sealed)
	})
	if err == nil && len(bodies) == 0 {
		err = fmt.Errorf("document of %s: %w", ref, ErrNoTicket)
	}
	if err != nil {
		return nil, err
	}
	return bodies[0], nil
}

// A document's body has a data key of its own, under the contact's or, once a ticket has the document, under the
// ticket's: handing it in wraps 32 bytes anew, not megabytes. A body from before schema 4 is sealed under the contact's.

func makeDocumentKey(holder *contactKey, line, id string) (rowKey, error) {
	plain, err := newDataKey()
	if err != nil {
		return rowKey{}, err
	}
	wrapped, err := holder.seal(documentKeyPlace(line, id), plain)
	if err != nil {
		return rowKey{}, err
	}
	return newRowKey(wrapped, plain)
}

// openBody opens the body of a document of the ticket, or, with the keys of no ticket, of one that is the contact's still.
func (k ticketKeys) openBody(line, id string, wrapped, sealed []byte) ([]byte, error) {
	if wrapped == nil {
		if k.contact == nil {
			return nil, fmt.Errorf("%w: a document", ErrErased)
		}
		return k.contact.open(bodyPlace(k.contact.contact, line, id), sealed)
	}
	plain, err := k.key().open(documentKeyPlace(line, id), wrapped)
	if err != nil {
		return nil, err
	}
	key, err := newRowKey(wrapped, plain)
	if err != nil {
		return nil, err
	}
	return key.open(ownBodyPlace(line, id), sealed)
}

// handover is the key of a document that changes hands.
type handover struct {
	id      int64
	line    string
	message string
	wrapped []byte
}

func scanHandover(rows *sql.Rows) (h handover, err error) {
	return h, rows.Scan(&h.id, &h.line, &h.message, &h.wrapped)
}

// handIn gives a ticket the document that a value of it names, should it name one. The field changes too: a document may
// have come before its question.
func (t *tx) handIn(f file, ticket desk.Ticket, field, value string) error {
	taken, err := collect(t.query, `UPDATE documents SET ticket = ?, field = ?
		WHERE contact = ? AND line = ? AND message_id = ? AND ticket IS NULL RETURNING id, line, message_id, wrapped`,
		[]any{ticket.Ref, field, ticket.Contact, ticket.Line, value}, scanHandover)
	if err != nil || f.key == f.contact {
		return err
	}
	for _, h := range taken {
		if err := t.passOn(h, f.contact, f.key); err != nil {
			return err
		}
	}
	return nil
}

// passOn wraps a document's key anew for its next holder. One from before schema 4 has none.
func (t *tx) passOn(h handover, from, to *contactKey) error {
	if h.wrapped == nil {
		return nil
	}
	row := documentKeyPlace(h.line, h.message)
	plain, err := from.open(row, h.wrapped)
	if err != nil {
		return err
	}
	wrapped, err := to.seal(row, plain)
	if err != nil {
		return err
	}
	return t.run("UPDATE documents SET wrapped = ? WHERE id = ?", wrapped, h.id)
}
