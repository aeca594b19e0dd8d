package dialog

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"sapa/dialog/field"
)

// play goes forward from a node until something waits: a question, a query of the store, the end.
func (t *turn) play(f *Flow, n *Node) error {
	for {
		if t.plays++; t.plays > maxPlays {
			return fmt.Errorf("%w (flow %s, node %s)", ErrEndless, f.Name, n.Name)
		}
		plays, err := t.holds(n.When)
		if err != nil {
			return err
		}
		if !plays {
			if f, n, err = t.take(f, n, n.skip); err != nil {
				return err
			}
			continue
		}
		t.s.Flow, t.s.Node = f.Name, n.Name
		rests, edges, err := t.visit(f, n)
		if err != nil || rests {
			return err
		}
		e, err := t.way(n, edges)
		if err != nil {
			return err
		}
		var arrived bool
		if f, n, arrived, err = t.follow(f, n, e); err != nil || arrived {
			return err
		}
	}
}

// visit plays one node. It rests where something is waited for; else edges are the ways on.
func (t *turn) visit(f *Flow, n *Node) (rests bool, edges []Edge, err error) {
	switch n.Kind {
	case Say:
		if n.File != nil {
			t.sendWhole(f, n)
		} else if (!t.s.Editing || t.s.Aside != nil) && n.Text != nil {
			t.say(t.write(n.Text), n.Weight)
		}
	case End:
		return true, nil, t.end(n)
	case QueryIt:
		asked, err := t.ask(n)
		if asked || err != nil {
			return true, nil, err
		}
	case Ticket:
		t.query = t.open(f)
		return true, nil, nil
	case Ask:
		if t.passes(f, n) {
			break
		}
		narrowed, tie := t.narrowed(n)
		switch {
		case narrowed:
		case tie != nil:
			t.arrive(f, n)
			t.askMeant(t.offers(f, n), tie)
			return true, nil, nil
		default:
			t.s.Editing = false
			t.wait(f, n)
			return true, nil, nil
		}
	case Menu:
		edges, proposed := t.first(f, n)
		if edges != nil {
			return false, edges, nil
		}
		if !proposed {
			t.wait(f, n)
		}
		return true, nil, nil
	case Review:
		t.s.Editing = false
		t.wait(f, n)
		return true, nil, nil
	case use:
	}
	return false, n.Go, nil
}

// sendWhole sends what a chat shows a part of. Unlike words it is said again after a change: it may be what was changed.
func (t *turn) sendWhole(f *Flow, n *Node) {
	typeName, value := f.symbols[n.File.Of].typeName, t.raw(n.File.Of)
	if _, whole := t.catalog.brief(typeName, value, t.s.Lang, t.raw); !whole {
		body := t.catalog.show(typeName, value, t.s.Lang) + "\n"
		t.send(t.write(n.Text), n.Weight, textFile(n.File.Name, body))
	}
}

// passes reports whether a question needs no asking: a form's answered question, or a consent already given.
func (t *turn) passes(f *Flow, n *Node) bool {
	if n.TypeName == "consent" {
		at, given := t.consented(n)
		if given {
			t.record(n, Answer{Value: "true", At: at})
		}
		return given
	}
	_, answered := t.s.Answers[n.Field]
	return f.Service != nil && answered
}

// narrowed answers the narrower of two lists where the name that chose from the wider one already says it: "jaksel" is
// a province and a city, "bogor" a province and two regencies to ask back about.
func (t *turn) narrowed(n *Node) (done bool, tie *field.Tie) {
	if n.List == "" || n.Of != t.named || t.named == "" {
		return false, nil
	}
	offers := t.offers(n.flow, n)
	i, err := t.choices(n, offers).Choose(t.in.Text, t.s.Lang, nil)
	if err != nil {
		errors.As(err, &tie)
		return false, tie
	}
	t.record(n, Answer{Value: offers[i].value})
	t.s.Carry = t.text("narrowed", "wide", t.show(n.Of), "narrow", offers[i].label)
	return true, nil
}

// wait stops at a node and shows it.
func (t *turn) wait(f *Flow, n *Node) {
	t.arrive(f, n)
	t.prompt("")
}

// arrive stops at a node. Coming back to a node drops the way that led around to it.
func (t *turn) arrive(f *Flow, n *Node) {
	here := f.Name + "/" + n.Name
	if i := slices.Index(t.s.Way, here); i >= 0 {
		t.s.Way = t.s.Way[:i]
	}
	t.s.Flow, t.s.Node = f.Name, n.Name
	t.s.Page, t.s.Misses, t.s.Offered, t.s.Asking = 0, 0, nil, AskingNothing
	t.offerOnce(f, n)
	if n.bit&^t.s.Reached != 0 && t.s.Amend == "" {
		t.s.Reached |= n.bit
		t.effects = append(t.effects, Asked{Flow: f.Name, Field: n.Field})
	}
}

// leave remembers the node just answered as the way back, and which message of the form may still be corrected.
func (t *turn) leave(f *Flow, n *Node) {
	t.s.Answered = ""
	if f.Service != nil && t.s.Amend == "" && n.typed() {
		t.s.Answered = t.origin()
	}
	t.s.Way = append(t.s.Way, f.Name+"/"+n.Name)
	if over := len(t.s.Way) - 64; over > 0 {
		t.s.Way = t.s.Way[over:]
	}
}

// typed reports whether a question is answered in words that may be taken back: a file is not, and a consent is proved.
func (n *Node) typed() bool {
	return n.Kind == Ask && n.TypeName != "consent" && n.typ.Kind != FileValue
}

// way picks the first edge whose condition holds.
func (t *turn) way(n *Node, edges []Edge) (*Edge, error) {
	for i := range edges {
		ok, err := t.holds(edges[i].If)
		if err != nil {
			return nil, err
		}
		if ok {
			return &edges[i], nil
		}
	}
	return nil, fmt.Errorf("dialog: no way on from %s/%s", n.flow.Name, n.Name)
}

// take moves within the flow through its machine.
func (t *turn) take(f *Flow, n *Node, event string) (*Flow, *Node, error) {
	to, err := t.machines[f.Name].move(n.Name, event)
	if err != nil {
		return nil, nil, err
	}
	next, ok := f.Node(to)
	if !ok {
		return nil, nil, fmt.Errorf("dialog: flow %s has no node %s", f.Name, to)
	}
	return f, next, nil
}

// follow goes along an edge. arrived says that the other end already waits (the home menu, a draft to resume).
func (t *turn) follow(f *Flow, n *Node, e *Edge) (_ *Flow, _ *Node, arrived bool, err error) {
	if e.To.Home {
		return nil, nil, true, t.home()
	}
	if !e.To.Begin {
		f, n, err = t.take(f, n, e.event)
		return f, n, false, err
	}
	t.s.Sent = true // a form that itself leads elsewhere is over
	to := t.catalog.Flows[e.To.Flow]
	return to, to.Nodes[0], t.begin(to), nil
}

// begin enters a flow from outside. A form starts without the answers of another; one that was set aside is offered
// again first.
func (t *turn) begin(f *Flow) (arrived bool) {
	if t.s.Flow != f.Name && t.unsent() {
		t.setAside()
	}
	t.s.Sent, t.s.Editing, t.s.Reached = false, false, 0
	if f.Service == nil {
		return false
	}
	kept := map[string]Answer{}
	for _, name := range f.Service.Keeps {
		if a, ok := t.s.Answers[name]; ok {
			kept[name] = a
		}
	}
	t.s.Answers = kept
	t.s.Way = slices.DeleteFunc(t.s.Way, t.gone) // with what was answered there
	if slices.ContainsFunc(t.s.Drafts, func(d Draft) bool { return d.Flow == f.Name }) {
		t.s.Flow, t.s.Node = f.Name, f.Nodes[0].Name
		t.askResume(f.Name)
		return true
	}
	return false
}

// gone reports whether a place on the way back cannot be gone back to once a form begins: a question, or anything in
// another form.
func (t *turn) gone(place string) bool {
	flow, node, _ := strings.Cut(place, "/")
	f, ok := t.catalog.Flows[flow]
	if !ok || f.Service != nil {
		return true
	}
	n, ok := f.Node(node)
	return !ok || n.Kind == Ask
}

// end closes the conversation, and offers what is still open.
func (t *turn) end(n *Node) error {
	if n.Text != nil {
		t.say(t.write(n.Text), Keep)
	}
	switch {
	case n.Anew:
		return t.anew()
	case t.s.Aside != nil:
		return t.backFromAside()
	case t.hidden != nil: // and nothing else is shown
		t.clear()
		return nil
	case t.s.Flow == t.catalog.doubt && t.s.Flow != "":
		return t.settled()
	}
	t.clear()
	if i, ok := t.latest(); ok {
		p := t.s.Pending[i]
		t.say(t.text("pending.left", "ref", p.Ref, "what", t.what(p))+" "+t.text("pending.how"), Keep)
	}
	if len(t.s.Drafts) > 0 {
		t.askResume("")
	}
	return nil
}

// clear empties the table: nothing is being asked, nothing answered.
func (t *turn) clear() {
	t.s.Flow, t.s.Node, t.s.Way = "", "", nil
	t.s.Answers, t.s.Facts = nil, nil
	t.s.Asking, t.s.Offered, t.s.Page, t.s.Misses, t.s.Carry = AskingNothing, nil, 0, 0, ""
	t.s.Answered, t.s.Unclear, t.s.First, t.s.Early = "", "", "", nil
	t.s.Editing, t.s.Sent, t.s.Ticket, t.s.Amend, t.s.Reached = false, false, "", "", 0
}

// home shows the line's menu; a form left on the way is kept.
func (t *turn) home() error {
	t.setAside()
	if !t.s.Greeted { // their first word was "menu"
		t.s.Greeted = true
		return t.play(t.entry, t.entry.Nodes[0])
	}
	return t.play(t.entry, t.entry.home())
}

// flow is the flow the session is in; the line's own when it is in none.
func (t *turn) flow() *Flow {
	if f, ok := t.catalog.Flows[t.s.Flow]; ok {
		return f
	}
	return t.entry
}
