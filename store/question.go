package store

import (
	"context"
	"database/sql"
	"time"

	"sapa/dialog"
)

// countQuestion counts a form's question that was asked, or that the form was sent.
func (v *visit) countQuestion(e dialog.Asked, now time.Time) error {
	return v.run(`INSERT INTO questions (flow, field, day, asked) VALUES (?, ?, ?, 1)
		ON CONFLICT (flow, field, day) DO UPDATE SET asked = asked + 1`, e.Flow, e.Field, dayOf(now))
}

// Question is how often one of a form's questions was asked.
type Question struct {
	Flow  string
	Field string // "": the form was sent
	Asked int
}

// Questions counts the questions that were asked from one time to another, by days in WIB; zero times: from the first,
// to the last. They come in the order of flows and fields, not of forms.
func (d *DB) Questions(ctx context.Context, from, to time.Time) ([]Question, error) {
	first, last := int64(0), int64(1<<40)
	if !from.IsZero() {
		first = dayOf(from)
	}
	if !to.IsZero() {
		last = dayOf(to.Add(-1))
	}
	return read(ctx, d, `SELECT flow, field, sum(asked) FROM questions WHERE day BETWEEN ? AND ?
		GROUP BY flow, field ORDER BY flow, field`, []any{first, last},
		func(rows *sql.Rows) (q Question, err error) { return q, rows.Scan(&q.Flow, &q.Field, &q.Asked) })
}
