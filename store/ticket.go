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

	"sapa/dialog"
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
	key    *contactKey
}

const ticketColumns = `
SELECT t.ref, t.rev, t.service, t.stage, t.status, t.line, t.contact, t.branch, t.zone, t.officer, t.asked, t.sample,
       t.opened_ms, coalesce(t.promised_ms, 0), coalesce(b.name, ''), k.wrapped
FROM tickets t LEFT JOIN keys k ON k.contact = t.contact LEFT JOIN branches b ON b.code = t.branch `

func (r *ring) scanTicket(rows *sql.Rows) (f file, err error) {
	var opened, promised int64
	var wrapped []byte
	err = rows.Scan(&f.Ref, &f.Rev, &f.Service, &f.Stage, &f.Status, &f.Line, &f.Contact, &f.Branch, &f.zone, &f.Officer,
		&f.Asked, &f.sample, &opened, &promised, &f.branch, &wrapped)
	if err != nil {
		return f, err
	}
	f.OpenedAt, f.PromisedAt = inZone(opened, f.zone), inZone(promised, f.zone)
	if len(wrapped) > 0 { // an erased contact's ticket is still listed
		f.key, err = r.unwrap(f.Contact, wrapped)
	}
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

// load reads a ticket with its values.
func (r *ring) load(query queryFunc, ref string) (file, error) {
	files, err := collect(query, ticketColumns+"WHERE t.ref = ?", []any{ref}, r.scanTicket)
	if err != nil {
		return file{}, err
	}
	if len(files) == 0 {
		return file{}, fmt.Errorf("%w (%s)", ErrNoTicket, ref)
	}
	f := files[0]
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
	if f.key == nil {
		return nil, fmt.Errorf("%w: contact %d has no key", ErrSealed, f.Contact)
	}
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
	files, err := collect(d.reading(ctx), ticketColumns+"WHERE t.ref = ?", []any{ref}, d.ring.scanTicket)
	if err != nil {
		return nil, explain(err)
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("%w (%s)", ErrNoTicket, ref)
	}
	answers, err := d.ring.answers(d.reading(ctx), files[0])
	return answers, explain(err)
}

// Filter chooses tickets; empty parts choose all.
type Filter struct {
	Statuses                       []desk.Status
	Service, Line, Branch, Officer string
	Limit                          int // 0: no limit
}

func (f Filter) where() (text string, args []any) {
	var parts []string
	for column, value := range map[string]string{
		"service": f.Service, "line": f.Line, "branch": f.Branch, "officer": f.Officer,
	} {
		if value != "" {
			parts = append(parts, "t."+column+" = ?")
			args = append(args, value)
		}
	}
	if len(f.Statuses) > 0 {
		parts = append(parts, "t.status IN (?"+strings.Repeat(", ?", len(f.Statuses)-1)+")")
		for _, s := range f.Statuses {
			args = append(args, string(s))
		}
	}
	if len(parts) > 0 {
		text = "WHERE " + strings.Join(parts, " AND ")
	}
	limit := f.Limit
	if limit == 0 {
		limit = -1
	}
	return text + " ORDER BY t.opened_ms, t.ref LIMIT ?", append(args, limit)
}

// Tickets lists tickets without their values, oldest first.
func (d *DB) Tickets(ctx context.Context, f Filter) ([]desk.Ticket, error) {
	where, args := f.where()
	tickets, err := collect(d.reading(ctx), ticketColumns+where, args, func(rows *sql.Rows) (desk.Ticket, error) {
		f, err := d.ring.scanTicket(rows)
		return f.Ticket, err
	})
	return tickets, explain(err)
}

// OpenStages gives the services and stages that tickets without a final status stand at, with their number: a
// catalogue that lacks one is refused.
func (d *DB) OpenStages(ctx context.Context) (map[[2]string]int, error) {
	stages := map[[2]string]int{}
	_, err := read(ctx, d, `SELECT service, stage, count(*) FROM tickets
		WHERE status NOT IN ('approved', 'rejected', 'cancelled', 'closed') GROUP BY service, stage`, nil,
		func(rows *sql.Rows) (struct{}, error) {
			var at [2]string
			var n int
			err := rows.Scan(&at[0], &at[1], &n)
			stages[at] = n
			return struct{}{}, err
		})
	return stages, err
}

// Act carries out what an officer wants to do to a ticket, with its history and the member's notice, in one
// transaction. Errors: ErrNoTicket, ErrNoService, whatever desk.Decide refuses with; then nothing was changed.
func (d *DB) Act(ctx context.Context, ref string, a desk.Action, who desk.Actor, now time.Time) (desk.Change, error) {
	var change desk.Change
	err := d.do(ctx, func(t *tx) (err error) {
		change, err = t.act(ref, a, who, now)
		return err
	})
	if err != nil {
		return desk.Change{}, err
	}
	return change, nil
}

func (t *tx) act(ref string, a desk.Action, who desk.Actor, now time.Time) (desk.Change, error) {
	f, err := t.db.ring.load(t.query, ref)
	if err != nil {
		return desk.Change{}, err
	}
	change, err := t.decide(f, a, who, now)
	if err != nil || change.Notice == nil {
		return change, err
	}
	in, err := t.notice(f, change, now)
	if err != nil {
		return change, err
	}
	// Not through input: an action whose notice fails must fail, not be stored as poison.
	_, err = t.turn(in)
	return change, err
}

// decide changes a ticket as its pipeline allows and writes what changed.
func (t *tx) decide(f file, a desk.Action, who desk.Actor, now time.Time) (desk.Change, error) {
	p, err := t.pipeline(f.Service)
	if err != nil {
		return desk.Change{}, err
	}
	change, err := desk.Decide(p, f.Ticket, a, who, now, t.calendar(f.zone))
	if err != nil {
		return desk.Change{}, err
	}
	status := set
	if who.Member {
		status = given
	}
	if a.Name == desk.ActionAnswer {
		status = renewed
	}
	return change, t.save(f, change, status)
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
	err := t.run(`UPDATE tickets SET rev = ?, stage = ?, status = ?, branch = ?, officer = ?, asked = ?, promised_ms = ?
		WHERE ref = ?`, after.Rev, after.Stage, string(after.Status), after.Branch, after.Officer, after.Asked,
		promised(after), after.Ref)
	if err != nil {
		return err
	}
	if err := t.mark(before.Asked, after.Asked, after.Ref); err != nil {
		return err
	}
	for _, field := range slices.Sorted(maps.Keys(after.Values)) {
		value := after.Values[field]
		old, had := before.Values[field]
		if had && old == value && (status != renewed || field != before.Asked) {
			continue
		}
		if err := t.putAnswer(before.key, after, field, value, status); err != nil {
			return err
		}
	}
	return t.record(before.key, after, change.Activities)
}

// mark keeps the states of answers in step with what the ticket asks for again.
func (t *tx) mark(before, after, ref string) error {
	if before == after {
		return nil
	}
	const mark = "UPDATE answers SET status = ? WHERE ticket = ? AND field = ? AND status <> 'set'"
	if err := t.run(mark, given, ref, before); err != nil {
		return err
	}
	return t.run(mark, asked, ref, after)
}

func promised(t desk.Ticket) sql.NullInt64 {
	return sql.NullInt64{Int64: millis(t.PromisedAt), Valid: !t.PromisedAt.IsZero()}
}

// putAnswer writes a value; where it names a document of the contact, the document becomes the ticket's.
func (t *tx) putAnswer(key *contactKey, ticket desk.Ticket, field, value, status string) error {
	sealed, err := key.seal(answerPlace(ticket.Ref, field), []byte(value))
	if err != nil {
		return err
	}
	err = t.run(`INSERT INTO answers (ticket, field, status, sealed_value) VALUES (?, ?, ?, ?)
		ON CONFLICT (ticket, field) DO UPDATE SET status = excluded.status, sealed_value = excluded.sealed_value`,
		ticket.Ref, field, status, sealed)
	if err != nil {
		return err
	}
	// The field too: a document may have come before its question.
	return t.run(`UPDATE documents SET ticket = ?, field = ?
		WHERE contact = ? AND line = ? AND message_id = ? AND ticket IS NULL`,
		ticket.Ref, field, ticket.Contact, ticket.Line, value)
}

// open writes a new ticket for the contact of this visit.
func (v *visit) open(service string, values map[string]string, now time.Time) (file, error) {
	p, err := v.pipeline(service)
	if err != nil {
		return file{}, err
	}
	regency := values[p.Subject.Regency]
	branch, sample, err := v.branchOf(regency, jkn.BranchOffice)
	if err != nil {
		return file{}, err
	}
	if branch == nil {
		branch = &jkn.Branch{}
	}
	region, _ := jkn.RegionOf(regency)
	f := file{zone: cmp.Or(region.Zone, officeZone), branch: branch.Name, sample: sample, key: v.key}
	ref, err := v.newRef()
	if err != nil {
		return file{}, err
	}
	change := desk.OpenTicket(p, ref, v.line, v.who, branch.Code, values, now, v.calendar(f.zone))
	f.Ticket = change.Ticket
	return f, v.insert(f, change)
}

func (v *visit) insert(f file, change desk.Change) error {
	t := f.Ticket
	err := v.run(`INSERT INTO tickets
		(ref, rev, service, stage, status, line, contact, branch, zone, officer, asked, sample, opened_ms, promised_ms)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		t.Ref, t.Rev, t.Service, t.Stage, string(t.Status), t.Line, t.Contact, t.Branch, f.zone, t.Officer, t.Asked,
		f.sample, t.OpenedAt.UnixMilli(), promised(t))
	if err != nil {
		return err
	}
	for _, field := range slices.Sorted(maps.Keys(t.Values)) {
		if err := v.putAnswer(f.key, t, field, t.Values[field], given); err != nil {
			return err
		}
	}
	return v.record(f.key, t, change.Activities)
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

// notice is the input that tells a contact's session what happened to a ticket.
func (t *tx) notice(f file, change desk.Change, now time.Time) (dialog.Input, error) {
	n := change.Notice
	in := dialog.Input{
		ID: fmt.Sprintf("ticket:%s:%d", f.Ref, change.Ticket.Rev), Kind: dialog.TicketEvent, Line: f.Line, At: now,
		Event: &dialog.Event{
			Ref: f.Ref, Service: f.Service, Stage: n.Stage, Decision: n.Decision, Text: n.Text, Field: n.Field,
			Values: change.Ticket.Values,
		},
	}
	in.Seed = seedOf(f.Contact, f.Line, in.ID)
	var hash, sealed []byte
	err := t.get(`SELECT s.transport, a.hash, a.sealed_address FROM sessions s JOIN addresses a ON a.hash = s.address
		WHERE s.contact = ? AND s.line = ?`, []any{f.Contact, f.Line}, &in.Transport, &hash, &sealed)
	if err != nil {
		return in, fmt.Errorf("where contact %d is reached on line %s: %w", f.Contact, f.Line, err)
	}
	address, err := f.key.open(addressPlace(hash), sealed)
	in.From = string(address)
	return in, err
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
