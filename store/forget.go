package store

import (
	"context"
	"database/sql"

	"sapa/dialog"
)

// Forget is an address of somebody who was erased, which a transport may still have in a file of its own.
type Forget = dialog.Forget

// forgets is the name under which the addresses are veiled.
const forgets = "forget"

// Forgets gives the addresses that transports are to forget, oldest first.
func (d *DB) Forgets(ctx context.Context) ([]Forget, error) {
	return read(ctx, d, "SELECT id, veiled FROM forgets ORDER BY id", nil, func(rows *sql.Rows) (f Forget, err error) {
		var veiled string
		if err := rows.Scan(&f.ID, &veiled); err != nil {
			return f, err
		}
		f.Address, err = d.UnveilAside(forgets, veiled)
		return f, err
	})
}

// Forgotten takes an address off that list: every transport has forgotten it.
func (d *DB) Forgotten(ctx context.Context, id int64) error {
	return d.do(ctx, func(t *tx) error { return t.run("DELETE FROM forgets WHERE id = ?", id) })
}
