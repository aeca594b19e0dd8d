package dialogtest

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"sapa/dialog"
	"sapa/dialog/desk"
	"sapa/dialog/worktime"
)

// Desk answers queries from memory: tickets by the desk's real rules, everything else by the functions it is given.
type Desk struct {
	// Queries are the scheme's own, by name.
	Queries map[string]func(args dialog.Record) *dialog.Result
	// Secret names what a reply says that the one in this chat must not read, "" where there is nothing; nil: there are
	// no secrets.
	Secret func(reply string) string

	catalog  *dialog.Catalog
	calendar *worktime.Calendar
	tickets  []desk.Ticket
}

// fresh is the desk at the beginning: no tickets.
func (d *Desk) fresh(c *dialog.Catalog) Desk {
	zone, _ := worktime.Zone("WIB")
	cal, _ := worktime.New(worktime.DefaultHours(), worktime.DefaultHolidays(), zone)
	return Desk{Queries: d.Queries, Secret: d.Secret, catalog: c, calendar: cal}
}

// reveals gives the secret that a reply tells; "": none.
func (d *Desk) reveals(reply string) string {
	if d.Secret == nil {
		return ""
	}
	return d.Secret(reply)
}

func (d *Desk) answer(q dialog.Query, now time.Time) *dialog.Result {
	switch q.Name {
	case dialog.QueryOpen:
		return d.open(q.Args, now)
	case "ticket.list":
		r := &dialog.Result{Facts: dialog.Record{"count": strconv.Itoa(len(d.tickets))}}
		for _, t := range d.tickets {
			r.Rows = append(r.Rows, facts(t))
		}
		return r
	case "ticket.show":
		return d.show(q.Args, now)
	case "ticket.decide":
		sets := map[string]string{}
		for k, v := range q.Args {
			if k != "ref" && k != "decision" && v != "" {
				sets[k] = v
			}
		}
		return d.member(desk.Action{Name: q.Args["decision"], Sets: sets}, q.Args["ref"], now)
	case dialog.QueryAnswer:
		field := q.Args["field"]
		return d.member(desk.Action{
			Name: desk.ActionAnswer, Field: field, Sets: map[string]string{field: q.Args["value"]},
		}, q.Args["ref"], now)
	case dialog.QueryAdd:
		field := "tambahan_" + strconv.Itoa(len(d.tickets[len(d.tickets)-1].Values))
		sets := map[string]string{field: q.Args["value"]}
		return d.member(desk.Action{Name: desk.ActionAdd, Field: field, Sets: sets}, q.Args["ref"], now)
	case dialog.QueryRate:
		sets := map[string]string{desk.SetRating: q.Args["rating"]}
		return d.member(desk.Action{Name: desk.ActionRate, Sets: sets, Text: q.Args["text"]}, q.Args["ref"], now)
	case "ticket.cancel", "ticket.reopen", dialog.QueryHear:
		_, action, _ := strings.Cut(q.Name, ".")
		return d.member(desk.Action{Name: action, Text: q.Args["text"]}, q.Args["ref"], now)
	}
	if own, ok := d.Queries[q.Name]; ok {
		return own(q.Args)
	}
	return &dialog.Result{}
}

func (d *Desk) open(args dialog.Record, now time.Time) *dialog.Result {
	p, ok := d.catalog.Pipeline(args["service"])
	if !ok {
		return &dialog.Result{}
	}
	values := map[string]string{}
	for k, v := range args {
		if k != "service" {
			values[k] = v
		}
	}
	ref := desk.NewRef(int64(len(d.tickets) + 1))
	change := desk.OpenTicket(p, desk.Ticket{Ref: ref, Line: "chika", Contact: 1, Values: values}, now, d.calendar)
	d.tickets = append(d.tickets, change.Ticket)
	return &dialog.Result{Facts: facts(change.Ticket)}
}

func (d *Desk) show(args dialog.Record, now time.Time) *dialog.Result {
	for _, t := range d.tickets {
		if t.Ref != args["ref"] {
			continue
		}
		f := facts(t)
		f["found"], f["match"], f["blocked"] = "true", "false", "false"
		p, _ := d.catalog.Pipeline(t.Service)
		if born := t.Values[p.Subject.BirthDate]; born == "" || born == args["birth_date"] {
			f["match"] = "true"
		}
		f["place"], f["asked"] = "0", ""
		f["late"] = strconv.FormatBool(!t.PromisedAt.IsZero() && now.After(t.PromisedAt))
		f["reopens"] = strconv.FormatBool(p.Reopens(t, now))
		f["rates"] = strconv.FormatBool(t.Status.Final() && t.Rating == 0)
		if len(t.Asked) > 0 { // one after the other
			f["asked"] = t.Asked[0]
		}
		return &dialog.Result{Facts: f}
	}
	return &dialog.Result{Facts: dialog.Record{"found": "false", "match": "false", "blocked": "false"}}
}

// member acts as the member in the chat.
func (d *Desk) member(a desk.Action, ref string, now time.Time) *dialog.Result {
	for i, t := range d.tickets {
		if t.Ref != ref {
			continue
		}
		p, _ := d.catalog.Pipeline(t.Service)
		change, err := desk.Decide(p, t, a, desk.Actor{Name: "member", Member: true}, now, d.calendar)
		if err != nil {
			break
		}
		d.tickets[i] = change.Ticket
		f := facts(change.Ticket)
		f["ok"] = "true"
		return &dialog.Result{Facts: f}
	}
	return &dialog.Result{Facts: dialog.Record{"ok": "false"}}
}

// act is an officer's action on the ticket opened last; the event is nil where the member is told nothing.
func (d *Desk) act(a desk.Action, who desk.Actor, now time.Time) (*dialog.Event, error) {
	last := len(d.tickets) - 1
	if last < 0 {
		return nil, errors.New("there is no ticket")
	}
	t := d.tickets[last]
	p, _ := d.catalog.Pipeline(t.Service)
	change, err := desk.Decide(p, t, a, who, now, d.calendar)
	if err != nil {
		return nil, err
	}
	d.tickets[last] = change.Ticket
	if change.Notice == nil {
		return nil, nil
	}
	n := change.Notice
	return &dialog.Event{
		Ref: t.Ref, Service: t.Service, Stage: n.Stage, Decision: n.Decision, Text: n.Text, Field: n.Field,
		Who: who.Name, Final: change.Ticket.Status.Final(), Values: change.Ticket.Values,
	}, nil
}

func facts(t desk.Ticket) dialog.Record {
	f := dialog.Record{
		"ref": t.Ref, "service": t.Service, "status": string(t.Status), "stage": t.Service + "/" + t.Stage,
		"opened": t.OpenedAt.Format(time.RFC3339), "branch": t.Branch, "promised": "",
	}
	if !t.PromisedAt.IsZero() {
		f["promised"] = t.PromisedAt.Format(time.RFC3339)
	}
	return f
}
