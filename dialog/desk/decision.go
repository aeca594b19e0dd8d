package desk

import (
	"maps"
	"slices"
	"strconv"
)

// decide carries out one of the stage's decisions.
func (m *move) decide(d *Decision, a Action) error {
	if d.Reason && a.Text == "" {
		return m.needs(a, "a reason")
	}
	if err := m.takes(d.Sets, a); err != nil {
		return err
	}
	next, err := m.pipeline.next(m.stage, d)
	if err != nil {
		return &StageError{Ref: m.ticket.Ref, Service: m.pipeline.Service, Stage: d.To}
	}
	t := &m.change.Ticket
	if !m.who.Member {
		if lacking := m.lacking(); len(lacking) > 0 && !d.Reason && next.Status != Rejected {
			return &DocumentsError{Ref: t.Ref, Action: d.Name, Fields: lacking}
		}
		t.Asked = nil // decided without it
	}
	for name, value := range a.Sets {
		if value != "" {
			t.Values[name] = value
		}
	}
	if m.officer() {
		t.DecidedBy = m.who.Name
	}
	m.record(Activity{What: EventDecided, Decision: d.Name, Text: a.Text})
	m.enter(next)
	if len(d.Say) > 0 {
		notice := Notice{Decision: d.Name}
		if d.Reason { // words nobody asked for are for the desk, not for the member
			notice.Text = a.Text
		}
		m.tell(notice)
	}
	return nil
}

// lacking gives the papers of the stage that are not there, or not there as they should be.
func (m *move) lacking() []string {
	var fields []string
	for _, f := range m.stage.Documents {
		if m.ticket.Values[f] == "" || slices.Contains(m.ticket.Asked, f) {
			fields = append(fields, f)
		}
	}
	return fields
}

// takes checks the values given with an action against those it takes, and names all that are missing, bad or unknown.
func (m *move) takes(declared []Set, a Action) error {
	e := &SetsError{Ref: m.ticket.Ref, Action: a.Name}
	known := map[string]bool{}
	for _, s := range declared {
		known[s.Name] = true
		switch value := a.Sets[s.Name]; {
		case value != "" && !s.bounds(value):
			e.Bad = append(e.Bad, s)
		case value == "" && !s.Optional:
			e.Missing = append(e.Missing, s.Name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(a.Sets)) {
		if !known[name] {
			e.Unknown = append(e.Unknown, name)
		}
	}
	if len(e.Missing)+len(e.Bad)+len(e.Unknown) > 0 {
		return e
	}
	return nil
}

// bounds reports whether a value keeps the set's bounds, where it has any.
func (s Set) bounds(value string) bool {
	if s.Min == 0 && s.Max == 0 {
		return true
	}
	n, err := strconv.ParseInt(value, 10, 64)
	return err == nil && n >= s.Min && n <= s.Max
}
