package store

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"time"

	"sapa/dialog/desk"
)

// The store decides by itself whose a ticket becomes: when it is opened or reopened, when it comes to the stage of
// another role, and when its officer may not work it any more. Nobody is registered: it stays nobody's.

var system = desk.Actor{Name: desk.NameSystem, System: true}

// assign gives a ticket that is nobody's to whom it suits, and adds that to the change.
func (t *tx) assign(p *desk.Pipeline, f file, change *desk.Change, now time.Time) error {
	if change.Ticket.Officer != "" || change.Ticket.Status.Final() {
		return nil
	}
	name, ok, err := t.pick(p, change.Ticket, "")
	if err != nil {
		return err
	}
	if !ok {
		return t.announceFree(change.Ticket, now)
	}
	f.Ticket = change.Ticket
	next, err := desk.Decide(p, f.Ticket, desk.Action{Name: desk.ActionAssign, To: name}, system, now, t.calendar(f.zone))
	if err != nil {
		return err
	}
	change.Ticket = next.Ticket
	change.Activities = append(change.Activities, next.Activities...)
	return t.save(f, next, set)
}

// pick finds whom a ticket suits where it stands.
func (t *tx) pick(p *desk.Pipeline, ticket desk.Ticket, not string) (name string, ok bool, err error) {
	stage, ok := p.Stage(ticket.Stage)
	if !ok {
		return "", false, nil
	}
	officers, load, err := t.working(stage.Role)
	if err != nil {
		return "", false, err
	}
	name, ok = desk.Pick(officers, load, ticket, p, not)
	return name, ok, nil
}

// working gives the enabled officers of a role, without their phones, and how many open tickets each has.
func (t *tx) working(role desk.Role) ([]desk.Officer, map[string]int, error) {
	load := map[string]int{}
	officers, err := collect(t.query, `SELECT o.name, o.scope, coalesce(l.open, 0) FROM officers o
		LEFT JOIN loads l ON l.officer = o.name WHERE o.enabled = 1 AND o.role = ? ORDER BY o.name`, []any{string(role)},
		func(rows *sql.Rows) (desk.Officer, error) {
			o := desk.Officer{Role: role, Enabled: true}
			var scope string
			var n int
			err := rows.Scan(&o.Name, &scope, &n)
			o.Scope, load[o.Name] = strings.Fields(scope), n
			return o, err
		})
	return officers, load, err
}

// suits sees to it that a ticket is handed to somebody whom it suits: desk.Decide does not know officers.
func (t *tx) suits(p *desk.Pipeline, f file, a *desk.Action, who desk.Actor) error {
	if who.System || a.Name != desk.ActionPass && a.Name != desk.ActionAssign || desk.May(p, f.Ticket, a.Name, who) != nil {
		return nil
	}
	if a.To == "" && a.Name == desk.ActionPass {
		to, ok, err := t.pick(p, f.Ticket, f.Officer)
		if err != nil {
			return err
		}
		if a.To = to; !ok || to == who.Name {
			return ErrNobodySuits
		}
		return nil
	}
	o, err := t.db.ring.officer(t.query, "WHERE o.name = ?", a.To)
	if err != nil {
		return err
	}
	if !o.Suits(p, f.Ticket) {
		return ErrUnsuited
	}
	return nil
}

// heads gives the names of the admins who may give a ticket to somebody, those who are to know when it is stuck.
func (t *tx) heads(p *desk.Pipeline, ticket desk.Ticket) ([]string, error) {
	admins, _, err := t.working(desk.RoleAdmin)
	var names []string
	for _, o := range admins {
		if desk.May(p, ticket, desk.ActionAssign, o.Actor()) == nil {
			names = append(names, o.Name)
		}
	}
	return names, err
}

// handedOver is how many tickets change hands in one transaction: each may write to a member.
const handedOver = 32

// HandOver gives an officer's open tickets that are not theirs to work any more, because they were disabled or have
// another role or scope, to whom each suits now, or to nobody. It gives how many there were. It works in short
// transactions; broken off and done again, it goes on. Error: ErrNoOfficer.
func (d *DB) HandOver(ctx context.Context, name string, now time.Time) (moved int, err error) {
	refs, err := read(ctx, d, "SELECT ref FROM tickets WHERE officer = ? AND officer <> '' AND ended_ms IS NULL ORDER BY opened_ms",
		[]any{name}, func(rows *sql.Rows) (ref string, err error) { return ref, rows.Scan(&ref) })
	if err != nil {
		return 0, err
	}
	for some := range slices.Chunk(refs, handedOver) {
		n := 0
		err := d.do(ctx, func(t *tx) (err error) {
			n, err = t.handOver(name, some, now)
			return err
		})
		if err != nil {
			return moved, err
		}
		moved += n
	}
	return moved, nil
}

func (t *tx) handOver(name string, refs []string, now time.Time) (moved int, err error) {
	o, err := t.db.ring.officer(t.query, "WHERE o.name = ?", name)
	if err != nil {
		return 0, err
	}
	for _, ref := range refs {
		f, err := t.db.ring.load(t.query, ref)
		if err != nil {
			return moved, err
		}
		p, err := t.pipeline(f.Service)
		if err != nil {
			return moved, err
		}
		if f.Officer != name || f.Status.Final() || desk.May(p, f.Ticket, desk.ActionRelease, o.Actor()) == nil {
			continue // done with, or theirs as before
		}
		to, ok, err := t.pick(p, f.Ticket, name)
		if err != nil {
			return moved, err
		}
		a := desk.Action{Name: desk.ActionAssign, To: to}
		if !ok {
			a = desk.Action{Name: desk.ActionRelease}
		}
		if _, _, err := t.act(ref, a, system, now); err != nil {
			return moved, errors.Join(errors.New("ticket "+ref), err)
		}
		moved++
	}
	return moved, nil
}
