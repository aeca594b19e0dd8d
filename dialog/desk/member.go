package desk

import (
	"slices"
	"strconv"
	"time"
)

// give takes a value from the member: one that was asked for, or one more. What was given before and nobody asked for
// again is never replaced: an officer may have decided upon it.
func (m *move) give(a Action) error {
	t := &m.change.Ticket
	asked := slices.Contains(t.Asked, a.Field)
	switch {
	case a.Name == ActionAnswer && !asked:
		return &SetsError{Ref: t.Ref, Action: a.Name, Missing: t.Asked[:1], Unknown: []string{a.Field}}
	case !asked && t.Values[a.Field] != "":
		return &SetsError{Ref: t.Ref, Action: a.Name, Unknown: []string{a.Field}}
	}
	if err := m.takes([]Set{{Name: a.Field}}, a); err != nil {
		return err
	}
	t.Values[a.Field] = a.Sets[a.Field]
	if !asked {
		m.record(Activity{What: EventAdded, Field: a.Field, Text: a.Text})
		return nil
	}
	t.Asked = slices.DeleteFunc(t.Asked, func(f string) bool { return f == a.Field })
	m.record(Activity{What: EventAnswered, Field: a.Field, Text: a.Text})
	m.settle(m.stage)
	return nil
}

// reopen brings a ticket back to where it ended, or to the first stage if its way had come to an end.
func (m *move) reopen(a Action) error {
	if !m.pipeline.Reopens(m.ticket, m.now) {
		return &FinalError{Ref: m.ticket.Ref, Status: m.ticket.Status}
	}
	stage := m.stage
	if stage.Status.Final() {
		stage = &m.pipeline.Stages[0]
	}
	t := &m.change.Ticket
	t.EndedAt, t.Rating, t.Officer = time.Time{}, 0, ""
	m.record(Activity{What: EventReopened, Text: a.Text})
	for i := range m.stage.Follow {
		m.timer(FollowName(i), time.Time{})
	}
	m.enter(stage)
	return nil
}

// rating is what rate takes.
var rating = Set{Name: SetRating, Type: "number", Min: 1, Max: 5}

func (m *move) rate(a Action) error {
	t := &m.change.Ticket
	if err := m.takes([]Set{rating}, a); err != nil {
		return err
	}
	t.Rating, _ = strconv.Atoi(a.Sets[SetRating])
	m.record(Activity{What: EventRated, Text: a.Text})
	return nil
}
