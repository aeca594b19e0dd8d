package desk

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"sapa/dialog/worktime"
)

// OpenTicket makes the ticket a form ends in, at the first stage of a pipeline that [Pipeline.Check] found sound. Of t
// it takes Ref (a fresh one), Line, Contact, Branch, Regency and Company (where they are empty, what the form's answers
// say), DecidedBy (the company's officer who made it; "" for a member) and Values, the answers in canonical form, which
// are copied. Cal, in the zone of the ticket, counts the stage's promise.
func OpenTicket(p *Pipeline, t Ticket, now time.Time, cal *worktime.Calendar) Change {
	stage := &p.Stages[0]
	m := newMove(standing{p, stage, Ticket{
		Ref: t.Ref, Service: p.Service, Line: t.Line, Contact: t.Contact, Branch: t.Branch,
		Regency: cmp.Or(t.Regency, t.Values[p.Subject.Regency]), Company: cmp.Or(t.Company, t.Values[p.Subject.Company]),
		DecidedBy: t.DecidedBy, OpenedAt: now, Values: t.Values,
	}, Actor{Name: NameMember, Member: true}}, now, cal)
	m.record(Activity{What: EventOpened})
	m.enter(stage)
	return m.done()
}

// Decide carries out an action on a ticket, or refuses it and says why; with [Elapse] it is the only way a ticket
// changes. The given ticket is left as it is. Cal, in the zone of the ticket, counts the promise of the stage it comes
// to.
//
// It refuses with what [May] refuses with, with *[StaleError] before all that tells how the ticket stands, and then
// with *[WordsError], *[DocumentsError] or *[SetsError]. All are sentences for the officer and hold no value and no word
// of the ticket.
func Decide(p *Pipeline, t Ticket, a Action, who Actor, now time.Time, cal *worktime.Calendar) (Change, error) {
	s, err := stand(p, t, who)
	if err != nil {
		return Change{}, err
	}
	if a.Rev != 0 && a.Rev != t.Rev && !s.foreign(a.Name) {
		return Change{}, &StaleError{Ref: t.Ref, Seen: a.Rev, Rev: t.Rev}
	}
	if err := s.permit(a.Name); err != nil {
		return Change{}, err
	}
	a.Text = strings.TrimSpace(a.Text)
	m := newMove(s, now, cal)
	if err := m.make(a); err != nil {
		return Change{}, err
	}
	return m.done(), nil
}

// move is one permitted action or due timer being carried out.
type move struct {
	standing
	now    time.Time
	cal    *worktime.Calendar
	change Change
}

func newMove(s standing, now time.Time, cal *worktime.Calendar) *move {
	m := &move{standing: s, now: now, cal: cal, change: Change{Ticket: s.ticket}}
	t := &m.change.Ticket
	t.Asked = slices.Clone(t.Asked)
	t.Values = make(map[string]string, len(s.ticket.Values))
	maps.Copy(t.Values, s.ticket.Values)
	return m
}

// done counts the change, if there is one, and writes under its history how the ticket stands after it.
func (m *move) done() Change {
	t := &m.change.Ticket
	if len(m.change.Activities) > 0 {
		t.Rev++
	}
	for i := range m.change.Activities {
		a := &m.change.Activities[i]
		a.At, a.Who, a.Rev, a.Stage, a.Officer = m.now, m.who.Name, t.Rev, t.Stage, t.Officer
	}
	return m.change
}

// make changes the ticket as the action says.
func (m *move) make(a Action) error {
	if d, ok := m.stage.Decision(a.Name); ok {
		return m.decide(d, a)
	}
	if err := m.worded(a); err != nil {
		return err
	}
	switch a.Name {
	case ActionAnswer, ActionAdd:
		return m.give(a)
	case ActionRate:
		return m.rate(a)
	}
	if len(a.Sets) > 0 {
		return m.takes(nil, a)
	}
	switch a.Name {
	case ActionTake, ActionRelease, ActionPass, ActionAssign:
		return m.hand(a)
	case ActionReopen:
		return m.reopen(a)
	case ActionAsk:
		m.ask(a)
	case ActionNote:
		m.record(Activity{What: EventNoted, Text: a.Text})
	case ActionHear:
		m.record(Activity{What: EventHeard, Text: a.Text})
	case ActionSay:
		m.record(Activity{What: EventSaid, Text: a.Text})
		m.tell(Notice{Decision: ActionSay, Text: a.Text})
	case ActionClose:
		m.record(Activity{What: EventClosed, Text: a.Text})
		m.end(Closed)
		m.tell(Notice{Decision: ActionClose, Text: a.Text})
	case ActionCancel:
		m.record(Activity{What: EventCancelled, Text: a.Text})
		m.end(Cancelled)
	default: // looking changes nothing
		return m.impossible(a.Name)
	}
	return nil
}

// worded checks that what the action is about came with it.
func (m *move) worded(a Action) error {
	switch a.Name {
	case ActionNote, ActionSay, ActionAsk, ActionHear:
		if a.Text == "" {
			return m.needs(a, "a text")
		}
	case ActionPass, ActionAssign:
		if a.To == "" {
			return m.needs(a, "an officer")
		}
	}
	switch a.Name {
	case ActionAsk, ActionAdd:
		if a.Field == "" {
			return m.needs(a, "a field")
		}
	}
	return nil
}

// record adds to the history.
func (m *move) record(a Activity) { m.change.Activities = append(m.change.Activities, a) }

// tell makes the notice for the member.
func (m *move) tell(n Notice) {
	n.Stage = m.stage.Name
	m.change.Notice = &n
}

// hand changes whose the ticket is.
func (m *move) hand(a Action) error {
	t := &m.change.Ticket
	handed := Activity{Text: a.Text}
	switch a.Name {
	case ActionTake:
		handed.What, t.Officer, t.Taken = EventTaken, m.who.Name, true
	case ActionRelease:
		handed.What, t.Officer, t.Taken = EventReleased, "", false
	case ActionPass:
		handed.What, t.Officer, t.Taken = EventPassed, a.To, false
	case ActionAssign:
		handed.What, t.Officer, t.Taken = EventAssigned, a.To, false
	}
	switch {
	case a.Name == ActionPass && a.To == m.who.Name:
		return m.needs(a, "another officer")
	case a.To != "" && m.stage.Second && a.To == t.DecidedBy:
		return &SecondError{Ref: t.Ref, Officer: a.To}
	}
	m.record(handed)
	return nil
}

// ask asks for one field again. What was asked for before still is.
func (m *move) ask(a Action) {
	t := &m.change.Ticket
	if !slices.Contains(t.Asked, a.Field) {
		t.Asked = append(t.Asked, a.Field)
	}
	m.record(Activity{What: EventAsked, Field: a.Field, Text: a.Text})
	m.settle(m.stage)
	m.tell(Notice{Decision: ActionAsk, Field: a.Field, Text: a.Text})
}

func (m *move) needs(a Action, what string) error {
	return &WordsError{Ref: m.ticket.Ref, Action: a.Name, Needs: what}
}
