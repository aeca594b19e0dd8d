package main

import (
	"slices"

	"sapa/dialog/desk"
	"sapa/dialog/jkn"
	"sapa/store"
)

// answerLine is an answer of a ticket: of the member, or set by an officer.
type answerLine struct {
	Field  string `json:"field"`
	Label  string `json:"label"`
	Value  string `json:"value"`
	Status string `json:"status"`

	typeName, shown string
}

// lang is what labels are shown in on the command line: the members' and officers' own language, by which they name
// things to each other.
const lang = "id"

func (o *office) answer(service string, a store.Answer, documents []documentLine) answerLine {
	shown := o.catalog.Show(service, a.Field, a.Value, lang)
	line := answerLine{a.Field, shown.Label, a.Value, a.Status, shown.Type, shown.Text}
	if shown.Type == "document" { // its value is the message that brought it, which says nothing
		i := slices.IndexFunc(documents, func(d documentLine) bool { return d.id == a.Value })
		line.Value = ""
		if i >= 0 {
			line.Value = documents[i].Name
		}
		line.shown = line.Value
	}
	return line
}

func (a *answerLine) mask() {
	if kept := mask(a.typeName, a.Value); kept != a.Value {
		a.Value, a.shown = kept, kept
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

// subject is whom a ticket is about.
type subject struct {
	Name string `json:"name"`
	NIK  string `json:"nik"`
	Card string `json:"card"`
}

// subjectOf gives whom the ticket is about. A form asks for a NIK or a card; an officer may have added the card.
func subjectOf(p *desk.Pipeline, t desk.Ticket) subject {
	s := subject{Name: t.Values[p.Subject.Name], Card: t.Values["card"]}
	if number := t.Values[p.Subject.Number]; jkn.IsCard(number) {
		s.Card = number
	} else {
		s.NIK = number
	}
	return s
}

func (s *subject) mask() { *s = subject{jkn.MaskName(s.Name), maskNumber(s.NIK), maskNumber(s.Card)} }
