package dialog

import (
	"slices"

	"sapa/dialog/desk"
	"sapa/dialog/field"
)

// maxPending bounds the list of what waits for one contact. Its tickets still show what is dropped.
const maxPending = 20

// passing reports whether it is an offer that the ticket does not wait for.
func (p Pending) passing() bool { return !p.Until.IsZero() }

// listed reports whether it stands in the home menu: a passing offer only in the first.
func (p Pending) listed() bool { return !p.passing() || p.Menus == 1 }

// offerOnce counts the home menus that passing offers have stood in.
func (t *turn) offerOnce(f *Flow, n *Node) {
	if len(t.s.Pending) == 0 || f != t.entry || n != t.entry.home() {
		return
	}
	for i := range t.s.Pending {
		if t.s.Pending[i].passing() {
			t.s.Pending[i].Menus++
		}
	}
}

// pend adds to the list, in the place of the same matter asked before. Where it is full the oldest goes, a passing
// offer before what a ticket waits for.
func (t *turn) pend(p Pending) {
	t.s.Pending = slices.DeleteFunc(t.s.Pending, func(have Pending) bool {
		return have.Ref == p.Ref && have.Flow == p.Flow && have.Field == p.Field
	})
	if len(t.s.Pending) == maxPending {
		i := max(0, slices.IndexFunc(t.s.Pending, Pending.passing))
		t.s.Pending = slices.Delete(t.s.Pending, i, i+1)
	}
	t.s.Pending = append(t.s.Pending, p)
}

func (t *turn) dropPending(ref string) {
	t.s.Pending = slices.DeleteFunc(t.s.Pending, func(p Pending) bool { return p.Ref == ref })
}

func (t *turn) pends(ref, field string) bool {
	return slices.ContainsFunc(t.s.Pending, func(p Pending) bool { return p.Ref == ref && p.Field == field })
}

// fulfil drops what a ticket waited for after a query of the flow brought it further: one that was rated still waits
// for whatever else it asks.
func (t *turn) fulfil(n *Node) {
	ref := t.args(n)["ref"]
	switch n.Query {
	case "ticket.decide", "ticket.cancel", "ticket.reopen":
		t.over(ref)
	case QueryRate:
		t.s.Pending = slices.DeleteFunc(t.s.Pending, func(p Pending) bool { return p.Ref == ref && p.passing() })
	}
}

// next is the first thing a ticket waits for: what it asks for is asked one after the other.
func (t *turn) next(ref string) (int, bool) {
	i := slices.IndexFunc(t.s.Pending, func(p Pending) bool { return p.Ref == ref && !p.passing() })
	return i, i >= 0
}

// latest is the first thing that the ticket which asked last waits for.
func (t *turn) latest() (int, bool) {
	for i := len(t.s.Pending) - 1; i >= 0; i-- {
		if p := t.s.Pending[i]; !p.passing() {
			return t.next(p.Ref)
		}
	}
	return 0, false
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

// pendingSaid finds the pending matter that a message names: by the words its follow-up flow goes by, or by its
// ticket's number.
func (t *turn) pendingSaid(said string) (int, bool) {
	if len(t.s.Pending) == 0 {
		return 0, false
	}
	bare := field.Bare(said)
	for i := len(t.s.Pending) - 1; i >= 0; i-- {
		if f, ok := t.catalog.Flows[t.s.Pending[i].Flow]; ok && (f.intents[said] || f.intents[bare]) {
			return i, true
		}
	}
	ref, ok := desk.FindRef(t.in.Text)
	if !ok {
		return 0, false
	}
	return t.next(ref)
}

// ticketsSaid finds the flow that shows tickets where its words, or the number of a ticket that waits for nothing, are
// all that was said.
func (t *turn) ticketsSaid(said string) (*Flow, bool) {
	f, ok := t.catalog.Flows[t.catalog.tickets]
	if !ok {
		return nil, false
	}
	_, ref := desk.ParseRef(t.in.Text)
	return f, ref || f.intents[said] || f.intents[field.Bare(said)]
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

// amended goes on after a field asked for again was given to its ticket: with the next it asks for.
func (t *turn) amended() error {
	ref, name := t.s.Ticket, t.s.Amend
	label := name
	if n, ok := t.flow().question(name); ok {
		label = n.Label[t.s.Lang]
	}
	t.s.Pending = slices.DeleteFunc(t.s.Pending, func(p Pending) bool { return p.Ref == ref && p.Field == name })
	if t.in.Result.Facts["ok"] != "true" {
		t.say(t.text("ticket.over", "ref", ref), Keep)
		return t.end(&Node{})
	}
	t.say(t.text("ticket.answered", "ref", ref, "label", label), Keep)
	if i, ok := t.next(ref); ok && t.s.Pending[i].Field != "" {
		return t.openPending(i)
	}
	return t.end(&Node{})
}
