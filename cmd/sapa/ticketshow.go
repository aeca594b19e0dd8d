package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"sapa/dialog/desk"
	"sapa/dialog/field"
	"sapa/dialog/jkn"
	"sapa/store"
)

// What a look at a ticket's personal data leaves in its history.
const (
	eventSubjectSeen    = "subject.seen"
	eventDocumentsSaved = "documents.saved"
)

// ticketSheet is all there is about one ticket.
type ticketSheet struct {
	ticketLine
	Subject   subject        `json:"subject"`
	Answers   []answerLine   `json:"answers"`
	Documents []documentLine `json:"documents"`
	Activity  []activityLine `json:"activity"`
	Payment   *payment       `json:"payment"`
	// Deleted: the answers and words were, because their time was over.
	Deleted bool `json:"answers_deleted,omitempty"`

	due   int64  // rupiah it waits to be paid; 0: for none
	place int    // how many tickets are before it
	taken bool   // the officer made it theirs
	rated int    // 1 to 5; 0: not
	stage string // its title
	title string // of the service
	asks  []string
}

// subject is whom the ticket is about.
type subject struct {
	Name string `json:"name"`
	NIK  string `json:"nik"`
	Card string `json:"card"`
}

type answerLine struct {
	Field  string `json:"field"`
	Label  string `json:"label"`
	Value  string `json:"value"`
	Status string `json:"status"`

	shown string
}

type documentLine struct {
	Field  string `json:"field"`
	Name   string `json:"name"`
	MIME   string `json:"mime"`
	Bytes  int    `json:"bytes"`
	SHA256 string `json:"sha256"`
	Status string `json:"status"`

	id     string
	answer string // what became of it: asked for again, sent again, replaced; "" it stands
}

type activityLine struct {
	At   moment `json:"at"`
	Who  string `json:"who"`
	What string `json:"what"`
	Text string `json:"text"`
}

// payment is what an officer recorded as paid.
type payment struct {
	Amount    int64  `json:"amount"` // rupiah
	Reference string `json:"reference"`
	At        moment `json:"at"`
}

func (o *officer) showCommand() *cobra.Command {
	var reason, save string
	var asJSON bool
	c := &cobra.Command{
		Use:   "show REF",
		Short: "Show a ticket, its answers, documents and history, and what its stage asks for",
		Long: "Show a ticket. What is personal is masked; --reason shows it, and is kept in the ticket's history with your\n" +
			"name. --save writes the documents into a directory, readable by you alone, which is kept there too.",
		Example: "  sapa ticket show 5H8-PWW3\n" +
			`  sapa ticket show 5H8-PWW3 --reason "verifikasi" --save ./berkas --as rina`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if save != "" && strings.TrimSpace(reason) == "" {
				return misused("--save needs --reason TEXT: why you take the documents; it is recorded")
			}
			return o.show(cmd.Context(), args[0], strings.TrimSpace(reason), save, asJSON)
		},
	}
	c.Flags().StringVar(&reason, "reason", "", "show what is personal, for this `reason`; it is recorded")
	c.Flags().StringVar(&save, "save", "", "write the documents into this `directory`")
	c.Flags().BoolVar(&asJSON, "json", false, "one JSON object")
	return c
}

func (o *officer) show(ctx context.Context, ref, reason, save string, asJSON bool) error {
	if err := checkName(o.name); err != nil {
		return err
	}
	return o.visit(ctx, func(office *office) error {
		now, err := o.when(office)
		if err != nil {
			return err
		}
		t, err := office.ticket(ctx, ref)
		if err != nil {
			return err
		}
		who, err := office.looker(ctx, o.name, t, now)
		if err != nil {
			return err
		}
		if reason != "" { // recorded before anything is shown
			if err := office.db.RecordSeen(ctx, t.Ref, o.name, eventSubjectSeen, reason, now); err != nil {
				return err
			}
		}
		if save != "" {
			if err := o.saveDocuments(ctx, office, t, save, reason, now); err != nil {
				return err
			}
		}
		sheet, err := office.sheet(ctx, t, who, now, reason == "")
		if err != nil {
			return err
		}
		if asJSON {
			return printJSON(o.stdout, []ticketSheet{sheet})
		}
		return sheet.print(o.stdout)
	})
}

// looker is who looks at a ticket, if they may. One whose service is not loaded any more is an admin's to look at.
func (o *office) looker(ctx context.Context, name string, t desk.Ticket, now time.Time) (desk.Actor, error) {
	who, err := o.actor(ctx, name, t)
	if err != nil {
		return who, err
	}
	err = o.db.Permit(ctx, t.Ref, desk.ActionShow, who, now)
	if errors.Is(err, store.ErrNoService) && who.Role == desk.RoleAdmin {
		err = nil
	}
	return who, err
}

// sheet collects all about a ticket.
func (o *office) sheet(ctx context.Context, t desk.Ticket, who desk.Actor, now time.Time, masked bool) (ticketSheet, error) {
	s := ticketSheet{
		ticketLine: newTicketLine(t, now), title: t.Service, taken: t.Taken, rated: t.Rating,
		Answers: []answerLine{}, Documents: []documentLine{}, Activity: []activityLine{},
	}
	documents, err := o.db.Documents(ctx, t.Ref)
	if err != nil {
		return s, err
	}
	for _, d := range documents {
		s.Documents = append(s.Documents, documentLine{d.Field, d.Name, d.MIME, d.Bytes, d.SHA256, d.Status, d.ID, ""})
	}
	if s.place, err = o.db.PlaceOf(ctx, t); err != nil {
		return s, err
	}
	answers, err := o.db.Answers(ctx, t.Ref)
	if err != nil {
		return s, err
	}
	s.Deleted = len(answers) == 0 && !t.EndedAt.IsZero() && !now.Before(t.EndedAt.Add(o.retention.tickets))
	o.inFormOrder(t.Service, answers)
	for _, a := range answers {
		s.Answers = append(s.Answers, o.answer(t.Service, a, s.Documents, masked))
	}
	s.judge(answers)
	history, err := o.db.History(ctx, t.Ref)
	if err != nil {
		return s, err
	}
	for _, a := range history {
		s.Activity = append(s.Activity, newActivityLine(a, t.OpenedAt.Location()))
	}
	s.Payment = paid(t, history)
	due, _, err := o.db.Due(ctx, t, now)
	if err != nil {
		return s, err
	}
	s.due = due.Total
	if p, ok := o.catalog.Pipeline(t.Service); ok {
		s.Subject = subjectOf(p, t, masked)
		s.title = p.Title[lang]
		if stage, ok := p.Stage(t.Stage); ok {
			s.stage = stage.Title[lang]
			s.asks = asks(stage, desk.Possible(p, t, who))
		}
	}
	return s, nil
}

// judge says of each document what became of it: one can be asked for again while the rest stands.
func (s *ticketSheet) judge(answers []store.Answer) {
	words := map[string]string{"asked": "asked for again", "renewed": "sent again"}
	for i := range s.Documents {
		d := &s.Documents[i]
		for _, a := range answers {
			switch {
			case a.Field == d.Field && a.Value == d.id:
				d.answer = words[a.Status]
			case a.Field == d.Field:
				d.answer = "replaced"
			}
		}
	}
}

// inFormOrder sorts answers as the form asks them; what came later follows as it came.
func (o *office) inFormOrder(service string, answers []store.Answer) {
	if o.catalog.Flows[service] == nil {
		return
	}
	fields := o.fields(service)
	place := func(a store.Answer) int {
		if i := slices.Index(fields, a.Field); i >= 0 {
			return i
		}
		return len(fields)
	}
	slices.SortStableFunc(answers, func(a, b store.Answer) int { return place(a) - place(b) })
}

// lang is what labels are shown in on the command line: the members' and officers' own language, by which they name
// things to each other.
const lang = "id"

// personal are the types of value that tell who somebody is, and how each is masked.
var personal = map[string]func(string) string{
	"name": jkn.MaskName, "nik": jkn.Mask, "card": jkn.Mask, "nik_or_card": jkn.Mask, "kk": jkn.Mask, "phone": jkn.Mask,
	"other_number": jkn.Mask, "passport": jkn.Mask, "virtual_account": jkn.Mask, "account_number": jkn.Mask, "email": maskAll, "birth_date": maskAll,
	"employee_picks": maskAll, "new_employees": maskAll, "employee_outcomes": maskAll,
}

const hidden = "••••"

func maskAll(string) string { return hidden }

func (o *office) answer(service string, a store.Answer, documents []documentLine, masked bool) answerLine {
	shown := o.catalog.Show(service, a.Field, a.Value, lang)
	line := answerLine{Field: a.Field, Label: shown.Label, Value: a.Value, Status: a.Status, shown: shown.Text}
	if shown.Type == "document" { // its value is the message that brought it, which says nothing
		i := slices.IndexFunc(documents, func(d documentLine) bool { return d.id == a.Value })
		line.Value = ""
		if i >= 0 {
			line.Value = documents[i].Name
		}
		line.shown = line.Value
	}
	if mask := personal[shown.Type]; mask != nil && masked && a.Value != "" {
		line.Value = mask(a.Value)
		line.shown = line.Value
	}
	return line
}

// subjectOf gives whom the ticket is about. A form asks for a NIK or a card; an officer may have added the card.
func subjectOf(p *desk.Pipeline, t desk.Ticket, masked bool) subject {
	s := subject{Name: t.Values[p.Subject.Name], Card: t.Values["card"]}
	if number := t.Values[p.Subject.Number]; jkn.IsCard(number) {
		s.Card = number
	} else {
		s.NIK = number
	}
	if masked {
		s = subject{Name: jkn.MaskName(s.Name), NIK: maskNumber(s.NIK), Card: maskNumber(s.Card)}
	}
	return s
}

func maskNumber(n string) string {
	if n == "" {
		return ""
	}
	return jkn.Mask(n)
}

// newActivityLine gives a line of history. Its text begins with what was decided or asked for.
func newActivityLine(a desk.Activity, zone *time.Location) activityLine {
	text := a.Text
	if about := strings.TrimSpace(a.Decision + " " + a.Field); about != "" {
		text = strings.TrimSuffix(about+": "+a.Text, ": ")
	}
	return activityLine{moment{a.At.In(zone)}, a.Who, a.What, text}
}

// paid gives the payment an officer confirmed.
func paid(t desk.Ticket, history []desk.Activity) *payment {
	for _, a := range slices.Backward(history) {
		if a.What != desk.EventDecided || a.Decision != "paid" {
			continue
		}
		amount, err := strconv.ParseInt(t.Values["amount"], 10, 64)
		if err != nil {
			return nil
		}
		return &payment{amount, t.Values["reference"], moment{a.At.In(t.OpenedAt.Location())}}
	}
	return nil
}

// asks says, for each thing that can be done, how it is written.
func asks(stage *desk.Stage, possible []string) []string {
	var lines, plain []string
	for _, name := range possible {
		d, ok := stage.Decision(name)
		if !ok {
			plain = append(plain, name)
			continue
		}
		line := name
		if d.Reason {
			line += " REASON"
		}
		for _, set := range d.Sets {
			how := fmt.Sprintf("--set %s=… (%s: %s)", set.Name, set.Wants(), set.Label[lang])
			if set.Optional {
				how = "[" + how + "]"
			}
			line += "\n      " + how
		}
		lines = append(lines, line)
	}
	if len(plain) > 0 {
		lines = append(lines, strings.Join(plain, ", "))
	}
	return lines
}

// extensions are what a saved document's file is called by its kind.
var extensions = map[string]string{
	"image/jpeg": ".jpg", "image/png": ".png", "image/webp": ".webp", "application/pdf": ".pdf",
}

// saveDocuments writes a ticket's documents into a directory. The names are ours: what a sender calls a file may be a
// path. A file that is there already is not replaced.
func (o *officer) saveDocuments(ctx context.Context, office *office, t desk.Ticket, dir, reason string, now time.Time) error {
	documents, err := office.db.Documents(ctx, t.Ref)
	if err != nil {
		return err
	}
	if err := office.db.RecordSeen(ctx, t.Ref, o.name, eventDocumentsSaved, reason, now); err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("the documents cannot be saved: %w", err)
	}
	for i, d := range documents {
		if d.Status != "ready" {
			continue
		}
		body, err := office.db.DocumentBody(ctx, t.Ref, d.ID)
		if err != nil {
			return err
		}
		name := fmt.Sprintf("%s-%d-%s%s", t.Ref, i+1, d.Field, extensions[d.MIME])
		if err := writeFile(filepath.Join(dir, name), body); err != nil {
			return err
		}
		if _, err := fmt.Fprintf(o.stderr, "saved %s\n", name); err != nil {
			return err
		}
	}
	return nil
}

func writeFile(path string, body []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) //nolint:gosec // where the officer said
	if err != nil {
		return fmt.Errorf("the document cannot be saved: %w", err)
	}
	_, err = f.Write(body)
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return fmt.Errorf("the document cannot be saved: %w", err)
	}
	return nil
}

// print writes the sheet for people.
func (s *ticketSheet) print(to io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s  %s\n\n", s.Ref, s.title)
	for _, row := range s.head() {
		if row[1] != "" {
			fmt.Fprintf(&b, "  %-9s %s\n", row[0], row[1])
		}
	}
	var answers, documents, history [][]string
	for _, a := range s.Answers {
		answers = append(answers, []string{"  " + a.Field, a.Label, a.Status, a.shown})
	}
	for _, d := range s.Documents {
		documents = append(documents, []string{"  " + d.Field, d.MIME, fmt.Sprintf("%d bytes", d.Bytes), d.Status, d.answer, d.Name})
	}
	for _, a := range s.Activity {
		history = append(history, []string{"  " + a.At.String(), a.Who, a.What, a.Text})
	}
	if s.Deleted {
		answers = append(answers, []string{"  deleted on schedule: they are kept for a time after the end (retention: tickets)"})
	}
	section(&b, "Answers", answers)
	section(&b, "Documents", documents)
	section(&b, "History", history)
	if len(s.asks) > 0 {
		fmt.Fprintf(&b, "\nPossible now\n  %s\n", strings.Join(s.asks, "\n  "))
	}
	_, err := io.WriteString(to, b.String())
	return err
}

// head is what a ticket is, in words; what there is nothing to say of is empty.
func (s *ticketSheet) head() [][2]string {
	head := [][2]string{
		{"stage", fmt.Sprintf("%s (%s), %s, revision %d", s.Stage, s.stage, s.Status, s.Rev)},
		{"line", s.Line},
		{"branch", s.Branch},
		{"officer", s.whose()},
		{"opened", s.OpenedAt.String()},
		{"promised", s.promised()},
		{"place", s.before()},
		{"rated", s.rating()},
		{"name", s.Subject.Name},
		{"NIK", s.Subject.NIK},
		{"card", s.Subject.Card},
	}
	if s.due > 0 {
		head = append(head, [2]string{"due", field.ShowMoney(s.due)})
	}
	if p := s.Payment; p != nil {
		head = append(head, [2]string{"paid", fmt.Sprintf("%s, %s, %s", field.ShowMoney(p.Amount), p.Reference, p.At)})
	}
	return head
}

func (s *ticketSheet) promised() string {
	if s.PromisedAt.IsZero() {
		return ""
	}
	if s.Overdue {
		return s.PromisedAt.String() + ", overdue"
	}
	return s.PromisedAt.String()
}

// whose says whose the ticket is, and whether they know.
func (s *ticketSheet) whose() string {
	switch {
	case s.Officer == "" && !s.Status.Final():
		return "nobody's yet"
	case s.taken:
		return s.Officer + ", taken"
	case s.Officer != "" && !s.Status.Final():
		return s.Officer + ", assigned"
	}
	return s.Officer
}

// before says which place the ticket has in the queue of its stage at its office.
func (s *ticketSheet) before() string {
	switch {
	case s.taken || s.Status != desk.Open && s.Status != desk.WaitingPayment:
		return ""
	case s.place == 0:
		return "first in its queue"
	case s.place == 1:
		return "1 ticket before it"
	}
	return fmt.Sprintf("%d tickets before it", s.place)
}

func (s *ticketSheet) rating() string {
	if s.rated == 0 {
		return ""
	}
	return fmt.Sprintf("%d of 5", s.rated)
}

func section(b *strings.Builder, title string, rows [][]string) {
	if len(rows) == 0 {
		return
	}
	fmt.Fprintf(b, "\n%s\n", title)
	_ = printTable(b, rows) // writing to a string does not fail
}
