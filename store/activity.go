package store

import (
	"context"
	"database/sql"
	"time"

	"sapa/dialog"
	"sapa/dialog/desk"
)

// logCursor is how far the ticket log has come.
const logCursor = "log"

// record adds lines to the history of a ticket, as it stands after them.
func (t *tx) record(key *contactKey, after desk.Ticket, activities []desk.Activity) error {
	for _, a := range activities {
		if err := t.recordOne(key, after, a); err != nil {
			return err
		}
	}
	return t.announce(after, activities)
}

func (t *tx) recordOne(key *contactKey, after desk.Ticket, a desk.Activity) error {
	var id int64
	if err := t.get("SELECT coalesce(max(id), 0) + 1 FROM activity", nil, &id); err != nil {
		return err
	}
	var sealed []byte
	if a.Text != "" {
		var err error
		if sealed, err = key.seal(activityPlace(id), []byte(a.Text)); err != nil {
			return err
		}
	}
	ticket := sql.NullString{String: after.Ref, Valid: after.Ref != ""}
	contact := after.Contact
	if after.Ref == "" { // an alert, of whoever's key it is
		contact = key.contact
	}
	return t.run(`INSERT INTO activity
		(id, ticket, contact, at_ms, who, what, stage, status, rev, decision, field, sealed_text, officer)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		id, ticket, contact, a.At.UnixMilli(), a.Who, a.What, a.Stage, string(after.Status), after.Rev,
		a.Decision, a.Field, sealed, after.Officer)
}

// The alert that an input could not be handled: no ticket, the place in the flow as stage, "panic" or "error" as
// decision, the input's kind as field. The reason itself is sealed.
const inputFailed = "input.failed"

func (v *visit) alert(in dialog.Input, cause error) error {
	stage := v.session.Flow
	if v.session.Node != "" {
		stage += "/" + v.session.Node
	}
	return v.recordOne(v.key, desk.Ticket{}, desk.Activity{
		At: in.At, Who: "sapa", What: inputFailed, Stage: stage, Decision: code(cause), Field: string(in.Kind),
		Text: cause.Error(),
	})
}

const activityAfter = eventColumns + `
WHERE a.id > coalesce((SELECT value FROM cursors WHERE name = 'log'), 0) ORDER BY a.id LIMIT ?`

// Activity gives what happened to tickets after the persisted cursor, oldest first, and the cursor after it. Inputs
// that could not be handled come too, as "input.failed" without a ticket: Stage is where in the flow, Decision "panic"
// or "error", Field the input's kind. Texts stay out.
func (d *DB) Activity(ctx context.Context, limit int) (events []desk.Event, cursor int64, err error) {
	events, err = read(ctx, d, activityAfter, []any{limit}, scanEvent(&cursor))
	if err == nil && len(events) == 0 {
		cursor, err = d.cursor(ctx, logCursor)
	}
	return events, cursor, err
}

func (d *DB) cursor(ctx context.Context, name string) (value int64, err error) {
	err = d.reader.QueryRowContext(ctx, "SELECT coalesce((SELECT value FROM cursors WHERE name = ?), 0)", name).Scan(&value)
	return value, explain(err)
}

// MarkLogged moves the cursor of Activity; it never moves back.
func (d *DB) MarkLogged(ctx context.Context, cursor int64) error {
	return d.do(ctx, func(t *tx) error {
		return t.run(`INSERT INTO cursors (name, value) VALUES (?, ?)
			ON CONFLICT (name) DO UPDATE SET value = max(value, excluded.value)`, logCursor, cursor)
	})
}

const historyOf = `
SELECT a.id, a.at_ms, a.who, a.what, a.rev, a.stage, a.officer, a.decision, a.field, a.sealed_text, a.contact, k.wrapped
FROM activity a LEFT JOIN keys k ON k.contact = a.contact WHERE a.ticket = ? ORDER BY a.id`

// History gives all that happened to a ticket, oldest first, with its words.
func (d *DB) History(ctx context.Context, ref string) ([]desk.Activity, error) {
	history, err := d.ring.history(d.reading(ctx), ref)
	return history, explain(err)
}

func (r *ring) history(query queryFunc, ref string) ([]desk.Activity, error) {
	keys, err := r.ticketKeys(query, ref)
	if err != nil {
		return nil, err
	}
	return collect(query, historyOf, []any{ref}, func(rows *sql.Rows) (a desk.Activity, err error) {
		var id, at, contact int64
		var sealed, wrapped []byte
		err = rows.Scan(&id, &at, &a.Who, &a.What, &a.Rev, &a.Stage, &a.Officer, &a.Decision, &a.Field, &sealed, &contact, &wrapped)
		if err != nil {
			return a, err
		}
		a.At = time.UnixMilli(at).UTC()
		if sealed != nil {
			a.Text, err = r.words(keys, id, sealed, contact, wrapped)
		}
		return a, err
	})
}

// words opens what was said about a ticket: under the ticket's key or, where it has none, under that of the contact it
// had then, who may have become another since.
func (r *ring) words(keys ticketKeys, id int64, sealed []byte, contact int64, wrapped []byte) (string, error) {
	key, err := keys.own, error(nil)
	if key == nil {
		if key, err = r.unwrap(contact, wrapped); err != nil {
			return "", err
		}
	}
	text, err := key.open(activityPlace(id), sealed)
	return string(text), err
}
