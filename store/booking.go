package store

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"sapa/dialog/desk"
	"sapa/dialog/jkn"
)

// Booking is a visit as an office expects it.
type Booking struct {
	Code    string
	Branch  string // the office's code
	Office  string // its name; the code where it has left the register
	Place   string // name and address
	Kind    jkn.BranchKind
	Regency string    // the visitor's: code
	At      time.Time // when the slot begins, in the office's zone
	Purpose string    // one of the list visit_purposes
	Name    string    // the visitor's: personal; "" where it was erased
	Sample  bool      // at a made-up office

	contact int64
	wrapped []byte // the contact's key
}

const bookings = `SELECT t.code, t.branch, coalesce(b.name, t.branch), coalesce(b.address, ''), coalesce(b.kind, ''),
	t.regency, t.at_ms, t.purpose, t.sample, t.sealed_name, t.contact, k.wrapped
	FROM visits t LEFT JOIN branches b ON b.code = t.branch LEFT JOIN keys k ON k.contact = t.contact `

func (r *ring) scanBooking(rows *sql.Rows) (b Booking, err error) {
	var at int64
	var address string
	var sealed []byte
	if err := rows.Scan(&b.Code, &b.Branch, &b.Office, &address, &b.Kind, &b.Regency, &at, &b.Purpose, &b.Sample, &sealed,
		&b.contact, &b.wrapped); err != nil {
		return b, err
	}
	region, _ := jkn.RegionOf(b.Regency)
	b.At = time.UnixMilli(at).In(location(region.Zone))
	b.Place = jkn.Branch{Name: b.Office, Address: address}.Place()
	if b.wrapped == nil {
		return b, nil
	}
	key, err := r.unwrap(b.contact, b.wrapped)
	if err != nil {
		return b, err
	}
	name, err := key.open(visitPlace(b.Code), sealed)
	b.Name = string(name)
	return b, err
}

// Expected chooses visits; empty parts choose all.
type Expected struct {
	Day    string      // 2006-01-02, where the office is
	Branch string      // code of the office
	For    *desk.Actor // only those at the offices they work for
}

// where gives the clause and its arguments.
func (e Expected) where() (text string, args []any) {
	text = "WHERE (? = '' OR t.branch = ?)"
	args = []any{e.Branch, e.Branch}
	if e.For == nil {
		return text, args
	}
	switch e.For.Role {
	case desk.RoleBranch, desk.RoleDinsos:
		kind := jkn.BranchOffice
		if e.For.Role == desk.RoleDinsos {
			kind = jkn.SocialService
		}
		text, args = text+" AND b.kind = ?", append(args, string(kind))
	case desk.RoleAdmin:
	default: // nobody visits the others
		return text + " AND FALSE", args
	}
	part, values := within(*e.For)
	return text + " AND " + part, append(args, values...)
}

// among gives the chosen visits, by office and time.
func (e Expected) among(r *ring, query queryFunc) ([]Booking, error) {
	where, args := e.where()
	all, err := collect(query, bookings+where+" ORDER BY t.branch, t.at_ms, t.place", args, r.scanBooking)
	return slices.DeleteFunc(all, func(b Booking) bool { return e.Day != "" && b.At.Format(time.DateOnly) != e.Day }), err
}

// Bookings gives the visits an office expects, by office and time.
func (d *DB) Bookings(ctx context.Context, e Expected) ([]Booking, error) {
	all, err := e.among(d.ring, d.reading(ctx))
	return all, explain(err)
}

// VisitSeen is the event that somebody looked at who comes for a visit.
const VisitSeen = "visit.seen"

// RecordBookings gives the same visits to somebody who is shown the names, and notes for each who it was and why.
func (d *DB) RecordBookings(ctx context.Context, e Expected, who, reason string, now time.Time) (all []Booking, err error) {
	err = d.do(ctx, func(t *tx) error {
		if all, err = e.among(t.db.ring, t.query); err != nil {
			return err
		}
		for _, b := range all {
			if b.wrapped == nil {
				continue
			}
			key, err := t.db.ring.unwrap(b.contact, b.wrapped)
			if err != nil {
				return err
			}
			look := desk.Activity{At: now, Who: who, What: VisitSeen, Field: b.Code, Text: reason}
			if err := t.recordOne(key, desk.Ticket{}, look); err != nil {
				return err
			}
		}
		return nil
	})
	return all, err
}
