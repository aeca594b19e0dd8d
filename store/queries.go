package store

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"sapa/dialog"
	"sapa/dialog/desk"
)

const (
	// birthDateField holds the subject's birth date in tickets of services the catalogue no longer has.
	birthDateField = "tanggal_lahir"
	// maxWrong is how many wrong birth dates and numbers a contact may type in a day, for tickets and members, and how many
	// may be typed for a member by all.
	maxWrong = 5
)

// answer answers a query of the turn, inside its transaction. What it gives of tickets are this contact's own.
//
//	ticket.open    service, the answers by field → ref, service, stage, status, opened, promised, branch
//	ticket.list    → count; rows: the same
//	ticket.show    ref, birth_date → found, blocked, match; with a match: the same, asked, late, place, reopens, rates
//	ticket.bill    ref → known, card, class, months_owed, heads
//	ticket.decide  ref, decision, the decision's values by name → ok, stage, status, promised
//	ticket.answer  ref, field, value → ok, stage, status, promised
//	ticket.add     ref, value, text → the same
//	ticket.hear    ref, text → the same
//	ticket.cancel  ref → the same
//	ticket.reopen  ref, text → the same
//	ticket.rate    ref, rating, text → the same
//	who.known      → has, ticket
//	who.prove      birth_date, ref → ok, blocked
//	data.mine      → since, tickets, open, documents, messages, drafts, consents
//	data.export    birth_date → ok, blocked, name
//	branch_of      regency → see jkn.BranchFacts
//	member         number, birth_date → found, match, blocked, own_phone; see jkn.MemberFacts
//	member.family  number, birth_date → the same, count, heads; rows: see jkn.FamilyFacts
//	proof.new      number, birth_date → ok, blocked, word, phone, until
//	proof.claim    word → ok, expired
//	proof.done     word → ok, expired
//	office_of      regency, kind → see jkn.BranchFacts
//	visit.days     regency, kind → known, taken, count, place, zone; rows: day
//	visit.slots    regency, kind, day → count; rows: at
//	visit.book     regency, kind, at, service, name → ok, taken, code, at, place, remind
//	visit.mine     code → count, code, at, office, place, kind, service; rows: code, at, office
//	visit.cancel   code → ok
//	company.mine   → known, count; rows: code, name
//	company.employees  company, search, from → see jkn.EmployeeFacts
//	company.check  company, employees → ok, count
//	officer.…      see answerOfficer
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
	case "ticket.add":
		return v.answerAdd(q.Args, in.At)
	case "ticket.rate":
		sets := map[string]string{desk.SetRating: q.Args["rating"]}
		return v.answerAct(q.Args, desk.Action{Name: desk.ActionRate, Sets: sets, Text: q.Args["text"]}, in.At)
	case "ticket.hear", "ticket.cancel", "ticket.reopen":
		name := strings.TrimPrefix(q.Name, "ticket.")
		return v.answerAct(q.Args, desk.Action{Name: name, Text: q.Args["text"]}, in.At)
	}
	return v.answerRegisters(q, in)
}

// answerRegisters answers the queries of who writes, and of what was imported.
func (v *visit) answerRegisters(q dialog.Query, in dialog.Input) (*dialog.Result, error) {
	switch q.Name {
	case "who.known":
		return v.answerKnown()
	case "who.prove":
		return v.answerProve(q.Args, in.At)
	case "data.mine":
		return v.answerHoldings()
	case "data.export":
		return v.answerExport(q.Args, in)
	case dialog.QueryOfficer, dialog.QueryDeskTickets, dialog.QueryDeskShow, dialog.QueryDeskAsks, dialog.QueryDeskAct,
		dialog.QueryNews:
		return v.answerOfficer(q, in.At)
	case "company.mine", "company.employees", "company.check":
		return v.answerCompany(q, in.At)
	case "branch_of":
		return v.answerBranch(q.Args)
	case "ticket.bill":
		return v.answerBill(q.Args, in.At)
	case "member":
		return v.answerMember(q.Args, in.At)
	case "member.family":
		return v.answerFamily(q.Args, in.At)
	case "proof.new":
		return v.answerProofNew(q.Args, in)
	case "proof.claim":
		return v.answerProofClaim(q.Args, in.At)
	case "proof.done":
		return v.answerProofDone(q.Args, in.At)
	}
	return v.answerVisits(q, in)
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
	files, err := collect(v.query, ticketColumns+ticketJoins+"WHERE t.contact = ? ORDER BY t.opened_ms DESC, t.rowid DESC",
		[]any{v.who}, scanTicket)
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
		"late": truth(false), "place": "0", "reopens": truth(false), "rates": truth(false),
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
		err = v.details(f, facts, now)
	}
	return &dialog.Result{Facts: facts, Sample: match && f.sample}, err
}

// details adds to the facts what only who knows the birth date is told.
func (v *visit) details(f file, facts dialog.Record, now time.Time) error {
	maps.Copy(facts, f.facts())
	if len(f.Asked) > 0 { // one after the other
		facts["asked"] = f.Asked[0]
	}
	facts["late"] = truth(!f.PromisedAt.IsZero() && now.After(f.PromisedAt))
	facts["rates"] = truth(f.Status.Final() && f.Rating == 0)
	if p, err := v.pipeline(f.Service); err == nil { // of a service that has gone from the catalogue nothing is reopened
		empty, err := v.emptied(f.Ref)
		if err != nil {
			return err
		}
		facts["reopens"] = truth(!empty && p.Reopens(f.Ticket, now))
	}
	place, err := placeOf(v.get, f.Ticket)
	facts["place"] = strconv.Itoa(place)
	return err
}

// placeOf is how many open tickets come before a ticket: those of its stage at its office that were opened earlier and
// do not wait for their members. 0: it is next, or is being worked on, or waits for its member itself.
func placeOf(get func(query string, args []any, into ...any) error, t desk.Ticket) (place int, err error) {
	if t.Taken || t.Status != desk.Open && t.Status != desk.WaitingPayment {
		return 0, nil
	}
	err = get(`SELECT count(*) FROM tickets INDEXED BY tickets_queue WHERE service = ? AND stage = ? AND branch = ?
		AND ended_ms IS NULL AND opened_ms < ? AND status IN ('open', 'waiting_payment')`,
		[]any{t.Service, t.Stage, t.Branch, t.OpenedAt.UnixMilli()}, &place)
	return place, err
}

// knows compares a birth date with that of a ticket's subject.
func (v *visit) knows(f file, birthDate string, now time.Time) (match, blocked bool, err error) {
	want := f.Values[v.birthDateOf(f.Service)]
	if want == "" {
		return true, false, nil
	}
	return v.compare([]string{want}, f.Ref, birthDate, now)
}

// compare looks for a birth date, or a number, among some and counts a wrong one, for a ticket. Nothing at all is no try.
func (v *visit) compare(known []string, ref, said string, now time.Time) (match, blocked bool, err error) {
	today := dayOf(now)
	wrong, err := v.wrongToday(today)
	switch {
	case err != nil:
		return false, false, err
	case wrong >= maxWrong:
		return false, true, nil
	case said == "":
		return false, false, nil
	case slices.Contains(known, said):
		return true, false, nil
	}
	err = v.run(`INSERT INTO tries (contact, day, ticket, wrong) VALUES (?, ?, ?, 1)
		ON CONFLICT (contact, day, ticket) DO UPDATE SET wrong = wrong + 1`, v.who, today, ref)
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

// extra is the field of a document that the member adds unasked; the second is called "tambahan_2".
const extra = "tambahan"

// answerAdd keeps a document for a ticket under the first such name that is free.
func (v *visit) answerAdd(args dialog.Record, now time.Time) (*dialog.Result, error) {
	f, found, err := v.own(args["ref"])
	if err != nil {
		return nil, err
	}
	field := extra
	for n := 2; found && f.Values[field] != ""; n++ {
		field = extra + "_" + strconv.Itoa(n)
	}
	sets := map[string]string{field: args["value"]}
	return v.answerAct(args, desk.Action{Name: desk.ActionAdd, Field: field, Sets: sets, Text: args["text"]}, now)
}

// answerAct carries out what the member does to their ticket. A refusal is ok = false; the ticket stays as it is.
func (v *visit) answerAct(args dialog.Record, a desk.Action, now time.Time) (*dialog.Result, error) {
	refused := dialog.Record{"ok": truth(false), "stage": "", "status": "", "promised": ""}
	f, found, err := v.own(args["ref"])
	if err != nil || !found {
		return &dialog.Result{Facts: refused}, err
	}
	change, err := v.decide(f, a, desk.Actor{Name: desk.NameMember, Member: true}, now)
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
		foreign    *desk.ForeignError
		second     *desk.SecondError
		documents  *desk.DocumentsError
	)
	return errors.As(err, &notAllowed) || errors.As(err, &final) || errors.As(err, &words) || errors.As(err, &sets) ||
		errors.As(err, &stale) || errors.As(err, &taken) || errors.As(err, &foreign) || errors.As(err, &second) ||
		errors.As(err, &documents)
}

func pick(facts dialog.Record, names ...string) dialog.Record {
	out := dialog.Record{}
	for _, name := range names {
		out[name] = facts[name]
	}
	return out
}
