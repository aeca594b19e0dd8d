package desk

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"sapa/dialog/worktime"
)

// OpenTicket makes the ticket a form ends in, at the first stage of a pipeline that [Pipeline.Check] found sound. Ref
// is a fresh reference, contact whose chat it came from on that line, branch the code of the branch that serves it or
// "". Values are the form's answers in canonical form; they are copied. Cal counts the stage's promise.
func OpenTicket(
	p *Pipeline, ref, line string, contact int64, branch string, values map[string]string,
	now time.Time, cal *worktime.Calendar,
) Change {
	stage := &p.Stages[0]
	m := move{stage: stage, who: Actor{Name: "member", Member: true}, now: now, cal: cal}
	m.change.Ticket = Ticket{
		Ref: ref, Service: p.Service, Line: line, Contact: contact, Branch: branch,
		OpenedAt: now, Values: copied(values),
	}
	m.enter(stage)
	m.record(Activity{What: EventOpened})
	return m.change
}

// Decide carries out an action on a ticket, or refuses it and says why; it is the only way a ticket changes. The given
// ticket is left as it is. Cal counts the promise of the stage the ticket comes to.
//
// It refuses, looking in this order, with [ErrNobody], *[StageError], *[StaleError], *[FinalError], *[NotAllowedError],
// *[TakenError], *[WordsError] or *[SetsError]. All are sentences for the officer and hold no value and no word of the
// ticket.
func Decide(p *Pipeline, t Ticket, a Action, who Actor, now time.Time, cal *worktime.Calendar) (Change, error) {
	if who.Name == "" {
		return Change{}, ErrNobody
	}
	stage, err := standing(p, t)
	if err != nil {
		return Change{}, err
	}
	if a.Rev != 0 && a.Rev != t.Rev {
		return Change{}, &StaleError{Ref: t.Ref, Seen: a.Rev, Rev: t.Rev}
	}
	if err := permit(stage, t, a.Name, who); err != nil {
		return Change{}, err
	}
	a.Text = strings.TrimSpace(a.Text)
	m := move{pipeline: p, stage: stage, who: who, now: now, cal: cal}
	m.change.Ticket = t
	m.change.Ticket.Values = copied(t.Values)
	if err := m.make(a); err != nil {
		return Change{}, err
	}
	return m.change, nil
}

// Possible gives the names of the actions the actor has on the ticket now, the stage's decisions first: those that
// [Decide] refuses, if at all, only for their words and values.
func Possible(p *Pipeline, t Ticket, who Actor) []string {
	stage, err := standing(p, t)
	if err != nil {
		return nil
	}
	return possible(stage, t, who)
}

// standing gives the stage the ticket stands at. The stage of a final ticket may have gone from the catalogue: it
// decides nothing any more.
func standing(p *Pipeline, t Ticket) (*Stage, error) {
	if p.Service == t.Service {
		if stage, ok := p.Stage(t.Stage); ok {
			return stage, nil
		}
		if t.Status.Final() {
			return &Stage{Name: t.Stage, Status: t.Status}, nil
		}
	}
	return nil, &StageError{Ref: t.Ref, Service: t.Service, Stage: t.Stage}
}

// permit says why the actor may not do this, whatever words and values come with it.
func permit(stage *Stage, t Ticket, name string, who Actor) error {
	switch {
	case over(t, name):
		return &FinalError{Ref: t.Ref, Status: t.Status}
	case !offered(stage, t, name, who):
		return &NotAllowedError{
			Ref: t.Ref, Stage: stage.Name, Status: t.Status, Action: name, Possible: possible(stage, t, who),
		}
	case reserved(t, name, who):
		return &TakenError{Ref: t.Ref, Officer: t.Officer, Yours: t.Officer == who.Name}
	}
	return nil
}

func possible(stage *Stage, t Ticket, who Actor) []string {
	names := make([]string, 0, len(stage.Decisions)+len(commonActions))
	for i := range stage.Decisions {
		names = append(names, stage.Decisions[i].Name)
	}
	names = append(names, commonActions...)
	return slices.DeleteFunc(names, func(name string) bool {
		return over(t, name) || !offered(stage, t, name, who) || reserved(t, name, who)
	})
}

// over reports whether the ticket's end rules the action out.
func over(t Ticket, name string) bool { return t.Status.Final() && name != ActionNote }

// offered reports whether such an actor has the action where the ticket stands.
func offered(stage *Stage, t Ticket, name string, who Actor) bool {
	switch name {
	case ActionTake, ActionNote, ActionSay, ActionAsk, ActionClose:
		return !who.Member
	case ActionRelease:
		return !who.Member && t.Officer != ""
	case ActionAnswer:
		return who.Member && t.Asked != ""
	case ActionCancel:
		return who.Member
	}
	d, ok := stage.Decision(name)
	return ok && d.Member == who.Member
}

// reserved reports whether the action is left to the officer who took the ticket. A second take is refused too: it
// would write a change that changes nothing.
func reserved(t Ticket, name string, who Actor) bool {
	if who.Member || name == ActionNote || t.Officer == "" {
		return false
	}
	return t.Officer != who.Name || name == ActionTake
}

// move is one permitted action being carried out.
type move struct {
	pipeline *Pipeline
	stage    *Stage // where the ticket stood before
	who      Actor
	now      time.Time
	cal      *worktime.Calendar
	change   Change
}

// make changes the ticket as the action says.
func (m *move) make(a Action) error {
	if d, ok := m.stage.Decision(a.Name); ok {
		return m.decide(d, a)
	}
	if a.Name == ActionAnswer {
		return m.answer(a)
	}
	if len(a.Sets) > 0 {
		return m.sets(nil, a)
	}
	if (a.Name == ActionNote || a.Name == ActionSay || a.Name == ActionAsk) && a.Text == "" {
		return m.needs(a, "a text")
	}
	t := &m.change.Ticket
	switch a.Name {
	case ActionTake:
		t.Officer = m.who.Name
		m.record(Activity{What: EventTaken, Text: a.Text})
	case ActionRelease:
		t.Officer = ""
		m.record(Activity{What: EventReleased, Text: a.Text})
	case ActionNote:
		m.record(Activity{What: EventNoted, Text: a.Text})
	case ActionSay:
		m.record(Activity{What: EventSaid, Text: a.Text})
		m.tell(Notice{Decision: ActionSay, Text: a.Text})
	case ActionAsk:
		return m.ask(a)
	case ActionClose:
		m.end(Closed)
		m.record(Activity{What: EventClosed, Text: a.Text})
		m.tell(Notice{Decision: ActionClose, Text: a.Text})
	case ActionCancel:
		m.end(Cancelled)
		m.record(Activity{What: EventCancelled, Text: a.Text})
	}
	return nil
}

func (m *move) decide(d *Decision, a Action) error {
	if d.Reason && a.Text == "" {
		return m.needs(a, "a reason")
	}
	if err := m.sets(d.Sets, a); err != nil {
		return err
	}
	next, ok := m.pipeline.Stage(d.To)
	if !ok { // a pipeline that was never checked
		return &StageError{Ref: m.change.Ticket.Ref, Service: m.pipeline.Service, Stage: d.To}
	}
	if !m.who.Member {
		m.change.Ticket.Asked = "" // decided without it
	}
	m.enter(next)
	m.record(Activity{What: EventDecided, Decision: d.Name, Text: a.Text})
	if len(d.Say) > 0 {
		notice := Notice{Decision: d.Name}
		if d.Reason { // words nobody asked for are for the desk, not for the member
			notice.Text = a.Text
		}
		m.tell(notice)
	}
	return nil
}

// ask asks for one field again. A newer request replaces an older one that was not answered.
func (m *move) ask(a Action) error {
	if a.Field == "" {
		return m.needs(a, "a field")
	}
	m.change.Ticket.Asked = a.Field
	m.settle(m.stage)
	m.record(Activity{What: EventAsked, Field: a.Field, Text: a.Text})
	m.tell(Notice{Decision: ActionAsk, Field: a.Field, Text: a.Text})
	return nil
}

func (m *move) answer(a Action) error {
	t := &m.change.Ticket
	if a.Field != t.Asked {
		return &SetsError{Ref: t.Ref, Action: a.Name, Missing: []string{t.Asked}, Unknown: []string{a.Field}}
	}
	if err := m.sets([]Set{{Name: t.Asked}}, a); err != nil {
		return err
	}
	t.Asked = ""
	m.settle(m.stage)
	m.record(Activity{What: EventAnswered, Field: a.Field, Text: a.Text})
	return nil
}

// sets takes over the values given with an action, or names all that are missing, bad or unknown.
func (m *move) sets(declared []Set, a Action) error {
	e := &SetsError{Ref: m.change.Ticket.Ref, Action: a.Name}
	known := map[string]bool{}
	for _, s := range declared {
		known[s.Name] = true
		switch value := a.Sets[s.Name]; {
		case value != "" && !s.bounds(value):
			e.Bad = append(e.Bad, s)
		case value != "":
			m.change.Ticket.Values[s.Name] = value
		case !s.Optional:
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

// enter brings the ticket to a stage.
func (m *move) enter(stage *Stage) {
	m.change.Ticket.Stage = stage.Name
	m.settle(stage)
}

// settle gives the ticket the status and the promise that go with its stage and with what the member was asked for.
func (m *move) settle(stage *Stage) {
	t := &m.change.Ticket
	if stage.Status.Final() {
		m.end(stage.Status)
		return
	}
	t.Status = stage.Status
	if t.Asked != "" {
		t.Status = WaitingMember
	}
	t.PromisedAt = time.Time{}
	if stage.Promise > 0 && t.Status != WaitingMember {
		t.PromisedAt = m.cal.Add(m.now, stage.Promise)
	}
}

// end makes the ticket final: nobody is waited for and nothing is promised any more.
func (m *move) end(status Status) {
	t := &m.change.Ticket
	t.Status, t.Asked, t.PromisedAt = status, "", time.Time{}
}

// record adds to the history and counts the change.
func (m *move) record(a Activity) {
	a.At, a.Who, a.Stage = m.now, m.who.Name, m.change.Ticket.Stage
	m.change.Activities = append(m.change.Activities, a)
	m.change.Ticket.Rev++
}

// tell makes the notice for the member.
func (m *move) tell(n Notice) {
	n.Stage = m.stage.Name
	m.change.Notice = &n
}

func (m *move) needs(a Action, what string) error {
	return &WordsError{Ref: m.change.Ticket.Ref, Action: a.Name, Needs: what}
}

// copied gives a map of its own, which can be written to.
func copied(values map[string]string) map[string]string {
	own := make(map[string]string, len(values))
	maps.Copy(own, values)
	return own
}
