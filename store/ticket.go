package store

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"sapa/dialog/desk"
	"sapa/dialog/jkn"
	"sapa/dialog/worktime"
)

// officeZone is where a ticket is worked whose regency is not known: the national desk.
const officeZone = "WIB"

// The states of an answer. "asked" is being asked for again, "renewed" came after that, "set" came from an officer.
const (
	given   = "given"
	asked   = "asked"
	renewed = "renewed"
	set     = "set"
)

// file is a ticket as it is stored, with what its values are sealed under.
type file struct {
	desk.Ticket
	zone   string
	branch string // name of the branch, for people
	sample bool   // the branch is a made-up one

	contact *contactKey   // of the contact; nil: they were erased
	key     *contactKey   // of the ticket's values
	wrapped []byte        // the ticket's own key, for a new one
	subject sql.NullInt64 // whom a new one is about
}

const (
	ticketColumns = `
SELECT t.ref, t.rev, t.service, t.stage, t.status, t.line, t.contact, t.branch, t.zone, t.officer, t.asked, t.sample,
       t.opened_ms, coalesce(t.promised_ms, 0), t.regency, t.company, t.taken, t.decided_by, t.overdue,
       coalesce(t.ended_ms, 0), t.rating, coalesce(b.name, '')
FROM tickets t`
	ticketJoins = " LEFT JOIN branches b ON b.code = t.branch "
)

func scanTicket(rows *sql.Rows) (f file, err error) {
	var opened, promised, ended int64
	var asked string
	err = rows.Scan(&f.Ref, &f.Rev, &f.Service, &f.Stage, &f.Status, &f.Line, &f.Contact, &f.Branch, &f.zone, &f.Officer,
		&asked, &f.sample, &opened, &promised, &f.Regency, &f.Company, &f.Taken, &f.DecidedBy, &f.Overdue, &ended, &f.Rating,
		&f.branch)
	f.Asked = strings.Fields(asked)
	f.OpenedAt, f.PromisedAt, f.EndedAt = inZone(opened, f.zone), inZone(promised, f.zone), inZone(ended, f.zone)
	return f, err
}

func inZone(ms int64, zone string) time.Time {
	at := fromMillis(ms)
	if at.IsZero() {
		return at
	}
	return at.In(location(zone))
}

func location(zone string) *time.Location {
	loc, err := worktime.Zone(cmp.Or(zone, officeZone))
	if err != nil {
		return time.UTC // an unknown zone in the table: still the right instant
	}
	return loc
}

// find reads a ticket without its values. One whose contact was erased has no keys.
func (r *ring) find(query queryFunc, ref string) (f file, err error) {
	files, err := collect(query, ticketColumns+ticketJoins+"WHERE t.ref = ?", []any{ref}, scanTicket)
	switch {
	case err != nil:
		return f, err
	case len(files) == 0:
		return f, fmt.Errorf("%w (%s)", ErrNoTicket, ref)
	}
	f = files[0]
	keys, err := r.ticketKeys(query, ref)
	f.contact, f.key = keys.contact, keys.key()
	return f, err
}

// load reads a ticket with its values.
func (r *ring) load(query queryFunc, ref string) (file, error) {
	f, err := r.find(query, ref)
	if err != nil {
		return f, err
	}
	answers, err := r.answers(query, f)
	f.Values = make(map[string]string, len(answers))
	for _, a := range answers {
		f.Values[a.Field] = a.Value
	}
	return f, err
}

// Answer is one value of a ticket.
type Answer struct {
	Field  string
	Value  string // canonical; a document's is the ID of the message that brought it
	Status string // given, asked (again), renewed, set (by an officer)
}

func (r *ring) answers(query queryFunc, f file) ([]Answer, error) {
	const text = "SELECT field, status, sealed_value FROM answers WHERE ticket = ? ORDER BY rowid"
	return collect(query, text, []any{f.Ref}, func(rows *sql.Rows) (a Answer, err error) {
		var sealed []byte
		if err := rows.Scan(&a.Field, &a.Status, &sealed); err != nil {
			return a, err
		}
		value, err := f.key.open(answerPlace(f.Ref, a.Field), sealed)
		a.Value = string(value)
		return a, err
	})
}

// Ticket gives a ticket with its values; its times are in its office's zone. Error: ErrNoTicket.
func (d *DB) Ticket(ctx context.Context, ref string) (desk.Ticket, error) {
	f, err := d.ring.load(d.reading(ctx), ref)
	return f.Ticket, explain(err)
}

// Answers gives a ticket's values: the form's by name, then what came later. Error: ErrNoTicket.
func (d *DB) Answers(ctx context.Context, ref string) ([]Answer, error) {
	f, err := d.ring.find(d.reading(ctx), ref)
	if err != nil {
		return nil, explain(err)
	}
	answers, err := d.ring.answers(d.reading(ctx), f)
	return answers, explain(err)
}

func (t *tx) pipeline(service string) (*desk.Pipeline, error) {
	if find := t.db.opts.Pipeline; find != nil {
		if p, ok := find(service); ok {
			return p, nil
		}
	}
	return nil, fmt.Errorf("%w (%s)", ErrNoService, service)
}

func (t *tx) calendar(zone string) *worktime.Calendar {
	if t.db.opts.Calendar == nil {
		return nil
	}
	return t.db.opts.Calendar.In(location(zone))
}

// save writes a changed ticket, the values that are new or changed, and the history.
func (t *tx) save(before file, change desk.Change, status string) error {
	after := change.Ticket
	if err := t.update(after, change.Activities); err != nil {
		return err
	}
	if err := t.setTicketTimers(after.Ref, change.Timers); err != nil {
		return err
	}
	if err := t.mark(before.Asked, after.Asked, after.Ref); err != nil {
		return err
	}
	for _, field := range slices.Sorted(maps.Keys(after.Values)) {
		value := after.Values[field]
		old, had := before.Values[field]
		if had && old == value && (status != renewed || !slices.Contains(before.Asked, field)) {
			continue
		}
		if err := t.putAnswer(before, after, field, value, status); err != nil {
			return err
		}
	}
	if before.Stage != after.Stage {
		if err := t.bill(after, change.Activities[0].At); err != nil {
			return err
		}
		if err := t.erasesLater(before.Ticket, change); err != nil {
			return err
		}
	}
	if err := t.meansAnother(before.Ticket, after); err != nil {
		return err
	}
	return t.record(before.key, after, change.Activities)
}

// meansAnother sees to it that a ticket is about whom its number names, should that have changed.
func (t *tx) meansAnother(before, after desk.Ticket) error {
	p, err := t.pipeline(after.Service)
	if err != nil {
		return nil //nolint:nilerr // of a service that has gone from the catalogue: nobody knows which number
	}
	number := numberOf(p, after.Values)
	if number == numberOf(p, before.Values) {
		return nil
	}
	return t.aboutAnother(after.Ref, number)
}

// update writes the row of a ticket, with what statistics count of what was done.
func (t *tx) update(after desk.Ticket, done []desk.Activity) error {
	n := counted(done)
	return t.run(`UPDATE tickets SET rev = ?, stage = ?, status = ?, branch = ?, officer = ?, asked = ?, promised_ms = ?,
		regency = ?, company = ?, taken = ?, decided_by = ?, overdue = ?, ended_ms = ?, rating = ?,
		first_ms = coalesce(first_ms, ?), kept = kept + ?, broken = broken + ? WHERE ref = ?`,
		after.Rev, after.Stage, string(after.Status), after.Branch, after.Officer, strings.Join(after.Asked, " "),
		instant(after.PromisedAt), after.Regency, after.Company, after.Taken, after.DecidedBy, after.Overdue,
		instant(after.EndedAt), after.Rating, instant(n.first), n.kept, n.broken, after.Ref)
}

// counts is what statistics count of a change.
type counts struct {
	first        time.Time // when an officer said or decided something; zero: none did
	kept, broken int       // promises
}

func counted(done []desk.Activity) (n counts) {
	for _, a := range done {
		switch a.What {
		case desk.EventPromiseKept:
			n.kept++
		case desk.EventPromiseBroken:
			n.broken++
		case desk.EventSaid, desk.EventAsked, desk.EventDecided, desk.EventClosed:
			if a.Who != desk.NameMember && a.Who != desk.NamePayment {
				n.first = a.At
			}
		}
	}
	return n
}

// mark keeps the states of answers in step with what the ticket asks for again.
func (t *tx) mark(before, after []string, ref string) error {
	const mark = "UPDATE answers SET status = ? WHERE ticket = ? AND field = ? AND status <> 'set'"
	for _, field := range before {
		if err := t.run(mark, given, ref, field); err != nil {
			return err
		}
	}
	for _, field := range after {
		if err := t.run(mark, asked, ref, field); err != nil {
			return err
		}
	}
	return nil
}

// instant is a time that may be none.
func instant(at time.Time) sql.NullInt64 {
	return sql.NullInt64{Int64: millis(at), Valid: !at.IsZero()}
}

// putAnswer writes a value; where it names a document of the contact, the document becomes the ticket's.
func (t *tx) putAnswer(f file, ticket desk.Ticket, field, value, status string) error {
	sealed, err := f.key.seal(answerPlace(ticket.Ref, field), []byte(value))
	if err != nil {
		return err
	}
	err = t.run(`INSERT INTO answers (ticket, field, status, sealed_value) VALUES (?, ?, ?, ?)
		ON CONFLICT (ticket, field) DO UPDATE SET status = excluded.status, sealed_value = excluded.sealed_value`,
		ticket.Ref, field, status, sealed)
	if err != nil {
		return err
	}
	return t.handIn(f, ticket, field, value)
}

// open writes a new ticket for the contact of this visit.
func (v *visit) open(service string, values map[string]string, now time.Time) (file, error) {
	p, err := v.pipeline(service)
	if err != nil {
		return file{}, err
	}
	regency, err := v.regencyOf(p, values)
	if err != nil {
		return file{}, err
	}
	branch, sample, err := v.branchOf(regency, jkn.BranchOffice)
	if err != nil {
		return file{}, err
	}
	if branch == nil {
		branch = &jkn.Branch{}
	}
	region, _ := jkn.RegionOf(regency)
	f := file{zone: cmp.Or(region.Zone, officeZone), branch: branch.Name, sample: sample, contact: v.key}
	ref, err := v.newRef()
	if err != nil {
		return file{}, err
	}
	if err := v.seal(&f, ref, numberOf(p, values)); err != nil {
		return file{}, err
	}
	t := desk.Ticket{Ref: ref, Line: v.line, Contact: v.who, Branch: branch.Code, Regency: region.Code, Values: values}
	if t.DecidedBy, err = v.makerFor(values[p.Subject.Company]); err != nil {
		return file{}, err
	}
	change := desk.OpenTicket(p, t, now, v.calendar(f.zone))
	f.Ticket = change.Ticket
	if err := v.insert(f, change); err != nil {
		return file{}, err
	}
	err = v.assign(p, f, &change, now)
	f.Ticket = change.Ticket
	return f, err
}

// seal gives a new ticket its key.
func (t *tx) seal(f *file, ref, number string) (err error) {
	f.subject, f.key, err = t.newTicketKey(ref, f.contact, number)
	if err == nil {
		f.wrapped = f.key.wrapped
	}
	return err
}

func (t *tx) insert(f file, change desk.Change) error {
	n := f.Ticket
	err := t.run(`INSERT INTO tickets (ref, rev, service, stage, status, line, contact, branch, zone, officer, asked,
		sample, opened_ms, promised_ms, regency, company, decided_by, ended_ms, subject, wrapped)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		n.Ref, n.Rev, n.Service, n.Stage, string(n.Status), n.Line, n.Contact, n.Branch, f.zone, n.Officer,
		strings.Join(n.Asked, " "), f.sample, n.OpenedAt.UnixMilli(), instant(n.PromisedAt), n.Regency, n.Company,
		n.DecidedBy, instant(n.EndedAt), f.subject, f.wrapped)
	if err != nil {
		return err
	}
	for _, field := range slices.Sorted(maps.Keys(n.Values)) {
		if err := t.putAnswer(f, n, field, n.Values[field], given); err != nil {
			return err
		}
	}
	if err := t.setTicketTimers(n.Ref, change.Timers); err != nil {
		return err
	}
	return t.record(f.key, n, change.Activities)
}

// newRef counts tickets; the count never goes back, so no reference is given twice.
func (t *tx) newRef() (string, error) {
	var n int64
	err := t.get("UPDATE meta SET value = value + 1 WHERE name = 'tickets' RETURNING value", nil, &n)
	if err != nil {
		return "", err
	}
	return desk.NewRef(n), nil
}

// RecordSeen notes in a ticket's history that somebody looked at what is personal of it, and why: what is a stable
// event name such as "documents.saved". The ticket itself does not change. Error: ErrNoTicket.
func (d *DB) RecordSeen(ctx context.Context, ref, who, what, reason string, now time.Time) error {
	return d.do(ctx, func(t *tx) error {
		f, err := t.db.ring.load(t.query, ref)
		if err != nil {
			return err
		}
		return t.recordOne(f.key, f.Ticket, desk.Activity{At: now, Who: who, What: what, Stage: f.Stage, Text: reason})
	})
}

// Language is what the ticket's contact speaks with us on its line: "id", "en"; "" before they chose.
func (d *DB) Language(ctx context.Context, t desk.Ticket) (lang string, err error) {
	var sealed, wrapped []byte
	err = d.reader.QueryRowContext(ctx, `SELECT s.sealed_session, k.wrapped FROM sessions s JOIN keys k USING (contact)
		WHERE s.contact = ? AND s.line = ?`, t.Contact, t.Line).Scan(&sealed, &wrapped)
	if none(err) {
		return "", nil
	}
	if err != nil {
		return "", explain(err)
	}
	key, err := d.ring.unwrap(t.Contact, wrapped)
	if err != nil {
		return "", err
	}
	plain, err := key.open(sessionPlace(t.Contact, t.Line), sealed)
	if err != nil {
		return "", err
	}
	s, err := decodeSession(plain)
	return s.Lang, err
}
