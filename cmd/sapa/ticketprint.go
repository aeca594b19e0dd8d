package main

import (
	"fmt"
	"io"
	"strings"

	"sapa/dialog/desk"
	"sapa/dialog/field"
)

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
	switch {
	case s.erased:
		answers = append(answers, []string{"  erased with the person they belonged to"})
	case s.Deleted:
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
