package store

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"time"

	"sapa/dialog/desk"
)

const officerColumns = "SELECT o.name, o.role, o.scope, o.enabled, o.wrapped, o.sealed_phone FROM officers o "

func (r *ring) scanOfficer(rows *sql.Rows) (o desk.Officer, err error) {
	var scope string
	var wrapped, sealed []byte
	if err := rows.Scan(&o.Name, &o.Role, &scope, &o.Enabled, &wrapped, &sealed); err != nil {
		return o, err
	}
	o.Scope = strings.Fields(scope)
	if sealed == nil {
		return o, nil
	}
	key, err := r.rowKey(officerKeyPlace(o.Name), wrapped)
	if err != nil {
		return o, err
	}
	phone, err := key.open(officerPlace(o.Name), sealed)
	o.Phone = string(phone)
	return o, err
}

func officerPlace(name string) place { return place{column: "officers.phone", a: name} }

func officerKeyPlace(name string) place { return place{column: "officers.wrapped", a: name} }

// Officers gives all officers in the order of their names, the disabled ones too.
func (d *DB) Officers(ctx context.Context) ([]desk.Officer, error) {
	officers, err := d.ring.officers(d.reading(ctx))
	return officers, explain(err)
}

func (r *ring) officers(query queryFunc) ([]desk.Officer, error) {
	return collect(query, officerColumns+"ORDER BY o.name", nil, r.scanOfficer)
}

// Officer gives the officer of that name. Error: ErrNoOfficer.
func (d *DB) Officer(ctx context.Context, name string) (desk.Officer, error) {
	o, err := d.ring.officer(d.reading(ctx), "WHERE o.name = ?", name)
	return o, explain(err)
}

func (r *ring) officer(query queryFunc, where string, arg any) (desk.Officer, error) {
	found, err := collect(query, officerColumns+where, []any{arg}, r.scanOfficer)
	if err == nil && len(found) == 0 {
		err = ErrNoOfficer
	}
	if err != nil {
		return desk.Officer{}, err
	}
	return found[0], nil
}

// officerOf gives the officer whose registered number is one of a contact's addresses, enabled or not. Error:
// ErrNoOfficer.
func (t *tx) officerOf(contact int64) (desk.Officer, error) {
	return t.db.ring.officer(t.query, "JOIN addresses a ON a.hash = o.phone_hash WHERE a.contact = ?", contact)
}

// AddOfficer registers an officer who passed desk.Officer's Check. Errors: ErrOfficerExists, ErrPhoneTaken.
func (d *DB) AddOfficer(ctx context.Context, o desk.Officer) error {
	return d.do(ctx, func(t *tx) error {
		_, err := t.db.ring.officer(t.query, "WHERE o.name = ?", o.Name)
		switch {
		case err == nil:
			return ErrOfficerExists
		case !errors.Is(err, ErrNoOfficer):
			return err
		}
		return t.insertOfficer(o)
	})
}

func (t *tx) insertOfficer(o desk.Officer) error {
	if o.Phone == "" {
		return t.run("INSERT INTO officers (name, role, scope, enabled) VALUES (?, ?, ?, ?)",
			o.Name, string(o.Role), strings.Join(o.Scope, " "), o.Enabled)
	}
	hash, err := t.db.ring.hash("address", o.Phone)
	if err != nil {
		return err
	}
	taken := false
	if err := t.get("SELECT EXISTS (SELECT 1 FROM officers WHERE phone_hash = ?)", []any{hash}, &taken); err != nil {
		return err
	}
	if taken {
		return ErrPhoneTaken
	}
	key, err := t.db.ring.makeRowKey(officerKeyPlace(o.Name))
	if err != nil {
		return err
	}
	sealed, err := key.seal(officerPlace(o.Name), []byte(o.Phone))
	if err != nil {
		return err
	}
	return t.run(`INSERT INTO officers (name, role, scope, enabled, phone_hash, wrapped, sealed_phone)
		VALUES (?, ?, ?, ?, ?, ?, ?)`, o.Name, string(o.Role), strings.Join(o.Scope, " "), o.Enabled, hash, key.wrapped, sealed)
}

// SetOfficer changes an officer's role, scope and whether they are enabled, and hands over those of their open tickets
// that are not theirs to work any more; moved is how many. Error: ErrNoOfficer.
func (d *DB) SetOfficer(ctx context.Context, o desk.Officer, now time.Time) (moved int, err error) {
	err = d.do(ctx, func(t *tx) error {
		res, err := t.exec("UPDATE officers SET role = ?, scope = ?, enabled = ? WHERE name = ?",
			string(o.Role), strings.Join(o.Scope, " "), o.Enabled, o.Name)
		if err != nil {
			return err
		}
		n, err := res.RowsAffected()
		if err == nil && n == 0 {
			err = ErrNoOfficer
		}
		return err
	})
	if err != nil {
		return 0, err
	}
	return d.HandOver(ctx, o.Name, now)
}
