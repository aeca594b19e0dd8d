package store

import (
	"context"
	"database/sql"

	"sapa/dialog/desk"
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

// madeUp reports whether a company is one of the made-up ones.
func (t *tx) madeUp(company string) (sample bool, err error) {
	err = t.get("SELECT sample FROM companies WHERE code = ?", []any{company}, &sample)
	if none(err) { // left out by the last import
		err = nil
	}
	return sample, err
}

// regencyOf is where the officers are whom a ticket belongs to: the subject's, or the company's where the
// form asks for none.
func (t *tx) regencyOf(p *desk.Pipeline, values map[string]string) (regency string, err error) {
	if regency = values[p.Subject.Regency]; regency != "" || p.Subject.Company == "" {
		return regency, nil
	}
	err = t.get("SELECT regency FROM companies WHERE code = ?", []any{values[p.Subject.Company]}, &regency)
	if none(err) {
		err = nil
	}
	return regency, err
}
