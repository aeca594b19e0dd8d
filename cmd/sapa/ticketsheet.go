package main

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"sapa/dialog/desk"
	"sapa/store"
)

// ticketSheet is all there is about one ticket.
type ticketSheet struct {
	ticketLine
	Subject   subject        `json:"subject"`
	Answers   []answerLine   `json:"answers"`
	Documents []documentLine `json:"documents"`
	Activity  []activityLine `json:"activity"`
	Payment   *payment       `json:"payment"`
	// Deleted: the answers and words were, because their time was over or the person was erased.
	Deleted bool `json:"answers_deleted,omitempty"`

	erased bool   // the person was
	due    int64  // rupiah it waits to be paid; 0: for none
	place  int    // how many tickets are before it
	taken  bool   // the officer made it theirs
	rated  int    // 1 to 5; 0: not
	stage  string // its title
	title  string // of the service
	asks   []string
}

// activityLine is a line of a ticket's history. Its text begins with what was decided or asked for.
type activityLine struct {
	At   moment `json:"at"`
	Who  string `json:"who"`
	What string `json:"what"`
	Text string `json:"text"`

	about, words string
}

// payment is what an officer recorded as paid.
type payment struct {
	Amount    int64  `json:"amount"` // rupiah
	Reference string `json:"reference"`
	At        moment `json:"at"`
}

// sheet collects all about a ticket.
func (o *office) sheet(ctx context.Context, t desk.Ticket, who desk.Actor, now time.Time) (ticketSheet, error) {
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
		s.Answers = append(s.Answers, o.answer(t.Service, a, s.Documents))
	}
	s.judge(answers)
	history, err := o.db.History(ctx, t.Ref)
	if err != nil {
		return s, err
	}
	for _, a := range history {
		s.erased = s.erased || a.What == store.EventErased
		s.Activity = append(s.Activity, newActivityLine(a, t.OpenedAt.Location()))
	}
	s.Deleted = s.Deleted || s.erased
	s.Payment = paid(t, history)
	due, _, err := o.db.Due(ctx, t, now)
	if err != nil {
		return s, err
	}
	s.due = due.Total
	if p, ok := o.catalog.Pipeline(t.Service); ok {
		s.Subject = subjectOf(p, t)
		s.title = p.Title[lang]
		if stage, ok := p.Stage(t.Stage); ok {
			s.stage = stage.Title[lang]
			s.asks = asks(stage, desk.Possible(p, t, who))
		}
	}
	return s, nil
}

func newActivityLine(a desk.Activity, zone *time.Location) activityLine {
	l := activityLine{At: moment{a.At.In(zone)}, Who: a.Who, What: a.What, words: a.Text}
	l.about = strings.TrimSpace(a.Decision + " " + a.Field)
	l.say()
	return l
}

func (l *activityLine) say() {
	l.Text = l.words
	if l.about != "" {
		l.Text = strings.TrimSuffix(l.about+": "+l.words, ": ")
	}
}

// mask hides what is personal: who it is about, what they answered and were told, what they call their files.
func (s *ticketSheet) mask() {
	s.Subject.mask()
	for i := range s.Answers {
		s.Answers[i].mask()
	}
	for i := range s.Documents {
		s.Documents[i].Name = maskWords(s.Documents[i].Name)
	}
	for i := range s.Activity {
		l := &s.Activity[i]
		l.words = maskWords(l.words)
		l.say()
	}
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
