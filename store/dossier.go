package store

import (
	"cmp"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"sapa/dialog"
	"sapa/dialog/desk"
	"sapa/dialog/jkn"
)

// dossier is all that is kept about a contact, or about whom tickets are about. The words that officers wrote for each
// other are not in it.
type dossier struct {
	Organisation string        `json:"organisation,omitempty"`
	At           time.Time     `json:"at"`
	Since        time.Time     `json:"since,omitzero"` // the first message
	Addresses    []string      `json:"addresses,omitempty"`
	Number       string        `json:"number,omitempty"` // by which somebody was looked for
	Register     []jkn.Member  `json:"register,omitempty"`
	Consents     []agreed      `json:"consents,omitempty"`
	Tickets      []keptTicket  `json:"tickets,omitempty"`
	Drafts       []keptDraft   `json:"drafts,omitempty"`
	Documents    []keptFile    `json:"documents,omitempty"` // of no ticket
	Visits       []keptVisit   `json:"visits,omitempty"`
	Messages     []keptMessage `json:"messages,omitempty"`
}

type agreed struct {
	At      time.Time `json:"at"`
	Version string    `json:"version"`
	Text    string    `json:"text"`
}

type keptTicket struct {
	Ref       string        `json:"ref"`
	Service   string        `json:"service"`
	Title     string        `json:"title"`
	Stage     string        `json:"stage"`
	Status    desk.Status   `json:"status"`
	Opened    time.Time     `json:"opened_at"`
	Promised  time.Time     `json:"promised_at,omitzero"`
	Ended     time.Time     `json:"ended_at,omitzero"`
	Until     time.Time     `json:"kept_until,omitzero"`           // its answers and words; zero: it is open
	DocsUntil time.Time     `json:"documents_kept_until,omitzero"` // its documents; the same
	Answers   []keptAnswer  `json:"answers,omitempty"`
	Documents []keptFile    `json:"documents,omitempty"`
	History   []keptEvent   `json:"history,omitempty"`
	Payments  []keptPayment `json:"payments,omitempty"`
}

type keptAnswer struct {
	Field string `json:"field"`
	Label string `json:"label"`
	Value string `json:"value"`
	Shown string `json:"shown"`
}

type keptFile struct {
	Label  string    `json:"label,omitempty"`
	Name   string    `json:"name"`
	MIME   string    `json:"mime"`
	Bytes  int       `json:"bytes"`
	SHA256 string    `json:"sha256,omitempty"`
	Status string    `json:"status"`
	At     time.Time `json:"at"`

	id, line string
}

type keptEvent struct {
	At    time.Time `json:"at"`
	What  string    `json:"what"`
	Label string    `json:"label,omitempty"` // of the field it was about, or the stage that was decided on
	Text  string    `json:"text,omitempty"`
}

type keptPayment struct {
	Account   string    `json:"virtual_account"`
	Amount    int64     `json:"amount"` // rupiah
	At        time.Time `json:"paid_at"`
	Reference string    `json:"reference"`
}

type keptDraft struct {
	Service string       `json:"service"`
	Title   string       `json:"title"`
	Answers []keptAnswer `json:"answers"`
}

type keptVisit struct {
	Code    string    `json:"code"`
	Name    string    `json:"name"`
	At      time.Time `json:"at"`
	Place   string    `json:"place"`
	Purpose string    `json:"purpose"`
}

type keptMessage struct {
	At   time.Time `json:"at"`
	Line string    `json:"line"`
	Ours bool      `json:"ours,omitempty"` // we wrote it
	Text string    `json:"text,omitempty"`
	File string    `json:"file,omitempty"` // its name
}

// clerking collects a dossier in one language.
type clerking struct {
	*tx
	lang string
	now  time.Time
}

// ofContact collects what is kept of a contact.
func (c clerking) ofContact(key *contactKey) (d dossier, err error) {
	d = dossier{Organisation: c.db.opts.Organisation, At: c.now}
	for _, step := range []func() error{
		func() error { return c.person(&d, key) },
		func() error { return c.agreed(&d, key.contact) },
		func() error { return c.tickets(&d, "WHERE t.contact = ?", key.contact) },
		func() error { return c.drafts(&d, key) },
		func() error { return c.loose(&d, key) },
		func() error { return c.visits(&d, key.contact) },
		func() error { return c.messages(&d, key) },
	} {
		if err := step(); err != nil {
			return d, err
		}
	}
	return d, nil
}

func (c clerking) person(d *dossier, key *contactKey) (err error) {
	since, err := collect(c.query, "SELECT created_ms FROM contacts WHERE id = ?", []any{key.contact}, scanID)
	if err != nil || len(since) == 0 {
		return err
	}
	d.Since = c.office(since[0])
	all, err := addressesOf(c.query, key)
	for _, a := range all {
		if !slices.Contains(all, "+"+a) && a != "" { // the same number in its international form
			d.Addresses = append(d.Addresses, a)
		}
	}
	return err
}

// office is a time at the national desk.
func (c clerking) office(ms int64) time.Time { return inZone(ms, officeZone) }

func (c clerking) agreed(d *dossier, contact int64) (err error) {
	d.Consents, err = collect(c.query, "SELECT at_ms, version, text FROM consents WHERE contact = ? ORDER BY id", []any{contact},
		func(rows *sql.Rows) (a agreed, err error) {
			var at int64
			err = rows.Scan(&at, &a.Version, &a.Text)
			a.At = c.office(at)
			return a, err
		})
	return err
}

func (c clerking) tickets(d *dossier, where string, args ...any) error {
	found, err := collect(c.query, ticketColumns+ticketJoins+where+" ORDER BY t.opened_ms, t.rowid", args, scanTicket)
	for _, f := range found {
		t, err := c.ticket(f)
		if err != nil {
			return err
		}
		d.Tickets = append(d.Tickets, t)
	}
	return err
}

// ticket collects a ticket. Of one whose subject was erased there is only what its row tells.
func (c clerking) ticket(f file) (keptTicket, error) {
	t := keptTicket{
		Ref: f.Ref, Service: f.Service, Title: f.Service, Stage: f.Stage, Status: f.Status,
		Opened: f.OpenedAt, Promised: f.PromisedAt, Ended: f.EndedAt,
	}
	if keep := c.db.opts.Keep; keep.Tickets > 0 && !f.EndedAt.IsZero() {
		t.Until, t.DocsUntil = f.EndedAt.Add(keep.Tickets), f.EndedAt.Add(min(keep.Tickets, keep.Documents))
	}
	if p, err := c.pipeline(f.Service); err == nil {
		t.Title = p.Title[c.lang]
	}
	t.Stage = c.stage(f.Service, f.Stage)
	err := c.contents(&t)
	if errors.Is(err, ErrSealed) {
		t.Answers, t.Documents, t.History, err = nil, nil, nil, nil
	}
	return t, err
}

// stage is what a stage is called.
func (c clerking) stage(service, name string) string {
	if p, err := c.pipeline(service); err == nil {
		if stage, ok := p.Stage(name); ok {
			return stage.Title[c.lang]
		}
	}
	return name
}

// contents collects what was given and said.
func (c clerking) contents(t *keptTicket) error {
	f, err := c.db.ring.find(c.query, t.Ref)
	if err != nil {
		return err
	}
	documents, err := c.db.ring.documents(c.query, t.Ref)
	if err != nil {
		return err
	}
	for _, doc := range documents {
		shown := c.show(t.Service, doc.Field, doc.ID)
		t.Documents = append(t.Documents, keptFile{
			Label: shown.Label, Name: doc.Name, MIME: doc.MIME, Bytes: doc.Bytes, SHA256: doc.SHA256, Status: doc.Status,
			At: doc.At.In(t.Opened.Location()), id: doc.ID,
		})
	}
	answers, err := c.db.ring.answers(c.query, f)
	if err != nil {
		return err
	}
	for _, a := range answers {
		isDocument := slices.ContainsFunc(documents, func(doc Document) bool { return doc.ID == a.Value })
		if !isDocument && a.Value != "" {
			t.Answers = append(t.Answers, c.answer(t.Service, a.Field, a.Value))
		}
	}
	c.sort(t.Service, t.Answers)
	if t.Payments, err = c.payments(t.Ref); err != nil {
		return err
	}
	return c.history(t)
}

// toldEvents are those of a ticket's history that are the member's to know, with whether their words are.
var toldEvents = map[string]bool{
	desk.EventOpened: false, desk.EventDecided: true, desk.EventSaid: true, desk.EventHeard: true, desk.EventAsked: true,
	desk.EventAnswered: true, desk.EventAdded: true, desk.EventClosed: true, desk.EventCancelled: true, desk.EventExpired: false,
	desk.EventReopened: true, desk.EventRated: true, desk.EventPaymentSettled: false,
	"ticket.seen": false, "subject.seen": false, "documents.saved": false, EventErased: false, contactGone: false,
}

func (c clerking) history(t *keptTicket) error {
	all, err := c.db.ring.history(c.query, t.Ref)
	for _, a := range all {
		words, told := toldEvents[a.What]
		if !told {
			continue
		}
		e := keptEvent{At: a.At.In(t.Opened.Location()), What: a.What}
		switch {
		case a.Field != "":
			e.Label = c.show(t.Service, a.Field, "").Label
		case a.What == desk.EventDecided:
			e.Label = c.stage(t.Service, a.Stage)
		}
		if words {
			e.Text = a.Text
		}
		t.History = append(t.History, e)
	}
	return err
}

func (c clerking) payments(ref string) (out []keptPayment, err error) {
	all, err := collect(c.query, `SELECT reference_hash, state, coalesce(ticket, ''), at_ms, wrapped, sealed_payment
		FROM payments WHERE ticket = ? ORDER BY at_ms, reference_hash`, []any{ref}, c.db.ring.scanPayment)
	for _, p := range all {
		out = append(out, keptPayment{string(p.Account), p.Amount, p.PaidAt, p.Reference})
	}
	return out, err
}

// show words a value as the flows do; without flows it is as it is kept.
func (c clerking) show(service, field, value string) dialog.Shown {
	if c.db.opts.Show == nil {
		return dialog.Shown{Label: field, Text: value}
	}
	return c.db.opts.Show(service, field, value, c.lang)
}

func (c clerking) answer(service, field, value string) keptAnswer {
	shown := c.show(service, field, value)
	return keptAnswer{Field: field, Label: cmp.Or(shown.Label, field), Value: value, Shown: shown.Text}
}

// sort puts answers in the order of their form; what it does not ask comes last.
func (c clerking) sort(service string, answers []keptAnswer) {
	var fields []string
	if c.db.opts.Fields != nil {
		fields = c.db.opts.Fields(service)
	}
	place := func(a keptAnswer) int {
		if i := slices.Index(fields, a.Field); i >= 0 {
			return i
		}
		return len(fields)
	}
	slices.SortFunc(answers, func(a, b keptAnswer) int {
		return cmp.Or(place(a)-place(b), cmp.Compare(a.Field, b.Field))
	})
}

func (c clerking) drafts(d *dossier, key *contactKey) error {
	sessions, err := c.db.ring.sessions(c.query, key)
	if err != nil {
		return err
	}
	for _, draft := range c.db.unfinished(sessions) {
		kept := keptDraft{Service: draft.Flow, Title: draft.Flow}
		if p, err := c.pipeline(draft.Flow); err == nil {
			kept.Title = p.Title[c.lang]
		}
		for field, a := range draft.Answers {
			if a.Value != "" {
				kept.Answers = append(kept.Answers, c.answer(draft.Flow, field, a.Value))
			}
		}
		c.sort(draft.Flow, kept.Answers)
		d.Drafts = append(d.Drafts, kept)
	}
	return nil
}

// loose collects the documents that no ticket has taken.
func (c clerking) loose(d *dossier, key *contactKey) (err error) {
	d.Documents, err = collect(c.query, `SELECT message_id, line, mime, bytes, sha256, at_ms, sealed_media FROM documents
		WHERE contact = ? AND ticket IS NULL AND state = 'ready' ORDER BY id`, []any{key.contact},
		func(rows *sql.Rows) (f keptFile, err error) {
			var at int64
			var sealed []byte
			if err := rows.Scan(&f.id, &f.line, &f.MIME, &f.Bytes, &f.SHA256, &at, &sealed); err != nil {
				return f, err
			}
			f.At, f.Status = c.office(at), "ready"
			plain, err := key.open(mediaPlace(key.contact, f.line, f.id), sealed)
			if err != nil {
				return f, err
			}
			var media dialog.Media
			if json.Unmarshal(plain, &media) != nil {
				return f, fmt.Errorf("%w: media of contact %d", ErrSealed, key.contact)
			}
			f.Name = media.Name
			return f, nil
		})
	return err
}

func (c clerking) visits(d *dossier, contact int64) error {
	all, err := collect(c.query, bookings+"WHERE t.contact = ? ORDER BY t.at_ms, t.code", []any{contact}, c.db.ring.scanBooking)
	for _, b := range all {
		d.Visits = append(d.Visits, keptVisit{b.Code, b.Name, b.At, b.Place, jkn.ShowPurpose(b.Purpose, c.lang)})
	}
	return err
}

// messages collects the words that are still kept, to and from the contact.
func (c clerking) messages(d *dossier, key *contactKey) error {
	theirs, err := collect(c.query, `SELECT at_ms, line, message_id, sealed_input FROM inbox
		WHERE contact = ? AND kind = 'message' AND length(sealed_input) > 0 ORDER BY seq`, []any{key.contact},
		func(rows *sql.Rows) (m keptMessage, err error) {
			var at int64
			var id string
			var sealed []byte
			if err := rows.Scan(&at, &m.Line, &id, &sealed); err != nil {
				return m, err
			}
			m.At = c.office(at)
			plain, err := key.open(inboxPlace(key.contact, m.Line, id), sealed)
			if err != nil {
				return m, err
			}
			var in dialog.Input
			if json.Unmarshal(plain, &in) != nil {
				return m, fmt.Errorf("%w: a message of contact %d", ErrSealed, key.contact)
			}
			if m.Text = in.Text; in.Media != nil {
				m.File = cmp.Or(in.Media.Name, in.Media.MIME, in.ID)
			}
			return m, nil
		})
	if err != nil {
		return err
	}
	ours, err := collect(c.query, outboxColumns+"WHERE o.contact = ? AND length(o.sealed_body) > 0 ORDER BY o.seq",
		[]any{key.contact}, c.db.scanOutbound)
	d.Messages = theirs
	for _, o := range ours {
		m := keptMessage{At: o.At.In(location(officeZone)), Line: o.Line, Ours: true, Text: o.Text}
		if o.File != nil {
			m.File = o.File.Name
		}
		d.Messages = append(d.Messages, m)
	}
	slices.SortStableFunc(d.Messages, func(a, b keptMessage) int { return a.At.Compare(b.At) })
	return err
}
