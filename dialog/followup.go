package dialog

import (
	"fmt"
	"slices"
	"strings"

	"sapa/dialog/desk"
	"sapa/dialog/field"
)

// event tells the member what happened to a ticket. It never moves the session: what the ticket asks for joins the
// pending list.
func (t *turn) event() error {
	ev := t.in.Event
	f, ok := t.catalog.Flows[ev.Service]
	if !ok || f.Service == nil {
		return fmt.Errorf("dialog: an event of the unknown service %q", ev.Service)
	}
	if ev.Decision == "ask" {
		t.asked(f, ev)
		return nil
	}
	t.dropPending(ev.Ref)
	title := f.Title[t.s.Lang]
	if ev.Decision == "say" || ev.Decision == "close" {
		t.say(strings.TrimSpace(t.text("ticket."+ev.Decision, "ref", ev.Ref, "title", title, "words", ev.Text)), Keep)
		return nil
	}
	text := f.Service.says[ev.Stage+"/"+ev.Decision]
	if text == nil {
		return fmt.Errorf("dialog: service %s says nothing of %s/%s", f.Name, ev.Stage, ev.Decision)
	}
	var b strings.Builder
	b.WriteString(t.text("ticket.head", "ref", ev.Ref, "title", title) + "\n")
	text.write(&b, t.s.Lang, func(ref string) string { return t.showEvent(f, ev, ref) })
	if d := f.decision(ev.Stage, ev.Decision); d != nil && d.Flow != "" {
		t.pend(Pending{Ref: ev.Ref, Service: f.Name, Flow: d.Flow, Given: t.given(d.Flow, ev.Values)})
		b.WriteString("\n\n" + t.text("pending.how"))
	}
	t.say(b.String(), Keep)
	return nil
}

// asked tells that a field is wanted again, in the officer's words.
func (t *turn) asked(f *Flow, ev *Event) {
	label := ev.Field
	if n, ok := f.question(ev.Field); ok {
		label = n.Label[t.s.Lang]
	}
	t.s.Pending = slices.DeleteFunc(t.s.Pending, func(p Pending) bool { return p.Ref == ev.Ref && p.Field == ev.Field })
	t.pend(Pending{Ref: ev.Ref, Service: f.Name, Field: ev.Field, Words: ev.Text, Given: ev.Values})
	said := t.text("ticket.ask", "ref", ev.Ref, "title", f.Title[t.s.Lang], "label", label, "words", ev.Text)
	t.say(strings.TrimSpace(said)+"\n\n"+t.text("pending.how"), Keep)
}

func (f *Flow) decision(stage, name string) *desk.Decision {
	s, ok := f.Service.Pipeline.Stage(stage)
	if !ok {
		return nil
	}
	d, ok := s.Decision(name)
	if !ok {
		return nil
	}
	return d
}

// showEvent words a placeholder of a decision's text.
func (t *turn) showEvent(f *Flow, ev *Event, ref string) string {
	switch ref {
	case "ref":
		return ev.Ref
	case "title":
		return f.Title[t.s.Lang]
	case "reason":
		return ev.Text
	case "today", "organisation", "line", "phone":
		return t.show(ref)
	}
	value := ev.Values[ref]
	if s, ok := f.symbols[ref]; ok && s.node != nil {
		return t.showAnswer(s.node, Answer{Value: value})
	}
	return t.catalog.show(f.Service.setType(ref), value, t.s.Lang)
}

// setType is the type of a value that some decision sets.
func (s *Service) setType(name string) string {
	for _, st := range s.Pipeline.Stages {
		for _, d := range st.Decisions {
			for _, set := range d.Sets {
				if set.Name == name {
					return set.Type
				}
			}
		}
	}
	return "text"
}

// given picks what a follow-up flow is handed.
func (t *turn) given(flow string, values map[string]string) map[string]string {
	out := map[string]string{}
	for name := range t.catalog.Flows[flow].Given {
		if v, ok := values[name]; ok {
			out[name] = v
		}
	}
	return out
}

// maxPending bounds the list of what waits for one contact; the oldest goes first. Its ticket still shows it.
const maxPending = 20

func (t *turn) pend(p Pending) {
	t.s.Pending = append(t.s.Pending, p)
	if over := len(t.s.Pending) - maxPending; over > 0 {
		t.s.Pending = slices.Delete(t.s.Pending, 0, over)
	}
}

func (t *turn) dropPending(ref string) {
	t.s.Pending = slices.DeleteFunc(t.s.Pending, func(p Pending) bool { return p.Ref == ref })
}

// what says in a few words what a ticket waits for.
func (t *turn) what(p Pending) string {
	if p.Flow != "" {
		if f, ok := t.catalog.Flows[p.Flow]; ok {
			return f.Title[t.s.Lang]
		}
	}
	if f, ok := t.catalog.Flows[p.Service]; ok {
		if n, ok := f.question(p.Field); ok {
			return t.text("pending.field", "label", n.Label[t.s.Lang])
		}
	}
	return p.Field
}

// pendingSaid finds the pending matter that a message names: by its ticket's number, or by the words its follow-up
// flow goes by.
func (t *turn) pendingSaid(said string) (int, bool) {
	if len(t.s.Pending) == 0 {
		return 0, false
	}
	ref, hasRef := desk.FindRef(t.in.Text)
	bare := field.Bare(said)
	for i := len(t.s.Pending) - 1; i >= 0; i-- {
		p := t.s.Pending[i]
		if hasRef && p.Ref == ref {
			return i, true
		}
		if f, ok := t.catalog.Flows[p.Flow]; ok && (f.intents[said] || f.intents[bare]) {
			return i, true
		}
	}
	return 0, false
}

// pendingMeant finds the pending matter that a message means while nothing is being asked: "kelas" is enough for "pilih
// kelas" then.
func (t *turn) pendingMeant(said string) (int, bool) {
	if len(t.s.Pending) == 0 {
		return 0, false
	}
	options := make([]field.Option, len(t.s.Pending))
	for i, p := range t.s.Pending {
		if f, ok := t.catalog.Flows[p.Flow]; ok {
			options[i] = field.Option{Label: f.Title, Words: f.Intents}
		}
	}
	i, err := field.Choose(said, t.s.Lang, options, field.Numbers{})
	return i, err == nil
}

// openPending begins what a ticket waits for; a form in hand is kept.
func (t *turn) openPending(i int) error {
	p := t.s.Pending[i]
	t.setAside()
	t.s.Ticket = p.Ref
	t.s.Answers = map[string]Answer{}
	for name, v := range p.Given {
		t.s.Answers[name] = Answer{Value: v, At: t.in.At}
	}
	if f, ok := t.catalog.Flows[p.Flow]; ok {
		t.know("tiket", Facts{Record: Record{"ref": p.Ref, "service": p.Service}})
		return t.play(f, f.Nodes[0])
	}
	f, ok := t.catalog.Flows[p.Service]
	if ok {
		if n, ok := f.question(p.Field); ok {
			t.s.Amend, t.s.Carry = p.Field, p.Words
			t.wait(f, n)
			return nil
		}
	}
	t.dropPending(p.Ref)
	t.say(t.text("ticket.over", "ref", p.Ref), Keep)
	return t.home()
}

// amended goes on after a field asked for again was given to its ticket.
func (t *turn) amended() error {
	ref, name := t.s.Ticket, t.s.Amend
	label := name
	if n, ok := t.flow().question(name); ok {
		label = n.Label[t.s.Lang]
	}
	t.s.Pending = slices.DeleteFunc(t.s.Pending, func(p Pending) bool { return p.Ref == ref && p.Field == name })
	key := "ticket.over"
	if t.in.Result.Facts["ok"] == "true" {
		key = "ticket.answered"
	}
	t.say(t.text(key, "ref", ref, "label", label), Keep)
	t.end(&Node{})
	return nil
}
