package store

import (
	"errors"
	"fmt"
	"maps"
	"strconv"
	"time"

	"sapa/dialog"
	"sapa/dialog/desk"
)

const (
	// birthDateField holds the subject's birth date in tickets of services the catalogue no longer has.
	birthDateField = "tanggal_lahir"
	// maxWrong is how many wrong birth dates a contact may type in a day, for one ticket or all of theirs.
	maxWrong = 5
)

// answer answers a query of the turn, inside its transaction. What it gives of tickets are this contact's own.
//
//	ticket.open    service, the answers by field → ref, service, stage, status, opened, promised, branch
//	ticket.list    → count; rows: the same
//	ticket.show    ref, birth_date → found, blocked, match; with a match: the same and asked
//	ticket.decide  ref, decision, the decision's values by name → ok, stage, status, promised
//	ticket.answer  ref, field, value → ok, stage, status, promised
//	ticket.cancel  ref → ok, stage, status, promised
//	branch_of      regency → see jkn.BranchFacts
//
// stage is "service/stage", times are RFC 3339 in the office's zone, promised is "" where nothing is promised.
func (v *visit) answer(q dialog.Query, in dialog.Input) (*dialog.Result, error) {
	switch q.Name {
	case "ticket.open":
		return v.answerOpen(q.Args, in.At)
	case "ticket.list":
		return v.answerList()
	case "ticket.show":
		return v.answerShow(q.Args, in.At)
	case "ticket.decide":
		return v.answerAct(q.Args, desk.Action{Name: q.Args["decision"], Sets: without(q.Args, "ref", "decision")}, in.At)
	case "ticket.answer":
		field := q.Args["field"]
		sets := map[string]string{field: q.Args["value"]}
		return v.answerAct(q.Args, desk.Action{Name: desk.ActionAnswer, Field: field, Sets: sets}, in.At)
	case "ticket.cancel":
		return v.answerAct(q.Args, desk.Action{Name: desk.ActionCancel}, in.At)
	case "branch_of":
		return v.answerBranch(q.Args)
	}
	return nil, errors.New("the store knows no such query")
}

func without(args dialog.Record, names ...string) map[string]string {
	own := maps.Clone(args)
	for _, name := range names {
		delete(own, name)
	}
	return own
}

// facts of a ticket that are told to its contact.
func (f file) facts() dialog.Record {
	return dialog.Record{
		"ref": f.Ref, "service": f.Service, "stage": f.Service + "/" + f.Stage, "status": string(f.Status),
		"opened": rfc3339(f.OpenedAt.In(location(f.zone))), "promised": rfc3339(f.PromisedAt.In(location(f.zone))),
		"branch": f.branch,
	}
}

func rfc3339(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.RFC3339)
}

func truth(b bool) string { return strconv.FormatBool(b) }

func (v *visit) answerOpen(args dialog.Record, now time.Time) (*dialog.Result, error) {
	f, err := v.open(args["service"], without(args, "service"), now)
	if err != nil {
		return nil, err
	}
	return &dialog.Result{Facts: f.facts(), Sample: f.sample}, nil
}

func (v *visit) answerList() (*dialog.Result, error) {
	files, err := collect(v.query, ticketColumns+"WHERE t.contact = ? ORDER BY t.opened_ms DESC, t.rowid DESC",
		[]any{v.who}, v.db.ring.scanTicket)
	if err != nil {
		return nil, err
	}
	res := &dialog.Result{Facts: dialog.Record{"count": strconv.Itoa(len(files))}}
	for _, f := range files {
		res.Rows = append(res.Rows, f.facts())
	}
	return res, nil
}

// own is a ticket of this contact; found is false for any other, whether it exists or not.
func (v *visit) own(text string) (f file, found bool, err error) {
	ref, ok := desk.ParseRef(text)
	if !ok {
		return file{}, false, nil
	}
	f, err = v.db.ring.load(v.query, ref)
	if errors.Is(err, ErrNoTicket) {
		return file{}, false, nil
	}
	if err != nil || f.Contact != v.who {
		return file{}, false, err
	}
	return f, true, nil
}

// answerShow gives a ticket's details to whoever knows its subject's birth date. A ticket that asked for none keeps
// no details to protect.
func (v *visit) answerShow(args dialog.Record, now time.Time) (*dialog.Result, error) {
	facts := dialog.Record{
		"found": truth(false), "blocked": truth(false), "match": truth(false),
		"ref": "", "service": "", "stage": "", "status": "", "opened": "", "promised": "", "asked": "", "branch": "",
	}
	f, found, err := v.own(args["ref"])
	if err != nil || !found {
		return &dialog.Result{Facts: facts}, err
	}
	facts["found"], facts["ref"], facts["service"] = truth(true), f.Ref, f.Service
	match, blocked, err := v.knows(f, args["birth_date"], now)
	if err != nil {
		return nil, err
	}
	facts["blocked"], facts["match"] = truth(blocked), truth(match)
	if match {
		maps.Copy(facts, f.facts())
		facts["asked"] = f.Asked
	}
	return &dialog.Result{Facts: facts, Sample: match && f.sample}, nil
}

// knows compares a birth date and counts wrong ones. No date at all is no try.
func (v *visit) knows(f file, birthDate string, now time.Time) (match, blocked bool, err error) {
	want := f.Values[v.birthDateOf(f.Service)]
	if want == "" {
		return true, false, nil
	}
	day := now.In(location(officeZone))
	_, offset := day.Zone()
	number := (now.Unix() + int64(offset)) / (24 * 60 * 60)
	var wrong int
	err = v.get("SELECT coalesce(sum(wrong), 0) FROM tries WHERE contact = ? AND day = ?",
		[]any{v.who, number}, &wrong)
	switch {
	case err != nil:
		return false, false, err
	case wrong >= maxWrong:
		return false, true, nil
	case birthDate == "":
		return false, false, nil
	case birthDate == want:
		return true, false, nil
	}
	err = v.run(`INSERT INTO tries (contact, day, ticket, wrong) VALUES (?, ?, ?, 1)
		ON CONFLICT (contact, day, ticket) DO UPDATE SET wrong = wrong + 1`, v.who, number, f.Ref)
	return false, wrong+1 >= maxWrong, err
}

// birthDateOf names the field that holds the birth date of a service's subject; "" where its form asks for none.
func (t *tx) birthDateOf(service string) string {
	p, err := t.pipeline(service)
	if err != nil {
		return birthDateField
	}
	return p.Subject.BirthDate
}

// answerAct carries out what the member does to their ticket. A refusal is ok = false; the ticket stays as it is.
func (v *visit) answerAct(args dialog.Record, a desk.Action, now time.Time) (*dialog.Result, error) {
	refused := dialog.Record{"ok": truth(false), "stage": "", "status": "", "promised": ""}
	f, found, err := v.own(args["ref"])
	if err != nil || !found {
		return &dialog.Result{Facts: refused}, err
	}
	change, err := v.decide(f, a, desk.Actor{Name: "member", Member: true}, now)
	switch {
	case refusal(err):
		maps.Copy(refused, pick(f.facts(), "stage", "status", "promised"))
		return &dialog.Result{Facts: refused}, nil
	case err != nil:
		return nil, fmt.Errorf("ticket %s: %w", f.Ref, err)
	}
	f.Ticket = change.Ticket
	facts := pick(f.facts(), "stage", "status", "promised")
	facts["ok"] = truth(true)
	return &dialog.Result{Facts: facts}, nil
}

// refusal reports whether an error is desk.Decide's own: a rule, not a fault.
func refusal(err error) bool {
	var (
		notAllowed *desk.NotAllowedError
		final      *desk.FinalError
		words      *desk.WordsError
		sets       *desk.SetsError
		stale      *desk.StaleError
		taken      *desk.TakenError
	)
	return errors.As(err, &notAllowed) || errors.As(err, &final) || errors.As(err, &words) || errors.As(err, &sets) ||
		errors.As(err, &stale) || errors.As(err, &taken)
}

func pick(facts dialog.Record, names ...string) dialog.Record {
	out := dialog.Record{}
	for _, name := range names {
		out[name] = facts[name]
	}
	return out
}
