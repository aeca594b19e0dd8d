package dialog

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"time"

	"sapa/dialog/desk"
)

// rateWithin is how long the words that rate a ticket work after its end.
const rateWithin = 7 * 24 * time.Hour

// event tells the member what happened to a ticket. It never moves the session: what the ticket asks for joins the
// pending list.
func (t *turn) event() error {
	ev := t.in.Event
	f, ok := t.catalog.Flows[ev.Service]
	if !ok || f.Service == nil {
		return fmt.Errorf("dialog: an event of the unknown service %q", ev.Service)
	}
	title := f.Title[t.s.Lang]
	switch ev.Decision {
	case desk.ActionSay:
		t.talk(ev, title)
		return nil
	case DecisionBack:
		return t.handedBack(ev.Ref)
	case DecisionErased:
		t.over(ev.Ref)
		t.say(t.text("ticket.erased", "ref", ev.Ref, "title", title), Keep)
		return nil
	case desk.ActionAsk:
		t.asked(f, ev)
		return nil
	case desk.TimerRemind:
		t.remind(f, ev)
		return nil
	case desk.ActionClose, desk.TimerExpire, desk.ActionReopen:
		t.over(ev.Ref)
		days := int(cmp.Or(f.Service.Pipeline.Reopen, desk.ReopenWithin).Hours() / 24)
		said := t.text("ticket."+ev.Decision, "ref", ev.Ref, "title", title, "words", ev.Text, "days", strconv.Itoa(days))
		t.notify(f, ev, strings.TrimSpace(said), false)
		return nil
	}
	return t.decided(f, ev)
}

// over ends what a ticket waited for: it has gone on.
func (t *turn) over(ref string) {
	t.dropPending(ref)
	if t.s.Talk != nil && t.s.Talk.Ref == ref {
		t.s.Talk = nil
	}
}

// decided tells a decision, or a follow-up, in the service's words.
func (t *turn) decided(f *Flow, ev *Event) error {
	text := f.Service.says[ev.Stage+"/"+ev.Decision]
	if text == nil {
		return fmt.Errorf("dialog: service %s says nothing of %s/%s", f.Name, ev.Stage, ev.Decision)
	}
	if !strings.HasPrefix(ev.Decision, desk.TimerFollow) {
		t.over(ev.Ref)
	}
	var b strings.Builder
	b.WriteString(t.text("ticket.head", "ref", ev.Ref, "title", f.Title[t.s.Lang]) + "\n")
	text.write(&b, t.s.Lang, func(ref string) string { return t.showEvent(f, ev, ref) })
	flow := f.offers(ev.Stage, ev.Decision)
	if flow != "" {
		t.pend(Pending{Ref: ev.Ref, Service: f.Name, Flow: flow, Given: t.given(flow, ev.Values)})
	}
	t.notify(f, ev, b.String(), flow != "")
	return nil
}

// notify sends a notice with the way on: to what it asks for or, at a ticket's end and not when it is followed up later,
// to saying how it was.
func (t *turn) notify(f *Flow, ev *Event, words string, asks bool) {
	ends := ev.Final && !strings.HasPrefix(ev.Decision, desk.TimerFollow)
	rates := ends && t.catalog.rating != "" && !f.Service.unrated[ev.Stage+"/"+ev.Decision]
	if rates {
		until := t.in.At.Add(rateWithin)
		t.pend(Pending{Ref: ev.Ref, Service: ev.Service, Flow: t.catalog.rating, Until: until})
	}
	switch {
	case asks:
		words += "\n\n" + t.text("pending.how")
	case rates:
		words += "\n\n" + t.text("rating.how")
	}
	t.say(words, Keep)
}

// asked tells that a field is wanted again, in the officer's words.
func (t *turn) asked(f *Flow, ev *Event) {
	label := ev.Field
	if n, ok := f.question(ev.Field); ok {
		label = n.Label[t.s.Lang]
	}
	t.pend(Pending{Ref: ev.Ref, Service: f.Name, Field: ev.Field, Words: ev.Text, Given: ev.Values})
	said := t.text("ticket.ask", "ref", ev.Ref, "title", f.Title[t.s.Lang], "label", label, "words", ev.Text)
	t.notify(f, ev, strings.TrimSpace(said), true)
}

// remind tells that a ticket still waits for the member: for what was asked, or in its stage.
func (t *turn) remind(f *Flow, ev *Event) {
	if ev.Field != "" && !t.pends(ev.Ref, ev.Field) {
		t.pend(Pending{Ref: ev.Ref, Service: f.Name, Field: ev.Field, Given: ev.Values})
	}
	key, what := "ticket.remind.stage", ev.Stage
	i, asks := t.next(ev.Ref)
	if asks {
		key, what = "ticket.remind", t.what(t.s.Pending[i])
	} else if s, ok := f.Service.Pipeline.Stage(ev.Stage); ok {
		what = s.Title[t.s.Lang]
	}
	t.notify(f, ev, t.text(key, "ref", ev.Ref, "title", f.Title[t.s.Lang], "what", what), asks)
}

// offers is the flow that a decision or a follow-up offers the member; "" none.
func (f *Flow) offers(stage, name string) string {
	s, ok := f.Service.Pipeline.Stage(stage)
	if !ok {
		return ""
	}
	if d, ok := s.Decision(name); ok {
		return d.Flow
	}
	for i, follow := range s.Follow {
		if name == desk.FollowName(i) {
			return follow.Flow
		}
	}
	return ""
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
	}
	if _, own := builtins[ref]; own {
		return t.show(ref)
	}
	value := ev.Values[ref]
	others := func(name string) string { return ev.Values[name] }
	if s, ok := f.symbols[ref]; ok && s.node != nil {
		return t.showAmong(s.node, Answer{Value: value}, others)
	}
	text, _ := t.catalog.brief(f.Service.setType(ref), value, t.s.Lang, others)
	return text
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
