package store

import (
	"context"
	"database/sql"

	"sapa/dialog/jkn"
)

// ImportCompanies replaces all companies. sample marks made-up ones.
func (d *DB) ImportCompanies(ctx context.Context, companies []jkn.Company, sample bool) error {
	return d.do(ctx, func(t *tx) error {
		if err := t.run("DELETE FROM companies"); err != nil {
			return err
		}
		for _, c := range companies {
			if err := t.run("INSERT INTO companies (code, name, regency, sample) VALUES (?, ?, ?, ?)",
				c.Code, c.Name, c.Regency, sample); err != nil {
				return err
			}
		}
		return nil
	})
}

// Companies gives every company in the order of their codes.
func (d *DB) Companies(ctx context.Context) ([]jkn.Company, error) {
	return read(ctx, d, "SELECT code, name, regency FROM companies ORDER BY code", nil,
		func(rows *sql.Rows) (c jkn.Company, err error) { return c, rows.Scan(&c.Code, &c.Name, &c.Regency) })
}
