package store

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"time"

	"sapa/dialog/desk"
	"sapa/dialog/jkn"
)

// Whoever looks at what is personal is recorded with the reason, where it is kept: with the ticket or with the member. So
// the record goes when they go.
const (
	// TicketSeen is the event of a look at what is personal of a ticket.
	TicketSeen = "ticket.seen"
	// DocumentsSaved is the event of taking a ticket's documents.
	DocumentsSaved = "documents.saved"
)

// isLook reports whether an event of a ticket's history is a look at what is personal of it. The last is what the first
// was called in histories from before schema 4.
func isLook(what string) bool {
	return what == TicketSeen || what == DocumentsSaved || what == "subject.seen"
}

// Look is that somebody looked at what is personal of somebody else.
type Look struct {
	At     time.Time
	Who    string // the officer
	What   string // MemberSeen, TicketSeen, DocumentsSaved
	Ticket string // reference; "" the register
	Reason string // "" its time is over
}

// Looks gives who looked at what of the person a card number, NIK or passport names, when and why, oldest first: of
// their record in the register and of the tickets about them, whoever opened those. Error: ErrNoMember where the number
// is in neither.
func (d *DB) Looks(ctx context.Context, number string) ([]Look, error) {
	looks, err := d.looks(ctx, number)
	slices.SortStableFunc(looks, func(a, b Look) int { return a.At.Compare(b.At) })
	return looks, explain(err)
}

func (d *DB) looks(ctx context.Context, number string) (looks []Look, err error) {
	query := d.reading(ctx)
	who, err := d.ring.identity(query, number)
	if err != nil {
		return nil, err
	}
	refs, err := d.olderTickets(ctx, number)
	if err != nil {
		return nil, err
	}
	about, err := subjects(query, who.hashes)
	if err != nil {
		return nil, err
	}
	named, err := d.namedIn(query, number, who)
	if err != nil {
		return nil, err
	}
	refs = append(refs, named...)
	if len(who.members)+len(about)+len(refs) == 0 {
		return nil, ErrNoMember
	}
	for _, id := range about {
		some, err := collect(query, "SELECT ref FROM tickets WHERE subject = ? ORDER BY opened_ms, ref", []any{id}, scanText)
		if err != nil {
			return nil, err
		}
		refs = append(refs, some...)
	}
	for _, m := range who.members {
		some, err := m.looks(query)
		if err != nil {
			return nil, err
		}
		looks = append(looks, some...)
	}
	for _, ref := range refs {
		some, err := d.looksAt(ctx, ref)
		if err != nil {
			return nil, err
		}
		looks = append(looks, some...)
	}
	return looks, nil
}

// namedIn finds the tickets of companies that name somebody among their employees. Each is opened for it: only it knows.
func (d *DB) namedIn(query queryFunc, number string, who identity) (refs []string, err error) {
	all, err := collect(query, "SELECT ref FROM tickets WHERE company <> '' ORDER BY opened_ms, ref", nil, scanText)
	if err != nil {
		return nil, err
	}
	for _, ref := range all {
		f, err := d.ring.load(query, ref)
		if errors.Is(err, ErrSealed) { // Check says so
			continue
		}
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(jkn.Named(f.Values), func(n string) bool {
			return n == number || slices.ContainsFunc(who.members, func(m member) bool { return n == string(m.Card) || n == string(m.NIK) })
		}) {
			refs = append(refs, ref)
		}
	}
	return refs, nil
}

// looks gives who looked at a member's record in the register.
func (m member) looks(query queryFunc) ([]Look, error) {
	return collect(query, "SELECT id, at_ms, who, what, sealed_text FROM member_looks WHERE member = ? ORDER BY id", []any{m.id},
		func(rows *sql.Rows) (l Look, err error) {
			var id, at int64
			var sealed []byte
			if err := rows.Scan(&id, &at, &l.Who, &l.What, &sealed); err != nil {
				return l, err
			}
			l.At = time.UnixMilli(at).UTC()
			reason, err := m.key.open(lookPlace(id), sealed)
			l.Reason = string(reason)
			return l, err
		})
}

// looksAt gives who looked at a ticket.
func (d *DB) looksAt(ctx context.Context, ref string) (looks []Look, err error) {
	history, err := d.History(ctx, ref)
	for _, a := range history {
		if isLook(a.What) {
			looks = append(looks, Look{At: a.At, Who: a.Who, What: a.What, Ticket: ref, Reason: a.Text})
		}
	}
	return looks, err
}

func lookPlace(id int64) place { return place{column: "member_looks.text", a: number(id)} }

// recordDailyLook notes that somebody sees what is personal of a ticket, once a day: in a chat each step shows it again.
func (t *tx) recordDailyLook(f file, who, reason string, now time.Time) error {
	seen := false
	err := t.get(`SELECT EXISTS (SELECT 1 FROM activity WHERE ticket = ? AND who = ? AND what = ? AND at_ms >= ?)`,
		[]any{f.Ref, who, TicketSeen, officeMidnight(now)}, &seen)
	if err != nil || seen {
		return err
	}
	return t.recordOne(f.key, f.Ticket, desk.Activity{At: now, Who: who, What: TicketSeen, Stage: f.Stage, Text: reason})
}

// recordDailyMemberLook notes that somebody sees what is personal of a member, once a day: a list shows it page by page.
func (t *tx) recordDailyMemberLook(m member, who, reason string, now time.Time) error {
	seen := false
	err := t.get(`SELECT EXISTS (SELECT 1 FROM member_looks WHERE member = ? AND who = ? AND what = ? AND at_ms >= ?)`,
		[]any{m.id, who, MemberSeen, officeMidnight(now)}, &seen)
	if err != nil || seen {
		return err
	}
	return t.recordLook(m, who, reason, now)
}

// officeMidnight is when the office's day began, in Unix milliseconds.
func officeMidnight(now time.Time) int64 {
	year, month, day := officeDay(now).Date()
	return time.Date(year, month, day, 0, 0, 0, 0, location(officeZone)).UnixMilli()
}
