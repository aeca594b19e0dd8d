package store

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"sapa/dialog"
	"sapa/dialog/desk"
	"sapa/dialog/jkn"
)

// The desk in a chat ("meja"): officers work tickets from the number they are registered with, under the same rules as
// anywhere, and all of it stands in the tickets' histories.

const (
	// deskRows is how many tickets an officer is shown at once: as many as one figure chooses among.
	deskRows = 9
	// seenInChat is the reason of looks at what is personal of a ticket from here.
	seenInChat = "meja"
)

// deskActions are what officers do from a chat beside the decisions of a stage. Closing without a decision, and giving
// a ticket to somebody by name, are done at the desk.
var deskActions = []string{
	desk.ActionTake, desk.ActionAsk, desk.ActionSay, desk.ActionNote, desk.ActionPass, desk.ActionRelease,
}

// answerOfficer answers the queries of an officer; see [dialog.QueryOfficer] and those after it for what they give.
func (v *visit) answerOfficer(q dialog.Query, now time.Time) (*dialog.Result, error) {
	o, err := v.officerOf(v.who)
	switch {
	case errors.Is(err, ErrNoOfficer) || err == nil && !o.Enabled:
		return &dialog.Result{Facts: refused("foreign")}, nil
	case err != nil:
		return nil, err
	}
	c := clerk{visit: v, Officer: o, now: now}
	switch q.Name {
	case dialog.QueryOfficer:
		return &dialog.Result{Facts: dialog.Record{"known": truth(true), "name": o.Name, "role": string(o.Role)}}, nil
	case dialog.QueryDeskTickets:
		return c.list(q.Args["which"])
	case dialog.QueryDeskShow:
		return c.show(q.Args["ref"])
	case dialog.QueryDeskAsks:
		return c.asks(q.Args)
	case dialog.QueryDeskAct:
		return c.act(q.Args)
	case dialog.QueryNews:
		return c.news()
	}
	return nil, errors.New("the store knows no such query")
}

func refused(problem string) dialog.Record {
	return dialog.Record{"ok": truth(false), "problem": problem}
}

// clerk is an officer at work in this visit's chat.
type clerk struct {
	*visit
	desk.Officer
	now time.Time
}

// list gives the most urgent tickets: "mine", "free" (nobody's, for this officer to take), or "overdue".
func (c clerk) list(which string) (*dialog.Result, error) {
	where, args := reaches(c.Actor())
	found, err := c.urgent(where, args, which)
	if err != nil {
		return nil, err
	}
	res := &dialog.Result{Facts: dialog.Record{"count": strconv.Itoa(len(found))}}
	for _, f := range found {
		name, err := c.subject(f)
		if err != nil {
			return nil, err
		}
		facts := f.facts()
		res.Rows = append(res.Rows, dialog.Record{
			"ref": f.Ref, "service": f.Service, "stage": facts["stage"], "since": facts["opened"],
			"due": dialog.Due(f.PromisedAt, c.now), "name": name,
		})
	}
	return res, nil
}

func (c clerk) urgent(where string, args []any, which string) (found []file, err error) {
	_, err = collect(c.query, ticketColumns+" INDEXED BY tickets_open"+ticketJoins+"WHERE t.ended_ms IS NULL AND "+where+
		" ORDER BY t.promised_ms NULLS LAST, t.opened_ms", args, func(rows *sql.Rows) (none struct{}, err error) {
		f, err := scanTicket(rows)
		if err != nil || !c.wants(f.Ticket, which) {
			return none, err
		}
		if found = append(found, f); len(found) == deskRows {
			return none, errEnough
		}
		return none, nil
	})
	if errors.Is(err, errEnough) {
		err = nil
	}
	return found, err
}

// wants reports whether a ticket belongs into a list. What the officer may take is theirs to see; of their own they may
// see all.
func (c clerk) wants(t desk.Ticket, which string) bool {
	if t.Contact == c.who {
		return false
	}
	if t.Officer == c.Name {
		return which == "mine" || which == "overdue" && c.late(t)
	}
	if which == "mine" || which == "free" && t.Officer != "" || which == "overdue" && !c.late(t) {
		return false
	}
	p, err := c.pipeline(t.Service)
	return err == nil && desk.May(p, t, desk.ActionTake, c.Actor()) == nil
}

func (c clerk) late(t desk.Ticket) bool { return !t.PromisedAt.IsZero() && t.PromisedAt.Before(c.now) }

// subject is the masked name of whom a ticket is about; "" where its form asks for none.
func (c clerk) subject(f file) (string, error) {
	p, err := c.pipeline(f.Service)
	if err != nil || p.Subject.Name == "" {
		return "", nil
	}
	f, err = c.db.ring.load(c.query, f.Ref)
	return jkn.MaskName(f.Values[p.Subject.Name]), err
}

// reach finds a ticket for this officer to do something to. Problem is why not: a ticket that is not theirs is like
// none. Who tried what they may not stands in the ticket's history.
func (c clerk) reach(text, action string) (f file, p *desk.Pipeline, problem string, err error) {
	ref, ok := desk.FindRef(text)
	if !ok {
		return f, nil, "foreign", nil
	}
	f, err = c.db.ring.load(c.query, ref)
	switch {
	case errors.Is(err, ErrNoTicket):
		return f, nil, "foreign", nil
	case err != nil:
		return f, nil, "", err
	case f.Contact == c.who: // nobody decides on what they asked for themselves
		return f, nil, "own", nil
	}
	if p, err = c.pipeline(f.Service); err != nil {
		return f, nil, "", err
	}
	problem, err = c.problem(ref, action, desk.May(p, f.Ticket, action, c.Actor()))
	return f, p, problem, err
}

// problem names a refusal as the catalogue words it, and records it where somebody tried what they may not. What is no
// refusal stays an error.
func (c clerk) problem(ref, action string, err error) (string, error) {
	if err == nil {
		return "", nil
	}
	problem := refusalOf(err)
	switch {
	case problem == "":
		return "", fmt.Errorf("ticket %s: %w", ref, err)
	case forbidden(err):
		return problem, c.recordRefused(ref, action, c.Actor(), c.now)
	}
	return problem, nil
}

// refusalOf is a refusal as a code with what it is about; "" for what is none.
func refusalOf(err error) string {
	var (
		taken     *desk.TakenError
		documents *desk.DocumentsError
		foreign   *desk.ForeignError
		second    *desk.SecondError
		final     *desk.FinalError
		stale     *desk.StaleError
		words     *desk.WordsError
		sets      *desk.SetsError
		outcomes  *jkn.OutcomesError
	)
	switch {
	case errors.As(err, &taken) && taken.Yours:
		return "yours"
	case errors.As(err, &taken):
		return "taken " + taken.Officer
	case errors.As(err, &documents):
		return "documents " + strings.Join(documents.Fields, " ")
	case errors.As(err, &foreign):
		return "foreign"
	case errors.As(err, &second):
		return "second"
	case errors.As(err, &final):
		return "final"
	case errors.As(err, &stale):
		return "stale"
	case errors.As(err, &words):
		return "words"
	case errors.As(err, &outcomes):
		return "outcomes " + strconv.Itoa(outcomes.Rows)
	case errors.As(err, &sets):
		return "sets"
	case errors.Is(err, ErrNobodySuits), errors.Is(err, ErrUnsuited):
		return "nobody"
	case refusal(err):
		return "gone"
	}
	return ""
}

// show gives a ticket with its answers and what the officer may do there. That they looked is in its history.
func (c clerk) show(ref string) (*dialog.Result, error) {
	f, p, problem, err := c.reach(ref, desk.ActionShow)
	if err != nil || problem != "" {
		return &dialog.Result{Facts: refused(problem)}, err
	}
	words, who, err := c.lastWords(f.Ref)
	if err != nil {
		return nil, err
	}
	sheet := dialog.Sheet{
		Service: f.Service, Stage: f.Stage, Since: f.OpenedAt, Promised: f.PromisedAt, Late: c.late(f.Ticket),
		Officer: f.Officer, Values: f.Values, Words: words, Who: who,
	}
	facts := pick(f.facts(), "ref", "service", "stage")
	facts["ok"], facts["rev"], facts["sheet"] = truth(true), strconv.FormatInt(f.Rev, 10), sheet.String()
	res := &dialog.Result{Facts: facts}
	stage, _ := p.Stage(f.Stage)
	for _, name := range desk.Possible(p, f.Ticket, c.Actor()) {
		_, decision := stage.Decision(name)
		if decision || slices.Contains(deskActions, name) {
			res.Rows = append(res.Rows, dialog.Record{"action": dialog.Action(f.Service, f.Stage, name)})
		}
	}
	return res, c.recordDailyLook(f, c.Name, seenInChat, c.now)
}

const lastWords = `
SELECT a.id, a.who, a.sealed_text, a.contact, k.wrapped FROM activity a LEFT JOIN keys k ON k.contact = a.contact
WHERE a.ticket = ? AND a.sealed_text IS NOT NULL AND a.what LIKE 'ticket.%' AND a.what <> 'ticket.seen' ORDER BY a.id DESC LIMIT 1`

// lastWords are what was said last about a ticket, and by whom; "" nothing was.
func (t *tx) lastWords(ref string) (words, who string, err error) {
	var id, contact int64
	var sealed, wrapped []byte
	err = t.get(lastWords, []any{ref}, &id, &who, &sealed, &contact, &wrapped)
	if none(err) {
		return "", "", nil
	}
	if err != nil {
		return "", "", err
	}
	keys, err := t.db.ring.ticketKeys(t.query, ref)
	if err != nil {
		return "", "", err
	}
	words, err = t.db.ring.words(keys, id, sealed, contact, wrapped)
	return words, who, err
}

// asks tells what an action wants to be told before it can be carried out.
func (c clerk) asks(args dialog.Record) (*dialog.Result, error) {
	_, stage, name := dialog.CutAction(args["action"])
	f, p, problem, err := c.reach(args["ref"], name)
	if err == nil && problem == "" && f.Stage != stage {
		problem = "stale"
	}
	if err != nil || problem != "" {
		return &dialog.Result{Facts: refused(problem)}, err
	}
	at, _ := p.Stage(stage)
	d, decides := at.Decision(name)
	if !decides {
		d = &desk.Decision{}
	}
	ask, note := name == desk.ActionAsk, name == desk.ActionNote
	res := &dialog.Result{Facts: dialog.Record{
		"ok": truth(true), "problem": "", "decides": truth(decides), "asks": truth(ask), "private": truth(note),
		"words": truth(d.Reason || ask || note || name == desk.ActionSay),
		"sets":  strconv.Itoa(len(d.Sets)), "wants": args["action"],
	}}
	if !ask {
		return res, nil
	}
	answers, err := c.db.ring.answers(c.query, f)
	for _, a := range answers {
		if a.Status != set {
			res.Rows = append(res.Rows, dialog.Record{"field": a.Field, "label": f.Service + "/" + a.Field})
		}
	}
	return res, err
}

// act carries out an action as it is seen in args, and tells the member. The rest of args may be left from another
// action: it is taken as far as this one takes it.
func (c clerk) act(args dialog.Record) (*dialog.Result, error) {
	_, _, name := dialog.CutAction(args["action"])
	f, p, problem, err := c.reach(args["ref"], name)
	if err != nil || problem != "" {
		return &dialog.Result{Facts: refused(problem)}, err
	}
	a := desk.Action{Name: name}
	if a.Rev, err = strconv.ParseInt(args["rev"], 10, 64); err != nil {
		return nil, errors.New("the revision is no number")
	}
	if err := give(&a, p, f.Ticket, args); err != nil {
		return nil, err
	}
	var change desk.Change
	var rec dialog.Receipt
	err = c.saved(func() (err error) {
		change, rec, err = c.tx.act(f.Ref, a, c.Actor(), c.now)
		return err
	})
	if problem, err = c.problem(f.Ref, name, err); err != nil || problem != "" {
		return &dialog.Result{Facts: refused(problemAbout(f.Service, problem))}, err
	}
	c.rec.Outbound = append(c.rec.Outbound, rec.Outbound...)
	c.rec.Superseded = append(c.rec.Superseded, rec.Superseded...)
	f.Ticket = change.Ticket
	return &dialog.Result{Facts: dialog.Record{"ok": truth(true), "problem": "", "stage": f.facts()["stage"]}}, nil
}

// give gives an action what it takes.
func give(a *desk.Action, p *desk.Pipeline, t desk.Ticket, args dialog.Record) error {
	decision := &desk.Decision{}
	if stage, ok := p.Stage(t.Stage); ok {
		if d, ok := stage.Decision(a.Name); ok {
			decision = d
		}
	}
	switch {
	case a.Name == desk.ActionAsk:
		a.Field, a.Text = args["field"], args["text"]
	case decision.Reason, a.Name == desk.ActionSay, a.Name == desk.ActionNote:
		a.Text = args["text"]
	}
	if len(decision.Sets) == 0 || args["values"] == "" {
		return nil
	}
	if json.Unmarshal([]byte(args["values"]), &a.Sets) != nil { // its error would show the values
		return errors.New("the decision's values cannot be read")
	}
	return nil
}

// problemAbout completes the fields of a refusal with their service, as the catalogue names them.
func problemAbout(service, problem string) string {
	code, fields, _ := strings.Cut(problem, " ")
	if code != "documents" {
		return problem
	}
	for field := range strings.FieldsSeq(fields) {
		code += " " + service + "/" + field
	}
	return code
}
