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
