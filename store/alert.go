package store

import (
	"database/sql"
	"errors"
	"strconv"
	"strings"
	"time"

	"sapa/dialog"
	"sapa/dialog/desk"
	"sapa/dialog/jkn"
)

// Officers who work in a chat are told there what came for them: in office hours, and what comes within a few minutes
// in one message. What is to be told is kept until the timer "alert" of their conversation asks for it.

const (
	batched = 10 * time.Minute // how long news waits for more
	heard   = time.Minute      // and what a member said in a talk
)

// The kinds of news.
const (
	newsNew   = "new"   // a ticket came to the officer, or is nobody's and theirs to take
	newsLate  = "late"  // a promise was broken
	newsHeard = "heard" // the member of a ticket of theirs said or sent something
)

// announce keeps what happened to a ticket for the officers it concerns.
func (t *tx) announce(after desk.Ticket, done []desk.Activity) error {
	for _, a := range done {
		what, wait, names := newsOf(after, a)
		if what == newsLate && len(names) == 0 && a.What == desk.EventOverdue {
			var err error
			if names, err = t.takers(after); err != nil {
				return err
			}
		}
		if err := t.alertAll(names, after.Ref, what, a.At, wait); err != nil {
			return err
		}
	}
	return nil
}

// newsOf says what an activity is news of, how long that may wait, and for whom: whose ticket it is, if they did not do
// it themselves.
func newsOf(after desk.Ticket, a desk.Activity) (what string, wait time.Duration, names []string) {
	if after.Officer != "" && after.Officer != a.Who {
		names = []string{after.Officer}
	}
	switch a.What {
	case desk.EventAssigned, desk.EventPassed:
		return newsNew, batched, names
	case desk.EventOverdue:
		return newsLate, batched, names
	case desk.EventEscalated:
		return newsLate, batched, strings.Fields(a.Field) // the heads of the desk
	case desk.EventHeard:
		return newsHeard, heard, names
	case desk.EventAnswered, desk.EventAdded:
		return newsHeard, batched, names
	}
	return "", 0, nil
}

// announceFree tells of a ticket that is nobody's those who may take it.
func (t *tx) announceFree(ticket desk.Ticket, at time.Time) error {
	names, err := t.takers(ticket)
	if err != nil {
		return err
	}
	return t.alertAll(names, ticket.Ref, newsNew, at, batched)
}

// takers are the officers with a telephone who may take a ticket.
func (t *tx) takers(ticket desk.Ticket) ([]string, error) {
	p, err := t.pipeline(ticket.Service)
	if err != nil {
		return nil, err
	}
	all, err := collect(t.query, "SELECT name, role, scope FROM officers WHERE enabled = 1 AND phone_hash IS NOT NULL", nil,
		func(rows *sql.Rows) (who desk.Actor, err error) {
			var scope string
			err = rows.Scan(&who.Name, &who.Role, &scope)
			who.Scope = strings.Fields(scope)
			return who, err
		})
	var names []string
	for _, who := range all {
		if desk.May(p, ticket, desk.ActionTake, who) == nil {
			names = append(names, who.Name)
		}
	}
	return names, err
}

// chatOf is where an officer is reached: on the line they write to most.
const chatOf = `
SELECT o.scope, s.contact, s.line FROM officers o JOIN addresses a ON a.hash = o.phone_hash
JOIN sessions s ON s.contact = a.contact WHERE o.name = ? AND o.enabled = 1 ORDER BY s.rev DESC LIMIT 1`

func (t *tx) alertAll(names []string, ref, what string, at time.Time, wait time.Duration) error {
	for _, name := range names {
		var scope, line string
		var contact int64
		err := t.get(chatOf, []any{name}, &scope, &contact, &line)
		if none(err) {
			continue
		}
		if err != nil {
			return err
		}
		if err := t.run("INSERT INTO alerts (officer, ticket, what) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
			name, ref, what); err != nil {
			return err
		}
		due := t.inHours(at.Add(wait), scope)
		if err := t.run(`INSERT INTO timers (contact, line, name, at_ms) VALUES (?, ?, ?, ?)
			ON CONFLICT (contact, line, name) DO UPDATE SET at_ms = min(at_ms, excluded.at_ms)`,
			contact, line, dialog.TimerAlert, due.UnixMilli()); err != nil {
			return err
		}
	}
	return nil
}

// inHours moves a moment into the office hours of where an officer works; of several places, the first.
func (t *tx) inHours(at time.Time, scope string) time.Time {
	code, _, _ := strings.Cut(scope, " ")
	region, _ := jkn.RegionOf(code)
	if cal := t.calendar(region.Zone); cal != nil {
		return cal.Next(at)
	}
	return at
}

// news counts what came for the officer since they were told last, as far as it still holds, and forgets it: the
// answer is told.
func (c clerk) news() (*dialog.Result, error) {
	facts := dialog.Record{newsNew: "0", newsLate: "0", newsHeard: "0"}
	_, err := collect(c.query, `SELECT a.what, count(*) FROM alerts a JOIN tickets t ON t.ref = a.ticket
		WHERE a.officer = ?1 AND t.ended_ms IS NULL
		AND CASE a.what WHEN 'late' THEN t.overdue = 1 ELSE t.officer IN (?1, '') END GROUP BY a.what`, []any{c.Name},
		func(rows *sql.Rows) (none struct{}, err error) {
			var what string
			var n int
			err = rows.Scan(&what, &n)
			facts[what] = strconv.Itoa(n)
			return none, err
		})
	return &dialog.Result{Facts: facts}, errors.Join(err, c.run("DELETE FROM alerts WHERE officer = ?", c.Name))
}
