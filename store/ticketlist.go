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

// Filter chooses tickets; empty parts choose all.
type Filter struct {
	Statuses                                       []desk.Status
	Service, Stage, Line, Branch, Regency, Officer string
	Late                                           time.Time   // only those promised for an earlier time
	OrBroken                                       bool        // with Late: or whose promise was broken by another clock
	For                                            *desk.Actor // only those they may see
	Limit                                          int         // 0: no limit
}

// where gives the clause and its arguments. All it looks at stands in the index it goes by. Services are those the
// tickets may be of, where that is known; else nil.
func (f Filter) where(services []string) (text string, args []any) {
	index, parts := "tickets_list", []string{"TRUE"}
	add := func(part string, values []any) {
		parts = append(parts, part)
		args = append(args, values...)
	}
	for _, is := range [][2]string{
		{"service", f.Service}, {"stage", f.Stage}, {"line", f.Line}, {"branch", f.Branch}, {"regency", f.Regency},
	} {
		if is[1] != "" {
			add("t."+is[0]+" = ?", []any{is[1]})
		}
	}
	if f.Officer != "" {
		index = "tickets_officer"
		add("t.officer = ? AND t.officer <> ''", []any{f.Officer})
	}
	if !f.Late.IsZero() {
		part := "t.promised_ms < ?"
		if f.OrBroken { // which stands in no index
			part = "t.promised_ms IS NOT NULL AND (t.promised_ms < ? OR t.overdue = 1)"
		}
		add(part, []any{f.Late.UnixMilli()})
	}
	if len(f.Statuses) > 0 {
		add(oneOf("t.status", f.Statuses))
	}
	if services != nil {
		add(oneOf("t.service", services))
	}
	if f.For != nil {
		add(reaches(*f.For))
	}
	return " INDEXED BY " + index + ticketJoins + "WHERE " + strings.Join(parts, " AND ") + " ORDER BY t.opened_ms, t.rowid", args
}

func oneOf[T ~string](column string, values []T) (part string, args []any) {
	for _, v := range values {
		args = append(args, string(v))
	}
	return column + " IN (" + strings.TrimPrefix(strings.Repeat(", ?", len(values)), ", ") + ")", args
}

// within is desk's scope as SQL has it, so that not every ticket must be asked about: it leaves out only what
// desk.May refuses too.
func within(who desk.Actor) (part string, args []any) {
	if who.Role == desk.RoleCompanyMaker || who.Role == desk.RoleCompanyApprover {
		part = "FALSE"
		for _, company := range who.Scope {
			part += " OR t.company = ?"
			args = append(args, company)
		}
		return "(" + part + ")", args
	}
	if len(who.Scope) == 0 {
		return "TRUE", nil
	}
	part = "FALSE"
	for _, code := range who.Scope {
		part += " OR t.regency = ? OR substr(t.regency, 1, ?) = ?"
		args = append(args, code, len(code)+1, code+".")
	}
	return "(" + part + ")", args
}

// reaches is within for tickets, of which some have no known place: those are every office's.
func reaches(who desk.Actor) (part string, args []any) {
	part, args = within(who)
	if who.Role == desk.RoleCompanyMaker || who.Role == desk.RoleCompanyApprover {
		return part, args
	}
	return "(" + part + " OR t.regency = '' AND t.company = '')", args
}

var errEnough = errors.New("enough tickets")

// EachTicket gives tickets without their values to do, oldest first, until it returns an error, which is passed on.
func (d *DB) EachTicket(ctx context.Context, f Filter, do func(desk.Ticket) error) error {
	pipeline, err := d.pipelines(ctx)
	if err != nil {
		return err
	}
	var services []string
	if f.For != nil && f.For.Role != desk.RoleAdmin {
		if services, err = d.servicesOf(ctx, pipeline, f.For.Role); err != nil {
			return err
		}
	}
	given := 0
	where, args := f.where(services)
	_, err = collect(d.reading(ctx), ticketColumns+where, args, func(rows *sql.Rows) (none struct{}, err error) {
		t, err := scanTicket(rows)
		if err != nil || f.For != nil && !sees(pipeline, t.Ticket, *f.For) {
			return none, err
		}
		if err := do(t.Ticket); err != nil {
			return none, err
		}
		if given++; given == f.Limit {
			return none, errEnough
		}
		return none, nil
	})
	if errors.Is(err, errEnough) {
		return nil
	}
	return explain(err)
}

// servicesWorked finds the services that tickets are of in as many steps as there are.
const servicesWorked = `
WITH RECURSIVE s (name) AS (
    SELECT min(service) FROM tickets UNION ALL SELECT (SELECT min(service) FROM tickets WHERE service > name) FROM s WHERE name IS NOT NULL
) SELECT name FROM s WHERE name IS NOT NULL`

// servicesOf gives the services in which a role has work; none is an empty list.
func (d *DB) servicesOf(ctx context.Context, pipeline func(string) (*desk.Pipeline, bool), role desk.Role) ([]string, error) {
	all, err := read(ctx, d, servicesWorked, nil, func(rows *sql.Rows) (s string, err error) { return s, rows.Scan(&s) })
	services := slices.DeleteFunc(append([]string{}, all...), func(service string) bool {
		p, ok := pipeline(service)
		return !ok || !slices.ContainsFunc(p.Stages, func(s desk.Stage) bool { return s.Role == role })
	})
	return services, err
}

// pipelines gives how services' pipelines are found, which may be another after the flows were read anew.
func (d *DB) pipelines(ctx context.Context) (find func(service string) (*desk.Pipeline, bool), err error) {
	err = d.peek(ctx, func(t *tx) error {
		if find = t.db.opts.Pipeline; find == nil {
			find = func(string) (*desk.Pipeline, bool) { return nil, false }
		}
		return nil
	})
	return find, err
}

func sees(pipeline func(string) (*desk.Pipeline, bool), t desk.Ticket, who desk.Actor) bool {
	p, ok := pipeline(t.Service)
	return ok && desk.May(p, t, desk.ActionShow, who) == nil
}

// Tickets lists tickets without their values, oldest first.
func (d *DB) Tickets(ctx context.Context, f Filter) (tickets []desk.Ticket, err error) {
	err = d.EachTicket(ctx, f, func(t desk.Ticket) error {
		tickets = append(tickets, t)
		return nil
	})
	return tickets, err
}

// PlaceOf is how many open tickets come before a ticket in the queue of its stage at its office; 0 for one that is
// next, is being worked on or waits for its member.
func (d *DB) PlaceOf(ctx context.Context, t desk.Ticket) (place int, err error) {
	place, err = placeOf(func(query string, args []any, into ...any) error {
		return d.reader.QueryRowContext(ctx, query, args...).Scan(into...)
	}, t)
	return place, explain(err)
}

// OpenStages gives the services and stages that tickets without a final status stand at, with their number: a
// catalogue that lacks one is refused.
func (d *DB) OpenStages(ctx context.Context) (map[[2]string]int, error) {
	stages := map[[2]string]int{}
	_, err := read(ctx, d, "SELECT service, stage, count(*) FROM tickets WHERE ended_ms IS NULL GROUP BY service, stage", nil,
		func(rows *sql.Rows) (struct{}, error) {
			var at [2]string
			var n int
			err := rows.Scan(&at[0], &at[1], &n)
			stages[at] = n
			return struct{}{}, err
		})
	return stages, err
}
