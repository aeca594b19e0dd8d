package store

import (
	"context"
	"database/sql"
	"time"

	"sapa/dialog/desk"
)

const eventColumns = `
SELECT a.id, coalesce(a.ticket, ''), a.at_ms, a.who, a.what, a.stage, a.status, a.rev, a.decision, a.field,
       coalesce(t.service, ''), coalesce(t.branch, ''), a.officer, coalesce(t.opened_ms, a.at_ms)
FROM activity a LEFT JOIN tickets t ON t.ref = a.ticket `

// scanEvent reads an event and leaves its place in the log in id.
func scanEvent(id *int64) func(*sql.Rows) (desk.Event, error) {
	return func(rows *sql.Rows) (e desk.Event, err error) {
		var at, opened int64
		err = rows.Scan(id, &e.Ticket, &at, &e.Who, &e.What, &e.Stage, &e.Status, &e.Rev, &e.Decision, &e.Field,
			&e.Service, &e.Branch, &e.Officer, &opened)
		e.At = time.UnixMilli(at).UTC()
		e.Age = time.Duration(at-opened) * time.Millisecond
		return e, err
	}
}

// Events gives what happened to tickets after a place in the log, oldest first, and the place after it; from 0 on all,
// from -n on the last n. It is for whoever watches; the service's own log lines go by [DB.Activity].
func (d *DB) Events(ctx context.Context, after int64, limit int) (events []desk.Event, last int64, err error) {
	last = after
	if after < 0 {
		err := d.reader.QueryRowContext(ctx, "SELECT max(0, coalesce(max(id), 0) + ?) FROM activity", after).Scan(&last)
		if err != nil {
			return nil, after, explain(err)
		}
	}
	events, err = read(ctx, d, eventColumns+"WHERE a.id > ? ORDER BY a.id LIMIT ?", []any{last, limit}, scanEvent(&last))
	return events, last, err
}
