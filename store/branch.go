package store

import (
	"context"
	"database/sql"
	"errors"

	"sapa/dialog"
	"sapa/dialog/jkn"
)

// ImportBranches replaces all branches. sample marks made-up ones: every reply made from them says so.
func (d *DB) ImportBranches(ctx context.Context, branches []jkn.Branch, sample bool) error {
	return d.do(ctx, func(t *tx) error {
		if err := t.run("DELETE FROM branches"); err != nil { // their regencies go with them
			return err
		}
		for _, b := range branches {
			if err := t.putBranch(b, sample); err != nil {
				return err
			}
		}
		return nil
	})
}

func (t *tx) putBranch(b jkn.Branch, sample bool) error {
	err := t.run(`INSERT INTO branches (code, name, kind, line, phone, address, open, close, sample)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		b.Code, b.Name, string(b.Kind), b.Line, b.Phone, b.Address, b.Open, b.Close, sample)
	for _, regency := range b.Regencies {
		if err == nil {
			err = t.run("INSERT INTO branch_regencies (regency, kind, branch) VALUES (?, ?, ?)",
				regency, string(b.Kind), b.Code)
		}
	}
	return err
}

// Branches gives every branch in the order of their codes, without the regencies they serve.
func (d *DB) Branches(ctx context.Context) ([]jkn.Branch, error) {
	const query = "SELECT code, name, kind, line, phone, address, open, close FROM branches ORDER BY code"
	return read(ctx, d, query, nil, func(rows *sql.Rows) (b jkn.Branch, err error) {
		err = rows.Scan(&b.Code, &b.Name, &b.Kind, &b.Line, &b.Phone, &b.Address, &b.Open, &b.Close)
		return b, err
	})
}

// branchOf is the office that serves a regency; nil where none is known.
func (t *tx) branchOf(regency string, kind jkn.BranchKind) (*jkn.Branch, bool, error) {
	var b jkn.Branch
	var sample bool
	region, ok := jkn.RegionOf(regency)
	if !ok {
		return nil, false, nil
	}
	err := t.get(`SELECT b.code, b.name, b.kind, b.line, b.phone, b.address, b.open, b.close, b.sample
		FROM branch_regencies r JOIN branches b ON b.code = r.branch WHERE r.regency = ? AND r.kind = ?`,
		[]any{region.Code, string(kind)},
		&b.Code, &b.Name, &b.Kind, &b.Line, &b.Phone, &b.Address, &b.Open, &b.Close, &sample)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	return &b, sample, nil
}

// answerBranch answers the query branch_of.
func (v *visit) answerBranch(args dialog.Record) (*dialog.Result, error) {
	b, sample, err := v.branchOf(args["regency"], jkn.BranchOffice)
	if err != nil {
		return nil, err
	}
	hours := v.db.opts.Hours
	return &dialog.Result{Facts: jkn.BranchFacts(b, args["regency"], hours.Open, hours.Close), Sample: sample}, nil
}
