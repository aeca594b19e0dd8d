package dialog

// recognised is a message that begins a flow by itself: one whose whole text reads as a type. So does the name of a
// timer that the store set.
type recognised struct {
	flow  *Flow
	field string
	typ   Type
}

// recognise begins the flow that knows the text, wherever the conversation stands. What was being asked waits.
func (t *turn) recognise(text string) (done bool, err error) {
	reading := Reading{Lang: t.s.Lang, Now: t.now(), Answer: func(string) string { return "" }}
	for _, r := range t.catalog.knows {
		value, _, err := r.typ.Read(text, reading)
		if err != nil {
			continue
		}
		t.s.Aside = &Draft{Flow: t.s.Flow, Node: t.s.Node, Answers: t.s.Answers, Facts: t.s.Facts, At: t.in.At}
		t.s.Answers, t.s.Facts = map[string]Answer{r.field: {Value: value, At: t.in.At}}, nil
		return true, t.play(r.flow, r.flow.Nodes[0])
	}
	return false, nil
}

// backFromAside asks again what was being asked.
func (t *turn) backFromAside() error {
	d := t.s.Aside
	t.s.Flow, t.s.Node, t.s.Answers, t.s.Facts, t.s.Aside = d.Flow, d.Node, d.Answers, d.Facts, nil
	return t.again()
}

// asides checks a flow that recognises messages: it is played while something else is being asked, so it comes to its
// end within the same turn, and stays in itself.
func (l *loader) asides(f *Flow) {
	if f.Recognises == nil {
		return
	}
	for field, name := range f.Recognises {
		if t, _ := l.typeOf(name); t.Read == nil {
			f.at.bad("flow %q recognises %q, but a value of type %q cannot be written", f.Name, field, name)
		}
	}
	for _, n := range f.Nodes {
		if n.Waits() || n.Kind == Ticket {
			n.at.bad("flow %q recognises messages, so it does not wait at a node like %q", f.Name, n.Name)
		}
		if n.Anew {
			n.at.bad("flow %q recognises messages, so nothing begins anew after it", f.Name)
		}
		l.staying(f, n, "recognises messages")
	}
}

// staying checks that a flow with a task of its own goes on to its own end only.
func (l *loader) staying(f *Flow, n *Node, why string) {
	for _, e := range n.ways() {
		if e.To.Home || e.To.Begin {
			e.at.bad("flow %q %s, so it goes on to its own end only", f.Name, why)
		}
	}
}
